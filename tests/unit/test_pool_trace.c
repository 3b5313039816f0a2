/*
 * Await trees of a thread pool's tasks, while its threads run.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "pool_support.h"

static char text[65536];

static bide_trace_options into(bide_trace_buffer *buffer)
{
    buffer->text = text;
    buffer->size = sizeof text;
    return bide_trace_into(buffer);
}

#define through_FRAME(ROW) ROW(TRAITS, BIDE_SEND) ROW(PARAM, gate *, g) ROW(CHILD, pass, inner)
BIDE_ASYNC(void, through)
{
    BIDE_BEGIN(through);
    BIDE_AWAIT(pass, inner, (f->g));
    BIDE_RETURN();
    BIDE_END;
}

static void trees_of_waiting_tasks(void **state)
{
    bide_spawn_options named = bide_spawn_options_init();
    bide_trace_buffer buffer;
    bide_trace_options o = into(&buffer);
    bide_thread_pool_options options = bide_thread_pool_options_init();
    bide_thread_pool *pool;
    bide_join join, outer;
    gate g;
    int i;
    (void)state;
    options.threads = 2;
    options.name = "workers";
    assert_int_equal(bide_thread_pool_new(&options, &pool), BIDE_READY);
    gate_init(&g);
    named.name = "reader";
    assert_int_equal(BIDE_SPAWN_WITH(pool, through, &named, &join, (&g)), BIDE_READY);
    await_count(&g.polls, 1);
    for (i = 0; i < 60000; i++) { /* until the poll has returned */
        o = into(&buffer);
        assert_int_equal(bide_trace_task(&join, &o), BIDE_READY);
        if (strstr(text, "task reader: waiting\n"))
            break;
        pause_ms(1);
    }
    assert_non_null(strstr(text, "task reader: waiting\n  through at "));
    assert_non_null(strstr(text, "test_pool_trace.c:"));
    assert_non_null(strstr(text, "\n    pass"));
    assert_int_equal(BIDE_SPAWN(pool, passed, &outer, (bide_join_clone(&join))), BIDE_READY);
    for (i = 0; i < 60000; i++) {
        o = into(&buffer);
        bide_trace_thread_pool(pool, &o);
        if (strstr(text, "task passed: waiting\n"))
            break;
        pause_ms(1);
    }
    assert_non_null(strstr(text, "executor workers: 2 tasks\n"));
    assert_non_null(strstr(text, "  task reader: waiting\n    through at "));
    assert_non_null(strstr(text, "  task passed: waiting\n    passed: task reader\n"));
    assert_int_equal(atomic_load(&g.polls), 1);
    gate_open(&g);
    assert_int_equal(bide_thread_pool_wait(pool, 10000), BIDE_READY);
    o = into(&buffer);
    assert_int_equal(bide_trace_task(&join, &o), BIDE_READY);
    assert_non_null(strstr(text, "task reader: ended, "));
    o = into(&buffer);
    bide_trace_thread_pool(pool, &o);
    assert_string_equal(text, "executor workers: 0 tasks\n");
    bide_join_detach(&join);
    bide_join_detach(&outer);
    gate_end(&g);
    assert_int_equal(bide_thread_pool_free(pool), BIDE_READY);
}

static void trace_from_inside(gate *g, bide_context *cx)
{
    bide_trace_buffer buffer;
    bide_trace_options o = into(&buffer);
    (void)cx;
    bide_trace_thread_pool(g->arg, &o);
    atomic_store(&g->overlaps, strstr(text, "task pass: running\n") ? 0 : 1);
}

static void a_task_traces_its_pool(void **state)
{
    pool_bench b;
    gate g;
    (void)state;
    pool_open_with(&b, 2);
    gate_init(&g);
    g.is_open = true;
    g.during = trace_from_inside;
    g.arg = b.pool;
    assert_int_equal(BIDE_SPAWN(b.pool, pass, NULL, (&g)), BIDE_READY);
    assert_int_equal(bide_thread_pool_wait(b.pool, 10000), BIDE_READY);
    gate_end(&g);
    pool_close(&b);
}

static void requests_are_not_needed(void **state)
{
    bide_trace_request request;
    pool_bench b;
    bide_join join;
    gate g;
    (void)state;
    pool_open_with(&b, 1);
    gate_init(&g);
    assert_int_equal(BIDE_SPAWN(b.pool, pass, &join, (&g)), BIDE_READY);
    bide_trace_request_init(&request, NULL, NULL);
    assert_int_equal(bide_join_request_trace(&join, &request), BIDE_ENOSYS);
    bide_join_detach(&join);
    pool_close(&b);
    gate_end(&g);
}

/* Frames that change at each poll, traced all the time: held tasks lose no wake, and what is looked
 * at does not change meanwhile (which a thread sanitizer would see). */
static atomic_bool stop_tracing;

static void *trace_on(void *arg)
{
    int traces = 0;
    do {
        bide_trace_buffer buffer;
        bide_trace_options o = into(&buffer);
        bide_trace_thread_pool(arg, &o);
        traces++;
        sched_yield();
    } while (!atomic_load(&stop_tracing));
    return (void *)(intptr_t)traces;
}

#define busy_FRAME(ROW)                                                                            \
    ROW(TRAITS, BIDE_SEND)                                                                         \
    ROW(PARAM, int, turns)                                                                         \
    ROW(LOCAL, int, i) ROW(CHILD, bide_yield, one) ROW(CHILD, bide_sleep, two)
BIDE_ASYNC(void, busy)
{
    BIDE_BEGIN(busy);
    for (; f->i < f->turns; f->i++) {
        BIDE_AWAIT(bide_yield, one, ());
        if (f->i % 50 == 0)
            BIDE_AWAIT(bide_sleep, two, (1));
    }
    BIDE_RETURN();
    BIDE_END;
}

static void traced_while_running(void **state)
{
    pool_bench b;
    pthread_t tracer;
    void *traces;
    int i;
    (void)state;
    atomic_store(&stop_tracing, false);
    pool_open_with(&b, 3);
    for (i = 0; i < 30; i++)
        assert_int_equal(BIDE_SPAWN(b.pool, busy, NULL, (400)), BIDE_READY);
    assert_int_equal(pthread_create(&tracer, NULL, trace_on, b.pool), 0);
    assert_int_equal(bide_thread_pool_wait(b.pool, 60000), BIDE_READY);
    atomic_store(&stop_tracing, true);
    pthread_join(tracer, &traces);
    assert_true((intptr_t)traces > 0);
    pool_close(&b);
}

static bide_poll traced_through(bide_allocator *a)
{
    bide_thread_pool_options options = bide_thread_pool_options_init();
    bide_thread_pool *pool;
    bide_trace_buffer buffer;
    bide_trace_options o = into(&buffer);
    bide_poll r;
    options.allocator = a;
    options.threads = 1;
    r = bide_thread_pool_new(&options, &pool);
    if (r != BIDE_READY)
        return r;
    BIDE_SPAWN_TO(r, pool, bide_sleep, NULL, NULL, (100000));
    bide_trace_thread_pool(pool, &o);
    bide_thread_pool_free(pool);
    return r;
}
TEST_EVERY_FAILURE(every_failure, traced_through)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees_of_waiting_tasks),  cmocka_unit_test(a_task_traces_its_pool),
        cmocka_unit_test(requests_are_not_needed), cmocka_unit_test(traced_while_running),
        cmocka_unit_test(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
