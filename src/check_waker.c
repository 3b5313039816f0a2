/*
 * check_waker.c: the books of checked builds: who could still wake a task.
 *
 * While checked code is polled, the context's waker is replaced by one of ours that counts its
 * clones. One stands for each waker of the executor's, as long as it is in use, so that leaves
 * still recognise it by its address. When the outermost checked poll returns pending, nobody holds
 * a clone and nobody has woken, the task would wait for ever. It is enough to look then: inside one
 * poll a child may well rely on what its sibling holds.
 */
#include "check.h"

#include <stdatomic.h>
#include <stdlib.h>

struct check_waker {
    bide_waker base;
    check_waker *next;
    bide_waker *inner;
    size_t holders; /* clones; while there are any, one of the inner waker is held, too */
    _Atomic(uint64_t) wakes;
};

#define BUCKETS 1024u

/* By inner waker. Never freed: leaves may compare wakers that they do not hold, and one that is
 * idle serves the next waker at the same address. */
static check_waker *wakers[BUCKETS];

static bide_waker *checked_clone(bide_waker *waker)
{
    check_waker *w = (check_waker *)(void *)waker;
    bool is_first;
    bide_priv_check_lock();
    is_first = w->holders++ == 0;
    bide_priv_check_unlock(NULL);
    if (!is_first || bide_waker_clone(w->inner))
        return waker;
    bide_priv_check_lock();
    w->holders--;
    bide_priv_check_unlock(NULL);
    return NULL;
}

static void checked_drop(bide_waker *waker)
{
    check_waker *w = (check_waker *)(void *)waker;
    bide_waker *inner = w->inner;
    bool is_last;
    bide_priv_check_lock();
    is_last = --w->holders == 0;
    bide_priv_check_unlock(NULL);
    if (is_last)
        bide_waker_drop(inner);
}

static void checked_wake_by_ref(bide_waker *waker)
{
    check_waker *w = (check_waker *)(void *)waker;
    atomic_fetch_add(&w->wakes, 1);
    bide_waker_wake_by_ref(w->inner);
}

/* The last holder's wake passes the inner reference on; until another's is over it still holds. */
static void checked_wake(bide_waker *waker)
{
    check_waker *w = (check_waker *)(void *)waker;
    bide_waker *inner = w->inner;
    bool is_last;
    bide_priv_check_lock();
    is_last = w->holders == 1;
    if (is_last) {
        atomic_fetch_add(&w->wakes, 1);
        w->holders = 0;
    }
    bide_priv_check_unlock(NULL);
    if (is_last) {
        bide_waker_wake(inner);
        return;
    }
    checked_wake_by_ref(waker);
    checked_drop(waker);
}

static void checked_wake_from_isr(bide_waker *waker)
{
    check_waker *w = (check_waker *)(void *)waker;
    atomic_fetch_add(&w->wakes, 1);
    (void)bide_wake_from_isr(w->inner);
}

static const bide_waker_vtable counted = {.size = sizeof(bide_waker_vtable),
                                          .clone = checked_clone,
                                          .wake = checked_wake,
                                          .wake_by_ref = checked_wake_by_ref,
                                          .drop = checked_drop,
                                          .wake_from_isr = checked_wake_from_isr};
/* For inner wakers that cannot be used in interrupts. */
static const bide_waker_vtable counted_outside = {.size = sizeof(bide_waker_vtable),
                                                  .clone = checked_clone,
                                                  .wake = checked_wake,
                                                  .wake_by_ref = checked_wake_by_ref,
                                                  .drop = checked_drop};

static bool works_in_isr(const bide_waker_vtable *vt)
{
    return vt->size >= offsetof(bide_waker_vtable, wake_from_isr) + sizeof vt->wake_from_isr &&
           vt->wake_from_isr;
}

static check_waker *waker_for(bide_waker *inner)
{
    const bide_waker_vtable *vt = inner->vtable;
    uint64_t h = (uint64_t)(uintptr_t)inner * UINT64_C(0x9e3779b97f4a7c15);
    check_waker **at = &wakers[h >> 54], *w = *at;
    while (w && w->inner != inner)
        w = w->next;
    if (!w) {
        w = (check_waker *)calloc(1, sizeof *w);
        if (!w)
            return NULL;
        w->inner = inner;
        w->next = *at;
        *at = w;
    }
    /* Others may be reading it, but only while they hold the same inner waker: then it stays. */
    if (w->base.vtable != (works_in_isr(vt) ? &counted : &counted_outside))
        w->base.vtable = works_in_isr(vt) ? &counted : &counted_outside;
    return w;
}

void bide_priv_check_wrap(check_scope *s, bide_context *cx)
{
    const bide_waker_vtable *vt = cx->waker->vtable;
    /* One that does nothing says that nobody waits for a wake. */
    if (vt == &counted || vt == &counted_outside || cx->waker == bide_waker_noop())
        return;
    s->waker = waker_for(cx->waker);
    if (!s->waker)
        return;
    s->wakes = atomic_load(&s->waker->wakes);
    s->inner = cx->waker;
    cx->waker = &s->waker->base;
}

void bide_priv_check_unwrap(check_scope *s, bool pending, char text[CHECK_TEXT])
{
    check_waker *w = s->waker;
    s->cx->waker = s->inner;
    if (pending && !w->holders && atomic_load(&w->wakes) == s->wakes)
        bide_priv_check_say(text,
                            "%s returned BIDE_PENDING%s, but nobody holds a waker of the task: "
                            "it will never be polled again",
                            s->leaf, bide_priv_check_at(&s->leaf_site, ", awaited at "));
}
