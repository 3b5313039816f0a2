/*
 * Tasks of a thread pool, one at a time: wakes, aborts, ends and results, in every combination.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "pool_support.h"

/* ---- one thread, held still --------------------------------------------------------------- */

/* A task that keeps its thread until it is told to let go: what is done to other tasks of a pool
 * with one thread meanwhile is done before their next turn. */
typedef struct holder {
    gate g;
    atomic_int holds;
    atomic_bool is_free;
} holder;

static void hold(gate *g, bide_context *cx)
{
    holder *h = g->arg;
    int i;
    (void)cx;
    atomic_store(&h->holds, 1);
    for (i = 0; i < 10000 && !atomic_load(&h->is_free); i++)
        pause_ms(1);
}

static void hold_thread(holder *h, bide_thread_pool *pool)
{
    memset(h, 0, sizeof *h);
    gate_init(&h->g);
    h->g.is_open = true;
    h->g.during = hold;
    h->g.arg = h;
    assert_int_equal(BIDE_SPAWN(pool, pass, NULL, (&h->g)), BIDE_READY);
    await_count(&h->holds, 1);
}

static void let_go(holder *h)
{
    atomic_store(&h->is_free, true);
    await_count(&h->g.ends, 1);
    gate_end(&h->g);
}

typedef struct single {
    pool_bench b;
    gate g;
    bide_join join;
    bide_waker *waker;
    holder h;
} single;

/* A waiting task, polled once, whose waker the test holds as well. */
static void single_open(single *s)
{
    int i;
    memset(s, 0, sizeof *s);
    pool_open_with(&s->b, 1);
    gate_init(&s->g);
    s->g.value = 3;
    assert_int_equal(BIDE_SPAWN(s->b.pool, pass, &s->join, (&s->g)), BIDE_READY);
    for (i = 0; i < 10000 && !s->waker; i++) {
        pthread_mutex_lock(&s->g.lock);
        if (s->g.waker)
            s->waker = bide_waker_clone(s->g.waker);
        pthread_mutex_unlock(&s->g.lock);
        pause_ms(1);
    }
    assert_non_null(s->waker);
}

static void single_close(single *s)
{
    if (s->waker)
        bide_waker_drop(s->waker);
    bide_join_detach(&s->join);
    gate_end(&s->g);
    pool_close(&s->b);
}

static void end_single(single *s)
{
    gate_open(&s->g);
    assert_int_equal(bide_thread_pool_wait(s->b.pool, 10000), BIDE_READY);
}

static void T24_wake_by_ref_after_complete(void **state)
{
    single s;
    int32_t out = 0;
    (void)state;
    single_open(&s);
    end_single(&s);
    assert_int_equal(atomic_load(&s.g.polls), 2);
    bide_waker_wake_by_ref(s.waker);
    assert_int_equal(bide_wake_from_isr(s.waker), BIDE_READY);
    pause_ms(10);
    assert_int_equal(atomic_load(&s.g.polls), 2);
    assert_int_equal(pool_stats(s.b.pool).polls, 2);
    assert_int_equal(bide_join_try_take(&s.join, &out), BIDE_READY);
    assert_int_equal(out, 3);
    single_close(&s);
}

static void T30_wake_x2_before_run(void **state)
{
    single s;
    (void)state;
    single_open(&s);
    hold_thread(&s.h, s.b.pool);
    bide_waker_wake_by_ref(s.waker);
    bide_waker_wake_by_ref(s.waker);
    bide_waker_wake(bide_waker_clone(s.waker));
    let_go(&s.h);
    await_count(&s.g.polls, 2);
    pause_ms(10);
    assert_int_equal(atomic_load(&s.g.polls), 2);
    end_single(&s);
    single_close(&s);
}

static void wake_itself_twice(gate *g, bide_context *cx)
{
    if (atomic_load(&g->polls) != 2)
        return;
    bide_waker_wake_by_ref(cx->waker);
    bide_waker_wake(bide_waker_clone(cx->waker));
}

static void T26_T32_wake_during_run(void **state)
{
    single s;
    (void)state;
    single_open(&s);
    s.g.during = wake_itself_twice;
    bide_waker_wake_by_ref(s.waker);
    await_count(&s.g.polls, 3); /* exactly one turn more */
    pause_ms(10);
    assert_int_equal(atomic_load(&s.g.polls), 3);
    end_single(&s);
    single_close(&s);
}

static void T25_wake_dropped(void **state)
{
    single s;
    (void)state;
    single_open(&s);
    bide_waker_drop(bide_waker_clone(s.waker));
    pause_ms(5);
    assert_int_equal(atomic_load(&s.g.polls), 1);
    end_single(&s);
    single_close(&s);
}

static void T45_exactly_k_polls_for_k_wakes(void **state)
{
    single s;
    int k;
    (void)state;
    single_open(&s);
    for (k = 1; k <= 50; k++) {
        bide_waker_wake_by_ref(s.waker);
        await_count(&s.g.polls, 1 + k);
    }
    pause_ms(5);
    assert_int_equal(atomic_load(&s.g.polls), 51);
    end_single(&s);
    single_close(&s);
}

static void T13_cancel_and_run(void **state)
{
    pool_bench b;
    bide_join join;
    holder h;
    gate g;
    (void)state;
    pool_open_with(&b, 1);
    gate_init(&g);
    hold_thread(&h, b.pool);
    assert_int_equal(BIDE_SPAWN(b.pool, pass, &join, (&g)), BIDE_READY);
    bide_join_abort(&join);
    bide_join_abort(&join);
    let_go(&h);
    assert_int_equal(bide_thread_pool_wait(b.pool, 10000), BIDE_READY);
    assert_int_equal(atomic_load(&g.polls), 0);
    assert_int_equal(atomic_load(&g.drops), 1);
    assert_int_equal(bide_join_try_take(&join, NULL), BIDE_ECANCELED);
    gate_end(&g);
    pool_close(&b);
}

static void abort_itself_and_wake(gate *g, bide_context *cx)
{
    if (atomic_load(&g->polls) != 2)
        return;
    bide_join_abort(&g->join);
    bide_waker_wake_by_ref(cx->waker);
}

static void T28_cancel_and_wake_during_run(void **state)
{
    single s;
    (void)state;
    single_open(&s);
    s.g.during = abort_itself_and_wake;
    s.g.join = bide_join_clone(&s.join);
    bide_waker_wake_by_ref(s.waker);
    assert_int_equal(bide_thread_pool_wait(s.b.pool, 10000), BIDE_READY);
    assert_int_equal(atomic_load(&s.g.polls), 2);
    assert_int_equal(atomic_load(&s.g.drops), 1);
    assert_int_equal(bide_join_try_take(&s.join, NULL), BIDE_ECANCELED);
    bide_join_detach(&s.g.join);
    single_close(&s);
}

static void T33_fault_in_poll(void **state)
{
    single s;
    int32_t out = 8;
    (void)state;
    single_open(&s);
    s.g.code = BIDE_EFOREIGN;
    end_single(&s);
    assert_int_equal(bide_join_try_take(&s.join, &out), BIDE_EFOREIGN);
    assert_int_equal(out, 8);
    assert_int_equal(bide_join_try_take(&s.join, &out), BIDE_EMISUSE);
    single_close(&s);
}

static void T18_T37_several_handles(void **state)
{
    single s;
    bide_join other, third;
    int32_t out = 0;
    (void)state;
    single_open(&s);
    other = bide_join_clone(&s.join);
    third = bide_join_clone(&other);
    bide_join_detach(&third);
    assert_false(bide_join_is_done(&other));
    assert_int_equal(bide_join_try_take(&other, &out), BIDE_PENDING);
    end_single(&s);
    assert_true(bide_join_is_done(&other));
    assert_int_equal(bide_join_try_take(&other, &out), BIDE_READY);
    assert_int_equal(out, 3);
    assert_int_equal(bide_join_try_take(&s.join, &out), BIDE_EMISUSE);
    single_close(&s);
}

static void T42_drop_join_during_schedule(void **state)
{
    single s;
    holder h;
    (void)state;
    single_open(&s);
    hold_thread(&h, s.b.pool);
    bide_waker_wake_by_ref(s.waker);
    bide_join_detach(&s.join);
    bide_waker_drop(s.waker);
    s.waker = NULL;
    let_go(&h);
    await_count(&s.g.polls, 2);
    end_single(&s);
    single_close(&s);
}

static void T21_join_waker_replaced(void **state)
{
    bide_counting_waker first, second;
    bide_context cx = {.size = sizeof cx};
    single s;
    int32_t out;
    (void)state;
    single_open(&s);
    bide_counting_waker_init(&first);
    bide_counting_waker_init(&second);
    cx.waker = &first.base;
    assert_int_equal(bide_join_poll(&s.join, &cx, &out), BIDE_PENDING);
    assert_int_equal(bide_join_poll(&s.join, &cx, &out), BIDE_PENDING);
    cx.waker = &second.base;
    assert_int_equal(bide_join_poll(&s.join, &cx, &out), BIDE_PENDING);
    end_single(&s);
    assert_int_equal(first.clones, 1);
    assert_int_equal(bide_counting_waker_total(&first), 0);
    assert_int_equal(bide_counting_waker_total(&second), 1);
    assert_int_equal(bide_counting_waker_refs(&first), 1);
    assert_int_equal(bide_counting_waker_refs(&second), 1);
    assert_int_equal(bide_join_poll(&s.join, &cx, &out), BIDE_READY);
    single_close(&s);
}

/* ---- the option done ---------------------------------------------------------------------- */

struct told {
    atomic_int calls;
    bide_poll code;
    int32_t value;
};

static void tell(void *arg, bide_poll code, const void *output)
{
    struct told *t = arg;
    t->code = code;
    t->value = output ? *(const int32_t *)output : -1;
    atomic_fetch_add(&t->calls, 1);
}

/* The handle sees the end only after `done` has returned. */
static void done_is_told_first(void **state)
{
    int i;
    (void)state;
    for (i = 0; i < 200; i++) {
        bide_spawn_options o = bide_spawn_options_init();
        struct told told = {0};
        pool_bench b;
        bide_join join;
        gate g;
        int32_t out;
        pool_open_with(&b, 2);
        gate_init(&g);
        g.is_open = true;
        g.value = i;
        o.done = tell;
        o.done_arg = &told;
        assert_int_equal(BIDE_SPAWN_WITH(b.pool, pass, &o, &join, (&g)), BIDE_READY);
        assert_int_equal(BIDE_BLOCK_ON(passed, &out, (join)), BIDE_READY);
        assert_int_equal(atomic_load(&told.calls), 1);
        assert_int_equal(told.code, BIDE_READY);
        assert_int_equal(told.value, i);
        gate_end(&g);
        pool_close(&b);
    }
}

/* ---- a cleanup that waits ----------------------------------------------------------------- */

/* The type of a gate that has `cancel`: it takes two turns. */
static atomic_int cancel_turns;

static bide_poll cancel_pass(void *frame, bide_context *cx)
{
    struct pass *f = frame;
    if (atomic_fetch_add(&cancel_turns, 1) == 0) {
        bide_waker_wake_by_ref(cx->waker);
        return BIDE_PENDING;
    }
    pass_drop(f);
    return BIDE_READY;
}

static void spawn_typed(bide_thread_pool *pool, const bide_type *type, gate *g, bide_join *join)
{
    bide_runtime *rt = bide_thread_pool_runtime(pool);
    void *frame;
    assert_int_equal(bide_runtime_spawn_begin(rt, type, NULL, &join->task, &frame), BIDE_READY);
    pass_init(frame, g);
    bide_runtime_spawn_commit(rt, join->task, true);
}

static void aborts_cancel_to_the_end(void **state)
{
    bide_type type = pass_type;
    int by_pool;
    (void)state;
    type.cancel = cancel_pass;
    for (by_pool = 0; by_pool < 2; by_pool++) {
        pool_bench b;
        bide_join join;
        gate g;
        pool_open_with(&b, 2);
        gate_init(&g);
        atomic_store(&cancel_turns, 0);
        spawn_typed(b.pool, &type, &g, &join);
        await_count(&g.polls, 1);
        if (by_pool) {
            assert_int_equal(bide_thread_pool_cancel(b.pool, 10000), BIDE_READY);
        } else {
            bide_join_abort(&join);
            assert_int_equal(bide_thread_pool_wait(b.pool, 10000), BIDE_READY);
        }
        assert_int_equal(atomic_load(&cancel_turns), 2);
        assert_int_equal(atomic_load(&g.drops), 1);
        assert_int_equal(bide_join_try_take(&join, NULL), BIDE_ECANCELED);
        gate_end(&g);
        pool_close(&b);
    }
}

/* ---- all together ------------------------------------------------------------------------- */

enum { WAIT, CANCEL, ONLY_FREE, DRIVERS };
enum { ENDS, FAILS, HANGS, ENDINGS };
enum { KEPT, AWAITED, LET_GO_EARLY, LET_GO_LATE, DETACHED, INTERESTS };
enum { NO_ABORT, ABORT_BEFORE, ABORT_DURING, ABORT_AFTER, ABORTS };

static void abort_during(gate *g, bide_context *cx)
{
    (void)cx;
    if (atomic_load(&g->polls) == 1)
        bide_join_abort(&g->join);
}

/* What the join handle must see; 1: it may be cancelled, or not. */
static bide_poll expected(int driver, int ending, int abort)
{
    if (ending == HANGS || abort == ABORT_BEFORE)
        return BIDE_ECANCELED;
    return driver == WAIT ? (ending == ENDS ? BIDE_READY : BIDE_EFOREIGN) : 1;
}

static void combination(uint32_t threads, int driver, int ending, int interest, int abort)
{
    pool_bench b;
    bide_join join = {NULL}, outer = {NULL};
    int32_t out = 0;
    bide_poll want = expected(driver, ending, abort), got = 1;
    holder h;
    gate g;
    pool_open_with(&b, threads);
    gate_init(&g);
    g.is_open = ending != HANGS;
    g.code = ending == FAILS ? BIDE_EFOREIGN : 0;
    g.value = 6;
    if (abort == ABORT_BEFORE && threads == 1)
        hold_thread(&h, b.pool);
    if (abort == ABORT_BEFORE && threads > 1)
        want = ending == HANGS ? BIDE_ECANCELED : 1; /* before or after its first poll */
    if (abort == ABORT_DURING)
        g.during = abort_during;
    {
        bide_task *task;
        void *frame;
        bide_runtime *rt = bide_thread_pool_runtime(b.pool);
        assert_int_equal(bide_runtime_spawn_begin(rt, &pass_type, NULL, &task, &frame), BIDE_READY);
        pass_init(frame, &g);
        /* A handle of the task before it can run. */
        g.join.task = task;
        g.join = bide_join_clone(&g.join);
        bide_runtime_spawn_commit(rt, task, true);
        join.task = task;
    }
    if (abort == ABORT_BEFORE)
        bide_join_abort(&g.join);
    if (abort == ABORT_BEFORE && threads == 1)
        let_go(&h);
    if (interest == AWAITED)
        assert_int_equal(BIDE_SPAWN(b.pool, passed, &outer, (join)), BIDE_READY);
    if (interest == LET_GO_EARLY || interest == DETACHED)
        bide_join_detach(&join);
    if (driver == WAIT)
        (void)bide_thread_pool_wait(b.pool, ending == HANGS ? 1 : 10000);
    if (abort == ABORT_AFTER)
        bide_join_abort(&g.join);
    if (driver == CANCEL)
        assert_int_equal(bide_thread_pool_cancel(b.pool, 10000), BIDE_READY);
    if (interest == LET_GO_LATE)
        bide_join_detach(&join);
    bide_join_detach(&g.join);
    assert_int_equal(bide_thread_pool_free(b.pool), BIDE_READY);
    assert_int_equal(atomic_load(&g.ends) + atomic_load(&g.drops), 1);
    if (interest == KEPT)
        got = bide_join_try_take(&join, &out);
    if (interest == AWAITED)
        got = bide_join_try_take(&outer, &out);
    if (got != 1) {
        assert_true(got == BIDE_ECANCELED || got == (ending == FAILS ? BIDE_EFOREIGN : BIDE_READY));
        if (want != 1)
            assert_int_equal(got, want);
        assert_int_equal(out, got == BIDE_READY ? 6 : 0);
        if (interest == KEPT)
            assert_int_equal(atomic_load(&g.ends), got != BIDE_ECANCELED);
    }
    gate_end(&g);
    pool_check_memory(&b);
}

static void T41_combination_matrix(void **state)
{
    int driver, ending, interest, abort;
    uint32_t threads;
    (void)state;
    for (threads = 1; threads <= 3; threads += 2)
        for (driver = 0; driver < DRIVERS; driver++)
            for (ending = 0; ending < ENDINGS; ending++)
                for (interest = 0; interest < INTERESTS; interest++)
                    for (abort = 0; abort < ABORTS; abort++)
                        combination(threads, driver, ending, interest, abort);
}

/* ---- memory ------------------------------------------------------------------------------- */

/* A leaf behind an interface, for the figure of a suspended task with one dyn call. */
#define Waiter_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC, int32_t, wait)
#define Waiter_IS_SEND 1
BIDE_INTERFACE(Waiter);
typedef struct Door {
    gate *g;
} Door;
BIDE_IMPL_DECLARE(Waiter, Door);

#define Door_wait_FRAME(ROW)                                                                       \
    ROW(TRAITS, BIDE_SEND)                                                                         \
    ROW(PARAM, Door *, self) ROW(LOCAL, int32_t, out) ROW(CHILD, pass, inner)
BIDE_ASYNC(int32_t, Door_wait)
{
    BIDE_BEGIN(Door_wait);
    BIDE_AWAIT_TO(f->out, pass, inner, (f->self->g));
    BIDE_RETURN(f->out);
    BIDE_END;
}
BIDE_IMPL(Waiter, Door);

#define ask_FRAME(ROW)                                                                             \
    ROW(TRAITS, BIDE_SEND)                                                                         \
    ROW(PARAM, Waiter, w) ROW(LOCAL, int32_t, out) ROW(CHILD, Waiter_wait, call)
BIDE_ASYNC(int32_t, ask)
{
    BIDE_BEGIN(ask);
    BIDE_AWAIT_TO(f->out, Waiter_wait, call, (&f->w));
    BIDE_RETURN(f->out);
    BIDE_END;
}

static bide_poll dyn_through(bide_allocator *a)
{
    bide_thread_pool_options o = bide_thread_pool_options_init();
    bide_thread_pool *pool;
    bide_join join = {NULL};
    int32_t out = 0;
    bide_poll r, end;
    gate g;
    Door door = {&g};
    o.allocator = a;
    o.threads = 2;
    r = bide_thread_pool_new(&o, &pool);
    if (r != BIDE_READY)
        return r;
    gate_init(&g);
    g.value = 12;
    g.yields = 3;
    g.is_open = true;
    BIDE_SPAWN_TO(r, pool, ask, NULL, &join, (Door_as_Waiter(&door, NULL)));
    end = bide_thread_pool_wait(pool, UINT64_MAX);
    if (r == BIDE_READY)
        r = end;
    if (r == BIDE_READY)
        r = bide_join_try_take(&join, &out);
    if (r == BIDE_READY && out != 12)
        r = BIDE_EMISUSE;
    bide_join_detach(&join);
    bide_thread_pool_free(pool);
    gate_end(&g);
    return r;
}

/* One block for the task, one for its slab; the slab is kept for the next. */
static void dyn_calls_take_the_slab(void **state)
{
    pool_bench b;
    int i;
    (void)state;
    pool_open_with(&b, 1);
    for (i = 0; i < 10; i++) {
        size_t before = b.checking.allocs;
        bide_join join;
        int32_t out;
        gate g;
        Door door = {&g};
        gate_init(&g);
        g.value = i;
        assert_int_equal(BIDE_SPAWN(b.pool, ask, &join, (Door_as_Waiter(&door, NULL))), BIDE_READY);
        await_count(&g.polls, 1);
        assert_int_equal(b.checking.allocs - before, i == 0 ? 2 : 1);
        gate_open(&g);
        assert_int_equal(BIDE_BLOCK_ON(passed, &out, (join)), BIDE_READY);
        assert_int_equal(out, i);
        assert_int_equal(bide_thread_pool_wait(b.pool, UINT64_MAX), BIDE_READY);
        gate_end(&g);
    }
    assert_int_equal(pool_stats(b.pool).slabs, 1);
    print_message("a task is a header of %u bytes, its frame (%zu here) and no more: %u bytes\n",
                  BIDE_PRIV_TASK_HEADER, sizeof(struct ask),
                  (unsigned)(BIDE_TASK_BYTES(ask) - BIDE_PRIV_TASK_EXTRA));
    assert_true(BIDE_TASK_BYTES(ask) - BIDE_PRIV_TASK_EXTRA <= 160);
    pool_close(&b);
}

TEST_EVERY_FAILURE(every_failure, dyn_through)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(T24_wake_by_ref_after_complete),
        cmocka_unit_test(T25_wake_dropped),
        cmocka_unit_test(T26_T32_wake_during_run),
        cmocka_unit_test(T30_wake_x2_before_run),
        cmocka_unit_test(T45_exactly_k_polls_for_k_wakes),
        cmocka_unit_test(T13_cancel_and_run),
        cmocka_unit_test(T28_cancel_and_wake_during_run),
        cmocka_unit_test(T33_fault_in_poll),
        cmocka_unit_test(T18_T37_several_handles),
        cmocka_unit_test(T42_drop_join_during_schedule),
        cmocka_unit_test(T21_join_waker_replaced),
        cmocka_unit_test(done_is_told_first),
        cmocka_unit_test(aborts_cancel_to_the_end),
        cmocka_unit_test(T41_combination_matrix),
        cmocka_unit_test(dyn_calls_take_the_slab),
        cmocka_unit_test(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
