/*
 * test_checked_cancel.c: checked builds: dropping what must be cancelled, and the other rules that
 * the table of bide/cancel.h names.
 */
#include "checked.h"

/* Waits for its gate; its cleanup waits for one turn. */
static bide_poll slow_cancel(void *frame, bide_context *cx);
#define slow_FRAME(ROW) ROW(CANCEL, slow_cancel) ROW(PARAM, gate *, g) ROW(LOCAL, int, at)
BIDE_FUTURE(void, slow)

bide_poll slow_poll(struct slow *f, bide_context *cx, void *out)
{
    (void)out;
    f->at = 1;
    if (!f->g->open)
        return bide_waker_register(&f->g->waker, cx) == BIDE_READY ? BIDE_PENDING : BIDE_ENOMEM;
    bide_waker_clear(&f->g->waker);
    f->at = 3;
    return BIDE_READY;
}

void slow_drop_now(struct slow *f)
{
    if (f->at == 3)
        return;
    f->at = 3;
    f->g->drops++;
    bide_waker_clear(&f->g->waker);
}

static bide_poll slow_cancel(void *frame, bide_context *cx)
{
    struct slow *f = frame;
    if (f->at == 1) {
        f->at = 2;
        bide_waker_wake_by_ref(cx->waker);
        return BIDE_PENDING;
    }
    slow_drop_now(f);
    return BIDE_READY;
}

/* clang-format off */
#define Store_METHODS(METHOD, I, Self)                                                             \
    METHOD(I, Self, ASYNC, int, get, (gate *, g))
/* clang-format on */
BIDE_INTERFACE(Store);
typedef struct Disk {
    int value;
} Disk;
BIDE_IMPL_DECLARE(Store, Disk);

#define Disk_get_FRAME(ROW) ROW(PARAM, Disk *, self) ROW(PARAM, gate *, g) ROW(CHILD, slow, in)
BIDE_ASYNC(int, Disk_get)
{
    BIDE_BEGIN(Disk_get);
    BIDE_AWAIT(slow, in, (f->g));
    BIDE_RETURN(f->self->value);
    BIDE_END;
}
BIDE_IMPL(Store, Disk);

static int called_at; /* the line of the call in reader */
#define reader_FRAME(ROW) ROW(PARAM, Store *, store) ROW(PARAM, gate *, g) ROW(CHILD, Store_get, in)
BIDE_ASYNC(void, reader)
{
    BIDE_BEGIN(reader);
    called_at = __LINE__ + 1;
    BIDE_AWAIT(Store_get, in, (f->store, f->g));
    BIDE_END;
}

static Disk disk = {1};

/* A future whose type says so: dropped before and after, and, wrongly, while it waits. */
static void drop_no_drop_at_await(void **state)
{
    struct Disk_get f;
    gate g = {0};
    rig r;
    int out, here, there;
    (void)state;
    rig_open(&r);
    Disk_get_init(&f, &disk, &g);
    BIDE_CHECK_DROP(Disk_get, &f);
    checked_nothing();
    Disk_get_init(&f, &disk, &g);
    CHECKED_AT(here);
    assert_int_equal(Disk_get_poll(&f, &r.cx, &out), BIDE_PENDING);
    CHECKED_AT(there);
    BIDE_CHECK_DROP(Disk_get, &f);
    checked_expect("Disk_get, polled at ", checked_line(__FILE__, here),
                   checked_line(__FILE__, there));
    assert_int_equal(g.drops, 1);
    g.open = true;
    Disk_get_init(&f, &disk, &g);
    assert_int_equal(Disk_get_poll(&f, &r.cx, &out), BIDE_READY);
    BIDE_CHECK_DROP(Disk_get, &f);
    checked_nothing();
    rig_close(&r);
}

/* In a box. */
static void drop_no_drop_in_box(void **state)
{
    bide_box box;
    gate g = {0};
    rig r;
    int out, here;
    (void)state;
    rig_open(&r);
    assert_int_equal(BIDE_BOX(Disk_get, &box, &r.counter.base, (&disk, &g)), BIDE_READY);
    bide_box_drop(&box);
    checked_nothing();
    assert_int_equal(BIDE_BOX(Disk_get, &box, &r.counter.base, (&disk, &g)), BIDE_READY);
    assert_int_equal(bide_box_poll(&box, &r.cx, &out), BIDE_PENDING);
    CHECKED_AT(here);
    bide_box_drop(&box);
    checked_expect("Disk_get", checked_line(__FILE__, here), "its cleanup must wait, too");
    assert_int_equal(g.drops, 1);
    rig_close(&r);
}

/* Through an interface: the message names it, the call, and the drop. The future that was dropped,
 * and its parent, could not know. */
static void drop_no_drop_through_dyn(void **state)
{
    Store store = Disk_as_Store(&disk, NULL);
    struct Store_get f;
    struct reader parent;
    gate g = {0};
    rig r;
    int out, here, there;
    (void)state;
    rig_open(&r);
    CHECKED_AT(here);
    assert_int_equal(Store_get_start(&f, &store, &g, &r.cx, &out), BIDE_PENDING);
    CHECKED_AT(there);
    Store_get_drop(&f);
    checked_expect("Store.get, called at ", checked_line(__FILE__, here),
                   checked_line(__FILE__, there));
    reader_init(&parent, &store, &g);
    assert_int_equal(reader_poll(&parent, &r.cx, NULL), BIDE_PENDING);
    CHECKED_AT(there);
    reader_drop(&parent);
    checked_expect("Store.get, called at ", checked_line(__FILE__, called_at),
                   checked_line(__FILE__, there));
    assert_int_equal(g.drops, 2);
    rig_close(&r);
}

/* The same cancelled: no complaint, also not about a drop behind it. */
static void cancel_through_dyn(void **state)
{
    Store store = Disk_as_Store(&disk, NULL);
    struct reader f;
    gate g = {0};
    rig r;
    (void)state;
    rig_open(&r);
    reader_init(&f, &store, &g);
    assert_int_equal(bide_cancel(&reader_type, &f, &r.cx), BIDE_READY);
    reader_init(&f, &store, &g);
    assert_int_equal(reader_poll(&f, &r.cx, NULL), BIDE_PENDING);
    assert_int_equal(bide_cancel(&reader_type, &f, &r.cx), BIDE_PENDING);
    assert_int_equal(bide_cancel(&reader_type, &f, &r.cx), BIDE_READY);
    assert_int_equal(bide_cancel(&reader_type, &f, &r.cx), BIDE_READY);
    reader_drop(&f);
    assert_int_equal(g.drops, 1);
    assert_int_equal(bide_check_calls(&disk), 0);
    checked_nothing();
    rig_close(&r);
}

static void drop_during_cancel(void **state)
{
    Store store = Disk_as_Store(&disk, NULL);
    struct reader f;
    gate g = {0};
    rig r;
    (void)state;
    rig_open(&r);
    reader_init(&f, &store, &g);
    assert_int_equal(reader_poll(&f, &r.cx, NULL), BIDE_PENDING);
    assert_int_equal(bide_cancel(&reader_type, &f, &r.cx), BIDE_PENDING);
    reader_drop(&f);
    checked_expect("Store.get, called at ", checked_line(__FILE__, called_at),
                   "was dropped at " __FILE__);
    assert_int_equal(g.drops, 1);
    rig_close(&r);
}

/* An executor drops; asked before, it cancels. */
static void executor_ends(void **state)
{
    Store store = Disk_as_Store(&disk, NULL);
    (void)state;
    for (int asked = 0; asked < 2; asked++) {
        gate g = {0};
        bide_local *ex;
        bide_poll r;
        assert_int_equal(bide_local_new(NULL, &ex), BIDE_READY);
        BIDE_SPAWN_TO(r, ex, reader, NULL, NULL, (&store, &g));
        assert_int_equal(r, BIDE_READY);
        assert_int_equal(bide_local_run_until_stalled(ex), BIDE_PENDING);
        if (asked)
            assert_int_equal(bide_local_cancel(ex), BIDE_READY);
        assert_int_equal(bide_local_free(ex), BIDE_READY);
        if (asked)
            checked_nothing();
        else
            checked_expect("Store.get, called at ", checked_line(__FILE__, called_at),
                           "its cleanup must wait, too");
        assert_int_equal(g.drops, 1);
    }
}

/* From inside its own poll. */
static struct inside {
    struct knot *f;
    bide_context *cx;
    int how; /* 0: drop, 1: cancel */
} inside;
#define poker_FRAME(ROW) ROW(PARAM, int, unused)
BIDE_FUTURE(void, poker)
static void poke(void);
bide_poll poker_poll(struct poker *f, bide_context *cx, void *out)
{
    (void)f, (void)out;
    inside.cx = cx;
    poke();
    bide_waker_wake_by_ref(cx->waker);
    return BIDE_PENDING;
}
void poker_drop(struct poker *f)
{
    (void)f;
}
#define knot_FRAME(ROW) ROW(CHILD, poker, first) ROW(BOXED, poker, second)
BIDE_ASYNC(void, knot)
{
    BIDE_BEGIN(knot);
    BIDE_AWAIT(poker, first, (1));
    BIDE_AWAIT(poker, second, (1));
    BIDE_END;
}
static void poke(void)
{
    if (!inside.f)
        return;
    if (inside.how == 0)
        knot_drop(inside.f);
    else
        (void)bide_cancel(&knot_type, inside.f, inside.cx);
}

static void from_inside(int how)
{
    struct knot f;
    rig r;
    rig_open(&r);
    inside = (struct inside){NULL, NULL, how};
    knot_init(&f);
    assert_int_equal(knot_poll(&f, &r.cx, NULL), BIDE_PENDING);
    inside.f = &f;
    assert_int_equal(knot_poll(&f, &r.cx, NULL), BIDE_PENDING);
    checked_expect("knot was ", "from inside its own poll", NULL);
    inside.f = NULL;
    knot_drop(&f);
    checked_nothing();
    rig_close(&r);
}

static void drop_inside_own_poll(void **state)
{
    (void)state;
    from_inside(0);
}

static void cancel_inside_own_poll(void **state)
{
    (void)state;
    from_inside(1);
}

static void drop_twice(void **state)
{
    struct reader f;
    Store store = Disk_as_Store(&disk, NULL);
    gate g = {0};
    rig r;
    (void)state;
    rig_open(&r);
    reader_init(&f, &store, &g);
    reader_drop(&f);
    checked_nothing();
    reader_drop(&f);
    checked_expect("reader was dropped twice", NULL, NULL);
    rig_close(&r);
}

/* Without memory for the caller's frame the call is dropped, and that is nobody's mistake. */
#define by_value_FRAME(ROW)                                                                        \
    ROW(PARAM, Store *, store) ROW(PARAM, gate *, g) ROW(CHILD, Store_get, in)
BIDE_ASYNC(void, by_value)
{
    BIDE_BEGIN(by_value);
    BIDE_AWAIT_V(Store_get, in, (f->store, f->g));
    BIDE_END;
}

static void no_memory(void **state)
{
    Store store = Disk_as_Store(&disk, NULL);
    bide_failing_allocator failing;
    bide_box box;
    gate g = {0};
    rig r;
    (void)state;
    rig_open(&r);
    bide_failing_allocator_init(&failing, &r.counter.base, 2, false);
    assert_int_equal(by_value_start_box(&box, &store, &g, &failing.base, &r.cx, NULL),
                     BIDE_PENDING);
    assert_int_equal(bide_box_cancel(&box, &r.cx), BIDE_PENDING);
    assert_int_equal(bide_box_cancel(&box, &r.cx), BIDE_READY);
    r.cx.allocator = &failing.base;
    bide_failing_allocator_init(&failing, &r.counter.base, 2, false);
    assert_int_equal(by_value_start_box(&box, &store, &g, NULL, &r.cx, NULL), BIDE_ENOMEM);
    assert_int_equal(failing.failures, 1);
    checked_nothing();
    assert_int_equal(g.drops, 2);
    rig_close(&r);
}

/* Read, and cancelled in the middle, with whatever memory there is: nobody's mistake either. */
static bide_poll cancelled_through(bide_allocator *a)
{
    Store store = Disk_as_Store(&disk, NULL);
    bide_context cx = scenario_context(a);
    gate g = {0};
    bide_box box;
    bide_poll r = by_value_start_box(&box, &store, &g, NULL, &cx, NULL);
    if (r == BIDE_PENDING) {
        while (bide_box_cancel(&box, &cx) == BIDE_PENDING)
            continue;
        r = BIDE_READY;
    }
    checked_nothing();
    return r;
}

TEST_EVERY_FAILURE(every_failure, cancelled_through)

#define TEST(f) cmocka_unit_test_setup_teardown(f, checked_setup, checked_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(drop_no_drop_at_await),
        TEST(drop_no_drop_in_box),
        TEST(drop_no_drop_through_dyn),
        TEST(cancel_through_dyn),
        TEST(drop_during_cancel),
        TEST(executor_ends),
        TEST(drop_inside_own_poll),
        TEST(cancel_inside_own_poll),
        TEST(drop_twice),
        TEST(no_memory),
        TEST(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
