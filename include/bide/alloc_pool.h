/*
 * bide/alloc_pool.h: a fixed number of equal blocks in memory of the caller's.
 *
 * A pool never asks anybody for memory: getting and giving back a block is a few instructions, and
 * a full pool says so. What does not fit (a larger or more aligned request, or one more block than
 * there are) goes to the fall-back allocator, whose blocks return to it without passing here
 * again; without a fall-back the request fails and the allocator's flags say BIDE_ALLOC_FIXED, so
 * that bide_box_reserve tells BIDE_EBUSY.
 *
 * `bide_pool` is for one thread at a time. `bide_shared_pool` may be used by any thread; it is
 * lock-free where 64-bit atomics are.
 *
 * Blocks that nobody has are poisoned under AddressSanitizer and valgrind. Memory that will be used
 * for something else afterwards (a local array) must be taken back with bide_pool_deinit first.
 */
#ifndef BIDE_ALLOC_POOL_H
#define BIDE_ALLOC_POOL_H

#include <bide/alloc.h>
#include <bide/check.h>

BIDE_PRIV_C_BEGIN

/* From one block to the next. Shape: an integer constant expression where the arguments are. */
#define BIDE_PRIV_POOL_ALIGN(align) ((size_t)(align) > 8 ? (size_t)(align) : (size_t)8)
#define BIDE_PRIV_POOL_STRIDE(block, align)                                                        \
    (((size_t)(block) + ((size_t)(block) == 0) + BIDE_PRIV_POOL_ALIGN(align) - 1) &                \
     ~(BIDE_PRIV_POOL_ALIGN(align) - 1))

/* Bytes of memory for n blocks of `block` bytes aligned to `align`, wherever the memory begins; the
 * block size and alignment for boxed frames of a type are what bide_box_bytes and bide_box_align
 * say. Shape: an integer constant expression where the arguments are, for static arrays:
 *     static unsigned char memory[BIDE_POOL_BYTES(96, 8, 1000)]; */
#define BIDE_POOL_BYTES(block, align, n)                                                           \
    (BIDE_PRIV_POOL_STRIDE(block, align) * (size_t)(n) + BIDE_PRIV_POOL_ALIGN(align) - 1)

/* All members are the pool's own; read them through the functions below. */
typedef struct bide_pool {
    bide_allocator base;
    bide_allocator *fallback;
    void *free_list;
    unsigned char *blocks;
    size_t block_bytes;
    size_t block_align;
    size_t stride;
    size_t capacity;
    size_t fresh; /* blocks that were never handed out begin at this one */
    size_t in_use;
    size_t peak;
} bide_pool;

/* Makes a pool of as many blocks of `block` bytes, aligned to `align`, as fit into `bytes` bytes at
 * `memory`. The pool and the memory belong to the caller and must outlive every block. `fallback`
 * may be NULL. BIDE_READY; BIDE_EMISUSE if align is no power of two or not one block fits. */
BIDE_API bide_poll bide_pool_init(bide_pool *pool, void *memory, size_t bytes, size_t block,
                                  size_t align, bide_allocator *fallback);

/* Ends the pool; its memory may then be used for something else. BIDE_READY, or BIDE_EBUSY while a
 * block is in use: nothing has happened then. */
BIDE_API bide_poll bide_pool_deinit(bide_pool *pool);

/* How many blocks there are, how many are in use now, and how many were at most. Blocks of the
 * fall-back do not count. */
BIDE_INLINE size_t bide_pool_capacity(const bide_pool *pool)
{
    return pool->capacity;
}

BIDE_INLINE size_t bide_pool_in_use(const bide_pool *pool)
{
    return pool->in_use;
}

BIDE_INLINE size_t bide_pool_peak(const bide_pool *pool)
{
    return pool->peak;
}

/* Bytes for n blocks of a shared pool: four more for each. Shape: as BIDE_POOL_BYTES. */
#define BIDE_SHARED_POOL_BYTES(block, align, n)                                                    \
    (BIDE_POOL_BYTES(block, align, n) + sizeof(uint32_t) * (size_t)(n))

/* All members are the pool's own. `head` and the links are atomic to the library. */
typedef struct bide_shared_pool {
    bide_allocator base;
    bide_allocator *fallback;
    unsigned char *blocks;
    uint32_t *links; /* one for each block: the next free block's number + 1 */
    size_t block_bytes;
    size_t block_align;
    size_t stride;
    BIDE_PRIV_ALIGNAS(8) uint64_t head; /* count of changes; the first free block's number + 1 */
    uint32_t capacity;
    uint32_t in_use;
    bool watched; /* by AddressSanitizer or valgrind */
} bide_shared_pool;

/* Like bide_pool_init, for a pool that any thread may use. If there is a fall-back, the pool's
 * flags promise only what the fall-back's do. */
BIDE_API bide_poll bide_shared_pool_init(bide_shared_pool *pool, void *memory, size_t bytes,
                                         size_t block, size_t align, bide_allocator *fallback);

/* Like bide_pool_deinit. No other thread may use the pool any more. */
BIDE_API bide_poll bide_shared_pool_deinit(bide_shared_pool *pool);

/* How many blocks are in use; a moment later it may be another number. Any thread. */
BIDE_API size_t bide_shared_pool_in_use(bide_shared_pool *pool);

BIDE_PRIV_C_END

#if defined(BIDE_CHECKED) && !defined(BIDE_BUILD)
#define bide_pool_deinit(pool)                                                                     \
    (bide_priv_check_memory("bide_pool_deinit", (pool)->blocks, (pool)->stride * (pool)->capacity, \
                            bide_pool_in_use(pool)),                                               \
     bide_pool_deinit(pool))
#define bide_shared_pool_deinit(pool)                                                              \
    (bide_priv_check_memory("bide_shared_pool_deinit", (pool)->blocks,                             \
                            (pool)->stride * (pool)->capacity, bide_shared_pool_in_use(pool)),     \
     bide_shared_pool_deinit(pool))
#endif

#endif
