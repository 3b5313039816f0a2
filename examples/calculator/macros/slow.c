/*
 * slow.c: the bodies and the vtable of SlowCalculator.
 *
 * Timers that are set in order and for the same time fire in order: calls end as they began.
 */
#include "slow.h"

BIDE_ASYNC_DEFINE(int32_t, SlowCalculator_add)
{
    BIDE_BEGIN(SlowCalculator_add);
    BIDE_AWAIT(bide_sleep, nap, (f->self->delay_ms));
    f->self->last = calculator_fit((int64_t)f->a + f->b);
    BIDE_RETURN(f->self->last);
    BIDE_END;
}

BIDE_ASYNC_DEFINE(int32_t, SlowCalculator_sub)
{
    BIDE_BEGIN(SlowCalculator_sub);
    BIDE_AWAIT(bide_sleep, nap, (f->self->delay_ms));
    f->self->last = calculator_fit((int64_t)f->a - f->b);
    BIDE_RETURN(f->self->last);
    BIDE_END;
}

BIDE_ASYNC_DEFINE(void, SlowCalculator_reset)
{
    BIDE_BEGIN(SlowCalculator_reset);
    BIDE_AWAIT(bide_sleep, nap, (f->self->delay_ms));
    f->self->last = 0;
    BIDE_END;
}

int32_t SlowCalculator_last(SlowCalculator *self)
{
    return self->last;
}

BIDE_IMPL(Calculator, SlowCalculator);
