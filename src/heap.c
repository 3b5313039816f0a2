/*
 * heap.c: the C heap as an allocator.
 */
#include <bide/alloc.h>

#include <stdlib.h>

#if defined(_WIN32)
#include <malloc.h>
#endif

/* The alignment that malloc gives to a block that is large enough to need it. */
#define HEAP_ALIGN BIDE_PRIV_ALIGNOF(max_align_t)

#if defined(_WIN32)
/* free cannot take what _aligned_malloc gave, so that free goes by the alignment of the request. */
static void *aligned_get(size_t bytes, size_t align)
{
    return _aligned_malloc(bytes, align);
}

static void aligned_release(void *block)
{
    _aligned_free(block);
}
#else
static void *aligned_get(size_t bytes, size_t align)
{
    size_t rounded = (bytes + align - 1) & ~(align - 1);
    return rounded < bytes ? NULL : aligned_alloc(align, rounded);
}

static void aligned_release(void *block)
{
    free(block);
}
#endif

static void *heap_alloc(bide_allocator *self, size_t bytes, size_t align, bide_allocator **giver)
{
    *giver = self;
    /* A malloc may align a block by no more than its size, so that small ones are made larger. */
    if (bytes < align)
        bytes = align;
    return BIDE_PRIV_LIKELY(align <= HEAP_ALIGN) ? malloc(bytes) : aligned_get(bytes, align);
}

static void heap_free(bide_allocator *giver, void *block, size_t bytes, size_t align)
{
    (void)giver;
    (void)bytes;
    if (BIDE_PRIV_LIKELY(align <= HEAP_ALIGN))
        free(block);
    else
        aligned_release(block);
}

static const bide_allocator heap = {
    sizeof(bide_allocator), BIDE_ALLOC_ANY_THREAD | BIDE_FREE_ANY_THREAD, heap_alloc, heap_free};

bide_allocator *bide_heap(void)
{
    return (bide_allocator *)&heap; /* nobody writes to an allocator's header */
}
