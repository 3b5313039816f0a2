/*
 * permits.h (private): permits and the queue for them, under semaphores and mutexes.
 *
 * Permits are handed over: who gives some back takes them off again for the first in the queue, as
 * long as they suffice for that one. So a newcomer may take permits only if nobody waits, and one
 * that is dropped with permits that it has not seen gives them back like anybody.
 */
#ifndef BIDE_PRIV_PERMITS_H
#define BIDE_PRIV_PERMITS_H

#include "wait_list.h"

#include <bide/semaphore.h>

static inline bool bide_priv_permits_fit(const bide_priv_permits *p)
{
    return p->waiting.first && p->free >= p->waiting.first->wants;
}

/* Under the lock: serves the first in the queue, if that is possible. */
static inline bide_waker *bide_priv_permits_serve(bide_priv_permits *p)
{
    if (!bide_priv_permits_fit(p))
        return NULL;
    p->free -= p->waiting.first->wants;
    return bide_priv_wait_grant(&p->waiting);
}

/* Gives n back. Once the last one is woken that can be served, p is not touched any more: it may
 * end together with the last use of it. */
BIDE_PRIV_ALWAYS void bide_priv_permits_give(bide_priv_permits *p, size_t n, bool shared)
{
    bool again;
    do {
        bide_waker *waker;
        bide_priv_guard(&p->lock, shared);
        p->free += n;
        n = 0;
        waker = bide_priv_permits_serve(p);
        again = bide_priv_permits_fit(p);
        bide_priv_unguard(&p->lock, shared);
        bide_priv_wake(waker);
    } while (again);
}

BIDE_PRIV_ALWAYS bool bide_priv_permits_take(bide_priv_permits *p, size_t n, bool shared)
{
    bool there;
    bide_priv_guard(&p->lock, shared);
    there = !p->waiting.first && p->free >= n;
    if (there)
        p->free -= n;
    bide_priv_unguard(&p->lock, shared);
    return there;
}

BIDE_PRIV_ALWAYS size_t bide_priv_permits_count(bide_priv_permits *p, bool shared)
{
    size_t n;
    bide_priv_guard(&p->lock, shared);
    n = p->free;
    bide_priv_unguard(&p->lock, shared);
    return n;
}

/* What a poll wants of what. */
typedef struct bide_priv_permits_wish {
    bide_priv_permits *permits;
    size_t wants;
} bide_priv_permits_wish;

static inline bide_poll bide_priv_permits_look(void *object, bide_priv_waiter *w)
{
    const bide_priv_permits_wish *wish = object;
    bide_priv_permits *p = wish->permits;
    if (w->state == BIDE_PRIV_GRANTED) {
        w->state = BIDE_PRIV_OVER;
        return BIDE_READY;
    }
    if (w->state == BIDE_PRIV_WAITING)
        return BIDE_PENDING;
    w->wants = wish->wants;
    if (p->waiting.first || p->free < w->wants)
        return BIDE_PENDING;
    p->free -= w->wants;
    w->state = BIDE_PRIV_OVER;
    return BIDE_READY;
}

/* The end of a future that did not get what it wanted, or did not see that it did. */
BIDE_PRIV_ALWAYS void bide_priv_permits_leave(bide_priv_permits *p, bide_priv_waiter *w,
                                              bool shared)
{
    bide_waker *own = NULL;
    bool fits;
    bide_priv_guard(&p->lock, shared);
    if (w->state == BIDE_PRIV_WAITING)
        own = bide_priv_wait_unlink(&p->waiting, w, BIDE_PRIV_OVER);
    else if (w->state == BIDE_PRIV_GRANTED)
        p->free += w->wants;
    w->state = BIDE_PRIV_OVER;
    fits = bide_priv_permits_fit(p);
    bide_priv_unguard(&p->lock, shared);
    bide_priv_unwake(own);
    if (fits)
        bide_priv_permits_give(p, 0, shared);
}

BIDE_PRIV_ALWAYS bide_poll bide_priv_permits_poll(bide_priv_permits *p, size_t n,
                                                  bide_priv_waiter *w, const bide_context *cx,
                                                  bool shared)
{
    bide_priv_permits_wish wish = {p, n};
    bide_poll r =
        bide_priv_wait(&p->lock, shared, &p->waiting, w, cx, bide_priv_permits_look, &wish);
    if (r < 0)
        bide_priv_permits_leave(p, w, shared);
    return r;
}

#endif
