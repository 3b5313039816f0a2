/*
 * test_bind.c: comparing an interface as two sides know it: what fits, and for each way of not
 * fitting, which method is named.
 */
#include "dyn.h"
#include <string.h>

typedef struct small_pair {
    int32_t a, b;
} small_pair;

#define Base_METHODS(METHOD, I, Self) METHOD(I, Self, SYNC, int, id) METHOD(I, Self, SYNC, int, kin)
BIDE_INTERFACE(Base);

/* What both sides are to agree on. A variant of it differs in one thing. */
#define FIRST(METHOD, I, Self)                                                                     \
    METHOD(I, Self, ASYNC, int32_t, add, (int32_t, a), (int32_t, b))                               \
    METHOD(I, Self, SYNC, bool, odd, (bool, strict))
#define MIDDLE(METHOD, I, Self) METHOD(I, Self, ASYNC, small_pair, pair, (small_pair, p))
#define LAST(METHOD, I, Self)                                                                      \
    METHOD(I, Self, POLL, int32_t, item)                                                           \
    METHOD(I, Self, ASYNC_DEFAULT, int32_t, more, (int32_t, a))
#define Calc_METHODS(METHOD, I, Self)                                                              \
    FIRST(METHOD, I, Self) MIDDLE(METHOD, I, Self) LAST(METHOD, I, Self)
BIDE_INTERFACE(Calc);
#define Calc_more_default_FRAME(ROW) ROW(PARAM, Calc, self) ROW(PARAM, int32_t, a)
BIDE_ASYNC(int32_t, Calc_more_default)
{
    BIDE_BEGIN(Calc_more_default);
    BIDE_RETURN(f->a + 5000);
    BIDE_END;
}
BIDE_INTERFACE_DEFAULTS(Calc);

typedef struct Impl {
    int unused;
} Impl;
BIDE_IMPL_DECLARE(Calc, Impl);
BIDE_DEFAULTS(Calc, Impl);
#define Impl_add_FRAME(ROW) ROW(PARAM, Impl *, self) ROW(PARAM, int32_t, a) ROW(PARAM, int32_t, b)
BIDE_ASYNC(int32_t, Impl_add)
{
    BIDE_BEGIN(Impl_add);
    BIDE_RETURN(f->a + f->b);
    BIDE_END;
}
#define Impl_pair_FRAME(ROW) ROW(PARAM, Impl *, self) ROW(PARAM, small_pair, p)
BIDE_ASYNC(small_pair, Impl_pair)
{
    BIDE_BEGIN(Impl_pair);
    BIDE_RETURN(f->p);
    BIDE_END;
}
bool Impl_odd(Impl *self, bool strict);
bool Impl_odd(Impl *self, bool strict)
{
    (void)self;
    return strict;
}
bide_poll Impl_item(Impl *self, bide_context *cx, int32_t *out);
bide_poll Impl_item(Impl *self, bide_context *cx, int32_t *out)
{
    (void)self, (void)cx;
    *out = 8;
    return BIDE_READY;
}
BIDE_IMPL(Calc, Impl);

/* ---- what fits --------------------------------------------------------------------------------
 */

static void a_vtable_that_fits(void **state)
{
    rig r;
    Impl impl = {0};
    Calc c;
    struct Calc_add f = {0};
    int32_t out = 0;
    bide_mismatch why;
    (void)state;
    rig_open(&r);
    memset(&why, 0xee, sizeof why);
    assert_int_equal(Calc_bind(&c, &impl, &Impl_Calc_vtable.header, &r.counter.base, &why),
                     BIDE_READY);
    assert_null(why.reason);
    assert_null(why.method);
    assert_ptr_equal(c.self, &impl);
    assert_ptr_equal(c.allocator, &r.counter.base);
    assert_int_equal(Calc_add_start(&f, &c, 1, 2, &r.cx, &out), BIDE_READY);
    assert_int_equal(out, 3);
    rig_close(&r);
}

/* ---- one difference each ----------------------------------------------------------------------
 */

/* The same rows without a default, which would have to be written for each variant. */
#define TAIL(METHOD, I, Self)                                                                      \
    METHOD(I, Self, POLL, int32_t, item) METHOD(I, Self, ASYNC, int32_t, more, (int32_t, a))
/* The other side's idea of the interface, under the same name. */
#define VARIANT(V)                                                                                 \
    BIDE_INTERFACE(V);                                                                             \
    static bide_interface V##_as_calc(void)                                                        \
    {                                                                                              \
        bide_interface info = V##_interface;                                                       \
        info.name = "Calc";                                                                        \
        return info;                                                                               \
    }
/* Another type of the same name, in what another version of a header says. */
typedef struct large_pair {
    int32_t a, b, c;
} large_pair;
#define V_result_METHODS(METHOD, I, Self)                                                          \
    FIRST(METHOD, I, Self)                                                                         \
    METHOD(I, Self, ASYNC, int64_t, pair, (small_pair, p)) TAIL(METHOD, I, Self)
VARIANT(V_result)
#define V_parameter_METHODS(METHOD, I, Self)                                                       \
    FIRST(METHOD, I, Self)                                                                         \
    METHOD(I, Self, ASYNC, small_pair, pair, (int64_t, p)) TAIL(METHOD, I, Self)
VARIANT(V_parameter)
#define V_fewer_METHODS(METHOD, I, Self)                                                           \
    FIRST(METHOD, I, Self)                                                                         \
    METHOD(I, Self, ASYNC, small_pair, pair) TAIL(METHOD, I, Self)
VARIANT(V_fewer)
#define V_more_METHODS(METHOD, I, Self)                                                            \
    FIRST(METHOD, I, Self)                                                                         \
    METHOD(I, Self, ASYNC, small_pair, pair, (small_pair, p), (int, q)) TAIL(METHOD, I, Self)
VARIANT(V_more)
#define V_name_METHODS(METHOD, I, Self)                                                            \
    FIRST(METHOD, I, Self)                                                                         \
    METHOD(I, Self, ASYNC, small_pair, pairs, (small_pair, p)) TAIL(METHOD, I, Self)
VARIANT(V_name)
#define V_kind_METHODS(METHOD, I, Self)                                                            \
    FIRST(METHOD, I, Self)                                                                         \
    METHOD(I, Self, ASYNC_MUT, small_pair, pair, (small_pair, p)) TAIL(METHOD, I, Self)
VARIANT(V_kind)
#define V_void_METHODS(METHOD, I, Self)                                                            \
    FIRST(METHOD, I, Self)                                                                         \
    METHOD(I, Self, ASYNC, void, pair, (small_pair, p)) TAIL(METHOD, I, Self)
VARIANT(V_void)
/* The texts agree, the type behind the name has another size. */
#define small_pair large_pair
#define V_size_METHODS(METHOD, I, Self)                                                            \
    FIRST(METHOD, I, Self) MIDDLE(METHOD, I, Self) TAIL(METHOD, I, Self)
static bide_signature V_size_rows[5];
BIDE_INTERFACE(V_size);
#undef small_pair
static bide_interface V_size_as_calc(void)
{
    bide_interface info = V_size_interface;
    memcpy(V_size_rows, V_size_interface.signatures, sizeof V_size_rows);
    V_size_rows[2].text = Calc_interface.signatures[2].text;
    info.name = "Calc";
    info.signatures = V_size_rows;
    return info;
}

static void differs(bide_interface theirs, const char *method, const char *reason)
{
    bide_mismatch why;
    char text[400];
    size_t length;
    assert_int_equal(bide_bind(&theirs, &Impl_Calc_vtable.header, &why), BIDE_EMISMATCH);
    assert_string_equal(why.interface_name, "Calc");
    assert_string_equal(why.implementation, "Impl");
    assert_string_equal(why.method, method);
    assert_non_null(strstr(why.reason, reason));
    length = bide_mismatch_text(&why, text, sizeof text);
    assert_int_equal(length, strlen(text));
    assert_non_null(strstr(text, "Calc."));
    assert_non_null(strstr(text, method));
    assert_non_null(strstr(text, reason));
    assert_non_null(strstr(text, "of Impl"));
    assert_int_equal(bide_bind(&theirs, &Impl_Calc_vtable.header, NULL), BIDE_EMISMATCH);
}

static void the_first_method_that_differs_is_named(void **state)
{
    (void)state;
    differs(V_result_as_calc(), "pair", "result or parameters differ");
    differs(V_parameter_as_calc(), "pair", "result or parameters differ");
    differs(V_fewer_as_calc(), "pair", "result or parameters differ");
    differs(V_more_as_calc(), "pair", "result or parameters differ");
    differs(V_void_as_calc(), "pair", "result or parameters differ");
    differs(V_name_as_calc(), "pairs", "another method stands in this row");
    differs(V_kind_as_calc(), "pair", "another kind");
    differs(V_size_as_calc(), "pair", "another size or alignment");
}

static void the_text_shows_both_rows(void **state)
{
    bide_interface theirs = V_result_as_calc();
    bide_mismatch why;
    char text[200], cut[12];
    (void)state;
    assert_int_equal(bide_bind(&theirs, &Impl_Calc_vtable.header, &why), BIDE_EMISMATCH);
    bide_mismatch_text(&why, text, sizeof text);
    assert_string_equal(text, "Calc.pair of Impl: result or parameters differ (expected: int64_t, "
                              "small_pair; found: small_pair, small_pair)");
    /* Cut to the room, always ended; the whole length is returned. */
    memset(cut, 'x', sizeof cut);
    assert_int_equal(bide_mismatch_text(&why, cut, sizeof cut), strlen(text));
    assert_string_equal(cut, "Calc.pair o");
    assert_int_equal(bide_mismatch_text(&why, NULL, 0), strlen(text));
}

/* Two types of which each took the other's size: the sums agree, the places do not. */
#define Near_METHODS(METHOD, I, Self) METHOD(I, Self, SYNC, int, m, (char, a), (int64_t, b))
#define Far_METHODS(METHOD, I, Self) METHOD(I, Self, SYNC, int, m, (int64_t, a), (char, b))
#define Back_METHODS(METHOD, I, Self) METHOD(I, Self, SYNC, int64_t, m, (char, a), (int, b))
BIDE_INTERFACE(Near);
BIDE_INTERFACE(Far);
BIDE_INTERFACE(Back);
/* Of one size with two alignments, of one alignment with two sizes. */
typedef struct loose {
    char bytes[8];
} loose;
#define Loose_METHODS(METHOD, I, Self) METHOD(I, Self, SYNC, int, m, (loose, a))
#define Strict_METHODS(METHOD, I, Self) METHOD(I, Self, SYNC, int, m, (int64_t, a))
BIDE_INTERFACE(Loose);
#define Tiny_METHODS(METHOD, I, Self) METHOD(I, Self, SYNC, int, m, (char, a))
BIDE_INTERFACE(Strict);
BIDE_INTERFACE(Tiny);

static void the_place_of_a_size_counts(void **state)
{
    (void)state;
    assert_int_not_equal(Near_interface.signatures[0].layout, Far_interface.signatures[0].layout);
    assert_int_not_equal(Near_interface.signatures[0].layout, Back_interface.signatures[0].layout);
    assert_int_not_equal(Loose_interface.signatures[0].layout,
                         Strict_interface.signatures[0].layout);
    assert_int_not_equal(Loose_interface.signatures[0].layout, Tiny_interface.signatures[0].layout);
}

/* C++ spells the type bool, C spells it _Bool: a C++ host binds a module written in C. */
static void bool_is_one_type_in_both_languages(void **state)
{
    bide_signature rows[5];
    bide_interface theirs = Calc_interface;
    (void)state;
    memcpy(rows, Calc_interface.signatures, sizeof rows);
    theirs.signatures = rows;
    rows[1].text = "bool, bool";
    assert_int_equal(bide_bind(&theirs, &Impl_Calc_vtable.header, NULL), BIDE_READY);
    rows[1].text = "_Bool, _Bool";
    assert_int_equal(bide_bind(&theirs, &Impl_Calc_vtable.header, NULL), BIDE_READY);
    rows[1].text = "_Bool, int";
    assert_int_equal(bide_bind(&theirs, &Impl_Calc_vtable.header, NULL), BIDE_EMISMATCH);
    rows[1].text = "_Bool, _Boolean";
    assert_int_equal(bide_bind(&theirs, &Impl_Calc_vtable.header, NULL), BIDE_EMISMATCH);
}

/* ---- vtables that are no vtables, too short, too long, with holes ------------------------------
 */

static void refused(const bide_vtable *vt, const char *method, const char *reason)
{
    bide_mismatch why;
    Calc c;
    assert_int_equal(Calc_bind(&c, NULL, vt, NULL, &why), BIDE_EMISMATCH);
    assert_null(c.vtable);
    assert_non_null(strstr(why.reason, reason));
    if (method)
        assert_string_equal(why.method, method);
    else
        assert_null(why.method);
}

static void F30_type_id_mismatch_refused(void **state)
{
    struct Calc_vtable vt = Impl_Calc_vtable;
    bide_interface info = Calc_interface;
    (void)state;
    refused(NULL, NULL, "there is no vtable");
    refused((const bide_vtable *)(const void *)&Impl_add_type, NULL, "not a vtable");
    vt.header.abi = BIDE_VTABLE_ABI + 1;
    refused(&vt.header, NULL, "revision");
    vt = Impl_Calc_vtable;
    info.name = "Store";
    vt.header.interface_info = &info;
    refused(&vt.header, NULL, "another interface");
    vt.header.interface_info = NULL;
    refused(&vt.header, NULL, "header is cut short");
    vt = Impl_Calc_vtable;
    vt.header.size = sizeof(bide_vtable) - 1;
    refused(&vt.header, NULL, "header is cut short");
}

static void F28_long_vtable_ignored(void **state)
{
    /* A newer implementation has a row that this side does not know. */
    struct newer {
        struct Calc_vtable vt;
        void (*extra)(void *);
    } newer = {Impl_Calc_vtable, NULL};
    bide_signature rows[6];
    bide_interface info = Calc_interface;
    Calc c;
    (void)state;
    memcpy(rows, Calc_interface.signatures, 5 * sizeof rows[0]);
    rows[5] = (bide_signature){"extra",
                               "void",
                               NULL,
                               BIDE_KIND_SYNC_MUT,
                               offsetof(struct newer, extra),
                               sizeof newer.extra,
                               65};
    info.rows = 6;
    info.signatures = rows;
    info.vtable_size = sizeof newer;
    newer.vt.header.size = sizeof newer;
    newer.vt.header.interface_info = &info;
    assert_int_equal(Calc_bind(&c, NULL, &newer.vt.header, NULL, NULL), BIDE_READY);
}

static void longer_rows_of_a_newer_maker(void **state)
{
    struct row {
        bide_signature known;
        const char *newer;
    } rows[5];
    bide_interface info = Calc_interface;
    struct Calc_vtable vt = Impl_Calc_vtable;
    Calc c;
    (void)state;
    for (int i = 0; i < 5; i++)
        rows[i] = (struct row){Calc_interface.signatures[i], "unknown here"};
    info.row_size = sizeof(struct row);
    info.signatures = &rows[0].known;
    vt.header.interface_info = &info;
    assert_int_equal(Calc_bind(&c, NULL, &vt.header, NULL, NULL), BIDE_READY);
}

static void F29_required_slot_missing(void **state)
{
    struct Calc_vtable vt = Impl_Calc_vtable;
    (void)state;
    vt.odd = NULL;
    refused(&vt.header, "odd", "empty");
    vt = Impl_Calc_vtable;
    vt.header.size = (uint32_t)offsetof(struct Calc_vtable, item); /* older than a required row */
    refused(&vt.header, "item", "older than this method");
}

static void F32_null_slot_refused(void **state)
{
    struct Calc_vtable vt = Impl_Calc_vtable;
    bide_signature rows[5];
    bide_interface info = Calc_interface;
    (void)state;
    vt.add.start = NULL;
    refused(&vt.header, "add", "empty");
    vt = Impl_Calc_vtable;
    vt.pair.init = NULL;
    refused(&vt.header, "pair", "empty");
    vt = Impl_Calc_vtable;
    vt.pair.type = NULL;
    refused(&vt.header, "pair", "empty");
    vt = Impl_Calc_vtable;
    vt.item = NULL;
    refused(&vt.header, "item", "empty");
    vt = Impl_Calc_vtable;
    vt.pair.discard = NULL; /* may be: nothing is owned */
    assert_int_equal(bide_bind(&Calc_interface, &vt.header, NULL), BIDE_READY);
    /* A size that reaches over slots which nobody described. */
    memcpy(rows, Calc_interface.signatures, sizeof rows);
    info.rows = 4;
    info.signatures = rows;
    vt.header.interface_info = &info;
    refused(&vt.header, "more", "longer than the list");
}

static void an_older_vtable_is_answered_by_the_default(void **state)
{
    rig r;
    struct Calc_vtable vt = Impl_Calc_vtable;
    Impl impl = {0};
    Calc c;
    struct Calc_more f = {0};
    int32_t out = 0;
    (void)state;
    rig_open(&r);
    vt.header.size = (uint32_t)offsetof(struct Calc_vtable, more);
    memset(&vt.more, 0, sizeof vt.more);
    assert_int_equal(Calc_bind(&c, &impl, &vt.header, NULL, NULL), BIDE_READY);
    assert_int_equal(Calc_more_start(&f, &c, 1, &r.cx, &out), BIDE_READY);
    assert_int_equal(out, 5001);
    assert_string_equal(Calc_more_type_of(&c)->name, "Calc_more_default");
    Calc_more_init(&f, &c, 1);
    Calc_more_drop(&f);
    rig_close(&r);
}

/* A row may gain or lose its default between two releases. */
static void default_or_not_is_no_difference(void **state)
{
    bide_signature rows[5];
    bide_interface theirs = Calc_interface;
    (void)state;
    memcpy(rows, Calc_interface.signatures, sizeof rows);
    theirs.signatures = rows;
    rows[4].kind = BIDE_KIND_ASYNC;
    rows[0].kind = BIDE_KIND_ASYNC + BIDE_KIND_DEFAULT;
    assert_int_equal(bide_bind(&theirs, &Impl_Calc_vtable.header, NULL), BIDE_READY);
}

/* ---- super-interfaces are compared, too --------------------------------------------------------
 */

#define Derived_METHODS(METHOD, I, Self)                                                           \
    METHOD(I, Self, SUPER, Base, base) METHOD(I, Self, SYNC, int, own)
BIDE_INTERFACE(Derived);
int Impl_id(Impl *self);
int Impl_id(Impl *self)
{
    (void)self;
    return 1;
}
int Impl_kin(Impl *self);
int Impl_kin(Impl *self)
{
    (void)self;
    return 2;
}
int Impl_own(Impl *self);
int Impl_own(Impl *self)
{
    (void)self;
    return 3;
}
BIDE_IMPL_DECLARE(Base, Impl);
BIDE_IMPL_DECLARE(Derived, Impl);
BIDE_IMPL(Base, Impl);
BIDE_IMPL(Derived, Impl);

static void super_interfaces_are_compared(void **state)
{
    struct Base_vtable base = Impl_Base_vtable;
    struct Derived_vtable vt = Impl_Derived_vtable;
    bide_mismatch why;
    (void)state;
    assert_int_equal(bide_bind(&Derived_interface, &vt.header, &why), BIDE_READY);
    vt.base = &base;
    base.kin = NULL;
    assert_int_equal(bide_bind(&Derived_interface, &vt.header, &why), BIDE_EMISMATCH);
    assert_string_equal(why.interface_name, "Base");
    assert_string_equal(why.method, "kin");
    /* What differs behind a base that fits is told of the interface, not of the base. */
    vt = Impl_Derived_vtable;
    vt.own = NULL;
    assert_int_equal(bide_bind(&Derived_interface, &vt.header, &why), BIDE_EMISMATCH);
    assert_string_equal(why.interface_name, "Derived");
    assert_string_equal(why.method, "own");
    vt = Impl_Derived_vtable;
    vt.base = NULL;
    assert_int_equal(bide_bind(&Derived_interface, &vt.header, &why), BIDE_EMISMATCH);
}

/* Binding allocates nothing; what it made usable runs under every failure. */
static bide_poll scenario_bound_call(bide_allocator *allocator)
{
    bide_context cx = scenario_context(allocator);
    Impl impl = {0};
    Calc c;
    bide_box box = BIDE_BOX_EMPTY;
    small_pair in = {1, 2}, out = {0, 0};
    bide_poll p = Calc_bind(&c, &impl, &Impl_Calc_vtable.header, NULL, NULL);
    if (p != BIDE_READY)
        return p;
    p = BIDE_BOX(Calc_pair, &box, allocator, (&c, in));
    if (p != BIDE_READY)
        return p;
    p = bide_box_poll(&box, &cx, &out);
    assert_int_equal(out.b, 2);
    return p;
}
TEST_EVERY_FAILURE(every_failure_of_a_bound_call, scenario_bound_call)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vtable_that_fits),
        cmocka_unit_test(the_first_method_that_differs_is_named),
        cmocka_unit_test(the_text_shows_both_rows),
        cmocka_unit_test(the_place_of_a_size_counts),
        cmocka_unit_test(bool_is_one_type_in_both_languages),
        cmocka_unit_test(F30_type_id_mismatch_refused),
        cmocka_unit_test(F28_long_vtable_ignored),
        cmocka_unit_test(longer_rows_of_a_newer_maker),
        cmocka_unit_test(F29_required_slot_missing),
        cmocka_unit_test(F32_null_slot_refused),
        cmocka_unit_test(an_older_vtable_is_answered_by_the_default),
        cmocka_unit_test(default_or_not_is_no_difference),
        cmocka_unit_test(super_interfaces_are_compared),
        cmocka_unit_test(every_failure_of_a_bound_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
