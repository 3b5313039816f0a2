/*
 * shared.c: the count, the bodies and the vtable of SharedCalculator.
 */
#include "shared.h"

bide_poll SharedCalculator_new(bide_allocator *allocator, uint64_t delay_ms, SharedCalculator **out)
{
    bide_allocator *giver;
    SharedCalculator *self =
        bide_alloc(allocator, sizeof *self, _Alignof(SharedCalculator), &giver);
    *out = self;
    if (!self)
        return BIDE_ENOMEM;
    *self = (SharedCalculator){.giver = giver, .delay_ms = delay_ms, .references = 1};
    return BIDE_READY;
}

SharedCalculator *SharedCalculator_retain(SharedCalculator *self)
{
    self->references++;
    return self;
}

void SharedCalculator_release(SharedCalculator *self)
{
    if (--self->references == 0)
        bide_free(self->giver, self, sizeof *self, _Alignof(SharedCalculator));
}

BIDE_ASYNC_DEFINE(int32_t, SharedCalculator_add)
{
    BIDE_BEGIN(SharedCalculator_add);
    BIDE_AWAIT(bide_sleep, nap, (f->self->delay_ms));
    f->self->last = calculator_fit((int64_t)f->a + f->b);
    BIDE_RETURN(f->self->last);
    BIDE_END;
}

BIDE_ASYNC_DEFINE(int32_t, SharedCalculator_sub)
{
    BIDE_BEGIN(SharedCalculator_sub);
    BIDE_AWAIT(bide_sleep, nap, (f->self->delay_ms));
    f->self->last = calculator_fit((int64_t)f->a - f->b);
    BIDE_RETURN(f->self->last);
    BIDE_END;
}

BIDE_ASYNC_DEFINE(void, SharedCalculator_reset)
{
    BIDE_BEGIN(SharedCalculator_reset);
    BIDE_AWAIT(bide_sleep, nap, (f->self->delay_ms));
    f->self->last = 0;
    BIDE_END;
}

int32_t SharedCalculator_last(SharedCalculator *self)
{
    return self->last;
}

#define SharedCalculator_HAS_counting 1
BIDE_IMPL(Calculator, SharedCalculator);
