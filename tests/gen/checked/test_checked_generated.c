/*
 * test_checked_generated.c: checked builds and generated futures. Each rule is broken, and its
 * message read: the future type or the method, and the lines of the X.async.c concerned.
 */
#include "checked.h"
#include "checked_gen.h"

#include <bide/alloc_arena.h>

#include <pthread.h>

/* "checked_gen.async.c:LINE" of the line with a comment. */
static const char *at(const char *mark)
{
    static char texts[4][64];
    static unsigned next;
    char line[256], *text = texts[next++ % 4];
    FILE *source = fopen(CHECKED_GEN_SOURCE, "r");
    int number = 0;
    assert_non_null(source);
    *text = '\0';
    while (fgets(line, sizeof line, source)) {
        number++;
        if (strstr(line, mark))
            snprintf(text, sizeof texts[0], "checked_gen.async.c:%d", number);
    }
    fclose(source);
    assert_true(*text != '\0');
    return text;
}

static void poll_after_completion(void **state)
{
    gate g = {0};
    struct wait_for w;
    rig r;
    int out = 0, ended, again;
    (void)state;
    rig_open(&r);
    wait_for_init(&w, &g);
    assert_int_equal(wait_for_poll(&w, &r.cx, &out), BIDE_PENDING);
    gate_open(&g);
    CHECKED_AT(ended);
    assert_int_equal(wait_for_poll(&w, &r.cx, &out), BIDE_READY);
    checked_nothing();
    CHECKED_AT(again);
    assert_int_equal(wait_for_poll(&w, &r.cx, &out), BIDE_EMISUSE);
    checked_expect("bide: wait_for was polled after completion", checked_line(__FILE__, again),
                   checked_line(__FILE__, ended));
    wait_for_drop(&w); /* allowed after completion */
    checked_nothing();
    rig_close(&r);
}

static void double_drop(void **state)
{
    gate g = {0};
    struct outer w;
    rig r;
    int out, first, second;
    (void)state;
    rig_open(&r);
    assert_int_equal(outer_start(&w, &g, &r.cx, &out), BIDE_PENDING);
    CHECKED_AT(first);
    outer_drop(&w);
    checked_nothing();
    CHECKED_AT(second);
    outer_drop(&w);
    checked_expect("bide: outer was dropped twice", checked_line(__FILE__, second),
                   checked_line(__FILE__, first));
    outer_init(&w, &g); /* before the first poll as well */
    outer_drop(&w);
    checked_nothing();
    outer_drop(&w);
    checked_expect("bide: outer was dropped twice", NULL, NULL);
    rig_close(&r);
}

/* What is done from inside the poll of meddle. */
static struct meddle in_hand;
static bide_box in_box;
static bide_context *around;

static int poll_it(void *what)
{
    int out;
    (void)what;
    return (int)meddle_poll(&in_hand, around, &out);
}

static int drop_it(void *what)
{
    (void)what;
    meddle_drop(&in_hand);
    return 1;
}

static int drop_its_box(void *what)
{
    (void)what;
    bide_box_drop(&in_box);
    return 2;
}

static void from_inside_its_own_poll(void **state)
{
    rig r;
    int out = 0;
    (void)state;
    rig_open(&r);
    around = &r.cx;
    assert_int_equal(meddle_start(&in_hand, poll_it, NULL, &r.cx, &out), BIDE_PENDING);
    checked_nothing();
    assert_int_equal(meddle_poll(&in_hand, &r.cx, &out), BIDE_READY);
    checked_expect("bide: meddle was polled from inside its own poll", at("/* at meddle"), NULL);
    assert_int_equal(out, BIDE_EMISUSE);
    meddle_init(&in_hand, drop_it, NULL);
    assert_int_equal(meddle_poll(&in_hand, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(meddle_poll(&in_hand, &r.cx, &out), BIDE_READY);
    checked_expect("bide: meddle was dropped from inside its own poll", at("/* at meddle"), NULL);
    assert_int_equal(meddle_start_box(&in_box, drop_its_box, NULL, NULL, &r.cx, &out),
                     BIDE_PENDING);
    assert_int_equal(bide_box_poll(&in_box, &r.cx, &out), BIDE_READY);
    checked_expect("bide: meddle was dropped from inside its own poll", at("/* at meddle"), NULL);
    assert_int_equal(out, 2);
    rig_close(&r);
}

/* A leaf by hand in a generated parent: embedded, boxed, and beside it. */
static void children_by_hand_are_watched(void **state)
{
    static const char *const lines[] = {"/* at turns", "boxed(turns())", "/* at beside"};
    rig r;
    (void)state;
    rig_open(&r);
    for (int how = 0; how < 3; how++) {
        struct turning t;
        int out = 0;
        turning_init(&t, how);
        assert_int_equal(turning_poll(&t, &r.cx, &out), BIDE_PENDING);
        checked_nothing();
        assert_int_equal(turning_poll(&t, &r.cx, &out), BIDE_EMISUSE);
        checked_expect("bide: turns was polled from inside its own poll", at(lines[how]), NULL);
        turning_drop(&t);
    }
    rig_close(&r);
}

static void moved_after_the_first_poll(void **state)
{
    gate g = {0};
    struct outer a, b;
    rig r;
    int out, before, after;
    (void)state;
    rig_open(&r);
    outer_init(&a, &g);
    b = a; /* before the first poll: allowed */
    CHECKED_AT(before);
    assert_int_equal(outer_poll(&b, &r.cx, &out), BIDE_PENDING);
    checked_nothing();
    assert_int_equal(outer_poll(&b, &r.cx, &out), BIDE_PENDING);
    checked_nothing();
    a = b;
    CHECKED_AT(after);
    assert_int_equal(outer_poll(&a, &r.cx, &out), BIDE_PENDING);
    checked_expect("bide: outer was moved after its first poll", checked_line(__FILE__, after),
                   checked_line(__FILE__, before));
    outer_drop(&a);
    checked_nothing();
    rig_close(&r);
}

static void pending_without_a_waker(void **state)
{
    struct hopes h;
    bide_box box;
    rig r;
    int out;
    (void)state;
    rig_open(&r);
    hopes_init(&h, 1);
    assert_int_equal(hopes_poll(&h, &r.cx, &out), BIDE_PENDING);
    checked_expect("bide: forgetful returned BIDE_PENDING", at("/* at hopes"),
                   "nobody holds a waker");
    assert_int_equal(hopes_poll(&h, &r.cx, &out), BIDE_READY);
    assert_int_equal(hopes_start(&h, 2, &r.cx, &out), BIDE_PENDING);
    checked_expect("bide: forgetful returned BIDE_PENDING", at("/* at hopes"), NULL);
    assert_int_equal(hopes_poll(&h, &r.cx, &out), BIDE_PENDING);
    checked_expect("bide: forgetful returned BIDE_PENDING", at("/* at hopes"), NULL);
    hopes_drop(&h);
    assert_int_equal(hopes_start_box(&box, 1, NULL, &r.cx, &out), BIDE_PENDING);
    checked_expect("bide: forgetful returned BIDE_PENDING", at("/* at hopes"), NULL);
    bide_box_drop(&box);
    checked_nothing();
    rig_close(&r);
}

typedef struct elsewhere {
    struct outer *w;
    rig *r;
} elsewhere;

static void *poll_elsewhere(void *arg)
{
    elsewhere *e = (elsewhere *)arg;
    int out;
    BIDE_CHECK_HERE();
    assert_int_equal(outer_poll(e->w, &e->r->cx, &out), BIDE_PENDING);
    return NULL;
}

/* What `outer` awaits is not BIDE_SEND, so neither is it. */
static void polled_on_two_threads(void **state)
{
    gate g = {0};
    struct outer w;
    rig r;
    int out, line;
    pthread_t thread;
    elsewhere e = {&w, &r};
    (void)state;
    rig_open(&r);
    CHECKED_AT(line);
    assert_int_equal(outer_start(&w, &g, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(pthread_create(&thread, NULL, poll_elsewhere, &e), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    checked_expect("bide: outer is not BIDE_SEND and was polled on two threads",
                   checked_line(__FILE__, line), NULL);
    outer_drop(&w);
    rig_close(&r);
}

/* A macro body that awaits a generated child by value, with a pointer into its own frame. */
static int filling_line;
#define filling_FRAME(ROW) ROW(LOCAL, int, value) ROW(CHILD, set_later, in)
BIDE_ASYNC(int, filling)
{
    BIDE_BEGIN(filling);
    filling_line = __LINE__ + 1;
    BIDE_AWAIT_V(set_later, in, (&f->value));
    BIDE_RETURN(f->value);
    BIDE_END;
}

static void by_value_with_a_pointer_into_the_frame(void **state)
{
    struct filling x;
    rig r;
    int out = 0;
    (void)state;
    rig_open(&r);
    assert_int_equal(filling_start(&x, &r.cx, &out), BIDE_READY);
    checked_expect("bide: argument `to` of set_later points into the caller's frame",
                   checked_line(__FILE__, filling_line), NULL);
    rig_close(&r);
}

/* ---- calls through handles ---------------------------------------------------------------- */

static void exclusive_after_shared(void **state)
{
    Tally t = {0};
    Counter c = Tally_as_Counter(&t, NULL);
    gate g = {0}, h = {0};
    struct gets a;
    struct adds b;
    rig r;
    int out;
    (void)state;
    rig_open(&r);
    assert_int_equal(gets_start(&a, &c, &g, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(bide_check_calls(&t), 1);
    checked_nothing();
    assert_int_equal(adds_start(&b, &c, &h, &r.cx, &out), BIDE_PENDING);
    checked_expect("bide: Counter.add, called at", at("/* at adds"), at("/* at gets"));
    adds_drop(&b);
    gate_open(&g);
    assert_int_equal(gets_poll(&a, &r.cx, &out), BIDE_READY);
    assert_int_equal(bide_check_calls(&t), 0);
    checked_nothing();
    rig_close(&r);
}

static void shared_after_exclusive(void **state)
{
    Tally t = {0};
    Counter c = Tally_as_Counter(&t, NULL);
    gate g = {0}, h = {0};
    struct gets a, other;
    struct adds b;
    rig r;
    int out;
    (void)state;
    rig_open(&r);
    assert_int_equal(adds_start(&b, &c, &h, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(gets_start(&a, &c, &g, &r.cx, &out), BIDE_PENDING);
    checked_expect("bide: Counter.get, called at", at("/* at gets"), at("/* at adds"));
    adds_drop(&b);
    assert_int_equal(gets_start(&other, &c, &h, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(bide_check_calls(&t), 2); /* any number may share */
    checked_nothing();
    gets_drop(&a);
    gets_drop(&other);
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
    assert_int_equal(gets_start(&a, &c, &g, &r.cx, &out), BIDE_PENDING);
    CHECKED_AT(line);
    Counter_destroy(&copy);
    checked_expect("bide: Counter_destroy, called at", checked_line(__FILE__, line),
                   at("/* at gets"));
    gets_drop(&a);
    Counter_destroy(&c);
    checked_nothing();
    rig_close(&r);
}

static void memory_that_ends_too_early(void **state)
{
    static unsigned char memory[1024];
    bide_arena arena;
    gate g = {0};
    bide_box box;
    rig r;
    int line, out;
    (void)state;
    rig_open(&r);
    bide_arena_init(&arena, memory, sizeof memory, NULL);
    CHECKED_AT(line);
    assert_int_equal(outer_start_box(&box, &g, &arena.base, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(bide_arena_deinit(&arena), BIDE_EBUSY);
    checked_expect("bide: bide_arena_deinit", checked_line(__FILE__, line), "the future ");
    bide_box_drop(&box);
    assert_int_equal(bide_arena_deinit(&arena), BIDE_READY);
    checked_nothing();
    rig_close(&r);
}

/* ---- no mistakes -------------------------------------------------------------------------- */

static void streams_go_on_after_an_item(void **state)
{
    struct count c;
    rig r;
    int item = -1;
    (void)state;
    rig_open(&r);
    count_init(&c, 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(count_poll(&c, &r.cx, &item), BIDE_PENDING);
        assert_int_equal(count_poll(&c, &r.cx, &item), BIDE_READY);
        assert_int_equal(item, i);
    }
    assert_int_equal(count_poll(&c, &r.cx, &item), BIDE_DONE);
    checked_nothing();
    (void)count_poll(&c, &r.cx, &item);
    checked_expect("bide: count was polled after completion", NULL, NULL);
    rig_close(&r);
}

static void cancelled_until_it_has_cleaned_up(void **state)
{
    struct closing c;
    rig r;
    int out, log = 0;
    (void)state;
    rig_open(&r);
    assert_int_equal(closing_start(&c, &log, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(closing_cancel(&c, &r.cx), BIDE_PENDING);
    assert_int_equal(closing_cancel(&c, &r.cx), BIDE_READY);
    assert_int_equal(closing_cancel(&c, &r.cx), BIDE_READY); /* allowed after the end */
    BIDE_CHECK_DROP(closing, &c);
    assert_int_equal(log, 1);
    checked_nothing();
    (void)closing_poll(&c, &r.cx, &out);
    checked_expect("bide: closing was polled after completion", NULL, NULL);
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
    bide_poll r = adds_start_box(&box, &c, &g, a, &cx, &out);
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
        TEST(poll_after_completion),
        TEST(double_drop),
        TEST(from_inside_its_own_poll),
        TEST(children_by_hand_are_watched),
        TEST(moved_after_the_first_poll),
        TEST(pending_without_a_waker),
        TEST(polled_on_two_threads),
        TEST(by_value_with_a_pointer_into_the_frame),
        TEST(exclusive_after_shared),
        TEST(shared_after_exclusive),
        TEST(destroyed_with_a_call_in_flight),
        TEST(memory_that_ends_too_early),
        TEST(streams_go_on_after_an_item),
        TEST(cancelled_until_it_has_cleaned_up),
        TEST(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
