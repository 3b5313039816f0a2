/*
 * Blocking work on other threads: results, cancelling before and during, the executor's end,
 * limits.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "probe.h"

#include <bide/testing_clock.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

/* A job that says what happened to it, and may be held up. */
struct work {
    bide_job job;
    atomic_int runs, releases;
    atomic_bool hold; /* run waits until it is false */
    atomic_bool begun;
    pthread_t thread;
    int result;
};

static void run_work(bide_job *job)
{
    struct work *w = (struct work *)(void *)job;
    w->thread = pthread_self();
    atomic_store(&w->begun, true);
    while (atomic_load(&w->hold))
        sched_yield();
    w->result = 7;
    atomic_fetch_add(&w->runs, 1);
}

static void release_work(bide_job *job)
{
    atomic_fetch_add(&((struct work *)(void *)job)->releases, 1);
}

static void prepare(struct work *w, bool hold)
{
    memset(w, 0, sizeof *w);
    atomic_store(&w->hold, hold);
    bide_job_init(&w->job, run_work, release_work);
}

static void wait_begun(struct work *w)
{
    while (!atomic_load(&w->begun))
        sched_yield();
}

static void open_with(bench *b, uint32_t threads)
{
    bide_counter_init(&b->counter, bide_heap());
    b->options = bide_local_options_init();
    b->options.allocator = &b->counter.base;
    b->options.offload_threads = threads;
    assert_int_equal(bide_local_new(&b->options, &b->ex), BIDE_READY);
}

static void runs_on_another_thread(void **state)
{
    struct work w;
    (void)state;
    prepare(&w, false);
    assert_int_equal(BIDE_BLOCK_ON(bide_offload, NULL, (&w.job)), BIDE_READY);
    assert_int_equal(w.result, 7);
    assert_false(pthread_equal(w.thread, pthread_self()));
    assert_int_equal(w.releases, 0); /* one reference is ours */
    bide_job_drop(&w.job);
    assert_int_equal(w.releases, 1);
}

static void many_jobs_run_once_each(void **state)
{
    enum { MANY = 200 };
    static struct work w[MANY];
    bench b;
    int i;
    (void)state;
    open_with(&b, 4);
    for (i = 0; i < MANY; i++) {
        prepare(&w[i], false);
        assert_int_equal(BIDE_SPAWN(b.ex, bide_offload, NULL, (&w[i].job)), BIDE_READY);
    }
    assert_int_equal(bide_local_run(b.ex), BIDE_READY);
    bench_close(&b, 0);
    for (i = 0; i < MANY; i++) {
        assert_int_equal(w[i].runs, 1);
        bide_job_drop(&w[i].job);
        assert_int_equal(w[i].releases, 1);
    }
}

/* Two jobs of which the first waits for the second: they need two threads at once. */
static void a_waiting_job_gets_a_thread_of_its_own(void **state)
{
    struct work w[2];
    bench b;
    (void)state;
    open_with(&b, 2);
    prepare(&w[0], true);
    prepare(&w[1], false);
    (void)BIDE_SPAWN(b.ex, bide_offload, NULL, (&w[0].job));
    (void)BIDE_SPAWN(b.ex, bide_offload, NULL, (&w[1].job));
    (void)bide_local_run_until_stalled(b.ex);
    wait_begun(&w[1]);
    atomic_store(&w[0].hold, false);
    assert_int_equal(bide_local_run(b.ex), BIDE_READY);
    bench_close(&b, 0);
    bide_job_drop(&w[0].job);
    bide_job_drop(&w[1].job);
}

static void dropped_before_it_began_never_runs(void **state)
{
    struct work busy, w;
    bench b;
    bide_join join;
    (void)state;
    open_with(&b, 1);
    prepare(&busy, true);
    prepare(&w, false);
    (void)BIDE_SPAWN(b.ex, bide_offload, NULL, (&busy.job));
    (void)BIDE_SPAWN(b.ex, bide_offload, &join, (&w.job));
    (void)bide_local_run_until_stalled(b.ex);
    wait_begun(&busy);
    bide_join_abort(&join);
    (void)bide_local_run_until_stalled(b.ex);
    assert_int_equal(bide_join_try_take(&join, NULL), BIDE_ECANCELED);
    bide_job_drop(&w.job);
    atomic_store(&busy.hold, false);
    assert_int_equal(bide_local_run(b.ex), BIDE_READY);
    bench_close(&b, 0);
    assert_int_equal(w.runs, 0);
    assert_int_equal(w.releases, 1);
    bide_job_drop(&busy.job);
    assert_int_equal(busy.releases, 1);
}

static void dropped_while_it_runs_goes_on(void **state)
{
    struct work w;
    bench b;
    bide_join join;
    (void)state;
    open_with(&b, 1);
    prepare(&w, true);
    (void)BIDE_SPAWN(b.ex, bide_offload, &join, (&w.job));
    (void)bide_local_run_until_stalled(b.ex);
    wait_begun(&w);
    bide_join_abort(&join);
    (void)bide_local_run_until_stalled(b.ex);
    assert_int_equal(bide_join_try_take(&join, NULL), BIDE_ECANCELED);
    bide_job_drop(&w.job); /* ours; the worker has one still */
    assert_int_equal(w.releases, 0);
    atomic_store(&w.hold, false);
    bench_close(&b, 0);
    assert_int_equal(w.runs, 1);
    assert_int_equal(w.releases, 1);
}

static void *let_go_soon(void *arg)
{
    struct work *w = arg;
    int i;
    for (i = 0; i < 1000; i++)
        sched_yield();
    atomic_store(&w->hold, false);
    return NULL;
}

static void end_cancels_the_queued_and_waits_for_the_running(void **state)
{
    struct work busy, w;
    bench b;
    bide_join join;
    pthread_t thread;
    (void)state;
    open_with(&b, 1);
    prepare(&busy, true);
    prepare(&w, false);
    (void)BIDE_SPAWN(b.ex, bide_offload, NULL, (&busy.job));
    (void)BIDE_SPAWN(b.ex, bide_offload, &join, (&w.job));
    (void)bide_local_run_until_stalled(b.ex);
    wait_begun(&busy);
    assert_int_equal(pthread_create(&thread, NULL, let_go_soon, &busy), 0);
    assert_int_equal(bide_local_free(b.ex), BIDE_READY);
    assert_int_equal(busy.runs, 1);
    assert_int_equal(w.runs, 0);
    pthread_join(thread, NULL);
    assert_int_equal(bide_join_try_take(&join, NULL), BIDE_ECANCELED);
    bide_job_drop(&busy.job);
    bide_job_drop(&w.job);
    assert_int_equal(busy.releases + w.releases, 2);
    assert_int_equal(b.counter.live, 0);
}

/* A future that is polled elsewhere, while the job waits in an executor that ends. */
static void an_awaiting_future_sees_the_end(void **state)
{
    struct work busy, w;
    bench b;
    bide_counting_waker waker;
    bide_context cx = {.size = sizeof cx};
    struct bide_offload f;
    pthread_t thread;
    (void)state;
    bide_counting_waker_init(&waker);
    open_with(&b, 1);
    prepare(&busy, true);
    prepare(&w, false);
    (void)BIDE_SPAWN(b.ex, bide_offload, NULL, (&busy.job));
    (void)bide_local_run_until_stalled(b.ex);
    wait_begun(&busy);
    cx.waker = &waker.base;
    cx.runtime = bide_local_runtime(b.ex);
    bide_offload_init(&f, &w.job);
    assert_int_equal(bide_offload_poll(&f, &cx, NULL), BIDE_PENDING);
    assert_int_equal(bide_offload_poll(&f, &cx, NULL), BIDE_PENDING);
    assert_int_equal(waker.clones, 1);
    assert_int_equal(pthread_create(&thread, NULL, let_go_soon, &busy), 0);
    bench_close(&b, 0);
    pthread_join(thread, NULL);
    assert_int_equal(bide_counting_waker_total(&waker), 1);
    assert_int_equal(bide_offload_poll(&f, &cx, NULL), BIDE_ECANCELED);
    assert_int_equal(bide_offload_poll(&f, &cx, NULL), BIDE_EMISUSE);
    bide_offload_drop(&f);
    assert_int_equal(bide_counting_waker_refs(&waker), 1);
    bide_job_drop(&busy.job);
    bide_job_drop(&w.job);
    assert_int_equal(w.releases, 1);
}

static void a_job_is_queued_once(void **state)
{
    struct work w;
    (void)state;
    prepare(&w, false);
    assert_int_equal(BIDE_BLOCK_ON(bide_offload, NULL, (&w.job)), BIDE_READY);
    assert_int_equal(BIDE_BLOCK_ON(bide_offload, NULL, (&w.job)), BIDE_EMISUSE);
    bide_job_drop(&w.job);
    assert_int_equal(w.releases, 1);
}

static void without_threads_there_is_none(void **state)
{
    struct work w;
    bench b;
    bide_join join;
    (void)state;
    open_with(&b, 0);
    prepare(&w, false);
    (void)BIDE_SPAWN(b.ex, bide_offload, &join, (&w.job));
    assert_int_equal(bide_local_run(b.ex), BIDE_READY);
    assert_int_equal(bide_join_try_take(&join, NULL), BIDE_ENOSYS);
    bench_close(&b, 0);
    bide_job_drop(&w.job);
    assert_int_equal(w.releases, 1);
}

/* A clock that jumps must not jump while a job runs: its end is an event, too. */
#define race_FRAME(ROW)                                                                            \
    ROW(PARAM, bide_job *, job)                                                                    \
    ROW(LOCAL, bool, begun)                                                                        \
    ROW(BUFFER, struct bide_offload, offload) ROW(BUFFER, struct bide_sleep, sleep)
BIDE_FUTURE(int, race)

bide_poll race_poll(struct race *f, bide_context *cx, int *out)
{
    if (!f->begun) {
        f->begun = true;
        bide_offload_init(&f->offload, f->job);
        bide_sleep_init(&f->sleep, 1000);
    }
    *out = 0;
    if (bide_offload_poll(&f->offload, cx, NULL) != BIDE_PENDING)
        *out = 1;
    else if (bide_sleep_poll(&f->sleep, cx, NULL) != BIDE_PENDING)
        *out = 2;
    if (!*out)
        return BIDE_PENDING;
    bide_offload_drop(&f->offload);
    bide_sleep_drop(&f->sleep);
    return BIDE_READY;
}

void race_drop(struct race *f)
{
    (void)f;
}

static void a_virtual_clock_waits_for_jobs(void **state)
{
    bide_virtual_clock clock;
    bide_local_options o = bide_local_options_init();
    struct work w;
    struct race f;
    pthread_t thread;
    int out = 0;
    (void)state;
    bide_virtual_clock_init(&clock, true);
    o.clock = &clock.base;
    prepare(&w, true);
    assert_int_equal(pthread_create(&thread, NULL, let_go_soon, &w), 0);
    race_init(&f, &w.job);
    assert_int_equal(bide_block_on(&race_type, &f, &out, &o), BIDE_READY);
    pthread_join(thread, NULL);
    assert_int_equal(out, 1);
    assert_int_equal(bide_virtual_clock_now(&clock), 0);
    bide_job_drop(&w.job);
}

static bide_poll offload_once(bide_allocator *allocator)
{
    bide_local_options o = bide_local_options_init();
    struct work w;
    struct bide_offload f;
    bide_poll r;
    o.allocator = allocator;
    prepare(&w, false);
    bide_offload_init(&f, &w.job);
    r = bide_block_on(&bide_offload_type, &f, NULL, &o);
    bide_job_drop(&w.job);
    assert_int_equal(w.releases, 1);
    assert_int_equal(w.runs, r == BIDE_READY);
    return r;
}
TEST_EVERY_FAILURE(P32_alloc_fail_at_k, offload_once)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_on_another_thread),
        cmocka_unit_test(many_jobs_run_once_each),
        cmocka_unit_test(a_waiting_job_gets_a_thread_of_its_own),
        cmocka_unit_test(dropped_before_it_began_never_runs),
        cmocka_unit_test(dropped_while_it_runs_goes_on),
        cmocka_unit_test(end_cancels_the_queued_and_waits_for_the_running),
        cmocka_unit_test(an_awaiting_future_sees_the_end),
        cmocka_unit_test(a_job_is_queued_once),
        cmocka_unit_test(without_threads_there_is_none),
        cmocka_unit_test(a_virtual_clock_waits_for_jobs),
        cmocka_unit_test(P32_alloc_fail_at_k),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
