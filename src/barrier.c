/*
 * barrier.c: counting who has come, and letting them through together.
 *
 * A node notes its round. The last to come ends the round, which settles who is through, and then
 * wakes one after the other; those of the next round may be coming already.
 */
#include <bide/barrier.h>

#include "wait_list.h"

BIDE_PRIV_ALWAYS void let_through(bide_priv_gate *g, size_t end, bool shared)
{
    bide_waker *waker;
    do {
        bide_priv_guard(&g->lock, shared);
        waker =
            bide_priv_wait_before(g->waiting.first, end) ? bide_priv_wait_grant(&g->waiting) : NULL;
        bide_priv_unguard(&g->lock, shared);
        bide_priv_wake(waker);
    } while (waker);
}

/* BIDE_DONE: as the last one, who has ended the round. */
static bide_poll look(void *object, bide_priv_waiter *w)
{
    bide_priv_gate *g = object;
    if (w->state == BIDE_PRIV_WAITING)
        return BIDE_PENDING;
    if (w->state == BIDE_PRIV_GRANTED)
        return BIDE_READY;
    w->wants = g->round;
    if (g->here + 1 < g->parties)
        return BIDE_PENDING;
    g->here = 0;
    g->round++;
    return BIDE_DONE;
}

/* As bide_priv_wait, and counts who stays. */
BIDE_PRIV_ALWAYS bide_poll come(bide_priv_gate *g, bide_priv_waiter *w, bide_context *cx,
                                bool shared)
{
    bide_waker *fresh = NULL;
    for (;;) {
        bide_poll r;
        bool settled, new_here;
        bide_priv_guard(&g->lock, shared);
        r = look(g, w);
        new_here = r == BIDE_PENDING && w->state == BIDE_PRIV_IDLE;
        settled = r != BIDE_PENDING || bide_priv_wait_arm(&g->waiting, w, cx, &fresh);
        g->here += settled && new_here;
        bide_priv_unguard(&g->lock, shared);
        if (settled) {
            bide_priv_unwake(fresh);
            return r;
        }
        fresh = bide_waker_clone(cx->waker);
        if (!fresh)
            return BIDE_ENOMEM;
    }
}

BIDE_PRIV_ALWAYS void leave(bide_priv_gate *g, bide_priv_waiter *w, bool shared)
{
    bide_waker *own = NULL;
    bide_priv_guard(&g->lock, shared);
    if (w->state == BIDE_PRIV_WAITING) {
        g->here -= w->wants == g->round; /* else it is through, and was about to be told */
        own = bide_priv_wait_unlink(&g->waiting, w, BIDE_PRIV_OVER);
    }
    bide_priv_unguard(&g->lock, shared);
    bide_priv_unwake(own);
}

BIDE_PRIV_ALWAYS bide_poll poll_gate(bide_priv_gate *g, bide_priv_waiter *w, bide_context *cx,
                                     bool *out, bool shared)
{
    bide_poll r = come(g, w, cx, shared);
    if (r >= BIDE_READY)
        *out = r == BIDE_DONE;
    if (r == BIDE_DONE)
        let_through(g, w->wants + 1, shared);
    if (r < 0)
        leave(g, w, shared);
    return r == BIDE_DONE ? BIDE_READY : r;
}

#define BARRIER(T, shared)                                                                         \
    void T##_init(T *b, size_t parties)                                                            \
    {                                                                                              \
        b->gate = (bide_priv_gate){.parties = parties};                                            \
    }                                                                                              \
    bide_poll T##_wait_poll(struct T##_wait *f, bide_context *cx, bool *out)                       \
    {                                                                                              \
        bide_poll r;                                                                               \
        if (!f->barrier)                                                                           \
            return BIDE_EMISUSE;                                                                   \
        r = poll_gate(&f->barrier->gate, &f->place, cx, out, shared);                              \
        if (r != BIDE_PENDING)                                                                     \
            f->barrier = NULL;                                                                     \
        return r;                                                                                  \
    }                                                                                              \
    void T##_wait_drop(struct T##_wait *f)                                                         \
    {                                                                                              \
        if (f->barrier)                                                                            \
            leave(&f->barrier->gate, &f->place, shared);                                           \
        f->barrier = NULL;                                                                         \
    }                                                                                              \
    BIDE_FUTURE_DEFINE(bool, T##_wait)

BARRIER(bide_barrier, true);
BARRIER(bide_local_barrier, false);
