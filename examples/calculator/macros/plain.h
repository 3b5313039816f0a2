/*
 * plain.h: PlainCalculator has no state, and so no object: its self is NULL.
 *
 * It remembers nothing, so that its last result is always 0.
 */
#ifndef PLAIN_H
#define PLAIN_H

#include "calculator.h"

typedef struct PlainCalculator {
    char none; /* C has no empty structures; nobody ever makes one of these */
} PlainCalculator;

BIDE_IMPL_DECLARE(Calculator, PlainCalculator);

#define PlainCalculator_add_FRAME(ROW)                                                             \
    ROW(PARAM, PlainCalculator *, self) ROW(PARAM, int32_t, a) ROW(PARAM, int32_t, b)
BIDE_ASYNC_DECLARE(int32_t, PlainCalculator_add)

#define PlainCalculator_sub_FRAME(ROW)                                                             \
    ROW(PARAM, PlainCalculator *, self) ROW(PARAM, int32_t, a) ROW(PARAM, int32_t, b)
BIDE_ASYNC_DECLARE(int32_t, PlainCalculator_sub)

#define PlainCalculator_reset_FRAME(ROW) ROW(PARAM, PlainCalculator *, self)
BIDE_ASYNC_DECLARE(void, PlainCalculator_reset)

int32_t PlainCalculator_last(PlainCalculator *self);

#endif
