/*
 * audited.async.c: the methods and the vtable of AuditedCalculator.
 */
#include "audited.h"

#include <bide/async_source.h>

async int32_t AuditedCalculator_add(AuditedCalculator *self, int32_t a, int32_t b)
{
    self->begun++;
    int32_t result = await(Calculator_add(&self->inner, a, b));
    self->ended++;
    return result;
}

async int32_t AuditedCalculator_sub(AuditedCalculator *self, int32_t a, int32_t b)
{
    self->begun++;
    int32_t result = await(Calculator_sub(&self->inner, a, b));
    self->ended++;
    return result;
}

async void AuditedCalculator_reset(AuditedCalculator *self)
{
    self->begun++;
    await(Calculator_reset(&self->inner));
    self->ended++;
}

int32_t AuditedCalculator_last(AuditedCalculator *self)
{
    return Calculator_last(&self->inner);
}

BIDE_IMPL(Calculator, AuditedCalculator);
