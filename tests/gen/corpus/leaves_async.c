/*
 * leaves_async.c: the leaves as futures by hand.
 *
 * Each frame knows whether it was polled, ended or dropped, and where it was polled first. A frame
 * whose members were not built, or were used after the end, is seen by its state word.
 */
#include "corpus.h"
#include "leaves.h"
#include "leaves_values.h"

enum { FRESH = 0, WAITING = 0x1eaf0001, ENDED = 0x1eaf0002, DROPPED = 0x1eaf0003 };

static int scripted_polls(void)
{
    if (orders.wait_leaf)
        return books.leaf_calls == orders.wait_leaf;
    switch (orders.script) {
    case PEND_NEVER:
    case PEND_SCRIPTS:
        return 0;
    case PEND_ONCE:
        return 1;
    case PEND_ALTERNATE:
        return books.leaf_calls & 1;
    case PEND_RANDOM:
        orders.random = orders.random * 1664525u + 1013904223u;
        return (int)(orders.random >> 30);
    }
    return 0;
}

static void core_first(struct leaf_core *core, int polls)
{
    core->state = WAITING;
    core->place = core;
    core->waker = NULL;
    core->left = polls >= 0 ? polls : scripted_polls();
    core->fails = books.leaf_calls == orders.fail_leaf;
    books.live_leaves++;
}

static void core_over(struct leaf_core *core, int state)
{
    if (core->place != core)
        books_broken("a leaf's frame was moved behind its first poll");
    bide_waker_clear(&core->waker);
    core->state = state;
    books.live_leaves--;
}

/* leaf_begins was called already if this is the first poll. polls: -1, as the script says. */
bide_poll leaf_step(struct leaf_core *core, bide_context *cx, int polls)
{
    if (core->state == FRESH)
        core_first(core, polls);
    if (core->state != WAITING) {
        books_broken(core->state == ENDED || core->state == DROPPED
                         ? "a leaf was polled behind its end"
                         : "a leaf was polled that was never built");
        return BIDE_EMISUSE;
    }
    if (core->left > 0) {
        core->left--;
        books.leaf_pends++;
        if (bide_waker_register(&core->waker, cx) != BIDE_READY)
            books_broken("no waker");
        bide_waker_wake_by_ref(core->waker);
        return BIDE_PENDING;
    }
    core_over(core, ENDED);
    if (books.broken)
        return BIDE_ECANCELED; /* or a body that lost a counter would go on for long */
    return core->fails ? orders.fail_code : BIDE_READY;
}

bool leaf_dropped(struct leaf_core *core)
{
    if (core->state == FRESH) {
        core->state = DROPPED;
    } else if (core->state == WAITING) {
        core_over(core, DROPPED);
    } else {
        books_broken("a leaf was dropped behind its end, or was never built");
        return false;
    }
    return true;
}

/* The two functions of a leaf. */
#define LEAF(name, R, ARGUMENT, POLLS)                                                             \
    bide_poll name##_poll(struct name *f, bide_context *cx, R *out)                                \
    {                                                                                              \
        bide_poll code;                                                                            \
        if (f->core.state == FRESH)                                                                \
            leaf_begins(ARGUMENT);                                                                 \
        code = leaf_step(&f->core, cx, POLLS);                                                     \
        if (code != BIDE_PENDING)                                                                  \
            name##_over(f, out, code);                                                             \
        return code;                                                                               \
    }                                                                                              \
    void name##_drop(struct name *f)                                                               \
    {                                                                                              \
        if (leaf_dropped(&f->core))                                                                \
            name##_bide_release(f);                                                                \
    }                                                                                              \
    BIDE_FUTURE_DEFINE(R, name)

/* What a leaf does when it is over; with a failure, only the release. */
#define ENDS(name, R, ...)                                                                         \
    static void name##_over(struct name *f, R *out, bide_poll code)                                \
    {                                                                                              \
        (void)out;                                                                                 \
        if (code == BIDE_READY) {                                                                  \
            __VA_ARGS__                                                                            \
        }                                                                                          \
        name##_bide_release(f);                                                                    \
    }

ENDS(leaf, int, leaf_ends(f->x); *out = leaf_value(f->x);)
LEAF(leaf, int, f->x, -1);
ENDS(pause_void, void, leaf_ends(f->x);)
LEAF(pause_void, void, f->x, -1);
ENDS(leaf_pair, struct pair, leaf_ends(f->x); *out = pair_value(f->x);)
LEAF(leaf_pair, struct pair, f->x, -1);
ENDS(leaf_big, struct big, leaf_ends(f->x); *out = big_value(f->x);)
LEAF(leaf_big, struct big, f->x, -1);
ENDS(leaf_double, double, leaf_ends((int)f->x); *out = f->x / 2;)
LEAF(leaf_double, double, (int)f->x, -1);
ENDS(leaf_pointer, int *, ++*f->p; leaf_ends(*f->p); *out = f->p;)
LEAF(leaf_pointer, int *, *f->p, -1);
ENDS(leaf_write, void, *f->to = f->value; leaf_ends(f->value);)
LEAF(leaf_write, void, f->value, -1);
ENDS(leaf_negative, int, leaf_ends(f->x); *out = negative_value(f->x);)
LEAF(leaf_negative, int, f->x, -1);
ENDS(leaf_acquire, struct resource *, leaf_ends(f->id); *out = acquire(f->id);)
LEAF(leaf_acquire, struct resource *, f->id, -1);
ENDS(leaf_consume, int, int id = use(f->r); leaf_ends(id); *out = id;)
LEAF(leaf_consume, int, use(f->r), -1);
ENDS(leaf_after, int, leaf_ends(f->x); *out = leaf_value(f->x);)
LEAF(leaf_after, int, f->x, f->polls);

/* Releases in every case: a cleanup that fails, or is dropped itself, leaves nothing behind. */
bide_poll release_async_poll(struct release_async *f, bide_context *cx, void *out)
{
    int id = *f->r ? use(*f->r) : 0;
    bide_poll code;
    (void)out;
    if (f->core.state == FRESH)
        leaf_begins(id);
    code = leaf_step(&f->core, cx, -1);
    if (code == BIDE_READY)
        leaf_ends(id);
    if (code != BIDE_PENDING)
        release(*f->r);
    return code;
}
void release_async_drop(struct release_async *f)
{
    if (f->core.state == WAITING)
        release(*f->r);
    (void)leaf_dropped(&f->core);
}
BIDE_FUTURE_DEFINE(void, release_async);

ENDS(pinned_leaf, int, leaf_ends(f->x); *out = leaf_value(f->x);)
LEAF(pinned_leaf, int, f->x, -1);

/* Ready at once where the script never pends. */
bide_poll pinned_leaf_try(struct pinned_leaf *f, bide_context *cx, int *out)
{
    (void)cx;
    if (orders.script != PEND_NEVER || orders.fail_leaf)
        return BIDE_PENDING;
    leaf_begins(f->x);
    leaf_ends(f->x);
    *out = leaf_value(f->x);
    return BIDE_READY;
}

BIDE_ASYNC_DEFINE(int, macro_leaf)
{
    BIDE_BEGIN(macro_leaf);
    BIDE_AWAIT_TO(f->first, leaf, one, (f->x));
    BIDE_AWAIT_TO(f->second, leaf, two, (f->first));
    BIDE_RETURN(f->second + f->first);
    BIDE_END;
}
