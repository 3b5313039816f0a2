/*
 * test_runtime.c: generated futures as executors and tools see them: their traces, what cancel and
 * drop leave behind, and what a ready path touches.
 */
#include "runtime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <bide/testing.h>

#include <cmocka.h>

bide_poll ticks_poll(struct ticks *f, bide_context *cx, int *out)
{
    if (f->polls++ < f->count) {
        bide_waker_wake_by_ref(cx->waker);
        return BIDE_PENDING;
    }
    *out = f->count;
    return BIDE_READY;
}
void ticks_drop(struct ticks *f)
{
    (void)f;
}
BIDE_FUTURE_DEFINE(int, ticks);

static bide_context context(bide_allocator *allocator)
{
    bide_context cx = {0};
    cx.size = (uint32_t)sizeof cx;
    cx.waker = bide_waker_noop();
    cx.allocator = allocator;
    return cx;
}

/* ---- traces ------------------------------------------------------------------------------- */

/* "name@place(child child)" of a tree, where place is the comment at that line of the source. */
typedef struct telling {
    bide_tracer base;
    char text[512];
} telling;

/* The word behind "at" in a line of the source. */
static void place_at(char *to, size_t room, uint32_t line)
{
    char text[256];
    FILE *source = fopen(RUNTIME_SOURCE, "r");
    char *at;
    assert_non_null(source);
    for (uint32_t i = 0; i < line; i++)
        assert_non_null(fgets(text, sizeof text, source));
    fclose(source);
    at = strstr(text, "/* at ");
    snprintf(to, room, "@%.*s", at ? (int)strcspn(at + 6, " ") : 1, at ? at + 6 : "?");
}

static void say(telling *t, const char *what)
{
    assert_true(strlen(t->text) + strlen(what) < sizeof t->text);
    strcat(t->text, what);
}

static void enter(bide_tracer *tracer, const bide_type *type, const void *frame, const char *file,
                  uint32_t line)
{
    telling *t = (telling *)(void *)tracer;
    size_t length = strlen(t->text);
    (void)frame;
    if (length && t->text[length - 1] == ')')
        say(t, " ");
    say(t, type->name);
    if (line) {
        char place[64];
        assert_non_null(strstr(file, "runtime.async.c"));
        place_at(place, sizeof place, line);
        say(t, place);
    }
    say(t, "(");
}

static void leave(bide_tracer *tracer)
{
    say((telling *)(void *)tracer, ")");
}

static void expect_trace(const bide_type *type, const void *frame, const char *expected)
{
    telling t = {.base = {.size = sizeof t.base, .enter = enter, .leave = leave}};
    type->trace(frame, &t.base);
    assert_string_equal(t.text, expected);
}

static void test_trace_of_a_chain(void **state)
{
    bide_context cx = context(NULL);
    struct chain f;
    int out;
    (void)state;
    chain_init(&f, 1);
    expect_trace(&chain_type, &f, "chain()");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(chain_poll(&f, &cx, &out), BIDE_PENDING);
        expect_trace(&chain_type, &f, "chain@chain(one@one(ticks()))");
    }
    assert_int_equal(chain_poll(&f, &cx, &out), BIDE_READY);
    assert_int_equal(out, 6);
    expect_trace(&chain_type, &f, "chain()");
}

static void test_trace_of_a_join(void **state)
{
    bide_context cx = context(NULL);
    struct both f;
    int out;
    (void)state;
    both_init(&f, 1);
    assert_int_equal(both_poll(&f, &cx, &out), BIDE_PENDING);
    expect_trace(&both_type, &f, "both@both(one@one(ticks()) chain@chain(one@one(ticks())))");
    assert_int_equal(both_poll(&f, &cx, &out), BIDE_PENDING);
    expect_trace(&both_type, &f, "both@both(chain@chain(one@one(ticks())))");
    both_drop(&f);
}

static void test_trace_through_boxes(void **state)
{
    bide_checking_allocator memory;
    bide_context cx;
    struct in_boxes f;
    int out;
    (void)state;
    bide_checking_allocator_init(&memory, bide_heap());
    cx = context(&memory.base);
    in_boxes_init(&f, 1);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(in_boxes_poll(&f, &cx, &out), BIDE_PENDING);
        expect_trace(&in_boxes_type, &f, "in_boxes@in_boxes(chain@chain(one@one(ticks())))");
    }
    assert_int_equal(in_boxes_poll(&f, &cx, &out), BIDE_PENDING);
    expect_trace(&in_boxes_type, &f, "in_boxes@left(one@one(ticks()))");
    in_boxes_drop(&f);
    assert_int_equal(bide_checking_allocator_finish(&memory), 0);
}

static void test_trace_through_an_interface(void **state)
{
    bide_context cx = context(NULL);
    Base base = {5};
    Adder adder = Base_as_Adder(&base, NULL);
    struct through f;
    int out;
    (void)state;
    through_init(&f, &adder, 1);
    assert_int_equal(through_poll(&f, &cx, &out), BIDE_PENDING);
    expect_trace(&through_type, &f, "through@through(Base_add@Base_add(one@one(ticks())))");
    assert_int_equal(through_poll(&f, &cx, &out), BIDE_READY);
    assert_int_equal(out, 5 + 3 + 1);
}

static void test_trace_of_a_waiting_cleanup(void **state)
{
    bide_context cx = context(NULL);
    struct closing f;
    int log = 0, out;
    (void)state;
    closing_init(&f, &log, 1);
    assert_int_equal(closing_poll(&f, &cx, &out), BIDE_PENDING);
    expect_trace(&closing_type, &f, "closing@closing(ticks())");
    assert_int_equal(closing_poll(&f, &cx, &out), BIDE_PENDING);
    expect_trace(&closing_type, &f, "closing@?(close_later@close_later(ticks()))");
    while (closing_poll(&f, &cx, &out) == BIDE_PENDING)
        ;
    assert_int_equal(log, 1111);
}

/* ---- cancel ------------------------------------------------------------------------------- */

static void test_cancel_by_hand(void **state)
{
    bide_context cx = context(NULL);
    struct closing f;
    int log = 0, out = -1, polls = 0;
    (void)state;
    closing_init(&f, &log, 3);
    assert_int_equal(closing_poll(&f, &cx, &out), BIDE_PENDING);
    assert_int_equal(log, 1);
    assert_int_equal(closing_type.cancel(&f, &cx), BIDE_PENDING);
    assert_int_equal(log, 11);
    assert_true(*(uint32_t *)(void *)&f & BIDE_STATE_CANCELING);
    assert_int_equal(closing_poll(&f, &cx, &out), BIDE_EMISUSE);
    while (closing_type.cancel(&f, &cx) == BIDE_PENDING)
        polls++;
    assert_int_equal(polls, 1);
    assert_int_equal(log, 111); /* not what stood behind the await */
    assert_int_equal(out, -1);
    assert_int_equal(closing_type.cancel(&f, &cx), BIDE_READY);
    assert_int_equal(closing_poll(&f, &cx, &out), BIDE_EMISUSE);
    assert_int_equal(log, 111);
}

/* Dropped all the same, it leaves the cleanup out and its memory in order. */
static void test_drop_while_canceling(void **state)
{
    bide_context cx = context(NULL);
    struct closing f;
    int log = 0, out;
    (void)state;
    closing_init(&f, &log, 3);
    assert_int_equal(closing_poll(&f, &cx, &out), BIDE_PENDING);
    assert_int_equal(closing_type.cancel(&f, &cx), BIDE_PENDING);
    BIDE_CHECK_DROP(closing, &f);
    assert_int_equal(log, 11);
    assert_int_equal(closing_poll(&f, &cx, &out), BIDE_EMISUSE);
    BIDE_CHECK_DROP(closing, &f);
}

static void test_cancel_before_the_first_poll(void **state)
{
    bide_context cx = context(NULL);
    struct closing f;
    int log = 0;
    (void)state;
    closing_init(&f, &log, 3);
    assert_int_equal(closing_type.cancel(&f, &cx), BIDE_READY);
    assert_int_equal(log, 0);
}

/* At every point; the child's cleanups run before the function's own, embedded or boxed. */
static void test_cancel_of_children(void **state)
{
    (void)state;
    for (int after = 1; after < 13; after++) {
        bide_checking_allocator memory;
        struct closing_twice f;
        bide_poll code = BIDE_PENDING;
        bide_context cx;
        int log = 0, out, opened;
        bide_checking_allocator_init(&memory, bide_heap());
        cx = context(&memory.base);
        closing_twice_init(&f, &log, 3);
        for (int i = 0; i < after && code == BIDE_PENDING; i++)
            code = closing_twice_poll(&f, &cx, &out);
        while (code == BIDE_PENDING && closing_twice_type.cancel(&f, &cx) == BIDE_PENDING)
            ;
        opened = log % 10;
        assert_true(opened == 1 || opened == 2);
        assert_int_equal(log / 10 % 10, opened + 1);
        assert_int_equal(log / 100 % 10, opened + 1);
        assert_int_equal(bide_checking_allocator_finish(&memory), 0);
    }
}

static void test_abort_of_a_task(void **state)
{
    bide_local *executor;
    bide_local_stats stats = {.size = sizeof stats};
    bide_join join;
    int log = 0, out = -1;
    (void)state;
    assert_int_equal(bide_local_new(NULL, &executor), BIDE_READY);
    assert_int_equal(start_closing(executor, &log, 1000000, &join), BIDE_READY);
    {
        int ignored;
        assert_int_equal(BIDE_RUN_UNTIL(executor, ticks, &ignored, (3)), BIDE_READY);
    }
    assert_int_equal(log, 1);
    bide_join_abort(&join);
    assert_int_equal(bide_local_run(executor), BIDE_READY);
    assert_int_equal(log, 111);
    assert_true(bide_join_is_done(&join));
    assert_int_equal(bide_join_try_take(&join, &out), BIDE_ECANCELED);
    assert_int_equal(out, -1);
    bide_join_detach(&join);
    bide_local_get_stats(executor, &stats);
    assert_int_equal(stats.tasks, 0);
    assert_int_equal(bide_local_free(executor), BIDE_READY);
}

static void test_spawned_to_its_end(void **state)
{
    bide_local *executor;
    bide_join join;
    int log = 0, out = -1;
    (void)state;
    assert_int_equal(bide_local_new(NULL, &executor), BIDE_READY);
    assert_int_equal(start_closing(executor, &log, 3, &join), BIDE_READY);
    assert_int_equal(bide_local_run(executor), BIDE_READY);
    assert_int_equal(bide_join_try_take(&join, &out), BIDE_READY);
    assert_int_equal(out, 3);
    assert_int_equal(log, 1111);
    bide_join_detach(&join);
    assert_int_equal(bide_local_free(executor), BIDE_READY);
}

/* ---- the ready path ----------------------------------------------------------------------- */

static void test_ready_path_writes_no_frame(void **state)
{
    bide_checking_allocator memory;
    bide_failing_allocator none;
    bide_context cx;
    unsigned char untouched[sizeof(struct ready_chain)];
    struct ready_chain f;
    bide_box box = {0};
    int out = 0;
    (void)state;
    bide_checking_allocator_init(&memory, bide_heap());
    bide_failing_allocator_init(&none, &memory.base, 1, true);
    cx = context(&none.base);
    memset(&f, 0xa5, sizeof f);
    memset(untouched, 0xa5, sizeof untouched);
    assert_int_equal(ready_chain_start(&f, 0, &cx, &out), BIDE_READY);
    assert_int_equal(out, 3);
    assert_memory_equal(&f, untouched, sizeof f);
    assert_int_equal(ready_chain_start_box(&box, 0, NULL, &cx, &out), BIDE_READY);
    assert_null(box.frame);
    assert_int_equal(none.failures, 0);
    assert_int_equal(ready_chain_start_box(&box, 1, NULL, &cx, &out), BIDE_ENOMEM);
    assert_int_equal(bide_checking_allocator_finish(&memory), 0);
}

/* ---- both builds of one file -------------------------------------------------------------- */

static void test_blocking_build_beside(void **state)
{
    int out = 0;
    (void)state;
    assert_int_equal(run_chain(2, &out), BIDE_READY);
    assert_int_equal(out, 10);
    assert_int_equal(chain(2), 10);
    assert_int_equal(both(1), 9);
    {
        int log = 0;
        assert_int_equal(closing(&log, 4), 4);
        assert_int_equal(log, 1111);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trace_of_a_chain),
        cmocka_unit_test(test_trace_of_a_join),
        cmocka_unit_test(test_trace_through_boxes),
        cmocka_unit_test(test_trace_through_an_interface),
        cmocka_unit_test(test_trace_of_a_waiting_cleanup),
        cmocka_unit_test(test_cancel_by_hand),
        cmocka_unit_test(test_drop_while_canceling),
        cmocka_unit_test(test_cancel_before_the_first_poll),
        cmocka_unit_test(test_cancel_of_children),
        cmocka_unit_test(test_abort_of_a_task),
        cmocka_unit_test(test_spawned_to_its_end),
        cmocka_unit_test(test_ready_path_writes_no_frame),
        cmocka_unit_test(test_blocking_build_beside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
