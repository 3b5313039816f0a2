/*
 * executor.c: the local executor: being the owner, polling in turn, and the public calls.
 */
#include "core.h"

#include <string.h>

_Thread_local void *bide_priv_current;

static const bide_runtime_vtable local_vtable = BIDE_PRIV_RUNTIME_VTABLE("local");

/* ---- owner -------------------------------------------------------------------------------- */

/* Makes this thread the owner; false when there is one. */
static bool own(bide_local *core)
{
    uintptr_t nobody = 0;
    bool owned =
        bide_priv_cas_acq_rel(BIDE_PRIV_WORD(&core->owner), &nobody, bide_priv_thread_id());
    BIDE_PRIV_CHECK_FOREIGN(!owned && nobody != bide_priv_thread_id(), "a local executor")
    return owned;
}

bide_poll bide_priv_enter(bide_local *core)
{
    if (bide_priv_current || !own(core))
        return BIDE_EMISUSE;
    bide_priv_current = core;
    return BIDE_READY;
}

void bide_priv_leave(bide_local *core)
{
    if (bide_priv_current == core)
        bide_priv_current = NULL;
    bide_priv_store_release(BIDE_PRIV_WORD(&core->owner), (uintptr_t)0);
}

/* ---- polling ------------------------------------------------------------------------------ */

/* The hot path: plain code. */
BIDE_PRIV_ALWAYS bide_poll poll_once(bide_local *core, bide_task *t, bide_allocator *a, void *frame,
                                     void *out)
{
    bide_poll r;
    core->current = t;
    core->cx.waker = &t->waker;
    core->cx.allocator = a;
    core->stats.polls++;
    r = t->type->poll(frame, &core->cx, out);
    core->current = NULL;
    return r;
}

BIDE_PRIV_ALWAYS bide_allocator *allocator_of(bide_local *core, bide_task *t)
{
    return t->slab ? &t->slab->base : &core->lazy;
}

/* The frame is over before its end is told, and a small output takes its place: it is received
 * beside it first. Here and below `light` is a constant. */
BIDE_PRIV_ALWAYS void end_polled(bool light, bide_task *t, bide_poll r, const void *out,
                                 const void *small)
{
    uint32_t header = light ? BIDE_PRIV_LIGHT_HEADER : BIDE_PRIV_LOCAL_HEADER;
    if (out == small && r == BIDE_READY)
        memcpy(bide_priv_output_behind(header, t, t->type), small, t->type->output_size);
    if (light)
        bide_priv_light_end(t, r);
    else
        bide_priv_task_end(t, r);
}

BIDE_PRIV_ALWAYS void *output_of(uint32_t header, bide_task *t, const bide_type *ty, void *small)
{
    return ty->output_size > BIDE_PRIV_TASK_SMALL ? bide_priv_output_behind(header, t, ty) : small;
}

BIDE_PRIV_ALWAYS void poll_task(bide_local *core, bide_task *t, bool light)
{
    BIDE_PRIV_ALIGNAS(64) unsigned char small[BIDE_PRIV_TASK_SMALL];
    uint32_t header = light ? BIDE_PRIV_LIGHT_HEADER : BIDE_PRIV_LOCAL_HEADER;
    const bide_type *ty = t->type;
    void *out = output_of(header, t, ty, small);
    bide_poll r = poll_once(core, t, light ? core->allocator : allocator_of(core, t),
                            bide_priv_frame_behind(header, t, ty), out);
    if (r != BIDE_PENDING)
        end_polled(light, t, r, out, small);
}

/* An aborted task whose cleanup must itself wait is not dropped but cancelled, over as many turns
 * as that takes. */
static void cancel_task(bide_local *core, bide_task *t)
{
    bide_poll r;
    core->current = t;
    core->cx.waker = &t->waker;
    core->cx.allocator = t->light ? core->allocator : allocator_of(core, t);
    core->stats.polls++;
    r = t->type->cancel(bide_priv_task_frame(t), &core->cx);
    core->current = NULL;
    if (r == BIDE_PENDING)
        return;
    if (t->light)
        bide_priv_light_end(t, BIDE_ECANCELED);
    else
        bide_priv_task_end(t, BIDE_ECANCELED);
}

static void end_aborted(bide_local *core, bide_task *t)
{
    if (t->type->cancel)
        cancel_task(core, t);
    else
        bide_priv_task_drop(t, BIDE_ECANCELED);
}

/* The turn of a light task, or of one that has ended while it was queued. */
static BIDE_PRIV_COLD void turn_other(bide_local *core, bide_task *t)
{
    if (t->state != BIDE_PRIV_TASK_LIVE) {
        bide_priv_any_unref(t);
        return;
    }
    t->queued = 0;
    if (BIDE_PRIV_LIKELY(!atomic_load_explicit(&t->aborted, memory_order_relaxed)))
        poll_task(core, t, true);
    else
        end_aborted(core, t);
}

/* One turn of a task from the queue. */
static void turn_task(bide_local *core, bide_task *t)
{
    if (BIDE_PRIV_UNLIKELY(t->state != BIDE_PRIV_TASK_LIVE || t->light)) {
        turn_other(core, t);
        return;
    }
    t->queued = 0;
    if (BIDE_PRIV_LIKELY(!atomic_load_explicit(&t->aborted, memory_order_relaxed)))
        poll_task(core, t, false);
    else
        end_aborted(core, t);
}

/* One turn of the root. True: it has ended. */
BIDE_PRIV_ALWAYS bool turn_root(bide_local *core, bide_task *root)
{
    bide_poll r;
    root->queued = 0;
    if (BIDE_PRIV_UNLIKELY(root->state != BIDE_PRIV_TASK_LIVE))
        return false; /* a stale wake of an earlier root */
    r = poll_once(core, root, allocator_of(core, root), core->root_frame, core->root_out);
    if (r == BIDE_PENDING)
        return false;
    core->root_code = r;
    root->state = BIDE_PRIV_TASK_IDLE;
    bide_priv_slab_retire(core, root);
    return true;
}

enum { RUN_ALL, RUN_READY, RUN_ROOT };

/* Polls in the order of the wakes, for at most core->turns turns. True: the root has ended. */
static bool run_turns(bide_local *core)
{
    int left = core->turns;
    bide_task *t;
    while (left-- > 0 && (t = core->head) != NULL) {
        core->head = t->next;
        if (t != &core->root)
            turn_task(core, t);
        else if (turn_root(core, t))
            return true;
        if (bide_priv_has_remote(core))
            bide_priv_core_drain(core);
    }
    return false;
}

static void stamp(bide_local *core, bide_task *t)
{
    t->stamped = t->state == BIDE_PRIV_TASK_LIVE && !t->queued;
    if (t->stamped)
        t->stamp = bide_priv_stamp(bide_priv_core_now(core));
}

BIDE_PRIV_COLD void bide_priv_stamp_all(bide_local *core)
{
    bide_task *t;
    core->stamping = BIDE_PRIV_STAMPS_LEFT;
    stamp(core, &core->root);
    for (t = core->first; t; t = t->after)
        stamp(core, t);
}

/* The same, with a stamp on each task that waits behind its turn. The turns are counted in the core
 * and not given as an argument, so that there is one run_turns, with all that it calls in it. */
BIDE_PRIV_COLD static bool run_stamped_turns(bide_local *core)
{
    int left = BIDE_PRIV_TURNS;
    bool ended = false;
    bide_task *t;
    if (core->stamping == BIDE_PRIV_STAMPS_WANTED)
        bide_priv_stamp_all(core);
    core->turns = 1;
    while (left-- > 0 && (t = core->head) != NULL) {
        bool is_live = t->state == BIDE_PRIV_TASK_LIVE;
        if (is_live)
            t->near_refs++; /* outlives its turn; of a light one, too */
        ended = run_turns(core);
        if (!is_live)
            continue;
        if (core->stamping == BIDE_PRIV_STAMPS_LEFT)
            stamp(core, t);
        bide_priv_any_unref(t);
        if (ended)
            break;
    }
    core->turns = BIDE_PRIV_TURNS;
    return ended;
}

/* The question whether to stamp is asked once in so many turns, not in each. */
bool bide_priv_run_some(bide_local *core)
{
    return BIDE_PRIV_UNLIKELY(core->stamping) ? run_stamped_turns(core) : run_turns(core);
}

static void run(bide_local *core, int mode)
{
    for (;;) {
        if (bide_priv_run_some(core))
            return;
        bide_priv_core_fire(core);
        bide_priv_core_drain(core);
        if (core->head)
            continue;
        if (mode == RUN_READY || (mode == RUN_ALL && core->stats.tasks == 0))
            return;
        bide_priv_core_sleep(core);
        bide_priv_core_drain(core);
    }
}

/* Owner: runs a future as the root. */
bide_poll bide_priv_run_root(bide_local *core, const bide_type *type, void *frame, void *out)
{
    bide_task *root = &core->root;
    root->type = type;
    root->state = BIDE_PRIV_TASK_LIVE;
    core->root_frame = frame;
    core->root_out = out;
    if (!root->queued)
        bide_priv_schedule(core, root);
    run(core, RUN_ROOT);
    return core->root_code;
}

/* ---- public ------------------------------------------------------------------------------- */

/* For the calls that run to an end, which on a host's loop would stop that. */
static bide_poll enter_to_run(bide_local *ex)
{
    return ex->host ? BIDE_EMISUSE : bide_priv_enter(ex);
}

bide_poll bide_priv_local_new(const bide_local_options *options, bide_local **out)
{
    bide_poll r = bide_priv_core_new(options, &local_vtable, out);
    if (r == BIDE_READY && (*out)->host)
        (*out)->runtime.vtable = &bide_priv_hosted_vtable;
    return r;
}

bide_poll bide_local_free(bide_local *ex)
{
    void *outer = bide_priv_current;
    if (!ex)
        return BIDE_READY;
    if (!own(ex))
        return BIDE_EMISUSE;
    /* Another executor of this thread may be running: its task owned this one. */
    bide_priv_current = ex;
    bide_priv_core_close(ex);
    bide_priv_current = outer;
    return BIDE_READY;
}

bide_poll bide_local_run(bide_local *ex)
{
    bide_poll r = enter_to_run(ex);
    if (r != BIDE_READY)
        return r;
    run(ex, RUN_ALL);
    bide_priv_leave(ex);
    return BIDE_READY;
}

bide_poll bide_local_cancel(bide_local *ex)
{
    bide_poll r = bide_priv_enter(ex);
    bide_task *t;
    if (r != BIDE_READY)
        return r;
    ex->canceling = true;
    for (t = ex->first; t; t = t->after) {
        atomic_store_explicit(&t->aborted, 1, memory_order_relaxed);
        if (!t->queued)
            bide_priv_schedule(ex, t);
    }
    if (ex->host) {
        bide_priv_leave(ex);
        return bide_priv_host_cancel(ex);
    }
    run(ex, RUN_ALL);
    ex->canceling = false;
    bide_priv_leave(ex);
    return BIDE_READY;
}

bide_poll bide_local_run_until_stalled(bide_local *ex)
{
    bide_poll r = enter_to_run(ex);
    if (r != BIDE_READY)
        return r;
    run(ex, RUN_READY);
    r = ex->stats.tasks ? BIDE_PENDING : BIDE_READY;
    bide_priv_leave(ex);
    return r;
}

bide_poll bide_local_run_until(bide_local *ex, const bide_type *type, void *frame, void *out)
{
    bide_poll r = enter_to_run(ex);
    if (r != BIDE_READY) {
        type->drop(frame);
        return r;
    }
    r = bide_priv_run_root(ex, type, frame, out);
    bide_priv_leave(ex);
    return r;
}

/* A waker that others have made may end with its slot empty, and so the wake gets one of its own.
 */
static BIDE_PRIV_COLD void wake_one(bide_waker *waker)
{
    bide_waker *own = bide_waker_clone(waker);
    if (own)
        bide_waker_wake(own);
    else
        bide_waker_wake_by_ref(waker);
}

/* Who is no task of ours at rest is woken. If that was the first wake, what it has woken has its
 * turn now: a task of which only a part was woken, by a waker of that part's. True: one has ended.
 */
static BIDE_PRIV_COLD bool serve_by_wake(bide_local *core, bide_waker *waker)
{
    size_t tasks = core->stats.tasks;
    bool is_first = !core->head;
    wake_one(waker);
    if (is_first && core->head && !core->stamping) {
        core->turns = 1;
        (void)run_turns(core);
        core->turns = BIDE_PRIV_TURNS;
    }
    return core->stats.tasks != tasks;
}

static bool may_serve(bide_local *core, bide_task *t)
{
    return t->waker.vtable == &bide_priv_local_task.waker && t->core == core && !core->head &&
           !core->stamping && t->state == BIDE_PRIV_TASK_LIVE &&
           !atomic_load_explicit(&t->aborted, memory_order_relaxed);
}

static BIDE_PRIV_COLD void end_served(bide_task *t, bide_poll r, void *small)
{
    end_polled(false, t, r, output_of(BIDE_PRIV_LOCAL_HEADER, t, t->type, small), small);
}

/* Here, and not in host.c, so that from a loop's callback to the task there is one function. What
 * is rare is kept out of it: it has few registers to save. */
bool bide_local_serve(bide_local *ex, bide_waker *waker)
{
    BIDE_PRIV_ALIGNAS(64) unsigned char small[BIDE_PRIV_TASK_SMALL];
    bide_task *t = (bide_task *)(void *)waker;
    bide_poll r;
    bool ended, wanted;
    if (bide_priv_enter(ex) != BIDE_READY) {
        wake_one(waker);
        return false;
    }
    ex->new_deadline = false;
    if (BIDE_PRIV_LIKELY(may_serve(ex, t))) {
        ex->stats.wakes++;
        r = poll_once(ex, t, allocator_of(ex, t),
                      bide_priv_frame_behind(BIDE_PRIV_LOCAL_HEADER, t, t->type),
                      output_of(BIDE_PRIV_LOCAL_HEADER, t, t->type, small));
        ended = r != BIDE_PENDING;
        if (BIDE_PRIV_UNLIKELY(ended))
            end_served(t, r, small);
    } else {
        ended = serve_by_wake(ex, waker);
    }
    wanted = ex->head || ex->new_deadline || ended;
    bide_priv_current = NULL;
    bide_priv_store_release(BIDE_PRIV_WORD(&ex->owner), (uintptr_t)0);
    return wanted;
}

bide_runtime *bide_local_light(bide_local *ex)
{
    return &ex->light;
}

bide_runtime *bide_local_runtime(bide_local *ex)
{
    return &ex->runtime;
}

void bide_local_get_stats(const bide_local *ex, bide_local_stats *stats)
{
    uint32_t size = stats->size;
    memcpy(stats, &ex->stats, size < sizeof *stats ? size : sizeof *stats);
    stats->size = size;
}
