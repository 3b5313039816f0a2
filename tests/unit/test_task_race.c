/*
 * Abort of a task against its completion, on two threads, a million times, in step: the other
 * thread is told which task is about to be polled, and aborts that one, or one close by. Each task
 * has one end, and the status that belongs to it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "support.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { TASKS = 10000, KINDS = 4 };

/* How a runner ends: at its first poll, after a yield, at its first poll but with a `cancel` that
 * takes two turns, with a failure code. */
enum { AT_ONCE, YIELDS, CANCELS, FAILS };

typedef struct track {
    int ends, drops, cancels;
} track;

static track tracks[TASKS];
static bide_join joins[TASKS], others[TASKS];
static atomic_int reached; /* the task that is being polled */

static bide_poll run_one(int number, uint8_t *polls, bide_context *cx, int32_t *out)
{
    int kind = number % KINDS;
    atomic_store_explicit(&reached, number, memory_order_relaxed);
    if (kind == YIELDS && (*polls)++ == 0) {
        bide_waker_wake_by_ref(cx->waker);
        return BIDE_PENDING;
    }
    tracks[number].ends++;
    if (kind == FAILS)
        return BIDE_EFOREIGN;
    *out = number;
    return BIDE_READY;
}

#define runner_FRAME(ROW) ROW(PARAM, int, number) ROW(LOCAL, uint8_t, polls)
BIDE_FUTURE(int32_t, runner)

bide_poll runner_poll(struct runner *f, bide_context *cx, int32_t *out)
{
    return run_one(f->number, &f->polls, cx, out);
}

void runner_drop(struct runner *f)
{
    tracks[f->number].drops++;
}

/* The same frame with a type that has `cancel`: ends in the second turn. */
static bide_poll runner_cancel(void *frame, bide_context *cx)
{
    struct runner *f = frame;
    if (tracks[f->number].cancels++ == 0) {
        bide_waker_wake_by_ref(cx->waker);
        return BIDE_PENDING;
    }
    tracks[f->number].drops++;
    return BIDE_READY;
}

static void spawn_all(bide_local *ex, const bide_type *cancelled)
{
    bide_runtime *rt = bide_local_runtime(ex);
    int i;
    for (i = 0; i < TASKS; i++) {
        const bide_type *type = i % KINDS == CANCELS ? cancelled : &runner_type;
        void *frame;
        tracks[i] = (track){0, 0, 0};
        assert_int_equal(bide_runtime_spawn_begin(rt, type, NULL, &joins[i].task, &frame),
                         BIDE_READY);
        runner_init(frame, i);
        bide_runtime_spawn_commit(rt, joins[i].task, true);
        others[i] = bide_join_clone(&joins[i]);
    }
}

/* Waits until task `number` is about to be polled, or the owner is further. */
static void wait_for(int number)
{
    int spins = 0;
    while (atomic_load_explicit(&reached, memory_order_relaxed) < number)
        if (++spins % 256 == 0)
            sched_yield();
}

static void *abort_all(void *arg)
{
    int ahead = *(int *)arg, i, last = TASKS - 1;
    for (i = 0; i < TASKS; i++) {
        int at = i - ahead;
        wait_for(at < 0 ? 0 : at > last ? last : at);
        bide_join_abort(&others[i]);
        bide_join_detach(&others[i]);
    }
    return NULL;
}

static bide_poll check_one(int i)
{
    const bide_poll natural = i % KINDS == FAILS ? BIDE_EFOREIGN : BIDE_READY;
    int32_t out = -1;
    bide_poll code = bide_join_try_take(&joins[i], &out);
    assert_int_equal(tracks[i].ends + tracks[i].drops, 1);
    assert_int_equal(code, tracks[i].ends ? natural : BIDE_ECANCELED);
    assert_int_equal(out, code == BIDE_READY ? i : -1);
    assert_int_equal(tracks[i].cancels, i % KINDS == CANCELS && tracks[i].drops ? 2 : 0);
    assert_null(joins[i].task);
    assert_int_equal(bide_join_try_take(&joins[i], &out), BIDE_EMISUSE);
    return code;
}

static void a_million_times(void **state)
{
    const char *quick = getenv("BIDE_TEST_QUICK");
    int rounds = quick ? 2 : 100, round, i, ahead, aborted = 0;
    bide_type cancelled = runner_type;
    (void)state;
    cancelled.cancel = runner_cancel;
    for (round = 0; round < rounds; round++) {
        bide_local_options o = bide_local_options_init();
        bide_local *ex;
        pthread_t thread;
        o.allocator = bide_heap();
        assert_int_equal(bide_local_new(&o, &ex), BIDE_READY);
        spawn_all(ex, &cancelled);
        atomic_store(&reached, -1);
        ahead = round % 4; /* 0: the task that is polled; else one that comes after it */
        assert_int_equal(pthread_create(&thread, NULL, abort_all, &ahead), 0);
        assert_int_equal(bide_local_run(ex), BIDE_READY);
        atomic_store(&reached, TASKS);
        pthread_join(thread, NULL);
        for (i = 0; i < TASKS; i++)
            aborted += check_one(i) == BIDE_ECANCELED;
        assert_int_equal(bide_local_free(ex), BIDE_READY);
    }
    print_message("%d races, %d won by the abort\n", rounds * TASKS, aborted);
    /* Else nothing raced. */
    assert_true(quick || (aborted > 0 && aborted < rounds * TASKS));
}

TEST_EVERY_FAILURE(every_failure, test_tasks_through)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_million_times),
        cmocka_unit_test(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
