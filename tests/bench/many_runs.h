/*
 * many_runs.h: the workload `many` on bide: so many tasks, each one dyn call that waits for an
 * event; the event is set, and all run to their end. The including file brings the bodies of
 * Front_pass and Back_pass and the future type `client`; bide_runs.h has what is used here.
 *
 * Each task has a join handle, can be aborted, and can be woken from other threads; its result is
 * taken through the handle. Two forms:
 *
 *     many        the task is a function that awaits the call
 *     many_call   the task is the call: its frame is built inside the task's block, whose size the
 *                 callee's record tells
 */
#ifndef MANY_RUNS_H
#define MANY_RUNS_H

#include "gate.h"

/* Spawns the call itself, as `init` of a vtable's record is meant. */
static bide_poll spawn_call(bide_local *ex, Gate *gate, uint32_t n, bide_join *join)
{
    bide_runtime *rt = bide_local_runtime(ex);
    void *frame;
    bide_poll r = bide_runtime_spawn_begin(rt, Gate_pass_type_of(gate), NULL, &join->task, &frame);
    if (r == BIDE_READY) {
        gate->vtable->pass.init(frame, gate->self, n);
        bide_runtime_spawn_commit(rt, join->task, true);
    }
    return r;
}

static bide_poll spawn_client(bide_local *ex, Gate *gate, uint32_t n, bide_join *join)
{
    bide_poll r;
    BIDE_SPAWN_TO(r, ex, client, NULL, join, (gate, n));
    return r;
}

/* take_all(event, joins, tasks) -> uint32_t: sets the event, awaits the tasks one after the other,
 * sums what they gave. Runs beside them on their executor. */
#define take_all_FRAME(ROW)                                                                        \
    ROW(PARAM, struct event *, event)                                                              \
    ROW(PARAM, bide_join *, joins)                                                                 \
    ROW(PARAM, uint32_t, tasks) ROW(LOCAL, uint32_t, taken) ROW(LOCAL, uint32_t, sum)
BIDE_FUTURE(uint32_t, take_all)
BIDE_INLINE bide_poll take_all_poll(struct take_all *f, bide_context *cx, uint32_t *out)
{
    if (!f->event->set)
        event_set(f->event);
    for (; f->taken < f->tasks; f->taken++) {
        uint32_t value;
        bide_poll r = bide_join_poll(&f->joins[f->taken], cx, &value);
        if (r != BIDE_READY)
            return r;
        f->sum += value;
    }
    *out = f->sum;
    return BIDE_READY;
}
BIDE_INLINE void take_all_drop(struct take_all *f)
{
    (void)f; /* the handles are the caller's */
}

static uint32_t run_many(const char *place, bool call, uint32_t tasks, int which)
{
    struct place p;
    struct event event = {NULL, false};
    Door door = {&event};
    bide_local_options options = bide_local_options_init();
    bide_join *joins = malloc(tasks * sizeof *joins);
    bide_local *ex;
    Gate gate;
    uint32_t i, sum = 0;
    bide_poll r;
    place_open(&p, place);
    gate = which ? Front_as_Gate(&door, p.allocator) : Back_as_Gate(&door, p.allocator);
    options.slab_bytes = BIDE_SLAB_OWN_BYTES + 64; /* room for the frame of one call */
    if (!joins || bide_local_new(&options, &ex) != BIDE_READY)
        abort();
    for (i = 0; i < tasks; i++) {
        r = call ? spawn_call(ex, &gate, opaque(i), &joins[i])
                 : spawn_client(ex, &gate, opaque(i), &joins[i]);
        if (r != BIDE_READY)
            abort();
    }
    if (bide_local_run_until_stalled(ex) != BIDE_PENDING) /* every task waits */
        abort();
    BIDE_RUN_UNTIL_TO(r, ex, take_all, &sum, (&event, joins, tasks));
    if (r != BIDE_READY)
        abort();
    bide_local_free(ex);
    free(joins);
    place_close(&p);
    return sum;
}

#endif
