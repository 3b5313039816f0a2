/*
 * bide/testing_clock.h: a clock that a test moves. Part of bide::testing.
 *
 *     bide_virtual_clock clock;
 *     bide_virtual_clock_init(&clock, true);
 *     options.clock = &clock.base;
 *
 * With `jump`, an executor that has nothing left but timers moves the clock to the nearest one
 * instead of sleeping, so that hours pass in no time. Without, time passes only by advance: run the
 * executor with bide_local_run_until_stalled, advance, run it again.
 */
#ifndef BIDE_TESTING_CLOCK_H
#define BIDE_TESTING_CLOCK_H

#include <bide/executor.h>

BIDE_PRIV_C_BEGIN

/* Members are the clock's own. */
typedef struct bide_virtual_clock {
    bide_clock base;
    BIDE_PRIV_ALIGNAS(8) uint64_t ns; /* atomic to the library */
    uint64_t jumps;
    bool jump;
} bide_virtual_clock;

/* Makes a clock that shows 0. It must outlive the executors that use it, and their timers. */
BIDE_API void bide_virtual_clock_init(bide_virtual_clock *clock, bool jump);

/* Moves the clock by `ns` nanoseconds. Any thread, but a sleeping executor does not notice. */
BIDE_API void bide_virtual_clock_advance(bide_virtual_clock *clock, uint64_t ns);

/* What the clock shows, in nanoseconds. Any thread. */
BIDE_API uint64_t bide_virtual_clock_now(bide_virtual_clock *clock);

/* How often an executor has moved the clock. */
BIDE_API uint64_t bide_virtual_clock_jumps(const bide_virtual_clock *clock);

BIDE_PRIV_C_END

#endif
