/*
 * Tasks and join handles: wakes and polls, ends of every kind, who sees which code, and what memory
 * is left.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "probe.h"

#include <bide/alloc_pool.h>

#include <pthread.h>

/* Blocks of an executor that has no task: itself. */
#define IDLE 1

static void spawn(bench *b, probe *p, bide_join *join)
{
    assert_int_equal(BIDE_SPAWN(b->ex, script, join, (p)), BIDE_READY);
}

static void stall(bench *b)
{
    (void)bide_local_run_until_stalled(b->ex);
}

/* ---- wakers ------------------------------------------------------------------------------- */

static void T01_waker_counts(void **state)
{
    bench b;
    probe p = {0};
    bide_waker *clones[3];
    int i;
    (void)state;
    bench_open(&b);
    spawn(&b, &p, NULL);
    stall(&b);
    for (i = 0; i < 3; i++)
        clones[i] = bide_waker_clone(p.waker);
    probe_open(&p);
    stall(&b);
    assert_int_equal(p.ends, 1);
    for (i = 0; i < 3; i++) {
        assert_int_equal(b.counter.live, IDLE + 1); /* the task's block, and nothing more */
        bide_waker_drop(clones[i]);
    }
    stall(&b);
    assert_int_equal(b.counter.live, IDLE);
    bench_close(&b, 0);
}

static void note_waker(probe *p, bide_context *cx)
{
    bide_waker *clone = bide_waker_clone(cx->waker);
    assert_true(bide_waker_same(clone, cx->waker));
    assert_true(!p->arg || p->arg == (void *)clone);
    p->arg = clone; /* to compare with only */
    bide_waker_drop(clone);
}

static void T02_ref_wake_same(void **state)
{
    bench b;
    probe p = {.yields = 3, .during = note_waker}, q = {.open = true, .during = note_waker};
    (void)state;
    bench_open(&b);
    spawn(&b, &p, NULL);
    spawn(&b, &q, NULL);
    stall(&b);
    assert_ptr_equal(p.arg, p.waker); /* the same in all polls */
    assert_ptr_not_equal(p.arg, q.arg);
    bench_close(&b, 0);
}

static void T24_wake_by_ref_after_complete(void **state)
{
    bench b;
    probe p = {0};
    bide_waker *w;
    uint64_t wakes;
    (void)state;
    bench_open(&b);
    spawn(&b, &p, NULL);
    stall(&b);
    w = bide_waker_clone(p.waker);
    probe_open(&p);
    stall(&b);
    wakes = stats_of(b.ex).wakes;
    bide_waker_wake_by_ref(w);
    bide_waker_wake_by_ref(w);
    stall(&b);
    assert_int_equal(stats_of(b.ex).wakes, wakes);
    assert_int_equal(p.polls, 2);
    bide_waker_wake(w);
    stall(&b);
    assert_int_equal(b.counter.live, IDLE);
    bench_close(&b, 0);
}

static void F20_wake_after_the_executor(void **state)
{
    bench b;
    probe p = {0};
    bide_waker *w[3];
    int i;
    (void)state;
    bench_open(&b);
    spawn(&b, &p, NULL);
    stall(&b);
    for (i = 0; i < 3; i++)
        w[i] = bide_waker_clone(p.waker);
    bench_close(&b, 2); /* the task's block and the shared part */
    assert_int_equal(p.drops, 1);
    bide_waker_wake_by_ref(w[0]);
    assert_int_equal(bide_wake_from_isr(w[0]), BIDE_READY);
    assert_ptr_equal(bide_waker_clone(w[0]), w[0]);
    bide_waker_drop(w[0]);
    bide_waker_wake(w[0]);
    bide_waker_drop(w[1]);
    assert_int_equal(b.counter.live, 2);
    bide_waker_wake(w[2]);
    assert_int_equal(b.counter.live, 0);
}

static void T25_wake_dropped(void **state)
{
    bench b;
    probe p = {0};
    bide_join join;
    bide_waker *w;
    (void)state;
    bench_open(&b);
    spawn(&b, &p, &join);
    stall(&b);
    w = bide_waker_clone(p.waker);
    bide_join_abort(&join);
    stall(&b);
    assert_int_equal(p.drops, 1);
    bide_waker_wake(w);
    stall(&b);
    assert_int_equal(p.polls, 1);
    assert_int_equal(bide_join_try_take(&join, NULL), BIDE_ECANCELED);
    bench_close(&b, 0);
}

static void wake_three_times(probe *p, bide_context *cx)
{
    if (p->polls == 1) {
        bide_waker_wake_by_ref(cx->waker);
        bide_waker_wake(bide_waker_clone(cx->waker));
        (void)bide_wake_from_isr(cx->waker);
    }
}

static void T26_wake_during_run(void **state)
{
    bench b;
    probe p = {.during = wake_three_times};
    (void)state;
    bench_open(&b);
    spawn(&b, &p, NULL);
    stall(&b);
    assert_int_equal(p.polls, 2);
    bench_close(&b, 0);
}

static void T30_wake_x2_before_run(void **state)
{
    bench b;
    probe p = {0};
    uint64_t wakes;
    (void)state;
    bench_open(&b);
    spawn(&b, &p, NULL);
    stall(&b);
    wakes = stats_of(b.ex).wakes;
    bide_waker_wake_by_ref(p.waker);
    bide_waker_wake_by_ref(p.waker);
    stall(&b);
    assert_int_equal(p.polls, 2);
    assert_int_equal(stats_of(b.ex).wakes, wakes + 1);
    bench_close(&b, 0);
}

static void T32_self_wake_twice(void **state)
{
    bench b;
    probe p = {.yields = 1, .twice = true, .open = true};
    (void)state;
    bench_open(&b);
    spawn(&b, &p, NULL);
    stall(&b);
    assert_int_equal(p.polls, 2);
    bench_close(&b, 0);
}

static void T45_exactly_k_polls_for_k_wakes(void **state)
{
    bench b;
    probe p = {0};
    int k;
    (void)state;
    bench_open(&b);
    spawn(&b, &p, NULL);
    stall(&b);
    for (k = 1; k <= 50; k++) {
        bide_waker_wake_by_ref(p.waker);
        stall(&b);
        assert_int_equal(p.polls, 1 + k);
    }
    bench_close(&b, 0);
}

/* Wakes the probe in `arg`. */
static void wake_other(probe *p)
{
    probe *other = p->arg;
    if (other->waker)
        bide_waker_wake_by_ref(other->waker);
}

static void T44_wake_during_shutdown(void **state)
{
    bench b;
    probe p[2] = {{.in_drop = wake_other}, {.in_drop = wake_other}};
    (void)state;
    p[0].arg = &p[1];
    p[1].arg = &p[0];
    bench_open(&b);
    spawn(&b, &p[0], NULL);
    spawn(&b, &p[1], NULL);
    stall(&b);
    bench_close(&b, 0);
    assert_int_equal(p[0].drops + p[1].drops, 2);
}

/* ---- wakers of leaves --------------------------------------------------------------------- */

static void T04_T06_register_replaces(void **state)
{
    bide_counting_waker a, c;
    bide_context cx = {.size = sizeof cx};
    bide_waker *slot = NULL;
    (void)state;
    bide_counting_waker_init(&a);
    bide_counting_waker_init(&c);
    bide_waker_take_and_wake(&slot); /* T05: nobody registered */
    cx.waker = &a.base;
    assert_int_equal(bide_waker_register(&slot, &cx), BIDE_READY);
    assert_int_equal(bide_waker_register(&slot, &cx), BIDE_READY);
    assert_int_equal(a.clones, 1);
    cx.waker = &c.base;
    assert_int_equal(bide_waker_register(&slot, &cx), BIDE_READY);
    assert_int_equal(bide_counting_waker_refs(&a), 1);
    bide_waker_take_and_wake(&slot);
    assert_int_equal(bide_counting_waker_total(&a), 0);
    assert_int_equal(bide_counting_waker_total(&c), 1);
    assert_int_equal(bide_counting_waker_refs(&c), 1);
    assert_null(slot);
}

static bide_waker *clone_fails(bide_waker *waker)
{
    (void)waker;
    return NULL;
}

static void T08_register_fault_safe(void **state)
{
    static const bide_waker_vtable poor = {.size = sizeof poor, .clone = clone_fails};
    bide_waker foreign = {&poor};
    bide_counting_waker a;
    bide_context cx = {.size = sizeof cx};
    bide_waker *slot = NULL;
    (void)state;
    bide_counting_waker_init(&a);
    cx.waker = &a.base;
    (void)bide_waker_register(&slot, &cx);
    cx.waker = &foreign;
    assert_int_equal(bide_waker_register(&slot, &cx), BIDE_ENOMEM);
    assert_ptr_equal(slot, &a.base);
    bide_waker_clear(&slot);
    assert_int_equal(bide_counting_waker_refs(&a), 1);
}

/* ---- ends --------------------------------------------------------------------------------- */

static void T12_run_and_detach(void **state)
{
    bench b;
    probe p = {.open = true, .value = 5};
    bide_join join;
    (void)state;
    bench_open(&b);
    spawn(&b, &p, &join);
    assert_int_equal(p.polls, 0);
    stall(&b);
    assert_int_equal(p.polls, 1);
    assert_int_equal(b.counter.live, IDLE + 1);
    bide_join_detach(&join);
    assert_null(join.task);
    stall(&b);
    assert_int_equal(b.counter.live, IDLE);
    assert_int_equal(p.ends, 1);
    assert_int_equal(p.drops, 0);
    bide_join_detach(&join); /* empty: nothing */
    bench_close(&b, 0);
}

static void T09_T10_detach_first(void **state)
{
    bench b;
    probe p = {0};
    bide_join join;
    (void)state;
    bench_open(&b);
    spawn(&b, &p, &join);
    bide_join_detach(&join);
    stall(&b);
    assert_int_equal(p.polls, 1);
    probe_open(&p);
    stall(&b);
    assert_int_equal(p.ends, 1);
    assert_int_equal(b.counter.live, IDLE);
    bench_close(&b, 0);
}

static void T13_cancel_and_run(void **state)
{
    bench b;
    probe p = {.open = true};
    bide_join join;
    int32_t out = 1;
    (void)state;
    bench_open(&b);
    spawn(&b, &p, &join);
    bide_join_abort(&join);
    bide_join_abort(&join); /* T16: twice */
    stall(&b);
    assert_int_equal(p.polls, 0);
    assert_int_equal(p.drops, 1);
    assert_int_equal(bide_join_try_take(&join, &out), BIDE_ECANCELED);
    assert_int_equal(out, 1);
    bench_close(&b, 0);
}

static void T14_run_and_cancel(void **state)
{
    bench b;
    probe p = {.open = true, .value = 3};
    bide_join join;
    int32_t out = 0;
    (void)state;
    bench_open(&b);
    spawn(&b, &p, &join);
    stall(&b);
    bide_join_abort(&join);
    stall(&b);
    assert_int_equal(bide_join_try_take(&join, &out), BIDE_READY);
    assert_int_equal(out, 3);
    assert_int_equal(p.drops, 0);
    bench_close(&b, 0);
}

static void T18_T22_take(void **state)
{
    bench b;
    probe p = {.value = 9};
    bide_join join, other;
    int32_t out = 0;
    (void)state;
    bench_open(&b);
    spawn(&b, &p, &join);
    assert_int_equal(bide_join_try_take(&join, &out), BIDE_PENDING);
    assert_false(bide_join_is_done(&join));
    stall(&b);
    assert_int_equal(bide_join_try_take(&join, &out), BIDE_PENDING);
    probe_open(&p);
    stall(&b);
    assert_true(bide_join_is_done(&join));
    other = bide_join_clone(&join); /* T37 */
    assert_int_equal(bide_join_try_take(&join, &out), BIDE_READY);
    assert_int_equal(out, 9);
    assert_int_equal(bide_join_try_take(&join, &out), BIDE_EMISUSE);
    assert_int_equal(bide_join_try_take(&other, &out), BIDE_EMISUSE); /* taken already */
    stall(&b);
    assert_int_equal(b.counter.live, IDLE);
    bide_join_abort(&join); /* empty: nothing */
    assert_null(bide_join_clone(&join).task);
    bench_close(&b, 0);
}

static void T33_fault_in_poll(void **state)
{
    bench b;
    probe p = {.open = true, .code = BIDE_EFOREIGN};
    bide_join join;
    (void)state;
    bench_open(&b);
    spawn(&b, &p, &join);
    stall(&b);
    assert_int_equal(p.drops, 0); /* a future that failed has finished */
    assert_int_equal(bide_join_try_take(&join, NULL), BIDE_EFOREIGN);
    stall(&b);
    assert_int_equal(b.counter.live, IDLE);
    bench_close(&b, 0);
}

static void T36_T37_abort_handles(void **state)
{
    bench b;
    probe p = {0};
    bide_join join, abort;
    (void)state;
    bench_open(&b);
    spawn(&b, &p, &join);
    abort = bide_join_clone(&join);
    bide_join_detach(&abort); /* dropping an abort handle aborts nothing */
    abort = bide_join_clone(&join);
    stall(&b);
    assert_int_equal(p.drops, 0);
    bide_join_abort(&abort);
    bide_join_detach(&abort);
    stall(&b);
    assert_int_equal(p.drops, 1);
    assert_int_equal(bide_join_try_take(&join, NULL), BIDE_ECANCELED);
    bench_close(&b, 0);
}

static void abort_self(probe *p, bide_context *cx)
{
    bide_join_abort(&p->join);
    bide_waker_wake_by_ref(cx->waker);
}

static void T28_cancel_and_wake_during_run(void **state)
{
    bench b;
    probe p = {.during = abort_self};
    (void)state;
    bench_open(&b);
    spawn(&b, &p, &p.join);
    stall(&b);
    assert_int_equal(p.polls, 1);
    assert_int_equal(p.drops, 1);
    assert_int_equal(bide_join_try_take(&p.join, NULL), BIDE_ECANCELED);
    bench_close(&b, 0);
}

/* ---- awaiting ----------------------------------------------------------------------------- */

#define joined_FRAME BIDE_JOIN_FRAME
BIDE_JOIN_FUTURE(int32_t, joined);

static void T20_join_during_run(void **state)
{
    bench b;
    probe p = {.value = 11};
    bide_join join, outer;
    int32_t out = 0;
    (void)state;
    bench_open(&b);
    spawn(&b, &p, &join);
    assert_int_equal(BIDE_SPAWN(b.ex, joined, &outer, (join)), BIDE_READY);
    stall(&b);
    assert_int_equal(bide_join_try_take(&outer, &out), BIDE_PENDING);
    probe_open(&p);
    stall(&b);
    assert_int_equal(bide_join_try_take(&outer, &out), BIDE_READY);
    assert_int_equal(out, 11);
    stall(&b);
    assert_int_equal(b.counter.live, IDLE);
    bench_close(&b, 0);
}

static void T17_join_and_cancel(void **state)
{
    bench b;
    probe p = {0};
    bide_join join, abort, outer;
    (void)state;
    bench_open(&b);
    spawn(&b, &p, &join);
    abort = bide_join_clone(&join);
    (void)BIDE_SPAWN(b.ex, joined, &outer, (join));
    stall(&b);
    bide_join_abort(&abort);
    bide_join_detach(&abort);
    stall(&b);
    assert_int_equal(bide_join_try_take(&outer, NULL), BIDE_ECANCELED); /* passed on */
    bench_close(&b, 0);
}

static void T21_join_waker_replaced(void **state)
{
    bench b;
    probe p = {0};
    bide_join join;
    bide_counting_waker first, second;
    bide_context cx = {.size = sizeof cx};
    (void)state;
    bide_counting_waker_init(&first);
    bide_counting_waker_init(&second);
    bench_open(&b);
    spawn(&b, &p, &join);
    stall(&b);
    cx.waker = &first.base;
    assert_int_equal(bide_join_poll(&join, &cx, NULL), BIDE_PENDING);
    assert_int_equal(bide_join_poll(&join, &cx, NULL), BIDE_PENDING);
    assert_int_equal(first.clones, 1);
    cx.waker = &second.base;
    assert_int_equal(bide_join_poll(&join, &cx, NULL), BIDE_PENDING);
    assert_int_equal(bide_counting_waker_refs(&first), 1);
    probe_open(&p);
    stall(&b);
    assert_int_equal(bide_counting_waker_total(&first), 0);
    assert_int_equal(bide_counting_waker_total(&second), 1);
    assert_int_equal(bide_counting_waker_refs(&second), 1);
    assert_int_equal(bide_join_poll(&join, &cx, NULL), BIDE_READY);
    assert_int_equal(bide_join_poll(&join, &cx, NULL), BIDE_EMISUSE);
    bench_close(&b, 0);
}

static void join_wait_borrows(void **state)
{
    bench b;
    probe p = {.open = true, .value = 4}, q = {.open = true, .code = BIDE_EFOREIGN};
    bide_join join;
    int32_t out = 0;
    bide_poll code = 0;
    (void)state;
    bench_open(&b);
    spawn(&b, &p, &join);
    assert_int_equal(BIDE_RUN_UNTIL(b.ex, bide_join_wait, &code, (&join, &out)), BIDE_READY);
    assert_int_equal(code, BIDE_READY);
    assert_int_equal(out, 4);
    spawn(&b, &q, &join);
    assert_int_equal(BIDE_RUN_UNTIL(b.ex, bide_join_wait, &code, (&join, &out)), BIDE_READY);
    assert_int_equal(code, BIDE_EFOREIGN); /* as a value */
    bench_close(&b, 0);
}

static void T42_drop_join_during_schedule(void **state)
{
    bench b;
    probe p = {0};
    bide_join join, outer;
    (void)state;
    bench_open(&b);
    spawn(&b, &p, &join);
    (void)BIDE_SPAWN(b.ex, joined, &outer, (join));
    stall(&b);
    bide_join_abort(&outer); /* drops the awaiting future while its task is scheduled */
    probe_open(&p);
    stall(&b);
    assert_int_equal(bide_join_try_take(&outer, NULL), BIDE_ECANCELED);
    assert_int_equal(p.ends, 1);
    stall(&b);
    assert_int_equal(b.counter.live, IDLE);
    bench_close(&b, 0);
}

/* ---- other threads ------------------------------------------------------------------------ */

struct from_thread {
    bide_join *join;
    bide_poll code;
};

static void *take_from_thread(void *arg)
{
    struct from_thread *t = arg;
    t->code = bide_join_try_take(t->join, NULL);
    return NULL;
}

static void take_elsewhere(probe *p, bide_context *cx)
{
    pthread_t thread;
    struct from_thread t = {&p->join, 0};
    (void)cx;
    assert_int_equal(pthread_create(&thread, NULL, take_from_thread, &t), 0);
    pthread_join(thread, NULL);
    p->value = t.code;
}

static void taking_on_another_thread_is_refused(void **state)
{
    bench b;
    probe p = {.open = true, .during = take_elsewhere};
    int32_t out = 0;
    (void)state;
    bench_open(&b);
    spawn(&b, &p, &p.join);
    stall(&b);
    assert_int_equal(bide_join_try_take(&p.join, &out), BIDE_READY);
    assert_int_equal(out, BIDE_EMISUSE);
    bench_close(&b, 0);
}

static void *detach_from_thread(void *arg)
{
    bide_join_detach(arg);
    return NULL;
}

/* An allocator for one thread: the block must come back here, not where it was let go. */
static void last_reference_elsewhere_comes_back(void **state)
{
    static unsigned char memory[BIDE_POOL_BYTES(BIDE_TASK_BYTES(script), 16, 1)];
    bench b;
    bide_pool pool;
    bide_spawn_options o = bide_spawn_options_init();
    probe p = {.open = true};
    bide_join join;
    pthread_t thread;
    (void)state;
    bench_open(&b);
    assert_int_equal(bide_pool_init(&pool, memory, sizeof memory, BIDE_TASK_BYTES(script),
                                    BIDE_TASK_ALIGN(script), NULL),
                     BIDE_READY);
    o.allocator = &pool.base;
    assert_int_equal(BIDE_SPAWN_WITH(b.ex, script, &o, &join, (&p)), BIDE_READY);
    stall(&b);
    assert_int_equal(pthread_create(&thread, NULL, detach_from_thread, &join), 0);
    pthread_join(thread, NULL);
    assert_int_equal(bide_pool_in_use(&pool), 1);
    /* Spawning takes in what was handed back. */
    assert_int_equal(BIDE_SPAWN_WITH(b.ex, script, &o, NULL, (&p)), BIDE_READY);
    stall(&b);
    assert_int_equal(bide_pool_in_use(&pool), 0);
    bench_close(&b, 0);
    assert_int_equal(bide_pool_deinit(&pool), BIDE_READY);
}

/* A task that awaits another one, both with their own block. */
static bide_poll task_awaits_task(bide_allocator *allocator)
{
    bide_local_options o = bide_local_options_init();
    bide_local *ex;
    bide_join join, outer;
    probe p = {.open = true, .yields = 1};
    int32_t out;
    bide_poll r;
    o.allocator = allocator;
    r = bide_local_new(&o, &ex);
    if (r != BIDE_READY)
        return r;
    r = BIDE_SPAWN(ex, script, &join, (&p));
    if (r == BIDE_READY) /* refused: the handle is released, and the task runs on */
        r = BIDE_SPAWN(ex, joined, &outer, (join));
    assert_int_equal(bide_local_run(ex), BIDE_READY);
    if (r == BIDE_READY)
        r = bide_join_try_take(&outer, &out);
    assert_int_equal(bide_local_free(ex), BIDE_READY);
    return r;
}
TEST_EVERY_FAILURE(P32_alloc_fail_at_k, task_awaits_task)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(T01_waker_counts),
        cmocka_unit_test(T02_ref_wake_same),
        cmocka_unit_test(T04_T06_register_replaces),
        cmocka_unit_test(T08_register_fault_safe),
        cmocka_unit_test(T09_T10_detach_first),
        cmocka_unit_test(T12_run_and_detach),
        cmocka_unit_test(T13_cancel_and_run),
        cmocka_unit_test(T14_run_and_cancel),
        cmocka_unit_test(T17_join_and_cancel),
        cmocka_unit_test(T18_T22_take),
        cmocka_unit_test(T20_join_during_run),
        cmocka_unit_test(T21_join_waker_replaced),
        cmocka_unit_test(T24_wake_by_ref_after_complete),
        cmocka_unit_test(T25_wake_dropped),
        cmocka_unit_test(T26_wake_during_run),
        cmocka_unit_test(T28_cancel_and_wake_during_run),
        cmocka_unit_test(T30_wake_x2_before_run),
        cmocka_unit_test(T32_self_wake_twice),
        cmocka_unit_test(T33_fault_in_poll),
        cmocka_unit_test(T36_T37_abort_handles),
        cmocka_unit_test(T42_drop_join_during_schedule),
        cmocka_unit_test(T44_wake_during_shutdown),
        cmocka_unit_test(T45_exactly_k_polls_for_k_wakes),
        cmocka_unit_test(F20_wake_after_the_executor),
        cmocka_unit_test(join_wait_borrows),
        cmocka_unit_test(taking_on_another_thread_is_refused),
        cmocka_unit_test(last_reference_elsewhere_comes_back),
        cmocka_unit_test(P32_alloc_fail_at_k),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
