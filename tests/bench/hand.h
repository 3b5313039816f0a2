/*
 * hand.h: the least that hand-written asynchronous C needs: a waker, a context, a boxed future, an
 * interface with one method. The workloads in hand.c are written on it, each as the state machine
 * that its author would write knowing everything about that workload: the limit for a library.
 */
#ifndef HAND_H
#define HAND_H

#include <stdbool.h>
#include <stddef.h>

#include "bench.h"

#ifdef BIDE_USE_MIMALLOC
#include <mimalloc.h>
#define HEAP "mimalloc"
#define heap_get(bytes) mi_malloc(bytes)
#define heap_put(block) mi_free(block)
#else
#define HEAP "heap"
#define heap_get(bytes) malloc(bytes)
#define heap_put(block) free(block)
#endif

enum { PENDING, READY, MISUSE };

struct waker {
    void (*wake_by_ref)(struct waker *waker);
    bool woken;
};

/* Memory of one task for frames that wait: a bump allocator that starts anew when it is empty. */
struct slab {
    char *top;
    size_t live;
    _Alignas(16) char bytes[1024];
};

struct context {
    struct waker *waker;
    struct slab slab;
};

/* A future that waits begins with its poll function, so one pointer is a box. */
struct frame {
    int (*poll)(struct frame *frame, struct context *cx, uint32_t *out);
};

struct adder_vtable {
    /* Runs at once. NULL: done, *out is written. Else the frame of what must wait. */
    struct frame *(*start)(void *self, uint32_t a, uint32_t b, struct context *cx, uint32_t *out);
};

struct adder {
    void *self;
    const struct adder_vtable *vtable;
};

struct leaf {
    uint32_t last;
};

struct link {
    struct adder next;
};

#endif
