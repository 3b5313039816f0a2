/*
 * The thread pool over time: fairness, waiting, timers, blocking work, signal handlers, rest, and
 * its end.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "pool_support.h"

#include <bide/testing_clock.h>

#include <signal.h>

enum { THREADS = 3 };

/* ---- sleeping ----------------------------------------------------------------------------- */

typedef struct napper {
    bide_runtime *rt;
    atomic_int early, late, ended;
} napper;

#define nap_FRAME(ROW)                                                                             \
    ROW(TRAITS, BIDE_SEND)                                                                         \
    ROW(PARAM, napper *, n)                                                                        \
    ROW(PARAM, uint64_t, ms) ROW(LOCAL, uint64_t, begun) ROW(CHILD, bide_sleep, sleep)
BIDE_ASYNC(void, nap)
{
    BIDE_BEGIN(nap);
    f->begun = bide_now(bide_cx);
    BIDE_AWAIT(bide_sleep, sleep, (f->ms));
    if (bide_now(bide_cx) < f->begun + bide_ms(f->ms))
        atomic_fetch_add(&f->n->early, 1);
    atomic_fetch_add(&f->n->ended, 1);
    BIDE_RETURN();
    BIDE_END;
}

/* ---- fairness ----------------------------------------------------------------------------- */

/* Two that wake each other, and one that wakes itself, for ever, on one thread. */
static gate pair[3];

static void keep_busy(gate *g, bide_context *cx)
{
    gate *other = &pair[g == &pair[0] ? 1 : 0];
    bide_waker *waker;
    if (g == &pair[2]) {
        bide_waker_wake_by_ref(cx->waker);
        return;
    }
    waker = gate_take_waker(other);
    if (waker)
        bide_waker_wake(waker);
}

static void E06_self_waking_task_does_not_starve(void **state)
{
    napper n = {0};
    pool_bench b;
    bide_join join;
    int32_t out;
    gate g;
    int i;
    (void)state;
    pool_open_with(&b, 1);
    for (i = 0; i < 3; i++) {
        gate_init(&pair[i]);
        pair[i].during = keep_busy;
    }
    for (i = 0; i < 3; i++)
        assert_int_equal(BIDE_SPAWN(b.pool, pass, NULL, (&pair[i])), BIDE_READY);
    await_count(&pair[0].polls, 100);
    await_count(&pair[1].polls, 100);
    await_count(&pair[2].polls, 100);
    /* Spawned by a stranger, woken by one, woken by a timer. */
    gate_init(&g);
    g.value = 1;
    assert_int_equal(BIDE_SPAWN(b.pool, pass, &join, (&g)), BIDE_READY);
    await_count(&g.polls, 1);
    assert_int_equal(BIDE_SPAWN(b.pool, nap, NULL, (&n, 5)), BIDE_READY);
    gate_open(&g);
    assert_int_equal(BIDE_BLOCK_ON(passed, &out, (join)), BIDE_READY);
    await_count(&n.ended, 1);
    pool_close(&b);
    for (i = 0; i < 3; i++) {
        assert_int_equal(atomic_load(&pair[i].drops), 1);
        gate_end(&pair[i]);
    }
    gate_end(&g);
}

/* ---- waiting, cancelling ------------------------------------------------------------------ */

static void wait_gives_up_in_time(void **state)
{
    pool_bench b;
    gate g;
    (void)state;
    pool_open_with(&b, 2);
    gate_init(&g);
    assert_int_equal(BIDE_SPAWN(b.pool, pass, NULL, (&g)), BIDE_READY);
    assert_int_equal(bide_thread_pool_wait(b.pool, 20), BIDE_PENDING);
    gate_open(&g);
    assert_int_equal(bide_thread_pool_wait(b.pool, UINT64_MAX), BIDE_READY);
    assert_int_equal(atomic_load(&g.ends), 1);
    assert_int_equal(pool_stats(b.pool).tasks, 0);
    gate_end(&g);
    pool_close(&b);
}

static void cancel_drops_and_the_pool_goes_on(void **state)
{
    enum { N = 100 };
    pool_bench b;
    gate g[N];
    bide_join joins[N], again;
    int32_t out;
    int i;
    (void)state;
    pool_open_with(&b, THREADS);
    for (i = 0; i < N; i++) {
        gate_init(&g[i]);
        g[i].yields = i % 3;
        assert_int_equal(BIDE_SPAWN(b.pool, pass, &joins[i], (&g[i])), BIDE_READY);
    }
    assert_int_equal(bide_thread_pool_cancel(b.pool, UINT64_MAX), BIDE_READY);
    for (i = 0; i < N; i++) {
        assert_int_equal(bide_join_try_take(&joins[i], &out), BIDE_ECANCELED);
        assert_int_equal(atomic_load(&g[i].drops), 1);
    }
    g[0].is_open = true;
    assert_int_equal(BIDE_SPAWN(b.pool, pass, &again, (&g[0])), BIDE_READY);
    assert_int_equal(BIDE_BLOCK_ON(passed, &out, (again)), BIDE_READY);
    pool_close(&b);
    for (i = 0; i < N; i++)
        gate_end(&g[i]);
}

/* ---- timers and blocking work ------------------------------------------------------------- */

static void timers_fire_not_early(void **state)
{
    enum { N = 500 };
    napper n = {0};
    pool_bench b;
    int i;
    (void)state;
    pool_open_with(&b, THREADS);
    for (i = 0; i < N; i++)
        assert_int_equal(BIDE_SPAWN(b.pool, nap, NULL, (&n, (uint64_t)(i % 40))), BIDE_READY);
    assert_int_equal(bide_thread_pool_wait(b.pool, 20000), BIDE_READY);
    assert_int_equal(atomic_load(&n.ended), N);
    assert_int_equal(atomic_load(&n.early), 0);
    pool_close(&b);
}

/* The only thread that is awake computes for long: another keeps the time. */
static void hold_the_thread(gate *g, bide_context *cx)
{
    napper *n = g->arg;
    int i;
    (void)cx;
    for (i = 0; i < 60000 && atomic_load(&n->ended) == 0; i++)
        pause_ms(1);
}

static void timers_fire_beside_a_busy_thread(void **state)
{
    napper n = {0};
    pool_bench b;
    gate g;
    (void)state;
    pool_open_with(&b, 2);
    gate_init(&g);
    g.is_open = true;
    g.during = hold_the_thread;
    g.arg = &n;
    pause_ms(20); /* both sleep by now */
    assert_int_equal(BIDE_SPAWN(b.pool, nap, NULL, (&n, 50)), BIDE_READY);
    pause_ms(20);
    assert_int_equal(BIDE_SPAWN(b.pool, pass, NULL, (&g)), BIDE_READY);
    assert_int_equal(bide_thread_pool_wait(b.pool, 50000), BIDE_READY);
    assert_int_equal(atomic_load(&n.ended), 1);
    gate_end(&g);
    pool_close(&b);
}

static void hours_pass_on_a_virtual_clock(void **state)
{
    bide_thread_pool_options o = bide_thread_pool_options_init();
    bide_virtual_clock clock;
    bide_thread_pool *pool;
    napper n = {0};
    int i;
    (void)state;
    bide_virtual_clock_init(&clock, true);
    o.clock = &clock.base;
    o.threads = THREADS;
    assert_int_equal(bide_thread_pool_new(&o, &pool), BIDE_READY);
    for (i = 0; i < 50; i++)
        assert_int_equal(BIDE_SPAWN(pool, nap, NULL, (&n, (uint64_t)i * 3600000)), BIDE_READY);
    assert_int_equal(bide_thread_pool_wait(pool, 20000), BIDE_READY);
    assert_int_equal(atomic_load(&n.ended), 50);
    assert_int_equal(atomic_load(&n.early), 0);
    assert_true(bide_virtual_clock_now(&clock) >= bide_ms(49u * 3600000u));
    assert_int_equal(bide_thread_pool_free(pool), BIDE_READY);
}

typedef struct load {
    bide_job job;
    atomic_int *done;
    atomic_int released;
} load;

static void do_load(bide_job *job)
{
    load *l = (load *)(void *)job;
    pause_ms(1);
    atomic_fetch_add(l->done, 1);
}

static void release_load(bide_job *job)
{
    atomic_fetch_add(&((load *)(void *)job)->released, 1);
}

static void offload_from_tasks(void **state)
{
    enum { N = 60 };
    static load loads[N];
    atomic_int done = 0;
    pool_bench b;
    int i;
    (void)state;
    pool_open_with(&b, THREADS);
    for (i = 0; i < N; i++) {
        loads[i] = (load){.done = &done};
        bide_job_init(&loads[i].job, do_load, release_load);
        assert_int_equal(BIDE_SPAWN(b.pool, bide_offload, NULL, (&loads[i].job)), BIDE_READY);
    }
    assert_int_equal(bide_thread_pool_wait(b.pool, UINT64_MAX), BIDE_READY);
    assert_int_equal(atomic_load(&done), N);
    for (i = 0; i < N; i++)
        bide_job_drop(&loads[i].job);
    pool_close(&b);
    for (i = 0; i < N; i++)
        assert_int_equal(atomic_load(&loads[i].released), 1);
}

/* ---- the end ------------------------------------------------------------------------------ */

static void spawn_more(gate *g)
{
    bide_join join = {NULL};
    bide_poll r;
    gate *other = g->arg;
    BIDE_SPAWN_TO(r, bide_thread_pool_runtime(other->arg), pass, NULL, &join, (other));
    other->code = r;
}

static void T40_spawn_during_shutdown(void **state)
{
    pool_bench b;
    gate g, more;
    bide_join join;
    (void)state;
    pool_open_with(&b, 2);
    gate_init(&g);
    gate_init(&more);
    g.in_drop = spawn_more;
    g.arg = &more;
    more.arg = b.pool;
    assert_int_equal(BIDE_SPAWN(b.pool, pass, &join, (&g)), BIDE_READY);
    assert_int_equal(bide_thread_pool_free(b.pool), BIDE_READY);
    assert_int_equal(bide_join_try_take(&join, NULL), BIDE_ECANCELED);
    pool_check_memory(&b);
    assert_int_equal(more.code, BIDE_ECANCELED);
    assert_int_equal(atomic_load(&g.drops), 1);
    assert_int_equal(atomic_load(&more.polls) + atomic_load(&more.drops), 0);
    gate_end(&g);
    gate_end(&more);
}

/* A handle that outlives the pool. */
static void handles_outlive_the_pool(void **state)
{
    pool_bench b;
    gate g;
    bide_join join, other;
    int32_t out = 5;
    (void)state;
    pool_open_with(&b, 2);
    gate_init(&g);
    assert_int_equal(BIDE_SPAWN(b.pool, pass, &join, (&g)), BIDE_READY);
    assert_int_equal(bide_thread_pool_free(b.pool), BIDE_READY);
    other = bide_join_clone(&join);
    bide_join_abort(&other);
    assert_true(bide_join_is_done(&join));
    assert_int_equal(bide_join_try_take(&join, &out), BIDE_ECANCELED);
    assert_int_equal(out, 5);
    assert_int_equal(bide_join_try_take(&other, &out), BIDE_EMISUSE);
    gate_end(&g);
    pool_check_memory(&b);
}

/* Wakes for ever: itself, and its neighbour. */
static gate ring[8];

static void wake_neighbour(gate *g, bide_context *cx)
{
    gate *other = &ring[(size_t)(g - ring + 1) % 8];
    bide_waker *waker;
    bide_waker_wake_by_ref(cx->waker);
    waker = gate_take_waker(other);
    if (waker)
        bide_waker_wake(waker);
}

static void T44_wake_during_shutdown(void **state)
{
    int round, i;
    (void)state;
    for (round = 0; round < 20; round++) {
        pool_bench b;
        pool_open_with(&b, THREADS);
        for (i = 0; i < 8; i++) {
            gate_init(&ring[i]);
            ring[i].during = wake_neighbour;
        }
        for (i = 0; i < 8; i++)
            assert_int_equal(BIDE_SPAWN(b.pool, pass, NULL, (&ring[i])), BIDE_READY);
        await_count(&ring[7].polls, 10);
        pool_close(&b);
        for (i = 0; i < 8; i++) {
            assert_int_equal(atomic_load(&ring[i].drops), 1);
            gate_end(&ring[i]);
        }
    }
}

static void shutdown_with_work_in_other_threads(void **state)
{
    static load loads[8];
    napper n = {0};
    atomic_int done = 0;
    pool_bench b;
    int i;
    (void)state;
    pool_open_with(&b, 2);
    for (i = 0; i < 8; i++) {
        loads[i] = (load){.done = &done};
        bide_job_init(&loads[i].job, do_load, release_load);
        assert_int_equal(BIDE_SPAWN(b.pool, bide_offload, NULL, (&loads[i].job)), BIDE_READY);
        assert_int_equal(BIDE_SPAWN(b.pool, nap, NULL, (&n, 100000)), BIDE_READY);
    }
    pool_close(&b);
    for (i = 0; i < 8; i++) {
        bide_job_drop(&loads[i].job);
        assert_int_equal(atomic_load(&loads[i].released), 1);
    }
}

/* Spawned between the two steps of a spawn that the end comes between. */
static void commit_after_the_end_began(void **state)
{
    pool_bench b;
    bide_runtime *rt;
    bide_task *task, *unused;
    void *frame, *place;
    gate g;
    bide_join join;
    int32_t out;
    (void)state;
    pool_open_with(&b, 2);
    rt = bide_thread_pool_runtime(b.pool);
    gate_init(&g);
    assert_int_equal(bide_runtime_spawn_begin(rt, &pass_type, NULL, &task, &frame), BIDE_READY);
    assert_int_equal(bide_runtime_spawn_begin(rt, &pass_type, NULL, &unused, &place), BIDE_READY);
    pass_init(frame, &g);
    assert_int_equal(bide_thread_pool_free(b.pool), BIDE_READY);
    bide_runtime_spawn_commit(rt, task, true);
    bide_runtime_spawn_abandon(rt, unused);
    join.task = task;
    assert_int_equal(atomic_load(&g.drops), 1);
    assert_int_equal(bide_join_try_take(&join, &out), BIDE_ECANCELED);
    gate_end(&g);
    pool_check_memory(&b);
}

/* ---- signal handlers ---------------------------------------------------------------------- */

static bide_waker *handlers_waker;

static void wake_in_handler(int number)
{
    (void)number;
    (void)bide_wake_from_isr(handlers_waker);
}

/* The handler interrupts wakes, clones and drops of the same task by the same thread. */
static void wakes_from_signal_handlers(void **state)
{
    const struct timespec interval = {0, 50000};
    struct itimerspec every = {interval, interval}, never = {{0, 0}, {0, 0}};
    struct sigevent event;
    struct sigaction action, before;
    pool_bench b;
    timer_t timer;
    gate g;
    int i;
    (void)state;
    memset(&event, 0, sizeof event);
    memset(&action, 0, sizeof action);
    pool_open_with(&b, 2);
    gate_init(&g);
    assert_int_equal(BIDE_SPAWN(b.pool, pass, NULL, (&g)), BIDE_READY);
    while ((handlers_waker = gate_take_waker(&g)) == NULL)
        pause_ms(1);
    action.sa_handler = wake_in_handler;
    assert_int_equal(sigaction(SIGUSR1, &action, &before), 0);
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGUSR1;
    assert_int_equal(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
    assert_int_equal(timer_settime(timer, 0, &every, NULL), 0);
    for (i = 0; i < 100000; i++) {
        bide_waker_wake_by_ref(handlers_waker);
        bide_waker_wake(bide_waker_clone(handlers_waker));
    }
    assert_int_equal(timer_settime(timer, 0, &never, NULL), 0);
    timer_delete(timer);
    raise(SIGUSR1);
    assert_int_equal(sigaction(SIGUSR1, &before, NULL), 0);
    gate_open(&g);
    bide_waker_wake(handlers_waker);
    assert_int_equal(bide_thread_pool_wait(b.pool, 10000), BIDE_READY);
    assert_int_equal(atomic_load(&g.ends), 1);
    gate_end(&g);
    pool_close(&b);
}

/* ---- idle --------------------------------------------------------------------------------- */

static int cpu_ms_of_process(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int)(t.tv_sec * 1000 + t.tv_nsec / 1000000);
}

/* They are on their way to it for a time that the machine decides; then nothing moves any more. */
static void sleeping_threads_stay_asleep(void **state)
{
    bide_thread_pool_stats before, after;
    pool_bench b;
    int i, cpu_ms;
    gate g;
    (void)state;
    pool_open_with(&b, THREADS);
    gate_init(&g);
    assert_int_equal(BIDE_SPAWN(b.pool, pass, NULL, (&g)), BIDE_READY);
    await_count(&g.polls, 1);
    after = pool_stats(b.pool);
    for (i = 0; i < 100; i++) {
        before = after;
        cpu_ms = cpu_ms_of_process();
        pause_ms(300);
        cpu_ms = cpu_ms_of_process() - cpu_ms;
        after = pool_stats(b.pool);
        if (after.sleeps == before.sleeps && cpu_ms < 60)
            break;
    }
    assert_int_equal(before.sleeps, after.sleeps);
    assert_true(cpu_ms < 60);
    assert_int_equal(after.polls, 1);
    gate_open(&g);
    assert_int_equal(bide_thread_pool_wait(b.pool, UINT64_MAX), BIDE_READY);
    gate_end(&g);
    pool_close(&b);
}

/* ---- without memory ----------------------------------------------------------------------- */

static bide_poll pool_through(bide_allocator *a)
{
    bide_thread_pool_options o = bide_thread_pool_options_init();
    bide_spawn_options named = bide_spawn_options_init();
    static gate g;
    static load l;
    atomic_int done = 0;
    bide_thread_pool *pool;
    bide_join joined = {NULL}, worked = {NULL};
    bide_poll r, end;
    napper n = {0};
    o.allocator = a;
    o.threads = 2;
    named.name = "a name";
    r = bide_thread_pool_new(&o, &pool);
    if (r != BIDE_READY)
        return r;
    gate_init(&g);
    g.is_open = true;
    l = (load){.done = &done};
    bide_job_init(&l.job, do_load, release_load);
    BIDE_SPAWN_TO(r, pool, pass, &named, &joined, (&g));
    if (r == BIDE_READY)
        BIDE_SPAWN_TO(r, pool, nap, NULL, NULL, (&n, 1));
    if (r == BIDE_READY)
        BIDE_SPAWN_TO(r, pool, bide_offload, NULL, &worked, (&l.job));
    end = bide_thread_pool_wait(pool, UINT64_MAX);
    if (r == BIDE_READY)
        r = end;
    if (r == BIDE_READY)
        r = bide_join_try_take(&worked, NULL);
    if (r == BIDE_READY)
        r = bide_join_try_take(&joined, NULL);
    bide_join_detach(&joined);
    bide_join_detach(&worked);
    bide_thread_pool_free(pool);
    bide_job_drop(&l.job);
    gate_end(&g);
    return r;
}
TEST_EVERY_FAILURE(every_failure, pool_through)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(E06_self_waking_task_does_not_starve),
        cmocka_unit_test(wait_gives_up_in_time),
        cmocka_unit_test(cancel_drops_and_the_pool_goes_on),
        cmocka_unit_test(timers_fire_not_early),
        cmocka_unit_test(timers_fire_beside_a_busy_thread),
        cmocka_unit_test(hours_pass_on_a_virtual_clock),
        cmocka_unit_test(offload_from_tasks),
        cmocka_unit_test(T40_spawn_during_shutdown),
        cmocka_unit_test(handles_outlive_the_pool),
        cmocka_unit_test(T44_wake_during_shutdown),
        cmocka_unit_test(shutdown_with_work_in_other_threads),
        cmocka_unit_test(commit_after_the_end_began),
        cmocka_unit_test(wakes_from_signal_handlers),
        cmocka_unit_test(sleeping_threads_stay_asleep),
        cmocka_unit_test(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
