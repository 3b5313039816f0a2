/*
 * Futures by hand: movable, pinned, and pinned with a look before they park; who takes memory when,
 * and who releases what is owned.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "async_support.h"

#define free_one(value) bide_droppable_release(&(value))

typedef struct counted {
    int refs;
} counted;

static counted *counted_retain(counted *c)
{
    c->refs++;
    return c;
}

static void counted_release(counted *c)
{
    c->refs--;
}

/* Three leaves that own an argument and hold a counted object. */
#define OWNING_ROWS(ROW)                                                                           \
    ROW(OWNED, bide_droppable, arg, free_one)                                                      \
    ROW(PARAM, plan *, p)                                                                          \
    ROW(COUNTED, counted *, self, counted_retain, counted_release) ROW(LOCAL, bool, over)
#define OWNING(F)                                                                                  \
    bide_poll F##_poll(struct F *f, bide_context *cx, int32_t *out)                                \
    {                                                                                              \
        bide_poll r = plan_poll(f->p, &f->over, cx, out);                                          \
        if (r != BIDE_PENDING && r != BIDE_EMISUSE)                                                \
            F##_bide_release(f);                                                                   \
        return r;                                                                                  \
    }                                                                                              \
    void F##_drop(struct F *f)                                                                     \
    {                                                                                              \
        if (f->over)                                                                               \
            return;                                                                                \
        plan_drop(f->p, &f->over);                                                                 \
        F##_bide_release(f);                                                                       \
    }
#define pinned_FRAME(ROW) OWNING_ROWS(ROW)
BIDE_FUTURE(int32_t, pinned)
OWNING(pinned)
#define movable_FRAME(ROW) ROW(TRAITS, BIDE_UNPIN) OWNING_ROWS(ROW)
BIDE_FUTURE(int32_t, movable)
OWNING(movable)
#define look(f, cx, out) plan_try((f)->p, cx, out)
#define looks_FRAME(ROW) OWNING_ROWS(ROW) ROW(TRY, look)
BIDE_FUTURE(int32_t, looks)
OWNING(looks)

/* ---- a life by start_box ------------------------------------------------------------------ */

enum { PINNED, MOVABLE, LOOKS, KINDS };

typedef struct life {
    stage s;
    bide_drop_order order;
    plan p;
    counted c;
    bide_box box;
    int32_t out;
} life;

static bide_poll life_start(life *l, int kind, int pend, bide_poll code, bide_allocator *upstream)
{
    bide_droppable arg;
    memset(l, 0, sizeof *l);
    stage_open(&l->s, upstream);
    bide_drop_order_init(&l->order);
    arg = bide_droppable_make(&l->order, "arg");
    l->p = (plan){.pend = pend, .code = code, .value = 5, .order = &l->order, .name = "leaf"};
    l->c.refs = 1;
    switch (kind) {
    case PINNED:
        return pinned_start_box(&l->box, arg, &l->p, &l->c, NULL, &l->s.cx, &l->out);
    case MOVABLE:
        return movable_start_box(&l->box, arg, &l->p, &l->c, NULL, &l->s.cx, &l->out);
    default:
        return looks_start_box(&l->box, arg, &l->p, &l->c, NULL, &l->s.cx, &l->out);
    }
}

static void memory_is_taken_only_to_wait_or_by_a_blind_pinned_leaf(void **state)
{
    (void)state;
    for (int kind = 0; kind < KINDS; kind++) {
        for (int pend = 0; pend < 3; pend++) {
            life l;
            bide_poll r = life_start(&l, kind, pend, 0, NULL);
            assert_int_equal(r, pend ? BIDE_PENDING : BIDE_READY);
            assert_int_equal(l.s.counter.allocs, pend || kind == PINNED);
            assert_int_equal(l.s.counter.live, pend > 0);
            if (r == BIDE_PENDING)
                r = drive_box(&l.box, &l.s.cx, &l.out);
            assert_int_equal(r, BIDE_READY);
            assert_int_equal(l.out, 5);
            assert_int_equal(l.p.polls, pend + 1);
            assert_string_equal(bide_drop_order_text(&l.order), "arg");
            assert_int_equal(l.c.refs, 1);
            stage_close(&l.s);
        }
    }
}

static void F08_a_failing_leaf_has_finished(void **state)
{
    (void)state;
    for (int kind = 0; kind < KINDS; kind++) {
        for (int pend = 0; pend < 2; pend++) {
            life l;
            bide_poll r = life_start(&l, kind, pend, BIDE_EFOREIGN, NULL);
            if (r == BIDE_PENDING)
                r = bide_box_poll(&l.box, &l.s.cx, &l.out);
            assert_int_equal(r, BIDE_EFOREIGN);
            assert_int_equal(l.out, 0);
            assert_int_equal(l.p.drops, 0);
            assert_string_equal(bide_drop_order_text(&l.order), "arg");
            assert_int_equal(l.c.refs, 1);
            stage_close(&l.s);
        }
    }
}

static void F06_drop_pending(void **state)
{
    (void)state;
    for (int kind = 0; kind < KINDS; kind++) {
        life l;
        assert_int_equal(life_start(&l, kind, 1, 0, NULL), BIDE_PENDING);
        assert_int_equal(l.c.refs, 2);
        bide_box_drop(&l.box);
        assert_string_equal(bide_drop_order_text(&l.order), "leaf arg");
        assert_int_equal(l.c.refs, 1);
        stage_close(&l.s);
    }
}

/* No memory to wait in: a movable leaf was polled and is dropped, the others never began. */
static void no_memory_to_wait_in(void **state)
{
    (void)state;
    for (int kind = 0; kind < KINDS; kind++) {
        bide_failing_allocator none;
        life l;
        bide_failing_allocator_init(&none, bide_heap(), 1, true);
        assert_int_equal(life_start(&l, kind, 1, 0, &none.base), BIDE_ENOMEM);
        assert_int_equal(l.p.polls, kind == MOVABLE);
        assert_string_equal(bide_drop_order_text(&l.order), kind == MOVABLE ? "leaf arg" : "arg");
        assert_int_equal(l.c.refs, 1);
        assert_int_equal(none.failures, 1);
        stage_close(&l.s);
    }
}

/* ---- embedded ----------------------------------------------------------------------------- */

static void F05_drop_unpolled_embedded(void **state)
{
    bide_drop_order order;
    counted c = {1};
    plan p = {.order = &order, .name = "leaf"};
    struct pinned frame;
    (void)state;
    bide_drop_order_init(&order);
    pinned_init(&frame, bide_droppable_make(&order, "arg"), &p, &c);
    assert_int_equal(c.refs, 2);
    pinned_drop(&frame);
    assert_int_equal(c.refs, 1);
    pinned_drop(&frame);
    assert_int_equal(c.refs, 1);
    assert_string_equal(bide_drop_order_text(&order), "leaf arg");
    /* What never began has nothing but its arguments. */
    bide_drop_order_init(&order);
    pinned_discard(bide_droppable_make(&order, "arg"), &p, &c);
    assert_string_equal(bide_drop_order_text(&order), "arg");
    assert_int_equal(c.refs, 1);
}

static void start_of_an_embedded_frame_allocates_nothing(void **state)
{
    stage s;
    bide_drop_order order;
    counted c = {1};
    (void)state;
    stage_open(&s, NULL);
    for (int pend = 0; pend < 2; pend++) {
        plan p = {.pend = pend, .value = 3};
        struct pinned frame;
        int32_t out = 0;
        bide_poll r;
        bide_drop_order_init(&order);
        r = pinned_start(&frame, bide_droppable_make(&order, "arg"), &p, &c, &s.cx, &out);
        assert_int_equal(r, pend ? BIDE_PENDING : BIDE_READY);
        if (r == BIDE_PENDING)
            r = drive(&pinned_type, &frame, &s.cx, &out);
        assert_int_equal(out, 3);
        assert_string_equal(bide_drop_order_text(&order), "arg");
    }
    assert_int_equal(s.counter.allocs, 0);
    stage_close(&s);
}

/* A movable frame may be moved between polls. */
static void an_unpin_frame_survives_moves(void **state)
{
    stage s;
    struct bide_pending_times at[8];
    bide_poll r = BIDE_PENDING;
    int polls = 0;
    (void)state;
    stage_open(&s, NULL);
    assert_true((bide_pending_times_type.flags & BIDE_UNPIN) != 0);
    bide_pending_times_init(&at[0], 6);
    for (int i = 0; i < 7; i++) {
        r = bide_pending_times_poll(&at[i], &s.cx, NULL);
        at[i + 1] = at[i];
        memset(&at[i], 0xee, sizeof at[i]);
        polls++;
    }
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(polls, 7);
    stage_close(&s);
}

/* A leaf's record: no state word, no trace. */
static void the_record_of_a_leaf(void **state)
{
    (void)state;
    assert_int_equal(pinned_type.flags, 0);
    assert_int_equal(movable_type.flags, BIDE_UNPIN);
    assert_null(pinned_type.trace);
    assert_null(pinned_type.cancel);
    assert_string_equal(looks_type.name, "looks");
    assert_int_equal(looks_type.frame_size, sizeof(struct looks));
    assert_int_equal(looks_type.frame_align, _Alignof(struct looks));
    assert_int_equal(looks_type.box_offset, sizeof(void *));
    assert_int_equal(looks_type.reserved, 0);
}

/* Through the record: what a caller does that knows no type. */
static void a_leaf_through_its_record(void **state)
{
    stage s;
    plan p = {.pend = 3, .value = 8};
    struct leaf frame;
    int32_t out = 0;
    (void)state;
    TEST_BREAKS("was polled after completion");
    stage_open(&s, NULL);
    leaf_init(&frame, &p);
    assert_int_equal(drive(&leaf_type, &frame, &s.cx, &out), BIDE_READY);
    assert_int_equal(out, 8);
    assert_int_equal(leaf_type.poll(&frame, &s.cx, &out), BIDE_EMISUSE);
    leaf_type.drop(&frame);
    assert_int_equal(p.drops, 0);
    stage_close(&s);
}

static bide_poll scenario(bide_allocator *allocator)
{
    bide_poll r = BIDE_READY;
    for (int kind = 0; kind < KINDS && r == BIDE_READY; kind++) {
        life l;
        r = life_start(&l, kind, 2, 0, allocator);
        if (r == BIDE_PENDING)
            r = drive_box(&l.box, &l.s.cx, &l.out);
        assert_int_equal(l.c.refs, 1);
        stage_close(&l.s);
    }
    return r;
}
TEST_EVERY_FAILURE(P32_every_allocation_failing, scenario)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_taken_only_to_wait_or_by_a_blind_pinned_leaf),
        cmocka_unit_test(F08_a_failing_leaf_has_finished),
        cmocka_unit_test(F06_drop_pending),
        cmocka_unit_test(no_memory_to_wait_in),
        cmocka_unit_test(F05_drop_unpolled_embedded),
        cmocka_unit_test(start_of_an_embedded_frame_allocates_nothing),
        cmocka_unit_test(an_unpin_frame_survives_moves),
        cmocka_unit_test(the_record_of_a_leaf),
        cmocka_unit_test(a_leaf_through_its_record),
        cmocka_unit_test(P32_every_allocation_failing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
