/*
 * Combinators awaited by generated functions, on a clock that jumps.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "combine.h"

#include <bide/testing_clock.h>
#include <bide/then.h>

/* In C, generated futures are children like any other. */
BIDE_JOIN_OF(late_and_both, (late, a), (both, b));
BIDE_TIMEOUT(all_in_time, all_of);
static int32_t sum_of(int *more, late_and_both_output *values)
{
    return *more + values->a.value + values->b.value;
}
BIDE_MAP(sum_of_two, int32_t, late_and_both, int, sum_of);

#define RUN(F, args, expected)                                                                     \
    do {                                                                                           \
        bide_local_options o = bide_local_options_init();                                          \
        bide_virtual_clock clock;                                                                  \
        bide_local *ex;                                                                            \
        int32_t out = 0;                                                                           \
        bide_poll r;                                                                               \
        bide_virtual_clock_init(&clock, true);                                                     \
        o.clock = &clock.base;                                                                     \
        assert_int_equal(bide_local_new(&o, &ex), BIDE_READY);                                     \
        BIDE_RUN_UNTIL_TO(r, ex, F, &out, args);                                                   \
        assert_int_equal(r, BIDE_READY);                                                           \
        assert_int_equal(out, expected);                                                           \
        assert_int_equal(bide_local_free(ex), BIDE_READY);                                         \
    } while (0)

static void over_generated_futures(void **state)
{
    struct late a;
    struct both b;
    struct late_and_both two;
    struct all_of all;
    all_in_time_output got = {0};
    (void)state;
    late_and_both_init(&two, BIDE_MADE(late, a, ()), BIDE_MADE(both, b, ()));
    RUN(sum_of_two, (two, 100), 109);
    {
        bide_local_options o = bide_local_options_init();
        bide_virtual_clock clock;
        bide_local *ex;
        bide_poll r;
        bide_virtual_clock_init(&clock, true);
        o.clock = &clock.base;
        assert_int_equal(bide_local_new(&o, &ex), BIDE_READY);
        BIDE_RUN_UNTIL_TO(r, ex, all_in_time, &got, (25, BIDE_MADE(all_of, all, (4))));
        assert_int_equal(r, BIDE_READY);
        assert_true(got.late); /* in the middle of its set, which was dropped */
        BIDE_RUN_UNTIL_TO(r, ex, all_in_time, &got, (100, BIDE_MADE(all_of, all, (4))));
        assert_int_equal(r, BIDE_READY);
        assert_int_equal(got.of.value, 4321);
        assert_int_equal(bide_local_free(ex), BIDE_READY);
    }
}

static void awaited_in_async_c(void **state)
{
    (void)state;
    RUN(late, (), 2);
    RUN(both, (), 7);
    RUN(first_of_two, (), 2);
    RUN(in_turn, (5), 104);
    RUN(all_of, (4), 4321);
}

/* The header has answer_within: it is in the frame of patient. */
static void made_of_functions_of_the_file(void **state)
{
    (void)state;
    RUN(patient, (3), 'a' + 5);
    RUN(patient, (12), 'a' + 20);
    RUN(patient, (1000), -1);
    RUN(impatient, (1000000000, 1000), 'a' + 40);
    RUN(impatient, (1000000000, 20), -2);
    RUN(impatient, (40 * 1000000, 1000), -3);
    assert_true(sizeof(struct patient) > sizeof(struct answer_within));
    assert_true((int)impatient_flags & (int)BIDE_SEND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(awaited_in_async_c),
        cmocka_unit_test(over_generated_futures),
        cmocka_unit_test(made_of_functions_of_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
