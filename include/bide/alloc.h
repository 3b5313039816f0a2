/*
 * bide/alloc.h: where frames come from.
 *
 * An allocator is an object that begins with `bide_allocator` (bide/abi.h). This header has the
 * checked calls, the C heap and the choice of the default. Each other placement has a header of
 * its own: alloc_pool.h (fixed blocks), alloc_arena.h (bump, freed at once), alloc_slab.h (a
 * task's), alloc_slot.h (one frame in the caller's memory, with a fall-back), alloc_recycle.h (free
 * lists before another allocator), alloc_count.h (counting and budget), mimalloc.h.
 *
 * Memory always goes back to its giver. Slab, slot and pool hand the giver of their fall-back
 * through; an allocator that must see the free (counting, budget, recycling) names itself.
 */
#ifndef BIDE_ALLOC_H
#define BIDE_ALLOC_H

#include <bide/check.h>

BIDE_PRIV_C_BEGIN

/* The C heap (malloc and free; aligned_alloc above the alignment of max_align_t). Any thread may
 * allocate and free. Never fails to exist; absent from freestanding builds. */
BIDE_API bide_allocator *bide_heap(void);

#ifdef BIDE_USE_MIMALLOC
BIDE_API bide_allocator *bide_mimalloc(void);
#endif

/* The allocator that stands in where neither a handle nor a context names one: mimalloc in code
 * compiled against bide::mimalloc, else the C heap; NULL in freestanding code. */
BIDE_INLINE bide_allocator *bide_default_allocator(void)
{
#if defined(BIDE_USE_MIMALLOC)
    return bide_mimalloc();
#elif defined(BIDE_FREESTANDING)
    return NULL;
#else
    return bide_heap();
#endif
}

/* Which allocator a dyn call uses: the one named, else the context's, else the default. May be
 * NULL in freestanding code. */
BIDE_INLINE bide_allocator *bide_allocator_for(bide_allocator *named, const bide_context *cx)
{
    if (named)
        return named;
    if (cx && cx->size >= offsetof(bide_context, allocator) + sizeof cx->allocator && cx->allocator)
        return cx->allocator;
    return bide_default_allocator();
}

/* A block of `bytes` bytes aligned to `align`, or NULL. *giver is who must get it back. */
BIDE_INLINE void *bide_alloc(bide_allocator *a, size_t bytes, size_t align, bide_allocator **giver)
{
    return a ? a->alloc(a, bytes, align, giver) : NULL;
}

/* Gives a block back to its giver; same bytes and align as when it was got. */
BIDE_INLINE void bide_free(bide_allocator *giver, void *block, size_t bytes, size_t align)
{
    BIDE_PRIV_CHECK_FREE(giver, block, bytes)
    giver->free(giver, block, bytes, align);
}

/* Private: takes `whole` bytes, header included, a multiple of 8, from a bide_bump. NULL: full. */
BIDE_PRIV_ALWAYS void *bide_priv_bump(bide_bump *b, size_t whole)
{
    unsigned char *top = b->top;
    uint64_t *header = (uint64_t *)(void *)top;
    if (BIDE_PRIV_UNLIKELY(whole > (size_t)(b->end - top)))
        return NULL;
    *header = (uint64_t)(top - (unsigned char *)b->last);
    b->last = header;
    b->top = top + whole;
    return header + 1;
}

/* Private: undoes bide_priv_bump for the topmost block, by the thread that took it. False: it must
 * go back through free. */
BIDE_PRIV_ALWAYS bool bide_priv_unbump(bide_bump *b, void *block)
{
    uint64_t *header = (uint64_t *)block - 1;
    uint64_t *below;
    if (header != b->last || *header >> 32)
        return false;
    below = (uint64_t *)(void *)((unsigned char *)header - *header);
    if (*below & 1u)
        return false;
    b->last = below;
    b->top = (unsigned char *)header;
    return true;
}

BIDE_PRIV_C_END

#endif
