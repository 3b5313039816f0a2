/*
 * bide/waker.h: using a waker.
 *
 * A leaf future that must wait clones the waker of its context, keeps the clone where the event
 * will find it, and returns BIDE_PENDING. When the event comes, bide_waker_wake gives the clone
 * back; a leaf that is dropped first drops it. All calls may be made by any thread. They follow the
 * contract of Rust's std::task::Waker.
 */
#ifndef BIDE_WAKER_H
#define BIDE_WAKER_H

#include <bide/abi.h>

BIDE_PRIV_C_BEGIN

/* The waker lent by a context; valid during the poll. */
BIDE_INLINE bide_waker *bide_context_waker(const bide_context *cx)
{
    return cx->waker;
}

/* The runtime behind a context, or NULL, also when an older context has no such member. */
BIDE_INLINE bide_runtime *bide_context_runtime(const bide_context *cx)
{
    return cx->size >= offsetof(bide_context, runtime) + sizeof cx->runtime ? cx->runtime : NULL;
}

/* A reference of the caller's own. NULL only if a foreign waker ran out of memory: the leaf then
 * fails with BIDE_ENOMEM. Never allocates for bide's own wakers. */
BIDE_INLINE bide_waker *bide_waker_clone(bide_waker *waker)
{
    return waker->vtable->clone(waker);
}

/* Schedules the task and gives the reference up. Waking a task that is already scheduled, or has
 * ended, does nothing more than that. */
BIDE_INLINE void bide_waker_wake(bide_waker *waker)
{
    waker->vtable->wake(waker);
}

/* Schedules the task and keeps the reference. */
BIDE_INLINE void bide_waker_wake_by_ref(bide_waker *waker)
{
    waker->vtable->wake_by_ref(waker);
}

/* Gives the reference up without waking. */
BIDE_INLINE void bide_waker_drop(bide_waker *waker)
{
    waker->vtable->drop(waker);
}

/* Whether two wakers wake the same task. False may also mean "not known". */
BIDE_INLINE bool bide_waker_same(const bide_waker *a, const bide_waker *b)
{
    return a == b;
}

/* Schedules the task from a signal handler or an interrupt: async-signal-safe, frees nothing.
 * BIDE_ENOSYS if this waker cannot be used there. */
BIDE_INLINE bide_poll bide_wake_from_isr(bide_waker *waker)
{
    const bide_waker_vtable *vt = waker->vtable;
    if (vt->size < offsetof(bide_waker_vtable, wake_from_isr) + sizeof vt->wake_from_isr ||
        !vt->wake_from_isr)
        return BIDE_ENOSYS;
    vt->wake_from_isr(waker);
    return BIDE_READY;
}

/* Keeps in *slot a clone of the context's waker, for a leaf whose waker may change between polls:
 * nothing happens when it is the same, else the old clone is dropped. BIDE_READY, or BIDE_ENOMEM
 * with *slot unchanged. The caller guards *slot against the thread that will wake. */
BIDE_INLINE bide_poll bide_waker_register(bide_waker **slot, const bide_context *cx)
{
    bide_waker *fresh;
    if (*slot == cx->waker)
        return BIDE_READY;
    fresh = bide_waker_clone(cx->waker);
    if (!fresh)
        return BIDE_ENOMEM;
    if (*slot)
        bide_waker_drop(*slot);
    *slot = fresh;
    return BIDE_READY;
}

/* Moves the waker out of *slot and wakes it; an empty slot is left alone. */
BIDE_INLINE void bide_waker_take_and_wake(bide_waker **slot)
{
    bide_waker *waker = *slot;
    *slot = NULL;
    if (waker)
        bide_waker_wake(waker);
}

/* Drops the waker in *slot, if there is one. */
BIDE_INLINE void bide_waker_clear(bide_waker **slot)
{
    bide_waker *waker = *slot;
    *slot = NULL;
    if (waker)
        bide_waker_drop(waker);
}

/* A waker that does nothing: for polling once to see whether a future is ready. */
BIDE_API bide_waker *bide_waker_noop(void);

BIDE_PRIV_C_END

#endif
