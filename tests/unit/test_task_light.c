/*
 * test_task_light.c: light tasks: what they take, who may wake them, how they end. That their wakes
 * are plain code is counted by test_local_forms.
 */
#include "cancel_support.h"
#include "probe.h"

#include <bide/alloc_pool.h>
#include <bide/pool.h>
#include <bide/testing_clock.h>
#include <bide/trace.h>

#define LIGHT(b) bide_local_light((b)->ex)

static bide_poll stall(bench *b)
{
    return bide_local_run_until_stalled(b->ex);
}

typedef struct ending {
    int calls;
    bide_poll code;
    int32_t value;
} ending;

static void on_end(void *arg, bide_poll code, const void *output)
{
    ending *e = arg;
    e->calls++;
    e->code = code;
    e->value = output ? *(const int32_t *)output : -1;
}

static bide_spawn_options tell(ending *e)
{
    bide_spawn_options o = bide_spawn_options_init();
    *e = (ending){0, 0, 0};
    o.done = on_end;
    o.done_arg = e;
    return o;
}

/* ---- memory ------------------------------------------------------------------------------- */

/* An interface whose method waits for a leaf of three words. */
#define rest_FRAME(ROW)                                                                            \
    ROW(PARAM, bide_waker **, place) ROW(PARAM, int32_t, value) ROW(LOCAL, void *, spare)
BIDE_FUTURE(int32_t, rest)
bide_poll rest_poll(struct rest *f, bide_context *cx, int32_t *out)
{
    if (!f->spare) {
        f->spare = f;
        return bide_waker_register(f->place, cx) == BIDE_READY ? BIDE_PENDING : BIDE_ENOMEM;
    }
    *out = f->value;
    return BIDE_READY;
}
void rest_drop(struct rest *f)
{
    (void)f;
}

#define Bed_METHODS(METHOD, I, Self)                                                               \
    METHOD(I, Self, ASYNC, int32_t, sleep, (bide_waker **, place), (int32_t, n))
BIDE_INTERFACE(Bed);
typedef struct Hammock {
    int32_t swing;
} Hammock;
BIDE_IMPL_DECLARE(Bed, Hammock);
#define Hammock_sleep_FRAME(ROW)                                                                   \
    ROW(PARAM, Hammock *, self)                                                                    \
    ROW(PARAM, bide_waker **, place) ROW(PARAM, int32_t, n) ROW(CHILD, rest, rest)
BIDE_ASYNC(int32_t, Hammock_sleep)
{
    int32_t v;
    BIDE_BEGIN(Hammock_sleep);
    BIDE_AWAIT_TO(v, rest, rest, (f->place, f->n));
    BIDE_RETURN(v + f->self->swing);
    BIDE_END;
}
BIDE_IMPL(Bed, Hammock);

/* A body that awaits the call. */
#define night_FRAME(ROW)                                                                           \
    ROW(PARAM, Bed, bed) ROW(PARAM, bide_waker **, place) ROW(CHILD, Bed_sleep, call)
BIDE_ASYNC(int32_t, night)
{
    int32_t v;
    BIDE_BEGIN(night);
    BIDE_AWAIT_TO(v, Bed_sleep, call, (&f->bed, f->place, 1));
    BIDE_RETURN(v);
    BIDE_END;
}

static void header_of_64_bytes_and_the_frame(void **state)
{
    bench b;
    probe p = {0};
    (void)state;
    bench_open(&b);
    assert_int_equal(BIDE_SPAWN(LIGHT(&b), script, NULL, (&p)), BIDE_READY);
    assert_int_equal(b.counter.last_bytes, 64 + sizeof(struct script));
    assert_true(b.counter.last_bytes < BIDE_TASK_BYTES(script));
    stall(&b);
    assert_int_equal(p.polls, 1);
    bench_close(&b, 0);
    assert_int_equal(p.drops, 1);
}

/* With malloc's own eight, and rounded as malloc rounds: no more than 128. */
static void a_dyn_call_as_a_task_is_one_block(void **state)
{
    bench b;
    Hammock hammock = {40};
    Bed bed = Hammock_as_Bed(&hammock, NULL);
    bide_waker *place = NULL;
    size_t live, bytes;
    ending e;
    bide_spawn_options o = tell(&e);
    bide_poll r;
    (void)state;
    bench_open(&b);
    live = b.counter.live;
    bytes = b.counter.live_bytes;
    BIDE_SPAWN_CALL_TO(r, LIGHT(&b), Bed, sleep, &bed, NULL, NULL, (&place, 2));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(stall(&b), BIDE_PENDING);
    assert_int_equal(b.counter.live, live + 1);
    if (sizeof(void *) == 8)
        assert_true((b.counter.live_bytes - bytes + 8 + 15) / 16 * 16 <= 128);
    bide_waker_take_and_wake(&place);
    assert_int_equal(bide_local_run(b.ex), BIDE_READY);
    assert_int_equal(b.counter.live, live);
    BIDE_SPAWN_CALL_TO(r, LIGHT(&b), Bed, sleep, &bed, &o, NULL, (&place, 2));
    stall(&b);
    bide_waker_take_and_wake(&place);
    stall(&b);
    assert_int_equal(e.calls, 1);
    assert_int_equal(e.value, 42);
    bench_close(&b, 0);
}

/* ... and as a task of the usual kind, through a handle. */
static void a_dyn_call_as_a_task_gives_its_result(void **state)
{
    bench b;
    Hammock hammock = {40};
    Bed bed = Hammock_as_Bed(&hammock, NULL);
    bide_waker *place = NULL;
    bide_join join;
    int32_t out = 0;
    bide_poll r;
    (void)state;
    bench_open(&b);
    BIDE_SPAWN_CALL_TO(r, b.ex, Bed, sleep, &bed, NULL, &join, (&place, 2));
    assert_int_equal(r, BIDE_READY);
    stall(&b);
    bide_waker_take_and_wake(&place);
    stall(&b);
    assert_int_equal(bide_join_try_take(&join, &out), BIDE_READY);
    assert_int_equal(out, 42);
    bench_close(&b, 0);
}

static void frames_come_from_the_executors_allocator(void **state)
{
    bench b;
    Hammock hammock = {0};
    bide_waker *place = NULL;
    bide_spawn_options o = bide_spawn_options_init();
    size_t live;
    (void)state;
    bench_open(&b);
    live = b.counter.live;
    o.slab_bytes = 4096; /* says nothing here */
    assert_int_equal(
        BIDE_SPAWN_WITH(LIGHT(&b), night, &o, NULL, (Hammock_as_Bed(&hammock, NULL), &place)),
        BIDE_READY);
    stall(&b);
    assert_int_equal(b.counter.live, live + 2); /* the task, and the call's frame */
    assert_int_equal(stats_of(b.ex).slabs, 0);
    bide_waker_take_and_wake(&place);
    assert_int_equal(stall(&b), BIDE_READY);
    assert_int_equal(b.counter.live, live);
    bench_close(&b, 0);
}

static void static_pool(void **state)
{
    static unsigned char memory[BIDE_POOL_BYTES(BIDE_TASK_BYTES(script), 16, 2)];
    bench b;
    bide_pool pool;
    bide_spawn_options o = bide_spawn_options_init();
    probe p[3] = {{0}};
    (void)state;
    bench_open(&b);
    assert_int_equal(
        bide_pool_init(&pool, memory, sizeof memory, BIDE_TASK_BYTES(script), 16, NULL),
        BIDE_READY);
    o.allocator = &pool.base;
    for (int i = 0; i < 3; i++)
        assert_int_equal(BIDE_SPAWN_WITH(LIGHT(&b), script, &o, NULL, (&p[i])),
                         i < 2 ? BIDE_READY : BIDE_EBUSY);
    stall(&b);
    probe_open(&p[0]);
    stall(&b);
    assert_int_equal(BIDE_SPAWN_WITH(LIGHT(&b), script, &o, NULL, (&p[2])), BIDE_READY);
    bench_close(&b, 0);
    assert_int_equal(p[1].drops + p[2].drops, 2);
    assert_int_equal(bide_pool_deinit(&pool), BIDE_READY);
}

/* Outputs that are large, or want more alignment than the header's end has. */
struct large {
    BIDE_PRIV_ALIGNAS(128) unsigned char bytes[256];
};
#define give_large_FRAME(ROW) ROW(PARAM, int, seed)
BIDE_FUTURE(struct large, give_large)
bide_poll give_large_poll(struct give_large *f, bide_context *cx, struct large *out)
{
    (void)cx;
    assert_int_equal((uintptr_t)out % 128, 0);
    memset(out->bytes, f->seed, sizeof out->bytes);
    return BIDE_READY;
}
void give_large_drop(struct give_large *f)
{
    (void)f;
}

static void on_large(void *arg, bide_poll code, const void *output)
{
    const struct large *l = output;
    assert_int_equal(code, BIDE_READY);
    for (size_t i = 0; i < sizeof l->bytes; i++)
        assert_int_equal(l->bytes[i], 7);
    ++*(int *)arg;
}

static void outputs_of_all_sizes(void **state)
{
    bench b;
    bide_spawn_options o = bide_spawn_options_init();
    int called = 0;
    (void)state;
    o.done = on_large;
    o.done_arg = &called;
    bench_open(&b);
    assert_int_equal(BIDE_SPAWN_WITH(LIGHT(&b), give_large, &o, NULL, (7)), BIDE_READY);
    assert_int_equal(stall(&b), BIDE_READY);
    assert_int_equal(called, 1);
    bench_close(&b, 0);
}

/* ---- wakes -------------------------------------------------------------------------------- */

static void k_polls_for_k_wakes(void **state)
{
    bench b;
    probe p = {.yields = 3, .twice = true};
    uint64_t wakes;
    (void)state;
    bench_open(&b);
    assert_int_equal(BIDE_SPAWN(LIGHT(&b), script, NULL, (&p)), BIDE_READY);
    assert_int_equal(stats_of(b.ex).tasks, 1);
    assert_int_equal(stall(&b), BIDE_PENDING);
    assert_int_equal(p.polls, 4);
    wakes = stats_of(b.ex).wakes;
    for (int i = 0; i < 5; i++)
        bide_waker_wake_by_ref(p.waker);
    assert_int_equal(stats_of(b.ex).wakes, wakes + 1);
    assert_int_equal(stall(&b), BIDE_PENDING);
    assert_int_equal(p.polls, 5);
    probe_open(&p);
    assert_int_equal(stall(&b), BIDE_READY);
    assert_int_equal(p.polls, 6);
    assert_int_equal(p.ends, 1);
    assert_int_equal(stats_of(b.ex).tasks, 0);
    bench_close(&b, 0);
    assert_int_equal(p.drops, 0);
}

static void wake_from_the_last(probe *p, bide_context *cx)
{
    probe *others = p->arg;
    (void)cx;
    if (p->polls > 1)
        for (int i = 3; i >= 0; i--)
            bide_waker_wake_by_ref(others[i].waker);
}

static void turns_come_in_the_order_of_wakes(void **state)
{
    bench b;
    char log[32] = "";
    probe p[4], all = {.during = wake_from_the_last, .arg = p};
    (void)state;
    bench_open(&b);
    memset(p, 0, sizeof p);
    for (int i = 0; i < 4; i++) {
        p[i].name = (char)('a' + i);
        p[i].log = log;
        assert_int_equal(
            BIDE_SPAWN(i % 2 ? LIGHT(&b) : bide_local_runtime(b.ex), script, NULL, (&p[i])),
            BIDE_READY);
    }
    assert_int_equal(BIDE_SPAWN(LIGHT(&b), script, NULL, (&all)), BIDE_READY);
    stall(&b);
    probe_open(&all);
    stall(&b);
    assert_string_equal(log, "abcddcba");
    assert_int_equal(bide_local_free(b.ex), BIDE_READY);
    assert_string_equal(log, "abcddcbaabcd"); /* dropped as they were spawned */
    assert_int_equal(b.counter.live, 0);
}

/* Ends in the poll in which it has woken itself: the queue still knows it. */
static void wake_itself_and_end(probe *p, bide_context *cx)
{
    bide_waker_wake_by_ref(cx->waker);
    if (!p->waker)
        p->waker = bide_waker_clone(cx->waker);
}

static void a_wake_in_the_last_poll_wakes_nobody(void **state)
{
    bench b;
    probe p = {.open = true, .during = wake_itself_and_end};
    ending e;
    bide_spawn_options o = tell(&e);
    (void)state;
    bench_open(&b);
    assert_int_equal(BIDE_SPAWN_WITH(LIGHT(&b), script, &o, NULL, (&p)), BIDE_READY);
    assert_int_equal(stall(&b), BIDE_READY);
    assert_int_equal(p.polls, 1);
    assert_int_equal(e.calls, 1);
    bench_close(&b, 0);
}

static void wakers_outlive_the_task_and_the_executor(void **state)
{
    bench b;
    probe p = {0}, q = {0};
    bide_waker *ended, *gone, *more;
    (void)state;
    bench_open(&b);
    (void)BIDE_SPAWN(LIGHT(&b), script, NULL, (&p));
    (void)BIDE_SPAWN(LIGHT(&b), script, NULL, (&q));
    stall(&b);
    ended = bide_waker_clone(p.waker);
    gone = bide_waker_clone(q.waker);
    probe_open(&p);
    stall(&b);
    bide_waker_wake_by_ref(ended);
    assert_int_equal(stall(&b), BIDE_PENDING);
    assert_int_equal(p.polls, 2);
    bench_close(&b, 3); /* two blocks, and what they refer to */
    assert_int_equal(q.drops, 1);
    more = bide_waker_clone(gone);
    bide_waker_wake_by_ref(gone);
    bide_waker_wake(more);
    bide_waker_wake(ended);
    assert_int_equal(b.counter.live, 2);
    bide_waker_drop(gone);
    assert_int_equal(b.counter.live, 0);
    assert_int_equal(q.polls, 1);
}

static void interrupts_are_told_no(void **state)
{
    bench b;
    probe p = {0};
    (void)state;
    bench_open(&b);
    (void)BIDE_SPAWN(LIGHT(&b), script, NULL, (&p));
    stall(&b);
#ifndef BIDE_CHECKED
    assert_int_equal(bide_wake_from_isr(p.waker), BIDE_ENOSYS);
#endif
    bench_close(&b, 0);
}

enum { MANY = 5000 };

static void thousands(void **state)
{
    static probe p[MANY];
    bench b;
    uint32_t random = 12345;
    int open = 0;
    (void)state;
    memset(p, 0, sizeof p);
    bench_open(&b);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(
            BIDE_SPAWN(i % 3 ? LIGHT(&b) : bide_local_runtime(b.ex), script, NULL, (&p[i])),
            BIDE_READY);
    assert_int_equal(stall(&b), BIDE_PENDING);
    for (int round = 0; round < 3 * MANY; round++) {
        random = random * 1664525u + 1013904223u;
        if (!p[random % MANY].open) {
            probe_open(&p[random % MANY]);
            open++;
        }
        if (random >> 28 == 0)
            (void)stall(&b);
    }
    (void)stall(&b);
    assert_int_equal(stats_of(b.ex).tasks, MANY - open);
    assert_true(open > MANY / 2 && open < MANY);
    bench_close(&b, 0);
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(p[i].polls, p[i].open ? 2 : 1);
        assert_int_equal(p[i].ends + p[i].drops, 1);
    }
}

/* ---- ends --------------------------------------------------------------------------------- */

static void codes_go_to_done(void **state)
{
    bench b;
    probe good = {.open = true, .value = 21}, bad = {.open = true, .code = BIDE_EFOREIGN},
          none = {0};
    ending e[3];
    bide_spawn_options o[3] = {tell(&e[0]), tell(&e[1]), tell(&e[2])};
    (void)state;
    bench_open(&b);
    (void)BIDE_SPAWN_WITH(LIGHT(&b), script, &o[0], NULL, (&good));
    (void)BIDE_SPAWN_WITH(LIGHT(&b), script, &o[1], NULL, (&bad));
    (void)BIDE_SPAWN_WITH(LIGHT(&b), script, &o[2], NULL, (&none));
    stall(&b);
    assert_int_equal(e[0].code, BIDE_READY);
    assert_int_equal(e[0].value, 21);
    assert_int_equal(e[1].code, BIDE_EFOREIGN);
    assert_int_equal(e[2].calls, 0);
    bench_close(&b, 0);
    assert_int_equal(e[0].calls + e[1].calls + e[2].calls, 3);
    assert_int_equal(e[2].code, BIDE_ECANCELED);
}

/* The end of the executor before the first turn, and after each number of turns. */
static void dropped_after_every_number_of_polls(void **state)
{
    (void)state;
    for (int polls = 0; polls < 5; polls++) {
        bench b;
        probe p = {.yields = polls};
        bench_open(&b);
        assert_int_equal(BIDE_SPAWN(LIGHT(&b), script, NULL, (&p)), BIDE_READY);
        if (polls)
            stall(&b);
        bench_close(&b, 0);
        assert_int_equal(p.drops, 1);
        assert_int_equal(p.polls, polls ? polls + 1 : 0);
    }
}

static void wake_all_in_drop(probe *p)
{
    probe *others = p->arg;
    for (int i = 0; i < 3; i++)
        if (others[i].waker)
            bide_waker_wake_by_ref(others[i].waker);
}

static void drops_may_wake(void **state)
{
    bench b;
    probe p[3];
    (void)state;
    memset(p, 0, sizeof p);
    bench_open(&b);
    for (int i = 0; i < 3; i++) {
        p[i].in_drop = wake_all_in_drop;
        p[i].arg = p;
        (void)BIDE_SPAWN(LIGHT(&b), script, NULL, (&p[i]));
    }
    stall(&b);
    bench_close(&b, 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(p[i].drops, 1);
}

static void a_cleanup_that_waits_is_waited_for(void **state)
{
    bide_drop_order order;
    plan p = {.pend = 100, .order = &order, .name = "slow"};
    bide_local *ex;
    ending e;
    bide_spawn_options o = tell(&e);
    (void)state;
    TEST_BREAKS("it will never be polled again"); /* but cancelled */
    bide_drop_order_init(&order);
    is_quiet = true;
    assert_int_equal(bide_local_new(NULL, &ex), BIDE_READY);
    assert_int_equal(BIDE_SPAWN_WITH(bide_local_light(ex), slow, &o, NULL, (&p)), BIDE_READY);
    assert_int_equal(bide_local_run_until_stalled(ex), BIDE_PENDING);
    is_quiet = false;
    assert_int_equal(bide_local_cancel(ex), BIDE_READY);
    assert_int_equal(e.code, BIDE_ECANCELED);
    assert_int_equal(p.drops, 0);
    assert_int_equal(bide_local_free(ex), BIDE_READY);
}

/* ---- handles ------------------------------------------------------------------------------ */

#define take_FRAME(ROW) ROW(PARAM, bide_join *, join) ROW(CHILD, bide_join_wait, wait)
BIDE_ASYNC(bide_poll, take)
{
    bide_poll r;
    BIDE_BEGIN(take);
    BIDE_AWAIT_TO(r, bide_join_wait, wait, (f->join, NULL));
    BIDE_RETURN(r);
    BIDE_END;
}

static void a_handle_aborts_and_waits_for_nothing(void **state)
{
    bench b;
    probe p = {0};
    bide_join join, other;
    bide_poll r, waited = BIDE_READY;
    ending e;
    bide_spawn_options o = tell(&e);
    (void)state;
    bench_open(&b);
    assert_int_equal(BIDE_SPAWN_WITH(LIGHT(&b), script, &o, &join, (&p)), BIDE_READY);
    stall(&b);
    assert_false(bide_join_is_done(&join));
    assert_int_equal(bide_join_try_take(&join, NULL), BIDE_EMISUSE);
    BIDE_RUN_UNTIL_TO(r, b.ex, take, &waited, (&join));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(waited, BIDE_EMISUSE);
    other = bide_join_clone(&join);
    bide_join_abort(&join);
    bide_join_abort(&other);
    assert_int_equal(stall(&b), BIDE_READY);
    assert_int_equal(p.drops, 1);
    assert_int_equal(e.code, BIDE_ECANCELED);
    assert_true(bide_join_is_done(&join));
    bide_join_abort(&join);
    assert_int_equal(bide_join_try_take(&join, NULL), BIDE_EMISUSE);
    bide_join_detach(&join);
    assert_int_equal(bide_local_free(b.ex), BIDE_READY);
    assert_int_equal(b.counter.live, 2);
    bide_join_detach(&other);
    assert_int_equal(b.counter.live, 0);
}

/* ---- runtimes ----------------------------------------------------------------------------- */

static void spawn_another(probe *p, bide_context *cx)
{
    bide_runtime *light = bide_light_of(bide_context_runtime(cx));
    if (p->polls > 1)
        return;
    assert_ptr_not_equal(light, bide_context_runtime(cx));
    assert_ptr_equal(bide_light_of(light), light);
    assert_int_equal(BIDE_SPAWN(light, script, NULL, ((probe *)p->arg)), BIDE_READY);
}

static void spawned_from_inside(void **state)
{
    bench b;
    probe inner = {0}, outer = {.during = spawn_another, .arg = &inner};
    bide_runtime *pools;
    bide_thread_pool *pool;
    (void)state;
    bench_open(&b);
    (void)BIDE_SPAWN(b.ex, script, NULL, (&outer));
    stall(&b);
    assert_int_equal(inner.polls, 1);
    assert_int_equal(b.counter.last_bytes, 64 + sizeof(struct script));
    bench_close(&b, 0);
    assert_int_equal(inner.drops, 1);
    assert_null(bide_light_of(NULL));
    assert_int_equal(bide_thread_pool_new(NULL, &pool), BIDE_READY);
    pools = bide_thread_pool_runtime(pool);
    assert_ptr_equal(bide_light_of(pools), pools);
    assert_int_equal(bide_thread_pool_free(pool), BIDE_READY);
}

static void for_spawning_only(void **state)
{
    bench b;
    uint64_t ns = 0;
    (void)state;
    bench_open(&b);
    assert_int_equal(bide_runtime_now(LIGHT(&b), &ns), BIDE_ENOSYS);
    bench_close(&b, 0);
}

static void spawn_during_shutdown(probe *p)
{
    p->code = BIDE_SPAWN(bide_local_light(p->arg), script, NULL, (p));
}

static void refused_while_the_executor_ends(void **state)
{
    bench b;
    probe p = {.in_drop = spawn_during_shutdown};
    (void)state;
    bench_open(&b);
    p.arg = b.ex;
    (void)BIDE_SPAWN(LIGHT(&b), script, NULL, (&p));
    bench_close(&b, 0);
    assert_int_equal(p.code, BIDE_ECANCELED);
    assert_int_equal(p.drops, 1);
}

struct chore {
    bide_job job;
    int runs;
};

static void run_job(bide_job *job)
{
    ((struct chore *)(void *)job)->runs++;
}

static void keep_job(bide_job *job)
{
    (void)job;
}

static void what_other_threads_wake_is_refused(void **state)
{
    bench b;
    struct chore w = {.runs = 0};
    ending light, usual;
    bide_spawn_options ol = tell(&light), ou = tell(&usual);
    (void)state;
    bench_open(&b);
    bide_job_init(&w.job, run_job, keep_job);
    assert_int_equal(BIDE_SPAWN_WITH(LIGHT(&b), bide_offload, &ol, NULL, (&w.job)), BIDE_READY);
    assert_int_equal(bide_local_run(b.ex), BIDE_READY);
    assert_int_equal(light.code, BIDE_ENOSYS);
    assert_int_equal(w.runs, 0);
    assert_int_equal(BIDE_SPAWN_WITH(b.ex, bide_offload, &ou, NULL, (&w.job)), BIDE_READY);
    assert_int_equal(bide_local_run(b.ex), BIDE_READY);
    assert_int_equal(usual.code, BIDE_READY);
    assert_int_equal(w.runs, 1);
    bench_close(&b, 0);
    bide_job_drop(&w.job);
}

static void timers_wake_them(void **state)
{
    bench b;
    bide_virtual_clock clock;
    ending e;
    bide_spawn_options o = tell(&e);
    (void)state;
    bide_virtual_clock_init(&clock, true);
    bide_counter_init(&b.counter, bide_heap());
    b.options = bide_local_options_init();
    b.options.allocator = &b.counter.base;
    b.options.clock = &clock.base;
    assert_int_equal(bide_local_new(&b.options, &b.ex), BIDE_READY);
    assert_int_equal(BIDE_SPAWN_WITH(LIGHT(&b), bide_sleep, &o, NULL, (60000)), BIDE_READY);
    assert_int_equal(bide_local_run(b.ex), BIDE_READY);
    assert_int_equal(e.calls, 1);
    assert_int_equal(bide_virtual_clock_jumps(&clock), 1);
    (void)BIDE_SPAWN(LIGHT(&b), bide_sleep, NULL, (60000));
    stall(&b);
    bench_close(&b, 0);
}

/* ---- on a host's loop --------------------------------------------------------------------- */

struct counting_host {
    bide_host host; /* first */
    int wakes;
};

static void count_wake(bide_host *host)
{
    ((struct counting_host *)(void *)host)->wakes++;
}

static void a_host_is_told_once(void **state)
{
    struct counting_host h = {.host = {.size = sizeof h.host, .wake = count_wake}};
    bide_local_options o = bide_local_options_init();
    bide_local *ex;
    probe p = {0}, q = {0};
    uint64_t deadline;
    (void)state;
    o.host = &h.host;
    assert_int_equal(bide_local_new(&o, &ex), BIDE_READY);
    assert_int_equal(BIDE_SPAWN(bide_local_light(ex), script, NULL, (&p)), BIDE_READY);
    assert_int_equal(BIDE_SPAWN(bide_local_light(ex), script, NULL, (&q)), BIDE_READY);
    assert_int_equal(h.wakes, 1);
    assert_int_equal(bide_local_turn(ex, &deadline), BIDE_PENDING);
    assert_true(deadline == UINT64_MAX);
    bide_waker_wake_by_ref(p.waker); /* between turns */
    bide_waker_wake_by_ref(q.waker);
    assert_int_equal(h.wakes, 2);
    assert_int_equal(bide_local_turn(ex, &deadline), BIDE_PENDING);
    assert_int_equal(p.polls + q.polls, 4);
    assert_int_equal(bide_local_enter(ex), BIDE_READY);
    bide_waker_wake_by_ref(p.waker);
    assert_true(bide_local_leave(ex));
    assert_int_equal(h.wakes, 2);
    assert_int_equal(bide_local_turn(ex, &deadline), BIDE_PENDING);
    assert_int_equal(p.polls, 3);
    assert_false(bide_local_serve(ex, q.waker)); /* polled here */
    assert_int_equal(q.polls, 3);
    p.open = true;
    assert_true(bide_local_serve(ex, p.waker));
    assert_int_equal(p.ends, 1);
    assert_int_equal(bide_local_free(ex), BIDE_READY);
    assert_int_equal(q.drops, 1);
}

/* ---- traces ------------------------------------------------------------------------------- */

static void they_are_in_the_tree(void **state)
{
    char text[512];
    bide_trace_buffer buffer = {text, sizeof text, 0};
    bide_trace_options o = bide_trace_into(&buffer);
    bide_spawn_options named = bide_spawn_options_init();
    bench b;
    probe p = {0}, q = {0};
    bide_join join;
    (void)state;
    bench_open(&b);
    named.name = "sleeper";
    (void)BIDE_SPAWN(LIGHT(&b), script, NULL, (&p));
    assert_int_equal(BIDE_SPAWN_WITH(LIGHT(&b), script, &named, &join, (&q)), BIDE_READY);
    stall(&b);
    bide_waker_wake_by_ref(p.waker);
    assert_int_equal(bide_trace_local(b.ex, &o), BIDE_READY);
    assert_string_equal(text, "executor local: 2 tasks\n"
                              "  task script: ready\n"
                              "    script\n"
                              "  task sleeper: waiting\n"
                              "    script\n");
    assert_int_equal(bide_local_stamp(b.ex, true), BIDE_READY);
    stall(&b);
    o = bide_trace_into(&buffer);
    assert_int_equal(bide_trace_local(b.ex, &o), BIDE_READY);
    assert_non_null(strstr(text, "task script: waiting 0"));
    probe_open(&q);
    stall(&b);
    o = bide_trace_into(&buffer);
    assert_int_equal(bide_trace_task(&join, &o), BIDE_READY);
    assert_string_equal(text, "task sleeper: ended\n");
    bide_join_detach(&join);
    bench_close(&b, 0);
}

/* ---- memory that is not there -------------------------------------------------------------- */

static bide_poll light_tasks_through(bide_allocator *a)
{
    bide_local_options o = bide_local_options_init();
    Hammock hammock = {1};
    Bed bed = Hammock_as_Bed(&hammock, NULL);
    bide_waker *places[2] = {NULL, NULL};
    ending e;
    bide_spawn_options tells = tell(&e);
    bide_local *ex;
    bide_poll r;
    o.allocator = a;
    r = bide_local_new(&o, &ex);
    if (r != BIDE_READY)
        return r;
    BIDE_SPAWN_CALL_TO(r, bide_local_light(ex), Bed, sleep, &bed, NULL, NULL, (&places[0], 1));
    if (r == BIDE_READY)
        BIDE_SPAWN_TO(r, bide_local_light(ex), night, &tells, NULL, (bed, &places[1]));
    (void)bide_local_run_until_stalled(ex);
    for (int i = 0; i < 2; i++)
        bide_waker_take_and_wake(&places[i]);
    if (r == BIDE_READY && bide_local_run(ex) == BIDE_READY)
        r = e.calls == 1 ? e.code : BIDE_EMISUSE;
    bide_local_free(ex);
    return r;
}

TEST_EVERY_FAILURE(every_failure, light_tasks_through)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_of_64_bytes_and_the_frame),
        cmocka_unit_test(a_dyn_call_as_a_task_is_one_block),
        cmocka_unit_test(a_dyn_call_as_a_task_gives_its_result),
        cmocka_unit_test(frames_come_from_the_executors_allocator),
        cmocka_unit_test(static_pool),
        cmocka_unit_test(outputs_of_all_sizes),
        cmocka_unit_test(k_polls_for_k_wakes),
        cmocka_unit_test(turns_come_in_the_order_of_wakes),
        cmocka_unit_test(a_wake_in_the_last_poll_wakes_nobody),
        cmocka_unit_test(wakers_outlive_the_task_and_the_executor),
        cmocka_unit_test(interrupts_are_told_no),
        cmocka_unit_test(thousands),
        cmocka_unit_test(codes_go_to_done),
        cmocka_unit_test(dropped_after_every_number_of_polls),
        cmocka_unit_test(drops_may_wake),
        cmocka_unit_test(a_cleanup_that_waits_is_waited_for),
        cmocka_unit_test(a_handle_aborts_and_waits_for_nothing),
        cmocka_unit_test(spawned_from_inside),
        cmocka_unit_test(for_spawning_only),
        cmocka_unit_test(refused_while_the_executor_ends),
        cmocka_unit_test(what_other_threads_wake_is_refused),
        cmocka_unit_test(timers_wake_them),
        cmocka_unit_test(a_host_is_told_once),
        cmocka_unit_test(they_are_in_the_tree),
        cmocka_unit_test(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
