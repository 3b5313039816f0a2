/*
 * alloc_gave.h (private): what checked builds ask the library's allocators: is a block that is
 * about to be given back one of theirs? Each answers for its own kind, which it knows by its free
 * function; heaps and allocators of users are not asked.
 */
#ifndef BIDE_PRIV_ALLOC_GAVE_H
#define BIDE_PRIV_ALLOC_GAVE_H

#include <bide/abi.h>

typedef enum bide_priv_gave {
    BIDE_PRIV_GAVE_UNKNOWN, /* another kind of allocator, or not to be told on this thread */
    BIDE_PRIV_GAVE_YES,
    BIDE_PRIV_GAVE_NOT,
    BIDE_PRIV_GAVE_FREE /* it is there, and nobody has it */
} bide_priv_gave;

bide_priv_gave bide_priv_pool_gave(const bide_allocator *giver, const void *block);
bide_priv_gave bide_priv_shared_pool_gave(const bide_allocator *giver, const void *block);
bide_priv_gave bide_priv_arena_gave(const bide_allocator *giver, const void *block);
bide_priv_gave bide_priv_slot_gave(const bide_allocator *giver, const void *block);
bide_priv_gave bide_priv_slab_gave(const bide_allocator *giver, const void *block);

#endif
