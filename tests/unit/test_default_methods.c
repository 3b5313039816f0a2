/*
 * test_default_methods.c: methods with a default: taken, overridden, on the static path and through
 * handles, and answered by the caller when the implementation is older than they are.
 */
#include "dyn.h"
#include <string.h>

#define release_it(d) bide_droppable_release(&(d))

/* One row of each kind that can have a default. */
#define Calc_METHODS(METHOD, I, Self)                                                              \
    METHOD(I, Self, ASYNC, int32_t, add, (int32_t, a), (int32_t, b))                               \
    METHOD(I, Self, SYNC, int32_t, last)                                                           \
    METHOD(I, Self, ASYNC_DEFAULT, int32_t, sub, (int32_t, a), (int32_t, b))                       \
    METHOD(I, Self, ASYNC_MUT_DEFAULT, void, clear)                                                \
    METHOD(I, Self, SYNC_DEFAULT, int32_t, twice, (int32_t, a))                                    \
    METHOD(I, Self, SYNC_MUT_DEFAULT, void, touch)                                                 \
    METHOD(I, Self, POLL_DEFAULT, int32_t, item, (int32_t, at))                                    \
    METHOD(I, Self, FN_DEFAULT, int32_t, version, (int32_t, major))                                \
    METHOD(I, Self, ASYNC_DEFAULT, int32_t, keep, (bide_droppable, d), (int32_t, naps))
BIDE_INTERFACE(Calc);

static int32_t touches;

#define Calc_sub_default_FRAME(ROW)                                                                \
    ROW(PARAM, Calc, self)                                                                         \
    ROW(PARAM, int32_t, a) ROW(PARAM, int32_t, b) ROW(LOCAL, int32_t, r) ROW(CHILD, Calc_add, call)
BIDE_ASYNC(int32_t, Calc_sub_default)
{
    BIDE_BEGIN(Calc_sub_default);
    BIDE_AWAIT_TO(f->r, Calc_add, call, (&f->self, f->a, -f->b));
    BIDE_RETURN(f->r);
    BIDE_END;
}
#define Calc_clear_default_FRAME(ROW)                                                              \
    ROW(PARAM, Calc, self) ROW(LOCAL, int32_t, r) ROW(CHILD, Calc_sub, call)
BIDE_ASYNC(void, Calc_clear_default)
{
    BIDE_BEGIN(Calc_clear_default);
    /* A default that is made of another row with a default. */
    BIDE_AWAIT_TO(f->r, Calc_sub, call, (&f->self, Calc_last(&f->self), Calc_last(&f->self)));
    BIDE_END;
}
static inline int32_t Calc_twice_default(Calc self, int32_t a)
{
    return 2 * a + Calc_last(&self);
}
static inline void Calc_touch_default(Calc self)
{
    (void)self;
    touches++;
}
static inline bide_poll Calc_item_default(Calc self, int32_t at, bide_context *cx, int32_t *out)
{
    (void)cx;
    *out = at + Calc_last(&self);
    return BIDE_READY;
}
static inline int32_t Calc_version_default(Calc self, int32_t major)
{
    (void)self;
    return major * 100;
}
#define Calc_keep_default_FRAME(ROW)                                                               \
    ROW(PARAM, Calc, self)                                                                         \
    ROW(OWNED, bide_droppable, d, release_it) ROW(PARAM, int32_t, naps) ROW(CHILD, nap, rest)
BIDE_ASYNC(int32_t, Calc_keep_default)
{
    BIDE_BEGIN(Calc_keep_default);
    BIDE_AWAIT(nap, rest, (f->naps));
    BIDE_RETURN(f->naps);
    BIDE_END;
}
BIDE_INTERFACE_DEFAULTS(Calc);

#define BASICS(T)                                                                                  \
    typedef struct T {                                                                             \
        int32_t last;                                                                              \
    } T;                                                                                           \
    BIDE_ASYNC(int32_t, T##_add)                                                                   \
    {                                                                                              \
        BIDE_BEGIN(T##_add);                                                                       \
        BIDE_AWAIT(nap, rest, (1));                                                                \
        f->self->last = f->a + f->b;                                                               \
        BIDE_RETURN(f->self->last);                                                                \
        BIDE_END;                                                                                  \
    }                                                                                              \
    int32_t T##_last(T *self);                                                                     \
    int32_t T##_last(T *self)                                                                      \
    {                                                                                              \
        return self->last;                                                                         \
    }                                                                                              \
    BIDE_IMPL_DECLARE(Calc, T);                                                                    \
    BIDE_DEFAULTS(Calc, T)
#define ADD_ROWS(ROW, T)                                                                           \
    ROW(PARAM, T *, self) ROW(PARAM, int32_t, a) ROW(PARAM, int32_t, b) ROW(CHILD, nap, rest)

/* Writes only what it must. */
#define Lazy_add_FRAME(ROW) ADD_ROWS(ROW, Lazy)
BASICS(Lazy);
BIDE_IMPL(Calc, Lazy);

/* Writes everything. */
#define Busy_Calc_HAS_sub 1
#define Busy_Calc_HAS_clear 1
#define Busy_Calc_HAS_twice 1
#define Busy_Calc_HAS_touch 1
#define Busy_Calc_HAS_item 1
#define Busy_Calc_HAS_version 1
#define Busy_Calc_HAS_keep 1
#define Busy_add_FRAME(ROW) ADD_ROWS(ROW, Busy)
BASICS(Busy);
#define Busy_sub_FRAME(ROW) ROW(PARAM, Busy *, self) ROW(PARAM, int32_t, a) ROW(PARAM, int32_t, b)
BIDE_ASYNC(int32_t, Busy_sub)
{
    BIDE_BEGIN(Busy_sub);
    BIDE_RETURN(1000 + f->a - f->b);
    BIDE_END;
}
#define Busy_clear_FRAME(ROW) ROW(PARAM, Busy *, self)
BIDE_ASYNC(void, Busy_clear)
{
    BIDE_BEGIN(Busy_clear);
    f->self->last = -1;
    BIDE_END;
}
int32_t Busy_twice(Busy *self, int32_t a);
int32_t Busy_twice(Busy *self, int32_t a)
{
    return 1000 + 2 * a + self->last;
}
void Busy_touch(Busy *self);
void Busy_touch(Busy *self)
{
    self->last = 500;
}
bide_poll Busy_item(Busy *self, int32_t at, bide_context *cx, int32_t *out);
bide_poll Busy_item(Busy *self, int32_t at, bide_context *cx, int32_t *out)
{
    (void)self, (void)at, (void)cx, (void)out;
    return BIDE_DONE;
}
int32_t Busy_version(Busy *self, int32_t major);
int32_t Busy_version(Busy *self, int32_t major)
{
    (void)self;
    return major * 100 + 9;
}
#define Busy_keep_FRAME(ROW)                                                                       \
    ROW(PARAM, Busy *, self) ROW(OWNED, bide_droppable, d, release_it) ROW(PARAM, int32_t, naps)
BIDE_ASYNC(int32_t, Busy_keep)
{
    BIDE_BEGIN(Busy_keep);
    BIDE_RETURN(1000 + f->naps);
    BIDE_END;
}
BIDE_IMPL(Calc, Busy);

/* The same checks on a type and on a handle. `x` is 0 where the defaults answer, 1000 else. */
#define CHECK_ALL(T, on, x)                                                                        \
    do {                                                                                           \
        struct T##_sub sub;                                                                        \
        struct T##_clear clear;                                                                    \
        struct T##_keep keep;                                                                      \
        bide_drop_order order;                                                                     \
        int32_t out = 0;                                                                           \
        bide_poll p = T##_sub_start(&sub, (on), 9, 4, &r.cx, &out);                                \
        if (x) {                                                                                   \
            assert_int_equal(p, BIDE_READY);                                                       \
        } else {                                                                                   \
            assert_int_equal(p, BIDE_PENDING);                                                     \
            assert_int_equal(T##_sub_poll(&sub, &r.cx, &out), BIDE_READY);                         \
            assert_int_equal(T##_last(on), 5);                                                     \
        }                                                                                          \
        assert_int_equal(out, (x) + 5);                                                            \
        T##_clear_init(&clear, (on));                                                              \
        while (T##_clear_poll(&clear, &r.cx, NULL) == BIDE_PENDING)                                \
            ;                                                                                      \
        assert_int_equal(T##_last(on), (x) ? -1 : 0);                                              \
        assert_int_equal(T##_twice((on), 4), (x) + 8 + T##_last(on));                              \
        touches = 0;                                                                               \
        T##_touch(on);                                                                             \
        assert_int_equal(touches, (x) ? 0 : 1);                                                    \
        assert_int_equal(T##_item((on), 3, &r.cx, &out), (x) ? BIDE_DONE : BIDE_READY);            \
        assert_int_equal(T##_version((on), 2), (x) ? 209 : 200);                                   \
        bide_drop_order_init(&order);                                                              \
        T##_keep_init(&keep, (on), bide_droppable_make(&order, "kept"), 1);                        \
        while (T##_keep_poll(&keep, &r.cx, &out) == BIDE_PENDING)                                  \
            assert_int_equal(order.count, 0);                                                      \
        assert_int_equal(out, (x) + 1);                                                            \
        assert_int_equal(order.count, 1);                                                          \
        T##_keep_init(&keep, (on), bide_droppable_make(&order, "kept"), 1);                        \
        T##_keep_drop(&keep);                                                                      \
        assert_int_equal(order.count, 2);                                                          \
        T##_keep_discard((on), bide_droppable_make(&order, "kept"), 1);                            \
        assert_int_equal(order.count, 3);                                                          \
    } while (0)

static void defaults_on_the_static_path(void **state)
{
    rig r;
    Lazy lazy = {0};
    (void)state;
    rig_open(&r);
    CHECK_ALL(Lazy, &lazy, 0);
    rig_close(&r);
}

static void defaults_through_a_handle(void **state)
{
    rig r;
    Lazy lazy = {0};
    Calc c = Lazy_as_Calc(&lazy, NULL);
    (void)state;
    rig_open(&r);
    CHECK_ALL(Calc, &c, 0);
    rig_close(&r);
}

/* Older than every row with a default: the caller's own defaults answer, owned arguments included.
 */
static void defaults_for_a_shorter_vtable(void **state)
{
    rig r;
    Lazy lazy = {0};
    struct Calc_vtable old = Lazy_Calc_vtable;
    Calc c = {&lazy, &old, NULL};
    (void)state;
    rig_open(&r);
    old.header.size = (uint32_t)offsetof(struct Calc_vtable, sub);
    memset(&old.sub, 0, sizeof old - offsetof(struct Calc_vtable, sub));
    CHECK_ALL(Calc, &c, 0);
    assert_string_equal(Calc_keep_type_of(&c)->name, "Calc_keep_default");
    rig_close(&r);
}

static void I04_default_method_overridden(void **state)
{
    rig r;
    Busy busy = {0};
    Calc c = Busy_as_Calc(&busy, NULL);
    (void)state;
    rig_open(&r);
    CHECK_ALL(Busy, &busy, 1000);
    CHECK_ALL(Calc, &c, 1000);
    assert_int_equal(r.counter.allocs, 0);
    rig_close(&r);
}

/* ---- nothing but defaults ---------------------------------------------------------------------
 */

#define Greeter_METHODS(METHOD, I, Self)                                                           \
    METHOD(I, Self, ASYNC_DEFAULT, const char *, greet, (int, naps))                               \
    METHOD(I, Self, SYNC_DEFAULT, int, loudness)
BIDE_INTERFACE(Greeter);
#define Greeter_greet_default_FRAME(ROW)                                                           \
    ROW(PARAM, Greeter, self) ROW(PARAM, int, naps) ROW(CHILD, nap, rest)
BIDE_ASYNC(const char *, Greeter_greet_default)
{
    BIDE_BEGIN(Greeter_greet_default);
    BIDE_AWAIT(nap, rest, (f->naps));
    BIDE_RETURN(Greeter_loudness(&f->self) > 5 ? "HELLO" : "hello");
    BIDE_END;
}
static inline int Greeter_loudness_default(Greeter self)
{
    (void)self;
    return 3;
}
BIDE_INTERFACE_DEFAULTS(Greeter);

typedef struct Silent {
    char unused;
} Silent;
BIDE_IMPL_DECLARE(Greeter, Silent);
BIDE_DEFAULTS(Greeter, Silent);
BIDE_IMPL(Greeter, Silent);

/* Overrides the part of which the other default is made. */
typedef struct Loud {
    char unused;
} Loud;
#define Loud_Greeter_HAS_loudness 1
int Loud_loudness(Loud *self);
int Loud_loudness(Loud *self)
{
    (void)self;
    return 9;
}
BIDE_IMPL_DECLARE(Greeter, Loud);
BIDE_DEFAULTS(Greeter, Loud);
BIDE_IMPL(Greeter, Loud);

static void I05_object_with_only_defaults(void **state)
{
    rig r;
    Silent silent = {0};
    Loud loud = {0};
    Greeter g;
    struct Greeter_greet f = {0};
    const char *out = NULL;
    (void)state;
    rig_open(&r);
    g = Silent_as_Greeter(&silent, NULL);
    assert_int_equal(Greeter_greet_start(&f, &g, 0, &r.cx, &out), BIDE_READY);
    assert_string_equal(out, "hello");
    g = Loud_as_Greeter(&loud, NULL);
    assert_int_equal(Greeter_greet_start(&f, &g, 1, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(Greeter_greet_poll(&f, &r.cx, &out), BIDE_READY);
    assert_string_equal(out, "HELLO");
    assert_int_equal(bide_bind(&Greeter_interface, &g.vtable->header, NULL), BIDE_READY);
    rig_close(&r);
}

/* ---- two interfaces whose defaults have the same name -----------------------------------------
 */

#define Alpha_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC_DEFAULT, int, stop, (int, naps))
#define Beta_METHODS(METHOD, I, Self)                                                              \
    METHOD(I, Self, ASYNC_DEFAULT, void, stop) METHOD(I, Self, SYNC_DEFAULT, int, size)
BIDE_INTERFACE(Alpha);
BIDE_INTERFACE(Beta);
#define Alpha_stop_default_FRAME(ROW)                                                              \
    ROW(PARAM, Alpha, self) ROW(PARAM, int, naps) ROW(CHILD, nap, rest)
BIDE_ASYNC(int, Alpha_stop_default)
{
    BIDE_BEGIN(Alpha_stop_default);
    BIDE_AWAIT(nap, rest, (f->naps));
    BIDE_RETURN(100 + f->naps);
    BIDE_END;
}
#define Beta_stop_default_FRAME(ROW) ROW(PARAM, Beta, self)
BIDE_ASYNC(void, Beta_stop_default)
{
    BIDE_BEGIN(Beta_stop_default);
    touches++;
    BIDE_END;
}
static inline int Beta_size_default(Beta self)
{
    (void)self;
    return 6;
}
BIDE_INTERFACE_DEFAULTS(Alpha);
BIDE_INTERFACE_DEFAULTS(Beta);
typedef struct Both {
    char unused;
} Both;
BIDE_IMPL_DECLARE(Alpha, Both);
BIDE_IMPL_DECLARE(Beta, Both);
BIDE_DEFAULTS(Alpha, Both);
BIDE_DEFAULTS_AS(Beta, Both, Both_beta);
BIDE_IMPL(Alpha, Both);
BIDE_IMPL_AS(Beta, Both, Both_beta);

static void defaults_of_the_same_name_in_two_interfaces(void **state)
{
    rig r;
    Both both = {0};
    Alpha a = Both_as_Alpha(&both, NULL);
    Beta b = Both_as_Beta(&both, NULL);
    struct Alpha_stop f = {0};
    struct Beta_stop g = {0};
    struct Both_beta_stop h = {{0}};
    int out = 0;
    (void)state;
    rig_open(&r);
    touches = 0;
    assert_int_equal(Alpha_stop_start(&f, &a, 1, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(Beta_stop_start(&g, &b, &r.cx, NULL), BIDE_READY);
    assert_int_equal(Both_beta_stop_start(&h, &both, &r.cx, NULL), BIDE_READY);
    assert_int_equal(touches, 2);
    assert_int_equal(Beta_size(&b), 6);
    assert_int_equal(Alpha_stop_poll(&f, &r.cx, &out), BIDE_READY);
    assert_int_equal(out, 101);
    rig_close(&r);
}

/* ---- a frame by default, before the call ------------------------------------------------------
 */

static void the_type_of_a_default_is_known(void **state)
{
    Lazy lazy = {0};
    Busy busy = {0};
    Calc a = Lazy_as_Calc(&lazy, NULL), b = Busy_as_Calc(&busy, NULL);
    (void)state;
    assert_string_equal(Calc_sub_type_of(&a)->name, "Lazy_sub");
    assert_int_equal(Calc_sub_type_of(&a)->frame_size, sizeof(struct Calc_sub_default));
    assert_string_equal(Calc_sub_type_of(&b)->name, "Busy_sub");
    assert_int_equal(Calc_sub_type_of(&b)->frame_size, sizeof(struct Busy_sub));
}

/* ---- failures ---------------------------------------------------------------------------------
 */

static bide_poll scenario_defaults(bide_allocator *allocator)
{
    bide_context cx = scenario_context(allocator);
    bide_drop_order order;
    Lazy lazy = {4};
    Calc c = Lazy_as_Calc(&lazy, NULL);
    struct Calc_clear clear = {0};
    struct Calc_keep keep = {0};
    int32_t out = 0;
    bide_poll p;
    bide_drop_order_init(&order);
    p = Calc_clear_start(&clear, &c, &cx, NULL);
    while (p == BIDE_PENDING)
        p = Calc_clear_poll(&clear, &cx, NULL);
    if (p != BIDE_READY)
        return p;
    Calc_keep_init(&keep, &c, bide_droppable_make(&order, "kept"), 2);
    while ((p = Calc_keep_poll(&keep, &cx, &out)) == BIDE_PENDING)
        ;
    assert_int_equal(order.count, 1);
    return p;
}
TEST_EVERY_FAILURE(every_failure_in_defaults, scenario_defaults)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_on_the_static_path),
        cmocka_unit_test(defaults_through_a_handle),
        cmocka_unit_test(defaults_for_a_shorter_vtable),
        cmocka_unit_test(I04_default_method_overridden),
        cmocka_unit_test(I05_object_with_only_defaults),
        cmocka_unit_test(defaults_of_the_same_name_in_two_interfaces),
        cmocka_unit_test(the_type_of_a_default_is_known),
        cmocka_unit_test(every_failure_in_defaults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
