/*
 * hand.c: the workloads as hand-written state machines, the limit that a library can reach.
 * Compiled twice, as bide.c is; nothing of bide is used.
 */
#include "hand.h"

static void wake(struct waker *waker)
{
    waker->woken = true;
}

/* One thread, and every future here wakes itself: waiting ends at once or the program is wrong. */
static void wait(struct waker *waker)
{
    if (!waker->woken)
        abort();
    waker->woken = false;
}

static void *slab_get(struct slab *slab, size_t bytes)
{
    char *block = slab->top;
    bytes = (bytes + 15) & ~(size_t)15;
    if ((size_t)(slab->bytes + sizeof slab->bytes - block) < bytes)
        return NULL;
    slab->top = block + bytes;
    slab->live++;
    return block;
}

static void slab_put(struct slab *slab)
{
    if (--slab->live == 0)
        slab->top = slab->bytes;
}

#define PLACE(name) heap_##name
#define GET(cx, T) heap_get(sizeof(T))
#define PUT(cx, p) heap_put(p)
#include "hand_dyn.h"

#define PLACE(name) slab_##name
#define GET(cx, T) slab_get(&(cx)->slab, sizeof(T))
#define PUT(cx, p) slab_put(&(cx)->slab)
#include "hand_dyn.h"

/* A slot holds one frame: enough for the leaves only. */
#define PLACE(name) slot_##name
#define GET(cx, T) ((void *)(cx)->slab.bytes)
#define PUT(cx, p) ((void)(p))
#include "hand_dyn.h"

/* ---- static workloads ------------------------------------------------------------------------ */

/* The leaf never waits, so a state machine for it has one state and its start is a function. */
static inline int static_leaf(struct leaf *leaf, uint32_t a, uint32_t b, uint32_t *out)
{
    leaf->last = a + b;
    *out = leaf->last;
    return READY;
}

/* Each level keeps its child's frame; as in what a compiler would make of an async function, it is
 * written only by a child that waits. */
#define LEVEL(n, child)                                                                            \
    static inline int level##n(struct leaf *leaf, uint32_t a, uint32_t b, uint32_t *out)           \
    {                                                                                              \
        uint32_t r;                                                                                \
        if (child(leaf, a, b, &r) == PENDING)                                                      \
            return PENDING;                                                                        \
        *out = r + 1;                                                                              \
        return READY;                                                                              \
    }

LEVEL(1, static_leaf)
LEVEL(2, level1)
LEVEL(3, level2)
LEVEL(4, level3)
LEVEL(5, level4)
LEVEL(6, level5)
LEVEL(7, level6)
LEVEL(8, level7)
LEVEL(9, level8)

static uint32_t run_static_leaf(uint32_t loops, int which)
{
    struct leaf leaves[2] = {{0}, {0}}, *leaf = &leaves[which];
    uint32_t i, acc = 0;
    OPAQUE(leaf);
    for (i = 0; i < loops; i++) {
        uint32_t n = i;
        OPAQUE(n);
        if (static_leaf(leaf, acc, n, &acc) == PENDING)
            abort();
    }
    return acc;
}

static uint32_t run_static_chain(uint32_t loops, int which)
{
    struct leaf leaves[2] = {{0}, {0}}, *leaf = &leaves[which];
    uint32_t i, acc = 0;
    OPAQUE(leaf);
    for (i = 0; i < loops; i++) {
        uint32_t n = i;
        OPAQUE(n);
        if (level9(leaf, acc, n, &acc) == PENDING)
            abort();
    }
    return acc;
}

/* ---- a chain of eight that suspends once --------------------------------------------------- */

#define NAME(name) near_##name
#define POLL static inline
#include "generated/hand_chain8.h"

#define NAME(name) far_##name
#define POLL static __attribute__((noinline))
#include "generated/hand_chain8.h"

#include "hand_many.h"
#include "hand_stream.h"

#include "hand_flow.h"

static const struct bench table[] = {
#ifndef BIDE_USE_MIMALLOC
    {"static_leaf", "none", run_static_leaf},
    {"static_chain", "none", run_static_chain},
    {"chain8", "none", near_run_chain8},
    {"chain8_far", "none", far_run_chain8},
    {"dyn_leaf", "slab", slab_run_leaf},
    {"dyn_leaf", "slot", slot_run_leaf},
    {"dyn_yield", "slab", slab_run_yield},
    {"dyn_yield", "slot", slot_run_yield},
    {"dyn_chain", "slab", slab_run_chain},
    {"dyn_chain_wait", "slab", slab_run_chain_wait},
    {"stream_static", "none", run_stream_static},
    {"stream_poll", "none", run_stream_poll},
    {"flow_static", "none", run_stream_static},
    {"flow_poll", "none", run_stream_poll},
    {"flow_next", "none", run_stream_poll},
    {"flow_chain", "none", run_flow_chain},
    {"flow_chain_dyn", "heap", run_flow_chain_dyn},
#endif
    {"dyn_leaf", HEAP, heap_run_leaf},
    {"dyn_yield", HEAP, heap_run_yield},
    {"dyn_chain", HEAP, heap_run_chain},
    {"dyn_chain_wait", HEAP, heap_run_chain_wait},
    {"stream_next", HEAP, run_stream_next},
    {"many", HEAP, run_many},
    {"many_call", HEAP, run_many_call},
};

int main(int argc, char **argv)
{
    /* One block of each size stays: an allocator that gives its last page back at every free would
     * be measured at that. */
    void *kept[KEPT];
    int i, status;
    for (i = 0; i < KEPT; i++)
        kept[i] = heap_get(KEPT_SIZE(i));
    /* A slot holds one frame: it has no chains. */
    (void)slot_run_chain, (void)slot_run_chain_wait;
#ifdef BIDE_USE_MIMALLOC
    (void)run_static_leaf, (void)run_static_chain, (void)near_run_chain8, (void)far_run_chain8;
    (void)slab_run_leaf, (void)slab_run_yield, (void)slab_run_chain, (void)slab_run_chain_wait;
    (void)slot_run_leaf, (void)slot_run_yield, (void)run_stream_static, (void)run_stream_poll;
    (void)run_flow_chain, (void)run_flow_chain_dyn;
#endif
    status = bench_main(argc, argv, table, sizeof table / sizeof table[0]);
    for (i = 0; i < KEPT; i++)
        heap_put(kept[i]);
    return status;
}
