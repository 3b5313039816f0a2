/*
 * cancel_support.h: a future whose cleanup waits, and futures of each making over it: what the
 * tests of bide/cancel.h end in all ways.
 */
#ifndef CANCEL_SUPPORT_H
#define CANCEL_SUPPORT_H

#include "async_support.h"

/* ---- a cleanup that waits, by hand -------------------------------------------------------- */

static bide_join *abort_in_poll; /* the task that a poll of slow aborts */
static bool is_quiet;            /* nobody wakes it: its executor comes to rest */

enum { SLOW_UNPOLLED, SLOW_WAITS, SLOW_CLEANS, SLOW_OVER };

static bide_poll slow_cancel(void *frame, bide_context *cx);
#define slow_FRAME(ROW)                                                                            \
    ROW(CANCEL, slow_cancel)                                                                       \
    ROW(PARAM, plan *, p) ROW(LOCAL, int, at) ROW(LOCAL, int, turns)
BIDE_FUTURE(int32_t, slow)

bide_poll slow_poll(struct slow *f, bide_context *cx, int32_t *out)
{
    if (f->at > SLOW_WAITS)
        return BIDE_EMISUSE;
    f->p->polls++;
    f->at = SLOW_WAITS;
    if (abort_in_poll)
        bide_join_abort(abort_in_poll);
    if (f->p->pend-- > 0) {
        if (!is_quiet)
            bide_waker_wake_by_ref(cx->waker);
        return BIDE_PENDING;
    }
    f->at = SLOW_OVER;
    f->p->ends++;
    *out = f->p->value;
    return BIDE_READY;
}

/* Notes "cut" if it waits: its cleanup is left out. */
void slow_drop_now(struct slow *f)
{
    if (f->at == SLOW_WAITS || f->at == SLOW_CLEANS) {
        f->p->drops++;
        bide_drop_order_note(f->p->order, "cut");
    }
    f->at = SLOW_OVER;
}

/* Waits for two turns, and notes its name. */
static bide_poll slow_cancel(void *frame, bide_context *cx)
{
    struct slow *f = frame;
    if (f->at == SLOW_WAITS)
        f->turns = 2;
    if (f->at == SLOW_UNPOLLED || f->at == SLOW_OVER) {
        f->at = SLOW_OVER;
        return BIDE_READY;
    }
    f->at = SLOW_CLEANS;
    if (f->turns-- > 0) {
        bide_waker_wake_by_ref(cx->waker);
        return BIDE_PENDING;
    }
    bide_drop_order_note(f->p->order, f->p->name);
    f->at = SLOW_OVER;
    return BIDE_READY;
}

/* ---- the same in futures of other makings ------------------------------------------------- */

#define free_one(value) bide_droppable_release(&(value))
#define WORK_ROWS(ROW)                                                                             \
    ROW(OWNED, bide_droppable, arg, free_one)                                                      \
    ROW(PARAM, plan *, p)                                                                          \
    ROW(PARAM, bide_drop_order *, order)                                                           \
    ROW(LOCAL, bide_droppable, r) ROW(CHILD, slow, first) ROW(CHILD, leaf, second)
#define WORK_BODY(F)                                                                               \
    BIDE_ASYNC(int32_t, F)                                                                         \
    {                                                                                              \
        BIDE_BEGIN(F);                                                                             \
        f->r = bide_droppable_make(f->order, "r");                                                 \
        BIDE_AWAIT(slow, first, (f->p));                                                           \
        BIDE_AWAIT(leaf, second, (f->p + 1));                                                      \
        BIDE_RETURN(7);                                                                            \
    BIDE_CLEANUP:                                                                                  \
        bide_droppable_release(&f->r);                                                             \
        BIDE_END;                                                                                  \
    }
#define work_FRAME(ROW) WORK_ROWS(ROW)
WORK_BODY(work)

#define Job_METHODS(METHOD, I, Self)                                                               \
    METHOD(I, Self, ASYNC, int32_t, run, (bide_droppable, arg), (plan *, p),                       \
           (bide_drop_order *, order))
BIDE_INTERFACE(Job);
typedef struct Worker {
    int unused;
} Worker;
BIDE_IMPL_DECLARE(Job, Worker);
#define Worker_run_FRAME(ROW) ROW(PARAM, Worker *, self) WORK_ROWS(ROW)
WORK_BODY(Worker_run)
BIDE_IMPL(Job, Worker);

static Worker worker;

/* Parents: of a dyn call, of a box, of both side by side. */
#define ARGS (bide_droppable_make(f->order, "arg"), f->p, f->order)
#define DYN_ARGS (&f->job, bide_droppable_make(f->order, "arg"), f->p, f->order)
#define PARENT_ROWS(ROW)                                                                           \
    ROW(PARAM, plan *, p)                                                                          \
    ROW(PARAM, bide_drop_order *, order)                                                           \
    ROW(LOCAL, Job, job) ROW(LOCAL, bool, begun) ROW(LOCAL, int32_t, x) ROW(LOCAL, int32_t, y)
#define PARENT(F, AWAIT)                                                                           \
    BIDE_ASYNC(int32_t, F)                                                                         \
    {                                                                                              \
        BIDE_BEGIN(F);                                                                             \
        f->begun = true;                                                                           \
        f->job = Worker_as_Job(&worker, NULL);                                                     \
        AWAIT;                                                                                     \
        BIDE_RETURN(f->x);                                                                         \
    BIDE_CLEANUP:                                                                                  \
        bide_drop_order_note(f->order, "parent");                                                  \
        BIDE_END;                                                                                  \
    }
#define calls_FRAME(ROW) PARENT_ROWS(ROW) ROW(CHILD, Job_run, down)
PARENT(calls, BIDE_AWAIT_TO(f->x, Job_run, down, DYN_ARGS))
#define boxes_FRAME(ROW) PARENT_ROWS(ROW) ROW(BOXED, work, down)
PARENT(boxes, BIDE_AWAIT_TO(f->x, work, down, ARGS))
#define embeds_FRAME(ROW) PARENT_ROWS(ROW) ROW(CHILD, work, down)
PARENT(embeds, BIDE_AWAIT_TO(f->x, work, down, ARGS))
#define joins_FRAME(ROW) PARENT_ROWS(ROW) ROW(JOIN, both, (leaf, a), (Job_run, b))
PARENT(joins, BIDE_AWAIT_JOIN(both, (leaf, a, f->y, (f->p + 2)), (Job_run, b, f->x, DYN_ARGS)))

/* What the compiler knows. */
#define NO_DROP(F) (((int)F##_flags & (int)BIDE_NO_DROP) != 0)
BIDE_PRIV_ASSERT(NO_DROP(slow) && NO_DROP(work) && NO_DROP(embeds) && NO_DROP(Worker_run), "");
BIDE_PRIV_ASSERT(!NO_DROP(Job_run) && !NO_DROP(calls) && !NO_DROP(boxes) && !NO_DROP(leaf), "");

/* ---- a life ------------------------------------------------------------------------------- */

enum { BODY, BOX, DYN, CALLS, BOXES, EMBEDS, JOINS, MAKINGS };

typedef struct life {
    stage s;
    bide_drop_order order;
    plan plans[3];
    int making;
    const bide_type *type;
    bide_box box;
    union {
        struct work work;
        struct Job_run dyn;
        struct calls calls;
        struct boxes boxes;
        struct embeds embeds;
        struct joins joins;
    } room;
    int32_t out;
} life;

static inline void life_open(life *l, int making)
{
    static const char *const names[] = {"slow", "leaf", "aside"};
    bide_droppable arg;
    Job job = Worker_as_Job(&worker, NULL);
    memset(l, 0, sizeof *l);
    stage_open(&l->s, NULL);
    bide_drop_order_init(&l->order);
    l->making = making;
    for (int i = 0; i < 3; i++)
        l->plans[i] = (plan){.pend = 1, .order = &l->order, .name = names[i]};
    l->plans[2].pend = 0;
    if (making <= DYN)
        arg = bide_droppable_make(&l->order, "arg");
    switch (making) {
    case BODY:
        l->type = &work_type;
        work_init(&l->room.work, arg, l->plans, &l->order);
        break;
    case BOX:
        l->type = &work_type;
        assert_int_equal(BIDE_BOX(work, &l->box, l->s.cx.allocator, (arg, l->plans, &l->order)),
                         BIDE_READY);
        break;
    case DYN:
        l->type = &Job_run_type;
        Job_run_init(&l->room.dyn, &job, arg, l->plans, &l->order);
        break;
    case CALLS:
        l->type = &calls_type;
        calls_init(&l->room.calls, l->plans, &l->order);
        break;
    case BOXES:
        l->type = &boxes_type;
        boxes_init(&l->room.boxes, l->plans, &l->order);
        break;
    case EMBEDS:
        l->type = &embeds_type;
        embeds_init(&l->room.embeds, l->plans, &l->order);
        break;
    default:
        l->type = &joins_type;
        joins_init(&l->room.joins, l->plans, &l->order);
    }
}

static inline bide_poll life_poll(life *l)
{
    return l->making == BOX ? bide_box_poll(&l->box, &l->s.cx, &l->out)
                            : l->type->poll(&l->room, &l->s.cx, &l->out);
}

static inline void life_polls(life *l, int polls)
{
    for (int i = 0; i < polls; i++)
        assert_int_equal(life_poll(l), BIDE_PENDING);
}

static inline void life_drop(life *l)
{
    if (l->making == BOX)
        bide_box_drop(&l->box);
    else
        l->type->drop(&l->room);
}

static inline bide_poll life_cancel(life *l)
{
    return l->making == BOX ? bide_box_cancel(&l->box, &l->s.cx)
                            : bide_cancel(l->type, &l->room, &l->s.cx);
}

/* What has happened so far, given what happens to the work itself: parents have more to do, but
 * those that were never polled have no argument yet. */
static inline void life_expect(life *l, bool begun, const char *work)
{
    char expected[BIDE_TESTING_TEXT];
    bool is_parent = l->making > DYN;
    snprintf(expected, sizeof expected, "%s%s", is_parent && !begun ? "" : work,
             is_parent && begun ? " parent" : "");
    assert_string_equal(bide_drop_order_text(&l->order), expected);
}

static inline void life_close(life *l)
{
    stage_close(&l->s);
}

/* The work's two awaits: what a drop and a cancel make of each. */
static const char *const dropped[] = {"cut r arg", "leaf r arg"};
static const char *const cancelled[] = {"slow r arg", "leaf r arg"};

#endif
