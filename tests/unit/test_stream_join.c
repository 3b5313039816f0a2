/*
 * test_stream_join.c: adapters over several streams: static and dyn, with and without a pending
 * between every poll, fair, and dropped after every number of polls.
 */
#include "stream_support.h"
#include <bide/stream_join.h>

BIDE_STREAM_IMPL(Numbers, Counter);
BIDE_STREAM_BOX(Numbers, Counter);

BIDE_STREAM_CHAIN(Chain, Counter, Numbers);
BIDE_STREAM_ZIP(Zip, Numbers, Counter);
BIDE_STREAM_MERGE(Merge, Counter, Numbers);
BIDE_STREAM_MERGE_ALL(MergeCounters, Counter, 3);
BIDE_STREAM_MERGE_ALL(MergeNumbers, Numbers, 4);

/* Yields streams: 0 1 .. n-1 for each n that a Counter gives. */
typedef struct Runs {
    Counter counter;
    bool inner_pends;
    int *inner_drops;
} Runs;
static inline bide_poll Runs_poll_next(Runs *s, bide_context *cx, Counter *item)
{
    int32_t n = 0;
    bide_poll r = Counter_poll_next(&s->counter, cx, &n);
    if (r == BIDE_READY)
        *item = counter_of(0, n, s->inner_pends, s->inner_drops);
    return r;
}
static inline void Runs_drop(Runs *s)
{
    Counter_drop(&s->counter);
}
#define Runs_IS_SEND 1
BIDE_STREAM_TYPE(Runs, Counter);
BIDE_STREAM_FLATTEN(Flat, Runs, Counter);

static Numbers boxed(rig *r, Counter c)
{
    Numbers n;
    assert_int_equal(Counter_box_as_Numbers(&c, r->cx.allocator, &n), BIDE_READY);
    return n;
}

/* Readies s with INIT, polls `polls` times (-1: reads it whole) and drops it: `sources` drops. */
#define CHECK(Name, INIT, expected, sources)                                                       \
    for (int pends = 0; pends < 4; pends++)                                                        \
        for (int polls = -1; polls < 40; polls++) {                                                \
            rig r;                                                                                 \
            int drops = 0;                                                                         \
            char text[128] = "";                                                                   \
            Name s;                                                                                \
            rig_open(&r);                                                                          \
            INIT(s);                                                                               \
            if (polls < 0) {                                                                       \
                TEXT(text, Name, &s, &r.cx);                                                       \
                assert_string_equal(text, expected);                                               \
                assert_int_equal(Name##_size_hint(&s).most, 0);                                    \
                TEXT(text, Name, &s, &r.cx);                                                       \
                assert_string_equal(text, ".");                                                    \
            }                                                                                      \
            for (int i = 0; i < polls; i++) {                                                      \
                Name##_item item;                                                                  \
                (void)Name##_poll_next(&s, &r.cx, &item);                                          \
            }                                                                                      \
            Name##_drop(&s);                                                                       \
            assert_int_equal(drops, sources);                                                      \
            rig_close(&r);                                                                         \
        }

#define CHAIN(s)                                                                                   \
    Chain_init(&s, counter_of(0, 3, pends & 1, &drops),                                            \
               boxed(&r, counter_of(7, 9, (pends & 2) != 0, &drops)));                             \
    assert_int_equal(Chain_size_hint(&s).least, 5);                                                \
    assert_int_equal(Chain_size_hint(&s).most, 5)
static void chain(void **state)
{
    (void)state;
    CHECK(Chain, CHAIN, "0 1 2 7 8 .", 2)
}

static void zip(void **state)
{
    (void)state;
    for (int pends = 0; pends < 4; pends++)
        for (int polls = 0; polls < 20; polls++) {
            rig r;
            int drops = 0;
            int32_t seen = 0;
            Zip s;
            Zip_item item;
            rig_open(&r);
            Zip_init(&s, boxed(&r, counter_of(0, 3, pends & 1, &drops)),
                     counter_of(10, 19, (pends & 2) != 0, &drops));
            assert_int_equal(Zip_size_hint(&s).least, 3);
            assert_int_equal(Zip_size_hint(&s).most, 3);
            for (int i = 0; i < polls; i++)
                if (Zip_poll_next(&s, &r.cx, &item) == BIDE_READY) {
                    assert_int_equal(item.first, seen);
                    assert_int_equal(item.second, 10 + seen);
                    seen++;
                }
            if (polls == 19) {
                assert_int_equal(seen, 3);
                assert_int_equal(Zip_poll_next(&s, &r.cx, &item), BIDE_DONE);
            }
            Zip_drop(&s);
            assert_int_equal(drops, 2);
            rig_close(&r);
        }
}

#define MERGE(s)                                                                                   \
    (void)pends;                                                                                   \
    Merge_init(&s, counter_of(0, 3, false, &drops), boxed(&r, counter_of(10, 15, false, &drops))); \
    assert_int_equal(Merge_size_hint(&s).least, 8)
static void S04_merge_takes_turns(void **state)
{
    (void)state;
    CHECK(Merge, MERGE, "0 10 1 11 2 12 13 14 .", 2)
}

/* One of two waits before every item: the other goes on, and both end. */
static void merge_of_a_slow_one(void **state)
{
    for (int which = 0; which < 2; which++) {
        rig r;
        int drops = 0, sum = 0, count = 0;
        Merge s;
        int32_t item = 0;
        bide_poll p;
        (void)state;
        rig_open(&r);
        Merge_init(&s, counter_of(0, 4, which == 0, &drops),
                   boxed(&r, counter_of(10, 14, which == 1, &drops)));
        for (;;) {
            NEXT(p, Merge, &s, &r.cx, &item);
            if (p != BIDE_READY)
                break;
            sum += item;
            count++;
        }
        assert_int_equal(p, BIDE_DONE);
        assert_int_equal(count, 8);
        assert_int_equal(sum, 52);
        Merge_drop(&s);
        assert_int_equal(drops, 2);
        rig_close(&r);
    }
}

#define ALL(s)                                                                                     \
    MergeCounters_init(&s);                                                                        \
    (void)pends;                                                                                   \
    assert_true(MergeCounters_add(&s, counter_of(0, 2, false, &drops)));                           \
    assert_true(MergeCounters_add(&s, counter_of(10, 14, false, &drops)));                         \
    assert_true(MergeCounters_add(&s, counter_of(20, 22, false, &drops)));                         \
    assert_int_equal(MergeCounters_count(&s), 3);                                                  \
    assert_int_equal(MergeCounters_size_hint(&s).least, 8)
static void S04_merge_all_round_robin_order(void **state)
{
    (void)state;
    CHECK(MergeCounters, ALL, "0 10 20 1 11 21 12 13 .", 3)
}

static void S05_merge_all_fair_under_a_busy_source(void **state)
{
    rig r;
    int drops = 0, quiet = 0;
    MergeNumbers s;
    int32_t item = 0;
    bide_poll p;
    (void)state;
    rig_open(&r);
    MergeNumbers_init(&s);
    MergeNumbers_add(&s, boxed(&r, counter_of(1000, 100000, false, &drops)));
    MergeNumbers_add(&s, boxed(&r, counter_of(0, 10, true, &drops)));
    MergeNumbers_add(&s, boxed(&r, counter_of(0, 10, false, &drops)));
    for (int i = 0; i < 50; i++) {
        NEXT(p, MergeNumbers, &s, &r.cx, &item);
        assert_int_equal(p, BIDE_READY);
        quiet += item < 1000;
    }
    assert_int_equal(quiet, 20); /* all of them came, behind 99,000 that were always there */
    assert_int_equal(MergeNumbers_count(&s), 1);
    MergeNumbers_drop(&s);
    assert_int_equal(drops, 3);
    rig_close(&r);
}

static void S06_merge_all_clear(void **state)
{
    rig r;
    int drops = 0;
    MergeNumbers s;
    char text[64];
    int32_t item;
    (void)state;
    rig_open(&r);
    MergeNumbers_init(&s);
    assert_int_equal(MergeNumbers_poll_next(&s, &r.cx, &item), BIDE_DONE);
    for (int i = 0; i < 4; i++)
        assert_true(MergeNumbers_add(&s, boxed(&r, counter_of(0, 3, true, &drops))));
    assert_false(MergeNumbers_add(&s, boxed(&r, counter_of(0, 3, true, &drops))));
    assert_int_equal(drops, 1); /* what did not fit */
    assert_int_equal(MergeNumbers_poll_next(&s, &r.cx, &item), BIDE_PENDING);
    MergeNumbers_clear(&s);
    assert_int_equal(drops, 5);
    assert_int_equal(MergeNumbers_count(&s), 0);
    assert_int_equal(MergeNumbers_poll_next(&s, &r.cx, &item), BIDE_DONE);
    assert_true(MergeNumbers_add(&s, boxed(&r, counter_of(5, 7, true, &drops))));
    TEXT(text, MergeNumbers, &s, &r.cx);
    assert_string_equal(text, "5 6 .");
    MergeNumbers_drop(&s);
    assert_int_equal(drops, 6);
    rig_close(&r);
}

static void a_failure_of_one_ends_the_whole(void **state)
{
    rig r;
    int drops = 0;
    char text[64];
    Counter bad = counter_of(0, 1, false, &drops);
    MergeCounters s;
    Chain c;
    (void)state;
    rig_open(&r);
    bad.code = BIDE_EBUSY;
    MergeCounters_init(&s);
    MergeCounters_add(&s, counter_of(10, 20, false, &drops));
    MergeCounters_add(&s, bad);
    TEXT(text, MergeCounters, &s, &r.cx);
    assert_string_equal(text, "10 0 11 !-6");
    assert_int_equal(drops, 2);
    MergeCounters_drop(&s);
    Chain_init(&c, bad, boxed(&r, counter_of(5, 9, false, &drops)));
    TEXT(text, Chain, &c, &r.cx);
    assert_string_equal(text, "0 !-6");
    Chain_drop(&c);
    assert_int_equal(drops, 4);
    rig_close(&r);
}

static void flatten(void **state)
{
    for (int pends = 0; pends < 4; pends++)
        for (int polls = -1; polls < 40; polls++) {
            rig r;
            int drops = 0, inner = 0, item;
            char text[64];
            Flat s;
            Runs runs = {counter_of(0, 4, pends & 1, &drops), (pends & 2) != 0, &inner};
            (void)state;
            rig_open(&r);
            Flat_init(&s, runs);
            assert_int_equal(Flat_size_hint(&s).most, SIZE_MAX);
            if (polls < 0) {
                TEXT(text, Flat, &s, &r.cx);
                assert_string_equal(text, "0 0 1 0 1 2 .");
                assert_int_equal(inner, 4);
                assert_int_equal(Flat_size_hint(&s).most, 0);
            }
            for (int i = 0; i < polls; i++)
                (void)Flat_poll_next(&s, &r.cx, &item);
            Flat_drop(&s);
            assert_int_equal(drops, 1);
            assert_int_equal(inner, s.of.counter.at);
            rig_close(&r);
        }
}

static void the_await_tree_shows_both(void **state)
{
    rig r;
    int drops = 0;
    char text[256];
    Merge s;
    struct Merge_next f;
    int32_t item;
    bool more;
    (void)state;
    rig_open(&r);
    Merge_init(&s, counter_of(0, 4, true, &drops), boxed(&r, counter_of(10, 14, true, &drops)));
    assert_int_equal(Merge_next_start(&f, &s, &item, &r.cx, &more), BIDE_PENDING);
    traced(&Merge_next_type, &f, text, sizeof text);
    assert_string_equal(text, "Merge_next: an item of Counter, an item of Counter\n");
    Merge_drop(&s);
    assert_int_equal((int)MergeCounters_next_flags & (int)BIDE_SEND, BIDE_SEND);
    assert_int_equal((int)Merge_next_flags & (int)BIDE_SEND, 0);
    rig_close(&r);
}

/* Items that own memory, halves of pairs that get no other half; every allocation fails once. */
BIDE_STREAM_ZIP(BZip, Blocks, Blocks);
static bide_poll owned_pairs_through(bide_allocator *a)
{
    bide_context cx = scenario_context(a);
    bide_poll worst = BIDE_READY;
    for (int polls = 0; polls < 24; polls += 3) {
        int drops = 0;
        BZip s;
        BZip_item item;
        bide_poll p = BIDE_READY;
        BZip_init(&s, blocks_of(a, 0, 5, true, &drops), blocks_of(a, 0, 4, false, &drops));
        for (int i = 0; i < polls && p >= 0 && p != BIDE_DONE; i++) {
            p = BZip_poll_next(&s, &cx, &item);
            if (p == BIDE_READY)
                BZip_item_drop(&item);
        }
        BZip_drop(&s);
        assert_int_equal(drops, 2);
        if (p < 0)
            worst = p;
    }
    return worst;
}
TEST_EVERY_FAILURE(items_that_own_are_released_once, owned_pairs_through)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chain),
        cmocka_unit_test(zip),
        cmocka_unit_test(S04_merge_takes_turns),
        cmocka_unit_test(merge_of_a_slow_one),
        cmocka_unit_test(S04_merge_all_round_robin_order),
        cmocka_unit_test(S05_merge_all_fair_under_a_busy_source),
        cmocka_unit_test(S06_merge_all_clear),
        cmocka_unit_test(a_failure_of_one_ends_the_whole),
        cmocka_unit_test(flatten),
        cmocka_unit_test(the_await_tree_shows_both),
        cmocka_unit_test(items_that_own_are_released_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
