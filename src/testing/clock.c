/*
 * clock.c: the virtual clock.
 */
#include <bide/testing_clock.h>

#include "../atomic.h"

static bide_virtual_clock *clock_of(bide_clock *clock)
{
    return (bide_virtual_clock *)(void *)clock;
}

static uint64_t now(bide_clock *clock)
{
    return bide_virtual_clock_now(clock_of(clock));
}

static bool idle(bide_clock *clock, uint64_t deadline)
{
    bide_virtual_clock *c = clock_of(clock);
    if (!c->jump)
        return false;
    if (deadline > bide_virtual_clock_now(c)) {
        bide_priv_store_release(BIDE_PRIV_U64(&c->ns), deadline);
        c->jumps++;
    }
    return true;
}

void bide_virtual_clock_init(bide_virtual_clock *clock, bool jump)
{
    clock->base.size = (uint32_t)sizeof clock->base;
    clock->base.flags = 0;
    clock->base.now = now;
    clock->base.idle = idle;
    clock->ns = 0;
    clock->jumps = 0;
    clock->jump = jump;
}

void bide_virtual_clock_advance(bide_virtual_clock *clock, uint64_t ns)
{
    (void)bide_priv_add_acq_rel(BIDE_PRIV_U64(&clock->ns), ns);
}

uint64_t bide_virtual_clock_now(bide_virtual_clock *clock)
{
    return bide_priv_load_acquire(BIDE_PRIV_U64(&clock->ns));
}

uint64_t bide_virtual_clock_jumps(const bide_virtual_clock *clock)
{
    return clock->jumps;
}
