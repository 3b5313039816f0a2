/*
 * scenarios.c: what two and three threads do with tasks, wakers, join handles and slabs.
 *
 * Thread 0 is the executor's owner. The setup polls the task once, alone, so that the threads begin
 * with a task that waits, and hold what it gave them.
 */
#include "scenarios.h"

#include <bide/alloc_slab.h>
#include <bide/bide.h>
#include <bide/completion.h>
#include <bide/executor.h>

#include "core.h"

#include <string.h>

enum { SIGNALS = 3 };

typedef struct shared {
    bide_local *ex;
    bide_join join, other;
    bide_waker *wakers[SIGNALS];
    atomic_int signals[SIGNALS]; /* relaxed: that they are seen is for the wake to see to */
    int wanted;                  /* the task ends when so many of them are set */
    int ends, drops;             /* owner's */
    int32_t result;
    bide_poll code;
    bool takes_frame; /* the task takes a block from its context's allocator... */
    int more_frames;  /* ...and so many in its second poll */
    void *frames[4];
    bide_allocator *givers[4];
    int releases;
    bide_slab slab;
    _Alignas(16) unsigned char memory[128];
    bide_completion *completion;
} shared;

static shared *g;

/* ---- the task ----------------------------------------------------------------------------- */

#define leaf_FRAME(ROW) ROW(LOCAL, int, polls)
BIDE_FUTURE(int32_t, leaf)

enum { FRAME_BYTES = 24 };

static void take_frame(bide_allocator *a, int i)
{
    g->frames[i] = bide_alloc(a, FRAME_BYTES, 8, &g->givers[i]);
    CHECK(g->frames[i] != NULL);
    memset(g->frames[i], i + 1, FRAME_BYTES);
}

static void give_frame(int i)
{
    bide_free(g->givers[i], g->frames[i], FRAME_BYTES, 8);
}

bide_poll leaf_poll(struct leaf *f, bide_context *cx, int32_t *out)
{
    int i;
    if (f->polls < 3)
        f->polls++;
    if (f->polls == 1) {
        for (i = 0; i < SIGNALS; i++)
            g->wakers[i] = bide_waker_clone(cx->waker);
        if (g->takes_frame)
            for (i = 0; i < 2; i++)
                take_frame(cx->allocator, i);
    } else if (f->polls == 2) {
        for (i = 0; i < g->more_frames; i++)
            take_frame(cx->allocator, 2 + i);
    }
    for (i = 0; i < g->wanted; i++)
        if (!atomic_load_explicit(&g->signals[i], memory_order_relaxed))
            return BIDE_PENDING;
    g->ends++;
    *out = 7;
    return BIDE_READY;
}

void leaf_drop(struct leaf *f)
{
    (void)f;
    g->drops++;
}

static void open_with(bide_allocator *a, int wanted)
{
    bide_local_options o = bide_local_options_init();
    o.allocator = a;
    o.slab_bytes = 256;
    o.slab_cache = 1;
    g->wanted = wanted;
    CHECK(bide_local_new(&o, &g->ex) == BIDE_READY);
    model_only_compared(&g->ex->owner);
    model_uncounted(&g->ex->stats.polls);
    model_uncounted(&g->ex->stats.wakes);
    model_uncounted(&g->ex->stats.sleeps);
    CHECK(BIDE_SPAWN(g->ex, leaf, &g->join, ()) == BIDE_READY);
    CHECK(bide_local_run_until_stalled(g->ex) == BIDE_PENDING);
    g->other = bide_join_clone(&g->join);
    CHECK(g->wakers[0] != NULL);
}

static void new_state(void)
{
    g = model_given(sizeof *g);
    memset(g, 0, sizeof *g);
}

static void open_for_one(void)
{
    new_state();
    open_with(model_heap(), 1);
    bide_join_detach(&g->other);
    bide_waker_drop(g->wakers[2]);
}

/* Two handles, and one waker. */
static void open_for_abort(void)
{
    new_state();
    open_with(model_heap(), 1);
    bide_waker_drop(g->wakers[1]);
    bide_waker_drop(g->wakers[2]);
}

static void open_for_two(void)
{
    new_state();
    open_with(model_heap(), 2);
    bide_join_detach(&g->other);
    bide_waker_drop(g->wakers[2]);
}

static void open_of_one_thread(void)
{
    new_state();
    open_with(model_heap_of_one_thread(), 1);
    bide_waker_drop(g->wakers[2]);
}

static void open_disturbed(void)
{
    open_for_one();
    model_disturb();
}

static void open_two_disturbed(void)
{
    open_for_two();
    model_disturb();
}

static void open_with_frames(void)
{
    new_state();
    g->takes_frame = true;
    open_with(model_heap(), 1);
    bide_join_detach(&g->other);
    bide_waker_drop(g->wakers[2]);
}

/* ---- what threads do ---------------------------------------------------------------------- */

static void set(int i)
{
    atomic_store_explicit(&g->signals[i], 1, memory_order_relaxed);
}

static void run(void)
{
    CHECK(bide_local_run(g->ex) == BIDE_READY);
}

static void run_and_free(void)
{
    run();
    CHECK(bide_local_free(g->ex) == BIDE_READY);
}

static void run_take_and_free(void)
{
    run();
    g->code = bide_join_try_take(&g->join, &g->result);
    CHECK(g->code == BIDE_READY || g->code == BIDE_ECANCELED);
    CHECK(bide_local_free(g->ex) == BIDE_READY);
}

static void only_free(void)
{
    CHECK(bide_local_free(g->ex) == BIDE_READY);
}

static void wake_0(void)
{
    set(0);
    bide_waker_wake(g->wakers[0]);
}

static void wake_1(void)
{
    set(1);
    bide_waker_wake(g->wakers[1]);
}

/* A wake for nothing, and then the one that matters: it may find the flag of the first one set. */
static void wake_twice(void)
{
    bide_waker_wake_by_ref(g->wakers[0]);
    wake_0();
}

static void wake_both(void)
{
    set(0);
    bide_waker_wake_by_ref(g->wakers[0]);
    set(1);
    bide_waker_wake(g->wakers[0]);
}

static void wake_end(void)
{
    bide_waker_wake(g->wakers[1]);
}

static void wake_late(void)
{
    bide_waker_wake_by_ref(g->wakers[1]);
    bide_waker_wake(g->wakers[1]);
}

static void clone_and_drop(void)
{
    bide_waker *again = bide_waker_clone(g->wakers[1]);
    bide_waker_drop(g->wakers[1]);
    bide_waker_drop(again);
}

static void clone_wake_drop(void)
{
    bide_waker *again = bide_waker_clone(g->wakers[0]);
    set(0);
    bide_waker_wake(again);
    bide_waker_drop(g->wakers[0]);
}

static void drop_1(void)
{
    bide_waker_drop(g->wakers[1]);
}

static void abort_and_detach(void)
{
    bide_join_abort(&g->other);
    bide_join_detach(&g->other);
}

static void abort_by_first(void)
{
    bide_join_abort(&g->join);
    bide_join_detach(&g->join);
}

static void detach_both_and_drop_1(void)
{
    bide_join_detach(&g->join);
    bide_join_detach(&g->other);
    bide_waker_drop(g->wakers[1]);
}

static void detach_and_wake(void)
{
    bide_join_detach(&g->join);
    wake_0();
}

/* ---- what must be true in the end --------------------------------------------------------- */

static void ended_by_itself(void)
{
    CHECK(g->ends == 1 && g->drops == 0);
    bide_join_detach(&g->join);
}

static void ended_by_itself_and_free(void)
{
    ended_by_itself();
    CHECK(bide_local_free(g->ex) == BIDE_READY);
}

static void drop_second_and_free(void)
{
    bide_waker_drop(g->wakers[1]);
    ended_by_itself_and_free();
}

static void dropped_and_held(void)
{
    CHECK(g->ends == 0 && g->drops == 1);
    CHECK(bide_join_try_take(&g->join, NULL) == BIDE_ECANCELED);
}

/* One end, and the status that belongs to it. */
static void one_status(void)
{
    CHECK(g->ends + g->drops == 1);
    CHECK(g->code == (g->ends ? BIDE_READY : BIDE_ECANCELED));
    CHECK(g->result == (g->ends ? 7 : 0));
    CHECK(!g->join.task && !g->other.task);
}

static void one_end(void)
{
    CHECK(g->ends + g->drops == 1);
}

static void one_end_drop_0(void)
{
    one_end();
    bide_waker_drop(g->wakers[0]);
}

static void one_end_and_free(void)
{
    one_end();
    CHECK(bide_local_free(g->ex) == BIDE_READY);
}

/* ---- frames of a task's slab -------------------------------------------------------------- */

static void free_frame_0(void)
{
    give_frame(0);
    bide_waker_drop(g->wakers[1]);
}

static void free_frame_1_and_wake(void)
{
    give_frame(1);
    wake_0();
}

static void free_frames_and_wake(void)
{
    give_frame(0);
    wake_0();
    give_frame(1);
    bide_waker_drop(g->wakers[1]);
}

/* ---- a slab alone ------------------------------------------------------------------------- */

static void released(bide_slab *slab)
{
    CHECK(slab == &g->slab);
    g->releases++;
    model_touch(slab, sizeof *slab);
    model_touch(g->memory, sizeof g->memory);
}

/* Room for four blocks of FRAME_BYTES with their headers. */
static void open_slab(void)
{
    int i;
    new_state();
    bide_slab_init(&g->slab, g->memory, 4 * (FRAME_BYTES + 8) - 8, NULL, released);
    bide_slab_enter(&g->slab);
    for (i = 0; i < 2; i++)
        take_frame(&g->slab.base, i);
}

static void leave_and_retire(void)
{
    bide_slab_leave(&g->slab);
    bide_slab_retire(&g->slab);
}

/* The slab is full but for what the others give back meanwhile. */
static void fill_and_retire(void)
{
    int i, got = 0;
    for (i = 2; i < 4; i++) {
        g->frames[i] = bide_alloc(&g->slab.base, FRAME_BYTES, 8, &g->givers[i]);
        if (g->frames[i]) {
            memset(g->frames[i], i, FRAME_BYTES);
            got++;
        }
    }
    CHECK(got >= 1);
    for (i = 2; i < 4; i++)
        if (g->frames[i])
            give_frame(i);
    leave_and_retire();
}

static void give_0(void)
{
    give_frame(0);
}

static void give_1(void)
{
    give_frame(1);
}

static void give_both(void)
{
    give_frame(1);
    give_frame(0);
}

static void released_once(void)
{
    CHECK(g->releases == 1);
}

/* ---- blocking, and completions ------------------------------------------------------------ */

static void open_completion(void)
{
    bide_completion_options o = bide_completion_options_init();
    new_state();
    o.allocator = model_heap();
    o.output_size = sizeof(int32_t);
    o.output_align = sizeof(int32_t);
    CHECK(bide_completion_new(&o, &g->completion) == BIDE_READY);
}

#define await_completion_FRAME(ROW) ROW(PARAM, bide_completion *, c)
BIDE_FUTURE(int32_t, await_completion)

bide_poll await_completion_poll(struct await_completion *f, bide_context *cx, int32_t *out)
{
    return bide_completion_poll(f->c, cx, out);
}

void await_completion_drop(struct await_completion *f)
{
    (void)f;
}

static void block_on_completion(void)
{
    bide_local_options o = bide_local_options_init();
    o.allocator = model_heap();
    o.root_slab_bytes = 0;
    BIDE_BLOCK_ON_WITH_TO(g->code, await_completion, &g->result, &o, (g->completion));
    bide_completion_abandon(g->completion);
}

static void complete(void)
{
    int32_t value = 7;
    (void)bide_completion_finish(g->completion, BIDE_READY, &value);
}

static void completed(void)
{
    CHECK(g->code == BIDE_READY && g->result == 7);
}

/* ------------------------------------------------------------------------------------------- */

const model_scenario model_scenarios[] = {
    /* A wake against the poll and against going to sleep. */
    {"wake-park", false, open_for_one, {run, wake_0, drop_1}, ended_by_itself_and_free},
    {"wake-twice", false, open_for_one, {run, wake_twice, NULL}, drop_second_and_free},
    {"wake-both", false, open_for_two, {run, wake_both, NULL}, drop_second_and_free},
    {"two-wakers", false, open_for_two, {run, wake_0, wake_1}, ended_by_itself_and_free},
    {"twice-and-once", true, open_for_two, {run, wake_twice, wake_1}, ended_by_itself_and_free},
    {"wake-disturbed", false, open_disturbed, {run, wake_0, drop_1}, ended_by_itself_and_free},
    {"twice-disturbed", false, open_disturbed, {run, wake_twice, NULL}, drop_second_and_free},
    {"two-disturbed", true, open_two_disturbed, {run, wake_0, wake_1}, ended_by_itself_and_free},
    {"block-on-completion",
     false,
     open_completion,
     {block_on_completion, complete, NULL},
     completed},
    /* The end of a task and of its executor against wakers. */
    {"wake-after-end", false, open_for_one, {run_and_free, wake_0, wake_end}, ended_by_itself},
    {"wake-late", true, open_for_one, {run_and_free, wake_0, wake_late}, ended_by_itself},
    {"clone-drop",
     false,
     open_for_one,
     {run_and_free, clone_wake_drop, clone_and_drop},
     ended_by_itself},
    {"free-wake", false, open_for_one, {only_free, wake_0, wake_late}, dropped_and_held},
    {"one-thread-heap",
     false,
     open_of_one_thread,
     {run, wake_0, detach_both_and_drop_1},
     one_end_and_free},
    /* Join handles. */
    {"abort-end", false, open_for_abort, {run_take_and_free, wake_0, abort_and_detach}, one_status},
    {"abort-free", false, open_for_abort, {only_free, wake_0, abort_and_detach}, dropped_and_held},
    {"abort-abort",
     false,
     open_for_abort,
     {run_and_free, abort_by_first, abort_and_detach},
     one_end_drop_0},
    {"detach-end", false, open_for_one, {run_and_free, detach_and_wake, drop_1}, one_end},
    /* Frames that go back to a task's slab from elsewhere. */
    {"frames-end",
     false,
     open_with_frames,
     {run_and_free, free_frame_0, free_frame_1_and_wake},
     ended_by_itself},
    {"frames-wake",
     false,
     open_with_frames,
     {run_and_free, free_frames_and_wake, NULL},
     ended_by_itself},
    {"slab-retire", false, open_slab, {leave_and_retire, give_0, give_1}, released_once},
    {"slab-fill", false, open_slab, {fill_and_retire, give_0, give_1}, released_once},
    {"slab-give-both", false, open_slab, {fill_and_retire, give_both, NULL}, released_once},
};
const size_t model_n_scenarios = sizeof model_scenarios / sizeof model_scenarios[0];
