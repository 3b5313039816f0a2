/*
 * test_checked_mixed.c: checked and unchecked code in one program. Built twice: this source checked
 * and the other not, and the reverse. Whatever crosses works, correct use is no mistake, and what
 * the checked side sees it reports.
 */
#include "checked_mixed.h"

#include <string.h>

static int said;
static char message[1024];

static void keep(const char *text)
{
    said++;
    snprintf(message, sizeof message, "%s", text);
}

static void expect_nothing(void)
{
    if (said)
        fail_msg("not a mistake: %s", message);
}

static bool here_is_checked(void)
{
#ifdef BIDE_CHECKED
    return true;
#else
    return false;
#endif
}

static int setup(void **state)
{
    (void)state;
    said = 0;
    bide_check_set_handler(keep);
    return 0;
}

static void one_side_is_checked(void **state)
{
    static const size_t sizes[] = MIXED_SIZES;
    (void)state;
    assert_int_not_equal(here_is_checked(), mixed_is_checked());
    for (int i = 0; i < (int)(sizeof sizes / sizeof *sizes); i++)
        assert_int_equal(sizes[i], mixed_size(i));
}

/* A frame whose polls alternate between the sides, for several lives at one address. */
static void a_frame_between_both(void **state)
{
    struct each f;
    rig r;
    (void)state;
    rig_open(&r);
    for (int life = 0; life < 8; life++) {
        gate g = {0};
        int out = 0;
        bool here = life & 1;
        assert_int_equal(here ? each_start(&f, &g, &r.cx, &out) : mixed_start(&f, &g, &r.cx, &out),
                         BIDE_PENDING);
        assert_int_equal(each_poll(&f, &r.cx, &out), BIDE_PENDING);
        assert_int_equal(mixed_poll(&f, &r.cx, &out), BIDE_PENDING);
        gate_open(&g);
        if (life & 2) {
            assert_int_equal(mixed_poll(&f, &r.cx, &out), BIDE_PENDING);
            assert_int_equal(each_poll(&f, &r.cx, &out), BIDE_READY);
        } else {
            assert_int_equal(each_poll(&f, &r.cx, &out), BIDE_PENDING);
            assert_int_equal(mixed_poll(&f, &r.cx, &out), BIDE_READY);
        }
        assert_int_equal(out, 42);
        expect_nothing();
        assert_int_equal(mixed_start(&f, &g, &r.cx, &out), BIDE_PENDING);
        if (life & 4)
            mixed_drop(&f);
        else
            each_drop(&f);
        expect_nothing();
    }
    rig_close(&r);
}

/* Boxes that one side makes and the other ends. */
static void boxes_between_both(void **state)
{
    rig r;
    (void)state;
    rig_open(&r);
    for (int life = 0; life < 4; life++) {
        gate g = {0};
        bide_box box;
        int out = 0;
        assert_int_equal(there_start_box(&box, &g, &r.counter.base, &r.cx, &out), BIDE_PENDING);
        gate_open(&g);
        assert_int_equal(mixed_box_poll(&box, &r.cx, &out), BIDE_PENDING);
        assert_int_equal(life & 1 ? bide_box_poll(&box, &r.cx, &out)
                                  : mixed_box_poll(&box, &r.cx, &out),
                         BIDE_READY);
        assert_int_equal(out, 41);
        expect_nothing();
    }
    rig_close(&r);
}

/* Exclusive calls one after the other, made here and there, never at once. */
static void calls_between_both(void **state)
{
    Dial d = {0};
    Meter m = Dial_as_Meter(&d, NULL);
    rig r;
    (void)state;
    rig_open(&r);
    for (int life = 0; life < 4; life++) {
        gate g = {0};
        struct Meter_set call;
        bide_box box;
        int out = 0;
        bide_poll got = life & 1 ? Meter_set_start(&call, &m, &g, 3, &r.cx, &out)
                                 : mixed_call(&call, &m, &g, &r.cx, &out);
        assert_int_equal(got, BIDE_PENDING);
        gate_open(&g);
        assert_int_equal(Meter_set_poll(&call, &r.cx, &out), BIDE_READY);
        g.open = false;
        got = Meter_set_start_box(&box, &m, &g, 4, NULL, &r.cx, &out);
        assert_int_equal(got, BIDE_PENDING);
        gate_open(&g);
        assert_int_equal(mixed_box_poll(&box, &r.cx, &out), BIDE_READY);
        assert_int_equal(d.value, 4);
        Meter_reset(&m);
        expect_nothing();
        assert_int_equal(bide_check_calls(&d), 0);
    }
    rig_close(&r);
}

/* Mistakes are seen by whichever side is checked. */
static void mistakes_are_seen_by_the_checked_side(void **state)
{
    Dial d = {0};
    Meter m = Dial_as_Meter(&d, NULL);
    gate g = {0}, h = {0};
    struct Meter_set a, b;
    struct there t;
    rig r;
    int out;
    (void)state;
    rig_open(&r);
    assert_int_equal(Meter_set_start(&a, &m, &g, 1, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(Meter_set_start(&b, &m, &h, 2, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(said, 1); /* by the caller, or by the implementation */
    assert_non_null(strstr(message, "Meter.set"));
    Meter_set_drop(&a);
    Meter_set_drop(&b);
    assert_int_equal(said, 1);
    said = 0;
    there_init(&t, &g);
    g.open = true;
    assert_int_equal(there_poll(&t, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(there_poll(&t, &r.cx, &out), BIDE_READY);
    expect_nothing();
    assert_int_equal(there_poll(&t, &r.cx, &out), BIDE_EMISUSE);
    assert_int_equal(said, mixed_is_checked() ? 1 : 0); /* it is defined there */
    rig_close(&r);
}

static bide_poll good_scenario(bide_allocator *a)
{
    bide_context cx = scenario_context(a);
    gate g = {0};
    bide_box box = BIDE_BOX_EMPTY;
    int out = 0;
    bide_poll r = each_start_box(&box, &g, a, &cx, &out);
    gate_open(&g);
    while (r == BIDE_PENDING)
        r = bide_box_poll(&box, &cx, &out);
    bide_waker_clear(&g.waker);
    expect_nothing();
    return r;
}

TEST_EVERY_FAILURE(every_failure, good_scenario)

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_side_is_checked), TEST(a_frame_between_both),
        TEST(boxes_between_both),  TEST(calls_between_both),
        TEST(every_failure),       TEST(mistakes_are_seen_by_the_checked_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
