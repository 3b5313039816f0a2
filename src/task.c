/*
 * task.c: the wakers, the life and the join handles of tasks. core.h tells the protocol.
 */
#include "core.h"

#include <string.h>

static bide_task *task_of(bide_waker *waker)
{
    return (bide_task *)(void *)waker;
}

/* ---- references --------------------------------------------------------------------------- */

/* The last reference is gone. The block must go back on the owner's thread if its giver wants
 * that, or on this one when there is no owner any more. */
static void last_reference(bide_task *t)
{
    bide_local *core = t->core;
    if (t == &core->root || bide_priv_is_owner(core) || (t->giver->flags & BIDE_FREE_ANY_THREAD)) {
        bide_priv_task_dispose(t);
        return;
    }
    /* Once pushed, the block and its reference to the core are the owner's: hold another one. */
    bide_priv_core_retain(core);
    if (!bide_priv_core_push(core, t, false))
        bide_priv_task_dispose(t);
    bide_priv_core_release(core);
}

/* Gives up a reference that counts in far_refs. */
static void unref_far(bide_task *t)
{
    if (bide_priv_sub_acq_rel(BIDE_PRIV_U32(&t->far_refs), 1u) == 1)
        last_reference(t);
}

/* Whether the plain count may be used: by the owner, until the merge. */
static bool counts_near(bide_task *t)
{
    return bide_priv_is_owner(t->core) && t->state < BIDE_PRIV_TASK_DONE;
}

void bide_priv_task_unref(bide_task *t)
{
    if (counts_near(t))
        t->near_refs--;
    else
        unref_far(t);
}

static void task_ref(bide_task *t)
{
    if (counts_near(t))
        t->near_refs++;
    else
        (void)bide_priv_add_relaxed(BIDE_PRIV_U32(&t->far_refs), 1u);
}

/* ---- wakers ------------------------------------------------------------------------------- */

/* By reference: the caller's own keeps the task alive. Lock-free; used by signal handlers. Out of
 * line, so that a wake by the owner has no register to save for it. */
static BIDE_PRIV_COLD void wake_far(bide_task *t, bool from_isr)
{
    if (atomic_exchange_explicit(&t->far, 1, memory_order_acq_rel))
        return;
    BIDE_PRIV_STEP(12);
    (void)bide_priv_add_relaxed(BIDE_PRIV_U32(&t->far_refs), 1u);
    BIDE_PRIV_STEP(13);
    if (!bide_priv_core_push(t->core, t, from_isr))
        (void)bide_priv_sub_acq_rel(BIDE_PRIV_U32(&t->far_refs), 1u);
}

static bide_waker *waker_clone(bide_waker *waker)
{
    task_ref(task_of(waker));
    return waker;
}

static void waker_wake_by_ref(bide_waker *waker)
{
    bide_task *t = task_of(waker);
    bide_local *core = t->core;
    if (!bide_priv_is_owner(core))
        wake_far(t, false);
    else if (!t->queued)
        bide_priv_schedule(core, t);
}

static void waker_wake(bide_waker *waker)
{
    bide_task *t = task_of(waker);
    bide_local *core = t->core;
    if (!bide_priv_is_owner(core)) {
        wake_far(t, false);
        unref_far(t);
        return;
    }
    if (!t->queued)
        bide_priv_schedule(core, t);
    if (t->state < BIDE_PRIV_TASK_DONE)
        t->near_refs--;
    else
        unref_far(t);
}

static void waker_drop(bide_waker *waker)
{
    bide_priv_task_unref(task_of(waker));
}

/* A handler runs on the owner's thread without being the owner: it may have interrupted a change
 * of the plain words. */
static void waker_wake_from_isr(bide_waker *waker)
{
    wake_far(task_of(waker), true);
}

/* ---- the block ---------------------------------------------------------------------------- */

void *bide_priv_task_frame(bide_task *t)
{
    return bide_priv_frame_behind(bide_priv_header_of(t), t, t->type);
}

static struct bide_priv_task_extra *extra_of(const bide_task *t)
{
    return bide_priv_extra_behind(bide_priv_header_of(t), t, t->type);
}

size_t bide_priv_task_slab_bytes(const bide_task *t)
{
    if (t->has_extra && extra_of(t)->slab_bytes)
        return extra_of(t)->slab_bytes;
    return t->core->slab_bytes;
}

const char *bide_priv_task_name(const bide_task *t)
{
    return t->has_extra && extra_of(t)->name ? extra_of(t)->name : t->type->name;
}

/* Nobody has a reference: gives the block back, and with it its reference to the core. */
BIDE_PRIV_ALWAYS void dispose(bide_task *t, uint32_t header)
{
    bide_local *core = t->core;
    if (t != &core->root) {
        bide_free(t->giver, t, bide_priv_bytes_behind(header, t->type, t->has_extra),
                  bide_priv_block_align(t->type));
    }
    bide_priv_core_release(core);
}

void bide_priv_task_dispose(bide_task *t)
{
    dispose(t, BIDE_PRIV_LOCAL_HEADER);
}

void bide_priv_light_dispose(bide_task *t)
{
    dispose(t, BIDE_PRIV_LIGHT_HEADER);
}

/* ---- the end of a task -------------------------------------------------------------------- */

void bide_priv_task_unlink(bide_local *core, bide_task *t)
{
    if (t->ahead)
        t->ahead->after = t->after;
    else
        core->first = t->after;
    if (t->after)
        t->after->ahead = t->ahead;
    else
        core->last = t->ahead;
    core->stats.tasks--;
}

/* Adds the owner's count to the others', less the executor's reference, unless the local queue has
 * inherited that. From now on far_refs counts all; the block may be gone on return. */
static void merge(bide_task *t, bool in_queue)
{
    uint32_t delta = t->near_refs - (in_queue ? 0u : 1u) - BIDE_PRIV_BIAS;
    if (bide_priv_add_acq_rel(BIDE_PRIV_U32(&t->far_refs), delta) + delta == 0)
        last_reference(t);
}

/* Owner: the frame has ended and the output, if there is one, is in its place. */
void bide_priv_task_end(bide_task *t, bide_poll code)
{
    bide_waker *joiner = t->joiner;
    bool in_queue = t->queued;
    bide_priv_slab_retire(t->core, t);
    t->code = code;
    t->joiner = NULL;
    t->queued = 1;
    /* Whoever wakes from now on finds the flag set and does nothing. */
    (void)atomic_exchange_explicit(&t->far, 1, memory_order_acq_rel);
    bide_priv_task_unlink(t->core, t);
    t->state = BIDE_PRIV_TASK_DONE;
    if (t->has_extra)
        bide_priv_tell_done_behind(BIDE_PRIV_LOCAL_HEADER, t, t->type, code);
    merge(t, in_queue);
    if (joiner)
        bide_waker_wake(joiner);
}

/* Owner: ends a task that has not finished. */
void bide_priv_task_drop(bide_task *t, bide_poll code)
{
    bide_local *core = t->core;
    bide_task *outer = core->current;
    core->current = t;
    t->dropping = 1;
    t->type->drop(bide_priv_task_frame(t));
    t->dropping = 0;
    core->current = outer;
    if (t->light)
        bide_priv_light_end(t, code);
    else
        bide_priv_task_end(t, code);
}

/* ---- spawning ----------------------------------------------------------------------------- */

static void *alloc_block(bide_local *core, bide_allocator *a, size_t bytes, size_t align,
                         bide_allocator **giver)
{
    void *block = bide_alloc(a, bytes, align, giver);
    int tries;
    /* Blocks that were handed back to the owner may be what is missing; a first look may do no more
     * than hand back one whose last reference was the list's. */
    for (tries = 0; !block && tries < 2 && bide_priv_has_remote(core); tries++) {
        bide_priv_core_drain(core);
        block = bide_alloc(a, bytes, align, giver);
    }
    return block;
}

BIDE_PRIV_ALWAYS void init_task(bide_task *t, bide_local *core, const bide_type *type,
                                bide_allocator *giver, bool has_extra, bool light)
{
    memset(t, 0, light ? BIDE_PRIV_LIGHT_HEADER : sizeof *t);
    t->waker.vtable = light ? &bide_priv_light_task.waker : &bide_priv_local_task.waker;
    t->core = core;
    t->type = type;
    t->giver = giver;
    if (!light)
        t->far_refs = BIDE_PRIV_BIAS;
    t->queued = 1;
    t->has_extra = has_extra;
    t->light = light;
    core->near_refs++;
}

/* `light` is a constant. */
BIDE_PRIV_ALWAYS bide_poll reserve(bide_local *core, const bide_type *type,
                                   const bide_spawn_options *options, bool light, bide_task **task,
                                   void **frame)
{
    uint32_t header = light ? BIDE_PRIV_LIGHT_HEADER : BIDE_PRIV_LOCAL_HEADER;
    bide_allocator *a = core->allocator, *giver;
    const bide_spawn_options *set = NULL;
    bide_spawn_options o;
    bool has_extra;
    bide_task *t;
    *task = NULL;
    *frame = NULL;
    BIDE_PRIV_CHECK_FOREIGN(!bide_priv_may_use(core), "spawn on a local executor")
    if (!bide_priv_may_use(core))
        return BIDE_EMISUSE;
    if (core->closing || core->canceling)
        return BIDE_ECANCELED;
    if (options) {
        o = bide_priv_complete_spawn(options);
        a = o.allocator ? o.allocator : a;
        set = &o;
    }
    has_extra = set && bide_priv_wants_extra(set);
    t = alloc_block(core, a, bide_priv_bytes_behind(header, type, has_extra),
                    bide_priv_block_align(type), &giver);
    if (!t)
        return bide_priv_no_memory(a);
    init_task(t, core, type, giver, has_extra, light);
    if (has_extra)
        bide_priv_keep_extra_in(bide_priv_extra_behind(header, t, type), set);
    *task = t;
    *frame = bide_priv_frame_behind(header, t, type);
    return BIDE_READY;
}

bide_poll bide_priv_spawn_begin(bide_runtime *rt, const bide_type *type,
                                const bide_spawn_options *options, bide_task **task, void **frame)
{
    return reserve(bide_priv_core_of(rt), type, options, false, task, frame);
}

bide_poll bide_priv_light_reserve(bide_local *core, const bide_type *type,
                                  const bide_spawn_options *options, bide_task **task, void **frame)
{
    return reserve(core, type, options, true, task, frame);
}

BIDE_PRIV_ALWAYS void start(bide_local *core, bide_task *t, bool keep)
{
    t->near_refs = keep ? 2u : 1u;
    t->state = BIDE_PRIV_TASK_LIVE;
    t->ahead = core->last;
    if (core->last)
        core->last->after = t;
    else
        core->first = t;
    core->last = t;
    core->stats.tasks++;
    if (core->closing) {
        /* The executor began to end between the two steps. */
        t->queued = 0;
        bide_priv_task_drop(t, BIDE_ECANCELED);
        return;
    }
    bide_priv_schedule(core, t);
}

void bide_priv_spawn_commit(bide_runtime *rt, bide_task *t, bool keep)
{
    start(bide_priv_core_of(rt), t, keep);
}

void bide_priv_light_start(bide_local *core, bide_task *t, bool keep)
{
    start(core, t, keep);
}

void bide_priv_spawn_abandon(bide_runtime *rt, bide_task *t)
{
    (void)rt;
    bide_priv_task_dispose(t);
}

/* ---- what join handles ask for ------------------------------------------------------------ */

/* Takes the result of a task that has ended, and empties the handle. */
static bide_poll take(bide_join *join, void *out)
{
    bide_task *t = join->task;
    bide_poll code = t->code;
    if (t->state == BIDE_PRIV_TASK_TAKEN)
        code = BIDE_EMISUSE;
    if (code == BIDE_READY)
        bide_priv_copy_output_from(bide_priv_output_behind(BIDE_PRIV_LOCAL_HEADER, t, t->type),
                                   t->type, out);
    t->state = BIDE_PRIV_TASK_TAKEN;
    join->task = NULL;
    unref_far(t);
    return code;
}

static bide_poll try_take(bide_join *join, void *out)
{
    bide_task *t = join->task;
    if (!bide_priv_may_use(t->core))
        return BIDE_EMISUSE;
    return t->state < BIDE_PRIV_TASK_DONE ? BIDE_PENDING : take(join, out);
}

static bide_poll poll_join(bide_join *join, bide_context *cx, void *out)
{
    bide_poll r = try_take(join, out);
    if (r == BIDE_PENDING)
        return bide_waker_register(&join->task->joiner, cx) == BIDE_READY ? BIDE_PENDING
                                                                          : BIDE_ENOMEM;
    return r;
}

static void abort_task(bide_task *t)
{
    if (!atomic_exchange_explicit(&t->aborted, 1, memory_order_acq_rel))
        waker_wake_by_ref(&t->waker);
}

static bool is_done(bide_task *t)
{
    return bide_priv_may_use(t->core) && t->state >= BIDE_PRIV_TASK_DONE;
}

const bide_priv_task_vtable bide_priv_local_task = {
    .waker = {.size = sizeof(bide_waker_vtable),
              .clone = waker_clone,
              .wake = waker_wake,
              .wake_by_ref = waker_wake_by_ref,
              .drop = waker_drop,
              .wake_from_isr = waker_wake_from_isr},
    .take = try_take,
    .poll = poll_join,
    .abort = abort_task,
    .ref = task_ref,
    .unref = bide_priv_task_unref,
    .is_done = is_done,
    .name = bide_priv_task_name,
    .trace = bide_priv_local_trace,
    .request_trace = bide_priv_local_request_trace,
};
