/*
 * task_light.c: light tasks: the short header, one plain count, wakers for one thread.
 *
 * A light task is in the executor's queue and in its list like any other; it has no remote list, no
 * joiner and no slab. Its count is that of its wakers and handles, and one for the executor, until
 * the end; a task that ends while it is queued leaves that one to the queue.
 */
#include "core.h"

static bide_task *task_of(bide_waker *waker)
{
    return (bide_task *)(void *)waker;
}

/* In each call that may come from the wrong thread. */
#define SAME_THREAD(t)                                                                             \
    BIDE_PRIV_CHECK_FOREIGN(!bide_priv_may_use((t)->core), "a light task's waker")

/* ---- references --------------------------------------------------------------------------- */

void bide_priv_light_unref(bide_task *t)
{
    SAME_THREAD(t)
    if (--t->near_refs == 0)
        bide_priv_light_dispose(t);
}

static void light_ref(bide_task *t)
{
    SAME_THREAD(t)
    t->near_refs++;
}

/* ---- wakers ------------------------------------------------------------------------------- */

/* On a host's loop, outside of a turn: whoever makes the queue begin asks for one. */
static BIDE_PRIV_COLD void tell_host(bide_local *core)
{
    if (!bide_priv_is_owner(core))
        bide_priv_host_wake(core, false);
}

static void light_wake(bide_task *t)
{
    bide_local *core = t->core;
    bool is_first;
    SAME_THREAD(t)
    if (t->queued)
        return;
    is_first = !core->head;
    bide_priv_schedule(core, t);
    if (BIDE_PRIV_UNLIKELY(is_first && core->host))
        tell_host(core);
}

static bide_waker *waker_clone(bide_waker *waker)
{
    light_ref(task_of(waker));
    return waker;
}

static void waker_wake_by_ref(bide_waker *waker)
{
    light_wake(task_of(waker));
}

static void waker_wake(bide_waker *waker)
{
    light_wake(task_of(waker));
    bide_priv_light_unref(task_of(waker));
}

static void waker_drop(bide_waker *waker)
{
    bide_priv_light_unref(task_of(waker));
}

/* ---- life --------------------------------------------------------------------------------- */

static bide_local *core_of(bide_runtime *light)
{
    return (bide_local *)(void *)((char *)light - offsetof(bide_local, light));
}

static bide_poll light_begin(bide_runtime *rt, const bide_type *type,
                             const bide_spawn_options *options, bide_task **task, void **frame)
{
    return bide_priv_light_reserve(core_of(rt), type, options, task, frame);
}

static void light_commit(bide_runtime *rt, bide_task *t, bool keep)
{
    bide_local *core = core_of(rt);
    bide_priv_light_start(core, t, keep);
    if (core->host)
        tell_host(core);
}

static void light_abandon(bide_runtime *rt, bide_task *t)
{
    (void)rt;
    bide_priv_light_dispose(t);
}

/* Owner: the frame has ended and the output, if there is one, is in its place. */
void bide_priv_light_end(bide_task *t, bide_poll code)
{
    bool in_queue = t->queued;
    t->queued = 1; /* from now on wakes do nothing */
    bide_priv_task_unlink(t->core, t);
    t->state = BIDE_PRIV_TASK_DONE;
    if (t->has_extra)
        bide_priv_tell_done_behind(BIDE_PRIV_LIGHT_HEADER, t, t->type, code);
    if (!in_queue)
        bide_priv_light_unref(t);
}

bide_runtime *bide_light_of(bide_runtime *rt)
{
    if (BIDE_PRIV_RUNTIME_HAS(rt, spawn_begin) && rt->vtable->spawn_begin == bide_priv_spawn_begin)
        return &bide_priv_core_of(rt)->light;
    return rt;
}

/* ---- what join handles ask for ------------------------------------------------------------ */

/* There is no place for a code, nor for who waits. */
static bide_poll take(bide_join *join, void *out)
{
    (void)join;
    (void)out;
    return BIDE_EMISUSE;
}

static bide_poll poll_join(bide_join *join, bide_context *cx, void *out)
{
    (void)cx;
    return take(join, out);
}

static void abort_task(bide_task *t)
{
    atomic_store_explicit(&t->aborted, 1, memory_order_relaxed);
    light_wake(t);
}

static bool is_done(bide_task *t)
{
    return bide_priv_may_use(t->core) && t->state >= BIDE_PRIV_TASK_DONE;
}

const bide_priv_task_vtable bide_priv_light_task = {
    .waker = {.size = sizeof(bide_waker_vtable),
              .clone = waker_clone,
              .wake = waker_wake,
              .wake_by_ref = waker_wake_by_ref,
              .drop = waker_drop},
    .take = take,
    .poll = poll_join,
    .abort = abort_task,
    .ref = light_ref,
    .unref = bide_priv_light_unref,
    .is_done = is_done,
    .name = bide_priv_task_name,
    .trace = bide_priv_local_trace,
    .request_trace = bide_priv_local_request_trace,
};

const bide_runtime_vtable bide_priv_light_vtable = {
    .size = sizeof(bide_runtime_vtable),
    .name = "light",
    .spawn_begin = light_begin,
    .spawn_commit = light_commit,
    .spawn_abandon = light_abandon,
};
