/*
 * pool_trace.c: await trees of a pool's tasks, while its threads run.
 *
 * A task that waits is held while its frame is looked at: a turn that comes then is skipped, and
 * made up for afterwards. The list of a shard is locked as long as it is written.
 */
#include "pool_core.h"
#include "trace_tasks.h"

static void show(bide_priv_trace_writer *w, bide_priv_pool_task *t)
{
    bool is_aborted;
    enum bide_priv_pool_standing standing = bide_priv_pool_task_hold(t, &is_aborted);
    bide_priv_trace_begin_task(w, bide_priv_pool_vtable.name((const bide_task *)(const void *)t));
    if (standing == BIDE_PRIV_POOL_DONE) {
        bide_priv_trace_say_ended(w, t->code);
    } else {
        if (is_aborted)
            bide_priv_trace_say(w, "aborted");
        bide_priv_trace_say(w, standing == BIDE_PRIV_POOL_RUNS    ? "running"
                               : standing == BIDE_PRIV_POOL_READY ? "ready"
                                                                  : "waiting");
        if (standing != BIDE_PRIV_POOL_RUNS)
            bide_priv_trace_walk(w, t->type, bide_priv_block_frame(t, t->type));
    }
    bide_priv_trace_end_task(w);
    if (standing == BIDE_PRIV_POOL_WAITS || standing == BIDE_PRIV_POOL_READY)
        bide_priv_pool_task_release(t);
}

bide_poll bide_priv_pool_trace(bide_task *task, const bide_trace_options *options)
{
    bide_priv_pool_task *t = bide_priv_pool_task_of(task);
    bide_thread_pool *pool = t->pool;
    bide_priv_trace_writer w;
    bide_priv_trace_begin(&w, options);
    pthread_mutex_lock(&pool->trace_lock);
    show(&w, t);
    pthread_mutex_unlock(&pool->trace_lock);
    bide_priv_trace_end(&w);
    return BIDE_READY;
}

void bide_trace_thread_pool(bide_thread_pool *pool, const bide_trace_options *options)
{
    bide_priv_trace_writer w;
    bide_priv_pool_task *t;
    bide_thread_pool_stats stats;
    uint32_t i;
    stats.size = (uint32_t)sizeof stats;
    bide_thread_pool_get_stats(pool, &stats);
    bide_priv_trace_begin(&w, options);
    pthread_mutex_lock(&pool->trace_lock);
    bide_priv_trace_begin_executor(&w, pool->name, stats.tasks);
    for (i = 0; i < pool->workers; i++) {
        bide_priv_pool_shard *s = &pool->worker[i].shard;
        pthread_mutex_lock(&s->lock);
        for (t = s->first; t; t = t->after)
            show(&w, t);
        pthread_mutex_unlock(&s->lock);
    }
    bide_priv_trace_end_task(&w);
    pthread_mutex_unlock(&pool->trace_lock);
    bide_priv_trace_end(&w);
}
