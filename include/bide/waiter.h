/*
 * bide/waiter.h: what a future that waits in a queue keeps in its frame.
 *
 * Included by the headers of what one can wait for (mutex.h, semaphore.h, channel.h, ...); there is
 * nothing here to call. Waiting allocates nothing: a node lies in the frame of the future that
 * waits, and the object that it waits for keeps a list of them, first come first served. A node
 * leaves the list when its turn comes, with the turn noted in the node, or when its future is
 * dropped; a future that is dropped with a turn that it did not use passes it on.
 */
#ifndef BIDE_WAITER_H
#define BIDE_WAITER_H

#include <bide/waker.h>

/* Private: a place in the queue. All zero: not in one. Guarded by the lock of the object. */
typedef struct bide_priv_waiter {
    struct bide_priv_waiter *prev, *next;
    bide_waker *waker; /* a clone, while it waits */
    size_t wants;      /* what it waits for, if that has an amount */
    uint32_t state;    /* src/wait_list.h */
} bide_priv_waiter;

/* Private: a queue. All zero: empty. */
typedef struct bide_priv_wait_list {
    bide_priv_waiter *first, *last;
} bide_priv_wait_list;

#endif
