/*
 * bide/executor.h: running futures to their end.
 *
 * bide_block_on runs one future on the calling thread and returns its result. A bide_local runs
 * any number of tasks on one thread, first come, first served. Both have timers, take wakes from
 * any thread and from signal handlers, and offload blocking work to threads.
 *
 * Threads. An executor belongs to one thread at a time: the one inside run, run_until, ... is its
 * owner. All calls on a bide_local are made by the owner, or, while nobody runs it, by one thread
 * at a time. Wakers, aborts and timers may be used by any thread at any time, also after the
 * executor has ended: what they need is counted and outlives it.
 *
 * Nesting. A thread that runs an executor must not run a second one inside: it would stop the
 * first. That is refused with BIDE_EMISUSE.
 */
#ifndef BIDE_EXECUTOR_H
#define BIDE_EXECUTOR_H

#include <bide/task.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

BIDE_PRIV_C_BEGIN

/* A source of time, for tests and simulations. */
typedef struct bide_clock bide_clock;

struct bide_clock {
    uint32_t size;  /* of this structure, as its maker knew it */
    uint32_t flags; /* none defined yet: 0 */
    /* Monotonic nanoseconds. Any thread. */
    uint64_t (*now)(bide_clock *clock);
    /* Called instead of sleeping when nothing but timers is left; the nearest is due at
     * `deadline`. True: time has passed, look again. False: sleep until something wakes. NULL:
     * always false. On the executor's thread. */
    bool (*idle)(bide_clock *clock, uint64_t deadline);
};

/* A loop that is there already, and that an executor is to live on; see the end of this header. */
typedef struct bide_host bide_host;

/* How to make an executor. Begin with bide_local_options_init().
 *
 * The allocator is asked by the executor's thread only. While the executor lives, blocks whose last
 * reference goes on another thread come back to the executor's, unless BIDE_FREE_ANY_THREAD says
 * that they need not. A handle, waker or timer that is left after the end frees where it is let go:
 * with an allocator for one thread, let them go there. */
typedef struct bide_local_options {
    uint32_t size;             /* of this structure, as the caller knew it */
    uint32_t flags;            /* BIDE_LOCAL_STAMPS */
    bide_allocator *allocator; /* of the executor, its tasks and their slabs */
    size_t slab_bytes;         /* of a task's slab, taken when it first wants a frame; 0: none */
    size_t root_slab_bytes;    /* the same for the future of block_on and run_until */
    bide_clock *clock;         /* NULL: the system's monotonic clock */
    uint32_t offload_threads;  /* at most so many threads for blocking work; 0: no offload */
    uint32_t slab_cache;       /* keep at most so many slabs of ended tasks for the next ones */
    bide_host *host;           /* NULL: none, the executor is a loop itself. Not for block_on */
} bide_local_options;

enum { BIDE_LOCAL_STAMPS = 1 }; /* traces tell how long tasks have waited; see bide/trace.h */

/* The defaults: the calling code's default allocator, slabs of 512 bytes for tasks and 4 KiB for
 * the root, at most 4 threads, 16 kept slabs. */
BIDE_INLINE bide_local_options bide_local_options_init(void)
{
    bide_local_options o;
    o.size = (uint32_t)sizeof o;
    o.flags = 0;
    o.allocator = bide_default_allocator();
    o.slab_bytes = 512;
    o.root_slab_bytes = 4096;
    o.clock = NULL;
    o.offload_threads = 4;
    o.slab_cache = 16;
    o.host = NULL;
    return o;
}

/* The type of a local executor, bide_local, is declared in bide/task.h, together with
 * bide_local_runtime. */

/* Private: like bide_local_new with options that are not NULL. */
BIDE_API bide_poll bide_priv_local_new(const bide_local_options *options, bide_local **out);

/* Makes an executor. options == NULL: the defaults. BIDE_ENOMEM, or BIDE_EMISUSE if the options
 * name no allocator; *out is NULL then. */
BIDE_INLINE bide_poll bide_local_new(const bide_local_options *options, bide_local **out)
{
    bide_local_options defaults;
    if (!options) {
        defaults = bide_local_options_init();
        options = &defaults;
    }
    return bide_priv_local_new(options, out);
}

/* Ends the executor. Tasks that have not finished are dropped in the order in which they were
 * spawned: each future exactly once, then its slab goes back, then its join handle sees
 * BIDE_ECANCELED. Code that runs in those drops may still wake, abort and detach; spawning is
 * refused with BIDE_ECANCELED. A cleanup that must wait is not waited for: bide_local_cancel does
 * that, before. Then queued jobs are cancelled, running ones waited for, and
 * pending timers forgotten. Handles, wakers and timers that are left stay valid. BIDE_EMISUSE, and
 * nothing happens, while the executor runs. NULL is left alone. */
BIDE_API bide_poll bide_local_free(bide_local *ex);

/* Aborts every task and runs until none is left: what comes before bide_local_free where cleanups
 * have to wait. Spawning is refused with BIDE_ECANCELED until then. Results as of bide_local_run;
 * on a host's loop BIDE_PENDING, and the turns that follow do the work, if there are tasks. Like
 * the shutdown of other runtimes, but nothing is cut short. */
BIDE_API bide_poll bide_local_cancel(bide_local *ex);

/* Runs until no task is left. BIDE_READY, or BIDE_EMISUSE (nested, or another thread runs it). */
BIDE_API bide_poll bide_local_run(bide_local *ex);

/* Runs what can run now, fires the timers that are due, and never waits. BIDE_READY: no task is
 * left. BIDE_PENDING: all tasks wait. BIDE_EMISUSE as above. */
BIDE_API bide_poll bide_local_run_until_stalled(bide_local *ex);

/* Runs one future, and the tasks besides, until that future has ended; tasks that have not
 * finished stay. Returns the future's result code, with *out written if BIDE_READY. The frame is
 * consumed in every case, also when the call is refused with BIDE_EMISUSE: then it is dropped. */
BIDE_API bide_poll bide_local_run_until(bide_local *ex, const bide_type *type, void *frame,
                                        void *out);

/* What an executor has done so far. */
typedef struct bide_local_stats {
    uint32_t size;   /* of this structure, as the caller knew it: set before the call */
    uint32_t tasks;  /* spawned and not ended */
    uint64_t polls;  /* of tasks and roots */
    uint64_t wakes;  /* that scheduled something; spawning counts as one */
    uint64_t sleeps; /* times that the thread went to sleep */
    uint64_t slabs;  /* slabs got from the allocator */
} bide_local_stats;

/* Fills *stats up to stats->size. */
BIDE_API void bide_local_get_stats(const bide_local *ex, bide_local_stats *stats);

/* Private: like bide_block_on with options that are not NULL. */
BIDE_API bide_poll bide_priv_block_on(const bide_type *type, void *frame, void *out,
                                      const bide_local_options *options);

/* Runs one future on the calling thread until it has ended, and returns its result code, with *out
 * written if BIDE_READY. Sleeps without using the processor while the future waits. The future may
 * spawn; tasks that have not finished at its end are dropped. options == NULL: the defaults. The
 * frame is consumed in every case: it is dropped when the call fails with BIDE_ENOMEM, or with
 * BIDE_EMISUSE inside another executor of the same thread. */
BIDE_INLINE bide_poll bide_block_on(const bide_type *type, void *frame, void *out,
                                    const bide_local_options *options)
{
    bide_local_options defaults;
    if (!options) {
        defaults = bide_local_options_init();
        options = &defaults;
    }
    return bide_priv_block_on(type, frame, out, options);
}

/* Statements that build F(args) on the C stack, run it, and store the result code in the lvalue
 * `code`. `out` points to an F_output, or is NULL where that is void.
 *
 *     BIDE_BLOCK_ON_TO(code, F, out, (args))
 *     BIDE_BLOCK_ON_WITH_TO(code, F, out, options, (args))     a const bide_local_options *
 *     BIDE_RUN_UNTIL_TO(code, ex, F, out, (args))              on a bide_local
 *
 * Shape: do { struct F frame; init; run; } while (0). */
#define BIDE_BLOCK_ON_TO(code, F, out, args)                                                       \
    do {                                                                                           \
        BIDE_PRIV_RUN_FITS(BIDE_BLOCK_ON_TO, F, out)                                               \
        BIDE_PRIV_RUN_TO(code, F, out, args, bide_block_on(BIDE_PRIV_RUN_ARGS(F), NULL));          \
    } while (0)
#define BIDE_BLOCK_ON_WITH_TO(code, F, out, options, args)                                         \
    do {                                                                                           \
        BIDE_PRIV_RUN_FITS(BIDE_BLOCK_ON_WITH_TO, F, out)                                          \
        BIDE_PRIV_RUN_TO(code, F, out, args, bide_block_on(BIDE_PRIV_RUN_ARGS(F), (options)));     \
    } while (0)
#define BIDE_RUN_UNTIL_TO(code, ex, F, out, args)                                                  \
    do {                                                                                           \
        BIDE_PRIV_RUN_FITS(BIDE_RUN_UNTIL_TO, F, out)                                              \
        BIDE_PRIV_RUN_TO(code, F, out, args, bide_local_run_until((ex), BIDE_PRIV_RUN_ARGS(F)));   \
    } while (0)
/* Shape: static assertions: F is a future type, and its Output goes to out. */
#ifdef __cplusplus
#define BIDE_PRIV_RUN_FITS(name, F, out)
#else
#define BIDE_PRIV_RUN_FITS(name, F, out)                                                           \
    BIDE_PRIV_ASKING                                                                               \
    _Static_assert(BIDE_PRIV_IS_FUTURE(F), "bide: " #name ": " #F " is not a future type");        \
    BIDE_PRIV_ASKED                                                                                \
    _Static_assert(_Generic((out), F##_output *: 1, default: BIDE_PRIV_IS_NULL(out)),              \
                   "bide: " #name ": the result of " #F " cannot be stored there");
#define BIDE_PRIV_IS_NULL(out) _Generic((out), void *: 1, int: 1, default: 0)
#endif
#define BIDE_PRIV_RUN_ARGS(F) &BIDE_PRIV_CAT(F, _type), &bide_run_frame, bide_run_out
#define BIDE_PRIV_RUN_TO(code, F, out, args, run)                                                  \
    do {                                                                                           \
        struct F bide_run_frame;                                                                   \
        F##_output *bide_run_out = (out); /* of the right type, or the compiler says so */         \
        F##_init(&bide_run_frame BIDE_PRIV_MORE args);                                             \
        (code) = run;                                                                              \
    } while (0)

/* The same as expressions of type bide_poll, where the compiler can. */
#ifdef __GNUC__
#define BIDE_BLOCK_ON(F, out, args)                                                                \
    __extension__({                                                                                \
        bide_poll bide_block_on_code;                                                              \
        BIDE_PRIV_RUN_FITS(BIDE_BLOCK_ON, F, out)                                                  \
        BIDE_PRIV_RUN_TO(bide_block_on_code, F, out, args,                                         \
                         bide_block_on(BIDE_PRIV_RUN_ARGS(F), NULL));                              \
        bide_block_on_code;                                                                        \
    })
#define BIDE_BLOCK_ON_WITH(F, out, options, args)                                                  \
    __extension__({                                                                                \
        bide_poll bide_block_on_code;                                                              \
        BIDE_PRIV_RUN_FITS(BIDE_BLOCK_ON_WITH, F, out)                                             \
        BIDE_PRIV_RUN_TO(bide_block_on_code, F, out, args,                                         \
                         bide_block_on(BIDE_PRIV_RUN_ARGS(F), (options)));                         \
        bide_block_on_code;                                                                        \
    })
#define BIDE_RUN_UNTIL(ex, F, out, args)                                                           \
    __extension__({                                                                                \
        bide_poll bide_run_until_code;                                                             \
        BIDE_PRIV_RUN_FITS(BIDE_RUN_UNTIL, F, out)                                                 \
        BIDE_PRIV_RUN_TO(bide_run_until_code, F, out, args,                                        \
                         bide_local_run_until((ex), BIDE_PRIV_RUN_ARGS(F)));                       \
        bide_run_until_code;                                                                       \
    })
#endif

/* ---- on a loop that is there already ------------------------------------------------------ */

/* An application that has a loop of its own (libuv, GLib, a game's frames) drives a bide_local from
 * there: it makes one with the option `host`, gives it turns, and is told when the next is wanted.
 * bide::uv and bide::glib are made in this way, and need nothing else of the library.
 *
 *     static void turn(struct my_loop *l)                       // on the loop's thread
 *     {
 *         uint64_t deadline;
 *         bide_local_turn(l->ex, &deadline);
 *         if (deadline == 0)
 *             my_loop_call_again(l, turn);                      // behind what else is ready
 *         else
 *             my_loop_set_timer(l, deadline, turn);             // UINT64_MAX: no timer
 *     }
 *
 *     static void my_wake(bide_host *host)                      // any thread
 *     {
 *         my_loop_post((struct my_loop *)host, turn);           // what wakes the loop up
 *     }
 *
 * The first turn is given by bide_host.wake, as soon as something has been spawned.
 *
 * Owner. The thread that is inside a turn, or between bide_local_enter and bide_local_leave, is the
 * executor's owner. Between turns there is none: a wake then calls the host, on the loop's thread
 * too. Callbacks of the loop that wake tasks do so between enter and leave: their wakes are plain
 * code, and call nobody. bide_local_serve does this for one wake, and polls in place of a turn.
 *
 * The calls that run to an end, bide_local_run, _run_until, _run_until_stalled, are refused with
 * BIDE_EMISUSE: they would stop the loop. bide_local_cancel begins and gives BIDE_PENDING: the
 * turns that follow do the rest. The option `clock` says what deadlines mean; its `idle` is not
 * called. */
struct bide_host {
    uint32_t size;  /* of this structure, as its maker knew it */
    uint32_t flags; /* none defined yet: 0 */
    /* A turn is wanted, soon. Any thread; on the loop's own it is a call from within some callback
     * of the loop, or from before it runs. At most once for each turn, and never inside one; not
     * again until bide_local_turn has given a deadline that is not 0. Never after bide_local_free.
     * It may not call the executor: it posts. */
    void (*wake)(bide_host *host);
    /* The same from what may be a signal handler. NULL: as `wake`. */
    void (*wake_from_isr)(bide_host *host);
};

/* One turn: fires the timers that are due and runs what can run, at most 256 polls, so that the
 * loop comes to its own work in between. *deadline is when the next turn is wanted: 0 at once, for
 * there is more to run; UINT64_MAX when the host is woken; else at that time on the executor's
 * clock, or when the host is woken. BIDE_READY: no task is left. BIDE_PENDING: some are.
 * BIDE_EMISUSE: nested, or another thread is inside; *deadline is UINT64_MAX then. The loop's
 * thread. */
BIDE_API bide_poll bide_local_turn(bide_local *ex, uint64_t *deadline);

/* Makes this thread the owner until bide_local_leave, for callbacks of the loop: wakes, spawns and
 * timers in between cost no atomic operations and do not call the host. Nothing is run.
 * BIDE_EMISUSE as above: then there is nothing to leave. */
BIDE_API bide_poll bide_local_enter(bide_local *ex);

/* The end of that. True: something can run now, or has a new deadline: a turn is wanted. */
BIDE_API bool bide_local_leave(bide_local *ex);

/* For a callback of the loop in which what somebody waited for has come: enter, wake, leave. If
 * nobody else waits for a turn, the task that is woken is polled right here, within the callback,
 * and the turn that it would have had is saved. So the caller must expect all that a task may do,
 * first of all that it drops the object whose callback this is. `waker` is the caller's before and
 * behind; the task may drop it meanwhile. Where it cannot enter, it wakes. True: a turn is wanted,
 * also because a task has ended. The loop's thread. */
BIDE_API bool bide_local_serve(bide_local *ex, bide_waker *waker);

BIDE_PRIV_C_END

#endif
