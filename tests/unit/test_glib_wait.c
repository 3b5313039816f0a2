/*
 * Waiting for descriptors on GMainContexts, in tasks that read and outside of tasks.
 */
#include "glib_support.h"

#include <bide/testing_futures.h>
#include <bide/timeout.h>

#include <errno.h>

/* ---- descriptors -------------------------------------------------------------------------- */

BIDE_INTERLEAVE_PENDING(uint32_t, slow_wait, bide_glib_wait, (bide_glib *, rt), (int32_t, fd),
                        (uint32_t, events));

/* A descriptor behind an interface, to be read from static code and through a handle. */
#define Source_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC_MUT, int32_t, get)
BIDE_INTERFACE(Source);

typedef struct Plain {
    bide_glib *rt;
    int fd;
} Plain;
typedef Plain Slow;

/* Gives the next byte, or -1 at the end. Shape: T_get over the wait W. */
#define GET_BY(T, W)                                                                               \
    BIDE_ASYNC(int32_t, T##_get)                                                                   \
    {                                                                                              \
        unsigned char c;                                                                           \
        ssize_t n;                                                                                 \
        BIDE_BEGIN(T##_get);                                                                       \
        while ((n = read(f->self->fd, &c, 1)) < 0 && errno == EAGAIN)                              \
            BIDE_AWAIT_TO(f->came, W, wait, (f->self->rt, f->self->fd, BIDE_GLIB_READ));           \
        BIDE_RETURN(n == 1 ? c : -1);                                                              \
        BIDE_END;                                                                                  \
    }                                                                                              \
    struct get_by
#define Plain_get_FRAME(ROW)                                                                       \
    ROW(PARAM, Plain *, self) ROW(LOCAL, uint32_t, came) ROW(CHILD, bide_glib_wait, wait)
GET_BY(Plain, bide_glib_wait);
#define Slow_get_FRAME(ROW)                                                                        \
    ROW(PARAM, Slow *, self) ROW(LOCAL, uint32_t, came) ROW(CHILD, slow_wait, wait)
GET_BY(Slow, slow_wait);
BIDE_IMPL_DECLARE(Source, Plain);
BIDE_IMPL(Source, Plain);
BIDE_IMPL_DECLARE(Source, Slow);
BIDE_IMPL(Source, Slow);

/* Collects a text to its end. Shape: T_collect, of any type that implements Source. */
#define COLLECT(T)                                                                                 \
    BIDE_ASYNC(void, T##_collect)                                                                  \
    {                                                                                              \
        BIDE_BEGIN(T##_collect);                                                                   \
        for (;;) {                                                                                 \
            BIDE_AWAIT_TO(f->c, T##_get, next, (f->from));                                         \
            if (f->c < 0)                                                                          \
                break;                                                                             \
            f->text[f->n++] = (char)f->c;                                                          \
        }                                                                                          \
        BIDE_RETURN();                                                                             \
        BIDE_END;                                                                                  \
    }                                                                                              \
    struct collect
#define COLLECT_ROWS(ROW, T)                                                                       \
    ROW(PARAM, T *, from)                                                                          \
    ROW(PARAM, char *, text) ROW(LOCAL, size_t, n) ROW(LOCAL, int32_t, c) ROW(CHILD, T##_get, next)
#define Plain_collect_FRAME(ROW) COLLECT_ROWS(ROW, Plain)
COLLECT(Plain);
#define Slow_collect_FRAME(ROW) COLLECT_ROWS(ROW, Slow)
COLLECT(Slow);
#define Source_collect_FRAME(ROW) COLLECT_ROWS(ROW, Source)
COLLECT(Source);

#define send_slowly_FRAME(ROW)                                                                     \
    ROW(PARAM, int, fd) ROW(PARAM, const char *, text) ROW(CHILD, bide_sleep, nap)
BIDE_ASYNC(void, send_slowly)
{
    BIDE_BEGIN(send_slowly);
    for (; *f->text; f->text++) {
        BIDE_AWAIT(bide_sleep, nap, (1));
        if (write(f->fd, f->text, 1) != 1)
            break;
    }
    shutdown(f->fd, SHUT_WR);
    BIDE_RETURN();
    BIDE_END;
}

static void bytes_static_and_through_a_handle(void **state)
{
    GMainContext *context = g_main_context_new();
    bide_glib *rt = new_rt(context);
    (void)state;
    watch(context);
    for (int way = 0; way < 4; way++) {
        int ends[2];
        char text[32] = "";
        Plain plain;
        Source handle;
        bide_poll r;
        make_pair(ends);
        plain = (Plain){rt, ends[0]};
        handle = way & 1 ? Slow_as_Source(&plain, NULL) : Plain_as_Source(&plain, NULL);
        assert_int_equal(
            BIDE_SPAWN(bide_glib_runtime(rt), send_slowly, NULL, (ends[1], "ten bytes.")),
            BIDE_READY);
        if (way & 2)
            BIDE_GLIB_RUN_UNTIL_TO(r, rt, Source_collect, NULL, (&handle, text));
        else if (way & 1)
            BIDE_GLIB_RUN_UNTIL_TO(r, rt, Slow_collect, NULL, (&plain, text));
        else
            BIDE_GLIB_RUN_UNTIL_TO(r, rt, Plain_collect, NULL, (&plain, text));
        assert_int_equal(r, BIDE_READY);
        assert_string_equal(text, "ten bytes.");
        assert_int_equal(looks_at(context), 0);
        close_pair(ends);
    }
    end_rt(rt, context);
}

static uint32_t wait_now(bide_glib *rt, int fd, uint32_t events)
{
    uint32_t came = 0;
    bide_poll r;
    BIDE_GLIB_RUN_UNTIL_TO(r, rt, bide_glib_wait, &came, (rt, fd, events));
    assert_int_equal(r, BIDE_READY);
    return came;
}

static void events_are_what_poll_says(void **state)
{
    GMainContext *context = g_main_context_new();
    bide_glib *rt = new_rt(context);
    int ends[2];
    uint32_t came = 0;
    bide_poll r;
    (void)state;
    make_pair(ends);
    assert_int_equal(wait_now(rt, ends[0], BIDE_GLIB_READ | BIDE_GLIB_WRITE), BIDE_GLIB_WRITE);
    put(ends[1], "x");
    assert_int_equal(wait_now(rt, ends[0], BIDE_GLIB_READ), BIDE_GLIB_READ);
    assert_int_equal(wait_now(rt, ends[0], BIDE_GLIB_READ | BIDE_GLIB_WRITE),
                     BIDE_GLIB_READ | BIDE_GLIB_WRITE);
    close(ends[1]);
    assert_true(wait_now(rt, ends[0], BIDE_GLIB_READ) & BIDE_GLIB_HANGUP);
    assert_true(wait_now(rt, ends[0], 0) & BIDE_GLIB_HANGUP); /* without being asked for */
    close(ends[0]);
    assert_int_equal(wait_now(rt, ends[0], BIDE_GLIB_READ), BIDE_GLIB_INVALID);
    assert_int_equal(wait_now(rt, -1, BIDE_GLIB_READ), BIDE_GLIB_INVALID);
    BIDE_GLIB_RUN_UNTIL_TO(r, rt, bide_glib_wait, &came, (rt, 0, 64));
    assert_int_equal(r, BIDE_EMISUSE);
    end_rt(rt, context);
}

/* Each has its own events; one that is served leaves the others where they are. */
static void many_wait_for_one_descriptor(void **state)
{
    enum { WAITS = 5 };
    static const uint32_t events[WAITS] = {BIDE_GLIB_READ, BIDE_GLIB_WRITE, BIDE_GLIB_READ,
                                           BIDE_GLIB_READ, BIDE_GLIB_PRIORITY};
    GMainContext *context = g_main_context_new();
    bide_glib *rt = new_rt(context);
    bide_join joins[WAITS];
    uint32_t came = 0;
    int ends[2];
    (void)state;
    make_pair(ends);
    watch(context);
    for (int i = 0; i < WAITS; i++)
        assert_int_equal(
            BIDE_SPAWN(bide_glib_runtime(rt), bide_glib_wait, &joins[i], (rt, ends[0], events[i])),
            BIDE_READY);
    assert_true(looks_at(context) > 0);
    for (int i = 0; i < WAITS; i++)
        assert_int_equal(bide_join_is_done(&joins[i]), i == 1);
    assert_int_equal(bide_join_try_take(&joins[1], &came), BIDE_READY);
    assert_int_equal(came, BIDE_GLIB_WRITE);
    bide_join_abort(&joins[2]); /* in the middle of the list */
    put(ends[1], "x");
    looks_at(context);
    assert_int_equal(bide_join_try_take(&joins[0], &came), BIDE_READY);
    assert_int_equal(bide_join_try_take(&joins[2], &came), BIDE_ECANCELED);
    assert_int_equal(bide_join_try_take(&joins[3], &came), BIDE_READY);
    assert_int_equal(came, BIDE_GLIB_READ);
    assert_false(bide_join_is_done(&joins[4]));
    bide_join_abort(&joins[4]);
    assert_int_equal(looks_at(context), 0);
    bide_join_detach(&joins[4]);
    close_pair(ends);
    end_rt(rt, context);
}

/* Event, wake and poll of the task are one dispatch. */
static void an_event_takes_one_turn(void **state)
{
    GMainContext *context = g_main_context_new();
    bide_glib *rt = new_rt(context);
    bide_join join;
    int ends[2];
    (void)state;
    make_pair(ends);
    assert_int_equal(
        BIDE_SPAWN(bide_glib_runtime(rt), bide_glib_wait, &join, (rt, ends[0], BIDE_GLIB_READ)),
        BIDE_READY);
    while (g_main_context_iteration(context, FALSE))
        continue;
    put(ends[1], "x");
    assert_true(g_main_context_iteration(context, FALSE));
    assert_int_equal(bide_join_try_take(&join, NULL), BIDE_READY);
    assert_false(g_main_context_iteration(context, FALSE));
    close_pair(ends);
    end_rt(rt, context);
}

BIDE_TIMEOUT(wait_shortly, bide_glib_wait);

static void dropped_waits_are_gone(void **state)
{
    GMainContext *context = g_main_context_new();
    bide_glib *rt = new_rt(context);
    wait_shortly_output timed;
    struct bide_glib_wait wait;
    bide_poll r;
    int ends[2];
    (void)state;
    make_pair(ends);
    watch(context);
    bide_glib_wait_init(&wait, rt, ends[0], BIDE_GLIB_READ);
    BIDE_GLIB_RUN_UNTIL_TO(r, rt, wait_shortly, &timed, (5, wait));
    assert_int_equal(r, BIDE_READY);
    assert_true(timed.late);
    assert_int_equal(looks_at(context), 0);
    put(ends[1], "x"); /* nobody waits: nothing happens */
    assert_false(g_main_context_iteration(context, FALSE));
    assert_int_equal(wait_now(rt, ends[0], BIDE_GLIB_READ), BIDE_GLIB_READ);
    close_pair(ends);
    end_rt(rt, context);
}

/* The number belongs to another file by now: it is neither read, closed nor waited for. */
static void a_descriptor_closed_before_the_drop_is_not_touched(void **state)
{
    GMainContext *context = g_main_context_new();
    bide_glib *rt = new_rt(context);
    bide_join join;
    int ends[2], others[2];
    char c = 0;
    (void)state;
    make_pair(ends);
    watch(context);
    assert_int_equal(
        BIDE_SPAWN(bide_glib_runtime(rt), bide_glib_wait, &join, (rt, ends[0], BIDE_GLIB_READ)),
        BIDE_READY);
    assert_int_equal(looks_at(context), 1);
    close(ends[0]);
    make_pair(others);
    assert_int_equal(others[0], ends[0]);
    bide_join_abort(&join);
    assert_int_equal(looks_at(context), 0);
    assert_int_equal(bide_join_try_take(&join, NULL), BIDE_ECANCELED);
    put(others[1], "y");
    assert_int_equal(read(others[0], &c, 1), 1);
    assert_int_equal(c, 'y');
    assert_true(fcntl(others[0], F_GETFL) & O_NONBLOCK);
    close_pair(others);
    close(ends[1]);
    end_rt(rt, context);
}

/* One that is closed under a wait ends it, instead of keeping the context awake. */
static void closing_ends_a_wait(void **state)
{
    GMainContext *context = g_main_context_new();
    bide_glib *rt = new_rt(context);
    bide_join join;
    uint32_t came = 0;
    int ends[2];
    (void)state;
    make_pair(ends);
    watch(context);
    assert_int_equal(
        BIDE_SPAWN(bide_glib_runtime(rt), bide_glib_wait, &join, (rt, ends[0], BIDE_GLIB_READ)),
        BIDE_READY);
    assert_int_equal(looks_at(context), 1);
    close_pair(ends);
    assert_int_equal(bide_glib_run(rt), BIDE_READY);
    assert_int_equal(bide_join_try_take(&join, &came), BIDE_READY);
    assert_int_equal(came, BIDE_GLIB_INVALID);
    assert_int_equal(looks_at(context), 0);
    end_rt(rt, context);
}

/* Between the event and the poll of its future: nothing is lost, and nothing spins. */
static void a_wait_that_nobody_polls_does_not_spin(void **state)
{
    GMainContext *context = g_main_context_new();
    bide_glib *rt = new_rt(context);
    struct bide_glib_wait wait;
    bide_counting_waker waker;
    bide_context cx;
    uint32_t came = 0;
    int ends[2];
    (void)state;
    TEST_BREAKS("?polled again");
    make_pair(ends);
    bide_counting_waker_init(&waker);
    cx = (bide_context){.size = sizeof cx, .waker = &waker.base};
    bide_glib_wait_init(&wait, rt, ends[0], BIDE_GLIB_READ);
    assert_int_equal(bide_glib_wait_poll(&wait, &cx, &came), BIDE_PENDING);
    assert_int_equal(bide_glib_wait_poll(&wait, &cx, &came), BIDE_PENDING);
    watch(context);
    put(ends[1], "x");
    assert_int_equal(looks_at(context), 0);
    assert_int_equal(waker.wakes, 1);
    seen.calls = 0;
    for (int i = 0; i < 5; i++)
        assert_false(g_main_context_iteration(context, FALSE));
    assert_int_equal(seen.calls, 5);
    assert_int_equal(bide_glib_wait_poll(&wait, &cx, &came), BIDE_READY);
    assert_int_equal(came, BIDE_GLIB_READ);
    assert_int_equal(bide_glib_wait_poll(&wait, &cx, &came), BIDE_EMISUSE);
    bide_glib_wait_drop(&wait);
    close_pair(ends);
    end_rt(rt, context);
}

static void a_trace_names_the_descriptor(void **state)
{
    GMainContext *context = g_main_context_new();
    bide_glib *rt = new_rt(context);
    char text[400];
    bide_trace_buffer buffer = {text, sizeof text, 0};
    bide_trace_options o = bide_trace_into(&buffer);
    (void)state;
    assert_int_equal(
        BIDE_SPAWN(bide_glib_runtime(rt), bide_glib_wait, NULL, (rt, 0, BIDE_GLIB_PRIORITY)),
        BIDE_READY);
    g_main_context_iteration(context, FALSE);
    (void)bide_trace_local(bide_glib_local(rt), &o);
    assert_non_null(strstr(text, "bide_glib_wait"));
    assert_non_null(strstr(text, "descriptor 0, out of order"));
    end_rt(rt, context);
}

/* ---- no memory ---------------------------------------------------------------------------- */

static bide_poll reads_through(bide_allocator *a)
{
    GMainContext *context = g_main_context_new();
    bide_glib_options o = bide_glib_options_init();
    int ends[2];
    char text[32] = "";
    bide_glib *rt;
    bide_poll r;
    make_pair(ends);
    o.allocator = a;
    r = bide_glib_new(&o, context, &rt);
    if (r == BIDE_READY) {
        Plain plain = {rt, ends[0]};
        Source handle = Plain_as_Source(&plain, a);
        BIDE_SPAWN_TO(r, bide_glib_runtime(rt), send_slowly, NULL, NULL, (ends[1], "ab"));
        if (r == BIDE_READY)
            BIDE_GLIB_RUN_UNTIL_TO(r, rt, Source_collect, NULL, (&handle, text));
        if (r == BIDE_READY)
            assert_string_equal(text, "ab");
        assert_int_equal(bide_glib_free(rt), BIDE_READY);
    }
    close_pair(ends);
    g_main_context_unref(context);
    return r;
}

TEST_EVERY_FAILURE(no_memory_for_a_reader, reads_through)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_static_and_through_a_handle),
        cmocka_unit_test(events_are_what_poll_says),
        cmocka_unit_test(many_wait_for_one_descriptor),
        cmocka_unit_test(an_event_takes_one_turn),
        cmocka_unit_test(dropped_waits_are_gone),
        cmocka_unit_test(a_descriptor_closed_before_the_drop_is_not_touched),
        cmocka_unit_test(closing_ends_a_wait),
        cmocka_unit_test(a_wait_that_nobody_polls_does_not_spin),
        cmocka_unit_test(a_trace_names_the_descriptor),
        cmocka_unit_test(no_memory_for_a_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
