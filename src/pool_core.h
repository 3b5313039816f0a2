/*
 * pool_core.h (private): the parts of a thread pool, as pool*.c share them.
 *
 * A task is in at most one queue: a worker's ring or slot, or the shared queue, which has two
 * halves: the stack `incoming`, where anybody pushes without a lock (signal handlers, too), and the
 * list `backlog`, from which workers take under a lock, oldest first. pool_task.c tells the states
 * of a task, pool_sched.c who sleeps and who is woken.
 *
 * The pool is counted: by its owner, each task's block, each started timer and each slab.
 */
#ifndef BIDE_PRIV_POOL_CORE_H
#define BIDE_PRIV_POOL_CORE_H

#include <bide/alloc_slab.h>
#include <bide/pool.h>

#include "atomic.h"
#include "hub.h"
#include "park.h"
#include "task_block.h"

/* Places in a worker's ring: a power of two. The model makes do with fewer. */
#ifndef BIDE_PRIV_POOL_RING
#define BIDE_PRIV_POOL_RING 256u
#endif

#define BIDE_PRIV_POOL_LINE 64 /* words that different threads write lie so far apart */

typedef struct bide_priv_pool_task bide_priv_pool_task;
typedef struct bide_priv_pool_worker bide_priv_pool_worker;

/* A task's header; task_block.h tells what follows it. */
struct bide_priv_pool_task {
    bide_waker waker; /* first: a waker is a task */
    bide_thread_pool *pool;
    const bide_type *type;
    uintptr_t state;           /* atomic; pool_task.c */
    bide_priv_pool_task *next; /* in a queue; whoever has scheduled it */
    bide_priv_pool_task *after;
    bide_priv_pool_task *ahead; /* in the list of its shard; under that lock */
    bide_waker *joiner;         /* who awaits the end; under the state's lock */
    bide_allocator *giver;
    bide_slab *slab; /* taken at the first wish; whoever runs it */
    bide_poll code;  /* how it ended */
    uint16_t shard;
    bool has_extra;
};

BIDE_PRIV_ASSERT(sizeof(bide_priv_pool_task) <= BIDE_PRIV_TASK_HEADER,
                 "a pool task's header fits its place");

/* A part of the tasks that have not ended, oldest first; a task stays in the one that it was
 * spawned into. */
typedef struct bide_priv_pool_shard {
    pthread_mutex_t lock;
    bide_priv_pool_task *first, *last;
    size_t count;
} bide_priv_pool_shard;

struct bide_priv_slab_kept;

struct bide_priv_pool_worker {
    const void *no_runtime; /* first: NULL, where a bide_local has its runtime */
    bide_thread_pool *pool;
    pthread_t thread;

    /* The thread's own. */
    bide_context cx;
    bide_allocator lazy; /* stands in for a slab that has not been taken yet */
    bide_priv_pool_task *current;
    struct bide_priv_slab_kept *slabs;
    uint32_t slabs_kept;
    uint32_t slot_turns; /* so often the slot may still go before the ring */
    uint32_t tick;
    uint32_t random;
    bool is_searching; /* counts in pool->idle */

    /* What it has done: written by the thread, read by anyone. */
    size_t polls, steals, stolen, injected, sleeps, slabs_made;

    bide_priv_pool_shard shard;

    BIDE_PRIV_ALIGNAS(BIDE_PRIV_POOL_LINE) bide_priv_parker parker;
    void *slot;    /* atomic: woken last; goes first */
    uint32_t head; /* atomic: next to be taken, by anyone */
    /* Both atomic: the next free place, the thread's own; and the places. */
    BIDE_PRIV_ALIGNAS(BIDE_PRIV_POOL_LINE) uint32_t tail;
    void *ring[BIDE_PRIV_POOL_RING];
};

enum bide_priv_pool_phase {
    BIDE_PRIV_POOL_OPEN,
    BIDE_PRIV_POOL_CLOSING, /* no more spawns; tasks are dropped */
    BIDE_PRIV_POOL_CLOSED   /* no task can come any more: threads end after the last */
};

struct bide_thread_pool {
    bide_runtime runtime; /* first: a runtime is a pool */
    bide_allocator *allocator;
    bide_allocator *giver;
    size_t bytes; /* of the whole block */
    size_t slab_bytes;
    uint32_t slabs_most;
    uint32_t workers;
    const char *name;
    uint32_t phase;     /* atomic */
    uint32_t canceling; /* atomic: calls of cancel under way, which refuse spawns, too */

    BIDE_PRIV_ALIGNAS(BIDE_PRIV_POOL_LINE) size_t refs; /* atomic */
    size_t tasks;    /* atomic: whose end has not been told everyone */
    size_t injected; /* atomic: where the next task of a stranger goes */

    BIDE_PRIV_ALIGNAS(BIDE_PRIV_POOL_LINE) uint32_t idle; /* atomic: searching, and asleep */
    uint32_t keeper; /* atomic: the worker that sleeps until the nearest timer, and 1; or 0 */
    uint32_t asking; /* atomic: a worker asks the clock of the user's */

    BIDE_PRIV_ALIGNAS(BIDE_PRIV_POOL_LINE) void *incoming; /* atomic: newest first */

    BIDE_PRIV_ALIGNAS(BIDE_PRIV_POOL_LINE) pthread_mutex_t backlog_lock;
    bide_priv_pool_task *backlog_first, *backlog_last;
    size_t backlog; /* atomic: how many; written under the lock */

    bide_priv_hub hub;
    pthread_mutex_t trace_lock; /* one thread at a time holds tasks */

    /* Who waits for the last task to end. */
    pthread_mutex_t wait_lock;
    pthread_cond_t ended;
    uint32_t waiters; /* atomic */

    bide_priv_pool_worker worker[];
};

static inline bide_thread_pool *bide_priv_pool_of(bide_runtime *rt)
{
    return (bide_thread_pool *)(void *)rt;
}

static inline bide_priv_pool_task *bide_priv_pool_task_of(const bide_task *t)
{
    return (bide_priv_pool_task *)(void *)(uintptr_t)t;
}

/* What this thread is inside of; executor.c. */
extern _Thread_local void *bide_priv_current;

/* The pool's worker that this thread is inside of, or NULL. */
static inline bide_priv_pool_worker *bide_priv_pool_here(bide_thread_pool *pool)
{
    uintptr_t from = (uintptr_t)pool->worker, at = (uintptr_t)bide_priv_current;
    return at - from < pool->workers * sizeof pool->worker[0]
               ? (bide_priv_pool_worker *)bide_priv_current
               : NULL;
}

/* Counts what only this thread counts; not in the model, where it would make states differ. */
static inline void bide_priv_pool_count(size_t *count, size_t n)
{
#ifndef BIDE_PRIV_POOL_UNCOUNTED
    n += bide_priv_load_relaxed(BIDE_PRIV_SIZE(count));
    bide_priv_store_relaxed(BIDE_PRIV_SIZE(count), n);
#else
    (void)count, (void)n;
#endif
}

/* pool.c: life. */
bide_poll bide_priv_pool_make(const bide_thread_pool_options *o, bide_thread_pool **out);
void bide_priv_pool_begin_close(bide_thread_pool *pool);
void bide_priv_pool_end_close(bide_thread_pool *pool);
void bide_priv_pool_retain(bide_thread_pool *pool);
void bide_priv_pool_release(bide_thread_pool *pool);
/* One task less that has not ended. */
void bide_priv_pool_ended(bide_thread_pool *pool);

/* pool_task.c: the states, wakers and join handles of tasks. */
extern const bide_priv_task_vtable bide_priv_pool_vtable;
void bide_priv_pool_task_init(bide_priv_pool_task *t);
void bide_priv_pool_task_unref(bide_priv_pool_task *t);
void bide_priv_pool_abort(bide_priv_pool_task *t);
/* The task is to be run, for the first time or from a queue. False: it is held, and whoever holds
 * it will schedule it again. */
bool bide_priv_pool_task_take(bide_priv_pool_task *t, bool *is_aborted);
/* After a poll that must wait. */
void bide_priv_pool_task_rest(bide_priv_pool_task *t);
/* The end is told, and the executor's reference given up. */
void bide_priv_pool_task_finish(bide_priv_pool_task *t);
enum bide_priv_pool_standing {
    BIDE_PRIV_POOL_WAITS,
    BIDE_PRIV_POOL_READY,
    BIDE_PRIV_POOL_RUNS,
    BIDE_PRIV_POOL_DONE
};
/* Keeps a task that is not running from running, until release: WAITS or READY. Else it is not
 * held. Under the trace lock. */
enum bide_priv_pool_standing bide_priv_pool_task_hold(bide_priv_pool_task *t, bool *is_aborted);
void bide_priv_pool_task_release(bide_priv_pool_task *t);

/* pool_run.c: spawning, turns, and the end of a task. */
bide_poll bide_priv_pool_spawn_begin(bide_runtime *rt, const bide_type *type,
                                     const bide_spawn_options *options, bide_task **task,
                                     void **frame);
void bide_priv_pool_spawn_commit(bide_runtime *rt, bide_task *task, bool keep);
void bide_priv_pool_spawn_abandon(bide_runtime *rt, bide_task *task);
void bide_priv_pool_turn(bide_priv_pool_worker *w, bide_priv_pool_task *t);
void bide_priv_pool_dispose(bide_priv_pool_task *t);

/* pool_queue.c. Tasks that are pushed are linked by `next`. */
void bide_priv_pool_push(bide_thread_pool *pool, bide_priv_pool_task *newest,
                         bide_priv_pool_task *oldest);
bide_priv_pool_task *bide_priv_pool_take_shared(bide_thread_pool *pool, size_t *n);
/* The worker's own. */
bool bide_priv_pool_is_empty(bide_priv_pool_worker *w);
void bide_priv_pool_put(bide_priv_pool_worker *w, bide_priv_pool_task *t);
bide_priv_pool_task *bide_priv_pool_get(bide_priv_pool_worker *w);
bide_priv_pool_task *bide_priv_pool_steal(bide_priv_pool_worker *w, bide_priv_pool_worker *from);
bide_priv_pool_task *bide_priv_pool_steal_slot(bide_priv_pool_worker *w,
                                               bide_priv_pool_worker *from);
/* Anybody. */
bide_priv_pool_task *bide_priv_pool_get_slot(bide_priv_pool_worker *w);
bool bide_priv_pool_has_work(bide_thread_pool *pool);

/* pool_sched.c: turns, sleeping, waking. */
enum bide_priv_pool_place {
    BIDE_PRIV_POOL_NEXT, /* this thread runs it next, if it is one of the pool's */
    BIDE_PRIV_POOL_LAST, /* behind what this thread has */
    BIDE_PRIV_POOL_AGAIN, /* the same, by this thread, which then looks for its next turn */
    BIDE_PRIV_POOL_ISR   /* this may be a signal handler */
};
void bide_priv_pool_schedule(bide_thread_pool *pool, bide_priv_pool_task *t,
                             enum bide_priv_pool_place place);
void bide_priv_pool_work(bide_priv_pool_worker *w);
void bide_priv_pool_wake_all(bide_thread_pool *pool);
bide_poll bide_priv_pool_timer_start(bide_runtime *rt, bide_timer *timer);
void bide_priv_pool_timer_stop(bide_runtime *rt, bide_timer *timer);
void bide_priv_pool_poke(bide_priv_hub *hub);

/* pool_slab.c: a task's slab, taken at the first wish. */
void *bide_priv_pool_lazy_alloc(bide_allocator *self, size_t bytes, size_t align,
                                bide_allocator **giver);
void bide_priv_pool_slab_retire(bide_priv_pool_task *t);
void bide_priv_pool_slabs_free(bide_priv_pool_worker *w);

/* pool_trace.c: what join handles ask of it. */
bide_poll bide_priv_pool_trace(bide_task *t, const bide_trace_options *options);

#endif
