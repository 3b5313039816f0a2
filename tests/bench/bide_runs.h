/*
 * bide_runs.h: runs the workloads on bide in each placement, and main. The including file brings
 * the types Plus, Minus, NapPlus, NapMinus and Link with their implementations of Adder, the root
 * futures static_loop, chain_loop and dyn_loop, and what stream_runs.h and many_runs.h
 * want; with BENCH_BY_VALUE also LinkV, chain_loop_v and dyn_loop_v. BENCH_MORE_ROWS may hold
 * further rows of the table.
 */
#ifndef BIDE_RUNS_H
#define BIDE_RUNS_H

#include "bench_run.h"

#include <bide/alloc_recycle.h>
#include <bide/alloc_slab.h>
#include <bide/alloc_slot.h>
#include <bide/executor.h>
#ifdef BIDE_USE_MIMALLOC
#include <bide/mimalloc.h>
#endif

/* ---- placements -------------------------------------------------------------------------- */

/* An allocator for the handles of one run; NULL is the context's, which is the task's slab. */
struct place {
    bide_allocator *allocator;
    bide_recycler recycler;
    BIDE_SLOT(256) slot;
};

static void place_open(struct place *p, const char *name)
{
    bide_recycler_init(&p->recycler, bide_heap(), 1 << 16);
    BIDE_SLOT_INIT(&p->slot, bide_heap());
    if (strcmp(name, "heap") == 0)
        p->allocator = bide_heap();
#ifdef BIDE_USE_MIMALLOC
    else if (strcmp(name, "mimalloc") == 0)
        p->allocator = bide_mimalloc();
#endif
    else if (strcmp(name, "slot") == 0)
        p->allocator = BIDE_SLOT_ALLOCATOR(&p->slot);
    else if (strcmp(name, "recycling") == 0)
        p->allocator = &p->recycler.base;
    else
        p->allocator = NULL;
}

static void place_close(struct place *p)
{
    bide_recycler_trim(&p->recycler, 0);
}

/* ---- runs -------------------------------------------------------------------------------- */

static uint32_t static_leaf(uint32_t loops, int which)
{
    Plus leaves[2] = {{0}, {0}}, *leaf = &leaves[which];
    OPAQUE(leaf);
    RUN(static_loop, leaf, loops);
}

static uint32_t static_chain(uint32_t loops, int which)
{
    Plus leaves[2] = {{0}, {0}}, *leaf = &leaves[which];
    OPAQUE(leaf);
    RUN(chain_loop, leaf, loops);
}

#ifdef BENCH_BY_VALUE
static uint32_t static_chain_v(uint32_t loops, int which)
{
    Plus leaves[2] = {{0}, {0}}, *leaf = &leaves[which];
    OPAQUE(leaf);
    RUN(chain_loop_v, leaf, loops);
}
#endif

static uint32_t drive(uint32_t loops, Adder *object)
{
    OPAQUE(object);
    RUN(dyn_loop, object, loops);
}

#ifdef BENCH_BY_VALUE
static uint32_t drive_v(uint32_t loops, Adder *object)
{
    OPAQUE(object);
    RUN(dyn_loop_v, object, loops);
}
#endif

/* A leaf as an object, ready at once or not. */
static Adder make_leaf(Leaf *leaf, bool naps, int which, bide_allocator *allocator)
{
    leaf->last = 0;
    if (naps)
        return which ? NapPlus_as_Adder(leaf, allocator) : NapMinus_as_Adder(leaf, allocator);
    return which ? Plus_as_Adder(leaf, allocator) : Minus_as_Adder(leaf, allocator);
}

static uint32_t run_leaf(const char *place, bool naps, uint32_t loops, int which)
{
    struct place p;
    Leaf leaf;
    Adder object;
    uint32_t sum;
    place_open(&p, place);
    object = make_leaf(&leaf, naps, which, p.allocator);
    sum = drive(loops, &object);
    place_close(&p);
    return sum;
}

#ifndef BIDE_USE_MIMALLOC
/* The loop as a task of an executor, with its join handle, where the others are block_on's. */
static uint32_t task_yield(uint32_t loops, int which)
{
    Leaf leaf;
    Adder object = make_leaf(&leaf, true, which, NULL);
    bide_local *ex;
    bide_join join;
    bide_poll r;
    uint32_t sum;
    if (bide_local_new(NULL, &ex) != BIDE_READY)
        abort();
    BIDE_SPAWN_TO(r, ex, dyn_loop, NULL, &join, (&object, loops));
    if (r != BIDE_READY || bide_local_run(ex) != BIDE_READY ||
        bide_join_try_take(&join, &sum) != BIDE_READY)
        abort();
    bide_local_free(ex);
    return sum;
}
#endif

/* Shape: one chain of the links that LINK_as_Adder makes, driven by DRIVE. */
#define RUN_CHAIN(name, LINK, DRIVE)                                                               \
    static uint32_t name(const char *place, bool naps, uint32_t loops, int which)                  \
    {                                                                                              \
        struct place p;                                                                            \
        Leaf leaf;                                                                                 \
        Link links[CHAIN];                                                                         \
        Adder object;                                                                              \
        uint32_t sum;                                                                              \
        int k;                                                                                     \
        place_open(&p, place);                                                                     \
        object = make_leaf(&leaf, naps, which, p.allocator);                                       \
        for (k = 1; k < CHAIN; k++) {                                                              \
            links[k].next = object;                                                                \
            object = LINK##_as_Adder(&links[k], p.allocator);                                      \
        }                                                                                          \
        sum = DRIVE(loops, &object);                                                               \
        place_close(&p);                                                                           \
        return sum;                                                                                \
    }
RUN_CHAIN(run_chain, Link, drive)
#ifdef BENCH_BY_VALUE
RUN_CHAIN(run_chain_v, LinkV, drive_v)
#endif

#include "stream_runs.h"

#include "many_runs.h"

/* Shape: functions <workload>_<place>, and their rows in the table. A slot holds one frame, so it
 * has no chains. */
#define RUNS(place)                                                                                \
    static uint32_t leaf_##place(uint32_t loops, int which)                                        \
    {                                                                                              \
        return run_leaf(#place, false, loops, which);                                              \
    }                                                                                              \
    static uint32_t yield_##place(uint32_t loops, int which)                                       \
    {                                                                                              \
        return run_leaf(#place, true, loops, which);                                               \
    }                                                                                              \
    static uint32_t next_##place(uint32_t loops, int which)                                        \
    {                                                                                              \
        return run_next(#place, loops, which);                                                     \
    }
/* Many tasks would share one slot, which has room for one. */
#define MANY_RUNS(place)                                                                           \
    static uint32_t many_##place(uint32_t loops, int which)                                        \
    {                                                                                              \
        return run_many(#place, false, loops, which);                                              \
    }
#define CHAIN_RUNS(place)                                                                          \
    static uint32_t chain_##place(uint32_t loops, int which)                                       \
    {                                                                                              \
        return run_chain(#place, false, loops, which);                                             \
    }                                                                                              \
    static uint32_t wait_##place(uint32_t loops, int which)                                        \
    {                                                                                              \
        return run_chain(#place, true, loops, which);                                              \
    }
#define CHAIN_RUNS_V(place)                                                                        \
    static uint32_t chain_v_##place(uint32_t loops, int which)                                     \
    {                                                                                              \
        return run_chain_v(#place, false, loops, which);                                           \
    }                                                                                              \
    static uint32_t wait_v_##place(uint32_t loops, int which)                                      \
    {                                                                                              \
        return run_chain_v(#place, true, loops, which);                                            \
    }
#define ROWS(place)                                                                                \
    {"dyn_leaf", #place, leaf_##place}, {"dyn_yield", #place, yield_##place},                      \
        {"stream_next", #place, next_##place},
#define MANY_ROW(place) {"many", #place, many_##place},
#define CHAIN_ROWS(place)                                                                          \
    {"dyn_chain", #place, chain_##place}, {"dyn_chain_wait", #place, wait_##place},
#define CHAIN_ROWS_V(place)                                                                        \
    {"dyn_chain_v", #place, chain_v_##place}, {"dyn_chain_wait_v", #place, wait_v_##place},
#ifndef BENCH_BY_VALUE
#undef CHAIN_RUNS_V
#undef CHAIN_ROWS_V
#define CHAIN_RUNS_V(place)
#define CHAIN_ROWS_V(place)
#endif
#ifndef BENCH_MORE_ROWS
#define BENCH_MORE_ROWS
#endif

/* The call is in the task's block, and that is the executor's allocator's. */
static uint32_t many_call(uint32_t loops, int which)
{
    return run_many("heap", true, loops, which);
}

#ifdef BIDE_USE_MIMALLOC
RUNS(mimalloc)
MANY_RUNS(mimalloc)
CHAIN_RUNS(mimalloc)
CHAIN_RUNS_V(mimalloc)
#else
RUNS(heap)
RUNS(slab)
RUNS(slot)
RUNS(recycling)
MANY_RUNS(heap)
MANY_RUNS(slab)
MANY_RUNS(recycling)
CHAIN_RUNS(heap)
CHAIN_RUNS(slab)
CHAIN_RUNS(recycling)
CHAIN_RUNS_V(heap)
CHAIN_RUNS_V(slab)
CHAIN_RUNS_V(recycling)
#endif

static const struct bench table[] = {
#ifdef BIDE_USE_MIMALLOC
    {"many_call", "mimalloc", many_call},
    ROWS(mimalloc) MANY_ROW(mimalloc) CHAIN_ROWS(mimalloc) CHAIN_ROWS_V(mimalloc)
#else
    {"static_leaf", "none", static_leaf},
    {"static_chain", "none", static_chain},
#ifdef BENCH_BY_VALUE
    {"static_chain_v", "none", static_chain_v},
#endif
    {"stream_static", "none", stream_static},
    {"stream_poll", "none", stream_poll},
    {"many_call", "heap", many_call},
    {"task_yield", "slab", task_yield},
    BENCH_MORE_ROWS ROWS(heap) ROWS(slab) ROWS(slot) ROWS(recycling) MANY_ROW(heap) MANY_ROW(slab)
        MANY_ROW(recycling) CHAIN_ROWS(heap) CHAIN_ROWS(slab) CHAIN_ROWS(recycling)
            CHAIN_ROWS_V(heap) CHAIN_ROWS_V(slab) CHAIN_ROWS_V(recycling)
#endif
};

int main(int argc, char **argv)
{
    /* One block of each size stays: an allocator that gives its last page back at every free would
     * be measured at that. */
    bide_allocator *giver = NULL;
    void *kept[KEPT];
    int i, status;
    (void)static_leaf, (void)static_chain, (void)stream_static, (void)stream_poll;
#ifdef BENCH_BY_VALUE
    (void)static_chain_v;
#endif
    for (i = 0; i < KEPT; i++) {
        kept[i] = bide_alloc(bide_default_allocator(), KEPT_SIZE(i), 16, &giver);
        if (!kept[i])
            return 1;
    }
    status = bench_main(argc, argv, table, sizeof table / sizeof table[0]);
    for (i = 0; i < KEPT; i++)
        bide_free(giver, kept[i], KEPT_SIZE(i), 16);
    return status;
}

#endif
