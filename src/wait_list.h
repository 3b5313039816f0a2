/*
 * wait_list.h (private): the queue in which futures wait for a mutex, a permit, room, ...
 *
 * One lock, the object's, guards the list and the nodes. Wakers are cloned, woken and dropped
 * outside of it, since they may be foreign code. `shared`: forms.h.
 *
 * The protocol. Who gives a turn unlinks the first node, notes GRANTED in it and takes its waker
 * out, all under the lock, and wakes behind it; the frame may be gone by then, the waker is not. A
 * node that is WAITING therefore never has what it waits for.
 */
#ifndef BIDE_PRIV_WAIT_LIST_H
#define BIDE_PRIV_WAIT_LIST_H

#include "forms.h"

#include <bide/waiter.h>

enum {
    BIDE_PRIV_IDLE,    /* not polled yet, or not in need of anything */
    BIDE_PRIV_WAITING, /* in the list */
    BIDE_PRIV_GRANTED, /* its turn came; not seen by its future yet */
    BIDE_PRIV_OVER     /* its future has ended */
};

/* Takes a waiting node out; the waker is the caller's, to wake or drop behind the lock. */
static inline bide_waker *bide_priv_wait_unlink(bide_priv_wait_list *list, bide_priv_waiter *w,
                                                uint32_t state)
{
    bide_waker *waker = w->waker;
    if (w->prev)
        w->prev->next = w->next;
    else
        list->first = w->next;
    if (w->next)
        w->next->prev = w->prev;
    else
        list->last = w->prev;
    w->prev = w->next = NULL;
    w->waker = NULL;
    w->state = state;
    return waker;
}

/* Gives the first node its turn. NULL: nobody waits. */
static inline bide_waker *bide_priv_wait_grant(bide_priv_wait_list *list)
{
    return list->first ? bide_priv_wait_unlink(list, list->first, BIDE_PRIV_GRANTED) : NULL;
}

/* Lets the node wait with the waker of `cx`, at the end of the list unless it is in it. False:
 * *fresh must be a clone of that waker first. The clone that is too many comes out by *fresh. */
static inline bool bide_priv_wait_arm(bide_priv_wait_list *list, bide_priv_waiter *w,
                                      const bide_context *cx, bide_waker **fresh)
{
    bide_waker *old = w->waker;
    if (w->state == BIDE_PRIV_WAITING && old == cx->waker)
        return true;
    if (!*fresh)
        return false;
    w->waker = *fresh;
    *fresh = old;
    if (w->state == BIDE_PRIV_WAITING)
        return true;
    w->state = BIDE_PRIV_WAITING;
    w->prev = list->last;
    w->next = NULL;
    if (list->last)
        list->last->next = w;
    else
        list->first = w;
    list->last = w;
    return true;
}

/* The same where only one can wait: its waker lies in *slot. */
static inline bool bide_priv_wait_keep(bide_waker **slot, const bide_context *cx,
                                       bide_waker **fresh)
{
    bide_waker *old = *slot;
    if (old == cx->waker)
        return true;
    if (!*fresh)
        return false;
    *slot = *fresh;
    *fresh = old;
    return true;
}

static inline void bide_priv_wake(bide_waker *waker)
{
    if (waker)
        bide_waker_wake(waker);
}

static inline void bide_priv_unwake(bide_waker *waker)
{
    if (waker)
        bide_waker_drop(waker);
}

/* For lists whose nodes note the round in which they came: whether `w` came before the end of round
 * number `end` - 1. The number may have wrapped. */
static inline bool bide_priv_wait_before(const bide_priv_waiter *w, size_t end)
{
    return w && end - w->wants - 1 < SIZE_MAX / 2;
}

/* A poll of a future that may wait: looks, and if that says BIDE_PENDING, waits. `look` runs under
 * the lock and may note in the node what it found. BIDE_ENOMEM if a foreign waker could not be
 * cloned; the node is as it was. */
typedef bide_poll bide_priv_wait_look(void *object, bide_priv_waiter *w);

BIDE_PRIV_ALWAYS bide_poll bide_priv_wait(uint32_t *lock, bool shared, bide_priv_wait_list *list,
                                          bide_priv_waiter *w, const bide_context *cx,
                                          bide_priv_wait_look *look, void *object)
{
    bide_waker *fresh = NULL;
    for (;;) {
        bool settled;
        bide_poll r;
        bide_priv_guard(lock, shared);
        r = look(object, w);
        settled = r != BIDE_PENDING || bide_priv_wait_arm(list, w, cx, &fresh);
        bide_priv_unguard(lock, shared);
        if (settled) {
            bide_priv_unwake(fresh);
            return r;
        }
        fresh = bide_waker_clone(cx->waker);
        if (!fresh)
            return BIDE_ENOMEM;
    }
}

#endif
