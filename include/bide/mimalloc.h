/*
 * bide/mimalloc.h: mimalloc as an allocator; part of bide::mimalloc.
 *
 * Code that is compiled against bide::mimalloc has BIDE_USE_MIMALLOC defined, and
 * bide_default_allocator is bide_mimalloc there. This header does not need mimalloc's own. Some
 * distributions' mimalloc library replaces the process's malloc as soon as it is linked, and with
 * it what bide_heap gives.
 */
#ifndef BIDE_MIMALLOC_H
#define BIDE_MIMALLOC_H

#include <bide/alloc.h>

BIDE_PRIV_C_BEGIN

struct mi_heap_s; /* mimalloc's mi_heap_t */

/* mimalloc's default heap of each thread. Any thread may allocate and free. */
BIDE_API bide_allocator *bide_mimalloc(void);

/* An allocator over one heap. */
typedef struct bide_mimalloc_heap {
    bide_allocator base;
    struct mi_heap_s *heap; /* private */
} bide_mimalloc_heap;

/* Makes an allocator over `heap`, which stays the caller's: only the thread that made it allocates,
 * any thread frees. mi_heap_delete moves live blocks to the thread's default heap, so that they
 * may outlive it; the object itself must outlive them. Cannot fail. */
BIDE_API void bide_mimalloc_heap_init(bide_mimalloc_heap *allocator, struct mi_heap_s *heap);

BIDE_PRIV_C_END

#endif
