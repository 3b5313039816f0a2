/*
 * generated.c: the workloads on bide, written in async C and compiled by bidec. Compiled twice, as
 * ../bide.c is.
 */
#include "work.h"

#ifndef BIDE_USE_MIMALLOC
#include "far8.h"
#include "near.h"

/* ---- a chain of eight that suspends once -------------------------------------------------- */
/* Driven by a bare loop, as its counterpart in ../hand.c is: what is measured is the chain. */

struct flag_waker {
    bide_waker base;
    bool woken;
};

static bide_waker *flag_clone(bide_waker *waker)
{
    return waker;
}

static void flag_wake(bide_waker *waker)
{
    ((struct flag_waker *)waker)->woken = true;
}

static void flag_drop(bide_waker *waker)
{
    (void)waker;
}

static const bide_waker_vtable flag_vtable = {
    sizeof(bide_waker_vtable), 0, flag_clone, flag_wake, flag_wake, flag_drop, NULL};

static void flag_wait(struct flag_waker *waker)
{
    if (!waker->woken)
        abort();
    waker->woken = false;
}

/* Shape: the run of the chain whose outermost level is F. */
#define CHAIN8(name, F)                                                                            \
    static uint32_t name(uint32_t loops, int which)                                                \
    {                                                                                              \
        Leaf leaves[2] = {{0}, {0}};                                                               \
        uint32_t *last = &leaves[which].last;                                                      \
        struct flag_waker waker = {{&flag_vtable}, false};                                         \
        bide_context cx = {0};                                                                     \
        uint32_t i, acc = 0;                                                                       \
        cx.size = (uint32_t)sizeof cx;                                                             \
        cx.waker = &waker.base;                                                                    \
        OPAQUE(last);                                                                              \
        for (i = 0; i < loops; i++) {                                                              \
            struct F frame, *f = &frame;                                                           \
            bide_poll r;                                                                           \
            OPAQUE(f);                                                                             \
            r = F##_start(f, last, acc, opaque(i), &cx, &acc);                                     \
            while (r == BIDE_PENDING) {                                                            \
                flag_wait(&waker);                                                                 \
                r = F##_poll(f, &cx, &acc);                                                        \
            }                                                                                      \
            if (r != BIDE_READY)                                                                   \
                abort();                                                                           \
        }                                                                                          \
        return acc;                                                                                \
    }
CHAIN8(chain8, near8)
CHAIN8(chain8_far, far8)
#define BENCH_MORE_ROWS {"chain8", "none", chain8}, {"chain8_far", "none", chain8_far},
#endif

#include "../bide_runs.h"
