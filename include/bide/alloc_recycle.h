/*
 * bide/alloc_recycle.h: free lists before another allocator.
 *
 * A recycler keeps the blocks that are given back, by size in steps of 16 bytes up to 1 KiB, and
 * hands them out again: the second frame of the same layout asks the upstream allocator for
 * nothing. Larger requests, and those aligned to more than 16 bytes, go upstream and return there
 * without passing here. Each kept block has 16 bytes of its own below it.
 *
 * For one thread at a time. It must outlive the blocks that it gave. Blocks that are kept are
 * poisoned under AddressSanitizer and valgrind.
 */
#ifndef BIDE_ALLOC_RECYCLE_H
#define BIDE_ALLOC_RECYCLE_H

#include <bide/alloc.h>

BIDE_PRIV_C_BEGIN

#define BIDE_RECYCLER_STEP 16
#define BIDE_RECYCLER_LARGEST 1024

/* All members are the recycler's own; read them through the functions below. */
typedef struct bide_recycler {
    bide_allocator base;
    bide_allocator *upstream;
    size_t limit;  /* of kept bytes */
    size_t cached; /* bytes kept now, as upstream counts them */
    size_t live;   /* blocks that are out */
    bool watched;  /* by AddressSanitizer or valgrind */
    void *lists[BIDE_RECYCLER_LARGEST / BIDE_RECYCLER_STEP];
} bide_recycler;

/* Makes an empty recycler before `upstream`, which keeps at most `limit` bytes (as upstream counts
 * them); a block that would exceed that is given back at once. Cannot fail. */
BIDE_API void bide_recycler_init(bide_recycler *recycler, bide_allocator *upstream, size_t limit);

/* Gives kept blocks back, largest first, until at most `keep` bytes are kept. Tells the bytes that
 * went back. 0 for `keep` ends the use of the recycler, once no block is out. */
BIDE_API size_t bide_recycler_trim(bide_recycler *recycler, size_t keep);

/* Bytes kept now, and blocks out that will come back here. */
BIDE_INLINE size_t bide_recycler_cached(const bide_recycler *recycler)
{
    return recycler->cached;
}

BIDE_INLINE size_t bide_recycler_live(const bide_recycler *recycler)
{
    return recycler->live;
}

BIDE_PRIV_C_END

#endif
