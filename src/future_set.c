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
 *
 * Two forms (forms.h); a node's waker knows by its vtable of which one it is.
 */
#include <bide/future_set.h>

#include "forms.h"

#include <string.h>

enum {
    BUDGET = 32, /* polls without a result, in one of the set */
    TOLD = 16    /* members that are told to a tracer */
};

/* What nodes and set share, and what outlives the set as long as there are wakers. */
struct bide_priv_set_hub {
    uint32_t refs; /* nodes, and the set */
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
    uint32_t refs, queued;
    bide_poll code; /* of a member that has ended, in an ordered set; else BIDE_PENDING */
    bool gone;      /* no member any more */
};

/* ---- references --------------------------------------------------------------------------- */

BIDE_PRIV_ALWAYS void hub_unref(bide_priv_set_hub *hub, bool shared)
{
    if (bide_priv_unrefer(&hub->refs, shared))
        bide_free(hub->giver, hub, sizeof *hub, BIDE_PRIV_ALIGNOF(bide_priv_set_hub));
}

BIDE_PRIV_ALWAYS void node_unref(bide_priv_set_node *n, bool shared)
{
    bide_priv_set_hub *hub = n->hub;
    if (!bide_priv_unrefer(&n->refs, shared))
        return;
    bide_free(n->giver, n, hub->bytes, hub->align);
    hub_unref(hub, shared);
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

/* Under the lock. */
static void append(bide_priv_set_hub *hub, bide_priv_set_node *n)
{
    n->woken = NULL;
    if (hub->last)
        hub->last->woken = n;
    else
        hub->first = n;
    hub->last = n;
}

/* Puts a node, whose `queued` the caller has set, into the queue, and wakes who waits. */
BIDE_PRIV_ALWAYS void enqueue(bide_priv_set_node *n, bool shared)
{
    bide_priv_set_hub *hub = n->hub;
    bide_waker *waker = NULL;
    bool closed;
    bide_priv_guard(&hub->lock, shared);
    closed = hub->closed;
    if (!closed) {
        append(hub, n);
        waker = hub->waker;
        hub->waker = NULL;
    }
    bide_priv_unguard(&hub->lock, shared);
    if (closed)
        node_unref(n, shared); /* the reference that the set left to this place in the queue */
    if (waker)
        bide_waker_wake(waker);
}

static bide_priv_set_node *node_of(bide_waker *waker)
{
    return (bide_priv_set_node *)(void *)waker;
}

BIDE_PRIV_ALWAYS void wake_node(bide_priv_set_node *n, bool shared)
{
    if (bide_priv_swap(&n->queued, 1u, shared) == 0)
        enqueue(n, shared);
}

BIDE_PRIV_ALWAYS void node_ref(bide_priv_set_node *n, bool shared)
{
    bide_priv_refer(&n->refs, shared);
}

BIDE_PRIV_WAKER_FORM(bide_priv_set_waker, node_of, node_ref, wake_node, node_unref, true)
BIDE_PRIV_WAKER_FORM(bide_priv_local_set_waker, node_of, node_ref, wake_node, node_unref, false)

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
    if (s->kind == BIDE_PRIV_SET_IN_ORDER) {
        hub->output_offset = round_up(hub->bytes, type->output_align);
        hub->bytes = hub->output_offset + type->output_size;
        if (type->output_align > align)
            align = type->output_align;
    }
    hub->align = align;
    return hub;
}

static void *place_in(bide_priv_set *s, const bide_waker_vtable *waker)
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
    n->waker.vtable = waker;
    n->hub = s->hub;
    n->giver = giver;
    n->refs = 1;
    n->queued = 1;
    return frame_of(n);
}

BIDE_PRIV_ALWAYS void commit(bide_priv_set *s, void *place, bool in_front, bool shared)
{
    bide_priv_set_node *n = (void *)((char *)place - s->hub->frame_offset);
    bide_priv_set_node **end = in_front ? &s->first : &s->last;
    bide_priv_refer(&s->hub->refs, shared);
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
    enqueue(n, shared);
}

/* Takes a member, whose future has ended, out. */
BIDE_PRIV_ALWAYS void finish(bide_priv_set *s, bide_priv_set_node *n, bool shared)
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
    if (bide_priv_swap(&n->queued, 1u, shared) == 0)
        node_unref(n, shared);
}

/* *armed, if wanted: whether the set's waker has not been used. */
BIDE_PRIV_ALWAYS bide_priv_set_node *take_queue(bide_priv_set_hub *hub, bool close, bool *armed,
                                                bool shared)
{
    bide_priv_set_node *first;
    bide_priv_guard(&hub->lock, shared);
    first = hub->first;
    hub->first = hub->last = NULL;
    hub->closed = close;
    if (armed)
        *armed = hub->waker != NULL;
    bide_priv_unguard(&hub->lock, shared);
    return first;
}

BIDE_PRIV_ALWAYS void forget_waker(bide_priv_set_hub *hub, bool shared)
{
    bide_waker *waker;
    bide_priv_guard(&hub->lock, shared);
    waker = hub->waker;
    hub->waker = NULL;
    bide_priv_unguard(&hub->lock, shared);
    if (waker)
        bide_waker_drop(waker);
}

BIDE_PRIV_ALWAYS void clear(bide_priv_set *s, bool shared)
{
    while (s->first) {
        bide_priv_set_node *n = s->first;
        if (n->code == BIDE_PENDING)
            s->type->drop(frame_of(n));
        else if (n->code > 0)
            s->output_drop(output_of(n));
        finish(s, n, shared);
    }
    if (s->hub)
        forget_waker(s->hub, shared);
}

BIDE_PRIV_ALWAYS void unref_all(bide_priv_set_node *n, bool shared)
{
    while (n) {
        bide_priv_set_node *next = n->woken;
        node_unref(n, shared);
        n = next;
    }
}

BIDE_PRIV_ALWAYS void end_set(bide_priv_set *s, bool shared)
{
    clear(s, shared);
    unref_all(s->batch, shared);
    s->batch = NULL;
    if (s->hub) {
        unref_all(take_queue(s->hub, true, NULL, shared), shared);
        hub_unref(s->hub, shared);
    }
    s->hub = NULL;
}

/* ---- the poll ----------------------------------------------------------------------------- */

/* The next member that was woken; those that ended in the meantime are let go. */
BIDE_PRIV_ALWAYS bide_priv_set_node *pop(bide_priv_set *s, bool shared)
{
    while (s->batch) {
        bide_priv_set_node *n = s->batch;
        s->batch = n->woken;
        if (n->gone) {
            node_unref(n, shared);
            continue;
        }
        (void)bide_priv_swap(&n->queued, 0u, shared);
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
 * lock, as it is other people's code; at once, if the last one was used. */
BIDE_PRIV_ALWAYS bide_poll wait(bide_priv_set_hub *hub, const bide_context *cx, bool armed,
                                bool shared)
{
    bide_waker *fresh = armed ? NULL : bide_waker_clone(cx->waker);
    for (;;) {
        bide_waker *old = fresh;
        bool woken, kept;
        bide_priv_guard(&hub->lock, shared);
        woken = hub->first != NULL;
        kept = hub->waker == cx->waker;
        if (!woken && !kept && fresh) {
            old = hub->waker;
            hub->waker = fresh;
            kept = true;
        }
        bide_priv_unguard(&hub->lock, shared);
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
BIDE_PRIV_ALWAYS bide_poll take_first(bide_priv_set *s, void *item, bool shared)
{
    bide_priv_set_node *n = s->first;
    bide_poll r = n->code;
    if (r == BIDE_PENDING)
        return BIDE_PENDING;
    if (r > 0 && s->type->output_size)
        memcpy(item, output_of(n), s->type->output_size);
    finish(s, n, shared);
    return r > 0 ? BIDE_READY : r;
}

/* A copy for the members, each of which has a waker of its own. */
static bide_context inner_of(const bide_context *cx)
{
    bide_context inner;
    if (cx->size >= sizeof inner) {
        inner = *cx;
    } else {
        memset(&inner, 0, sizeof inner);
        memcpy(&inner, cx, cx->size);
    }
    inner.size = (uint32_t)sizeof inner;
    return inner;
}

/* Puts a member back that has given an item, behind those that were woken before. */
BIDE_PRIV_ALWAYS void requeue(bide_priv_set_node *n, bool shared)
{
    bide_priv_set_hub *hub = n->hub;
    if (bide_priv_swap(&n->queued, 1u, shared) != 0)
        return;
    bide_priv_guard(&hub->lock, shared);
    append(hub, n);
    bide_priv_unguard(&hub->lock, shared);
}

/* Of a stream: BIDE_PENDING when it has ended, and others may be polled. */
BIDE_PRIV_ALWAYS bide_poll after_item(bide_priv_set *s, bide_priv_set_node *n, bide_poll r,
                                      bool shared)
{
    if (r == BIDE_READY) {
        requeue(n, shared);
        return r;
    }
    s->type->drop(frame_of(n));
    finish(s, n, shared);
    if (s->count == 0)
        forget_waker(s->hub, shared);
    return r == BIDE_DONE && s->count > 0 ? BIDE_PENDING : r;
}

BIDE_PRIV_ALWAYS bide_poll poll_one(bide_priv_set *s, bide_priv_set_node *n, bide_context *inner,
                                    void *item, bool shared)
{
    bide_poll r;
    inner->waker = &n->waker;
    r = s->type->poll(frame_of(n), inner, s->kind == BIDE_PRIV_SET_IN_ORDER ? output_of(n) : item);
    if (r == BIDE_PENDING)
        return BIDE_PENDING;
    if (s->kind == BIDE_PRIV_SET_STREAMS)
        return after_item(s, n, r, shared);
    if (s->kind == BIDE_PRIV_SET_IN_ORDER) {
        n->code = r;
        return take_first(s, item, shared);
    }
    finish(s, n, shared);
    return r > 0 ? BIDE_READY : r;
}

BIDE_PRIV_ALWAYS bide_poll poll_set(bide_priv_set *s, bide_context *cx, void *item, bool shared)
{
    bide_context inner;
    int left = BUDGET;
    bool armed = true;
    bide_poll r;
    if (s->count == 0) {
        if (s->hub)
            forget_waker(s->hub, shared);
        return BIDE_DONE;
    }
    if (s->kind == BIDE_PRIV_SET_IN_ORDER) {
        r = take_first(s, item, shared);
        if (r != BIDE_PENDING)
            return r;
    }
    if (!s->batch)
        s->batch = take_queue(s->hub, false, &armed, shared);
    inner = inner_of(cx);
    for (;;) {
        bide_priv_set_node *n = pop(s, shared);
        if (!n)
            return wait(s->hub, cx, armed, shared);
        r = poll_one(s, n, &inner, item, shared);
        if (r != BIDE_PENDING)
            return r;
        if (--left == 0)
            return again(cx);
    }
}

#define SET(form, shared)                                                                          \
    void *form##_place(bide_priv_set *s)                                                           \
    {                                                                                              \
        return place_in(s, &form##_waker_vtable);                                                  \
    }                                                                                              \
    void form##_commit(bide_priv_set *s, void *place, bool in_front)                               \
    {                                                                                              \
        commit(s, place, in_front, shared);                                                        \
    }                                                                                              \
    void form##_clear(bide_priv_set *s)                                                            \
    {                                                                                              \
        clear(s, shared);                                                                          \
    }                                                                                              \
    void form##_drop(bide_priv_set *s)                                                             \
    {                                                                                              \
        end_set(s, shared);                                                                        \
    }                                                                                              \
    bide_poll form##_poll_next(bide_priv_set *s, bide_context *cx, void *item)                     \
    {                                                                                              \
        return poll_set(s, cx, item, shared);                                                      \
    }

SET(bide_priv_set, true)
SET(bide_priv_local_set, false)

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
