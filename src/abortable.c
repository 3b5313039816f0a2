/*
 * abortable.c: the word that an abortable future waits for.
 */
#include <bide/abortable.h>

#include "forms.h"

/* What a word of either form has. */
typedef struct word {
    uint32_t *lock, *fired;
    bide_waker **waker;
} word;

BIDE_PRIV_ALWAYS bide_waker *swap(word w, bide_waker *waker, bool fires, bool shared)
{
    bide_waker *old;
    bide_priv_guard(w.lock, shared);
    old = *w.waker;
    *w.waker = waker;
    if (fires)
        bide_priv_publish(w.fired, 1u, shared);
    bide_priv_unguard(w.lock, shared);
    return old;
}

BIDE_PRIV_ALWAYS void fire(word w, bool shared)
{
    bide_waker *waker = swap(w, NULL, true, shared);
    if (waker)
        bide_waker_wake(waker);
}

BIDE_PRIV_ALWAYS void leave(word w, bool shared)
{
    bide_waker *waker = swap(w, NULL, false, shared);
    if (waker)
        bide_waker_drop(waker);
}

/* The clone is made outside of the lock, as it is other people's code; one that comes too late for
 * the word is taken out again, by whichever side sees it. */
BIDE_PRIV_ALWAYS bide_poll wait(word w, bide_context *cx, bool shared)
{
    bide_waker *fresh, *old;
    bool kept;
    bide_priv_guard(w.lock, shared);
    kept = *w.waker == cx->waker;
    bide_priv_unguard(w.lock, shared);
    if (!kept) {
        fresh = bide_waker_clone(cx->waker);
        if (!fresh)
            return BIDE_ENOMEM;
        old = swap(w, fresh, false, shared);
        if (old)
            bide_waker_drop(old);
    }
    if (!bide_priv_look(w.fired, shared))
        return BIDE_PENDING;
    leave(w, shared);
    return BIDE_READY;
}

#define ABORT(form, lock_of_it, shared)                                                            \
    void bide_##form##_fire(bide_##form *abort)                                                    \
    {                                                                                              \
        fire((word){&abort->lock_of_it, &abort->fired, &abort->waker}, shared);                    \
    }                                                                                              \
    bool bide_##form##_is_fired(const bide_##form *abort)                                          \
    {                                                                                              \
        return bide_priv_look(&abort->fired, shared) != 0;                                         \
    }                                                                                              \
    bide_poll bide_priv_##form##_wait(bide_##form *abort, bide_context *cx)                        \
    {                                                                                              \
        return wait((word){&abort->lock_of_it, &abort->fired, &abort->waker}, cx, shared);         \
    }                                                                                              \
    void bide_priv_##form##_leave(bide_##form *abort)                                              \
    {                                                                                              \
        leave((word){&abort->lock_of_it, &abort->fired, &abort->waker}, shared);                   \
    }

ABORT(abort, lock, true)
ABORT(local_abort, unused, false)
