/*
 * test_cancel.c: the contract of bide/cancel.h, a test for each row of its table, under the row's
 * name, for each making of a future that the core has.
 */
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
void slow_drop(struct slow *f)
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

static void life_open(life *l, int making)
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

static bide_poll life_poll(life *l)
{
    return l->making == BOX ? bide_box_poll(&l->box, &l->s.cx, &l->out)
                            : l->type->poll(&l->room, &l->s.cx, &l->out);
}

static void life_polls(life *l, int polls)
{
    for (int i = 0; i < polls; i++)
        assert_int_equal(life_poll(l), BIDE_PENDING);
}

static void life_drop(life *l)
{
    if (l->making == BOX)
        bide_box_drop(&l->box);
    else
        l->type->drop(&l->room);
}

static bide_poll life_cancel(life *l)
{
    return l->making == BOX ? bide_box_cancel(&l->box, &l->s.cx)
                            : bide_cancel(l->type, &l->room, &l->s.cx);
}

/* What has happened so far, given what happens to the work itself: parents have more to do, but
 * those that were never polled have no argument yet. */
static void life_expect(life *l, bool begun, const char *work)
{
    char expected[BIDE_TESTING_TEXT];
    bool is_parent = l->making > DYN;
    snprintf(expected, sizeof expected, "%s%s", is_parent && !begun ? "" : work,
             is_parent && begun ? " parent" : "");
    assert_string_equal(bide_drop_order_text(&l->order), expected);
}

static void life_close(life *l)
{
    stage_close(&l->s);
}

/* The work's two awaits: what a drop and a cancel make of each, and in how many turns. */
static const char *const dropped[] = {"cut r arg", "leaf r arg"};
static const char *const cancelled[] = {"slow r arg", "leaf r arg"};
static const int turns[] = {2, 0};

/* ---- drop --------------------------------------------------------------------------------- */

static void drop_before_start(void **state)
{
    (void)state;
    for (int making = 0; making < MAKINGS; making++) {
        life l;
        life_open(&l, making);
        life_drop(&l);
        life_expect(&l, false, "arg");
        assert_int_equal(l.plans[0].polls, 0);
        life_close(&l);
    }
}

/* Also what is left out: "cut". */
static void drop_at_each_await(void **state)
{
    (void)state;
    TEST_BREAKS("its cleanup must wait, too");
    for (int making = 0; making < MAKINGS; making++)
        for (int at = 0; at < 2; at++) {
            life l;
            life_open(&l, making);
            life_polls(&l, at + 1);
            life_drop(&l);
            life_expect(&l, true, dropped[at]);
            life_close(&l);
        }
}

static void drop_no_drop_at_await(void **state)
{
    stage s;
    bide_drop_order order;
    plan p = {.pend = 1, .order = &order, .name = "slow"};
    struct slow f;
    int32_t out;
    (void)state;
    stage_open(&s, NULL);
    bide_drop_order_init(&order);
    slow_init(&f, &p);
    assert_int_equal(slow_poll(&f, &s.cx, &out), BIDE_PENDING);
    slow_drop(&f);
    assert_string_equal(bide_drop_order_text(&order), "cut");
    stage_close(&s);
}

static void drop_after_completion(void **state)
{
    (void)state;
    for (int making = 0; making < MAKINGS; making++) {
        life l;
        life_open(&l, making);
        life_polls(&l, 2);
        assert_int_equal(life_poll(&l), BIDE_READY);
        assert_int_equal(l.out, 7);
        life_drop(&l);
        life_expect(&l, true, "r arg");
        life_close(&l);
    }
}

static void drop_twice(void **state)
{
    (void)state;
    TEST_BREAKS("its cleanup must wait, too", "was dropped twice");
    for (int making = 0; making < MAKINGS; making++) {
        life l;
        life_open(&l, making);
        life_polls(&l, 2);
        life_drop(&l);
        life_drop(&l);
        life_expect(&l, true, dropped[1]);
        life_close(&l);
    }
}

/* ---- cancel ------------------------------------------------------------------------------- */

static void cancel_before_start(void **state)
{
    (void)state;
    for (int making = 0; making < MAKINGS; making++) {
        life l;
        life_open(&l, making);
        assert_int_equal(life_cancel(&l), BIDE_READY);
        life_expect(&l, false, "arg");
        assert_int_equal(l.plans[0].polls, 0);
        life_close(&l);
    }
}

static void cancel_at_each_await(void **state)
{
    (void)state;
    for (int making = 0; making < MAKINGS; making++)
        for (int at = 0; at < 2; at++) {
            life l;
            life_open(&l, making);
            life_polls(&l, at + 1);
            for (int i = 0; i < turns[at]; i++) {
                assert_int_equal(life_cancel(&l), BIDE_PENDING);
                assert_string_equal(bide_drop_order_text(&l.order), "");
            }
            assert_int_equal(life_cancel(&l), BIDE_READY);
            life_expect(&l, true, cancelled[at]);
            life_close(&l);
        }
}

static void cancel_after_completion(void **state)
{
    (void)state;
    for (int making = 0; making < MAKINGS; making++) {
        life l;
        life_open(&l, making);
        life_polls(&l, 2);
        assert_int_equal(life_poll(&l), BIDE_READY);
        assert_int_equal(life_cancel(&l), BIDE_READY);
        life_expect(&l, true, "r arg");
        life_close(&l);
    }
}

static void cancel_twice(void **state)
{
    (void)state;
    for (int making = 0; making < MAKINGS; making++) {
        life l;
        life_open(&l, making);
        life_polls(&l, 1);
        while (life_cancel(&l) == BIDE_PENDING)
            continue;
        assert_int_equal(life_cancel(&l), BIDE_READY);
        life_drop(&l);
        life_expect(&l, true, cancelled[0]);
        life_close(&l);
    }
}

/* A box and a call take any end for the end: those are left out. */
static void poll_during_cancel(void **state)
{
    static const int makings[] = {BODY, CALLS, BOXES, EMBEDS, JOINS};
    (void)state;
    for (size_t i = 0; i < sizeof makings / sizeof makings[0]; i++) {
        life l;
        life_open(&l, makings[i]);
        life_polls(&l, 1);
        assert_int_equal(life_cancel(&l), BIDE_PENDING);
        assert_int_equal(life_poll(&l), BIDE_EMISUSE);
        while (life_cancel(&l) == BIDE_PENDING)
            continue;
        life_expect(&l, true, cancelled[0]);
        life_close(&l);
    }
}

static void drop_during_cancel(void **state)
{
    (void)state;
    TEST_BREAKS("its cleanup must wait, too");
    for (int making = 0; making < MAKINGS; making++) {
        life l;
        life_open(&l, making);
        life_polls(&l, 1);
        assert_int_equal(life_cancel(&l), BIDE_PENDING);
        life_drop(&l);
        life_expect(&l, true, dropped[0]);
        life_close(&l);
    }
}

/* ---- through levels ----------------------------------------------------------------------- */

#define fourth_FRAME(ROW) PARENT_ROWS(ROW) ROW(BOXED, calls, down)
BIDE_ASYNC(int32_t, fourth)
{
    BIDE_BEGIN(fourth);
    BIDE_AWAIT_TO(f->x, calls, down, (f->p, f->order));
    BIDE_RETURN(f->x);
BIDE_CLEANUP:
    bide_drop_order_note(f->order, "fourth");
    BIDE_END;
}
#define fifth_FRAME(ROW) PARENT_ROWS(ROW) ROW(JOIN, both, (leaf, a), (fourth, b))
BIDE_ASYNC(int32_t, fifth)
{
    BIDE_BEGIN(fifth);
    BIDE_AWAIT_JOIN(both, (leaf, a, f->y, (f->p + 1)), (fourth, b, f->x, (f->p, f->order)));
    BIDE_RETURN(f->x);
BIDE_CLEANUP:
    bide_drop_order_note(f->order, "fifth");
    BIDE_END;
}

/* A future by hand in a body behind an interface, in a body, in a box, in a join. */
static void cancel_five_levels(void **state)
{
    life l;
    struct fifth f;
    (void)state;
    life_open(&l, CALLS);
    l.plans[1].pend = 5;
    fifth_init(&f, l.plans, &l.order);
    assert_int_equal(fifth_poll(&f, &l.s.cx, &l.out), BIDE_PENDING);
    assert_int_equal(bide_cancel(&fifth_type, &f, &l.s.cx), BIDE_PENDING);
    assert_string_equal(bide_drop_order_text(&l.order), "leaf");
    assert_int_equal(bide_cancel(&fifth_type, &f, &l.s.cx), BIDE_PENDING);
    assert_int_equal(bide_cancel(&fifth_type, &f, &l.s.cx), BIDE_READY);
    assert_string_equal(bide_drop_order_text(&l.order), "leaf slow r arg parent fourth fifth");
    life_close(&l);
}

/* The call is pending, and there is no memory for its caller. */
#define by_value_FRAME(ROW) PARENT_ROWS(ROW) ROW(CHILD, Job_run, down)
BIDE_ASYNC(int32_t, by_value)
{
    BIDE_BEGIN(by_value);
    f->job = Worker_as_Job(&worker, NULL);
    BIDE_AWAIT_TO_V(f->x, Job_run, down, DYN_ARGS);
    BIDE_RETURN(f->x);
    BIDE_END;
}

static void no_memory(void **state)
{
    bide_failing_allocator failing;
    life l;
    bide_box box;
    (void)state;
    life_open(&l, CALLS);
    bide_failing_allocator_init(&failing, &l.s.counter.base, 2, false);
    l.s.cx.allocator = &failing.base;
    assert_int_equal(by_value_start_box(&box, l.plans, &l.order, NULL, &l.s.cx, &l.out),
                     BIDE_ENOMEM);
    assert_int_equal(failing.failures, 1);
    assert_string_equal(bide_drop_order_text(&l.order), "cut r arg");
    life_close(&l);
}

/* ---- tasks -------------------------------------------------------------------------------- */

typedef struct job {
    life l; /* its plans and its order */
    bide_local *ex;
    bide_join join;
    int making;
} job;

static void job_open(job *j, int making)
{
    Job handle = Worker_as_Job(&worker, NULL);
    bide_poll r;
    life_open(&j->l, CALLS);
    j->l.making = j->making = making;
    is_quiet = true;
    assert_int_equal(bide_local_new(NULL, &j->ex), BIDE_READY);
    if (making == BODY)
        BIDE_SPAWN_TO(r, j->ex, work, NULL, &j->join,
                      (bide_droppable_make(&j->l.order, "arg"), j->l.plans, &j->l.order));
    else if (making == DYN)
        BIDE_SPAWN_TO(r, j->ex, Job_run, NULL, &j->join,
                      (&handle, bide_droppable_make(&j->l.order, "arg"), j->l.plans, &j->l.order));
    else if (making == CALLS)
        BIDE_SPAWN_TO(r, j->ex, calls, NULL, &j->join, (j->l.plans, &j->l.order));
    else if (making == BOXES)
        BIDE_SPAWN_TO(r, j->ex, boxes, NULL, &j->join, (j->l.plans, &j->l.order));
    else if (making == EMBEDS)
        BIDE_SPAWN_TO(r, j->ex, embeds, NULL, &j->join, (j->l.plans, &j->l.order));
    else
        BIDE_SPAWN_TO(r, j->ex, joins, NULL, &j->join, (j->l.plans, &j->l.order));
    assert_int_equal(r, BIDE_READY);
}

/* Runs to the end of the task, which gives that code. */
static void job_close(job *j, bide_poll code, bool begun, const char *work)
{
    int32_t out = 0;
    is_quiet = false;
    assert_int_equal(bide_local_run(j->ex), BIDE_READY);
    assert_true(bide_join_is_done(&j->join));
    assert_int_equal(bide_join_try_take(&j->join, &out), code);
    assert_int_equal(out, code == BIDE_READY ? 7 : 0);
    assert_int_equal(bide_local_free(j->ex), BIDE_READY);
    life_expect(&j->l, begun, work);
    life_close(&j->l);
}

static void abort_before_first_poll(void **state)
{
    (void)state;
    for (int making = 0; making < MAKINGS; making++) {
        job j;
        if (making == BOX)
            continue; /* nobody can spawn one */
        job_open(&j, making);
        bide_join_abort(&j.join);
        job_close(&j, BIDE_ECANCELED, false, "arg");
        assert_int_equal(j.l.plans[0].polls, 0);
    }
}

static void abort_while_suspended(void **state)
{
    (void)state;
    TEST_BREAKS("nobody holds a waker");
    for (int making = 0; making < MAKINGS; making++) {
        job j;
        if (making == BOX)
            continue;
        job_open(&j, making);
        assert_int_equal(bide_local_run_until_stalled(j.ex), BIDE_PENDING);
        bide_join_abort(&j.join);
        assert_false(bide_join_is_done(&j.join));
        job_close(&j, BIDE_ECANCELED, true, "slow r arg");
    }
}

/* In a poll that waits, and in the last one. */
static void abort_while_running(void **state)
{
    (void)state;
    TEST_BREAKS("nobody holds a waker");
    for (int making = 0; making < MAKINGS; making++)
        for (int pend = 1; pend >= 0; pend--) {
            job j;
            if (making == BOX)
                continue;
            job_open(&j, making);
            j.l.plans[0].pend = pend;
            j.l.plans[1].pend = 0;
            abort_in_poll = &j.join;
            (void)bide_local_run_until_stalled(j.ex);
            abort_in_poll = NULL;
            job_close(&j, pend ? BIDE_ECANCELED : BIDE_READY, true, pend ? "slow r arg" : "r arg");
        }
}

static void abort_after_end(void **state)
{
    (void)state;
    for (int making = 0; making < MAKINGS; making++) {
        job j;
        if (making == BOX)
            continue;
        job_open(&j, making);
        is_quiet = false;
        assert_int_equal(bide_local_run(j.ex), BIDE_READY);
        bide_join_abort(&j.join);
        job_close(&j, BIDE_READY, true, "r arg");
    }
}

/* The second time in the middle of what the first has begun. */
static void abort_twice(void **state)
{
    (void)state;
    TEST_BREAKS("nobody holds a waker");
    for (int making = 0; making < MAKINGS; making++) {
        job j;
        bide_join other;
        if (making == BOX)
            continue;
        job_open(&j, making);
        assert_int_equal(bide_local_run_until_stalled(j.ex), BIDE_PENDING);
        other = bide_join_clone(&j.join);
        bide_join_abort(&j.join);
        bide_join_abort(&other);
        bide_join_detach(&other);
        job_close(&j, BIDE_ECANCELED, true, "slow r arg");
    }
}

/* At its own end an executor does not wait; asked before, it does. */
static void executor_ends(void **state)
{
    (void)state;
    TEST_BREAKS("nobody holds a waker", "its cleanup must wait, too");
    for (int making = 0; making < MAKINGS; making++)
        for (int asked = 0; asked < 2; asked++) {
            job j;
            if (making == BOX)
                continue;
            job_open(&j, making);
            assert_int_equal(bide_local_run_until_stalled(j.ex), BIDE_PENDING);
            if (asked) {
                assert_int_equal(bide_local_cancel(j.ex), BIDE_READY);
                assert_true(bide_join_is_done(&j.join));
            }
            assert_int_equal(bide_local_free(j.ex), BIDE_READY);
            assert_int_equal(bide_join_try_take(&j.join, NULL), BIDE_ECANCELED);
            life_expect(&j.l, true, asked ? cancelled[0] : dropped[0]);
            life_close(&j.l);
        }
    is_quiet = false;
}

/* Two tasks, one of which waits in its cleanup, cancelled with their executor. */
static bide_poll cancelled_through(bide_allocator *a)
{
    bide_local_options o = bide_local_options_init();
    bide_drop_order order;
    plan plans[3] = {
        {.pend = 1, .order = &order, .name = "slow"}, {.order = &order}, {.order = &order}};
    bide_local *ex;
    bide_poll r, end;
    TEST_BREAKS("?nobody holds a waker");
    bide_drop_order_init(&order);
    is_quiet = true;
    o.allocator = a;
    r = bide_local_new(&o, &ex);
    if (r != BIDE_READY)
        return r;
    BIDE_SPAWN_TO(r, ex, boxes, NULL, NULL, (plans, &order));
    if (r == BIDE_READY)
        BIDE_SPAWN_TO(r, ex, bide_sleep, NULL, NULL, (60000));
    end = bide_local_run_until_stalled(ex);
    if (r == BIDE_READY && plans[0].polls == 0)
        r = BIDE_ENOMEM; /* the box of the first one */
    if (r == BIDE_READY)
        r = end == BIDE_PENDING ? BIDE_READY : BIDE_ENOMEM;
    end = bide_local_cancel(ex);
    if (end == BIDE_READY)
        end = bide_local_free(ex);
    is_quiet = false;
    return r == BIDE_READY ? end : r;
}

/* While an executor cancels all, nothing new begins; afterwards it is as good as new. */
#define spawner_FRAME(ROW)                                                                         \
    ROW(PARAM, bide_local *, ex) ROW(PARAM, bide_poll *, code) ROW(CHILD, bide_sleep, nap)
BIDE_ASYNC(void, spawner)
{
    BIDE_BEGIN(spawner);
    BIDE_AWAIT(bide_sleep, nap, (60000));
    BIDE_RETURN();
BIDE_CLEANUP:
    BIDE_SPAWN_TO(*f->code, f->ex, bide_yield, NULL, NULL, ());
    BIDE_END;
}

static void executor_cancels_all(void **state)
{
    bide_local *ex;
    bide_poll r, code = BIDE_PENDING;
    bide_join join;
    (void)state;
    assert_int_equal(bide_local_new(NULL, &ex), BIDE_READY);
    BIDE_SPAWN_TO(r, ex, spawner, NULL, &join, (ex, &code));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(bide_local_run_until_stalled(ex), BIDE_PENDING);
    assert_int_equal(bide_local_cancel(ex), BIDE_READY);
    assert_int_equal(code, BIDE_ECANCELED);
    assert_int_equal(bide_join_try_take(&join, NULL), BIDE_ECANCELED);
    BIDE_SPAWN_TO(r, ex, bide_yield, NULL, &join, ());
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(bide_local_run(ex), BIDE_READY);
    assert_int_equal(bide_join_try_take(&join, NULL), BIDE_READY);
    assert_int_equal(bide_local_free(ex), BIDE_READY);
}

TEST_EVERY_FAILURE(every_failure, cancelled_through)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drop_before_start),
        cmocka_unit_test(drop_at_each_await),
        cmocka_unit_test(drop_no_drop_at_await),
        cmocka_unit_test(drop_after_completion),
        cmocka_unit_test(drop_twice),
        cmocka_unit_test(cancel_before_start),
        cmocka_unit_test(cancel_at_each_await),
        cmocka_unit_test(cancel_after_completion),
        cmocka_unit_test(cancel_twice),
        cmocka_unit_test(poll_during_cancel),
        cmocka_unit_test(drop_during_cancel),
        cmocka_unit_test(cancel_five_levels),
        cmocka_unit_test(no_memory),
        cmocka_unit_test(abort_before_first_poll),
        cmocka_unit_test(abort_while_suspended),
        cmocka_unit_test(abort_while_running),
        cmocka_unit_test(abort_after_end),
        cmocka_unit_test(abort_twice),
        cmocka_unit_test(executor_ends),
        cmocka_unit_test(executor_cancels_all),
        cmocka_unit_test(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
