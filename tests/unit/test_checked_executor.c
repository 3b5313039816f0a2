/*
 * test_checked_executor.c: checked builds: a local executor on the wrong thread. Built together
 * with a library that is checked itself.
 */
#include "checked.h"

#include <pthread.h>

static bide_local *executor;
static bide_poll got_run, got_spawn;

static void *use_elsewhere(void *unused)
{
    (void)unused;
    got_run = bide_local_run(executor);
    assert_int_equal(got_run, BIDE_EMISUSE);
    checked_expect("bide: a local executor was called", "while another thread runs the executor",
                   NULL);
    BIDE_SPAWN_TO(got_spawn, executor, nap, NULL, NULL, (0));
    return NULL;
}

/* A task during which another thread helps itself to the executor. */
#define host_FRAME(ROW) ROW(CHILD, nap, rest)
BIDE_ASYNC(void, host)
{
    BIDE_BEGIN(host);
    BIDE_AWAIT(nap, rest, (1));
    {
        pthread_t thread;
        if (pthread_create(&thread, NULL, use_elsewhere, NULL) == 0)
            (void)pthread_join(thread, NULL);
    }
    BIDE_RETURN();
    BIDE_END;
}

static void on_a_foreign_thread(void **state)
{
    bide_local_options o = bide_local_options_init();
    bide_poll r;
    (void)state;
    assert_int_equal(bide_local_new(&o, &executor), BIDE_READY);
    BIDE_SPAWN_TO(r, executor, host, NULL, NULL, ());
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(bide_local_run(executor), BIDE_READY);
    assert_int_equal(got_run, BIDE_EMISUSE);
    assert_int_equal(got_spawn, BIDE_EMISUSE);
    checked_expect("bide: spawn on a local executor was called", NULL, NULL);
    assert_int_equal(bide_local_free(executor), BIDE_READY);
    checked_nothing();
}

/* ---- light tasks -------------------------------------------------------------------------- */

static bide_waker *of_light; /* a clone of its waker */

#define lie_FRAME(ROW) ROW(LOCAL, bool, begun)
BIDE_FUTURE(void, lie)
bide_poll lie_poll(struct lie *f, bide_context *cx, void *out)
{
    (void)out;
    if (f->begun)
        return BIDE_READY;
    f->begun = true;
    return bide_waker_register(&of_light, cx) == BIDE_READY ? BIDE_PENDING : BIDE_ENOMEM;
}
void lie_drop(struct lie *f)
{
    (void)f;
}

static void *wake_elsewhere(void *unused)
{
    bide_waker_wake_by_ref(of_light);
    return unused;
}

/* A task during which another thread wakes a light one; it waits for that thread, so that nothing
 * happens at once. */
#define bystander_FRAME(ROW) ROW(CHILD, nap, rest)
BIDE_ASYNC(void, bystander)
{
    BIDE_BEGIN(bystander);
    BIDE_AWAIT(nap, rest, (1));
    {
        pthread_t thread;
        if (pthread_create(&thread, NULL, wake_elsewhere, NULL) == 0)
            (void)pthread_join(thread, NULL);
    }
    BIDE_RETURN();
    BIDE_END;
}

static void a_light_task_woken_on_a_foreign_thread(void **state)
{
    bide_poll r;
    (void)state;
    assert_int_equal(bide_local_new(NULL, &executor), BIDE_READY);
    BIDE_SPAWN_TO(r, bide_local_light(executor), lie, NULL, NULL, ());
    assert_int_equal(r, BIDE_READY);
    BIDE_SPAWN_TO(r, executor, bystander, NULL, NULL, ());
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(bide_local_run(executor), BIDE_READY);
    checked_expect("bide: a light task's waker was called",
                   "while another thread runs the executor", NULL);
    bide_waker_clear(&of_light); /* here it may be */
    checked_nothing();
    assert_int_equal(bide_local_free(executor), BIDE_READY);
}

static bide_poll good_scenario(bide_allocator *a)
{
    bide_poll r = test_tasks_through(a);
    checked_nothing();
    return r;
}

TEST_EVERY_FAILURE(every_failure, good_scenario)

#define TEST(f) cmocka_unit_test_setup_teardown(f, checked_setup, checked_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(on_a_foreign_thread),
                                       TEST(a_light_task_woken_on_a_foreign_thread),
                                       TEST(every_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
