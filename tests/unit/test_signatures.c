/*
 * test_signatures.c: parameters and results of every shape through a handle: none to twelve
 * parameters, structures, arrays and pointers, void, large and over-aligned results; and an
 * interface of a hundred methods.
 */
#include "dyn.h"
#include "hundred.h"
#include <stdalign.h>
#include <string.h>

/* ---- zero to twelve parameters ----------------------------------------------------------------
 */

/* P_n: the row's parameters; ROWS_n: the frame's; SUM_n: what the method returns. */
#define ROWS_0(ROW)
#define SUM_0 INT64_C(0)
#define P_1 (int32_t, a1)
#define P_2 P_1, (int32_t, a2)
#define P_3 P_2, (int64_t, a3)
#define P_4 P_3, (int8_t, a4)
#define P_5 P_4, (int16_t, a5)
#define P_6 P_5, (int32_t, a6)
#define P_7 P_6, (int64_t, a7)
#define P_8 P_7, (int8_t, a8)
#define P_9 P_8, (int16_t, a9)
#define P_10 P_9, (int32_t, a10)
#define P_11 P_10, (int64_t, a11)
#define P_12 P_11, (int8_t, a12)
#define ROWS_1(ROW) ROWS_0(ROW) ROW(PARAM, int32_t, a1)
#define ROWS_2(ROW) ROWS_1(ROW) ROW(PARAM, int32_t, a2)
#define ROWS_3(ROW) ROWS_2(ROW) ROW(PARAM, int64_t, a3)
#define ROWS_4(ROW) ROWS_3(ROW) ROW(PARAM, int8_t, a4)
#define ROWS_5(ROW) ROWS_4(ROW) ROW(PARAM, int16_t, a5)
#define ROWS_6(ROW) ROWS_5(ROW) ROW(PARAM, int32_t, a6)
#define ROWS_7(ROW) ROWS_6(ROW) ROW(PARAM, int64_t, a7)
#define ROWS_8(ROW) ROWS_7(ROW) ROW(PARAM, int8_t, a8)
#define ROWS_9(ROW) ROWS_8(ROW) ROW(PARAM, int16_t, a9)
#define ROWS_10(ROW) ROWS_9(ROW) ROW(PARAM, int32_t, a10)
#define ROWS_11(ROW) ROWS_10(ROW) ROW(PARAM, int64_t, a11)
#define ROWS_12(ROW) ROWS_11(ROW) ROW(PARAM, int8_t, a12)
#define SUM_1 SUM_0 + INT64_C(1) * f->a1
#define SUM_2 SUM_1 + INT64_C(3) * f->a2
#define SUM_3 SUM_2 + INT64_C(9) * f->a3
#define SUM_4 SUM_3 + INT64_C(27) * f->a4
#define SUM_5 SUM_4 + INT64_C(81) * f->a5
#define SUM_6 SUM_5 + INT64_C(243) * f->a6
#define SUM_7 SUM_6 + INT64_C(729) * f->a7
#define SUM_8 SUM_7 + INT64_C(2187) * f->a8
#define SUM_9 SUM_8 + INT64_C(6561) * f->a9
#define SUM_10 SUM_9 + INT64_C(19683) * f->a10
#define SUM_11 SUM_10 + INT64_C(59049) * f->a11
#define SUM_12 SUM_11 + INT64_C(177147) * f->a12
#define V_1 1
#define V_2 V_1, 2
#define V_3 V_2, 3
#define V_4 V_3, 4
#define V_5 V_4, 5
#define V_6 V_5, 6
#define V_7 V_6, 7
#define V_8 V_7, 8
#define V_9 V_8, 9
#define V_10 V_9, 10
#define V_11 V_10, 11
#define V_12 V_11, 12

#define Count_METHODS(METHOD, I, Self)                                                             \
    METHOD(I, Self, ASYNC, int64_t, p0)                                                            \
    METHOD(I, Self, ASYNC, int64_t, p1, P_1)                                                       \
    METHOD(I, Self, ASYNC, int64_t, p2, P_2)                                                       \
    METHOD(I, Self, ASYNC, int64_t, p3, P_3)                                                       \
    METHOD(I, Self, ASYNC, int64_t, p4, P_4)                                                       \
    METHOD(I, Self, ASYNC, int64_t, p5, P_5)                                                       \
    METHOD(I, Self, ASYNC, int64_t, p6, P_6)                                                       \
    METHOD(I, Self, ASYNC, int64_t, p7, P_7)                                                       \
    METHOD(I, Self, ASYNC, int64_t, p8, P_8)                                                       \
    METHOD(I, Self, ASYNC, int64_t, p9, P_9)                                                       \
    METHOD(I, Self, ASYNC, int64_t, p10, P_10)                                                     \
    METHOD(I, Self, ASYNC, int64_t, p11, P_11)                                                     \
    METHOD(I, Self, ASYNC, int64_t, p12, P_12)                                                     \
    METHOD(I, Self, SYNC, int64_t, s0)                                                             \
    METHOD(I, Self, SYNC, int64_t, s12, P_12)                                                      \
    METHOD(I, Self, POLL, int64_t, q12, P_12)
BIDE_INTERFACE(Count);

typedef struct Sum {
    int naps;
} Sum;
#define METHOD_OF_SUM(n)                                                                           \
    BIDE_ASYNC(int64_t, Sum_p##n)                                                                  \
    {                                                                                              \
        BIDE_BEGIN(Sum_p##n);                                                                      \
        if (f->self->naps)                                                                         \
            BIDE_AWAIT(nap, rest, (f->self->naps));                                                \
        BIDE_RETURN(SUM_##n);                                                                      \
        BIDE_END;                                                                                  \
    }
#define Sum_p0_FRAME(ROW) ROW(PARAM, Sum *, self) ROWS_0(ROW) ROW(CHILD, nap, rest)
METHOD_OF_SUM(0)
#define Sum_p1_FRAME(ROW) ROW(PARAM, Sum *, self) ROWS_1(ROW) ROW(CHILD, nap, rest)
METHOD_OF_SUM(1)
#define Sum_p2_FRAME(ROW) ROW(PARAM, Sum *, self) ROWS_2(ROW) ROW(CHILD, nap, rest)
METHOD_OF_SUM(2)
#define Sum_p3_FRAME(ROW) ROW(PARAM, Sum *, self) ROWS_3(ROW) ROW(CHILD, nap, rest)
METHOD_OF_SUM(3)
#define Sum_p4_FRAME(ROW) ROW(PARAM, Sum *, self) ROWS_4(ROW) ROW(CHILD, nap, rest)
METHOD_OF_SUM(4)
#define Sum_p5_FRAME(ROW) ROW(PARAM, Sum *, self) ROWS_5(ROW) ROW(CHILD, nap, rest)
METHOD_OF_SUM(5)
#define Sum_p6_FRAME(ROW) ROW(PARAM, Sum *, self) ROWS_6(ROW) ROW(CHILD, nap, rest)
METHOD_OF_SUM(6)
#define Sum_p7_FRAME(ROW) ROW(PARAM, Sum *, self) ROWS_7(ROW) ROW(CHILD, nap, rest)
METHOD_OF_SUM(7)
#define Sum_p8_FRAME(ROW) ROW(PARAM, Sum *, self) ROWS_8(ROW) ROW(CHILD, nap, rest)
METHOD_OF_SUM(8)
#define Sum_p9_FRAME(ROW) ROW(PARAM, Sum *, self) ROWS_9(ROW) ROW(CHILD, nap, rest)
METHOD_OF_SUM(9)
#define Sum_p10_FRAME(ROW) ROW(PARAM, Sum *, self) ROWS_10(ROW) ROW(CHILD, nap, rest)
METHOD_OF_SUM(10)
#define Sum_p11_FRAME(ROW) ROW(PARAM, Sum *, self) ROWS_11(ROW) ROW(CHILD, nap, rest)
METHOD_OF_SUM(11)
#define Sum_p12_FRAME(ROW) ROW(PARAM, Sum *, self) ROWS_12(ROW) ROW(CHILD, nap, rest)
METHOD_OF_SUM(12)
static int64_t sum12(int32_t a1, int32_t a2, int64_t a3, int8_t a4, int16_t a5, int32_t a6,
                     int64_t a7, int8_t a8, int16_t a9, int32_t a10, int64_t a11, int8_t a12)
{
    return INT64_C(1) * a1 + INT64_C(3) * a2 + INT64_C(9) * a3 + INT64_C(27) * a4 +
           INT64_C(81) * a5 + INT64_C(243) * a6 + INT64_C(729) * a7 + INT64_C(2187) * a8 +
           INT64_C(6561) * a9 + INT64_C(19683) * a10 + INT64_C(59049) * a11 + INT64_C(177147) * a12;
}
int64_t Sum_s0(Sum *self)
{
    return self->naps;
}
int64_t Sum_s12(Sum *self, int32_t a1, int32_t a2, int64_t a3, int8_t a4, int16_t a5, int32_t a6,
                int64_t a7, int8_t a8, int16_t a9, int32_t a10, int64_t a11, int8_t a12)
{
    (void)self;
    return sum12(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12);
}
bide_poll Sum_q12(Sum *self, int32_t a1, int32_t a2, int64_t a3, int8_t a4, int16_t a5, int32_t a6,
                  int64_t a7, int8_t a8, int16_t a9, int32_t a10, int64_t a11, int8_t a12,
                  bide_context *cx, int64_t *out)
{
    (void)self, (void)cx;
    *out = sum12(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12);
    return BIDE_READY;
}
BIDE_IMPL_DECLARE(Count, Sum);
BIDE_IMPL(Count, Sum);

static int64_t expected_sum(int n)
{
    int64_t sum = 0, weight = 1;
    for (int i = 1; i <= n; i++, weight *= 3)
        sum += weight * i;
    return sum;
}

/* Started at once, and kept for later; ready, and after a nap. `args` begins with the handle. */
#define CHECK_COUNT(n, args)                                                                       \
    do {                                                                                           \
        struct Count_p##n call;                                                                    \
        int64_t out = -1;                                                                          \
        bide_poll p = CALL(Count_p##n##_start, &call, UNWRAP args, &r.cx, &out);                   \
        if (sum.naps) {                                                                            \
            assert_int_equal(p, BIDE_PENDING);                                                     \
            p = Count_p##n##_poll(&call, &r.cx, &out);                                             \
        }                                                                                          \
        assert_int_equal(p, BIDE_READY);                                                           \
        assert_int_equal(out, expected_sum(n));                                                    \
        CALL(Count_p##n##_init, &call, UNWRAP args);                                               \
        out = -1;                                                                                  \
        while ((p = Count_p##n##_poll(&call, &r.cx, &out)) == BIDE_PENDING)                        \
            ;                                                                                      \
        assert_int_equal(p, BIDE_READY);                                                           \
        assert_int_equal(out, expected_sum(n));                                                    \
    } while (0)
#define CALL(function, ...) function(__VA_ARGS__)
#define UNWRAP(...) __VA_ARGS__

static void zero_to_twelve_parameters(void **state)
{
    rig r;
    Sum sum = {0};
    Count m = Sum_as_Count(&sum, NULL);
    int64_t item = -1;
    (void)state;
    rig_open(&r);
    for (sum.naps = 0; sum.naps < 2; sum.naps++) {
        CHECK_COUNT(0, (&m));
        CHECK_COUNT(1, (&m, V_1));
        CHECK_COUNT(2, (&m, V_2));
        CHECK_COUNT(3, (&m, V_3));
        CHECK_COUNT(4, (&m, V_4));
        CHECK_COUNT(5, (&m, V_5));
        CHECK_COUNT(6, (&m, V_6));
        CHECK_COUNT(7, (&m, V_7));
        CHECK_COUNT(8, (&m, V_8));
        CHECK_COUNT(9, (&m, V_9));
        CHECK_COUNT(10, (&m, V_10));
        CHECK_COUNT(11, (&m, V_11));
        CHECK_COUNT(12, (&m, V_12));
        assert_int_equal(Count_s0(&m), sum.naps);
        assert_int_equal(Count_s12(&m, V_12), expected_sum(12));
        assert_int_equal(Count_q12(&m, V_12, &r.cx, &item), BIDE_READY);
        assert_int_equal(item, expected_sum(12));
    }
    assert_int_equal(r.counter.allocs, 26);
    rig_close(&r);
}

/* ---- parameters of every kind -----------------------------------------------------------------
 */

typedef struct point {
    double x, y;
} point;
typedef struct triple {
    int32_t v[3];
} triple;
typedef int32_t (*binary)(int32_t, int32_t);
typedef struct wide64 {
    alignas(64) unsigned char bytes[64];
} wide64;

#define Mixed_METHODS(METHOD, I, Self)                                                             \
    METHOD(I, Self, ASYNC, double, measure, (const char *, text), (point, p), (const point *, q),  \
           (triple, t), (binary, op), (bool, yes), (float, w))                                     \
    METHOD(I, Self, ASYNC, bool, aligned, (wide64, w), (char, c))
BIDE_INTERFACE(Mixed);

typedef struct Probe {
    int naps;
} Probe;
#define Probe_measure_FRAME(ROW)                                                                   \
    ROW(PARAM, Probe *, self)                                                                      \
    ROW(PARAM, const char *, text)                                                                 \
    ROW(PARAM, point, p)                                                                           \
    ROW(PARAM, const point *, q)                                                                   \
    ROW(PARAM, triple, t)                                                                          \
    ROW(PARAM, binary, op)                                                                         \
    ROW(PARAM, bool, yes) ROW(PARAM, float, w) ROW(CHILD, nap, one) ROW(CHILD, nap, two)
BIDE_ASYNC(double, Probe_measure)
{
    BIDE_BEGIN(Probe_measure);
    BIDE_AWAIT(nap, one, (f->self->naps));
    assert_string_equal(f->text, "borrowed"); /* at every poll */
    BIDE_AWAIT(nap, two, (f->self->naps));
    assert_string_equal(f->text, "borrowed");
    BIDE_RETURN(f->p.x + f->p.y + f->q->x + f->q->y + (double)f->op(f->t.v[0], f->t.v[2]) +
                (f->yes ? 1000.0 : 0.0) + (double)f->w);
    BIDE_END;
}
#define Probe_aligned_FRAME(ROW)                                                                   \
    ROW(PARAM, Probe *, self) ROW(PARAM, wide64, w) ROW(PARAM, char, c) ROW(CHILD, nap, rest)
BIDE_ASYNC(bool, Probe_aligned)
{
    BIDE_BEGIN(Probe_aligned);
    BIDE_AWAIT(nap, rest, (f->self->naps));
    BIDE_RETURN((uintptr_t)&f->w % 64 == 0 && f->w.bytes[63] == 63 && f->c == 'c');
    BIDE_END;
}
BIDE_IMPL_DECLARE(Mixed, Probe);
BIDE_IMPL(Mixed, Probe);

static int32_t times(int32_t a, int32_t b)
{
    return a * b;
}

static void I24_borrowed_args_outlive_call(void **state)
{
    rig r;
    Probe probe = {1};
    Mixed m = Probe_as_Mixed(&probe, NULL);
    struct Mixed_measure f = {0};
    char text[] = "borrowed";
    point p = {1, 2}, q = {10, 20};
    triple t = {{3, 4, 5}};
    double out = 0;
    int polls = 1;
    (void)state;
    rig_open(&r);
    Mixed_measure_init(&f, &m, text, p, &q, t, times, true, 0.5f);
    memset(&p, 0, sizeof p); /* by value: copied. By pointer: borrowed. */
    q.y = 30;
    while (Mixed_measure_poll(&f, &r.cx, &out) == BIDE_PENDING)
        polls++;
    assert_int_equal(polls, 3);
    assert_true(out > 1058.49 && out < 1058.51);
    rig_close(&r);
}

static void over_aligned_parameters(void **state)
{
    rig r;
    Probe probe = {1};
    Mixed m = Probe_as_Mixed(&probe, NULL);
    struct Mixed_aligned f = {0};
    wide64 w = {{0}};
    bool out = false;
    (void)state;
    rig_open(&r);
    w.bytes[63] = 63;
    Mixed_aligned_init(&f, &m, w, 'c');
    assert_int_equal(Mixed_aligned_poll(&f, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(r.counter.last_align, 64);
    assert_int_equal(f.bide_u.box.type->box_offset, 64);
    assert_int_equal((uintptr_t)f.bide_u.box.frame % 64, 0);
    assert_int_equal(Mixed_aligned_poll(&f, &r.cx, &out), BIDE_READY);
    assert_true(out);
    rig_close(&r);
}

/* ---- results of every kind --------------------------------------------------------------------
 */

typedef struct kilobyte {
    unsigned char bytes[1024];
} kilobyte;
typedef struct wide32 {
    alignas(32) double v[4];
} wide32;
typedef struct twenty {
    int32_t v[5];
} twenty;

#define Results_METHODS(METHOD, I, Self)                                                           \
    METHOD(I, Self, ASYNC, void, nothing)                                                          \
    METHOD(I, Self, ASYNC, kilobyte, large, (unsigned char, fill))                                 \
    METHOD(I, Self, ASYNC, wide32, by32)                                                           \
    METHOD(I, Self, ASYNC, wide64, by64)                                                           \
    METHOD(I, Self, ASYNC, twenty, middle)                                                         \
    METHOD(I, Self, ASYNC, const char *, text)                                                     \
    METHOD(I, Self, SYNC, wide64, now)                                                             \
    METHOD(I, Self, POLL, kilobyte, item)
BIDE_INTERFACE(Results);

#define SELF_AND_NAP(ROW) ROW(PARAM, Probe *, self) ROW(CHILD, nap, rest)
#define RESULT(R, m, ...)                                                                          \
    BIDE_ASYNC(R, Probe_##m)                                                                       \
    {                                                                                              \
        BIDE_BEGIN(Probe_##m);                                                                     \
        BIDE_AWAIT(nap, rest, (f->self->naps));                                                    \
        __VA_ARGS__                                                                                \
        BIDE_END;                                                                                  \
    }
#define Probe_nothing_FRAME SELF_AND_NAP
RESULT(void, nothing, f->self->naps += 100;)
#define Probe_large_FRAME(ROW) SELF_AND_NAP(ROW) ROW(PARAM, unsigned char, fill)
RESULT(kilobyte, large, kilobyte k; memset(&k, f->fill, sizeof k); BIDE_RETURN(k);)
#define Probe_by32_FRAME SELF_AND_NAP
RESULT(wide32, by32, BIDE_RETURN((wide32){{1, 2, 3, 4}});)
#define Probe_by64_FRAME SELF_AND_NAP
RESULT(wide64, by64, BIDE_RETURN((wide64){{6, 4}});)
#define Probe_middle_FRAME SELF_AND_NAP
RESULT(twenty, middle, BIDE_RETURN((twenty){{1, 2, 3, 4, 5}});)
#define Probe_text_FRAME SELF_AND_NAP
RESULT(const char *, text, BIDE_RETURN("a text");)
wide64 Probe_now(Probe *self)
{
    (void)self;
    return (wide64){{1, 2}};
}
bide_poll Probe_item(Probe *self, bide_context *cx, kilobyte *out)
{
    (void)self, (void)cx;
    memset(out, 9, sizeof *out);
    return BIDE_READY;
}
BIDE_IMPL_DECLARE(Results, Probe);
BIDE_IMPL(Results, Probe);

/* Runs a call of a method; says in how many polls it ended. `out` stays unwritten until then. */
#define RUN(m, out, ...)                                                                           \
    do {                                                                                           \
        struct Results_##m call;                                                                   \
        bide_poll p;                                                                               \
        int polls = 1;                                                                             \
        memset((out), 0xee, sizeof *(out));                                                        \
        CALL(Results_##m##_init, &call, __VA_ARGS__);                                              \
        while ((p = Results_##m##_poll(&call, &r.cx, (out))) == BIDE_PENDING) {                    \
            assert_int_equal(*(unsigned char *)(out), 0xee);                                       \
            polls++;                                                                               \
        }                                                                                          \
        assert_int_equal(p, BIDE_READY);                                                           \
        assert_int_equal(polls, naps + 1);                                                         \
        assert_int_equal(Results_##m##_type_of(&m_)->output_size, sizeof *(out));                  \
    } while (0)

static void results_of_every_size(void **state)
{
    rig r;
    (void)state;
    rig_open(&r);
    for (int naps = 0; naps < 2; naps++) {
        Probe probe = {naps};
        Results m_ = Probe_as_Results(&probe, NULL);
        struct Results_nothing nothing = {0};
        kilobyte large;
        wide32 by32;
        wide64 by64;
        twenty middle;
        const char *text;
        RUN(large, &large, &m_, 7);
        assert_int_equal(large.bytes[0] + large.bytes[1023], 14);
        RUN(by32, &by32, &m_);
        assert_true(by32.v[3] > 3.9);
        RUN(by64, &by64, &m_);
        assert_int_equal(by64.bytes[1], 4);
        RUN(middle, &middle, &m_);
        assert_int_equal(middle.v[4], 5);
        RUN(text, &text, &m_);
        assert_string_equal(text, "a text");
        Results_nothing_init(&nothing, &m_);
        while (Results_nothing_poll(&nothing, &r.cx, NULL) == BIDE_PENDING)
            ;
        assert_int_equal(probe.naps, naps + 100);
        assert_int_equal(Results_now(&m_).bytes[1], 2);
        assert_int_equal(Results_item(&m_, &r.cx, &large), BIDE_READY);
        assert_int_equal(large.bytes[1023], 9);
        assert_int_equal(Results_nothing_type_of(&m_)->output_size, 0);
        assert_int_equal(Results_nothing_type_of(&m_)->output_align, 1);
        assert_int_equal(Results_by64_type_of(&m_)->output_align, 64);
    }
    rig_close(&r);
}

/* ---- families made by macro -------------------------------------------------------------------
 */

/* A generic interface: one list, instantiated for several item types and sizes. */
#define SOURCE_METHODS(METHOD, I, Self, Item)                                                      \
    METHOD(I, Self, ASYNC, Item, next, (Item, previous))                                           \
    METHOD(I, Self, SYNC, size_t, item_size)
#define SourceSmall_METHODS(METHOD, I, Self) SOURCE_METHODS(METHOD, I, Self, triple)
#define SourceLarge_METHODS(METHOD, I, Self) SOURCE_METHODS(METHOD, I, Self, kilobyte)
BIDE_INTERFACE(SourceSmall);
BIDE_INTERFACE(SourceLarge);
#define SOURCE(T, I, Item)                                                                         \
    typedef struct T {                                                                             \
        char unused;                                                                               \
    } T;                                                                                           \
    BIDE_ASYNC(Item, T##_next)                                                                     \
    {                                                                                              \
        BIDE_BEGIN(T##_next);                                                                      \
        BIDE_AWAIT(nap, rest, (1));                                                                \
        BIDE_RETURN(f->previous);                                                                  \
        BIDE_END;                                                                                  \
    }                                                                                              \
    size_t T##_item_size(T *self)                                                                  \
    {                                                                                              \
        (void)self;                                                                                \
        return sizeof(Item);                                                                       \
    }                                                                                              \
    BIDE_IMPL_DECLARE(I, T);                                                                       \
    BIDE_IMPL(I, T)
#define Small_next_FRAME(ROW)                                                                      \
    ROW(PARAM, Small *, self) ROW(PARAM, triple, previous) ROW(CHILD, nap, rest)
SOURCE(Small, SourceSmall, triple);
#define Large_next_FRAME(ROW)                                                                      \
    ROW(PARAM, Large *, self) ROW(PARAM, kilobyte, previous) ROW(CHILD, nap, rest)
SOURCE(Large, SourceLarge, kilobyte);

static void I25_array_and_const_sized_args(void **state)
{
    rig r;
    Small small = {0};
    Large large = {0};
    SourceSmall s = Small_as_SourceSmall(&small, NULL);
    SourceLarge l = Large_as_SourceLarge(&large, NULL);
    struct SourceSmall_next fs = {0};
    struct SourceLarge_next fl = {0};
    triple t = {{1, 2, 3}};
    kilobyte k = {{0}};
    (void)state;
    rig_open(&r);
    k.bytes[1000] = 42;
    assert_int_equal(SourceSmall_next_start(&fs, &s, t, &r.cx, &t), BIDE_PENDING);
    assert_int_equal(SourceLarge_next_start(&fl, &l, k, &r.cx, &k), BIDE_PENDING);
    memset(&t, 0, sizeof t);
    memset(&k, 0, sizeof k);
    assert_int_equal(SourceSmall_next_poll(&fs, &r.cx, &t), BIDE_READY);
    assert_int_equal(SourceLarge_next_poll(&fl, &r.cx, &k), BIDE_READY);
    assert_int_equal(t.v[2], 3);
    assert_int_equal(k.bytes[1000], 42);
    rig_close(&r);
}

static void I26_associated_type_and_const(void **state)
{
    Small small = {0};
    Large large = {0};
    SourceSmall s = Small_as_SourceSmall(&small, NULL);
    SourceLarge l = Large_as_SourceLarge(&large, NULL);
    (void)state;
    /* Statically by the Output's typedef, dynamically by the record. */
    assert_int_equal(sizeof(SourceSmall_next_output), sizeof(triple));
    assert_int_equal(sizeof(Large_next_output), sizeof(kilobyte));
    assert_int_equal(SourceSmall_next_type_of(&s)->output_size, SourceSmall_item_size(&s));
    assert_int_equal(SourceLarge_next_type_of(&l)->output_size, SourceLarge_item_size(&l));
}

/* A method that returns a handle of another interface: an iterator whose type is erased. */
#define Walk_METHODS(METHOD, I, Self) METHOD(I, Self, SYNC_MUT, const char *, step)
BIDE_INTERFACE(Walk);
#define Shelf_METHODS(METHOD, I, Self) METHOD(I, Self, SYNC, Walk, walk)
BIDE_INTERFACE(Shelf);
typedef struct Words {
    const char *const *at;
} Words;
static const char *const words[] = {"one", "two", NULL};
const char *Words_step(Words *self)
{
    return *self->at ? *self->at++ : NULL;
}
BIDE_IMPL_DECLARE(Walk, Words);
BIDE_IMPL(Walk, Words);
Walk Words_walk(Words *self)
{
    self->at = words;
    return Words_as_Walk(self, NULL);
}
BIDE_IMPL_DECLARE(Shelf, Words);
BIDE_IMPL(Shelf, Words);

static void I28_non_future_erased_return(void **state)
{
    Words w = {NULL};
    Shelf shelf = Words_as_Shelf(&w, NULL);
    Walk walk = Shelf_walk(&shelf);
    (void)state;
    assert_string_equal(Walk_step(&walk), "one");
    assert_string_equal(Walk_step(&walk), "two");
    assert_null(Walk_step(&walk));
}

/* ---- a hundred methods ------------------------------------------------------------------------
 */

BIDE_IMPL(Wide, Hundred);

static void hundred_methods(void **state)
{
    rig r;
    Hundred hundred = {1000};
    Wide m = Hundred_as_Wide(&hundred, NULL);
    int32_t sum = 0;
    (void)state;
    rig_open(&r);
    assert_int_equal(Wide_interface.rows, 100);
    assert_int_equal(bide_bind(&Wide_interface, &m.vtable->header, NULL), BIDE_READY);
#define ASK(nn)                                                                                    \
    do {                                                                                           \
        struct Wide_m##nn f;                                                                       \
        int32_t out = 0;                                                                           \
        assert_int_equal(Wide_m##nn##_start(&f, &m, 1, &r.cx, &out), BIDE_READY);                  \
        assert_int_equal(out, 1001 + 1##nn - 100);                                                 \
        sum += out;                                                                                \
        assert_int_equal(Wide_m##nn##_start(&f, &m, -1, &r.cx, &out), BIDE_PENDING);               \
        assert_int_equal(Wide_m##nn##_poll(&f, &r.cx, &out), BIDE_READY);                          \
        assert_int_equal(out, 999 + 1##nn - 100);                                                  \
    } while (0);
    HUNDRED(ASK)
    assert_int_equal(sum, 100 * 1001 + 4950);
    assert_int_equal(r.counter.allocs, 100);
    rig_close(&r);
}

/* ---- failures ---------------------------------------------------------------------------------
 */

static bide_poll scenario_aligned_and_large(bide_allocator *allocator)
{
    bide_context cx = scenario_context(allocator);
    Probe probe = {1};
    Mixed m = Probe_as_Mixed(&probe, NULL);
    Results results = Probe_as_Results(&probe, NULL);
    struct Mixed_aligned f = {0};
    struct Results_large g = {0};
    wide64 w = {{0}};
    kilobyte k;
    bool out = false;
    bide_poll p;
    w.bytes[63] = 63;
    p = Mixed_aligned_start(&f, &m, w, 'c', &cx, &out);
    while (p == BIDE_PENDING)
        p = Mixed_aligned_poll(&f, &cx, &out);
    if (p != BIDE_READY)
        return p;
    assert_true(out);
    p = Results_large_start(&g, &results, 1, &cx, &k);
    while (p == BIDE_PENDING)
        p = Results_large_poll(&g, &cx, &k);
    return p;
}
TEST_EVERY_FAILURE(every_failure_of_large_frames, scenario_aligned_and_large)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zero_to_twelve_parameters),
        cmocka_unit_test(I24_borrowed_args_outlive_call),
        cmocka_unit_test(over_aligned_parameters),
        cmocka_unit_test(results_of_every_size),
        cmocka_unit_test(I25_array_and_const_sized_args),
        cmocka_unit_test(I26_associated_type_and_const),
        cmocka_unit_test(I28_non_future_erased_return),
        cmocka_unit_test(hundred_methods),
        cmocka_unit_test(every_failure_of_large_frames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
