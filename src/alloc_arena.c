/*
 * alloc_arena.c: the bump allocator.
 */
#include <bide/alloc_arena.h>

#include "alloc_gave.h"
#include "place.h"
#include "poison.h"

BIDE_PRIV_ALWAYS void *arena_get(bide_arena *arena, size_t bytes, size_t align,
                                 bide_allocator **giver, bool watched)
{
    size_t room = (size_t)(arena->end - arena->top);
    size_t pad = bide_priv_pad(arena->top, align);
    unsigned char *block;
    /* In this order no sum can overflow; room is a whole number of grains. */
    if (BIDE_PRIV_UNLIKELY(pad > room || bytes > room - pad || room == pad))
        return bide_alloc(arena->fallback, bytes, align, giver);
    block = arena->top + pad;
    arena->top = block + bide_priv_grains(bytes);
    arena->live++;
    if (bide_arena_used(arena) > arena->peak)
        arena->peak = bide_arena_used(arena);
    if (watched)
        bide_priv_unpoison(block, bytes);
    *giver = &arena->base;
    return block;
}

BIDE_PRIV_ALWAYS void arena_put(bide_arena *arena, void *block, size_t bytes, bool watched)
{
    size_t whole = bide_priv_grains(bytes);
    if (watched)
        bide_priv_poison(block, whole);
    arena->live--;
    if ((unsigned char *)block + whole == arena->top)
        arena->top = (unsigned char *)block;
}

static void *arena_alloc(bide_allocator *self, size_t bytes, size_t align, bide_allocator **giver)
{
    return arena_get((bide_arena *)self, bytes, align, giver, false);
}

static void arena_free(bide_allocator *giver, void *block, size_t bytes, size_t align)
{
    (void)align;
    arena_put((bide_arena *)giver, block, bytes, false);
}

static void *arena_alloc_watched(bide_allocator *self, size_t bytes, size_t align,
                                 bide_allocator **giver)
{
    return arena_get((bide_arena *)self, bytes, align, giver, true);
}

static void arena_free_watched(bide_allocator *giver, void *block, size_t bytes, size_t align)
{
    (void)align;
    arena_put((bide_arena *)giver, block, bytes, true);
}

void bide_arena_init(bide_arena *arena, void *memory, size_t bytes, bide_allocator *fallback)
{
    bool watched = bide_priv_watched();
    size_t pad = bide_priv_pad(memory, BIDE_PRIV_GRAIN);
    size_t room = memory && pad < bytes ? (bytes - pad) & ~(BIDE_PRIV_GRAIN - 1) : 0;
    /* An arena without memory is empty at an address that is as good as any: its own. */
    unsigned char *start = room ? (unsigned char *)memory + pad : (unsigned char *)arena;
    *arena = (bide_arena){
        .base = {.size = sizeof arena->base,
                 .flags = bide_priv_flags(0, fallback),
                 .alloc = watched ? arena_alloc_watched : arena_alloc,
                 .free = watched ? arena_free_watched : arena_free},
        .fallback = fallback,
        .start = start,
        .top = start,
        .end = start + room,
    };
    bide_priv_poison(start, room);
}

bide_poll bide_arena_reset(bide_arena *arena)
{
    if (arena->live)
        return BIDE_EBUSY;
    arena->top = arena->start;
    return BIDE_READY;
}

bide_poll bide_arena_deinit(bide_arena *arena)
{
    if (arena->live)
        return BIDE_EBUSY;
    bide_priv_unpoison(arena->start, (size_t)(arena->end - arena->start));
    arena->top = arena->end = arena->start;
    return BIDE_READY;
}

bide_priv_gave bide_priv_arena_gave(const bide_allocator *giver, const void *block)
{
    const bide_arena *arena = (const bide_arena *)(const void *)giver;
    if (giver->free != arena_free && giver->free != arena_free_watched)
        return BIDE_PRIV_GAVE_UNKNOWN;
    if ((uintptr_t)block < (uintptr_t)arena->start || (uintptr_t)block >= (uintptr_t)arena->end)
        return BIDE_PRIV_GAVE_NOT;
    return arena->live && (uintptr_t)block < (uintptr_t)arena->top ? BIDE_PRIV_GAVE_YES
                                                                   : BIDE_PRIV_GAVE_FREE;
}
