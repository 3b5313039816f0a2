/*
 * timer_heap.c: the pairing heap. Each node has a child, a next sibling, and a link back to its
 * previous sibling, or to its parent if it is the first child.
 */
#include "timer_heap.h"

enum { CHILD, SIBLING, BACK, SERIAL };

static bide_timer *get(const bide_timer *timer, int which)
{
    return (bide_timer *)timer->priv[which];
}

static bool before(const bide_timer *a, const bide_timer *b)
{
    if (a->deadline != b->deadline)
        return a->deadline < b->deadline;
    return (uintptr_t)a->priv[SERIAL] < (uintptr_t)b->priv[SERIAL];
}

/* Makes the later of two trees the first child of the earlier. Either may be NULL. */
static bide_timer *meld(bide_timer *a, bide_timer *b)
{
    bide_timer *first;
    if (!a || !b)
        return a ? a : b;
    if (before(b, a)) {
        bide_timer *other = a;
        a = b;
        b = other;
    }
    first = get(a, CHILD);
    b->priv[SIBLING] = first;
    if (first)
        first->priv[BACK] = b;
    b->priv[BACK] = a;
    a->priv[CHILD] = b;
    return a;
}

/* Melds a list of siblings in pairs from the left, then the pairs from the right: that is what
 * keeps the heap shallow. The pairs wait in a list through their sibling links. */
static bide_timer *meld_siblings(bide_timer *list)
{
    bide_timer *pairs = NULL, *tree = NULL;
    while (list) {
        bide_timer *a = list, *b = get(a, SIBLING);
        list = b ? get(b, SIBLING) : NULL;
        a->priv[SIBLING] = NULL;
        if (b)
            b->priv[SIBLING] = NULL;
        a = meld(a, b);
        a->priv[SIBLING] = pairs;
        pairs = a;
    }
    while (pairs) {
        bide_timer *next = get(pairs, SIBLING);
        pairs->priv[SIBLING] = NULL;
        tree = meld(tree, pairs);
        pairs = next;
    }
    return tree;
}

void bide_priv_heap_insert(bide_priv_timer_heap *heap, bide_timer *timer)
{
    if (++heap->serial == 0)
        heap->serial = 1;
    timer->priv[CHILD] = NULL;
    timer->priv[SIBLING] = NULL;
    timer->priv[BACK] = NULL;
    timer->priv[SERIAL] = (void *)heap->serial;
    heap->root = meld(heap->root, timer);
}

void bide_priv_heap_remove(bide_priv_timer_heap *heap, bide_timer *timer)
{
    bide_timer *children = meld_siblings(get(timer, CHILD));
    if (timer == heap->root) {
        heap->root = children;
    } else {
        bide_timer *back = get(timer, BACK), *next = get(timer, SIBLING);
        if (get(back, CHILD) == timer)
            back->priv[CHILD] = next;
        else
            back->priv[SIBLING] = next;
        if (next)
            next->priv[BACK] = back;
        heap->root = meld(heap->root, children);
    }
    timer->priv[SERIAL] = NULL;
}

bool bide_priv_heap_holds(const bide_timer *timer)
{
    return timer->priv[SERIAL] != NULL;
}
