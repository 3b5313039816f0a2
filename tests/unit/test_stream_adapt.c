/*
 * test_stream_adapt.c: adapters over one stream. Each is run over a static source and over a boxed
 * one, with and without a pending between every poll, and dropped after every number of polls.
 */
#include "stream_support.h"
#include <bide/stream_adapt.h>

BIDE_STREAM_IMPL(Numbers, Counter);
BIDE_STREAM_BOX(Numbers, Counter);

/* ---- closures ------------------------------------------------------------------------------ */

static int fn_drops, fn_live;

typedef struct Times {
    int32_t by;
} Times;
static inline int32_t Times_run(Times *env, int32_t x)
{
    return env->by * x;
}
static inline void Times_drop(Times *env)
{
    (void)env;
    fn_drops++;
}
BIDE_CLOSURE_SYNC(Times, int32_t, (int32_t, x));

/* Waits, borrows its environment, and fails if told so. */
typedef struct Adds {
    int32_t sum;
    bide_poll code;
} Adds;
static inline Adds *adds_entered(Adds *env)
{
    fn_live++;
    return env;
}
static inline void adds_left(Adds *env)
{
    (void)env;
    fn_live--;
}
static inline void Adds_drop(Adds *env)
{
    (void)env;
    fn_drops++;
}
#define Adds_call_FRAME(ROW)                                                                       \
    ROW(COUNTED, Adds *, env, adds_entered, adds_left) ROW(PARAM, int32_t, x) ROW(CHILD, nap, nap)
BIDE_ASYNC(int32_t, Adds_call)
{
    BIDE_BEGIN(Adds_call);
    BIDE_AWAIT(nap, nap, (1));
    if (f->x == 3 && f->env->code < 0)
        BIDE_FAIL(f->env->code);
    f->env->sum += f->x;
    BIDE_RETURN(f->env->sum);
    BIDE_END;
}

/* A dyn closure of that shape. */
BIDE_CLOSURE(Mapper, FN_MUT, int32_t, (int32_t, x));
BIDE_CLOSURE_IMPL(Mapper, Adds, FN_MUT, int32_t, (int32_t, x));

typedef const int32_t *number_ref;
typedef int32_t *number_out;

/* Odd numbers; it waits. */
typedef struct Odd {
    int asked;
} Odd;
static inline void Odd_drop(Odd *env)
{
    (void)env;
    fn_drops++;
}
#define Odd_call_FRAME(ROW) ROW(PARAM, Odd *, env) ROW(PARAM, number_ref, x) ROW(CHILD, nap, nap)
BIDE_ASYNC(bool, Odd_call)
{
    BIDE_BEGIN(Odd_call);
    f->env->asked++;
    BIDE_AWAIT(nap, nap, (1));
    BIDE_RETURN(*f->x % 2 != 0);
    BIDE_END;
}

typedef struct Below {
    int32_t limit;
} Below;
static inline bool Below_run(Below *env, number_ref x)
{
    return *x < env->limit;
}
static inline void Below_drop(Below *env)
{
    (void)env;
    fn_drops++;
}
BIDE_CLOSURE_SYNC(Below, bool, (number_ref, x));

/* Half of the even ones. */
typedef struct Half {
    int unused;
} Half;
static inline bool Half_run(Half *env, int32_t x, number_out half)
{
    (void)env;
    *half = x / 2;
    return x % 2 == 0;
}
static inline void Half_drop(Half *env)
{
    (void)env;
    fn_drops++;
}
BIDE_CLOSURE_SYNC(Half, bool, (int32_t, x), (number_out, half));

/* Products so far, while they are below 30; it waits. */
typedef struct Product {
    int32_t so_far;
} Product;
static inline void Product_drop(Product *env)
{
    (void)env;
    fn_drops++;
}
#define Product_call_FRAME(ROW)                                                                    \
    ROW(PARAM, Product *, env)                                                                     \
    ROW(PARAM, int32_t, x) ROW(PARAM, number_out, item) ROW(CHILD, nap, nap)
BIDE_ASYNC(bool, Product_call)
{
    BIDE_BEGIN(Product_call);
    f->env->so_far *= f->x;
    BIDE_AWAIT(nap, nap, (2));
    *f->item = f->env->so_far;
    BIDE_RETURN(f->env->so_far < 30);
    BIDE_END;
}

/* ---- the adapters over S ------------------------------------------------------------------- */

#define ADAPTERS(X, S)                                                                             \
    BIDE_STREAM_MAP(X##Map, S, Times);                                                             \
    BIDE_STREAM_MAP(X##SlowMap, S, Adds);                                                          \
    BIDE_STREAM_MAP(X##DynMap, S, Mapper);                                                         \
    BIDE_STREAM_FILTER(X##Filter, S, Odd);                                                         \
    BIDE_STREAM_TAKE_WHILE(X##While, S, Below);                                                    \
    BIDE_STREAM_FILTER_MAP(X##Halves, S, Half, int32_t);                                           \
    BIDE_STREAM_SCAN(X##Scan, S, Product, int32_t);                                                \
    BIDE_STREAM_TAKE(X##Take, S);                                                                  \
    BIDE_STREAM_SKIP(X##Skip, S);                                                                  \
    BIDE_STREAM_FUSE(X##Fuse, S);                                                                  \
    BIDE_STREAM_TAKE_UNTIL(X##Until, S, nap);                                                      \
    BIDE_STREAM_TAKE_UNTIL(X##UntilGate, S, pass);                                                 \
    BIDE_STREAM_ENUMERATE(X##Enum, S);                                                             \
    BIDE_STREAM_PEEKABLE(X##Peek, S);                                                              \
    BIDE_STREAM_TAKE(X##Stack, X##Filter)
ADAPTERS(C, Counter);
ADAPTERS(D, Numbers);
BIDE_STREAM_BOX(Numbers, CStack);

/* A future whose Output owns something: who does not want it releases it. */
#define grant_HAS_output_drop 1
#define grant_FRAME(ROW) ROW(PARAM, int, times) ROW(PARAM, int *, out)
BIDE_FUTURE(int *, grant)
static inline bide_poll grant_poll(struct grant *f, bide_context *cx, int **out)
{
    if (f->times-- > 0) {
        bide_waker_wake_by_ref(cx->waker);
        return BIDE_PENDING;
    }
    ++*f->out;
    *out = f->out;
    return BIDE_READY;
}
static inline void grant_drop(struct grant *f)
{
    (void)f;
}
static inline void grant_output_drop(int **value)
{
    --**value;
}
BIDE_STREAM_TAKE_UNTIL(UntilGranted, Counter, grant);

/* A source that must not be polled behind its end. */
typedef struct Brittle {
    int left;
} Brittle;
static inline bide_poll Brittle_poll_next(Brittle *b, bide_context *cx, int32_t *item)
{
    (void)cx;
    if (b->left < 0)
        fail_msg("polled behind its end");
    *item = b->left;
    return b->left-- > 0 ? BIDE_READY : BIDE_DONE;
}
static inline void Brittle_drop(Brittle *b)
{
    b->left = -2;
}
BIDE_STREAM_TYPE(Brittle, int32_t);
BIDE_STREAM_FUSE(BrittleFuse, Brittle);
BIDE_STREAM_MAP(BrittleMap, Brittle, Times);
BIDE_STREAM_FILTER(BrittleFilter, Brittle, Below);
BIDE_STREAM_FILTER_MAP(BrittleHalves, Brittle, Half, int32_t);
BIDE_STREAM_SKIP(BrittleSkip, Brittle);
BIDE_STREAM_TAKE(BrittleTake, Brittle);
BIDE_STREAM_ENUMERATE(BrittleEnum, Brittle);
BIDE_STREAM_PEEKABLE(BrittlePeek, Brittle);

/* ---- the rig of each test ------------------------------------------------------------------ */

static Numbers boxed(rig *r, Counter c)
{
    Numbers n;
    assert_int_equal(Counter_box_as_Numbers(&c, r->cx.allocator, &n), BIDE_READY);
    return n;
}

/* Runs the type Name, which INIT(s, source) readies, over 0 to 9: the text is `expected`, the
 * source and the closure are dropped once; and so they are when it is dropped after any number of
 * polls. */
#define CHECK_ONE(Name, INIT, SOURCE, expected, fns)                                               \
    for (int polls = -1; polls < 60; polls++) {                                                    \
        rig r;                                                                                     \
        int drops = 0;                                                                             \
        char text[128] = "";                                                                       \
        Name s;                                                                                    \
        bide_poll p = BIDE_READY;                                                                  \
        rig_open(&r);                                                                              \
        fn_drops = 0;                                                                              \
        INIT(s, SOURCE);                                                                           \
        if (polls < 0) {                                                                           \
            TEXT(text, Name, &s, &r.cx);                                                           \
            assert_string_equal(text, expected);                                                   \
            assert_int_equal(Name##_size_hint(&s).most, 0);                                        \
            TEXT(text, Name, &s, &r.cx);                                                           \
            assert_string_equal(text, ".");                                                        \
        }                                                                                          \
        for (int i = 0; i < polls && p >= 0; i++) {                                                \
            Name##_item item;                                                                      \
            p = Name##_poll_next(&s, &r.cx, &item);                                                \
        }                                                                                          \
        assert_int_equal(drops, 0);                                                                \
        Name##_drop(&s);                                                                           \
        assert_int_equal(drops, 1);                                                                \
        assert_int_equal(fn_drops, fns);                                                           \
        assert_int_equal(fn_live, 0);                                                              \
        rig_close(&r);                                                                             \
    }
#define CHECK(What, INIT, expected, fns)                                                           \
    for (int pends = 0; pends < 2; pends++) {                                                      \
        CHECK_ONE(C##What, INIT##_C, counter_of(0, 10, pends, &drops), expected, fns)              \
        CHECK_ONE(D##What, INIT##_D, boxed(&r, counter_of(0, 10, pends, &drops)), expected, fns)   \
    }

#define MAP_C(s, of) CMap_init(&s, of, (Times){3})
#define MAP_D(s, of) DMap_init(&s, of, (Times){3})
static void map(void **state)
{
    (void)state;
    CHECK(Map, MAP, "0 3 6 9 12 15 18 21 24 27 .", 1)
}

#define SLOW_C(s, of) CSlowMap_init(&s, of, (Adds){0, 0})
#define SLOW_D(s, of) DSlowMap_init(&s, of, (Adds){0, 0})
static void map_with_async_closure(void **state)
{
    (void)state;
    CHECK(SlowMap, SLOW, "0 1 3 6 10 15 21 28 36 45 .", 1)
}

#define FAILS_C(s, of) CSlowMap_init(&s, of, (Adds){0, BIDE_EBUSY})
#define FAILS_D(s, of) DSlowMap_init(&s, of, (Adds){0, BIDE_EBUSY})
static void a_failing_closure_ends_it(void **state)
{
    (void)state;
    CHECK(SlowMap, FAILS, "0 1 3 !-6", 1)
}

static Mapper adds_boxed(rig *r)
{
    Adds a = {0, 0};
    Mapper m;
    assert_int_equal(Adds_box_as_Mapper(&a, r->cx.allocator, &m), BIDE_READY);
    return m;
}
#define DYN_C(s, of) CDynMap_init(&s, of, adds_boxed(&r))
#define DYN_D(s, of) DDynMap_init(&s, of, adds_boxed(&r))
static void map_with_dyn_closure(void **state)
{
    (void)state;
    CHECK(DynMap, DYN, "0 1 3 6 10 15 21 28 36 45 .", 1)
}

#define FILTER_C(s, of) CFilter_init(&s, of, (Odd){0})
#define FILTER_D(s, of) DFilter_init(&s, of, (Odd){0})
static void filter(void **state)
{
    (void)state;
    CHECK(Filter, FILTER, "1 3 5 7 9 .", 1)
}

#define WHILE_C(s, of) CWhile_init(&s, of, (Below){4})
#define WHILE_D(s, of) DWhile_init(&s, of, (Below){4})
static void take_while(void **state)
{
    (void)state;
    CHECK(While, WHILE, "0 1 2 3 .", 1)
}

#define HALVES_C(s, of) CHalves_init(&s, of, (Half){0})
#define HALVES_D(s, of) DHalves_init(&s, of, (Half){0})
static void filter_map(void **state)
{
    (void)state;
    CHECK(Halves, HALVES, "0 1 2 3 4 .", 1)
}

static void S10_scan_stops(void **state)
{
    (void)state;
    for (int pends = 0; pends < 2; pends++) {
        rig r;
        int drops = 0;
        char text[64];
        CScan s;
        DScan d;
        rig_open(&r);
        CScan_init(&s, counter_of(1, 10, pends, &drops), (Product){1});
        TEXT(text, CScan, &s, &r.cx);
        assert_string_equal(text, "1 2 6 24 .");
        assert_int_equal(s.of.at, 6); /* 5 was taken, 6 was not asked for */
        CScan_drop(&s);
        DScan_init(&d, boxed(&r, counter_of(1, 10, pends, &drops)), (Product){1});
        TEXT(text, DScan, &d, &r.cx);
        assert_string_equal(text, "1 2 6 24 .");
        DScan_drop(&d);
        assert_int_equal(drops, 2);
        rig_close(&r);
    }
}

#define TAKE_C(s, of) CTake_init(&s, of, 3)
#define TAKE_D(s, of) DTake_init(&s, of, 3)
#define NOTHING_C(s, of) CTake_init(&s, of, 0)
#define NOTHING_D(s, of) DTake_init(&s, of, 0)
static void take(void **state)
{
    (void)state;
    CHECK(Take, TAKE, "0 1 2 .", 0)
    CHECK(Take, NOTHING, ".", 0)
}

#define SKIP_C(s, of) CSkip_init(&s, of, 7)
#define SKIP_D(s, of) DSkip_init(&s, of, 7)
#define ALL_C(s, of) CSkip_init(&s, of, 70)
#define ALL_D(s, of) DSkip_init(&s, of, 70)
static void skip_some(void **state)
{
    (void)state;
    CHECK(Skip, SKIP, "7 8 9 .", 0)
    CHECK(Skip, ALL, ".", 0)
}

#define FUSE_C(s, of) CFuse_init(&s, of)
#define FUSE_D(s, of) DFuse_init(&s, of)
#define PEEK_C(s, of) CPeek_init(&s, of)
#define PEEK_D(s, of) DPeek_init(&s, of)
static void fuse_and_peekable_leave_items_alone(void **state)
{
    (void)state;
    CHECK(Fuse, FUSE, "0 1 2 3 4 5 6 7 8 9 .", 0)
    CHECK(Peek, PEEK, "0 1 2 3 4 5 6 7 8 9 .", 0)
}

#define STACK_C(s, of)                                                                             \
    do {                                                                                           \
        CFilter inner;                                                                             \
        CFilter_init(&inner, of, (Odd){0});                                                        \
        CStack_init(&s, inner, 2);                                                                 \
    } while (0)
#define STACK_D(s, of)                                                                             \
    do {                                                                                           \
        DFilter inner;                                                                             \
        DFilter_init(&inner, of, (Odd){0});                                                        \
        DStack_init(&s, inner, 2);                                                                 \
    } while (0)
static void they_stack(void **state)
{
    (void)state;
    CHECK(Stack, STACK, "1 3 .", 1)
}

/* Each adapter stops at the end of its source, and never polls it again. */
#define ONCE(Name, s, expected)                                                                    \
    do {                                                                                           \
        TEXT(text, Name, s, &r.cx);                                                                \
        assert_string_equal(text, expected);                                                       \
        TEXT(text, Name, s, &r.cx);                                                                \
        assert_string_equal(text, ".");                                                            \
        Name##_drop(s);                                                                            \
    } while (0)
static void S01_end_sticky_with_fuse(void **state)
{
    rig r;
    char text[64];
    Brittle b = {2};
    BrittleFuse fuse;
    BrittleMap mapped;
    BrittleFilter filtered;
    BrittleHalves halves;
    BrittleSkip skipped;
    BrittleTake taken;
    BrittlePeek peeked;
    (void)state;
    rig_open(&r);
    BrittleFuse_init(&fuse, b);
    ONCE(BrittleFuse, &fuse, "2 1 .");
    BrittleMap_init(&mapped, b, (Times){2});
    ONCE(BrittleMap, &mapped, "4 2 .");
    BrittleFilter_init(&filtered, b, (Below){2});
    ONCE(BrittleFilter, &filtered, "1 .");
    BrittleHalves_init(&halves, b, (Half){0});
    ONCE(BrittleHalves, &halves, "1 .");
    BrittleSkip_init(&skipped, b, 5);
    ONCE(BrittleSkip, &skipped, ".");
    BrittleTake_init(&taken, b, 5);
    ONCE(BrittleTake, &taken, "2 1 .");
    BrittlePeek_init(&peeked, b);
    ONCE(BrittlePeek, &peeked, "2 1 .");
    rig_close(&r);
}

/* ---- take_until ---------------------------------------------------------------------------- */

static void take_until(void **state)
{
    for (int pends = 0; pends < 2; pends++) {
        rig r;
        int drops = 0;
        char text[64];
        gate g = {0};
        int32_t item;
        CUntil s;
        DUntil d;
        CUntilGate u;
        (void)state;
        rig_open(&r);
        CUntil_init(&s, counter_of(0, 10, pends, &drops));
        nap_init(CUntil_until(&s), 4);
        assert_int_equal(CUntil_size_hint(&s).least, 0);
        TEXT(text, CUntil, &s, &r.cx);
        assert_string_equal(text, pends ? "0 1 ." : "0 1 2 3 .");
        CUntil_drop(&s);
        DUntil_init(&d, boxed(&r, counter_of(0, 2, pends, &drops)));
        nap_init(DUntil_until(&d), 400);
        TEXT(text, DUntil, &d, &r.cx);
        assert_string_equal(text, "0 1 .");
        DUntil_drop(&d);
        /* dropped while both wait, and woken by the future alone */
        CUntilGate_init(&u, counter_of(0, 10, true, &drops));
        pass_init(CUntilGate_until(&u), &g);
        assert_int_equal(CUntilGate_poll_next(&u, &r.cx, &item), BIDE_PENDING);
        CUntilGate_drop(&u);
        assert_int_equal(g.drops, 1);
        CUntilGate_init(&u, counter_of(0, 10, true, &drops));
        pass_init(CUntilGate_until(&u), &g);
        CUntilGate_drop(&u); /* unpolled */
        CUntilGate_init(&u, counter_of(0, 10, true, &drops));
        pass_init(CUntilGate_until(&u), &g);
        assert_int_equal(CUntilGate_poll_next(&u, &r.cx, &item), BIDE_PENDING);
        gate_open(&g);
        assert_int_equal(CUntilGate_poll_next(&u, &r.cx, &item), BIDE_DONE);
        CUntilGate_drop(&u);
        g.code = BIDE_ECANCELED;
        CUntilGate_init(&u, counter_of(0, 10, true, &drops));
        pass_init(CUntilGate_until(&u), &g);
        assert_int_equal(CUntilGate_poll_next(&u, &r.cx, &item), BIDE_ECANCELED);
        CUntilGate_drop(&u);
        assert_int_equal(drops, 6);
        rig_close(&r);
    }
}

/* ---- enumerate and peekable ---------------------------------------------------------------- */

static void take_until_releases_what_it_waited_for(void **state)
{
    for (int times = 0; times < 3; times++) {
        rig r;
        UntilGranted s;
        char text[64];
        int granted = 0;
        (void)state;
        rig_open(&r);
        UntilGranted_init(&s, counter_of(0, 10, false, NULL));
        grant_init(UntilGranted_until(&s), times, &granted);
        TEXT(text, UntilGranted, &s, &r.cx);
        assert_int_equal(granted, 0);
        UntilGranted_drop(&s);
        assert_int_equal(granted, 0);
        rig_close(&r);
    }
}

static void enumerate(void **state)
{
    rig r;
    CEnum s;
    CEnum_item item;
    bide_poll p;
    (void)state;
    rig_open(&r);
    CEnum_init(&s, counter_of(5, 8, true, NULL));
    assert_int_equal(CEnum_size_hint(&s).least, 3);
    for (size_t i = 0; i < 3; i++) {
        NEXT(p, CEnum, &s, &r.cx, &item);
        assert_int_equal(p, BIDE_READY);
        assert_int_equal(item.index, i);
        assert_int_equal(item.item, 5 + (int32_t)i);
    }
    NEXT(p, CEnum, &s, &r.cx, &item);
    assert_int_equal(p, BIDE_DONE);
    CEnum_drop(&s);
    rig_close(&r);
}

static void S13_peekable_does_not_consume(void **state)
{
    rig r;
    DPeek s;
    int32_t item = -1, *seen = NULL;
    char text[64];
    int drops = 0;
    (void)state;
    rig_open(&r);
    DPeek_init(&s, boxed(&r, counter_of(0, 4, true, &drops)));
    assert_false(DPeek_take_peeked(&s, &item));
    for (int i = 0; i < 3; i++) {
        RUN(DPeek_peek, &r.cx, &seen, (&s));
        assert_int_equal(*seen, 0);
        assert_int_equal(DPeek_size_hint(&s).least, 4);
    }
    /* next_if: only what is wanted is taken */
    assert_true(*seen == 0 && DPeek_take_peeked(&s, &item));
    assert_int_equal(item, 0);
    RUN(DPeek_peek, &r.cx, &seen, (&s));
    assert_int_equal(*seen, 1);
    TEXT(text, DPeek, &s, &r.cx);
    assert_string_equal(text, "1 2 3 .");
    RUN(DPeek_peek, &r.cx, &seen, (&s));
    assert_null(seen);
    DPeek_drop(&s);
    assert_int_equal(drops, 1);
    rig_close(&r);
}

/* ---- hints, traits, the await tree --------------------------------------------------------- */

static void size_hints(void **state)
{
    CMap mapped;
    CFilter filtered;
    CTake taken;
    CSkip skipped;
    (void)state;
    CMap_init(&mapped, counter_of(0, 10, false, NULL), (Times){1});
    assert_int_equal(CMap_size_hint(&mapped).least, 10);
    assert_int_equal(CMap_size_hint(&mapped).most, 10);
    CFilter_init(&filtered, counter_of(0, 10, false, NULL), (Odd){0});
    assert_int_equal(CFilter_size_hint(&filtered).least, 0);
    assert_int_equal(CFilter_size_hint(&filtered).most, 10);
    CTake_init(&taken, counter_of(0, 10, false, NULL), 3);
    assert_int_equal(CTake_size_hint(&taken).least, 3);
    CTake_init(&taken, counter_of(0, 10, false, NULL), 30);
    assert_int_equal(CTake_size_hint(&taken).most, 10);
    CSkip_init(&skipped, counter_of(0, 10, false, NULL), 3);
    assert_int_equal(CSkip_size_hint(&skipped).least, 7);
    assert_int_equal(CSkip_size_hint(&skipped).most, 7);
}

static void an_item_in_a_call_is_counted(void **state)
{
    rig r;
    int32_t item;
    CSlowMap s;
    (void)state;
    rig_open(&r);
    CSlowMap_init(&s, counter_of(0, 10, false, NULL), (Adds){0, 0});
    assert_int_equal(CSlowMap_poll_next(&s, &r.cx, &item), BIDE_PENDING);
    assert_int_equal(s.of.at, 1);
    assert_int_equal(CSlowMap_size_hint(&s).least, 10);
    CSlowMap_drop(&s);
    rig_close(&r);
}

static void the_await_tree_goes_through(void **state)
{
    rig r;
    CStack s;
    struct CStack_next f;
    int32_t item;
    bool more;
    char text[256];
    (void)state;
    rig_open(&r);
    STACK_C(s, counter_of(0, 10, false, NULL));
    assert_int_equal(CStack_next_start(&f, &s, &item, &r.cx, &more), BIDE_PENDING);
    traced(&CStack_next_type, &f, text, sizeof text);
    assert_non_null(strstr(text, "CStack_next\n  Odd_call at "));
    assert_non_null(strstr(text, "\n    nap\n"));
    CStack_next_drop(&f);
    CStack_drop(&s);
    rig_close(&r);
}

static void traits(void **state)
{
    (void)state;
    assert_int_equal((int)CTake_next_flags & (int)BIDE_SEND, BIDE_SEND);
    assert_int_equal((int)DTake_next_flags & (int)BIDE_SEND, 0);
    assert_int_equal((int)CMap_next_flags & (int)BIDE_SEND, 0); /* its closure promises nothing */
    assert_int_equal((int)CPeek_peek_flags & (int)BIDE_SEND, BIDE_SEND);
}

/* ---- items that own memory; every allocation fails once ------------------------------------ */

typedef const owned *owned_ref;
typedef struct Second {
    int n;
} Second;
static inline bool Second_run(Second *env, owned_ref o)
{
    return o->value && env->n++ % 2;
}
static inline void Second_drop(Second *env)
{
    env->n = 0;
}
BIDE_CLOSURE_SYNC(Second, bool, (owned_ref, o));
BIDE_STREAM_SKIP(BSkip, Blocks);
BIDE_STREAM_FILTER(BFilter, BSkip, Second);
BIDE_STREAM_PEEKABLE(BPeek, BFilter);

static bide_poll owned_items_through(bide_allocator *a)
{
    bide_context cx = scenario_context(a);
    bide_poll worst = BIDE_READY;
    for (int polls = 0; polls < 30; polls += 3) {
        int drops = 0;
        BSkip skipped;
        BFilter filtered;
        BPeek s;
        owned item, *seen;
        bide_poll p = BIDE_READY;
        BSkip_init(&skipped, blocks_of(a, 0, 8, true, &drops), 2);
        BFilter_init(&filtered, skipped, (Second){0});
        BPeek_init(&s, filtered);
        for (int i = 0; i < polls && p >= 0 && p != BIDE_DONE; i++) {
            p = i % 2 ? BPeek_poll_peek(&s, &cx, &seen) : BPeek_poll_next(&s, &cx, &item);
            if (p == BIDE_READY && i % 2 == 0)
                BPeek_item_drop(&item);
        }
        BPeek_drop(&s);
        assert_int_equal(drops, 1);
        if (p < 0)
            worst = p;
    }
    return worst;
}
TEST_EVERY_FAILURE(items_that_own_are_released_once, owned_items_through)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(map),
        cmocka_unit_test(map_with_async_closure),
        cmocka_unit_test(a_failing_closure_ends_it),
        cmocka_unit_test(map_with_dyn_closure),
        cmocka_unit_test(filter),
        cmocka_unit_test(take_while),
        cmocka_unit_test(filter_map),
        cmocka_unit_test(S10_scan_stops),
        cmocka_unit_test(take),
        cmocka_unit_test(skip_some),
        cmocka_unit_test(fuse_and_peekable_leave_items_alone),
        cmocka_unit_test(they_stack),
        cmocka_unit_test(S01_end_sticky_with_fuse),
        cmocka_unit_test(take_until),
        cmocka_unit_test(take_until_releases_what_it_waited_for),
        cmocka_unit_test(enumerate),
        cmocka_unit_test(S13_peekable_does_not_consume),
        cmocka_unit_test(size_hints),
        cmocka_unit_test(an_item_in_a_call_is_counted),
        cmocka_unit_test(the_await_tree_goes_through),
        cmocka_unit_test(traits),
        cmocka_unit_test(items_that_own_are_released_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
