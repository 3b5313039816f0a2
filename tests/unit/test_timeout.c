/*
 * Timeouts and deadlines, on a clock that the test moves.
 */
#include "combine_support.h"

#include <bide/testing_clock.h>
#include <bide/timeout.h>

BIDE_TIMEOUT(leaf_timed, leaf);
BIDE_TIMEOUT(body_timed, body);
BIDE_TIMEOUT(get_timed, Source_get);
BIDE_TIMEOUT(boxed_timed, boxed);
BIDE_DEADLINE(sleep_until_then, bide_sleep);
BIDE_TIMEOUT(sleep_timed, bide_sleep);
BIDE_TIMEOUT(twice_timed, sleep_timed);
BIDE_TIMEOUT(event_timed, bide_event_wait);

/* An executor on a clock of the test's. */
typedef struct timed {
    bide_virtual_clock clock;
    bide_counter counter;
    bide_local *ex;
} timed;

static void timed_open(timed *t, bool jump)
{
    bide_local_options o = bide_local_options_init();
    bide_virtual_clock_init(&t->clock, jump);
    bide_counter_init(&t->counter, bide_heap());
    o.clock = &t->clock.base;
    o.allocator = &t->counter.base;
    assert_int_equal(bide_local_new(&o, &t->ex), BIDE_READY);
}

static void timed_close(timed *t)
{
    assert_int_equal(bide_local_free(t->ex), BIDE_READY);
    assert_int_equal(t->counter.live, 0);
}

static uint64_t ms_of(timed *t)
{
    return bide_virtual_clock_now(&t->clock) / 1000000u;
}

/* Sleeps against limits: who is shorter wins, and both due at once is no delay. */
static void the_shorter_wins(void **state)
{
    static const struct {
        uint64_t sleep, limit;
        bool late;
    } cases[] = {{10, 20, false}, {20, 10, true}, {10, 10, false},
                 {0, 10, false},  {10, 0, true},  {5, UINT64_MAX, false}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        timed t;
        bide_join join = {NULL};
        struct bide_sleep one;
        sleep_timed_output got = {0};
        bide_poll r;
        timed_open(&t, true);
        BIDE_SPAWN_TO(r, t.ex, sleep_timed, NULL, &join,
                      (cases[i].limit, BIDE_MADE(bide_sleep, one, (cases[i].sleep))));
        assert_int_equal(r, BIDE_READY);
        assert_int_equal(bide_local_run(t.ex), BIDE_READY);
        assert_int_equal(bide_join_try_take(&join, &got), BIDE_READY);
        assert_int_equal(got.late, cases[i].late);
        assert_int_equal(ms_of(&t), cases[i].late ? cases[i].limit : cases[i].sleep);
        timed_close(&t);
    }
}

static void until_a_deadline(void **state)
{
    (void)state;
    for (int late = 0; late < 2; late++) {
        timed t;
        bide_join join = {NULL};
        struct bide_sleep one;
        sleep_until_then_output got = {0};
        bide_poll r;
        timed_open(&t, true);
        bide_virtual_clock_advance(&t.clock, bide_ms(100));
        BIDE_SPAWN_TO(r, t.ex, sleep_until_then, NULL, &join,
                      (bide_ms(105), BIDE_MADE(bide_sleep, one, (late ? 10 : 3))));
        assert_int_equal(r, BIDE_READY);
        assert_int_equal(bide_local_run(t.ex), BIDE_READY);
        assert_int_equal(bide_join_try_take(&join, &got), BIDE_READY);
        assert_int_equal(got.late, late);
        assert_int_equal(ms_of(&t), late ? 105 : 103);
        timed_close(&t);
    }
}

static void one_in_the_other(void **state)
{
    timed t;
    bide_join join = {NULL};
    struct bide_sleep one;
    struct sleep_timed inner;
    twice_timed_output got = {0};
    bide_poll r;
    (void)state;
    timed_open(&t, true);
    sleep_timed_init(&inner, 10, BIDE_MADE(bide_sleep, one, (60000)));
    BIDE_SPAWN_TO(r, t.ex, twice_timed, NULL, &join, (50, inner));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(bide_local_run(t.ex), BIDE_READY);
    assert_int_equal(bide_join_try_take(&join, &got), BIDE_READY);
    assert_false(got.late);
    assert_true(got.of.value.late);
    assert_int_equal(ms_of(&t), 10);
    timed_close(&t);
}

/* A ready future starts no timer: there is none, and the waker is not touched. */
static void C37_panic_waker_never_called_on_ready_path(void **state)
{
    bide_panic_waker waker;
    bide_context cx = {.size = sizeof cx, .waker = &waker.base};
    plan plans[4];
    kinds k;
    bide_counter counter;
    (void)state;
    bide_panic_waker_init(&waker);
    bide_counter_init(&counter, bide_heap());
    for (int failing = 0; failing < 2; failing++) {
        struct leaf_timed a;
        struct body_timed b;
        struct get_timed c;
        struct boxed_timed d;
        leaf_timed_output got_a = {0};
        body_timed_output got_b = {0};
        get_timed_output got_c = {0};
        boxed_timed_output got_d = {0};
        bide_poll expected = failing ? BIDE_EFOREIGN : BIDE_READY;
        for (int i = 0; i < 4; i++)
            plans[i] = (plan){.value = 7 + i, .code = failing ? BIDE_EFOREIGN : 0};
        kinds_make(&k, plans, &counter.base);
        assert_int_equal(leaf_timed_start(&a, 1, k.a, &cx, &got_a), expected);
        assert_int_equal(body_timed_start(&b, 1, k.b, &cx, &got_b), expected);
        assert_int_equal(get_timed_start(&c, 1, k.c, &cx, &got_c), expected);
        assert_int_equal(boxed_timed_start(&d, 1, k.d, &cx, &got_d), expected);
        if (!failing) {
            assert_false(got_a.late || got_b.late || got_c.late || got_d.late);
            assert_int_equal(got_a.of.value + got_b.of.value + got_c.of.value + got_d.of.value, 34);
        }
        plans_are_over(plans, 4);
    }
    assert_int_equal(waker.violations, 0);
    assert_int_equal(counter.live, 0);
}

/* It must wait, and nobody has a clock: a failure, and the future is dropped. */
static void without_a_clock(void **state)
{
    stage s;
    plan p = {.pend = 3};
    struct leaf one;
    struct leaf_timed f;
    leaf_timed_output got = {0};
    (void)state;
    stage_open(&s, NULL);
    leaf_timed_init(&f, 10, BIDE_MADE(leaf, one, (&p)));
    assert_int_equal(leaf_timed_poll(&f, &s.cx, &got), BIDE_ENOSYS);
    assert_int_equal(p.drops, 1);
    assert_int_equal(leaf_timed_poll(&f, &s.cx, &got), BIDE_EMISUSE);
    leaf_timed_drop(&f);
    leaf_timed_init(&f, 10, BIDE_MADE(leaf, one, (&p)));
    leaf_timed_drop(&f);
    assert_int_equal(p.drops, 2);
    stage_close(&s);
}

/* The late one is dropped before the result is told, its timer too; an abort drops both. */
static void C02_the_late_one_is_dropped_first(void **state)
{
    timed t;
    bide_join late = {NULL}, aborted = {NULL}, soon = {NULL};
    bide_manual_event events[3];
    struct bide_event_wait one;
    event_timed_output got = {0};
    bide_poll r;
    (void)state;
    timed_open(&t, false);
    for (int i = 0; i < 3; i++) {
        bide_manual_event_init(&events[i]);
        BIDE_SPAWN_TO(r, t.ex, event_timed, NULL,
                      i == 0   ? &late
                      : i == 1 ? &aborted
                               : &soon,
                      (5, BIDE_MADE(bide_event_wait, one, (&events[i]))));
        assert_int_equal(r, BIDE_READY);
    }
    assert_int_equal(bide_local_run_until_stalled(t.ex), BIDE_PENDING);
    bide_virtual_clock_advance(&t.clock, bide_ms(4));
    assert_int_equal(bide_local_run_until_stalled(t.ex), BIDE_PENDING);
    assert_int_equal(bide_manual_event_waiters(&events[0]), 1);
    bide_join_abort(&aborted);
    bide_manual_event_set(&events[2]);
    assert_int_equal(bide_local_run_until_stalled(t.ex), BIDE_PENDING);
    assert_int_equal(bide_join_try_take(&aborted, NULL), BIDE_ECANCELED);
    assert_int_equal(bide_manual_event_waiters(&events[1]), 0);
    assert_int_equal(bide_join_try_take(&soon, &got), BIDE_READY);
    assert_false(got.late);
    bide_virtual_clock_advance(&t.clock, bide_ms(1));
    assert_int_equal(bide_local_run_until_stalled(t.ex), BIDE_READY);
    assert_int_equal(bide_manual_event_waiters(&events[0]), 0);
    assert_int_equal(bide_join_try_take(&late, &got), BIDE_READY);
    assert_true(got.late);
    timed_close(&t);
}

static bide_poll in_a_task(bide_allocator *allocator)
{
    bide_local_options o = bide_local_options_init();
    bide_virtual_clock clock;
    bide_join join = {NULL};
    bide_local *ex;
    plan p = {.pend = 3, .value = 1};
    bide_box box = BIDE_BOX_EMPTY;
    struct boxed one;
    boxed_timed_output got = {0};
    bide_poll r;
    bide_virtual_clock_init(&clock, true);
    o.clock = &clock.base;
    o.allocator = allocator;
    r = BIDE_BOX(leaf, &box, allocator, (&p));
    if (r != BIDE_READY)
        return r;
    r = bide_local_new(&o, &ex);
    if (r != BIDE_READY) {
        bide_box_drop(&box);
        return r;
    }
    BIDE_SPAWN_TO(r, ex, boxed_timed, NULL, &join, (1000, BIDE_MADE(boxed, one, (box))));
    if (r == BIDE_READY)
        r = bide_local_run(ex);
    if (r == BIDE_READY)
        r = bide_join_try_take(&join, &got);
    assert_int_equal(p.drops + p.ends, 1);
    bide_join_detach(&join);
    bide_local_free(ex);
    return r;
}
TEST_EVERY_FAILURE(every_failure, in_a_task)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shorter_wins),
        cmocka_unit_test(until_a_deadline),
        cmocka_unit_test(one_in_the_other),
        cmocka_unit_test(C37_panic_waker_never_called_on_ready_path),
        cmocka_unit_test(without_a_clock),
        cmocka_unit_test(C02_the_late_one_is_dropped_first),
        cmocka_unit_test(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
