/*
 * audited.c: the bodies and the vtable of AuditedCalculator.
 *
 * The awaits are of the by-value kind: no argument points into the frame of the caller, so that a
 * call takes memory only if the inner one must wait.
 */
#include "audited.h"

BIDE_ASYNC_DEFINE(int32_t, AuditedCalculator_add)
{
    BIDE_BEGIN(AuditedCalculator_add);
    f->self->begun++;
    BIDE_AWAIT_TO_V(f->result, Calculator_add, call, (&f->self->inner, f->a, f->b));
    f->self->ended++;
    BIDE_RETURN(f->result);
    BIDE_END;
}

BIDE_ASYNC_DEFINE(int32_t, AuditedCalculator_sub)
{
    BIDE_BEGIN(AuditedCalculator_sub);
    f->self->begun++;
    BIDE_AWAIT_TO_V(f->result, Calculator_sub, call, (&f->self->inner, f->a, f->b));
    f->self->ended++;
    BIDE_RETURN(f->result);
    BIDE_END;
}

BIDE_ASYNC_DEFINE(void, AuditedCalculator_reset)
{
    BIDE_BEGIN(AuditedCalculator_reset);
    f->self->begun++;
    BIDE_AWAIT_V(Calculator_reset, call, (&f->self->inner));
    f->self->ended++;
    BIDE_END;
}

int32_t AuditedCalculator_last(AuditedCalculator *self)
{
    return Calculator_last(&self->inner);
}

BIDE_IMPL(Calculator, AuditedCalculator);
