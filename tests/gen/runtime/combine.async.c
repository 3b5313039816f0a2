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
