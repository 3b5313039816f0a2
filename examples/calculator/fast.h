/*
 * fast.h: FastCalculator answers at once.
 *
 * Its async functions are written in the header, so that a caller that knows the type compiles
 * them into itself: on the static path an addition is an addition.
 */
#ifndef FAST_H
#define FAST_H

#include "calculator.h"

typedef struct FastCalculator {
    int32_t last;
} FastCalculator;

BIDE_IMPL_DECLARE(Calculator, FastCalculator);

#define FastCalculator_add_FRAME(ROW)                                                              \
    ROW(PARAM, FastCalculator *, self) ROW(PARAM, int32_t, a) ROW(PARAM, int32_t, b)
BIDE_ASYNC(int32_t, FastCalculator_add)
{
    BIDE_BEGIN(FastCalculator_add);
    f->self->last = calculator_fit((int64_t)f->a + f->b);
    BIDE_RETURN(f->self->last);
    BIDE_END;
}

#define FastCalculator_sub_FRAME(ROW)                                                              \
    ROW(PARAM, FastCalculator *, self) ROW(PARAM, int32_t, a) ROW(PARAM, int32_t, b)
BIDE_ASYNC(int32_t, FastCalculator_sub)
{
    BIDE_BEGIN(FastCalculator_sub);
    f->self->last = calculator_fit((int64_t)f->a - f->b);
    BIDE_RETURN(f->self->last);
    BIDE_END;
}

#define FastCalculator_reset_FRAME(ROW) ROW(PARAM, FastCalculator *, self)
BIDE_ASYNC(void, FastCalculator_reset)
{
    BIDE_BEGIN(FastCalculator_reset);
    f->self->last = 0;
    BIDE_END;
}

static inline int32_t FastCalculator_last(FastCalculator *self)
{
    return self->last;
}

#endif
