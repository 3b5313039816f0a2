/*
 * test_stream_set.c: many streams as one: who is polled, whose turn it is, how many are open, and
 * what happens to all of them when one fails or everything is dropped.
 */
#include "stream_support.h"
#include <bide/stream_set.h>

/* A tap: gives what the test has put in, and then waits with a clone of its waker. */
typedef struct spout {
    int32_t items, gave;
    bide_poll end; /* what comes behind the items; BIDE_PENDING: waits */
    bide_waker *waker;
    int polls, drops;
} spout;

typedef struct Tap {
    spout *p;
} Tap;
static bide_poll Tap_poll_next(Tap *t, bide_context *cx, int32_t *item)
{
    spout *p = t->p;
    p->polls++;
    if (p->gave < p->items) {
        *item = p->gave++;
        return BIDE_READY;
    }
    if (p->end != BIDE_PENDING)
        return p->end;
    return bide_waker_register(&p->waker, cx) == BIDE_READY ? BIDE_PENDING : BIDE_ENOMEM;
}
static void Tap_drop(Tap *t)
{
    t->p->drops++;
    bide_waker_clear(&t->p->waker);
}
#define Tap_IS_SEND 1
BIDE_STREAM_TYPE(Tap, int32_t);

static Tap tap_of(spout *p)
{
    Tap t = {p};
    return t;
}

static void spout_give(spout *p, int32_t items, bide_poll end)
{
    p->items += items;
    p->end = end;
    bide_waker_take_and_wake(&p->waker);
}

BIDE_STREAM_SET(Taps, Tap);
BIDE_LOCAL_STREAM_SET(TapsHere, Tap);

/* A stream of taps, over an array. */
typedef struct Rack {
    spout *from, *to;
    spout **feed; /* up to there they are there now */
    bide_poll end;
    int *polls, *drops;
} Rack;
static bide_poll Rack_poll_next(Rack *r, bide_context *cx, Tap *item)
{
    (void)cx;
    ++*r->polls;
    if (r->from == r->to)
        return r->end;
    if (r->from == *r->feed)
        return BIDE_PENDING;
    item->p = r->from++;
    return BIDE_READY;
}
static void Rack_drop(Rack *r)
{
    ++*r->drops;
}
#define Rack_IS_SEND 1
BIDE_STREAM_TYPE(Rack, Tap);

enum { MOST = 3, PIPES = 8 };
BIDE_STREAM_FLATTEN_UNORDERED(Flat, Rack, Tap, MOST);
BIDE_LOCAL_STREAM_FLATTEN_UNORDERED(FlatHere, Rack, Tap, MOST);
BIDE_PRIV_ASSERT((int)Flat_next_flags == (BIDE_SEND | BIDE_UNPIN), "Flat may be sent");
BIDE_PRIV_ASSERT((int)FlatHere_next_flags == BIDE_UNPIN, "FlatHere stays here");
BIDE_PRIV_ASSERT((int)TapsHere_next_flags == BIDE_UNPIN, "TapsHere stays here");

typedef struct bench {
    rig r;
    spout p[PIPES], *feed;
    int rack_polls, rack_drops;
} bench;

static void bench_open(bench *b)
{
    memset(b, 0, sizeof *b);
    rig_open(&b->r);
    b->feed = b->p + PIPES;
}

static Rack rack_of(bench *b, int n, bide_poll end)
{
    Rack r = {b->p, b->p + n, &b->feed, end, &b->rack_polls, &b->rack_drops};
    return r;
}

static int polls_of(const bench *b)
{
    int n = 0;
    for (int i = 0; i < PIPES; i++)
        n += b->p[i].polls;
    return n;
}

static int open_of(const bench *b)
{
    int n = 0;
    for (int i = 0; i < PIPES; i++)
        n += b->p[i].polls > 0 && b->p[i].drops == 0;
    return n;
}

static void bench_close(bench *b, int drops)
{
    int n = 0;
    for (int i = 0; i < PIPES; i++) {
        assert_true(b->p[i].drops <= 1);
        n += b->p[i].drops;
    }
    assert_int_equal(n, drops);
    rig_close(&b->r);
}

/* ---- sets ------------------------------------------------------------------------------------ */

/* A wake costs one poll of one member, whatever the number of members. */
#define ONLY_WOKEN(test, S)                                                                        \
    static void test(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        for (int n = 2; n <= PIPES; n *= 2) {                                                      \
            bench b;                                                                               \
            S set;                                                                                 \
            S##_item got = -1;                                                                     \
            bench_open(&b);                                                                        \
            S##_init(&set, b.r.cx.allocator);                                                      \
            for (int i = 0; i < n; i++)                                                            \
                assert_int_equal(S##_insert(&set, tap_of(&b.p[i])), BIDE_READY);                   \
            assert_int_equal(S##_poll_next(&set, &b.r.cx, &got), BIDE_PENDING);                    \
            assert_int_equal(polls_of(&b), n);                                                     \
            for (int i = n - 1; i >= 0; i--) {                                                     \
                const int before = polls_of(&b);                                                   \
                spout_give(&b.p[i], 1, BIDE_PENDING);                                              \
                assert_int_equal(S##_poll_next(&set, &b.r.cx, &got), BIDE_READY);                  \
                assert_int_equal(polls_of(&b), before + 1);                                        \
                assert_int_equal(S##_poll_next(&set, &b.r.cx, &got), BIDE_PENDING);                \
                assert_int_equal(polls_of(&b), before + 2); /* whether there is more */            \
            }                                                                                      \
            spout_give(&b.p[0], 0, BIDE_DONE);                                                     \
            assert_int_equal(S##_poll_next(&set, &b.r.cx, &got), BIDE_PENDING);                    \
            assert_int_equal(S##_len(&set), n - 1);                                                \
            assert_int_equal(b.p[0].drops, 1);                                                     \
            S##_drop(&set);                                                                        \
            bench_close(&b, n);                                                                    \
        }                                                                                          \
    }
ONLY_WOKEN(only_the_woken_are_polled, Taps)
ONLY_WOKEN(only_the_woken_are_polled_here, TapsHere)

/* The next item: a poll may say BIDE_PENDING, and wake, when it comes to the end of those that were
 * woken before the last item. */
static void next_of(bench *b, Taps *set)
{
    const uint32_t wakes = bide_counting_waker_total(&b->r.waker);
    int32_t got;
    bide_poll r = Taps_poll_next(set, &b->r.cx, &got);
    if (r == BIDE_PENDING) {
        assert_int_equal(bide_counting_waker_total(&b->r.waker), wakes + 1);
        r = Taps_poll_next(set, &b->r.cx, &got);
    }
    assert_int_equal(r, BIDE_READY);
}

/* One that always has an item does not keep others from their turn. */
static void S05_fair_under_a_busy_stream(void **state)
{
    bench b;
    Taps set;
    (void)state;
    bench_open(&b);
    Taps_init(&set, b.r.cx.allocator);
    b.p[0].items = 1000;
    for (int i = 0; i < 4; i++)
        assert_int_equal(Taps_insert(&set, tap_of(&b.p[i])), BIDE_READY);
    for (int i = 0; i < 10; i++)
        next_of(&b, &set);
    for (int i = 1; i < 4; i++)
        spout_give(&b.p[i], 2, BIDE_PENDING);
    for (int i = 0; i < 8; i++)
        next_of(&b, &set);
    for (int i = 1; i < 4; i++)
        assert_int_equal(b.p[i].gave, 2);
    assert_int_equal(b.p[0].gave, 12);
    Taps_drop(&set);
    bench_close(&b, 4);
}

static void ends_and_failures(void **state)
{
    bench b;
    Taps set;
    int32_t got;
    (void)state;
    bench_open(&b);
    Taps_init(&set, b.r.cx.allocator);
    assert_int_equal(Taps_poll_next(&set, &b.r.cx, &got), BIDE_DONE);
    for (int i = 0; i < 3; i++) {
        b.p[i].end = i == 1 ? BIDE_EFOREIGN : BIDE_DONE;
        assert_int_equal(Taps_insert(&set, tap_of(&b.p[i])), BIDE_READY);
    }
    assert_int_equal(Taps_poll_next(&set, &b.r.cx, &got), BIDE_EFOREIGN);
    assert_int_equal(Taps_len(&set), 1);
    assert_int_equal(Taps_poll_next(&set, &b.r.cx, &got), BIDE_DONE);
    assert_int_equal(Taps_poll_next(&set, &b.r.cx, &got), BIDE_DONE);
    assert_int_equal(Taps_insert(&set, tap_of(&b.p[3])), BIDE_READY);
    assert_int_equal(Taps_poll_next(&set, &b.r.cx, &got), BIDE_PENDING);
    assert_true(Taps_size_hint(&set).most == SIZE_MAX);
    Taps_clear(&set);
    assert_int_equal(Taps_poll_next(&set, &b.r.cx, &got), BIDE_DONE);
    assert_int_equal(Taps_size_hint(&set).most, 0);
    Taps_drop(&set);
    bench_close(&b, 4);
}

/* ---- flatten_unordered ----------------------------------------------------------------------- */

#define LIMIT(test, F)                                                                             \
    static void test(void **state)                                                                 \
    {                                                                                              \
        bench b;                                                                                   \
        F flat;                                                                                    \
        int32_t got;                                                                               \
        int items = 0;                                                                             \
        (void)state;                                                                               \
        bench_open(&b);                                                                            \
        F##_init(&flat, rack_of(&b, PIPES, BIDE_DONE), b.r.cx.allocator);                          \
        assert_int_equal(b.r.counter.live, 0);                                                     \
        assert_int_equal(F##_poll_next(&flat, &b.r.cx, &got), BIDE_PENDING);                       \
        assert_int_equal(open_of(&b), MOST);                                                       \
        assert_int_equal(b.rack_polls, MOST);                                                      \
        for (int i = 0; i < PIPES; i++) { /* each gives one and ends; the next is opened then */   \
            const int before = polls_of(&b);                                                       \
            spout_give(&b.p[i], 1, BIDE_DONE);                                                     \
            assert_int_equal(F##_poll_next(&flat, &b.r.cx, &got), BIDE_READY);                     \
            assert_int_equal(polls_of(&b), before + 1);                                            \
            items++;                                                                               \
            assert_int_equal(F##_poll_next(&flat, &b.r.cx, &got),                                  \
                             i < PIPES - 1 ? BIDE_PENDING : BIDE_DONE);                            \
            assert_int_equal(polls_of(&b), before + 2 + (i + MOST < PIPES));                       \
            assert_int_equal(open_of(&b), i + MOST < PIPES ? MOST : PIPES - 1 - i);                \
        }                                                                                          \
        assert_int_equal(items, PIPES);                                                            \
        assert_int_equal(F##_size_hint(&flat).most, 0);                                            \
        assert_int_equal(F##_poll_next(&flat, &b.r.cx, &got), BIDE_DONE);                          \
        F##_drop(&flat);                                                                           \
        assert_int_equal(b.rack_drops, 1);                                                         \
        bench_close(&b, PIPES);                                                                    \
    }
LIMIT(S12_flatten_unordered_limit, Flat)
LIMIT(S12_flatten_unordered_limit_here, FlatHere)

/* One of them, or the source, fails: all are dropped at once, and it has ended. */
static void S12_flatten_unordered_failures(void **state)
{
    (void)state;
    for (int source = 0; source < 2; source++) {
        bench b;
        Flat flat;
        int32_t got;
        bench_open(&b);
        Flat_init(&flat, rack_of(&b, source ? 2 : PIPES, BIDE_EFOREIGN), b.r.cx.allocator);
        if (!source) {
            assert_int_equal(Flat_poll_next(&flat, &b.r.cx, &got), BIDE_PENDING);
            spout_give(&b.p[1], 0, BIDE_EFOREIGN);
        }
        assert_int_equal(Flat_poll_next(&flat, &b.r.cx, &got), BIDE_EFOREIGN);
        assert_int_equal(Flat_poll_next(&flat, &b.r.cx, &got), BIDE_DONE);
        assert_int_equal(open_of(&b), 0);
        Flat_drop(&flat);
        bench_close(&b, source ? 2 : MOST);
    }
}

/* The source waits while some are open, and gives more later; streams that end at once do not keep
 * the task for themselves. */
static void a_source_that_waits(void **state)
{
    bench b;
    Flat flat;
    int32_t got;
    (void)state;
    bench_open(&b);
    b.feed = b.p + 1;
    Flat_init(&flat, rack_of(&b, 4, BIDE_DONE), b.r.cx.allocator);
    assert_int_equal(Flat_poll_next(&flat, &b.r.cx, &got), BIDE_PENDING);
    assert_int_equal(open_of(&b), 1);
    spout_give(&b.p[0], 1, BIDE_DONE);
    assert_int_equal(Flat_poll_next(&flat, &b.r.cx, &got), BIDE_READY);
    assert_int_equal(Flat_poll_next(&flat, &b.r.cx, &got), BIDE_PENDING); /* none is open */
    b.feed = b.p + 4;
    for (int i = 1; i < 4; i++)
        b.p[i].end = BIDE_DONE;
    assert_int_equal(Flat_poll_next(&flat, &b.r.cx, &got), BIDE_DONE);
    Flat_drop(&flat);
    bench_close(&b, 4);
}

static void dropped_after_every_number_of_polls(void **state)
{
    (void)state;
    for (int polls = 0; polls < 12; polls++) {
        bench b;
        Flat flat;
        int32_t got;
        int opened = 0;
        bench_open(&b);
        Flat_init(&flat, rack_of(&b, PIPES, BIDE_DONE), b.r.cx.allocator);
        for (int i = 0; i < polls; i++) {
            (void)Flat_poll_next(&flat, &b.r.cx, &got);
            spout_give(&b.p[i % PIPES], i % 2, i % 3 ? BIDE_PENDING : BIDE_DONE);
        }
        for (int i = 0; i < PIPES; i++)
            opened += b.p[i].polls > 0;
        Flat_drop(&flat);
        bench_close(&b, opened);
    }
}

static void what_it_waits_for_is_told(void **state)
{
    bench b;
    Flat flat;
    int32_t got;
    struct Flat_next next;
    bool more;
    char text[400];
    bide_trace_buffer buffer = {text, sizeof text, 0};
    bide_trace_options o = bide_trace_into(&buffer);
    (void)state;
    bench_open(&b);
    Flat_init(&flat, rack_of(&b, PIPES, BIDE_DONE), b.r.cx.allocator);
    assert_int_equal(Flat_next_start(&next, &flat, &got, &b.r.cx, &more), BIDE_PENDING);
    bide_trace(&Flat_next_type, &next, &o);
    assert_non_null(strstr(text, "Tap"));
    Flat_next_drop(&next);
    Flat_drop(&flat);
    bench_close(&b, MOST);
}

/* Memory that is not there ends it; nothing is left behind. */
static bide_poll memory_fails(bide_allocator *allocator)
{
    bide_context cx = {.size = sizeof cx, .waker = bide_waker_noop(), .allocator = allocator};
    bench b;
    Flat flat;
    int32_t got;
    bide_poll r;
    int items = 0;
    memset(&b, 0, sizeof b);
    b.feed = b.p + PIPES;
    for (int i = 0; i < PIPES; i++) {
        b.p[i].items = 1;
        b.p[i].end = BIDE_DONE;
    }
    Flat_init(&flat, rack_of(&b, PIPES, BIDE_DONE), allocator);
    while ((r = Flat_poll_next(&flat, &cx, &got)) == BIDE_READY)
        items++;
    Flat_drop(&flat);
    if (r != BIDE_DONE)
        return r;
    assert_int_equal(items, PIPES);
    return BIDE_READY;
}
TEST_EVERY_FAILURE(every_failure, memory_fails)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_woken_are_polled),
        cmocka_unit_test(only_the_woken_are_polled_here),
        cmocka_unit_test(S05_fair_under_a_busy_stream),
        cmocka_unit_test(ends_and_failures),
        cmocka_unit_test(S12_flatten_unordered_limit),
        cmocka_unit_test(S12_flatten_unordered_limit_here),
        cmocka_unit_test(S12_flatten_unordered_failures),
        cmocka_unit_test(a_source_that_waits),
        cmocka_unit_test(dropped_after_every_number_of_polls),
        cmocka_unit_test(what_it_waits_for_is_told),
        cmocka_unit_test(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
