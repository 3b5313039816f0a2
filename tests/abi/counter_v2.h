/*
 * counter_v2.h: the interface Counter as its second release declares it: rows appended, each with a
 * default, and an argument that grew.
 */
#ifndef COUNTER_H
#define COUNTER_H

#include <bide/bide.h>

typedef struct counter_options {
    uint32_t size;
    int32_t step;
    int32_t offset; /* since 2 */
} counter_options;

typedef struct counter_mail {
    bide_waker *waker;
    int32_t value;
    bool full;
} counter_mail;

#define Counter_METHODS(METHOD, I, Self)                                                           \
    METHOD(I, Self, ASYNC, int32_t, add, (int32_t, n))                                             \
    METHOD(I, Self, ASYNC_MUT, void, configure, (const counter_options *, options))                \
    METHOD(I, Self, ASYNC, int32_t, receive, (counter_mail *, mail))                               \
    METHOD(I, Self, SYNC, int32_t, total)                                                          \
    METHOD(I, Self, SYNC, bool, is_even, (bool, strict))                                           \
    METHOD(I, Self, ASYNC_DEFAULT, int32_t, add_twice, (int32_t, n))                               \
    METHOD(I, Self, SYNC_DEFAULT, int32_t, version)                                                \
    METHOD(I, Self, POLL_DEFAULT, int32_t, item, (int32_t, at))
BIDE_INTERFACE(Counter);

#define Counter_add_twice_default_FRAME(ROW)                                                       \
    ROW(PARAM, Counter, self)                                                                      \
    ROW(PARAM, int32_t, n)                                                                         \
    ROW(LOCAL, int32_t, r) ROW(CHILD, Counter_add, first) ROW(CHILD, Counter_add, second)
BIDE_ASYNC(int32_t, Counter_add_twice_default)
{
    BIDE_BEGIN(Counter_add_twice_default);
    BIDE_AWAIT_TO(f->r, Counter_add, first, (&f->self, f->n));
    BIDE_AWAIT_TO(f->r, Counter_add, second, (&f->self, f->n));
    BIDE_RETURN(f->r);
    BIDE_END;
}
BIDE_INLINE int32_t Counter_version_default(Counter self)
{
    (void)self;
    return 1;
}
BIDE_INLINE bide_poll Counter_item_default(Counter self, int32_t at, bide_context *cx, int32_t *out)
{
    (void)cx;
    if (at >= Counter_total(&self))
        return BIDE_DONE;
    *out = at;
    return BIDE_READY;
}
BIDE_INTERFACE_DEFAULTS(Counter);

#endif
