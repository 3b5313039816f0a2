/*
 * places.c: the allocators.
 */
#include "places.h"

#include <bide/alloc_arena.h>
#include <bide/alloc_count.h>
#include <bide/alloc_pool.h>
#include <bide/alloc_recycle.h>
#include <bide/alloc_slab.h>
#include <bide/alloc_slot.h>
#include <bide/testing.h>

#include <string.h>

enum { BLOCK = 160, BLOCKS = 4 };

/* Before the pool that has nobody behind it: counts what it refuses. It is never a giver. */
typedef struct gate {
    bide_allocator base;
    bide_allocator *inner;
} gate;

static struct {
    bide_checking_allocator checking;
    bide_failing_allocator failing;
    bide_pool pool, alone;
    bide_shared_pool shared;
    bide_arena arena;
    bide_slab slab;
    BIDE_SLOT(BLOCK) slot;
    bide_recycler recycler;
    bide_counter counter;
    bide_budget budget;
    gate gate;
    bide_allocator *places[PLACES];
    size_t refused;
    int released;
    _Alignas(64) unsigned char pool_memory[BIDE_POOL_BYTES(BLOCK, 16, BLOCKS)];
    _Alignas(64) unsigned char alone_memory[BIDE_POOL_BYTES(BLOCK, 16, BLOCKS)];
    _Alignas(64) unsigned char shared_memory[BIDE_SHARED_POOL_BYTES(BLOCK, 16, BLOCKS)];
    _Alignas(64) unsigned char arena_memory[2000], slab_memory[1000];
} s;

static void *gate_alloc(bide_allocator *self, size_t bytes, size_t align, bide_allocator **giver)
{
    void *block = bide_alloc(((gate *)(void *)self)->inner, bytes, align, giver);
    s.refused += !block;
    return block;
}

static void gate_free(bide_allocator *giver, void *block, size_t bytes, size_t align)
{
    (void)giver; /* never one */
    (void)block;
    (void)bytes;
    (void)align;
    s.refused = SIZE_MAX / 2;
}

static void released(bide_slab *slab)
{
    (void)slab;
    s.released++;
}

void places_open(void)
{
    bide_allocator *base = &s.failing.base;
    memset(&s, 0, sizeof s);
    bide_checking_allocator_init(&s.checking, bide_heap());
    bide_failing_allocator_init(&s.failing, &s.checking.base, 0, false);
    (void)bide_pool_init(&s.pool, s.pool_memory, sizeof s.pool_memory, BLOCK, 16, base);
    (void)bide_pool_init(&s.alone, s.alone_memory, sizeof s.alone_memory, BLOCK, 16, NULL);
    (void)bide_shared_pool_init(&s.shared, s.shared_memory, sizeof s.shared_memory, BLOCK, 16,
                                base);
    bide_arena_init(&s.arena, s.arena_memory, sizeof s.arena_memory, base);
    bide_slab_init(&s.slab, s.slab_memory, sizeof s.slab_memory, base, released);
    bide_slab_enter(&s.slab);
    BIDE_SLOT_INIT(&s.slot, base);
    bide_recycler_init(&s.recycler, base, 1000);
    bide_counter_init(&s.counter, base);
    bide_budget_init(&s.budget, base, 1000);
    s.gate.inner = &s.alone.base;
    s.gate.base =
        (bide_allocator){sizeof(bide_allocator), s.alone.base.flags, gate_alloc, gate_free};
    s.places[BASE] = base;
    s.places[POOL] = &s.pool.base;
    s.places[POOL_ALONE] = &s.gate.base;
    s.places[SHARED_POOL] = &s.shared.base;
    s.places[ARENA] = &s.arena.base;
    s.places[SLAB] = &s.slab.base;
    s.places[SLOT] = BIDE_SLOT_ALLOCATOR(&s.slot);
    s.places[RECYCLER] = &s.recycler.base;
    s.places[COUNTER] = &s.counter.base;
    s.places[BUDGET] = &s.budget.base;
}

bide_allocator *place(uint32_t which)
{
    return s.places[which];
}

void places_refuse(size_t nth)
{
    s.failing.fail_at = nth ? s.failing.attempts + nth : 0;
}

size_t places_refused(void)
{
    return s.refused + s.failing.failures + s.budget.refusals;
}

void places_tidy(void)
{
    (void)bide_arena_reset(&s.arena);
    (void)bide_recycler_trim(&s.recycler, 100);
}

void places_retire(void)
{
    bide_slab_leave(&s.slab);
    bide_slab_retire(&s.slab);
}

const char *places_close(void)
{
    (void)bide_recycler_trim(&s.recycler, 0);
    if (s.released != 1)
        return "the slab was not released once";
    if (bide_pool_deinit(&s.pool) != BIDE_READY || bide_pool_deinit(&s.alone) != BIDE_READY ||
        bide_shared_pool_deinit(&s.shared) != BIDE_READY ||
        bide_arena_deinit(&s.arena) != BIDE_READY)
        return "a pool or the arena is in use";
    if (bide_slot_is_taken(&s.slot.allocator) || bide_recycler_live(&s.recycler) ||
        s.counter.live || s.budget.live_bytes)
        return "a slot, recycler, counter or budget is in use";
    if (s.refused >= SIZE_MAX / 2)
        return "a gate was named as giver";
    if (bide_checking_allocator_finish(&s.checking) != 0)
        return bide_checking_allocator_report(&s.checking);
    return NULL;
}
