/*
 * test_sink.c: sinks by hand, behind an interface, in boxes, lent, and from async functions; their
 * futures; reservations; errors as values and failure codes; and a sink over two others.
 */
#include "stream_support.h"

BIDE_SINK_IMPL(Drain, Tank);
BIDE_SINK_BOX(Drain, Tank);
BIDE_SINK_REF(TankRef, Tank);
BIDE_SINK_REF(DrainRef, Drain);

/* ---- the types under test ------------------------------------------------------------------ */

/* An object with an async `send` and `close`, which wait. */
typedef struct Log {
    char text[128];
    const char *name;
    int32_t error; /* of an item below 0 */
    bide_poll code;
    int live, closes;
} Log;
static inline Log *log_entered(Log *l)
{
    l->live++;
    return l;
}
static inline void log_left(Log *l)
{
    l->live--;
}
#define Log_HAS_close 1
#define Log_send_FRAME(ROW)                                                                        \
    ROW(COUNTED, Log *, self, log_entered, log_left)                                               \
    ROW(PARAM, int32_t, item) ROW(CHILD, nap, before)
BIDE_ASYNC(int32_t, Log_send)
{
    size_t n;
    BIDE_BEGIN(Log_send);
    BIDE_AWAIT(nap, before, (2));
    if (f->self->code < 0)
        BIDE_FAIL(f->self->code);
    n = strlen(f->self->text);
    if (f->item >= 0)
        snprintf(f->self->text + n, sizeof f->self->text - n, "%s%d", n ? " " : "", (int)f->item);
    BIDE_RETURN(f->item < 0 ? f->self->error : 0);
    BIDE_END;
}
#define Log_close_FRAME(ROW)                                                                       \
    ROW(COUNTED, Log *, self, log_entered, log_left) ROW(CHILD, nap, before)
BIDE_ASYNC(int32_t, Log_close)
{
    BIDE_BEGIN(Log_close);
    BIDE_AWAIT(nap, before, (1));
    f->self->closes++;
    BIDE_RETURN(0);
    BIDE_END;
}
BIDE_SINK_BY_SEND(LogSink, Log, int32_t);
BIDE_SINK_IMPL_DECLARE(Drain, LogSink);
BIDE_SINK_IMPL(Drain, LogSink);
BIDE_SINK_BOX(Drain, LogSink);

/* Sends to two sinks, with nothing but await; no close of its own. */
typedef struct Both {
    Drain a, b;
} Both;
#define Both_send_FRAME(ROW)                                                                       \
    ROW(PARAM, Both *, self)                                                                       \
    ROW(PARAM, int32_t, item)                                                                      \
    ROW(LOCAL, int32_t, e) ROW(CHILD, Drain_send, first) ROW(CHILD, Drain_send, second)
BIDE_ASYNC(int32_t, Both_send)
{
    BIDE_BEGIN(Both_send);
    BIDE_AWAIT_TO(f->e, Drain_send, first, (&f->self->a, f->item));
    if (f->e == 0)
        BIDE_AWAIT_TO(f->e, Drain_send, second, (&f->self->b, f->item));
    BIDE_RETURN(f->e);
    BIDE_END;
}
BIDE_SINK_BY_SEND(BothSink, Both, int32_t);
BIDE_SINK_IMPL_DECLARE(Drain, BothSink);
BIDE_SINK_IMPL(Drain, BothSink);

/* An async send behind an interface of its own. */
#define Target_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC_MUT, int32_t, send, (int32_t, item))
BIDE_INTERFACE(Target);
BIDE_IMPL_DECLARE(Target, Log);
BIDE_IMPL(Target, Log);
BIDE_SINK_BY_SEND(TargetSink, Target, int32_t);

/* A sink for items that own memory; it releases what it takes. */
typedef struct Blocks_in {
    Tank tank;
} Blocks_in;
#define Blocks_in_HAS_item_drop 1
#define Blocks_in_HAS_give_back 1
static inline void Blocks_in_item_drop(owned *o)
{
    owned_release(o);
}
static inline bide_poll Blocks_in_poll_ready(Blocks_in *b, bide_context *cx, int32_t *error)
{
    return Tank_poll_ready(&b->tank, cx, error);
}
static inline int32_t Blocks_in_start_send(Blocks_in *b, owned item)
{
    int32_t e = Tank_start_send(&b->tank, *item.value);
    if (e == 0)
        owned_release(&item);
    return e;
}
static inline void Blocks_in_give_back(Blocks_in *b)
{
    Tank_give_back(&b->tank);
}
static inline bide_poll Blocks_in_poll_flush(Blocks_in *b, bide_context *cx, int32_t *error)
{
    return Tank_poll_flush(&b->tank, cx, error);
}
static inline bide_poll Blocks_in_poll_close(Blocks_in *b, bide_context *cx, int32_t *error)
{
    return Tank_poll_close(&b->tank, cx, error);
}
static inline void Blocks_in_drop(Blocks_in *b)
{
    Tank_drop(&b->tank);
}
BIDE_SINK_TYPE(Blocks_in, owned);

/* Sends 1, 2, 3, feeds 4, flushes, closes: one body for static types and handles. */
#define FOUR_ROWS(ROW, K)                                                                          \
    ROW(PARAM, K *, k)                                                                             \
    ROW(LOCAL, int32_t, e)                                                                         \
    ROW(LOCAL, int32_t, i)                                                                         \
    ROW(CHILD, K##_send, send)                                                                     \
    ROW(CHILD, K##_feed, feed) ROW(CHILD, K##_flush, flush) ROW(CHILD, K##_close, close)
#define FOUR(F, K)                                                                                 \
    BIDE_ASYNC(int32_t, F)                                                                         \
    {                                                                                              \
        BIDE_BEGIN(F);                                                                             \
        for (f->i = 1; f->i < 4; f->i++) {                                                         \
            BIDE_AWAIT_TO(f->e, K##_send, send, (f->k, f->i));                                     \
            if (f->e)                                                                              \
                BIDE_RETURN(f->e);                                                                 \
        }                                                                                          \
        BIDE_AWAIT_TO(f->e, K##_feed, feed, (f->k, 4));                                            \
        if (f->e == 0)                                                                             \
            BIDE_AWAIT_TO(f->e, K##_flush, flush, (f->k));                                         \
        if (f->e == 0)                                                                             \
            BIDE_AWAIT_TO(f->e, K##_close, close, (f->k));                                         \
        BIDE_RETURN(f->e);                                                                         \
        BIDE_END;                                                                                  \
    }
#define four_tank_FRAME(ROW) FOUR_ROWS(ROW, Tank)
#define four_drain_FRAME(ROW) FOUR_ROWS(ROW, Drain)
#define four_log_FRAME(ROW) FOUR_ROWS(ROW, LogSink)
#define four_target_FRAME(ROW) FOUR_ROWS(ROW, TargetSink)
#define four_ref_FRAME(ROW) FOUR_ROWS(ROW, DrainRef)
FOUR(four_tank, Tank)
FOUR(four_drain, Drain)
FOUR(four_log, LogSink)
FOUR(four_target, TargetSink)
FOUR(four_ref, DrainRef)

/* ---- by hand, and through the interface ---------------------------------------------------- */

static void S34_sink_send(void **state)
{
    for (int pends = 0; pends < 2; pends++) {
        rig r;
        Tank t = tank_of(64, pends), u = tank_of(64, pends), v = tank_of(64, pends);
        Drain d = Tank_as_Drain(&u, NULL), boxed;
        DrainRef ref;
        char text[64];
        int32_t e = -1;
        (void)state;
        rig_open(&r);
        RUN(four_tank, &r.cx, &e, (&t));
        assert_int_equal(e, 0);
        assert_string_equal(tank_text(&t, text, sizeof text), "1 2 3 4");
        assert_int_equal(t.flushes, 4);
        assert_int_equal(t.closes, 1);
        RUN(four_drain, &r.cx, &e, (&d));
        assert_int_equal(e, 0);
        assert_int_equal(r.counter.allocs, 0);
        assert_string_equal(tank_text(&u, text, sizeof text), "1 2 3 4");
        Drain_drop(&d);
        assert_int_equal(u.drops, 0); /* a handle without destroy lends */
        assert_int_equal(Tank_box_as_Drain(&v, r.cx.allocator, &boxed), BIDE_READY);
        DrainRef_init(&ref, &boxed);
        RUN(four_ref, &r.cx, &e, (&ref));
        assert_int_equal(e, 0);
        assert_string_equal(tank_text((Tank *)boxed.self, text, sizeof text), "1 2 3 4");
        DrainRef_drop(&ref);
        assert_int_equal(((Tank *)boxed.self)->drops, 0);
        Drain_drop(&boxed);
        assert_int_equal(r.counter.allocs, 1);
        rig_close(&r);
    }
}

static void S36_blocking_start_send_wakes_when_room_opens(void **state)
{
    for (int dyn = 0; dyn < 2; dyn++) {
        rig r;
        Tank t = tank_of(1, false);
        Drain d = Tank_as_Drain(&t, NULL);
        struct Tank_send s;
        struct Drain_send h;
        int32_t e = -1;
        (void)state;
        rig_open(&r);
        assert_int_equal(Tank_send_start(&s, &t, 1, &r.cx, &e), BIDE_READY);
        if (dyn)
            assert_int_equal(Drain_send_start(&h, &d, 2, &r.cx, &e), BIDE_PENDING);
        else
            assert_int_equal(Tank_send_start(&s, &t, 2, &r.cx, &e), BIDE_PENDING);
        assert_int_equal(bide_counting_waker_total(&r.waker), 0);
        tank_take(&t);
        assert_int_equal(bide_counting_waker_total(&r.waker), 1);
        if (dyn)
            assert_int_equal(Drain_send_poll(&h, &r.cx, &e), BIDE_READY);
        else
            assert_int_equal(Tank_send_poll(&s, &r.cx, &e), BIDE_READY);
        assert_int_equal(e, 0);
        assert_int_equal(t.items[1], 2);
        assert_int_equal(r.counter.allocs, 0);
        rig_close(&r);
    }
}

static void S37_start_send_without_ready_is_an_error(void **state)
{
    rig r;
    Log log = {0};
    LogSink k;
    Tank t = tank_of(1, false);
    Drain d = Tank_as_Drain(&t, NULL);
    int32_t e = -1;
    (void)state;
    rig_open(&r);
    LogSink_init(&k, &log);
    assert_int_equal(LogSink_start_send(&k, 1), BIDE_SINK_NOT_READY);
    assert_int_equal(Drain_start_send(&d, 1), BIDE_SINK_NOT_READY);
    assert_int_equal(LogSink_poll_ready(&k, &r.cx, &e), BIDE_READY);
    assert_int_equal(LogSink_start_send(&k, 1), 0);
    assert_int_equal(LogSink_start_send(&k, 2), BIDE_SINK_NOT_READY);
    LogSink_drop(&k);
    assert_int_equal(log.live, 0);
    rig_close(&r);
}

static void S46_close_then_send_is_an_error(void **state)
{
    rig r;
    Tank t = tank_of(9, true);
    Drain d = Tank_as_Drain(&t, NULL);
    Log log = {0};
    LogSink k;
    int32_t e = -1;
    (void)state;
    rig_open(&r);
    LogSink_init(&k, &log);
    RUN(Drain_close, &r.cx, &e, (&d));
    assert_int_equal(e, 0);
    RUN(Drain_send, &r.cx, &e, (&d, 1));
    assert_int_equal(e, BIDE_SINK_CLOSED);
    RUN(LogSink_close, &r.cx, &e, (&k));
    assert_int_equal(e, 0);
    assert_int_equal(log.closes, 1);
    RUN(LogSink_send, &r.cx, &e, (&k, 1));
    assert_int_equal(e, BIDE_SINK_CLOSED);
    RUN(LogSink_close, &r.cx, &e, (&k));
    assert_int_equal(e, 0);
    assert_int_equal(log.closes, 1);
    rig_close(&r);
}

/* ---- reservations -------------------------------------------------------------------------- */

static void a_reservation_waits_for_its_item(void **state)
{
    rig r;
    Tank t = tank_of(1, true);
    Drain d = Tank_as_Drain(&t, NULL);
    int32_t e = -1;
    (void)state;
    rig_open(&r);
    RUN(Drain_reserve, &r.cx, &e, (&d));
    assert_int_equal(e, 0);
    assert_int_equal(t.reserved, 1);
    RUN(Drain_reserve, &r.cx, &e, (&d)); /* asked again it is the same one */
    assert_int_equal(t.reserved, 1);
    Drain_give_back(&d);
    assert_int_equal(t.reserved, 0);
    assert_int_equal(Drain_start_send(&d, 1), BIDE_SINK_NOT_READY);
    RUN(Drain_reserve, &r.cx, &e, (&d));
    assert_int_equal(Drain_start_send(&d, 7), 0);
    assert_int_equal(t.items[0], 7);
    rig_close(&r);
}

static void S48_reservation_returned_on_drop(void **state)
{
    rig r;
    Tank t = tank_of(1, false);
    struct Tank_send s;
    struct Tank_reserve w;
    int32_t e = -1;
    (void)state;
    rig_open(&r);
    RUN(Tank_send, &r.cx, &e, (&t, 1));
    assert_int_equal(Tank_send_start(&s, &t, 2, &r.cx, &e), BIDE_PENDING);
    t.reserved = 1; /* the room came, and nobody is there to use it */
    Tank_send_drop(&s);
    assert_int_equal(t.reserved, 0);
    assert_null(t.waker);
    assert_int_equal(Tank_reserve_start(&w, &t, &r.cx, &e), BIDE_PENDING);
    t.reserved = 1;
    Tank_reserve_drop(&w);
    assert_int_equal(t.reserved, 0);
    assert_null(t.waker);
    t.reserved = 1; /* one that was got before is not that of a future which was never polled */
    Tank_send_init(&s, &t, 3);
    Tank_send_drop(&s);
    assert_int_equal(t.reserved, 1);
    rig_close(&r);
}

/* ---- errors, codes, items that own --------------------------------------------------------- */

static void errors_are_values(void **state)
{
    rig r;
    Tank t = tank_of(9, true);
    Log log = {.error = -77};
    LogSink k;
    int32_t e = 0;
    (void)state;
    rig_open(&r);
    t.error = -5;
    RUN(Tank_send, &r.cx, &e, (&t, 1));
    assert_int_equal(e, -5);
    assert_int_equal(t.seen, 0);
    LogSink_init(&k, &log);
    RUN(LogSink_feed, &r.cx, &e, (&k, -1));
    assert_int_equal(e, 0);
    RUN(LogSink_send, &r.cx, &e, (&k, 1)); /* hears of the send before, and does not send */
    assert_int_equal(e, -77);
    RUN(LogSink_send, &r.cx, &e, (&k, 2));
    assert_int_equal(e, 0);
    RUN(LogSink_feed, &r.cx, &e, (&k, -1));
    RUN(LogSink_close, &r.cx, &e, (&k)); /* so does this */
    assert_int_equal(e, -77);
    assert_int_equal(log.closes, 0);
    assert_string_equal(log.text, "2");
    rig_close(&r);
}

static void a_failure_code_ends_the_caller(void **state)
{
    rig r;
    Log log = {.code = BIDE_EBUSY};
    LogSink k;
    struct four_log f;
    int32_t e = 0;
    bide_poll p;
    (void)state;
    rig_open(&r);
    LogSink_init(&k, &log);
    p = four_log_start(&f, &k, &r.cx, &e);
    while (p == BIDE_PENDING)
        p = four_log_poll(&f, &r.cx, &e);
    assert_int_equal(p, BIDE_EBUSY);
    assert_int_equal(log.live, 0);
    rig_close(&r);
}

/* A send of an item that owns memory, dropped after each number of polls. */
static bide_poll owned_items_through(bide_allocator *a)
{
    bide_context cx = scenario_context(a);
    for (int polls = 0; polls < 6; polls++) {
        Blocks_in b = {tank_of(polls < 3 ? 0 : 8, true)};
        struct Blocks_in_send s;
        owned o;
        int32_t e = 0;
        bide_poll p = owned_make(&o, a, 1);
        if (p < 0)
            return p;
        if (polls == 5)
            b.tank.error = -3; /* not taken: the future releases it */
        Blocks_in_send_init(&s, &b, o);
        p = BIDE_PENDING;
        for (int i = 0; i < polls && p == BIDE_PENDING; i++)
            p = Blocks_in_send_poll(&s, &cx, &e);
        Blocks_in_send_drop(&s);
        Blocks_in_drop(&b);
        if (p < 0)
            return p;
    }
    return BIDE_READY;
}
TEST_EVERY_FAILURE(items_that_own_are_released_once, owned_items_through)

/* ---- from async functions ------------------------------------------------------------------ */

static void by_send_static_and_dyn(void **state)
{
    rig r;
    Log a = {.name = "a"}, b = {.name = "b"};
    LogSink k;
    TargetSink h;
    Target target;
    int32_t e = -1;
    (void)state;
    rig_open(&r);
    LogSink_init(&k, &a);
    RUN(four_log, &r.cx, &e, (&k));
    assert_int_equal(e, 0);
    assert_string_equal(a.text, "1 2 3 4");
    assert_int_equal(a.closes, 1);
    assert_int_equal(r.counter.allocs, 0);
    target = Log_as_Target(&b, r.cx.allocator);
    TargetSink_init(&h, &target);
    RUN(four_target, &r.cx, &e, (&h));
    assert_int_equal(e, 0);
    assert_string_equal(b.text, "1 2 3 4");
    assert_int_equal(b.closes, 0); /* the interface has no close */
    assert_int_equal(r.counter.allocs, 4);
    assert_int_equal(a.live + b.live, 0);
    rig_close(&r);
}

/* The future of a send is given up: the item goes its way. */
static void a_cancelled_send_goes_on(void **state)
{
    rig r;
    Log log = {0};
    LogSink k;
    struct LogSink_send s;
    int32_t e = -1;
    (void)state;
    rig_open(&r);
    LogSink_init(&k, &log);
    assert_int_equal(LogSink_send_start(&s, &k, 1, &r.cx, &e), BIDE_PENDING);
    LogSink_send_drop(&s);
    assert_int_equal(log.live, 1);
    RUN(LogSink_send, &r.cx, &e, (&k, 2));
    assert_int_equal(e, 0);
    assert_string_equal(log.text, "1 2");
    rig_close(&r);
}

static void by_send_dropped_at_every_point(void **state)
{
    for (int polls = 0; polls < 12; polls++) {
        rig r;
        Log log = {0};
        LogSink k;
        struct four_log f;
        int32_t e = 0;
        bide_poll p = BIDE_PENDING;
        (void)state;
        rig_open(&r);
        LogSink_init(&k, &log);
        four_log_init(&f, &k);
        for (int i = 0; i < polls && p == BIDE_PENDING; i++)
            p = four_log_poll(&f, &r.cx, &e);
        four_log_drop(&f);
        LogSink_drop(&k);
        assert_int_equal(log.live, 0);
        rig_close(&r);
    }
}

/* Sinks over sinks, each an async function; static inside, dyn between. */
static void they_stack(void **state)
{
    rig r;
    Log a = {0}, b = {0}, c = {0};
    LogSink ka, kb, kc;
    Both inner, outer;
    BothSink ki, ko;
    Drain d;
    int32_t e = -1;
    char text[600];
    struct four_drain f;
    (void)state;
    rig_open(&r);
    LogSink_init(&ka, &a);
    LogSink_init(&kb, &b);
    LogSink_init(&kc, &c);
    inner.a = LogSink_as_Drain(&ka, NULL);
    inner.b = LogSink_as_Drain(&kb, NULL);
    BothSink_init(&ki, &inner);
    outer.a = BothSink_as_Drain(&ki, NULL);
    outer.b = LogSink_as_Drain(&kc, NULL);
    BothSink_init(&ko, &outer);
    d = BothSink_as_Drain(&ko, NULL);
    assert_int_equal(four_drain_start(&f, &d, &r.cx, &e), BIDE_PENDING);
    traced(&four_drain_type, &f, text, sizeof text);
    assert_non_null(strstr(text, "\n  Drain_send\n    Both_send at "));
    assert_non_null(strstr(text, "\n      Drain_send\n        Both_send at "));
    assert_non_null(strstr(text, "\n          Drain_send\n            Log_send at "));
    while (four_drain_poll(&f, &r.cx, &e) == BIDE_PENDING)
        ;
    assert_int_equal(e, 0);
    assert_string_equal(a.text, "1 2 3 4");
    assert_string_equal(b.text, "1 2 3 4");
    assert_string_equal(c.text, "1 2 3 4");
    assert_int_equal(r.counter.allocs, 0);
    rig_close(&r);
}

/* ---- boxes; what is promised, what is refused ---------------------------------------------- */

static bide_poll boxes_through(bide_allocator *a)
{
    bide_context cx = scenario_context(a);
    Log log = {0};
    LogSink k;
    Drain d;
    int32_t e = 0;
    bide_poll p;
    LogSink_init(&k, &log);
    p = LogSink_box_as_Drain(&k, a, &d);
    if (p < 0) {
        assert_null(d.self);
        return p;
    }
    RUN(Drain_feed, &cx, &e, (&d, 1));
    assert_int_equal(Drain_poll_flush(&d, &cx, &e), BIDE_PENDING);
    assert_int_equal(log.live, 1);
    Drain_drop(&d);
    assert_int_equal(log.live, 0);
    return BIDE_READY;
}
TEST_EVERY_FAILURE(boxes_when_memory_is_out, boxes_through)

static void traits(void **state)
{
    (void)state;
    assert_int_equal((int)Tank_send_flags & (int)BIDE_SEND, BIDE_SEND);
    assert_int_equal((int)TankRef_close_flags & (int)BIDE_SEND, BIDE_SEND);
    assert_int_equal((int)Drain_send_flags & (int)BIDE_SEND, 0);
    assert_int_equal((int)LogSink_flush_flags & (int)BIDE_SEND, 0);
}

BIDE_SINK(Wide, int64_t);
static void bind_of_another_item_type_is_refused(void **state)
{
    bide_interface wide = Wide_interface;
    bide_mismatch why;
    (void)state;
    wide.name = "Drain";
    assert_int_equal(bide_bind(&wide, &Tank_Drain_vtable.header, &why), BIDE_EMISMATCH);
    assert_string_equal(why.method, "start_send");
    assert_non_null(strstr(why.expected, "int64_t"));
    assert_null(strstr(why.found, "int64_t"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(S34_sink_send),
        cmocka_unit_test(S36_blocking_start_send_wakes_when_room_opens),
        cmocka_unit_test(S37_start_send_without_ready_is_an_error),
        cmocka_unit_test(S46_close_then_send_is_an_error),
        cmocka_unit_test(a_reservation_waits_for_its_item),
        cmocka_unit_test(S48_reservation_returned_on_drop),
        cmocka_unit_test(errors_are_values),
        cmocka_unit_test(a_failure_code_ends_the_caller),
        cmocka_unit_test(items_that_own_are_released_once),
        cmocka_unit_test(by_send_static_and_dyn),
        cmocka_unit_test(a_cancelled_send_goes_on),
        cmocka_unit_test(by_send_dropped_at_every_point),
        cmocka_unit_test(they_stack),
        cmocka_unit_test(boxes_when_memory_is_out),
        cmocka_unit_test(traits),
        cmocka_unit_test(bind_of_another_item_type_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
