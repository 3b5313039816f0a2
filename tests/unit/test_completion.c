/*
 * Completions: callbacks as futures, in each order of the two sides, and on two threads.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "probe.h"

#include <bide/completion.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#define answer_FRAME BIDE_COMPLETION_FRAME
BIDE_COMPLETION(int32_t, answer);

struct books {
    bide_counter counter;
    bide_counting_waker waker;
    bide_context cx;
    bide_completion_options options;
    bide_completion *c;
    struct answer f;
    atomic_int cancels;
};

static atomic_int discarded; /* sum of the values that nobody saw */

static void discard(void *value)
{
    atomic_fetch_add(&discarded, *(int32_t *)value);
}

static void on_cancel(void *arg)
{
    struct books *k = arg;
    atomic_fetch_add(&k->cancels, 1);
}

static void open_books(struct books *k)
{
    memset(k, 0, sizeof *k);
    bide_counter_init(&k->counter, bide_heap());
    bide_counting_waker_init(&k->waker);
    k->cx.size = sizeof k->cx;
    k->cx.waker = &k->waker.base;
    k->options = bide_completion_options_init();
    k->options.allocator = &k->counter.base;
    k->options.on_cancel = on_cancel;
    k->options.cancel_arg = k;
    k->options.discard = discard;
    atomic_store(&discarded, 0);
    assert_int_equal(answer_new(&k->options, &k->c), BIDE_READY);
    answer_init(&k->f, k->c);
}

/* Everything must have come back. */
static void close_books(struct books *k, int cancels)
{
    assert_int_equal(bide_counting_waker_refs(&k->waker), 1);
    assert_int_equal(k->counter.live, 0);
    assert_int_equal(k->counter.allocs, 1);
    assert_int_equal(k->cancels, cancels);
}

static void completed_after_waiting(void **state)
{
    struct books k;
    int32_t out = 0;
    (void)state;
    open_books(&k);
    assert_int_equal(answer_poll(&k.f, &k.cx, &out), BIDE_PENDING);
    assert_int_equal(answer_poll(&k.f, &k.cx, &out), BIDE_PENDING);
    assert_int_equal(k.waker.clones, 1);
    assert_int_equal(answer_complete(k.c, 42), BIDE_READY);
    assert_int_equal(k.waker.wakes, 1);
    assert_int_equal(answer_poll(&k.f, &k.cx, &out), BIDE_READY);
    assert_int_equal(out, 42);
    assert_int_equal(answer_poll(&k.f, &k.cx, &out), BIDE_EMISUSE);
    answer_drop(&k.f);
    assert_int_equal(discarded, 0);
    close_books(&k, 0);
}

static void completed_before_the_first_poll(void **state)
{
    struct books k;
    int32_t out = 0;
    (void)state;
    open_books(&k);
    assert_int_equal(answer_complete(k.c, 5), BIDE_READY);
    assert_int_equal(answer_poll(&k.f, &k.cx, &out), BIDE_READY);
    assert_int_equal(out, 5);
    assert_int_equal(k.waker.clones, 0);
    close_books(&k, 0);
}

static void only_once(void **state)
{
    struct books k;
    int32_t out = 0, value = 1;
    (void)state;
    open_books(&k);
    assert_int_equal(bide_completion_complete(k.c, BIDE_PENDING, NULL), BIDE_EMISUSE);
    assert_int_equal(bide_completion_complete(k.c, BIDE_READY, &value), BIDE_READY);
    value = 2;
    assert_int_equal(bide_completion_complete(k.c, BIDE_READY, &value), BIDE_EMISUSE);
    assert_int_equal(bide_completion_complete(k.c, BIDE_ECANCELED, NULL), BIDE_EMISUSE);
    bide_completion_drop(k.c);
    assert_int_equal(answer_poll(&k.f, &k.cx, &out), BIDE_READY);
    assert_int_equal(out, 1);
    close_books(&k, 0);
}

static void a_failure_code(void **state)
{
    struct books k;
    int32_t out = 3;
    (void)state;
    open_books(&k);
    assert_int_equal(bide_completion_finish(k.c, BIDE_EFOREIGN, NULL), BIDE_READY);
    assert_int_equal(answer_poll(&k.f, &k.cx, &out), BIDE_EFOREIGN);
    assert_int_equal(out, 3);
    close_books(&k, 0);
}

static void given_up(void **state)
{
    struct books k;
    int32_t out;
    (void)state;
    open_books(&k);
    assert_int_equal(answer_poll(&k.f, &k.cx, &out), BIDE_PENDING);
    bide_completion_drop(k.c);
    assert_int_equal(k.waker.wakes, 1);
    assert_int_equal(answer_poll(&k.f, &k.cx, &out), BIDE_ECANCELED);
    close_books(&k, 0);
}

static void dropped_pending_then_completed(void **state)
{
    struct books k;
    int32_t out;
    (void)state;
    open_books(&k);
    assert_int_equal(answer_poll(&k.f, &k.cx, &out), BIDE_PENDING);
    assert_false(bide_completion_is_abandoned(k.c));
    answer_drop(&k.f);
    answer_drop(&k.f);
    assert_true(bide_completion_is_abandoned(k.c));
    assert_int_equal(k.cancels, 1);
    assert_int_equal(answer_complete(k.c, 9), BIDE_READY);
    assert_int_equal(discarded, 9);
    assert_int_equal(bide_counting_waker_total(&k.waker), 0);
    close_books(&k, 1);
}

static void completed_then_dropped_unseen(void **state)
{
    struct books k;
    (void)state;
    open_books(&k);
    assert_int_equal(answer_complete(k.c, 8), BIDE_READY);
    answer_drop(&k.f);
    assert_int_equal(discarded, 8);
    close_books(&k, 0);
}

static void discard_of_a_call_that_never_runs(void **state)
{
    struct books k;
    (void)state;
    open_books(&k);
    answer_discard(k.c);
    bide_completion_drop(k.c);
    close_books(&k, 1);
}

static void the_newest_waker_is_woken(void **state)
{
    struct books k;
    bide_counting_waker other;
    int32_t out;
    (void)state;
    bide_counting_waker_init(&other);
    open_books(&k);
    assert_int_equal(answer_poll(&k.f, &k.cx, &out), BIDE_PENDING);
    k.cx.waker = &other.base;
    assert_int_equal(answer_poll(&k.f, &k.cx, &out), BIDE_PENDING);
    assert_int_equal(bide_counting_waker_refs(&k.waker), 1);
    assert_int_equal(answer_complete(k.c, 1), BIDE_READY);
    assert_int_equal(bide_counting_waker_total(&other), 1);
    assert_int_equal(bide_counting_waker_total(&k.waker), 0);
    answer_drop(&k.f);
    close_books(&k, 0);
}

static void bad_options(void **state)
{
    bide_completion_options o = bide_completion_options_init();
    bide_failing_allocator failing;
    bide_completion *c;
    (void)state;
    o.output_align = 3;
    o.output_size = 4;
    assert_int_equal(bide_completion_new(&o, &c), BIDE_EMISUSE);
    o.output_align = 4;
    o.allocator = NULL;
    assert_int_equal(bide_completion_new(&o, &c), BIDE_EMISUSE);
    bide_failing_allocator_init(&failing, bide_heap(), 1, false);
    o.allocator = &failing.base;
    assert_int_equal(bide_completion_new(&o, &c), BIDE_ENOMEM);
    assert_null(c);
    o.output_size = SIZE_MAX - 8;
    assert_int_equal(bide_completion_new(&o, &c), BIDE_ENOMEM);
}

static void over_aligned_value(void **state)
{
    struct wide {
        BIDE_PRIV_ALIGNAS(64) char bytes[64];
    } in = {"over-aligned"}, out = {""};
    bide_completion_options o = bide_completion_options_init();
    bide_counting_waker w;
    bide_context cx = {.size = sizeof cx};
    bide_completion *c;
    (void)state;
    bide_counting_waker_init(&w);
    cx.waker = &w.base;
    o.output_size = sizeof in;
    o.output_align = 64;
    assert_int_equal(bide_completion_new(&o, &c), BIDE_READY);
    assert_int_equal(bide_completion_finish(c, BIDE_READY, &in), BIDE_READY);
    assert_int_equal(bide_completion_poll(c, &cx, &out), BIDE_READY);
    assert_int_equal(bide_completion_poll(c, &cx, &out), BIDE_EMISUSE);
    bide_completion_abandon(c);
    assert_string_equal(out.bytes, "over-aligned");
}

/* ---- two threads -------------------------------------------------------------------------- */

enum { ROUNDS = 2000 };

static void *complete_on_thread(void *arg)
{
    bide_completion *c = arg;
    answer_complete(c, 1);
    return NULL;
}

static void awaited_from_a_thread(void **state)
{
    int i;
    (void)state;
    for (i = 0; i < ROUNDS / 10; i++) {
        bide_completion_options o = bide_completion_options_init();
        bide_completion *c;
        pthread_t thread;
        int32_t out = 0;
        assert_int_equal(answer_new(&o, &c), BIDE_READY);
        assert_int_equal(pthread_create(&thread, NULL, complete_on_thread, c), 0);
        assert_int_equal(BIDE_BLOCK_ON(answer, &out, (c)), BIDE_READY);
        assert_int_equal(out, 1);
        pthread_join(thread, NULL);
    }
}

static void *wait_and_complete(void *arg)
{
    bide_completion *_Atomic *turn = arg;
    int i;
    for (i = 0; i < ROUNDS; i++) {
        bide_completion *c;
        while ((c = atomic_exchange(turn, NULL)) == NULL)
            sched_yield();
        answer_complete(c, 1);
    }
    return NULL;
}

/* Each value is seen or discarded, never both, never neither. */
static void drop_races_completion(void **state)
{
    static bide_completion *_Atomic turn;
    pthread_t thread;
    bide_counter counter;
    int i, seen = 0;
    (void)state;
    atomic_store(&discarded, 0);
    bide_counter_init(&counter, bide_heap());
    assert_int_equal(pthread_create(&thread, NULL, wait_and_complete, &turn), 0);
    for (i = 0; i < ROUNDS; i++) {
        bide_completion_options o = bide_completion_options_init();
        bide_completion *c;
        bide_context cx = {.size = sizeof cx, .waker = bide_waker_noop()};
        struct answer f;
        int32_t out = 0;
        o.allocator = &counter.base;
        o.discard = discard;
        assert_int_equal(answer_new(&o, &c), BIDE_READY);
        answer_init(&f, c);
        bide_poll polled = answer_poll(&f, &cx, &out);
        (void)polled;
        while (atomic_load(&turn))
            sched_yield();
        atomic_store(&turn, c);
        if (i % 2)
            sched_yield();
        if (answer_poll(&f, &cx, &out) == BIDE_READY)
            seen += out;
        answer_drop(&f);
    }
    pthread_join(thread, NULL);
    assert_int_equal(seen + discarded, ROUNDS);
    assert_int_equal(counter.live, 0);
}

static bide_poll complete_and_await(bide_allocator *allocator)
{
    bide_completion_options o = bide_completion_options_init();
    bide_context cx = {.size = sizeof cx, .waker = bide_waker_noop()};
    bide_completion *c;
    struct answer f;
    int32_t out = 0;
    bide_poll r;
    o.allocator = allocator;
    r = answer_new(&o, &c);
    if (r != BIDE_READY)
        return r;
    (void)answer_complete(c, 4);
    answer_init(&f, c);
    r = answer_poll(&f, &cx, &out);
    assert_int_equal(out, 4);
    return r;
}
TEST_EVERY_FAILURE(P32_alloc_fail_at_k, complete_and_await)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(completed_after_waiting),
        cmocka_unit_test(completed_before_the_first_poll),
        cmocka_unit_test(only_once),
        cmocka_unit_test(a_failure_code),
        cmocka_unit_test(given_up),
        cmocka_unit_test(dropped_pending_then_completed),
        cmocka_unit_test(completed_then_dropped_unseen),
        cmocka_unit_test(discard_of_a_call_that_never_runs),
        cmocka_unit_test(the_newest_waker_is_woken),
        cmocka_unit_test(bad_options),
        cmocka_unit_test(over_aligned_value),
        cmocka_unit_test(awaited_from_a_thread),
        cmocka_unit_test(drop_races_completion),
        cmocka_unit_test(P32_alloc_fail_at_k),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
