/*
 * timer_heap.h (private): timers by deadline, in nodes that the leaves own.
 *
 * A pairing heap: inserting is a few stores, taking the nearest or any other is O(log n) amortised,
 * and nothing is ever allocated. Equal deadlines come out in the order in which they went in. Not
 * locked: the executor's lock guards it.
 */
#ifndef BIDE_PRIV_TIMER_HEAP_H
#define BIDE_PRIV_TIMER_HEAP_H

#include <bide/abi.h>

typedef struct bide_priv_timer_heap {
    bide_timer *root;
    uintptr_t serial; /* of the newest timer; 0 is "in no heap" */
} bide_priv_timer_heap;

void bide_priv_heap_insert(bide_priv_timer_heap *heap, bide_timer *timer);
void bide_priv_heap_remove(bide_priv_timer_heap *heap, bide_timer *timer);

/* Whether a timer that was inserted once is still in its heap. */
bool bide_priv_heap_holds(const bide_timer *timer);

/* The nearest, or NULL. */
static inline bide_timer *bide_priv_heap_first(const bide_priv_timer_heap *heap)
{
    return heap->root;
}

#endif
