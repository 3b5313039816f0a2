/*
 * slow.h: SlowCalculator answers after a while: each call awaits a timer.
 */
#ifndef SLOW_H
#define SLOW_H

#include "calculator.h"

typedef struct SlowCalculator {
    uint64_t delay_ms; /* of each call */
    int32_t last;
} SlowCalculator;

BIDE_IMPL_DECLARE(Calculator, SlowCalculator);

bide_async int32_t SlowCalculator_add(SlowCalculator *self, int32_t a, int32_t b);
bide_async int32_t SlowCalculator_sub(SlowCalculator *self, int32_t a, int32_t b);
bide_async void SlowCalculator_reset(SlowCalculator *self);
int32_t SlowCalculator_last(SlowCalculator *self);

#include BIDE_GENERATED("slow.gen.h")

#endif
