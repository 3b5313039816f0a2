/*
 * bide.c: the workloads on bide, one body a workload, as a user would write it. Compiled twice:
 * as bench_bide (the C heap and the placements over it) and, linked with bide::mimalloc, as
 * bench_bide_mimalloc.
 *
 * A workload's name ending in _v uses the by-value awaits (BIDE_AWAIT_TO_V).
 */
#include "bench.h"

#include <bide/alloc_recycle.h>
#include <bide/alloc_slot.h>
#include <bide/async.h>
#include <bide/executor.h>
#include <bide/implement.h>
#include <bide/interface.h>
#include <bide/runtime.h>
#ifdef BIDE_USE_MIMALLOC
#include <bide/mimalloc.h>
#endif

/* ---- the interface ----------------------------------------------------------------------- */

#define Adder_METHODS(METHOD, I, Self)                                                             \
    METHOD(I, Self, ASYNC, uint32_t, add, (uint32_t, a), (uint32_t, b))
BIDE_INTERFACE(Adder);

/* Four leaves: ready at once or after one suspension, each in two variants, so that a receiver
 * chosen at run time cannot be known to the compiler. */
typedef struct Leaf {
    uint32_t last;
} Leaf;
typedef Leaf Plus, Minus, NapPlus, NapMinus;

#define Plus_add_FRAME(ROW) ROW(PARAM, Plus *, self) ROW(PARAM, uint32_t, a) ROW(PARAM, uint32_t, b)
BIDE_ASYNC(uint32_t, Plus_add)
{
    BIDE_BEGIN(Plus_add);
    f->self->last = f->a + f->b;
    BIDE_RETURN(f->self->last);
    BIDE_END;
}

#define Minus_add_FRAME(ROW) Plus_add_FRAME(ROW)
BIDE_ASYNC(uint32_t, Minus_add)
{
    BIDE_BEGIN(Minus_add);
    f->self->last = f->a - f->b;
    BIDE_RETURN(f->self->last);
    BIDE_END;
}

#define NapPlus_add_FRAME(ROW) Plus_add_FRAME(ROW) ROW(CHILD, bide_yield, nap)
BIDE_ASYNC(uint32_t, NapPlus_add)
{
    BIDE_BEGIN(NapPlus_add);
    BIDE_AWAIT(bide_yield, nap, ());
    f->self->last = f->a + f->b;
    BIDE_RETURN(f->self->last);
    BIDE_END;
}

#define NapMinus_add_FRAME(ROW) NapPlus_add_FRAME(ROW)
BIDE_ASYNC(uint32_t, NapMinus_add)
{
    BIDE_BEGIN(NapMinus_add);
    BIDE_AWAIT(bide_yield, nap, ());
    f->self->last = f->a - f->b;
    BIDE_RETURN(f->self->last);
    BIDE_END;
}

/* A link of the chain: awaits the next one and adds 1; by plain awaits and by value. */
typedef struct Link {
    Adder next;
} Link;
typedef Link LinkV;

#define Link_add_FRAME(ROW)                                                                        \
    ROW(PARAM, Link *, self)                                                                       \
    ROW(PARAM, uint32_t, a) ROW(PARAM, uint32_t, b) ROW(CHILD, Adder_add, c)
BIDE_ASYNC(uint32_t, Link_add)
{
    BIDE_BEGIN(Link_add);
    uint32_t r;
    BIDE_AWAIT_TO(r, Adder_add, c, (&f->self->next, f->a, f->b));
    BIDE_RETURN(r + 1);
    BIDE_END;
}

#define LinkV_add_FRAME(ROW) Link_add_FRAME(ROW)
BIDE_ASYNC(uint32_t, LinkV_add)
{
    BIDE_BEGIN(LinkV_add);
    uint32_t r;
    BIDE_AWAIT_TO_V(r, Adder_add, c, (&f->self->next, f->a, f->b));
    BIDE_RETURN(r + 1);
    BIDE_END;
}

BIDE_IMPL_DECLARE(Adder, Plus);
BIDE_IMPL(Adder, Plus);
BIDE_IMPL_DECLARE(Adder, Minus);
BIDE_IMPL(Adder, Minus);
BIDE_IMPL_DECLARE(Adder, NapPlus);
BIDE_IMPL(Adder, NapPlus);
BIDE_IMPL_DECLARE(Adder, NapMinus);
BIDE_IMPL(Adder, NapMinus);
BIDE_IMPL_DECLARE(Adder, Link);
BIDE_IMPL(Adder, Link);
BIDE_IMPL_DECLARE(Adder, LinkV);
BIDE_IMPL(Adder, LinkV);

/* ---- the loops --------------------------------------------------------------------------- */

/* LOOP(F, T, child, AWAIT): the root future that awaits `child` on a T over and over. */
#define LOOP_ROWS(ROW, T, child)                                                                   \
    ROW(PARAM, T *, self)                                                                          \
    ROW(PARAM, uint32_t, loops)                                                                    \
    ROW(LOCAL, uint32_t, i) ROW(LOCAL, uint32_t, acc) ROW(CHILD, child, c)
#define LOOP(F, child, AWAIT)                                                                      \
    BIDE_ASYNC(uint32_t, F)                                                                        \
    {                                                                                              \
        BIDE_BEGIN(F);                                                                             \
        for (f->i = 0; f->i < f->loops; f->i++) {                                                  \
            AWAIT(f->acc, child, c, (f->self, f->acc, opaque(f->i)));                              \
        }                                                                                          \
        BIDE_RETURN(f->acc);                                                                       \
        BIDE_END;                                                                                  \
    }

static inline uint32_t opaque(uint32_t n)
{
    OPAQUE(n);
    return n;
}

#define dyn_loop_FRAME(ROW) LOOP_ROWS(ROW, Adder, Adder_add)
LOOP(dyn_loop, Adder_add, BIDE_AWAIT_TO)
#define dyn_loop_v_FRAME(ROW) LOOP_ROWS(ROW, Adder, Adder_add)
LOOP(dyn_loop_v, Adder_add, BIDE_AWAIT_TO_V)
#define static_loop_FRAME(ROW) LOOP_ROWS(ROW, Plus, Plus_add)
LOOP(static_loop, Plus_add, BIDE_AWAIT_TO)

/* A static chain: level<n> awaits level<n-1> and adds 1. The result is used before the next await,
 * so a C local can hold it. */
#define LEVEL_ROWS(ROW, child)                                                                     \
    ROW(PARAM, Plus *, self) ROW(PARAM, uint32_t, a) ROW(PARAM, uint32_t, b) ROW(CHILD, child, c)
#define LEVEL(F, child, AWAIT)                                                                     \
    BIDE_ASYNC_INLINE(uint32_t, F)                                                                 \
    {                                                                                              \
        BIDE_BEGIN(F);                                                                             \
        uint32_t r;                                                                                \
        AWAIT(r, child, c, (f->self, f->a, f->b));                                                 \
        BIDE_RETURN(r + 1);                                                                        \
        BIDE_END;                                                                                  \
    }

#define level1_FRAME(ROW) LEVEL_ROWS(ROW, Plus_add)
#define level2_FRAME(ROW) LEVEL_ROWS(ROW, level1)
#define level3_FRAME(ROW) LEVEL_ROWS(ROW, level2)
#define level4_FRAME(ROW) LEVEL_ROWS(ROW, level3)
#define level5_FRAME(ROW) LEVEL_ROWS(ROW, level4)
#define level6_FRAME(ROW) LEVEL_ROWS(ROW, level5)
#define level7_FRAME(ROW) LEVEL_ROWS(ROW, level6)
#define level8_FRAME(ROW) LEVEL_ROWS(ROW, level7)
#define level9_FRAME(ROW) LEVEL_ROWS(ROW, level8)
LEVEL(level1, Plus_add, BIDE_AWAIT_TO)
LEVEL(level2, level1, BIDE_AWAIT_TO)
LEVEL(level3, level2, BIDE_AWAIT_TO)
LEVEL(level4, level3, BIDE_AWAIT_TO)
LEVEL(level5, level4, BIDE_AWAIT_TO)
LEVEL(level6, level5, BIDE_AWAIT_TO)
LEVEL(level7, level6, BIDE_AWAIT_TO)
LEVEL(level8, level7, BIDE_AWAIT_TO)
LEVEL(level9, level8, BIDE_AWAIT_TO)
#define chain_loop_FRAME(ROW) LOOP_ROWS(ROW, Plus, level9)
LOOP(chain_loop, level9, BIDE_AWAIT_TO)

#define level1_v_FRAME(ROW) LEVEL_ROWS(ROW, Plus_add)
#define level2_v_FRAME(ROW) LEVEL_ROWS(ROW, level1_v)
#define level3_v_FRAME(ROW) LEVEL_ROWS(ROW, level2_v)
#define level4_v_FRAME(ROW) LEVEL_ROWS(ROW, level3_v)
#define level5_v_FRAME(ROW) LEVEL_ROWS(ROW, level4_v)
#define level6_v_FRAME(ROW) LEVEL_ROWS(ROW, level5_v)
#define level7_v_FRAME(ROW) LEVEL_ROWS(ROW, level6_v)
#define level8_v_FRAME(ROW) LEVEL_ROWS(ROW, level7_v)
#define level9_v_FRAME(ROW) LEVEL_ROWS(ROW, level8_v)
LEVEL(level1_v, Plus_add, BIDE_AWAIT_TO_V)
LEVEL(level2_v, level1_v, BIDE_AWAIT_TO_V)
LEVEL(level3_v, level2_v, BIDE_AWAIT_TO_V)
LEVEL(level4_v, level3_v, BIDE_AWAIT_TO_V)
LEVEL(level5_v, level4_v, BIDE_AWAIT_TO_V)
LEVEL(level6_v, level5_v, BIDE_AWAIT_TO_V)
LEVEL(level7_v, level6_v, BIDE_AWAIT_TO_V)
LEVEL(level8_v, level7_v, BIDE_AWAIT_TO_V)
LEVEL(level9_v, level8_v, BIDE_AWAIT_TO_V)
#define chain_loop_v_FRAME(ROW) LOOP_ROWS(ROW, Plus, level9_v)
LOOP(chain_loop_v, level9_v, BIDE_AWAIT_TO_V)

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

/* RUN(F, self, loops): one block_on over one loop. */
#define RUN(F, self, loops)                                                                        \
    do {                                                                                           \
        struct F bench_frame;                                                                      \
        uint32_t bench_out = 0;                                                                    \
        F##_init(&bench_frame, self, loops);                                                       \
        if (bide_block_on(&F##_type, &bench_frame, &bench_out, NULL) != BIDE_READY)                \
            abort();                                                                               \
        return bench_out;                                                                          \
    } while (0)

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

static uint32_t static_chain_v(uint32_t loops, int which)
{
    Plus leaves[2] = {{0}, {0}}, *leaf = &leaves[which];
    OPAQUE(leaf);
    RUN(chain_loop_v, leaf, loops);
}

static uint32_t drive(uint32_t loops, Adder *object)
{
    OPAQUE(object);
    RUN(dyn_loop, object, loops);
}

static uint32_t drive_v(uint32_t loops, Adder *object)
{
    OPAQUE(object);
    RUN(dyn_loop_v, object, loops);
}

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

static uint32_t run_chain(const char *place, bool naps, bool by_value, uint32_t loops, int which)
{
    struct place p;
    Leaf leaf;
    Link links[CHAIN];
    Adder object;
    uint32_t sum;
    int k;
    place_open(&p, place);
    object = make_leaf(&leaf, naps, which, p.allocator);
    for (k = 1; k < CHAIN; k++) {
        links[k].next = object;
        object = by_value ? LinkV_as_Adder(&links[k], p.allocator)
                          : Link_as_Adder(&links[k], p.allocator);
    }
    sum = by_value ? drive_v(loops, &object) : drive(loops, &object);
    place_close(&p);
    return sum;
}

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
    }
#define CHAIN_RUNS(place)                                                                          \
    static uint32_t chain_##place(uint32_t loops, int which)                                       \
    {                                                                                              \
        return run_chain(#place, false, false, loops, which);                                      \
    }                                                                                              \
    static uint32_t chain_v_##place(uint32_t loops, int which)                                     \
    {                                                                                              \
        return run_chain(#place, false, true, loops, which);                                       \
    }                                                                                              \
    static uint32_t wait_##place(uint32_t loops, int which)                                        \
    {                                                                                              \
        return run_chain(#place, true, false, loops, which);                                       \
    }                                                                                              \
    static uint32_t wait_v_##place(uint32_t loops, int which)                                      \
    {                                                                                              \
        return run_chain(#place, true, true, loops, which);                                        \
    }
#define ROWS(place) {"dyn_leaf", #place, leaf_##place}, {"dyn_yield", #place, yield_##place},
#define CHAIN_ROWS(place)                                                                          \
    {"dyn_chain", #place, chain_##place}, {"dyn_chain_v", #place, chain_v_##place},                \
        {"dyn_chain_wait", #place, wait_##place}, {"dyn_chain_wait_v", #place, wait_v_##place},

#ifdef BIDE_USE_MIMALLOC
RUNS(mimalloc)
CHAIN_RUNS(mimalloc)
#else
RUNS(heap)
RUNS(slab)
RUNS(slot)
RUNS(recycling)
CHAIN_RUNS(heap)
CHAIN_RUNS(slab)
CHAIN_RUNS(recycling)
#endif

static const struct bench table[] = {
#ifdef BIDE_USE_MIMALLOC
    ROWS(mimalloc) CHAIN_ROWS(mimalloc)
#else
    {"static_leaf", "none", static_leaf},
    {"static_chain", "none", static_chain},
    {"static_chain_v", "none", static_chain_v},
    ROWS(heap) ROWS(slab) ROWS(slot) ROWS(recycling) CHAIN_ROWS(heap) CHAIN_ROWS(slab)
        CHAIN_ROWS(recycling)
#endif
};

int main(int argc, char **argv)
{
    /* One block of each size stays: an allocator that gives its last page back at every free would
     * be measured at that. */
    bide_allocator *giver = NULL;
    void *kept[KEPT];
    int i, status;
    (void)static_leaf, (void)static_chain, (void)static_chain_v;
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
