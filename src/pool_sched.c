/*
 * pool_sched.c: who runs which task, who sleeps, and who is woken.
 *
 * Sleeping. `idle` counts in one word the workers that search (low half) and those that have lain
 * down (high half). Whoever makes a task public, and then finds somebody asleep and nobody
 * searching, wakes one, which begins as a searcher. A searcher looks at all queues once more after
 * it has left the count, be it to run what it found, or to lie down. Publishing, counting and
 * looking are sequentially consistent: of a new task and a worker that lies down, one sees the
 * other. Putting a task into an empty slot makes nothing public: the worker itself is awake and
 * will take it.
 *
 * Time. Of the workers asleep one, the keeper, sleeps only until the nearest timer; a worker that
 * finds timers, sleepers, and no keeper before a turn wakes one to become it.
 */
#include "pool_core.h"

enum {
    SEARCHING = 1,
    ASLEEP = 1 << 16,
    SHARED_TURNS = 61, /* so often at least the shared queue is looked at first */
    TIMER_TURNS = 64,
    SLOT_TURNS = 3,
    ROUNDS = 2 /* of a search */
};

static bide_priv_atomic_u32 *idle_of(bide_thread_pool *pool)
{
    return BIDE_PRIV_U32(&pool->idle);
}

/* ---- waking ------------------------------------------------------------------------------- */

static uint32_t searching(uint32_t idle)
{
    return idle % ASLEEP;
}

static uint32_t asleep(uint32_t idle)
{
    return idle / ASLEEP;
}

/* Wakes any worker that sleeps, the keeper last: it becomes a searcher in the caller's place. */
static bool wake_any(bide_thread_pool *pool)
{
    uint32_t keeper = bide_priv_load_relaxed(BIDE_PRIV_U32(&pool->keeper)), i;
    for (i = 0; i < pool->workers; i++)
        if (i + 1 != keeper && bide_priv_unpark(&pool->worker[i].parker))
            return true;
    return keeper != 0 && bide_priv_unpark(&pool->worker[keeper - 1].parker);
}

/* There may be new work: wakes a worker if one sleeps and nobody searches. */
static void notify(bide_thread_pool *pool)
{
    uint32_t idle = bide_priv_load_seq_cst(idle_of(pool));
    while (asleep(idle) != 0 && searching(idle) == 0) {
        if (!bide_priv_cas_seq_cst(idle_of(pool), &idle, idle + SEARCHING))
            continue;
        if (wake_any(pool))
            return;
        /* Those that were asleep wake by themselves, and have looked perhaps before the work came.
         * Whoever saw this search counted has relied on it: so look, as any searcher does. */
        (void)atomic_fetch_sub(idle_of(pool), (uint32_t)SEARCHING);
        if (!bide_priv_pool_has_work(pool))
            return;
        idle = bide_priv_load_seq_cst(idle_of(pool));
    }
}

/* Wakes this worker, if it sleeps, as a searcher. */
static void wake_one(bide_thread_pool *pool, bide_priv_pool_worker *w)
{
    (void)atomic_fetch_add(idle_of(pool), (uint32_t)SEARCHING);
    if (bide_priv_unpark(&w->parker))
        return;
    (void)atomic_fetch_sub(idle_of(pool), (uint32_t)SEARCHING);
    if (bide_priv_pool_has_work(pool))
        notify(pool);
}

void bide_priv_pool_wake_all(bide_thread_pool *pool)
{
    uint32_t i;
    for (i = 0; i < pool->workers; i++)
        wake_one(pool, &pool->worker[i]);
}

void bide_priv_pool_schedule(bide_thread_pool *pool, bide_priv_pool_task *t,
                             enum bide_priv_pool_place where)
{
    bide_priv_pool_worker *w = where == BIDE_PRIV_POOL_ISR ? NULL : bide_priv_pool_here(pool);
    bool is_alone = false;
    if (!w) {
        bide_priv_pool_push(pool, t, t);
    } else {
        /* Its turn is over: if it is all that there is, it is what this thread takes next. */
        is_alone = where == BIDE_PRIV_POOL_AGAIN && bide_priv_pool_is_empty(w) &&
                   !bide_priv_load_relaxed(BIDE_PRIV_PTR(&w->slot));
        if (where == BIDE_PRIV_POOL_NEXT)
            t = bide_priv_exchange_acq_rel(BIDE_PRIV_PTR(&w->slot), (void *)t);
        if (!t)
            return;
        bide_priv_pool_put(w, t);
    }
    if (!is_alone)
        notify(pool);
}

/* ---- time --------------------------------------------------------------------------------- */

bide_poll bide_priv_pool_timer_start(bide_runtime *rt, bide_timer *timer)
{
    bide_thread_pool *pool = bide_priv_pool_of(rt);
    bool is_nearest;
    uint32_t keeper;
    bide_priv_pool_retain(pool);
    if (!bide_priv_hub_insert(&pool->hub, timer, &is_nearest)) {
        bide_priv_pool_release(pool);
        return BIDE_ECANCELED;
    }
    /* The timer may have been stopped by now, and its reference be gone; the caller's own keeps the
     * pool. A worker looks by itself: before its next turn, or before it lies down. */
    keeper = bide_priv_load_seq_cst(BIDE_PRIV_U32(&pool->keeper));
    if (keeper != 0 && is_nearest)
        wake_one(pool, &pool->worker[keeper - 1]);
    else if (keeper == 0 && !bide_priv_pool_here(pool))
        bide_priv_pool_poke(&pool->hub);
    return BIDE_READY;
}

void bide_priv_pool_timer_stop(bide_runtime *rt, bide_timer *timer)
{
    bide_thread_pool *pool = bide_priv_pool_of(rt);
    bide_priv_hub_remove(&pool->hub, timer);
    bide_priv_pool_release(pool);
}

/* Somebody is to look at the time. */
void bide_priv_pool_poke(bide_priv_hub *hub)
{
    bide_thread_pool *pool =
        (bide_thread_pool *)(void *)((char *)hub - offsetof(bide_thread_pool, hub));
    if (asleep(bide_priv_load_seq_cst(idle_of(pool))) == 0)
        return;
    (void)atomic_fetch_add(idle_of(pool), (uint32_t)SEARCHING);
    if (wake_any(pool))
        return;
    (void)atomic_fetch_sub(idle_of(pool), (uint32_t)SEARCHING);
    if (bide_priv_pool_has_work(pool))
        notify(pool);
}

static void fire(bide_thread_pool *pool)
{
    if (bide_priv_hub_has_timers(&pool->hub))
        bide_priv_hub_fire(&pool->hub);
}

/* Before a turn, which may take long: somebody else is to keep the time. */
static void hand_over_time(bide_thread_pool *pool)
{
    uint32_t idle = bide_priv_load_relaxed(idle_of(pool));
    if (asleep(idle) != 0 && searching(idle) == 0 &&
        bide_priv_load_relaxed(BIDE_PRIV_U32(&pool->keeper)) == 0 &&
        bide_priv_hub_has_timers(&pool->hub) && !pool->hub.clock)
        bide_priv_pool_poke(&pool->hub);
}

/* With a clock of the user's: the last worker that lies down asks it to go on, if nothing but
 * timers is left. */
static uint64_t ask_clock(bide_thread_pool *pool)
{
    bide_clock *clock = pool->hub.clock;
    uint64_t deadline = bide_priv_hub_nearest(&pool->hub);
    bool moved;
    if (deadline <= bide_priv_hub_now(&pool->hub))
        return 0;
    if (!clock->idle || deadline == BIDE_PRIV_FOREVER ||
        bide_priv_load_seq_cst(BIDE_PRIV_U32(&pool->hub.jobs)) != 0 ||
        bide_priv_load_seq_cst(idle_of(pool)) != (uint32_t)ASLEEP * pool->workers)
        return BIDE_PRIV_FOREVER;
    /* One at a time: another that was here before has not lain down yet. */
    if (bide_priv_exchange_seq_cst(BIDE_PRIV_U32(&pool->asking), 1u) != 0)
        return 0;
    moved = clock->idle(clock, deadline);
    bide_priv_store_seq_cst(BIDE_PRIV_U32(&pool->asking), 0u);
    return moved ? 0 : BIDE_PRIV_FOREVER;
}

/* For how long to sleep; 0: not at all. The worker has lain down already, so that whoever changes
 * what is looked at here wakes it. */
static uint64_t time_to_sleep(bide_priv_pool_worker *w)
{
    bide_thread_pool *pool = w->pool;
    uint32_t nobody = 0, me = (uint32_t)(w - pool->worker) + 1;
    uint64_t deadline, now;
    if (pool->hub.clock)
        return ask_clock(pool);
    if (bide_priv_hub_nearest(&pool->hub) == BIDE_PRIV_FOREVER ||
        !bide_priv_cas_seq_cst(BIDE_PRIV_U32(&pool->keeper), &nobody, me))
        return BIDE_PRIV_FOREVER;
    deadline = bide_priv_hub_nearest(&pool->hub); /* again: the keeper is told of new ones */
    if (deadline == BIDE_PRIV_FOREVER)
        return deadline;
    now = bide_priv_hub_now(&pool->hub);
    return deadline > now ? deadline - now : 0;
}

/* ---- the worker --------------------------------------------------------------------------- */

static bool is_over(bide_thread_pool *pool)
{
    return bide_priv_load_seq_cst(BIDE_PRIV_U32(&pool->phase)) == BIDE_PRIV_POOL_CLOSED &&
           bide_priv_load_seq_cst(BIDE_PRIV_SIZE(&pool->tasks)) == 0;
}

/* A batch of the shared queue: the first is returned, the others are anybody's. */
static bide_priv_pool_task *get_shared(bide_priv_pool_worker *w)
{
    size_t n;
    bide_priv_pool_task *first = bide_priv_pool_take_shared(w->pool, &n), *t;
    if (!first)
        return NULL;
    bide_priv_pool_count(&w->injected, n);
    t = first->next;
    while (t) {
        bide_priv_pool_task *next = t->next;
        bide_priv_pool_put(w, t);
        t = next;
    }
    if (n > 1 || bide_priv_load_relaxed(BIDE_PRIV_SIZE(&w->pool->backlog)) != 0)
        notify(w->pool);
    return first;
}

/* The next turn's task from the worker's own queues, or the shared one. */
static bide_priv_pool_task *get_next(bide_priv_pool_worker *w)
{
    bide_priv_pool_task *t = NULL;
    if (++w->tick % SHARED_TURNS == 0 && (t = get_shared(w)) != NULL && !bide_priv_pool_is_empty(w))
        notify(w->pool);
    if (!t && w->slot_turns != 0 && (t = bide_priv_pool_get_slot(w)) != NULL) {
        w->slot_turns--;
        return t;
    }
    w->slot_turns = SLOT_TURNS;
    if (!t)
        t = bide_priv_pool_get(w);
    if (!t)
        t = bide_priv_pool_get_slot(w);
    return t ? t : get_shared(w);
}

static uint32_t next_random(bide_priv_pool_worker *w)
{
    w->random ^= w->random << 13; /* xorshift: Marsaglia 2003 */
    w->random ^= w->random >> 17;
    w->random ^= w->random << 5;
    return w->random;
}

/* Becomes a searcher, unless half of the workers are. */
static bool begin_search(bide_priv_pool_worker *w)
{
    bide_thread_pool *pool = w->pool;
    if (w->is_searching)
        return true;
    if (searching(bide_priv_load_seq_cst(idle_of(pool))) * 2 >= pool->workers)
        return false;
    (void)atomic_fetch_add(idle_of(pool), (uint32_t)SEARCHING);
    w->is_searching = true;
    return true;
}

static void end_search(bide_priv_pool_worker *w)
{
    bide_thread_pool *pool = w->pool;
    if (!w->is_searching)
        return;
    w->is_searching = false;
    if (searching(atomic_fetch_sub(idle_of(pool), (uint32_t)SEARCHING)) == 1 &&
        bide_priv_pool_has_work(pool))
        notify(pool);
}

static bide_priv_pool_task *search(bide_priv_pool_worker *w)
{
    bide_thread_pool *pool = w->pool;
    bide_priv_pool_task *t = NULL;
    uint32_t round, i, first;
    if (pool->workers == 1 || !begin_search(w))
        return NULL;
    for (round = 0; round < ROUNDS && !t; round++) {
        first = next_random(w);
        for (i = 0; i < pool->workers && !t; i++) {
            bide_priv_pool_worker *from = &pool->worker[(first + i) % pool->workers];
            if (from != w)
                t = bide_priv_pool_steal(w, from);
            if (from != w && !t && round == ROUNDS - 1)
                t = bide_priv_pool_steal_slot(w, from);
        }
        if (!t)
            t = get_shared(w);
    }
    return t;
}

/* Lies down; comes back as a searcher. It is counted as asleep only while it can be woken, so that
 * nobody, least of all a signal handler of this thread, looks for a sleeper that there is not. */
static void sleep_till_woken(bide_priv_pool_worker *w)
{
    bide_thread_pool *pool = w->pool;
    uint32_t me = (uint32_t)(w - pool->worker) + 1;
    uint64_t timeout = 0;
    bool is_woken = false;
    bide_priv_park_prepare(&w->parker);
    (void)atomic_fetch_add(idle_of(pool), (uint32_t)ASLEEP - (w->is_searching ? SEARCHING : 0));
    if (!bide_priv_pool_has_work(pool) && !is_over(pool))
        timeout = time_to_sleep(w);
    if (timeout != 0) {
        bide_priv_pool_count(&w->sleeps, 1);
        is_woken = bide_priv_park_block(&w->parker, timeout);
    }
    (void)atomic_fetch_sub(idle_of(pool), (uint32_t)ASLEEP - SEARCHING);
    w->is_searching = true;
    if (is_woken || bide_priv_park_cancel(&w->parker)) /* who did that has counted it, too */
        (void)atomic_fetch_sub(idle_of(pool), (uint32_t)SEARCHING);
    (void)bide_priv_cas_seq_cst(BIDE_PRIV_U32(&pool->keeper), &me, 0u);
}

void bide_priv_pool_work(bide_priv_pool_worker *w)
{
    bide_thread_pool *pool = w->pool;
    bide_priv_current = w;
    for (;;) {
        bide_priv_pool_task *t = get_next(w);
        if (!t || w->tick % TIMER_TURNS == 0)
            fire(pool);
        if (!t && !(t = get_next(w)))
            t = search(w);
        if (t) {
            end_search(w);
            hand_over_time(pool);
            bide_priv_pool_turn(w, t);
        } else if (is_over(pool)) {
            break;
        } else {
            sleep_till_woken(w);
        }
    }
    end_search(w);
    bide_priv_current = NULL;
}
