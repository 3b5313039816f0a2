/*
 * checked_mixed.h: futures and an interface of another source, one of the two checked and the other
 * not; see test_checked_mixed.c.
 */
#ifndef CHECKED_MIXED_H
#define CHECKED_MIXED_H

#include "dyn.h"

/* A body that is defined there, and one that both have of their own. */
#define there_FRAME(ROW)                                                                           \
    ROW(PARAM, gate *, g) ROW(LOCAL, int, sum) ROW(CHILD, pass, in) ROW(CHILD, nap, rest)
BIDE_ASYNC_DECLARE(int, there)
#define each_FRAME(ROW) ROW(PARAM, gate *, g) ROW(LOCAL, int, got) ROW(CHILD, there, in)
BIDE_ASYNC(int, each)
{
    BIDE_BEGIN(each);
    BIDE_AWAIT_TO(f->got, there, in, (f->g));
    BIDE_RETURN(f->got + 1);
    BIDE_END;
}

#define Meter_METHODS(METHOD, I, Self)                                                             \
    METHOD(I, Self, ASYNC, int, read, (gate *, g))                                                 \
    METHOD(I, Self, ASYNC_MUT, int, set, (gate *, g), (int, n))                                    \
    METHOD(I, Self, SYNC_MUT, void, reset)
BIDE_INTERFACE(Meter);
typedef struct Dial {
    int value;
} Dial;
BIDE_IMPL_DECLARE(Meter, Dial);

/* What the other source can be asked for; its sizes, to compare. */
bool mixed_is_checked(void);
size_t mixed_size(int which);
bide_poll mixed_start(struct each *f, gate *g, bide_context *cx, int *out);
bide_poll mixed_poll(struct each *f, bide_context *cx, int *out);
void mixed_drop(struct each *f);
bide_poll mixed_call(struct Meter_set *f, Meter *m, gate *g, bide_context *cx, int *out);
bide_poll mixed_box_poll(bide_box *box, bide_context *cx, void *out);

#define MIXED_SIZES                                                                                \
    {sizeof(struct there),      sizeof(struct each),         sizeof(struct Meter_read),            \
     sizeof(struct Meter_set),  sizeof(struct Meter_vtable), sizeof(Meter),                        \
     sizeof(bide_box),          sizeof(bide_context)}

#endif
