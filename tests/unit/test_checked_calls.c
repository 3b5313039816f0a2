/*
 * test_checked_calls.c: checked builds: calls through handles. What they borrow, empty handles and
 * slots, destroying an object that is in use, and the memory that futures live in.
 */
#include "checked.h"
#include <bide/alloc_arena.h>
#include <bide/alloc_pool.h>

#define Counter_METHODS(METHOD, I, Self)                                                           \
    METHOD(I, Self, ASYNC, int, get, (gate *, g))                                                  \
    METHOD(I, Self, ASYNC_MUT, int, add, (gate *, g), (int, n))                                    \
    METHOD(I, Self, ASYNC_MUT, int, twice, (gate *, g))                                            \
    METHOD(I, Self, SYNC, int, peek)                                                               \
    METHOD(I, Self, SYNC_MUT, void, clear)                                                         \
    METHOD(I, Self, POLL, int, next)
BIDE_INTERFACE(Counter);

typedef struct Tally {
    int value;
    bool destroyed;
} Tally;
#define Tally_HAS_destroy 1
static void Tally_destroy(Tally *self)
{
    self->destroyed = true;
}
BIDE_IMPL_DECLARE(Counter, Tally);

#define Tally_get_FRAME(ROW) ROW(PARAM, Tally *, self) ROW(PARAM, gate *, g) ROW(CHILD, pass, in)
BIDE_ASYNC(int, Tally_get)
{
    BIDE_BEGIN(Tally_get);
    BIDE_AWAIT(pass, in, (f->g));
    BIDE_RETURN(f->self->value);
    BIDE_END;
}

#define Tally_add_FRAME(ROW)                                                                       \
    ROW(PARAM, Tally *, self) ROW(PARAM, gate *, g) ROW(PARAM, int, n) ROW(CHILD, pass, in)
BIDE_ASYNC(int, Tally_add)
{
    BIDE_BEGIN(Tally_add);
    BIDE_AWAIT(pass, in, (f->g));
    f->self->value += f->n;
    BIDE_RETURN(f->self->value);
    BIDE_END;
}

/* Calls its own object through a handle: a reborrow. */
/* clang-format off */
#define Tally_twice_FRAME(ROW)                                                                     \
    ROW(PARAM, Tally *, self) ROW(PARAM, gate *, g) ROW(LOCAL, Counter, me)                        \
    ROW(LOCAL, int, got) ROW(CHILD, Counter_add, first) ROW(CHILD, Counter_add, second)
/* clang-format on */
BIDE_ASYNC(int, Tally_twice)
{
    BIDE_BEGIN(Tally_twice);
    f->me = Tally_as_Counter(f->self, NULL);
    Counter_clear(&f->me);
    BIDE_AWAIT_TO(f->got, Counter_add, first, (&f->me, f->g, 1));
    BIDE_AWAIT_TO(f->got, Counter_add, second, (&f->me, f->g, 2));
    f->got = Counter_peek(&f->me);
    BIDE_RETURN(f->got);
    BIDE_END;
}

static int Tally_peek(Tally *self)
{
    return self->value;
}
static void Tally_clear(Tally *self)
{
    self->value = 0;
}
static bide_poll Tally_next(Tally *self, bide_context *cx, int *out)
{
    (void)cx;
    *out = self->value++;
    return BIDE_READY;
}
BIDE_IMPL(Counter, Tally);

/* Two calls on one object, one after the other from bodies, so that the lines are theirs. */
static int get_line, add_line;
#define gets_FRAME(ROW) ROW(PARAM, Counter, c) ROW(PARAM, gate *, g) ROW(CHILD, Counter_get, in)
BIDE_ASYNC(int, gets)
{
    BIDE_BEGIN(gets);
    get_line = __LINE__ + 1;
    BIDE_AWAIT(Counter_get, in, (&f->c, f->g));
    BIDE_RETURN(0);
    BIDE_END;
}
#define adds_FRAME(ROW) ROW(PARAM, Counter, c) ROW(PARAM, gate *, g) ROW(BOXED, Counter_add, in)
BIDE_ASYNC(int, adds)
{
    BIDE_BEGIN(adds);
    add_line = __LINE__ + 1;
    BIDE_AWAIT(Counter_add, in, (&f->c, f->g, 1));
    BIDE_RETURN(0);
    BIDE_END;
}

static void shared_calls_are_welcome(void **state)
{
    Tally t = {0};
    Counter c = Tally_as_Counter(&t, NULL);
    gate g = {0}, h = {0};
    struct gets a, b;
    rig r;
    int out;
    (void)state;
    rig_open(&r);
    assert_int_equal(gets_start(&a, c, &g, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(gets_start(&b, c, &h, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(bide_check_calls(&t), 2);
    assert_int_equal(Counter_peek(&c), 0);
    checked_nothing();
    gate_open(&g);
    assert_int_equal(gets_poll(&a, &r.cx, &out), BIDE_READY);
    assert_int_equal(bide_check_calls(&t), 1);
    gets_drop(&b);
    assert_int_equal(bide_check_calls(&t), 0);
    Counter_clear(&c);
    checked_nothing();
    rig_close(&r);
}

static void exclusive_after_shared(void **state)
{
    Tally t = {0};
    Counter c = Tally_as_Counter(&t, NULL);
    gate g = {0}, h = {0};
    struct gets a;
    struct adds b;
    rig r;
    int out, line;
    (void)state;
    rig_open(&r);
    assert_int_equal(gets_start(&a, c, &g, &r.cx, &out), BIDE_PENDING);
    checked_nothing();
    assert_int_equal(adds_start(&b, c, &h, &r.cx, &out), BIDE_PENDING);
    checked_expect("bide: Counter.add, called at", checked_line(__FILE__, add_line),
                   checked_line(__FILE__, get_line));
    adds_drop(&b);
    CHECKED_AT(line);
    Counter_clear(&c);
    checked_expect("bide: Counter.clear, called at", checked_line(__FILE__, line), "Counter.get");
    gets_drop(&a);
    Counter_clear(&c);
    checked_nothing();
    rig_close(&r);
}

static void shared_after_exclusive(void **state)
{
    Tally t = {0};
    Counter c = Tally_as_Counter(&t, NULL);
    gate g = {0}, h = {0};
    struct gets a;
    struct adds b;
    struct Counter_add dyn;
    rig r;
    int out;
    (void)state;
    rig_open(&r);
    assert_int_equal(adds_start(&b, c, &h, &r.cx, &out), BIDE_PENDING);
    checked_nothing();
    assert_int_equal(gets_start(&a, c, &g, &r.cx, &out), BIDE_PENDING);
    checked_expect("bide: Counter.get, called at", checked_line(__FILE__, get_line),
                   checked_line(__FILE__, add_line));
    gets_drop(&a);
    (void)Counter_peek(&c);
    checked_expect("bide: Counter.peek", "Counter.add", "has it for itself");
    gate_open(&h);
    assert_int_equal(adds_poll(&b, &r.cx, &out), BIDE_READY);
    /* a call that nobody has polled yet has not begun */
    Counter_add_init(&dyn, &c, &g, 1);
    (void)Counter_peek(&c);
    checked_nothing();
    Counter_add_drop(&dyn);
    checked_nothing();
    rig_close(&r);
}

static void a_method_may_call_its_own_object(void **state)
{
    Tally t = {9, false};
    Counter c = Tally_as_Counter(&t, NULL);
    gate g = {0};
    struct Counter_twice call;
    rig r;
    int out = 0;
    (void)state;
    rig_open(&r);
    Counter_twice_init(&call, &c, &g);
    assert_int_equal(Counter_twice_poll(&call, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(Counter_twice_poll(&call, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(bide_check_calls(&t), 2);
    gate_open(&g);
    assert_int_equal(Counter_twice_poll(&call, &r.cx, &out), BIDE_READY);
    assert_int_equal(out, 3);
    assert_int_equal(bide_check_calls(&t), 0);
    checked_nothing();
    rig_close(&r);
}

static void dyn_call_polled_after_its_end(void **state)
{
    Tally t = {0};
    Counter c = Tally_as_Counter(&t, NULL);
    gate g = {.open = true};
    struct Counter_get call;
    rig r;
    int out;
    (void)state;
    rig_open(&r);
    Counter_get_init(&call, &c, &g);
    assert_int_equal(Counter_get_poll(&call, &r.cx, &out), BIDE_READY);
    checked_nothing();
    assert_int_equal(Counter_get_poll(&call, &r.cx, &out), BIDE_EMISUSE);
    checked_expect("bide: Counter_get was polled after completion", NULL, NULL);
    g.open = false;
    Counter_get_init(&call, &c, &g);
    assert_int_equal(Counter_get_poll(&call, &r.cx, &out), BIDE_PENDING);
    Counter_get_drop(&call);
    checked_nothing();
    Counter_get_drop(&call);
    checked_expect("bide: Counter_get was dropped twice", NULL, NULL);
    rig_close(&r);
}

static void destroyed_with_a_call_in_flight(void **state)
{
    Tally t = {0};
    Counter c = Tally_as_Counter(&t, NULL), copy = c;
    gate g = {0};
    struct gets a;
    rig r;
    int out, line;
    (void)state;
    rig_open(&r);
    assert_int_equal(gets_start(&a, c, &g, &r.cx, &out), BIDE_PENDING);
    CHECKED_AT(line);
    Counter_destroy(&copy);
    checked_expect("bide: Counter_destroy, called at", checked_line(__FILE__, line), "Counter.get");
    gets_drop(&a);
    Counter_destroy(&c);
    checked_nothing();
    assert_true(t.destroyed);
    rig_close(&r);
}

static jmp_buf away;
static void jump(const char *message)
{
    checked_keep(message);
    longjmp(away, 1);
}

static void empty_slots_and_handles(void **state)
{
    struct Counter_vtable holes = Tally_Counter_vtable;
    Tally t = {0};
    Counter c = Tally_as_Counter(&t, NULL), empty = {NULL, NULL, NULL};
    gate g = {0};
    struct Counter_get call;
    rig r;
    int out;
    (void)state;
    rig_open(&r);
    holes.get.start = NULL;
    holes.peek = NULL;
    holes.next = NULL;
    c.vtable = &holes;
    assert_int_equal(Counter_get_start(&call, &c, &g, &r.cx, &out), BIDE_ENOSYS);
    checked_expect("bide: Counter.get was called", "a vtable whose slot for it is empty", NULL);
    assert_int_equal(Counter_get_start(&call, &empty, &g, &r.cx, &out), BIDE_ENOSYS);
    checked_expect("bide: Counter.get was called", "an empty handle", NULL);
    bide_check_set_handler(jump);
    if (setjmp(away) == 0)
        (void)Counter_peek(&c);
    checked_expect("bide: Counter.peek was called", "slot for it is empty", NULL);
    if (setjmp(away) == 0)
        (void)Counter_next(&c, &r.cx, &out);
    checked_expect("bide: Counter.next was called", "slot for it is empty", NULL);
    rig_close(&r);
}

static void memory_that_ends_too_early(void **state)
{
    static unsigned char memory[4096];
    bide_arena arena;
    bide_pool pool;
    gate g = {0};
    bide_box box;
    rig r;
    int line;
    (void)state;
    rig_open(&r);
    bide_arena_init(&arena, memory, sizeof memory, NULL);
    assert_int_equal(pass_start_box(&box, &g, &arena.base, &r.cx, NULL), BIDE_PENDING);
    CHECKED_AT(line);
    assert_int_equal(bide_box_poll(&box, &r.cx, NULL), BIDE_PENDING);
    assert_int_equal(bide_arena_deinit(&arena), BIDE_EBUSY);
    checked_expect("bide: bide_arena_deinit", checked_line(__FILE__, line), "the future pass");
    assert_int_equal(bide_arena_reset(&arena), BIDE_EBUSY);
    checked_expect("bide: bide_arena_reset", "while 1 block is in use", NULL);
    bide_box_drop(&box);
    assert_int_equal(bide_arena_deinit(&arena), BIDE_READY);
    assert_int_equal(bide_pool_init(&pool, memory, sizeof memory, 96, 16, NULL), BIDE_READY);
    assert_int_equal(pass_start_box(&box, &g, &pool.base, &r.cx, NULL), BIDE_PENDING);
    checked_nothing();
    assert_int_equal(bide_pool_deinit(&pool), BIDE_EBUSY);
    checked_expect("bide: bide_pool_deinit", "while 1 block is in use", NULL);
    bide_box_drop(&box);
    assert_int_equal(bide_pool_deinit(&pool), BIDE_READY);
    checked_nothing();
    rig_close(&r);
}

static bide_poll good_scenario(bide_allocator *a)
{
    bide_context cx = scenario_context(a);
    Tally t = {0};
    Counter c = Tally_as_Counter(&t, NULL);
    gate g = {0};
    bide_box box;
    int out = 0;
    bide_poll r = adds_start_box(&box, c, &g, a, &cx, &out);
    if (r == BIDE_PENDING) {
        gate_open(&g);
        r = bide_box_poll(&box, &cx, &out);
    }
    bide_waker_clear(&g.waker);
    assert_int_equal(bide_check_calls(&t), 0);
    checked_nothing();
    return r;
}

TEST_EVERY_FAILURE(every_failure, good_scenario)

#define TEST(f) cmocka_unit_test_setup_teardown(f, checked_setup, checked_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(shared_calls_are_welcome),
        TEST(exclusive_after_shared),
        TEST(shared_after_exclusive),
        TEST(a_method_may_call_its_own_object),
        TEST(dyn_call_polled_after_its_end),
        TEST(destroyed_with_a_call_in_flight),
        TEST(empty_slots_and_handles),
        TEST(memory_that_ends_too_early),
        TEST(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
