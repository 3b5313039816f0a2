/*
 * Trace: what a suspended frame tells about itself through its type record.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "async_support.h"

/* Writes the tree as text: "name:line[child child]". Lines are told apart from none only. */
typedef struct writer {
    bide_tracer base;
    char text[512];
    uint32_t lines[16];
    const void *frames[16];
    const char *files[16];
    int entered, depth;
} writer;

static void add(writer *w, const char *word)
{
    assert_true(strlen(w->text) + strlen(word) < sizeof w->text);
    strcat(w->text, word);
}

static void on_enter(bide_tracer *tracer, const bide_type *type, const void *frame,
                     const char *file, uint32_t line)
{
    writer *w = (writer *)(void *)tracer;
    size_t n = strlen(w->text);
    assert_true(w->entered < 16);
    w->lines[w->entered] = line;
    w->frames[w->entered] = frame;
    w->files[w->entered++] = file;
    w->depth++;
    if (n > 0 && w->text[n - 1] != '[')
        add(w, " ");
    add(w, type->name);
    add(w, "[");
}

static void on_leave(bide_tracer *tracer)
{
    writer *w = (writer *)(void *)tracer;
    w->depth--;
    add(w, "]");
}

static void writer_open(writer *w)
{
    memset(w, 0, sizeof *w);
    w->base = (bide_tracer){.size = sizeof w->base, .enter = on_enter, .leave = on_leave};
}

/* What a frame tells now. It is not changed by that. */
static const char *told(writer *w, const bide_type *type, const void *frame)
{
    unsigned char before[256];
    assert_true(type->frame_size <= sizeof before);
    memcpy(before, frame, type->frame_size);
    writer_open(w);
    type->trace(frame, &w->base);
    assert_int_equal(w->depth, 0);
    assert_memory_equal(before, frame, type->frame_size);
    return w->text;
}

/* ---- bodies ------------------------------------------------------------------------------- */

#define inner_FRAME(ROW) ROW(LOCAL, uint32_t, line) ROW(CHILD, bide_pending_once, wait)
BIDE_ASYNC(void, inner)
{
    BIDE_BEGIN(inner);
    f->line = __LINE__ + 1;
    BIDE_AWAIT(bide_pending_once, wait, ());
    BIDE_END;
}

#define outer_FRAME(ROW)                                                                           \
    ROW(LOCAL, uint32_t, line)                                                                     \
    ROW(PARAM, plan *, p)                                                                          \
    ROW(LOCAL, int32_t, x)                                                                         \
    ROW(CHILD, inner, a)                                                                           \
    ROW(BOXED, inner, b)                                                                           \
    ROW(CHILD, leaf, c) ROW(JOIN, d, (inner, one), (leaf, two), (bide_pending_times, three))
BIDE_ASYNC(void, outer)
{
    BIDE_BEGIN(outer);
    f->line = __LINE__ + 1;
    BIDE_AWAIT(inner, a, ());
    f->line = __LINE__ + 1;
    BIDE_AWAIT_V(inner, b, ());
    f->line = __LINE__ + 1;
    BIDE_AWAIT_TO(f->x, leaf, c, (f->p));
    f->line = __LINE__ + 2;
    /* clang-format off */
    BIDE_AWAIT_JOIN(d, (inner, one, BIDE_VOID, ()), (leaf, two, f->x, (f->p + 1)), (bide_pending_times, three, BIDE_VOID, (2)));
/* clang-format on */
BIDE_CLEANUP:
    f->line = 1;
    BIDE_END;
}

static void D01_the_tree_at_each_suspension(void **state)
{
    static const char *const trees[] = {
        "outer[]",
        "outer[inner[bide_pending_once[]]]",
        "outer[inner[bide_pending_once[]]]",
        "outer[leaf[]]",
        "outer[inner[bide_pending_once[]] leaf[] bide_pending_times[]]",
        "outer[bide_pending_times[]]",
        "",
    };
    stage s;
    plan plans[2] = {{.pend = 1}, {.pend = 1}};
    struct outer frame;
    writer w;
    (void)state;
    stage_open(&s, NULL);
    memset(&frame, 0, sizeof frame);
    outer_init(&frame, plans);
    for (int k = 0; k < 7; k++) {
        assert_string_equal(told(&w, &outer_type, &frame), trees[k]);
        if (k == 1)
            assert_int_equal(w.lines[1], frame.bide_kid.a.line);
        if (k == 2)
            assert_int_equal(w.lines[1], ((const struct inner *)frame.bide_kid.b.frame)->line);
        if (k < 6) {
            assert_ptr_equal(w.frames[0], &frame);
            assert_int_equal(w.lines[0], k == 0 ? 0 : frame.line);
            assert_non_null(strstr(w.files[0], "test_trace"));
            assert_int_equal(outer_poll(&frame, &s.cx, NULL), k < 5 ? BIDE_PENDING : BIDE_READY);
        }
    }
    outer_drop(&frame);
    assert_string_equal(told(&w, &outer_type, &frame), "");
    stage_close(&s);
}

static void a_dropped_frame_tells_nothing(void **state)
{
    stage s;
    plan plans[2] = {{.pend = 1}, {.pend = 1}};
    struct outer frame;
    writer w;
    (void)state;
    stage_open(&s, NULL);
    memset(&frame, 0, sizeof frame);
    assert_int_equal(outer_start(&frame, plans, &s.cx, NULL), BIDE_PENDING);
    assert_string_equal(told(&w, &outer_type, &frame), "outer[inner[bide_pending_once[]]]");
    outer_drop(&frame);
    assert_string_equal(told(&w, &outer_type, &frame), "");
    stage_close(&s);
}

static void a_box_tells_its_future(void **state)
{
    stage s;
    plan plans[2] = {{.pend = 1}, {.pend = 1}};
    bide_box box = BIDE_BOX_EMPTY;
    writer w;
    (void)state;
    stage_open(&s, NULL);
    writer_open(&w);
    bide_box_trace(&box, &w.base);
    assert_string_equal(w.text, "");
    assert_int_equal(outer_start_box(&box, plans, NULL, &s.cx, NULL), BIDE_PENDING);
    bide_box_trace(&box, &w.base);
    assert_string_equal(w.text, "outer[inner[bide_pending_once[]]]");
    assert_ptr_equal(w.frames[0], box.frame);
    bide_box_drop(&box);
    /* A leaf has no trace of its own: its name, and no line. */
    assert_int_equal(leaf_start_box(&box, plans, NULL, &s.cx, &(int32_t){0}), BIDE_PENDING);
    writer_open(&w);
    bide_box_trace(&box, &w.base);
    assert_string_equal(w.text, "leaf[]");
    assert_int_equal(w.lines[0], 0);
    assert_null(w.files[0]);
    bide_box_drop(&box);
    stage_close(&s);
}

/* Through the wrappers of bide::testing the tree is that of what they wrap. */
BIDE_COUNT_CALLS(void, counted_inner, inner);
BIDE_INTERLEAVE_PENDING(void, slow_inner, inner);
#define wrapped_FRAME(ROW) ROW(CHILD, counted_inner, a) ROW(CHILD, slow_inner, b)
BIDE_ASYNC(void, wrapped)
{
    BIDE_BEGIN(wrapped);
    BIDE_AWAIT(counted_inner, a, ());
    BIDE_AWAIT(slow_inner, b, ());
    BIDE_END;
}

static void wrappers_tell_what_they_wrap(void **state)
{
    stage s;
    struct wrapped frame;
    writer w;
    (void)state;
    stage_open(&s, NULL);
    memset(&frame, 0, sizeof frame);
    assert_int_equal(wrapped_start(&frame, &s.cx, NULL), BIDE_PENDING);
    assert_string_equal(told(&w, &wrapped_type, &frame), "wrapped[inner[bide_pending_once[]]]");
    assert_int_equal(wrapped_poll(&frame, &s.cx, NULL), BIDE_PENDING);
    assert_string_equal(told(&w, &wrapped_type, &frame), "wrapped[inner[]]");
    wrapped_drop(&frame);
    stage_close(&s);
}

static bide_poll scenario(bide_allocator *allocator)
{
    stage s;
    plan plans[2] = {{.pend = 1}, {.pend = 1}};
    bide_box box = BIDE_BOX_EMPTY;
    bide_poll r;
    stage_open(&s, allocator);
    r = outer_start_box(&box, plans, NULL, &s.cx, NULL);
    while (r == BIDE_PENDING) {
        writer w;
        writer_open(&w);
        bide_box_trace(&box, &w.base);
        assert_true(w.entered > 0);
        r = bide_box_poll(&box, &s.cx, NULL);
    }
    stage_close(&s);
    return r;
}
TEST_EVERY_FAILURE(P32_every_allocation_failing, scenario)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(D01_the_tree_at_each_suspension),
        cmocka_unit_test(a_dropped_frame_tells_nothing),
        cmocka_unit_test(a_box_tells_its_future),
        cmocka_unit_test(wrappers_tell_what_they_wrap),
        cmocka_unit_test(P32_every_allocation_failing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
