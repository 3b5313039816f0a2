/*
 * bide_block_on: results, what is refused, waiting without using the processor, tasks inside.
 */
#define _POSIX_C_SOURCE 200809L

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "probe.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

static bide_local_options counted(bide_counter *counter)
{
    bide_local_options o = bide_local_options_init();
    bide_counter_init(counter, bide_heap());
    o.allocator = &counter->base;
    return o;
}

static bide_poll run(probe *p, int32_t *out, const bide_local_options *o)
{
    struct script f;
    script_init(&f, p);
    return bide_block_on(&script_type, &f, out, o);
}

static void result_and_codes(void **state)
{
    bide_counter counter;
    bide_local_options o = counted(&counter);
    probe p = {.open = true, .value = 42};
    int32_t out = 0;
    (void)state;
    assert_int_equal(run(&p, &out, &o), BIDE_READY);
    assert_int_equal(out, 42);
    assert_int_equal(counter.allocs, 1); /* one a call: what wakers may outlive */
    assert_int_equal(counter.live, 0);
    p = (probe){.open = true, .code = BIDE_EFOREIGN};
    assert_int_equal(run(&p, &out, &o), BIDE_EFOREIGN);
    p = (probe){.open = true, .yields = 1000};
    assert_int_equal(BIDE_BLOCK_ON(script, &out, (&p)), BIDE_READY);
    assert_int_equal(p.polls, 1001);
    assert_int_equal(BIDE_BLOCK_ON(bide_yield, NULL, ()), BIDE_READY);
}

static void nested_is_refused(probe *p, bide_context *cx)
{
    probe inner = {.open = true};
    (void)cx;
    p->code = run(&inner, NULL, NULL);
    assert_int_equal(inner.drops, 1);
    assert_int_equal(inner.polls, 0);
}

static void nested_block_on_is_refused(void **state)
{
    probe p = {.open = true, .during = nested_is_refused};
    int32_t out = 0;
    (void)state;
    assert_int_equal(run(&p, &out, NULL), BIDE_EMISUSE); /* the inner one's code, passed on */
    p = (probe){.open = true};
    assert_int_equal(run(&p, &out, NULL), BIDE_READY); /* the next call works */
}

/* ---- waiting ------------------------------------------------------------------------------ */

#define watch_FRAME(ROW)                                                                           \
    ROW(PARAM, uint64_t, ms)                                                                       \
    ROW(PARAM, bide_local_stats *, stats)                                                          \
    ROW(LOCAL, bool, begun) ROW(BUFFER, struct bide_sleep, sleep)
BIDE_FUTURE(void, watch)

/* Sleeps, and then reads the executor's books: a block_on's runtime is an executor. */
bide_poll watch_poll(struct watch *f, bide_context *cx, void *out)
{
    bide_poll r;
    (void)out;
    if (!f->begun) {
        bide_sleep_init(&f->sleep, f->ms);
        f->begun = true;
    }
    r = bide_sleep_poll(&f->sleep, cx, NULL);
    if (r != BIDE_PENDING)
        bide_local_get_stats((bide_local *)(void *)cx->runtime, f->stats);
    return r;
}

void watch_drop(struct watch *f)
{
    if (f->begun)
        bide_sleep_drop(&f->sleep);
}

static uint64_t cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t wall_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void waiting_is_one_call_and_no_work(void **state)
{
    bide_local_stats s = {.size = sizeof s};
    uint64_t cpu = cpu_ns(), wall = wall_ns();
    (void)state;
    assert_int_equal(BIDE_BLOCK_ON(watch, NULL, (1000, &s)), BIDE_READY);
    assert_true(wall_ns() - wall >= bide_ms(1000));
    assert_int_equal(s.sleeps, 1);
    assert_int_equal(s.polls, 2);
    /* Under valgrind, which sets the variable in .ci/run, translating the code costs more. */
    if (!getenv("BIDE_TEST_QUICK"))
        assert_true(cpu_ns() - cpu < bide_ms(10));
}

/* ---- wakes from another thread ------------------------------------------------------------ */

struct pinger {
    pthread_t thread;
    bide_waker *waker;
    bool started;
};

static void *ping(void *arg)
{
    struct pinger *g = arg;
    bide_waker_wake(g->waker);
    return NULL;
}

static void woken_by_thread(probe *p, bide_context *cx)
{
    struct pinger *g = p->arg;
    if (g->started) {
        p->open = true;
        return;
    }
    g->started = true;
    g->waker = bide_waker_clone(cx->waker);
    assert_int_equal(pthread_create(&g->thread, NULL, ping, g), 0);
}

static void wake_from_other_thread(void **state)
{
    int i;
    (void)state;
    for (i = 0; i < 200; i++) {
        bide_counter counter;
        bide_local_options o = counted(&counter);
        struct pinger g = {.started = false};
        probe p = {.during = woken_by_thread, .arg = &g};
        int32_t out;
        assert_int_equal(run(&p, &out, &o), BIDE_READY);
        pthread_join(g.thread, NULL);
        assert_int_equal(p.polls, 2);
        assert_int_equal(counter.live, 0);
    }
}

static void keep_waker(probe *p, bide_context *cx)
{
    p->arg = bide_waker_clone(cx->waker);
}

static void waker_outlives_the_call(void **state)
{
    bide_counter counter;
    bide_local_options o = counted(&counter);
    probe p = {.open = true, .during = keep_waker};
    int32_t out;
    (void)state;
    assert_int_equal(run(&p, &out, &o), BIDE_READY);
    assert_int_equal(counter.live, 1);
    bide_waker_wake_by_ref(p.arg);
    assert_int_equal(bide_wake_from_isr(p.arg), BIDE_READY);
    bide_waker_wake(p.arg);
    assert_int_equal(counter.live, 0);
}

/* ---- tasks inside ------------------------------------------------------------------------- */

static void spawn_two(probe *p, bide_context *cx)
{
    probe *tasks = p->arg;
    if (p->polls > 1)
        return;
    assert_int_equal(BIDE_SPAWN(bide_context_runtime(cx), script, NULL, (&tasks[0])), BIDE_READY);
    assert_int_equal(BIDE_SPAWN(cx->runtime, script, NULL, (&tasks[1])), BIDE_READY);
}

static void left_over_tasks_are_dropped(void **state)
{
    bide_counter counter;
    bide_local_options o = counted(&counter);
    probe tasks[2] = {{.open = true}, {.open = false}};
    probe p = {.yields = 2, .open = true, .during = spawn_two, .arg = tasks};
    int32_t out;
    (void)state;
    assert_int_equal(run(&p, &out, &o), BIDE_READY);
    assert_int_equal(tasks[0].ends, 1);
    assert_int_equal(tasks[1].drops, 1);
    assert_int_equal(counter.live, 0);
}

static void out_of_memory(void **state)
{
    bide_failing_allocator failing;
    bide_local_options o = bide_local_options_init();
    probe p = {.open = true};
    int32_t out;
    (void)state;
    bide_failing_allocator_init(&failing, bide_heap(), 1, false);
    o.allocator = &failing.base;
    assert_int_equal(run(&p, &out, &o), BIDE_ENOMEM);
    assert_int_equal(p.drops, 1);
    assert_int_equal(p.polls, 0);
    assert_int_equal(run(&p, &out, &o), BIDE_READY);
}

static void take_frame(probe *p, bide_context *cx)
{
    bide_allocator *giver;
    void *block = bide_alloc(cx->allocator, 64, 8, &giver);
    if (block)
        bide_free(giver, block, 64, 8);
    else
        p->code = BIDE_ENOMEM;
}

static bide_poll block_on_that_takes_frames(bide_allocator *allocator)
{
    bide_local_options o = bide_local_options_init();
    probe p = {.open = true, .yields = 2, .during = take_frame};
    int32_t out;
    bide_poll r;
    o.allocator = allocator;
    r = run(&p, &out, &o);
    assert_int_equal(p.ends + p.drops, 1);
    return r;
}
TEST_EVERY_FAILURE(P32_alloc_fail_at_k, block_on_that_takes_frames)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(result_and_codes),
        cmocka_unit_test(nested_block_on_is_refused),
        cmocka_unit_test(waiting_is_one_call_and_no_work),
        cmocka_unit_test(wake_from_other_thread),
        cmocka_unit_test(waker_outlives_the_call),
        cmocka_unit_test(left_over_tasks_are_dropped),
        cmocka_unit_test(out_of_memory),
        cmocka_unit_test(P32_alloc_fail_at_k),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
