/*
 * pool.c: the life of a thread pool: its threads, waiting for its tasks, its end.
 */
#if !defined(_GNU_SOURCE) && !defined(_POSIX_C_SOURCE)
#define _POSIX_C_SOURCE 200809L
#endif

#include "pool_core.h"

#include <bide/time.h>

#include <errno.h>
#include <time.h>
#include <unistd.h>

#define ALIGN BIDE_PRIV_ALIGNOF(bide_thread_pool)

/* ---- the runtime -------------------------------------------------------------------------- */

static uint64_t runtime_now(bide_runtime *rt)
{
    return bide_priv_hub_now(&bide_priv_pool_of(rt)->hub);
}

static bide_poll runtime_offload(bide_runtime *rt, bide_job *job)
{
    return bide_priv_hub_offload(&bide_priv_pool_of(rt)->hub, job);
}

static const bide_runtime_vtable pool_vtable = {
    .size = sizeof(bide_runtime_vtable),
    .name = "pool",
    .now = runtime_now,
    .timer_start = bide_priv_pool_timer_start,
    .timer_stop = bide_priv_pool_timer_stop,
    .offload = runtime_offload,
    .spawn_begin = bide_priv_pool_spawn_begin,
    .spawn_commit = bide_priv_pool_spawn_commit,
    .spawn_abandon = bide_priv_pool_spawn_abandon,
};

bide_runtime *bide_thread_pool_runtime(bide_thread_pool *pool)
{
    return &pool->runtime;
}

/* ---- memory ------------------------------------------------------------------------------- */

/* Undoes make, as far as it has come: `workers` of them are whole, and the first `parts` others. */
static void unmake(bide_thread_pool *pool, uint32_t workers, int parts)
{
    while (workers-- > 0) {
        bide_priv_park_end(&pool->worker[workers].parker);
        pthread_mutex_destroy(&pool->worker[workers].shard.lock);
    }
    if (parts > 4)
        pthread_cond_destroy(&pool->ended);
    if (parts > 3)
        pthread_mutex_destroy(&pool->wait_lock);
    if (parts > 2)
        pthread_mutex_destroy(&pool->trace_lock);
    if (parts > 1)
        pthread_mutex_destroy(&pool->backlog_lock);
    if (parts > 0)
        bide_priv_hub_end(&pool->hub);
    bide_free(pool->giver, pool, pool->bytes, ALIGN);
}

enum { ALL_PARTS = 5 };

void bide_priv_pool_retain(bide_thread_pool *pool)
{
    (void)bide_priv_add_relaxed(BIDE_PRIV_SIZE(&pool->refs), (size_t)1);
}

void bide_priv_pool_release(bide_thread_pool *pool)
{
    if (bide_priv_sub_acq_rel(BIDE_PRIV_SIZE(&pool->refs), (size_t)1) == 1)
        unmake(pool, pool->workers, ALL_PARTS);
}

/* The condition's time-outs are on the monotonic clock. */
static bool init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t how;
    bool is_made;
    if (pthread_condattr_init(&how) != 0)
        return false;
    is_made = pthread_condattr_setclock(&how, CLOCK_MONOTONIC) == 0 &&
              pthread_cond_init(condition, &how) == 0;
    pthread_condattr_destroy(&how);
    return is_made;
}

static int init_parts(bide_thread_pool *pool, const bide_thread_pool_options *o)
{
    if (!bide_priv_hub_init(&pool->hub, o->clock, o->allocator, o->offload_threads))
        return 0;
    if (pthread_mutex_init(&pool->backlog_lock, NULL) != 0)
        return 1;
    if (pthread_mutex_init(&pool->trace_lock, NULL) != 0)
        return 2;
    if (pthread_mutex_init(&pool->wait_lock, NULL) != 0)
        return 3;
    return init_condition(&pool->ended) ? ALL_PARTS : 4;
}

static void free_nothing(bide_allocator *giver, void *block, size_t bytes, size_t align)
{
    /* `lazy` is never a giver. */
    (void)giver, (void)block, (void)bytes, (void)align;
}

static bool init_worker(bide_thread_pool *pool, uint32_t i)
{
    bide_priv_pool_worker *w = &pool->worker[i];
    w->pool = pool;
    w->random = i + 1;
    w->lazy = (bide_allocator){.size = sizeof w->lazy,
                               .flags = pool->allocator->flags & BIDE_ALLOC_FIXED,
                               .alloc = bide_priv_pool_lazy_alloc,
                               .free = free_nothing};
    w->cx.size = (uint32_t)sizeof w->cx;
    w->cx.runtime = &pool->runtime;
    if (pthread_mutex_init(&w->shard.lock, NULL) != 0)
        return false;
    if (bide_priv_park_init(&w->parker))
        return true;
    pthread_mutex_destroy(&w->shard.lock);
    return false;
}

/* A pool without threads yet. The options are complete. */
bide_poll bide_priv_pool_make(const bide_thread_pool_options *o, bide_thread_pool **out)
{
    size_t bytes = sizeof(bide_thread_pool) + o->threads * sizeof(bide_priv_pool_worker);
    bide_allocator *giver;
    bide_thread_pool *pool = bide_alloc(o->allocator, bytes, ALIGN, &giver);
    uint32_t i = 0;
    int parts;
    *out = NULL;
    if (!pool)
        return bide_priv_no_memory(o->allocator);
    memset(pool, 0, bytes);
    pool->runtime.vtable = &pool_vtable;
    pool->allocator = o->allocator;
    pool->giver = giver;
    pool->bytes = bytes;
    pool->slab_bytes = o->slab_bytes;
    pool->slabs_most = o->slab_cache;
    pool->workers = o->threads;
    pool->name = o->name ? o->name : "pool";
    pool->refs = 1;
    pool->hub.poke = bide_priv_pool_poke;
    parts = init_parts(pool, o);
    while (parts == ALL_PARTS && i < pool->workers && init_worker(pool, i))
        i++;
    if (i < pool->workers) {
        unmake(pool, i, parts);
        return BIDE_ENOMEM;
    }
    *out = pool;
    return BIDE_READY;
}

/* ---- threads ------------------------------------------------------------------------------ */

static void *thread_main(void *arg)
{
    bide_priv_pool_work(arg);
    return NULL;
}

/* Waits for the first `n` threads, which must be on their way out. */
static void join_threads(bide_thread_pool *pool, uint32_t n)
{
    uint32_t i;
    for (i = 0; i < n; i++)
        pthread_join(pool->worker[i].thread, NULL);
    for (i = 0; i < pool->workers; i++)
        bide_priv_pool_slabs_free(&pool->worker[i]);
}

static uint32_t count_processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > (long)BIDE_THREAD_POOL_MOST ? BIDE_THREAD_POOL_MOST : (uint32_t)n;
}

bide_poll bide_priv_thread_pool_new(const bide_thread_pool_options *options, bide_thread_pool **out)
{
    bide_thread_pool_options o = bide_thread_pool_options_init();
    const uint32_t any_thread = BIDE_ALLOC_ANY_THREAD | BIDE_FREE_ANY_THREAD;
    bide_thread_pool *pool;
    uint32_t i;
    bide_poll r;
    memcpy(&o, options, options->size < sizeof o ? options->size : sizeof o);
    *out = NULL;
    if (!o.allocator || (o.allocator->flags & any_thread) != any_thread ||
        o.threads > BIDE_THREAD_POOL_MOST)
        return BIDE_EMISUSE;
    if (o.threads == 0)
        o.threads = count_processors();
    r = bide_priv_pool_make(&o, &pool);
    if (r != BIDE_READY)
        return r;
    for (i = 0; i < pool->workers; i++)
        if (bide_priv_start_thread(&pool->worker[i].thread, thread_main, &pool->worker[i],
                                   o.stack_bytes) != 0)
            break;
    if (i < pool->workers) {
        bide_priv_pool_begin_close(pool);
        join_threads(pool, i);
        bide_priv_pool_end_close(pool);
        return BIDE_ENOMEM;
    }
    *out = pool;
    return BIDE_READY;
}

/* ---- waiting ------------------------------------------------------------------------------ */

static size_t count_tasks(bide_thread_pool *pool)
{
    return bide_priv_load_seq_cst(BIDE_PRIV_SIZE(&pool->tasks));
}

/* The one who counts to nothing and the one who waits: of counting and looking, on both sides, one
 * sees the other. */
void bide_priv_pool_ended(bide_thread_pool *pool)
{
    if (atomic_fetch_sub(BIDE_PRIV_SIZE(&pool->tasks), (size_t)1) != 1)
        return;
    if (bide_priv_load_seq_cst(BIDE_PRIV_U32(&pool->waiters)) != 0) {
        pthread_mutex_lock(&pool->wait_lock);
        pthread_cond_broadcast(&pool->ended);
        pthread_mutex_unlock(&pool->wait_lock);
    }
    if (bide_priv_load_seq_cst(BIDE_PRIV_U32(&pool->phase)) == BIDE_PRIV_POOL_CLOSED)
        bide_priv_pool_wake_all(pool);
}

/* So many milliseconds from now, on the monotonic clock. */
static struct timespec time_after(uint64_t ms)
{
    const uint64_t second = 1000000000u;
    uint64_t now = bide_priv_monotonic(), longest = 1000000u * second, end;
    struct timespec t;
    end = now + (bide_ms(ms) < longest ? bide_ms(ms) : longest);
    t.tv_sec = (time_t)(end / second);
    t.tv_nsec = (long)(end % second);
    return t;
}

bide_poll bide_thread_pool_wait(bide_thread_pool *pool, uint64_t ms)
{
    struct timespec end;
    int error = 0;
    if (bide_priv_current)
        return BIDE_EMISUSE;
    end = time_after(ms);
    pthread_mutex_lock(&pool->wait_lock);
    (void)atomic_fetch_add(BIDE_PRIV_U32(&pool->waiters), 1u);
    while (count_tasks(pool) != 0 && error == 0)
        error = ms == UINT64_MAX ? pthread_cond_wait(&pool->ended, &pool->wait_lock)
                                 : pthread_cond_timedwait(&pool->ended, &pool->wait_lock, &end);
    (void)atomic_fetch_sub(BIDE_PRIV_U32(&pool->waiters), 1u);
    pthread_mutex_unlock(&pool->wait_lock);
    return count_tasks(pool) == 0 ? BIDE_READY : BIDE_PENDING;
}

static void abort_all(bide_thread_pool *pool)
{
    bide_priv_pool_task *t;
    uint32_t i;
    for (i = 0; i < pool->workers; i++) {
        bide_priv_pool_shard *s = &pool->worker[i].shard;
        pthread_mutex_lock(&s->lock);
        for (t = s->first; t; t = t->after)
            bide_priv_pool_abort(t);
        pthread_mutex_unlock(&s->lock);
    }
}

bide_poll bide_thread_pool_cancel(bide_thread_pool *pool, uint64_t ms)
{
    bide_poll r;
    if (bide_priv_current)
        return BIDE_EMISUSE;
    (void)atomic_fetch_add(BIDE_PRIV_U32(&pool->canceling), 1u);
    abort_all(pool);
    r = bide_thread_pool_wait(pool, ms);
    (void)atomic_fetch_sub(BIDE_PRIV_U32(&pool->canceling), 1u);
    return r;
}

/* ---- the end ------------------------------------------------------------------------------ */

/* No task comes any more, all are aborted, and the threads leave after the last of them. */
void bide_priv_pool_begin_close(bide_thread_pool *pool)
{
    bide_priv_store_seq_cst(BIDE_PRIV_U32(&pool->phase), (uint32_t)BIDE_PRIV_POOL_CLOSING);
    abort_all(pool);
    bide_priv_store_seq_cst(BIDE_PRIV_U32(&pool->phase), (uint32_t)BIDE_PRIV_POOL_CLOSED);
    bide_priv_pool_wake_all(pool);
}

/* The threads have left. */
void bide_priv_pool_end_close(bide_thread_pool *pool)
{
    bide_priv_hub_close(&pool->hub);
    bide_priv_hub_orphan_timers(&pool->hub);
    bide_priv_pool_release(pool);
}

/* Also when the task has gone into an executor of its own meanwhile. */
static bool is_own_thread(bide_thread_pool *pool)
{
    uint32_t i;
    for (i = 0; i < pool->workers; i++)
        if (pthread_equal(pthread_self(), pool->worker[i].thread))
            return true;
    return false;
}

bide_poll bide_thread_pool_free(bide_thread_pool *pool)
{
    if (!pool)
        return BIDE_READY;
    if (is_own_thread(pool))
        return BIDE_EMISUSE;
    bide_priv_pool_begin_close(pool);
    join_threads(pool, pool->workers);
    bide_priv_pool_end_close(pool);
    return BIDE_READY;
}

/* ---- figures ------------------------------------------------------------------------------ */

static uint64_t load(size_t *count)
{
    return bide_priv_load_relaxed(BIDE_PRIV_SIZE(count));
}

void bide_thread_pool_get_stats(bide_thread_pool *pool, bide_thread_pool_stats *stats)
{
    uint32_t size = stats->size, i;
    bide_thread_pool_stats sum = {.size = (uint32_t)sizeof sum, .threads = pool->workers};
    for (i = 0; i < pool->workers; i++) {
        bide_priv_pool_worker *w = &pool->worker[i];
        sum.polls += load(&w->polls);
        sum.steals += load(&w->steals);
        sum.stolen += load(&w->stolen);
        sum.injected += load(&w->injected);
        sum.sleeps += load(&w->sleeps);
        sum.slabs += load(&w->slabs_made);
        pthread_mutex_lock(&w->shard.lock);
        sum.tasks += w->shard.count;
        pthread_mutex_unlock(&w->shard.lock);
    }
    memcpy(stats, &sum, size < sizeof sum ? size : sizeof sum);
    stats->size = size;
}
