/*
 * test_cancel.c: the contract of bide/cancel.h, a test for each row of its table, under the row's
 * name, for each making of a future that the core has. Those of tasks are in test_cancel_tasks.c.
 */
#include "cancel_support.h"

/* In how many turns the work's two awaits are cancelled. */
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
    slow_drop_now(&f);
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

static bide_poll box_cancelled_through(bide_allocator *a)
{
    bide_counting_waker waker;
    bide_drop_order order;
    plan plans[3] = {
        {.pend = 1, .order = &order, .name = "slow"}, {.order = &order}, {.order = &order}};
    bide_context cx;
    struct fourth f;
    int32_t out;
    bide_poll r, end;
    bide_counting_waker_init(&waker);
    bide_drop_order_init(&order);
    cx = (bide_context){.size = sizeof cx, .waker = &waker.base, .allocator = a};
    fourth_init(&f, plans, &order);
    r = fourth_poll(&f, &cx, &out);
    do
        end = bide_cancel(&fourth_type, &f, &cx);
    while (end == BIDE_PENDING);
    assert_int_equal(end, BIDE_READY);
    return r == BIDE_PENDING ? BIDE_READY : r;
}
TEST_EVERY_FAILURE(every_failure, box_cancelled_through)

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
        cmocka_unit_test(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
