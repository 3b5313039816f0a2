/*
 * bide/alloc_slab.h: a task's slab, where the frames of its dyn calls come from.
 *
 * A stack of blocks that may be given back in any order and from any thread. An executor puts one
 * into the context of each task, so that calls inside tasks ask the heap for nothing in the steady
 * state. Getting a block advances a pointer; giving back the topmost block takes the pointer back,
 * below all blocks under it that were given back before; another one is marked and its memory
 * waits. A block that another thread gives back waits on a list that is taken in when the slab is
 * full. What does not fit goes to the upstream allocator, whose blocks return to it without passing
 * here. A slab is a bide_bump (bide/abi.h): callees take their frames without a call.
 *
 * Who may do what. One thread at a time allocates: the one that polls the task. It says so by
 * bide_slab_enter before the poll and bide_slab_leave after it; in between, its frees are plain
 * code. Any other free, also one by the same thread outside of that pair, is a few atomic
 * operations. The library's executors need no pairs: their slabs look who is inside the executor.
 * A task that changes threads hands the slab over by whatever hands the task over.
 *
 * How it ends. The memory of a slab outlives its task: bide_slab_retire, called once when the task
 * has ended, ends allocation, and the callback `release` is called when the last block has been
 * given back: at once, by retire, or later, by whichever thread frees that block. Nothing touches
 * slab or memory after that.
 *
 * Bytes that nobody has are poisoned under AddressSanitizer and valgrind until the slab retires.
 */
#ifndef BIDE_ALLOC_SLAB_H
#define BIDE_ALLOC_SLAB_H

#include <bide/alloc.h>

BIDE_PRIV_C_BEGIN

typedef struct bide_slab bide_slab;

/* All members are the slab's own; `remote`, `owner`, `inside` and `orphans` are atomic to the
 * library. */
struct bide_slab {
    union {
        bide_allocator base;
        bide_bump bump;
    };
    bide_allocator *upstream;
    void (*release)(bide_slab *slab);
    size_t orphans;         /* once retired: blocks that are still out */
    void *remote;           /* blocks given back by others; the slab itself: retired */
    uintptr_t inside;       /* the thread between enter and leave, or 0 */
    const uintptr_t *owner; /* where to look for that: `inside`, or a word of an executor */
};

/* Bytes that a block of `bytes` bytes takes in a slab. Shape: an integer constant expression where
 * the arguments are. With over-aligned blocks among others the padding depends on their order: this
 * is the most. */
#define BIDE_SLAB_BLOCK_BYTES(bytes, align)                                                        \
    ((((size_t)(bytes) + ((size_t)(bytes) == 0) + 7) & ~(size_t)7) + 8 +                           \
     ((size_t)(align) > 8 ? (size_t)(align)-8 : 0))

/* Bytes that a slab keeps for itself at the beginning of its memory, alignment included. */
#define BIDE_SLAB_OWN_BYTES 16

/* Makes a slab over `bytes` bytes at `memory` (NULL and 0: none, everything goes upstream). Slab
 * and memory may be parts of one block; they belong to the caller until retire, and then until
 * `release`, which may be NULL where nothing is to be freed. `upstream` may be NULL: a full slab
 * then fails, and its flags say BIDE_ALLOC_FIXED. At most 4 GiB are used. Cannot fail. */
BIDE_API void bide_slab_init(bide_slab *slab, void *memory, size_t bytes, bide_allocator *upstream,
                             void (*release)(bide_slab *slab));

/* Around each poll: the calling thread allocates from the slab, and its frees are plain. Pairs do
 * not nest on one slab. */
BIDE_API void bide_slab_enter(bide_slab *slab);
BIDE_API void bide_slab_leave(bide_slab *slab);

/* The task has ended. Called once, by the thread that may enter; nothing is allocated from the slab
 * afterwards (a request would go upstream). Calls `release` when no block is out, now or later. */
BIDE_API void bide_slab_retire(bide_slab *slab);

/* Blocks that are out, not counting upstream's. Takes in what other threads have given back. By the
 * thread that may enter, before retire. */
BIDE_API size_t bide_slab_live(bide_slab *slab);

BIDE_PRIV_C_END

#endif
