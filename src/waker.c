/*
 * waker.c: the waker that does nothing.
 */
#include <bide/waker.h>

static bide_waker *noop_clone(bide_waker *waker)
{
    return waker;
}

static void noop(bide_waker *waker)
{
    (void)waker;
}

static const bide_waker_vtable noop_vtable = {
    sizeof(bide_waker_vtable), 0, noop_clone, noop, noop, noop, noop};

static const bide_waker noop_waker = {&noop_vtable};

bide_waker *bide_waker_noop(void)
{
    return (bide_waker *)&noop_waker; /* its operations write nothing */
}
