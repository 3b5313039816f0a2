/*
 * test_uv.c: tasks on a libuv loop: whose loop it is, timers, wakes, the end.
 */
#include "uv_support.h"

#include <bide/completion.h>
#include <bide/testing_futures.h>

#include <pthread.h>
#include <signal.h>

/* Sleeps some times, and counts. */
#define nap_often_FRAME(ROW)                                                                       \
    ROW(PARAM, int, times)                                                                         \
    ROW(PARAM, uint64_t, ms) ROW(PARAM, int *, naps) ROW(CHILD, bide_sleep, nap)
BIDE_ASYNC(int32_t, nap_often)
{
    BIDE_BEGIN(nap_often);
    for (; f->times > 0; f->times--) {
        BIDE_AWAIT(bide_sleep, nap, (f->ms));
        ++*f->naps;
    }
    BIDE_RETURN(7);
    BIDE_END;
}

#define yield_often_FRAME(ROW)                                                                     \
    ROW(PARAM, int, times) ROW(PARAM, int *, polls) ROW(CHILD, bide_yield, y)
BIDE_ASYNC(void, yield_often)
{
    BIDE_BEGIN(yield_often);
    for (; f->times > 0; f->times--) {
        ++*f->polls;
        BIDE_AWAIT(bide_yield, y, ());
    }
    BIDE_RETURN();
    BIDE_END;
}

#define wait_event_FRAME BIDE_COMPLETION_FRAME
BIDE_COMPLETION(int32_t, wait_event);

static bide_completion *new_event(void)
{
    bide_completion_options o = bide_completion_options_init();
    bide_completion *c = NULL;
    assert_int_equal(wait_event_new(&o, &c), BIDE_READY);
    return c;
}

/* ---- running ------------------------------------------------------------------------------ */

static void a_loop_of_its_own(void **state)
{
    bide_uv *rt = new_rt(NULL);
    int naps = 0, polls = 0;
    (void)state;
    assert_int_equal(bide_uv_run(rt), BIDE_READY); /* nothing to do */
    assert_int_equal(BIDE_SPAWN(bide_uv_runtime(rt), nap_often, NULL, (3, 1, &naps)), BIDE_READY);
    assert_int_equal(BIDE_SPAWN(bide_uv_runtime(rt), yield_often, NULL, (1000, &polls)),
                     BIDE_READY);
    assert_int_equal(bide_uv_run(rt), BIDE_READY);
    assert_int_equal(naps, 3);
    assert_int_equal(polls, 1000);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
}

static void one_future_in_the_callers_memory(void **state)
{
    bide_uv *rt = new_rt(NULL);
    int naps = 0, other = 0;
    int32_t out = 0;
    bide_poll r;
    (void)state;
    assert_int_equal(BIDE_SPAWN(bide_uv_runtime(rt), nap_often, NULL, (1, 60000, &other)),
                     BIDE_READY);
    BIDE_UV_RUN_UNTIL_TO(r, rt, nap_often, &out, (2, 2, &naps));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(out, 7);
    assert_int_equal(naps, 2);
    assert_int_equal(other, 0);
    BIDE_UV_RUN_UNTIL_TO(r, rt, nap_often, &out, (0, 0, &naps));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(bide_uv_free(rt), BIDE_READY); /* drops the one that naps */
}

#define nest_FRAME(ROW) ROW(PARAM, bide_uv *, rt) ROW(LOCAL, bide_poll, code)
BIDE_ASYNC(int32_t, nest)
{
    int naps = 0;
    int32_t out;
    BIDE_BEGIN(nest);
    BIDE_UV_RUN_UNTIL_TO(f->code, f->rt, nap_often, &out, (1, 1, &naps));
    if (bide_uv_run(f->rt) != BIDE_EMISUSE || bide_uv_free(f->rt) != BIDE_EMISUSE)
        BIDE_RETURN(0);
    BIDE_RETURN(f->code);
    BIDE_END;
}

static void running_inside_is_refused(void **state)
{
    bide_uv *rt = new_rt(NULL);
    int32_t out = 0;
    bide_poll r;
    (void)state;
    BIDE_UV_RUN_UNTIL_TO(r, rt, nest, &out, (rt));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(out, BIDE_EMISUSE);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
}

static void options_are_looked_at(void **state)
{
    bide_uv_options o = bide_uv_options_init();
    bide_uv *rt;
    (void)state;
    o.buffer_bytes = 0;
    assert_int_equal(bide_uv_new(&o, NULL, &rt), BIDE_EMISUSE);
    assert_null(rt);
    o = bide_uv_options_init();
    o.allocator = NULL;
    assert_int_equal(bide_uv_new(&o, NULL, &rt), BIDE_EMISUSE);
    assert_int_equal(bide_uv_free(NULL), BIDE_READY);
}

/* ---- on the application's loop ------------------------------------------------------------ */

struct ticker {
    uv_timer_t timer;
    int ticks, most;
};

static void tick(uv_timer_t *timer)
{
    struct ticker *t = timer->data;
    if (++t->ticks == t->most)
        uv_close((uv_handle_t *)timer, NULL);
}

static void start_ticker(uv_loop_t *loop, struct ticker *t, uint64_t ms, int most)
{
    *t = (struct ticker){.most = most};
    uv_timer_init(loop, &t->timer);
    t->timer.data = t;
    uv_timer_start(&t->timer, tick, ms, ms);
}

static void beside_timers_of_the_application(void **state)
{
    uv_loop_t loop;
    struct ticker t;
    int naps = 0;
    bide_uv *rt;
    (void)state;
    assert_int_equal(uv_loop_init(&loop), 0);
    rt = new_rt(&loop);
    assert_ptr_equal(bide_uv_loop(rt), &loop);
    start_ticker(&loop, &t, 2, 10);
    assert_int_equal(BIDE_SPAWN(bide_uv_runtime(rt), nap_often, NULL, (5, 2, &naps)), BIDE_READY);
    /* Ends when both are through. */
    assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(t.ticks, 10);
    assert_int_equal(naps, 5);
    /* And again, from outside. */
    assert_int_equal(BIDE_SPAWN(bide_uv_runtime(rt), nap_often, NULL, (1, 1, &naps)), BIDE_READY);
    assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(naps, 6);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
    close_loop(&loop);
}

static void tasks_that_never_wait_let_the_loop_work(void **state)
{
    uv_loop_t loop;
    struct ticker t;
    bide_join join;
    int polls = 0;
    bide_uv *rt;
    (void)state;
    assert_int_equal(uv_loop_init(&loop), 0);
    rt = new_rt(&loop);
    start_ticker(&loop, &t, 1, 3);
    assert_int_equal(BIDE_SPAWN(bide_uv_runtime(rt), yield_often, &join, (INT32_MAX, &polls)),
                     BIDE_READY);
    while (t.ticks < 3)
        (void)uv_run(&loop, UV_RUN_NOWAIT);
    assert_true(polls > 0);
    bide_join_abort(&join);
    assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(bide_join_try_take(&join, NULL), BIDE_ECANCELED);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
    close_loop(&loop);
}

static void the_applications_run_stops_at_its_stop(void **state)
{
    bide_uv *rt = new_rt(NULL);
    int naps = 0;
    (void)state;
    uv_stop(bide_uv_loop(rt)); /* bide_uv_run goes on all the same */
    assert_int_equal(BIDE_SPAWN(bide_uv_runtime(rt), nap_often, NULL, (2, 1, &naps)), BIDE_READY);
    assert_int_equal(bide_uv_run(rt), BIDE_READY);
    assert_int_equal(naps, 2);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
}

/* ---- wakes -------------------------------------------------------------------------------- */

static void complete_in_callback(uv_timer_t *timer)
{
    assert_int_equal(wait_event_complete(timer->data, 5), BIDE_READY);
    uv_close((uv_handle_t *)timer, NULL);
}

static void complete_in_prepare(uv_prepare_t *prepare)
{
    assert_int_equal(wait_event_complete(prepare->data, 6), BIDE_READY);
    uv_close((uv_handle_t *)prepare, NULL);
}

/* Wherever in the loop's round a callback wakes, no sleep comes between. */
static void callbacks_of_the_application_wake(void **state)
{
    uv_loop_t loop;
    uv_timer_t timer;
    uv_prepare_t prepare;
    bide_join joins[2];
    bide_uv *rt;
    int32_t out = 0;
    (void)state;
    assert_int_equal(uv_loop_init(&loop), 0);
    rt = new_rt(&loop);
    uv_timer_init(&loop, &timer);
    uv_prepare_init(&loop, &prepare);
    timer.data = new_event();
    prepare.data = new_event();
    assert_int_equal(BIDE_SPAWN(bide_uv_runtime(rt), wait_event, &joins[0], (timer.data)),
                     BIDE_READY);
    assert_int_equal(BIDE_SPAWN(bide_uv_runtime(rt), wait_event, &joins[1], (prepare.data)),
                     BIDE_READY);
    (void)uv_run(&loop, UV_RUN_NOWAIT); /* both wait */
    uv_timer_start(&timer, complete_in_callback, 1, 0);
    uv_prepare_start(&prepare, complete_in_prepare);
    assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(bide_join_try_take(&joins[0], &out), BIDE_READY);
    assert_int_equal(out, 5);
    assert_int_equal(bide_join_try_take(&joins[1], &out), BIDE_READY);
    assert_int_equal(out, 6);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
    close_loop(&loop);
}

static bide_waker *volatile kept;
static volatile sig_atomic_t kept_polls;

#define keeper_FRAME(ROW) ROW(PARAM, int, polls)
BIDE_FUTURE(void, keeper)
static bide_poll keeper_poll(struct keeper *f, bide_context *cx, void *out)
{
    bide_waker *w = kept;
    bide_poll r = bide_waker_register(&w, cx);
    (void)out;
    kept = w;
    kept_polls++;
    if (r != BIDE_READY)
        return r;
    return f->polls-- > 0 ? BIDE_PENDING : BIDE_READY;
}
static void keeper_drop(struct keeper *f)
{
    (void)f;
}

static void on_alarm(int number)
{
    (void)number;
    if (kept)
        (void)bide_wake_from_isr(kept);
}

/* The handler runs on the loop's thread, which sleeps with no deadline. */
static void a_signal_handler_wakes(void **state)
{
    bide_uv *rt = new_rt(NULL);
    struct sigaction act = {.sa_handler = on_alarm}, before;
    timer_t timer;
    /* Again and again, as the first may come before anybody waits. */
    struct itimerspec soon = {.it_value = {0, 20000000}, .it_interval = {0, 20000000}};
    bide_waker *w;
    (void)state;
    sigaction(SIGALRM, &act, &before);
    assert_int_equal(timer_create(CLOCK_MONOTONIC, NULL, &timer), 0);
    kept_polls = 0;
    assert_int_equal(BIDE_SPAWN(bide_uv_runtime(rt), keeper, NULL, (1)), BIDE_READY);
    timer_settime(timer, 0, &soon, NULL);
    assert_int_equal(bide_uv_run(rt), BIDE_READY);
    assert_int_equal(kept_polls, 2);
    timer_delete(timer);
    sigaction(SIGALRM, &before, NULL);
    w = kept;
    bide_waker_clear(&w);
    kept = NULL;
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
}

/* ---- threads ------------------------------------------------------------------------------ */

enum { EVENTS = 500 };

static void *complete_all(void *arg)
{
    bide_completion **events = arg;
    for (int i = 0; i < EVENTS; i++)
        (void)wait_event_complete(events[i], i);
    return NULL;
}

#define take_all_FRAME(ROW)                                                                        \
    ROW(PARAM, bide_completion **, events)                                                         \
    ROW(LOCAL, int, i)                                                                             \
    ROW(LOCAL, int32_t, got) ROW(LOCAL, int32_t, sum) ROW(CHILD, wait_event, wait)
BIDE_ASYNC(int32_t, take_all)
{
    BIDE_BEGIN(take_all);
    for (f->i = 0; f->i < EVENTS; f->i++) {
        BIDE_AWAIT_TO(f->got, wait_event, wait, (f->events[f->i]));
        f->sum += f->got;
    }
    BIDE_RETURN(f->sum);
    BIDE_END;
}

static void *run_a_loop(void *arg)
{
    bide_completion *events[EVENTS];
    pthread_t helper;
    int32_t sum = 0;
    bide_poll r;
    bide_uv *rt;
    (void)arg;
    if (bide_uv_new(NULL, NULL, &rt) != BIDE_READY)
        return NULL;
    for (int i = 0; i < EVENTS; i++)
        events[i] = new_event();
    if (pthread_create(&helper, NULL, complete_all, events) != 0)
        abort();
    BIDE_UV_RUN_UNTIL_TO(r, rt, take_all, &sum, (events));
    pthread_join(helper, NULL);
    (void)bide_uv_free(rt);
    return (void *)(intptr_t)(r == BIDE_READY ? sum : 0);
}

/* Each is woken by a thread of its own. */
static void many_loops_on_many_threads(void **state)
{
    pthread_t threads[6];
    void *sum;
    (void)state;
    for (int i = 0; i < 6; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_a_loop, NULL), 0);
    for (int i = 0; i < 6; i++) {
        pthread_join(threads[i], &sum);
        assert_int_equal((intptr_t)sum, EVENTS * (EVENTS - 1) / 2);
    }
}

static void *run_it(void *rt)
{
    (void)bide_uv_run(rt);
    return NULL;
}

static void one_loop_on_one_thread_after_another(void **state)
{
    bide_uv *rt = new_rt(NULL);
    (void)state;
    for (int i = 0; i < 3; i++) {
        pthread_t thread;
        bide_join join;
        assert_int_equal(BIDE_SPAWN(bide_uv_runtime(rt), bide_sleep, &join, (2)), BIDE_READY);
        assert_int_equal(pthread_create(&thread, NULL, run_it, rt), 0);
        pthread_join(thread, NULL);
        assert_int_equal(bide_join_try_take(&join, NULL), BIDE_READY);
    }
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
}

struct slow_job {
    bide_job job;
    int ran;
};

static void run_slowly(bide_job *job)
{
    uv_sleep(5);
    ((struct slow_job *)(void *)job)->ran++;
}

static void release_nothing(bide_job *job)
{
    (void)job;
}

static void blocking_work_has_threads(void **state)
{
    bide_uv *rt = new_rt(NULL);
    struct slow_job j = {.ran = 0};
    bide_poll r;
    (void)state;
    bide_job_init(&j.job, run_slowly, release_nothing);
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_offload, NULL, (&j.job));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(j.ran, 1);
    bide_job_drop(&j.job);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
}

/* ---- the end ------------------------------------------------------------------------------ */

static void aborting_from_outside(void **state)
{
    bide_uv *rt = new_rt(NULL);
    bide_join join;
    int naps = 0;
    (void)state;
    assert_int_equal(BIDE_SPAWN(bide_uv_runtime(rt), nap_often, &join, (1, 60000, &naps)),
                     BIDE_READY);
    assert_int_equal(bide_local_cancel(bide_uv_local(rt)), BIDE_PENDING);
    assert_int_equal(bide_uv_run(rt), BIDE_READY);
    assert_int_equal(bide_join_try_take(&join, NULL), BIDE_ECANCELED);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
}

static void errors_have_names(void **state)
{
    (void)state;
    assert_string_equal(bide_uv_strerror(UV_ECONNREFUSED), "connection refused");
    assert_string_equal(bide_uv_strerror(BIDE_BYTES_END), "the stream ended before all was read");
    assert_string_equal(bide_uv_strerror(-99999), "unknown error");
    assert_string_equal(bide_uv_strerror(0), "no error");
}

static bide_poll loops_through(bide_allocator *a)
{
    bide_uv_options o = bide_uv_options_init();
    int naps = 0;
    int32_t out;
    bide_uv *rt;
    bide_poll r;
    o.allocator = a;
    r = bide_uv_new(&o, NULL, &rt);
    if (r != BIDE_READY)
        return r;
    BIDE_SPAWN_TO(r, bide_uv_runtime(rt), nap_often, NULL, NULL, (1, 0, &naps));
    if (r == BIDE_READY)
        BIDE_UV_RUN_UNTIL_TO(r, rt, nap_often, &out, (1, 0, &naps));
    (void)bide_uv_free(rt);
    return r;
}

TEST_EVERY_FAILURE(no_memory_for_a_loop, loops_through)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loop_of_its_own),
        cmocka_unit_test(one_future_in_the_callers_memory),
        cmocka_unit_test(running_inside_is_refused),
        cmocka_unit_test(options_are_looked_at),
        cmocka_unit_test(beside_timers_of_the_application),
        cmocka_unit_test(tasks_that_never_wait_let_the_loop_work),
        cmocka_unit_test(the_applications_run_stops_at_its_stop),
        cmocka_unit_test(callbacks_of_the_application_wake),
        cmocka_unit_test(a_signal_handler_wakes),
        cmocka_unit_test(many_loops_on_many_threads),
        cmocka_unit_test(one_loop_on_one_thread_after_another),
        cmocka_unit_test(blocking_work_has_threads),
        cmocka_unit_test(aborting_from_outside),
        cmocka_unit_test(errors_have_names),
        cmocka_unit_test(no_memory_for_a_loop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
