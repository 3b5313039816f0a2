/*
 * Plain functions that run a future and wait for its end: bide/blocking.h.
 */
#include "support.h"

#include <string.h>
#include <time.h>

static struct {
    const char *name;
    bide_poll code;
    int count;
} failed;

static void tell(const char *name, bide_poll code)
{
    failed.name = name;
    failed.code = code;
    failed.count++;
}
#define BIDE_BLOCKING_FAILED(name, code) tell(name, code)
#include <bide/blocking.h>

/* ---- futures ------------------------------------------------------------------------------ */

typedef struct pair {
    int a, b;
} pair;

static int released;
static void release(int *held)
{
    released += *held;
}

/* Waits as often as it is told, then fails with a code or gives a pair. */
#define slow_FRAME(ROW)                                                                            \
    ROW(OWNED, int *, held, release)                                                               \
    ROW(PARAM, int, polls) ROW(PARAM, bide_poll, code) ROW(LOCAL, int, left)
BIDE_FUTURE(pair, slow)
BIDE_INLINE bide_poll slow_poll(struct slow *f, bide_context *cx, pair *out)
{
    if (f->polls-- > 0) {
        bide_waker_wake_by_ref(cx->waker);
        return BIDE_PENDING;
    }
    slow_bide_release(f);
    if (f->code == BIDE_READY)
        *out = (pair){*f->held, 2};
    return f->code;
}
BIDE_INLINE void slow_drop(struct slow *f)
{
    slow_bide_release(f);
}

static int rung;
#define ring_FRAME(ROW) ROW(LOCAL, int, polls)
BIDE_FUTURE(void, ring)
BIDE_INLINE bide_poll ring_poll(struct ring *f, bide_context *cx, void *out)
{
    (void)f, (void)cx, (void)out;
    rung++;
    return BIDE_READY;
}
BIDE_INLINE void ring_drop(struct ring *f)
{
    (void)f;
}

BIDE_BLOCKING_CALL(pair, slow);
BIDE_BLOCKING_CALL(void, ring);
BIDE_BLOCKING_CALL(void, bide_sleep);

/* ---- an interface ------------------------------------------------------------------------- */

#define Meter_METHODS(METHOD, I, Self)                                                             \
    METHOD(I, Self, ASYNC, pair, read, (int, polls))                                               \
    METHOD(I, Self, ASYNC_MUT, void, reset)                                                        \
    METHOD(I, Self, SYNC, int, limit)
BIDE_INTERFACE(Meter);
BIDE_INTERFACE_BLOCKING(Meter);

typedef struct Dial {
    int value;
} Dial;
BIDE_IMPL_DECLARE(Meter, Dial);

#define Dial_read_FRAME(ROW) ROW(PARAM, Dial *, self) ROW(PARAM, int, polls) ROW(CHILD, slow, wait)
BIDE_ASYNC(pair, Dial_read)
{
    BIDE_BEGIN(Dial_read);
    static int held = 1;
    pair got;
    BIDE_AWAIT_TO(got, slow, wait, (&held, f->polls, BIDE_READY));
    got.b = f->self->value;
    BIDE_RETURN(got);
    BIDE_END;
}

#define Dial_reset_FRAME(ROW) ROW(PARAM, Dial *, self) ROW(CHILD, ring, bell)
BIDE_ASYNC(void, Dial_reset)
{
    BIDE_BEGIN(Dial_reset);
    BIDE_AWAIT(ring, bell, ());
    f->self->value = 0;
    BIDE_END;
}

static int Dial_limit(Dial *self)
{
    return self->value * 2;
}
BIDE_IMPL(Meter, Dial);

/* ---- tests -------------------------------------------------------------------------------- */

static int setup(void **state)
{
    (void)state;
    memset(&failed, 0, sizeof failed);
    released = rung = 0;
    return 0;
}

static void test_call(void **state)
{
    int held = 7;
    (void)state;
    for (int polls = 0; polls < 3; polls++) {
        pair got = slow(&held, polls, BIDE_READY);
        assert_int_equal(got.a, 7);
        assert_int_equal(got.b, 2);
        assert_int_equal(released, 7 * (polls + 1));
    }
    ring();
    assert_int_equal(rung, 1);
    assert_int_equal(failed.count, 0);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void test_library_future(void **state)
{
    double before = seconds();
    (void)state;
    bide_sleep(5);
    assert_true(seconds() - before >= 0.005);
    assert_int_equal(failed.count, 0);
}

static void test_failure_is_told(void **state)
{
    int held = 3;
    pair got = slow(&held, 2, BIDE_ENOSYS);
    (void)state;
    assert_int_equal(got.a, 0);
    assert_int_equal(got.b, 0);
    assert_int_equal(failed.count, 1);
    assert_string_equal(failed.name, "slow");
    assert_int_equal(failed.code, BIDE_ENOSYS);
    assert_int_equal(released, 3);
}

static void test_interface(void **state)
{
    Dial dial = {21};
    Meter meter = Dial_as_Meter(&dial, NULL);
    (void)state;
    for (int polls = 0; polls < 3; polls++)
        assert_int_equal(Meter_read(&meter, polls).b, 21);
    assert_int_equal(Meter_limit(&meter), 42);
    Meter_reset(&meter);
    assert_int_equal(rung, 1);
    assert_int_equal(Meter_limit(&meter), 0);
    assert_int_equal(failed.count, 0);
}

/* A blocking call inside of a running executor is a misuse, and says so. */
#define nested_FRAME(ROW) ROW(PARAM, int *, held)
BIDE_FUTURE(pair, nested)
BIDE_INLINE bide_poll nested_poll(struct nested *f, bide_context *cx, pair *out)
{
    (void)cx;
    *out = slow(f->held, 1, BIDE_READY);
    return BIDE_READY;
}
BIDE_INLINE void nested_drop(struct nested *f)
{
    (void)f;
}

static void test_nested(void **state)
{
    int held = 5;
    pair got = {9, 9};
    (void)state;
    assert_int_equal(BIDE_BLOCK_ON(nested, &got, (&held)), BIDE_READY);
    assert_int_equal(got.a, 0);
    assert_int_equal(failed.count, 1);
    assert_int_equal(failed.code, BIDE_EMISUSE);
    assert_int_equal(released, 5);
}

/* ---- failing memory: a dyn call that must wait takes a block ------------------------------- */

static bide_poll scenario(bide_allocator *allocator)
{
    Dial dial = {4};
    Meter meter = Dial_as_Meter(&dial, allocator);
    pair got;
    memset(&failed, 0, sizeof failed);
    got = Meter_read(&meter, 2);
    assert_int_equal(got.b, failed.count ? 0 : 4);
    return failed.count ? failed.code : BIDE_READY;
}

TEST_EVERY_FAILURE(test_no_memory, scenario)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_call, setup),
        cmocka_unit_test_setup(test_library_future, setup),
        cmocka_unit_test_setup(test_failure_is_told, setup),
        cmocka_unit_test_setup(test_interface, setup),
        cmocka_unit_test_setup(test_nested, setup),
        cmocka_unit_test_setup(test_no_memory, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
