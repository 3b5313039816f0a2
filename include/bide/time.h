/*
 * bide/time.h: futures that wait for a time, on the clock of whatever runtime polls them.
 *
 * They need nothing but a runtime with a clock and timers; BIDE_ENOSYS else. Waiting allocates
 * nothing: the timer is a node in the frame. A sleep never ends early; how late it ends is the
 * system's and the executor's affair. bide_now (bide/runtime.h) reads the same clock.
 */
#ifndef BIDE_TIME_H
#define BIDE_TIME_H

#include <bide/runtime.h>

BIDE_PRIV_C_BEGIN

/* Milliseconds as nanoseconds, the unit of deadlines; too many give the largest. */
BIDE_INLINE uint64_t bide_ms(uint64_t ms)
{
    return ms > UINT64_MAX / 1000000u ? UINT64_MAX : ms * 1000000u;
}

/* Private: a timer in a frame, and on which runtime and for which waker it was started. */
struct bide_priv_sleep {
    bide_timer timer;
    bide_runtime *runtime; /* NULL: not started */
    bide_waker *seen;      /* to compare with; the timer owns the clone */
    bool ended;            /* the sleep is over */
};

/* bide_sleep(ms) -> void: ends `ms` milliseconds after its first poll. */
#define bide_sleep_FRAME(ROW)                                                                      \
    ROW(TRAITS, BIDE_SEND) ROW(TRACE, bide_priv_sleep_trace)                                       \
    ROW(PARAM, uint64_t, ms) ROW(LOCAL, bool, polled)                                              \
    ROW(LOCAL, struct bide_priv_sleep, sleep)
BIDE_FUTURE_DECLARE_AS(BIDE_API, void, bide_sleep)

/* bide_sleep_until(ns) -> void: ends when the runtime's clock shows `ns` nanoseconds or more. */
#define bide_sleep_until_FRAME(ROW)                                                                \
    ROW(TRAITS, BIDE_SEND) ROW(TRACE, bide_priv_sleep_until_trace)                                 \
    ROW(PARAM, uint64_t, ns) ROW(LOCAL, struct bide_priv_sleep, sleep)
BIDE_FUTURE_DECLARE_AS(BIDE_API, void, bide_sleep_until)

BIDE_PRIV_C_END

#endif
