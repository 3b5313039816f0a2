/*
 * Joins of made futures: of each kind, failing, with errors as values, dropped at any point;
 * arrays.
 */
#include "combine_support.h"

#include <bide/join.h>

BIDE_JOIN_OF(four, (leaf, a), (body, b), (Source_get, c), (boxed, d));
BIDE_JOIN_OF(two, (mleaf, a), (mleaf, b));
BIDE_JOIN_OF(nested, (two, x), (bide_pending_once, y));
BIDE_TRY_JOIN_OF(tried, BIDE_IS_NEGATIVE, (leaf, a), (body, b), (Source_get, c), (boxed, d));
BIDE_JOIN_OF(octet, (mleaf, a), (mleaf, b), (mleaf, c), (mleaf, d), (mleaf, e), (mleaf, g),
             (mleaf, h), (mleaf, i));
BIDE_JOIN_ARRAY(all, body);
BIDE_TRY_JOIN_ARRAY(try_all, mleaf, BIDE_IS_NEGATIVE);
BIDE_INTERLEAVE_PENDING(four_output, slow, four, (struct leaf, a), (struct body, b),
                        (struct Source_get, c), (struct boxed, d));

/* In every order of becoming ready; with another pending between the polls, too. */
static void C12_values_by_name_whoever_was_first(void **state)
{
    stage s;
    (void)state;
    stage_open(&s, NULL);
    for (int pattern = 0; pattern < 162; pattern++) {
        plan plans[4];
        kinds k;
        four_output got = {0};
        bide_poll r;
        plans_of(plans, pattern % 81, 1);
        kinds_make(&k, plans, &s.counter.base);
        if (pattern < 81) {
            struct four f;
            four_init(&f, k.a, k.b, k.c, k.d);
            r = drive(&four_type, &f, &s.cx, &got);
            four_drop(&f);
            assert_int_equal(four_poll(&f, &s.cx, &got), BIDE_EMISUSE);
        } else {
            struct slow f;
            slow_init(&f, k.a, k.b, k.c, k.d);
            r = drive(&slow_type, &f, &s.cx, &got);
        }
        assert_int_equal(r, BIDE_READY);
        assert_int_equal(got.a.value * 1000 + got.b.value * 100 + got.c.value * 10 + got.d.value,
                         1234);
        for (int i = 0; i < 4; i++) {
            assert_int_equal(plans[i].ends, 1);
            assert_int_equal(plans[i].drops, 0);
        }
        assert_int_equal(s.counter.live, 0);
    }
    stage_close(&s);
}

static void dropped_after_any_number_of_polls(void **state)
{
    stage s;
    (void)state;
    stage_open(&s, NULL);
    for (int polls = 0; polls < 4; polls++)
        for (int pattern = 0; pattern < 81; pattern++) {
            plan plans[4];
            kinds k;
            struct four f;
            four_output got = {0};
            bide_poll r = BIDE_PENDING;
            plans_of(plans, pattern, 1);
            kinds_make(&k, plans, &s.counter.base);
            four_init(&f, k.a, k.b, k.c, k.d);
            for (int i = 0; i < polls && r == BIDE_PENDING; i++)
                r = four_poll(&f, &s.cx, &got);
            four_drop(&f);
            four_drop(&f);
            plans_are_over(plans, 4);
            assert_int_equal(s.counter.live, 0);
        }
    stage_close(&s);
}

static void C13_a_failure_drops_the_rest(void **state)
{
    stage s;
    (void)state;
    stage_open(&s, NULL);
    for (int failing = 0; failing < 4; failing++)
        for (int pattern = 0; pattern < 81; pattern++) {
            plan plans[4];
            kinds k;
            struct four f;
            four_output got = {0};
            plans_of(plans, pattern, 1);
            plans[failing].code = BIDE_EFOREIGN;
            kinds_make(&k, plans, &s.counter.base);
            four_init(&f, k.a, k.b, k.c, k.d);
            assert_int_equal(drive(&four_type, &f, &s.cx, &got), BIDE_EFOREIGN);
            plans_are_over(plans, 4);
            assert_int_equal(plans[failing].ends, 1);
            assert_int_equal(s.counter.live, 0);
        }
    stage_close(&s);
}

static void C13_the_first_error_value_drops_the_rest(void **state)
{
    stage s;
    (void)state;
    stage_open(&s, NULL);
    for (int wrong = 0; wrong < 5; wrong++) {
        plan plans[4];
        kinds k;
        struct tried f;
        tried_output got = {0};
        plans_of(plans, 0, 1);
        for (int i = 0; i < 4; i++)
            plans[i].pend = i == wrong ? 1 : 2;
        if (wrong < 4)
            plans[wrong].value = -7;
        kinds_make(&k, plans, &s.counter.base);
        tried_init(&f, k.a, k.b, k.c, k.d);
        assert_int_equal(drive(&tried_type, &f, &s.cx, &got), BIDE_READY);
        assert_int_equal(got.failed, wrong < 4 ? wrong : tried_is_none);
        assert_int_equal(wrong == 0   ? got.a.value
                         : wrong == 1 ? got.b.value
                         : wrong == 2 ? got.c.value
                         : wrong == 3 ? got.d.value
                                      : got.a.value - 8,
                         -7);
        for (int i = 0; i < 4; i++)
            assert_int_equal(plans[i].drops, wrong < 4 && i != wrong ? 1 : 0);
        assert_int_equal(s.counter.live, 0);
    }
    stage_close(&s);
}

/* ---- Outputs that own something ----------------------------------------------------------- */

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
    f->over = true;
}
#define token_HAS_output_drop 1
static void token_output_drop(bide_droppable *value)
{
    bide_droppable_release(value);
}
BIDE_JOIN_OF(tokens, (token, a), (token, b), (leaf, c));

static void values_that_nobody_sees_are_released(void **state)
{
    stage s;
    (void)state;
    stage_open(&s, NULL);
    for (int way = 0; way < 3; way++) { /* c fails, the join is dropped, all is well */
        bide_drop_order order;
        plan plans[3] = {{.order = &order, .name = "a"}, {.order = &order, .name = "b"}};
        struct token a, b;
        struct leaf c;
        struct tokens f;
        tokens_output got = {0};
        bide_poll r;
        bide_drop_order_init(&order);
        plans[2] = (plan){.pend = 2, .code = way == 0 ? BIDE_EFOREIGN : 0};
        tokens_init(&f, BIDE_MADE(token, a, (&plans[0])), BIDE_MADE(token, b, (&plans[1])),
                    BIDE_MADE(leaf, c, (&plans[2])));
        assert_int_equal(tokens_poll(&f, &s.cx, &got), BIDE_PENDING);
        if (way != 1) {
            r = drive(&tokens_type, &f, &s.cx, &got);
            assert_int_equal(r, way == 0 ? BIDE_EFOREIGN : BIDE_READY);
        }
        tokens_drop(&f);
        assert_string_equal(bide_drop_order_text(&order), way == 2 ? "" : "a b");
        if (way == 2)
            assert_string_equal(got.b.value.name, "b");
    }
    stage_close(&s);
}

/* ---- in bodies, boxes, nested ------------------------------------------------------------- */

#define summed_FRAME(ROW) ROW(PARAM, plan *, p) ROW(BUFFER, two_output, got) ROW(CHILD, two, pair)
BIDE_ASYNC(int32_t, summed)
{
    struct mleaf a, b; /* need not live across the await */
    BIDE_BEGIN(summed);
    BIDE_AWAIT_TO(f->got, two, pair,
                  (BIDE_MADE(mleaf, a, (f->p)), BIDE_MADE(mleaf, b, (f->p + 1))));
    BIDE_RETURN(f->got.a.value + f->got.b.value);
    BIDE_END;
}

static void in_a_body_and_in_a_join(void **state)
{
    stage s;
    plan plans[2] = {{.pend = 2, .value = 40}, {.pend = 1, .value = 2}};
    struct summed f;
    struct mleaf a, b;
    struct two x;
    struct bide_pending_once y;
    struct nested n;
    nested_output got = {0};
    int32_t sum = 0;
    (void)state;
    stage_open(&s, NULL);
    summed_init(&f, plans);
    assert_int_equal(drive(&summed_type, &f, &s.cx, &sum), BIDE_READY);
    assert_int_equal(sum, 42);
    two_init(&x, BIDE_MADE(mleaf, a, (&plans[0])), BIDE_MADE(mleaf, b, (&plans[1])));
    nested_init(&n, x, BIDE_MADE(bide_pending_once, y, ()));
    assert_int_equal(drive(&nested_type, &n, &s.cx, &got), BIDE_READY);
    assert_int_equal(got.x.value.a.value, 40);
    assert_int_equal((int)two_flags, BIDE_SEND | BIDE_UNPIN);
    assert_int_equal((int)four_flags, 0);
    assert_int_equal(s.counter.allocs, 0);
    stage_close(&s);
}

static void eight(void **state)
{
    stage s;
    plan plans[8];
    struct mleaf l[8];
    struct octet f;
    octet_output got = {0};
    (void)state;
    stage_open(&s, NULL);
    for (int i = 0; i < 8; i++) {
        plans[i] = (plan){.pend = (i * 3) % 4, .value = i};
        mleaf_init(&l[i], &plans[i]);
    }
    octet_init(&f, l[0], l[1], l[2], l[3], l[4], l[5], l[6], l[7]);
    assert_int_equal(drive(&octet_type, &f, &s.cx, &got), BIDE_READY);
    assert_int_equal(got.a.value + got.d.value + got.i.value, 10);
    for (int i = 0; i < 8; i++) /* a child that is ready is not polled again */
        assert_int_equal(plans[i].polls, (i * 3) % 4 + 1);
    stage_close(&s);
}

KINDS_THROUGH(boxed_join, four)

/* ---- arrays ------------------------------------------------------------------------------- */

static void arrays(void **state)
{
    stage s;
    plan plans[20];
    all_item items[20];
    struct body one;
    struct all f;
    size_t n = 0;
    (void)state;
    stage_open(&s, NULL);
    for (int polls = 0; polls < 6; polls++) {
        bide_poll r = BIDE_PENDING;
        for (int i = 0; i < 20; i++) {
            plans[i] = (plan){.pend = i % 5, .value = i};
            all_item_init(&items[i], BIDE_MADE(body, one, (&plans[i])));
        }
        all_init(&f, all_items_of(items, 20));
        for (int i = 0; i < polls && r == BIDE_PENDING; i++)
            r = all_poll(&f, &s.cx, &n);
        assert_int_equal(r, polls < 5 ? BIDE_PENDING : BIDE_READY);
        all_drop(&f);
        for (int i = 0; i < 20; i++) {
            bool there = i % 5 < polls;
            assert_int_equal(items[i].is, there ? BIDE_ITEM_READY : BIDE_ITEM_GONE);
            if (there)
                assert_int_equal(items[i].out.value, i);
        }
        plans_are_over(plans, 20);
    }
    assert_int_equal(n, 20);
    all_init(&f, all_items_of(NULL, 0));
    assert_int_equal(all_poll(&f, &s.cx, &n), BIDE_READY);
    assert_int_equal(n, 0);
    stage_close(&s);
}

static void arrays_with_errors(void **state)
{
    stage s;
    (void)state;
    stage_open(&s, NULL);
    for (int way = 0; way < 3; way++) { /* an error, a failure, nothing */
        plan plans[4] = {{.value = 1}, {.pend = 2}, {.pend = 1}, {.pend = 3}};
        try_all_item items[4];
        struct mleaf one;
        struct try_all f;
        size_t n = 99;
        plans[2].value = way == 0 ? -1 : 0;
        plans[2].code = way == 1 ? BIDE_EFOREIGN : 0;
        for (int i = 0; i < 4; i++)
            try_all_item_init(&items[i], BIDE_MADE(mleaf, one, (&plans[i])));
        try_all_init(&f, try_all_items_of(items, 4));
        assert_int_equal(drive(&try_all_type, &f, &s.cx, &n),
                         way == 1 ? BIDE_EFOREIGN : BIDE_READY);
        assert_int_equal(n, way == 0 ? 2 : way == 1 ? 99 : 4);
        assert_int_equal(plans[1].drops + plans[3].drops, way == 2 ? 0 : 2);
        assert_int_equal(items[0].is, BIDE_ITEM_READY);
    }
    stage_close(&s);
}

/* ---- the await tree ----------------------------------------------------------------------- */

typedef struct names {
    bide_tracer base;
    char text[200];
} names;

static void enter(bide_tracer *t, const bide_type *type, const void *frame, const char *file,
                  uint32_t line)
{
    names *n = (names *)(void *)t;
    (void)frame, (void)file, (void)line;
    strcat(n->text, type->name);
    strcat(n->text, "(");
}

static void leave(bide_tracer *t)
{
    strcat(((names *)(void *)t)->text, ")");
}

static void the_tree_shows_who_is_waited_for(void **state)
{
    stage s;
    plan plans[4];
    kinds k;
    struct four f;
    four_output got = {0};
    names n = {.base = {.size = sizeof n.base, .enter = enter, .leave = leave}};
    (void)state;
    stage_open(&s, NULL);
    plans_of(plans, 1 + 3 + 9, 1);
    kinds_make(&k, plans, &s.counter.base);
    four_init(&f, k.a, k.b, k.c, k.d);
    assert_int_equal(four_poll(&f, &s.cx, &got), BIDE_PENDING);
    four_type.trace(&f, &n.base);
    assert_string_equal(n.text, "four(leaf()body(leaf())Planned_get())");
    four_drop(&f);
    n.text[0] = 0;
    four_type.trace(&f, &n.base);
    assert_string_equal(n.text, "four()");
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(C12_values_by_name_whoever_was_first),
        cmocka_unit_test(dropped_after_any_number_of_polls),
        cmocka_unit_test(C13_a_failure_drops_the_rest),
        cmocka_unit_test(C13_the_first_error_value_drops_the_rest),
        cmocka_unit_test(values_that_nobody_sees_are_released),
        cmocka_unit_test(in_a_body_and_in_a_join),
        cmocka_unit_test(eight),
        cmocka_unit_test(every_failure),
        cmocka_unit_test(arrays),
        cmocka_unit_test(arrays_with_errors),
        cmocka_unit_test(the_tree_shows_who_is_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
