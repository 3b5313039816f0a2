/*
 * plain.async.c: the methods and the vtable of PlainCalculator.
 */
#include "plain.h"

#include <bide/async_source.h>

async int32_t PlainCalculator_add(PlainCalculator *self, int32_t a, int32_t b)
{
    (void)self;
    return calculator_fit((int64_t)a + b);
}

async int32_t PlainCalculator_sub(PlainCalculator *self, int32_t a, int32_t b)
{
    (void)self;
    return calculator_fit((int64_t)a - b);
}

async void PlainCalculator_reset(PlainCalculator *self)
{
    (void)self;
}

int32_t PlainCalculator_last(PlainCalculator *self)
{
    (void)self;
    return 0;
}

BIDE_IMPL(Calculator, PlainCalculator);
