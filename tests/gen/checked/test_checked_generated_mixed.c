/*
 * test_checked_generated_mixed.c: checked and unchecked code in one program, one of the two
 * generated. Built twice: this source checked and the generated one not, and the reverse. Correct
 * use is no mistake, sizes agree, and what the checked side sees it reports.
 */
#include "checked_gen.h"

#include <string.h>

static int said;
static char message[1024];

static void keep(const char *text)
{
    if (said++ == 0)
        snprintf(message, sizeof message, "%s", text);
}

static void expect_nothing(void)
{
    if (said)
        fail_msg("not a mistake: %s", message);
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
    bool here = false;
    (void)state;
#ifdef BIDE_CHECKED
    here = true;
#endif
    assert_int_not_equal(here, gen_is_checked());
    assert_int_equal(outer_type.frame_size, sizeof(struct outer));
    assert_int_equal(adds_type.frame_size, sizeof(struct adds));
}

/* A body here around a generated function, which awaits a leaf that both have. */
#define around_FRAME(ROW) ROW(PARAM, gate *, g) ROW(LOCAL, int, got) ROW(CHILD, outer, in)
BIDE_ASYNC(int, around)
{
    BIDE_BEGIN(around);
    BIDE_AWAIT_TO(f->got, outer, in, (f->g));
    BIDE_RETURN(f->got);
    BIDE_END;
}

static void bodies_around_generated_functions(void **state)
{
    struct around f;
    rig r;
    (void)state;
    rig_open(&r);
    for (int life = 0; life < 8; life++) { /* several at one address */
        gate g = {0};
        bide_box box;
        int out = 0;
        assert_int_equal(around_start(&f, &g, &r.cx, &out), BIDE_PENDING);
        assert_int_equal(around_poll(&f, &r.cx, &out), BIDE_PENDING);
        if (life & 1) {
            around_drop(&f);
            expect_nothing();
            continue;
        }
        gate_open(&g);
        assert_int_equal(around_poll(&f, &r.cx, &out), BIDE_READY);
        assert_int_equal(out, 2);
        g.open = false;
        assert_int_equal(outer_start_box(&box, &g, NULL, &r.cx, &out), BIDE_PENDING);
        gate_open(&g);
        assert_int_equal(bide_box_poll(&box, &r.cx, &out), BIDE_READY);
        expect_nothing();
    }
    rig_close(&r);
}

static void calls_between_both(void **state)
{
    Tally t = {0};
    Counter c = Tally_as_Counter(&t, NULL);
    rig r;
    (void)state;
    rig_open(&r);
    for (int life = 0; life < 4; life++) {
        gate g = {0};
        struct adds by_generated;
        struct Counter_add by_hand;
        int out = 0;
        bide_poll got = life & 1 ? adds_start(&by_generated, &c, &g, &r.cx, &out)
                                 : Counter_add_start(&by_hand, &c, &g, 1, &r.cx, &out);
        assert_int_equal(got, BIDE_PENDING);
        gate_open(&g);
        got = life & 1 ? adds_poll(&by_generated, &r.cx, &out)
                       : Counter_add_poll(&by_hand, &r.cx, &out);
        assert_int_equal(got, BIDE_READY);
        assert_int_equal(out, life + 1);
        assert_int_equal(bide_check_calls(&t), 0);
        expect_nothing();
    }
    rig_close(&r);
}

static void mistakes_are_seen_by_the_checked_side(void **state)
{
    Tally t = {0};
    Counter c = Tally_as_Counter(&t, NULL);
    gate g = {0}, h = {0};
    struct outer o;
    struct Counter_add a, b;
    rig r;
    int out;
    (void)state;
    rig_open(&r);
    /* in the generated function's own poll */
    assert_int_equal(outer_start(&o, &g, &r.cx, &out), BIDE_PENDING);
    gate_open(&g);
    assert_int_equal(outer_poll(&o, &r.cx, &out), BIDE_READY);
    expect_nothing();
    assert_int_equal(outer_poll(&o, &r.cx, &out), BIDE_EMISUSE);
    assert_int_equal(said, gen_is_checked() ? 1 : 0);
    /* by the caller of a method, or by its implementation */
    said = 0;
    g.open = false;
    assert_int_equal(Counter_add_start(&a, &c, &g, 1, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(Counter_add_start(&b, &c, &h, 1, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(said, 1);
    assert_non_null(strstr(message, "Counter.add"));
    Counter_add_drop(&a);
    Counter_add_drop(&b);
    assert_int_equal(said, 1);
    rig_close(&r);
}

static bide_poll good_scenario(bide_allocator *a)
{
    bide_context cx = scenario_context(a);
    gate g = {0};
    bide_box box = BIDE_BOX_EMPTY;
    int out = 0;
    bide_poll r = around_start_box(&box, &g, a, &cx, &out);
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
        TEST(one_side_is_checked), TEST(bodies_around_generated_functions),
        TEST(calls_between_both),  TEST(mistakes_are_seen_by_the_checked_side),
        TEST(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
