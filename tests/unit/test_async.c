/*
 * Bodies: the frame list row by row, how a body ends, what it may contain, and its three forms.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "async_support.h"
#include "async_split.h"

/* ---- rows --------------------------------------------------------------------------------- */

typedef int32_t ints[3];
typedef struct pair {
    int32_t a;
    void *b;
} pair;
typedef int32_t (*operation)(int32_t);

static int32_t twice(int32_t x)
{
    return 2 * x;
}

#define rows_FRAME(ROW)                                                                            \
    ROW(PARAM, operation, op)                                                                      \
    ROW(PARAM, const char *, text)                                                                 \
    ROW(PARAM, pair, both)                                                                         \
    ROW(LOCAL, int32_t, number)                                                                    \
    ROW(LOCAL, ints, array)                                                                        \
    ROW(LOCAL, pair, zeroed) ROW(BUFFER, ints, raw) ROW(CHILD, bide_pending_once, wait)
BIDE_ASYNC(int32_t, rows)
{
    BIDE_BEGIN(rows);
    if (f->number != 0 || f->array[0] != 0 || f->array[2] != 0 || f->zeroed.a != 0 || f->zeroed.b)
        BIDE_FAIL(BIDE_EMISUSE);
    f->number = f->op(f->both.a);
    f->array[2] = (int32_t)strlen(f->text);
    f->raw[1] = 100;
    BIDE_AWAIT(bide_pending_once, wait, ());
    BIDE_RETURN(f->number + f->array[2] + f->raw[1]);
    BIDE_END;
}

static void locals_start_as_zero_and_live_across_awaits(void **state)
{
    stage s;
    struct rows frame;
    bide_box box = BIDE_BOX_EMPTY;
    int32_t out = 0;
    const pair both = {21, NULL};
    (void)state;
    stage_open(&s, NULL);
    memset(&frame, 0xa5, sizeof frame);
    rows_init(&frame, twice, "four", both);
    assert_int_equal(frame.bide_state, 0);
    assert_int_equal(frame.raw[0], (int32_t)0xa5a5a5a5);
    assert_int_equal(drive(&rows_type, &frame, &s.cx, &out), BIDE_READY);
    assert_int_equal(out, 42 + 4 + 100);

    memset(&frame, 0xa5, sizeof frame);
    out = 0;
    assert_int_equal(rows_start(&frame, twice, "four", both, &s.cx, &out), BIDE_PENDING);
    assert_int_equal(drive(&rows_type, &frame, &s.cx, &out), BIDE_READY);
    assert_int_equal(out, 146);

    assert_int_equal(rows_start_box(&box, twice, "four", both, NULL, &s.cx, &out), BIDE_PENDING);
    out = 0;
    assert_int_equal(drive_box(&box, &s.cx, &out), BIDE_READY);
    assert_int_equal(out, 146);
    stage_close(&s);
}

/* Each argument is evaluated once and captured once. */
static void arguments_are_moved_in_once(void **state)
{
    stage s;
    struct bide_ready_int frame;
    bide_box box = BIDE_BOX_EMPTY;
    int32_t n = 0, out = 0;
    (void)state;
    stage_open(&s, NULL);
    bide_ready_int_init(&frame, n++);
    assert_int_equal(n, 1);
    assert_int_equal(bide_ready_int_start(&frame, n++, &s.cx, &out), BIDE_READY);
    assert_int_equal(n, 2);
    assert_int_equal(BIDE_BOX(bide_ready_int, &box, &s.counter.base, (n++)), BIDE_READY);
    assert_int_equal(n, 3);
    bide_box_drop(&box);
    stage_close(&s);
}

/* ---- owned and counted -------------------------------------------------------------------- */

#define free_one(value) bide_droppable_release(&(value))

#define owner_FRAME(ROW)                                                                           \
    ROW(OWNED, bide_droppable, first, free_one)                                                    \
    ROW(PARAM, plan *, p)                                                                          \
    ROW(OWNED, bide_droppable, second, free_one)                                                   \
    ROW(OWNED, bide_droppable, third, free_one)                                                    \
    ROW(LOCAL, int32_t, x) ROW(CHILD, leaf, one) ROW(CHILD, leaf, two)
BIDE_ASYNC(int32_t, owner)
{
    BIDE_BEGIN(owner);
    BIDE_AWAIT_TO(f->x, leaf, one, (f->p));
    BIDE_AWAIT_TO(f->x, leaf, two, (f->p + 1));
    BIDE_RETURN(f->x);
BIDE_CLEANUP:
    bide_drop_order_note(f->first.order, "cleanup");
    BIDE_END;
}

/* What an owner of first, second and third is made of. */
#define OWNED_ARGS(order, plans)                                                                   \
    bide_droppable_make(order, "first"), plans, bide_droppable_make(order, "second"),              \
        bide_droppable_make(order, "third")

static void owned_is_released_once_whatever_happens(void **state)
{
    stage s;
    (void)state;
    stage_open(&s, NULL);
    /* k: polls before the drop; code: how the second leaf ends. */
    for (int boxed = 0; boxed < 2; boxed++) {
        for (int k = 0; k < 7; k++) {
            for (int code = 0; code > -3; code--) {
                plan plans[2] = {{.pend = 2}, {.pend = 2, .code = code, .value = 9}};
                bide_drop_order order;
                struct owner frame;
                bide_box box = BIDE_BOX_EMPTY;
                bide_poll r = BIDE_PENDING;
                int32_t out = 0;
                bide_drop_order_init(&order);
                if (boxed)
                    assert_int_equal(
                        BIDE_BOX(owner, &box, &s.counter.base, (OWNED_ARGS(&order, plans))),
                        BIDE_READY);
                else
                    owner_init(&frame, OWNED_ARGS(&order, plans));
                for (int i = 0; i < k && r == BIDE_PENDING; i++)
                    r = boxed ? bide_box_poll(&box, &s.cx, &out) : owner_poll(&frame, &s.cx, &out);
                assert_int_equal(r, k < 5 ? BIDE_PENDING : code ? code : BIDE_READY);
                assert_string_equal(bide_drop_order_text(&order),
                                    k < 5 ? "" : "cleanup third second first");
                if (boxed)
                    bide_box_drop(&box);
                else
                    owner_drop(&frame);
                assert_string_equal(bide_drop_order_text(&order),
                                    k ? "cleanup third second first" : "third second first");
                assert_int_equal(plans[0].drops + plans[0].ends, k > 0);
                assert_int_equal(plans[1].drops + plans[1].ends, k > 2);
            }
        }
    }
    stage_close(&s);
}

static void owned_is_released_by_discard(void **state)
{
    bide_drop_order order;
    (void)state;
    bide_drop_order_init(&order);
    owner_discard(OWNED_ARGS(&order, NULL));
    assert_string_equal(bide_drop_order_text(&order), "third second first");
}

/* P04: the caller's arguments are consumed when there is no memory: by start_box, by BIDE_BOX. */
static void P04_no_memory_releases_the_arguments(void **state)
{
    stage s;
    bide_failing_allocator none;
    bide_drop_order order;
    plan plans[2] = {{.pend = 1}, {.pend = 1}};
    bide_box box = BIDE_BOX_EMPTY;
    int32_t out = 0;
    (void)state;
    bide_failing_allocator_init(&none, bide_heap(), 1, true);
    stage_open(&s, NULL);
    bide_drop_order_init(&order);
    assert_int_equal(owner_start_box(&box, OWNED_ARGS(&order, plans), &none.base, &s.cx, &out),
                     BIDE_ENOMEM);
    /* The body had begun, so its cleanup ran; its first await had not. */
    assert_string_equal(bide_drop_order_text(&order), "cleanup third second first");
    assert_int_equal(plans[0].polls, 0);
    bide_drop_order_init(&order);
    assert_int_equal(BIDE_BOX(owner, &box, &none.base, (OWNED_ARGS(&order, plans))), BIDE_ENOMEM);
    assert_string_equal(bide_drop_order_text(&order), "third second first");
    assert_true(bide_box_is_empty(&box));
    assert_int_equal(none.failures, 2);
    stage_close(&s);
}

typedef struct counted {
    int refs, most;
} counted;

static counted *counted_retain(counted *c)
{
    c->refs++;
    if (c->refs > c->most)
        c->most = c->refs;
    return c;
}

static void counted_release(counted *c)
{
    c->refs--;
}

#define keeper_FRAME(ROW)                                                                          \
    ROW(COUNTED, counted *, self, counted_retain, counted_release)                                 \
    ROW(PARAM, plan *, p) ROW(CHILD, leaf, wait)
BIDE_ASYNC(int32_t, keeper)
{
    BIDE_BEGIN(keeper);
    BIDE_AWAIT(leaf, wait, (f->p));
    BIDE_RETURN(f->self->refs);
    BIDE_END;
}

static void F05_F06_counted_is_kept_alive_by_the_frame(void **state)
{
    stage s;
    counted c = {1, 1};
    plan p = {.pend = 1};
    struct keeper frame;
    bide_box box = BIDE_BOX_EMPTY;
    int32_t out = 0;
    (void)state;
    TEST_BREAKS("was dropped twice");
    stage_open(&s, NULL);
    keeper_init(&frame, &c, &p);
    assert_int_equal(c.refs, 2);
    keeper_drop(&frame); /* unpolled */
    assert_int_equal(c.refs, 1);
    keeper_drop(&frame);
    assert_int_equal(c.refs, 1);

    assert_int_equal(keeper_start(&frame, &c, &p, &s.cx, &out), BIDE_PENDING);
    assert_int_equal(c.refs, 2);
    keeper_drop(&frame); /* pending */
    assert_int_equal(c.refs, 1);

    p = (plan){.pend = 1};
    assert_int_equal(keeper_start_box(&box, &c, &p, NULL, &s.cx, &out), BIDE_PENDING);
    c.refs--; /* the owner goes away: the future's is the last reference */
    assert_int_equal(drive_box(&box, &s.cx, &out), BIDE_READY);
    assert_int_equal(out, 1);
    assert_int_equal(c.refs, 0);
    assert_int_equal(c.most, 2);
    keeper_discard(&c, &p); /* nothing was retained */
    assert_int_equal(c.refs, 0);
    stage_close(&s);
}

#define sendable_FRAME(ROW) ROW(TRAITS, BIDE_SEND | BIDE_SYNC) ROW(CHILD, bide_pending_once, wait)
BIDE_ASYNC(void, sendable)
{
    BIDE_BEGIN(sendable);
    BIDE_AWAIT(bide_pending_once, wait, ());
    BIDE_END;
}

static void traits_are_what_was_declared(void **state)
{
    (void)state;
    assert_int_equal(sendable_type.flags, BIDE_SEND | BIDE_SYNC | BIDE_STATE);
    assert_int_equal(owner_type.flags, BIDE_STATE);
    assert_int_equal(leaf_type.flags, 0);
    assert_int_equal(mleaf_type.flags, BIDE_SEND | BIDE_UNPIN);
    assert_int_equal(offsetof(struct owner, bide_state), 0);
    assert_int_equal(sizeof owner_type, owner_type.size);
    assert_int_equal(owner_type.frame_size, sizeof(struct owner));
    assert_int_equal(owner_type.output_size, sizeof(int32_t));
    assert_int_equal(sendable_type.output_size, 0);
    assert_int_equal(sendable_type.output_align, 1);
    assert_string_equal(owner_type.name, "owner");
    assert_null(owner_type.cancel);
}

/* ---- ends --------------------------------------------------------------------------------- */

#define ends_FRAME(ROW)                                                                            \
    ROW(PARAM, int, how) ROW(LOCAL, int32_t, x) ROW(CHILD, bide_pending_once, wait)
BIDE_ASYNC(int32_t, ends)
{
    BIDE_BEGIN(ends);
    if (f->how > 10) {
        BIDE_AWAIT(bide_pending_once, wait, ());
        f->how -= 10;
    }
    f->x = 5;
    if (f->how == 1)
        BIDE_RETURN(f->x);
    else if (f->how == 2)
        BIDE_FAIL(-77); /* codes that nobody has named pass through */
BIDE_CLEANUP:
    f->x = 0; /* the value was taken before */
    BIDE_END;
}

#define falls_FRAME(ROW) ROW(PARAM, bool, wait_first) ROW(CHILD, bide_pending_once, wait)
BIDE_ASYNC(void, falls)
{
    BIDE_BEGIN(falls);
    if (f->wait_first)
        BIDE_AWAIT(bide_pending_once, wait, ());
    BIDE_END;
}
#define falls_int_FRAME(ROW) falls_FRAME(ROW)
BIDE_ASYNC(int32_t, falls_int)
{
    BIDE_BEGIN(falls_int);
    if (f->wait_first)
        BIDE_AWAIT(bide_pending_once, wait, ());
    BIDE_END;
}

static void a_body_ends_in_one_of_four_ways(void **state)
{
    static const bide_poll expected[] = {BIDE_EMISUSE, BIDE_READY, -77};
    stage s;
    (void)state;
    stage_open(&s, NULL);
    for (int wait = 0; wait < 2; wait++) {
        for (int how = 0; how < 3; how++) {
            struct ends frame;
            int32_t out = -1;
            ends_init(&frame, how + 10 * wait + (how == 0 && wait ? 3 : 0));
            assert_int_equal(drive(&ends_type, &frame, &s.cx, &out), expected[how]);
            assert_int_equal(out, how == 1 ? 5 : -1);
        }
        struct falls none;
        struct falls_int number;
        int32_t out = -1;
        falls_init(&none, wait != 0);
        assert_int_equal(drive(&falls_type, &none, &s.cx, NULL), BIDE_READY);
        falls_int_init(&number, wait != 0);
        assert_int_equal(drive(&falls_int_type, &number, &s.cx, &out), BIDE_EMISUSE);
        assert_int_equal(out, -1);
    }
    stage_close(&s);
}

static void after_the_end_a_poll_is_misuse_and_a_drop_nothing(void **state)
{
    stage s;
    bide_drop_order order;
    plan plans[2] = {{.value = 1}, {.value = 2}};
    struct owner frame;
    int32_t out = 0;
    (void)state;
    TEST_BREAKS("was polled after");
    stage_open(&s, NULL);
    bide_drop_order_init(&order);
    owner_init(&frame, OWNED_ARGS(&order, plans));
    assert_int_equal(owner_poll(&frame, &s.cx, &out), BIDE_READY);
    assert_int_equal(frame.bide_state, BIDE_STATE_DONE);
    assert_int_equal(order.count, 4);
    out = 0;
    assert_int_equal(owner_poll(&frame, &s.cx, &out), BIDE_EMISUSE);
    owner_drop(&frame);
    owner_drop(&frame);
    assert_int_equal(owner_poll(&frame, &s.cx, &out), BIDE_EMISUSE);
    assert_int_equal(out, 0);
    assert_int_equal(order.count, 4);
    /* The same when a drop was the end. */
    plans[0] = plans[1] = (plan){.pend = 1};
    owner_init(&frame, OWNED_ARGS(&order, plans));
    assert_int_equal(owner_poll(&frame, &s.cx, &out), BIDE_PENDING);
    owner_drop(&frame);
    assert_int_equal(owner_poll(&frame, &s.cx, &out), BIDE_EMISUSE);
    owner_drop(&frame);
    assert_int_equal(order.count, 8);
    assert_int_equal(plans[0].drops, 1);
    stage_close(&s);
}

/* ---- the three forms ---------------------------------------------------------------------- */

#define inlined_FRAME(ROW)                                                                         \
    ROW(PARAM, int32_t, a) ROW(LOCAL, int32_t, x) ROW(CHILD, bide_ready_int, value)
BIDE_ASYNC_INLINE(int32_t, inlined)
{
    BIDE_BEGIN(inlined);
    BIDE_AWAIT_TO_V(f->x, bide_ready_int, value, (f->a));
    BIDE_RETURN(f->x + 1);
    BIDE_END;
}

#define forms_FRAME(ROW)                                                                           \
    ROW(LOCAL, int32_t, x)                                                                         \
    ROW(LOCAL, int32_t, y)                                                                         \
    ROW(LOCAL, int32_t, z)                                                                         \
    ROW(CHILD, inlined, a)                                                                         \
    ROW(CHILD, split_sum, b) ROW(CHILD, split_nothing, c) ROW(BOXED, split_leaf, d)
BIDE_ASYNC(int32_t, forms)
{
    BIDE_BEGIN(forms);
    BIDE_AWAIT_TO(f->x, inlined, a, (1));
    BIDE_AWAIT_TO(f->y, split_sum, b, (3, 4));
    BIDE_AWAIT(split_nothing, c, ());
    BIDE_AWAIT_TO(f->z, split_leaf, d, (500));
    BIDE_RETURN(f->x + f->y + f->z);
    BIDE_END;
}

static void bodies_in_headers_inline_and_in_another_source(void **state)
{
    stage s;
    struct forms frame;
    bide_box box = BIDE_BOX_EMPTY;
    int32_t out = 0;
    (void)state;
    stage_open(&s, NULL);
    forms_init(&frame);
    assert_int_equal(drive(&forms_type, &frame, &s.cx, &out), BIDE_READY);
    assert_int_equal(out, 2 + 7 + 500);
    assert_int_equal(s.waker.wakes_by_ref, 3 + 1 + 1);
    assert_ptr_equal(split_sum_record(), &split_sum_type);
    assert_int_equal(split_sum_start_box(&box, 1, 2, &s.counter.base, &s.cx, &out), BIDE_PENDING);
    assert_ptr_equal(box.type, &split_sum_type);
    assert_int_equal(drive_box(&box, &s.cx, &out), BIDE_READY);
    assert_int_equal(out, 3);
    stage_close(&s);
}

/* ---- many awaits -------------------------------------------------------------------------- */

/* Sixty rows and sixty awaits, from one list of two digits. */
#define DIGITS(X, t) X(t##0) X(t##1) X(t##2) X(t##3) X(t##4) X(t##5) X(t##6) X(t##7) X(t##8) X(t##9)
#define SIXTY(X) DIGITS(X, 1) DIGITS(X, 2) DIGITS(X, 3) DIGITS(X, 4) DIGITS(X, 5) DIGITS(X, 6)
#define sixty_FRAME(ROW)                                                                           \
    ROW(LOCAL, int32_t, x)                                                                         \
    ROW(LOCAL, int64_t, sum) ROW(PARAM, plan *, p) SIXTY_ROWS(ROW)
#define TEN_ROWS(ROW, t)                                                                           \
    ROW(CHILD, leaf, s##t##0)                                                                      \
    ROW(CHILD, leaf, s##t##1)                                                                      \
    ROW(CHILD, leaf, s##t##2)                                                                      \
    ROW(CHILD, leaf, s##t##3)                                                                      \
    ROW(CHILD, leaf, s##t##4)                                                                      \
    ROW(CHILD, leaf, s##t##5)                                                                      \
    ROW(CHILD, leaf, s##t##6)                                                                      \
    ROW(CHILD, leaf, s##t##7) ROW(CHILD, leaf, s##t##8) ROW(CHILD, leaf, s##t##9)
#define SIXTY_ROWS(ROW)                                                                            \
    TEN_ROWS(ROW, 1)                                                                               \
    TEN_ROWS(ROW, 2) TEN_ROWS(ROW, 3) TEN_ROWS(ROW, 4) TEN_ROWS(ROW, 5) TEN_ROWS(ROW, 6)
#define ONE_AWAIT(n)                                                                               \
    BIDE_AWAIT_TO(f->x, leaf, s##n, (f->p + (n)));                                                 \
    f->sum = f->sum * 3 % 1000003 + f->x;
BIDE_ASYNC(int64_t, sixty)
{
    BIDE_BEGIN(sixty);
    SIXTY(ONE_AWAIT)
    BIDE_RETURN(f->sum);
    BIDE_END;
}

static void sixty_awaits_resume_where_they_waited(void **state)
{
    stage s;
    plan plans[70];
    struct sixty frame;
    int64_t out = 0, expected = 0;
    int polls = 0;
    bide_poll r;
    (void)state;
    stage_open(&s, NULL);
    for (int i = 0; i < 70; i++)
        plans[i] = (plan){.pend = i % 3, .value = i * i};
    for (int i = 10; i < 70; i++)
        expected = expected * 3 % 1000003 + i * i;
    sixty_init(&frame, plans);
    do {
        r = sixty_poll(&frame, &s.cx, &out);
        polls++;
    } while (r == BIDE_PENDING);
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(out, expected);
    assert_int_equal(polls, 61); /* 20 leaves pend once, 20 twice */
    for (int i = 10; i < 70; i++)
        assert_int_equal(plans[i].ends, 1);
    stage_close(&s);
}

/* ---- every allocation failing ------------------------------------------------------------- */

static bide_poll scenario(bide_allocator *allocator)
{
    stage s;
    bide_drop_order order;
    plan plans[2] = {{.pend = 1}, {.pend = 1}};
    struct forms frame;
    bide_box box = BIDE_BOX_EMPTY;
    int32_t out = 0;
    bide_poll r;
    stage_open(&s, allocator);
    bide_drop_order_init(&order);
    r = owner_start_box(&box, OWNED_ARGS(&order, plans), NULL, &s.cx, &out);
    if (r == BIDE_PENDING)
        r = drive_box(&box, &s.cx, &out);
    assert_string_equal(bide_drop_order_text(&order), "cleanup third second first");
    if (r == BIDE_READY) {
        forms_init(&frame);
        r = drive(&forms_type, &frame, &s.cx, &out);
    }
    stage_close(&s);
    return r;
}
TEST_EVERY_FAILURE(P32_every_allocation_failing, scenario)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(locals_start_as_zero_and_live_across_awaits),
        cmocka_unit_test(arguments_are_moved_in_once),
        cmocka_unit_test(owned_is_released_once_whatever_happens),
        cmocka_unit_test(owned_is_released_by_discard),
        cmocka_unit_test(P04_no_memory_releases_the_arguments),
        cmocka_unit_test(F05_F06_counted_is_kept_alive_by_the_frame),
        cmocka_unit_test(traits_are_what_was_declared),
        cmocka_unit_test(a_body_ends_in_one_of_four_ways),
        cmocka_unit_test(after_the_end_a_poll_is_misuse_and_a_drop_nothing),
        cmocka_unit_test(bodies_in_headers_inline_and_in_another_source),
        cmocka_unit_test(sixty_awaits_resume_where_they_waited),
        cmocka_unit_test(P32_every_allocation_failing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
