/*
 * abortable.c: the word that an abortable future waits for.
 */
#include <bide/abortable.h>

#include "atomic.h"

static bide_waker *swap(bide_abort *abort, bide_waker *waker, bool fires)
{
    bide_waker *old;
    bide_priv_spin_lock(&abort->lock);
    old = abort->waker;
    abort->waker = waker;
    if (fires)
        bide_priv_store_release(BIDE_PRIV_U32(&abort->fired), 1u);
    bide_priv_spin_unlock(&abort->lock);
    return old;
}

void bide_abort_fire(bide_abort *abort)
{
    bide_waker *waker = swap(abort, NULL, true);
    if (waker)
        bide_waker_wake(waker);
}

bool bide_abort_is_fired(const bide_abort *abort)
{
    return bide_priv_load_acquire(BIDE_PRIV_U32(&abort->fired)) != 0;
}

/* The clone is made outside of the lock, as it is other people's code; one that comes too late for
 * the word is taken out again, by whichever side sees it. */
bide_poll bide_priv_abort_wait(bide_abort *abort, bide_context *cx)
{
    bide_waker *fresh, *old;
    bool kept;
    bide_priv_spin_lock(&abort->lock);
    kept = abort->waker == cx->waker;
    bide_priv_spin_unlock(&abort->lock);
    if (!kept) {
        fresh = bide_waker_clone(cx->waker);
        if (!fresh)
            return BIDE_ENOMEM;
        old = swap(abort, fresh, false);
        if (old)
            bide_waker_drop(old);
    }
    if (!bide_abort_is_fired(abort))
        return BIDE_PENDING;
    bide_priv_abort_leave(abort);
    return BIDE_READY;
}

void bide_priv_abort_leave(bide_abort *abort)
{
    bide_waker *waker = swap(abort, NULL, false);
    if (waker)
        bide_waker_drop(waker);
}
