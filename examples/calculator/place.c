/*
 * place.c: the allocators behind the option --allocator.
 */
#include "place.h"

#include <string.h>

#ifdef BIDE_USE_MIMALLOC
#include <bide/mimalloc.h>
#endif

int place_find(const char *name)
{
    static const char *const names[] = {"heap", "mimalloc", "pool", "slab", "slot"};
    for (int i = 0; i < (int)(sizeof names / sizeof names[0]); i++)
        if (strcmp(name, names[i]) == 0)
            return i;
    return -1;
}

bool place_exists(enum place_kind kind)
{
#ifdef BIDE_USE_MIMALLOC
    (void)kind;
    return true;
#else
    return kind != PLACE_MIMALLOC;
#endif
}

bide_poll place_init(struct place *place, enum place_kind kind, size_t limit)
{
    bide_allocator *base = bide_heap();
#ifdef BIDE_USE_MIMALLOC
    if (kind == PLACE_MIMALLOC)
        base = bide_mimalloc();
#endif
    place->kind = kind;
    bide_budget_init(&place->budget, base, limit);
    bide_counter_init(&place->tasks, &place->budget.base);
    bide_counter_init(&place->frames, &place->budget.base);
    if (kind != PLACE_POOL)
        return BIDE_READY;
    return bide_pool_init(&place->pool, place->memory, sizeof place->memory, CALL_BYTES, CALL_ALIGN,
                          &place->frames.base);
}

bide_poll place_end(struct place *place)
{
    bool out = place->tasks.live > 0 || place->frames.live > 0;
    if (place->kind == PLACE_POOL && bide_pool_deinit(&place->pool) != BIDE_READY)
        out = true;
    return out ? BIDE_EMISUSE : BIDE_READY;
}

bide_allocator *place_allocator(struct place *place)
{
    switch (place->kind) {
    case PLACE_HEAP:
    case PLACE_MIMALLOC:
        return &place->frames.base;
    case PLACE_POOL:
        return &place->pool.base;
    default:
        return NULL;
    }
}
