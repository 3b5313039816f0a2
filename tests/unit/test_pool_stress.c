/*
 * The thread pool under load: ten million wakes, none lost; tasks that end while others wake, clone
 * and join them; tasks that move between threads.
 *
 *     test_pool_stress [wakes in millions]
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "pool_support.h"

static uint32_t threads_of_a_test = 4;
static long millions = 10;

/* ---- tokens ------------------------------------------------------------------------------- */

/* So many tasks in a ring; each token goes around. To pass one on is: count it at the next task,
 * and wake that. A poll passes on one token, and wakes its own task if there are more. A lost wake
 * leaves a token where it is, and the test does not end. */
enum { STATIONS = 64, TOKENS = 16 };

typedef struct station {
    atomic_long waiting; /* tokens that have come and not been passed on */
    atomic_intptr_t waker;
    long passed;
    atomic_bool is_inside;
} station;

static station stations[STATIONS];
static atomic_long wakes_left;
static atomic_int overlaps, stops;

#define stop_FRAME(ROW) ROW(TRAITS, BIDE_SEND) ROW(PARAM, int, number) ROW(LOCAL, bool, begun)
BIDE_FUTURE(void, stop)

static void wake_station(int number)
{
    bide_waker_wake_by_ref((bide_waker *)atomic_load(&stations[number].waker));
}

static void pass_on(int number)
{
    int next = (number + 1) % STATIONS;
    stations[number].passed++;
    if (atomic_fetch_sub(&wakes_left, 1) <= 0)
        return; /* the token is taken out */
    atomic_fetch_add(&stations[next].waiting, 1);
    wake_station(next);
}

bide_poll stop_poll(struct stop *f, bide_context *cx, void *out)
{
    station *s = &stations[f->number];
    (void)out;
    if (atomic_exchange(&s->is_inside, true))
        atomic_fetch_add(&overlaps, 1);
    if (!f->begun) {
        f->begun = true;
        atomic_store(&s->waker, (intptr_t)bide_waker_clone(cx->waker));
        atomic_fetch_add(&stops, 1);
    }
    if (atomic_load(&s->waiting) > 0) {
        if (atomic_fetch_sub(&s->waiting, 1) > 1)
            bide_waker_wake_by_ref(cx->waker);
        pass_on(f->number);
    }
    atomic_store(&s->is_inside, false);
    return atomic_load(&wakes_left) <= -TOKENS ? BIDE_READY : BIDE_PENDING;
}

void stop_drop(struct stop *f)
{
    (void)f;
}

static void ten_million_wakes(void **state)
{
    bide_thread_pool_stats s;
    pool_bench b;
    long total = millions * 1000000, passed = 0;
    int i;
    (void)state;
#ifdef POOL_FEWER
    total /= 20;
#endif
    if (getenv("BIDE_TEST_QUICK"))
        total = 100000;
    pool_open_with(&b, threads_of_a_test);
    atomic_store(&wakes_left, total);
    for (i = 0; i < STATIONS; i++)
        assert_int_equal(BIDE_SPAWN(b.pool, stop, NULL, (i)), BIDE_READY);
    await_count(&stops, STATIONS);
    for (i = 0; i < TOKENS; i++) { /* from a stranger's thread */
        atomic_fetch_add(&stations[i * (STATIONS / TOKENS)].waiting, 1);
        wake_station(i * (STATIONS / TOKENS));
    }
    for (i = 0; i < 1000 && atomic_load(&wakes_left) > -TOKENS; i++)
        pause_ms(100);
    assert_int_equal(atomic_load(&wakes_left), -TOKENS);
    for (i = 0; i < STATIONS; i++)
        wake_station(i);
    assert_int_equal(bide_thread_pool_wait(b.pool, 10000), BIDE_READY);
    assert_int_equal(atomic_load(&overlaps), 0);
    for (i = 0; i < STATIONS; i++) {
        passed += stations[i].passed;
        bide_waker_drop((bide_waker *)atomic_load(&stations[i].waker));
    }
    assert_int_equal(passed, total + TOKENS);
    s = pool_stats(b.pool);
    print_message("%ld wakes, %llu polls, %llu tasks stolen in %llu steals, %llu sleeps\n", passed,
                  (unsigned long long)s.polls, (unsigned long long)s.stolen,
                  (unsigned long long)s.steals, (unsigned long long)s.sleeps);
    pool_close(&b); /* on a busy machine it may be that nobody had to steal: see below */
}

/* ---- tasks move --------------------------------------------------------------------------- */

static void stay_a_while(gate *g, bide_context *cx)
{
    (void)g, (void)cx;
    pause_ms(1); /* so that whoever sleeps has time to come and take what waits here */
}

/* One task spawns all others into its own thread's queue. */
static void spawn_all(gate *g, bide_context *cx)
{
    gate *all = g->arg;
    bide_poll r;
    int i;
    for (i = 0; i < 50; i++) {
        BIDE_SPAWN_TO(r, bide_context_runtime(cx), pass, NULL, NULL, (&all[i]));
        if (r != BIDE_READY)
            abort();
    }
}

static void tasks_move_between_threads(void **state)
{
    static gate first, all[50];
    pool_bench b;
    int i, moves = 0;
    (void)state;
    pool_open_with(&b, 4);
    gate_init(&first);
    first.is_open = true;
    first.during = spawn_all;
    first.arg = all;
    for (i = 0; i < 50; i++) {
        gate_init(&all[i]);
        all[i].is_open = true;
        all[i].yields = 5;
        all[i].during = stay_a_while;
    }
    assert_int_equal(BIDE_SPAWN(b.pool, pass, NULL, (&first)), BIDE_READY);
    assert_int_equal(bide_thread_pool_wait(b.pool, 30000), BIDE_READY);
    for (i = 0; i < 50; i++) {
        assert_int_equal(atomic_load(&all[i].polls), 6);
        assert_int_equal(atomic_load(&all[i].ends), 1);
        moves += all[i].moves;
        gate_end(&all[i]);
    }
    gate_end(&first);
    assert_true(pool_stats(b.pool).stolen > 0);
    assert_true(moves > 0);
    pool_close(&b);
}

/* More tasks at once than a ring has places. */
static void rings_overflow(void **state)
{
    enum { N = 3000 };
    static gate first, all[N];
    pool_bench b;
    int i, round;
    (void)state;
    pool_open_with(&b, 2);
    gate_init(&first);
    first.is_open = true;
    first.yields = N / 50 - 1;
    first.during = spawn_all;
    for (i = 0; i < N; i++) {
        gate_init(&all[i]);
        all[i].yields = 3;
    }
    /* Each turn of the first one spawns fifty. */
    for (round = 0; round < N / 50; round++) {
        first.arg = &all[round * 50];
        first.yields = 0;
        assert_int_equal(BIDE_SPAWN(b.pool, pass, NULL, (&first)), BIDE_READY);
        await_count(&first.ends, round + 1);
    }
    for (i = 0; i < N; i++)
        await_count(&all[i].polls, 4);
    for (i = 0; i < N; i++)
        gate_open(&all[i]);
    assert_int_equal(bide_thread_pool_wait(b.pool, 30000), BIDE_READY);
    for (i = 0; i < N; i++) {
        assert_int_equal(atomic_load(&all[i].ends), 1);
        gate_end(&all[i]);
    }
    gate_end(&first);
    pool_close(&b);
}

/* ---- ends that race ----------------------------------------------------------------------- */

enum { RACES = 4000, KINDS = 4 };

typedef struct race {
    gate gates[RACES];
    bide_join joins[RACES], others[RACES];
} race;

static void *abort_all(void *arg)
{
    race *r = arg;
    int i;
    for (i = 0; i < RACES; i++) {
        if (i % KINDS == 0)
            bide_join_abort(&r->others[i]);
        bide_join_detach(&r->others[i]);
        if (i % 64 == 0)
            sched_yield();
    }
    return NULL;
}

static void *open_all(void *arg)
{
    race *r = arg;
    int i;
    for (i = 0; i < RACES; i++)
        gate_open(&r->gates[i]);
    return NULL;
}

static void ends_race_with_aborts_and_joins(void **state)
{
    static race r;
    pthread_t aborter, opener;
    pool_bench b;
    int i, cancelled = 0;
    (void)state;
    pool_open_with(&b, 3);
    for (i = 0; i < RACES; i++) {
        gate_init(&r.gates[i]);
        r.gates[i].value = i;
        assert_int_equal(BIDE_SPAWN(b.pool, pass, &r.joins[i], (&r.gates[i])), BIDE_READY);
        r.others[i] = bide_join_clone(&r.joins[i]);
    }
    assert_int_equal(pthread_create(&aborter, NULL, abort_all, &r), 0);
    assert_int_equal(pthread_create(&opener, NULL, open_all, &r), 0);
    for (i = 0; i < RACES; i++) {
        int32_t out = -1;
        bide_poll code = i % 16 == 5 ? BIDE_BLOCK_ON(passed, &out, (r.joins[i])) : BIDE_PENDING;
        while (code == BIDE_PENDING &&
               (code = bide_join_try_take(&r.joins[i], &out)) == BIDE_PENDING)
            sched_yield();
        assert_true(code == BIDE_READY || (code == BIDE_ECANCELED && i % KINDS == 0));
        assert_int_equal(out, code == BIDE_READY ? i : -1);
        assert_int_equal(atomic_load(&r.gates[i].ends), code == BIDE_READY);
        assert_int_equal(atomic_load(&r.gates[i].drops), code != BIDE_READY);
        cancelled += code == BIDE_ECANCELED;
    }
    pthread_join(aborter, NULL);
    pthread_join(opener, NULL);
    for (i = 0; i < RACES; i++)
        gate_end(&r.gates[i]);
    print_message("%d of %d cancelled\n", cancelled, RACES);
    pool_close(&b);
}

/* ---- freed while everything goes on ------------------------------------------------------- */

static void *wake_for_long(void *arg)
{
    bide_waker *waker = arg;
    int i;
    for (i = 0; i < 2000; i++) {
        bide_waker_wake_by_ref(waker);
        bide_waker_drop(bide_waker_clone(waker));
    }
    bide_waker_wake(waker);
    return NULL;
}

static atomic_intptr_t stolen_waker;

static void steal_waker(gate *g, bide_context *cx)
{
    if (atomic_load(&g->polls) == 1)
        atomic_store(&stolen_waker, (intptr_t)bide_waker_clone(cx->waker));
}

static void the_end_races_with_wakes(void **state)
{
    int round;
    (void)state;
    for (round = 0; round < 100; round++) {
        pool_bench b;
        pthread_t thread;
        gate g;
        pool_open_with(&b, 1 + (uint32_t)round % 3);
        gate_init(&g);
        g.during = steal_waker;
        atomic_store(&stolen_waker, 0);
        assert_int_equal(BIDE_SPAWN(b.pool, pass, NULL, (&g)), BIDE_READY);
        while (!atomic_load(&stolen_waker))
            sched_yield();
        assert_int_equal(
            pthread_create(&thread, NULL, wake_for_long, (void *)atomic_load(&stolen_waker)), 0);
        if (round % 2)
            sched_yield();
        assert_int_equal(bide_thread_pool_free(b.pool), BIDE_READY);
        pthread_join(thread, NULL);
        assert_int_equal(atomic_load(&g.drops), 1);
        gate_end(&g);
        pool_check_memory(&b);
    }
}

static bide_poll spawn_and_free(bide_allocator *a)
{
    bide_thread_pool_options o = bide_thread_pool_options_init();
    bide_thread_pool *pool;
    bide_poll r;
    int i;
    o.allocator = a;
    o.threads = 2;
    r = bide_thread_pool_new(&o, &pool);
    if (r != BIDE_READY)
        return r;
    for (i = 0; i < 20 && r == BIDE_READY; i++)
        BIDE_SPAWN_TO(r, pool, bide_yield, NULL, NULL, ());
    bide_thread_pool_free(pool);
    return r;
}
TEST_EVERY_FAILURE(every_failure, spawn_and_free)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_million_wakes),
        cmocka_unit_test(tasks_move_between_threads),
        cmocka_unit_test(rings_overflow),
        cmocka_unit_test(ends_race_with_aborts_and_joins),
        cmocka_unit_test(the_end_races_with_wakes),
        cmocka_unit_test(every_failure),
    };
    if (argc > 1)
        millions = strtol(argv[1], NULL, 10);
    if (argc > 2)
        threads_of_a_test = (uint32_t)strtoul(argv[2], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
