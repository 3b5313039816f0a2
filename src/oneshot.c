/*
 * oneshot.c: a place for one item, and the wakers of both sides.
 *
 * All of it is guarded by one lock. The item is written by the sender, under the lock, and belongs
 * to the receiver from then on: to whom it is given, or who drops it when it goes.
 */
#include <bide/oneshot.h>

#include "wait_list.h"

#include <string.h>

struct bide_priv_oneshot {
    uint32_t lock;
    bool sender, receiver; /* are still there */
    bool closed;           /* nothing will be taken */
    bool full;             /* the item is there */
    bide_waker *send_waker, *receive_waker;
    bide_priv_oneshot_kind kind;
    bide_allocator *giver;
    size_t bytes, align;
    size_t offset; /* of the item */
};

static void guard(bide_priv_oneshot *o)
{
    bide_priv_guard(&o->lock, o->kind.shared);
}

static void unguard(bide_priv_oneshot *o)
{
    bide_priv_unguard(&o->lock, o->kind.shared);
}

static void *item_of(bide_priv_oneshot *o)
{
    return (char *)o + o->offset;
}

static bide_waker *take_waker(bide_waker **slot)
{
    bide_waker *waker = *slot;
    *slot = NULL;
    return waker;
}

bide_poll bide_priv_oneshot_new(const bide_priv_oneshot_kind *kind, bide_allocator *a,
                                bide_priv_oneshot_end *tx, bide_priv_oneshot_end *rx)
{
    size_t align = kind->item_align > BIDE_PRIV_ALIGNOF(bide_priv_oneshot)
                       ? kind->item_align
                       : BIDE_PRIV_ALIGNOF(bide_priv_oneshot);
    size_t offset = (sizeof(bide_priv_oneshot) + kind->item_align - 1) & ~(kind->item_align - 1);
    bide_allocator *giver;
    bide_priv_oneshot *o = bide_alloc(a, offset + kind->item_size, align, &giver);
    tx->shared = rx->shared = o;
    if (!o)
        return a && a->flags & BIDE_ALLOC_FIXED ? BIDE_EBUSY : BIDE_ENOMEM;
    *o = (bide_priv_oneshot){.sender = true,
                             .receiver = true,
                             .kind = *kind,
                             .giver = giver,
                             .bytes = offset + kind->item_size,
                             .align = align,
                             .offset = offset};
    return BIDE_READY;
}

static void free_oneshot(bide_priv_oneshot *o)
{
    bide_free(o->giver, o, o->bytes, o->align);
}

/* ---- waiting ------------------------------------------------------------------------------ */

static bide_poll item_came(bide_priv_oneshot *o, void *item)
{
    if (!o->full)
        return o->sender && !o->closed ? BIDE_PENDING : BIDE_DONE;
    o->full = false;
    memcpy(item, item_of(o), o->kind.item_size);
    return BIDE_READY;
}

static bide_poll receiver_went(bide_priv_oneshot *o, void *nothing)
{
    (void)nothing;
    return o->closed ? BIDE_READY : BIDE_PENDING;
}

/* Looks, and waits with a waker in *slot. */
static bide_poll wait_in(bide_priv_oneshot *o, bide_waker **slot, bide_context *cx,
                         bide_poll (*look)(bide_priv_oneshot *o, void *item), void *item)
{
    bide_waker *fresh = NULL, *old = NULL;
    for (;;) {
        bide_poll r;
        bool settled;
        guard(o);
        r = look(o, item);
        settled = r != BIDE_PENDING || !cx || bide_priv_wait_keep(slot, cx, &fresh);
        if (r != BIDE_PENDING)
            old = take_waker(slot);
        unguard(o);
        if (settled) {
            bide_priv_unwake(fresh);
            bide_priv_unwake(old);
            return r;
        }
        fresh = bide_waker_clone(cx->waker);
        if (!fresh)
            return BIDE_ENOMEM;
    }
}

/* ---- the sender --------------------------------------------------------------------------- */

/* Ends the sender, with an item or without. */
static int32_t finish(bide_priv_oneshot_end *tx, const void *item)
{
    bide_priv_oneshot *o = tx->shared;
    bide_waker *own, *other;
    bool last, sent;
    if (!o)
        return BIDE_SINK_CLOSED;
    tx->shared = NULL;
    guard(o);
    sent = item && !o->closed;
    if (sent) {
        memcpy(item_of(o), item, o->kind.item_size);
        o->full = true;
    }
    o->sender = false;
    last = !o->receiver;
    own = take_waker(&o->send_waker);
    other = take_waker(&o->receive_waker);
    unguard(o);
    if (last)
        free_oneshot(o);
    bide_priv_unwake(own);
    bide_priv_wake(other);
    return sent ? 0 : BIDE_SINK_CLOSED;
}

int32_t bide_priv_oneshot_send(bide_priv_oneshot_end *tx, const void *item)
{
    return finish(tx, item);
}

void bide_priv_oneshot_sender_drop(bide_priv_oneshot_end *tx)
{
    (void)finish(tx, NULL);
}

bool bide_priv_oneshot_is_closed(const bide_priv_oneshot_end *tx)
{
    bool closed = true;
    if (tx->shared) {
        guard(tx->shared);
        closed = tx->shared->closed;
        unguard(tx->shared);
    }
    return closed;
}

bide_poll bide_priv_oneshot_poll_closed(bide_priv_oneshot_end *tx, bide_context *cx)
{
    bide_priv_oneshot *o = tx->shared;
    return o ? wait_in(o, &o->send_waker, cx, receiver_went, NULL) : BIDE_READY;
}

void bide_priv_oneshot_forget_closed(bide_priv_oneshot_end *tx)
{
    bide_waker *waker;
    if (!tx->shared)
        return;
    guard(tx->shared);
    waker = take_waker(&tx->shared->send_waker);
    unguard(tx->shared);
    bide_priv_unwake(waker);
}

/* ---- the receiver ------------------------------------------------------------------------- */

bide_poll bide_priv_oneshot_poll(bide_priv_oneshot_end *rx, bide_context *cx, void *item)
{
    bide_priv_oneshot *o = rx->shared;
    return o ? wait_in(o, &o->receive_waker, cx, item_came, item) : BIDE_DONE;
}

bide_size_hint bide_priv_oneshot_hint(const bide_priv_oneshot_end *rx)
{
    bide_priv_oneshot *o = rx->shared;
    bide_size_hint hint = {0, 0};
    if (!o)
        return hint;
    guard(o);
    hint.least = o->full;
    hint.most = o->full || (o->sender && !o->closed);
    unguard(o);
    return hint;
}

void bide_priv_oneshot_close(bide_priv_oneshot_end *rx)
{
    bide_waker *waker;
    if (!rx->shared)
        return;
    guard(rx->shared);
    rx->shared->closed = true;
    waker = take_waker(&rx->shared->send_waker);
    unguard(rx->shared);
    bide_priv_wake(waker);
}

void bide_priv_oneshot_receiver_drop(bide_priv_oneshot_end *rx)
{
    bide_priv_oneshot *o = rx->shared;
    bide_waker *own;
    bool last, unseen;
    if (!o)
        return;
    bide_priv_oneshot_close(rx);
    rx->shared = NULL;
    guard(o);
    own = take_waker(&o->receive_waker);
    unseen = o->full;
    o->full = false;
    unguard(o);
    /* Closed: the sender does not touch the item any more. */
    if (unseen && o->kind.drop_item)
        o->kind.drop_item(item_of(o));
    guard(o);
    o->receiver = false;
    last = !o->sender;
    unguard(o);
    if (last)
        free_oneshot(o);
    bide_priv_unwake(own);
}
