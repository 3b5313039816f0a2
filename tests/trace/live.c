/*
 * live.c: an executor with tasks that wait. Prints what bide_trace_local tells of them, and calls
 * stop_here, where a debugger looks at the same. With an argument: a thread pool.
 */
#include "live.h"

#include <bide/pool.h>
#include <bide/testing_clock.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

BIDE_ASYNC_DEFINE(int, pause)
{
    BIDE_BEGIN(pause);
    BIDE_AWAIT(bide_sleep, nap, (f->ms));
    BIDE_RETURN((int)f->ms);
    BIDE_END;
}

BIDE_IMPL(Store, Disk);

#define writer_FRAME(ROW)                                                                          \
    ROW(PARAM, Store, store)                                                                       \
    ROW(CHILD, bide_yield, first)                                                                  \
    ROW(CHILD, Store_save, saved) ROW(BOXED, writer, again) ROW(LOCAL, int, sum) ROW(PARAM, int, n)
BIDE_ASYNC_DECLARE(int, writer)
BIDE_ASYNC_DEFINE(int, writer)
{
    BIDE_BEGIN(writer);
    BIDE_AWAIT(bide_yield, first, ());
    if (f->n > 0) {
        BIDE_AWAIT_TO(f->sum, writer, again, (f->store, f->n - 1));
    } else {
        BIDE_AWAIT_TO(f->sum, Store_save, saved, (&f->store, 100));
    }
    BIDE_RETURN(f->sum);
    BIDE_END;
}

#define number_FRAME BIDE_COMPLETION_FRAME
BIDE_COMPLETION(int, number);

#define three_FRAME(ROW)                                                                           \
    ROW(PARAM, bide_completion *, c)                                                               \
    ROW(LOCAL, int, x)                                                                             \
    ROW(LOCAL, int, y) ROW(JOIN, all, (pause, a), (number, b), (bide_yield, c))
BIDE_ASYNC(int, three)
{
    BIDE_BEGIN(three);
    /* On one line: compilers differ in the line of a macro call over several. */
    /* clang-format off */
    BIDE_AWAIT_JOIN(all, (pause, a, f->x, (300)), (number, b, f->y, (f->c)), (bide_yield, c, BIDE_VOID, ()));
    /* clang-format on */
    BIDE_RETURN(f->x + f->y);
    BIDE_END;
}

/* What the debugger looks at. */
Disk disk;
Store store;
bide_box box;
bide_join join;
bide_local *executor;

void stop_here(bide_local *ex);
void stop_here(bide_local *ex)
{
    executor = ex;
    fflush(stdout);
}

/* Called through this, so that it is not inlined. */
static void (*volatile stop)(bide_local *ex) = stop_here;

/* Stops in the middle of a poll. */
#define stopping_FRAME(ROW) ROW(PARAM, bide_local *, ex)
BIDE_ASYNC(void, stopping)
{
    BIDE_BEGIN(stopping);
    stop(f->ex);
    BIDE_END;
}

static void write_out(void *arg, const char *text, size_t length)
{
    (void)arg;
    fwrite(text, 1, length, stdout);
}

static void need(bide_poll r)
{
    if (r != BIDE_READY)
        exit(2);
}

static void run(bide_local *ex, bide_virtual_clock *clock)
{
    bide_trace_options to = bide_trace_options_init(write_out, NULL);
    bide_spawn_options named = bide_spawn_options_init();
    bide_completion_options o = bide_completion_options_init();
    bide_context cx = {sizeof cx, 0, bide_waker_noop(), bide_local_runtime(ex), bide_heap()};
    bide_completion *c;
    bide_poll r;
    int out;
    named.name = "the writer";
    need(number_new(&o, &c));
    BIDE_SPAWN_TO(r, ex, writer, &named, &join, (store, 2));
    need(r);
    BIDE_SPAWN_TO(r, ex, three, NULL, NULL, (c));
    need(r);
    BIDE_SPAWN_TO(r, ex, both, NULL, NULL, (&store, 500));
    need(r);
    BIDE_SPAWN_TO(r, ex, down, NULL, NULL, (2));
    need(r);
    (void)bide_local_run_until_stalled(ex);
    bide_virtual_clock_advance(clock, 1000000);
    (void)bide_local_run_until_stalled(ex);
    BIDE_SPAWN_TO(r, ex, bide_yield, NULL, NULL, ());
    need(r);
    if (down_start_box(&box, 1, NULL, &cx, &out) != BIDE_PENDING)
        exit(2);
    need(bide_trace_local(ex, &to));
    stop(ex);
    BIDE_SPAWN_TO(r, ex, stopping, NULL, NULL, (ex));
    need(r);
    (void)bide_local_run_until_stalled(ex);
    bide_box_drop(&box);
    bide_join_detach(&join);
    need(bide_local_free(ex));
    bide_completion_drop(c);
}

/* ---- a thread pool ------------------------------------------------------------------------ */

#define rest_FRAME(ROW) ROW(TRAITS, BIDE_SEND) ROW(PARAM, uint64_t, ms) ROW(CHILD, bide_sleep, nap)
BIDE_ASYNC(int, rest)
{
    BIDE_BEGIN(rest);
    BIDE_AWAIT(bide_sleep, nap, (f->ms));
    BIDE_RETURN(0);
    BIDE_END;
}

#define keeper_FRAME(ROW)                                                                          \
    ROW(TRAITS, BIDE_SEND) ROW(PARAM, int, n) ROW(LOCAL, int, out) ROW(CHILD, rest, resting)
BIDE_ASYNC(int, keeper)
{
    BIDE_BEGIN(keeper);
    BIDE_AWAIT_TO(f->out, rest, resting, (f->n == 0 ? 0 : 3600000));
    BIDE_RETURN(f->out);
    BIDE_END;
}

bide_thread_pool *keepers;
bide_join pool_join, ended_join;

/* Tasks on three threads, which all wait when the tree is written. */
static void run_pool(void)
{
    static char text[4096];
    const struct timespec moment = {0, 1000000};
    bide_thread_pool_options options = bide_thread_pool_options_init();
    bide_spawn_options named = bide_spawn_options_init();
    bide_trace_buffer buffer;
    bide_trace_options to;
    int i;
    options.threads = 3;
    options.name = "the keepers";
    named.name = "the first";
    need(bide_thread_pool_new(&options, &keepers));
    need(BIDE_SPAWN(keepers, keeper, &ended_join, (0)));
    need(BIDE_SPAWN_WITH(keepers, keeper, &named, &pool_join, (1)));
    for (i = 2; i < 6; i++)
        need(BIDE_SPAWN(keepers, keeper, NULL, (i)));
    do {
        (void)nanosleep(&moment, NULL);
        buffer = (bide_trace_buffer){text, sizeof text, 0};
        to = bide_trace_into(&buffer);
        bide_trace_thread_pool(keepers, &to);
    } while (!bide_join_is_done(&ended_join) || strstr(text, "ready") || strstr(text, "running"));
    fputs(text, stdout);
    stop(NULL);
    bide_join_detach(&pool_join);
    bide_join_detach(&ended_join);
    need(bide_thread_pool_free(keepers));
}

int main(int argc, char **argv)
{
    bide_local_options options = bide_local_options_init();
    bide_virtual_clock clock;
    bide_local *ex;
    (void)argv;
    if (argc > 1) {
        run_pool();
        return 0;
    }
    bide_virtual_clock_init(&clock, false);
    options.clock = &clock.base;
    store = Disk_as_Store(&disk, NULL);
    need(bide_local_new(&options, &ex));
    run(ex, &clock);
    return 0;
}
