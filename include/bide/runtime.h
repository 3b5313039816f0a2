/*
 * bide/runtime.h: what a leaf future may ask of the executor that polls it.
 *
 * The context of every poll names a runtime: a clock, timers, threads for blocking work, spawning.
 * A leaf uses it through the checked calls below and so runs under any executor, without a global.
 * Each of them gives BIDE_ENOSYS when there is no runtime, or when it lacks the slot.
 *
 * Timers and jobs are intrusive: the leaf embeds the node, so starting one allocates nothing here.
 */
#ifndef BIDE_RUNTIME_H
#define BIDE_RUNTIME_H

#include <bide/future.h>

BIDE_PRIV_C_BEGIN

/* Private: whether a runtime has a slot. Shape: an expression of type bool. */
#define BIDE_PRIV_RUNTIME_HAS(rt, slot)                                                            \
    ((rt) && (rt)->vtable->size >= offsetof(bide_runtime_vtable, slot) + sizeof(void (*)(void)) && \
     (rt)->vtable->slot)

/* Stores the runtime's monotonic time, in nanoseconds, in *ns. Any thread. */
BIDE_INLINE bide_poll bide_runtime_now(bide_runtime *rt, uint64_t *ns)
{
    if (!BIDE_PRIV_RUNTIME_HAS(rt, now))
        return BIDE_ENOSYS;
    *ns = rt->vtable->now(rt);
    return BIDE_READY;
}

/* The time of the context's runtime in nanoseconds, or 0 if it has no clock. */
BIDE_INLINE uint64_t bide_now(const bide_context *cx)
{
    uint64_t ns = 0;
    (void)bide_runtime_now(bide_context_runtime(cx), &ns);
    return ns;
}

/* Starts a timer whose deadline and waker (a clone) have been set. BIDE_READY: the runtime owns
 * the waker and the node until bide_timer_stop, which must follow exactly once, on the same
 * runtime. Else the waker stays with the caller and there is nothing to stop. A deadline in the
 * past fires at once. Any thread. */
BIDE_INLINE bide_poll bide_timer_start(bide_runtime *rt, bide_timer *timer)
{
    if (!BIDE_PRIV_RUNTIME_HAS(rt, timer_start) || !rt->vtable->timer_stop)
        return BIDE_ENOSYS;
    return rt->vtable->timer_start(rt, timer);
}

/* Stops a started timer, whether it has fired or not, also after its executor has ended. The
 * runtime does not touch the node afterwards; a waker that was not used is dropped. Any thread. */
BIDE_INLINE void bide_timer_stop(bide_runtime *rt, bide_timer *timer)
{
    rt->vtable->timer_stop(rt, timer);
}

/* Queues a job for a thread that may block; once in a job's life. Takes one reference to it on
 * success only. The executor's thread. BIDE_ENOSYS when it has no threads for that, BIDE_ECANCELED
 * when it is ending, BIDE_ENOMEM when none can be had, BIDE_EMISUSE when the job was queued before.
 * Most code awaits bide_offload instead. */
BIDE_INLINE bide_poll bide_runtime_offload(bide_runtime *rt, bide_job *job)
{
    if (!BIDE_PRIV_RUNTIME_HAS(rt, offload))
        return BIDE_ENOSYS;
    return rt->vtable->offload(rt, job);
}

/* First step of spawning: reserves a task for a future of `type`. On BIDE_READY *frame is the
 * place of its frame: the caller runs the type's init there and commits, or abandons without.
 * `options` may be NULL. BIDE_ENOMEM, BIDE_EBUSY (an allocator of fixed capacity is used up),
 * BIDE_ECANCELED (the executor is ending), BIDE_EMISUSE (not the executor's thread; on a thread
 * pool, which takes spawns from any, a type that is not BIDE_SEND). */
BIDE_INLINE bide_poll bide_runtime_spawn_begin(bide_runtime *rt, const bide_type *type,
                                               const bide_spawn_options *options, bide_task **task,
                                               void **frame)
{
    if (!BIDE_PRIV_RUNTIME_HAS(rt, spawn_begin) || !BIDE_PRIV_RUNTIME_HAS(rt, spawn_abandon))
        return BIDE_ENOSYS;
    return rt->vtable->spawn_begin(rt, type, options, task, frame);
}

/* Second step: the frame has been built; the task is scheduled. keep: one reference stays with the
 * caller, which makes a bide_join of it; else the task is detached. */
BIDE_INLINE void bide_runtime_spawn_commit(bide_runtime *rt, bide_task *task, bool keep)
{
    rt->vtable->spawn_commit(rt, task, keep);
}

/* Instead of the second step: gives the reserved task back. The frame was not built. */
BIDE_INLINE void bide_runtime_spawn_abandon(bide_runtime *rt, bide_task *task)
{
    rt->vtable->spawn_abandon(rt, task);
}

/* ---- blocking work ------------------------------------------------------------------------ */

/* A job is embedded in an object of the user's that owns what `run` needs and what it makes.
 *
 *     struct read_job { bide_job job; int fd; char *buffer; ssize_t got; };
 *
 * The object is counted, because a running job cannot be stopped: when the awaiting future is
 * dropped, the job goes on, and the object lives until it has returned. `run` executes on another
 * thread; `release` frees the object around the job, on whichever thread drops the last
 * reference. */

/* Prepares a job with one reference, the caller's. */
BIDE_API void bide_job_init(bide_job *job, void (*run)(bide_job *job),
                            void (*release)(bide_job *job));

/* One more reference. Any thread. */
BIDE_API void bide_job_retain(bide_job *job);

/* Gives a reference up; the last one calls `release`. Any thread. */
BIDE_API void bide_job_drop(bide_job *job);

/* bide_offload(job) -> void: runs the job on a thread of the runtime's and ends when it has
 * returned. Holds a reference of its own from the first poll on; the caller keeps his. Dropped
 * while pending: a job that was not begun never runs, one that runs goes on; the runtime gives its
 * reference up when it comes to it. Fails as bide_runtime_offload, and with BIDE_ECANCELED when the
 * runtime ends first. */
#define bide_offload_FRAME(ROW)                                                                    \
    ROW(TRAITS, BIDE_SEND | BIDE_UNPIN) ROW(TRACE, bide_priv_offload_trace)                        \
    ROW(PARAM, bide_job *, job) ROW(LOCAL, bool, begun)
BIDE_FUTURE_DECLARE_AS(BIDE_API, void, bide_offload)

/* ---- giving way --------------------------------------------------------------------------- */

/* bide_yield() -> void: suspends once, with the task scheduled again behind those that wait for
 * their turn already. */
#define bide_yield_FRAME(ROW)                                                                      \
    ROW(TRAITS, BIDE_SEND | BIDE_SYNC | BIDE_UNPIN) ROW(TRACE, bide_priv_yield_trace)              \
    ROW(LOCAL, uint8_t, polls)

BIDE_INLINE void bide_priv_yield_trace(const void *frame, bide_tracer *tracer)
{
    (void)frame;
    bide_tracer_note(tracer, "its turn");
}

BIDE_FUTURE(void, bide_yield)

BIDE_INLINE bide_poll bide_yield_poll(struct bide_yield *f, bide_context *cx, void *out)
{
    (void)out;
    if (BIDE_PRIV_LIKELY(f->polls == 1)) {
        f->polls = 2;
        return BIDE_READY;
    }
    if (f->polls)
        return BIDE_EMISUSE;
    f->polls = 1;
    bide_waker_wake_by_ref(cx->waker);
    return BIDE_PENDING;
}

BIDE_INLINE void bide_yield_drop(struct bide_yield *f)
{
    (void)f;
}

BIDE_PRIV_C_END

#endif
