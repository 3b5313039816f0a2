/*
 * test_stream.c: streams by hand, behind an interface, in boxes, lent, from async functions and
 * from generators; what their futures promise; what is refused.
 */
#include "stream_support.h"

BIDE_STREAM_IMPL(Numbers, Counter);
BIDE_STREAM_BOX(Numbers, Counter);
BIDE_STREAM_REF(CounterRef, Counter);

/* ---- the types under test ------------------------------------------------------------------ */

/* A stream type that writes nothing but what it must. */
typedef struct Least {
    int left;
} Least;
static inline bide_poll Least_poll_next(Least *s, bide_context *cx, int32_t *item)
{
    if (s->left < 0) {
        bide_waker_wake_by_ref(cx->waker);
        return BIDE_PENDING;
    }
    if (s->left == 0)
        return BIDE_DONE;
    *item = s->left--;
    return BIDE_READY;
}
BIDE_INLINE void Least_drop(Least *s)
{
    s->left = 0;
}
BIDE_STREAM_TYPE(Least, int32_t);

/* An object with an async `next`, which waits before and behind taking the number. */
typedef struct Slow {
    int32_t at, end;
    bide_poll code;
    int live;
} Slow;
static inline void slow_left(Slow *s)
{
    s->live--;
}
static inline Slow *slow_entered(Slow *s)
{
    s->live++;
    return s;
}
#define Slow_next_FRAME(ROW)                                                                       \
    ROW(COUNTED, Slow *, self, slow_entered, slow_left)                                            \
    ROW(PARAM, int32_t *, item) ROW(CHILD, nap, before) ROW(CHILD, nap, behind)
BIDE_ASYNC(bool, Slow_next)
{
    BIDE_BEGIN(Slow_next);
    BIDE_AWAIT(nap, before, (1));
    *f->item = f->self->at++;
    BIDE_AWAIT(nap, behind, (1));
    if (*f->item >= f->self->end && f->self->code < 0)
        BIDE_FAIL(f->self->code);
    BIDE_RETURN(*f->item < f->self->end);
    BIDE_END;
}
BIDE_STREAM_BY_NEXT(SlowStream, Slow, int32_t);
BIDE_STREAM_IMPL_DECLARE(Numbers, SlowStream);
BIDE_STREAM_IMPL(Numbers, SlowStream);
BIDE_STREAM_BOX(Numbers, SlowStream);

/* The same object behind an interface of its own, so that `next` is a dyn call. */
#define Source_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC_MUT, bool, next, (int32_t *, item))
BIDE_INTERFACE(Source);
BIDE_IMPL_DECLARE(Source, Slow);
BIDE_IMPL(Source, Slow);
BIDE_STREAM_BY_NEXT(SourceStream, Source, int32_t);

/* What bidec makes of `async_gen int32_t down(int32_t from)`, by hand: a frame with poll_next. */
#define down_FRAME(ROW)                                                                            \
    ROW(TRAITS, BIDE_SEND | BIDE_UNPIN) ROW(PARAM, int32_t, from) ROW(LOCAL, bool, waited)
BIDE_FUTURE(void, down)
bide_poll down_poll(struct down *f, bide_context *cx, void *out)
{
    (void)f, (void)cx, (void)out;
    return BIDE_EMISUSE;
}
void down_drop(struct down *f)
{
    f->from = 0;
}
static inline bide_poll down_poll_next(struct down *f, bide_context *cx, int32_t *item)
{
    f->waited = !f->waited;
    if (f->waited) {
        bide_waker_wake_by_ref(cx->waker);
        return BIDE_PENDING;
    }
    if (f->from <= 0)
        return BIDE_DONE;
    *item = f->from--;
    return BIDE_READY;
}
BIDE_STREAM_BY_GENERATOR(Down, down, int32_t);
BIDE_STREAM_BOX(Numbers, Down);

#define Blocked_HAS_item_drop 1
static inline void Blocked_item_drop(owned *o)
{
    owned_release(o);
}
BIDE_STREAM(Blocked, owned);
BIDE_STREAM_BOX(Blocked, Blocks);

/* Sums what comes; one body for static types and handles. */
#define SUM(F, S)                                                                                  \
    BIDE_ASYNC(int32_t, F)                                                                         \
    {                                                                                              \
        BIDE_BEGIN(F);                                                                             \
        for (;;) {                                                                                 \
            BIDE_AWAIT_TO(f->more, S##_next, step, (f->s, &f->i));                                 \
            if (!f->more)                                                                          \
                break;                                                                             \
            f->sum += f->i;                                                                        \
        }                                                                                          \
        BIDE_RETURN(f->sum);                                                                       \
        BIDE_END;                                                                                  \
    }
#define SUM_ROWS(ROW, S)                                                                           \
    ROW(PARAM, S *, s)                                                                             \
    ROW(LOCAL, int32_t, i)                                                                         \
    ROW(LOCAL, int32_t, sum) ROW(LOCAL, bool, more) ROW(CHILD, S##_next, step)
#define sum_counter_FRAME(ROW) SUM_ROWS(ROW, Counter)
#define sum_numbers_FRAME(ROW) SUM_ROWS(ROW, Numbers)
#define sum_slow_FRAME(ROW) SUM_ROWS(ROW, SlowStream)
#define sum_source_FRAME(ROW) SUM_ROWS(ROW, SourceStream)
SUM(sum_counter, Counter)
SUM(sum_numbers, Numbers)
SUM(sum_slow, SlowStream)
SUM(sum_source, SourceStream)

/* ---- by hand ------------------------------------------------------------------------------- */

static void by_hand(void **state)
{
    for (int pends = 0; pends < 2; pends++) {
        rig r;
        int drops = 0;
        int32_t sum = 0;
        char text[64];
        Counter c = counter_of(0, 5, pends, &drops);
        (void)state;
        rig_open(&r);
        assert_int_equal(Counter_size_hint(&c).least, 5);
        assert_int_equal(Counter_size_hint(&c).most, 5);
        RUN(sum_counter, &r.cx, &sum, (&c));
        assert_int_equal(sum, 10);
        assert_int_equal(r.waker.wakes_by_ref, pends ? 6 : 0);
        assert_int_equal(Counter_size_hint(&c).most, 0);
        TEXT(text, Counter, &c, &r.cx);
        assert_string_equal(text, ".");
        Counter_drop(&c);
        assert_int_equal(drops, 1);
        assert_int_equal(r.counter.allocs, 0);
        rig_close(&r);
    }
}

static void what_it_does_not_write(void **state)
{
    rig r;
    Least s = {2};
    struct Least_next f;
    char text[256];
    int32_t item = 7;
    bool more = false;
    (void)state;
    rig_open(&r);
    assert_int_equal(Least_size_hint(&s).least, 0);
    assert_int_equal(Least_size_hint(&s).most, SIZE_MAX);
    Least_item_drop(&item);
    assert_int_equal(item, 7);
    s.left = -1;
    assert_int_equal(Least_next_start(&f, &s, &item, &r.cx, &more), BIDE_PENDING);
    assert_string_equal(traced(&Least_next_type, &f, text, sizeof text),
                        "Least_next: an item of Least\n");
    Least_next_drop(&f);
    rig_close(&r);
}

static void next_ends_once(void **state)
{
    rig r;
    Counter c = counter_of(0, 1, false, NULL);
    struct Counter_next f;
    int32_t item = -1;
    bool more = false;
    TEST_BREAKS("?after");
    (void)state;
    rig_open(&r);
    Counter_next_init(&f, &c, &item);
    assert_int_equal(Counter_next_poll(&f, &r.cx, &more), BIDE_READY);
    assert_true(more);
    assert_int_equal(item, 0);
    assert_int_equal(Counter_next_poll(&f, &r.cx, &more), BIDE_EMISUSE);
    assert_int_equal(Counter_next_start(&f, &c, &item, &r.cx, &more), BIDE_READY);
    assert_false(more);
    c.code = BIDE_EBUSY;
    assert_int_equal(Counter_next_start(&f, &c, &item, &r.cx, &more), BIDE_EBUSY);
    rig_close(&r);
}

static void S02_poll_after_the_end_is_the_end_again(void **state)
{
    rig r;
    Slow slow = {0, 1, 0, 0};
    SlowStream s;
    struct down d;
    int32_t item;
    bide_poll p;
    (void)state;
    rig_open(&r);
    SlowStream_init(&s, &slow);
    down_init(&d, 1);
    for (int i = 0; i < 4; i++) {
        NEXT(p, SlowStream, &s, &r.cx, &item);
        assert_int_equal(p, i ? BIDE_DONE : BIDE_READY);
        NEXT(p, Down, &d, &r.cx, &item);
        assert_int_equal(p, i ? BIDE_DONE : BIDE_READY);
    }
    assert_int_equal(slow.at, 2); /* the object's own next was called twice, and not again */
    rig_close(&r);
}

/* ---- through the interface ----------------------------------------------------------------- */

static int indirect[4];
static const struct Numbers_vtable *behind;
static bide_poll counted_poll_next(void *self, bide_context *cx, int32_t *item)
{
    indirect[0]++;
    return behind->poll_next(self, cx, item);
}
static bide_size_hint counted_size_hint(void *self)
{
    indirect[1]++;
    return behind->size_hint(self);
}
static void counted_trace(void *self, bide_tracer *tracer)
{
    indirect[2]++;
    behind->trace(self, tracer);
}
static void counted_destroy(void *self)
{
    (void)self;
    indirect[3]++;
}

static void S49_poll_next_dyn_one_indirect_call_per_item(void **state)
{
    rig r;
    Counter c = counter_of(0, 100, false, NULL);
    Numbers n = Counter_as_Numbers(&c, NULL);
    struct Numbers_vtable counted = *n.vtable;
    int32_t sum = 0;
    (void)state;
    rig_open(&r);
    behind = n.vtable;
    memset(indirect, 0, sizeof indirect);
    counted.poll_next = counted_poll_next;
    counted.size_hint = counted_size_hint;
    counted.trace = counted_trace;
    counted.header.destroy = counted_destroy;
    n.vtable = &counted;
    RUN(sum_numbers, &r.cx, &sum, (&n));
    assert_int_equal(sum, 4950);
    assert_int_equal(indirect[0], 101); /* a hundred items and the end */
    assert_int_equal(indirect[1] + indirect[2] + indirect[3], 0);
    assert_int_equal(c.polls, 101);
    assert_int_equal(r.counter.allocs, 0);
    assert_int_equal(Numbers_size_hint(&n).most, 0);
    assert_int_equal(indirect[1], 1);
    Numbers_drop(&n);
    assert_int_equal(indirect[3], 1);
    assert_null(n.vtable);
    rig_close(&r);
}

static void a_handle_does_not_own(void **state)
{
    rig r;
    int drops = 0;
    int32_t sum = 0;
    Counter c = counter_of(1, 4, true, &drops);
    Numbers n = Counter_as_Numbers(&c, NULL);
    (void)state;
    rig_open(&r);
    RUN(sum_numbers, &r.cx, &sum, (&n));
    assert_int_equal(sum, 6);
    Numbers_drop(&n);
    assert_int_equal(drops, 0);
    rig_close(&r);
}

/* ---- boxes --------------------------------------------------------------------------------- */

static void a_box_owns(void **state)
{
    for (int pends = 0; pends < 2; pends++) {
        rig r;
        int drops = 0;
        int32_t sum = 0;
        Counter c = counter_of(1, 4, pends, &drops);
        Numbers n;
        (void)state;
        rig_open(&r);
        assert_int_equal(Counter_box_as_Numbers(&c, r.cx.allocator, &n), BIDE_READY);
        memset(&c, 0xff, sizeof c); /* moved out of */
        assert_int_equal(Numbers_size_hint(&n).most, 3);
        RUN(sum_numbers, &r.cx, &sum, (&n));
        assert_int_equal(sum, 6);
        assert_int_equal(r.counter.allocs, 1);
        assert_int_equal(drops, 0);
        Numbers_drop(&n);
        assert_int_equal(drops, 1);
        rig_close(&r);
    }
}

/* Boxes of each kind; items that own memory; every allocation fails once. */
static bide_poll boxes_through(bide_allocator *a)
{
    bide_context cx = scenario_context(a);
    int drops = 0;
    Counter c = counter_of(0, 3, true, &drops);
    Blocks b = blocks_of(a, 0, 3, true, &drops);
    Slow slow = {0, 3, 0, 0};
    SlowStream s;
    Numbers n;
    Blocked blocked;
    bide_poll p = Counter_box_as_Numbers(&c, a, &n), q;
    int32_t item;
    owned o;
    if (p < 0) {
        assert_null(n.self);
        assert_int_equal(drops, 1);
        Blocks_drop(&b);
        return p;
    }
    NEXT(p, Numbers, &n, &cx, &item);
    Numbers_drop(&n);
    SlowStream_init(&s, &slow);
    q = SlowStream_box_as_Numbers(&s, a, &n);
    if (q == BIDE_READY) {
        assert_int_equal(Numbers_poll_next(&n, &cx, &item), BIDE_PENDING);
        assert_int_equal(slow.live, 1);
        Numbers_drop(&n);
    }
    assert_int_equal(slow.live, 0);
    p = Blocks_box_as_Blocked(&b, a, &blocked);
    if (p == BIDE_READY) {
        do {
            NEXT(p, Blocked, &blocked, &cx, &o);
            if (p == BIDE_READY)
                Blocked_item_drop(&o);
        } while (p == BIDE_READY);
        Blocked_drop(&blocked);
    }
    assert_int_equal(drops, 2);
    return p == BIDE_DONE && q == BIDE_READY ? BIDE_READY : q < 0 ? q : p;
}
TEST_EVERY_FAILURE(boxes_when_memory_is_out, boxes_through)

/* ---- lent ---------------------------------------------------------------------------------- */

static void a_ref_leaves_the_rest(void **state)
{
    rig r;
    int drops = 0;
    int32_t item = 0;
    char text[64];
    Counter c = counter_of(0, 4, true, &drops);
    CounterRef ref;
    bide_poll p;
    (void)state;
    rig_open(&r);
    CounterRef_init(&ref, &c);
    assert_int_equal(CounterRef_size_hint(&ref).most, 4);
    NEXT(p, CounterRef, &ref, &r.cx, &item);
    assert_int_equal(p, BIDE_READY);
    CounterRef_drop(&ref);
    assert_int_equal(drops, 0);
    TEXT(text, Counter, &c, &r.cx);
    assert_string_equal(text, "1 2 3 .");
    rig_close(&r);
}

/* ---- from async functions ------------------------------------------------------------------ */

static void by_next_static_and_dyn(void **state)
{
    rig r;
    int32_t sum = 0;
    Slow slow = {0, 5, 0, 0};
    SlowStream s;
    SourceStream d;
    Numbers n;
    Source h;
    (void)state;
    rig_open(&r);
    SlowStream_init(&s, &slow);
    RUN(sum_slow, &r.cx, &sum, (&s));
    assert_int_equal(sum, 10);
    assert_int_equal(SlowStream_size_hint(&s).most, 0);
    slow.at = 0;
    SlowStream_init(&s, &slow);
    n = SlowStream_as_Numbers(&s, NULL);
    RUN(sum_numbers, &r.cx, &sum, (&n));
    assert_int_equal(sum, 10);
    assert_int_equal(r.counter.allocs, 0); /* static, and static behind the stream's handle */
    slow.at = 0;
    h = Slow_as_Source(&slow, r.cx.allocator);
    SourceStream_init(&d, &h);
    RUN(sum_source, &r.cx, &sum, (&d));
    assert_int_equal(sum, 10);
    assert_int_equal(r.counter.allocs, 6); /* a frame for each dyn call that waits */
    assert_int_equal(slow.live, 0);
    rig_close(&r);
}

/* Every future of an item is given up after each number of polls: all items come, in order. */
static void a_cancelled_next_loses_no_item(void **state)
{
    for (int polls = 1; polls < 4; polls++) {
        rig r;
        Slow slow = {0, 6, 0, 0};
        SlowStream s;
        struct SlowStream_next f;
        int32_t item = -1, expected = 0;
        bool more = true;
        (void)state;
        rig_open(&r);
        SlowStream_init(&s, &slow);
        while (more) {
            bide_poll p = SlowStream_next_start(&f, &s, &item, &r.cx, &more);
            for (int i = 1; p == BIDE_PENDING && i < polls; i++)
                p = SlowStream_next_poll(&f, &r.cx, &more);
            if (p == BIDE_PENDING)
                SlowStream_next_drop(&f);
            else if (more)
                assert_int_equal(item, expected++);
        }
        assert_int_equal(expected, 6);
        assert_int_equal(slow.live, 0);
        rig_close(&r);
    }
}

static void by_next_dropped_at_every_point(void **state)
{
    for (int polls = 0; polls < 20; polls++) {
        rig r;
        Slow slow = {0, 6, BIDE_EBUSY, 0};
        SlowStream s;
        int32_t item;
        bide_poll p = BIDE_READY;
        (void)state;
        rig_open(&r);
        SlowStream_init(&s, &slow);
        for (int i = 0; i < polls && p >= 0; i++)
            p = SlowStream_poll_next(&s, &r.cx, &item);
        SlowStream_drop(&s);
        assert_int_equal(slow.live, 0);
        assert_int_equal(SlowStream_poll_next(&s, &r.cx, &item), BIDE_DONE);
        rig_close(&r);
    }
}

static void a_failure_code_ends_it(void **state)
{
    rig r;
    char text[64];
    int32_t item;
    Slow slow = {0, 2, BIDE_EBUSY, 0};
    SlowStream s;
    (void)state;
    rig_open(&r);
    SlowStream_init(&s, &slow);
    TEXT(text, SlowStream, &s, &r.cx);
    assert_string_equal(text, "0 1 !-6");
    assert_int_equal(SlowStream_poll_next(&s, &r.cx, &item), BIDE_DONE);
    rig_close(&r);
}

static void the_await_tree_goes_through(void **state)
{
    rig r;
    char text[512];
    const char *at;
    int32_t sum = 0;
    Slow slow = {0, 2, 0, 0};
    SlowStream s;
    Numbers n;
    struct sum_numbers f;
    (void)state;
    rig_open(&r);
    SlowStream_init(&s, &slow);
    n = SlowStream_as_Numbers(&s, NULL);
    assert_int_equal(sum_numbers_start(&f, &n, &r.cx, &sum), BIDE_PENDING);
    traced(&sum_numbers_type, &f, text, sizeof text);
    at = strstr(text, "sum_numbers at ");
    assert_non_null(at);
    at = strstr(at, "\n  Numbers_next\n");
    assert_non_null(at);
    at = strstr(at, "    Slow_next at ");
    assert_non_null(at);
    assert_non_null(strstr(at, "\n      nap\n"));
    sum_numbers_drop(&f);
    SlowStream_drop(&s);
    rig_close(&r);
}

/* ---- from generators ----------------------------------------------------------------------- */

static void by_generator(void **state)
{
    rig r;
    Down d;
    Numbers n;
    char text[64];
    int32_t sum = 0;
    (void)state;
    rig_open(&r);
    down_init(&d, 3);
    assert_int_equal(Down_size_hint(&d).most, SIZE_MAX);
    TEXT(text, Down, &d, &r.cx);
    assert_string_equal(text, "3 2 1 .");
    Down_drop(&d);
    down_init(&d, 4);
    assert_int_equal(Down_box_as_Numbers(&d, r.cx.allocator, &n), BIDE_READY);
    RUN(sum_numbers, &r.cx, &sum, (&n));
    assert_int_equal(sum, 10);
    Numbers_drop(&n);
    rig_close(&r);
}

/* ---- what is promised, what is refused ----------------------------------------------------- */

static void traits(void **state)
{
    (void)state;
    assert_int_equal((int)Counter_next_flags & (int)BIDE_SEND, BIDE_SEND);
    assert_int_equal((int)CounterRef_next_flags & (int)BIDE_SEND, BIDE_SEND);
    assert_int_equal((int)Down_next_flags & (int)BIDE_SEND, BIDE_SEND);
    assert_int_equal((int)Least_next_flags & (int)BIDE_SEND, 0);
    assert_int_equal((int)Numbers_next_flags & (int)BIDE_SEND, 0);
    assert_int_equal((int)SlowStream_next_flags & (int)BIDE_SEND, 0);
    assert_int_equal((int)Least_next_flags & (int)BIDE_UNPIN, BIDE_UNPIN);
}

/* The same name with other items, as another version of a header says. */
BIDE_STREAM(Wide, int64_t);

static void bind_of_another_item_type_is_refused(void **state)
{
    bide_interface wide = Wide_interface;
    bide_mismatch why;
    char text[512];
    Counter c = counter_of(0, 1, false, NULL);
    Numbers n;
    (void)state;
    assert_int_equal(Numbers_bind(&n, &c, &Counter_Numbers_vtable.header, NULL, &why), BIDE_READY);
    assert_ptr_equal(n.self, &c);
    wide.name = "Numbers";
    assert_int_equal(bide_bind(&wide, &Counter_Numbers_vtable.header, &why), BIDE_EMISMATCH);
    assert_string_equal(why.method, "poll_next");
    assert_string_equal(why.expected, "int64_t");
    assert_string_equal(why.found, "int32_t");
    assert_true(bide_mismatch_text(&why, text, sizeof text) < sizeof text);
    assert_non_null(strstr(text, "poll_next"));
    assert_non_null(strstr(text, "int64_t"));
    assert_non_null(strstr(text, "int32_t"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(what_it_does_not_write),
        cmocka_unit_test(next_ends_once),
        cmocka_unit_test(S02_poll_after_the_end_is_the_end_again),
        cmocka_unit_test(S49_poll_next_dyn_one_indirect_call_per_item),
        cmocka_unit_test(a_handle_does_not_own),
        cmocka_unit_test(a_box_owns),
        cmocka_unit_test(boxes_when_memory_is_out),
        cmocka_unit_test(a_ref_leaves_the_rest),
        cmocka_unit_test(by_next_static_and_dyn),
        cmocka_unit_test(a_cancelled_next_loses_no_item),
        cmocka_unit_test(by_next_dropped_at_every_point),
        cmocka_unit_test(a_failure_code_ends_it),
        cmocka_unit_test(the_await_tree_goes_through),
        cmocka_unit_test(by_generator),
        cmocka_unit_test(traits),
        cmocka_unit_test(bind_of_another_item_type_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
