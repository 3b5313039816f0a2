/*
 * futures.c: leaves that wait as the test says.
 */
#include <bide/testing_futures.h>

#include "../atomic.h"

/* ---- leaves ------------------------------------------------------------------------------- */

static bide_poll pend(bide_context *cx)
{
    bide_waker_wake_by_ref(cx->waker);
    return BIDE_PENDING;
}

bide_poll bide_ready_int_poll(struct bide_ready_int *f, bide_context *cx, int32_t *out)
{
    (void)cx;
    if (f->over)
        return BIDE_EMISUSE;
    f->over = true;
    *out = f->value;
    return BIDE_READY;
}

void bide_ready_int_drop(struct bide_ready_int *f)
{
    f->over = true;
}

BIDE_FUTURE_DEFINE(int32_t, bide_ready_int);

bide_poll bide_pending_once_poll(struct bide_pending_once *f, bide_context *cx, void *out)
{
    (void)out;
    if (f->polls > 1)
        return BIDE_EMISUSE;
    return f->polls++ == 0 ? pend(cx) : BIDE_READY;
}

void bide_pending_once_drop(struct bide_pending_once *f)
{
    f->polls = 2;
}

BIDE_FUTURE_DEFINE(void, bide_pending_once);

bide_poll bide_pending_times_poll(struct bide_pending_times *f, bide_context *cx, void *out)
{
    (void)out;
    if (f->over)
        return BIDE_EMISUSE;
    if (f->left > 0) {
        f->left--;
        return pend(cx);
    }
    f->over = true;
    return BIDE_READY;
}

void bide_pending_times_drop(struct bide_pending_times *f)
{
    f->over = true;
}

BIDE_FUTURE_DEFINE(void, bide_pending_times);

bide_poll bide_fails_after_poll(struct bide_fails_after *f, bide_context *cx, int32_t *out)
{
    (void)out;
    if (f->over)
        return BIDE_EMISUSE;
    if (f->left > 0) {
        f->left--;
        return pend(cx);
    }
    f->over = true;
    return f->code;
}

void bide_fails_after_drop(struct bide_fails_after *f)
{
    f->over = true;
}

BIDE_FUTURE_DEFINE(int32_t, bide_fails_after);

bide_poll bide_never_poll(struct bide_never *f, bide_context *cx, void *out)
{
    bide_poll r = bide_waker_register(&f->waker, cx);
    (void)out;
    if (r == BIDE_READY)
        return BIDE_PENDING;
    bide_waker_clear(&f->waker);
    return r;
}

void bide_never_drop(struct bide_never *f)
{
    bide_waker_clear(&f->waker);
}

BIDE_FUTURE_DEFINE(void, bide_never);

/* ---- the event ---------------------------------------------------------------------------- */

enum { IDLE, WAITING, WOKEN };

void bide_manual_event_init(bide_manual_event *event)
{
    *event = (bide_manual_event){0};
}

static void link_last(bide_manual_event *event, struct bide_priv_event_node *node)
{
    node->prev = event->last;
    node->next = NULL;
    if (event->last)
        event->last->next = node;
    else
        event->first = node;
    event->last = node;
    event->waiters++;
    node->state = WAITING;
}

/* Takes a waiting node out, and its waker, which is the caller's from then on. */
static bide_waker *unlink_node(bide_manual_event *event, struct bide_priv_event_node *node,
                               uint32_t state)
{
    bide_waker *waker = node->waker;
    if (node->prev)
        node->prev->next = node->next;
    else
        event->first = node->next;
    if (node->next)
        node->next->prev = node->prev;
    else
        event->last = node->prev;
    event->waiters--;
    node->waker = NULL;
    node->state = state;
    return waker;
}

/* Wakers are foreign code: they are called without the lock, one at a time. */
void bide_manual_event_set(bide_manual_event *event)
{
    bide_waker *waker;
    do {
        bide_priv_spin_lock(&event->lock);
        event->is_set = true;
        waker = event->first ? unlink_node(event, event->first, WOKEN) : NULL;
        bide_priv_spin_unlock(&event->lock);
        if (waker)
            bide_waker_wake(waker);
    } while (waker);
}

void bide_manual_event_reset(bide_manual_event *event)
{
    bide_priv_spin_lock(&event->lock);
    event->is_set = false;
    bide_priv_spin_unlock(&event->lock);
}

uint32_t bide_manual_event_waiters(bide_manual_event *event)
{
    uint32_t n;
    bide_priv_spin_lock(&event->lock);
    n = event->waiters;
    bide_priv_spin_unlock(&event->lock);
    return n;
}

bide_poll bide_priv_event_look(bide_manual_event *event)
{
    bide_poll r;
    bide_priv_spin_lock(&event->lock);
    r = event->is_set ? BIDE_READY : BIDE_PENDING;
    bide_priv_spin_unlock(&event->lock);
    return r;
}

void bide_event_wait_drop(struct bide_event_wait *f)
{
    bide_waker *waker = NULL;
    bide_priv_spin_lock(&f->event->lock);
    if (f->node.state == WAITING)
        waker = unlink_node(f->event, &f->node, IDLE);
    bide_priv_spin_unlock(&f->event->lock);
    if (waker)
        bide_waker_drop(waker);
}

bide_poll bide_event_wait_poll(struct bide_event_wait *f, bide_context *cx, void *out)
{
    bide_manual_event *event = f->event;
    bide_waker *fresh = bide_waker_clone(cx->waker), *stale = fresh;
    bide_poll r = BIDE_PENDING;
    (void)out;
    bide_priv_spin_lock(&event->lock);
    if (f->node.state == WOKEN || event->is_set) {
        r = BIDE_READY;
    } else if (fresh) {
        if (f->node.state == IDLE)
            link_last(event, &f->node);
        stale = f->node.waker;
        f->node.waker = fresh;
    }
    bide_priv_spin_unlock(&event->lock);
    if (stale)
        bide_waker_drop(stale);
    if (r == BIDE_PENDING && !fresh)
        r = BIDE_ENOMEM;
    if (r != BIDE_PENDING)
        bide_event_wait_drop(f);
    return r;
}

BIDE_FUTURE_DEFINE(void, bide_event_wait);
