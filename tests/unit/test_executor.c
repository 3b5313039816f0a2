/*
 * The local executor: turns, roots, timers of a virtual clock, its end with tasks pending, its
 * memory.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "probe.h"

#include <bide/testing_clock.h>

#include <pthread.h>

/* ---- turns -------------------------------------------------------------------------------- */

static void E01_run_until_ignores_spawned(void **state)
{
    bench b;
    probe task = {0}, root = {.yields = 3, .open = true, .value = 7};
    int32_t out = 0;
    (void)state;
    bench_open(&b);
    assert_int_equal(BIDE_SPAWN(b.ex, script, NULL, (&task)), BIDE_READY);
    assert_int_equal(BIDE_RUN_UNTIL(b.ex, script, &out, (&root)), BIDE_READY);
    assert_int_equal(out, 7);
    assert_int_equal(root.polls, 4);
    assert_int_equal(task.polls, 1);
    assert_int_equal(stats_of(b.ex).tasks, 1);
    /* A second root on the same executor; the task goes on besides. */
    root = (probe){.open = true, .value = 8};
    probe_open(&task);
    assert_int_equal(BIDE_RUN_UNTIL(b.ex, script, &out, (&root)), BIDE_READY);
    assert_int_equal(out, 8);
    assert_int_equal(bide_local_run(b.ex), BIDE_READY);
    assert_int_equal(task.ends, 1);
    bench_close(&b, 0);
}

static void E02_run_until_stalled_leaves_pending(void **state)
{
    bench b;
    probe waits = {0}, yields = {.yields = 5, .open = true};
    (void)state;
    bench_open(&b);
    assert_int_equal(bide_local_run_until_stalled(b.ex), BIDE_READY);
    (void)BIDE_SPAWN(b.ex, script, NULL, (&waits));
    (void)BIDE_SPAWN(b.ex, script, NULL, (&yields));
    assert_int_equal(bide_local_run_until_stalled(b.ex), BIDE_PENDING);
    assert_int_equal(yields.ends, 1);
    assert_int_equal(waits.polls, 1);
    assert_int_equal(bide_local_run_until_stalled(b.ex), BIDE_PENDING);
    assert_int_equal(waits.polls, 1);
    probe_open(&waits);
    assert_int_equal(bide_local_run_until_stalled(b.ex), BIDE_READY);
    assert_int_equal(waits.polls, 2);
    assert_int_equal(stats_of(b.ex).sleeps, 0);
    bench_close(&b, 0);
}

static void try_nested(probe *p, bide_context *cx)
{
    bide_local *same = p->arg, *other;
    probe inner = {.open = true};
    int32_t out;
    (void)cx;
    assert_int_equal(bide_local_run(same), BIDE_EMISUSE);
    assert_int_equal(bide_local_run_until_stalled(same), BIDE_EMISUSE);
    assert_int_equal(bide_local_free(same), BIDE_EMISUSE);
    assert_int_equal(BIDE_RUN_UNTIL(same, script, &out, (&inner)), BIDE_EMISUSE);
    assert_int_equal(BIDE_BLOCK_ON(script, &out, (&inner)), BIDE_EMISUSE);
    assert_int_equal(inner.polls, 0);
    assert_int_equal(inner.drops, 2); /* a refused frame is dropped */
    /* Another executor may be made and ended here, but not run. */
    assert_int_equal(bide_local_new(NULL, &other), BIDE_READY);
    assert_int_equal(BIDE_SPAWN(other, script, NULL, (&inner)), BIDE_READY);
    assert_int_equal(bide_local_run(other), BIDE_EMISUSE);
    assert_int_equal(bide_local_free(other), BIDE_READY);
    assert_int_equal(inner.drops, 3);
    assert_int_equal(bide_local_run(same), BIDE_EMISUSE);
}

static void E04_nested_run_refused(void **state)
{
    bench b;
    probe p = {.open = true, .during = try_nested};
    (void)state;
    bench_open(&b);
    p.arg = b.ex;
    (void)BIDE_SPAWN(b.ex, script, NULL, (&p));
    assert_int_equal(bide_local_run(b.ex), BIDE_READY);
    assert_int_equal(p.ends, 1);
    bench_close(&b, 0);
}

static void E05_fair_within_1(void **state)
{
    bench b;
    char log[64] = "";
    probe p[3] = {{.yields = 3, .open = true, .log = log, .name = 'a'},
                  {.yields = 3, .open = true, .log = log, .name = 'b'},
                  {.yields = 3, .open = true, .log = log, .name = 'c'}};
    int i;
    (void)state;
    bench_open(&b);
    for (i = 0; i < 3; i++)
        (void)BIDE_SPAWN(b.ex, script, NULL, (&p[i]));
    assert_int_equal(bide_local_run(b.ex), BIDE_READY);
    assert_string_equal(log, "abcabcabcabc");
    bench_close(&b, 0);
}

static void stop_when_timer_ended(probe *p, bide_context *cx)
{
    probe *other = p->arg;
    (void)cx;
    if (other->ends)
        p->yields = 0;
    else
        p->yields = 1;
}

#define nap_FRAME(ROW)                                                                             \
    ROW(PARAM, probe *, p)                                                                         \
    ROW(PARAM, uint64_t, ms) ROW(LOCAL, int, step) ROW(BUFFER, struct bide_sleep, sleep)
BIDE_FUTURE(void, nap)

bide_poll nap_poll(struct nap *f, bide_context *cx, void *out)
{
    bide_poll r;
    (void)out;
    if (f->step == 0) {
        bide_sleep_init(&f->sleep, f->ms);
        f->step = 1;
    }
    f->p->polls++;
    r = bide_sleep_poll(&f->sleep, cx, NULL);
    if (r == BIDE_PENDING)
        return r;
    f->step = 2;
    f->p->ends++;
    f->p->code = r;
    probe_log(f->p);
    return r;
}

void nap_drop(struct nap *f)
{
    if (f->step == 1) {
        bide_sleep_drop(&f->sleep);
        f->p->drops++;
    }
    f->step = 2;
}

static void E06_self_waking_task_does_not_starve(void **state)
{
    bench b;
    probe timed = {0}, other = {.yields = 10, .open = true};
    probe busy = {.open = true, .during = stop_when_timer_ended, .arg = &timed};
    (void)state;
    bench_open(&b);
    (void)BIDE_SPAWN(b.ex, script, NULL, (&busy));
    (void)BIDE_SPAWN(b.ex, script, NULL, (&other));
    (void)BIDE_SPAWN(b.ex, nap, NULL, (&timed, 2));
    assert_int_equal(bide_local_run(b.ex), BIDE_READY);
    assert_int_equal(busy.ends + other.ends + timed.ends, 3);
    assert_int_equal(stats_of(b.ex).sleeps, 0);
    bench_close(&b, 0);
}

/* ---- wakes from another thread ------------------------------------------------------------ */

static void *wake_once(void *arg)
{
    probe *p = arg;
    bide_waker_wake(p->waker);
    return NULL;
}

/* The thread is started by the poll, so that its wake comes during it or afterwards. */
static void start_waker(probe *p, bide_context *cx)
{
    if (p->polls > 1) {
        p->waker = NULL; /* the thread has used it up */
        p->open = true;
        return;
    }
    p->waker = bide_waker_clone(cx->waker);
    assert_int_equal(pthread_create(p->arg, NULL, wake_once, p), 0);
}

static void E08_wake_from_other_thread_unparks_once(void **state)
{
    bench b;
    pthread_t thread;
    probe p = {.during = start_waker, .arg = &thread};
    (void)state;
    bench_open(&b);
    (void)BIDE_SPAWN(b.ex, script, NULL, (&p));
    assert_int_equal(bide_local_run(b.ex), BIDE_READY);
    pthread_join(thread, NULL);
    assert_int_equal(p.polls, 2);
    assert_true(stats_of(b.ex).sleeps <= 1);
    bench_close(&b, 0);
}

static void wakes_from_outside_keep_their_order(void **state)
{
    bench b;
    char log[16] = "";
    probe p[3] = {{.log = log, .name = 'a'}, {.log = log, .name = 'b'}, {.log = log, .name = 'c'}};
    int i;
    (void)state;
    bench_open(&b);
    for (i = 0; i < 3; i++)
        (void)BIDE_SPAWN(b.ex, script, NULL, (&p[i]));
    (void)bide_local_run_until_stalled(b.ex);
    log[0] = 0;
    /* Nobody runs the executor: these take the way of another thread's. */
    bide_waker_wake_by_ref(p[2].waker);
    bide_waker_wake_by_ref(p[0].waker);
    bide_waker_wake_by_ref(p[1].waker);
    bide_waker_wake_by_ref(p[2].waker);
    (void)bide_local_run_until_stalled(b.ex);
    assert_string_equal(log, "cab");
    bench_close(&b, 0);
}

/* ---- the virtual clock -------------------------------------------------------------------- */

static void E09_virtual_clock_fires_in_order(void **state)
{
    bench b;
    bide_virtual_clock clock;
    char log[16] = "";
    probe p[4] = {{.log = log, .name = 'a'},
                  {.log = log, .name = 'b'},
                  {.log = log, .name = 'c'},
                  {.log = log, .name = 'd'}};
    bide_join cancelled;
    (void)state;
    bide_virtual_clock_init(&clock, true);
    bide_counter_init(&b.counter, bide_heap());
    b.options = bide_local_options_init();
    b.options.allocator = &b.counter.base;
    b.options.clock = &clock.base;
    assert_int_equal(bide_local_new(&b.options, &b.ex), BIDE_READY);
    (void)BIDE_SPAWN(b.ex, nap, NULL, (&p[0], 3600000));
    (void)BIDE_SPAWN(b.ex, nap, NULL, (&p[1], 5));
    (void)BIDE_SPAWN(b.ex, nap, NULL, (&p[2], 5));
    (void)BIDE_SPAWN(b.ex, nap, &cancelled, (&p[3], 1000));
    assert_int_equal(bide_local_run_until_stalled(b.ex), BIDE_PENDING);
    assert_int_equal(bide_virtual_clock_now(&clock), 0);
    bide_join_abort(&cancelled);
    assert_int_equal(bide_local_run(b.ex), BIDE_READY);
    assert_string_equal(log, "bca");
    assert_int_equal(p[3].drops, 1);
    assert_int_equal(bide_virtual_clock_now(&clock), bide_ms(3600000));
    assert_int_equal(bide_virtual_clock_jumps(&clock), 2);
    assert_int_equal(stats_of(b.ex).sleeps, 0);
    assert_int_equal(bide_join_try_take(&cancelled, NULL), BIDE_ECANCELED);
    bench_close(&b, 0);
}

static void virtual_clock_by_hand(void **state)
{
    bide_virtual_clock clock;
    bide_local_options o = bide_local_options_init();
    bide_local *ex;
    probe p = {0};
    (void)state;
    bide_virtual_clock_init(&clock, false);
    o.clock = &clock.base;
    assert_int_equal(bide_local_new(&o, &ex), BIDE_READY);
    (void)BIDE_SPAWN(ex, nap, NULL, (&p, 10));
    assert_int_equal(bide_local_run_until_stalled(ex), BIDE_PENDING);
    bide_virtual_clock_advance(&clock, bide_ms(10) - 1);
    assert_int_equal(bide_local_run_until_stalled(ex), BIDE_PENDING);
    assert_int_equal(p.polls, 1);
    bide_virtual_clock_advance(&clock, 1);
    assert_int_equal(bide_local_run_until_stalled(ex), BIDE_READY);
    assert_int_equal(p.polls, 2);
    assert_int_equal(bide_local_free(ex), BIDE_READY);
}

/* ---- the end ------------------------------------------------------------------------------ */

static void end_drops_pending_in_order(void **state)
{
    bench b;
    char log[16] = "";
    probe p[4] = {{.log = log, .name = 'a'},
                  {.log = log, .name = 'b'},
                  {.log = log, .name = 'c'},
                  {.log = log, .name = 'd'}};
    bide_join join[4];
    int i;
    (void)state;
    bench_open(&b);
    for (i = 0; i < 3; i++)
        assert_int_equal(BIDE_SPAWN(b.ex, script, &join[i], (&p[i])), BIDE_READY);
    (void)bide_local_run_until_stalled(b.ex);
    assert_int_equal(BIDE_SPAWN(b.ex, script, &join[3], (&p[3])), BIDE_READY); /* never polled */
    bide_waker_wake_by_ref(p[1].waker); /* one that is queued */
    log[0] = 0;
    /* What is left is what the handles hold: four blocks and, with them, the shared part. */
    bench_close(&b, 5);
    assert_string_equal(log, "abcd");
    for (i = 0; i < 4; i++) {
        assert_int_equal(p[i].drops, 1);
        assert_int_equal(bide_join_try_take(&join[i], NULL), BIDE_ECANCELED);
        assert_int_equal(bide_join_try_take(&join[i], NULL), BIDE_EMISUSE);
    }
    assert_int_equal(b.counter.live, 0);
}

static void spawn_in_drop(probe *p)
{
    probe *other = p->arg;
    bide_join join;
    other->code = BIDE_SPAWN((bide_local *)other->arg, script, &join, (other));
    assert_null(join.task);
}

static void T40_spawn_during_shutdown(void **state)
{
    bench b;
    probe refused = {0}, p = {.in_drop = spawn_in_drop, .arg = &refused};
    (void)state;
    bench_open(&b);
    refused.arg = b.ex;
    (void)BIDE_SPAWN(b.ex, script, NULL, (&p));
    bench_close(&b, 0);
    assert_int_equal(refused.code, BIDE_ECANCELED);
    assert_int_equal(refused.polls + refused.drops, 0); /* never built */
    assert_int_equal(p.drops, 1);
}

static void T38_create_shutdown(void **state)
{
    bench b;
    (void)state;
    bench_open(&b);
    assert_int_equal(b.counter.allocs, 1);
    bench_close(&b, 0);
    assert_int_equal(bide_local_free(NULL), BIDE_READY);
}

static void end_between_the_steps_of_a_spawn(void **state)
{
    bench b;
    bide_task *task;
    bide_runtime *rt;
    void *frame;
    probe p = {0};
    bide_join join;
    (void)state;
    bench_open(&b);
    rt = bide_local_runtime(b.ex);
    assert_int_equal(bide_runtime_spawn_begin(rt, &script_type, NULL, &task, &frame), BIDE_READY);
    bench_close(&b, 2);
    script_init(frame, &p);
    bide_runtime_spawn_commit(rt, task, true);
    join.task = task;
    assert_int_equal(p.drops, 1);
    assert_int_equal(bide_join_try_take(&join, NULL), BIDE_ECANCELED);
    assert_int_equal(b.counter.live, 0);
}

static void abandoned_spawn_gives_everything_back(void **state)
{
    bench b;
    bide_task *task;
    void *frame;
    (void)state;
    bench_open(&b);
    assert_int_equal(
        bide_runtime_spawn_begin(bide_local_runtime(b.ex), &script_type, NULL, &task, &frame),
        BIDE_READY);
    bide_runtime_spawn_abandon(bide_local_runtime(b.ex), task);
    assert_int_equal(b.counter.live, 1);
    assert_int_equal(bide_local_run(b.ex), BIDE_READY);
    bench_close(&b, 0);
}

/* ---- memory ------------------------------------------------------------------------------- */

/* Takes a block from the context's allocator in each of three polls. */
#define taker_FRAME(ROW) ROW(PARAM, probe *, p) ROW(LOCAL, int, round)
BIDE_FUTURE(void, taker)

bide_poll taker_poll(struct taker *f, bide_context *cx, void *out)
{
    bide_allocator *giver;
    void *block = bide_alloc(cx->allocator, 40, 8, &giver);
    (void)out;
    f->p->polls++;
    if (!block)
        return BIDE_ENOMEM;
    assert_ptr_not_equal(giver, cx->runtime);
    bide_free(giver, block, 40, 8);
    if (f->round++ == 2)
        return BIDE_READY;
    bide_waker_wake_by_ref(cx->waker);
    return BIDE_PENDING;
}

void taker_drop(struct taker *f)
{
    (void)f;
}

static void slab_is_taken_once_and_kept(void **state)
{
    bench b;
    probe p = {0};
    int i;
    (void)state;
    bench_open(&b);
    for (i = 0; i < 100; i++) {
        (void)BIDE_SPAWN(b.ex, taker, NULL, (&p));
        assert_int_equal(bide_local_run(b.ex), BIDE_READY);
    }
    assert_int_equal(p.polls, 300);
    assert_int_equal(stats_of(b.ex).slabs, 1);
    assert_int_equal(b.counter.allocs, 1 + 100 + 1); /* executor, tasks, slab */
    bench_close(&b, 0);
}

static void without_slab_the_allocator_is_used(void **state)
{
    bench b;
    probe p = {0};
    (void)state;
    bide_counter_init(&b.counter, bide_heap());
    b.options = bide_local_options_init();
    b.options.allocator = &b.counter.base;
    b.options.slab_bytes = 0;
    assert_int_equal(bide_local_new(&b.options, &b.ex), BIDE_READY);
    (void)BIDE_SPAWN(b.ex, taker, NULL, (&p));
    assert_int_equal(bide_local_run(b.ex), BIDE_READY);
    assert_int_equal(stats_of(b.ex).slabs, 0);
    assert_int_equal(b.counter.allocs, 1 + 1 + 3);
    bench_close(&b, 0);
}

/* A block that outlives its task keeps the slab, and the shared part, alive. */
struct kept {
    void *block;
    bide_allocator *giver;
};

static void keep_block(probe *p, bide_context *cx)
{
    struct kept *k = p->arg;
    k->block = bide_alloc(cx->allocator, 40, 8, &k->giver);
    assert_non_null(k->block);
}

static void *free_kept(void *arg)
{
    struct kept *k = arg;
    bide_free(k->giver, k->block, 40, 8);
    return NULL;
}

static void P36_slab_outlives_task_and_executor(void **state)
{
    bench b;
    struct kept k;
    pthread_t thread;
    probe p = {.open = true, .during = keep_block, .arg = &k};
    (void)state;
    bench_open(&b);
    (void)BIDE_SPAWN(b.ex, script, NULL, (&p));
    assert_int_equal(bide_local_run(b.ex), BIDE_READY);
    bench_close(&b, 2); /* slab and shared part */
    assert_int_equal(pthread_create(&thread, NULL, free_kept, &k), 0);
    pthread_join(thread, NULL);
    assert_int_equal(b.counter.live, 0);
}

static void options_of_another_age(void **state)
{
    bide_local *ex;
    bide_local_options o = bide_local_options_init();
    bide_local_stats s = {.size = offsetof(bide_local_stats, polls), .polls = 99};
    (void)state;
    o.size = offsetof(bide_local_options, clock); /* an older caller */
    o.clock = (bide_clock *)&o;                   /* must not be read */
    assert_int_equal(bide_local_new(&o, &ex), BIDE_READY);
    assert_int_equal(bide_local_run(ex), BIDE_READY);
    bide_local_get_stats(ex, &s);
    assert_int_equal(s.polls, 99);
    assert_int_equal(bide_local_free(ex), BIDE_READY);
    o = bide_local_options_init();
    o.allocator = NULL;
    assert_int_equal(bide_local_new(&o, &ex), BIDE_EMISUSE);
}

static void a_runtime_may_lack_slots(void **state)
{
    bide_runtime_vtable none = {.size = offsetof(bide_runtime_vtable, now)};
    bide_runtime rt = {&none};
    bide_counting_waker waker;
    bide_context cx = {.size = sizeof cx, .runtime = &rt};
    struct bide_sleep sleep;
    struct bide_offload offload;
    bide_job job = {0};
    uint64_t ns;
    bide_task *task;
    void *frame;
    (void)state;
    bide_counting_waker_init(&waker);
    cx.waker = &waker.base;
    bide_sleep_init(&sleep, 1);
    assert_int_equal(bide_sleep_poll(&sleep, &cx, NULL), BIDE_ENOSYS);
    bide_offload_init(&offload, &job);
    assert_int_equal(bide_offload_poll(&offload, &cx, NULL), BIDE_ENOSYS);
    assert_int_equal(bide_runtime_now(NULL, &ns), BIDE_ENOSYS);
    assert_int_equal(bide_runtime_spawn_begin(&rt, &script_type, NULL, &task, &frame), BIDE_ENOSYS);
    cx.size = offsetof(bide_context, runtime); /* an older executor */
    bide_sleep_init(&sleep, 1);
    assert_int_equal(bide_sleep_poll(&sleep, &cx, NULL), BIDE_ENOSYS);
    assert_int_equal(bide_counting_waker_refs(&waker), 1);
}

static bide_poll spawn_run_take(bide_allocator *allocator)
{
    bide_local_options o = bide_local_options_init();
    bide_local *ex;
    bide_join join;
    probe p = {0};
    bide_poll r;
    o.allocator = allocator;
    r = bide_local_new(&o, &ex);
    if (r != BIDE_READY)
        return r;
    r = BIDE_SPAWN(ex, taker, &join, (&p));
    assert_int_equal(bide_local_run(ex), BIDE_READY);
    if (r == BIDE_READY)
        r = bide_join_try_take(&join, NULL);
    assert_int_equal(bide_local_free(ex), BIDE_READY);
    return r;
}
TEST_EVERY_FAILURE(P32_alloc_fail_at_k, spawn_run_take)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(E01_run_until_ignores_spawned),
        cmocka_unit_test(E02_run_until_stalled_leaves_pending),
        cmocka_unit_test(E04_nested_run_refused),
        cmocka_unit_test(E05_fair_within_1),
        cmocka_unit_test(E06_self_waking_task_does_not_starve),
        cmocka_unit_test(E08_wake_from_other_thread_unparks_once),
        cmocka_unit_test(wakes_from_outside_keep_their_order),
        cmocka_unit_test(E09_virtual_clock_fires_in_order),
        cmocka_unit_test(virtual_clock_by_hand),
        cmocka_unit_test(end_drops_pending_in_order),
        cmocka_unit_test(T40_spawn_during_shutdown),
        cmocka_unit_test(T38_create_shutdown),
        cmocka_unit_test(end_between_the_steps_of_a_spawn),
        cmocka_unit_test(abandoned_spawn_gives_everything_back),
        cmocka_unit_test(slab_is_taken_once_and_kept),
        cmocka_unit_test(without_slab_the_allocator_is_used),
        cmocka_unit_test(P36_slab_outlives_task_and_executor),
        cmocka_unit_test(options_of_another_age),
        cmocka_unit_test(a_runtime_may_lack_slots),
        cmocka_unit_test(P32_alloc_fail_at_k),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
