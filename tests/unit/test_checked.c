/*
 * test_checked.c: checked builds: the life of a future. Each broken rule is broken, and its message
 * read: the future type, and the lines concerned.
 */
#include "checked.h"

#include <pthread.h>

static int await_line;

/* wait_for(gate): a body that waits once. */
#define wait_for_FRAME(ROW) ROW(PARAM, gate *, g) ROW(LOCAL, int, seen) ROW(CHILD, pass, in)
BIDE_ASYNC(int, wait_for)
{
    BIDE_BEGIN(wait_for);
    await_line = __LINE__ + 1;
    BIDE_AWAIT(pass, in, (f->g));
    f->seen++;
    BIDE_RETURN(f->seen);
    BIDE_END;
}

/* outer(gate): waits for the body above. */
#define outer_FRAME(ROW) ROW(PARAM, gate *, g) ROW(LOCAL, int, got) ROW(CHILD, wait_for, in)
BIDE_ASYNC(int, outer)
{
    BIDE_BEGIN(outer);
    BIDE_AWAIT_TO(f->got, wait_for, in, (f->g));
    BIDE_RETURN(f->got);
    BIDE_END;
}

static void poll_after_completion_of_a_body(void **state)
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

static void poll_after_completion_of_a_leaf(void **state)
{
    struct nap n;
    rig r;
    (void)state;
    rig_open(&r);
    nap_init(&n, 0);
    assert_int_equal(nap_type.poll(&n, &r.cx, NULL), BIDE_READY);
    checked_nothing();
    (void)nap_type.poll(&n, &r.cx, NULL);
    checked_expect("bide: nap was polled after completion", NULL, NULL);
    nap_init(&n, 0); /* a new one at the same place */
    assert_int_equal(nap_type.poll(&n, &r.cx, NULL), BIDE_READY);
    checked_nothing();
    rig_close(&r);
}

static void poll_of_an_empty_box(void **state)
{
    bide_box box = BIDE_BOX_EMPTY;
    rig r;
    (void)state;
    rig_open(&r);
    assert_int_equal(BIDE_BOX(nap, &box, &r.counter.base, (0)), BIDE_READY);
    assert_int_equal(bide_box_poll(&box, &r.cx, NULL), BIDE_READY);
    checked_nothing();
    assert_int_equal(bide_box_poll(&box, &r.cx, NULL), BIDE_EMISUSE);
    checked_expect("an empty box was polled", NULL, NULL);
    rig_close(&r);
}

static void double_drop(void **state)
{
    gate g = {0};
    struct wait_for w;
    struct pass p;
    rig r;
    int out, first, second;
    (void)state;
    rig_open(&r);
    assert_int_equal(wait_for_start(&w, &g, &r.cx, &out), BIDE_PENDING);
    CHECKED_AT(first);
    wait_for_drop(&w);
    checked_nothing();
    CHECKED_AT(second);
    wait_for_drop(&w);
    checked_expect("bide: wait_for was dropped twice", checked_line(__FILE__, second),
                   checked_line(__FILE__, first));
    wait_for_init(&w, &g); /* before the first poll as well */
    wait_for_drop(&w);
    checked_nothing();
    wait_for_drop(&w);
    checked_expect("bide: wait_for was dropped twice", NULL, NULL);
    assert_int_equal(pass_start(&p, &g, &r.cx, NULL), BIDE_PENDING);
    pass_drop(&p); /* called as what the user wrote it is: nobody sees that */
    checked_nothing();
    rig_close(&r);
}

/* meddle(): does something to its own frame, or box, while it is polled. */
enum meddling { POLLS_ITSELF, DROPS_ITSELF, DROPS_ITS_BOX };
#define meddle_FRAME(ROW)                                                                          \
    ROW(PARAM, enum meddling, how)                                                                 \
    ROW(PARAM, bide_box *, box) ROW(LOCAL, bide_poll, got) ROW(CHILD, nap, rest)
BIDE_ASYNC(bide_poll, meddle)
{
    BIDE_BEGIN(meddle);
    BIDE_AWAIT(nap, rest, (1));
    if (f->how == POLLS_ITSELF)
        f->got = meddle_type.poll(f, bide_cx, &f->got);
    else if (f->how == DROPS_ITSELF)
        meddle_drop(f);
    else
        bide_box_drop(f->box);
    BIDE_RETURN(f->got);
    BIDE_END;
}

static void from_inside_its_own_poll(void **state)
{
    static const enum meddling hows[] = {POLLS_ITSELF, DROPS_ITSELF, DROPS_ITS_BOX};
    static const char *const says[] = {"was polled from inside its own poll",
                                       "was dropped from inside its own poll",
                                       "was dropped from inside its own poll"};
    rig r;
    (void)state;
    rig_open(&r);
    for (size_t i = 0; i < 3; i++) {
        bide_box box = BIDE_BOX_EMPTY;
        bide_poll out = BIDE_READY;
        int line;
        assert_int_equal(BIDE_BOX(meddle, &box, &r.counter.base, (hows[i], &box)), BIDE_READY);
        assert_int_equal(bide_box_poll(&box, &r.cx, &out), BIDE_PENDING);
        checked_nothing();
        CHECKED_AT(line);
        assert_int_equal(bide_box_poll(&box, &r.cx, &out), BIDE_READY);
        checked_expect("bide: meddle", says[i], checked_line(__FILE__, line));
        if (hows[i] == POLLS_ITSELF)
            assert_int_equal(out, BIDE_EMISUSE);
    }
    rig_close(&r);
}

/* The same without a state word: a leaf by hand that polls itself. */
#define turn_FRAME(ROW) ROW(PARAM, int, times)
BIDE_FUTURE(int, turn)
bide_poll turn_poll(struct turn *f, bide_context *cx, int *out)
{
    if (f->times-- > 0)
        return turn_type.poll(f, cx, out);
    *out = 7;
    return BIDE_READY;
}
void turn_drop(struct turn *f)
{
    (void)f;
}

static void from_inside_its_own_poll_by_hand(void **state)
{
    struct turn t;
    rig r;
    int out = 0;
    (void)state;
    rig_open(&r);
    turn_init(&t, 1);
    assert_int_equal(turn_type.poll(&t, &r.cx, &out), BIDE_EMISUSE);
    checked_expect("bide: turn was polled from inside its own poll", NULL, NULL);
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
    a = b;
    CHECKED_AT(after);
    assert_int_equal(outer_poll(&a, &r.cx, &out), BIDE_PENDING);
    checked_expect("bide: outer was moved after its first poll", checked_line(__FILE__, after),
                   checked_line(__FILE__, before));
    outer_drop(&a);
    rig_close(&r);
}

/* Pends without keeping its waker anywhere. */
#define forgetful_FRAME(ROW) ROW(PARAM, int, times)
BIDE_FUTURE(void, forgetful)
bide_poll forgetful_poll(struct forgetful *f, bide_context *cx, void *out)
{
    (void)cx, (void)out;
    return f->times-- > 0 ? BIDE_PENDING : BIDE_READY;
}
void forgetful_drop(struct forgetful *f)
{
    (void)f;
}

#define hopes_FRAME(ROW) ROW(PARAM, int, times) ROW(CHILD, forgetful, in)
static int hopes_line;
BIDE_ASYNC(void, hopes)
{
    BIDE_BEGIN(hopes);
    hopes_line = __LINE__ + 1;
    BIDE_AWAIT(forgetful, in, (f->times));
    BIDE_RETURN();
    BIDE_END;
}

/* One child keeps a waker, the other relies on that. */
#define both_FRAME(ROW) ROW(PARAM, gate *, g) ROW(JOIN, kids, (forgetful, lazy), (pass, careful))
BIDE_ASYNC(void, both)
{
    BIDE_BEGIN(both);
    BIDE_AWAIT_JOIN(kids, (forgetful, lazy, BIDE_VOID, (1)), (pass, careful, BIDE_VOID, (f->g)));
    BIDE_RETURN();
    BIDE_END;
}

static void pending_without_a_waker(void **state)
{
    gate g = {0};
    struct hopes h;
    struct both b;
    rig r;
    (void)state;
    rig_open(&r);
    hopes_init(&h, 1);
    assert_int_equal(hopes_poll(&h, &r.cx, NULL), BIDE_PENDING);
    checked_expect("bide: forgetful returned BIDE_PENDING", checked_line(__FILE__, hopes_line),
                   "nobody holds a waker");
    assert_int_equal(hopes_poll(&h, &r.cx, NULL), BIDE_READY);
    both_init(&b, &g);
    assert_int_equal(both_poll(&b, &r.cx, NULL), BIDE_PENDING);
    checked_nothing();
    assert_int_equal(both_poll(&b, &r.cx, NULL), BIDE_PENDING); /* held from before */
    checked_nothing();
    both_drop(&b);
    rig_close(&r);
}

static void waker_lost_after_a_wake(void **state)
{
    gate g = {0};
    struct wait_for w;
    rig r;
    int out;
    (void)state;
    rig_open(&r);
    assert_int_equal(wait_for_start(&w, &g, &r.cx, &out), BIDE_PENDING);
    bide_waker_clear(&g.waker); /* the source drops it: nothing will ever come */
    assert_int_equal(wait_for_poll(&w, &r.cx, &out), BIDE_PENDING);
    checked_nothing(); /* the leaf has taken a new one */
    assert_int_equal(bide_counting_waker_refs(&r.waker), 2);
    wait_for_drop(&w);
    rig_close(&r);
}

typedef struct elsewhere {
    struct wait_for *w;
    rig *r;
    bide_poll got;
    bool drop;
} elsewhere;

static void *poll_elsewhere(void *arg)
{
    elsewhere *e = (elsewhere *)arg;
    int out;
    BIDE_CHECK_HERE();
    e->got = wait_for_poll(e->w, &e->r->cx, &out);
    return NULL;
}

static void polled_on_two_threads(void **state)
{
    gate g = {0};
    struct wait_for w;
    rig r;
    int out, line;
    pthread_t thread;
    elsewhere e = {&w, &r, BIDE_READY, false};
    (void)state;
    rig_open(&r);
    CHECKED_AT(line);
    assert_int_equal(wait_for_start(&w, &g, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(pthread_create(&thread, NULL, poll_elsewhere, &e), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(e.got, BIDE_PENDING);
    checked_expect("bide: wait_for is not BIDE_SEND and was polled on two threads",
                   checked_line(__FILE__, line), NULL);
    wait_for_drop(&w);
    rig_close(&r);
}

/* A C local that is read behind an await. */
#define sloppy_FRAME(ROW) ROW(LOCAL, int, copy) ROW(CHILD, nap, rest)
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
BIDE_ASYNC(int, sloppy)
{
    volatile int local = 42;
    BIDE_BEGIN(sloppy);
    local = 42;
    BIDE_AWAIT(nap, rest, (1));
    f->copy = local;
    BIDE_RETURN(f->copy);
    BIDE_END;
}
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

#define blurred_FRAME(ROW) ROW(LOCAL, int, copy) ROW(CHILD, nap, rest)
BIDE_ASYNC(int, blurred)
{
    volatile int local;
    BIDE_BEGIN(blurred);
    local = 42;
    BIDE_AWAIT(nap, rest, (1));
    f->copy = local;
    BIDE_RETURN(f->copy);
    BIDE_END;
}

static void locals_do_not_survive(void **state)
{
    struct blurred b;
    struct sloppy s;
    rig r;
    int out = 0;
    (void)state;
    rig_open(&r);
    blurred_init(&b);
    assert_int_equal(blurred_poll(&b, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(blurred_poll(&b, &r.cx, &out), BIDE_READY);
    assert_int_not_equal(out, 42);
    sloppy_init(&s); /* its initialiser runs at each poll: that is what it says */
    assert_int_equal(sloppy_poll(&s, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(sloppy_poll(&s, &r.cx, &out), BIDE_READY);
    assert_int_equal(out, 42);
    checked_nothing();
    rig_close(&r);
}

/* A pointer into the frame, stored before the first await. */
#define points_FRAME(ROW) ROW(LOCAL, int, value) ROW(LOCAL, int *, to) ROW(CHILD, nap, rest)
static int points_line;
BIDE_ASYNC(int, points)
{
    BIDE_BEGIN(points);
    f->to = &f->value;
    points_line = __LINE__ + 1;
    BIDE_AWAIT(nap, rest, (1));
    BIDE_RETURN(f->value);
    BIDE_END;
}

static void pointer_stored_before_the_first_await(void **state)
{
    struct points p;
    bide_box box;
    rig r;
    int out;
    (void)state;
    rig_open(&r);
    assert_int_equal(points_start(&p, &r.cx, &out), BIDE_PENDING);
    checked_expect("bide: points stored a pointer into its frame in `to`", "before its first await",
                   NULL);
    points_drop(&p);
    assert_int_equal(points_start_box(&box, &r.counter.base, &r.cx, &out), BIDE_PENDING);
    checked_expect("bide: points stored a pointer into its frame in `to`", NULL, NULL);
    bide_box_drop(&box);
    rig_close(&r);
}

/* An await by value whose argument points into the frame. */
#define fill_FRAME(ROW) ROW(PARAM, int *, to) ROW(PARAM, int, times)
BIDE_FUTURE(void, fill)
bide_poll fill_poll(struct fill *f, bide_context *cx, void *out)
{
    (void)out;
    if (f->times-- > 0) {
        bide_waker_wake_by_ref(cx->waker);
        return BIDE_PENDING;
    }
    *f->to = 5;
    return BIDE_READY;
}
void fill_drop(struct fill *f)
{
    (void)f;
}

static int filling_line;
#define filling_FRAME(ROW)                                                                         \
    ROW(PARAM, int *, good) ROW(LOCAL, int, value) ROW(CHILD, fill, first) ROW(CHILD, fill, second)
BIDE_ASYNC(int, filling)
{
    BIDE_BEGIN(filling);
    BIDE_AWAIT_V(fill, first, (f->good, 0));
    filling_line = __LINE__ + 1;
    BIDE_AWAIT_V(fill, second, (&f->value, 0));
    BIDE_RETURN(f->value);
    BIDE_END;
}

static void by_value_with_a_pointer_into_the_frame(void **state)
{
    struct filling x;
    rig r;
    int good = 0, out = 0;
    (void)state;
    rig_open(&r);
    assert_int_equal(filling_start(&x, &good, &r.cx, &out), BIDE_READY);
    assert_int_equal(good, 5);
    checked_expect("bide: argument `to` of fill points into the caller's frame",
                   checked_line(__FILE__, filling_line), NULL);
    rig_close(&r);
}

/* A parent by hand polls and drops its child by name, and has it watched. */
static void by_hand_from_a_parent_by_hand(void **state)
{
    gate g = {0};
    struct pass p;
    struct turn t;
    rig r;
    int out = 0, first, second;
    (void)state;
    rig_open(&r);
    turn_init(&t, 1);
    assert_int_equal(BIDE_CHECK_POLL(turn, &t, &r.cx, &out), BIDE_EMISUSE);
    checked_expect("bide: turn was polled from inside its own poll", NULL, NULL);
    pass_init(&p, &g);
    assert_int_equal(BIDE_CHECK_POLL(pass, &p, &r.cx, NULL), BIDE_PENDING);
    CHECKED_AT(first);
    gate_open(&g);
    assert_int_equal(BIDE_CHECK_POLL(pass, &p, &r.cx, NULL), BIDE_READY);
    checked_nothing();
    CHECKED_AT(second);
    (void)BIDE_CHECK_POLL(pass, &p, &r.cx, NULL);
    checked_expect("bide: pass was polled after completion", checked_line(__FILE__, second),
                   checked_line(__FILE__, first));
    g.open = false;
    assert_int_equal(pass_start(&p, &g, &r.cx, NULL), BIDE_PENDING);
    CHECKED_AT(first);
    BIDE_CHECK_DROP(pass, &p);
    checked_nothing();
    CHECKED_AT(second);
    BIDE_CHECK_DROP(pass, &p);
    checked_expect("bide: pass was dropped twice", checked_line(__FILE__, second),
                   checked_line(__FILE__, first));
    rig_close(&r);
}

/* A leaf by hand that is started into a box tells, too, that nobody will wake it. */
static void boxed_by_hand_without_a_waker(void **state)
{
    bide_box box;
    rig r;
    int line;
    (void)state;
    rig_open(&r);
    CHECKED_AT(line);
    assert_int_equal(forgetful_start_box(&box, 2, NULL, &r.cx, NULL), BIDE_PENDING);
    checked_expect("bide: forgetful returned BIDE_PENDING", checked_line(__FILE__, line),
                   "nobody holds a waker");
    assert_int_equal(bide_box_poll(&box, &r.cx, NULL), BIDE_PENDING);
    checked_expect("bide: forgetful returned BIDE_PENDING", NULL, NULL);
    bide_box_drop(&box);
    checked_nothing();
    rig_close(&r);
}

/* A handler may leave by longjmp: the futures that it left are not "being polled" for ever. */
static jmp_buf away;

static void jump(const char *message)
{
    checked_keep(message);
    longjmp(away, 1);
}

static void handler_may_jump(void **state)
{
    rig r;
    (void)state;
    rig_open(&r);
    for (volatile int i = 0; i < 2; i++) {
        static struct meddle m;
        bide_poll out;
        r.cx.waker = bide_waker_noop();
        meddle_init(&m, DROPS_ITSELF, NULL);
        assert_int_equal(meddle_poll(&m, &r.cx, &out), BIDE_PENDING);
        checked_nothing();
        bide_check_set_handler(jump);
        if (setjmp(away) == 0) {
            bide_poll polled = meddle_poll(&m, &r.cx, &out);
            (void)polled;
            fail_msg("no message");
        }
        bide_check_set_handler(checked_keep);
        checked_expect("was dropped from inside its own poll", NULL, NULL);
    }
    rig_close(&r);
}

/* Nothing of it is a mistake. */
static bide_poll good_scenario(bide_allocator *a)
{
    bide_context cx = scenario_context(a);
    gate g = {0};
    bide_box box;
    int out = 0;
    bide_poll r = outer_start_box(&box, &g, a, &cx, &out);
    if (r == BIDE_PENDING) {
        gate_open(&g);
        r = bide_box_poll(&box, &cx, &out);
    }
    bide_waker_clear(&g.waker);
    checked_nothing();
    return r;
}

TEST_EVERY_FAILURE(every_failure, good_scenario)

#define TEST(f) cmocka_unit_test_setup_teardown(f, checked_setup, checked_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(poll_after_completion_of_a_body),
        TEST(poll_after_completion_of_a_leaf),
        TEST(poll_of_an_empty_box),
        TEST(double_drop),
        TEST(from_inside_its_own_poll),
        TEST(from_inside_its_own_poll_by_hand),
        TEST(moved_after_the_first_poll),
        TEST(pending_without_a_waker),
        TEST(waker_lost_after_a_wake),
        TEST(polled_on_two_threads),
        TEST(locals_do_not_survive),
        TEST(pointer_stored_before_the_first_await),
        TEST(by_value_with_a_pointer_into_the_frame),
        TEST(by_hand_from_a_parent_by_hand),
        TEST(boxed_by_hand_without_a_waker),
        TEST(handler_may_jump),
        TEST(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
