/*
 * pool_run.c: spawning, the turns of a task, and its end.
 */
#include "pool_core.h"

#include <bide/bounds.h>

/* ---- the list of tasks -------------------------------------------------------------------- */

/* Strangers' tasks go to all shards in turn. */
static bide_priv_pool_shard *choose_shard(bide_thread_pool *pool, bide_priv_pool_task *t)
{
    bide_priv_pool_worker *w = bide_priv_pool_here(pool);
    size_t i =
        w ? (size_t)(w - pool->worker)
          : bide_priv_add_relaxed(BIDE_PRIV_SIZE(&pool->injected), (size_t)1) % pool->workers;
    t->shard = (uint16_t)i;
    return &pool->worker[i].shard;
}

/* False, and nothing is done, when the pool is ending: whoever ends it looks at the shards later.
 * The same for who cancels. */
static bool link_task(bide_thread_pool *pool, bide_priv_pool_task *t)
{
    bide_priv_pool_shard *s = choose_shard(pool, t);
    bool is_open;
    pthread_mutex_lock(&s->lock);
    is_open = bide_priv_load_relaxed(BIDE_PRIV_U32(&pool->phase)) == BIDE_PRIV_POOL_OPEN;
    if (is_open) {
        t->after = NULL;
        t->ahead = s->last;
        if (s->last)
            s->last->after = t;
        else
            s->first = t;
        s->last = t;
        s->count++;
        (void)bide_priv_add_relaxed(BIDE_PRIV_SIZE(&pool->tasks), (size_t)1);
        if (bide_priv_load_relaxed(BIDE_PRIV_U32(&pool->canceling)) != 0)
            bide_priv_pool_abort(t);
    }
    pthread_mutex_unlock(&s->lock);
    return is_open;
}

static void unlink_task(bide_thread_pool *pool, bide_priv_pool_task *t)
{
    bide_priv_pool_shard *s = &pool->worker[t->shard].shard;
    pthread_mutex_lock(&s->lock);
    if (t->ahead)
        t->ahead->after = t->after;
    else
        s->first = t->after;
    if (t->after)
        t->after->ahead = t->ahead;
    else
        s->last = t->ahead;
    s->count--;
    pthread_mutex_unlock(&s->lock);
}

/* ---- spawning ----------------------------------------------------------------------------- */

bide_poll bide_priv_pool_spawn_begin(bide_runtime *rt, const bide_type *type,
                                     const bide_spawn_options *options, bide_task **task,
                                     void **frame)
{
    bide_thread_pool *pool = bide_priv_pool_of(rt);
    bide_spawn_options o = bide_priv_complete_spawn(options);
    bide_allocator *a = o.allocator ? o.allocator : pool->allocator, *giver;
    bool has_extra = bide_priv_wants_extra(&o);
    bide_priv_pool_task *t;
    *task = NULL;
    *frame = NULL;
    if (bide_type_require_send(type) != BIDE_READY || !(a->flags & BIDE_FREE_ANY_THREAD))
        return BIDE_EMISUSE;
    if (bide_priv_load_relaxed(BIDE_PRIV_U32(&pool->phase)) != BIDE_PRIV_POOL_OPEN ||
        bide_priv_load_relaxed(BIDE_PRIV_U32(&pool->canceling)) != 0)
        return BIDE_ECANCELED;
    t = bide_alloc(a, bide_priv_block_bytes(type, has_extra), bide_priv_block_align(type), &giver);
    if (!t)
        return bide_priv_no_memory(a);
    memset(t, 0, sizeof *t);
    t->pool = pool;
    t->type = type;
    t->giver = giver;
    t->has_extra = has_extra;
    if (has_extra)
        bide_priv_keep_extra(t, type, &o);
    bide_priv_pool_task_init(t);
    bide_priv_pool_retain(pool);
    *task = (bide_task *)(void *)t;
    *frame = bide_priv_block_frame(t, type);
    return BIDE_READY;
}

/* Nobody has a reference: gives the block back, and with it its reference to the pool. */
void bide_priv_pool_dispose(bide_priv_pool_task *t)
{
    bide_thread_pool *pool = t->pool;
    bide_free(t->giver, t, bide_priv_block_bytes(t->type, t->has_extra),
              bide_priv_block_align(t->type));
    bide_priv_pool_release(pool);
}

void bide_priv_pool_spawn_abandon(bide_runtime *rt, bide_task *task)
{
    (void)rt;
    bide_priv_pool_dispose(bide_priv_pool_task_of(task));
}

/* ---- turns -------------------------------------------------------------------------------- */

/* The frame has ended and the output, if there is one, is in its place. `done` is told before any
 * join handle, so that who awaits the task may free what that needs. */
static void end_task(bide_priv_pool_task *t, bide_poll code)
{
    bide_priv_pool_slab_retire(t);
    t->code = code;
    if (t->has_extra)
        bide_priv_tell_done(t, t->type, code);
}

static void drop_frame(bide_priv_pool_task *t)
{
    if (t->slab)
        bide_slab_enter(t->slab);
    t->type->drop(bide_priv_block_frame(t, t->type));
    if (t->slab)
        bide_slab_leave(t->slab);
}

void bide_priv_pool_spawn_commit(bide_runtime *rt, bide_task *task, bool keep)
{
    bide_thread_pool *pool = bide_priv_pool_of(rt);
    bide_priv_pool_task *t = bide_priv_pool_task_of(task);
    bool is_aborted;
    if (keep)
        bide_priv_pool_vtable.ref(task);
    if (link_task(pool, t)) {
        bide_priv_pool_schedule(pool, t, BIDE_PRIV_POOL_LAST);
        return;
    }
    /* The pool began to end between the two steps. */
    (void)bide_priv_pool_task_take(t, &is_aborted);
    drop_frame(t);
    end_task(t, BIDE_ECANCELED);
    bide_priv_pool_task_finish(t);
}

/* The frame is over before its end is told, and a small output takes its place: it is received
 * beside it first. */
static bide_poll poll_task(bide_priv_pool_worker *w, bide_priv_pool_task *t)
{
    BIDE_PRIV_ALIGNAS(64) unsigned char small[BIDE_PRIV_TASK_SMALL];
    const bide_type *ty = t->type;
    uint32_t bytes = ty->output_size;
    void *place = bytes ? bide_priv_block_output(t, ty) : NULL;
    void *out = bytes > sizeof small ? place : bytes ? small : NULL;
    bide_poll r = ty->poll(bide_priv_block_frame(t, ty), &w->cx, out);
    if (out == small && r == BIDE_READY)
        memcpy(place, small, bytes);
    return r;
}

/* An aborted task whose cleanup must itself wait is cancelled, over as many turns as that takes,
 * unless the pool ends. */
static bide_poll cancel_task(bide_priv_pool_worker *w, bide_priv_pool_task *t)
{
    void *frame = bide_priv_block_frame(t, t->type);
    bool ends = bide_priv_load_relaxed(BIDE_PRIV_U32(&w->pool->phase)) != BIDE_PRIV_POOL_OPEN;
    if (!ends && t->type->cancel)
        return t->type->cancel(frame, &w->cx) == BIDE_PENDING ? BIDE_PENDING : BIDE_ECANCELED;
    t->type->drop(frame);
    return BIDE_ECANCELED;
}

void bide_priv_pool_turn(bide_priv_pool_worker *w, bide_priv_pool_task *t)
{
    bide_thread_pool *pool = w->pool;
    bool is_aborted;
    bide_poll r;
    if (!bide_priv_pool_task_take(t, &is_aborted))
        return;
    bide_priv_pool_count(&w->polls, 1);
    w->current = t;
    w->cx.waker = &t->waker;
    w->cx.allocator = t->slab ? &t->slab->base : &w->lazy;
    if (t->slab)
        bide_slab_enter(t->slab);
    r = is_aborted ? cancel_task(w, t) : poll_task(w, t);
    if (t->slab)
        bide_slab_leave(t->slab);
    w->current = NULL;
    if (r == BIDE_PENDING) {
        bide_priv_pool_task_rest(t);
        return;
    }
    end_task(t, r);
    unlink_task(pool, t);
    bide_priv_pool_task_finish(t);
    bide_priv_pool_ended(pool);
}
