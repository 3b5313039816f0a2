/*
 * bide/pool.h: a thread pool for futures that may change threads.
 *
 * A bide_thread_pool runs tasks on threads of its own. A task that is woken runs on whichever of
 * them comes to it first, so its future must be BIDE_SEND: the macros below refuse another one when
 * it is compiled, bide_runtime_spawn_begin when it is spawned. Everything that a context offers
 * works as under bide_local: sleeping, offloading, spawning, dyn calls from the task's slab.
 *
 *     bide_thread_pool *pool;
 *     bide_thread_pool_new(NULL, &pool);              // a thread for each processor
 *     BIDE_SPAWN(pool, work, &join, (argument));      // from any thread, also inside tasks
 *     BIDE_BLOCK_ON(work_end, &out, (join));          // awaited anywhere
 *     bide_thread_pool_free(pool);
 *
 * How it works. Each thread has a queue of tasks and takes the oldest first; what a task wakes, its
 * thread runs next, but for a few times in a row at most. A thread that has nothing takes from the
 * queue that all share, then half of the queue of another thread, and then sleeps: threads do not
 * spin, and a thread is woken only when there is more work than threads that look for it. The
 * shared queue and the timers are looked at in between, however busy a thread is. This is the
 * scheduler of Go and of tokio; the order of memory operations in the queues follows Lê et al.,
 * "Correct and Efficient Work-Stealing for Weak Memory Models" (2013).
 *
 * A future that blocks its thread, by computing for long or by waiting for something else than its
 * await, holds up what it has woken last until it returns; all else is taken by other threads.
 * Blocking work belongs into bide_offload.
 *
 * Threads. All calls may be made by any thread, but as each says; handles, wakers and timers that
 * are left when the pool has ended stay valid.
 */
#ifndef BIDE_POOL_H
#define BIDE_POOL_H

#include <bide/trace.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

BIDE_PRIV_C_BEGIN

/* How to make a pool. Begin with bide_thread_pool_options_init(). */
typedef struct bide_thread_pool_options {
    uint32_t size;             /* of this structure, as the caller knew it */
    uint32_t flags;            /* none defined yet: 0 */
    bide_allocator *allocator; /* of the pool, its tasks and their slabs; any thread calls it */
    size_t slab_bytes;         /* of a task's slab, taken when it first wants a frame; 0: none */
    bide_clock *clock;         /* NULL: the system's monotonic clock */
    uint32_t threads;          /* 0: the number of processors */
    uint32_t offload_threads;  /* at most so many threads for blocking work; 0: no offload */
    uint32_t slab_cache;       /* each thread keeps at most so many slabs of ended tasks */
    uint32_t reserved;         /* 0 */
    size_t stack_bytes;        /* of each thread's stack; 0: the system's default */
    const char *name;          /* of the pool in traces; must outlive it. NULL: "pool" */
} bide_thread_pool_options;

/* The most threads that a pool can have. */
#define BIDE_THREAD_POOL_MOST 4096u

/* The defaults: the calling code's default allocator, slabs of 512 bytes, the system's clock, a
 * thread for each processor, at most 4 threads for blocking work, 16 kept slabs. */
BIDE_INLINE bide_thread_pool_options bide_thread_pool_options_init(void)
{
    bide_thread_pool_options o;
    o.size = (uint32_t)sizeof o;
    o.flags = 0;
    o.allocator = bide_default_allocator();
    o.slab_bytes = 512;
    o.clock = NULL;
    o.threads = 0;
    o.offload_threads = 4;
    o.slab_cache = 16;
    o.reserved = 0;
    o.stack_bytes = 0;
    o.name = NULL;
    return o;
}

/* The type bide_thread_pool is declared in bide/task.h, together with bide_thread_pool_runtime. */

/* Private: like bide_thread_pool_new with options that are not NULL. */
BIDE_API bide_poll bide_priv_thread_pool_new(const bide_thread_pool_options *options,
                                             bide_thread_pool **out);

/* Makes a pool and starts its threads, which leave all signals to the program's own. options ==
 * NULL: the defaults. BIDE_EMISUSE if the allocator is missing, or is not BIDE_ALLOC_ANY_THREAD and
 * BIDE_FREE_ANY_THREAD, or if there are more than BIDE_THREAD_POOL_MOST threads; BIDE_ENOMEM (or
 * BIDE_EBUSY, from an allocator of fixed capacity) if memory or one of the threads could not be
 * had. *out is NULL then, and no thread is left. */
BIDE_INLINE bide_poll bide_thread_pool_new(const bide_thread_pool_options *options,
                                           bide_thread_pool **out)
{
    bide_thread_pool_options defaults;
    if (!options) {
        defaults = bide_thread_pool_options_init();
        options = &defaults;
    }
    return bide_priv_thread_pool_new(options, out);
}

/* Waits until no task is left, those that are spawned meanwhile included; at most for `ms`
 * milliseconds of the system's clock (UINT64_MAX: without end). BIDE_READY, or BIDE_PENDING when
 * the time is over. The pool can be used as before. BIDE_EMISUSE inside an executor: a task must
 * not block its thread. */
BIDE_API bide_poll bide_thread_pool_wait(bide_thread_pool *pool, uint64_t ms);

/* Aborts every task and waits until none is left, as bide_local_cancel: cleanups that must wait are
 * waited for. Spawning is refused with BIDE_ECANCELED until it returns. Results as of
 * bide_thread_pool_wait; after BIDE_PENDING the tasks stay aborted. */
BIDE_API bide_poll bide_thread_pool_cancel(bide_thread_pool *pool, uint64_t ms);

/* Ends the pool. Tasks that have not finished are dropped on its threads, each exactly once, and
 * their join handles see BIDE_ECANCELED; polls under way are waited for, cleanups that must wait
 * are not (bide_thread_pool_cancel does that, before). Spawning is refused with BIDE_ECANCELED.
 * Then queued jobs are cancelled, running ones waited for, pending timers forgotten, and all
 * threads have ended. To let the tasks finish, bide_thread_pool_wait first. Once for a pool, by any
 * thread but the pool's own: those get BIDE_EMISUSE, and nothing happens. NULL is left alone. */
BIDE_API bide_poll bide_thread_pool_free(bide_thread_pool *pool);

/* What a pool has done so far. Sums over its threads, each a little behind while they run. */
typedef struct bide_thread_pool_stats {
    uint32_t size;     /* of this structure, as the caller knew it: set before the call */
    uint32_t threads;  /* that run tasks */
    uint64_t tasks;    /* spawned and not ended */
    uint64_t polls;    /* of tasks, turns that cancel or drop included */
    uint64_t steals;   /* times that a thread took tasks out of another's queue */
    uint64_t stolen;   /* tasks taken so */
    uint64_t injected; /* tasks taken out of the queue that all share */
    uint64_t sleeps;   /* times that a thread went to sleep */
    uint64_t slabs;    /* slabs got from the allocator */
} bide_thread_pool_stats;

/* Fills *stats up to stats->size. */
BIDE_API void bide_thread_pool_get_stats(bide_thread_pool *pool, bide_thread_pool_stats *stats);

/* Writes the tree of all tasks that have not ended (bide/trace.h), while the pool runs: each
 * waiting task is held for as long as it is looked at, one that is being polled is told as running.
 * bide_trace_task does the same for one task of a pool, by any thread, and a pool needs no
 * bide_trace_request. A pool does not stamp its tasks: how long they wait is not told. `write` must
 * not use the pool. */
BIDE_API void bide_trace_thread_pool(bide_thread_pool *pool, const bide_trace_options *options);

/* A future type Name(bide_join join) -> R like that of BIDE_JOIN_FUTURE, and BIDE_SEND: for handles
 * of a pool's tasks in futures that run on pools.
 *     #define Name_FRAME BIDE_SEND_JOIN_FRAME
 *     BIDE_JOIN_FUTURE(R, Name)
 * Await only tasks of pools by it: one of a bide_local answers BIDE_EMISUSE on another thread. */
#define BIDE_SEND_JOIN_FRAME(ROW) ROW(TRAITS, BIDE_SEND) BIDE_JOIN_FRAME(ROW)

BIDE_PRIV_C_END

#endif
