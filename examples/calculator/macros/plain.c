/*
 * plain.c: the bodies and the vtable of PlainCalculator.
 */
#include "plain.h"

BIDE_ASYNC_DEFINE(int32_t, PlainCalculator_add)
{
    BIDE_BEGIN(PlainCalculator_add);
    BIDE_RETURN(calculator_fit((int64_t)f->a + f->b));
    BIDE_END;
}

BIDE_ASYNC_DEFINE(int32_t, PlainCalculator_sub)
{
    BIDE_BEGIN(PlainCalculator_sub);
    BIDE_RETURN(calculator_fit((int64_t)f->a - f->b));
    BIDE_END;
}

BIDE_ASYNC_DEFINE(void, PlainCalculator_reset)
{
    BIDE_BEGIN(PlainCalculator_reset);
    BIDE_END;
}

int32_t PlainCalculator_last(PlainCalculator *self)
{
    (void)self;
    return 0;
}

BIDE_IMPL(Calculator, PlainCalculator);
