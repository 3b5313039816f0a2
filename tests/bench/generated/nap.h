/*
 * nap.h: the leaf under the chain of eight, by hand: wakes itself, waits once, adds.
 */
#ifndef NAP_H
#define NAP_H

#include <bide/bide.h>

#define nap_add_FRAME(ROW)                                                                         \
    ROW(TRAITS, BIDE_SEND | BIDE_UNPIN)                                                            \
    ROW(PARAM, uint32_t *, last) ROW(PARAM, uint32_t, a) ROW(PARAM, uint32_t, b)                   \
    ROW(LOCAL, uint32_t, polls)
BIDE_FUTURE(uint32_t, nap_add)
BIDE_INLINE bide_poll nap_add_poll(struct nap_add *f, bide_context *cx, uint32_t *out)
{
    if (f->polls == 0) {
        f->polls = 1;
        bide_waker_wake_by_ref(cx->waker);
        return BIDE_PENDING;
    }
    if (f->polls == 2)
        return BIDE_EMISUSE;
    f->polls = 2;
    *f->last = f->a + f->b;
    *out = *f->last;
    return BIDE_READY;
}
BIDE_INLINE void nap_add_drop(struct nap_add *f)
{
    f->polls = 2;
}

#endif
