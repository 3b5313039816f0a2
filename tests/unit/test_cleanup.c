/*
 * Cleanup: a drop after each number of polls releases what there is, once and in the same order
 * wherever the frame lives.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "async_support.h"

#define free_one(value) bide_droppable_release(&(value))

/* A function that takes three resources, waits after each, and owns two arguments, one of which it
 * never names. */
#define worker_FRAME(ROW)                                                                          \
    ROW(OWNED, bide_droppable, arg, free_one)                                                      \
    ROW(OWNED, bide_droppable, ignored, free_one)                                                  \
    ROW(PARAM, plan *, p)                                                                          \
    ROW(PARAM, bide_drop_order *, order)                                                           \
    ROW(LOCAL, bide_droppable, r1)                                                                 \
    ROW(LOCAL, bide_droppable, r2)                                                                 \
    ROW(LOCAL, bide_droppable, r3)                                                                 \
    ROW(LOCAL, int32_t, x)                                                                         \
    ROW(LOCAL, int, i) ROW(CHILD, leaf, one) ROW(CHILD, mleaf, two) ROW(BOXED, leaf, three)
BIDE_ASYNC(int32_t, worker)
{
    BIDE_BEGIN(worker);
    f->r1 = bide_droppable_make(f->order, "r1");
    BIDE_AWAIT(leaf, one, (f->p));
    f->r2 = bide_droppable_make(f->order, "r2");
    for (f->i = 0; f->i < 2; f->i++)
        BIDE_AWAIT_TO_V(f->x, mleaf, two, (f->p + 1));
    f->r3 = bide_droppable_make(f->order, "r3");
    BIDE_AWAIT(leaf, three, (f->p + 2));
    BIDE_RETURN(f->x);
BIDE_CLEANUP:
    bide_droppable_release(&f->r3);
    bide_droppable_release(&f->r2);
    bide_droppable_release(&f->r1);
    BIDE_END;
}

/* Parents that hold it in other ways. */
#define PARENT_ROWS(ROW, KIND)                                                                     \
    ROW(PARAM, plan *, p)                                                                          \
    ROW(PARAM, bide_drop_order *, order) ROW(LOCAL, int32_t, x) ROW(KIND, worker, down)
#define WORKER_ARGS(p, order)                                                                      \
    (bide_droppable_make(order, "arg"), bide_droppable_make(order, "ignored"), p, order)
#define PARENT(NAME)                                                                               \
    BIDE_ASYNC(int32_t, NAME)                                                                      \
    {                                                                                              \
        BIDE_BEGIN(NAME);                                                                          \
        BIDE_AWAIT_TO(f->x, worker, down, WORKER_ARGS(f->p, f->order));                            \
        BIDE_RETURN(f->x);                                                                         \
        BIDE_END;                                                                                  \
    }
#define embeds_FRAME(ROW) PARENT_ROWS(ROW, CHILD)
PARENT(embeds)
#define boxes_FRAME(ROW) PARENT_ROWS(ROW, BOXED)
PARENT(boxes)
#define joins_FRAME(ROW)                                                                           \
    ROW(PARAM, plan *, p)                                                                          \
    ROW(PARAM, bide_drop_order *, order)                                                           \
    ROW(LOCAL, int32_t, x)                                                                         \
    ROW(LOCAL, int32_t, y) ROW(JOIN, both, (worker, down), (bide_ready_int, n))
BIDE_ASYNC(int32_t, joins)
{
    BIDE_BEGIN(joins);
    BIDE_AWAIT_JOIN(both, (worker, down, f->x, WORKER_ARGS(f->p, f->order)),
                    (bide_ready_int, n, f->y, (1)));
    BIDE_RETURN(f->x);
    BIDE_END;
}

/* ---- a life in each place ----------------------------------------------------------------- */

enum { STATIC_INIT, STATIC_START, BOX_INIT, BOX_START, IN_PARENT, IN_PARENT_BOX, IN_JOIN, PLACES };

typedef struct life {
    stage s;
    bide_drop_order order;
    plan plans[3];
    int place;
    bool live;     /* there is a future */
    bool in_place; /* in `room`, not in the box */
    bide_box box;
    const bide_type *type;
    union {
        struct worker worker;
        struct embeds embeds;
        struct boxes boxes;
        struct joins joins;
    } room;
    int32_t out;
} life;

/* Makes the future and polls it once. */
static bide_poll life_begin(life *l)
{
    bide_droppable a = bide_droppable_make(&l->order, "arg");
    bide_droppable b = bide_droppable_make(&l->order, "ignored");
    bide_context *cx = &l->s.cx;
    l->in_place = l->place != BOX_INIT && l->place != BOX_START;
    l->type = &worker_type;
    switch (l->place) {
    case STATIC_INIT:
        worker_init(&l->room.worker, a, b, l->plans, &l->order);
        return worker_poll(&l->room.worker, cx, &l->out);
    case STATIC_START:
        return worker_start(&l->room.worker, a, b, l->plans, &l->order, cx, &l->out);
    case BOX_INIT: {
        bide_poll r = BIDE_BOX(worker, &l->box, cx->allocator, (a, b, l->plans, &l->order));
        return r == BIDE_READY ? bide_box_poll(&l->box, cx, &l->out) : r;
    }
    case BOX_START:
        return worker_start_box(&l->box, a, b, l->plans, &l->order, NULL, cx, &l->out);
    case IN_PARENT:
        l->type = &embeds_type;
        return embeds_start(&l->room.embeds, l->plans, &l->order, cx, &l->out);
    case IN_PARENT_BOX:
        l->type = &boxes_type;
        return boxes_start(&l->room.boxes, l->plans, &l->order, cx, &l->out);
    default:
        l->type = &joins_type;
        return joins_start(&l->room.joins, l->plans, &l->order, cx, &l->out);
    }
}

static void life_open(life *l, int place, int pend, bide_allocator *allocator)
{
    static const char *const names[] = {"one", "two", "three"};
    memset(l, 0, sizeof *l);
    stage_open(&l->s, allocator);
    bide_drop_order_init(&l->order);
    l->place = place;
    for (int i = 0; i < 3; i++)
        l->plans[i] = (plan){.pend = pend, .order = &l->order, .name = names[i], .value = i};
}

/* Polls up to k times in all, then drops. The code of the last poll. */
static bide_poll life_run(life *l, int k)
{
    bide_poll r = life_begin(l);
    for (int i = 1; i < k && r == BIDE_PENDING; i++)
        r = l->in_place ? l->type->poll(&l->room, &l->s.cx, &l->out)
                        : bide_box_poll(&l->box, &l->s.cx, &l->out);
    if (r == BIDE_PENDING) {
        if (l->in_place)
            l->type->drop(&l->room);
        else
            bide_box_drop(&l->box);
    }
    return r;
}

static void I09_I12_drop_order_equals_static_after_every_number_of_polls(void **state)
{
    (void)state;
    for (int pend = 1; pend < 3; pend++) {
        for (int code = 0; code >= -3; code -= 3) {
            for (int k = 1; k < 10; k++) {
                char expected[BIDE_TESTING_TEXT] = "";
                bide_poll result = BIDE_PENDING;
                for (int place = 0; place < PLACES; place++) {
                    life l;
                    bide_poll r;
                    life_open(&l, place, pend, NULL);
                    l.plans[2].code = code;
                    r = life_run(&l, k);
                    if (place == 0) {
                        result = r;
                        strcpy(expected, bide_drop_order_text(&l.order));
                    }
                    assert_int_equal(r, result);
                    assert_string_equal(bide_drop_order_text(&l.order), expected);
                    stage_close(&l.s);
                }
            }
        }
    }
}

/* The orders themselves, for leaves that pend once: the two waits, then the box's. The loop's
 * second round of the movable leaf pends no more. */
static void I12_drop_mid_suspend(void **state)
{
    static const char *const texts[] = {
        "one r1 ignored arg",
        "two r2 r1 ignored arg",
        "three r3 r2 r1 ignored arg",
        "r3 r2 r1 ignored arg",
    };
    (void)state;
    for (int place = 0; place < PLACES; place++) {
        for (int k = 1; k <= 4; k++) {
            life l;
            life_open(&l, place, 1, NULL);
            assert_int_equal(life_run(&l, k), k < 4 ? BIDE_PENDING : BIDE_READY);
            assert_string_equal(bide_drop_order_text(&l.order), texts[k - 1]);
            stage_close(&l.s);
        }
    }
}

/* Before the first poll nothing has run: no cleanup, the arguments only; twice is once. */
static void I08_drop_unpolled_destroys_args(void **state)
{
    stage s;
    bide_drop_order order;
    plan plans[3] = {{0}, {0}, {0}};
    struct worker frame;
    bide_box box = BIDE_BOX_EMPTY;
    (void)state;
    TEST_BREAKS("was dropped twice");
    stage_open(&s, NULL);
    bide_drop_order_init(&order);
    memset(&frame, 0x5a, sizeof frame); /* a cleanup that ran would crash */
    worker_init(&frame, bide_droppable_make(&order, "arg"), bide_droppable_make(&order, "ignored"),
                plans, &order);
    worker_drop(&frame);
    worker_drop(&frame);
    assert_string_equal(bide_drop_order_text(&order), "ignored arg");
    bide_drop_order_init(&order);
    assert_int_equal(BIDE_BOX(worker, &box, &s.counter.base, WORKER_ARGS(plans, &order)),
                     BIDE_READY);
    bide_box_drop(&box);
    bide_box_drop(&box);
    assert_string_equal(bide_drop_order_text(&order), "ignored arg");
    assert_int_equal(plans[0].polls + plans[0].drops, 0);
    stage_close(&s);
}

/* An argument that the body never names lives as long as the body. */
static void I10_unnamed_arg_lives_to_end(void **state)
{
    life l;
    bide_poll r;
    (void)state;
    life_open(&l, STATIC_INIT, 1, NULL);
    r = life_begin(&l);
    while (r == BIDE_PENDING) {
        assert_string_equal(bide_drop_order_text(&l.order), "");
        r = worker_poll(&l.room.worker, &l.s.cx, &l.out);
    }
    assert_string_equal(bide_drop_order_text(&l.order), "r3 r2 r1 ignored arg");
    stage_close(&l.s);
}

/* ---- outputs ------------------------------------------------------------------------------ */

/* A child's output that the parent has got belongs to the parent's cleanup; one that was not
 * written leaves zero there. */
#define gives_FRAME(ROW)                                                                           \
    ROW(PARAM, bide_drop_order *, order) ROW(PARAM, plan *, p) ROW(CHILD, leaf, wait)
BIDE_ASYNC(bide_droppable, gives)
{
    BIDE_BEGIN(gives);
    BIDE_AWAIT(leaf, wait, (f->p));
    BIDE_RETURN(bide_droppable_make(f->order, "output"));
    BIDE_END;
}
#define takes_FRAME(ROW)                                                                           \
    ROW(PARAM, bide_drop_order *, order)                                                           \
    ROW(PARAM, plan *, p)                                                                          \
    ROW(LOCAL, bide_droppable, got)                                                                \
    ROW(LOCAL, bide_droppable, other) ROW(JOIN, both, (gives, a), (gives, b))
BIDE_ASYNC(bide_droppable, takes)
{
    BIDE_BEGIN(takes);
    BIDE_AWAIT_JOIN(both, (gives, a, f->got, (f->order, f->p)),
                    (gives, b, f->other, (f->order, f->p + 1)));
    free_one(f->other);
    f->other.order = NULL;
    BIDE_RETURN(f->got);
BIDE_CLEANUP:
    if (bide_drop_order_text(f->order)[0] == '\0') { /* not returned */
        free_one(f->got);
        free_one(f->other);
    }
    BIDE_END;
}

static void I13_I14_outputs_are_released_once(void **state)
{
    stage s;
    (void)state;
    stage_open(&s, NULL);
    for (int k = 1; k < 4; k++) {
        bide_drop_order order;
        plan plans[2] = {{.pend = 1}, {.pend = 2}};
        struct takes frame;
        bide_droppable out = {NULL, NULL};
        bide_poll r = BIDE_PENDING;
        bide_drop_order_init(&order);
        takes_init(&frame, &order, plans);
        for (int i = 0; i < k; i++)
            r = takes_poll(&frame, &s.cx, &out);
        assert_int_equal(r, k < 3 ? BIDE_PENDING : BIDE_READY);
        takes_drop(&frame);
        /* k = 1: no output yet; 2: the first one, uncollected; 3: one collected, one released */
        assert_string_equal(bide_drop_order_text(&order), k == 1 ? "" : "output");
        assert_true((out.order == &order) == (k == 3));
    }
    stage_close(&s);
}

/* ---- failures ----------------------------------------------------------------------------- */

/* P16: what was built so far is released in reverse; what was not reached is zero. */
static void P16_failure_at_each_await(void **state)
{
    static const char *const texts[] = {"r1 ignored arg", "r2 r1 ignored arg",
                                        "r3 r2 r1 ignored arg"};
    (void)state;
    for (int place = 0; place < PLACES; place++) {
        for (int which = 0; which < 3; which++) {
            for (int pend = 0; pend < 2; pend++) {
                life l;
                life_open(&l, place, pend, NULL);
                l.plans[which].code = BIDE_ECANCELED;
                assert_int_equal(life_run(&l, 100), BIDE_ECANCELED);
                assert_string_equal(bide_drop_order_text(&l.order), texts[which]);
                stage_close(&l.s);
            }
        }
    }
}

static bide_poll scenario(bide_allocator *allocator)
{
    for (int place = 0; place < PLACES; place++) {
        life l;
        bide_poll r;
        const char *text;
        life_open(&l, place, 1, allocator);
        r = life_run(&l, 100);
        text = bide_drop_order_text(&l.order);
        stage_close(&l.s);
        /* Whatever happened, both arguments came back, in order and at the end. */
        assert_true(l.order.length >= 11);
        assert_string_equal(text + l.order.length - 11, "ignored arg");
        if (r != BIDE_READY)
            return r;
        assert_string_equal(text, "r3 r2 r1 ignored arg");
    }
    return BIDE_READY;
}
TEST_EVERY_FAILURE(P32_every_allocation_failing, scenario)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(I09_I12_drop_order_equals_static_after_every_number_of_polls),
        cmocka_unit_test(I12_drop_mid_suspend),
        cmocka_unit_test(I08_drop_unpolled_destroys_args),
        cmocka_unit_test(I10_unnamed_arg_lives_to_end),
        cmocka_unit_test(I13_I14_outputs_are_released_once),
        cmocka_unit_test(P16_failure_at_each_await),
        cmocka_unit_test(P32_every_allocation_failing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
