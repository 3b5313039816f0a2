/*
 * alloc_count.c: the counter and the budget.
 *
 * Both place a block as bide/box.h places a frame, with the upstream's giver in the word below it.
 */
#include <bide/alloc_count.h>

#include <bide/box.h>

#include "atomic.h"
#include "place.h"

/* Any thread that the allocator behind may be used by. */
#define AS_UPSTREAM (BIDE_ALLOC_ANY_THREAD | BIDE_FREE_ANY_THREAD)

static size_t below(size_t align)
{
    return align > sizeof(void *) ? align : sizeof(void *);
}

static void *get(bide_allocator *upstream, size_t bytes, size_t align)
{
    size_t offset = below(align);
    /* Also with a header and padding, as a bide_bump adds them, it is not less than it was. */
    return bytes > SIZE_MAX - offset - 15 ? NULL : bide_frame_alloc(upstream, bytes, offset);
}

static void raise_to(size_t *peak, size_t value)
{
    size_t seen = bide_priv_load_relaxed(BIDE_PRIV_SIZE(peak));
    while (seen < value && !bide_priv_cas_weak_release(BIDE_PRIV_SIZE(peak), &seen, value)) {
    }
}

static void add(size_t *count, size_t n)
{
    bide_priv_add_relaxed(BIDE_PRIV_SIZE(count), n);
}

/* ---- counter ------------------------------------------------------------------------------ */

static void *counter_alloc(bide_allocator *self, size_t bytes, size_t align, bide_allocator **giver)
{
    bide_counter *counter = (bide_counter *)self;
    void *block = get(counter->upstream, bytes, align);
    bide_priv_store_relaxed(BIDE_PRIV_SIZE(&counter->last_bytes), bytes);
    bide_priv_store_relaxed(BIDE_PRIV_SIZE(&counter->last_align), align);
    if (!block) {
        add(&counter->failures, 1);
        return NULL;
    }
    add(&counter->allocs, 1);
    add(&counter->live, 1);
    raise_to(&counter->peak_bytes,
             bide_priv_add_relaxed(BIDE_PRIV_SIZE(&counter->live_bytes), bytes) + bytes);
    *giver = self;
    return block;
}

static void counter_free(bide_allocator *giver, void *block, size_t bytes, size_t align)
{
    bide_counter *counter = (bide_counter *)giver;
    add(&counter->frees, 1);
    bide_priv_sub_relaxed(BIDE_PRIV_SIZE(&counter->live), (size_t)1);
    bide_priv_sub_relaxed(BIDE_PRIV_SIZE(&counter->live_bytes), bytes);
    bide_frame_free(block, bytes, below(align));
}

void bide_counter_init(bide_counter *counter, bide_allocator *upstream)
{
    *counter = (bide_counter){
        .base = {.size = sizeof counter->base,
                 .flags = bide_priv_flags(AS_UPSTREAM, upstream),
                 .alloc = counter_alloc,
                 .free = counter_free},
        .upstream = upstream,
    };
}

void bide_counter_reset(bide_counter *counter)
{
    size_t live_bytes = bide_priv_load_relaxed(BIDE_PRIV_SIZE(&counter->live_bytes));
    bide_priv_store_relaxed(BIDE_PRIV_SIZE(&counter->allocs), (size_t)0);
    bide_priv_store_relaxed(BIDE_PRIV_SIZE(&counter->frees), (size_t)0);
    bide_priv_store_relaxed(BIDE_PRIV_SIZE(&counter->failures), (size_t)0);
    bide_priv_store_relaxed(BIDE_PRIV_SIZE(&counter->peak_bytes), live_bytes);
}

/* ---- budget ------------------------------------------------------------------------------- */

/* Takes the bytes from the budget first, so that two threads cannot both get the last ones. */
static bool charge(bide_budget *budget, size_t bytes)
{
    size_t live = bide_priv_load_relaxed(BIDE_PRIV_SIZE(&budget->live_bytes));
    do {
        if (live > budget->limit || bytes > budget->limit - live)
            return false;
    } while (!bide_priv_cas_weak_acq_rel(BIDE_PRIV_SIZE(&budget->live_bytes), &live, live + bytes));
    raise_to(&budget->peak_bytes, live + bytes);
    return true;
}

static void *budget_alloc(bide_allocator *self, size_t bytes, size_t align, bide_allocator **giver)
{
    bide_budget *budget = (bide_budget *)self;
    void *block;
    if (!charge(budget, bytes)) {
        add(&budget->refusals, 1);
        return NULL;
    }
    block = get(budget->upstream, bytes, align);
    if (!block) {
        bide_priv_sub_relaxed(BIDE_PRIV_SIZE(&budget->live_bytes), bytes);
        return NULL;
    }
    *giver = self;
    return block;
}

static void budget_free(bide_allocator *giver, void *block, size_t bytes, size_t align)
{
    bide_budget *budget = (bide_budget *)giver;
    bide_frame_free(block, bytes, below(align));
    bide_priv_sub_relaxed(BIDE_PRIV_SIZE(&budget->live_bytes), bytes);
}

void bide_budget_init(bide_budget *budget, bide_allocator *upstream, size_t limit)
{
    *budget = (bide_budget){
        .base = {.size = sizeof budget->base,
                 .flags = bide_priv_flags(AS_UPSTREAM, upstream),
                 .alloc = budget_alloc,
                 .free = budget_free},
        .upstream = upstream,
        .limit = limit,
    };
}
