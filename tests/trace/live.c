/*
 * live.c: an executor with tasks that wait. Prints what bide_trace_local tells of them, and calls
 * stop_here, where a debugger looks at the same.
 */
#include "live.h"

#include <bide/testing_clock.h>

#include <stdio.h>
#include <stdlib.h>

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

int main(void)
{
    bide_local_options options = bide_local_options_init();
    bide_virtual_clock clock;
    bide_local *ex;
    bide_virtual_clock_init(&clock, false);
    options.clock = &clock.base;
    store = Disk_as_Store(&disk, NULL);
    need(bide_local_new(&options, &ex));
    run(ex, &clock);
    return 0;
}
