/*
 * stream.h: what the stream workloads of ../bide.c and of the async C stand on: an interface with a
 * POLL row, which is a stream, and an async method that gives the same items.
 */
#ifndef STREAM_H
#define STREAM_H

#include "bench.h"

#include <bide/bide.h>

enum { ITEMS = 64 }; /* of one stream; then it says that it is done, and begins anew */

/* What an async `next` gives: an item, or the end. */
typedef struct Item {
    uint32_t value;
    bool some;
} Item;

#define Numbers_METHODS(METHOD, I, Self)                                                           \
    METHOD(I, Self, POLL, uint32_t, poll_next)                                                     \
    METHOD(I, Self, ASYNC_MUT, Item, next)
BIDE_INTERFACE(Numbers);

/* Two streams, so that a receiver chosen at run time cannot be known to the compiler. */
typedef struct Count {
    uint32_t at;
} Count;
typedef Count Up, Down;
BIDE_IMPL_DECLARE(Numbers, Up);
BIDE_IMPL_DECLARE(Numbers, Down);

static inline bide_poll count_poll(Count *count, uint32_t sign, uint32_t *out)
{
    if (count->at == ITEMS) {
        count->at = 0;
        return BIDE_DONE;
    }
    *out = opaque(count->at++) * sign;
    return BIDE_READY;
}

static inline Item count_next(Count *count, uint32_t sign)
{
    Item item = {0, false};
    item.some = count_poll(count, sign, &item.value) == BIDE_READY;
    return item;
}

BIDE_INLINE bide_poll Up_poll_next(Up *self, bide_context *cx, uint32_t *out)
{
    (void)cx;
    return count_poll(self, 1, out);
}

BIDE_INLINE bide_poll Down_poll_next(Down *self, bide_context *cx, uint32_t *out)
{
    (void)cx;
    return count_poll(self, UINT32_MAX, out);
}

/* Shape: T_item(T *self), the future of a stream's next item. */
#define ITEM_FRAME(ROW, T) ROW(TRAITS, BIDE_UNPIN) ROW(PARAM, T *, self)
#define ITEM_OF(T)                                                                                 \
    BIDE_FUTURE(Item, T##_item)                                                                    \
    BIDE_INLINE bide_poll T##_item_poll(struct T##_item *f, bide_context *cx, Item *out)           \
    {                                                                                              \
        bide_poll r = T##_poll_next(f->self, cx, &out->value);                                     \
        out->some = r != BIDE_DONE;                                                                \
        if (r == BIDE_READY)                                                                       \
            return BIDE_READY;                                                                     \
        return r == BIDE_DONE ? BIDE_READY : r;                                                    \
    }                                                                                              \
    BIDE_INLINE void T##_item_drop(struct T##_item *f)                                             \
    {                                                                                              \
        (void)f;                                                                                   \
    }
#define Up_item_FRAME(ROW) ITEM_FRAME(ROW, Up)
ITEM_OF(Up)
#define Numbers_item_FRAME(ROW) ITEM_FRAME(ROW, Numbers)
ITEM_OF(Numbers)

#endif
