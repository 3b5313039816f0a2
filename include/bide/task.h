/*
 * bide/task.h: spawned futures and their join handles.
 *
 * A task is a future that an executor drives by itself. It is one block of memory: a header, the
 * frame, room for the Output. A join handle waits for its end, takes its result, aborts it, or lets
 * it go. Outputs are plain data: a result that nobody takes is forgotten with the task, so what an
 * Output owns must be taken, or be released in the option `done` of spawning.
 *
 * Threads. Awaiting and taking the task of a bide_local belong to the thread that runs that, or,
 * while nobody runs it, to one thread at a time; any other gets BIDE_EMISUSE. A task of a thread
 * pool may be awaited and taken by any thread, under any executor. Aborting and detaching may be
 * done by any thread at any time, also after the executor has ended.
 */
#ifndef BIDE_TASK_H
#define BIDE_TASK_H

#include <bide/runtime.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

BIDE_PRIV_C_BEGIN

/* A join handle: owns one reference to a task. task == NULL: empty. May be moved. */
typedef struct bide_join {
    bide_task *task;
} bide_join;

/* A local executor; see bide/executor.h. */
typedef struct bide_local bide_local;

/* The executor as a runtime: for spawning, and for timers outside of a poll. Lives as long as the
 * executor and everything that was started on it. */
BIDE_API bide_runtime *bide_local_runtime(bide_local *ex);

/* The runtime that makes light tasks on the same executor: for spawning, and for nothing else.
 *
 *     BIDE_SPAWN(bide_local_light(ex), F, NULL, (args));       by macros
 *     spawn(bide_local_light(ex), f(x));                       in async C
 *
 * A light task takes less memory and time: 64 bytes, the frame right behind them in the same block,
 * and wakers that are plain code, without an atomic operation. It is woken, and its wakers are
 * cloned and dropped, by the thread that runs the executor, or, while nobody does, by the one
 * thread that uses it: the other forms of wakes are not for it. So it may not await what other
 * threads or signal handlers wake: tasks of a pool, channels that reach there. bide_offload gives
 * BIDE_ENOSYS in it, bide_wake_from_isr gives that for its waker. A checked build tells of a wake
 * from another thread. Its wakers may outlive it, and the executor.
 *
 * It is meant to be detached, and has no room for somebody who waits: a join handle of it can be
 * detached, asked whether the task has ended, traced, and can abort it, all on that thread; to
 * await it or to take its result gives BIDE_EMISUSE. Its code goes to the option `done`. It has no
 * slab of its own: frames of its dyn calls come from the executor's allocator, and `slab_bytes` is
 * ignored.
 *
 * All else is as with other tasks: order, bide_local_free, bide_local_cancel, stats, traces, spawn
 * options. After tokio's LocalSet, whose tasks take as much as others. Lives as long as
 * bide_local_runtime. */
BIDE_API bide_runtime *bide_local_light(bide_local *ex);

/* The same from inside a task, of bide_context_runtime(cx): light tasks on the executor that `rt`
 * is the runtime of; `rt` itself, whose tasks are not light, if that makes none (a thread pool's,
 * or another library's). */
BIDE_API bide_runtime *bide_light_of(bide_runtime *rt);

/* A thread pool, see bide/pool.h; and the same of it. */
typedef struct bide_thread_pool bide_thread_pool;
BIDE_API bide_runtime *bide_thread_pool_runtime(bide_thread_pool *pool);

/* How to spawn, with nothing set. */
BIDE_INLINE bide_spawn_options bide_spawn_options_init(void)
{
    bide_spawn_options o;
    o.size = (uint32_t)sizeof o;
    o.flags = 0;
    o.name = NULL;
    o.allocator = NULL;
    o.slab_bytes = 0;
    o.done = NULL;
    o.done_arg = NULL;
    return o;
}

/* Waits for the task: BIDE_PENDING keeps a clone of the context's waker until the end. Else the
 * handle is empty afterwards, and the code is the task's: BIDE_READY with *out written (`out` may
 * be NULL to ignore it), BIDE_ECANCELED when it was aborted or its executor ended, or the failure
 * code of its future. An empty handle, or the wrong thread, gives BIDE_EMISUSE. */
BIDE_API bide_poll bide_join_poll(bide_join *join, bide_context *cx, void *out);

/* The same without waiting: BIDE_PENDING leaves the handle as it is. A second take gives
 * BIDE_EMISUSE. */
BIDE_API bide_poll bide_join_try_take(bide_join *join, void *out);

/* Asks for the end of the task: its future is dropped when the executor comes to it (or, if its
 * type has `cancel`, cancelled until that is done), and the join handle sees BIDE_ECANCELED. A task
 * that ends first keeps its result. May be repeated. An empty
 * handle is left alone. Any thread. */
BIDE_API void bide_join_abort(const bide_join *join);

/* Lets the task run on without the handle, which is empty afterwards. A result that was not taken
 * is forgotten. An empty handle is left alone. Any thread. */
BIDE_API void bide_join_detach(bide_join *join);

/* Whether the task has ended. By whoever may take. */
BIDE_API bool bide_join_is_done(const bide_join *join);

/* One more reference to the same task, for aborting it from elsewhere; detach gives it up. Of
 * several handles one may take the result. Any thread. */
BIDE_API bide_join bide_join_clone(const bide_join *join);

/* ---- awaiting a task ---------------------------------------------------------------------- */

/* bide_join_wait(join, out) -> bide_poll: waits for the task and gives its code as a value, with
 * *out written if that is BIDE_READY. The handle and `out` (NULL: ignored) stay with the caller and
 * must outlive the future; dropping the future leaves the handle as it is. */
#define bide_join_wait_FRAME(ROW)                                                                  \
    ROW(TRACE, bide_priv_join_wait_trace) ROW(PARAM, bide_join *, join) ROW(PARAM, void *, out)
BIDE_FUTURE_DECLARE_AS(BIDE_API, bide_poll, bide_join_wait)

/* Private: tells of a future that begins with a join handle which task it waits for. */
BIDE_API void bide_priv_join_trace(const void *frame, bide_tracer *tracer);

BIDE_INLINE void bide_priv_join_release(bide_join join)
{
    bide_join_detach(&join);
}

/* BIDE_JOIN_FUTURE(R, Name): a future type Name(bide_join join) -> R, for tasks whose Output is R.
 * It owns the handle; a task that failed makes it fail with the task's code; dropping it detaches.
 * Before it stands the line `#define Name_FRAME BIDE_JOIN_FRAME`.
 * Shape: BIDE_FUTURE(R, Name) with its poll and drop. */
#define BIDE_JOIN_FRAME(ROW)                                                                       \
    ROW(TRACE, bide_priv_join_trace) ROW(OWNED, bide_join, join, bide_priv_join_release)
#define BIDE_JOIN_FUTURE(R, Name)                                                                  \
    BIDE_FUTURE(R, Name)                                                                           \
    BIDE_INLINE bide_poll Name##_poll(struct Name *f, bide_context *cx, Name##_output *out)        \
    {                                                                                              \
        bide_poll bide_r = bide_join_poll(&f->join, cx, out);                                      \
        if (bide_r != BIDE_PENDING)                                                                \
            bide_join_detach(&f->join);                                                            \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(struct Name *f)                                                   \
    {                                                                                              \
        bide_join_detach(&f->join);                                                                \
    }                                                                                              \
    BIDE_PRIV_ASSERT(sizeof(struct Name) == sizeof(bide_join), "a join future is a handle")

/* ---- spawning ----------------------------------------------------------------------------- */

/* Private: a spawn between its two steps. */
typedef struct bide_priv_spawn {
    bide_runtime *runtime;
    bide_task *task;
    void *frame; /* NULL: there is no task, and `code` says why */
    bide_poll code;
} bide_priv_spawn;

BIDE_INLINE bide_priv_spawn bide_priv_spawn_open(bide_runtime *rt, const bide_type *type,
                                                 const bide_spawn_options *options, bide_join *join)
{
    bide_priv_spawn s;
    s.runtime = rt;
    s.task = NULL;
    s.frame = NULL;
    s.code = bide_runtime_spawn_begin(rt, type, options, &s.task, &s.frame);
    if (join)
        join->task = s.code == BIDE_READY ? s.task : NULL;
    return s;
}

BIDE_INLINE bide_runtime *bide_priv_same_runtime(bide_runtime *rt)
{
    return rt;
}

/* Private: the runtime of a bide_local * or bide_thread_pool *, or a bide_runtime * itself; and
 * 2 for what is known to take tasks to other threads, else 1. */
#ifdef __cplusplus
BIDE_PRIV_C_END
static inline bide_runtime *bide_priv_runtime_of(bide_runtime *rt)
{
    return rt;
}
static inline bide_runtime *bide_priv_runtime_of(bide_local *ex)
{
    return bide_local_runtime(ex);
}
static inline bide_runtime *bide_priv_runtime_of(bide_thread_pool *pool)
{
    return bide_thread_pool_runtime(pool);
}
char (&bide_priv_moves_to(bide_thread_pool *pool))[2];
char (&bide_priv_moves_to(void *other))[1];
#define BIDE_PRIV_MOVES(where) sizeof(bide_priv_moves_to(where))
BIDE_PRIV_C_BEGIN
#else
#define bide_priv_runtime_of(where)                                                                \
    _Generic((where), bide_local *: bide_local_runtime,                                            \
        bide_thread_pool *: bide_thread_pool_runtime, default: bide_priv_same_runtime)(where)
#define BIDE_PRIV_MOVES(where) _Generic((where), bide_thread_pool *: 2, default: 1)
#endif

/* BIDE_SPAWN_TO(to, where, F, options, join, (args)): a statement. Spawns the future F(args) on
 * `where`, a bide_local *, a bide_thread_pool *, or a bide_runtime * (a task's own:
 * bide_context_runtime(cx)), and stores BIDE_READY in the lvalue `to`; or the code of
 * bide_runtime_spawn_begin, with the owned arguments released. `options` may be NULL. `join` points
 * to a bide_join that becomes the handle (empty on failure), or is NULL: the task is detached. On a
 * bide_local by its owner's thread, on a pool by any. A future that is not BIDE_SEND on a
 * bide_thread_pool * does not compile.
 * Shape: do { begin; init and commit, or discard; } while (0). */
/* Shape: static assertions that F is a future type, and one that `where` can run. */
#ifdef __cplusplus
#define BIDE_PRIV_SPAWN_FITS(name, F)
#define BIDE_PRIV_SPAWN_SENDS(where, F) static_assert(BIDE_PRIV_SENDS_TO(where, F), "bide: " #F    \
    " is not BIDE_SEND: a thread pool cannot run it");
#else
#define BIDE_PRIV_SPAWN_SENDS(where, F) _Static_assert(BIDE_PRIV_SENDS_TO(where, F), "bide: " #F   \
    " is not BIDE_SEND: a thread pool cannot run it");
#define BIDE_PRIV_SPAWN_FITS(name, F)                                                              \
    BIDE_PRIV_ASKING                                                                               \
    _Static_assert(BIDE_PRIV_IS_FUTURE(F), "bide: " #name ": " #F " is not a future type");        \
    BIDE_PRIV_ASKED
#endif
#define BIDE_PRIV_SENDS_TO(where, F)                                                               \
    (BIDE_PRIV_MOVES(where) == 1 || ((int)BIDE_PRIV_CAT(F, _flags) & (int)BIDE_SEND))
#define BIDE_SPAWN_TO(to, where, F, options, join, args)                                           \
    do {                                                                                           \
        BIDE_PRIV_SPAWN_SENDS(where, F)                                                            \
        BIDE_PRIV_SPAWN_TO(to, where, F, options, join, args);                                     \
    } while (0)
#define BIDE_PRIV_SPAWN_TO(to, where, F, options, join, args)                                      \
    do {                                                                                           \
        bide_join *bide_spawn_join = (join);                                                       \
        bide_priv_spawn bide_spawn = bide_priv_spawn_open(bide_priv_runtime_of(where), &F##_type,  \
                                                          (options), bide_spawn_join);             \
        if (bide_spawn.frame) {                                                                    \
            F##_init((struct F *)bide_spawn.frame BIDE_PRIV_MORE args);                            \
            bide_runtime_spawn_commit(bide_spawn.runtime, bide_spawn.task,                         \
                                      bide_spawn_join != NULL);                                    \
        } else {                                                                                   \
            F##_discard args;                                                                      \
        }                                                                                          \
        (to) = bide_spawn.code;                                                                    \
    } while (0)

/* BIDE_SPAWN_CALL_TO(to, where, I, m, handle, options, join, (args)): the same where the task is a
 * call of the method m through `handle`, a const I *: the frame of whoever implements it is built
 * in the task's own block, so that a call costs no memory besides. The object behind the handle
 * must outlive the task.
 * Shape: do { begin with I_m_type_of; init of the vtable's record and commit, or discard; }
 * while (0). */
#define BIDE_SPAWN_CALL_TO(to, where, I, m, handle, options, join, args)                           \
    do {                                                                                           \
        I bide_spawn_call = *(handle);                                                             \
        BIDE_PRIV_SPAWN_SENDS(where, I##_##m)                                                      \
        if (BIDE_PRIV_HAS_SLOT(I, bide_spawn_call.vtable, m))                                      \
            BIDE_PRIV_SPAWN_CALL_TO(to, where, I, m, options, join, args);                         \
        else                                                                                       \
            BIDE_PRIV_SPAWN_TO(to, where, I##_##m, options, join,                                  \
                               (&bide_spawn_call BIDE_PRIV_MORE args));                            \
    } while (0)
#define BIDE_PRIV_SPAWN_CALL_TO(to, where, I, m, options, join, args)                              \
    do {                                                                                           \
        bide_join *bide_spawn_join = (join);                                                       \
        bide_priv_spawn bide_spawn =                                                               \
            bide_priv_spawn_open(bide_priv_runtime_of(where), I##_##m##_type_of(&bide_spawn_call), \
                                 (options), bide_spawn_join);                                      \
        if (bide_spawn.frame) {                                                                    \
            bide_spawn_call.vtable->m.init(bide_spawn.frame, bide_spawn_call.self                  \
                                           BIDE_PRIV_MORE args);                                   \
            bide_runtime_spawn_commit(bide_spawn.runtime, bide_spawn.task,                         \
                                      bide_spawn_join != NULL);                                    \
        } else {                                                                                   \
            I##_##m##_discard(&bide_spawn_call BIDE_PRIV_MORE args);                               \
        }                                                                                          \
        (to) = bide_spawn.code;                                                                    \
    } while (0)

/* BIDE_SPAWN_THEN_TO(to, where, F, callback, callback_arg, (args)): the same, detached, with the
 * option `done`: how code that knows nothing of bide runs a future and is called back at the
 * end. */
#define BIDE_SPAWN_THEN_TO(to, where, F, callback, callback_arg, args)                             \
    do {                                                                                           \
        bide_spawn_options bide_then_options = bide_spawn_options_init();                          \
        bide_then_options.done = (callback);                                                       \
        bide_then_options.done_arg = (callback_arg);                                               \
        BIDE_SPAWN_TO(to, where, F, &bide_then_options, NULL, args);                               \
    } while (0)

/* The same as expressions of type bide_poll, where the compiler can; else use the statements.
 *     BIDE_SPAWN(where, F, join, (args))
 *     BIDE_SPAWN_WITH(where, F, options, join, (args))
 *     BIDE_SPAWN_THEN(where, F, callback, callback_arg, (args)) */
#ifdef __GNUC__
#define BIDE_SPAWN_WITH(where, F, options, join, args)                                             \
    __extension__({                                                                                \
        BIDE_PRIV_SPAWN_FITS(BIDE_SPAWN_WITH, F)                                                   \
        BIDE_PRIV_SPAWN_SENDS(where, F)                                                            \
        bide_poll bide_spawn_code;                                                                 \
        BIDE_PRIV_SPAWN_TO(bide_spawn_code, where, F, options, join, args);                        \
        bide_spawn_code;                                                                           \
    })
#define BIDE_SPAWN(where, F, join, args)                                                           \
    __extension__({                                                                                \
        bide_poll bide_spawn_code;                                                                 \
        BIDE_PRIV_SPAWN_FITS(BIDE_SPAWN, F)                                                        \
        BIDE_PRIV_SPAWN_SENDS(where, F)                                                            \
        BIDE_PRIV_SPAWN_TO(bide_spawn_code, where, F, NULL, join, args);                           \
        bide_spawn_code;                                                                           \
    })
#define BIDE_SPAWN_THEN(where, F, callback, callback_arg, args)                                    \
    __extension__({                                                                                \
        BIDE_PRIV_SPAWN_FITS(BIDE_SPAWN_THEN, F)                                                   \
        bide_poll bide_then_code;                                                                  \
        BIDE_SPAWN_THEN_TO(bide_then_code, where, F, callback, callback_arg, args);                \
        bide_then_code;                                                                            \
    })
#endif

/* ---- the size of a task ------------------------------------------------------------------- */

/* Private: bytes of a task's header; the library asserts that its own fits. */
#define BIDE_PRIV_TASK_HEADER 96u
#define BIDE_PRIV_TASK_EXTRA ((uint32_t)(4 * sizeof(void *)))
/* Private: outputs up to this size share the frame's place. */
#define BIDE_PRIV_TASK_SMALL 64u
#define BIDE_PRIV_MAX(a, b) ((a) > (b) ? (a) : (b))
#define BIDE_PRIV_ROUND_UP(n, align) (((n) + ((align)-1u)) & ~((align)-1u))
/* Private: behind a header of h bytes, where the shared place of frame and small output begins,
 * where a large output begins, where the options' copy begins. fs, fa, os, oa: size and alignment
 * of frame and output. Shape: constant expressions for constant arguments. */
#define BIDE_PRIV_TASK_ALIGN(fa, oa)                                                               \
    BIDE_PRIV_MAX((uint32_t)sizeof(void *), BIDE_PRIV_MAX((uint32_t)(fa), (uint32_t)(oa)))
#define BIDE_PRIV_TASK_FRAME(h, fa, os, oa)                                                        \
    BIDE_PRIV_ROUND_UP((h), (os) <= BIDE_PRIV_TASK_SMALL ? BIDE_PRIV_TASK_ALIGN(fa, oa)            \
                                                         : BIDE_PRIV_TASK_ALIGN(fa, 1))
#define BIDE_PRIV_TASK_OUTPUT(h, fs, fa, os, oa)                                                   \
    ((os) <= BIDE_PRIV_TASK_SMALL ? BIDE_PRIV_TASK_FRAME(h, fa, os, oa)                            \
                                  : BIDE_PRIV_ROUND_UP(BIDE_PRIV_TASK_FRAME(h, fa, os, oa) +       \
                                                           (uint32_t)(fs), (uint32_t)(oa)))
#define BIDE_PRIV_TASK_END(h, fs, fa, os, oa)                                                      \
    BIDE_PRIV_ROUND_UP(BIDE_PRIV_MAX(BIDE_PRIV_TASK_FRAME(h, fa, os, oa) + (uint32_t)(fs),         \
                                     BIDE_PRIV_TASK_OUTPUT(h, fs, fa, os, oa) + (uint32_t)(os)),   \
                       (uint32_t)sizeof(void *))

/* Bytes of the block of a task whose future has frames of size fs and alignment fa and an Output
 * of size os and alignment oa; the alignment of the block. Enough for every spawn option, and for
 * light tasks. Shape: constant expressions: what a static pool for tasks must offer. */
#define BIDE_TASK_BYTES_FOR(fs, fa, os, oa)                                                        \
    (BIDE_PRIV_TASK_END(BIDE_PRIV_TASK_HEADER, fs, fa, os, oa) + BIDE_PRIV_TASK_EXTRA)
#define BIDE_TASK_ALIGN_FOR(fa, oa) BIDE_PRIV_TASK_ALIGN(fa, oa)

/* BIDE_TASK_BYTES(F), BIDE_TASK_ALIGN(F): the same for a future type. A void Output counts as the
 * one byte of F_result, so the first is at most a word too large. */
#define BIDE_TASK_BYTES(F)                                                                         \
    BIDE_TASK_BYTES_FOR(sizeof(struct F), BIDE_PRIV_ALIGNOF(struct F), sizeof(union F##_result),   \
                        BIDE_PRIV_ALIGNOF(union F##_result))
#define BIDE_TASK_ALIGN(F)                                                                         \
    BIDE_TASK_ALIGN_FOR(BIDE_PRIV_ALIGNOF(struct F), BIDE_PRIV_ALIGNOF(union F##_result))

BIDE_PRIV_C_END

#endif
