/*
 * pool_scenarios.c: workers of a thread pool, and strangers who wake its tasks: queues, stealing,
 * sleeping, and the end. The pool is the real one, but for the start of its threads.
 *
 * The setup gives each task its first turn, alone, so that the threads begin with tasks that wait.
 * Where the pool is "closed" then, its workers leave after the last task.
 */
#include "scenarios.h"

#include "pool_core.h"

enum { TASKS = 3 };

typedef struct shared {
    bide_thread_pool *pool;
    bide_join joins[TASKS];
    bide_waker *wakers[TASKS];
    atomic_int signals[TASKS]; /* relaxed: that they are seen is for the wake to see to */
    bool is_two_signals;       /* task 0 waits for signal 1, too */
    int ends[TASKS], drops[TASKS];
} shared;

static shared *g;

/* ---- the task ----------------------------------------------------------------------------- */

#define leaf_FRAME(ROW) ROW(TRAITS, BIDE_SEND) ROW(PARAM, int, number) ROW(LOCAL, int, polls)
BIDE_FUTURE(void, leaf)

bide_poll leaf_poll(struct leaf *f, bide_context *cx, void *out)
{
    int n = f->number;
    (void)out;
    if (f->polls < 2)
        f->polls++;
    if (f->polls == 1)
        g->wakers[n] = bide_waker_clone(cx->waker);
    if (!atomic_load_explicit(&g->signals[n], memory_order_relaxed) ||
        (n == 0 && g->is_two_signals &&
         !atomic_load_explicit(&g->signals[1], memory_order_relaxed)))
        return BIDE_PENDING;
    g->ends[n]++;
    return BIDE_READY;
}

void leaf_drop(struct leaf *f)
{
    g->drops[f->number]++;
}

/* ---- setup -------------------------------------------------------------------------------- */

static void begin(uint32_t workers, int tasks)
{
    bide_thread_pool_options o = bide_thread_pool_options_init();
    uint32_t i;
    int n;
    g = model_given(sizeof *g);
    memset(g, 0, sizeof *g);
    o.allocator = model_heap();
    o.threads = workers;
    o.slab_bytes = 0;
    CHECK(bide_priv_pool_make(&o, &g->pool) == BIDE_READY);
    for (i = 0; i < workers; i++)
        model_uncounted(&g->pool->worker[i].tick); /* and random, which is the next word */
    for (n = 0; n < tasks; n++) {
        bide_poll r;
        BIDE_SPAWN_TO(r, g->pool, leaf, NULL, &g->joins[n], (n));
        CHECK(r == BIDE_READY);
        bide_priv_store_relaxed(BIDE_PRIV_PTR(&g->pool->incoming), NULL);
        bide_priv_pool_turn(&g->pool->worker[0], bide_priv_pool_task_of(g->joins[n].task));
    }
}

static void leave_after_the_last(void)
{
    bide_priv_store_relaxed(BIDE_PRIV_U32(&g->pool->phase), (uint32_t)BIDE_PRIV_POOL_CLOSED);
}

static void one(void)
{
    begin(1, 1);
    leave_after_the_last();
}

static void one_of_two_signals(void)
{
    begin(1, 1);
    g->is_two_signals = true;
    g->wakers[1] = bide_waker_clone(g->wakers[0]);
    leave_after_the_last();
}

static void one_and_two_tasks(void)
{
    begin(1, 2);
    leave_after_the_last();
}

static void two_and_two_tasks(void)
{
    begin(2, 2);
    leave_after_the_last();
}

/* Both tasks are in the first worker's ring. */
static void two_to_steal(void)
{
    int i;
    two_and_two_tasks();
    bide_priv_current = &g->pool->worker[0];
    for (i = 0; i < 2; i++) {
        atomic_store_explicit(&g->signals[i], 1, memory_order_relaxed);
        (void)bide_wake_from_isr(g->wakers[i]);
        bide_waker_drop(g->wakers[i]);
        bide_priv_store_relaxed(BIDE_PRIV_PTR(&g->pool->incoming), NULL);
        bide_priv_pool_put(&g->pool->worker[0], bide_priv_pool_task_of(g->joins[i].task));
    }
    bide_priv_current = NULL;
}

static void one_open(void)
{
    begin(1, 1);
}

/* ---- what threads do ---------------------------------------------------------------------- */

static void work_0(void)
{
    bide_priv_pool_work(&g->pool->worker[0]);
}

static void work_1(void)
{
    bide_priv_pool_work(&g->pool->worker[1]);
}

/* The first worker, inside a turn, gives its ring two tasks that are to be dropped, and is then
 * busy with something else. */
static void publish(void)
{
    int i;
    bide_priv_current = &g->pool->worker[0];
    for (i = 0; i < 2; i++)
        bide_priv_pool_abort(bide_priv_pool_task_of(g->joins[i].task));
    bide_priv_current = NULL;
}

static void wake(int i)
{
    atomic_store_explicit(&g->signals[i], 1, memory_order_relaxed);
    bide_waker_wake(g->wakers[i]);
}

static void wake_0(void)
{
    wake(0);
}

static void wake_1(void)
{
    wake(1);
}

static void wake_both(void)
{
    wake(0);
    wake(1);
}

static void close_pool(void)
{
    bide_priv_pool_begin_close(g->pool);
}

/* ---- what must be true in the end --------------------------------------------------------- */

static void free_pool(void)
{
    int i;
    for (i = 0; i < TASKS; i++)
        bide_join_detach(&g->joins[i]);
    bide_priv_pool_end_close(g->pool);
}

static void all_ended(void)
{
    int i;
    for (i = 0; i < TASKS; i++)
        CHECK(g->ends[i] == (g->joins[i].task != NULL) && g->drops[i] == 0);
    free_pool();
}

static void all_dropped(void)
{
    int i;
    for (i = 0; i < TASKS && g->joins[i].task; i++) {
        CHECK(g->ends[i] == 0 && g->drops[i] == 1);
        bide_waker_drop(g->wakers[i]);
    }
    free_pool();
}

static void one_end(void)
{
    CHECK(g->ends[0] + g->drops[0] == 1);
    free_pool();
}

static void one_end_unwoken(void)
{
    bide_waker_drop(g->wakers[0]);
    one_end();
}

/* ---- queues alone ------------------------------------------------------------------------- */

/* Tasks that are only queued: who takes one writes to it, so that two who do are a race. */
enum { ITEMS = 7 };

typedef struct rings {
    bide_thread_pool *pool;
    bide_priv_pool_task *items[ITEMS];
    int taken[ITEMS];
} rings;

static rings *r;

static void begin_rings(void)
{
    bide_thread_pool_options o = bide_thread_pool_options_init();
    int i;
    r = model_given(sizeof *r);
    memset(r, 0, sizeof *r);
    o.allocator = model_heap();
    o.threads = 3;
    CHECK(bide_priv_pool_make(&o, &r->pool) == BIDE_READY);
    for (i = 0; i < ITEMS; i++)
        r->items[i] = model_given(sizeof *r->items[i]);
}

/* Three are there, at the end of the ring. */
static void begin_with_three(void)
{
    int i;
    begin_rings();
    r->pool->worker[0].head = r->pool->worker[0].tail = UINT32_MAX - 1;
    for (i = 0; i < 3; i++)
        bide_priv_pool_put(&r->pool->worker[0], r->items[i]);
}

static void take_item(bide_priv_pool_task *t)
{
    int i;
    for (i = 0; t && i < ITEMS; i++)
        if (r->items[i] == t) {
            model_touch(t, sizeof *t);
            r->taken[i]++;
        }
}

static void put_item(int i)
{
    model_touch(r->items[i], sizeof *r->items[i]);
    bide_priv_pool_put(&r->pool->worker[0], r->items[i]);
}

static void take_own(void)
{
    take_item(bide_priv_pool_get(&r->pool->worker[0]));
}

static void put_and_take(void)
{
    put_item(3);
    take_own();
    take_own();
}

static void put_two(void)
{
    put_item(0);
    put_item(1);
}

/* Goes round, over places that a thief may still be reading. */
static void go_round(void)
{
    take_own();
    take_own();
    put_item(3);
    put_item(4);
    put_item(5);
}

static void put_too_many(void)
{
    put_item(3);
    put_item(4);
    put_item(5);
    take_own();
}

static void steal_by(int i)
{
    bide_priv_pool_worker *w = &r->pool->worker[i];
    take_item(bide_priv_pool_steal(w, &r->pool->worker[0]));
    take_item(bide_priv_pool_get(w));
}

static void steal_1(void)
{
    steal_by(1);
}

static void steal_2(void)
{
    steal_by(2);
}

static void push_two(void)
{
    int i;
    for (i = 0; i < 2; i++) {
        model_touch(r->items[i], sizeof *r->items[i]);
        bide_priv_pool_push(r->pool, r->items[i], r->items[i]);
    }
}

static void take_all_shared(void)
{
    size_t n;
    bide_priv_pool_task *t = bide_priv_pool_take_shared(r->pool, &n), *next;
    for (; t; t = next) {
        next = t->next;
        take_item(t);
    }
}

/* Each item that was put has been taken once, or is in a queue yet. */
static void each_is_there(int items)
{
    int i;
    bide_priv_pool_task *t;
    for (i = 0; i < 3; i++)
        while ((t = bide_priv_pool_get(&r->pool->worker[i])) != NULL)
            take_item(t);
    do
        take_all_shared();
    while (bide_priv_pool_has_work(r->pool));
    for (i = 0; i < ITEMS; i++)
        CHECK(r->taken[i] == (i < items));
    bide_priv_pool_end_close(r->pool);
}

static void two_are_there(void)
{
    each_is_there(2);
}

static void four_are_there(void)
{
    each_is_there(4);
}

static void six_are_there(void)
{
    each_is_there(6);
}

/* ------------------------------------------------------------------------------------------- */

const model_scenario model_scenarios[] = {
    /* A worker that lies down. */
    {"park", false, one, {work_0, wake_0, NULL}, all_ended},
    {"park-both", false, one_and_two_tasks, {work_0, wake_both, NULL}, all_ended},
    {"park-twice", true, one_of_two_signals, {work_0, wake_0, wake_1}, all_ended},
    /* Two workers. */
    {"two-publish", false, two_and_two_tasks, {publish, work_1, NULL}, all_dropped},
    {"two-steal", false, two_to_steal, {work_0, work_1, NULL}, all_ended},
    /* Queues. */
    {"ring-fresh", false, begin_rings, {put_two, steal_1, steal_2}, two_are_there},
    {"ring-steal", false, begin_with_three, {put_and_take, steal_1, NULL}, four_are_there},
    {"ring-thieves", false, begin_with_three, {put_and_take, steal_1, steal_2}, four_are_there},
    {"ring-round", false, begin_with_three, {go_round, steal_1, NULL}, six_are_there},
    {"ring-round-thieves", false, begin_with_three, {go_round, steal_1, steal_2}, six_are_there},
    {"ring-overflow", false, begin_with_three, {put_too_many, steal_1, NULL}, six_are_there},
    {"shared", false, begin_rings, {push_two, take_all_shared, take_all_shared}, two_are_there},
    /* The end. */
    {"close", false, one_open, {work_0, close_pool, NULL}, one_end_unwoken},
    {"close-wake", true, one_open, {work_0, close_pool, wake_0}, one_end},
};
const size_t model_n_scenarios = sizeof model_scenarios / sizeof model_scenarios[0];
