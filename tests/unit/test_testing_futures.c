/*
 * The helpers of bide/testing_futures.h do what they say, and see what they are there to see.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "async_support.h"

#include <bide/executor.h>

#include <pthread.h>

/* ---- leaves ------------------------------------------------------------------------------- */

static void leaves_pend_as_often_as_they_say(void **state)
{
    stage s;
    struct bide_ready_int now;
    struct bide_pending_once once;
    struct bide_pending_times times;
    struct bide_fails_after fails;
    int32_t out = 0;
    (void)state;
    stage_open(&s, NULL);
    bide_ready_int_init(&now, 7);
    assert_int_equal(bide_ready_int_poll(&now, &s.cx, &out), BIDE_READY);
    assert_int_equal(out, 7);
    assert_int_equal(bide_ready_int_poll(&now, &s.cx, &out), BIDE_EMISUSE);
    assert_int_equal(bide_counting_waker_total(&s.waker), 0);

    bide_pending_once_init(&once);
    assert_int_equal(bide_pending_once_poll(&once, &s.cx, NULL), BIDE_PENDING);
    assert_int_equal(s.waker.wakes_by_ref, 1);
    assert_int_equal(bide_pending_once_poll(&once, &s.cx, NULL), BIDE_READY);
    assert_int_equal(bide_pending_once_poll(&once, &s.cx, NULL), BIDE_EMISUSE);

    bide_pending_times_init(&times, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(bide_pending_times_poll(&times, &s.cx, NULL), BIDE_PENDING);
    assert_int_equal(bide_pending_times_poll(&times, &s.cx, NULL), BIDE_READY);
    assert_int_equal(bide_pending_times_poll(&times, &s.cx, NULL), BIDE_EMISUSE);
    assert_int_equal(s.waker.wakes_by_ref, 4);

    bide_fails_after_init(&fails, 1, BIDE_EBUSY);
    assert_int_equal(bide_fails_after_poll(&fails, &s.cx, &out), BIDE_PENDING);
    assert_int_equal(bide_fails_after_poll(&fails, &s.cx, &out), BIDE_EBUSY);
    assert_int_equal(bide_fails_after_poll(&fails, &s.cx, &out), BIDE_EMISUSE);
    assert_int_equal(out, 7);
    stage_close(&s);
}

static void a_dropped_leaf_has_ended(void **state)
{
    stage s;
    struct bide_pending_times times;
    struct bide_pending_once once;
    (void)state;
    stage_open(&s, NULL);
    bide_pending_times_init(&times, 3);
    bide_pending_times_drop(&times);
    assert_int_equal(bide_pending_times_poll(&times, &s.cx, NULL), BIDE_EMISUSE);
    bide_pending_once_init(&once);
    bide_pending_once_drop(&once);
    assert_int_equal(bide_pending_once_poll(&once, &s.cx, NULL), BIDE_EMISUSE);
    stage_close(&s);
}

static void never_keeps_one_waker_and_gives_it_back(void **state)
{
    stage s, other;
    struct bide_never never;
    (void)state;
    stage_open(&s, NULL);
    stage_open(&other, NULL);
    bide_never_init(&never);
    for (int i = 0; i < 3; i++)
        assert_int_equal(bide_never_poll(&never, &s.cx, NULL), BIDE_PENDING);
    assert_int_equal(s.waker.clones, 1);
    assert_int_equal(bide_never_poll(&never, &other.cx, NULL), BIDE_PENDING);
    assert_int_equal(bide_counting_waker_refs(&s.waker), 1);
    assert_int_equal(bide_counting_waker_refs(&other.waker), 2);
    bide_never_drop(&never);
    bide_never_drop(&never);
    assert_int_equal(bide_counting_waker_total(&s.waker) + bide_counting_waker_total(&other.waker),
                     0);
    stage_close(&s);
    stage_close(&other);
}

/* ---- the event ---------------------------------------------------------------------------- */

static void an_event_wakes_who_waits(void **state)
{
    bide_manual_event event;
    stage s[3];
    struct bide_event_wait waits[3], late;
    (void)state;
    bide_manual_event_init(&event);
    for (int i = 0; i < 3; i++) {
        stage_open(&s[i], NULL);
        assert_int_equal(bide_event_wait_start(&waits[i], &event, &s[i].cx, NULL), BIDE_PENDING);
    }
    assert_int_equal(bide_manual_event_waiters(&event), 3);
    /* A spurious poll changes nothing; a poll with another waker changes who is woken. */
    assert_int_equal(bide_event_wait_poll(&waits[0], &s[0].cx, NULL), BIDE_PENDING);
    assert_int_equal(bide_event_wait_poll(&waits[2], &s[0].cx, NULL), BIDE_PENDING);
    assert_int_equal(bide_manual_event_waiters(&event), 3);
    assert_int_equal(bide_counting_waker_refs(&s[2].waker), 1);
    bide_event_wait_drop(&waits[1]);
    bide_event_wait_drop(&waits[1]);
    assert_int_equal(bide_manual_event_waiters(&event), 2);

    bide_manual_event_set(&event);
    assert_int_equal(s[0].waker.wakes, 2);
    assert_int_equal(bide_counting_waker_total(&s[1].waker), 0);
    assert_int_equal(bide_manual_event_waiters(&event), 0);
    bide_manual_event_set(&event);
    assert_int_equal(s[0].waker.wakes, 2);
    /* Woken is woken, also when the event has been reset since. */
    bide_manual_event_reset(&event);
    assert_int_equal(bide_event_wait_poll(&waits[0], &s[0].cx, NULL), BIDE_READY);
    assert_int_equal(bide_event_wait_poll(&waits[2], &s[0].cx, NULL), BIDE_READY);
    assert_int_equal(bide_event_wait_start(&late, &event, &s[1].cx, NULL), BIDE_PENDING);
    bide_event_wait_drop(&late);
    for (int i = 0; i < 3; i++)
        stage_close(&s[i]);
}

/* A boxed wait takes memory only if the event is not set. */
static void a_set_event_costs_nothing(void **state)
{
    bide_manual_event event;
    stage s;
    bide_box box = BIDE_BOX_EMPTY;
    (void)state;
    stage_open(&s, NULL);
    bide_manual_event_init(&event);
    bide_manual_event_set(&event);
    assert_int_equal(bide_event_wait_start_box(&box, &event, NULL, &s.cx, NULL), BIDE_READY);
    assert_int_equal(s.counter.allocs + s.waker.clones, 0);
    bide_manual_event_reset(&event);
    assert_int_equal(bide_event_wait_start_box(&box, &event, NULL, &s.cx, NULL), BIDE_PENDING);
    assert_int_equal(s.counter.allocs, 1);
    assert_int_equal(bide_manual_event_waiters(&event), 1);
    bide_manual_event_set(&event);
    assert_int_equal(bide_box_poll(&box, &s.cx, NULL), BIDE_READY);
    stage_close(&s);
}

static void *set_it(void *arg)
{
    bide_manual_event_set(arg);
    return NULL;
}

static void the_event_is_set_by_another_thread(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) {
        bide_manual_event event;
        pthread_t thread;
        bide_manual_event_init(&event);
        assert_int_equal(pthread_create(&thread, NULL, set_it, &event), 0);
        assert_int_equal(BIDE_BLOCK_ON(bide_event_wait, NULL, (&event)), BIDE_READY);
        pthread_join(thread, NULL);
        assert_int_equal(bide_manual_event_waiters(&event), 0);
    }
}

/* F04, F12: what the leaves do with a waker, exactly. */
static void F04_waker_call_log(void **state)
{
    bide_recording_waker waker;
    bide_manual_event event;
    bide_context cx = {.size = sizeof cx, .waker = &waker.base};
    struct bide_pending_times times;
    struct bide_event_wait wait;
    (void)state;
    bide_manual_event_init(&event);
    bide_recording_waker_init(&waker);
    assert_int_equal(bide_pending_times_start(&times, 2, &cx, NULL), BIDE_PENDING);
    assert_int_equal(drive(&bide_pending_times_type, &times, &cx, NULL), BIDE_READY);
    assert_string_equal(bide_recording_waker_text(&waker), "wake_by_ref wake_by_ref");
    bide_recording_waker_init(&waker);
    assert_int_equal(bide_event_wait_start(&wait, &event, &cx, NULL), BIDE_PENDING);
    bide_manual_event_set(&event);
    assert_string_equal(bide_recording_waker_text(&waker), "clone wake");
    bide_event_wait_drop(&wait);
    bide_manual_event_reset(&event);
    bide_recording_waker_init(&waker);
    assert_int_equal(bide_event_wait_start(&wait, &event, &cx, NULL), BIDE_PENDING);
    bide_event_wait_drop(&wait);
    bide_manual_event_set(&event);
    assert_string_equal(bide_recording_waker_text(&waker), "clone drop");
}

/* ---- wrappers ----------------------------------------------------------------------------- */

#define free_one(value) bide_droppable_release(&(value))
#define task_FRAME(ROW)                                                                            \
    ROW(OWNED, bide_droppable, arg, free_one)                                                      \
    ROW(PARAM, uint32_t, n) ROW(CHILD, bide_pending_times, wait)
BIDE_ASYNC(int32_t, task)
{
    BIDE_BEGIN(task);
    if (f->n > 0)
        BIDE_AWAIT(bide_pending_times, wait, (f->n));
    BIDE_RETURN((int32_t)f->n);
    BIDE_END;
}

BIDE_COUNT_CALLS(int32_t, counted, task, (bide_droppable, arg), (uint32_t, n));
BIDE_ASSERT_UNMOVED(int32_t, still, task, (bide_droppable, arg), (uint32_t, n));
BIDE_INTERLEAVE_PENDING(int32_t, slowed, task, (bide_droppable, arg), (uint32_t, n));
BIDE_COUNT_CALLS(void, counted_once, bide_pending_once);
BIDE_INTERLEAVE_PENDING(int32_t, twice_slowed, slowed, (bide_droppable, arg), (uint32_t, n));

static void a_wrapper_has_the_traits_that_it_keeps(void **state)
{
    (void)state;
    assert_int_equal(counted_type.flags, task_type.flags);
    assert_int_equal(counted_type.frame_size, task_type.frame_size);
    assert_int_equal(still_type.flags, 0);
    assert_int_equal(counted_once_type.flags, BIDE_SEND | BIDE_UNPIN);
    assert_string_equal(counted_type.name, "counted");
    assert_int_equal(counted_type.output_size, sizeof(int32_t));
    assert_int_equal(counted_once_type.output_size, 0);
}

static void calls_are_counted_direct_and_indirect(void **state)
{
    stage s;
    bide_drop_order order;
    struct counted frame;
    bide_box box = BIDE_BOX_EMPTY;
    int32_t out = 0;
    (void)state;
    stage_open(&s, NULL);
    bide_drop_order_init(&order);
    bide_call_counts_reset(&counted_calls);
    /* By name. */
    assert_int_equal(counted_start(&frame, bide_droppable_make(&order, "a"), 2, &s.cx, &out),
                     BIDE_PENDING);
    assert_int_equal(counted_poll(&frame, &s.cx, &out), BIDE_PENDING);
    counted_drop(&frame);
    counted_init(&frame, bide_droppable_make(&order, "b"), 0);
    assert_int_equal(counted_poll(&frame, &s.cx, &out), BIDE_READY);
    assert_int_equal(counted_calls.inits, 1);
    assert_int_equal(counted_calls.starts, 1);
    assert_int_equal(counted_calls.polls, 2);
    assert_int_equal(counted_calls.drops, 1);
    assert_int_equal(counted_calls.ends, 1);
    assert_int_equal(bide_call_counts_indirect(&counted_calls), 0);
    /* Boxed: the start, then by record. */
    assert_int_equal(
        counted_start_box(&box, bide_droppable_make(&order, "c"), 1, NULL, &s.cx, &out),
        BIDE_PENDING);
    assert_ptr_equal(box.type, &counted_type);
    assert_int_equal(bide_box_poll(&box, &s.cx, &out), BIDE_READY);
    assert_int_equal(
        counted_start_box(&box, bide_droppable_make(&order, "d"), 1, NULL, &s.cx, &out),
        BIDE_PENDING);
    bide_box_drop(&box);
    assert_int_equal(counted_calls.boxed_starts, 2);
    assert_int_equal(counted_calls.indirect_polls, 1);
    assert_int_equal(counted_calls.indirect_drops, 1);
    assert_int_equal(bide_call_counts_indirect(&counted_calls), 4);
    /* Ready at once: one call, no memory, as without the wrapper. */
    assert_int_equal(
        counted_start_box(&box, bide_droppable_make(&order, "e"), 0, NULL, &s.cx, &out),
        BIDE_READY);
    assert_int_equal(bide_call_counts_indirect(&counted_calls), 5);
    assert_int_equal(s.counter.allocs, 2);
    counted_discard(bide_droppable_make(&order, "f"), 0);
    assert_string_equal(bide_drop_order_text(&order), "a b c d e f");
    stage_close(&s);
}

/* I01: on the static path nothing is indirect. */
#define caller_FRAME(ROW)                                                                          \
    ROW(PARAM, bide_drop_order *, order)                                                           \
    ROW(LOCAL, int32_t, x) ROW(CHILD, counted, a) ROW(CHILD, counted, b)
BIDE_ASYNC(int32_t, caller)
{
    BIDE_BEGIN(caller);
    BIDE_AWAIT_TO(f->x, counted, a, (bide_droppable_make(f->order, "a"), 0));
    BIDE_AWAIT_TO_V(f->x, counted, b, (bide_droppable_make(f->order, "b"), 3));
    BIDE_RETURN(f->x);
    BIDE_END;
}

static void I01_required_method_static(void **state)
{
    stage s;
    bide_drop_order order;
    struct caller frame;
    int32_t out = 0;
    bide_poll r;
    (void)state;
    stage_open(&s, NULL);
    bide_drop_order_init(&order);
    bide_call_counts_reset(&counted_calls);
    r = caller_start(&frame, &order, &s.cx, &out);
    while (r == BIDE_PENDING)
        r = caller_poll(&frame, &s.cx, &out);
    assert_int_equal(out, 3);
    assert_int_equal(counted_calls.starts, 2);
    assert_int_equal(counted_calls.polls, 3);
    assert_int_equal(bide_call_counts_indirect(&counted_calls), 0);
    assert_int_equal(s.counter.allocs, 0);
    stage_close(&s);
}

static void a_moved_frame_is_seen(void **state)
{
    stage s;
    bide_drop_order order;
    struct still at[3];
    bide_box box = BIDE_BOX_EMPTY;
    int32_t out = 0;
    TEST_BREAKS("?was moved after its first poll");
    (void)state;
    stage_open(&s, NULL);
    bide_drop_order_init(&order);
    bide_unmoved_reset(&still_moves);
    /* Before the first poll a frame may be moved. */
    still_init(&at[0], bide_droppable_make(&order, "a"), 5);
    at[1] = at[0];
    assert_int_equal(still_poll(&at[1], &s.cx, &out), BIDE_PENDING);
    assert_int_equal(still_poll(&at[1], &s.cx, &out), BIDE_PENDING);
    assert_int_equal(still_moves.violations, 0);
    /* Afterwards not: each poll and drop elsewhere is counted. */
    at[2] = at[1];
    assert_int_equal(still_poll(&at[2], &s.cx, &out), BIDE_PENDING);
    assert_int_equal(still_moves.violations, 1);
    at[0] = at[2];
    still_drop(&at[0]);
    assert_int_equal(still_moves.violations, 2);
    /* A frame that has ended may be copied and dropped anywhere. */
    still_init(&at[0], bide_droppable_make(&order, "b"), 0);
    assert_int_equal(still_poll(&at[0], &s.cx, &out), BIDE_READY);
    at[1] = at[0];
    still_drop(&at[1]);
    assert_int_equal(still_moves.violations, 2);
    /* A pending start has been polled. */
    assert_int_equal(still_start(&at[0], bide_droppable_make(&order, "c"), 1, &s.cx, &out),
                     BIDE_PENDING);
    at[1] = at[0];
    still_drop(&at[1]);
    assert_int_equal(still_moves.violations, 3);
    /* Boxed it begins in its final place. */
    assert_int_equal(still_start_box(&box, bide_droppable_make(&order, "d"), 1, NULL, &s.cx, &out),
                     BIDE_PENDING);
    assert_int_equal(drive_box(&box, &s.cx, &out), BIDE_READY);
    assert_int_equal(still_start_box(&box, bide_droppable_make(&order, "e"), 0, NULL, &s.cx, &out),
                     BIDE_READY);
    assert_int_equal(still_moves.violations, 3);
    assert_string_equal(bide_drop_order_text(&order), "a b c d e");
    stage_close(&s);
}

static void interleaved_pends_before_every_poll(void **state)
{
    stage s;
    bide_drop_order order;
    struct slowed frame;
    struct twice_slowed twice;
    bide_box box = BIDE_BOX_EMPTY;
    int32_t out = 0;
    int polls = 0;
    bide_poll r;
    (void)state;
    stage_open(&s, NULL);
    bide_drop_order_init(&order);
    for (uint32_t n = 0; n < 3; n++) {
        slowed_init(&frame, bide_droppable_make(&order, "x"), n);
        for (polls = 1; (r = slowed_poll(&frame, &s.cx, &out)) == BIDE_PENDING; polls++)
            ;
        assert_int_equal(r, BIDE_READY);
        assert_int_equal(polls, 2 * (n + 1));
        assert_int_equal(out, n);
        twice_slowed_init(&twice, bide_droppable_make(&order, "x"), n);
        for (polls = 1; (r = twice_slowed_poll(&twice, &s.cx, &out)) == BIDE_PENDING; polls++)
            ;
        assert_int_equal(polls, 4 * (n + 1));
    }
    /* Each pending poll has woken its task. */
    assert_int_equal(s.waker.wakes_by_ref, 1 + 3 + 3 + 7 + 5 + 11);
    assert_int_equal(order.count, 6);
    assert_int_equal(slowed_start_box(&box, bide_droppable_make(&order, "x"), 0, NULL, &s.cx, &out),
                     BIDE_PENDING);
    bide_box_drop(&box);
    assert_int_equal(order.count, 7);
    stage_close(&s);
}

/* ---- every allocation failing ------------------------------------------------------------- */

static bide_poll scenario(bide_allocator *allocator)
{
    bide_manual_event event;
    stage s;
    bide_drop_order order;
    bide_box boxes[4] = {BIDE_BOX_EMPTY, BIDE_BOX_EMPTY, BIDE_BOX_EMPTY, BIDE_BOX_EMPTY};
    int32_t out = 0;
    bide_poll r;
    stage_open(&s, allocator);
    bide_drop_order_init(&order);
    bide_manual_event_init(&event);
    r = bide_event_wait_start_box(&boxes[0], &event, NULL, &s.cx, NULL);
    if (r == BIDE_PENDING)
        r = still_start_box(&boxes[1], bide_droppable_make(&order, "a"), 2, NULL, &s.cx, &out);
    if (r == BIDE_PENDING)
        r = slowed_start_box(&boxes[2], bide_droppable_make(&order, "b"), 2, NULL, &s.cx, &out);
    if (r == BIDE_PENDING)
        r = counted_start_box(&boxes[3], bide_droppable_make(&order, "c"), 2, NULL, &s.cx, &out);
    bide_manual_event_set(&event);
    if (r == BIDE_PENDING)
        for (int i = 0; i < 4; i++)
            r = drive_box(&boxes[i], &s.cx, &out);
    for (int i = 0; i < 4; i++)
        if (r != BIDE_READY)
            bide_box_drop(&boxes[i]);
    if (r == BIDE_READY)
        assert_string_equal(bide_drop_order_text(&order), "a b c");
    stage_close(&s);
    return r;
}
TEST_EVERY_FAILURE(P32_every_allocation_failing, scenario)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_pend_as_often_as_they_say),
        cmocka_unit_test(a_dropped_leaf_has_ended),
        cmocka_unit_test(never_keeps_one_waker_and_gives_it_back),
        cmocka_unit_test(an_event_wakes_who_waits),
        cmocka_unit_test(a_set_event_costs_nothing),
        cmocka_unit_test(the_event_is_set_by_another_thread),
        cmocka_unit_test(F04_waker_call_log),
        cmocka_unit_test(a_wrapper_has_the_traits_that_it_keeps),
        cmocka_unit_test(calls_are_counted_direct_and_indirect),
        cmocka_unit_test(I01_required_method_static),
        cmocka_unit_test(a_moved_frame_is_seen),
        cmocka_unit_test(interleaved_pends_before_every_poll),
        cmocka_unit_test(P32_every_allocation_failing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
