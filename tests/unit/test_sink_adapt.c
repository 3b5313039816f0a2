/*
 * test_sink_adapt.c: sinks over sinks: static and dyn, with and without a pending between every
 * poll, dropped after every number of polls.
 */
#include "stream_support.h"
#include <bide/sink_adapt.h>

BIDE_SINK_IMPL(Drain, Tank);
BIDE_SINK_BOX(Drain, Tank);
BIDE_SINK_REF(TankRef, Tank);

/* ---- closures ------------------------------------------------------------------------------ */

typedef int32_t *number_out;

/* Ten times the length of a text; it waits; a text "bad" is an error. */
typedef struct Length {
    int live, *drops;
} Length;
static inline Length *length_entered(Length *env)
{
    env->live++;
    return env;
}
static inline void length_left(Length *env)
{
    env->live--;
}
static inline void Length_drop(Length *env)
{
    if (env->live)
        fail_msg("a call outlives the environment");
    if (env->drops)
        ++*env->drops;
}
#define Length_call_FRAME(ROW)                                                                     \
    ROW(COUNTED, Length *, env, length_entered, length_left)                                       \
    ROW(PARAM, const char *, text) ROW(PARAM, number_out, out) ROW(CHILD, nap, nap)
BIDE_ASYNC(int32_t, Length_call)
{
    BIDE_BEGIN(Length_call);
    BIDE_AWAIT(nap, nap, (2));
    *f->out = 10 * (int32_t)strlen(f->text);
    BIDE_RETURN(strcmp(f->text, "bad") == 0 ? -7 : 0);
    BIDE_END;
}

typedef struct Minus {
    int32_t by;
    int calls;
} Minus;
static inline int32_t Minus_run(Minus *env, int32_t error)
{
    env->calls++;
    return error - env->by;
}
static inline void Minus_drop(Minus *env)
{
    env->by = 0;
}

BIDE_SINK_WITH(TankWith, TankRef, Length, const char *);
BIDE_SINK_WITH(DrainWith, Drain, Length, const char *);
BIDE_SINK_BUFFER(TankBuffer, TankRef, 3);
BIDE_SINK_BUFFER(DrainBuffer, Drain, 2);
BIDE_SINK_FANOUT(Both, TankRef, Drain);
BIDE_SINK_MAP_ERR(TankErr, TankRef, Minus);
BIDE_SINK_BUFFER(Stack, Both, 2);

static TankRef ref_of(Tank *t)
{
    TankRef r;
    TankRef_init(&r, t);
    return r;
}

/* ---- with ---------------------------------------------------------------------------------- */

static void with_async_closure(void **state)
{
    for (int pends = 0; pends < 2; pends++) {
        rig r;
        int drops = 0;
        Tank t = tank_of(64, pends), u = tank_of(64, pends);
        TankWith s;
        DrainWith d;
        char text[64];
        int32_t e = -1;
        (void)state;
        rig_open(&r);
        TankWith_init(&s, ref_of(&t), (Length){0, &drops});
        RUN(TankWith_send, &r.cx, &e, (&s, "a"));
        assert_int_equal(e, 0);
        RUN(TankWith_send, &r.cx, &e, (&s, "abc"));
        assert_string_equal(tank_text(&t, text, sizeof text), "10 30");
        RUN(TankWith_send, &r.cx, &e, (&s, "bad"));
        assert_int_equal(e, -7);
        assert_int_equal(t.reserved, 0); /* its room was given back */
        RUN(TankWith_close, &r.cx, &e, (&s));
        assert_int_equal(e, 0);
        assert_int_equal(t.closes, 1);
        TankWith_drop(&s);
        DrainWith_init(&d, Tank_as_Drain(&u, NULL), (Length){0, &drops});
        RUN(DrainWith_feed, &r.cx, &e, (&d, "ab"));
        assert_int_equal(u.seen, 0); /* the call is in flight */
        RUN(DrainWith_feed, &r.cx, &e, (&d, "abcd"));
        RUN(DrainWith_close, &r.cx, &e, (&d));
        assert_string_equal(tank_text(&u, text, sizeof text), "20 40");
        DrainWith_drop(&d);
        assert_int_equal(drops, 2);
        assert_int_equal(r.counter.allocs, 0);
        rig_close(&r);
    }
}

static void S38_with_flush_drives_the_call(void **state)
{
    rig r;
    Tank t = tank_of(64, false);
    TankWith s;
    int32_t e = -1;
    struct TankWith_flush f;
    char text[256];
    (void)state;
    rig_open(&r);
    TankWith_init(&s, ref_of(&t), (Length){0, NULL});
    RUN(TankWith_feed, &r.cx, &e, (&s, "abc"));
    assert_int_equal(TankWith_flush_start(&f, &s, &r.cx, &e), BIDE_PENDING);
    traced(&TankWith_flush_type, &f, text, sizeof text);
    assert_non_null(strstr(text, "TankWith_flush\n  Length_call at "));
    assert_int_equal(t.flushes, 0);
    TankWith_flush_drop(&f); /* the call goes on all the same */
    RUN(TankWith_flush, &r.cx, &e, (&s));
    assert_int_equal(t.seen, 1);
    assert_int_equal(t.flushes, 1);
    TankWith_drop(&s);
    rig_close(&r);
}

static void S41_ready_is_propagated_once(void **state)
{
    rig r;
    Tank t = tank_of(64, false);
    TankWith s;
    int32_t e = -1;
    (void)state;
    rig_open(&r);
    TankWith_init(&s, ref_of(&t), (Length){0, NULL});
    for (int i = 0; i < 5; i++)
        assert_int_equal(TankWith_poll_ready(&s, &r.cx, &e), BIDE_READY);
    assert_int_equal(t.asks, 1);
    assert_int_equal(t.reserved, 1);
    TankWith_give_back(&s);
    assert_int_equal(t.reserved, 0);
    assert_int_equal(TankWith_start_send(&s, "x"), BIDE_SINK_NOT_READY);
    TankWith_drop(&s);
    rig_close(&r);
}

static void with_dropped_at_every_point(void **state)
{
    for (int polls = 0; polls < 12; polls++) {
        rig r;
        int drops = 0;
        Tank t = tank_of(64, true);
        TankWith s;
        struct TankWith_send f;
        int32_t e = -1;
        bide_poll p = BIDE_PENDING;
        (void)state;
        rig_open(&r);
        TankWith_init(&s, ref_of(&t), (Length){0, &drops});
        TankWith_send_init(&f, &s, "abc");
        for (int i = 0; i < polls && p == BIDE_PENDING; i++)
            p = TankWith_send_poll(&f, &r.cx, &e);
        TankWith_send_drop(&f);
        TankWith_drop(&s);
        assert_int_equal(drops, 1);
        assert_int_equal(t.reserved, 0);
        rig_close(&r);
    }
}

/* ---- with_flat_map ------------------------------------------------------------------------- */

/* n becomes 0 1 .. n-1. */
typedef struct Upto {
    bool pends;
    int *streams, *drops;
} Upto;
static inline Counter Upto_run(Upto *env, int32_t n)
{
    return counter_of(0, n, env->pends, env->streams);
}
static inline void Upto_drop(Upto *env)
{
    ++*env->drops;
}
BIDE_SINK_WITH_FLAT_MAP(Flat, TankRef, Upto, Counter, int32_t);
BIDE_SINK_WITH_FLAT_MAP(DrainFlat, Drain, Upto, Counter, int32_t);

static void S40_with_flat_map(void **state)
{
    for (int pends = 0; pends < 4; pends++) {
        rig r;
        int streams = 0, drops = 0;
        Tank t = tank_of(64, pends & 1), u = tank_of(64, pends & 1);
        Flat s;
        DrainFlat d;
        char text[64];
        int32_t e = -1;
        (void)state;
        rig_open(&r);
        Flat_init(&s, ref_of(&t), (Upto){(pends & 2) != 0, &streams, &drops});
        DrainFlat_init(&d, Tank_as_Drain(&u, NULL), (Upto){(pends & 2) != 0, &streams, &drops});
        RUN(Flat_send, &r.cx, &e, (&s, 3));
        RUN(Flat_send, &r.cx, &e, (&s, 0));
        RUN(Flat_feed, &r.cx, &e, (&s, 2));
        RUN(Flat_close, &r.cx, &e, (&s));
        assert_int_equal(e, 0);
        assert_string_equal(tank_text(&t, text, sizeof text), "0 1 2 0 1");
        assert_int_equal(t.closes, 1);
        RUN(Flat_send, &r.cx, &e, (&s, 1));
        assert_int_equal(e, BIDE_SINK_CLOSED);
        RUN(DrainFlat_feed, &r.cx, &e, (&d, 3));
        assert_int_equal(u.seen, 0); /* the stream has only been made */
        RUN(DrainFlat_flush, &r.cx, &e, (&d));
        assert_string_equal(tank_text(&u, text, sizeof text), "0 1 2");
        assert_int_equal(streams, 4);
        Flat_drop(&s);
        DrainFlat_drop(&d);
        assert_int_equal(drops, 2);
        assert_int_equal(r.counter.allocs, 0);
        rig_close(&r);
    }
}

static void S40_with_flat_map_waits_for_room_and_drops(void **state)
{
    for (int polls = 0; polls < 16; polls++) {
        rig r;
        int streams = 0, drops = 0;
        Tank t = tank_of(2, true);
        Flat s;
        struct Flat_send f;
        int32_t e = -1;
        bide_poll p = BIDE_PENDING;
        (void)state;
        rig_open(&r);
        Flat_init(&s, ref_of(&t), (Upto){true, &streams, &drops});
        Flat_send_init(&f, &s, 5);
        for (int i = 0; i < polls && p == BIDE_PENDING; i++)
            p = Flat_send_poll(&f, &r.cx, &e);
        assert_int_equal(p, BIDE_PENDING);
        assert_true(t.seen <= 2); /* no more than there is room for */
        Flat_send_drop(&f);
        if (polls == 15) { /* the items of what was taken go their way */
            tank_take(&t);
            t.room = 64;
            RUN(Flat_flush, &r.cx, &e, (&s));
            assert_int_equal(t.seen, 5);
        }
        Flat_drop(&s);
        assert_int_equal(streams, polls > 0);
        assert_int_equal(drops, 1);
        assert_null(t.waker); /* and the place of who waited was given back */
        assert_int_equal(t.reserved, 0);
        rig_close(&r);
    }
}

/* ---- buffer -------------------------------------------------------------------------------- */

static void buffer_takes_what_has_no_room(void **state)
{
    rig r;
    Tank t = tank_of(1, false);
    TankBuffer s;
    struct TankBuffer_feed f;
    char text[64];
    int32_t e = -1;
    (void)state;
    rig_open(&r);
    TankBuffer_init(&s, ref_of(&t));
    for (int32_t i = 0; i < 4; i++) {
        RUN(TankBuffer_feed, &r.cx, &e, (&s, i));
        assert_int_equal(e, 0);
    }
    assert_int_equal(t.seen, 1);
    assert_int_equal(s.count, 3);
    assert_int_equal(TankBuffer_feed_start(&f, &s, 4, &r.cx, &e), BIDE_PENDING);
    assert_int_equal(bide_counting_waker_total(&r.waker), 0);
    tank_take(&t);
    assert_int_equal(bide_counting_waker_total(&r.waker), 1);
    assert_int_equal(TankBuffer_feed_poll(&f, &r.cx, &e), BIDE_READY);
    t.room = 64;
    RUN(TankBuffer_flush, &r.cx, &e, (&s));
    assert_string_equal(tank_text(&t, text, sizeof text), "0 1 2 3 4");
    assert_int_equal(t.flushes, 1);
    TankBuffer_drop(&s);
    rig_close(&r);
}

static void S46_buffer_closes_behind_its_items(void **state)
{
    for (int pends = 0; pends < 2; pends++) {
        rig r;
        Tank t = tank_of(64, pends);
        Drain boxed;
        DrainBuffer s;
        char text[64];
        int32_t e = -1;
        (void)state;
        rig_open(&r);
        assert_int_equal(Tank_box_as_Drain(&t, r.cx.allocator, &boxed), BIDE_READY);
        DrainBuffer_init(&s, boxed);
        for (int32_t i = 0; i < 5; i++)
            RUN(DrainBuffer_feed, &r.cx, &e, (&s, i));
        RUN(DrainBuffer_close, &r.cx, &e, (&s));
        assert_int_equal(e, 0);
        assert_string_equal(tank_text((Tank *)boxed.self, text, sizeof text), "0 1 2 3 4");
        assert_int_equal(((Tank *)boxed.self)->closes, 1);
        RUN(DrainBuffer_send, &r.cx, &e, (&s, 9));
        assert_int_equal(e, BIDE_SINK_CLOSED);
        DrainBuffer_drop(&s);
        rig_close(&r);
    }
}

/* ---- fan-out ------------------------------------------------------------------------------- */

static void S44_fanout(void **state)
{
    for (int pends = 0; pends < 4; pends++) {
        rig r;
        Tank a = tank_of(64, pends & 1), b = tank_of(64, (pends & 2) != 0);
        Both s;
        Stack stack;
        char text[64];
        int32_t e = -1;
        (void)state;
        rig_open(&r);
        Both_init(&s, ref_of(&a), Tank_as_Drain(&b, NULL));
        for (int32_t i = 0; i < 3; i++)
            RUN(Both_send, &r.cx, &e, (&s, i));
        Stack_init(&stack, s);
        RUN(Stack_feed, &r.cx, &e, (&stack, 3));
        RUN(Stack_feed, &r.cx, &e, (&stack, 4));
        RUN(Stack_close, &r.cx, &e, (&stack));
        assert_int_equal(e, 0);
        assert_string_equal(tank_text(&a, text, sizeof text), "0 1 2 3 4");
        assert_string_equal(tank_text(&b, text, sizeof text), "0 1 2 3 4");
        assert_int_equal(a.closes, 1);
        assert_int_equal(b.closes, 1);
        Stack_drop(&stack);
        rig_close(&r);
    }
}

static void S44_fanout_backpressure_of_the_slower(void **state)
{
    rig r;
    Tank a = tank_of(64, false), b = tank_of(1, false);
    Both s;
    struct Both_send f;
    int32_t e = -1;
    (void)state;
    rig_open(&r);
    Both_init(&s, ref_of(&a), Tank_as_Drain(&b, NULL));
    RUN(Both_send, &r.cx, &e, (&s, 1));
    assert_int_equal(Both_send_start(&f, &s, 2, &r.cx, &e), BIDE_PENDING);
    assert_int_equal(a.seen, 1);
    assert_int_equal(a.reserved, 1); /* room in the fast one waits */
    tank_take(&b);
    assert_int_equal(Both_send_poll(&f, &r.cx, &e), BIDE_READY);
    assert_int_equal(a.seen, 2);
    assert_int_equal(b.seen, 2);
    /* dropped while it waits: both get their room back */
    assert_int_equal(Both_send_start(&f, &s, 3, &r.cx, &e), BIDE_PENDING);
    Both_send_drop(&f);
    assert_int_equal(a.reserved + b.reserved, 0);
    assert_null(b.waker);
    Both_drop(&s);
    rig_close(&r);
}

static void S42_flush_propagates_to_both_once(void **state)
{
    rig r;
    Tank a = tank_of(64, false), b = tank_of(64, true);
    Both s;
    int32_t e = -1;
    (void)state;
    rig_open(&r);
    Both_init(&s, ref_of(&a), Tank_as_Drain(&b, NULL));
    for (int i = 1; i < 4; i++) {
        RUN(Both_flush, &r.cx, &e, (&s));
        assert_int_equal(a.flushes, i); /* not again while the other one waits */
        assert_int_equal(b.flushes, i);
    }
    a.error = -3;
    RUN(Both_flush, &r.cx, &e, (&s));
    assert_int_equal(e, -3);
    assert_int_equal(b.flushes, 4);
    b.error = -4;
    RUN(Both_send, &r.cx, &e, (&s, 1));
    assert_int_equal(e, -4);
    RUN(Both_send, &r.cx, &e, (&s, 2));
    assert_int_equal(e, 0);
    Both_drop(&s);
    rig_close(&r);
}

/* What one side had done for a flush that was given up counts for nothing but that flush. */
static void fanout_flush_given_up(void **state)
{
    rig r;
    Tank a = tank_of(64, false), b = tank_of(64, true);
    Both s;
    struct Both_flush f;
    int32_t e = -1;
    (void)state;
    rig_open(&r);
    Both_init(&s, ref_of(&a), Tank_as_Drain(&b, NULL));
    RUN(Both_feed, &r.cx, &e, (&s, 1));
    assert_int_equal(Both_flush_start(&f, &s, &r.cx, &e), BIDE_PENDING);
    assert_int_equal(a.flushes, 1);
    Both_flush_drop(&f);
    RUN(Both_feed, &r.cx, &e, (&s, 2));
    RUN(Both_flush, &r.cx, &e, (&s));
    assert_int_equal(a.flushes, 2); /* 2 came behind the first */
    assert_int_equal(Both_flush_start(&f, &s, &r.cx, &e), BIDE_PENDING);
    Both_flush_drop(&f);
    RUN(Both_close, &r.cx, &e, (&s));
    assert_int_equal(e, 0);
    assert_int_equal(a.closes, 1);
    assert_int_equal(b.closes, 1);
    Both_drop(&s);
    rig_close(&r);
}

/* A reservation ends with the close. */
static void closed_with_room_reserved(void **state)
{
    rig r;
    Tank t = tank_of(64, false), a = tank_of(64, false), b = tank_of(64, false);
    TankWith with;
    Both both;
    int32_t e = -1;
    (void)state;
    rig_open(&r);
    TankWith_init(&with, ref_of(&t), (Length){0, NULL});
    RUN(TankWith_reserve, &r.cx, &e, (&with));
    RUN(TankWith_close, &r.cx, &e, (&with));
    assert_int_equal(TankWith_poll_ready(&with, &r.cx, &e), BIDE_READY);
    assert_int_equal(e, BIDE_SINK_CLOSED);
    assert_int_equal(TankWith_start_send(&with, "no"), BIDE_SINK_NOT_READY);
    TankWith_drop(&with);
    Both_init(&both, ref_of(&a), Tank_as_Drain(&b, NULL));
    RUN(Both_reserve, &r.cx, &e, (&both));
    RUN(Both_close, &r.cx, &e, (&both));
    assert_int_equal(Both_poll_ready(&both, &r.cx, &e), BIDE_READY);
    assert_int_equal(e, BIDE_SINK_CLOSED);
    assert_int_equal(Both_start_send(&both, 1), BIDE_SINK_NOT_READY);
    Both_drop(&both);
    rig_close(&r);
}

/* ---- map_err ------------------------------------------------------------------------------- */

static void S45_map_err_once(void **state)
{
    rig r;
    Tank t = tank_of(64, true);
    TankErr s;
    int32_t e = -1;
    (void)state;
    rig_open(&r);
    TankErr_init(&s, ref_of(&t), (Minus){100, 0});
    RUN(TankErr_send, &r.cx, &e, (&s, 1));
    assert_int_equal(e, 0);
    assert_int_equal(s.fn.calls, 0);
    t.error = -5;
    RUN(TankErr_send, &r.cx, &e, (&s, 2));
    assert_int_equal(e, -105);
    assert_int_equal(s.fn.calls, 1);
    t.error = -6;
    RUN(TankErr_flush, &r.cx, &e, (&s));
    assert_int_equal(e, -106);
    assert_int_equal(s.fn.calls, 2);
    assert_int_equal(TankErr_start_send(&s, 1), BIDE_SINK_NOT_READY);
    TankErr_drop(&s);
    rig_close(&r);
}

/* ---- items that own memory ----------------------------------------------------------------- */

typedef struct Keep {
    Tank tank;
} Keep;
#define Keep_HAS_item_drop 1
#define Keep_HAS_give_back 1
static inline void Keep_item_drop(owned *o)
{
    owned_release(o);
}
static inline bide_poll Keep_poll_ready(Keep *k, bide_context *cx, int32_t *error)
{
    return Tank_poll_ready(&k->tank, cx, error);
}
static inline int32_t Keep_start_send(Keep *k, owned item)
{
    int32_t e = Tank_start_send(&k->tank, *item.value);
    if (e == 0)
        owned_release(&item);
    return e;
}
static inline void Keep_give_back(Keep *k)
{
    Tank_give_back(&k->tank);
}
static inline bide_poll Keep_poll_flush(Keep *k, bide_context *cx, int32_t *error)
{
    return Tank_poll_flush(&k->tank, cx, error);
}
static inline bide_poll Keep_poll_close(Keep *k, bide_context *cx, int32_t *error)
{
    return Tank_poll_close(&k->tank, cx, error);
}
static inline void Keep_drop(Keep *k)
{
    Tank_drop(&k->tank);
}
BIDE_SINK_TYPE(Keep, owned);
BIDE_SINK_BUFFER(KeepBuffer, Keep, 2);
#define KeepBoth_HAS_item_clone 1
static inline int32_t KeepBoth_item_clone(const owned *item, owned *copy)
{
    return owned_make(copy, item->allocator, *item->value) < 0 ? -12 : 0;
}
BIDE_SINK_FANOUT(KeepBoth, KeepBuffer, Keep);

static bide_poll owned_items_through(bide_allocator *a)
{
    bide_context cx = scenario_context(a);
    bide_poll worst = BIDE_READY;
    for (int items = 0; items < 4; items++) {
        KeepBuffer buffer;
        KeepBoth s;
        struct KeepBoth_feed f;
        int32_t e = 0;
        KeepBuffer_init(&buffer, (Keep){tank_of(1, false)});
        KeepBoth_init(&s, buffer, (Keep){tank_of(64, true)});
        for (int i = 0; i <= items; i++) {
            owned o;
            bide_poll p = owned_make(&o, a, i);
            if (p == BIDE_READY)
                p = KeepBoth_feed_start(&f, &s, o, &cx, &e);
            for (int k = 0; k < 4 && p == BIDE_PENDING; k++)
                p = KeepBoth_feed_poll(&f, &cx, &e);
            if (p == BIDE_PENDING)
                KeepBoth_feed_drop(&f);
            if (p < 0 || e == -12)
                worst = BIDE_ENOMEM;
        }
        KeepBoth_drop(&s); /* with items in the buffer */
    }
    return worst;
}
TEST_EVERY_FAILURE(items_that_own_are_released_once, owned_items_through)

static void traits(void **state)
{
    (void)state;
    assert_int_equal((int)TankBuffer_send_flags & (int)BIDE_SEND, BIDE_SEND);
    assert_int_equal((int)DrainBuffer_send_flags & (int)BIDE_SEND, 0);
    assert_int_equal((int)TankWith_send_flags & (int)BIDE_SEND, 0);
    assert_int_equal((int)TankErr_flush_flags & (int)BIDE_SEND, BIDE_SEND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_async_closure),
        cmocka_unit_test(S38_with_flush_drives_the_call),
        cmocka_unit_test(S41_ready_is_propagated_once),
        cmocka_unit_test(with_dropped_at_every_point),
        cmocka_unit_test(S40_with_flat_map),
        cmocka_unit_test(S40_with_flat_map_waits_for_room_and_drops),
        cmocka_unit_test(buffer_takes_what_has_no_room),
        cmocka_unit_test(S46_buffer_closes_behind_its_items),
        cmocka_unit_test(S44_fanout),
        cmocka_unit_test(S44_fanout_backpressure_of_the_slower),
        cmocka_unit_test(S42_flush_propagates_to_both_once),
        cmocka_unit_test(fanout_flush_given_up),
        cmocka_unit_test(closed_with_room_reserved),
        cmocka_unit_test(S45_map_err_once),
        cmocka_unit_test(items_that_own_are_released_once),
        cmocka_unit_test(traits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
