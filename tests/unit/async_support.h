/*
 * async_support.h: what the tests of bodies, futures by hand and boxes share: a context whose waker
 * and memory are counted, and leaves that follow a plan.
 */
#ifndef BIDE_TESTS_ASYNC_SUPPORT_H
#define BIDE_TESTS_ASYNC_SUPPORT_H

#include "support.h"

#include <bide/alloc_count.h>
#include <bide/testing_futures.h>

#include <string.h>

/* A context to poll with. */
typedef struct stage {
    bide_counting_waker waker;
    bide_counter counter;
    bide_context cx;
} stage;

static inline void stage_open(stage *s, bide_allocator *upstream)
{
    bide_counting_waker_init(&s->waker);
    bide_counter_init(&s->counter, upstream ? upstream : bide_heap());
    s->cx = (bide_context){.size = sizeof s->cx,
                           .waker = &s->waker.base,
                           .allocator = &s->counter.base};
}

/* Nothing is left: no block, no clone of the waker. */
static inline void stage_close(stage *s)
{
    assert_int_equal(s->counter.live, 0);
    assert_int_equal(s->counter.allocs, s->counter.frees);
    assert_int_equal(bide_counting_waker_refs(&s->waker), 1);
}

/* What a leaf does, and what was done to it. */
typedef struct plan {
    int pend;       /* pends in so many polls */
    bide_poll code; /* then ends with this; 0: BIDE_READY */
    int32_t value;  /* the Output */
    int polls, drops, ends;
    bide_drop_order *order; /* gets the name of a leaf that is dropped */
    const char *name;
} plan;

static inline bide_poll plan_poll(plan *p, bool *over, bide_context *cx, int32_t *out)
{
    if (*over)
        return BIDE_EMISUSE;
    p->polls++;
    if (p->pend > 0) {
        p->pend--;
        bide_waker_wake_by_ref(cx->waker);
        return BIDE_PENDING;
    }
    *over = true;
    p->ends++;
    if (p->code)
        return p->code;
    *out = p->value;
    return BIDE_READY;
}

static inline void plan_drop(plan *p, bool *over)
{
    if (*over)
        return;
    *over = true;
    p->drops++;
    if (p->order)
        bide_drop_order_note(p->order, p->name);
}

/* Looks without parking: only a plan that never pends can end here. */
static inline bide_poll plan_try(plan *p, bide_context *cx, int32_t *out)
{
    bool over = false;
    return p->pend > 0 ? BIDE_PENDING : plan_poll(p, &over, cx, out);
}

/* leaf: pinned. mleaf: movable. tleaf: pinned, with a look before it parks. */
#define leaf_FRAME(ROW) ROW(PARAM, plan *, p) ROW(LOCAL, bool, over)
BIDE_FUTURE(int32_t, leaf)
#define mleaf_FRAME(ROW) ROW(TRAITS, BIDE_SEND | BIDE_UNPIN) leaf_FRAME(ROW)
BIDE_FUTURE(int32_t, mleaf)
#define tleaf_look(f, cx, out) plan_try((f)->p, cx, out)
#define tleaf_FRAME(ROW) ROW(TRAITS, BIDE_SEND) ROW(TRY, tleaf_look) leaf_FRAME(ROW)
BIDE_FUTURE(int32_t, tleaf)

#define LEAF_FUNCTIONS(F)                                                                          \
    bide_poll F##_poll(struct F *f, bide_context *cx, int32_t *out)                                \
    {                                                                                              \
        return plan_poll(f->p, &f->over, cx, out);                                                 \
    }                                                                                              \
    void F##_drop(struct F *f)                                                                     \
    {                                                                                              \
        plan_drop(f->p, &f->over);                                                                 \
    }
LEAF_FUNCTIONS(leaf)
LEAF_FUNCTIONS(mleaf)
LEAF_FUNCTIONS(tleaf)

/* Polls a frame to its end. */
static inline bide_poll drive(const bide_type *type, void *frame, bide_context *cx, void *out)
{
    for (int i = 0; i < 10000; i++) {
        bide_poll r = type->poll(frame, cx, out);
        if (r != BIDE_PENDING)
            return r;
    }
    fail_msg("%s does not end", type->name);
    return BIDE_EMISUSE;
}

static inline bide_poll drive_box(bide_box *box, bide_context *cx, void *out)
{
    for (int i = 0; i < 10000; i++) {
        bide_poll r = bide_box_poll(box, cx, out);
        if (r != BIDE_PENDING)
            return r;
    }
    fail_msg("%s does not end", box->type->name);
    return BIDE_EMISUSE;
}

#endif
