/*
 * The thread pool: spawning from anywhere, joining from anywhere, and what it refuses.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "pool_support.h"

#include <bide/alloc_pool.h>

#include <sys/resource.h>

enum { THREADS = 3 };

/* ---- life, and options -------------------------------------------------------------------- */

static void T38_create_shutdown(void **state)
{
    bide_thread_pool *pool;
    pool_bench b;
    uint32_t n;
    (void)state;
    for (n = 1; n <= 8; n++) {
        pool_open_with(&b, n);
        assert_int_equal(pool_stats(b.pool).threads, n);
        pool_close(&b);
    }
    assert_int_equal(bide_thread_pool_new(NULL, &pool), BIDE_READY);
    assert_true(pool_stats(pool).threads >= 1);
    assert_int_equal(bide_thread_pool_wait(pool, UINT64_MAX), BIDE_READY);
    assert_int_equal(bide_thread_pool_free(pool), BIDE_READY);
    assert_int_equal(bide_thread_pool_free(NULL), BIDE_READY);
}

static void bad_options_are_refused(void **state)
{
    bide_thread_pool_options o = bide_thread_pool_options_init();
    bide_thread_pool *pool = (bide_thread_pool *)(void *)&o;
    _Alignas(64) static unsigned char memory[4096];
    bide_pool one_thread;
    (void)state;
    o.allocator = NULL;
    assert_int_equal(bide_thread_pool_new(&o, &pool), BIDE_EMISUSE);
    assert_null(pool);
    assert_int_equal(bide_pool_init(&one_thread, memory, sizeof memory, 512, 64, NULL), BIDE_READY);
    o.allocator = &one_thread.base;
    assert_int_equal(bide_thread_pool_new(&o, &pool), BIDE_EMISUSE);
    assert_int_equal(bide_pool_deinit(&one_thread), BIDE_READY);
    o = bide_thread_pool_options_init();
    o.threads = BIDE_THREAD_POOL_MOST + 1;
    assert_int_equal(bide_thread_pool_new(&o, &pool), BIDE_EMISUSE);
}

/* No system has that much address space for a stack: nearly all that there is. */
static void threads_that_cannot_start_are_an_error(void **state)
{
    bide_checking_allocator checking;
    bide_thread_pool_options o = bide_thread_pool_options_init();
    bide_thread_pool *pool;
    (void)state;
    bide_checking_allocator_init(&checking, bide_heap());
    o.allocator = &checking.base;
    o.threads = 2;
    o.stack_bytes = SIZE_MAX / 16 * 15;
    assert_int_equal(bide_thread_pool_new(&o, &pool), BIDE_ENOMEM);
    assert_null(pool);
    assert_int_equal(bide_checking_allocator_finish(&checking), 0);
}

#ifndef POOL_FEWER /* sanitizers need address space themselves */
/* Some threads start, and then one does not: those that did are gone again. */
static void threads_that_did_start_end(void **state)
{
    const rlim_t some = (rlim_t)2 << 30;
    bide_checking_allocator checking;
    bide_thread_pool_options o = bide_thread_pool_options_init();
    bide_thread_pool *pool;
    struct rlimit before, now;
    bide_poll r;
    (void)state;
    bide_checking_allocator_init(&checking, bide_heap());
    o.allocator = &checking.base;
    o.threads = 64;
    o.stack_bytes = (size_t)256 << 20;
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    now = before;
    now.rlim_cur = some;
    assert_int_equal(setrlimit(RLIMIT_AS, &now), 0);
    r = bide_thread_pool_new(&o, &pool);
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
    assert_int_equal(r, BIDE_ENOMEM);
    assert_null(pool);
    assert_int_equal(bide_checking_allocator_finish(&checking), 0);
}
#endif

/* ---- spawning and joining ----------------------------------------------------------------- */

static void joined_by_block_on(void **state)
{
    pool_bench b;
    gate g;
    bide_join join;
    int32_t out = 0;
    (void)state;
    pool_open_with(&b, THREADS);
    gate_init(&g);
    g.value = 42;
    g.yields = 5;
    assert_int_equal(BIDE_SPAWN(b.pool, pass, &join, (&g)), BIDE_READY);
    await_count(&g.polls, 6);
    gate_open(&g);
    assert_int_equal(BIDE_BLOCK_ON(passed, &out, (join)), BIDE_READY);
    assert_int_equal(out, 42);
    assert_int_equal(atomic_load(&g.polls), 7);
    gate_end(&g);
    pool_close(&b);
}

/* Threads of the one may hold wakers of the other to the end. */
static void close_both(pool_bench *a, pool_bench *b)
{
    assert_int_equal(bide_thread_pool_free(b->pool), BIDE_READY);
    assert_int_equal(bide_thread_pool_free(a->pool), BIDE_READY);
    pool_check_memory(a);
    pool_check_memory(b);
}

/* A task of one pool that waits for a task of another, and a local one that waits for that. */
static void joined_under_any_executor(void **state)
{
    pool_bench a, b;
    bide_local *ex;
    bide_join inner, middle, outer;
    gate g;
    int32_t out = 0;
    (void)state;
    pool_open_with(&a, 2);
    pool_open_with(&b, 1);
    assert_int_equal(bide_local_new(NULL, &ex), BIDE_READY);
    gate_init(&g);
    g.value = 9;
    assert_int_equal(BIDE_SPAWN(a.pool, pass, &inner, (&g)), BIDE_READY);
    assert_int_equal(BIDE_SPAWN(b.pool, passed, &middle, (inner)), BIDE_READY);
    assert_int_equal(BIDE_SPAWN(ex, passed, &outer, (middle)), BIDE_READY);
    assert_int_equal(bide_local_run_until_stalled(ex), BIDE_PENDING);
    gate_open(&g);
    assert_int_equal(bide_local_run(ex), BIDE_READY);
    assert_int_equal(bide_join_try_take(&outer, &out), BIDE_READY);
    assert_int_equal(out, 9);
    assert_int_equal(bide_local_free(ex), BIDE_READY);
    gate_end(&g);
    close_both(&a, &b);
}

/* From a plain thread, from a task of the same pool, of another pool, and of a bide_local. */
typedef struct tree {
    bide_runtime *where;
    int depth;
    atomic_int *count;
} tree;

#define grow_FRAME(ROW) ROW(TRAITS, BIDE_SEND) ROW(PARAM, tree, t)
BIDE_FUTURE(void, grow)

bide_poll grow_poll(struct grow *f, bide_context *cx, void *out)
{
    tree below = {f->t.where, f->t.depth - 1, f->t.count};
    bide_poll r = BIDE_READY;
    int i;
    (void)out;
    if (!below.where)
        below.where = bide_context_runtime(cx);
    atomic_fetch_add(f->t.count, 1);
    for (i = 0; i < 2 && f->t.depth > 0 && r == BIDE_READY; i++)
        BIDE_SPAWN_TO(r, below.where, grow, NULL, NULL, (below));
    return r;
}

void grow_drop(struct grow *f)
{
    (void)f;
}

static void *spawn_one(void *arg)
{
    tree *t = arg;
    bide_poll r;
    BIDE_SPAWN_TO(r, t->where, grow, NULL, NULL, (*t));
    return r == BIDE_READY ? NULL : arg;
}

static void spawn_from_anywhere(void **state)
{
    pool_bench a, b;
    bide_local *ex;
    atomic_int count = 0;
    tree t, anywhere;
    pthread_t threads[4];
    void *failed;
    int i;
    (void)state;
    pool_open_with(&a, THREADS);
    pool_open_with(&b, 2);
    assert_int_equal(bide_local_new(NULL, &ex), BIDE_READY);
    t = (tree){bide_thread_pool_runtime(a.pool), 8, &count};
    for (i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, spawn_one, &t), 0);
    assert_int_equal(BIDE_SPAWN(ex, grow, NULL, (t)), BIDE_READY);
    assert_int_equal(BIDE_SPAWN(b.pool, grow, NULL, (t)), BIDE_READY);
    anywhere = (tree){NULL, 8, &count}; /* on what runs it */
    assert_int_equal(BIDE_SPAWN(a.pool, grow, NULL, (anywhere)), BIDE_READY);
    assert_int_equal(bide_local_run(ex), BIDE_READY);
    for (i = 0; i < 4; i++) {
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    assert_int_equal(bide_thread_pool_wait(b.pool, UINT64_MAX), BIDE_READY);
    assert_int_equal(bide_thread_pool_wait(a.pool, UINT64_MAX), BIDE_READY);
    assert_int_equal(atomic_load(&count), 7 * 511);
    assert_int_equal(bide_local_free(ex), BIDE_READY);
    close_both(&a, &b);
}

/* ---- what must not come here -------------------------------------------------------------- */

#define stays_FRAME(ROW) ROW(OWNED, bide_droppable, d, release_by_value)
static void release_by_value(bide_droppable d)
{
    bide_droppable_release(&d);
}
BIDE_FUTURE(void, stays)

bide_poll stays_poll(struct stays *f, bide_context *cx, void *out)
{
    (void)cx, (void)out;
    release_by_value(f->d);
    return BIDE_READY;
}

void stays_drop(struct stays *f)
{
    release_by_value(f->d);
}

static void a_future_that_is_not_send_is_refused(void **state)
{
    bide_drop_order order;
    bide_join join = {NULL};
    pool_bench b;
    bide_poll r;
    (void)state;
    TEST_BREAKS("?cannot go to another thread"); /* where the library is checked */
    pool_open_with(&b, 1);
    bide_drop_order_init(&order);
    /* BIDE_SPAWN(b.pool, stays, ...) does not compile: tests/diagnostics. */
    BIDE_SPAWN_TO(r, bide_thread_pool_runtime(b.pool), stays, NULL, &join,
                  (bide_droppable_make(&order, "argument")));
    assert_int_equal(r, BIDE_EMISUSE);
    assert_null(join.task);
    assert_string_equal(bide_drop_order_text(&order), "argument");
    pool_close(&b);
}

static void a_block_for_one_thread_is_refused(void **state)
{
    _Alignas(64) static unsigned char memory[4096];
    bide_spawn_options o = bide_spawn_options_init();
    bide_pool one_thread;
    pool_bench b;
    gate g;
    (void)state;
    pool_open_with(&b, 1);
    gate_init(&g);
    assert_int_equal(bide_pool_init(&one_thread, memory, sizeof memory, 512, 64, NULL), BIDE_READY);
    o.allocator = &one_thread.base;
    assert_int_equal(BIDE_SPAWN_WITH(b.pool, pass, &o, NULL, (&g)), BIDE_EMISUSE);
    assert_int_equal(bide_pool_deinit(&one_thread), BIDE_READY);
    gate_end(&g);
    pool_close(&b);
}

/* A task of capacity two from a shared pool of blocks: busy, not out of memory. */
static void a_full_block_pool_says_busy(void **state)
{
    _Alignas(64) static unsigned char memory[BIDE_SHARED_POOL_BYTES(BIDE_TASK_BYTES(pass), 64, 2)];
    bide_spawn_options o = bide_spawn_options_init();
    bide_shared_pool blocks;
    pool_bench b;
    gate g[3];
    int i;
    (void)state;
    pool_open_with(&b, 2);
    o.allocator = &blocks.base;
    assert_int_equal(
        bide_shared_pool_init(&blocks, memory, sizeof memory, BIDE_TASK_BYTES(pass), 64, NULL),
        BIDE_READY);
    for (i = 0; i < 3; i++)
        gate_init(&g[i]);
    assert_int_equal(BIDE_SPAWN_WITH(b.pool, pass, &o, NULL, (&g[0])), BIDE_READY);
    assert_int_equal(BIDE_SPAWN_WITH(b.pool, pass, &o, NULL, (&g[1])), BIDE_READY);
    assert_int_equal(BIDE_SPAWN_WITH(b.pool, pass, &o, NULL, (&g[2])), BIDE_EBUSY);
    gate_open(&g[0]);
    gate_open(&g[1]);
    assert_int_equal(bide_thread_pool_wait(b.pool, UINT64_MAX), BIDE_READY);
    pool_close(&b);
    assert_int_equal(bide_shared_pool_deinit(&blocks), BIDE_READY);
    for (i = 0; i < 3; i++)
        gate_end(&g[i]);
}

/* ---- inside a task ------------------------------------------------------------------------ */

static void try_to_block(gate *g, bide_context *cx)
{
    pool_bench *b = g->arg;
    bide_local *ex;
    gate inner;
    int32_t out;
    (void)cx;
    gate_init(&inner);
    inner.is_open = true;
    assert_int_equal(bide_thread_pool_free(b->pool), BIDE_EMISUSE);
    assert_int_equal(bide_thread_pool_wait(b->pool, 0), BIDE_EMISUSE);
    assert_int_equal(bide_thread_pool_cancel(b->pool, 0), BIDE_EMISUSE);
    assert_int_equal(BIDE_BLOCK_ON(pass, &out, (&inner)), BIDE_EMISUSE);
    assert_int_equal(bide_local_new(NULL, &ex), BIDE_READY);
    assert_int_equal(bide_local_run(ex), BIDE_EMISUSE);
    assert_int_equal(bide_local_free(ex), BIDE_READY);
    gate_end(&inner);
}

static void free_from_drop(gate *g)
{
    assert_int_equal(bide_thread_pool_free(g->arg), BIDE_EMISUSE);
}

/* Also where the task has ended an executor of its own, in whose drops the pool is freed. */
static void free_within_local(gate *g, bide_context *cx)
{
    static gate inner;
    bide_local *ex;
    (void)cx;
    gate_init(&inner);
    inner.in_drop = free_from_drop;
    inner.arg = ((pool_bench *)g->arg)->pool;
    assert_int_equal(bide_local_new(NULL, &ex), BIDE_READY);
    assert_int_equal(BIDE_SPAWN(ex, pass, NULL, (&inner)), BIDE_READY);
    assert_int_equal(bide_local_free(ex), BIDE_READY);
    assert_int_equal(atomic_load(&inner.drops), 1);
    gate_end(&inner);
}

static void E04_blocking_in_a_task_is_refused(void **state)
{
    pool_bench b;
    gate g[2];
    int i;
    (void)state;
    pool_open_with(&b, 2);
    for (i = 0; i < 2; i++) {
        gate_init(&g[i]);
        g[i].is_open = true;
        g[i].during = i ? free_within_local : try_to_block;
        g[i].arg = &b;
        assert_int_equal(BIDE_SPAWN(b.pool, pass, NULL, (&g[i])), BIDE_READY);
    }
    assert_int_equal(bide_thread_pool_wait(b.pool, UINT64_MAX), BIDE_READY);
    for (i = 0; i < 2; i++) {
        assert_int_equal(atomic_load(&g[i].ends), 1);
        gate_end(&g[i]);
    }
    pool_close(&b);
}

/* ---- without memory ----------------------------------------------------------------------- */

static bide_poll spawned_through(bide_allocator *a)
{
    bide_thread_pool_options o = bide_thread_pool_options_init();
    bide_thread_pool *pool;
    bide_join inner = {NULL}, outer = {NULL};
    bide_poll r, end;
    gate g;
    o.allocator = a;
    o.threads = 2;
    r = bide_thread_pool_new(&o, &pool);
    if (r != BIDE_READY)
        return r;
    gate_init(&g);
    g.is_open = true;
    BIDE_SPAWN_TO(r, pool, pass, NULL, &inner, (&g));
    if (r == BIDE_READY)
        BIDE_SPAWN_TO(r, pool, passed, NULL, &outer, (bide_join_clone(&inner)));
    end = bide_thread_pool_wait(pool, UINT64_MAX);
    if (r == BIDE_READY)
        r = end;
    if (r == BIDE_READY)
        r = bide_join_try_take(&outer, NULL);
    bide_join_detach(&inner);
    bide_join_detach(&outer);
    bide_thread_pool_free(pool);
    gate_end(&g);
    return r;
}
TEST_EVERY_FAILURE(every_failure, spawned_through)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(T38_create_shutdown),
        cmocka_unit_test(bad_options_are_refused),
        cmocka_unit_test(threads_that_cannot_start_are_an_error),
        cmocka_unit_test(joined_by_block_on),
        cmocka_unit_test(joined_under_any_executor),
        cmocka_unit_test(spawn_from_anywhere),
        cmocka_unit_test(a_future_that_is_not_send_is_refused),
        cmocka_unit_test(a_block_for_one_thread_is_refused),
        cmocka_unit_test(a_full_block_pool_says_busy),
        cmocka_unit_test(E04_blocking_in_a_task_is_refused),
        cmocka_unit_test(every_failure),
    };
#ifndef POOL_FEWER
    /* Not under valgrind, whose own memory is limited with the program's. */
    const struct CMUnitTest with_limits[] = {cmocka_unit_test(threads_that_did_start_end)};
    if (!getenv("BIDE_TEST_QUICK") && cmocka_run_group_tests(with_limits, NULL, NULL) != 0)
        return 1;
#endif
    return cmocka_run_group_tests(tests, NULL, NULL);
}
