/*
 * completion.c: the state that a completer and a future share.
 *
 * One word holds what has happened, and a lock of one bit for the instant in which the waker
 * changes hands. The value is written between CLAIMED and ENDED, by the one completer that set
 * CLAIMED; from ENDED on it belongs to the future, or, once that has left, to the completer.
 */
#include <bide/completion.h>

#include "atomic.h"

#include <string.h>

enum {
    CLAIMED = 1, /* somebody completes */
    ENDED = 2,   /* code and value are there */
    TAKEN = 4,   /* the future has seen them */
    LEFT = 8,    /* the future is gone */
    LOCK = 16
};

struct bide_completion {
    uint32_t state; /* atomic */
    uint32_t refs;  /* atomic */
    bide_poll code;
    uint32_t offset;   /* of the value */
    bide_waker *waker; /* under the lock, until ENDED */
    bide_allocator *giver;
    size_t output_size;
    size_t bytes;
    size_t align;
    void (*on_cancel)(void *cancel_arg);
    void *cancel_arg;
    void (*discard)(void *value);
};

static void *value_of(bide_completion *c)
{
    return (char *)c + c->offset;
}

static uint32_t lock(bide_completion *c)
{
    uint32_t s;
    while ((s = bide_priv_or_acq_rel(BIDE_PRIV_U32(&c->state), (uint32_t)LOCK)) & LOCK)
        bide_priv_spin_hint();
    return s;
}

/* Adds `bits`; CLAIMED may be set by others at any time, so this is no plain store. */
static void unlock(bide_completion *c, uint32_t bits)
{
    if (bits)
        (void)bide_priv_or_acq_rel(BIDE_PRIV_U32(&c->state), bits);
    (void)bide_priv_and_acq_rel(BIDE_PRIV_U32(&c->state), ~(uint32_t)LOCK);
}

/* ---- life --------------------------------------------------------------------------------- */

bide_poll bide_completion_new(const bide_completion_options *options, bide_completion **out)
{
    bide_completion_options o = bide_completion_options_init();
    bide_allocator *giver;
    bide_completion *c;
    size_t align, offset;
    memcpy(&o, options, options->size < sizeof o ? options->size : sizeof o);
    *out = NULL;
    align = o.output_align > BIDE_PRIV_ALIGNOF(bide_completion)
                ? o.output_align
                : BIDE_PRIV_ALIGNOF(bide_completion);
    if (!o.allocator || (o.output_align & (o.output_align - 1)) != 0)
        return BIDE_EMISUSE;
    offset = (sizeof *c + align - 1) & ~(align - 1);
    if (o.output_size > SIZE_MAX / 2 || align > UINT32_MAX / 4)
        return BIDE_ENOMEM;
    c = bide_alloc(o.allocator, offset + o.output_size, align, &giver);
    if (!c)
        return o.allocator->flags & BIDE_ALLOC_FIXED ? BIDE_EBUSY : BIDE_ENOMEM;
    *c = (bide_completion){.refs = 2,
                           .offset = (uint32_t)offset,
                           .giver = giver,
                           .output_size = o.output_size,
                           .bytes = offset + o.output_size,
                           .align = align,
                           .on_cancel = o.on_cancel,
                           .cancel_arg = o.cancel_arg,
                           .discard = o.discard};
    *out = c;
    return BIDE_READY;
}

static void unref(bide_completion *c)
{
    if (bide_priv_sub_acq_rel(BIDE_PRIV_U32(&c->refs), 1u) == 1)
        bide_free(c->giver, c, c->bytes, c->align);
}

static void discard_value(bide_completion *c)
{
    if (c->code == BIDE_READY && c->discard)
        c->discard(value_of(c));
}

void bide_completion_on_cancel(bide_completion *c, void (*on_cancel)(void *cancel_arg),
                               void *cancel_arg)
{
    c->on_cancel = on_cancel;
    c->cancel_arg = cancel_arg;
}

/* ---- the completer's side ----------------------------------------------------------------- */

bide_poll bide_completion_complete(bide_completion *c, bide_poll code, const void *value)
{
    bide_waker *waker;
    uint32_t s;
    if (code == BIDE_PENDING)
        return BIDE_EMISUSE;
    if (bide_priv_or_acq_rel(BIDE_PRIV_U32(&c->state), (uint32_t)CLAIMED) & CLAIMED)
        return BIDE_EMISUSE;
    c->code = code;
    if (code == BIDE_READY && c->output_size)
        memcpy(value_of(c), value, c->output_size);
    s = lock(c);
    waker = c->waker;
    c->waker = NULL;
    unlock(c, ENDED);
    if (s & LEFT)
        discard_value(c);
    if (waker)
        bide_waker_wake(waker);
    return BIDE_READY;
}

void bide_completion_drop(bide_completion *c)
{
    (void)bide_completion_complete(c, BIDE_ECANCELED, NULL);
    unref(c);
}

bool bide_completion_is_abandoned(const bide_completion *c)
{
    return (bide_priv_load_acquire(BIDE_PRIV_U32(&c->state)) & LEFT) != 0;
}

/* ---- the future's side -------------------------------------------------------------------- */

static bide_poll take(bide_completion *c, uint32_t s, void *out)
{
    if (s & TAKEN)
        return BIDE_EMISUSE;
    (void)bide_priv_or_acq_rel(BIDE_PRIV_U32(&c->state), (uint32_t)TAKEN);
    if (c->code != BIDE_READY)
        return c->code;
    if (out && c->output_size)
        memcpy(out, value_of(c), c->output_size);
    else
        discard_value(c);
    return BIDE_READY;
}

/* Replaces the waker, unless the end has come; returns the state before. */
static uint32_t set_waker(bide_completion *c, bide_waker *fresh)
{
    bide_waker *old = fresh;
    uint32_t s = lock(c);
    if (!(s & ENDED)) {
        old = c->waker;
        c->waker = fresh;
    }
    unlock(c, 0);
    if (old)
        bide_waker_drop(old);
    return s;
}

bide_poll bide_completion_poll(bide_completion *c, bide_context *cx, void *out)
{
    bide_waker *fresh;
    bool same;
    uint32_t s = bide_priv_load_acquire(BIDE_PRIV_U32(&c->state));
    if (s & ENDED)
        return take(c, s, out);
    s = lock(c);
    same = c->waker == cx->waker;
    unlock(c, 0);
    if (!(s & ENDED) && !same) {
        fresh = bide_waker_clone(cx->waker);
        if (!fresh)
            return BIDE_ENOMEM;
        s = set_waker(c, fresh);
    }
    return s & ENDED ? take(c, s, out) : BIDE_PENDING;
}

void bide_completion_abandon(bide_completion *c)
{
    bide_waker *waker;
    uint32_t s = lock(c);
    waker = c->waker;
    c->waker = NULL;
    unlock(c, LEFT);
    if (waker)
        bide_waker_drop(waker);
    if (!(s & ENDED)) {
        if (c->on_cancel && !(s & CLAIMED))
            c->on_cancel(c->cancel_arg);
    } else if (!(s & TAKEN)) {
        discard_value(c);
    }
    unref(c);
}

void bide_priv_completion_trace(const void *frame, bide_tracer *tracer)
{
    bide_completion *c = *(bide_completion *const *)frame;
    if (c)
        bide_tracer_note(tracer, bide_priv_load_acquire(BIDE_PRIV_U32(&c->state)) & ENDED
                                     ? "completed"
                                     : "not completed");
}
