/*
 * What is done with results: map, then, and_then, fuse, lazy, maybe_done.
 */
#include "combine_support.h"

#include <bide/then.h>

/* ---- futures and functions ---------------------------------------------------------------- */

/* What the functions see and do. */
typedef struct scene {
    plan first, second;
    int calls;
    int drops_before; /* of the first, when the function is called */
    bide_drop_order *order;
} scene;

static int32_t twice(scene **s, int32_t *value)
{
    (*s)->calls++;
    return *value * 2;
}

static void noted(scene **s, int32_t *value)
{
    (*s)->calls += *value;
}

static int32_t counted(scene **s, void *none)
{
    (void)none;
    return ++(*s)->calls;
}

BIDE_MAP(leaf_twice, int32_t, leaf, scene *, twice);
BIDE_MAP(body_twice, int32_t, body, scene *, twice);
BIDE_MAP(get_twice, int32_t, Source_get, scene *, twice);
BIDE_MAP(boxed_twice, int32_t, boxed, scene *, twice);
BIDE_MAP(leaf_noted, void, leaf, scene *, noted);
BIDE_MAP_SEND(once_counted, int32_t, bide_pending_once, scene *, counted);

static void next_of(scene **s, int32_t *value, struct body *next)
{
    (*s)->calls++;
    (*s)->second.value += *value;
    body_init(next, &(*s)->second);
}

static bool next_or_not(scene **s, int32_t *value, struct body *next, int32_t *out)
{
    (*s)->calls++;
    if (*value < 0) {
        *out = *value;
        return false;
    }
    (*s)->second.value += *value;
    body_init(next, &(*s)->second);
    return true;
}

static void a_nap(scene **s, int32_t *value, struct bide_pending_times *next)
{
    (*s)->calls++;
    bide_pending_times_init(next, (uint32_t)*value);
}

BIDE_THEN(leaf_then, int32_t, leaf, body, scene *, next_of);
BIDE_THEN(boxed_then, int32_t, boxed, body, scene *, next_of);
BIDE_AND_THEN(leaf_and_then, int32_t, leaf, body, scene *, next_or_not);
BIDE_THEN_SEND(then_nap, void, mleaf, bide_pending_times, scene *, a_nap);

/* A second future that is movable, and borrows the environment, which lies in the combined one. */
#define peek_FRAME(ROW)                                                                            \
    ROW(TRAITS, BIDE_UNPIN) ROW(PARAM, const int32_t *, at) ROW(LOCAL, bool, asked)
BIDE_FUTURE(int32_t, peek)
static inline bide_poll peek_poll(struct peek *f, bide_context *cx, int32_t *out)
{
    if (!f->asked) {
        f->asked = true;
        bide_waker_wake_by_ref(cx->waker);
        return BIDE_PENDING;
    }
    *out = *f->at;
    return BIDE_READY;
}
static inline void peek_drop(struct peek *f)
{
    (void)f;
}
static void peek_at_env(int32_t *env, int32_t *value, struct peek *next)
{
    *env += *value;
    peek_init(next, env);
}
BIDE_THEN(then_peek, int32_t, bide_ready_int, peek, int32_t, peek_at_env);

static void map_of_every_kind(void **state)
{
    stage s;
    (void)state;
    stage_open(&s, NULL);
    for (int way = 0; way < 3; way++) { /* a value, a failure, dropped while it waits */
        plan plans[4];
        kinds k;
        scene at = {.calls = 0};
        struct leaf_twice a;
        struct body_twice b;
        struct get_twice c;
        struct boxed_twice d;
        int32_t got = 0;
        bide_poll expected = way == 1 ? BIDE_EFOREIGN : BIDE_READY;
        for (int i = 0; i < 4; i++)
            plans[i] = (plan){.pend = 2, .value = 5, .code = way == 1 ? BIDE_EFOREIGN : 0};
        kinds_make(&k, plans, &s.counter.base);
        leaf_twice_init(&a, k.a, &at);
        body_twice_init(&b, k.b, &at);
        get_twice_init(&c, k.c, &at);
        boxed_twice_init(&d, k.d, &at);
        if (way == 2) {
            assert_int_equal(leaf_twice_poll(&a, &s.cx, &got), BIDE_PENDING);
            assert_int_equal(boxed_twice_poll(&d, &s.cx, &got), BIDE_PENDING);
        } else {
            assert_int_equal(drive(&leaf_twice_type, &a, &s.cx, &got), expected);
            assert_int_equal(drive(&body_twice_type, &b, &s.cx, &got), expected);
            assert_int_equal(drive(&get_twice_type, &c, &s.cx, &got), expected);
            assert_int_equal(drive(&boxed_twice_type, &d, &s.cx, &got), expected);
            assert_int_equal(leaf_twice_poll(&a, &s.cx, &got), BIDE_EMISUSE);
        }
        leaf_twice_drop(&a);
        body_twice_drop(&b);
        get_twice_drop(&c);
        boxed_twice_drop(&d);
        assert_int_equal(got, way == 0 ? 10 : 0);
        assert_int_equal(at.calls, way == 0 ? 4 : 0);
        plans_are_over(plans, 4);
        assert_int_equal(s.counter.live, 0);
    }
    stage_close(&s);
}

static void map_from_and_to_void(void **state)
{
    stage s;
    scene at = {.first = {.pend = 1, .value = 40}};
    struct leaf l;
    struct bide_pending_once o;
    struct leaf_noted a;
    struct once_counted b;
    int32_t got = 0;
    (void)state;
    stage_open(&s, NULL);
    leaf_noted_init(&a, BIDE_MADE(leaf, l, (&at.first)), &at);
    assert_int_equal(drive(&leaf_noted_type, &a, &s.cx, NULL), BIDE_READY);
    assert_int_equal(at.calls, 40);
    once_counted_init(&b, BIDE_MADE(bide_pending_once, o, ()), &at);
    assert_int_equal(drive(&once_counted_type, &b, &s.cx, &got), BIDE_READY);
    assert_int_equal(got, 41);
    assert_int_equal((int)once_counted_flags, BIDE_SEND | BIDE_UNPIN);
    assert_int_equal((int)get_twice_flags, BIDE_UNPIN);
    stage_close(&s);
}

/* In each number of polls, dropped or not, with either failing. */
static void one_then_the_other(void **state)
{
    stage s;
    (void)state;
    stage_open(&s, NULL);
    for (int way = 0; way < 3; way++)
        for (int polls = 0; polls < 8; polls++) {
            scene at = {.first = {.pend = 2, .value = 1}, .second = {.pend = 3, .value = 20}};
            struct leaf l;
            struct leaf_then f;
            int32_t got = 0;
            bide_poll r = BIDE_PENDING;
            at.first.code = way == 1 ? BIDE_EFOREIGN : 0;
            at.second.code = way == 2 ? BIDE_EFOREIGN : 0;
            leaf_then_init(&f, BIDE_MADE(leaf, l, (&at.first)), &at);
            for (int i = 0; i < polls && r == BIDE_PENDING; i++)
                r = leaf_then_poll(&f, &s.cx, &got);
            leaf_then_drop(&f);
            leaf_then_drop(&f);
            if (polls >= 6) {
                assert_int_equal(r, way ? BIDE_EFOREIGN : BIDE_READY);
                assert_int_equal(got, way ? 0 : 21);
                assert_int_equal(leaf_then_poll(&f, &s.cx, &got), BIDE_EMISUSE);
            }
            assert_int_equal(at.calls, way != 1 && polls >= 3);
            plans_are_over(&at.first, 1);
            plans_are_over(&at.second, 1);
        }
    stage_close(&s);
}

static void and_then_may_end_it(void **state)
{
    stage s;
    (void)state;
    stage_open(&s, NULL);
    for (int32_t value = -3; value < 5; value += 4) {
        scene at = {.first = {.pend = 1, .value = value}, .second = {.pend = 1, .value = 20}};
        struct leaf l;
        struct leaf_and_then f;
        int32_t got = 0;
        leaf_and_then_init(&f, BIDE_MADE(leaf, l, (&at.first)), &at);
        assert_int_equal(drive(&leaf_and_then_type, &f, &s.cx, &got), BIDE_READY);
        assert_int_equal(got, value < 0 ? value : 20 + value);
        assert_int_equal(at.second.polls, value < 0 ? 0 : 2);
        leaf_and_then_drop(&f);
        assert_int_equal(leaf_and_then_poll(&f, &s.cx, &got), BIDE_EMISUSE);
    }
    stage_close(&s);
}

/* The first stage's memory is back before the continuation runs. */
static bide_counter *watched;
static size_t live_then;

static void look(int *env, int32_t *value, struct bide_pending_times *next)
{
    (void)env;
    live_then = watched->live;
    bide_pending_times_init(next, (uint32_t)*value);
}
BIDE_THEN(eager, void, boxed, bide_pending_times, int, look);

static void C02_the_first_has_gone_when_the_next_is_made(void **state)
{
    stage s;
    plan p = {.pend = 1, .value = 2};
    bide_box box = BIDE_BOX_EMPTY;
    struct boxed one;
    struct eager f;
    (void)state;
    stage_open(&s, NULL);
    watched = &s.counter;
    live_then = 99;
    assert_int_equal(BIDE_BOX(leaf, &box, &s.counter.base, (&p)), BIDE_READY);
    eager_init(&f, BIDE_MADE(boxed, one, (box)), 0);
    assert_int_equal(eager_poll(&f, &s.cx, NULL), BIDE_PENDING);
    assert_int_equal(s.counter.live, 1);
    assert_int_equal(eager_poll(&f, &s.cx, NULL), BIDE_PENDING);
    assert_int_equal(live_then, 0);
    assert_int_equal(drive(&eager_type, &f, &s.cx, NULL), BIDE_READY);
    stage_close(&s);
}

static bide_poll boxes_of_then(bide_allocator *allocator)
{
    bide_context cx = {.size = sizeof cx, .waker = bide_waker_noop(), .allocator = allocator};
    scene at = {.first = {.pend = 2, .value = 1}, .second = {.pend = 1, .value = 20}};
    bide_box box = BIDE_BOX_EMPTY, all = BIDE_BOX_EMPTY;
    struct boxed one;
    int32_t got = 0;
    bide_poll r = BIDE_BOX(leaf, &box, allocator, (&at.first));
    if (r != BIDE_READY)
        return r;
    r = boxed_then_start_box(&all, BIDE_MADE(boxed, one, (box)), &at, allocator, &cx, &got);
    if (r == BIDE_PENDING)
        r = drive_box(&all, &cx, &got);
    assert_int_equal(at.first.drops + at.first.ends, 1);
    plans_are_over(&at.second, 1);
    return r;
}
TEST_EVERY_FAILURE(every_failure, boxes_of_then)

/* ---- fuse, lazy, maybe_done --------------------------------------------------------------- */

BIDE_FUSE(fused, int32_t, leaf);
BIDE_FUSE(fused_void, void, bide_pending_once);

static void C01_fuse_after_ready(void **state)
{
    stage s;
    bide_panic_waker waker;
    bide_context quiet = {.size = sizeof quiet, .waker = &waker.base};
    (void)state;
    bide_panic_waker_init(&waker);
    stage_open(&s, NULL);
    for (int way = 0; way < 3; way++) { /* a value, a failure, dropped */
        plan p = {.pend = 1, .value = 9, .code = way == 1 ? BIDE_EFOREIGN : 0};
        struct leaf l;
        struct fused f;
        int32_t got = 0;
        fused_init(&f, BIDE_MADE(leaf, l, (&p)));
        assert_int_equal(fused_poll(&f, &s.cx, &got), BIDE_PENDING);
        assert_false(fused_over(&f));
        if (way < 2)
            assert_int_equal(fused_poll(&f, &s.cx, &got), way ? BIDE_EFOREIGN : BIDE_READY);
        else
            fused_drop(&f);
        for (int i = 0; i < 3; i++) {
            assert_true(fused_over(&f));
            assert_int_equal(fused_poll(&f, &quiet, &got), BIDE_PENDING);
        }
        assert_int_equal(p.polls, way < 2 ? 2 : 1);
        fused_drop(&f);
        assert_int_equal(p.drops, way < 2 ? 0 : 1);
        assert_int_equal(got, way ? 0 : 9);
    }
    {
        struct bide_pending_once o;
        struct fused_void f;
        fused_void_init(&f, BIDE_MADE(bide_pending_once, o, ()));
        assert_int_equal(drive(&fused_void_type, &f, &s.cx, NULL), BIDE_READY);
        assert_true(fused_void_over(&f));
    }
    assert_int_equal(waker.violations, 0);
    stage_close(&s);
}

static int32_t next_number(int **n)
{
    return ++**n;
}
static void count_up(int **n)
{
    ++**n;
}
BIDE_LAZY(number, int32_t, int *, next_number);
BIDE_LAZY_SEND(counting, void, int *, count_up);

static void C32_lazy_once(void **state)
{
    stage s;
    int n = 0;
    struct number f;
    struct counting g;
    int32_t got = 0;
    (void)state;
    stage_open(&s, NULL);
    number_init(&f, &n);
    assert_int_equal(n, 0);
    assert_int_equal(number_poll(&f, &s.cx, &got), BIDE_READY);
    assert_int_equal(got, 1);
    assert_int_equal(number_poll(&f, &s.cx, &got), BIDE_EMISUSE);
    assert_int_equal(n, 1);
    number_init(&f, &n);
    number_drop(&f);
    assert_int_equal(n, 1);
    assert_int_equal(counting_start(&g, &n, &s.cx, NULL), BIDE_READY);
    assert_int_equal(n, 2);
    stage_close(&s);
}

#define token_FRAME(ROW) ROW(PARAM, plan *, p) ROW(LOCAL, bool, over)
BIDE_FUTURE(bide_droppable, token)
bide_poll token_poll(struct token *f, bide_context *cx, bide_droppable *out)
{
    int32_t value;
    bide_poll r = plan_poll(f->p, &f->over, cx, &value);
    if (r == BIDE_READY)
        *out = bide_droppable_make(f->p->order, f->p->name);
    return r;
}
void token_drop(struct token *f)
{
    plan_drop(f->p, &f->over);
}
#define token_HAS_output_drop 1
static void token_output_drop(bide_droppable *value)
{
    bide_droppable_release(value);
}
BIDE_MAYBE_DONE(maybe, token);
BIDE_MAYBE_DONE(maybe_nap, bide_pending_once);

static void C33_maybe_done_take_once(void **state)
{
    stage s;
    (void)state;
    stage_open(&s, NULL);
    for (int way = 0; way < 4; way++) { /* taken, not taken, a failure, dropped before */
        bide_drop_order order;
        plan p = {.pend = 1, .order = &order, .name = "v", .code = way == 2 ? BIDE_EFOREIGN : 0};
        struct token one;
        struct maybe f;
        union token_result out;
        bide_drop_order_init(&order);
        maybe_init(&f, BIDE_MADE(token, one, (&p)));
        assert_int_equal(maybe_poll(&f, &s.cx, NULL), BIDE_PENDING);
        assert_false(maybe_take(&f, &out));
        assert_null(maybe_peek(&f));
        if (way < 3)
            assert_int_equal(maybe_poll(&f, &s.cx, NULL), way == 2 ? BIDE_EFOREIGN : BIDE_READY);
        if (way < 2) {
            assert_int_equal(maybe_poll(&f, &s.cx, NULL), BIDE_READY);
            assert_string_equal(maybe_peek(&f)->value.name, "v");
        }
        if (way == 0) {
            assert_true(maybe_take(&f, &out));
            assert_string_equal(out.value.name, "v");
            assert_int_equal(maybe_poll(&f, &s.cx, NULL), BIDE_READY);
        }
        if (way != 1)
            assert_false(maybe_take(&f, &out));
        maybe_drop(&f);
        maybe_drop(&f);
        assert_false(maybe_take(&f, &out));
        assert_int_equal(maybe_poll(&f, &s.cx, NULL), BIDE_EMISUSE);
        assert_string_equal(bide_drop_order_text(&order), way == 1 || way == 3 ? "v" : "");
        assert_int_equal(p.drops, way == 3);
    }
    {
        struct bide_pending_once o;
        struct maybe_nap f;
        union bide_pending_once_result out;
        maybe_nap_init(&f, BIDE_MADE(bide_pending_once, o, ()));
        assert_int_equal(drive(&maybe_nap_type, &f, &s.cx, NULL), BIDE_READY);
        assert_true(maybe_nap_take(&f, &out));
    }
    stage_close(&s);
}

static void the_next_may_borrow_the_environment(void **state)
{
    stage s;
    struct bide_ready_int first;
    bide_box box;
    int32_t got = 0;
    bide_poll r;
    (void)state;
    stage_open(&s, NULL);
    r = then_peek_start_box(&box, BIDE_MADE(bide_ready_int, first, (40)), 2, &s.counter.base, &s.cx,
                            &got);
    while (r == BIDE_PENDING)
        r = bide_box_poll(&box, &s.cx, &got);
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(got, 42);
    stage_close(&s);
}

static void then_to_void(void **state)
{
    stage s;
    scene at = {.first = {.pend = 1, .value = 2}};
    struct mleaf l;
    struct then_nap f;
    (void)state;
    stage_open(&s, NULL);
    then_nap_init(&f, BIDE_MADE(mleaf, l, (&at.first)), &at);
    assert_int_equal(drive(&then_nap_type, &f, &s.cx, NULL), BIDE_READY);
    assert_int_equal(at.calls, 1);
    assert_int_equal(bide_counting_waker_total(&s.waker), 3);
    assert_int_equal((int)then_nap_flags, BIDE_SEND);
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(map_of_every_kind),
        cmocka_unit_test(map_from_and_to_void),
        cmocka_unit_test(one_then_the_other),
        cmocka_unit_test(and_then_may_end_it),
        cmocka_unit_test(C02_the_first_has_gone_when_the_next_is_made),
        cmocka_unit_test(every_failure),
        cmocka_unit_test(C01_fuse_after_ready),
        cmocka_unit_test(C32_lazy_once),
        cmocka_unit_test(C33_maybe_done_take_once),
        cmocka_unit_test(the_next_may_borrow_the_environment),
        cmocka_unit_test(then_to_void),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
