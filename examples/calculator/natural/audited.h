/*
 * audited.h: AuditedCalculator passes every call on to another Calculator and counts.
 *
 * It holds a handle, so it wraps any implementation, itself included. Its calls suspend when the
 * ones behind them do; where their frames come from is the handle's affair.
 */
#ifndef AUDITED_H
#define AUDITED_H

#include "calculator.h"

typedef struct AuditedCalculator {
    Calculator inner; /* borrowed: must live as long as the calls */
    uint32_t begun;
    uint32_t ended; /* with a result */
} AuditedCalculator;

BIDE_IMPL_DECLARE(Calculator, AuditedCalculator);

bide_async int32_t AuditedCalculator_add(AuditedCalculator *self, int32_t a, int32_t b);
bide_async int32_t AuditedCalculator_sub(AuditedCalculator *self, int32_t a, int32_t b);
bide_async void AuditedCalculator_reset(AuditedCalculator *self);
int32_t AuditedCalculator_last(AuditedCalculator *self);

#include BIDE_GENERATED("audited.gen.h")

#endif
