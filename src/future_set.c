/*
 * future_set.c: members with wakers of their own, and the queue of those that were woken.
 *
 * A member's block has three parts: the node, which is its waker; the frame; and, in an ordered
 * set, room for the Output. The set holds one reference to a node while it is a member, each clone
 * of the waker another.
 *
 * `queued` tells whether a node is in the queue or the batch, or about to be put there by whoever
 * set it. The set clears it before the poll, so that a wake during the poll counts. When a member
 * ends, the set sets it for good: nobody queues the node any more. If somebody has done so already,
 * the set's reference goes over to that place in the queue, and is given up where the node is taken
 * out of it.
 */
#include <bide/future_set.h>

#include "atomic.h"

#include <string.h>

enum {
    BUDGET = 32, /* polls without a result, in one of the set */
    TOLD = 16    /* members that are told to a tracer */
};

/* What nodes and set share, and what outlives the set as long as there are wakers. */
struct bide_priv_set_hub {
    uint32_t refs; /* atomic: nodes, and the set */
    uint32_t lock; /* of the following four */
    bool closed;   /* the set is gone */
    bide_priv_set_node *first, *last;
    bide_waker *waker; /* of who waits for the set; taken out when it is woken */
    bide_allocator *giver;
    size_t bytes, align, frame_offset, output_offset; /* of a member's block */
};

struct bide_priv_set_node {
    bide_waker waker;
    bide_priv_set_hub *hub;
    bide_priv_set_node *woken; /* the next in the queue or the batch */
    bide_priv_set_node *prev, *next;
    bide_allocator *giver;
    uint32_t refs;   /* atomic */
    uint32_t queued; /* atomic */
    bide_poll code;  /* of a member that has ended, in an ordered set; else BIDE_PENDING */
    bool gone;       /* no member any more */
};

/* ---- references --------------------------------------------------------------------------- */

static void hub_unref(bide_priv_set_hub *hub)
{
    if (bide_priv_sub_acq_rel(BIDE_PRIV_U32(&hub->refs), 1u) == 1)
        bide_free(hub->giver, hub, sizeof *hub, BIDE_PRIV_ALIGNOF(bide_priv_set_hub));
}

static void node_unref(bide_priv_set_node *n)
{
    bide_priv_set_hub *hub = n->hub;
    if (bide_priv_sub_acq_rel(BIDE_PRIV_U32(&n->refs), 1u) != 1)
        return;
    bide_free(n->giver, n, hub->bytes, hub->align);
    hub_unref(hub);
}

static void *frame_of(bide_priv_set_node *n)
{
    return (char *)n + n->hub->frame_offset;
}

static void *output_of(bide_priv_set_node *n)
{
    return (char *)n + n->hub->output_offset;
}

/* ---- wakes -------------------------------------------------------------------------------- */

/* Puts a node, whose `queued` the caller has set, into the queue, and wakes who waits. */
static void enqueue(bide_priv_set_node *n)
{
    bide_priv_set_hub *hub = n->hub;
    bide_waker *waker = NULL;
    bool closed;
    bide_priv_spin_lock(&hub->lock);
    closed = hub->closed;
    if (!closed) {
        n->woken = NULL;
        if (hub->last)
            hub->last->woken = n;
        else
            hub->first = n;
        hub->last = n;
        waker = hub->waker;
        hub->waker = NULL;
    }
    bide_priv_spin_unlock(&hub->lock);
    if (closed)
        node_unref(n); /* the reference that the set left to this place in the queue */
    if (waker)
        bide_waker_wake(waker);
}

static bide_priv_set_node *node_of(bide_waker *waker)
{
    return (bide_priv_set_node *)(void *)waker;
}

static bide_waker *node_clone(bide_waker *waker)
{
    bide_priv_add_relaxed(BIDE_PRIV_U32(&node_of(waker)->refs), 1u);
    return waker;
}

static void node_wake_by_ref(bide_waker *waker)
{
    bide_priv_set_node *n = node_of(waker);
    if (bide_priv_exchange_acq_rel(BIDE_PRIV_U32(&n->queued), 1u) == 0)
        enqueue(n);
}

static void node_drop(bide_waker *waker)
{
    node_unref(node_of(waker));
}

static void node_wake(bide_waker *waker)
{
    node_wake_by_ref(waker);
    node_drop(waker);
}

static const bide_waker_vtable node_vtable = {
    .size = sizeof(bide_waker_vtable),
    .clone = node_clone,
    .wake = node_wake,
    .wake_by_ref = node_wake_by_ref,
    .drop = node_drop,
};

/* ---- members ------------------------------------------------------------------------------ */

static size_t round_up(size_t bytes, size_t align)
{
    return (bytes + align - 1) & ~(align - 1);
}

static bide_priv_set_hub *hub_new(const bide_priv_set *s)
{
    const bide_type *type = s->type;
    bide_allocator *giver;
    bide_priv_set_hub *hub =
        bide_alloc(s->allocator, sizeof *hub, BIDE_PRIV_ALIGNOF(bide_priv_set_hub), &giver);
    size_t align = BIDE_PRIV_ALIGNOF(bide_priv_set_node);
    if (!hub)
        return NULL;
    memset(hub, 0, sizeof *hub);
    hub->refs = 1;
    hub->giver = giver;
    hub->frame_offset = round_up(sizeof(bide_priv_set_node), type->frame_align);
    hub->output_offset = hub->bytes = hub->frame_offset + type->frame_size;
    if (type->frame_align > align)
        align = type->frame_align;
    if (s->ordered) {
        hub->output_offset = round_up(hub->bytes, type->output_align);
        hub->bytes = hub->output_offset + type->output_size;
        if (type->output_align > align)
            align = type->output_align;
    }
    hub->align = align;
    return hub;
}

void *bide_priv_set_place(bide_priv_set *s)
{
    bide_allocator *giver;
    bide_priv_set_node *n;
    if (!s->hub)
        s->hub = hub_new(s);
    if (!s->hub)
        return NULL;
    n = bide_alloc(s->allocator, s->hub->bytes, s->hub->align, &giver);
    if (!n)
        return NULL;
    memset(n, 0, sizeof *n);
    n->waker.vtable = &node_vtable;
    n->hub = s->hub;
    n->giver = giver;
    n->refs = 1;
    n->queued = 1;
    return frame_of(n);
}

void bide_priv_set_commit(bide_priv_set *s, void *place, bool in_front)
{
    bide_priv_set_node *n = (void *)((char *)place - s->hub->frame_offset);
    bide_priv_set_node **end = in_front ? &s->first : &s->last;
    bide_priv_add_relaxed(BIDE_PRIV_U32(&s->hub->refs), 1u);
    if (!*end) {
        s->first = s->last = n;
    } else if (in_front) {
        n->next = *end;
        (*end)->prev = n;
        *end = n;
    } else {
        n->prev = *end;
        (*end)->next = n;
        *end = n;
    }
    s->count++;
    enqueue(n);
}

/* Takes a member, whose future has ended, out. */
static void finish(bide_priv_set *s, bide_priv_set_node *n)
{
    if (n->prev)
        n->prev->next = n->next;
    else
        s->first = n->next;
    if (n->next)
        n->next->prev = n->prev;
    else
        s->last = n->prev;
    s->count--;
    n->gone = true;
    if (bide_priv_exchange_acq_rel(BIDE_PRIV_U32(&n->queued), 1u) == 0)
        node_unref(n);
}

static bide_priv_set_node *take_queue(bide_priv_set_hub *hub, bool close)
{
    bide_priv_set_node *first;
    bide_priv_spin_lock(&hub->lock);
    first = hub->first;
    hub->first = hub->last = NULL;
    hub->closed = close;
    bide_priv_spin_unlock(&hub->lock);
    return first;
}

static void forget_waker(bide_priv_set_hub *hub)
{
    bide_waker *waker;
    bide_priv_spin_lock(&hub->lock);
    waker = hub->waker;
    hub->waker = NULL;
    bide_priv_spin_unlock(&hub->lock);
    if (waker)
        bide_waker_drop(waker);
}

void bide_priv_set_clear(bide_priv_set *s)
{
    while (s->first) {
        bide_priv_set_node *n = s->first;
        if (n->code == BIDE_PENDING)
            s->type->drop(frame_of(n));
        else if (n->code > 0)
            s->output_drop(output_of(n));
        finish(s, n);
    }
    if (s->hub)
        forget_waker(s->hub);
}

static void unref_all(bide_priv_set_node *n)
{
    while (n) {
        bide_priv_set_node *next = n->woken;
        node_unref(n);
        n = next;
    }
}

void bide_priv_set_drop(bide_priv_set *s)
{
    bide_priv_set_clear(s);
    unref_all(s->batch);
    s->batch = NULL;
    if (s->hub) {
        unref_all(take_queue(s->hub, true));
        hub_unref(s->hub);
    }
    s->hub = NULL;
}

/* ---- the poll ----------------------------------------------------------------------------- */

/* The next member that was woken; those that ended in the meantime are let go. */
static bide_priv_set_node *pop(bide_priv_set *s)
{
    while (s->batch) {
        bide_priv_set_node *n = s->batch;
        s->batch = n->woken;
        if (n->gone) {
            node_unref(n);
            continue;
        }
        (void)bide_priv_exchange_acq_rel(BIDE_PRIV_U32(&n->queued), 0u);
        if (n->code == BIDE_PENDING)
            return n;
    }
    return NULL;
}

static bide_poll again(const bide_context *cx)
{
    bide_waker_wake_by_ref(cx->waker);
    return BIDE_PENDING;
}

/* Leaves a clone of the waker, unless members were woken already. The clone is made outside of the
 * lock, as it is other people's code. */
static bide_poll wait(bide_priv_set_hub *hub, const bide_context *cx)
{
    bide_waker *fresh = NULL;
    for (;;) {
        bide_waker *old = fresh;
        bool woken, kept;
        bide_priv_spin_lock(&hub->lock);
        woken = hub->first != NULL;
        kept = hub->waker == cx->waker;
        if (!woken && !kept && fresh) {
            old = hub->waker;
            hub->waker = fresh;
            kept = true;
        }
        bide_priv_spin_unlock(&hub->lock);
        if (woken || kept) {
            if (old)
                bide_waker_drop(old);
            return woken ? again(cx) : BIDE_PENDING;
        }
        fresh = bide_waker_clone(cx->waker);
        if (!fresh)
            return BIDE_ENOMEM;
    }
}

/* The first of an ordered set, if it has ended. */
static bide_poll take_first(bide_priv_set *s, void *item)
{
    bide_priv_set_node *n = s->first;
    bide_poll r = n->code;
    if (r == BIDE_PENDING)
        return BIDE_PENDING;
    if (r > 0 && s->type->output_size)
        memcpy(item, output_of(n), s->type->output_size);
    finish(s, n);
    return r > 0 ? BIDE_READY : r;
}

static bide_poll poll_one(bide_priv_set *s, bide_priv_set_node *n, const bide_context *cx,
                          void *item)
{
    bide_context inner;
    bide_poll r;
    memset(&inner, 0, sizeof inner);
    memcpy(&inner, cx, cx->size < sizeof inner ? cx->size : sizeof inner);
    inner.size = (uint32_t)sizeof inner;
    inner.waker = &n->waker;
    r = s->type->poll(frame_of(n), &inner, s->ordered ? output_of(n) : item);
    if (r == BIDE_PENDING)
        return BIDE_PENDING;
    if (s->ordered) {
        n->code = r;
        return take_first(s, item);
    }
    finish(s, n);
    return r > 0 ? BIDE_READY : r;
}

bide_poll bide_priv_set_poll_next(bide_priv_set *s, bide_context *cx, void *item)
{
    int left = BUDGET;
    bide_poll r;
    if (s->count == 0) {
        if (s->hub)
            forget_waker(s->hub);
        return BIDE_DONE;
    }
    if (s->ordered) {
        r = take_first(s, item);
        if (r != BIDE_PENDING)
            return r;
    }
    if (!s->batch)
        s->batch = take_queue(s->hub, false);
    for (;;) {
        bide_priv_set_node *n = pop(s);
        if (!n)
            return wait(s->hub, cx);
        r = poll_one(s, n, cx, item);
        if (r != BIDE_PENDING)
            return r;
        if (--left == 0)
            return again(cx);
    }
}

/* ---- the await tree ----------------------------------------------------------------------- */

void bide_priv_set_trace(const bide_priv_set *s, bide_tracer *tracer)
{
    int told = 0;
    for (bide_priv_set_node *n = s->first; n; n = n->next) {
        if (n->code != BIDE_PENDING)
            continue;
        if (++told > TOLD) {
            bide_tracer_note(tracer, "and more members");
            return;
        }
        bide_priv_trace_kid(BIDE_PRIV_KID_EMBEDDED, s->type, frame_of(n), tracer);
    }
}
