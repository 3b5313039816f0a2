/*
 * Boxes: empty, polled, moved, dropped here or on another thread, refused by a full pool; what they
 * ask of their allocator.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "async_support.h"

#include <bide/alloc_arena.h>
#include <bide/alloc_pool.h>
#include <bide/alloc_slab.h>

#include <pthread.h>

#define free_one(value) bide_droppable_release(&(value))

#define holder_FRAME(ROW)                                                                          \
    ROW(TRAITS, BIDE_SEND)                                                                         \
    ROW(OWNED, bide_droppable, arg, free_one)                                                      \
    ROW(PARAM, uint32_t, n) ROW(CHILD, bide_pending_times, wait)
BIDE_ASYNC(int32_t, holder)
{
    BIDE_BEGIN(holder);
    BIDE_AWAIT(bide_pending_times, wait, (f->n));
    BIDE_RETURN((int32_t)f->n);
    BIDE_END;
}

/* The same without a promise. */
#define stays_FRAME(ROW) ROW(CHILD, bide_pending_once, wait)
BIDE_ASYNC(void, stays)
{
    BIDE_BEGIN(stays);
    BIDE_AWAIT(bide_pending_once, wait, ());
    BIDE_END;
}

/* ---- life --------------------------------------------------------------------------------- */

static void an_empty_box(void **state)
{
    stage s;
    bide_box box = BIDE_BOX_EMPTY, taken;
    (void)state;
    TEST_BREAKS("an empty box was polled");
    stage_open(&s, NULL);
    assert_true(bide_box_is_empty(&box));
    assert_true(bide_box_is_send(&box));
    assert_int_equal(bide_box_poll(&box, &s.cx, NULL), BIDE_EMISUSE);
    bide_box_drop(&box);
    taken = bide_box_take(&box);
    assert_true(bide_box_is_empty(&taken));
    stage_close(&s);
}

static void the_end_comes_before_it_is_told(void **state)
{
    stage s;
    bide_drop_order order;
    bide_box box = BIDE_BOX_EMPTY;
    int32_t out = 0;
    (void)state;
    TEST_BREAKS("an empty box was polled");
    stage_open(&s, NULL);
    bide_drop_order_init(&order);
    assert_int_equal(
        BIDE_BOX(holder, &box, &s.counter.base, (bide_droppable_make(&order, "arg"), 1)),
        BIDE_READY);
    assert_int_equal(s.counter.live, 1);
    assert_int_equal(bide_box_poll(&box, &s.cx, &out), BIDE_PENDING);
    assert_int_equal(order.count, 0);
    assert_int_equal(bide_box_poll(&box, &s.cx, &out), BIDE_READY);
    assert_int_equal(s.counter.live, 0);
    assert_int_equal(order.count, 1);
    assert_true(bide_box_is_empty(&box));
    assert_int_equal(bide_box_poll(&box, &s.cx, &out), BIDE_EMISUSE);
    bide_box_drop(&box);
    assert_int_equal(order.count, 1);
    stage_close(&s);
}

static void a_box_moves_between_polls_its_frame_does_not(void **state)
{
    stage s;
    bide_drop_order order;
    bide_box boxes[12] = {BIDE_BOX_EMPTY};
    void *frame;
    int32_t out = 0;
    bide_poll r = BIDE_PENDING;
    (void)state;
    stage_open(&s, NULL);
    bide_drop_order_init(&order);
    assert_int_equal(
        holder_start_box(&boxes[0], bide_droppable_make(&order, "arg"), 10, NULL, &s.cx, &out),
        BIDE_PENDING);
    frame = boxes[0].frame;
    for (int i = 0; i < 10; i++) {
        boxes[i + 1] = bide_box_take(&boxes[i]);
        assert_true(bide_box_is_empty(&boxes[i]));
        assert_ptr_equal(boxes[i + 1].frame, frame);
        r = bide_box_poll(&boxes[i + 1], &s.cx, &out);
        assert_int_equal(r, i < 9 ? BIDE_PENDING : BIDE_READY);
    }
    assert_int_equal(out, 10);
    stage_close(&s);
}

/* P29: who puts a new future into a box that holds one drops the old one first. */
static void P29_set_while_pending_destroys_old_first(void **state)
{
    stage s;
    bide_drop_order order;
    bide_box box = BIDE_BOX_EMPTY;
    int32_t out = 0;
    (void)state;
    stage_open(&s, NULL);
    bide_drop_order_init(&order);
    for (int i = 0; i < 2; i++) {
        bide_box_drop(&box);
        assert_int_equal(holder_start_box(&box, bide_droppable_make(&order, i ? "new" : "old"), 1,
                                          NULL, &s.cx, &out),
                         BIDE_PENDING);
        assert_string_equal(bide_drop_order_text(&order), i ? "old" : "");
        assert_int_equal(s.counter.live, 1);
    }
    bide_box_drop(&box);
    assert_string_equal(bide_drop_order_text(&order), "old new");
    stage_close(&s);
}

/* P25, P05: ten thousand lives, each ended at another point. */
static void P25_stress_10000(void **state)
{
    stage s;
    bide_drop_order order;
    (void)state;
    stage_open(&s, NULL);
    bide_drop_order_init(&order);
    for (uint32_t i = 0; i < 10000; i++) {
        bide_box box = BIDE_BOX_EMPTY;
        int32_t out = 0;
        bide_poll r =
            BIDE_BOX(holder, &box, &s.counter.base, (bide_droppable_make(&order, "x"), i % 5));
        assert_int_equal(r, BIDE_READY);
        for (uint32_t k = 0; k < i % 7 && !bide_box_is_empty(&box); k++)
            r = bide_box_poll(&box, &s.cx, &out);
        bide_box_drop(&box);
        if (order.count != i + 1)
            fail_msg("life %u: %u releases", i, order.count);
    }
    assert_int_equal(s.counter.allocs, 10000);
    stage_close(&s);
}

/* ---- refusal ------------------------------------------------------------------------------ */

static void P02_a_full_pool_says_busy_and_the_arguments_are_released(void **state)
{
    static _Alignas(16) unsigned char
        memory[BIDE_POOL_BYTES(BIDE_FRAME_BYTES(holder), BIDE_FRAME_ALIGN(holder), 2)];
    bide_pool pool;
    stage s;
    bide_drop_order order;
    bide_box boxes[3] = {BIDE_BOX_EMPTY, BIDE_BOX_EMPTY, BIDE_BOX_EMPTY};
    int32_t out = 0;
    (void)state;
    assert_int_equal(bide_pool_init(&pool, memory, sizeof memory, BIDE_FRAME_BYTES(holder),
                                    BIDE_FRAME_ALIGN(holder), NULL),
                     BIDE_READY);
    stage_open(&s, NULL);
    bide_drop_order_init(&order);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 3; i++)
            assert_int_equal(BIDE_BOX(holder, &boxes[i], &pool.base,
                                      (bide_droppable_make(&order, i < 2 ? "in" : "out"), 1)),
                             i < 2 ? BIDE_READY : BIDE_EBUSY);
        assert_true(bide_box_is_empty(&boxes[2]));
        assert_string_equal(bide_drop_order_text(&order), round ? "out in in out" : "out");
        /* Room again as soon as one has ended, and not before. */
        assert_int_equal(drive_box(&boxes[0], &s.cx, &out), BIDE_READY);
        bide_box_drop(&boxes[1]);
        assert_int_equal(bide_pool_in_use(&pool), 0);
    }
    assert_int_equal(s.counter.allocs, 0);
    assert_int_equal(bide_pool_deinit(&pool), BIDE_READY);
    stage_close(&s);
}

/* A pool whose blocks are one byte short tells so at the first box. */
static void P02_one_byte_short(void **state)
{
    static _Alignas(16) unsigned char memory[4096];
    const size_t bytes = bide_box_bytes(&holder_type), align = bide_box_align(&holder_type);
    (void)state;
    for (size_t less = 0; less < 2; less++) {
        bide_pool pool;
        bide_drop_order order;
        bide_box box = BIDE_BOX_EMPTY;
        bide_poll r;
        bide_drop_order_init(&order);
        assert_int_equal(bide_pool_init(&pool, memory, sizeof memory, bytes - less, align, NULL),
                         BIDE_READY);
        r = BIDE_BOX(holder, &box, &pool.base, (bide_droppable_make(&order, "arg"), 1));
        assert_int_equal(r, less ? BIDE_EBUSY : BIDE_READY);
        assert_int_equal(order.count, less);
        bide_box_drop(&box);
        assert_int_equal(order.count, 1);
        assert_int_equal(bide_pool_deinit(&pool), BIDE_READY);
    }
}

/* P22: what was refused in one place still runs in another. */
static void P22_refused_here_runs_elsewhere(void **state)
{
    bide_failing_allocator none;
    stage s;
    bide_box box = BIDE_BOX_EMPTY;
    (void)state;
    stage_open(&s, NULL);
    bide_failing_allocator_init(&none, bide_heap(), 1, true);
    assert_int_equal(bide_box_reserve(&box, &stays_type, &none.base), BIDE_ENOMEM);
    assert_true(bide_box_is_empty(&box));
    assert_int_equal(bide_box_reserve(&box, &stays_type, &s.counter.base), BIDE_READY);
    stays_init(box.frame);
    assert_int_equal(drive_box(&box, &s.cx, NULL), BIDE_READY);
    /* Reserved and not used. */
    assert_int_equal(bide_box_reserve(&box, &stays_type, &s.counter.base), BIDE_READY);
    bide_box_release(&box);
    assert_true(bide_box_is_empty(&box));
    /* No allocator at all is no crash. */
    assert_int_equal(bide_box_reserve(&box, &stays_type, NULL), BIDE_ENOMEM);
    stage_close(&s);
}

/* ---- sizes -------------------------------------------------------------------------------- */

static void what_a_box_asks_for_is_what_its_type_says(void **state)
{
    stage s;
    bide_drop_order order;
    bide_box box = BIDE_BOX_EMPTY;
    int32_t out = 0;
    (void)state;
    stage_open(&s, NULL);
    bide_drop_order_init(&order);
    assert_int_equal(BIDE_FRAME_BYTES(holder), bide_box_bytes(&holder_type));
    assert_int_equal(BIDE_FRAME_ALIGN(holder), bide_box_align(&holder_type));
    assert_int_equal(
        holder_start_box(&box, bide_droppable_make(&order, "arg"), 1, NULL, &s.cx, &out),
        BIDE_PENDING);
    assert_int_equal(s.counter.last_bytes, BIDE_FRAME_BYTES(holder));
    assert_int_equal(s.counter.last_align, BIDE_FRAME_ALIGN(holder));
    bide_box_drop(&box);
    assert_true(BIDE_LARGEST_FRAME(holder, stays) >= BIDE_FRAME_BYTES(holder));
    assert_true(BIDE_LARGEST_FRAME(stays, holder) >= BIDE_FRAME_BYTES(stays));
    assert_int_equal(BIDE_LARGEST_FRAME(stays), BIDE_FRAME_BYTES(stays) + 0u);
    stage_close(&s);
}

/* ---- threads ------------------------------------------------------------------------------ */

static void send_is_type_and_allocator(void **state)
{
    static _Alignas(16) unsigned char memory[1024];
    bide_arena arena;
    bide_slab slab;
    stage s;
    bide_drop_order order;
    bide_box box = BIDE_BOX_EMPTY;
    (void)state;
    stage_open(&s, NULL);
    bide_drop_order_init(&order);
    bide_arena_init(&arena, memory, 512, NULL);
    bide_slab_init(&slab, memory + 512, 512, NULL, NULL);
    for (int i = 0; i < 3; i++) {
        bide_allocator *const from[] = {bide_heap(), &arena.base, &slab.base};
        if (i == 2)
            bide_slab_enter(&slab);
        assert_int_equal(BIDE_BOX(holder, &box, from[i], (bide_droppable_make(&order, "a"), 1)),
                         BIDE_READY);
        assert_int_equal(bide_box_is_send(&box), i != 1);
        bide_box_drop(&box);
        assert_int_equal(BIDE_BOX(stays, &box, from[i], ()), BIDE_READY);
        assert_false(bide_box_is_send(&box));
        bide_box_drop(&box);
    }
    bide_slab_leave(&slab);
    bide_slab_retire(&slab);
    assert_int_equal(bide_arena_deinit(&arena), BIDE_READY);
    stage_close(&s);
}

static void *drop_it(void *arg)
{
    bide_box_drop(arg);
    return NULL;
}

static void *finish_it(void *arg)
{
    stage s;
    int32_t out = 0;
    stage_open(&s, NULL);
    if (drive_box(arg, &s.cx, &out) != BIDE_READY || out != 3)
        fail_msg("the box ends with %d", (int)out);
    stage_close(&s);
    return NULL;
}

/* P36: begun here, ended there; the memory goes back to who gave it. */
static void P36_cross_thread_free(void **state)
{
    static _Alignas(16) unsigned char memory[4096];
    bide_slab slab;
    stage s;
    (void)state;
    stage_open(&s, NULL);
    bide_slab_init(&slab, memory, sizeof memory, NULL, NULL);
    for (int i = 0; i < 200; i++) {
        bide_allocator *from = i % 2 ? &slab.base : &s.counter.base;
        bide_drop_order order;
        bide_box box = BIDE_BOX_EMPTY;
        pthread_t thread;
        int32_t out = 0;
        bide_drop_order_init(&order);
        bide_slab_enter(&slab);
        assert_int_equal(
            holder_start_box(&box, bide_droppable_make(&order, "arg"), 3, from, &s.cx, &out),
            BIDE_PENDING);
        bide_slab_leave(&slab);
        assert_true(bide_box_is_send(&box));
        assert_int_equal(pthread_create(&thread, NULL, i % 4 < 2 ? drop_it : finish_it, &box), 0);
        pthread_join(thread, NULL);
        assert_true(bide_box_is_empty(&box));
        assert_string_equal(bide_drop_order_text(&order), "arg");
    }
    assert_int_equal(s.counter.allocs, 100);
    assert_int_equal(bide_slab_live(&slab), 0);
    bide_slab_retire(&slab);
    stage_close(&s);
}

/* ---- constant stack ----------------------------------------------------------------------- */

static uintptr_t lowest, highest;

static void note_stack(void)
{
    uintptr_t at = test_stack_pointer();
    if (at < lowest)
        lowest = at;
    if (at > highest)
        highest = at;
}

#define ready_FRAME(ROW) ROW(PARAM, int32_t, v)
BIDE_ASYNC(int32_t, ready)
{
    BIDE_BEGIN(ready);
    note_stack();
    BIDE_RETURN(f->v);
    BIDE_END;
}
#define many_FRAME(ROW)                                                                            \
    ROW(PARAM, int32_t, n)                                                                         \
    ROW(LOCAL, int32_t, i)                                                                         \
    ROW(LOCAL, int32_t, x) ROW(LOCAL, int64_t, sum) ROW(CHILD, ready, one) ROW(BOXED, ready, two)
BIDE_ASYNC(int64_t, many)
{
    BIDE_BEGIN(many);
    for (f->i = 0; f->i < f->n; f->i++) {
        BIDE_AWAIT_TO(f->x, ready, one, (f->i));
        f->sum += f->x;
        BIDE_AWAIT_TO_V(f->x, ready, two, (1));
        f->sum += f->x;
    }
    BIDE_RETURN(f->sum);
    BIDE_END;
}

static void a_hundred_thousand_synchronous_completions_use_constant_stack(void **state)
{
    stage s;
    struct many frame;
    int64_t out = 0;
    uintptr_t spread;
    (void)state;
    stage_open(&s, NULL);
    lowest = UINTPTR_MAX, highest = 0;
    assert_int_equal(many_start(&frame, 10, &s.cx, &out), BIDE_READY);
    spread = highest - lowest;
    assert_int_equal(many_start(&frame, 100000, &s.cx, &out), BIDE_READY);
    assert_int_equal(out, (int64_t)100000 * 99999 / 2 + 100000);
    /* Copies of the body differ by a few bytes; one frame each would be megabytes. */
    assert_true(highest - lowest < spread + 4096);
    assert_int_equal(s.counter.allocs, 0);
    stage_close(&s);
}

static bide_poll scenario(bide_allocator *allocator)
{
    stage s;
    bide_drop_order order;
    bide_box box = BIDE_BOX_EMPTY;
    int32_t out = 0;
    bide_poll r;
    stage_open(&s, allocator);
    bide_drop_order_init(&order);
    r = BIDE_BOX(holder, &box, &s.counter.base, (bide_droppable_make(&order, "arg"), 1));
    if (r == BIDE_READY)
        r = drive_box(&box, &s.cx, &out);
    assert_int_equal(order.count, 1);
    if (r == BIDE_READY)
        r = BIDE_BOX(stays, &box, &s.counter.base, ());
    bide_box_drop(&box);
    stage_close(&s);
    return r;
}
TEST_EVERY_FAILURE(P32_every_allocation_failing, scenario)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_box),
        cmocka_unit_test(the_end_comes_before_it_is_told),
        cmocka_unit_test(a_box_moves_between_polls_its_frame_does_not),
        cmocka_unit_test(P29_set_while_pending_destroys_old_first),
        cmocka_unit_test(P25_stress_10000),
        cmocka_unit_test(P02_a_full_pool_says_busy_and_the_arguments_are_released),
        cmocka_unit_test(P02_one_byte_short),
        cmocka_unit_test(P22_refused_here_runs_elsewhere),
        cmocka_unit_test(what_a_box_asks_for_is_what_its_type_says),
        cmocka_unit_test(send_is_type_and_allocator),
        cmocka_unit_test(P36_cross_thread_free),
        cmocka_unit_test(a_hundred_thousand_synchronous_completions_use_constant_stack),
        cmocka_unit_test(P32_every_allocation_failing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
