/*
 * core.c: the shared part of an executor: its life, the remote list, timers and sleeping.
 */
#if !defined(_GNU_SOURCE) && !defined(_POSIX_C_SOURCE)
#define _POSIX_C_SOURCE 200809L
#endif

#include <bide/trace.h>

#include "core.h"

#include <string.h>

const char bide_priv_closed;

/* ---- life --------------------------------------------------------------------------------- */

static void core_free(bide_local *core)
{
    bide_priv_park_end(&core->parker);
    bide_priv_hub_end(&core->hub);
    bide_free(core->giver, core, sizeof *core, BIDE_PRIV_ALIGNOF(bide_local));
}

void bide_priv_core_retain(bide_local *core)
{
    if (bide_priv_is_owner(core))
        core->near_refs++;
    else
        (void)bide_priv_add_relaxed(BIDE_PRIV_U32(&core->far_refs), 1u);
}

void bide_priv_core_release(bide_local *core)
{
    if (bide_priv_is_owner(core))
        core->near_refs--;
    else if (bide_priv_sub_acq_rel(BIDE_PRIV_U32(&core->far_refs), 1u) == 1)
        core_free(core);
}

static void init_root(bide_local *core)
{
    bide_task *root = &core->root;
    root->waker.vtable = &bide_priv_local_task.waker;
    root->core = core;
    root->near_refs = 1;
    root->far_refs = BIDE_PRIV_BIAS;
}

/* Options that were made by older code may end early: what is missing keeps its default. */
static bide_local_options complete_options(const bide_local_options *given)
{
    bide_local_options o = bide_local_options_init();
    memcpy(&o, given, given->size < sizeof o ? given->size : sizeof o);
    return o;
}

static void poke(bide_priv_hub *hub)
{
    bide_local *core = (bide_local *)(void *)((char *)hub - offsetof(bide_local, hub));
    bide_priv_core_unpark(core, false);
}

static void init_core(bide_local *core, const bide_local_options *o)
{
    core->near_refs = 2; /* the executor's, and the root's */
    core->far_refs = BIDE_PRIV_BIAS;
    core->allocator = o->allocator;
    core->slab_bytes = o->slab_bytes;
    core->root_slab_bytes = o->root_slab_bytes;
    core->slabs_most = o->slab_cache;
    core->stamping = o->flags & BIDE_LOCAL_STAMPS ? BIDE_PRIV_STAMPS_LEFT : 0;
    core->turns = BIDE_PRIV_TURNS;
    core->hub.poke = poke;
    core->host = o->host;
    core->lazy.size = (uint32_t)sizeof core->lazy;
    core->lazy.flags = o->allocator->flags & BIDE_ALLOC_FIXED;
    core->lazy.alloc = bide_priv_lazy_alloc;
    core->lazy.free = bide_priv_lazy_free;
    core->cx.size = (uint32_t)sizeof core->cx;
    core->cx.runtime = &core->runtime;
    core->stats.size = (uint32_t)sizeof core->stats;
    init_root(core);
}

bide_poll bide_priv_core_new(const bide_local_options *options, const bide_runtime_vtable *vtable,
                             bide_local **out)
{
    bide_local_options o = complete_options(options);
    bide_allocator *giver;
    bide_local *core;
    *out = NULL;
    if (!o.allocator)
        return BIDE_EMISUSE;
    core = bide_alloc(o.allocator, sizeof *core, BIDE_PRIV_ALIGNOF(bide_local), &giver);
    if (!core)
        return bide_priv_no_memory(o.allocator);
    memset(core, 0, sizeof *core);
    core->giver = giver;
    core->runtime.vtable = vtable;
    core->light.vtable = &bide_priv_light_vtable;
    init_core(core, &o);
    if (!bide_priv_hub_init(&core->hub, o.clock, o.allocator, o.offload_threads)) {
        bide_free(giver, core, sizeof *core, BIDE_PRIV_ALIGNOF(bide_local));
        return BIDE_ENOMEM;
    }
    if (!bide_priv_park_init(&core->parker)) {
        bide_priv_hub_end(&core->hub);
        bide_free(giver, core, sizeof *core, BIDE_PRIV_ALIGNOF(bide_local));
        return BIDE_ENOMEM;
    }
    *out = core;
    return BIDE_READY;
}

/* ---- the remote list ---------------------------------------------------------------------- */

void bide_priv_core_unpark(bide_local *core, bool from_isr)
{
    if (BIDE_PRIV_UNLIKELY(core->host != NULL))
        bide_priv_host_wake(core, from_isr);
    else
        bide_priv_unpark(&core->parker);
}

/* False when the core is closed: then the caller still owns what it wanted to push. Lock-free, and
 * so fit for a signal handler that has interrupted another push or the drain. */
bool bide_priv_core_push(bide_local *core, bide_task *t, bool from_isr)
{
    void *head = bide_priv_load_relaxed(BIDE_PRIV_PTR(&core->remote));
    do {
        if (head == BIDE_PRIV_CLOSED)
            return false;
        t->next_far = head;
        BIDE_PRIV_STEP(2);
    } while (!bide_priv_cas_seq_cst(BIDE_PRIV_PTR(&core->remote), &head, t));
    BIDE_PRIV_STEP(3);
    /* A list that was not empty has a pusher who unparks, or has done so. */
    if (!head)
        bide_priv_core_unpark(core, from_isr);
    return true;
}

static bide_task *reversed(bide_task *list)
{
    bide_task *out = NULL;
    while (list) {
        bide_task *next = list->next_far;
        list->next_far = out;
        out = list;
        list = next;
    }
    return out;
}

/* A request comes as a task without a waker. In the middle of a poll (spawning drains the list when
 * it wants memory) it has to wait for its turn. */
static void serve(bide_local *core, bide_task *t)
{
    bide_trace_request *request =
        (bide_trace_request *)(void *)((char *)t - offsetof(bide_trace_request, priv));
    if (core->current && bide_priv_core_push(core, t, false))
        return;
    atomic_store_explicit(&t->far, 0, memory_order_release);
    request->serve(request, core->closing ? NULL : core,
                   core->closing ? BIDE_ECANCELED : BIDE_READY);
}

/* One task from the remote list. The list held a reference. */
static void arrive(bide_local *core, bide_task *t)
{
    if (bide_priv_load_acquire(BIDE_PRIV_U32(&t->far_refs)) == 0) {
        /* No reference at all: a block that another thread handed back, or no task. */
        if (t->waker.vtable)
            bide_priv_task_dispose(t);
        else
            serve(core, t);
        return;
    }
    if (t->state >= BIDE_PRIV_TASK_DONE) {
        bide_priv_task_unref(t);
        return;
    }
    BIDE_PRIV_STEP(4);
    /* An exchange, not a store: a waker that finds the flag set must be ordered before the poll
     * that follows, and only reading its write gives that. */
    (void)atomic_exchange_explicit(&t->far, 0, memory_order_acq_rel);
    BIDE_PRIV_STEP(5);
    if (!t->queued)
        bide_priv_schedule(core, t);
    t->near_refs--;
}

static void arrive_all(bide_local *core, bide_task *list)
{
    list = reversed(list);
    while (list) {
        bide_task *next = list->next_far;
        arrive(core, list);
        list = next;
    }
}

/* Owner: moves what others have woken into the local queue, oldest first. */
void bide_priv_core_drain(bide_local *core)
{
    bide_task *list;
    if (!bide_priv_has_remote(core))
        return;
    BIDE_PRIV_STEP(6);
    list = bide_priv_exchange_seq_cst(BIDE_PRIV_PTR(&core->remote), NULL);
    BIDE_PRIV_STEP(7);
    arrive_all(core, list);
}

/* ---- timers, and blocking work ------------------------------------------------------------ */

uint64_t bide_priv_core_now(bide_local *core)
{
    return bide_priv_hub_now(&core->hub);
}

uint64_t bide_priv_runtime_now(bide_runtime *rt)
{
    return bide_priv_core_now(bide_priv_core_of(rt));
}

bide_poll bide_priv_timer_start(bide_runtime *rt, bide_timer *timer)
{
    bide_local *core = bide_priv_core_of(rt);
    bool is_nearest;
    bide_priv_core_retain(core);
    if (!bide_priv_hub_insert(&core->hub, timer, &is_nearest)) {
        bide_priv_core_release(core);
        return BIDE_ECANCELED;
    }
    /* The owner may sleep with a later deadline in mind. */
    if (!bide_priv_is_owner(core))
        bide_priv_core_unpark(core, false);
    return BIDE_READY;
}

void bide_priv_timer_stop(bide_runtime *rt, bide_timer *timer)
{
    bide_local *core = bide_priv_core_of(rt);
    bide_priv_hub_remove(&core->hub, timer);
    bide_priv_core_release(core);
}

/* Owner: wakes who waits for timers that are due. */
void bide_priv_core_fire(bide_local *core)
{
    if (bide_priv_hub_has_timers(&core->hub))
        bide_priv_hub_fire(&core->hub);
}

/* The job's thread would wake the task that awaits it: that is not for light ones. */
bide_poll bide_priv_offload(bide_runtime *rt, bide_job *job)
{
    bide_local *core = bide_priv_core_of(rt);
    if (core->current && core->current->light)
        return BIDE_ENOSYS;
    return bide_priv_hub_offload(&core->hub, job);
}

/* ---- sleeping ----------------------------------------------------------------------------- */

/* With a clock of the user's, sleeping is for wakes only: when nothing but timers is left, the
 * clock decides what comes next. True: it has moved, look again. */
static bool clock_moved(bide_local *core)
{
    bide_clock *clock = core->hub.clock;
    uint64_t deadline = bide_priv_hub_nearest(&core->hub);
    if (!clock->idle || deadline == BIDE_PRIV_FOREVER ||
        bide_priv_load_seq_cst(BIDE_PRIV_U32(&core->hub.jobs)) != 0)
        return false;
    return clock->idle(clock, deadline);
}

/* How long to sleep; 0: not at all. Called after prepare, so that whoever changes what it looks at
 * later also unparks. */
static uint64_t time_to_sleep(bide_local *core, uint32_t jobs_before)
{
    uint64_t deadline = bide_priv_hub_nearest(&core->hub), now;
    if (core->hub.clock)
        return jobs_before != bide_priv_load_seq_cst(BIDE_PRIV_U32(&core->hub.jobs))
                   ? 0
                   : BIDE_PRIV_FOREVER;
    if (deadline == BIDE_PRIV_FOREVER)
        return deadline;
    now = bide_priv_core_now(core);
    return deadline > now ? deadline - now : 0;
}

/* Owner, with nothing to poll: sleeps until a wake, the nearest timer, or a signal. */
void bide_priv_core_sleep(bide_local *core)
{
    uint32_t jobs = bide_priv_load_seq_cst(BIDE_PRIV_U32(&core->hub.jobs));
    uint64_t timeout;
    if (core->hub.clock && clock_moved(core))
        return;
    BIDE_PRIV_STEP(8);
    bide_priv_park_prepare(&core->parker);
    BIDE_PRIV_STEP(9);
    timeout = time_to_sleep(core, jobs);
    if (timeout == 0 || bide_priv_load_seq_cst(BIDE_PRIV_PTR(&core->remote)) != NULL) {
        bide_priv_park_cancel(&core->parker);
        return;
    }
    BIDE_PRIV_STEP(10);
    core->stats.sleeps++;
    bide_priv_park_wait(&core->parker, timeout);
    BIDE_PRIV_STEP(11);
}

/* ---- the end ------------------------------------------------------------------------------ */

/* Ends the root's waker: from now on its references are counted like everybody's. */
static void end_root(bide_local *core)
{
    bide_task *root = &core->root;
    uint32_t delta = root->near_refs - 1u - BIDE_PRIV_BIAS;
    bide_priv_slab_retire(core, root);
    (void)atomic_exchange_explicit(&root->far, 1, memory_order_acq_rel);
    root->queued = 1;
    root->state = BIDE_PRIV_TASK_DONE;
    if (bide_priv_add_acq_rel(BIDE_PRIV_U32(&root->far_refs), delta) + delta == 0)
        bide_priv_task_dispose(root);
}

static void drop_tasks(bide_local *core)
{
    bide_task *t;
    while ((t = core->first) != NULL)
        bide_priv_task_drop(t, BIDE_ECANCELED);
    /* What is queued has ended, but for the root: the queue held the last reference. */
    while ((t = core->head) != NULL) {
        core->head = t->next;
        if (t != &core->root)
            bide_priv_any_unref(t);
    }
}

/* Owner, who stops being one: ends everything and gives the executor's reference up. */
void bide_priv_core_close(bide_local *core)
{
    uint32_t delta;
    bide_priv_core_drain(core); /* requests find the tasks as they are */
    core->closing = true;
    drop_tasks(core);
    bide_priv_hub_close(&core->hub);
    bide_priv_hub_orphan_timers(&core->hub);
    arrive_all(core, bide_priv_exchange_seq_cst(BIDE_PRIV_PTR(&core->remote), BIDE_PRIV_CLOSED));
    if (core->host)
        bide_priv_host_close(core);
    drop_tasks(core);
    end_root(core);
    bide_priv_slabs_close(core);
    bide_priv_leave(core);
    delta = core->near_refs - 1u - BIDE_PRIV_BIAS;
    if (bide_priv_add_acq_rel(BIDE_PRIV_U32(&core->far_refs), delta) + delta == 0)
        core_free(core);
}
