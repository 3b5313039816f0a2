/*
 * sleeper.h: a task that polls something itself, and sleeps until its waker is used.
 *
 * Clones of its waker are blocks of memory, each its own: what is woken or dropped twice, or never
 * given back, is told as a double free or a leak, and what nobody wakes any more as a lost wake.
 */
#ifndef BIDE_MODEL_SLEEPER_H
#define BIDE_MODEL_SLEEPER_H

#include "explorer.h"

#include <bide/waker.h>

#include "atomic.h"

typedef struct sleeper {
    bide_waker waker; /* not a clone */
    atomic_int is_woken;
} sleeper;

typedef struct sleeper_ref {
    bide_waker waker;
    sleeper *of;
} sleeper_ref;

static bide_waker *sleeper_clone_of(sleeper *s);

static bide_waker *sleeper_clone(bide_waker *waker)
{
    return sleeper_clone_of((sleeper *)(void *)waker);
}

static void sleeper_wake_by_ref(bide_waker *waker)
{
    atomic_store_explicit(&((sleeper *)(void *)waker)->is_woken, 1, memory_order_seq_cst);
}

static void sleeper_never(bide_waker *waker)
{
    (void)waker;
    model_check(false, "a waker that is no clone is woken for good, or dropped");
}

static bide_waker *sleeper_ref_clone(bide_waker *waker)
{
    return sleeper_clone_of(((sleeper_ref *)(void *)waker)->of);
}

static void sleeper_ref_wake_by_ref(bide_waker *waker)
{
    sleeper_wake_by_ref(&((sleeper_ref *)(void *)waker)->of->waker);
}

static void sleeper_ref_drop(bide_waker *waker)
{
    bide_free(model_heap(), waker, sizeof(sleeper_ref), 16);
}

static void sleeper_ref_wake(bide_waker *waker)
{
    sleeper_ref_wake_by_ref(waker);
    sleeper_ref_drop(waker);
}

static const bide_waker_vtable sleeper_vtable = {.size = sizeof(bide_waker_vtable),
                                                 .clone = sleeper_clone,
                                                 .wake = sleeper_never,
                                                 .wake_by_ref = sleeper_wake_by_ref,
                                                 .drop = sleeper_never};
static const bide_waker_vtable sleeper_ref_vtable = {.size = sizeof(bide_waker_vtable),
                                                     .clone = sleeper_ref_clone,
                                                     .wake = sleeper_ref_wake,
                                                     .wake_by_ref = sleeper_ref_wake_by_ref,
                                                     .drop = sleeper_ref_drop};

static bide_waker *sleeper_clone_of(sleeper *s)
{
    bide_allocator *giver;
    sleeper_ref *ref = bide_alloc(model_heap(), sizeof *ref, 16, &giver);
    *ref = (sleeper_ref){{&sleeper_ref_vtable}, s};
    return &ref->waker;
}

static inline void sleeper_init(sleeper *s)
{
    s->waker.vtable = &sleeper_vtable;
}

static inline bide_context sleeper_context(sleeper *s)
{
    return (bide_context){.size = sizeof(bide_context), .waker = &s->waker};
}

static inline void sleeper_sleep(sleeper *s)
{
    while (!atomic_load_explicit(&s->is_woken, memory_order_seq_cst))
        bide_priv_spin_hint();
    (void)atomic_exchange_explicit(&s->is_woken, 0, memory_order_seq_cst);
}

#endif
