/*
 * Tasks on GMainContexts: turns, time, nesting, wakes, ends.
 */
#include "glib_support.h"

#include <pthread.h>
#include <signal.h>

#define wait_event_FRAME BIDE_COMPLETION_FRAME
BIDE_COMPLETION(int32_t, wait_event);

static bide_completion *new_event(void)
{
    bide_completion_options o = bide_completion_options_init();
    bide_completion *c = NULL;
    assert_int_equal(wait_event_new(&o, &c), BIDE_READY);
    return c;
}

#define nap_often_FRAME(ROW)                                                                       \
    ROW(PARAM, int, times)                                                                         \
    ROW(PARAM, uint64_t, ms) ROW(PARAM, int *, naps) ROW(CHILD, bide_sleep, nap)
BIDE_ASYNC(void, nap_often)
{
    BIDE_BEGIN(nap_often);
    for (; f->times > 0; f->times--) {
        BIDE_AWAIT(bide_sleep, nap, (f->ms));
        ++*f->naps;
    }
    BIDE_RETURN();
    BIDE_END;
}

#define yield_often_FRAME(ROW)                                                                     \
    ROW(PARAM, int, times) ROW(PARAM, int *, polls) ROW(CHILD, bide_yield, y)
BIDE_ASYNC(void, yield_often)
{
    BIDE_BEGIN(yield_often);
    for (; f->times > 0; f->times--) {
        ++*f->polls;
        BIDE_AWAIT(bide_yield, y, ());
    }
    BIDE_RETURN();
    BIDE_END;
}

/* ---- turns and time ----------------------------------------------------------------------- */

static void tasks_run_until_none_is_left(void **state)
{
    GMainContext *context = g_main_context_new();
    bide_glib *rt = new_rt(context);
    int naps = 0, yields = 0;
    (void)state;
    assert_int_equal(bide_glib_run(rt), BIDE_READY);
    assert_int_equal(BIDE_SPAWN(bide_glib_runtime(rt), nap_often, NULL, (3, 2, &naps)), BIDE_READY);
    assert_int_equal(BIDE_SPAWN(bide_glib_runtime(rt), yield_often, NULL, (1000, &yields)),
                     BIDE_READY);
    assert_int_equal(bide_glib_run(rt), BIDE_READY);
    assert_int_equal(naps, 3);
    assert_int_equal(yields, 1000);
    assert_ptr_equal(bide_glib_context(rt), context);
    assert_ptr_equal(bide_local_runtime(bide_glib_local(rt)), bide_glib_runtime(rt));
    end_rt(rt, context);
}

struct ticker {
    GMainLoop *loop;
    const int *until; /* the other's count */
    int ticks, most;
};

static gboolean tick(gpointer data)
{
    struct ticker *t = data;
    t->ticks++;
    if (t->ticks >= t->most && *t->until >= 3)
        g_main_loop_quit(t->loop);
    return G_SOURCE_CONTINUE;
}

static GSource *attach(GMainContext *context, GSource *source, GSourceFunc f, void *data)
{
    g_source_set_callback(source, f, data, NULL);
    g_source_attach(source, context);
    return source;
}

static void end_source(GSource *source)
{
    g_source_destroy(source);
    g_source_unref(source);
}

static void beside_time_outs_of_the_application(void **state)
{
    GMainContext *context = g_main_context_new();
    bide_glib *rt = new_rt(context);
    int naps = 0;
    struct ticker t = {.loop = g_main_loop_new(context, FALSE), .until = &naps, .most = 3};
    GSource *source = attach(context, g_timeout_source_new(2), tick, &t);
    (void)state;
    assert_int_equal(BIDE_SPAWN(bide_glib_runtime(rt), nap_often, NULL, (3, 2, &naps)), BIDE_READY);
    g_main_loop_run(t.loop);
    assert_int_equal(naps, 3);
    assert_true(t.ticks >= 3);
    end_source(source);
    g_main_loop_unref(t.loop);
    end_rt(rt, context);
}

static void the_default_context_is_null(void **state)
{
    bide_glib *rt = new_rt(NULL);
    (void)state;
    assert_ptr_equal(bide_glib_context(rt), g_main_context_default());
    assert_int_equal(bide_glib_free(rt), BIDE_READY);
    assert_int_equal(bide_glib_free(NULL), BIDE_READY);
}

/* Sleeps as long as the nearest timer says, never too short, and without a poll in between. */
static void it_sleeps_until_the_deadline(void **state)
{
    GMainContext *context = g_main_context_new();
    bide_glib *rt = new_rt(context);
    int naps = 0;
    gint64 begun;
    (void)state;
    assert_int_equal(BIDE_SPAWN(bide_glib_runtime(rt), nap_often, NULL, (1, 30, &naps)),
                     BIDE_READY);
    watch(context);
    begun = g_get_monotonic_time();
    assert_int_equal(bide_glib_run(rt), BIDE_READY);
    assert_true(g_get_monotonic_time() - begun >= 30000);
    assert_in_range(seen.longest, 0, 30);
    assert_true(seen.calls <= 4);
    end_rt(rt, context);
}

/* A clock that is far from GLib's. */
static uint64_t offset_now(bide_clock *clock)
{
    (void)clock;
    return (uint64_t)g_get_monotonic_time() * 1000u + (UINT64_MAX / 2);
}

static void deadlines_are_on_the_clock_of_the_options(void **state)
{
    GMainContext *context = g_main_context_new();
    bide_clock clock = {.size = sizeof clock, .now = offset_now};
    bide_glib_options o = bide_glib_options_init();
    bide_glib *rt;
    bide_poll r;
    int naps = 0;
    (void)state;
    o.clock = &clock;
    assert_int_equal(bide_glib_new(&o, context, &rt), BIDE_READY);
    watch(context);
    BIDE_GLIB_RUN_UNTIL_TO(r, rt, nap_often, NULL, (2, 5, &naps));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(naps, 2);
    assert_in_range(seen.longest, 0, 5);
    end_rt(rt, context);
}

static gboolean count_up(gpointer data)
{
    ++*(int *)data;
    return G_SOURCE_CONTINUE;
}

/* 1,000 polls take four turns, and what is as important has its own in between. */
static void other_sources_come_in_between(void **state)
{
    GMainContext *context = g_main_context_new();
    bide_glib *rt = new_rt(context);
    int yields = 0, idles = 0;
    GSource *idle = g_idle_source_new();
    (void)state;
    g_source_set_priority(idle, G_PRIORITY_DEFAULT);
    attach(context, idle, count_up, &idles);
    assert_int_equal(BIDE_SPAWN(bide_glib_runtime(rt), yield_often, NULL, (1000, &yields)),
                     BIDE_READY);
    assert_int_equal(bide_glib_run(rt), BIDE_READY);
    assert_int_equal(yields, 1000);
    assert_in_range(idles, 3, 5);
    end_source(idle);
    end_rt(rt, context);
}

static void priorities_are_of_the_options(void **state)
{
    GMainContext *context = g_main_context_new();
    bide_glib_options o = bide_glib_options_init();
    bide_glib *rt;
    int yields = 0, idles = 0;
    GSource *idle = attach(context, g_idle_source_new(), count_up, &idles);
    (void)state;
    o.priority = G_PRIORITY_LOW; /* behind idle sources */
    assert_int_equal(bide_glib_new(&o, context, &rt), BIDE_READY);
    assert_int_equal(BIDE_SPAWN(bide_glib_runtime(rt), yield_often, NULL, (1, &yields)),
                     BIDE_READY);
    for (int i = 0; i < 100; i++)
        g_main_context_iteration(context, FALSE);
    assert_int_equal(yields, 0);
    assert_int_equal(idles, 100);
    end_source(idle);
    assert_int_equal(bide_glib_run(rt), BIDE_READY);
    assert_int_equal(yields, 1);
    end_rt(rt, context);
}

static void one_future_in_the_callers_memory(void **state)
{
    GMainContext *context = g_main_context_new();
    bide_glib *rt = new_rt(context);
    int naps = 0, other = 0;
    bide_poll r;
    (void)state;
    assert_int_equal(BIDE_SPAWN(bide_glib_runtime(rt), nap_often, NULL, (1, 60000, &other)),
                     BIDE_READY);
    BIDE_GLIB_RUN_UNTIL_TO(r, rt, nap_often, NULL, (2, 2, &naps));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(naps, 2);
    BIDE_GLIB_RUN_UNTIL_TO(r, rt, nap_often, NULL, (0, 0, &naps));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(other, 0);
    end_rt(rt, context); /* drops the one that naps */
}

/* ---- nesting ------------------------------------------------------------------------------ */

#define nest_FRAME(ROW) ROW(PARAM, bide_glib *, rt) ROW(LOCAL, bide_poll, code)
BIDE_ASYNC(int32_t, nest)
{
    int naps = 0;
    BIDE_BEGIN(nest);
    BIDE_GLIB_RUN_UNTIL_TO(f->code, f->rt, nap_often, NULL, (1, 1, &naps));
    if (bide_glib_run(f->rt) != BIDE_EMISUSE || bide_glib_free(f->rt) != BIDE_EMISUSE)
        BIDE_RETURN(0);
    BIDE_RETURN(f->code);
    BIDE_END;
}

static void running_inside_a_task_is_refused(void **state)
{
    GMainContext *context = g_main_context_new();
    bide_glib *rt = new_rt(context);
    int32_t out = 0;
    bide_poll r;
    (void)state;
    BIDE_GLIB_RUN_UNTIL_TO(r, rt, nest, &out, (rt));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(out, BIDE_EMISUSE);
    end_rt(rt, context);
}

struct dialog {
    bide_glib *rt;
    int naps;
    bide_poll code, free_code;
};

static gboolean run_dialog(gpointer data)
{
    struct dialog *d = data;
    BIDE_GLIB_RUN_UNTIL_TO(d->code, d->rt, nap_often, NULL, (2, 2, &d->naps));
    d->free_code = bide_glib_free(d->rt);
    return G_SOURCE_REMOVE;
}

/* The inner one ends first; the outer one goes on, and sees that nothing is left. */
static void callbacks_may_run_a_future(void **state)
{
    GMainContext *context = g_main_context_new();
    bide_glib *rt = new_rt(context);
    struct dialog d = {.rt = rt};
    GSource *source = attach(context, g_idle_source_new(), run_dialog, &d);
    int naps = 0;
    (void)state;
    g_source_set_priority(source, G_PRIORITY_HIGH);
    assert_int_equal(BIDE_SPAWN(bide_glib_runtime(rt), nap_often, NULL, (2, 1, &naps)), BIDE_READY);
    assert_int_equal(bide_glib_run(rt), BIDE_READY);
    assert_int_equal(d.code, BIDE_READY);
    assert_int_equal(d.free_code, BIDE_EMISUSE);
    assert_int_equal(d.naps, 2);
    assert_int_equal(naps, 2);
    end_source(source);
    end_rt(rt, context);
}

#define iterate_FRAME(ROW)                                                                         \
    ROW(PARAM, GMainContext *, context) ROW(PARAM, const int *, count) ROW(PARAM, int, until)
BIDE_ASYNC(void, iterate)
{
    BIDE_BEGIN(iterate);
    while (*f->count < f->until)
        g_main_context_iteration(f->context, TRUE);
    BIDE_RETURN();
    BIDE_END;
}

/* Other sources are served; descriptors and deadlines of ours do not keep the processor busy. */
static void a_task_may_iterate_the_context(void **state)
{
    GMainContext *context = g_main_context_new();
    bide_glib *rt = new_rt(context);
    int ticks = 0, naps = 0, ends[2];
    GSource *source = attach(context, g_timeout_source_new(20), count_up, &ticks);
    bide_join join;
    uint32_t came;
    (void)state;
    make_pair(ends);
    put(ends[1], "x");
    assert_int_equal(
        BIDE_SPAWN(bide_glib_runtime(rt), bide_glib_wait, &join, (rt, ends[0], BIDE_GLIB_READ)),
        BIDE_READY);
    assert_int_equal(BIDE_SPAWN(bide_glib_runtime(rt), nap_often, NULL, (1, 5, &naps)), BIDE_READY);
    assert_int_equal(BIDE_SPAWN(bide_glib_runtime(rt), iterate, NULL, (context, &ticks, 3)),
                     BIDE_READY);
    watch(context);
    assert_int_equal(bide_glib_run(rt), BIDE_READY);
    assert_int_equal(ticks, 3);
    assert_int_equal(naps, 1);
    assert_int_equal(bide_join_try_take(&join, &came), BIDE_READY);
    assert_int_equal(came, BIDE_GLIB_READ);
    assert_in_range(seen.calls, 3, 120); /* at most a look a millisecond */
    end_source(source);
    close_pair(ends);
    end_rt(rt, context);
}

/* Another executor's task iterates it: there are no turns until that has ended, and then there are.
 */
static void tasks_wait_for_another_executor(void **state)
{
    GMainContext *context = g_main_context_new();
    bide_glib *rt = new_rt(context);
    int ticks = 0, naps = 0;
    GSource *source = attach(context, g_timeout_source_new(5), count_up, &ticks);
    bide_poll r;
    (void)state;
    assert_int_equal(BIDE_SPAWN(bide_glib_runtime(rt), nap_often, NULL, (1, 1, &naps)), BIDE_READY);
    watch(context);
    BIDE_BLOCK_ON_TO(r, iterate, NULL, (context, &ticks, 3));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(naps, 0);
    assert_in_range(seen.calls, 3, 40);
    end_source(source);
    while (!naps)
        g_main_context_iteration(context, TRUE);
    end_rt(rt, context);
}

/* ---- wakes -------------------------------------------------------------------------------- */

static gboolean complete(gpointer data)
{
    assert_int_equal(wait_event_complete(data, 5), BIDE_READY);
    return G_SOURCE_REMOVE;
}

static void wakes_on_the_contexts_thread_do_not_signal(void **state)
{
    GMainContext *context = g_main_context_new();
    bide_glib *rt = new_rt(context);
    bide_completion *event = new_event();
    GSource *source;
    bide_join join;
    int32_t out = 0;
    (void)state;
    assert_int_equal(BIDE_SPAWN(bide_glib_runtime(rt), wait_event, &join, (event)), BIDE_READY);
    assert_true(g_main_context_iteration(context, FALSE));
    assert_false(g_main_context_iteration(context, FALSE));
    source = attach(context, g_timeout_source_new(1), complete, event);
    watch(context);
    assert_int_equal(bide_glib_run(rt), BIDE_READY);
    assert_int_equal(bide_join_try_take(&join, &out), BIDE_READY);
    assert_int_equal(out, 5);
    assert_int_equal(seen.hits, 0);
    assert_in_range(seen.calls, 2, 4);
    g_source_unref(source);
    end_rt(rt, context);
}

static bide_waker *kept; /* of the last `keeper` that was polled */

#define keeper_FRAME(ROW) ROW(LOCAL, int, polls)
BIDE_FUTURE(void, keeper)
static bide_poll keeper_poll(struct keeper *f, bide_context *cx, void *out)
{
    (void)out;
    if (f->polls++)
        return BIDE_READY;
    return bide_waker_register(&kept, cx) == BIDE_READY ? BIDE_PENDING : BIDE_ENOMEM;
}
static void keeper_drop(struct keeper *f)
{
    (void)f;
}

static void on_alarm(int number)
{
    (void)number;
    (void)bide_wake_from_isr(kept);
}

static void signal_handlers_wake(void **state)
{
    GMainContext *context = g_main_context_new();
    bide_glib *rt = new_rt(context);
    struct sigaction act = {.sa_handler = on_alarm}, before;
    (void)state;
    sigemptyset(&act.sa_mask);
    assert_int_equal(sigaction(SIGALRM, &act, &before), 0);
    for (int i = 0; i < 3; i++) {
        bide_join join;
        assert_int_equal(BIDE_SPAWN(bide_glib_runtime(rt), keeper, &join, ()), BIDE_READY);
        while (g_main_context_iteration(context, FALSE))
            continue;
        watch(context);
        assert_int_equal(raise(SIGALRM), 0);
        assert_true(g_main_context_iteration(context, FALSE));
        assert_int_equal(seen.hits, 1); /* it would have been woken up */
        assert_int_equal(bide_join_try_take(&join, NULL), BIDE_READY);
        bide_waker_clear(&kept);
    }
    assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
    end_rt(rt, context);
}

/* A thread with a context of its own, whose tasks complete the other's events: a ball between two
 * contexts, neither of which is ever polled for nothing. */
struct player {
    bide_completion *in[200], *out[200];
    pthread_t thread;
    int32_t sum;
};

#define play_FRAME(ROW)                                                                            \
    ROW(PARAM, struct player *, p)                                                                 \
    ROW(LOCAL, int, i) ROW(LOCAL, int32_t, ball) ROW(CHILD, wait_event, in)
BIDE_ASYNC(void, play)
{
    BIDE_BEGIN(play);
    for (; f->i < 200; f->i++) {
        BIDE_AWAIT_TO(f->ball, wait_event, in, (f->p->in[f->i]));
        f->p->sum += f->ball;
        (void)wait_event_complete(f->p->out[f->i], f->ball + 1);
    }
    BIDE_RETURN();
    BIDE_END;
}

static void *play_on_a_context(void *arg)
{
    GMainContext *context = g_main_context_new();
    bide_glib *rt;
    if (bide_glib_new(NULL, context, &rt) != BIDE_READY)
        return NULL;
    if (BIDE_SPAWN(bide_glib_runtime(rt), play, NULL, (arg)) == BIDE_READY)
        (void)bide_glib_run(rt);
    (void)bide_glib_free(rt);
    g_main_context_unref(context);
    return arg;
}

static void many_contexts_on_threads(void **state)
{
    enum { PLAYERS = 4, ROUNDS = 200 };
    static struct player players[PLAYERS];
    bide_completion *last[ROUNDS];
    int32_t out = 0;
    bide_poll r;
    (void)state;
    memset(players, 0, sizeof players);
    for (int i = 0; i < ROUNDS; i++) {
        for (int k = 0; k < PLAYERS; k++)
            players[k].in[i] = new_event();
        last[i] = new_event();
        for (int k = 0; k < PLAYERS; k++)
            players[k].out[i] = k + 1 < PLAYERS ? players[k + 1].in[i] : last[i];
    }
    for (int k = 0; k < PLAYERS; k++)
        assert_int_equal(pthread_create(&players[k].thread, NULL, play_on_a_context, &players[k]),
                         0);
    for (int i = 0; i < ROUNDS; i++) {
        assert_int_equal(wait_event_complete(players[0].in[i], i), BIDE_READY);
        BIDE_BLOCK_ON_TO(r, wait_event, &out, (last[i]));
        assert_int_equal(r, BIDE_READY);
        assert_int_equal(out, i + PLAYERS);
    }
    for (int k = 0; k < PLAYERS; k++) {
        void *ended = NULL;
        pthread_join(players[k].thread, &ended);
        assert_ptr_equal(ended, &players[k]);
        assert_int_equal(players[k].sum, ROUNDS * (ROUNDS - 1) / 2 + k * ROUNDS);
    }
}

static void *run_elsewhere(void *arg)
{
    return bide_glib_run(arg) == BIDE_READY ? arg : NULL;
}

/* With tasks that are BIDE_SEND. */
static void a_context_may_go_to_another_thread(void **state)
{
    GMainContext *context = g_main_context_new();
    bide_glib *rt = new_rt(context);
    (void)state;
    for (int i = 0; i < 4; i++) {
        pthread_t thread;
        bide_join join;
        void *ran = NULL;
        assert_int_equal(BIDE_SPAWN(bide_glib_runtime(rt), bide_sleep, &join, (1)), BIDE_READY);
        if (i % 2 == 0) {
            assert_int_equal(pthread_create(&thread, NULL, run_elsewhere, rt), 0);
            pthread_join(thread, &ran);
            assert_ptr_equal(ran, rt);
        } else {
            assert_int_equal(bide_glib_run(rt), BIDE_READY);
        }
        assert_int_equal(bide_join_try_take(&join, NULL), BIDE_READY);
    }
    /* While this thread has it, no other one runs it. */
    assert_true(g_main_context_acquire(context));
    {
        pthread_t thread;
        void *ran = rt;
        assert_int_equal(pthread_create(&thread, NULL, run_elsewhere, rt), 0);
        pthread_join(thread, &ran);
        assert_null(ran);
    }
    g_main_context_release(context);
    end_rt(rt, context);
}

/* A source of the application's that completes an event when it is asked what it waits for: which
 * is behind our own answer, as it is of lower priority. */
typedef struct late_source {
    GSource base;
    bide_completion *event;
} late_source;

static gboolean complete_late(GSource *source, gint *timeout)
{
    late_source *s = (late_source *)(void *)source;
    *timeout = -1;
    if (seen.calls > 0 && s->event) {
        (void)wait_event_complete(s->event, 5);
        s->event = NULL;
    }
    return FALSE;
}

static gboolean never_comes(GSource *source)
{
    (void)source;
    return FALSE;
}

static void a_source_that_wakes_as_it_prepares(void **state)
{
    static GSourceFuncs functions = {.prepare = complete_late, .check = never_comes};
    GMainContext *context = g_main_context_new();
    bide_glib *rt = new_rt(context);
    GSource *source = g_source_new(&functions, sizeof(late_source));
    bide_completion *event = new_event();
    bide_poll r;
    int32_t out = 0;
    (void)state;
    ((late_source *)(void *)source)->event = event;
    g_source_set_priority(source, G_PRIORITY_DEFAULT + 10);
    (void)g_source_attach(source, context);
    watch(context);
    alarm(20);
    BIDE_GLIB_RUN_UNTIL_TO(r, rt, wait_event, &out, (event));
    alarm(0);
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(out, 5);
    g_source_destroy(source);
    g_source_unref(source);
    end_rt(rt, context);
}

/* ---- the end ------------------------------------------------------------------------------ */

static void the_end_drops_tasks_and_ends_waits(void **state)
{
    GMainContext *context = g_main_context_new();
    bide_glib *rt = new_rt(context), *other = new_rt(context);
    struct bide_glib_wait wait;
    bide_counting_waker waker;
    bide_context cx;
    bide_join join;
    uint32_t came = 0;
    int naps = 0, ends[2];
    (void)state;
    make_pair(ends);
    bide_counting_waker_init(&waker);
    cx = (bide_context){.size = sizeof cx, .waker = &waker.base};
    bide_glib_wait_init(&wait, rt, ends[0], BIDE_GLIB_READ);
    assert_int_equal(bide_glib_wait_poll(&wait, &cx, &came), BIDE_PENDING);
    assert_int_equal(
        BIDE_SPAWN(bide_glib_runtime(rt), bide_glib_wait, &join, (rt, ends[1], BIDE_GLIB_READ)),
        BIDE_READY);
    assert_int_equal(BIDE_SPAWN(bide_glib_runtime(rt), keeper, NULL, ()), BIDE_READY);
    assert_int_equal(BIDE_SPAWN(bide_glib_runtime(other), nap_often, NULL, (2, 2, &naps)),
                     BIDE_READY);
    watch(context);
    assert_int_equal(looks_at(context), 2);
    assert_int_equal(bide_glib_free(rt), BIDE_READY);
    assert_int_equal(waker.wakes, 1);
    assert_int_equal(bide_join_try_take(&join, &came), BIDE_ECANCELED);
    assert_int_equal(bide_glib_wait_poll(&wait, &cx, &came), BIDE_ECANCELED);
    assert_int_equal(looks_at(context), 0);
    bide_waker_take_and_wake(&kept);
    assert_int_equal(bide_glib_run(other), BIDE_READY); /* the other one is as it was */
    assert_int_equal(naps, 2);
    close_pair(ends);
    end_rt(other, context);
}

static void options_are_looked_at(void **state)
{
    bide_glib_options o = bide_glib_options_init();
    bide_glib *rt;
    (void)state;
    o.allocator = NULL;
    assert_int_equal(bide_glib_new(&o, NULL, &rt), BIDE_EMISUSE);
    assert_null(rt);
}

/* ---- no memory ---------------------------------------------------------------------------- */

static bide_poll naps_through(bide_allocator *a)
{
    GMainContext *context = g_main_context_new();
    bide_glib_options o = bide_glib_options_init();
    int naps = 0, yields = 0;
    bide_glib *rt;
    bide_poll r;
    o.allocator = a;
    r = bide_glib_new(&o, context, &rt);
    if (r == BIDE_READY) {
        BIDE_SPAWN_TO(r, bide_glib_runtime(rt), yield_often, NULL, NULL, (3, &yields));
        if (r == BIDE_READY)
            BIDE_GLIB_RUN_UNTIL_TO(r, rt, nap_often, NULL, (1, 1, &naps));
        assert_int_equal(bide_glib_free(rt), BIDE_READY);
    }
    g_main_context_unref(context);
    return r;
}

TEST_EVERY_FAILURE(no_memory_for_a_runtime, naps_through)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tasks_run_until_none_is_left),
        cmocka_unit_test(beside_time_outs_of_the_application),
        cmocka_unit_test(the_default_context_is_null),
        cmocka_unit_test(it_sleeps_until_the_deadline),
        cmocka_unit_test(deadlines_are_on_the_clock_of_the_options),
        cmocka_unit_test(other_sources_come_in_between),
        cmocka_unit_test(priorities_are_of_the_options),
        cmocka_unit_test(one_future_in_the_callers_memory),
        cmocka_unit_test(running_inside_a_task_is_refused),
        cmocka_unit_test(callbacks_may_run_a_future),
        cmocka_unit_test(a_task_may_iterate_the_context),
        cmocka_unit_test(tasks_wait_for_another_executor),
        cmocka_unit_test(wakes_on_the_contexts_thread_do_not_signal),
        cmocka_unit_test(signal_handlers_wake),
        cmocka_unit_test(many_contexts_on_threads),
        cmocka_unit_test(a_context_may_go_to_another_thread),
        cmocka_unit_test(a_source_that_wakes_as_it_prepares),
        cmocka_unit_test(the_end_drops_tasks_and_ends_waits),
        cmocka_unit_test(options_are_looked_at),
        cmocka_unit_test(no_memory_for_a_runtime),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
