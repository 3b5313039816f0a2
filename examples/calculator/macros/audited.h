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

#define AuditedCalculator_add_FRAME(ROW)                                                           \
    ROW(PARAM, AuditedCalculator *, self) ROW(PARAM, int32_t, a) ROW(PARAM, int32_t, b)            \
    ROW(LOCAL, int32_t, result) ROW(CHILD, Calculator_add, call)
BIDE_ASYNC_DECLARE(int32_t, AuditedCalculator_add)

#define AuditedCalculator_sub_FRAME(ROW)                                                           \
    ROW(PARAM, AuditedCalculator *, self) ROW(PARAM, int32_t, a) ROW(PARAM, int32_t, b)            \
    ROW(LOCAL, int32_t, result) ROW(CHILD, Calculator_sub, call)
BIDE_ASYNC_DECLARE(int32_t, AuditedCalculator_sub)

#define AuditedCalculator_reset_FRAME(ROW)                                                         \
    ROW(PARAM, AuditedCalculator *, self) ROW(CHILD, Calculator_reset, call)
BIDE_ASYNC_DECLARE(void, AuditedCalculator_reset)

int32_t AuditedCalculator_last(AuditedCalculator *self);

#endif
