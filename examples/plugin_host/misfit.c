/*
 * misfit.c: a plugin for a Filter whose apply had no place to write to. It must be refused.
 */
#include "plugin.h"

typedef struct Misfit {
    char none;
} Misfit;

static void *Misfit_open(void)
{
    static Misfit misfit;
    return &misfit;
}

static const char *Misfit_label(Misfit *self)
{
    (void)self;
    return "misfit";
}

#define Misfit_apply_FRAME(ROW) ROW(PARAM, Misfit *, self) ROW(PARAM, Feed, feed)
BIDE_ASYNC(int32_t, Misfit_apply)
{
    BIDE_BEGIN(Misfit_apply);
    BIDE_RETURN(FILTER_OK);
    BIDE_END;
}

BIDE_IMPL_DECLARE(Filter, Misfit);
BIDE_IMPL(Filter, Misfit);
FILTER_PLUGIN(Misfit);
