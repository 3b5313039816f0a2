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

/* Each future that was polled has ended in one way, once. */
static inline void plans_are_over(const plan *plans, int n)
{
    for (int i = 0; i < n; i++) {
        assert_true(plans[i].ends + plans[i].drops <= 1);
        if (plans[i].polls > 0)
            assert_int_equal(plans[i].ends + plans[i].drops, 1);
    }
}

#endif
