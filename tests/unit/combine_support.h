/*
 * combine_support.h: made futures of every kind for the tests of combinators, each of which follows
 * a plan: by hand (leaf, mleaf), a body, a call through a handle, a box.
 */
#ifndef BIDE_TESTS_COMBINE_SUPPORT_H
#define BIDE_TESTS_COMBINE_SUPPORT_H

#include "async_support.h"

#include <bide/made.h>

/* A body around a leaf. */
#define body_FRAME(ROW) ROW(PARAM, plan *, p) ROW(LOCAL, int32_t, v) ROW(CHILD, leaf, it)
BIDE_ASYNC(int32_t, body)
{
    BIDE_BEGIN(body);
    BIDE_AWAIT_TO(f->v, leaf, it, (f->p));
    BIDE_RETURN(f->v);
    BIDE_END;
}

/* The same through a handle: struct Source_get. */
#define Source_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC, int32_t, get)
BIDE_INTERFACE(Source);
typedef struct Planned {
    plan *p;
} Planned;
#define Planned_get_FRAME(ROW) ROW(PARAM, Planned *, self) ROW(LOCAL, bool, over)
BIDE_FUTURE(int32_t, Planned_get)
bide_poll Planned_get_poll(struct Planned_get *f, bide_context *cx, int32_t *out)
{
    return plan_poll(f->self->p, &f->over, cx, out);
}
void Planned_get_drop(struct Planned_get *f)
{
    plan_drop(f->self->p, &f->over);
}
BIDE_IMPL_DECLARE(Source, Planned);
BIDE_IMPL(Source, Planned);

/* A box of a leaf. */
BIDE_BOXED(boxed, int32_t);

/* All four, made, in the order of the plans. */
typedef struct kinds {
    Planned object;
    Source handle;
    struct leaf a;
    struct body b;
    struct Source_get c;
    struct boxed d;
} kinds;

static inline void kinds_make(kinds *k, plan *plans, bide_allocator *allocator)
{
    bide_box box = BIDE_BOX_EMPTY;
    k->object.p = &plans[2];
    leaf_init(&k->a, &plans[0]);
    body_init(&k->b, &plans[1]);
    k->handle = Planned_as_Source(&k->object, NULL);
    Source_get_init(&k->c, &k->handle);
    assert_int_equal(BIDE_BOX(leaf, &box, allocator, (&plans[3])), BIDE_READY);
    boxed_init(&k->d, box);
}

/* Plans for the four: each may pend no, one or two times, by the digits of a number below 81; their
 * values go on from the first. */
static inline void plans_of(plan *plans, int pattern, int32_t first_value)
{
    for (int i = 0; i < 4; i++, pattern /= 3)
        plans[i] = (plan){.pend = pattern % 3, .value = first_value + i};
}

/* Each future that was polled has ended in one way, once. */
static inline void plans_are_over(const plan *plans, int n)
{
    for (int i = 0; i < n; i++) {
        assert_true(plans[i].ends + plans[i].drops <= 1);
        if (plans[i].polls > 0)
            assert_int_equal(plans[i].ends + plans[i].drops, 1);
    }
}

/* A scenario for TEST_EVERY_FAILURE: F of the four, boxed and started by the scenario's allocator;
 * whatever fails, nothing is left. */
#define KINDS_THROUGH(scenario, F)                                                                 \
    static bide_poll scenario(bide_allocator *allocator)                                           \
    {                                                                                              \
        bide_context cx = {.size = sizeof cx, .waker = bide_waker_noop(), .allocator = allocator}; \
        plan plans[4];                                                                             \
        F##_output got;                                                                            \
        bide_box box = BIDE_BOX_EMPTY, whole = BIDE_BOX_EMPTY;                                     \
        Planned object = {&plans[2]};                                                              \
        Source handle = Planned_as_Source(&object, NULL);                                          \
        struct leaf a;                                                                             \
        struct body b;                                                                             \
        struct Source_get c;                                                                       \
        struct boxed d;                                                                            \
        bide_poll r;                                                                               \
        memset(&got, 0, sizeof got);                                                               \
        plans_of(plans, 80, 1);                                                                    \
        r = BIDE_BOX(leaf, &box, allocator, (&plans[3]));                                          \
        if (r != BIDE_READY)                                                                       \
            return r;                                                                              \
        Source_get_init(&c, &handle);                                                              \
        r = F##_start_box(&whole, BIDE_MADE(leaf, a, (&plans[0])),                                 \
                          BIDE_MADE(body, b, (&plans[1])), c, BIDE_MADE(boxed, d, (box)),          \
                          allocator, &cx, &got);                                                   \
        if (r == BIDE_PENDING)                                                                     \
            r = drive_box(&whole, &cx, &got);                                                      \
        plans_are_over(plans, 4);                                                                  \
        return r;                                                                                  \
    }                                                                                              \
    TEST_EVERY_FAILURE(every_failure, scenario)

#endif
