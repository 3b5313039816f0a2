/*
 * pool_task_scenarios.c: what two and three threads do to one task of a thread pool.
 *
 * The states are those of src/pool_task.c, whose every transition is made here by somebody. Queue
 * and threads are the simplest that there can be: one place, which must be free when the task is
 * put there, and threads that look there until the task has ended; who looks in vain when nobody
 * else can go on has missed a wake. The setup polls once, alone, so that the
 * threads begin with a task that waits, and hold what it gave them.
 */
#include "scenarios.h"

#include "pool_core.h"

enum { SIGNALS = 2, WAKERS = 3, BLOCK = 256, FRAME = 24 };
enum { POOL = sizeof(bide_thread_pool) + sizeof(bide_priv_pool_worker) };

typedef struct waiter {
    bide_waker waker;
    atomic_int is_woken;
    atomic_int clones; /* that are out */
} waiter;

typedef struct shared {
    bide_thread_pool *pool;
    bide_priv_pool_task *task;
    void *queue; /* atomic: the task when it is queued; `ended` from its end on */
    bide_join join, other;
    bide_waker *wakers[WAKERS];
    atomic_int signals[SIGNALS]; /* relaxed: that they are seen is for the wake to see to */
    int wanted;                  /* the task ends when so many of them are set */
    int turns, ends, drops, looks;
    int32_t results[2];
    bide_poll codes[2];
    waiter waiters[2];
} shared;

static shared *g;
static char ended;

/* ---- instead of pool_sched.c and pool_run.c ----------------------------------------------- */

void bide_priv_pool_schedule(bide_thread_pool *pool, bide_priv_pool_task *t,
                             enum bide_priv_pool_place place)
{
    void *before = bide_priv_exchange_seq_cst(BIDE_PRIV_PTR(&g->queue), (void *)t);
    CHECK(pool == g->pool);
    CHECK(before == NULL); /* a task is in one queue at most */
    /* A stranger holds the pool by the task alone. */
    if (place != BIDE_PRIV_POOL_AGAIN && !bide_priv_pool_here(pool))
        CHECK(pool->workers == 1);
}

void bide_priv_pool_dispose(bide_priv_pool_task *t)
{
    bide_allocator *giver = t->giver;
    CHECK(g->ends + g->drops == 1);
    bide_free(giver, t, BLOCK, 16);
    bide_free(giver, g->pool, POOL, 64);
}

bide_poll bide_priv_pool_trace(bide_task *t, const bide_trace_options *options)
{
    (void)t, (void)options;
    return BIDE_ENOSYS;
}

static const bide_type type = {.size = sizeof(bide_type),
                               .flags = BIDE_SEND,
                               .frame_size = FRAME,
                               .frame_align = 8,
                               .output_size = 4,
                               .output_align = 4};

static void *frame(void)
{
    return bide_priv_block_frame(g->task, &type);
}

static void end(bide_priv_pool_task *t, bide_poll code)
{
    void *before;
    t->code = code;
    bide_priv_pool_task_finish(t);
    before = bide_priv_exchange_seq_cst(BIDE_PRIV_PTR(&g->queue), (void *)&ended);
    CHECK(before == NULL);
}

static void poll(bide_priv_pool_task *t)
{
    int i;
    for (i = 0; i < g->wanted; i++)
        if (!atomic_load_explicit(&g->signals[i], memory_order_relaxed)) {
            bide_priv_pool_task_rest(t);
            return;
        }
    g->ends++;
    *(int32_t *)bide_priv_block_output(t, &type) = 7;
    end(t, BIDE_READY);
}

/* Two turns at once would race for the frame. */
static void turn(bide_priv_pool_task *t)
{
    bool is_aborted;
    if (!bide_priv_pool_task_take(t, &is_aborted))
        return;
    model_touch(frame(), FRAME);
    if (is_aborted) {
        g->drops++;
        end(t, BIDE_ECANCELED);
    } else {
        poll(t);
    }
}

/* Takes turns until the task has ended. */
static void work_as(int i)
{
    void *t;
    bide_priv_current = i == 0 ? (void *)&g->pool->worker[0] : NULL;
    while ((t = bide_priv_load_seq_cst(BIDE_PRIV_PTR(&g->queue))) != &ended) {
        if (!t)
            bide_priv_spin_hint();
        else if (bide_priv_cas_seq_cst(BIDE_PRIV_PTR(&g->queue), &t, NULL))
            turn(t);
    }
    bide_priv_current = NULL;
}

static void work(void)
{
    work_as(0);
}

static void work_too(void)
{
    work_as(1);
}

/* ---- setup -------------------------------------------------------------------------------- */

static void begin(int wanted, int wakers)
{
    bide_allocator *giver;
    bool is_aborted;
    int i;
    g = model_given(sizeof *g);
    memset(g, 0, sizeof *g);
    g->wanted = wanted;
    g->pool = bide_alloc(model_heap(), POOL, 64, &giver);
    memset(g->pool, 0, POOL);
    g->pool->workers = 1;
    g->task = bide_alloc(model_heap(), BLOCK, 16, &giver);
    memset(g->task, 0, BLOCK);
    g->task->pool = g->pool;
    g->task->type = &type;
    g->task->giver = giver;
    bide_priv_pool_task_init(g->task);
    g->join.task = (bide_task *)(void *)g->task;
    bide_priv_pool_vtable.ref(g->join.task);
    (void)bide_priv_pool_task_take(g->task, &is_aborted);
    for (i = 0; i < wakers; i++)
        g->wakers[i] = bide_waker_clone(&g->task->waker);
    bide_priv_pool_task_rest(g->task);
}

static void one_signal(void)
{
    begin(1, 1);
}

/* Nobody but the pool and the waker holds the task. */
static void one_signal_detached(void)
{
    begin(1, 1);
    bide_join_detach(&g->join);
}

static void one_signal_two_wakers(void)
{
    begin(1, 2);
}

static void two_signals(void)
{
    begin(2, 2);
}

static void two_handles(void)
{
    begin(1, 1);
    g->other = bide_join_clone(&g->join);
}

static void two_handles_two_signals(void)
{
    begin(2, 2);
    g->other = bide_join_clone(&g->join);
}

/* ---- what threads do ---------------------------------------------------------------------- */

static void set(int i)
{
    atomic_store_explicit(&g->signals[i], 1, memory_order_relaxed);
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

static void wake_from_handler(void)
{
    set(0);
    CHECK(bide_wake_from_isr(g->wakers[0]) == BIDE_READY);
    bide_waker_drop(g->wakers[0]);
}

/* A wake for nothing, and then the one that matters: it may find the flag of the first one set. */
static void wake_twice(void)
{
    bide_waker_wake_by_ref(g->wakers[0]);
    wake_0();
}

static void wake_twice_by_ref(void)
{
    bide_waker_wake_by_ref(g->wakers[0]);
    set(0);
    bide_waker_wake_by_ref(g->wakers[0]);
    bide_waker_drop(g->wakers[0]);
}

static void wake_both(void)
{
    set(0);
    bide_waker_wake_by_ref(g->wakers[0]);
    wake_1();
    bide_waker_drop(g->wakers[0]);
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

static void drop_1(void)
{
    bide_waker_drop(g->wakers[1]);
}

static void detach_and_wake(void)
{
    bide_join_detach(&g->join);
    wake_0();
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

static void waiter_drop(bide_waker *waker)
{
    atomic_fetch_sub(&((waiter *)(void *)waker)->clones, 1);
}

static bide_waker *waiter_clone(bide_waker *waker)
{
    atomic_fetch_add(&((waiter *)(void *)waker)->clones, 1);
    return waker;
}

static void waiter_wake(bide_waker *waker)
{
    waiter_drop(waker);
    atomic_store_explicit(&((waiter *)(void *)waker)->is_woken, 1, memory_order_seq_cst);
}

static const bide_waker_vtable waiter_vtable = {
    sizeof(bide_waker_vtable), 0, waiter_clone, waiter_wake, waiter_wake, waiter_drop, waiter_wake,
};

/* Sleeps until the task has ended, and takes its result. */
static void await_by(int i, bide_join *join)
{
    bide_context cx = {.size = sizeof cx, .waker = &g->waiters[i].waker};
    g->waiters[i].waker.vtable = &waiter_vtable;
    while ((g->codes[i] = bide_join_poll(join, &cx, &g->results[i])) == BIDE_PENDING)
        while (!atomic_load_explicit(&g->waiters[i].is_woken, memory_order_seq_cst))
            bide_priv_spin_hint();
}

static void await_end(void)
{
    await_by(0, &g->join);
}

static void try_take(void)
{
    g->codes[0] = bide_join_try_take(&g->join, &g->results[0]);
    bide_join_detach(&g->join);
}

static void try_take_other(void)
{
    g->codes[1] = bide_join_try_take(&g->other, &g->results[1]);
    bide_join_detach(&g->other);
}

static void wake_and_take(void)
{
    wake_0();
    try_take_other();
}

/* One look and then away: another one takes the place of this waker. */
static void look_and_await(void)
{
    bide_context cx = {.size = sizeof cx, .waker = &g->waiters[1].waker};
    g->waiters[1].waker.vtable = &waiter_vtable;
    g->codes[0] = bide_join_poll(&g->join, &cx, &g->results[0]);
    if (g->codes[0] == BIDE_PENDING)
        await_end();
}

/* Looks at the frame as a trace does. */
static void look(void)
{
    bool is_aborted;
    enum bide_priv_pool_standing s = bide_priv_pool_task_hold(g->task, &is_aborted);
    if (s == BIDE_PRIV_POOL_WAITS || s == BIDE_PRIV_POOL_READY) {
        model_touch(frame(), FRAME);
        bide_priv_pool_task_release(g->task);
    }
    bide_join_detach(&g->other);
}

static void look_and_wake(void)
{
    look();
    wake_0();
}

/* ---- what must be true in the end --------------------------------------------------------- */

static void one_end(void)
{
    CHECK(g->ends + g->drops == 1);
    CHECK(g->queue == &ended);
    CHECK(g->waiters[0].clones == 0 && g->waiters[1].clones == 0);
    bide_join_detach(&g->join);
    bide_join_detach(&g->other);
}

static void ended_by_itself(void)
{
    int32_t out = 0;
    CHECK(g->ends == 1 && g->drops == 0);
    if (g->join.task)
        CHECK(bide_join_try_take(&g->join, &out) == BIDE_READY && out == 7);
    one_end();
}

static void awaited(void)
{
    CHECK(g->codes[0] == (g->ends ? BIDE_READY : BIDE_ECANCELED));
    CHECK(g->results[0] == (g->ends ? 7 : 0));
    CHECK(!g->join.task);
    one_end();
}

static void one_status(void)
{
    int32_t out = 0;
    CHECK(bide_join_try_take(&g->join, &out) == (g->ends ? BIDE_READY : BIDE_ECANCELED));
    CHECK(out == (g->ends ? 7 : 0));
    one_end();
}

static void one_has_taken(void)
{
    int i, taken = 0;
    for (i = 0; i < 2; i++) {
        CHECK(g->codes[i] == BIDE_READY || g->codes[i] == BIDE_EMISUSE ||
              g->codes[i] == BIDE_PENDING);
        CHECK(g->results[i] == (g->codes[i] == BIDE_READY ? 7 : 0));
        taken += g->codes[i] == BIDE_READY;
    }
    CHECK(taken <= 1);
    CHECK(taken == 1 || (g->codes[0] != BIDE_EMISUSE && g->codes[1] != BIDE_EMISUSE));
    one_end();
}

static void one_end_drop_0(void)
{
    bide_waker_drop(g->wakers[0]);
    one_end();
}

/* ------------------------------------------------------------------------------------------- */

const model_scenario model_scenarios[] = {
    /* A wake against the end of a poll. */
    {"wake-rest", false, one_signal_two_wakers, {work, wake_0, drop_1}, ended_by_itself},
    {"wake-twice", false, one_signal, {work, wake_twice, NULL}, ended_by_itself},
    {"wake-refs", false, one_signal, {work, wake_twice_by_ref, NULL}, ended_by_itself},
    {"wake-both", false, two_signals, {work, wake_both, NULL}, ended_by_itself},
    {"two-wakers", false, two_signals, {work, wake_0, wake_1}, ended_by_itself},
    {"wake-drops", false, one_signal_detached, {work, wake_0, NULL}, one_end},
    {"wake-late", false, one_signal_two_wakers, {work, wake_0, wake_late}, ended_by_itself},
    {"wake-handler", false, one_signal, {work, wake_from_handler, NULL}, ended_by_itself},
    {"clone-drop", false, one_signal_two_wakers, {work, wake_0, clone_and_drop}, ended_by_itself},
    /* Two threads that poll. */
    {"move-twice", false, one_signal, {work, work_too, wake_twice}, ended_by_itself},
    {"move-both", false, two_signals, {work, work_too, wake_both}, ended_by_itself},
    /* The end against join handles. */
    {"detach-end", false, one_signal_two_wakers, {work, detach_and_wake, drop_1}, one_end},
    {"join-end", false, one_signal, {work, wake_0, await_end}, awaited},
    {"join-moves", false, one_signal, {work, wake_0, look_and_await}, awaited},
    {"take-take", false, two_handles, {work, wake_and_take, try_take}, one_has_taken},
    {"abort-end", false, two_handles, {work, wake_0, abort_and_detach}, one_status},
    {"abort-join", false, two_handles, {work, await_end, abort_and_detach}, one_end_drop_0},
    {"abort-abort", false, two_handles, {work, abort_by_first, abort_and_detach}, one_end_drop_0},
    {"abort-moves", false, two_handles, {work, work_too, abort_and_detach}, one_end_drop_0},
    /* Looking at a task. */
    {"look-wake", false, two_handles, {work, wake_0, look}, ended_by_itself},
    {"look-twice", false, two_handles, {work, wake_twice, look}, ended_by_itself},
    {"look-alone", false, two_handles, {work, look_and_wake, NULL}, ended_by_itself},
    {"look-both", true, two_handles_two_signals, {work, wake_both, look}, ended_by_itself},
    {"look-moves", true, two_handles, {work, work_too, look_and_wake}, ended_by_itself},
};
const size_t model_n_scenarios = sizeof model_scenarios / sizeof model_scenarios[0];
