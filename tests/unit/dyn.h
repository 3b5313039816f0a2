/*
 * dyn.h: what the tests of interfaces share: the surroundings of a poll, and two leaves.
 */
#ifndef DYN_H
#define DYN_H

#include "support.h"
#include <bide/alloc_count.h>

/* A context whose allocator counts and checks, and whose waker counts. */
typedef struct rig {
    bide_checking_allocator checking;
    bide_counter counter;
    bide_counting_waker waker;
    bide_context cx;
} rig;

static inline void rig_open(rig *r)
{
    bide_checking_allocator_init(&r->checking, bide_heap());
    bide_counter_init(&r->counter, &r->checking.base);
    bide_counting_waker_init(&r->waker);
    r->cx = (bide_context){sizeof r->cx, 0, &r->waker.base, NULL, &r->counter.base};
}

/* Nothing may be left: no block, and no reference to the waker but the test's own. */
static inline void rig_close(rig *r)
{
    assert_int_equal(bide_counting_waker_refs(&r->waker), 1);
    assert_int_equal(r->counter.live, 0);
    if (bide_checking_allocator_finish(&r->checking) != 0)
        fail_msg("%s", bide_checking_allocator_report(&r->checking));
}

/* A context on the allocator of a failure scenario. */
static inline bide_context scenario_context(bide_allocator *allocator)
{
    bide_context cx = {sizeof cx, 0, bide_waker_noop(), NULL, allocator};
    return cx;
}

/* nap(times): pends so many times, waking itself by reference. Movable, owns nothing. */
#define nap_FRAME(ROW) ROW(TRAITS, BIDE_SEND | BIDE_UNPIN) ROW(PARAM, int, times)
BIDE_FUTURE(void, nap)

bide_poll nap_poll(struct nap *f, bide_context *cx, void *out)
{
    (void)out;
    if (f->times <= 0)
        return BIDE_READY;
    f->times--;
    bide_waker_wake_by_ref(cx->waker);
    return BIDE_PENDING;
}

void nap_drop(struct nap *f)
{
    (void)f;
}

/* pass(gate): waits until the test opens the gate; keeps a clone of the waker in it. Not movable.
 * Ends with the gate's code if that is set. */
typedef struct gate {
    bool open;
    bide_poll code;
    bide_waker *waker;
    int polls, drops;
} gate;

#define pass_FRAME(ROW) ROW(PARAM, gate *, g) ROW(LOCAL, bool, over)
BIDE_FUTURE(void, pass)

bide_poll pass_poll(struct pass *f, bide_context *cx, void *out)
{
    (void)out;
    f->g->polls++;
    if (!f->g->open) {
        if (bide_waker_register(&f->g->waker, cx) == BIDE_READY)
            return BIDE_PENDING;
        f->over = true;
        return BIDE_ENOMEM;
    }
    f->over = true;
    bide_waker_clear(&f->g->waker);
    return f->g->code ? f->g->code : BIDE_READY;
}

void pass_drop(struct pass *f)
{
    if (f->over)
        return;
    f->over = true;
    f->g->drops++;
    bide_waker_clear(&f->g->waker);
}

static inline void gate_open(gate *g)
{
    g->open = true;
    bide_waker_take_and_wake(&g->waker);
}

#endif
