/*
 * test_implement.c: what a call through a handle owns and when it lets go: owned and unused
 * arguments, recursion, and two interfaces that want methods of the same name from one type.
 */
#include "dyn.h"
#include <stdlib.h>
#include <string.h>

/* ---- an interface whose call takes ownership --------------------------------------------------
 */

#define release_it(d) bide_droppable_release(&(d))

#define Sender_METHODS(METHOD, I, Self)                                                            \
    METHOD(I, Self, ASYNC, int32_t, send, (bide_droppable, head), (bide_droppable, body),          \
           (bide_droppable, unused))                                                               \
    METHOD(I, Self, ASYNC, int32_t, plain, (int32_t, a))
BIDE_INTERFACE(Sender);

typedef struct Wire {
    bide_drop_order *order;
    gate *g;
} Wire;
static void note(bide_drop_order *order, const char *text)
{
    bide_drop_order_note(order, text);
}

/* `unused` is never named in the body. */
#define Wire_send_FRAME(ROW)                                                                       \
    ROW(PARAM, Wire *, self)                                                                       \
    ROW(OWNED, bide_droppable, head, release_it)                                                   \
    ROW(OWNED, bide_droppable, body, release_it)                                                   \
    ROW(OWNED, bide_droppable, unused, release_it)                                                 \
    ROW(LOCAL, bide_droppable, local) ROW(CHILD, nap, first) ROW(CHILD, pass, second)
BIDE_ASYNC(int32_t, Wire_send)
{
    BIDE_BEGIN(Wire_send);
    note(f->self->order, "body");
    f->local = bide_droppable_make(f->self->order, "local");
    BIDE_AWAIT(nap, first, (1));
    note(f->self->order, "half");
    BIDE_AWAIT(pass, second, (f->self->g));
    note(f->self->order, "end");
    BIDE_RETURN(1);
BIDE_CLEANUP:
    bide_droppable_release(&f->local);
    BIDE_END;
}
#define Wire_plain_FRAME(ROW) ROW(PARAM, Wire *, self) ROW(PARAM, int32_t, a)
BIDE_ASYNC(int32_t, Wire_plain)
{
    BIDE_BEGIN(Wire_plain);
    BIDE_RETURN(f->a);
    BIDE_END;
}
BIDE_IMPL_DECLARE(Sender, Wire);
BIDE_IMPL(Sender, Wire);

#define ARGS(order)                                                                                \
    bide_droppable_make(order, "head"), bide_droppable_make(order, "tail"),                        \
        bide_droppable_make(order, "unused")

/* The four ways in which a call is held. Each is polled `polls` times, then dropped. */
typedef enum way { STATIC, DYN, BOXED, IN_PLACE, WAYS } way;

static void run_and_drop(way how, bool open, int polls, bide_drop_order *order, bide_poll *last)
{
    rig r;
    gate g = {.open = open};
    Wire wire = {order, &g};
    Sender s = Wire_as_Sender(&wire, NULL);
    struct Wire_send direct = {0};
    struct Sender_send call = {0};
    bide_box box = BIDE_BOX_EMPTY;
    int32_t out = 0;
    rig_open(&r);
    bide_drop_order_init(order);
    *last = BIDE_PENDING;
    if (how == STATIC)
        Wire_send_init(&direct, &wire, ARGS(order));
    else if (how == DYN)
        Sender_send_init(&call, &s, ARGS(order));
    else if (how == BOXED)
        assert_int_equal(BIDE_BOX(Wire_send, &box, r.cx.allocator, (&wire, ARGS(order))),
                         BIDE_READY);
    else
        s.vtable->send.init(&direct, s.self, ARGS(order));
    for (int i = 0; i < polls; i++) {
        if (how == STATIC)
            *last = Wire_send_poll(&direct, &r.cx, &out);
        else if (how == DYN)
            *last = Sender_send_poll(&call, &r.cx, &out);
        else if (how == BOXED)
            *last = bide_box_poll(&box, &r.cx, &out);
        else
            *last = s.vtable->send.type->poll(&direct, &r.cx, &out);
    }
    for (int twice = 0; twice < 2; twice++) {
        if (how == STATIC)
            Wire_send_drop(&direct);
        else if (how == DYN)
            Sender_send_drop(&call);
        else if (how == BOXED)
            bide_box_drop(&box);
        else
            s.vtable->send.type->drop(&direct);
    }
    rig_close(&r);
}

static void I08_drop_unpolled_destroys_args(void **state)
{
    (void)state;
    TEST_BREAKS("was dropped twice");
    for (int how = 0; how < WAYS; how++) {
        bide_drop_order order;
        bide_poll last;
        run_and_drop((way)how, true, 0, &order, &last);
        assert_string_equal(bide_drop_order_text(&order), "unused tail head");
    }
}

static void I12_drop_mid_suspend(void **state)
{
    (void)state;
    TEST_BREAKS("was dropped twice");
    for (int how = 0; how < WAYS; how++) {
        bide_drop_order order;
        bide_poll last;
        run_and_drop((way)how, false, 1, &order, &last);
        assert_int_equal(last, BIDE_PENDING);
        assert_string_equal(bide_drop_order_text(&order), "body local unused tail head");
        run_and_drop((way)how, false, 3, &order, &last);
        assert_int_equal(last, BIDE_PENDING);
        assert_string_equal(bide_drop_order_text(&order), "body half local unused tail head");
    }
}

static void I09_drop_order_equals_static(void **state)
{
    (void)state;
    TEST_BREAKS("was dropped twice", "was polled after completion", "an empty box was polled");
    for (int polls = 0; polls < 4; polls++) {
        for (int open = 0; open < 2; open++) {
            bide_drop_order wanted, order;
            bide_poll last, here;
            run_and_drop(STATIC, open, polls, &wanted, &last);
            for (int how = DYN; how < WAYS; how++) {
                run_and_drop((way)how, open, polls, &order, &here);
                assert_string_equal(bide_drop_order_text(&order), bide_drop_order_text(&wanted));
                assert_int_equal(here, last);
            }
        }
    }
}

static void I10_unnamed_arg_lives_to_end(void **state)
{
    (void)state;
    for (int how = 0; how < WAYS; how++) {
        bide_drop_order order;
        bide_poll last;
        run_and_drop((way)how, true, 2, &order, &last);
        assert_int_equal(last, BIDE_READY);
        assert_string_equal(bide_drop_order_text(&order), "body half end local unused tail head");
    }
}

static void I14_drop_after_ready_collected(void **state)
{
    bide_drop_order order;
    rig r;
    gate g = {.open = true};
    Wire wire = {&order, &g};
    Sender s = Wire_as_Sender(&wire, NULL);
    struct Sender_send f = {0};
    int32_t out = 0;
    (void)state;
    TEST_BREAKS("was polled after completion");
    rig_open(&r);
    bide_drop_order_init(&order);
    Sender_send_init(&f, &s, ARGS(&order));
    assert_int_equal(Sender_send_poll(&f, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(Sender_send_poll(&f, &r.cx, &out), BIDE_READY);
    assert_int_equal(order.count, 7);
    assert_int_equal(r.counter.live, 0); /* gone before its end was told */
    out = 77;
    assert_int_equal(Sender_send_poll(&f, &r.cx, &out), BIDE_EMISUSE);
    Sender_send_drop(&f);
    Sender_send_drop(&f);
    assert_int_equal(out, 77);
    assert_int_equal(order.count, 7);
    rig_close(&r);
}

static void no_memory_in_start_releases_arguments(void **state)
{
    bide_drop_order order;
    bide_budget none;
    gate g = {.open = true};
    Wire wire = {&order, &g};
    Sender s;
    struct Sender_send f = {0};
    rig r;
    int32_t out = 0;
    (void)state;
    TEST_BREAKS("was polled after completion");
    rig_open(&r);
    bide_budget_init(&none, &r.counter.base, 0);
    bide_drop_order_init(&order);
    s = Wire_as_Sender(&wire, &none.base);
    Sender_send_init(&f, &s, ARGS(&order));
    assert_int_equal(Sender_send_poll(&f, &r.cx, &out), BIDE_ENOMEM);
    /* The body had begun; its cleanup ran, then the arguments went. */
    assert_string_equal(bide_drop_order_text(&order), "body local unused tail head");
    assert_int_equal(Sender_send_poll(&f, &r.cx, &out), BIDE_EMISUSE);
    Sender_send_drop(&f);
    assert_int_equal(order.count, 5);
    /* The same by the call that starts at once. */
    bide_drop_order_init(&order);
    assert_int_equal(Sender_send_start(&f, &s, ARGS(&order), &r.cx, &out), BIDE_ENOMEM);
    assert_int_equal(order.count, 5);
    /* And the next call works. */
    s.allocator = NULL;
    bide_drop_order_init(&order);
    assert_int_equal(Sender_send_start(&f, &s, ARGS(&order), &r.cx, &out), BIDE_PENDING);
    assert_int_equal(Sender_send_poll(&f, &r.cx, &out), BIDE_READY);
    rig_close(&r);
}

static void discard_is_null_where_nothing_is_owned(void **state)
{
    bide_drop_order order;
    Wire wire = {&order, NULL};
    Sender s = Wire_as_Sender(&wire, NULL);
    struct Sender_plain f = {0};
    (void)state;
    TEST_BREAKS("was dropped twice");
    assert_null(s.vtable->plain.discard);
    assert_non_null(s.vtable->send.discard);
    Sender_plain_init(&f, &s, 1);
    Sender_plain_drop(&f);
    Sender_plain_drop(&f);
    bide_drop_order_init(&order);
    Sender_send_discard(&s, ARGS(&order));
    assert_string_equal(bide_drop_order_text(&order), "unused tail head");
}

/* ---- recursion --------------------------------------------------------------------------------
 */

#define Depth_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC, int32_t, down, (int32_t, n))
BIDE_INTERFACE(Depth);
typedef struct Well {
    gate g;
} Well;
BIDE_IMPL_DECLARE(Depth, Well);
/* Recursion through the handle: each level is a dyn call, so its frame is boxed by itself. */
#define Well_down_FRAME(ROW)                                                                       \
    ROW(PARAM, Well *, self)                                                                       \
    ROW(PARAM, int32_t, n)                                                                         \
    ROW(LOCAL, int32_t, below)                                                                     \
    ROW(LOCAL, Depth, again) ROW(CHILD, Depth_down, next) ROW(CHILD, pass, bottom)
BIDE_ASYNC(int32_t, Well_down)
{
    BIDE_BEGIN(Well_down);
    if (f->n == 0) {
        BIDE_AWAIT(pass, bottom, (&f->self->g));
        BIDE_RETURN(0);
    }
    f->again = Well_as_Depth(f->self, NULL);
    BIDE_AWAIT_TO(f->below, Depth_down, next, (&f->again, f->n - 1));
    BIDE_RETURN(f->below + 1);
    BIDE_END;
}
BIDE_IMPL(Depth, Well);

/* Static recursion: a BOXED row, behind a declaration. */
#define dig_FRAME(ROW)                                                                             \
    ROW(PARAM, gate *, g)                                                                          \
    ROW(PARAM, int32_t, n)                                                                         \
    ROW(LOCAL, int32_t, below) ROW(BOXED, dig, next) ROW(CHILD, pass, bottom)
BIDE_ASYNC_DECLARE(int32_t, dig)
BIDE_ASYNC_DEFINE(int32_t, dig)
{
    BIDE_BEGIN(dig);
    if (f->n == 0) {
        BIDE_AWAIT(pass, bottom, (f->g));
        BIDE_RETURN(0);
    }
    BIDE_AWAIT_TO(f->below, dig, next, (f->g, f->n - 1));
    BIDE_RETURN(f->below + 1);
    BIDE_END;
}

static void I22_recursion_boxed(void **state)
{
    rig r;
    gate g = {0};
    struct dig *f = (struct dig *)malloc(sizeof *f);
    int32_t out = 0;
    (void)state;
    assert_non_null(f);
    rig_open(&r);
    dig_init(f, &g, 1000);
    assert_int_equal(dig_poll(f, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(r.counter.allocs, 1000);
    assert_int_equal(r.counter.live, 1000);
    gate_open(&g);
    assert_int_equal(dig_poll(f, &r.cx, &out), BIDE_READY);
    assert_int_equal(out, 1000);
    assert_int_equal(r.counter.frees, 1000);
    g.open = false;
    dig_init(f, &g, 1000);
    assert_int_equal(dig_poll(f, &r.cx, &out), BIDE_PENDING);
    dig_drop(f);
    assert_int_equal(g.drops, 1);
    assert_int_equal(r.counter.allocs, 2000);
    assert_int_equal(r.counter.frees, 2000);
    free(f);
    rig_close(&r);
}

static void I22_recursion_through_a_handle(void **state)
{
    rig r;
    Well well = {{0}};
    Depth d = Well_as_Depth(&well, NULL);
    struct Depth_down f = {0};
    int32_t out = 0;
    (void)state;
    rig_open(&r);
    assert_int_equal(Depth_down_start(&f, &d, 999, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(r.counter.allocs, 1000);
    gate_open(&well.g);
    assert_int_equal(Depth_down_poll(&f, &r.cx, &out), BIDE_READY);
    assert_int_equal(out, 999);
    assert_int_equal(r.counter.frees, 1000);
    rig_close(&r);
}

/* ---- two interfaces, one name -----------------------------------------------------------------
 */

#define Reader_METHODS(METHOD, I, Self)                                                            \
    METHOD(I, Self, ASYNC, int32_t, reset, (int32_t, to)) METHOD(I, Self, SYNC, int32_t, size)
#define Clock_METHODS(METHOD, I, Self)                                                             \
    METHOD(I, Self, ASYNC, void, reset) METHOD(I, Self, SYNC, int32_t, size)
BIDE_INTERFACE(Reader);
BIDE_INTERFACE(Clock);
typedef struct Device {
    int32_t at, ticks;
} Device;
/* Device_reset is Reader's, Device_clock_reset is Clock's. */
#define Device_reset_FRAME(ROW)                                                                    \
    ROW(PARAM, Device *, self)                                                                     \
    ROW(PARAM, int32_t, to) ROW(LOCAL, int32_t, was) ROW(CHILD, nap, rest)
BIDE_ASYNC(int32_t, Device_reset)
{
    BIDE_BEGIN(Device_reset);
    BIDE_AWAIT(nap, rest, (1));
    f->was = f->self->at;
    f->self->at = f->to;
    BIDE_RETURN(f->was);
    BIDE_END;
}
#define Device_clock_reset_FRAME(ROW) ROW(PARAM, Device *, self)
BIDE_ASYNC(void, Device_clock_reset)
{
    BIDE_BEGIN(Device_clock_reset);
    f->self->ticks = 0;
    BIDE_END;
}
int32_t Device_size(Device *self);
int32_t Device_size(Device *self)
{
    return self->at;
}
int32_t Device_clock_size(Device *self);
int32_t Device_clock_size(Device *self)
{
    return self->ticks;
}
BIDE_IMPL_DECLARE(Reader, Device);
BIDE_IMPL_DECLARE(Clock, Device);
BIDE_IMPL(Reader, Device);
BIDE_IMPL_AS(Clock, Device, Device_clock);

static void two_interfaces_with_the_same_name_of_a_method(void **state)
{
    rig r;
    Device device = {3, 4};
    Reader reader = Device_as_Reader(&device, NULL);
    Clock clock = Device_as_Clock(&device, NULL);
    struct Reader_reset f = {0};
    struct Clock_reset g = {0};
    int32_t out = 0;
    (void)state;
    rig_open(&r);
    assert_int_equal(Reader_size(&reader), 3);
    assert_int_equal(Clock_size(&clock), 4);
    assert_int_equal(Reader_reset_start(&f, &reader, 9, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(Clock_reset_start(&g, &clock, &r.cx, NULL), BIDE_READY);
    assert_int_equal(Reader_reset_poll(&f, &r.cx, &out), BIDE_READY);
    assert_int_equal(out, 3);
    assert_int_equal(device.at, 9);
    assert_int_equal(device.ticks, 0);
    assert_string_equal(Reader_reset_type_of(&reader)->name, "Device_reset");
    assert_string_equal(Clock_reset_type_of(&clock)->name, "Device_clock_reset");
    rig_close(&r);
}

/* ---- failures ---------------------------------------------------------------------------------
 */

static bide_poll scenario_owned_arguments(bide_allocator *allocator)
{
    bide_context cx = scenario_context(allocator);
    bide_drop_order order;
    gate g = {.open = true};
    Wire wire = {&order, &g};
    Sender s = Wire_as_Sender(&wire, NULL);
    struct Sender_send f = {0};
    struct dig deep;
    int32_t out = 0;
    bide_poll p;
    bide_drop_order_init(&order);
    Sender_send_init(&f, &s, ARGS(&order));
    while ((p = Sender_send_poll(&f, &cx, &out)) == BIDE_PENDING)
        ;
    Sender_send_drop(&f);
    /* Whatever happened: each argument and the local, once. */
    assert_non_null(strstr(bide_drop_order_text(&order), "local unused tail head"));
    assert_int_equal(order.count, p == BIDE_READY ? 7 : 5);
    if (p != BIDE_READY)
        return p;
    p = dig_start(&deep, &g, 5, &cx, &out);
    while (p == BIDE_PENDING)
        p = dig_poll(&deep, &cx, &out);
    return p;
}
TEST_EVERY_FAILURE(every_failure_with_owned_arguments, scenario_owned_arguments)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(I08_drop_unpolled_destroys_args),
        cmocka_unit_test(I09_drop_order_equals_static),
        cmocka_unit_test(I10_unnamed_arg_lives_to_end),
        cmocka_unit_test(I12_drop_mid_suspend),
        cmocka_unit_test(I14_drop_after_ready_collected),
        cmocka_unit_test(no_memory_in_start_releases_arguments),
        cmocka_unit_test(discard_is_null_where_nothing_is_owned),
        cmocka_unit_test(I22_recursion_boxed),
        cmocka_unit_test(I22_recursion_through_a_handle),
        cmocka_unit_test(two_interfaces_with_the_same_name_of_a_method),
        cmocka_unit_test(every_failure_with_owned_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
