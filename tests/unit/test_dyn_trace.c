/*
 * test_dyn_trace.c: the tree of suspended futures, as the records' trace operations tell it,
 * through handles and boxes.
 */
#include "dyn.h"
#include <string.h>

/* Writes the tree as text: "name:line(" children ")". */
typedef struct text_tracer {
    bide_tracer base;
    char text[1000];
    const char *file; /* of the latest enter that named one */
    int depth, deepest;
} text_tracer;

static void add(text_tracer *t, const char *more)
{
    assert_true(strlen(t->text) + strlen(more) < sizeof t->text);
    strcat(t->text, more);
}
static void enter(bide_tracer *tracer, const bide_type *type, const void *frame, const char *file,
                  uint32_t line)
{
    text_tracer *t = (text_tracer *)tracer;
    char number[16];
    assert_non_null(frame);
    add(t, type->name);
    snprintf(number, sizeof number, ":%u(", line);
    add(t, number);
    if (file)
        t->file = file;
    if (++t->depth > t->deepest)
        t->deepest = t->depth;
}
static void leave(bide_tracer *tracer)
{
    text_tracer *t = (text_tracer *)tracer;
    t->depth--;
    add(t, ")");
}
static void tracer_init(text_tracer *t)
{
    memset(t, 0, sizeof *t);
    t->base = (bide_tracer){sizeof t->base, 0, enter, leave, NULL};
}

#define Job_METHODS(METHOD, I, Self)                                                               \
    METHOD(I, Self, ASYNC, int32_t, run, (gate *, g))                                              \
    METHOD(I, Self, ASYNC_DEFAULT, int32_t, again, (gate *, g))
BIDE_INTERFACE(Job);
#define Job_again_default_FRAME(ROW)                                                               \
    ROW(PARAM, Job, self) ROW(PARAM, gate *, g) ROW(LOCAL, int32_t, r) ROW(CHILD, Job_run, call)
enum { AGAIN_LINE = __LINE__ + 4 };
BIDE_ASYNC(int32_t, Job_again_default)
{
    BIDE_BEGIN(Job_again_default);
    BIDE_AWAIT_TO(f->r, Job_run, call, (&f->self, f->g));
    BIDE_RETURN(f->r);
    BIDE_END;
}
BIDE_INTERFACE_DEFAULTS(Job);

typedef struct Inner {
    int naps;
} Inner;
#define Inner_run_FRAME(ROW)                                                                       \
    ROW(PARAM, Inner *, self) ROW(PARAM, gate *, g) ROW(CHILD, nap, rest) ROW(CHILD, pass, gate)
enum { NAP_LINE = __LINE__ + 4, GATE_LINE };
BIDE_ASYNC(int32_t, Inner_run)
{
    BIDE_BEGIN(Inner_run);
    BIDE_AWAIT(nap, rest, (f->self->naps));
    BIDE_AWAIT(pass, gate, (f->g));
    BIDE_RETURN(3);
    BIDE_END;
}
BIDE_IMPL_DECLARE(Job, Inner);
BIDE_DEFAULTS(Job, Inner);
BIDE_IMPL(Job, Inner);

#define outer_FRAME(ROW)                                                                           \
    ROW(PARAM, Job, job)                                                                           \
    ROW(PARAM, gate *, g) ROW(LOCAL, int32_t, r) ROW(CHILD, Job_run, one) ROW(BOXED, Job_again, two)
enum { ONE_LINE = __LINE__ + 4, TWO_LINE };
BIDE_ASYNC(int32_t, outer)
{
    BIDE_BEGIN(outer);
    BIDE_AWAIT_TO(f->r, Job_run, one, (&f->job, f->g));
    BIDE_AWAIT_TO(f->r, Job_again, two, (&f->job, f->g));
    BIDE_RETURN(f->r);
    BIDE_END;
}

static void expect(const struct outer *f, const char *format, unsigned a, unsigned b, unsigned c)
{
    text_tracer t;
    char wanted[1000];
    tracer_init(&t);
    outer_type.trace(f, &t.base);
    snprintf(wanted, sizeof wanted, format, a, b, c);
    assert_string_equal(t.text, wanted);
    assert_int_equal(t.depth, 0);
    assert_non_null(strstr(t.file, "test_dyn_trace.c"));
}

static void tree_of_a_suspended_dyn_call(void **state)
{
    rig r;
    gate g = {0};
    Inner inner = {1};
    struct outer f;
    int32_t out = 0;
    (void)state;
    rig_open(&r);
    outer_init(&f, Inner_as_Job(&inner, NULL), &g);
    expect(&f, "outer:0()", 0, 0, 0); /* not begun */
    assert_int_equal(outer_poll(&f, &r.cx, &out), BIDE_PENDING);
    expect(&f, "outer:%u(Inner_run:%u(nap:0()))", ONE_LINE, NAP_LINE, 0);
    assert_int_equal(outer_poll(&f, &r.cx, &out), BIDE_PENDING);
    expect(&f, "outer:%u(Inner_run:%u(pass:0()))", ONE_LINE, GATE_LINE, 0);
    g.open = true;
    inner.naps = 0;
    assert_int_equal(outer_poll(&f, &r.cx, &out), BIDE_READY);
    assert_int_equal(out, 3);
    /* A finished frame has nothing to tell. */
    {
        text_tracer t;
        tracer_init(&t);
        outer_type.trace(&f, &t.base);
        assert_string_equal(t.text, "");
    }
    rig_close(&r);
}

static void tree_through_a_box_and_a_default(void **state)
{
    rig r;
    gate g = {.open = true};
    Inner inner = {0};
    struct outer f;
    int32_t out = 0;
    (void)state;
    rig_open(&r);
    /* The first call passes, then the gate is shut for the second. */
    inner.naps = 1;
    outer_init(&f, Inner_as_Job(&inner, NULL), &g);
    assert_int_equal(outer_poll(&f, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(outer_poll(&f, &r.cx, &out), BIDE_PENDING);
    expect(&f, "outer:%u(Job_again_default:%u(Inner_run:%u(nap:0())))", TWO_LINE, AGAIN_LINE,
           NAP_LINE);
    g.open = false;
    assert_int_equal(outer_poll(&f, &r.cx, &out), BIDE_PENDING);
    expect(&f, "outer:%u(Job_again_default:%u(Inner_run:%u(pass:0())))", TWO_LINE, AGAIN_LINE,
           GATE_LINE);
    outer_drop(&f);
    rig_close(&r);
}

static void a_dyn_call_alone(void **state)
{
    rig r;
    gate g = {0};
    Inner inner = {0};
    Job job = Inner_as_Job(&inner, NULL);
    struct Job_run f = {0};
    bide_box box = BIDE_BOX_EMPTY;
    text_tracer t;
    char wanted[100];
    int32_t out = 0;
    (void)state;
    rig_open(&r);
    snprintf(wanted, sizeof wanted, "Inner_run:%d(pass:0())", (int)GATE_LINE);
    Job_run_init(&f, &job, &g);
    tracer_init(&t);
    Job_run_type.trace(&f, &t.base); /* not begun: nothing is behind the handle yet */
    assert_string_equal(t.text, "");
    assert_int_equal(Job_run_poll(&f, &r.cx, &out), BIDE_PENDING);
    Job_run_type.trace(&f, &t.base);
    assert_string_equal(t.text, wanted);
    Job_run_drop(&f);
    assert_int_equal(Job_run_start_box(&box, &job, &g, NULL, &r.cx, &out), BIDE_PENDING);
    tracer_init(&t);
    bide_box_trace(&box, &t.base);
    assert_string_equal(t.text, wanted);
    bide_box_drop(&box);
    tracer_init(&t);
    bide_box_trace(&box, &t.base);
    assert_string_equal(t.text, "");
    rig_close(&r);
}

/* Tracing changes nothing: a run that is traced after every poll ends as one that is not. */
static bide_poll scenario_traced(bide_allocator *allocator)
{
    bide_context cx = scenario_context(allocator);
    gate g = {.open = true};
    Inner inner = {2};
    struct outer f;
    int32_t out = 0;
    bide_poll p = outer_start(&f, Inner_as_Job(&inner, NULL), &g, &cx, &out);
    while (p == BIDE_PENDING) {
        text_tracer t;
        tracer_init(&t);
        outer_type.trace(&f, &t.base);
        assert_true(t.deepest >= 3);
        p = outer_poll(&f, &cx, &out);
    }
    return p;
}
TEST_EVERY_FAILURE(every_failure_while_traced, scenario_traced)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tree_of_a_suspended_dyn_call),
        cmocka_unit_test(tree_through_a_box_and_a_default),
        cmocka_unit_test(a_dyn_call_alone),
        cmocka_unit_test(every_failure_while_traced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
