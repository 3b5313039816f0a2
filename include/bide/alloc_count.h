/*
 * bide/alloc_count.h: counting what goes through to another allocator, and limiting it.
 *
 * Both stand before an upstream allocator, see every block come and go, and keep one word (or the
 * alignment, if that is more) of their own below each block; the counts are those of the requests,
 * without that word. They must outlive the blocks that they gave. They may be used by the threads
 * that the upstream allocator may be used by: their own books are atomic.
 */
#ifndef BIDE_ALLOC_COUNT_H
#define BIDE_ALLOC_COUNT_H

#include <bide/alloc.h>

BIDE_PRIV_C_BEGIN

/* A counting allocator. The counts may be read at any time by the only thread, or when the others
 * are known to be quiet. */
typedef struct bide_counter {
    bide_allocator base;
    bide_allocator *upstream; /* private */
    size_t allocs;            /* requests that got a block */
    size_t frees;             /* blocks given back */
    size_t failures;          /* requests that got none */
    size_t live;              /* blocks out now */
    size_t live_bytes;        /* their bytes, as requested */
    size_t peak_bytes;        /* the most that live_bytes has been */
    size_t last_bytes;        /* of the latest request, granted or not */
    size_t last_align;
} bide_counter;

/* Makes a counter with all counts zero. */
BIDE_API void bide_counter_init(bide_counter *counter, bide_allocator *upstream);

/* Begins the counts of events anew (allocs, frees, failures); what is live stays counted, and is
 * the new peak. */
BIDE_API void bide_counter_reset(bide_counter *counter);

/* An allocator that refuses what would make more than `limit` bytes live at once. */
typedef struct bide_budget {
    bide_allocator base;
    bide_allocator *upstream; /* private */
    size_t limit;             /* may be changed while nobody else uses it */
    size_t live_bytes;        /* bytes out now, as requested */
    size_t peak_bytes;        /* the most that has been */
    size_t refusals;          /* requests that the limit refused; upstream's own are not counted */
} bide_budget;

/* Makes a budget of `limit` bytes. */
BIDE_API void bide_budget_init(bide_budget *budget, bide_allocator *upstream, size_t limit);

BIDE_PRIV_C_END

#endif
