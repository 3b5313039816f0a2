/*
 * Timers: their order, stopping them at every moment and on any thread, and the futures that sleep.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "probe.h"

#include <bide/testing_clock.h>

/* The heap is private to the library: this program has its own, under other names. */
#define bide_priv_heap_insert heap_insert
#define bide_priv_heap_remove heap_remove
#define bide_priv_heap_holds heap_holds
#include "../../src/timer_heap.c"

#include <pthread.h>
#include <stdlib.h>

/* ---- the heap ----------------------------------------------------------------------------- */

enum { NODES = 500 };

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void heap_against_a_plain_list(void **state)
{
    static bide_timer t[NODES];
    bide_priv_timer_heap heap = {0};
    uint32_t seed = 1;
    int round, i;
    (void)state;
    memset(t, 0, sizeof t);
    for (round = 0; round < 20000; round++) {
        bide_timer *one = &t[next_random(&seed) % NODES], *least = NULL;
        if (heap_holds(one)) {
            heap_remove(&heap, one);
        } else {
            one->deadline = next_random(&seed) % 50;
            heap_insert(&heap, one);
        }
        if (round % 50)
            continue;
        for (i = 0; i < NODES; i++)
            if (heap_holds(&t[i]) && (!least || t[i].deadline < least->deadline))
                least = &t[i];
        assert_true(!least == !bide_priv_heap_first(&heap));
        if (least)
            assert_int_equal(bide_priv_heap_first(&heap)->deadline, least->deadline);
    }
}

static void heap_keeps_the_order_of_equals(void **state)
{
    bide_timer t[100];
    bide_priv_timer_heap heap = {0};
    int i;
    (void)state;
    memset(t, 0, sizeof t);
    for (i = 0; i < 100; i++) {
        t[i].deadline = (uint64_t)(i % 3);
        heap_insert(&heap, &t[i]);
    }
    for (i = 0; i < 100; i++) {
        bide_timer *first = bide_priv_heap_first(&heap);
        int third = i < 34 ? 0 : i < 67 ? 1 : 2;
        int place = i - (third == 0 ? 0 : third == 1 ? 34 : 67);
        assert_ptr_equal(first, &t[place * 3 + third]);
        heap_remove(&heap, first);
    }
    assert_null(bide_priv_heap_first(&heap));
}

/* ---- the runtime's protocol --------------------------------------------------------------- */

struct timed {
    bide_virtual_clock clock;
    bench b;
    bide_runtime *rt;
};

static void open_timed(struct timed *t)
{
    bide_virtual_clock_init(&t->clock, false);
    bide_counter_init(&t->b.counter, bide_heap());
    t->b.options = bide_local_options_init();
    t->b.options.allocator = &t->b.counter.base;
    t->b.options.clock = &t->clock.base;
    assert_int_equal(bide_local_new(&t->b.options, &t->b.ex), BIDE_READY);
    t->rt = bide_local_runtime(t->b.ex);
}

static void start(struct timed *t, bide_timer *timer, uint64_t deadline, bide_counting_waker *waker)
{
    timer->deadline = deadline;
    timer->waker = bide_waker_clone(&waker->base);
    assert_int_equal(bide_timer_start(t->rt, timer), BIDE_READY);
}

static void fires_when_due_and_not_before(void **state)
{
    struct timed t;
    bide_timer timer, past;
    bide_counting_waker w;
    (void)state;
    bide_counting_waker_init(&w);
    open_timed(&t);
    bide_virtual_clock_advance(&t.clock, 10);
    start(&t, &timer, 20, &w);
    start(&t, &past, 3, &w);
    (void)bide_local_run_until_stalled(t.b.ex);
    assert_int_equal(w.wakes, 1); /* the one that is past */
    bide_virtual_clock_advance(&t.clock, 9);
    (void)bide_local_run_until_stalled(t.b.ex);
    assert_int_equal(w.wakes, 1);
    bide_virtual_clock_advance(&t.clock, 1);
    (void)bide_local_run_until_stalled(t.b.ex);
    assert_int_equal(w.wakes, 2);
    bide_timer_stop(t.rt, &timer);
    bide_timer_stop(t.rt, &past);
    assert_int_equal(bide_counting_waker_refs(&w), 1);
    bench_close(&t.b, 0);
}

static void stop_drops_the_waker(void **state)
{
    struct timed t;
    bide_timer timer[3];
    bide_counting_waker w;
    int i;
    (void)state;
    bide_counting_waker_init(&w);
    open_timed(&t);
    for (i = 0; i < 3; i++)
        start(&t, &timer[i], (uint64_t)(5 + i), &w);
    bide_timer_stop(t.rt, &timer[1]);
    assert_int_equal(bide_counting_waker_refs(&w), 3);
    bide_virtual_clock_advance(&t.clock, 100);
    (void)bide_local_run_until_stalled(t.b.ex);
    assert_int_equal(w.wakes, 2);
    assert_int_equal(w.drops, 1);
    bide_timer_stop(t.rt, &timer[0]);
    bide_timer_stop(t.rt, &timer[2]);
    bench_close(&t.b, 0);
}

static void *stop_on_thread(void *arg)
{
    void **a = arg;
    bide_timer_stop(a[0], a[1]);
    return NULL;
}

static void stop_after_the_executor_on_another_thread(void **state)
{
    struct timed t;
    bide_timer fired, pending;
    bide_counting_waker w;
    pthread_t thread;
    void *args[2];
    (void)state;
    bide_counting_waker_init(&w);
    open_timed(&t);
    start(&t, &fired, 1, &w);
    start(&t, &pending, 100, &w);
    bide_virtual_clock_advance(&t.clock, 2);
    (void)bide_local_run_until_stalled(t.b.ex);
    bench_close(&t.b, 1); /* the shared part waits for both */
    assert_int_equal(w.wakes, 1);
    assert_int_equal(bide_counting_waker_refs(&w), 1);
    bide_timer_stop(t.rt, &fired);
    args[0] = t.rt;
    args[1] = &pending;
    assert_int_equal(pthread_create(&thread, NULL, stop_on_thread, args), 0);
    pthread_join(thread, NULL);
    assert_int_equal(t.b.counter.live, 0);
}

static void many_due_at_once(void **state)
{
    enum { MANY = 100 };
    struct timed t;
    bide_timer timer[MANY];
    bide_counting_waker w;
    int i;
    (void)state;
    bide_counting_waker_init(&w);
    open_timed(&t);
    for (i = 0; i < MANY; i++)
        start(&t, &timer[i], 5, &w);
    bide_virtual_clock_advance(&t.clock, 5);
    (void)bide_local_run_until_stalled(t.b.ex);
    assert_int_equal(w.wakes, MANY);
    for (i = 0; i < MANY; i++)
        bide_timer_stop(t.rt, &timer[i]);
    bench_close(&t.b, 0);
}

/* ---- a timer started by another thread shortens the owner's sleep -------------------------- */

struct helper {
    pthread_t thread;
    bide_runtime *rt;
    bide_timer timer;
    bool started;
};

static void *start_soon(void *arg)
{
    struct helper *h = arg;
    uint64_t now = 0;
    (void)bide_runtime_now(h->rt, &now);
    h->timer.deadline = now + bide_ms(5);
    assert_int_equal(bide_timer_start(h->rt, &h->timer), BIDE_READY);
    return NULL;
}

static void let_another_start(probe *p, bide_context *cx)
{
    struct helper *h = p->arg;
    if (h->started) {
        p->open = true;
        return;
    }
    h->started = true;
    h->rt = cx->runtime;
    h->timer.waker = bide_waker_clone(cx->waker);
    assert_int_equal(pthread_create(&h->thread, NULL, start_soon, h), 0);
}

static void started_by_another_thread(void **state)
{
    struct helper h = {.started = false};
    probe p = {.during = let_another_start, .arg = &h};
    int32_t out;
    (void)state;
    assert_int_equal(BIDE_BLOCK_ON(script, &out, (&p)), BIDE_READY);
    pthread_join(h.thread, NULL);
    bide_timer_stop(h.rt, &h.timer);
    assert_int_equal(p.polls, 2);
}

/* ---- sleeping ----------------------------------------------------------------------------- */

static void sleep_of_no_time_is_ready(void **state)
{
    uint64_t now = 0;
    (void)state;
    assert_int_equal(BIDE_BLOCK_ON(bide_sleep, NULL, (0)), BIDE_READY);
    assert_int_equal(BIDE_BLOCK_ON(bide_sleep_until, NULL, (now)), BIDE_READY);
    assert_int_equal(BIDE_BLOCK_ON(bide_sleep, NULL, (2)), BIDE_READY);
    assert_int_equal(bide_ms(UINT64_MAX), UINT64_MAX);
}

static void sleep_registers_again_only_for_another_waker(void **state)
{
    struct timed t;
    bide_counting_waker a, c;
    bide_context cx = {.size = sizeof cx};
    struct bide_sleep f;
    (void)state;
    bide_counting_waker_init(&a);
    bide_counting_waker_init(&c);
    open_timed(&t);
    cx.runtime = t.rt;
    cx.waker = &a.base;
    bide_sleep_init(&f, 1);
    assert_int_equal(bide_sleep_poll(&f, &cx, NULL), BIDE_PENDING);
    assert_int_equal(bide_sleep_poll(&f, &cx, NULL), BIDE_PENDING);
    assert_int_equal(a.clones, 1);
    cx.waker = &c.base;
    assert_int_equal(bide_sleep_poll(&f, &cx, NULL), BIDE_PENDING);
    assert_int_equal(bide_counting_waker_refs(&a), 1);
    bide_virtual_clock_advance(&t.clock, bide_ms(1));
    (void)bide_local_run_until_stalled(t.b.ex);
    assert_int_equal(a.wakes, 0);
    assert_int_equal(c.wakes, 1);
    assert_int_equal(bide_sleep_poll(&f, &cx, NULL), BIDE_READY);
    bide_sleep_drop(&f); /* after the end: nothing */
    assert_int_equal(bide_counting_waker_refs(&c), 1);
    bench_close(&t.b, 0);
}

static void sleep_moves_to_another_runtime(void **state)
{
    struct timed t[2];
    bide_counting_waker w;
    bide_context cx = {.size = sizeof cx};
    struct bide_sleep_until f;
    (void)state;
    bide_counting_waker_init(&w);
    open_timed(&t[0]);
    open_timed(&t[1]);
    cx.waker = &w.base;
    bide_sleep_until_init(&f, 50);
    cx.runtime = t[0].rt;
    assert_int_equal(bide_sleep_until_poll(&f, &cx, NULL), BIDE_PENDING);
    cx.runtime = t[1].rt;
    assert_int_equal(bide_sleep_until_poll(&f, &cx, NULL), BIDE_PENDING);
    bench_close(&t[0].b, 0); /* it holds nothing of the first any more */
    bide_virtual_clock_advance(&t[1].clock, 60);
    (void)bide_local_run_until_stalled(t[1].b.ex);
    assert_int_equal(w.wakes, 1);
    assert_int_equal(bide_sleep_until_poll(&f, &cx, NULL), BIDE_READY);
    bench_close(&t[1].b, 0);
}

static void dropped_sleep_wakes_nobody(void **state)
{
    struct timed t;
    bide_counting_waker w;
    bide_context cx = {.size = sizeof cx};
    struct bide_sleep f;
    (void)state;
    bide_counting_waker_init(&w);
    open_timed(&t);
    cx.runtime = t.rt;
    cx.waker = &w.base;
    bide_sleep_init(&f, 1);
    bide_sleep_drop(&f); /* before the first poll: nothing */
    assert_int_equal(bide_sleep_poll(&f, &cx, NULL), BIDE_PENDING);
    bide_sleep_drop(&f);
    bide_virtual_clock_advance(&t.clock, bide_ms(5));
    (void)bide_local_run_until_stalled(t.b.ex);
    assert_int_equal(bide_counting_waker_total(&w), 0);
    assert_int_equal(bide_counting_waker_refs(&w), 1);
    bench_close(&t.b, 0);
}

static void starting_on_an_ended_executor_is_refused(void **state)
{
    struct timed t;
    bide_timer held, timer;
    bide_counting_waker w;
    (void)state;
    bide_counting_waker_init(&w);
    open_timed(&t);
    start(&t, &held, 5, &w);
    bench_close(&t.b, 1);
    timer.deadline = 1;
    timer.waker = bide_waker_clone(&w.base);
    assert_int_equal(bide_timer_start(t.rt, &timer), BIDE_ECANCELED);
    bide_waker_drop(timer.waker); /* stayed here */
    bide_timer_stop(t.rt, &held);
    assert_int_equal(t.b.counter.live, 0);
}

static bide_poll sleep_in_a_task(bide_allocator *allocator)
{
    bide_virtual_clock clock;
    bide_local_options o = bide_local_options_init();
    bide_local *ex;
    bide_join join;
    bide_poll r;
    bide_virtual_clock_init(&clock, true);
    o.allocator = allocator;
    o.clock = &clock.base;
    r = bide_local_new(&o, &ex);
    if (r != BIDE_READY)
        return r;
    r = BIDE_SPAWN(ex, bide_sleep, &join, (1000));
    assert_int_equal(bide_local_run(ex), BIDE_READY);
    if (r == BIDE_READY)
        r = bide_join_try_take(&join, NULL);
    assert_int_equal(bide_local_free(ex), BIDE_READY);
    return r;
}
TEST_EVERY_FAILURE(P32_alloc_fail_at_k, sleep_in_a_task)

static void a_leaf_polled_after_its_end_is_misuse(void **state)
{
    bide_panic_waker waker;
    bide_context cx = {.size = sizeof cx};
    struct bide_sleep sleep;
    struct bide_sleep_until until;
    struct bide_yield turn;
    bide_counting_waker counting;
    bide_local *ex;
    (void)state;
    bide_panic_waker_init(&waker);
    bide_counting_waker_init(&counting);
    assert_int_equal(bide_local_new(NULL, &ex), BIDE_READY);
    cx.waker = &waker.base;
    cx.runtime = bide_local_runtime(ex);
    assert_int_equal(bide_sleep_start(&sleep, 0, &cx, NULL), BIDE_READY);
    assert_int_equal(bide_sleep_poll(&sleep, &cx, NULL), BIDE_EMISUSE);
    bide_sleep_drop(&sleep);
    assert_int_equal(bide_sleep_until_start(&until, 0, &cx, NULL), BIDE_READY);
    assert_int_equal(bide_sleep_until_poll(&until, &cx, NULL), BIDE_EMISUSE);
    cx.runtime = NULL;
    assert_int_equal(bide_sleep_start(&sleep, 0, &cx, NULL), BIDE_ENOSYS);
    assert_int_equal(bide_sleep_poll(&sleep, &cx, NULL), BIDE_EMISUSE);
    assert_int_equal(waker.violations, 0);
    cx.waker = &counting.base;
    assert_int_equal(bide_yield_start(&turn, &cx, NULL), BIDE_PENDING);
    assert_int_equal(bide_yield_poll(&turn, &cx, NULL), BIDE_READY);
    assert_int_equal(bide_yield_poll(&turn, &cx, NULL), BIDE_EMISUSE);
    assert_int_equal(bide_counting_waker_total(&counting), 1);
    bide_local_free(ex);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heap_against_a_plain_list),
        cmocka_unit_test(heap_keeps_the_order_of_equals),
        cmocka_unit_test(fires_when_due_and_not_before),
        cmocka_unit_test(stop_drops_the_waker),
        cmocka_unit_test(stop_after_the_executor_on_another_thread),
        cmocka_unit_test(many_due_at_once),
        cmocka_unit_test(started_by_another_thread),
        cmocka_unit_test(sleep_of_no_time_is_ready),
        cmocka_unit_test(sleep_registers_again_only_for_another_waker),
        cmocka_unit_test(sleep_moves_to_another_runtime),
        cmocka_unit_test(dropped_sleep_wakes_nobody),
        cmocka_unit_test(a_leaf_polled_after_its_end_is_misuse),
        cmocka_unit_test(starting_on_an_ended_executor_is_refused),
        cmocka_unit_test(P32_alloc_fail_at_k),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
