/*
 * test_interface.c: what a call through a handle is: every kind of row, parameters and results of
 * every shape, many methods, many implementations, handles of handles.
 */
#include "dyn.h"
#include <stdalign.h>
#include <string.h>

/* ---- one interface with every kind of row --------------------------------------------------- */

/* The parameters of `add` bear the names that a handle's own members have. */
#define Meter_METHODS(METHOD, I, Self)                                                             \
    METHOD(I, Self, ASYNC, int32_t, add, (int32_t, self), (int32_t, vtable))                       \
    METHOD(I, Self, ASYNC_MUT, void, reset)                                                        \
    METHOD(I, Self, SYNC, int32_t, last)                                                           \
    METHOD(I, Self, SYNC_MUT, void, poke, (int32_t, allocator))                                    \
    METHOD(I, Self, POLL, int32_t, item, (int32_t, at))                                            \
    METHOD(I, Self, FN, int32_t, version, (int32_t, major))
BIDE_INTERFACE(Meter);

typedef struct Steady {
    int32_t last;
} Steady;
typedef struct Slow {
    int32_t last;
    int naps;
} Slow;

#define Steady_add_FRAME(ROW)                                                                      \
    ROW(PARAM, Steady *, self) ROW(PARAM, int32_t, a) ROW(PARAM, int32_t, b)
BIDE_ASYNC(int32_t, Steady_add)
{
    BIDE_BEGIN(Steady_add);
    f->self->last = f->a + f->b;
    BIDE_RETURN(f->self->last);
    BIDE_END;
}
#define Steady_reset_FRAME(ROW) ROW(PARAM, Steady *, self)
BIDE_ASYNC(void, Steady_reset)
{
    BIDE_BEGIN(Steady_reset);
    f->self->last = 0;
    BIDE_END;
}
#define Slow_add_FRAME(ROW)                                                                        \
    ROW(PARAM, Slow *, self) ROW(PARAM, int32_t, a) ROW(PARAM, int32_t, b) ROW(CHILD, nap, rest)
BIDE_ASYNC(int32_t, Slow_add)
{
    BIDE_BEGIN(Slow_add);
    BIDE_AWAIT(nap, rest, (f->self->naps));
    f->self->last = f->a + f->b;
    BIDE_RETURN(f->self->last);
    BIDE_END;
}
#define Slow_reset_FRAME(ROW) ROW(PARAM, Slow *, self) ROW(CHILD, nap, rest)
BIDE_ASYNC(void, Slow_reset)
{
    BIDE_BEGIN(Slow_reset);
    BIDE_AWAIT(nap, rest, (f->self->naps));
    f->self->last = 0;
    BIDE_END;
}

#define METER_PLAIN_ROWS(T, number)                                                                \
    int32_t T##_last(T *self)                                                                      \
    {                                                                                              \
        return self->last;                                                                         \
    }                                                                                              \
    void T##_poke(T *self, int32_t value)                                                          \
    {                                                                                              \
        self->last = value;                                                                        \
    }                                                                                              \
    bide_poll T##_item(T *self, int32_t at, bide_context *cx, int32_t *out)                        \
    {                                                                                              \
        if (at < 0) {                                                                              \
            bide_waker_wake_by_ref(cx->waker);                                                     \
            return BIDE_PENDING;                                                                   \
        }                                                                                          \
        if (at >= self->last)                                                                      \
            return BIDE_DONE;                                                                      \
        *out = at * 10;                                                                            \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    int32_t T##_version(T *self, int32_t major)                                                    \
    {                                                                                              \
        (void)self;                                                                                \
        return major * 100 + (number);                                                             \
    }
BIDE_IMPL_DECLARE(Meter, Steady);
BIDE_IMPL_DECLARE(Meter, Slow);
int32_t Steady_last(Steady *self);
void Steady_poke(Steady *self, int32_t value);
int32_t Slow_last(Slow *self);
void Slow_poke(Slow *self, int32_t value);
METER_PLAIN_ROWS(Steady, 1)
METER_PLAIN_ROWS(Slow, 2)
BIDE_IMPL(Meter, Steady);
BIDE_IMPL(Meter, Slow);

static void I01_required_method_static(void **state)
{
    rig r;
    Steady steady = {0};
    struct Steady_add f = {0};
    int32_t out = 0;
    (void)state;
    rig_open(&r);
    assert_int_equal(Steady_add_start(&f, &steady, 2, 3, &r.cx, &out), BIDE_READY);
    assert_int_equal(out, 5);
    Steady_add_init(&f, &steady, 4, 5);
    assert_int_equal(Steady_add_poll(&f, &r.cx, &out), BIDE_READY);
    assert_int_equal(out, 9);
    assert_int_equal(r.counter.allocs, 0);
    assert_int_equal(r.waker.clones, 0);
    rig_close(&r);
}

static void I02_required_method_dyn_box(void **state)
{
    rig r;
    Steady steady = {0};
    Slow slow = {0, 1};
    Meter fast = Steady_as_Meter(&steady, NULL), waits = Slow_as_Meter(&slow, NULL);
    struct Meter_add f = {0};
    int32_t out = 0;
    (void)state;
    rig_open(&r);
    /* One that does not wait: nothing is allocated. */
    assert_int_equal(Meter_add_start(&f, &fast, 2, 3, &r.cx, &out), BIDE_READY);
    assert_int_equal(out, 5);
    assert_int_equal(r.counter.allocs, 0);
    /* One that waits: one block of exactly the published size and alignment. */
    assert_int_equal(Meter_add_start(&f, &waits, 20, 3, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(r.counter.allocs, 1);
    assert_int_equal(r.counter.last_bytes, bide_box_bytes(Meter_add_type_of(&waits)));
    assert_int_equal(r.counter.last_align, bide_box_align(Meter_add_type_of(&waits)));
    assert_int_equal(Meter_add_poll(&f, &r.cx, &out), BIDE_READY);
    assert_int_equal(out, 23);
    assert_int_equal(r.counter.allocs, 1);
    assert_int_equal(r.counter.frees, 1);
    Meter_add_drop(&f);
    rig_close(&r);
}

static void the_handles_allocator_comes_first(void **state)
{
    rig r, other;
    Slow slow = {0, 1};
    Meter m;
    struct Meter_add f = {0};
    bide_box box = BIDE_BOX_EMPTY;
    int32_t out = 0;
    (void)state;
    rig_open(&r);
    rig_open(&other);
    m = Slow_as_Meter(&slow, &other.counter.base);
    assert_int_equal(Meter_add_start(&f, &m, 1, 2, &r.cx, &out), BIDE_PENDING);
    Meter_add_drop(&f);
    assert_int_equal(r.counter.allocs, 0);
    assert_int_equal(other.counter.allocs, 1);
    assert_int_equal(other.counter.frees, 1);
    /* A boxed call: the allocator named in the call, else the handle's, else the context's. */
    assert_int_equal(Meter_add_start_box(&box, &m, 1, 2, NULL, &r.cx, &out), BIDE_PENDING);
    bide_box_drop(&box);
    assert_int_equal(other.counter.allocs, 2);
    assert_int_equal(r.counter.allocs, 0);
    assert_int_equal(Meter_add_start_box(&box, &m, 1, 2, r.cx.allocator, &r.cx, &out),
                     BIDE_PENDING);
    bide_box_drop(&box);
    assert_int_equal(other.counter.allocs, 2);
    assert_int_equal(r.counter.allocs, 1);
    rig_close(&other);
    rig_close(&r);
}

static void a_dyn_call_is_lazy(void **state)
{
    rig r;
    Slow slow = {7, 1};
    Meter m = Slow_as_Meter(&slow, NULL);
    struct Meter_add f = {0};
    int32_t out = 0;
    (void)state;
    TEST_BREAKS("was polled after completion");
    rig_open(&r);
    Meter_add_init(&f, &m, 1, 2);
    m.self = NULL; /* the call keeps a copy of the handle */
    m.vtable = NULL;
    assert_int_equal(r.counter.allocs, 0);
    assert_int_equal(slow.last, 7);
    assert_int_equal(Meter_add_poll(&f, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(r.counter.allocs, 1);
    assert_int_equal(Meter_add_poll(&f, &r.cx, &out), BIDE_READY);
    assert_int_equal(out, 3);
    assert_int_equal(Meter_add_poll(&f, &r.cx, &out), BIDE_EMISUSE);
    Meter_add_drop(&f);
    Meter_add_drop(&f);
    rig_close(&r);
}

static void I06_async_and_sync_methods_mixed(void **state)
{
    rig r;
    Slow slow = {0, 0};
    Steady steady = {0};
    Meter both[2];
    (void)state;
    rig_open(&r);
    both[0] = Slow_as_Meter(&slow, NULL);
    both[1] = Steady_as_Meter(&steady, NULL);
    for (int i = 0; i < 2; i++) {
        struct Meter_add add = {0};
        struct Meter_reset reset = {0};
        int32_t out = 0;
        Meter_poke(&both[i], 3);
        assert_int_equal(Meter_last(&both[i]), 3);
        assert_int_equal(Meter_item(&both[i], 2, &r.cx, &out), BIDE_READY);
        assert_int_equal(out, 20);
        assert_int_equal(Meter_item(&both[i], 3, &r.cx, &out), BIDE_DONE);
        assert_int_equal(Meter_item(&both[i], -1, &r.cx, &out), BIDE_PENDING);
        assert_int_equal(Meter_version(&both[i], 4), i == 0 ? 402 : 401);
        assert_int_equal(Meter_add_start(&add, &both[i], 30, 4, &r.cx, &out), BIDE_READY);
        assert_int_equal(out, 34);
        assert_int_equal(Meter_last(&both[i]), 34);
        assert_int_equal(Meter_reset_start(&reset, &both[i], &r.cx, NULL), BIDE_READY);
        assert_int_equal(Meter_last(&both[i]), 0);
    }
    assert_int_equal(Steady_version(NULL, 5), 501); /* a row without self ignores it */
    assert_int_equal(r.waker.wakes_by_ref, 2);
    rig_close(&r);
}

static void I16_receiver_const(void **state)
{
    rig r;
    Slow slow = {0, 2};
    Meter m = Slow_as_Meter(&slow, NULL);
    struct Meter_add f = {0}, g = {0};
    int32_t a = 0, b = 0;
    (void)state;
    rig_open(&r);
    assert_int_equal(Meter_add_start(&f, &m, 1, 2, &r.cx, &a), BIDE_PENDING);
    assert_int_equal(Meter_add_start(&g, &m, 10, 20, &r.cx, &b), BIDE_PENDING);
    assert_int_equal(r.counter.live, 2);
    assert_int_equal(Meter_add_poll(&g, &r.cx, &b), BIDE_PENDING);
    assert_int_equal(Meter_add_poll(&f, &r.cx, &a), BIDE_PENDING);
    assert_int_equal(Meter_add_poll(&f, &r.cx, &a), BIDE_READY);
    assert_int_equal(Meter_add_poll(&g, &r.cx, &b), BIDE_READY);
    assert_int_equal(a, 3);
    assert_int_equal(b, 30);
    rig_close(&r);
}

static void I17_receiver_mut(void **state)
{
    rig r;
    Slow slow = {5, 1};
    Meter m = Slow_as_Meter(&slow, NULL);
    struct Meter_reset f = {0};
    (void)state;
    rig_open(&r);
    assert_int_equal(Meter_reset_start(&f, &m, &r.cx, NULL), BIDE_PENDING);
    assert_int_equal(slow.last, 5);
    assert_int_equal(Meter_reset_poll(&f, &r.cx, NULL), BIDE_READY);
    assert_int_equal(slow.last, 0);
    rig_close(&r);
}

static void I20_call_on_reference_object(void **state)
{
    rig r;
    Steady steady = {0};
    Meter a = Steady_as_Meter(&steady, NULL), b = a;
    struct Meter_add f = {0};
    int32_t out = 0;
    (void)state;
    rig_open(&r);
    assert_int_equal(Meter_add_start(&f, &b, 2, 2, &r.cx, &out), BIDE_READY);
    assert_int_equal(Meter_last(&a), 4);
    assert_int_equal(steady.last, 4);
    rig_close(&r);
}

/* ---- generic code on T and on the interface ---------------------------------------------------
 */

#define TWICE_ROWS(ROW, T)                                                                         \
    ROW(PARAM, T *, on)                                                                            \
    ROW(PARAM, int32_t, a) ROW(LOCAL, int32_t, x) ROW(CHILD, T##_add, one) ROW(CHILD, T##_add, two)
#define TWICE(T)                                                                                   \
    BIDE_ASYNC(int32_t, twice_##T)                                                                 \
    {                                                                                              \
        BIDE_BEGIN(twice_##T);                                                                     \
        T##_poke(f->on, 0);                                                                        \
        BIDE_AWAIT_TO(f->x, T##_add, one, (f->on, f->a, f->a));                                    \
        BIDE_AWAIT_TO(f->x, T##_add, two, (f->on, f->x, T##_last(f->on)));                         \
        BIDE_RETURN(f->x);                                                                         \
        BIDE_END;                                                                                  \
    }
#define twice_Steady_FRAME(ROW) TWICE_ROWS(ROW, Steady)
TWICE(Steady)
#define twice_Slow_FRAME(ROW) TWICE_ROWS(ROW, Slow)
TWICE(Slow)
#define twice_Meter_FRAME(ROW) TWICE_ROWS(ROW, Meter)
TWICE(Meter)

static void generic_code_from_one_source(void **state)
{
    rig r;
    Steady steady = {0};
    Slow slow = {0, 1};
    Meter on_steady = Steady_as_Meter(&steady, NULL), on_slow = Slow_as_Meter(&slow, NULL);
    struct twice_Steady s = {0};
    struct twice_Slow w = {0};
    struct twice_Meter d = {0};
    int32_t out = 0;
    (void)state;
    rig_open(&r);
    assert_int_equal(twice_Steady_start(&s, &steady, 3, &r.cx, &out), BIDE_READY);
    assert_int_equal(out, 12);
    assert_int_equal(twice_Meter_start(&d, &on_steady, 4, &r.cx, &out), BIDE_READY);
    assert_int_equal(out, 16);
    assert_int_equal(r.counter.allocs, 0);
    assert_int_equal(twice_Slow_start(&w, &slow, 5, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(twice_Slow_poll(&w, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(twice_Slow_poll(&w, &r.cx, &out), BIDE_READY);
    assert_int_equal(out, 20);
    assert_int_equal(r.counter.allocs, 0);
    assert_int_equal(twice_Meter_start(&d, &on_slow, 6, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(twice_Meter_poll(&d, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(twice_Meter_poll(&d, &r.cx, &out), BIDE_READY);
    assert_int_equal(out, 24);
    assert_int_equal(r.counter.allocs, 2);
    rig_close(&r);
}

/* ---- a handle implements its own interface ----------------------------------------------------
 */

BIDE_IMPL_DECLARE(Meter, Meter);
BIDE_IMPL(Meter, Meter);

/* Another implementation that asks any Meter, with a frame of its own. */
typedef struct Doubled {
    Meter inner;
} Doubled;
#define Doubled_add_FRAME(ROW)                                                                     \
    ROW(PARAM, Doubled *, self)                                                                    \
    ROW(PARAM, int32_t, a) ROW(PARAM, int32_t, b) ROW(LOCAL, int32_t, x) ROW(CHILD, Meter_add, call)
BIDE_ASYNC(int32_t, Doubled_add)
{
    BIDE_BEGIN(Doubled_add);
    BIDE_AWAIT_TO(f->x, Meter_add, call, (&f->self->inner, f->a, f->b));
    BIDE_RETURN(f->x * 2);
    BIDE_END;
}
#define Doubled_reset_FRAME(ROW) ROW(PARAM, Doubled *, self) ROW(CHILD, Meter_reset, call)
BIDE_ASYNC(void, Doubled_reset)
{
    BIDE_BEGIN(Doubled_reset);
    BIDE_AWAIT(Meter_reset, call, (&f->self->inner));
    BIDE_END;
}
int32_t Doubled_last(Doubled *self)
{
    return Meter_last(&self->inner);
}
void Doubled_poke(Doubled *self, int32_t value)
{
    Meter_poke(&self->inner, value);
}
bide_poll Doubled_item(Doubled *self, int32_t at, bide_context *cx, int32_t *out)
{
    return Meter_item(&self->inner, at, cx, out);
}
int32_t Doubled_version(Doubled *self, int32_t major)
{
    return Meter_version(&self->inner, major);
}
BIDE_IMPL_DECLARE(Meter, Doubled);
BIDE_IMPL(Meter, Doubled);

static void I21_call_on_dyn_of_dyn(void **state)
{
    rig r;
    Slow slow = {0, 1};
    Doubled one, two;
    Meter m;
    struct Meter_add f = {0};
    int32_t out = 0;
    (void)state;
    rig_open(&r);
    one.inner = Slow_as_Meter(&slow, NULL);
    two.inner = Doubled_as_Meter(&one, NULL);
    m = Doubled_as_Meter(&two, NULL);
    assert_int_equal(Meter_add_start(&f, &m, 1, 2, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(r.counter.live, 3);
    assert_int_equal(Meter_add_poll(&f, &r.cx, &out), BIDE_READY);
    assert_int_equal(out, 12);
    assert_int_equal(Meter_last(&m), 3);
    rig_close(&r);
}

static void F18_double_crossing_adds_no_layer(void **state)
{
    rig r;
    Slow slow = {0, 1};
    Meter inner, middle, outer;
    struct Meter_add f = {0};
    bide_box box = BIDE_BOX_EMPTY;
    int32_t out = 0;
    (void)state;
    rig_open(&r);
    inner = Slow_as_Meter(&slow, NULL);
    middle = Meter_as_Meter(&inner, NULL);
    outer = Meter_as_Meter(&middle, NULL);
    assert_int_equal(Meter_add_start(&f, &outer, 1, 2, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(r.counter.allocs, 1);
    assert_string_equal(f.bide_u.box.type->name, "Slow_add");
    assert_int_equal(Meter_add_poll(&f, &r.cx, &out), BIDE_READY);
    assert_int_equal(out, 3);
    assert_int_equal(Meter_add_start_box(&box, &outer, 3, 4, NULL, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(r.counter.allocs, 2);
    assert_string_equal(box.type->name, "Slow_add");
    bide_box_drop(&box);
    assert_int_equal(Meter_version(&outer, 1), 102);
    rig_close(&r);
}

/* ---- ten implementations in one array ---------------------------------------------------------
 */

/* Number n naps n times and has a buffer of n bytes in its frame. */
#define ROWS_OF_ITEM(ROW, n)                                                                       \
    ROW(PARAM, item_##n *, self)                                                                   \
    ROW(PARAM, int32_t, x) ROW(LOCAL, bytes_##n, bytes) ROW(CHILD, nap, rest)
#define ITEM(n)                                                                                    \
    typedef struct item_##n {                                                                      \
        int32_t base;                                                                              \
    } item_##n;                                                                                    \
    typedef char bytes_##n[n * 8 + 1];                                                             \
    BIDE_ASYNC(int32_t, item_##n##_get)                                                            \
    {                                                                                              \
        BIDE_BEGIN(item_##n##_get);                                                                \
        BIDE_AWAIT(nap, rest, (n));                                                                \
        BIDE_RETURN(f->self->base + f->x);                                                         \
        BIDE_END;                                                                                  \
    }                                                                                              \
    BIDE_IMPL_DECLARE(Item, item_##n);                                                             \
    BIDE_IMPL(Item, item_##n)
#define Item_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC, int32_t, get, (int32_t, x))
BIDE_INTERFACE(Item);
#define item_0_get_FRAME(ROW) ROWS_OF_ITEM(ROW, 0)
#define item_1_get_FRAME(ROW) ROWS_OF_ITEM(ROW, 1)
#define item_2_get_FRAME(ROW) ROWS_OF_ITEM(ROW, 2)
#define item_3_get_FRAME(ROW) ROWS_OF_ITEM(ROW, 3)
#define item_4_get_FRAME(ROW) ROWS_OF_ITEM(ROW, 4)
#define item_5_get_FRAME(ROW) ROWS_OF_ITEM(ROW, 5)
#define item_6_get_FRAME(ROW) ROWS_OF_ITEM(ROW, 6)
#define item_7_get_FRAME(ROW) ROWS_OF_ITEM(ROW, 7)
#define item_8_get_FRAME(ROW) ROWS_OF_ITEM(ROW, 8)
#define item_9_get_FRAME(ROW) ROWS_OF_ITEM(ROW, 9)
ITEM(0);
ITEM(1);
ITEM(2);
ITEM(3);
ITEM(4);
ITEM(5);
ITEM(6);
ITEM(7);
ITEM(8);
ITEM(9);

static void I38_heterogenous_list(void **state)
{
    rig r;
    int32_t base[10], out[10];
    struct Item_get calls[10];
    Item items[10];
    bool done[10] = {false};
    int left = 10, rounds = 0;
    (void)state;
    rig_open(&r);
#define AT(n) items[n] = item_##n##_as_Item((item_##n *)(void *)&base[n], NULL)
    AT(0), AT(1), AT(2), AT(3), AT(4), AT(5), AT(6), AT(7), AT(8), AT(9);
    for (int i = 0; i < 10; i++) {
        base[i] = i * 100;
        Item_get_init(&calls[i], &items[i], i);
    }
    while (left > 0) {
        for (int i = 0; i < 10; i++) {
            bide_poll p;
            if (done[i])
                continue;
            p = Item_get_poll(&calls[i], &r.cx, &out[i]);
            done[i] = p == BIDE_READY;
            left -= done[i];
            assert_int_equal(p, rounds == i ? BIDE_READY : BIDE_PENDING);
        }
        rounds++;
    }
    assert_int_equal(rounds, 10);
    for (int i = 0; i < 10; i++)
        assert_int_equal(out[i], i * 101);
    assert_int_equal(r.counter.allocs, 10); /* a body's plain await takes its frame, ready or not */
    rig_close(&r);
}

static void largest_frame_of_a_list(void **state)
{
    enum {
        bytes = BIDE_LARGEST_FRAME(item_0_get, item_3_get, item_9_get),
        align = BIDE_LARGEST_ALIGN(item_0_get, item_3_get, item_9_get)
    };
    size_t largest = 0;
    const bide_type *types[3] = {&item_0_get_type, &item_3_get_type, &item_9_get_type};
    (void)state;
    for (int i = 0; i < 3; i++) {
        if (bide_box_bytes(types[i]) > largest)
            largest = bide_box_bytes(types[i]);
        assert_true(bide_box_align(types[i]) <= align);
    }
    assert_int_equal(bytes, largest);
    assert_int_equal(BIDE_FRAME_BYTES(item_9_get), bide_box_bytes(&item_9_get_type));
    assert_int_equal(BIDE_FRAME_ALIGN(item_9_get), bide_box_align(&item_9_get_type));
}

static void frame_of_a_handle_known_before_the_call(void **state)
{
    rig r;
    item_9 nine = {900};
    Item item = item_9_as_Item(&nine, NULL);
    const bide_type *type = Item_get_type_of(&item);
    max_align_t memory[sizeof(struct item_9_get) / sizeof(max_align_t) + 1];
    int32_t out = 0;
    int polls = 0;
    (void)state;
    rig_open(&r);
    assert_string_equal(type->name, "item_9_get");
    assert_int_equal(type->frame_size, sizeof(struct item_9_get));
    assert_int_equal(type->frame_align, alignof(struct item_9_get));
    assert_int_equal(type->output_size, sizeof(int32_t));
    assert_true(sizeof memory >= type->frame_size);
    item.vtable->get.init(memory, item.self, 7);
    while (type->poll(memory, &r.cx, &out) == BIDE_PENDING)
        polls++;
    assert_int_equal(polls, 9);
    assert_int_equal(out, 907);
    type->drop(memory);
    assert_int_equal(r.counter.allocs, 0);
    rig_close(&r);
}

/* ---- failures ---------------------------------------------------------------------------------
 */

static bide_poll scenario_three_layers(bide_allocator *allocator)
{
    bide_context cx = scenario_context(allocator);
    Slow slow = {0, 2};
    Doubled one, two;
    Meter m;
    struct twice_Meter f = {0};
    int32_t out = 0;
    bide_poll p;
    one.inner = Slow_as_Meter(&slow, NULL);
    two.inner = Doubled_as_Meter(&one, NULL);
    m = Doubled_as_Meter(&two, NULL);
    p = twice_Meter_start(&f, &m, 1, &cx, &out);
    while (p == BIDE_PENDING)
        p = twice_Meter_poll(&f, &cx, &out);
    if (p == BIDE_READY)
        assert_int_equal(out, 40);
    return p;
}
TEST_EVERY_FAILURE(every_failure_in_three_layers, scenario_three_layers)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(I01_required_method_static),
        cmocka_unit_test(I02_required_method_dyn_box),
        cmocka_unit_test(the_handles_allocator_comes_first),
        cmocka_unit_test(a_dyn_call_is_lazy),
        cmocka_unit_test(I06_async_and_sync_methods_mixed),
        cmocka_unit_test(I16_receiver_const),
        cmocka_unit_test(I17_receiver_mut),
        cmocka_unit_test(I20_call_on_reference_object),
        cmocka_unit_test(generic_code_from_one_source),
        cmocka_unit_test(I21_call_on_dyn_of_dyn),
        cmocka_unit_test(F18_double_crossing_adds_no_layer),
        cmocka_unit_test(I38_heterogenous_list),
        cmocka_unit_test(largest_frame_of_a_list),
        cmocka_unit_test(frame_of_a_handle_known_before_the_call),
        cmocka_unit_test(every_failure_in_three_layers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
