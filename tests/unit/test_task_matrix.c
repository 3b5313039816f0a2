/*
 * Ends of tasks in every combination, and aborts that race with the end.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "probe.h"

#include <pthread.h>

static void spawn(bench *b, probe *p, bide_join *join)
{
    assert_int_equal(BIDE_SPAWN(b->ex, script, join, (p)), BIDE_READY);
}

static void stall(bench *b)
{
    (void)bide_local_run_until_stalled(b->ex);
}

#define joined_FRAME BIDE_JOIN_FRAME
BIDE_JOIN_FUTURE(int32_t, joined);

/* ---- all together ------------------------------------------------------------------------- */

enum { RUN, UNTIL, ONLY_FREE, DRIVERS };
enum { ENDS, FAILS, HANGS, ENDINGS };
enum { KEPT, AWAITED, LET_GO_EARLY, LET_GO_LATE, DETACHED, INTERESTS };
enum { NO_ABORT, ABORT_BEFORE, ABORT_DURING, ABORT_AFTER, ABORTS };

static void abort_during(probe *p, bide_context *cx)
{
    (void)cx;
    if (p->polls == 1)
        bide_join_abort(&p->join);
}

/* What the join handle must see; 0: it cannot tell. */
static bide_poll expected(int driver, int ending, int abort)
{
    if (driver == ONLY_FREE || abort == ABORT_BEFORE)
        return BIDE_ECANCELED;
    if (abort == ABORT_DURING && ending == HANGS)
        return BIDE_ECANCELED;
    if (ending == HANGS)
        return BIDE_ECANCELED; /* by the executor's end, if not by an abort */
    return ending == ENDS ? BIDE_READY : BIDE_EFOREIGN;
}

static void drive(bench *b, int driver)
{
    if (driver == RUN)
        stall(b);
    if (driver == UNTIL) {
        probe root = {.yields = 4, .open = true};
        int32_t out;
        assert_int_equal(BIDE_RUN_UNTIL(b->ex, script, &out, (&root)), BIDE_READY);
    }
}

static void combination(int driver, int ending, int interest, int abort)
{
    bench b;
    probe p = {.open = ending != HANGS, .code = ending == FAILS ? BIDE_EFOREIGN : 0, .value = 6};
    bide_join join = {NULL}, outer = {NULL};
    int32_t out = 0;
    bide_poll want = expected(driver, ending, abort), got;
    bench_open(&b);
    spawn(&b, &p, &join);
    p.join = bide_join_clone(&join);
    if (abort == ABORT_BEFORE)
        bide_join_abort(&p.join);
    if (abort == ABORT_DURING)
        p.during = abort_during;
    if (interest == AWAITED)
        (void)BIDE_SPAWN(b.ex, joined, &outer, (join));
    if (interest == LET_GO_EARLY || interest == DETACHED)
        bide_join_detach(&join);
    drive(&b, driver);
    if (abort == ABORT_AFTER)
        bide_join_abort(&p.join);
    drive(&b, driver);
    if (interest == LET_GO_LATE)
        bide_join_detach(&join);
    bide_join_detach(&p.join);
    assert_int_equal(bide_local_free(b.ex), BIDE_READY);
    assert_int_equal(p.ends + p.drops, 1);
    if (want == BIDE_READY || want == BIDE_EFOREIGN)
        assert_int_equal(p.ends, 1);
    if (interest == KEPT) {
        got = bide_join_try_take(&join, &out);
        assert_int_equal(got, want);
        assert_int_equal(out, want == BIDE_READY ? 6 : 0);
    }
    if (interest == AWAITED) {
        got = bide_join_try_take(&outer, &out);
        assert_int_equal(got, want);
    }
    assert_int_equal(b.counter.live, 0);
}

static void T41_combination_matrix(void **state)
{
    int driver, ending, interest, abort;
    (void)state;
    for (driver = 0; driver < DRIVERS; driver++)
        for (ending = 0; ending < ENDINGS; ending++)
            for (interest = 0; interest < INTERESTS; interest++)
                for (abort = 0; abort < ABORTS; abort++)
                    combination(driver, ending, interest, abort);
}

/* ---- abort racing the end ----------------------------------------------------------------- */

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define FEWER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define FEWER 1
#endif
#endif

/* A million, but for sanitizers and checked builds. */
enum { RACES = 20000 };
#if defined(FEWER) || defined(BIDE_CHECKED)
enum { ROUNDS = 2 };
#else
enum { ROUNDS = 50 };
#endif

struct racer {
    bide_join joins[RACES]; /* written before the thread starts */
};

static void *abort_all(void *arg)
{
    struct racer *r = arg;
    uint32_t i;
    for (i = 0; i < RACES; i++) {
        bide_join_abort(&r->joins[i]);
        bide_join_detach(&r->joins[i]);
    }
    return NULL;
}

static void race_once(int *ready, int *cancelled)
{
    bench b;
    static struct racer r;
    static bide_join joins[RACES];
    static probe p[RACES];
    pthread_t thread;
    int i;
    bench_open(&b);
    for (i = 0; i < RACES; i++) {
        p[i] = (probe){.open = true, .yields = i % 4, .value = i};
        spawn(&b, &p[i], &joins[i]);
        r.joins[i] = bide_join_clone(&joins[i]);
    }
    assert_int_equal(pthread_create(&thread, NULL, abort_all, &r), 0);
    assert_int_equal(bide_local_run(b.ex), BIDE_READY);
    pthread_join(thread, NULL);
    for (i = 0; i < RACES; i++) {
        int32_t out = -1;
        bide_poll code = bide_join_try_take(&joins[i], &out);
        assert_int_equal(p[i].ends + p[i].drops, 1);
        if (code == BIDE_READY) {
            assert_int_equal(out, i);
            assert_int_equal(p[i].ends, 1);
            ++*ready;
        } else {
            assert_int_equal(code, BIDE_ECANCELED);
            assert_int_equal(p[i].drops, 1);
            ++*cancelled;
        }
    }
    bench_close(&b, 0);
}

static void abort_races_completion(void **state)
{
    int round, ready = 0, cancelled = 0;
    (void)state;
    for (round = 0; round < ROUNDS; round++)
        race_once(&ready, &cancelled);
    assert_int_equal(ready + cancelled, ROUNDS * RACES);
}

TEST_EVERY_FAILURE(every_failure, test_tasks_through)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(T41_combination_matrix),
        cmocka_unit_test(abort_races_completion),
        cmocka_unit_test(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
