/*
 * pool_task.c: the states of a pool's task, and what wakers and join handles do to them.
 *
 * One atomic word. Above the flags it counts references: one of the pool's until the end, one for
 * each waker and each join handle. Being in a queue needs none, since a task cannot end there.
 *
 *     QUEUED RUNNING DONE   state       who may do what
 *       -       -     -     idle        a wake queues it
 *       1       -     -     scheduled   is in one queue, or about to be put there by whoever set
 *                                       QUEUED; a wake changes nothing
 *       -       1     -     running     one thread has the frame; a wake sets QUEUED
 *       1       1     -     notified    the same; it is queued when its poll returns
 *       ?       -     1     done        code and output are there, the frame is gone; a wake sets
 *                                       QUEUED in vain
 *
 *     ABORTED   the next turn drops or cancels instead of polling; set together with QUEUED
 *     HELD      idle or scheduled, and somebody looks at the frame: no turn may begin
 *     SKIPPED   a turn came, found HELD, and left it to the holder to queue the task again
 *     JOINING   the lock of `joiner`, for a few instructions; DONE is set under it
 *     TAKEN     somebody has taken the result
 *
 *     transition        from -> to                                    by
 *     wake              - -> QUEUED, and then into a queue            any thread, signal handlers
 *     abort             as wake, with ABORTED                         any thread
 *     take              QUEUED -> RUNNING; HELD -> HELD SKIPPED       who took it from its queue
 *     rest              RUNNING -> -; RUNNING QUEUED -> QUEUED        the thread that runs it
 *     finish            RUNNING -> DONE                               the thread that runs it
 *     hold, release     - -> HELD -> -; SKIPPED: into a queue         one thread at a time
 *
 * A wake is a read-modify-write also when it changes nothing: only so is it ordered before the poll
 * that follows, which begins with one.
 */
#include "pool_core.h"

enum {
    QUEUED = 1,
    RUNNING = 2,
    DONE = 4,
    ABORTED = 8,
    HELD = 16,
    SKIPPED = 32,
    JOINING = 64,
    TAKEN = 128,
    REF = 256
};

/* What keeps a wake from putting the task into a queue. */
#define SETTLED ((uintptr_t)(QUEUED | RUNNING | DONE))

static bide_priv_atomic_word *state_of(bide_priv_pool_task *t)
{
    return BIDE_PRIV_WORD(&t->state);
}

static bide_priv_pool_task *task_of(bide_waker *waker)
{
    return (bide_priv_pool_task *)(void *)waker;
}

/* ---- references --------------------------------------------------------------------------- */

/* A task that is being built: the pool's reference, and ready for its first turn. */
void bide_priv_pool_task_init(bide_priv_pool_task *t)
{
    t->waker.vtable = &bide_priv_pool_vtable.waker;
    t->state = REF | QUEUED;
}

static void ref(bide_priv_pool_task *t)
{
    (void)bide_priv_add_relaxed(state_of(t), (uintptr_t)REF);
}

void bide_priv_pool_task_unref(bide_priv_pool_task *t)
{
    if (bide_priv_sub_acq_rel(state_of(t), (uintptr_t)REF) < 2 * (uintptr_t)REF)
        bide_priv_pool_dispose(t);
}

/* ---- wakers ------------------------------------------------------------------------------- */

static bide_waker *waker_clone(bide_waker *waker)
{
    ref(task_of(waker));
    return waker;
}

/* By reference: the caller's own keeps task and pool alive. */
static void wake(bide_priv_pool_task *t, uintptr_t more, enum bide_priv_pool_place place)
{
    uintptr_t before = bide_priv_or_acq_rel(state_of(t), QUEUED | more);
    if ((before & SETTLED) == 0)
        bide_priv_pool_schedule(t->pool, t, place);
}

static void waker_wake_by_ref(bide_waker *waker)
{
    wake(task_of(waker), 0, BIDE_PRIV_POOL_NEXT);
}

/* On a thread of the pool, which keeps the pool alive, wake and drop are one operation: an unended
 * task that is scheduled cannot go. Elsewhere the reference is needed until the task is queued. */
static void waker_wake(bide_waker *waker)
{
    bide_priv_pool_task *t = task_of(waker);
    bide_thread_pool *pool = t->pool;
    bool is_here = bide_priv_pool_here(pool) != NULL;
    uintptr_t before = bide_priv_load_relaxed(state_of(t)), after;
    bool queues, keeps;
    do {
        queues = (before & SETTLED) == 0;
        keeps = queues && !is_here;
        after = (before | QUEUED) - (keeps ? 0u : (uintptr_t)REF);
    } while (!bide_priv_cas_weak_acq_rel(state_of(t), &before, after));
    if (after < REF)
        bide_priv_pool_dispose(t);
    if (queues)
        bide_priv_pool_schedule(pool, t, BIDE_PRIV_POOL_NEXT);
    if (keeps)
        bide_priv_pool_task_unref(t);
}

static void waker_drop(bide_waker *waker)
{
    bide_priv_pool_task_unref(task_of(waker));
}

static void waker_wake_from_isr(bide_waker *waker)
{
    wake(task_of(waker), 0, BIDE_PRIV_POOL_ISR);
}

/* ---- turns -------------------------------------------------------------------------------- */

bool bide_priv_pool_task_take(bide_priv_pool_task *t, bool *is_aborted)
{
    uintptr_t before = bide_priv_load_relaxed(state_of(t)), after;
    do {
        after = before & HELD ? before | SKIPPED : (before | RUNNING) & ~(uintptr_t)QUEUED;
    } while (!bide_priv_cas_weak_acq_rel(state_of(t), &before, after));
    *is_aborted = (before & ABORTED) != 0;
    return !(before & HELD);
}

void bide_priv_pool_task_rest(bide_priv_pool_task *t)
{
    bide_thread_pool *pool = t->pool;
    uintptr_t before = bide_priv_and_acq_rel(state_of(t), ~(uintptr_t)RUNNING);
    if (before & QUEUED)
        bide_priv_pool_schedule(pool, t, BIDE_PRIV_POOL_AGAIN);
}

static void lock_joiner(bide_priv_pool_task *t, uintptr_t *before)
{
    while ((*before = bide_priv_or_acq_rel(state_of(t), (uintptr_t)JOINING)) & JOINING)
        bide_priv_spin_hint();
}

static void unlock_joiner(bide_priv_pool_task *t)
{
    (void)bide_priv_and_acq_rel(state_of(t), ~(uintptr_t)JOINING);
}

void bide_priv_pool_task_finish(bide_priv_pool_task *t)
{
    bide_waker *joiner;
    uintptr_t before;
    lock_joiner(t, &before);
    joiner = t->joiner;
    t->joiner = NULL;
    /* RUNNING and JOINING are set: one subtraction clears both and sets DONE. */
    (void)bide_priv_sub_acq_rel(state_of(t), (uintptr_t)(RUNNING + JOINING - DONE));
    if (joiner)
        bide_waker_wake(joiner);
    bide_priv_pool_task_unref(t);
}

/* ---- looking at a task -------------------------------------------------------------------- */

enum bide_priv_pool_standing bide_priv_pool_task_hold(bide_priv_pool_task *t, bool *is_aborted)
{
    uintptr_t before = bide_priv_load_acquire(state_of(t));
    for (;;) {
        *is_aborted = (before & ABORTED) != 0;
        if (before & DONE)
            return BIDE_PRIV_POOL_DONE;
        if (before & RUNNING)
            return BIDE_PRIV_POOL_RUNS;
        if (bide_priv_cas_weak_acq_rel(state_of(t), &before, before | HELD))
            return before & QUEUED ? BIDE_PRIV_POOL_READY : BIDE_PRIV_POOL_WAITS;
    }
}

void bide_priv_pool_task_release(bide_priv_pool_task *t)
{
    uintptr_t before = bide_priv_and_acq_rel(state_of(t), ~(uintptr_t)(HELD | SKIPPED));
    if (before & SKIPPED)
        bide_priv_pool_schedule(t->pool, t, BIDE_PRIV_POOL_LAST);
}

/* ---- join handles ------------------------------------------------------------------------- */

static bide_poll try_take(bide_join *join, void *out)
{
    bide_priv_pool_task *t = bide_priv_pool_task_of(join->task);
    bide_poll code;
    if (!(bide_priv_load_acquire(state_of(t)) & DONE))
        return BIDE_PENDING;
    code = t->code;
    if (bide_priv_or_acq_rel(state_of(t), (uintptr_t)TAKEN) & TAKEN)
        code = BIDE_EMISUSE;
    if (code == BIDE_READY)
        bide_priv_copy_output(t, t->type, out);
    join->task = NULL;
    bide_priv_pool_task_unref(t);
    return code;
}

/* Puts a clone of the context's waker into `joiner`, unless it is there, or the task has ended. */
static bide_poll set_joiner(bide_priv_pool_task *t, const bide_context *cx)
{
    bide_waker *fresh = NULL, *old = NULL;
    uintptr_t before;
    lock_joiner(t, &before);
    if (!(before & DONE) && t->joiner != cx->waker) {
        unlock_joiner(t); /* a clone may be foreign code */
        fresh = bide_waker_clone(cx->waker);
        if (!fresh)
            return BIDE_ENOMEM;
        old = fresh;
        lock_joiner(t, &before);
        if (!(before & DONE)) {
            old = t->joiner;
            t->joiner = fresh;
        }
    }
    unlock_joiner(t);
    if (old)
        bide_waker_drop(old);
    return BIDE_READY;
}

static bide_poll poll_join(bide_join *join, bide_context *cx, void *out)
{
    bide_poll r = try_take(join, out);
    if (r != BIDE_PENDING)
        return r;
    r = set_joiner(bide_priv_pool_task_of(join->task), cx);
    return r == BIDE_READY ? try_take(join, out) : r;
}

/* Gives the task a turn also when it was aborted before. */
void bide_priv_pool_abort(bide_priv_pool_task *t)
{
    wake(t, ABORTED, BIDE_PRIV_POOL_LAST);
}

static void abort_task(bide_task *task)
{
    bide_priv_pool_task *t = bide_priv_pool_task_of(task);
    if (!(bide_priv_load_relaxed(state_of(t)) & ABORTED))
        bide_priv_pool_abort(t);
}

static void ref_task(bide_task *t)
{
    ref(bide_priv_pool_task_of(t));
}

static void unref_task(bide_task *t)
{
    bide_priv_pool_task_unref(bide_priv_pool_task_of(t));
}

static bool is_done(bide_task *t)
{
    return (bide_priv_load_acquire(state_of(bide_priv_pool_task_of(t))) & DONE) != 0;
}

static const char *name_of(const bide_task *task)
{
    const bide_priv_pool_task *t = bide_priv_pool_task_of(task);
    const char *name = t->has_extra ? bide_priv_block_extra(t, t->type)->name : NULL;
    return name ? name : t->type->name;
}

/* A pool is traced without asking it. */
static bide_poll request_trace(bide_task *t, bide_trace_request *request)
{
    (void)t, (void)request;
    return BIDE_ENOSYS;
}

const bide_priv_task_vtable bide_priv_pool_vtable = {
    .waker = {.size = sizeof(bide_waker_vtable),
              .clone = waker_clone,
              .wake = waker_wake,
              .wake_by_ref = waker_wake_by_ref,
              .drop = waker_drop,
              .wake_from_isr = waker_wake_from_isr},
    .take = try_take,
    .poll = poll_join,
    .abort = abort_task,
    .ref = ref_task,
    .unref = unref_task,
    .is_done = is_done,
    .name = name_of,
    .trace = bide_priv_pool_trace,
    .request_trace = request_trace,
};
