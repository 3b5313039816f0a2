/*
 * place.h (private): arithmetic that the allocators share.
 *
 * Blocks begin and end at multiples of BIDE_PRIV_GRAIN, which is also the unit in which
 * AddressSanitizer keeps its books: two neighbours never share one.
 */
#ifndef BIDE_PRIV_PLACE_H
#define BIDE_PRIV_PLACE_H

#include <bide/alloc.h>

#define BIDE_PRIV_GRAIN ((size_t)8)

/* Bytes from `place` to the next multiple of `align`, a power of two. */
BIDE_PRIV_ALWAYS size_t bide_priv_pad(const void *place, size_t align)
{
    return (size_t)(0 - (uintptr_t)place) & (align - 1);
}

/* The next multiple of BIDE_PRIV_GRAIN, and one grain for nothing. The caller has checked that
 * `bytes` is small enough. */
BIDE_PRIV_ALWAYS size_t bide_priv_grains(size_t bytes)
{
    return (bytes + !bytes + BIDE_PRIV_GRAIN - 1) & ~(BIDE_PRIV_GRAIN - 1);
}

/* Whether it is an alignment at all. */
BIDE_PRIV_ALWAYS bool bide_priv_is_align(size_t align)
{
    return align != 0 && (align & (align - 1)) == 0;
}

/* The flags of an allocator that passes on what it cannot hold: `own`, cut down to what the one
 * behind it can do as well, and a fixed capacity only where that one's is fixed, too. */
BIDE_PRIV_ALWAYS uint32_t bide_priv_flags(uint32_t own, const bide_allocator *behind)
{
    if (!behind)
        return own | BIDE_ALLOC_FIXED;
    return (own & behind->flags) | (behind->flags & BIDE_ALLOC_FIXED);
}

#endif
