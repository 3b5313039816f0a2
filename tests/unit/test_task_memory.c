/*
 * The memory of tasks: static pools, outputs of all sizes, callbacks that see them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "probe.h"

#include <bide/alloc_pool.h>

static void stall(bench *b)
{
    (void)bide_local_run_until_stalled(b->ex);
}

/* ---- static pools ------------------------------------------------------------------------- */

enum { ROOM = 4 };

static void T46_T50_static_pool(void **state)
{
    static unsigned char memory[BIDE_POOL_BYTES(BIDE_TASK_BYTES(script), 16, ROOM)];
    bench b;
    bide_pool pool;
    bide_spawn_options o = bide_spawn_options_init();
    probe p[ROOM + 1];
    bide_waker *stale;
    size_t allocs;
    int i;
    (void)state;
    memset(p, 0, sizeof p);
    bench_open(&b);
    assert_int_equal(
        bide_pool_init(&pool, memory, sizeof memory, BIDE_TASK_BYTES(script), 16, NULL),
        BIDE_READY);
    assert_int_equal(bide_pool_capacity(&pool), ROOM);
    o.allocator = &pool.base;
    allocs = b.counter.allocs;
    for (i = 0; i < ROOM; i++)
        assert_int_equal(BIDE_SPAWN_WITH(b.ex, script, &o, NULL, (&p[i])), BIDE_READY);
    assert_int_equal(BIDE_SPAWN_WITH(b.ex, script, &o, NULL, (&p[ROOM])), BIDE_EBUSY);
    stall(&b);
    stale = bide_waker_clone(p[1].waker);
    probe_open(&p[0]);
    stall(&b);
    assert_int_equal(BIDE_SPAWN_WITH(b.ex, script, &o, NULL, (&p[ROOM])), BIDE_READY);
    assert_int_equal(BIDE_SPAWN_WITH(b.ex, script, &o, NULL, (&p[0])), BIDE_EBUSY);
    /* T48, T49: a waker that outlives its task keeps the place, and wakes nobody else. */
    probe_open(&p[1]);
    stall(&b);
    assert_int_equal(BIDE_SPAWN_WITH(b.ex, script, &o, NULL, (&p[0])), BIDE_EBUSY);
    bide_waker_wake(stale);
    p[0].open = false;
    assert_int_equal(BIDE_SPAWN_WITH(b.ex, script, &o, NULL, (&p[0])), BIDE_READY);
    stall(&b);
    assert_int_equal(p[ROOM].polls, 1);
    assert_int_equal(b.counter.allocs, allocs); /* T50 */
    bench_close(&b, 0);
    assert_int_equal(bide_pool_deinit(&pool), BIDE_READY);
}

/* ---- outputs ------------------------------------------------------------------------------ */

struct large {
    unsigned char bytes[200];
};
struct aligned {
    BIDE_PRIV_ALIGNAS(64) unsigned char bytes[64];
};
struct both {
    BIDE_PRIV_ALIGNAS(128) unsigned char bytes[256];
};

#define OUTPUT_FUTURE(R, F)                                                                        \
    BIDE_FUTURE(R, F)                                                                              \
    bide_poll F##_poll(struct F *f, bide_context *cx, R *out)                                      \
    {                                                                                              \
        (void)cx;                                                                                  \
        assert_int_equal((uintptr_t)out % BIDE_PRIV_ALIGNOF(R), 0);                                \
        assert_int_equal((uintptr_t)f % BIDE_PRIV_ALIGNOF(struct F), 0);                           \
        memset(out->bytes, f->seed, sizeof out->bytes);                                            \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    void F##_drop(struct F *f)                                                                     \
    {                                                                                              \
        (void)f;                                                                                   \
    }
#define give_large_FRAME(ROW) ROW(PARAM, int, seed)
OUTPUT_FUTURE(struct large, give_large)
#define give_aligned_FRAME(ROW) ROW(PARAM, int, seed)
OUTPUT_FUTURE(struct aligned, give_aligned)
#define give_both_FRAME(ROW) ROW(PARAM, int, seed) ROW(LOCAL, struct aligned, other)
OUTPUT_FUTURE(struct both, give_both)

static void check_output(const void *arg, size_t n, int seed)
{
    const unsigned char *bytes = arg;
    size_t i;
    for (i = 0; i < n; i++)
        assert_int_equal(bytes[i], seed);
}

static void done_both(void *arg, bide_poll code, const void *output)
{
    assert_int_equal(code, BIDE_READY);
    check_output(output, sizeof(struct both), 3);
    ++*(int *)arg;
}

static void outputs_of_all_sizes(void **state)
{
    bench b;
    bide_join join;
    struct large large;
    struct aligned aligned;
    struct both both;
    int called = 0;
    bide_spawn_options o = bide_spawn_options_init();
    (void)state;
    o.done = done_both;
    o.done_arg = &called;
    bench_open(&b);
    (void)BIDE_SPAWN(b.ex, give_large, &join, (1));
    stall(&b);
    assert_int_equal(bide_join_try_take(&join, &large), BIDE_READY);
    check_output(&large, sizeof large, 1);
    (void)BIDE_SPAWN(b.ex, give_aligned, &join, (2));
    stall(&b);
    assert_int_equal(bide_join_try_take(&join, &aligned), BIDE_READY);
    check_output(&aligned, sizeof aligned, 2);
    (void)BIDE_SPAWN_WITH(b.ex, give_both, &o, &join, (3));
    stall(&b);
    assert_int_equal(bide_join_try_take(&join, &both), BIDE_READY);
    check_output(&both, sizeof both, 3);
    assert_int_equal(called, 1);
    bench_close(&b, 0);
}

static void task_bytes_is_what_a_task_takes(void **state)
{
    bench b;
    bide_spawn_options o = bide_spawn_options_init();
    probe p = {.open = true};
    (void)state;
    o.name = "named";
    bench_open(&b);
    (void)BIDE_SPAWN_WITH(b.ex, script, &o, NULL, (&p));
    assert_int_equal(b.counter.last_bytes, BIDE_TASK_BYTES(script));
    (void)BIDE_SPAWN_WITH(b.ex, give_both, &o, NULL, (1));
    assert_int_equal(b.counter.last_bytes, BIDE_TASK_BYTES(give_both));
    assert_int_equal(b.counter.last_align, BIDE_TASK_ALIGN(give_both));
    (void)BIDE_SPAWN_WITH(b.ex, give_large, &o, NULL, (1));
    assert_int_equal(b.counter.last_bytes, BIDE_TASK_BYTES(give_large));
    bench_close(&b, 0);
}

/* ---- callbacks at the end ----------------------------------------------------------------- */

struct ended {
    int calls;
    bide_poll code;
    int32_t value;
};

static void on_end(void *arg, bide_poll code, const void *output)
{
    struct ended *e = arg;
    e->calls++;
    e->code = code;
    if (output)
        e->value = *(const int32_t *)output;
}

static void spawn_then_calls_back_once(void **state)
{
    bench b;
    probe good = {.open = true, .value = 21}, bad = {.open = true, .code = BIDE_EFOREIGN},
          none = {0};
    struct ended e[3] = {{0}};
    (void)state;
    bench_open(&b);
    assert_int_equal(BIDE_SPAWN_THEN(b.ex, script, on_end, &e[0], (&good)), BIDE_READY);
    assert_int_equal(BIDE_SPAWN_THEN(b.ex, script, on_end, &e[1], (&bad)), BIDE_READY);
    assert_int_equal(BIDE_SPAWN_THEN(b.ex, script, on_end, &e[2], (&none)), BIDE_READY);
    stall(&b);
    assert_int_equal(e[0].calls, 1);
    assert_int_equal(e[0].code, BIDE_READY);
    assert_int_equal(e[0].value, 21);
    assert_int_equal(e[1].code, BIDE_EFOREIGN);
    assert_int_equal(e[2].calls, 0);
    bench_close(&b, 0);
    assert_int_equal(e[2].calls, 1);
    assert_int_equal(e[2].code, BIDE_ECANCELED);
    assert_int_equal(e[0].calls + e[1].calls, 2);
}

TEST_EVERY_FAILURE(every_failure, test_tasks_through)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(T46_T50_static_pool),
        cmocka_unit_test(outputs_of_all_sizes),
        cmocka_unit_test(task_bytes_is_what_a_task_takes),
        cmocka_unit_test(spawn_then_calls_back_once),
        cmocka_unit_test(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
