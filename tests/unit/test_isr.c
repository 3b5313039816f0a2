/*
 * Wakes from signal handlers, raised at each step of queueing, draining and parking: none is lost.
 *
 * The library's executor is compiled into this program a second time, with BIDE_TEST_STEPS, which
 * makes it call `bide_priv_step` at each step. A lost wake hangs: the alarm ends the program then.
 */
#define _POSIX_C_SOURCE 200809L

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "probe.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static bide_waker *_Atomic waker; /* of the task that the handler wakes */
static atomic_int rung;           /* the handler has run */
static atomic_int target, seen, occurrence;

#ifdef BIDE_TEST_STEPS
void (*bide_priv_step)(int step);
#endif

static void handler(int signal)
{
    bide_waker *w = atomic_load(&waker);
    int before = errno;
    (void)signal;
    if (!w)
        return;
    atomic_fetch_add(&rung, 1);
    errno = EDOM;
    (void)bide_wake_from_isr(w);
    if (errno != EDOM)
        abort();
    errno = before;
}

#ifdef BIDE_TEST_STEPS
static void at_step(int step)
{
    if (step == atomic_load(&target) && atomic_load(&waker) &&
        atomic_fetch_add(&seen, 1) + 1 == atomic_load(&occurrence))
        raise(SIGUSR1);
}
#endif

/* Ends once the handler has run. Until then it wakes itself the long way so many times, and then
 * waits. */
#define bell_FRAME(ROW) ROW(PARAM, int, rounds) ROW(PARAM, int *, polls)
BIDE_FUTURE(void, bell)

bide_poll bell_poll(struct bell *f, bide_context *cx, void *out)
{
    (void)out;
    ++*f->polls;
    if (!atomic_load(&waker))
        atomic_store(&waker, bide_waker_clone(cx->waker));
    if (atomic_load(&rung))
        return BIDE_READY;
    if (f->rounds-- > 0)
        (void)bide_wake_from_isr(cx->waker);
    return BIDE_PENDING;
}

void bell_drop(struct bell *f)
{
    (void)f;
}

static void arm(int step, int nth)
{
    atomic_store(&waker, NULL);
    atomic_store(&rung, 0);
    atomic_store(&seen, 0);
    atomic_store(&occurrence, nth);
    atomic_store(&target, step);
}

static void disarm(void)
{
    bide_waker *w = atomic_exchange(&waker, NULL);
    atomic_store(&target, 0);
    if (w)
        bide_waker_drop(w);
}

#ifdef BIDE_TEST_STEPS

/* Wakes the bell until the handler has run, and never afterwards: what the handler did must do. */
static void *poke(void *arg)
{
    const struct timespec nap = {0, 50000};
    (void)arg;
    while (!atomic_load(&rung)) {
        bide_waker *w = atomic_load(&waker);
        if (w)
            bide_waker_wake_by_ref(w);
        nanosleep(&nap, NULL);
    }
    return NULL;
}

static void ring(int step, int nth, int rounds, bool poked)
{
    bench b;
    pthread_t thread;
    int polls = 0;
    arm(step, nth);
    bench_open(&b);
    assert_int_equal(BIDE_SPAWN(b.ex, bell, NULL, (rounds, &polls)), BIDE_READY);
    if (poked)
        assert_int_equal(pthread_create(&thread, NULL, poke, NULL), 0);
    assert_int_equal(bide_local_run(b.ex), BIDE_READY);
    if (poked)
        pthread_join(thread, NULL);
    assert_int_equal(atomic_load(&rung), 1);
    assert_true(polls >= 2);
    disarm();
    bench_close(&b, 0);
}

/* Steps that a task reaches which wakes itself the long way. */
static void at_each_step_of_a_self_wake(void **state)
{
    const int steps[] = {12, 13, 2, 3, 6, 7, 4, 5};
    size_t i;
    int nth;
    (void)state;
    for (i = 0; i < sizeof steps / sizeof steps[0]; i++)
        for (nth = 1; nth <= 3; nth++)
            ring(steps[i], nth, 3, false);
}

/* Nobody else wakes: the handler alone must keep the thread from sleeping, or wake it. */
static void at_each_step_of_parking(void **state)
{
    int step;
    (void)state;
    for (step = 8; step <= 10; step++) {
        ring(step, 1, 0, false);
        ring(step, 1, 2, false);
    }
}

/* The steps of another thread's wake, in that thread and in the owner. */
static void at_each_step_of_a_wake_from_a_thread(void **state)
{
    int step, nth;
    (void)state;
    for (step = 1; step <= 13; step++)
        for (nth = 1; nth <= 3; nth++)
            ring(step, nth, 0, true);
}

#endif

/* ---- without steps: from within a poll, and while the thread sleeps ----------------------- */

static void raise_in_poll(probe *p, bide_context *cx)
{
    if (p->polls > 1) {
        p->open = true;
        return;
    }
    atomic_store(&waker, bide_waker_clone(cx->waker));
    raise(SIGUSR1);
}

static void during_a_poll(void **state)
{
    bench b;
    probe p = {.during = raise_in_poll};
    (void)state;
    arm(0, 0);
    bench_open(&b);
    assert_int_equal(BIDE_SPAWN(b.ex, script, NULL, (&p)), BIDE_READY);
    assert_int_equal(bide_local_run(b.ex), BIDE_READY);
    assert_int_equal(p.polls, 2);
    disarm();
    bench_close(&b, 0);
}

static pthread_t main_thread;

static void *signal_main(void *arg)
{
    const struct timespec nap = {0, 2000000};
    (void)arg;
    while (!atomic_load(&waker))
        nanosleep(&nap, NULL);
    nanosleep(&nap, NULL);
    pthread_kill(main_thread, SIGUSR1);
    return NULL;
}

static void while_asleep(void **state)
{
    bench b;
    pthread_t thread;
    int polls = 0;
    (void)state;
    arm(0, 0);
    main_thread = pthread_self();
    bench_open(&b);
    assert_int_equal(BIDE_SPAWN(b.ex, bell, NULL, (0, &polls)), BIDE_READY);
    assert_int_equal(pthread_create(&thread, NULL, signal_main, NULL), 0);
    assert_int_equal(bide_local_run(b.ex), BIDE_READY);
    pthread_join(thread, NULL);
    assert_int_equal(polls, 2);
    disarm();
    bench_close(&b, 0);
}

TEST_EVERY_FAILURE(every_failure, test_tasks_through)

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef BIDE_TEST_STEPS
        cmocka_unit_test(at_each_step_of_a_self_wake),
        cmocka_unit_test(at_each_step_of_parking),
        cmocka_unit_test(at_each_step_of_a_wake_from_a_thread),
#endif
        cmocka_unit_test(during_a_poll),
        cmocka_unit_test(while_asleep),
        cmocka_unit_test(every_failure),
    };
    struct sigaction action = {.sa_handler = handler};
    sigaction(SIGUSR1, &action, NULL);
#ifdef BIDE_TEST_STEPS
    bide_priv_step = at_step;
#endif
    alarm(60);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
