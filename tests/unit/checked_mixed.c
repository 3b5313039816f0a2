/*
 * checked_mixed.c: the other source of test_checked_mixed.
 */
#include "checked_mixed.h"

BIDE_ASYNC_DEFINE(int, there)
{
    BIDE_BEGIN(there);
    BIDE_AWAIT(pass, in, (f->g));
    f->sum = 40;
    BIDE_AWAIT_V(nap, rest, (1));
    BIDE_RETURN(f->sum + 1);
    BIDE_END;
}

#define Dial_read_FRAME(ROW) ROW(PARAM, Dial *, self) ROW(PARAM, gate *, g) ROW(CHILD, pass, in)
BIDE_ASYNC(int, Dial_read)
{
    BIDE_BEGIN(Dial_read);
    BIDE_AWAIT(pass, in, (f->g));
    BIDE_RETURN(f->self->value);
    BIDE_END;
}
#define Dial_set_FRAME(ROW)                                                                        \
    ROW(PARAM, Dial *, self) ROW(PARAM, gate *, g) ROW(PARAM, int, n) ROW(CHILD, pass, in)
BIDE_ASYNC(int, Dial_set)
{
    BIDE_BEGIN(Dial_set);
    BIDE_AWAIT(pass, in, (f->g));
    f->self->value = f->n;
    BIDE_RETURN(f->n);
    BIDE_END;
}
static void Dial_reset(Dial *self)
{
    self->value = 0;
}
BIDE_IMPL(Meter, Dial);

bool mixed_is_checked(void)
{
#ifdef BIDE_CHECKED
    return true;
#else
    return false;
#endif
}

size_t mixed_size(int which)
{
    static const size_t sizes[] = MIXED_SIZES;
    return sizes[which];
}

bide_poll mixed_start(struct each *f, gate *g, bide_context *cx, int *out)
{
    return each_start(f, g, cx, out);
}

bide_poll mixed_poll(struct each *f, bide_context *cx, int *out)
{
    return each_poll(f, cx, out);
}

void mixed_drop(struct each *f)
{
    each_drop(f);
}

bide_poll mixed_call(struct Meter_set *f, Meter *m, gate *g, bide_context *cx, int *out)
{
    return Meter_set_start(f, m, g, 3, cx, out);
}

bide_poll mixed_box_poll(bide_box *box, bide_context *cx, void *out)
{
    return bide_box_poll(box, cx, out);
}
