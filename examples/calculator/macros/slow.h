/*
 * slow.h: SlowCalculator answers after a while: each call awaits a timer.
 *
 * The header says what the frames hold, so that callers can embed them and know their size; the
 * bodies are in slow.c.
 */
#ifndef SLOW_H
#define SLOW_H

#include "calculator.h"

typedef struct SlowCalculator {
    uint64_t delay_ms; /* of each call */
    int32_t last;
} SlowCalculator;

BIDE_IMPL_DECLARE(Calculator, SlowCalculator);

#define SlowCalculator_add_FRAME(ROW)                                                              \
    ROW(PARAM, SlowCalculator *, self) ROW(PARAM, int32_t, a) ROW(PARAM, int32_t, b)               \
    ROW(CHILD, bide_sleep, nap)
BIDE_ASYNC_DECLARE(int32_t, SlowCalculator_add)

#define SlowCalculator_sub_FRAME(ROW)                                                              \
    ROW(PARAM, SlowCalculator *, self) ROW(PARAM, int32_t, a) ROW(PARAM, int32_t, b)               \
    ROW(CHILD, bide_sleep, nap)
BIDE_ASYNC_DECLARE(int32_t, SlowCalculator_sub)

#define SlowCalculator_reset_FRAME(ROW)                                                            \
    ROW(PARAM, SlowCalculator *, self) ROW(CHILD, bide_sleep, nap)
BIDE_ASYNC_DECLARE(void, SlowCalculator_reset)

int32_t SlowCalculator_last(SlowCalculator *self);

#endif
