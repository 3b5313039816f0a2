/*
 * notify.c: waiting to be told.
 *
 * A node notes in which round it came to wait; notify_all ends the round, and wakes one after the
 * other who came before that end, so that one that waits again at once is not woken twice.
 */
#include <bide/notify.h>

#include "wait_list.h"

/* Woken by notify_all: nothing to pass on. */
#define TOLD (BIDE_PRIV_OVER + 1)

BIDE_PRIV_ALWAYS void notify_one(bide_priv_notes *n, bool shared)
{
    bide_waker *waker;
    bide_priv_guard(&n->lock, shared);
    waker = bide_priv_wait_grant(&n->waiting);
    n->stored = n->stored || !waker;
    bide_priv_unguard(&n->lock, shared);
    bide_priv_wake(waker);
}

BIDE_PRIV_ALWAYS void notify_all(bide_priv_notes *n, bool shared)
{
    size_t end = 0;
    bool more, first = true;
    do {
        bide_waker *waker = NULL;
        bide_priv_guard(&n->lock, shared);
        if (first)
            end = ++n->round;
        first = false;
        if (bide_priv_wait_before(n->waiting.first, end))
            waker = bide_priv_wait_unlink(&n->waiting, n->waiting.first, TOLD);
        more = bide_priv_wait_before(n->waiting.first, end);
        bide_priv_unguard(&n->lock, shared);
        bide_priv_wake(waker);
    } while (more);
}

static bide_poll look(void *object, bide_priv_waiter *w)
{
    bide_priv_notes *n = object;
    if (w->state == BIDE_PRIV_WAITING)
        return BIDE_PENDING;
    if (w->state == BIDE_PRIV_IDLE) {
        w->wants = n->round;
        if (!n->stored)
            return BIDE_PENDING;
        n->stored = false;
    }
    w->state = BIDE_PRIV_OVER;
    return BIDE_READY;
}

BIDE_PRIV_ALWAYS bool take(bide_priv_notes *n, bool shared)
{
    bool stored;
    bide_priv_guard(&n->lock, shared);
    stored = n->stored;
    n->stored = false;
    bide_priv_unguard(&n->lock, shared);
    return stored;
}

BIDE_PRIV_ALWAYS void leave(bide_priv_notes *n, bide_priv_waiter *w, bool shared)
{
    bide_waker *own = NULL;
    bool unseen;
    bide_priv_guard(&n->lock, shared);
    if (w->state == BIDE_PRIV_WAITING)
        own = bide_priv_wait_unlink(&n->waiting, w, BIDE_PRIV_OVER);
    unseen = w->state == BIDE_PRIV_GRANTED;
    w->state = BIDE_PRIV_OVER;
    bide_priv_unguard(&n->lock, shared);
    bide_priv_unwake(own);
    if (unseen)
        notify_one(n, shared);
}

BIDE_PRIV_ALWAYS bide_poll poll_notes(bide_priv_notes *n, bide_priv_waiter *w, bide_context *cx,
                                      bool shared)
{
    bide_poll r = bide_priv_wait(&n->lock, shared, &n->waiting, w, cx, look, n);
    if (r < 0)
        leave(n, w, shared);
    return r;
}

#define NOTIFY(T, take_one, shared)                                                                \
    void T##_init(T *n)                                                                            \
    {                                                                                              \
        n->notes = (bide_priv_notes){0};                                                           \
    }                                                                                              \
    void T##_one(T *n)                                                                             \
    {                                                                                              \
        notify_one(&n->notes, shared);                                                             \
    }                                                                                              \
    void T##_all(T *n)                                                                             \
    {                                                                                              \
        notify_all(&n->notes, shared);                                                             \
    }                                                                                              \
    bool take_one(T *n)                                                                            \
    {                                                                                              \
        return take(&n->notes, shared);                                                            \
    }                                                                                              \
    bide_poll T##_wait_poll(struct T##_wait *f, bide_context *cx, void *out)                       \
    {                                                                                              \
        bide_poll r;                                                                               \
        (void)out;                                                                                 \
        if (!f->notify)                                                                            \
            return BIDE_EMISUSE;                                                                   \
        r = poll_notes(&f->notify->notes, &f->place, cx, shared);                                  \
        if (r != BIDE_PENDING)                                                                     \
            f->notify = NULL;                                                                      \
        return r;                                                                                  \
    }                                                                                              \
    void T##_wait_drop(struct T##_wait *f)                                                         \
    {                                                                                              \
        if (f->notify)                                                                             \
            leave(&f->notify->notes, &f->place, shared);                                           \
        f->notify = NULL;                                                                          \
    }                                                                                              \
    BIDE_FUTURE_DEFINE(void, T##_wait)

NOTIFY(bide_notify, bide_priv_notify_take, true);
NOTIFY(bide_local_notify, bide_priv_local_notify_take, false);
