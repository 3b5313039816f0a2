/*
 * test_stream_collect.c: futures that end streams, and chunks: static and dyn, with and without a
 * pending between every poll, dropped after every number of polls, and without memory.
 */
#include "stream_support.h"
#include <bide/stream_collect.h>

BIDE_STREAM_IMPL(Numbers, Counter);

/* ---- closures ------------------------------------------------------------------------------ */

typedef const int32_t *number_ref;

typedef struct Sum {
    int32_t total, calls;
    bide_poll code;
} Sum;
BIDE_INLINE void Sum_drop(Sum *env)
{
    (void)env;
}
#define Sum_call_FRAME(ROW) ROW(PARAM, Sum *, env) ROW(PARAM, int32_t, x) ROW(CHILD, nap, nap)
BIDE_ASYNC(void, Sum_call)
{
    BIDE_BEGIN(Sum_call);
    f->env->calls++;
    BIDE_AWAIT(nap, nap, (1));
    if (f->x == 3 && f->env->code < 0)
        BIDE_FAIL(f->env->code);
    f->env->total += f->x;
    BIDE_END;
}

typedef struct Digits {
    int unused;
} Digits;
static inline int64_t Digits_run(Digits *env, int64_t so_far, int32_t x)
{
    (void)env;
    return so_far * 10 + x;
}
BIDE_INLINE void Digits_drop(Digits *env)
{
    (void)env;
}
#define Digits_IS_SEND 1
BIDE_CLOSURE_SYNC(Digits, int64_t, (int64_t, so_far), (int32_t, x));

typedef struct Under {
    int32_t limit;
    int asked;
} Under;
#define Under_call_FRAME(ROW)                                                                      \
    ROW(PARAM, Under *, env) ROW(PARAM, number_ref, x) ROW(CHILD, nap, nap)
BIDE_ASYNC(bool, Under_call)
{
    BIDE_BEGIN(Under_call);
    f->env->asked++;
    BIDE_AWAIT(nap, nap, (1));
    BIDE_RETURN(*f->x < f->env->limit);
    BIDE_END;
}

/* The same by hand, and movable: the item that it borrows lies in the future that calls. */
typedef struct Below {
    int32_t limit;
} Below;
#define Below_call_FRAME(ROW)                                                                      \
    ROW(TRAITS, BIDE_UNPIN)                                                                        \
    ROW(PARAM, Below *, env) ROW(PARAM, number_ref, x) ROW(LOCAL, bool, asked)
BIDE_FUTURE(bool, Below_call)
static inline bide_poll Below_call_poll(struct Below_call *f, bide_context *cx, bool *out)
{
    if (!f->asked) {
        f->asked = true;
        bide_waker_wake_by_ref(cx->waker);
        return BIDE_PENDING;
    }
    *out = *f->x < f->env->limit;
    return BIDE_READY;
}
static inline void Below_call_drop(struct Below_call *f)
{
    (void)f;
}
BIDE_INLINE void Below_drop(Below *env)
{
    (void)env;
}
BIDE_STREAM_ALL(all_below, Counter, Below);
BIDE_STREAM_ANY(any_below, Counter, Below);

/* ---- over S -------------------------------------------------------------------------------- */

#define ENDS(X, S)                                                                                 \
    BIDE_STREAM_FOR_EACH(X##_sum, S, Sum);                                                         \
    BIDE_STREAM_FOLD(X##_digits, S, Digits);                                                       \
    BIDE_STREAM_ALL(X##_all, S, Under);                                                            \
    BIDE_STREAM_ANY(X##_any, S, Under);                                                            \
    BIDE_STREAM_COUNT(X##_count, S);                                                               \
    BIDE_STREAM_COLLECT(X##_collect, S);                                                           \
    BIDE_STREAM_CHUNKS(X##Chunks, S, 3);                                                           \
    BIDE_STREAM_READY_CHUNKS(X##Ready, S, 4)
ENDS(C, Counter);
ENDS(D, Numbers);

static void run_to_their_ends(void **state)
{
    for (int pends = 0; pends < 2; pends++) {
        rig r;
        Counter c, k;
        Numbers n;
        Sum sum = {0, 0, 0};
        Digits digits = {0};
        Under under = {3, 0};
        int64_t value = 0;
        size_t count = 0;
        bool is = false;
        (void)state;
        rig_open(&r);
#define AGAIN(from, to)                                                                            \
    c = counter_of(from, to, pends, NULL);                                                         \
    k = c;                                                                                         \
    n = Counter_as_Numbers(&k, NULL)
        AGAIN(0, 5);
        RUN(C_sum, &r.cx, NULL, (&c, &sum));
        assert_int_equal(sum.total, 10);
        RUN(D_sum, &r.cx, NULL, (&n, &sum));
        assert_int_equal(sum.total, 20);
        AGAIN(1, 6);
        RUN(C_digits, &r.cx, &value, (&c, &digits, 7));
        assert_int_equal(value, 712345);
        RUN(D_digits, &r.cx, &value, (&n, &digits, 8));
        assert_int_equal(value, 812345);
        AGAIN(0, 7);
        RUN(C_count, &r.cx, &count, (&c));
        assert_int_equal(count, 7);
        RUN(D_count, &r.cx, &count, (&n));
        assert_int_equal(count, 7);
        AGAIN(0, 0);
        RUN(C_all, &r.cx, &is, (&c, &under));
        assert_true(is);
        RUN(C_any, &r.cx, &is, (&c, &under));
        assert_false(is);
        assert_int_equal(under.asked, 0);
        assert_int_equal(r.counter.allocs, 0);
        rig_close(&r);
    }
}

/* What a call borrows of its caller's frame stays where it is when the caller is boxed. */
static void all_any_in_boxes(void **state)
{
    rig r;
    Counter c = counter_of(0, 5, false, NULL);
    Below below = {3};
    bide_box box;
    bool is = true;
    bide_poll p;
    (void)state;
    rig_open(&r);
    p = all_below_start_box(&box, &c, &below, r.cx.allocator, &r.cx, &is);
    while (p == BIDE_PENDING)
        p = bide_box_poll(&box, &r.cx, &is);
    assert_int_equal(p, BIDE_READY);
    assert_false(is);
    assert_int_equal(c.at, 4); /* 3 decided */
    below.limit = 5;
    is = false;
    p = any_below_start_box(&box, &c, &below, r.cx.allocator, &r.cx, &is);
    while (p == BIDE_PENDING)
        p = bide_box_poll(&box, &r.cx, &is);
    assert_int_equal(p, BIDE_READY);
    assert_true(is);
    rig_close(&r);
}

static void S14_all_any_short_circuit(void **state)
{
    for (int pends = 0; pends < 2; pends++) {
        rig r;
        Counter c = counter_of(0, 10, pends, NULL), k = counter_of(0, 10, pends, NULL);
        Numbers n = Counter_as_Numbers(&k, NULL);
        Under under = {3, 0}, two = {2, 0}, many = {100, 0}, none = {-1, 0};
        bool is = true;
        (void)state;
        rig_open(&r);
        RUN(C_all, &r.cx, &is, (&c, &under));
        assert_false(is);
        assert_int_equal(under.asked, 4); /* 3 decided */
        assert_int_equal(c.at, 4);        /* and the rest is still there */
        RUN(C_all, &r.cx, &is, (&c, &many));
        assert_true(is);
        assert_int_equal(many.asked, 6);
        RUN(D_any, &r.cx, &is, (&n, &two));
        assert_true(is);
        assert_int_equal(two.asked, 1);
        RUN(D_any, &r.cx, &is, (&n, &none));
        assert_false(is);
        assert_int_equal(none.asked, 9);
        rig_close(&r);
    }
}

static void dropped_they_leave_the_rest(void **state)
{
    for (int polls = 0; polls < 12; polls++) {
        rig r;
        Counter c = counter_of(0, 5, true, NULL);
        Sum sum = {0, 0, 0};
        struct C_sum f;
        size_t count = 0;
        bide_poll p = BIDE_PENDING;
        (void)state;
        rig_open(&r);
        C_sum_init(&f, &c, &sum);
        for (int i = 0; i < polls && p == BIDE_PENDING; i++)
            p = C_sum_poll(&f, &r.cx, NULL);
        C_sum_drop(&f);
        RUN(C_count, &r.cx, &count, (&c));
        assert_int_equal((int)count + sum.calls, 5); /* one may have been in a call */
        rig_close(&r);
    }
}

static void a_failure_ends_them(void **state)
{
    rig r;
    Counter c = counter_of(0, 5, false, NULL);
    Sum sum = {0, 0, BIDE_EBUSY};
    struct C_sum f;
    struct C_count g;
    size_t count = 0;
    bide_poll p;
    (void)state;
    rig_open(&r);
    p = C_sum_start(&f, &c, &sum, &r.cx, NULL);
    while (p == BIDE_PENDING)
        p = C_sum_poll(&f, &r.cx, NULL);
    assert_int_equal(p, BIDE_EBUSY);
    assert_int_equal(sum.total, 3);
    assert_int_equal(c.at, 4);
    c.code = BIDE_ECANCELED;
    assert_int_equal(C_count_start(&g, &c, &r.cx, &count), BIDE_ECANCELED);
    rig_close(&r);
}

/* ---- collect ------------------------------------------------------------------------------- */

static void collect(void **state)
{
    for (int pends = 0; pends < 2; pends++) {
        rig r;
        Counter c = counter_of(0, 100, pends, NULL);
        Numbers n = Counter_as_Numbers(&c, NULL);
        D_collect_list list;
        size_t count = 0;
        (void)state;
        rig_open(&r);
        D_collect_list_init(&list, r.cx.allocator);
        RUN(D_collect, &r.cx, &count, (&n, &list));
        assert_int_equal(count, 100);
        for (int32_t i = 0; i < 100; i++)
            assert_int_equal(list.items[i], i);
        assert_int_equal(r.counter.allocs, 1); /* the hint was right, and the end takes no room */
        c = counter_of(100, 1000, pends, NULL);
        RUN(D_collect, &r.cx, &count, (&n, &list));
        assert_int_equal(count, 1000);
        assert_int_equal(list.items[999], 999);
        D_collect_list_drop(&list);
        rig_close(&r);
    }
}

/* Every allocation fails once: what came is in the list, the rest in the stream. */
BIDE_STREAM_COLLECT(collect_blocks, Blocks);
BIDE_STREAM_CHUNKS(BlockChunks, Blocks, 2);
static bide_poll collect_through(bide_allocator *a)
{
    bide_context cx = scenario_context(a);
    int drops = 0;
    Blocks b = blocks_of(a, 0, 9, true, &drops);
    collect_blocks_list list;
    struct collect_blocks f;
    BlockChunks chunks;
    BlockChunks_item piece;
    size_t count = 0;
    bide_poll p, q;
    collect_blocks_list_init(&list, a);
    p = collect_blocks_start(&f, &b, &list, &cx, &count);
    while (p == BIDE_PENDING)
        p = collect_blocks_poll(&f, &cx, &count);
    for (size_t i = 0; i < list.count && p == BIDE_READY; i++)
        assert_int_equal(*list.items[i].value, i);
    assert_int_equal(p == BIDE_READY, list.count == 9);
    collect_blocks_list_drop(&list);
    Blocks_drop(&b);
    BlockChunks_init(&chunks, blocks_of(a, 0, 5, true, &drops));
    do {
        NEXT(q, BlockChunks, &chunks, &cx, &piece);
        if (q == BIDE_READY)
            BlockChunks_item_drop(&piece);
    } while (q == BIDE_READY);
    assert_int_equal(BlockChunks_poll_next(&chunks, &cx, &piece), BIDE_DONE);
    BlockChunks_drop(&chunks);
    BlockChunks_init(&chunks, blocks_of(a, 0, 5, false, &drops));
    chunks.of.counter.pends = true;
    (void)BlockChunks_poll_next(&chunks, &cx, &piece);
    (void)BlockChunks_poll_next(&chunks, &cx, &piece); /* holds one */
    BlockChunks_drop(&chunks);
    assert_int_equal(drops, 3);
    return p < 0 ? p : q < 0 ? q : BIDE_READY;
}

static bide_poll list_through(bide_allocator *a)
{
    bide_context cx = scenario_context(a);
    Counter c = counter_of(0, 50, true, NULL);
    C_collect_list list;
    struct C_collect f;
    size_t count = 0;
    bide_poll p;
    C_collect_list_init(&list, a);
    p = C_collect_start(&f, &c, &list, &cx, &count);
    while (p == BIDE_PENDING)
        p = C_collect_poll(&f, &cx, &count);
    assert_int_equal(list.count, c.at); /* nothing is lost */
    C_collect_list_drop(&list);
    return p;
}
TEST_EVERY_FAILURE(collect_when_memory_is_out, collect_through)
TEST_EVERY_FAILURE(a_list_when_memory_is_out, list_through)

/* ---- pieces -------------------------------------------------------------------------------- */

static void chunks(void **state)
{
    for (int pends = 0; pends < 2; pends++) {
        rig r;
        int drops = 0;
        CChunks s;
        CChunks_item item;
        bide_poll p;
        (void)state;
        rig_open(&r);
        CChunks_init(&s, counter_of(0, 8, pends, &drops));
        for (int i = 0; i < 3; i++) {
            assert_int_equal(CChunks_size_hint(&s).least, 3 - i);
            assert_int_equal(CChunks_size_hint(&s).most, 3 - i);
            NEXT(p, CChunks, &s, &r.cx, &item);
            assert_int_equal(p, BIDE_READY);
            assert_int_equal(item.count, i < 2 ? 3 : 2);
            for (size_t k = 0; k < item.count; k++)
                assert_int_equal(item.items[k], 3 * i + (int)k);
        }
        NEXT(p, CChunks, &s, &r.cx, &item);
        assert_int_equal(p, BIDE_DONE);
        CChunks_drop(&s);
        assert_int_equal(drops, 1);
        rig_close(&r);
    }
}

static void S09_ready_chunks_do_not_wait(void **state)
{
    rig r;
    DReady s;
    DReady_item item;
    Counter c = counter_of(0, 6, false, NULL);
    (void)state;
    rig_open(&r);
    DReady_init(&s, Counter_as_Numbers(&c, NULL));
    assert_int_equal(DReady_poll_next(&s, &r.cx, &item), BIDE_READY);
    assert_int_equal(item.count, 4);
    c.pends = true;
    assert_int_equal(DReady_poll_next(&s, &r.cx, &item), BIDE_PENDING); /* there is none yet */
    assert_int_equal(DReady_poll_next(&s, &r.cx, &item), BIDE_READY);
    assert_int_equal(item.count, 1); /* the second one waits */
    assert_int_equal(item.items[0], 4);
    assert_int_equal(DReady_poll_next(&s, &r.cx, &item), BIDE_READY);
    assert_int_equal(item.items[0], 5);
    DReady_drop(&s);
    rig_close(&r);
}

static void a_failure_comes_behind_what_came_before(void **state)
{
    rig r;
    Counter c = counter_of(0, 4, true, NULL);
    CChunks s;
    CChunks_item item;
    bide_poll p;
    (void)state;
    rig_open(&r);
    c.code = BIDE_EBUSY;
    CChunks_init(&s, c);
    NEXT(p, CChunks, &s, &r.cx, &item);
    assert_int_equal(item.count, 3);
    NEXT(p, CChunks, &s, &r.cx, &item);
    assert_int_equal(p, BIDE_READY);
    assert_int_equal(item.count, 1);
    NEXT(p, CChunks, &s, &r.cx, &item);
    assert_int_equal(p, BIDE_EBUSY);
    NEXT(p, CChunks, &s, &r.cx, &item);
    assert_int_equal(p, BIDE_DONE);
    CChunks_drop(&s);
    rig_close(&r);
}

static void the_await_tree_and_traits(void **state)
{
    rig r;
    char text[256];
    Counter c = counter_of(0, 4, true, NULL);
    Sum sum = {0, 0, 0};
    struct C_sum f;
    (void)state;
    rig_open(&r);
    assert_int_equal(C_sum_start(&f, &c, &sum, &r.cx, NULL), BIDE_PENDING);
    assert_string_equal(traced(&C_sum_type, &f, text, sizeof text), "C_sum: an item of Counter\n");
    assert_int_equal(C_sum_poll(&f, &r.cx, NULL), BIDE_PENDING);
    traced(&C_sum_type, &f, text, sizeof text);
    assert_non_null(strstr(text, "C_sum\n  Sum_call at "));
    C_sum_drop(&f);
    assert_int_equal((int)C_digits_flags & (int)BIDE_SEND, BIDE_SEND);
    assert_int_equal((int)C_sum_flags & (int)BIDE_SEND, 0);
    assert_int_equal((int)D_count_flags & (int)BIDE_SEND, 0);
    rig_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_to_their_ends),
        cmocka_unit_test(all_any_in_boxes),
        cmocka_unit_test(S14_all_any_short_circuit),
        cmocka_unit_test(dropped_they_leave_the_rest),
        cmocka_unit_test(a_failure_ends_them),
        cmocka_unit_test(collect),
        cmocka_unit_test(collect_when_memory_is_out),
        cmocka_unit_test(a_list_when_memory_is_out),
        cmocka_unit_test(chunks),
        cmocka_unit_test(S09_ready_chunks_do_not_wait),
        cmocka_unit_test(a_failure_comes_behind_what_came_before),
        cmocka_unit_test(the_await_tree_and_traits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
