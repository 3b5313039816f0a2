/*
 * Races and selects: who wins, what becomes of the losers, in what order they are looked at.
 */
#include "combine_support.h"

#include <bide/select.h>

BIDE_RACE(first, (leaf, a), (body, b), (Source_get, c), (boxed, d));
BIDE_RACE_OK(good, BIDE_IS_NEGATIVE, (leaf, a), (body, b), (Source_get, c), (boxed, d));
BIDE_SELECT(next, (leaf, a), (body, b), (Source_get, c), (boxed, d));
BIDE_SELECT(pair, (mleaf, a), (mleaf, b));
BIDE_INTERLEAVE_PENDING(first_output, slow, first, (struct leaf, a), (struct body, b),
                        (struct Source_get, c), (struct boxed, d));

static int32_t of_winner(const first_output *got)
{
    switch (got->winner) {
    case first_is_a:
        return got->a.value;
    case first_is_b:
        return got->b.value;
    case first_is_c:
        return got->c.value;
    default:
        return got->d.value;
    }
}

/* The first in the list of those that are ready first. */
static int soonest(const plan *plans)
{
    int best = 0;
    for (int i = 1; i < 4; i++)
        if (plans[i].pend < plans[best].pend)
            best = i;
    return best;
}

/* Also with a failure instead of a value; each loser is dropped before the result is told. */
static void the_first_wins_and_the_losers_are_dropped(void **state)
{
    stage s;
    (void)state;
    stage_open(&s, NULL);
    for (int pattern = 0; pattern < 81 * 3; pattern++) {
        plan plans[4];
        kinds k;
        first_output got = {0};
        int best;
        bide_poll r, expected = BIDE_READY;
        plans_of(plans, pattern % 81, 10);
        best = soonest(plans);
        if (pattern / 81 == 1)
            expected = plans[best].code = BIDE_EFOREIGN;
        kinds_make(&k, plans, &s.counter.base);
        if (pattern / 81 == 2) {
            struct slow f;
            slow_init(&f, k.a, k.b, k.c, k.d);
            r = drive(&slow_type, &f, &s.cx, &got);
        } else {
            struct first f;
            first_init(&f, k.a, k.b, k.c, k.d);
            r = drive(&first_type, &f, &s.cx, &got);
            assert_int_equal(first_poll(&f, &s.cx, &got), BIDE_EMISUSE);
            first_drop(&f);
        }
        assert_int_equal(r, expected);
        if (r == BIDE_READY) {
            assert_int_equal(got.winner, best);
            assert_int_equal(of_winner(&got), 10 + best);
        }
        plans_are_over(plans, 4);
        assert_int_equal(plans[best].ends, 1);
        assert_int_equal(s.counter.live, 0);
    }
    stage_close(&s);
}

static void dropped_after_any_number_of_polls(void **state)
{
    stage s;
    (void)state;
    stage_open(&s, NULL);
    for (int polls = 0; polls < 3; polls++) {
        plan plans[4];
        kinds k;
        struct first f;
        first_output got = {0};
        for (int i = 0; i < 4; i++)
            plans[i] = (plan){.pend = 5};
        kinds_make(&k, plans, &s.counter.base);
        first_init(&f, k.a, k.b, k.c, k.d);
        for (int i = 0; i < polls; i++)
            assert_int_equal(first_poll(&f, &s.cx, &got), BIDE_PENDING);
        first_drop(&f);
        first_drop(&f);
        plans_are_over(plans, 4);
        assert_int_equal(plans[0].drops, 1);
        assert_int_equal(s.counter.live, 0);
    }
    stage_close(&s);
}

/* Errors are values below 0 (a, c) and failures (b, d): each order of them, with each as the only
 * good one, and with none. */
static void C16_first_ok_else_the_last_error(void **state)
{
    stage s;
    (void)state;
    stage_open(&s, NULL);
    for (int fine = 0; fine < 5; fine++)
        for (int last = 0; last < 4; last++) {
            plan plans[4];
            kinds k;
            struct good f;
            good_output got = {0};
            bide_poll r;
            for (int i = 0; i < 4; i++) {
                bool wrong = i != fine;
                plans[i] = (plan){.pend = (i + 3 - last) % 4, .value = wrong ? -1 - i : 10 + i};
                if (wrong && i % 2 == 1)
                    plans[i].code = BIDE_EFOREIGN;
            }
            kinds_make(&k, plans, &s.counter.base);
            good_init(&f, k.a, k.b, k.c, k.d);
            r = drive(&good_type, &f, &s.cx, &got);
            if (fine == 4) {
                assert_int_equal(r, last % 2 == 1 ? BIDE_EFOREIGN : BIDE_READY);
                if (last == 0)
                    assert_int_equal(got.a.value, -1);
                if (last == 2)
                    assert_int_equal(got.c.value, -3);
            } else {
                assert_int_equal(r, BIDE_READY);
                assert_int_equal(got.winner, fine);
            }
            plans_are_over(plans, 4);
            assert_int_equal(s.counter.live, 0);
        }
    stage_close(&s);
}

KINDS_THROUGH(boxed_race, first)

/* ---- select ------------------------------------------------------------------------------- */

/* All four are selected until none is left; nothing is dropped, or polled behind its end. */
static void C14_the_losers_go_on(void **state)
{
    stage s;
    (void)state;
    stage_open(&s, NULL);
    for (int pattern = 0; pattern < 81; pattern++) {
        plan plans[4];
        kinds k;
        struct leaf *a = &k.a;
        struct body *b = &k.b;
        struct Source_get *c = &k.c;
        struct boxed *d = &k.d;
        int seen = 0;
        plans_of(plans, pattern, 10);
        plans[1].code = BIDE_EFOREIGN;
        kinds_make(&k, plans, &s.counter.base);
        for (int n = 0; n < 5; n++) {
            struct next f;
            next_output got = {0};
            next_init(&f, NULL, a, b, c, d);
            assert_int_equal(drive(&next_type, &f, &s.cx, &got), BIDE_READY);
            assert_int_equal(next_poll(&f, &s.cx, &got), BIDE_EMISUSE);
            if (n == 4) {
                assert_int_equal(got.winner, next_is_none);
                break;
            }
            assert_false(seen & 1 << got.winner);
            assert_int_equal(got.code, got.winner == next_is_b ? BIDE_EFOREIGN : BIDE_READY);
            seen |= 1 << got.winner;
            if (got.winner == next_is_a)
                a = NULL;
            else if (got.winner == next_is_b)
                b = NULL;
            else if (got.winner == next_is_c)
                c = NULL;
            else
                d = NULL;
        }
        assert_int_equal(seen, 15);
        for (int i = 0; i < 4; i++)
            assert_int_equal(plans[i].ends, 1);
        assert_int_equal(s.counter.live, 0);
    }
    stage_close(&s);
}

static void C14_a_dropped_select_leaves_all_alone(void **state)
{
    stage s;
    plan plans[2] = {{.pend = 2, .value = 1}, {.pend = 3, .value = 2}};
    struct mleaf a, b;
    struct pair f;
    pair_output got = {0};
    int32_t v;
    (void)state;
    stage_open(&s, NULL);
    mleaf_init(&a, &plans[0]);
    mleaf_init(&b, &plans[1]);
    pair_init(&f, NULL, &a, &b);
    assert_int_equal(pair_poll(&f, &s.cx, &got), BIDE_PENDING);
    pair_drop(&f);
    assert_int_equal(plans[0].drops + plans[1].drops, 0);
    assert_int_equal(drive(&mleaf_type, &a, &s.cx, &v), BIDE_READY);
    assert_int_equal(drive(&mleaf_type, &b, &s.cx, &v), BIDE_READY);
    assert_int_equal(v, 2);
    stage_close(&s);
}

static void C17_those_always_ready_win_equally_often(void **state)
{
    stage s;
    uint32_t turn = 0;
    int wins[2] = {0, 0}, ordered[2] = {0, 0};
    (void)state;
    stage_open(&s, NULL);
    for (int i = 0; i < 2000; i++) {
        plan plans[2] = {{.value = 1}, {.value = 2}};
        struct mleaf a, b;
        struct pair f;
        pair_output got = {0};
        mleaf_init(&a, &plans[0]);
        mleaf_init(&b, &plans[1]);
        pair_init(&f, i % 2 ? &turn : NULL, &a, &b);
        assert_int_equal(pair_poll(&f, &s.cx, &got), BIDE_READY);
        (i % 2 ? wins : ordered)[got.winner]++;
    }
    assert_int_equal(wins[0], 500);
    assert_int_equal(wins[1], 500);
    assert_int_equal(ordered[0], 1000);
    stage_close(&s);
}

static void C18_what_has_ended_is_passed_over(void **state)
{
    stage s;
    plan plan_b = {.pend = 1, .value = 5};
    struct mleaf b;
    struct pair f;
    pair_output got = {0};
    uint32_t turn = 0;
    (void)state;
    stage_open(&s, NULL);
    mleaf_init(&b, &plan_b);
    pair_init(&f, &turn, NULL, &b);
    assert_int_equal(pair_poll(&f, &s.cx, &got), BIDE_PENDING);
    assert_int_equal(pair_poll(&f, &s.cx, &got), BIDE_READY);
    assert_int_equal(got.winner, pair_is_b);
    assert_int_equal(got.b.value, 5);
    pair_init(&f, &turn, NULL, NULL);
    assert_int_equal(pair_poll(&f, &s.cx, &got), BIDE_READY);
    assert_int_equal(got.winner, pair_is_none);
    assert_int_equal((int)pair_flags, BIDE_SEND | BIDE_UNPIN);
    assert_int_equal((int)next_flags, BIDE_UNPIN);
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_wins_and_the_losers_are_dropped),
        cmocka_unit_test(dropped_after_any_number_of_polls),
        cmocka_unit_test(C16_first_ok_else_the_last_error),
        cmocka_unit_test(every_failure),
        cmocka_unit_test(C14_the_losers_go_on),
        cmocka_unit_test(C14_a_dropped_select_leaves_all_alone),
        cmocka_unit_test(C17_those_always_ready_win_equally_often),
        cmocka_unit_test(C18_what_has_ended_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
