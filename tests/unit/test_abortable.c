/*
 * Futures that are told to stop: before, while, and after they wait, and from another thread.
 */
#include "combine_support.h"

#include <bide/abortable.h>

#include <pthread.h>

BIDE_ABORTABLE(leaf_or_not, leaf);
BIDE_ABORTABLE(body_or_not, body);
BIDE_ABORTABLE(get_or_not, Source_get);
BIDE_ABORTABLE(boxed_or_not, boxed);
BIDE_ABORTABLE(never_or_not, bide_never);
BIDE_ABORTABLE(event_or_not, bide_event_wait);

static void C04_abort_wakes_exactly_once(void **state)
{
    stage s;
    bide_abort stop;
    bide_manual_event event;
    struct bide_event_wait one;
    struct event_or_not f;
    event_or_not_output got = {0};
    (void)state;
    stage_open(&s, NULL);
    bide_abort_init(&stop);
    bide_manual_event_init(&event);
    event_or_not_init(&f, &stop, BIDE_MADE(bide_event_wait, one, (&event)));
    for (int i = 0; i < 3; i++)
        assert_int_equal(event_or_not_poll(&f, &s.cx, &got), BIDE_PENDING);
    assert_false(bide_abort_is_fired(&stop));
    for (int i = 0; i < 3; i++)
        bide_abort_fire(&stop);
    assert_true(bide_abort_is_fired(&stop));
    assert_int_equal(bide_counting_waker_total(&s.waker), 1);
    assert_int_equal(bide_manual_event_waiters(&event), 1);
    assert_int_equal(event_or_not_poll(&f, &s.cx, &got), BIDE_READY);
    assert_true(got.aborted);
    assert_int_equal(bide_manual_event_waiters(&event), 0);
    assert_int_equal(event_or_not_poll(&f, &s.cx, &got), BIDE_EMISUSE);
    event_or_not_drop(&f);
    assert_int_equal(bide_counting_waker_total(&s.waker), 1);
    stage_close(&s);
}

static void C05_abort_after_ready(void **state)
{
    stage s;
    bide_abort stop = {0};
    plan p = {.pend = 1, .value = 5};
    struct leaf one;
    struct leaf_or_not f;
    leaf_or_not_output got = {0};
    (void)state;
    stage_open(&s, NULL);
    leaf_or_not_init(&f, &stop, BIDE_MADE(leaf, one, (&p)));
    assert_int_equal(drive(&leaf_or_not_type, &f, &s.cx, &got), BIDE_READY);
    bide_abort_fire(&stop);
    assert_false(got.aborted);
    assert_int_equal(got.of.value, 5);
    assert_int_equal(bide_counting_waker_total(&s.waker), 1); /* the leaf's own */
    stage_close(&s);
}

static void fired_before_the_first_poll(void **state)
{
    stage s;
    bide_abort stop = {0};
    plan p = {.value = 5};
    struct leaf one;
    struct leaf_or_not f;
    leaf_or_not_output got = {0};
    (void)state;
    stage_open(&s, NULL);
    bide_abort_fire(&stop);
    leaf_or_not_init(&f, &stop, BIDE_MADE(leaf, one, (&p)));
    assert_int_equal(leaf_or_not_poll(&f, &s.cx, &got), BIDE_READY);
    assert_true(got.aborted);
    assert_int_equal(p.polls, 0);
    assert_int_equal(p.drops, 1);
    bide_abort_init(&stop);
    leaf_or_not_init(&f, &stop, BIDE_MADE(leaf, one, (&p)));
    leaf_or_not_drop(&f);
    assert_int_equal(p.drops, 2);
    stage_close(&s);
}

/* Each kind, with a value, a failure, an abort, and a drop while it waits. */
static void of_every_kind(void **state)
{
    stage s;
    (void)state;
    stage_open(&s, NULL);
    for (int way = 0; way < 4; way++) {
        bide_abort stop[4] = {{0}, {0}, {0}, {0}};
        plan plans[4];
        kinds k;
        struct leaf_or_not a;
        struct body_or_not b;
        struct get_or_not c;
        struct boxed_or_not d;
        leaf_or_not_output got_a = {0};
        body_or_not_output got_b = {0};
        get_or_not_output got_c = {0};
        boxed_or_not_output got_d = {0};
        bide_poll expected = way == 1 ? BIDE_EFOREIGN : BIDE_READY;
        for (int i = 0; i < 4; i++)
            plans[i] = (plan){.pend = 1, .value = 5, .code = way == 1 ? BIDE_EFOREIGN : 0};
        kinds_make(&k, plans, &s.counter.base);
        leaf_or_not_init(&a, &stop[0], k.a);
        body_or_not_init(&b, &stop[1], k.b);
        get_or_not_init(&c, &stop[2], k.c);
        boxed_or_not_init(&d, &stop[3], k.d);
        assert_int_equal(leaf_or_not_poll(&a, &s.cx, &got_a), BIDE_PENDING);
        assert_int_equal(body_or_not_poll(&b, &s.cx, &got_b), BIDE_PENDING);
        assert_int_equal(get_or_not_poll(&c, &s.cx, &got_c), BIDE_PENDING);
        assert_int_equal(boxed_or_not_poll(&d, &s.cx, &got_d), BIDE_PENDING);
        if (way == 2)
            for (int i = 0; i < 4; i++)
                bide_abort_fire(&stop[i]);
        if (way < 3) {
            assert_int_equal(leaf_or_not_poll(&a, &s.cx, &got_a), expected);
            assert_int_equal(body_or_not_poll(&b, &s.cx, &got_b), expected);
            assert_int_equal(get_or_not_poll(&c, &s.cx, &got_c), expected);
            assert_int_equal(boxed_or_not_poll(&d, &s.cx, &got_d), expected);
        }
        leaf_or_not_drop(&a);
        body_or_not_drop(&b);
        get_or_not_drop(&c);
        boxed_or_not_drop(&d);
        assert_int_equal(got_a.aborted + got_b.aborted + got_c.aborted + got_d.aborted,
                         way == 2 ? 4 : 0);
        if (way == 0)
            assert_int_equal(got_a.of.value + got_b.of.value + got_c.of.value + got_d.of.value, 20);
        plans_are_over(plans, 4);
        assert_int_equal(s.counter.live, 0);
    }
    stage_close(&s);
}

static void C37_panic_waker_never_called_on_ready_path(void **state)
{
    bide_panic_waker waker;
    bide_context cx = {.size = sizeof cx, .waker = &waker.base};
    bide_abort stop = {0};
    plan p = {.value = 5};
    struct leaf one;
    struct leaf_or_not f;
    leaf_or_not_output got = {0};
    (void)state;
    bide_panic_waker_init(&waker);
    assert_int_equal(leaf_or_not_start(&f, &stop, BIDE_MADE(leaf, one, (&p)), &cx, &got),
                     BIDE_READY);
    assert_int_equal(got.of.value, 5);
    assert_int_equal(waker.violations, 0);
}

/* fires(abort): pends, and gives the word in its own poll: between the look and the wait. */
#define fires_FRAME(ROW) ROW(PARAM, bide_abort *, abort)
BIDE_FUTURE(void, fires)
bide_poll fires_poll(struct fires *f, bide_context *cx, void *out)
{
    (void)cx, (void)out;
    bide_abort_fire(f->abort);
    return BIDE_PENDING;
}
void fires_drop(struct fires *f)
{
    (void)f;
}
BIDE_ABORTABLE(fires_or_not, fires);

static void fired_in_the_poll(void **state)
{
    stage s;
    bide_abort stop = {0};
    struct fires one;
    struct fires_or_not f;
    fires_or_not_output got = {0};
    (void)state;
    stage_open(&s, NULL);
    fires_or_not_init(&f, &stop, BIDE_MADE(fires, one, (&stop)));
    assert_int_equal(fires_or_not_poll(&f, &s.cx, &got), BIDE_READY);
    assert_true(got.aborted);
    stage_close(&s);
}

#ifndef TEST_LOCAL_FORM /* test_local_abortable.c */
static void *firing(void *stop)
{
    bide_abort_fire(stop);
    return NULL;
}

/* The word comes before, in, or after the poll that waits for it, as it happens. */
static void from_another_thread(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        bide_abort stop = {0};
        struct bide_never one;
        never_or_not_output got = {0};
        pthread_t thread;
        bide_poll r;
        assert_int_equal(pthread_create(&thread, NULL, firing, &stop), 0);
        BIDE_BLOCK_ON_TO(r, never_or_not, &got, (&stop, BIDE_MADE(bide_never, one, ())));
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_int_equal(r, BIDE_READY);
        assert_true(got.aborted);
    }
}

#endif

static bide_poll boxes_of_it(bide_allocator *allocator)
{
    bide_context cx = {.size = sizeof cx, .waker = bide_waker_noop(), .allocator = allocator};
    bide_abort stop = {0};
    plan p = {.pend = 3, .value = 5};
    struct body one;
    bide_box box = BIDE_BOX_EMPTY;
    body_or_not_output got = {0};
    bide_poll r =
        body_or_not_start_box(&box, &stop, BIDE_MADE(body, one, (&p)), allocator, &cx, &got);
    if (r == BIDE_PENDING) {
        bide_abort_fire(&stop);
        r = bide_box_poll(&box, &cx, &got);
        assert_true(got.aborted);
    }
    plans_are_over(&p, 1);
    return r;
}
TEST_EVERY_FAILURE(every_failure, boxes_of_it)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(C04_abort_wakes_exactly_once),
        cmocka_unit_test(C05_abort_after_ready),
        cmocka_unit_test(fired_before_the_first_poll),
        cmocka_unit_test(of_every_kind),
        cmocka_unit_test(C37_panic_waker_never_called_on_ready_path),
        cmocka_unit_test(fired_in_the_poll),
#ifndef TEST_LOCAL_FORM
        cmocka_unit_test(from_another_thread),
#endif
        cmocka_unit_test(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
