/*
 * shared.c: a future that many wait for, and its own waker.
 *
 * The block holds the state, the frame, and room for the Output. Two counts: `strong`, the handles,
 * which keep the future; and `refs`, which keep the block: one for all handles together, one for
 * each weak handle and each clone of the waker that the future gets.
 *
 * `woken` says that the future must be polled: in the beginning, and from each of its wakes to the
 * next poll. Whoever waits, finds it so, and finds nobody polling, polls; the others only wait. A
 * wake wakes all of them, as nobody can know who of them will be polled again.
 *
 * Two forms (forms.h); the waker knows by its vtable of which one it is.
 */
#include <bide/shared.h>

#include "wait_list.h"

#include <string.h>

struct bide_priv_shared {
    bide_waker waker; /* the future's */
    uint32_t refs, strong;
    uint32_t lock; /* of the following five */
    bool woken, polling, taken;
    bide_poll code; /* the end; BIDE_PENDING: not there yet */
    size_t round;   /* of those who wait: a wake ends one */
    bide_priv_wait_list waiters;
    const bide_type *type;
    bide_allocator *giver;
    void (*output_drop)(void *output);
    size_t bytes, align, frame_offset, output_offset;
};

static void *output_of(bide_priv_shared *s)
{
    return (char *)s + s->output_offset;
}

void *bide_priv_shared_frame(bide_priv_shared *s)
{
    return (char *)s + s->frame_offset;
}

/* ---- references --------------------------------------------------------------------------- */

BIDE_PRIV_ALWAYS void keep(bide_priv_shared *s, bool shared)
{
    bide_priv_refer(&s->refs, shared);
}

BIDE_PRIV_ALWAYS void forget(bide_priv_shared *s, bool shared)
{
    if (bide_priv_unrefer(&s->refs, shared))
        bide_free(s->giver, s, s->bytes, s->align);
}

BIDE_PRIV_ALWAYS void more_handles(bide_priv_shared *s, bool shared)
{
    bide_priv_refer(&s->strong, shared);
}

/* The last handle: nobody polls any more, so the future and the Output are this thread's. */
BIDE_PRIV_ALWAYS void less_handles(bide_priv_shared *s, bool shared)
{
    if (!bide_priv_unrefer(&s->strong, shared))
        return;
    if (s->code == BIDE_PENDING)
        s->type->drop(bide_priv_shared_frame(s));
    else if (s->code > 0 && !s->taken)
        s->output_drop(output_of(s));
    forget(s, shared);
}

/* ---- the future's waker ------------------------------------------------------------------- */

/* Wakes who waits now; who comes to wait meanwhile belongs to the next round. */
BIDE_PRIV_ALWAYS void wake_all(bide_priv_shared *s, bool ended, bool shared)
{
    size_t end;
    bide_priv_guard(&s->lock, shared);
    s->woken = !ended;
    end = ++s->round;
    while (bide_priv_wait_before(s->waiters.first, end)) {
        bide_waker *waker = bide_priv_wait_grant(&s->waiters);
        bide_priv_unguard(&s->lock, shared);
        bide_priv_wake(waker);
        bide_priv_guard(&s->lock, shared);
    }
    bide_priv_unguard(&s->lock, shared);
}

static bide_priv_shared *of_waker(bide_waker *waker)
{
    return (bide_priv_shared *)(void *)waker;
}

BIDE_PRIV_ALWAYS void wake_to_poll(bide_priv_shared *s, bool shared)
{
    wake_all(s, false, shared);
}

BIDE_PRIV_WAKER_FORM(bide_priv_shared_waker, of_waker, keep, wake_to_poll, forget, true)
BIDE_PRIV_WAKER_FORM(bide_priv_local_shared_waker, of_waker, keep, wake_to_poll, forget, false)

/* ---- life --------------------------------------------------------------------------------- */

static size_t round_up(size_t bytes, size_t align)
{
    return (bytes + align - 1) & ~(align - 1);
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static bide_priv_shared *new_shared(const bide_type *type, bide_allocator *allocator,
                                    void (*output_drop)(void *output),
                                    const bide_waker_vtable *waker)
{
    const size_t frame = round_up(sizeof(bide_priv_shared), type->frame_align);
    const size_t output = round_up(frame + type->frame_size, type->output_align);
    const size_t align =
        larger(BIDE_PRIV_ALIGNOF(bide_priv_shared), larger(type->frame_align, type->output_align));
    /* A union F_result is at least a byte, also where the Output is void. */
    const size_t bytes = output + larger(type->output_size, 1);
    bide_allocator *giver;
    bide_priv_shared *s = bide_alloc(allocator, bytes, align, &giver);
    if (!s)
        return NULL;
    memset(s, 0, sizeof *s);
    s->waker.vtable = waker;
    s->refs = s->strong = 1;
    s->woken = true;
    s->type = type;
    s->giver = giver;
    s->output_drop = output_drop;
    s->bytes = bytes;
    s->align = align;
    s->frame_offset = frame;
    s->output_offset = output;
    return s;
}

/* ---- waiting ------------------------------------------------------------------------------ */

/* What a waiter does next: the end; or BIDE_DONE: it is the one to poll, if it may be; or
 * BIDE_PENDING: it waits. */
BIDE_PRIV_ALWAYS bide_poll look(bide_priv_shared *s, bide_priv_waiter *w, const bide_context *cx,
                                bool may_poll, bool shared)
{
    bide_waker *fresh = NULL;
    for (;;) {
        bide_poll r;
        bool settled = true;
        bide_priv_guard(&s->lock, shared);
        r = s->code;
        if (r == BIDE_PENDING && may_poll && s->woken && !s->polling) {
            s->woken = false;
            s->polling = true;
            r = BIDE_DONE;
        } else if (r == BIDE_PENDING) {
            if (w->state != BIDE_PRIV_WAITING)
                w->wants = s->round;
            settled = bide_priv_wait_arm(&s->waiters, w, cx, &fresh);
        }
        bide_priv_unguard(&s->lock, shared);
        if (settled) {
            bide_priv_unwake(fresh);
            return r;
        }
        fresh = bide_waker_clone(cx->waker);
        if (!fresh)
            return BIDE_ENOMEM;
    }
}

/* Polls the future as the one who may. */
BIDE_PRIV_ALWAYS bide_poll poll_inner(bide_priv_shared *s, const bide_context *cx, bool shared)
{
    bide_context inner;
    bide_poll r;
    memset(&inner, 0, sizeof inner);
    memcpy(&inner, cx, cx->size < sizeof inner ? cx->size : sizeof inner);
    inner.size = (uint32_t)sizeof inner;
    inner.waker = &s->waker;
    r = s->type->poll(bide_priv_shared_frame(s), &inner, output_of(s));
    bide_priv_guard(&s->lock, shared);
    s->polling = false;
    s->code = r;
    bide_priv_unguard(&s->lock, shared);
    if (r != BIDE_PENDING)
        wake_all(s, true, shared);
    return r;
}

BIDE_PRIV_ALWAYS bool is_idle(bide_priv_shared *s, bool woken, bool shared)
{
    bool is;
    bide_priv_guard(&s->lock, shared);
    is = s->code == BIDE_PENDING && !s->polling && (s->woken || !woken);
    bide_priv_unguard(&s->lock, shared);
    return is;
}

BIDE_PRIV_ALWAYS bide_poll poll_shared(bide_priv_shared *s, bide_priv_waiter *w, bide_context *cx,
                                       const void **output, bool shared)
{
    bide_poll r = look(s, w, cx, true, shared);
    if (r == BIDE_DONE) {
        r = poll_inner(s, cx, shared);
        if (r == BIDE_PENDING) {
            r = look(s, w, cx, false, shared);
            /* Those whom a wake during the poll has woken found it being polled, and wait again. */
            if (is_idle(s, true, shared))
                wake_all(s, false, shared);
        }
    }
    if (r > 0)
        *output = output_of(s);
    return r > 0 ? BIDE_READY : r;
}

BIDE_PRIV_ALWAYS void leave(bide_priv_shared *s, bide_priv_waiter *w, bool shared)
{
    bide_waker *waker = NULL;
    bide_priv_guard(&s->lock, shared);
    if (w->state == BIDE_PRIV_WAITING)
        waker = bide_priv_wait_unlink(&s->waiters, w, BIDE_PRIV_OVER);
    bide_priv_unguard(&s->lock, shared);
    bide_priv_unwake(waker);
}

/* ---- looking ------------------------------------------------------------------------------ */

BIDE_PRIV_ALWAYS const void *peek(bide_priv_shared *s, bool shared)
{
    bool there;
    bide_priv_guard(&s->lock, shared);
    there = s->code > 0;
    bide_priv_unguard(&s->lock, shared);
    return there ? output_of(s) : NULL;
}

BIDE_PRIV_ALWAYS const void *take(bide_priv_shared *s, bool shared)
{
    const void *output = peek(s, shared);
    if (!output || bide_priv_look(&s->strong, shared) != 1)
        return NULL;
    s->taken = true;
    return output;
}

BIDE_PRIV_ALWAYS void tell(bide_priv_shared *s, bide_tracer *tracer, bool shared)
{
    if (is_idle(s, false, shared))
        bide_priv_trace_kid(BIDE_PRIV_KID_EMBEDDED, s->type, bide_priv_shared_frame(s), tracer);
}

/* ---- both forms --------------------------------------------------------------------------- */

#define SHARED(form, shared)                                                                       \
    bide_priv_shared *form##_new(const bide_type *type, bide_allocator *allocator,                 \
                                 void (*output_drop)(void *output))                                \
    {                                                                                              \
        return new_shared(type, allocator, output_drop, &form##_waker_vtable);                     \
    }                                                                                              \
    void form##_clone(bide_priv_shared *s)                                                         \
    {                                                                                              \
        more_handles(s, shared);                                                                   \
    }                                                                                              \
    void form##_drop(bide_priv_shared *s)                                                          \
    {                                                                                              \
        less_handles(s, shared);                                                                   \
    }                                                                                              \
    void form##_keep(bide_priv_shared *s)                                                          \
    {                                                                                              \
        keep(s, shared);                                                                           \
    }                                                                                              \
    void form##_forget(bide_priv_shared *s)                                                        \
    {                                                                                              \
        forget(s, shared);                                                                         \
    }                                                                                              \
    bool form##_upgrade(bide_priv_shared *s)                                                       \
    {                                                                                              \
        return bide_priv_refer_if_any(&s->strong, shared);                                         \
    }                                                                                              \
    bide_poll form##_poll(bide_priv_shared *s, bide_priv_waiter *w, bide_context *cx,              \
                          const void **output)                                                     \
    {                                                                                              \
        return poll_shared(s, w, cx, output, shared);                                              \
    }                                                                                              \
    void form##_leave(bide_priv_shared *s, bide_priv_waiter *w)                                    \
    {                                                                                              \
        leave(s, w, shared);                                                                       \
    }                                                                                              \
    const void *form##_peek(bide_priv_shared *s)                                                   \
    {                                                                                              \
        return peek(s, shared);                                                                    \
    }                                                                                              \
    const void *form##_take(bide_priv_shared *s)                                                   \
    {                                                                                              \
        return take(s, shared);                                                                    \
    }                                                                                              \
    void form##_trace(bide_priv_shared *s, bide_tracer *tracer)                                    \
    {                                                                                              \
        tell(s, tracer, shared);                                                                   \
    }

SHARED(bide_priv_shared, true)
SHARED(bide_priv_local_shared, false)
