/*
 * bide/alloc_arena.h: a bump allocator over memory of the caller's, emptied at once.
 *
 * Good for a burst of frames that end together: a request, a batch. Getting a block advances a
 * pointer. Giving back the last block takes the pointer back; giving back another one only counts,
 * and its bytes are lost until bide_arena_reset. What does not fit goes to the fall-back allocator,
 * whose blocks return to it without passing here; without one the request fails, and the flags say
 * BIDE_ALLOC_FIXED.
 *
 * For one thread at a time. Bytes that nobody has are poisoned under AddressSanitizer and valgrind;
 * memory that will be used for something else afterwards must be taken back with
 * bide_arena_deinit first.
 */
#ifndef BIDE_ALLOC_ARENA_H
#define BIDE_ALLOC_ARENA_H

#include <bide/alloc.h>
#include <bide/check.h>

BIDE_PRIV_C_BEGIN

/* All members are the arena's own; read them through the functions below. */
typedef struct bide_arena {
    bide_allocator base;
    bide_allocator *fallback;
    unsigned char *start;
    unsigned char *top;
    unsigned char *end;
    size_t live;
    size_t peak;
} bide_arena;

/* Makes an arena of `bytes` bytes at `memory`, which may be none. Arena and memory belong to the
 * caller and must outlive every block. `fallback` may be NULL. Cannot fail. */
BIDE_API void bide_arena_init(bide_arena *arena, void *memory, size_t bytes,
                              bide_allocator *fallback);

/* Starts anew at the beginning of the memory. BIDE_READY, or BIDE_EBUSY while a block is in use:
 * nothing has happened then. */
BIDE_API bide_poll bide_arena_reset(bide_arena *arena);

/* Ends the arena; its memory may then be used for something else. BIDE_READY, or BIDE_EBUSY while a
 * block is in use: nothing has happened then. */
BIDE_API bide_poll bide_arena_deinit(bide_arena *arena);

/* How many blocks are in use. Blocks of the fall-back do not count. */
BIDE_INLINE size_t bide_arena_live(const bide_arena *arena)
{
    return arena->live;
}

/* Bytes taken now, lost ones and padding included, and taken at most since the arena was made. */
BIDE_INLINE size_t bide_arena_used(const bide_arena *arena)
{
    return (size_t)(arena->top - arena->start);
}

BIDE_INLINE size_t bide_arena_peak(const bide_arena *arena)
{
    return arena->peak;
}

BIDE_PRIV_C_END

#if defined(BIDE_CHECKED) && !defined(BIDE_BUILD)
#define bide_arena_reset(arena)                                                                    \
    (bide_priv_check_memory("bide_arena_reset", (arena)->start, bide_arena_used(arena),            \
                            bide_arena_live(arena)),                                               \
     bide_arena_reset(arena))
#define bide_arena_deinit(arena)                                                                   \
    (bide_priv_check_memory("bide_arena_deinit", (arena)->start, bide_arena_used(arena),           \
                            bide_arena_live(arena)),                                               \
     bide_arena_deinit(arena))
#endif

#endif
