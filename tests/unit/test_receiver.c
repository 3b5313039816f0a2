/*
 * test_receiver.c: the object behind a handle: borrowed, counted, consumed by the call, destroyed
 * through the handle.
 */
#include "dyn.h"
#include <stdlib.h>

/* ---- objects that are counted, consumed, destroyed --------------------------------------------
 */

#define Adder_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC, int32_t, add, (int32_t, n))
BIDE_INTERFACE(Adder);

/* Not known to the compiler as free: it would warn of tests that look at counts afterwards. */
static void (*volatile give_back)(void *) = free;

/* Counted: each call keeps it alive. */
typedef struct Shared {
    int refs, total;
    int *freed;
} Shared;
static Shared *Shared_retain(Shared *s)
{
    s->refs++;
    return s;
}
static void Shared_release(Shared *s)
{
    if (--s->refs == 0) {
        ++*s->freed;
        give_back(s);
    }
}
static Shared *Shared_new(int *freed)
{
    Shared *s = (Shared *)malloc(sizeof *s);
    assert_non_null(s);
    *s = (Shared){1, 0, freed};
    return s;
}
#define Shared_add_FRAME(ROW)                                                                      \
    ROW(COUNTED, Shared *, self, Shared_retain, Shared_release)                                    \
    ROW(PARAM, int32_t, n) ROW(CHILD, nap, rest)
BIDE_ASYNC(int32_t, Shared_add)
{
    BIDE_BEGIN(Shared_add);
    BIDE_AWAIT(nap, rest, (1));
    f->self->total += f->n;
    BIDE_RETURN(f->self->total);
    BIDE_END;
}
#define Shared_HAS_destroy 1
static void Shared_destroy(Shared *s)
{
    Shared_release(s);
}
BIDE_IMPL_DECLARE(Adder, Shared);
BIDE_IMPL(Adder, Shared);

/* Consumed: the call owns the object, and ends it. */
typedef struct Once {
    int *freed;
} Once;
static void Once_free(Once *o)
{
    ++*o->freed;
    free(o);
}
#define Once_add_FRAME(ROW)                                                                        \
    ROW(OWNED, Once *, self, Once_free) ROW(PARAM, int32_t, n) ROW(CHILD, nap, rest)
BIDE_ASYNC(int32_t, Once_add)
{
    BIDE_BEGIN(Once_add);
    BIDE_AWAIT(nap, rest, (1));
    BIDE_RETURN(f->n + 1);
    BIDE_END;
}
BIDE_IMPL_DECLARE(Adder, Once);
BIDE_IMPL(Adder, Once);

static Once *Once_new(int *freed)
{
    Once *o = (Once *)malloc(sizeof *o);
    assert_non_null(o);
    o->freed = freed;
    return o;
}

static void object_dropped_by_its_owner_while_its_call_runs(void **state)
{
    rig r;
    int freed = 0;
    Adder a;
    struct Adder_add f = {0};
    int32_t out = 0;
    (void)state;
    TEST_BREAKS("ended an object while Adder.add is in flight"); /* its vtable tells no counting */
    rig_open(&r);
    a = Shared_as_Adder(Shared_new(&freed), NULL);
    assert_int_equal(Adder_add_start(&f, &a, 5, &r.cx, &out), BIDE_PENDING);
    Adder_destroy(&a);
    assert_null(a.self);
    assert_int_equal(freed, 0);
    assert_int_equal(Adder_add_poll(&f, &r.cx, &out), BIDE_READY);
    assert_int_equal(out, 5);
    assert_int_equal(freed, 1);
    /* The same, with the call dropped half way. */
    a = Shared_as_Adder(Shared_new(&freed), NULL);
    assert_int_equal(Adder_add_start(&f, &a, 5, &r.cx, &out), BIDE_PENDING);
    Adder_destroy(&a);
    assert_int_equal(freed, 1);
    Adder_add_drop(&f);
    assert_int_equal(freed, 2);
    rig_close(&r);
}

static void F05_drop_unpolled(void **state)
{
    int freed = 0;
    Shared *s = Shared_new(&freed);
    Adder a = Shared_as_Adder(s, NULL);
    struct Shared_add direct = {0}, placed = {0};
    struct Adder_add f = {0};
    (void)state;
    Shared_add_init(&direct, s, 1);
    assert_int_equal(s->refs, 2);
    Shared_add_drop(&direct);
    assert_int_equal(s->refs, 1);
    a.vtable->add.init(&placed, a.self, 1);
    assert_int_equal(s->refs, 2);
    a.vtable->add.type->drop(&placed);
    assert_int_equal(s->refs, 1);
    /* A dyn call borrows its object until it is polled. */
    Adder_add_init(&f, &a, 1);
    assert_int_equal(s->refs, 1);
    Adder_add_drop(&f);
    assert_int_equal(s->refs, 1);
    Adder_destroy(&a);
    assert_int_equal(freed, 1);
}

static void F06_drop_pending(void **state)
{
    rig r;
    int freed = 0;
    Shared *s = Shared_new(&freed);
    Adder a = Shared_as_Adder(s, NULL);
    struct Adder_add f = {0};
    int32_t out = 0;
    (void)state;
    TEST_BREAKS("was dropped twice");
    rig_open(&r);
    Adder_add_init(&f, &a, 1);
    assert_int_equal(Adder_add_poll(&f, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(s->refs, 2);
    Adder_add_drop(&f);
    Adder_add_drop(&f);
    assert_int_equal(s->refs, 1);
    assert_int_equal(s->total, 0);
    Adder_destroy(&a);
    assert_int_equal(freed, 1);
    rig_close(&r);
}

static void I18_receiver_owned(void **state)
{
    rig r;
    int freed = 0;
    Adder a;
    struct Adder_add f = {0};
    int32_t out = 0;
    (void)state;
    rig_open(&r);
    a = Once_as_Adder(Once_new(&freed), NULL);
    assert_int_equal(Adder_add_start(&f, &a, 1, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(freed, 0);
    assert_int_equal(Adder_add_poll(&f, &r.cx, &out), BIDE_READY);
    assert_int_equal(freed, 1);
    /* Never polled. */
    a = Once_as_Adder(Once_new(&freed), NULL);
    Adder_add_init(&f, &a, 1);
    Adder_add_drop(&f);
    assert_int_equal(freed, 2);
    /* Dropped half way. */
    a = Once_as_Adder(Once_new(&freed), NULL);
    assert_int_equal(Adder_add_start(&f, &a, 1, &r.cx, &out), BIDE_PENDING);
    Adder_add_drop(&f);
    assert_int_equal(freed, 3);
    /* No memory. */
    {
        bide_failing_allocator none;
        bide_failing_allocator_init(&none, bide_heap(), 1, true);
        a = Once_as_Adder(Once_new(&freed), &none.base);
        assert_int_equal(Adder_add_start(&f, &a, 1, &r.cx, &out), BIDE_ENOMEM);
        assert_int_equal(freed, 4);
    }
    rig_close(&r);
}

/* Counted, and its vtable says so: a call holds it from the moment it is made. */
typedef Shared Counted;
#define Counted_HAS_counting 1
#define Counted_HAS_destroy 1
static void Counted_retain(Counted *s)
{
    (void)Shared_retain(s);
}
static void Counted_release(Counted *s)
{
    Shared_release(s);
}
static void Counted_destroy(Counted *s)
{
    Shared_release(s);
}
#define Counted_add_FRAME(ROW)                                                                     \
    ROW(COUNTED, Counted *, self, Shared_retain, Shared_release)                                   \
    ROW(PARAM, int32_t, n) ROW(CHILD, nap, rest)
BIDE_ASYNC(int32_t, Counted_add)
{
    BIDE_BEGIN(Counted_add);
    if (f->n > 0)
        BIDE_AWAIT(nap, rest, (1));
    f->self->total += f->n;
    BIDE_RETURN(f->self->total);
    BIDE_END;
}
BIDE_IMPL_DECLARE(Adder, Counted);
BIDE_IMPL(Adder, Counted);

static void a_call_not_yet_started_keeps_a_counted_object(void **state)
{
    rig r;
    int freed = 0;
    Shared *s = Shared_new(&freed);
    Adder a = Counted_as_Adder(s, NULL);
    struct Adder_add f = {0};
    int32_t out = 0;
    (void)state;
    rig_open(&r);
    Adder_add_init(&f, &a, 5);
    assert_int_equal(s->refs, 2);
    Adder_destroy(&a);
    assert_int_equal(s->refs, 1);
    assert_int_equal(Adder_add_poll(&f, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(s->refs, 1); /* now it is the future's own */
    assert_int_equal(Adder_add_poll(&f, &r.cx, &out), BIDE_READY);
    assert_int_equal(out, 5);
    assert_int_equal(freed, 1);
    /* Dropped before it was polled; ready at once; out of memory. */
    for (int way = 0; way < 3; way++) {
        bide_budget none;
        bide_budget_init(&none, bide_heap(), 0);
        a = Counted_as_Adder(Shared_new(&freed), &none.base);
        Adder_add_init(&f, &a, way == 1 ? 0 : 5);
        Adder_destroy(&a);
        assert_int_equal(freed, 1 + way);
        if (way > 0)
            assert_int_equal(Adder_add_poll(&f, &r.cx, &out), way == 1 ? BIDE_READY : BIDE_ENOMEM);
        Adder_add_drop(&f);
        assert_int_equal(freed, 2 + way);
    }
    /* A call that is started at once takes no reference of its own. */
    s = Shared_new(&freed);
    a = Counted_as_Adder(s, NULL);
    assert_int_equal(Adder_add_start(&f, &a, 5, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(s->refs, 2);
    Adder_add_drop(&f);
    assert_int_equal(s->refs, 1);
    Adder_destroy(&a);
    rig_close(&r);
}

/* Not to be destroyed through a handle: the type says nothing of it. */
typedef struct Fixed {
    int unused;
} Fixed;
#define Fixed_add_FRAME(ROW) ROW(PARAM, Fixed *, self) ROW(PARAM, int32_t, n)
BIDE_ASYNC(int32_t, Fixed_add)
{
    BIDE_BEGIN(Fixed_add);
    BIDE_RETURN(f->n);
    BIDE_END;
}
BIDE_IMPL_DECLARE(Adder, Fixed);
BIDE_IMPL(Adder, Fixed);

/* Owned by its handle: destroy frees it. */
typedef struct Owned {
    int *freed;
} Owned;
#define Owned_add_FRAME(ROW) ROW(PARAM, Owned *, self) ROW(PARAM, int32_t, n)
BIDE_ASYNC(int32_t, Owned_add)
{
    BIDE_BEGIN(Owned_add);
    BIDE_RETURN(f->n);
    BIDE_END;
}
#define Owned_HAS_destroy 1
static void Owned_destroy(Owned *o)
{
    ++*o->freed;
    free(o);
}
BIDE_IMPL_DECLARE(Adder, Owned);
BIDE_IMPL(Adder, Owned);

static void I36_borrowed_handle_never_frees(void **state)
{
    rig r;
    int freed = 0;
    Shared *s = Shared_new(&freed);
    (void)state;
    rig_open(&r);
    for (int i = 0; i < 3; i++) {
        Adder a = Shared_as_Adder(s, NULL), copy = a;
        struct Adder_add f = {0};
        int32_t out = 0;
        assert_int_equal(Adder_add_start(&f, &copy, 1, &r.cx, &out), BIDE_PENDING);
        assert_int_equal(Adder_add_poll(&f, &r.cx, &out), BIDE_READY);
    }
    assert_int_equal(freed, 0);
    assert_int_equal(s->refs, 1);
    assert_int_equal(s->total, 3);
    Shared_release(s);
    rig_close(&r);
}

static void I37_each_kind_of_object_is_released_its_own_way(void **state)
{
    int freed = 0, shared_freed = 0;
    Fixed fixed = {0};
    Owned *owned = (Owned *)malloc(sizeof *owned);
    Shared *s = Shared_new(&shared_freed);
    Adder a;
    (void)state;
    assert_non_null(owned);
    owned->freed = &freed;
    a = Fixed_as_Adder(&fixed, NULL); /* a reference: nothing happens */
    assert_null(a.vtable->header.destroy);
    Adder_destroy(&a);
    assert_null(a.self);
    a = Owned_as_Adder(owned, NULL); /* a box: freed once, also when asked twice */
    Adder_destroy(&a);
    Adder_destroy(&a);
    assert_int_equal(freed, 1);
    a = Shared_as_Adder(Shared_retain(s), NULL); /* counted: one reference */
    Adder_destroy(&a);
    assert_int_equal(shared_freed, 0);
    Shared_release(s);
    assert_int_equal(shared_freed, 1);
}

static void header_describes_the_object(void **state)
{
    Fixed fixed = {0};
    Adder a = Fixed_as_Adder(&fixed, NULL);
    (void)state;
    assert_int_equal(a.vtable->header.abi, BIDE_VTABLE_ABI);
    assert_int_equal(a.vtable->header.size, sizeof(struct Adder_vtable));
    assert_int_equal(a.vtable->header.header_size, sizeof(bide_vtable));
    assert_int_equal(a.vtable->header.self_size, sizeof(Fixed));
    assert_int_equal(a.vtable->header.self_align, _Alignof(Fixed));
    assert_string_equal(a.vtable->header.implementation, "Fixed");
    assert_string_equal(a.vtable->header.interface_info->name, "Adder");
    assert_null(a.vtable->header.query);
    assert_null(a.vtable->header.module);
}

static bide_poll scenario_counted_and_consumed(bide_allocator *allocator)
{
    bide_context cx = scenario_context(allocator);
    int freed = 0;
    int32_t out = 0;
    bide_poll p = BIDE_READY;
    for (int i = 0; i < 2 && p == BIDE_READY; i++) {
        Shared *s = Shared_new(&freed);
        Adder a = i ? Once_as_Adder(Once_new(&freed), NULL) : Shared_as_Adder(s, NULL);
        struct Adder_add f = {0};
        p = Adder_add_start(&f, &a, 1, &cx, &out);
        while (p == BIDE_PENDING)
            p = Adder_add_poll(&f, &cx, &out);
        assert_int_equal(s->refs, 1);
        Shared_release(s);
        assert_int_equal(freed, i ? 3 : 1);
    }
    return p;
}
TEST_EVERY_FAILURE(every_failure_keeps_the_counts, scenario_counted_and_consumed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(object_dropped_by_its_owner_while_its_call_runs),
        cmocka_unit_test(a_call_not_yet_started_keeps_a_counted_object),
        cmocka_unit_test(F05_drop_unpolled),
        cmocka_unit_test(F06_drop_pending),
        cmocka_unit_test(I18_receiver_owned),
        cmocka_unit_test(I36_borrowed_handle_never_frees),
        cmocka_unit_test(I37_each_kind_of_object_is_released_its_own_way),
        cmocka_unit_test(header_describes_the_object),
        cmocka_unit_test(every_failure_keeps_the_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
