/*
 * pool_support.h: a future that may change threads, does what the test says and counts what is done
 * to it; and a pool whose memory is counted. For the tests of thread pools.
 */
#ifndef POOL_SUPPORT_H
#define POOL_SUPPORT_H

#include "support.h"

#include <bide/alloc_count.h>
#include <bide/bounds.h>
#include <bide/pool.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define POOL_FEWER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define POOL_FEWER 1
#endif
#endif

typedef struct gate {
    pthread_mutex_t lock;
    bide_waker *waker;
    bool is_open;
    atomic_int polls, drops, ends;
    atomic_bool is_inside; /* a poll is under way: two at once are a mistake */
    atomic_int overlaps;
    int yields;     /* wake itself in so many polls first */
    bide_poll code; /* how to end; 0: BIDE_READY */
    int32_t value;  /* the Output */
    void (*during)(struct gate *g, bide_context *cx); /* at the beginning of each poll */
    void (*in_drop)(struct gate *g);
    void *arg;
    bide_join join;
    pthread_t thread; /* of the last poll */
    int moves;        /* polls on another thread than the one before */
} gate;

/* Polls until it is open; waits by a clone of the waker. */
#define pass_FRAME(ROW) ROW(TRAITS, BIDE_SEND) ROW(PARAM, gate *, g) ROW(LOCAL, bool, is_over)
BIDE_FUTURE(int32_t, pass)

static inline bool gate_waits(gate *g, bide_context *cx)
{
    bool waits;
    if (g->yields > 0) {
        g->yields--;
        bide_waker_wake_by_ref(cx->waker);
        return true;
    }
    pthread_mutex_lock(&g->lock);
    waits = !g->is_open;
    if (waits && bide_waker_register(&g->waker, cx) != BIDE_READY)
        abort();
    pthread_mutex_unlock(&g->lock);
    return waits;
}

static inline bide_waker *gate_take_waker(gate *g)
{
    bide_waker *waker;
    pthread_mutex_lock(&g->lock);
    waker = g->waker;
    g->waker = NULL;
    pthread_mutex_unlock(&g->lock);
    return waker;
}

static inline void gate_drop_waker(gate *g)
{
    bide_waker *waker = gate_take_waker(g);
    if (waker)
        bide_waker_drop(waker);
}

bide_poll pass_poll(struct pass *f, bide_context *cx, int32_t *out)
{
    gate *g = f->g;
    if (atomic_exchange(&g->is_inside, true))
        atomic_fetch_add(&g->overlaps, 1);
    if (atomic_fetch_add(&g->polls, 1) > 0 && !pthread_equal(g->thread, pthread_self()))
        g->moves++;
    g->thread = pthread_self();
    if (g->during)
        g->during(g, cx);
    if (gate_waits(g, cx)) {
        atomic_store(&g->is_inside, false);
        return BIDE_PENDING;
    }
    gate_drop_waker(g);
    f->is_over = true;
    atomic_fetch_add(&g->ends, 1);
    atomic_store(&g->is_inside, false);
    if (g->code)
        return g->code;
    *out = g->value;
    return BIDE_READY;
}

void pass_drop(struct pass *f)
{
    gate *g = f->g;
    if (f->is_over)
        return;
    if (atomic_load(&g->is_inside))
        atomic_fetch_add(&g->overlaps, 1);
    f->is_over = true;
    gate_drop_waker(g);
    if (g->in_drop)
        g->in_drop(g);
    atomic_fetch_add(&g->drops, 1);
}

static inline void gate_init(gate *g)
{
    memset(g, 0, sizeof *g);
    pthread_mutex_init(&g->lock, NULL);
}

static inline void gate_open(gate *g)
{
    bide_waker *waker;
    pthread_mutex_lock(&g->lock);
    g->is_open = true;
    waker = g->waker;
    g->waker = NULL;
    pthread_mutex_unlock(&g->lock);
    if (waker)
        bide_waker_wake(waker);
}

static inline void gate_end(gate *g)
{
    assert_int_equal(atomic_load(&g->overlaps), 0);
    pthread_mutex_destroy(&g->lock);
}

typedef struct pool_bench {
    bide_counter counter;
    bide_checking_allocator checking;
    bide_thread_pool_options options;
    bide_thread_pool *pool;
} pool_bench;

static inline void pool_open_with(pool_bench *b, uint32_t threads)
{
    bide_checking_allocator_init(&b->checking, bide_heap());
    b->options = bide_thread_pool_options_init();
    b->options.allocator = &b->checking.base;
    b->options.threads = threads;
    assert_int_equal(bide_thread_pool_new(&b->options, &b->pool), BIDE_READY);
}

/* Every block must be back. */
static inline void pool_check_memory(pool_bench *b)
{
    if (bide_checking_allocator_finish(&b->checking) != 0)
        fail_msg("%s", bide_checking_allocator_report(&b->checking));
}

static inline void pool_close(pool_bench *b)
{
    assert_int_equal(bide_thread_pool_free(b->pool), BIDE_READY);
    pool_check_memory(b);
}

static inline bide_thread_pool_stats pool_stats(bide_thread_pool *pool)
{
    bide_thread_pool_stats s;
    memset(&s, 0, sizeof s);
    s.size = (uint32_t)sizeof s;
    bide_thread_pool_get_stats(pool, &s);
    return s;
}

static inline void pause_ms(long ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&t, NULL);
}

/* Waits, for a minute at most, until a count has come to n. */
static inline void await_count(atomic_int *count, int n)
{
    int i;
    for (i = 0; i < 60000 && atomic_load(count) < n; i++)
        pause_ms(1);
    assert_true(atomic_load(count) >= n);
}

#define passed_FRAME BIDE_SEND_JOIN_FRAME
BIDE_JOIN_FUTURE(int32_t, passed);

#endif
