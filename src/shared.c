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
 */
#include <bide/shared.h>

#include "atomic.h"
#include "wait_list.h"

#include <string.h>

struct bide_priv_shared {
    bide_waker waker; /* the future's */
    uint32_t refs;    /* atomic */
    uint32_t strong;  /* atomic */
    uint32_t lock;    /* of the following five */
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

void bide_priv_shared_keep(bide_priv_shared *s)
{
    bide_priv_add_relaxed(BIDE_PRIV_U32(&s->refs), 1u);
}

void bide_priv_shared_forget(bide_priv_shared *s)
{
    if (bide_priv_sub_acq_rel(BIDE_PRIV_U32(&s->refs), 1u) == 1)
        bide_free(s->giver, s, s->bytes, s->align);
}

void bide_priv_shared_clone(bide_priv_shared *s)
{
    bide_priv_add_relaxed(BIDE_PRIV_U32(&s->strong), 1u);
}

/* The last handle: nobody polls any more, so the future and the Output are this thread's. */
void bide_priv_shared_drop(bide_priv_shared *s)
{
    if (bide_priv_sub_acq_rel(BIDE_PRIV_U32(&s->strong), 1u) != 1)
        return;
    if (s->code == BIDE_PENDING)
        s->type->drop(bide_priv_shared_frame(s));
    else if (s->code > 0 && !s->taken)
        s->output_drop(output_of(s));
    bide_priv_shared_forget(s);
}

bool bide_priv_shared_upgrade(bide_priv_shared *s)
{
    uint32_t n = bide_priv_load_relaxed(BIDE_PRIV_U32(&s->strong));
    while (n != 0)
        if (bide_priv_cas_weak_acq_rel(BIDE_PRIV_U32(&s->strong), &n, n + 1))
            return true;
    return false;
}

/* ---- the future's waker ------------------------------------------------------------------- */

/* Wakes who waits now; who comes to wait meanwhile belongs to the next round. */
static void wake_all(bide_priv_shared *s, bool ended)
{
    size_t end;
    bide_priv_spin_lock(&s->lock);
    s->woken = !ended;
    end = ++s->round;
    while (bide_priv_wait_before(s->waiters.first, end)) {
        bide_waker *waker = bide_priv_wait_grant(&s->waiters);
        bide_priv_spin_unlock(&s->lock);
        bide_priv_wake(waker);
        bide_priv_spin_lock(&s->lock);
    }
    bide_priv_spin_unlock(&s->lock);
}

static bide_priv_shared *of_waker(bide_waker *waker)
{
    return (bide_priv_shared *)(void *)waker;
}

static bide_waker *shared_clone(bide_waker *waker)
{
    bide_priv_shared_keep(of_waker(waker));
    return waker;
}

static void shared_wake_by_ref(bide_waker *waker)
{
    wake_all(of_waker(waker), false);
}

static void shared_drop(bide_waker *waker)
{
    bide_priv_shared_forget(of_waker(waker));
}

static void shared_wake(bide_waker *waker)
{
    shared_wake_by_ref(waker);
    shared_drop(waker);
}

static const bide_waker_vtable shared_vtable = {
    .size = sizeof(bide_waker_vtable),
    .clone = shared_clone,
    .wake = shared_wake,
    .wake_by_ref = shared_wake_by_ref,
    .drop = shared_drop,
};

/* ---- life --------------------------------------------------------------------------------- */

static size_t round_up(size_t bytes, size_t align)
{
    return (bytes + align - 1) & ~(align - 1);
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

bide_priv_shared *bide_priv_shared_new(const bide_type *type, bide_allocator *allocator,
                                       void (*output_drop)(void *output))
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
    s->waker.vtable = &shared_vtable;
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
static bide_poll look(bide_priv_shared *s, bide_priv_waiter *w, const bide_context *cx,
                      bool may_poll)
{
    bide_waker *fresh = NULL;
    for (;;) {
        bide_poll r;
        bool settled = true;
        bide_priv_spin_lock(&s->lock);
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
        bide_priv_spin_unlock(&s->lock);
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
static bide_poll poll_inner(bide_priv_shared *s, const bide_context *cx)
{
    bide_context inner;
    bide_poll r;
    memset(&inner, 0, sizeof inner);
    memcpy(&inner, cx, cx->size < sizeof inner ? cx->size : sizeof inner);
    inner.size = (uint32_t)sizeof inner;
    inner.waker = &s->waker;
    r = s->type->poll(bide_priv_shared_frame(s), &inner, output_of(s));
    bide_priv_spin_lock(&s->lock);
    s->polling = false;
    s->code = r;
    bide_priv_spin_unlock(&s->lock);
    if (r != BIDE_PENDING)
        wake_all(s, true);
    return r;
}

static bool is_idle(bide_priv_shared *s, bool woken)
{
    bool is;
    bide_priv_spin_lock(&s->lock);
    is = s->code == BIDE_PENDING && !s->polling && (s->woken || !woken);
    bide_priv_spin_unlock(&s->lock);
    return is;
}

bide_poll bide_priv_shared_poll(bide_priv_shared *s, bide_priv_waiter *w, bide_context *cx,
                                const void **output)
{
    bide_poll r = look(s, w, cx, true);
    if (r == BIDE_DONE) {
        r = poll_inner(s, cx);
        if (r == BIDE_PENDING) {
            r = look(s, w, cx, false);
            /* Those whom a wake during the poll has woken found it being polled, and wait again. */
            if (is_idle(s, true))
                wake_all(s, false);
        }
    }
    if (r > 0)
        *output = output_of(s);
    return r > 0 ? BIDE_READY : r;
}

void bide_priv_shared_leave(bide_priv_shared *s, bide_priv_waiter *w)
{
    bide_waker *waker = NULL;
    bide_priv_spin_lock(&s->lock);
    if (w->state == BIDE_PRIV_WAITING)
        waker = bide_priv_wait_unlink(&s->waiters, w, BIDE_PRIV_OVER);
    bide_priv_spin_unlock(&s->lock);
    bide_priv_unwake(waker);
}

/* ---- looking ------------------------------------------------------------------------------ */

const void *bide_priv_shared_peek(bide_priv_shared *s)
{
    bool there;
    bide_priv_spin_lock(&s->lock);
    there = s->code > 0;
    bide_priv_spin_unlock(&s->lock);
    return there ? output_of(s) : NULL;
}

const void *bide_priv_shared_take(bide_priv_shared *s)
{
    const void *output = bide_priv_shared_peek(s);
    if (!output || bide_priv_load_acquire(BIDE_PRIV_U32(&s->strong)) != 1)
        return NULL;
    s->taken = true;
    return output;
}

void bide_priv_shared_trace(bide_priv_shared *s, bide_tracer *tracer)
{
    if (is_idle(s, false))
        bide_priv_trace_kid(BIDE_PRIV_KID_EMBEDDED, s->type, bide_priv_shared_frame(s), tracer);
}
