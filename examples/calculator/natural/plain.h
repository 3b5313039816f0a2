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

bide_async int32_t PlainCalculator_add(PlainCalculator *self, int32_t a, int32_t b);
bide_async int32_t PlainCalculator_sub(PlainCalculator *self, int32_t a, int32_t b);
bide_async void PlainCalculator_reset(PlainCalculator *self);
int32_t PlainCalculator_last(PlainCalculator *self);

#include BIDE_GENERATED("plain.gen.h")

#endif
