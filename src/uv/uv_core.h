/*
 * uv_core.h (private): the runtime, and what its objects are made of.
 *
 * An object of libuv's must live until its close callback has come, and the object of ours that
 * names it may end before. So the handle lies in a block of its own (bide_priv_uv_block), which has
 * two holders: the loop, until the close callback, and the user, until the drop. The last of them
 * frees it. The loop's end comes before the user's when the whole runtime is freed; `rt` is NULL
 * then. What is no handle but requests that cannot be stopped is a block in the same way.
 */
#ifndef BIDE_PRIV_UV_CORE_H
#define BIDE_PRIV_UV_CORE_H

#include <bide/uv.h>

#include <uv.h>

#include "../atomic.h"

/* A piece of memory for bytes on their way; rt->buffer_bytes of them follow. */
struct bide_priv_uv_buffer {
    struct bide_priv_uv_buffer *next; /* of those kept */
    bide_allocator *giver;
    char bytes[];
};

/* What is in each block, first or at an offset that its makers know. */
struct bide_priv_uv_block {
    bide_uv *rt;                              /* NULL: the loop has ended it */
    struct bide_priv_uv_block *next, *before; /* rt's list */
    bide_allocator *giver;
    void *start; /* of the memory, and how much */
    size_t bytes;
    uv_handle_t *handle; /* in the same block; NULL: it has none */
    /* Without a handle: begins to end what the loop does with it, and calls block_closed behind
     * that; may be called again meanwhile. */
    void (*close)(struct bide_priv_uv_block *block);
    /* The loop closes it by itself: wake who waits, give buffers back. Comes when that begins, and
     * when it is done. */
    void (*end)(struct bide_priv_uv_block *block);
    bool held; /* by the user */
};

struct bide_uv {
    bide_host host; /* first: a host is a runtime */
    bide_local *ex;
    uv_loop_t *loop;
    bide_allocator *allocator, *giver;
    uintptr_t thread; /* atomic: which runs the loop; 0: not known */
    uint64_t armed;   /* deadline of `timer`; UINT64_MAX: it does not run */
    bool wanted;      /* a turn, behind the next look at descriptors: idle and check run */
    bool has_tasks;   /* as of the last turn; keeps the loop alive */
    bool running;     /* bide_uv_run and _run_until: stop the loop when they are done */
    bool done;        /* the future of _run_until has ended */
    bool owns_loop;
    uint8_t open; /* of the handles below: not closed yet */
    uint32_t buffer_bytes, buffers_most, buffers_kept;
    size_t root_slab_bytes;
    struct bide_priv_uv_buffer *buffers;
    struct bide_priv_uv_buffer *shared; /* NULL, or for whatever is read next */
    struct bide_priv_uv_block *blocks;
    uv_async_t async; /* wakes from elsewhere; referenced while there are tasks */
    uv_check_t check; /* turns; active while one is wanted */
    uv_idle_t idle;   /* the same: the loop does not sleep */
    uv_timer_t timer; /* the nearest deadline */
    uv_loop_t own;
};

/* loop.c: A turn is wanted. The loop's thread. */
void bide_priv_uv_want(bide_uv *rt);
/* Wakes who waits in a slot, from a callback of libuv's. */
void bide_priv_uv_wake(bide_uv *rt, bide_waker **slot);
/* Whether a call may wait now: keeps the waker. BIDE_PENDING, or BIDE_ENOMEM. */
static inline bide_poll bide_priv_uv_park(bide_waker **slot, const bide_context *cx)
{
    return bide_waker_register(slot, cx) == BIDE_READY ? BIDE_PENDING : BIDE_ENOMEM;
}

/* Who waits for the same thing again and again. The waker is kept from one time to the next. */
struct bide_priv_uv_waiter {
    bide_waker *waker;
    bool waits; /* since the last time that it was served */
};

/* loop.c: keeps a new waker. */
bide_poll bide_priv_uv_wait_with(struct bide_priv_uv_waiter *w, const bide_context *cx);
/* Where a call has to wait: BIDE_PENDING, or BIDE_ENOMEM. */
static inline bide_poll bide_priv_uv_wait(struct bide_priv_uv_waiter *w, const bide_context *cx)
{
    if (BIDE_PRIV_UNLIKELY(w->waker != cx->waker))
        return bide_priv_uv_wait_with(w, cx);
    w->waits = true;
    return BIDE_PENDING;
}

/* Wakes it, and polls its task at once if that can be: which may drop the object. */
static inline void bide_priv_uv_serve(bide_uv *rt, struct bide_priv_uv_waiter *w)
{
    if (!w->waits)
        return;
    w->waits = false;
    if (BIDE_PRIV_UNLIKELY(!rt->ex))
        bide_waker_take_and_wake(&w->waker);
    else if (bide_local_serve(rt->ex, w->waker))
        bide_priv_uv_want(rt);
}

/* Lets go of the waker; of one that waits, by a wake that runs nothing. */
static inline void bide_priv_uv_waiter_end(struct bide_priv_uv_waiter *w)
{
    if (w->waits)
        bide_waker_take_and_wake(&w->waker);
    bide_waker_clear(&w->waker);
    w->waits = false;
}

/* block.c: memory. Zeroed bytes with a block at the offset that the loop does not know yet and the
 * user holds. */
void *bide_priv_uv_block_new_at(bide_uv *rt, size_t bytes, size_t offset);
static inline void *bide_priv_uv_block_new(bide_uv *rt, size_t bytes)
{
    return bide_priv_uv_block_new_at(rt, bytes, 0);
}
/* libuv knows its handle (or NULL) from now on, which needs a close. */
void bide_priv_uv_block_open(bide_uv *rt, struct bide_priv_uv_block *block, uv_handle_t *handle);
/* Closes it, if nobody has: the user's memory of it may go before the callback comes. */
void bide_priv_uv_block_close(struct bide_priv_uv_block *block);
/* The loop is done with it. */
void bide_priv_uv_block_closed(struct bide_priv_uv_block *block);
/* The user lets go. */
void bide_priv_uv_block_leave(struct bide_priv_uv_block *block);
/* At the end: all that is left. */
void bide_priv_uv_blocks_end(bide_uv *rt);

struct bide_priv_uv_buffer *bide_priv_uv_buffer_new(bide_uv *rt);
void bide_priv_uv_buffer_free(bide_uv *rt, struct bide_priv_uv_buffer *buffer);
void bide_priv_uv_buffers_end(bide_uv *rt);

/* NULL: no memory. */
static inline struct bide_priv_uv_buffer *bide_priv_uv_buffer_take(bide_uv *rt)
{
    struct bide_priv_uv_buffer *b = rt->buffers;
    if (BIDE_PRIV_UNLIKELY(!b))
        return bide_priv_uv_buffer_new(rt);
    rt->buffers = b->next;
    rt->buffers_kept--;
    return b;
}

static inline void bide_priv_uv_buffer_give(bide_uv *rt, struct bide_priv_uv_buffer **buffer)
{
    struct bide_priv_uv_buffer *b = *buffer;
    *buffer = NULL;
    if (!b)
        return;
    if (BIDE_PRIV_UNLIKELY(rt->buffers_kept >= rt->buffers_most)) {
        bide_priv_uv_buffer_free(rt, b);
        return;
    }
    b->next = rt->buffers;
    rt->buffers = b;
    rt->buffers_kept++;
}

#endif
