/*
 * pool_slab.c: the slab of a pool's task, taken when the task first wants a frame.
 *
 * Until then the task's context names the worker's `lazy` allocator, which takes the slab and puts
 * it into the context. It never gives a block of its own: the giver is the slab, or its upstream,
 * the pool's allocator. A slab is entered by the worker that polls its task, and goes with the task
 * from one to the next. When its last block has come back on one of the pool's threads, that thread
 * keeps it for the next task.
 */
#include "pool_core.h"

/* A slab in the pool's hands: what lies before the slab's own memory. */
struct bide_priv_slab_kept {
    bide_slab slab;
    bide_thread_pool *pool;
    bide_allocator *giver;
    struct bide_priv_slab_kept *next;
    size_t bytes; /* of the whole block */
};

#define ALIGN BIDE_PRIV_ALIGNOF(struct bide_priv_slab_kept)

/* The slab has retired and its last block is back: called by any thread. */
static void slab_released(bide_slab *slab)
{
    struct bide_priv_slab_kept *b = (struct bide_priv_slab_kept *)(void *)slab;
    bide_thread_pool *pool = b->pool;
    bide_priv_pool_worker *w = bide_priv_pool_here(pool);
    if (w && w->slabs_kept < pool->slabs_most && b->bytes == sizeof *b + pool->slab_bytes) {
        b->next = w->slabs;
        w->slabs = b;
        w->slabs_kept++;
    } else {
        bide_free(b->giver, b, b->bytes, ALIGN);
    }
    bide_priv_pool_release(pool);
}

static struct bide_priv_slab_kept *new_block(bide_priv_pool_worker *w, size_t bytes)
{
    struct bide_priv_slab_kept *b = w->slabs;
    bide_allocator *giver;
    if (b && bytes == w->pool->slab_bytes) {
        w->slabs = b->next;
        w->slabs_kept--;
        return b;
    }
    b = bide_alloc(w->pool->allocator, sizeof *b + bytes, ALIGN, &giver);
    if (!b)
        return NULL;
    b->pool = w->pool;
    b->giver = giver;
    b->bytes = sizeof *b + bytes;
    bide_priv_pool_count(&w->slabs_made, 1);
    return b;
}

static size_t slab_bytes(const bide_priv_pool_task *t)
{
    size_t own = t->has_extra ? bide_priv_block_extra(t, t->type)->slab_bytes : 0;
    return own ? own : t->pool->slab_bytes;
}

/* Gives the task that is being polled its slab. False: it wants none, or there is no memory. */
static bool take_slab(bide_priv_pool_worker *w, bide_priv_pool_task *t)
{
    size_t bytes = slab_bytes(t);
    struct bide_priv_slab_kept *b = bytes ? new_block(w, bytes) : NULL;
    if (!b)
        return false;
    bide_slab_init(&b->slab, b + 1, bytes, w->pool->allocator, slab_released);
    bide_slab_enter(&b->slab);
    bide_priv_pool_retain(w->pool);
    t->slab = &b->slab;
    return true;
}

void *bide_priv_pool_lazy_alloc(bide_allocator *self, size_t bytes, size_t align,
                                bide_allocator **giver)
{
    bide_priv_pool_worker *w =
        (bide_priv_pool_worker *)(void *)((char *)self - offsetof(bide_priv_pool_worker, lazy));
    bide_allocator *a = w->pool->allocator;
    /* Not the thread's own, or kept from one task's context for another's: still right. */
    if (bide_priv_current == w && w->current) {
        bide_priv_pool_task *t = w->current;
        if (t->slab || take_slab(w, t))
            a = &t->slab->base;
        if (w->cx.allocator == self)
            w->cx.allocator = a;
    }
    return bide_alloc(a, bytes, align, giver);
}

/* The task has ended. */
void bide_priv_pool_slab_retire(bide_priv_pool_task *t)
{
    bide_slab *slab = t->slab;
    t->slab = NULL;
    if (slab)
        bide_slab_retire(slab);
}

/* The worker has ended: frees what it keeps. */
void bide_priv_pool_slabs_free(bide_priv_pool_worker *w)
{
    while (w->slabs) {
        struct bide_priv_slab_kept *b = w->slabs;
        w->slabs = b->next;
        bide_free(b->giver, b, b->bytes, ALIGN);
    }
}
