/*
 * Await trees as text and as graphs: of futures, boxes, tasks and executors.
 */
#include "trace_support.h"

#include <pthread.h>
#include <sched.h>

/* ---- executors and tasks ------------------------------------------------------------------ */

static void tree_of_an_executor(void **state)
{
    Disk disk = {0};
    bide_spawn_options named = bide_spawn_options_init();
    bide_join outer = {NULL};
    bide_poll r;
    stage s;
    (void)state;
    stage_open(&s, 0);
    assert_string_equal(tree(&s), "executor local: 0 tasks\n");
    BIDE_SPAWN_TO(r, s.ex, outer, NULL, &outer, (Disk_as_Store(&disk, NULL)));
    assert_int_equal(r, BIDE_READY);
    named.name = "the \"second\"\none";
    BIDE_SPAWN_TO(r, s.ex, bide_sleep, &named, NULL, (7));
    assert_int_equal(r, BIDE_READY);
    assert_string_equal(tree(&s), "executor local: 2 tasks\n"
                                  "  task outer: ready\n"
                                  "    outer: not begun\n"
                                  "  task the \"second\" one: ready\n"
                                  "    bide_sleep: not begun\n");
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_PENDING);
    (void)tree(&s);
    cut_places_of(s.text, "Disk_save");
    assert_tree(s.text, "executor local: 2 tasks\n"
                        "  task outer: waiting\n"
                        "    outer @2\n"
                        "      Disk_save\n"
                        "        inner @1\n"
                        "          bide_sleep: 100 ms left\n"
                        "  task the \"second\" one: waiting\n"
                        "    bide_sleep: 7 ms left\n");
    bide_virtual_clock_advance(&s.clock, SECOND / 10);
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_PENDING);
    assert_int_equal(disk.writes, 1);
    /* The yield of the join has ended. A handle shows one task. */
    s.o = bide_trace_into(&s.buffer);
    assert_int_equal(bide_trace_task(&outer, &s.o), BIDE_READY);
    assert_tree(s.text, "task outer: waiting\n"
                        "  outer @3\n"
                        "    inner @1\n"
                        "      bide_sleep: 200 ms left\n"
                        "    bide_sleep: 1.500 s left\n");
    bide_join_abort(&outer);
    s.o = bide_trace_into(&s.buffer);
    assert_int_equal(bide_trace_task(&outer, &s.o), BIDE_READY);
    assert_non_null(strstr(s.text, "task outer: aborted, ready\n"));
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_READY);
    s.o = bide_trace_into(&s.buffer);
    assert_int_equal(bide_trace_task(&outer, &s.o), BIDE_READY);
    assert_non_null(strstr(s.text, "task outer: ended, "));
    assert_string_equal(strchr(s.text, '\n'), "\n");
    bide_join_detach(&outer);
    s.o = bide_trace_into(&s.buffer);
    assert_int_equal(bide_trace_task(&outer, &s.o), BIDE_EMISUSE);
    assert_string_equal(s.text, "");
    stage_close(&s);
}

/* A task that nobody holds a handle of is there until it ends; so is what it spawned. */
static void D02_detached_task_is_shown(void **state)
{
    bide_join join = {NULL};
    bide_poll r;
    stage s;
    (void)state;
    stage_open(&s, 0);
    BIDE_SPAWN_TO(r, s.ex, inner, NULL, &join, (50));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_PENDING);
    bide_join_detach(&join);
    assert_tree(tree(&s), "executor local: 1 task\n"
                          "  task inner: waiting\n"
                          "    inner @1\n"
                          "      bide_sleep: 50 ms left\n");
    bide_virtual_clock_advance(&s.clock, SECOND);
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_READY);
    assert_string_equal(tree(&s), "executor local: 0 tasks\n");
    stage_close(&s);
}

/* What is being polled is said to be, and not looked into. */
static void D05_dump_from_within_a_poll(void **state)
{
    char inside[1024];
    bide_trace_buffer to = {inside, sizeof inside, 0};
    bide_join join = {NULL};
    bide_poll r, traced = BIDE_PENDING;
    stage s;
    (void)state;
    stage_open(&s, 0);
    BIDE_SPAWN_TO(r, s.ex, inner, NULL, NULL, (50));
    assert_int_equal(r, BIDE_READY);
    BIDE_SPAWN_TO(r, s.ex, dump, NULL, &join, (s.ex, &to));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_PENDING);
    assert_int_equal(bide_join_try_take(&join, &traced), BIDE_READY);
    assert_int_equal(traced, BIDE_READY);
    assert_tree(inside, "executor local: 2 tasks\n"
                        "  task inner: waiting\n"
                        "    inner @1\n"
                        "      bide_sleep: 50 ms left\n"
                        "  task dump: running\n");
    /* The same as the root. */
    BIDE_RUN_UNTIL_TO(r, s.ex, dump, &traced, (s.ex, &to));
    assert_int_equal(r, BIDE_READY);
    assert_ptr_equal(strstr(inside, "executor local: 1 task\n  root: running\n  task inner"),
                     inside);
    stage_close(&s);
}

/* A leaf that dumps its executor while it is dropped. */
typedef struct probe {
    bide_local *ex;
    bide_trace_buffer buffer;
} probe;
#define dumps_in_drop_FRAME(ROW) ROW(PARAM, probe *, p)
BIDE_FUTURE(void, dumps_in_drop)

bide_poll dumps_in_drop_poll(struct dumps_in_drop *f, bide_context *cx, void *out)
{
    (void)out, (void)cx, (void)f;
    return BIDE_PENDING;
}

void dumps_in_drop_drop(struct dumps_in_drop *f)
{
    bide_trace_options o = bide_trace_into(&f->p->buffer);
    assert_int_equal(bide_trace_local(f->p->ex, &o), BIDE_READY);
}

static void D04_dump_from_within_a_drop(void **state)
{
    char inside[1024] = "";
    probe p = {NULL, {inside, sizeof inside, 0}};
    bide_join join = {NULL};
    bide_poll r;
    stage s;
    (void)state;
    TEST_BREAKS("nobody holds a waker");
    stage_open(&s, 0);
    p.ex = s.ex;
    BIDE_SPAWN_TO(r, s.ex, dumps_in_drop, NULL, &join, (&p));
    assert_int_equal(r, BIDE_READY);
    BIDE_SPAWN_TO(r, s.ex, dumps_in_drop, NULL, NULL, (&p));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_PENDING);
    bide_join_abort(&join);
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_PENDING);
    bide_join_detach(&join);
    assert_string_equal(inside, "executor local: 2 tasks\n"
                                "  task dumps_in_drop: aborted, running\n"
                                "  task dumps_in_drop: waiting\n"
                                "    dumps_in_drop\n");
    assert_int_equal(bide_local_free(s.ex), BIDE_READY);
    s.ex = NULL;
    assert_string_equal(inside, "executor local: 1 task\n  task dumps_in_drop: running\n");
    stage_close(&s);
}

/* A drop within a drop: a spawn is committed while its executor ends. Both are running. */
#define commits_in_drop_FRAME(ROW) ROW(PARAM, bide_runtime *, rt) ROW(PARAM, bide_task **, task)
BIDE_FUTURE(void, commits_in_drop)

bide_poll commits_in_drop_poll(struct commits_in_drop *f, bide_context *cx, void *out)
{
    (void)out, (void)cx, (void)f;
    return BIDE_PENDING;
}

void commits_in_drop_drop(struct commits_in_drop *f)
{
    bide_runtime_spawn_commit(f->rt, *f->task, false);
}

static void dump_from_within_a_nested_drop(void **state)
{
    char inside[1024] = "";
    probe p = {NULL, {inside, sizeof inside, 0}};
    bide_task *task;
    void *frame;
    bide_poll r;
    stage s;
    (void)state;
    stage_open(&s, 0);
    p.ex = s.ex;
    BIDE_SPAWN_TO(r, s.ex, commits_in_drop, NULL, NULL, (bide_local_runtime(s.ex), &task));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(bide_runtime_spawn_begin(bide_local_runtime(s.ex), &dumps_in_drop_type, NULL,
                                              &task, &frame),
                     BIDE_READY);
    dumps_in_drop_init(frame, &p);
    assert_int_equal(bide_local_free(s.ex), BIDE_READY);
    s.ex = NULL;
    assert_string_equal(inside, "executor local: 2 tasks\n"
                                "  task commits_in_drop: running\n"
                                "  task dumps_in_drop: running\n");
    stage_close(&s);
}

/* ---- how long ----------------------------------------------------------------------------- */

static void D06_long_waits_are_marked(void **state)
{
    bide_poll r;
    stage s;
    (void)state;
    stage_open(&s, BIDE_LOCAL_STAMPS);
    BIDE_SPAWN_TO(r, s.ex, inner, NULL, NULL, (100000));
    assert_int_equal(r, BIDE_READY);
    bide_virtual_clock_advance(&s.clock, SECOND);
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_PENDING);
    assert_non_null(strstr(tree(&s), "task inner: waiting 0 ms\n"));
    bide_virtual_clock_advance(&s.clock, SECOND / 1000 * 9999);
    assert_non_null(strstr(tree(&s), "task inner: waiting 9.999 s\n"));
    bide_virtual_clock_advance(&s.clock, SECOND / 1000);
    assert_non_null(strstr(tree(&s), "task inner: waiting 10.000 s !!!\n"));
    /* Only what waits has waited; a task that joins it does since its last turn. */
    assert_int_equal(bide_local_stamp(s.ex, false), BIDE_READY);
    assert_non_null(strstr(tree(&s), "task inner: waiting\n"));
    assert_int_equal(bide_local_stamp(s.ex, true), BIDE_READY);
    BIDE_SPAWN_TO(r, s.ex, bide_sleep, NULL, NULL, (60000));
    assert_int_equal(r, BIDE_READY);
    assert_non_null(strstr(tree(&s), "task bide_sleep: ready\n"));
    bide_virtual_clock_advance(&s.clock, 2 * SECOND);
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_PENDING);
    bide_virtual_clock_advance(&s.clock, SECOND);
    assert_non_null(strstr(tree(&s), "task inner: waiting 3.000 s\n"));
    assert_non_null(strstr(s.text, "task bide_sleep: waiting 1.000 s\n"));
    stage_close(&s);
}

/* Switched on in the middle of turns: a task that is polled and waits again before the first stamp
 * has none yet. */
#define waits_twice_FRAME(ROW)                                                                     \
    ROW(PARAM, bide_manual_event *, e) ROW(CHILD, bide_event_wait, one) ROW(CHILD, bide_sleep, two)
BIDE_ASYNC(void, waits_twice)
{
    BIDE_BEGIN(waits_twice);
    BIDE_AWAIT(bide_event_wait, one, (f->e));
    BIDE_AWAIT(bide_sleep, two, (60000));
    BIDE_END;
}

#define switches_FRAME(ROW) ROW(PARAM, bide_local *, ex) ROW(PARAM, bide_manual_event *, e)
BIDE_ASYNC(void, switches)
{
    BIDE_BEGIN(switches);
    assert_int_equal(bide_local_stamp(f->ex, true), BIDE_READY);
    bide_manual_event_set(f->e);
    BIDE_END;
}

static void stamps_switched_on_in_a_poll(void **state)
{
    bide_manual_event e;
    bide_poll r;
    stage s;
    (void)state;
    stage_open(&s, 0);
    bide_manual_event_init(&e);
    bide_virtual_clock_advance(&s.clock, 100 * SECOND);
    BIDE_SPAWN_TO(r, s.ex, waits_twice, NULL, NULL, (&e));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_PENDING);
    BIDE_SPAWN_TO(r, s.ex, switches, NULL, NULL, (s.ex, &e));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_PENDING);
    assert_non_null(strstr(tree(&s), "task waits_twice: waiting\n"));
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_PENDING);
    bide_virtual_clock_advance(&s.clock, 5 * SECOND);
    assert_non_null(strstr(tree(&s), "task waits_twice: waiting 5.000 s\n"));
    stage_close(&s);
}

/* Tasks end, are aborted and joined under stamps as they are without. */
static bide_poll stamped_tasks(bide_allocator *a)
{
    bide_local_options o = bide_local_options_init();
    bide_join joined = {NULL}, aborted = {NULL};
    bide_local *ex;
    bide_poll r, ended = BIDE_PENDING;
    o.allocator = a;
    o.flags = BIDE_LOCAL_STAMPS;
    r = bide_local_new(&o, &ex);
    if (r != BIDE_READY)
        return r;
    BIDE_SPAWN_TO(r, ex, bide_yield, NULL, &joined, ());
    if (r == BIDE_READY)
        BIDE_SPAWN_TO(r, ex, bide_sleep, NULL, &aborted, (60000));
    bide_join_abort(&aborted);
    if (r == BIDE_READY)
        BIDE_RUN_UNTIL_TO(r, ex, bide_join_wait, &ended, (&joined, NULL));
    if (r == BIDE_READY)
        assert_int_equal(ended, BIDE_READY);
    (void)bide_local_run_until_stalled(ex);
    bide_join_detach(&joined);
    bide_join_detach(&aborted);
    assert_int_equal(bide_local_free(ex), BIDE_READY);
    return r;
}
TEST_EVERY_FAILURE(P32_every_allocation_failing, stamped_tasks)

/* Neither frames nor tasks nor executors are larger, switched on or not. */
static size_t bytes_of_a_task(uint32_t flags)
{
    size_t before;
    bide_poll r;
    stage s;
    stage_open(&s, flags);
    before = s.counter.live_bytes;
    BIDE_SPAWN_TO(r, s.ex, inner, NULL, NULL, (1));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_PENDING);
    before = s.counter.live_bytes - before;
    stage_close(&s);
    return before;
}

#define plain_sleep_FRAME(ROW)                                                                     \
    ROW(PARAM, uint64_t, ms)                                                                       \
    ROW(LOCAL, bool, polled) ROW(LOCAL, struct bide_priv_sleep, sleep)
BIDE_FUTURE_DECLARE(void, plain_sleep)

static void D08_no_memory_for_it(void **state)
{
    (void)state;
    assert_int_equal(sizeof(struct bide_sleep), sizeof(struct plain_sleep));
    assert_int_equal(bytes_of_a_task(0), bytes_of_a_task(BIDE_LOCAL_STAMPS));
    assert_true(bytes_of_a_task(0) <= BIDE_TASK_BYTES(inner));
}

/* ---- futures and boxes -------------------------------------------------------------------- */

static void futures_and_boxes(void **state)
{
    struct inner f;
    bide_box box = BIDE_BOX_EMPTY;
    char text[512];
    bide_trace_buffer b = {text, sizeof text, 0};
    bide_trace_options o = bide_trace_into(&b);
    bide_counting_waker waker;
    bide_context cx = {sizeof cx, 0, NULL, NULL, NULL};
    struct Store_save call;
    Disk disk = {0};
    Store store = Disk_as_Store(&disk, NULL);
    (void)state;
    bide_counting_waker_init(&waker);
    cx.waker = &waker.base;
    inner_init(&f, 5);
    bide_trace(&inner_type, &f, &o);
    assert_string_equal(text, "inner: not begun\n");
    inner_drop(&f);
    o = bide_trace_into(&b);
    bide_trace(&inner_type, &f, &o);
    assert_string_equal(text, "inner: ended\n");
    /* A dyn call that has not reached the object yet. */
    Store_save_init(&call, &store, 1);
    o = bide_trace_into(&b);
    bide_trace(&Store_save_type, &call, &o);
    assert_string_equal(text, "Store_save: nothing under way\n");
    Store_save_drop(&call);
    o = bide_trace_into(&b);
    bide_trace_box(&box, &o);
    assert_string_equal(text, "empty box\n");
    assert_int_equal(bide_pending_times_start_box(&box, 3, bide_heap(), &cx, NULL), BIDE_PENDING);
    o = bide_trace_into(&b);
    bide_trace_box(&box, &o);
    assert_string_equal(text, "bide_pending_times\n");
    o = bide_trace_into(&b);
    o.flags = BIDE_TRACE_ADDRESSES;
    bide_trace_box(&box, &o);
    assert_ptr_equal((void *)(uintptr_t)strtoull(strchr(text, 'x') + 1, NULL, 16), box.frame);
    bide_box_drop(&box);
    assert_int_equal(bide_counting_waker_refs(&waker), 1);
}

/* A body that a checked build has marked as running. */
static void running_body_is_not_walked(void **state)
{
    struct inner f;
    char text[64];
    bide_trace_buffer b = {text, sizeof text, 0};
    bide_trace_options o = bide_trace_into(&b);
    (void)state;
    memset(&f, 0xa5, sizeof f);
    f.bide_state = 1u | BIDE_STATE_RUNNING;
    bide_trace(&inner_type, &f, &o);
    assert_string_equal(text, "inner: running\n");
}

static void depth_is_bounded(void **state)
{
    char text[4096];
    bide_trace_buffer b = {text, sizeof text, 0};
    bide_poll r;
    bide_trace_options o;
    stage s;
    (void)state;
    stage_open(&s, 0);
    BIDE_SPAWN_TO(r, s.ex, deep, NULL, NULL, (1000));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_PENDING);
    o = bide_trace_into(&b);
    o.depth = 2;
    assert_int_equal(bide_trace_local(s.ex, &o), BIDE_READY);
    cut_places_of(text, "    deep");
    assert_string_equal(text, "executor local: 1 task\n"
                              "  task deep: waiting\n"
                              "    deep\n"
                              "      deep\n"
                              "        ...\n");
    o = bide_trace_into(&b);
    o.depth = 100000;
    b.size = 0; /* only measured */
    assert_int_equal(bide_trace_local(s.ex, &o), BIDE_READY);
    assert_true(b.length > 256 * 256);
    stage_close(&s);
}

static void buffers_cut_and_measure(void **state)
{
    char text[8];
    bide_trace_buffer b = {text, sizeof text, 0};
    bide_trace_options o = bide_trace_into(&b);
    struct bide_yield f;
    (void)state;
    bide_yield_init(&f);
    memset(text, '#', sizeof text);
    bide_trace(&bide_yield_type, &f, &o);
    assert_string_equal(text, "bide_yi");
    assert_int_equal(b.length, strlen("bide_yield: its turn\n"));
}

/* ---- leaves tell -------------------------------------------------------------------------- */

#define int_done_FRAME BIDE_COMPLETION_FRAME
BIDE_COMPLETION(int, int_done);
#define yield_joined_FRAME BIDE_JOIN_FRAME
BIDE_JOIN_FUTURE(void, yield_joined);

#define waits_FRAME(ROW)                                                                           \
    ROW(PARAM, bide_completion *, c)                                                               \
    ROW(PARAM, bide_join, other)                                                                   \
    ROW(PARAM, bide_join *, third)                                                                 \
    ROW(PARAM, bide_job *, job)                                                                    \
    ROW(LOCAL, int, value)                                                                         \
    ROW(LOCAL, bide_poll, code)                                                                    \
    ROW(JOIN, all, (int_done, a), (yield_joined, b), (bide_join_wait, d), (bide_offload, e),       \
        (bide_sleep_until, g))
BIDE_ASYNC(void, waits)
{
    BIDE_BEGIN(waits);
    BIDE_AWAIT_JOIN(all, (int_done, a, f->value, (f->c)), (yield_joined, b, BIDE_VOID, (f->other)),
                    (bide_join_wait, d, f->code, (f->third, NULL)),
                    (bide_offload, e, BIDE_VOID, (f->job)),
                    (bide_sleep_until, g, BIDE_VOID, (61 * SECOND)));
    BIDE_END;
}

typedef struct gate_job {
    bide_job job;
    pthread_mutex_t *gate;
    _Atomic(int) runs;
} gate_job;

static void gate_run(bide_job *job)
{
    gate_job *g = (gate_job *)(void *)job;
    g->runs = 1;
    pthread_mutex_lock(g->gate);
    pthread_mutex_unlock(g->gate);
}

static void gate_release(bide_job *job)
{
    (void)job;
}

static void leaves_tell_what_they_wait_for(void **state)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    gate_job work = {.gate = &gate};
    bide_completion_options co = bide_completion_options_init();
    bide_completion *c;
    bide_join other = {NULL}, third = {NULL};
    bide_spawn_options named = bide_spawn_options_init();
    bide_poll r;
    char *at;
    stage s;
    (void)state;
    stage_open(&s, 0);
    bide_job_init(&work.job, gate_run, gate_release);
    pthread_mutex_lock(&gate);
    assert_int_equal(int_done_new(&co, &c), BIDE_READY);
    named.name = "logger";
    BIDE_SPAWN_TO(r, s.ex, bide_sleep, &named, &other, (60000));
    assert_int_equal(r, BIDE_READY);
    BIDE_SPAWN_TO(r, s.ex, inner, NULL, &third, (60000));
    assert_int_equal(r, BIDE_READY);
    BIDE_SPAWN_TO(r, s.ex, waits, NULL, NULL, (c, other, &third, &work.job));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_PENDING);
    while (!work.runs)
        sched_yield();
    at = strstr(tree(&s), "    waits at ");
    assert_non_null(at);
    at = strchr(at, '\n');
    assert_string_equal(at, "\n"
                            "      int_done: not completed\n"
                            "      yield_joined: task logger\n"
                            "      bide_join_wait: task inner\n"
                            "      bide_offload: job running\n"
                            "      bide_sleep_until: 61.000 s left\n");
    pthread_mutex_unlock(&gate);
    assert_int_equal(int_done_complete(c, 5), BIDE_READY);
    assert_int_equal(bide_local_free(s.ex), BIDE_READY);
    s.ex = NULL;
    bide_join_detach(&third);
    stage_close(&s);
}

/* ---- graphs ------------------------------------------------------------------------------- */

static void graphs(void **state)
{
    Disk disk = {0};
    bide_spawn_options named = bide_spawn_options_init();
    bide_poll r;
    stage s;
    (void)state;
    stage_open(&s, 0);
    named.name = "a \"b\" \\ c\nd";
    BIDE_SPAWN_TO(r, s.ex, outer, &named, NULL, (Disk_as_Store(&disk, NULL)));
    assert_int_equal(r, BIDE_READY);
    s.o.flags = BIDE_TRACE_DOT;
    assert_string_equal(tree(&s), "digraph bide {\n"
                                  "    node [shape=box];\n"
                                  "    n1 [label=\"executor local\\n1 task\"];\n"
                                  "    n2 [label=\"task a \\\"b\\\" \\\\ c\\nd\\nready\"];\n"
                                  "    n1 -> n2;\n"
                                  "    n3 [label=\"outer\\nnot begun\"];\n"
                                  "    n2 -> n3;\n"
                                  "}\n");
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_PENDING);
    bide_virtual_clock_advance(&s.clock, SECOND / 10);
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_PENDING);
    /* Three levels down and up again: the second child hangs on the right parent. */
    assert_non_null(strstr(tree(&s), "    n3 -> n4;\n"
                                     "    n5 [label=\"bide_sleep\\n200 ms left\"];\n"
                                     "    n4 -> n5;\n"
                                     "    n6 [label=\"bide_sleep\\n1.500 s left\"];\n"
                                     "    n3 -> n6;\n"
                                     "}\n"));
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tree_of_an_executor),
        cmocka_unit_test(D02_detached_task_is_shown),
        cmocka_unit_test(D04_dump_from_within_a_drop),
        cmocka_unit_test(dump_from_within_a_nested_drop),
        cmocka_unit_test(D05_dump_from_within_a_poll),
        cmocka_unit_test(D06_long_waits_are_marked),
        cmocka_unit_test(stamps_switched_on_in_a_poll),
        cmocka_unit_test(D08_no_memory_for_it),
        cmocka_unit_test(P32_every_allocation_failing),
        cmocka_unit_test(futures_and_boxes),
        cmocka_unit_test(running_body_is_not_walked),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(buffers_cut_and_measure),
        cmocka_unit_test(leaves_tell_what_they_wait_for),
        cmocka_unit_test(graphs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
