/*
 * checked_gen.h: generated functions that break the rules of checked builds, or are made to; see
 * test_checked_generated.c.
 */
#ifndef CHECKED_GEN_H
#define CHECKED_GEN_H

#include "dyn.h"
#include <bide/generated.h>

/* forgetful(times): a leaf that pends so many times without keeping its waker. */
#define forgetful_FRAME(ROW) ROW(PARAM, int, times)
BIDE_FUTURE(void, forgetful)
bide_poll forgetful_poll(struct forgetful *f, bide_context *cx, void *out)
{
    (void)cx, (void)out;
    return f->times-- > 0 ? BIDE_PENDING : BIDE_READY;
}
void forgetful_drop(struct forgetful *f)
{
    (void)f;
}

/* turns(): a leaf that pends once, and then polls itself. */
#define turns_FRAME(ROW) ROW(LOCAL, int, polls)
BIDE_FUTURE(int, turns)
bide_poll turns_poll(struct turns *f, bide_context *cx, int *out)
{
    if (f->polls++ == 0) {
        bide_waker_wake_by_ref(cx->waker);
        return BIDE_PENDING;
    }
    if (f->polls == 2)
        return turns_type.poll(f, cx, out);
    *out = 7;
    return BIDE_READY;
}
void turns_drop(struct turns *f)
{
    (void)f;
}

#define Counter_METHODS(METHOD, I, Self)                                                           \
    METHOD(I, Self, ASYNC, int, get, (gate *, g))                                                  \
    METHOD(I, Self, ASYNC_MUT, int, add, (gate *, g), (int, n))
BIDE_INTERFACE(Counter);
typedef struct Tally {
    int value;
} Tally;
BIDE_IMPL_DECLARE(Counter, Tally);

typedef int (*deed)(void *what);

bide_async int wait_for(gate *g);
bide_async int outer(gate *g);
bide_async int hopes(int times);
bide_async int meddle(deed act, void *what);
bide_async int turning(int how);
bide_async void set_later(int *to);
bide_async_gen int count(int n);
bide_async void close_later(int **log);
bide_async int closing(int *log);
bide_async int gets(Counter *c, gate *g);
bide_async int adds(Counter *c, gate *g);

/* Whether those are checked. */
bool gen_is_checked(void);

#include BIDE_GENERATED("checked_gen.gen.h")

#endif
