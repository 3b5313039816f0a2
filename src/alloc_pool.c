/*
 * alloc_pool.c: fixed blocks; the plain pool and the shared one.
 */
#include <bide/alloc_pool.h>

#include "alloc_gave.h"
#include "atomic.h"
#include "place.h"
#include "poison.h"

/* ---- one thread --------------------------------------------------------------------------- */

BIDE_PRIV_ALWAYS void *pool_get(bide_pool *pool, size_t bytes, size_t align, bide_allocator **giver,
                                bool watched)
{
    void *block = pool->free_list;
    if (BIDE_PRIV_UNLIKELY(bytes > pool->block_bytes || align > pool->block_align))
        return bide_alloc(pool->fallback, bytes, align, giver);
    if (block) {
        /* The link lies in the free block itself, which is poisoned. */
        if (watched)
            bide_priv_reveal(block, sizeof(void *));
        pool->free_list = *(void **)block;
    } else if (pool->fresh < pool->capacity) {
        block = pool->blocks + pool->fresh++ * pool->stride;
    } else {
        return bide_alloc(pool->fallback, bytes, align, giver);
    }
    if (watched)
        bide_priv_unpoison(block, bytes);
    if (++pool->in_use > pool->peak)
        pool->peak = pool->in_use;
    *giver = &pool->base;
    return block;
}

BIDE_PRIV_ALWAYS void pool_put(bide_pool *pool, void *block, bool watched)
{
    if (watched)
        bide_priv_unpoison(block, sizeof(void *));
    *(void **)block = pool->free_list;
    pool->free_list = block;
    pool->in_use--;
    if (watched)
        bide_priv_poison(block, pool->stride);
}

static void *pool_alloc(bide_allocator *self, size_t bytes, size_t align, bide_allocator **giver)
{
    return pool_get((bide_pool *)self, bytes, align, giver, false);
}

static void pool_free(bide_allocator *giver, void *block, size_t bytes, size_t align)
{
    (void)bytes;
    (void)align;
    pool_put((bide_pool *)giver, block, false);
}

static void *pool_alloc_watched(bide_allocator *self, size_t bytes, size_t align,
                                bide_allocator **giver)
{
    return pool_get((bide_pool *)self, bytes, align, giver, true);
}

static void pool_free_watched(bide_allocator *giver, void *block, size_t bytes, size_t align)
{
    (void)bytes;
    (void)align;
    pool_put((bide_pool *)giver, block, true);
}

/* Where the blocks begin and how many there are, each with `extra` bytes elsewhere in the memory.
 * 0: bad arguments, or not one fits. */
static size_t lay_out(void *memory, size_t bytes, size_t block, size_t align, size_t extra,
                      unsigned char **blocks, size_t *stride)
{
    size_t pad;
    if (!memory || !bide_priv_is_align(align) || block > bytes || align > bytes)
        return 0;
    *stride = BIDE_PRIV_POOL_STRIDE(block, align);
    pad = bide_priv_pad(memory, BIDE_PRIV_POOL_ALIGN(align));
    if (pad > bytes)
        return 0;
    *blocks = (unsigned char *)memory + pad;
    return (bytes - pad) / (*stride + extra);
}

bide_poll bide_pool_init(bide_pool *pool, void *memory, size_t bytes, size_t block, size_t align,
                         bide_allocator *fallback)
{
    bool watched = bide_priv_watched();
    unsigned char *blocks = NULL;
    size_t stride = 0;
    size_t capacity = lay_out(memory, bytes, block, align, 0, &blocks, &stride);
    if (capacity == 0)
        return BIDE_EMISUSE;
    *pool = (bide_pool){
        .base = {.size = sizeof pool->base,
                 .flags = bide_priv_flags(0, fallback),
                 .alloc = watched ? pool_alloc_watched : pool_alloc,
                 .free = watched ? pool_free_watched : pool_free},
        .fallback = fallback,
        .blocks = blocks,
        .block_bytes = block,
        .block_align = BIDE_PRIV_POOL_ALIGN(align),
        .stride = stride,
        .capacity = capacity,
    };
    bide_priv_poison(blocks, capacity * stride);
    return BIDE_READY;
}

bide_poll bide_pool_deinit(bide_pool *pool)
{
    if (pool->in_use)
        return BIDE_EBUSY;
    bide_priv_unpoison(pool->blocks, pool->capacity * pool->stride);
    pool->capacity = pool->fresh = 0;
    pool->free_list = NULL;
    return BIDE_READY;
}

/* Whether a block lies where one of `count` begins. */
static bool begins_a_block(const void *block, const unsigned char *blocks, size_t stride,
                           size_t count)
{
    uintptr_t at = (uintptr_t)block - (uintptr_t)blocks; /* wraps to more than there are */
    return at / stride < count && at % stride == 0;
}

bide_priv_gave bide_priv_pool_gave(const bide_allocator *giver, const void *block)
{
    const bide_pool *pool = (const bide_pool *)(const void *)giver;
    const void *free_block;
    if (giver->free != pool_free && giver->free != pool_free_watched)
        return BIDE_PRIV_GAVE_UNKNOWN;
    if (!begins_a_block(block, pool->blocks, pool->stride, pool->fresh))
        return BIDE_PRIV_GAVE_NOT;
    if (giver->free == pool_free_watched) /* its list lies in memory that must not be read */
        return BIDE_PRIV_GAVE_YES;
    for (free_block = pool->free_list; free_block; free_block = *(void *const *)free_block)
        if (free_block == block)
            return BIDE_PRIV_GAVE_FREE;
    return BIDE_PRIV_GAVE_YES;
}

/* ---- any thread --------------------------------------------------------------------------- */

/* The free blocks are a stack of numbers. Its links lie beside the blocks, so that a thread that
 * lost the race for a block reads a link, never the winner's data; the count in the upper half of
 * the head makes a head that went away and came back another one. */
static uint64_t next_head(uint64_t head, uint32_t first)
{
    return (((head >> 32) + 1) << 32) | first;
}

static void *shared_alloc(bide_allocator *self, size_t bytes, size_t align, bide_allocator **giver)
{
    bide_shared_pool *pool = (bide_shared_pool *)self;
    uint64_t head = bide_priv_load_acquire(BIDE_PRIV_U64(&pool->head));
    uint32_t first, next;
    void *block;
    if (bytes > pool->block_bytes || align > pool->block_align)
        return bide_alloc(pool->fallback, bytes, align, giver);
    do {
        first = (uint32_t)head;
        if (first == 0)
            return bide_alloc(pool->fallback, bytes, align, giver);
        next = bide_priv_load_relaxed(BIDE_PRIV_U32(&pool->links[first - 1]));
    } while (!bide_priv_cas_weak_acq_rel(BIDE_PRIV_U64(&pool->head), &head, next_head(head, next)));
    block = pool->blocks + (first - 1) * pool->stride;
    bide_priv_add_relaxed(BIDE_PRIV_U32(&pool->in_use), 1u);
    if (pool->watched)
        bide_priv_unpoison(block, bytes);
    *giver = self;
    return block;
}

static void shared_free(bide_allocator *giver, void *block, size_t bytes, size_t align)
{
    bide_shared_pool *pool = (bide_shared_pool *)giver;
    size_t number = (size_t)((unsigned char *)block - pool->blocks) / pool->stride;
    uint64_t head = bide_priv_load_acquire(BIDE_PRIV_U64(&pool->head));
    (void)bytes;
    (void)align;
    if (pool->watched)
        bide_priv_poison(block, pool->stride);
    bide_priv_sub_relaxed(BIDE_PRIV_U32(&pool->in_use), 1u);
    do {
        bide_priv_store_relaxed(BIDE_PRIV_U32(&pool->links[number]), (uint32_t)head);
    } while (!bide_priv_cas_weak_acq_rel(BIDE_PRIV_U64(&pool->head), &head,
                                         next_head(head, (uint32_t)number + 1)));
}

bide_poll bide_shared_pool_init(bide_shared_pool *pool, void *memory, size_t bytes, size_t block,
                                size_t align, bide_allocator *fallback)
{
    unsigned char *blocks = NULL;
    size_t stride = 0;
    size_t capacity = lay_out(memory, bytes, block, align, sizeof(uint32_t), &blocks, &stride);
    size_t i;
    if (capacity == 0 || capacity >= UINT32_MAX)
        return BIDE_EMISUSE;
    *pool = (bide_shared_pool){
        .base = {.size = sizeof pool->base,
                 .flags = bide_priv_flags(BIDE_ALLOC_ANY_THREAD | BIDE_FREE_ANY_THREAD, fallback),
                 .alloc = shared_alloc,
                 .free = shared_free},
        .fallback = fallback,
        .blocks = blocks,
        .links = (uint32_t *)(void *)(blocks + capacity * stride),
        .block_bytes = block,
        .block_align = BIDE_PRIV_POOL_ALIGN(align),
        .stride = stride,
        .head = 1,
        .capacity = (uint32_t)capacity,
        .watched = bide_priv_watched(),
    };
    for (i = 0; i < capacity; i++)
        pool->links[i] = i + 1 < capacity ? (uint32_t)i + 2 : 0;
    bide_priv_poison(blocks, capacity * stride);
    return BIDE_READY;
}

bide_priv_gave bide_priv_shared_pool_gave(const bide_allocator *giver, const void *block)
{
    const bide_shared_pool *pool = (const bide_shared_pool *)(const void *)giver;
    if (giver->free != shared_free)
        return BIDE_PRIV_GAVE_UNKNOWN;
    return begins_a_block(block, pool->blocks, pool->stride, pool->capacity) ? BIDE_PRIV_GAVE_YES
                                                                             : BIDE_PRIV_GAVE_NOT;
}

bide_poll bide_shared_pool_deinit(bide_shared_pool *pool)
{
    if (bide_shared_pool_in_use(pool))
        return BIDE_EBUSY;
    bide_priv_unpoison(pool->blocks, (size_t)pool->capacity * pool->stride);
    pool->capacity = 0;
    pool->head = 0;
    return BIDE_READY;
}

size_t bide_shared_pool_in_use(bide_shared_pool *pool)
{
    return bide_priv_load_relaxed(BIDE_PRIV_U32(&pool->in_use));
}
