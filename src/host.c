/*
 * host.c: executors on somebody else's loop.
 *
 * In place of the parker stands one word. A turn that found nothing more to do arms it; the first
 * who then makes work takes it, calls the host, and lets it go. Arming, and looking at the remote
 * list behind that, are sequentially consistent with pushing and taking, as parking is: one of the
 * two sides sees the other. The word is TAKEN during the call, so that the end of the executor, and
 * with it the host's, can wait for a call that is under way.
 */
#if !defined(_GNU_SOURCE) && !defined(_POSIX_C_SOURCE)
#define _POSIX_C_SOURCE 200809L
#endif

#include "core.h"

#include <sched.h>

/* Bits of the word; none of them: armed. */
enum { HOST_TOLD = 1, HOST_TAKEN = 2 };

/* In batches of BIDE_PRIV_TURNS; together what bide_local_turn promises. */
enum { BATCHES = 4 };

static void call_host(bide_host *host, bool from_isr)
{
    bool has_isr = host->size >= offsetof(bide_host, wake_from_isr) + sizeof host->wake_from_isr &&
                   host->wake_from_isr;
    if (from_isr && has_isr)
        host->wake_from_isr(host);
    else
        host->wake(host);
}

void bide_priv_host_wake(bide_local *core, bool from_isr)
{
    uint32_t armed = 0;
    if (!bide_priv_cas_seq_cst(BIDE_PRIV_U32(&core->host_state), &armed,
                               (uint32_t)(HOST_TOLD | HOST_TAKEN)))
        return;
    call_host(core->host, from_isr);
    (void)bide_priv_sub_acq_rel(BIDE_PRIV_U32(&core->host_state), (uint32_t)HOST_TAKEN);
}

/* Owner: from now on nobody calls the host, until it is armed again. A call that another thread is
 * in has only to return: it posts, and takes no lock of ours. */
static void disarm(bide_local *core)
{
    while (bide_priv_or_acq_rel(BIDE_PRIV_U32(&core->host_state), (uint32_t)HOST_TOLD) &
           HOST_TAKEN) {
        bide_priv_spin_hint();
        sched_yield();
    }
}

void bide_priv_host_close(bide_local *core)
{
    disarm(core);
}

/* Owner, with nothing to poll: when the next turn is wanted. */
static uint64_t arm(bide_local *core)
{
    bide_priv_store_seq_cst(BIDE_PRIV_U32(&core->host_state), 0u);
    if (bide_priv_load_seq_cst(BIDE_PRIV_PTR(&core->remote)) != NULL) {
        disarm(core);
        return 0;
    }
    return bide_priv_hub_nearest(&core->hub);
}

bide_poll bide_local_turn(bide_local *ex, uint64_t *deadline)
{
    bide_poll r = ex->host ? bide_priv_enter(ex) : BIDE_EMISUSE;
    int left = BATCHES;
    *deadline = BIDE_PRIV_FOREVER;
    if (r != BIDE_READY)
        return r;
    disarm(ex);
    do {
        bide_priv_core_fire(ex);
        bide_priv_core_drain(ex);
        (void)bide_priv_run_some(ex); /* there is no root */
    } while (ex->head && --left > 0);
    ex->new_deadline = false;
    *deadline = ex->head ? 0 : arm(ex);
    if (!ex->stats.tasks)
        ex->canceling = false;
    r = ex->stats.tasks ? BIDE_PENDING : BIDE_READY;
    bide_priv_leave(ex);
    return r;
}

bide_poll bide_local_enter(bide_local *ex)
{
    bide_poll r = bide_priv_enter(ex);
    if (r == BIDE_READY)
        ex->new_deadline = false;
    return r;
}

bool bide_local_leave(bide_local *ex)
{
    bool wanted = ex->head || ex->new_deadline;
    bide_priv_leave(ex);
    return wanted;
}

bide_poll bide_priv_host_cancel(bide_local *core)
{
    if (!core->stats.tasks) {
        core->canceling = false;
        return BIDE_READY;
    }
    bide_priv_host_wake(core, false);
    return BIDE_PENDING;
}

/* ---- the runtime -------------------------------------------------------------------------- */

/* Between turns there is no owner, and spawning goes to the local queue all the same. */
static void hosted_commit(bide_runtime *rt, bide_task *t, bool keep)
{
    bide_local *core = bide_priv_core_of(rt);
    bide_priv_spawn_commit(rt, t, keep);
    if (!bide_priv_is_owner(core))
        bide_priv_host_wake(core, false);
}

static bide_poll hosted_timer_start(bide_runtime *rt, bide_timer *timer)
{
    bide_local *core = bide_priv_core_of(rt);
    bide_poll r = bide_priv_timer_start(rt, timer);
    if (bide_priv_is_owner(core))
        core->new_deadline = true;
    return r;
}

const bide_runtime_vtable bide_priv_hosted_vtable = {
    .size = sizeof(bide_runtime_vtable),
    .name = "hosted",
    .now = bide_priv_runtime_now,
    .timer_start = hosted_timer_start,
    .timer_stop = bide_priv_timer_stop,
    .offload = bide_priv_offload,
    .spawn_begin = bide_priv_spawn_begin,
    .spawn_commit = hosted_commit,
    .spawn_abandon = bide_priv_spawn_abandon,
};
