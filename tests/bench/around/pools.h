/*
 * pools.h: the workloads pool_... on bide: tasks and wakes on a thread pool of two. Included by
 * around.c.
 */

#include <bide/notify.h>
#include <bide/pool.h>

enum {
    WORKERS = 2,
    BATCH = 1000, /* tasks that are spawned before the first is joined */
    YIELDERS = 64
};

static void must(bide_poll r)
{
    if (r != BIDE_READY)
        abort();
}

static bide_thread_pool *open_pool(uint32_t threads)
{
    bide_thread_pool_options o = bide_thread_pool_options_init();
    bide_thread_pool *pool;
    o.threads = threads;
    must(bide_thread_pool_new(&o, &pool));
    return pool;
}

/* take_all(joins, tasks) -> uint32_t: awaits tasks one after the other, sums what they give. */
#define take_all_FRAME(ROW)                                                                        \
    ROW(TRAITS, BIDE_SEND)                                                                         \
    ROW(PARAM, bide_join *, joins)                                                                 \
    ROW(PARAM, uint32_t, tasks) ROW(LOCAL, uint32_t, taken) ROW(LOCAL, uint32_t, sum)
BIDE_FUTURE(uint32_t, take_all)
BIDE_INLINE bide_poll take_all_poll(struct take_all *f, bide_context *cx, uint32_t *out)
{
    for (; f->taken < f->tasks; f->taken++) {
        uint32_t value;
        bide_poll r = bide_join_poll(&f->joins[f->taken], cx, &value);
        if (r != BIDE_READY)
            return r;
        bide_join_detach(&f->joins[f->taken]);
        f->sum += value;
    }
    *out = f->sum;
    return BIDE_READY;
}
BIDE_INLINE void take_all_drop(struct take_all *f)
{
    (void)f; /* the handles are the caller's */
}

/* The same from outside. */
static uint32_t take(bide_join *joins, uint32_t tasks)
{
    uint32_t sum;
    bide_poll r;
    BIDE_BLOCK_ON_TO(r, take_all, &sum, (joins, tasks));
    must(r);
    return sum;
}

/* ---- many small tasks --------------------------------------------------------------------- */

#define small_FRAME(ROW) ROW(TRAITS, BIDE_SEND) ROW(PARAM, uint32_t, n)
BIDE_ASYNC(uint32_t, small)
{
    BIDE_BEGIN(small);
    BIDE_RETURN(f->n);
    BIDE_END;
}

static uint32_t pool_spawn(uint32_t loops, int which)
{
    bide_thread_pool *pool = open_pool(WORKERS);
    bide_join joins[BATCH];
    uint32_t i = 0, sum = 0;
    (void)which;
    while (i < loops) {
        uint32_t n = 0;
        for (; n < BATCH && i < loops; n++, i++) {
            bide_poll r;
            BIDE_SPAWN_TO(r, pool, small, NULL, &joins[n], (opaque(i)));
            must(r);
        }
        sum += take(joins, n);
    }
    must(bide_thread_pool_free(pool));
    return sum;
}

/* spawns(pool, loops, joins) -> uint32_t: the same from a task of the pool. */
#define spawns_FRAME(ROW)                                                                          \
    ROW(TRAITS, BIDE_SEND)                                                                         \
    ROW(PARAM, bide_thread_pool *, pool)                                                           \
    ROW(PARAM, uint32_t, loops)                                                                    \
    ROW(PARAM, bide_join *, joins)                                                                 \
    ROW(LOCAL, uint32_t, i)                                                                        \
    ROW(LOCAL, uint32_t, got) ROW(LOCAL, uint32_t, sum) ROW(CHILD, take_all, taking)
BIDE_ASYNC(uint32_t, spawns)
{
    BIDE_BEGIN(spawns);
    uint32_t n;
    while (f->i < f->loops) {
        for (n = 0; n < BATCH && f->i < f->loops; n++, f->i++) {
            bide_poll r;
            BIDE_SPAWN_TO(r, f->pool, small, NULL, &f->joins[n], (opaque(f->i)));
            must(r);
        }
        BIDE_AWAIT_TO(f->got, take_all, taking, (f->joins, n));
        f->sum += f->got;
    }
    BIDE_RETURN(f->sum);
    BIDE_END;
}

static uint32_t pool_spawn_inside(uint32_t loops, int which)
{
    bide_thread_pool *pool = open_pool(WORKERS);
    bide_join joins[BATCH], join;
    uint32_t sum;
    bide_poll r;
    (void)which;
    BIDE_SPAWN_TO(r, pool, spawns, NULL, &join, (pool, loops, joins));
    must(r);
    sum = take(&join, 1);
    must(bide_thread_pool_free(pool));
    return sum;
}

/* ---- yields ------------------------------------------------------------------------------- */

#define yields_FRAME(ROW)                                                                          \
    ROW(TRAITS, BIDE_SEND)                                                                         \
    ROW(PARAM, uint32_t, times) ROW(LOCAL, uint32_t, done) ROW(CHILD, bide_yield, nap)
BIDE_ASYNC(uint32_t, yields)
{
    BIDE_BEGIN(yields);
    for (; f->done < f->times; f->done++)
        BIDE_AWAIT(bide_yield, nap, ());
    BIDE_RETURN(f->done);
    BIDE_END;
}

static uint32_t pool_yield(uint32_t loops, int which)
{
    bide_thread_pool *pool = open_pool(WORKERS);
    bide_join joins[YIELDERS];
    uint32_t i, sum;
    (void)which;
    for (i = 0; i < YIELDERS; i++) {
        bide_poll r;
        BIDE_SPAWN_TO(r, pool, yields, NULL, &joins[i], ((loops + i) / YIELDERS));
        must(r);
    }
    sum = take(joins, YIELDERS);
    must(bide_thread_pool_free(pool));
    return sum;
}

/* ---- two tasks that wake each other -------------------------------------------------------- */

/* ping(mine, other, rounds) and pong: one wake each a round. */
#define ping_FRAME(ROW)                                                                            \
    ROW(TRAITS, BIDE_SEND)                                                                         \
    ROW(PARAM, bide_notify *, mine)                                                                \
    ROW(PARAM, bide_notify *, other)                                                               \
    ROW(PARAM, uint32_t, rounds) ROW(LOCAL, uint32_t, done) ROW(CHILD, bide_notify_wait, told)
BIDE_ASYNC(uint32_t, ping)
{
    BIDE_BEGIN(ping);
    for (; f->done < f->rounds; f->done++) {
        bide_notify_one(f->other);
        BIDE_AWAIT(bide_notify_wait, told, (f->mine));
    }
    BIDE_RETURN(f->done);
    BIDE_END;
}

#define pong_FRAME(ROW) ping_FRAME(ROW)
BIDE_ASYNC(uint32_t, pong)
{
    BIDE_BEGIN(pong);
    for (; f->done < f->rounds; f->done++) {
        BIDE_AWAIT(bide_notify_wait, told, (f->mine));
        bide_notify_one(f->other);
    }
    BIDE_RETURN(f->done);
    BIDE_END;
}

static uint32_t run_ping(bide_thread_pool *a, bide_thread_pool *b, uint32_t rounds)
{
    bide_notify told[2];
    bide_join joins[2];
    bide_poll r;
    bide_notify_init(&told[0]);
    bide_notify_init(&told[1]);
    BIDE_SPAWN_TO(r, a, ping, NULL, &joins[0], (&told[0], &told[1], rounds));
    must(r);
    BIDE_SPAWN_TO(r, b, pong, NULL, &joins[1], (&told[1], &told[0], rounds));
    must(r);
    return take(joins, 2);
}

static uint32_t pool_wakes(uint32_t loops, int which)
{
    bide_thread_pool *pool = open_pool(WORKERS);
    uint32_t sum = run_ping(pool, pool, loops);
    (void)which;
    must(bide_thread_pool_free(pool));
    return sum;
}

/* Between pools of one thread each, so that every wake is another thread's. */
static uint32_t pool_wakes_across(uint32_t loops, int which)
{
    bide_thread_pool *a = open_pool(1), *b = open_pool(1);
    uint32_t sum = run_ping(a, b, loops);
    (void)which;
    must(bide_thread_pool_free(a));
    must(bide_thread_pool_free(b));
    return sum;
}

#define POOL_ROWS                                                                                  \
    {"pool_spawn", "pool", pool_spawn}, {"pool_spawn_inside", "pool", pool_spawn_inside},          \
        {"pool_yield", "pool", pool_yield}, {"pool_wakes", "pool", pool_wakes},                    \
        {"pool_wakes_across", "pool", pool_wakes_across},
