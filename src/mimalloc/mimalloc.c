/*
 * mimalloc.c: mimalloc's default heap, and one heap of the caller's.
 */
#include <bide/mimalloc.h>

#include <mimalloc.h>

/* mimalloc aligns a block to its size rounded down to a power of two, up to 16, by itself. */
static bool is_plain(size_t bytes, size_t align)
{
    return align <= sizeof(void *) || (align <= 16 && bytes >= align);
}

static void *default_alloc(bide_allocator *self, size_t bytes, size_t align, bide_allocator **giver)
{
    *giver = self;
    return is_plain(bytes, align) ? mi_malloc(bytes) : mi_malloc_aligned(bytes, align);
}

/* mi_free takes aligned blocks too; the sized forms only check the size in mimalloc's own debug
 * builds, so that they would be a longer way to the same place. */
static void default_free(bide_allocator *giver, void *block, size_t bytes, size_t align)
{
    (void)giver;
    (void)bytes;
    (void)align;
    mi_free(block);
}

static const bide_allocator default_heap = {sizeof(bide_allocator),
                                            BIDE_ALLOC_ANY_THREAD | BIDE_FREE_ANY_THREAD,
                                            default_alloc, default_free};

bide_allocator *bide_mimalloc(void)
{
    return (bide_allocator *)&default_heap; /* nobody writes to an allocator's header */
}

static void *heap_alloc(bide_allocator *self, size_t bytes, size_t align, bide_allocator **giver)
{
    mi_heap_t *heap = ((bide_mimalloc_heap *)self)->heap;
    *giver = self;
    return is_plain(bytes, align) ? mi_heap_malloc(heap, bytes)
                                  : mi_heap_malloc_aligned(heap, bytes, align);
}

void bide_mimalloc_heap_init(bide_mimalloc_heap *allocator, struct mi_heap_s *heap)
{
    allocator->base =
        (bide_allocator){sizeof allocator->base, BIDE_FREE_ANY_THREAD, heap_alloc, default_free};
    allocator->heap = heap;
}
