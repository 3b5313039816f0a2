/*
 * test_cancel_tasks.c: the contract of bide/cancel.h for tasks and their executors, a test for each
 * row of its table, under the row's name.
 */
#include "cancel_support.h"

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
