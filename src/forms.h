/*
 * forms.h (private): what is atomic between threads, and plain within one.
 *
 * Much comes in two forms: bide_X for tasks on any threads, bide_local_X for those of one. Both are
 * the same functions, with `shared` true or false: inlined with a constant, so that what the local
 * form does not need folds away; channels and oneshots carry it with them.
 */
#ifndef BIDE_PRIV_FORMS_H
#define BIDE_PRIV_FORMS_H

#include "atomic.h"

#include <bide/waker.h>

BIDE_PRIV_ALWAYS void bide_priv_guard(uint32_t *lock, bool shared)
{
    if (shared)
        bide_priv_spin_lock(lock);
}

BIDE_PRIV_ALWAYS void bide_priv_unguard(uint32_t *lock, bool shared)
{
    if (shared)
        bide_priv_spin_unlock(lock);
}

/* One reference more, by somebody who has one. */
BIDE_PRIV_ALWAYS void bide_priv_refer(uint32_t *refs, bool shared)
{
    if (shared)
        bide_priv_add_relaxed(BIDE_PRIV_U32(refs), 1u);
    else
        ++*refs;
}

/* The same by somebody who has none; false: there is none any more. */
BIDE_PRIV_ALWAYS bool bide_priv_refer_if_any(uint32_t *refs, bool shared)
{
    uint32_t n = shared ? bide_priv_load_relaxed(BIDE_PRIV_U32(refs)) : *refs;
    if (!shared)
        *refs += n != 0;
    else
        while (n != 0 && !bide_priv_cas_weak_acq_rel(BIDE_PRIV_U32(refs), &n, n + 1))
            continue;
    return n != 0;
}

/* One less; true: it was the last, and what all others did has been done. */
BIDE_PRIV_ALWAYS bool bide_priv_unrefer(uint32_t *refs, bool shared)
{
    if (shared)
        return bide_priv_sub_acq_rel(BIDE_PRIV_U32(refs), 1u) == 1;
    return --*refs == 0;
}

/* Sets a word and gives what it was, in order with what was done before by others who did so. */
BIDE_PRIV_ALWAYS uint32_t bide_priv_swap(uint32_t *word, uint32_t value, bool shared)
{
    uint32_t before;
    if (shared)
        return bide_priv_exchange_acq_rel(BIDE_PRIV_U32(word), value);
    before = *word;
    *word = value;
    return before;
}

/* A word that is set once, and whoever sees that sees what was done before. */
BIDE_PRIV_ALWAYS void bide_priv_publish(uint32_t *word, uint32_t value, bool shared)
{
    if (shared)
        bide_priv_store_release(BIDE_PRIV_U32(word), value);
    else
        *word = value;
}

BIDE_PRIV_ALWAYS uint32_t bide_priv_look(const uint32_t *word, bool shared)
{
    return shared ? bide_priv_load_acquire(BIDE_PRIV_U32(word)) : *word;
}

/* BIDE_PRIV_WAKER_FORM(form, of, keep, rouse, forget, shared) the waker of an object that has
 * references, in one form: of(waker) is the object; keep, rouse and forget take it, and `shared`.
 * Shape: the waker's functions, and static const bide_waker_vtable form_vtable */
#define BIDE_PRIV_WAKER_FORM(form, of, keep, rouse, forget, shared)                                \
    static bide_waker *form##_clone(bide_waker *waker)                                             \
    {                                                                                              \
        keep(of(waker), shared);                                                                   \
        return waker;                                                                              \
    }                                                                                              \
    static void form##_wake_by_ref(bide_waker *waker)                                              \
    {                                                                                              \
        rouse(of(waker), shared);                                                                  \
    }                                                                                              \
    static void form##_drop(bide_waker *waker)                                                     \
    {                                                                                              \
        forget(of(waker), shared);                                                                 \
    }                                                                                              \
    static void form##_wake(bide_waker *waker)                                                     \
    {                                                                                              \
        form##_wake_by_ref(waker);                                                                 \
        form##_drop(waker);                                                                        \
    }                                                                                              \
    static const bide_waker_vtable form##_vtable = {                                               \
        .size = sizeof(bide_waker_vtable),                                                         \
        .clone = form##_clone,                                                                     \
        .wake = form##_wake,                                                                       \
        .wake_by_ref = form##_wake_by_ref,                                                         \
        .drop = form##_drop,                                                                       \
    };

#endif
