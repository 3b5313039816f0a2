/*
 * Combinators, awaited like any other async function.
 */
#include "combine.h"

#include <bide/async_source.h>

async int32_t late(void)
{
    struct delayed one;
    delayed_init(&one, 50, 1);
    delayed_timed_output slow = await(delayed_timed(5, one));
    delayed_init(&one, 5, 2);
    delayed_timed_output fast = await(delayed_timed(50, one));
    return slow.late && !fast.late ? fast.of.value : -1;
}

async int32_t both(void)
{
    struct delayed one;
    struct bide_sleep two;
    delayed_init(&one, 5, 7);
    bide_sleep_init(&two, 3);
    return await(delayed_both(one, two)).a.value;
}

async int32_t first_of_two(void)
{
    struct delayed one, two;
    delayed_init(&one, 9, 1);
    delayed_init(&two, 3, 2);
    delayed_race_output first = await(delayed_race(one, two));
    return first.winner == delayed_race_is_b ? first.b.value : -1;
}

/* The losers are kept: `a` goes on over all rounds of `b`. */
async int32_t in_turn(int32_t rounds)
{
    struct delayed a, b;
    int32_t count = 0;
    delayed_init(&a, (uint64_t)rounds * 10 - 5, 100);
    delayed_init(&b, 10, 1);
    for (;;) {
        delayed_select_output got = await(delayed_select(NULL, &a, &b));
        if (got.winner == delayed_select_is_a) {
            delayed_drop(&b);
            return got.a.value + count;
        }
        count += got.b.value;
        delayed_init(&b, 10, 1);
    }
}

async int32_t all_of(int32_t n)
{
    struct delayed one;
    scoped(delayed_set_drop) delayed_set set = delayed_set_of(bide_default_allocator());
    delayed_set_item got;
    int32_t order = 0;
    for (int32_t i = 0; i < n; i++) {
        delayed_init(&one, (uint64_t)(n - i) * 10, i + 1);
        if (delayed_set_insert(&set, one) != BIDE_READY)
            order = -1;
    }
    while (await(delayed_set_next(&set, &got)))
        order = order * 10 + got.value;
    return order;
}

/* What is made of functions of this file; bidec adds the lines BIDE_FUTURE_BY_ASYNC. */
async int32_t answer(const char *text, uint64_t ms)
{
    await(bide_sleep(ms));
    return (int32_t)text[0];
}
BIDE_TIMEOUT(answer_within, answer);

async int32_t patient(uint64_t ms)
{
    for (uint64_t limit = 5; limit < 100; limit *= 2) {
        answer_within_output got = await(answer_within(limit, answer_made("a", ms)));
        if (!got.late)
            return got.of.value + (int32_t)limit;
    }
    return -1;
}
BIDE_DEADLINE(patient_until, patient);
BIDE_RACE(patient_or_nap, (patient_until, work), (bide_sleep, nap));

async int32_t impatient(uint64_t until, uint64_t nap)
{
    struct patient_until work;
    struct bide_sleep other;
    patient_until_init(&work, until, patient_made(30));
    bide_sleep_init(&other, nap);
    patient_or_nap_output first = await(patient_or_nap(work, other));
    if (first.winner == patient_or_nap_is_nap)
        return -2;
    return first.work.value.late ? -3 : first.work.value.of.value;
}
