/*
 * slow.async.c: the methods and the vtable of SlowCalculator.
 *
 * Timers that are set in order and for the same time fire in order: calls end as they began.
 */
#include "slow.h"

#include <bide/async_source.h>

async int32_t SlowCalculator_add(SlowCalculator *self, int32_t a, int32_t b)
{
    await(bide_sleep(self->delay_ms));
    self->last = calculator_fit((int64_t)a + b);
    return self->last;
}

async int32_t SlowCalculator_sub(SlowCalculator *self, int32_t a, int32_t b)
{
    await(bide_sleep(self->delay_ms));
    self->last = calculator_fit((int64_t)a - b);
    return self->last;
}

async void SlowCalculator_reset(SlowCalculator *self)
{
    await(bide_sleep(self->delay_ms));
    self->last = 0;
}

int32_t SlowCalculator_last(SlowCalculator *self)
{
    return self->last;
}

BIDE_IMPL(Calculator, SlowCalculator);
