/*
 * test_host.c: an executor on somebody else's loop, here one that counts what it is told.
 */
#include "support.h"

#include <bide/completion.h>
#include <bide/testing_clock.h>
#include <bide/testing_futures.h>

#include <pthread.h>

/* A loop that is told, and turns when the test says. */
struct counting_host {
    bide_host host; /* first */
    _Atomic int wakes, wakes_from_isr;
    bide_local *ex;
    uint64_t deadline;
};

static void count_wake(bide_host *host)
{
    ((struct counting_host *)(void *)host)->wakes++;
}

static void count_wake_from_isr(bide_host *host)
{
    ((struct counting_host *)(void *)host)->wakes_from_isr++;
}

static bide_poll begin(struct counting_host *h, bide_allocator *a)
{
    bide_local_options o = bide_local_options_init();
    *h = (struct counting_host){
        .host = {.size = sizeof h->host, .wake = count_wake, .wake_from_isr = count_wake_from_isr}};
    if (a)
        o.allocator = a;
    o.host = &h->host;
    return bide_local_new(&o, &h->ex);
}

static bide_poll turn(struct counting_host *h)
{
    return bide_local_turn(h->ex, &h->deadline);
}

#define wait_event_FRAME BIDE_COMPLETION_FRAME
BIDE_COMPLETION(int32_t, wait_event);

static bide_completion *new_event(bide_allocator *a)
{
    bide_completion_options o = bide_completion_options_init();
    bide_completion *c = NULL;
    if (a)
        o.allocator = a;
    return wait_event_new(&o, &c) == BIDE_READY ? c : NULL;
}

/* Yields so often. */
#define yield_often_FRAME(ROW)                                                                     \
    ROW(PARAM, int, times) ROW(PARAM, int *, polls) ROW(CHILD, bide_yield, y)
BIDE_ASYNC(void, yield_often)
{
    BIDE_BEGIN(yield_often);
    for (; f->times > 0; f->times--) {
        ++*f->polls;
        BIDE_AWAIT(bide_yield, y, ());
    }
    BIDE_RETURN();
    BIDE_END;
}

/* ---- who is told, and how often ----------------------------------------------------------- */

static void spawning_asks_for_one_turn(void **state)
{
    struct counting_host h;
    int polls = 0;
    (void)state;
    assert_int_equal(begin(&h, NULL), BIDE_READY);
    assert_int_equal(BIDE_SPAWN(h.ex, yield_often, NULL, (3, &polls)), BIDE_READY);
    assert_int_equal(BIDE_SPAWN(h.ex, yield_often, NULL, (3, &polls)), BIDE_READY);
    assert_int_equal(h.wakes, 1);
    assert_int_equal(polls, 0);
    assert_int_equal(turn(&h), BIDE_READY);
    assert_true(h.deadline == UINT64_MAX);
    assert_int_equal(polls, 6);
    assert_int_equal(h.wakes, 1); /* their own wakes were inside the turn */
    assert_int_equal(bide_local_free(h.ex), BIDE_READY);
}

static void long_work_is_cut_into_turns(void **state)
{
    struct counting_host h;
    int polls = 0, turns = 0;
    (void)state;
    assert_int_equal(begin(&h, NULL), BIDE_READY);
    assert_int_equal(BIDE_SPAWN(h.ex, yield_often, NULL, (1000, &polls)), BIDE_READY);
    while (turn(&h) == BIDE_PENDING) {
        turns++;
        assert_true(h.deadline == 0);
        assert_int_equal(polls, 256 * turns);
    }
    assert_int_equal(polls, 1000);
    assert_int_equal(turns, 3);
    assert_int_equal(h.wakes, 1);
    assert_int_equal(bide_local_free(h.ex), BIDE_READY);
}

static void wakes_between_turns_call_once(void **state)
{
    struct counting_host h;
    bide_join joins[2];
    bide_completion *events[2] = {new_event(NULL), new_event(NULL)};
    int32_t out = 0;
    (void)state;
    assert_int_equal(begin(&h, NULL), BIDE_READY);
    for (int i = 0; i < 2; i++)
        assert_int_equal(BIDE_SPAWN(h.ex, wait_event, &joins[i], (events[i])), BIDE_READY);
    assert_int_equal(turn(&h), BIDE_PENDING);
    assert_true(h.deadline == UINT64_MAX);
    h.wakes = 0;
    for (int i = 0; i < 2; i++)
        assert_int_equal(wait_event_complete(events[i], 40 + i), BIDE_READY);
    assert_int_equal(h.wakes, 1);
    assert_int_equal(turn(&h), BIDE_READY);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(bide_join_try_take(&joins[i], &out), BIDE_READY);
        assert_int_equal(out, 40 + i);
    }
    assert_int_equal(bide_local_free(h.ex), BIDE_READY);
}

static void between_enter_and_leave_nobody_is_called(void **state)
{
    struct counting_host h;
    bide_completion *event = new_event(NULL);
    (void)state;
    assert_int_equal(begin(&h, NULL), BIDE_READY);
    assert_int_equal(bide_local_enter(h.ex), BIDE_READY);
    assert_int_equal(bide_local_enter(h.ex), BIDE_EMISUSE);
    assert_int_equal(turn(&h), BIDE_EMISUSE);
    assert_int_equal(BIDE_SPAWN(h.ex, wait_event, NULL, (event)), BIDE_READY);
    assert_true(bide_local_leave(h.ex));
    assert_int_equal(h.wakes, 0);
    assert_int_equal(turn(&h), BIDE_PENDING);
    assert_int_equal(bide_local_enter(h.ex), BIDE_READY);
    assert_false(bide_local_leave(h.ex));
    assert_int_equal(bide_local_enter(h.ex), BIDE_READY);
    assert_int_equal(wait_event_complete(event, 1), BIDE_READY);
    assert_true(bide_local_leave(h.ex));
    assert_int_equal(h.wakes, 0);
    assert_int_equal(turn(&h), BIDE_READY);
    assert_int_equal(bide_local_free(h.ex), BIDE_READY);
}

/* Keeps its waker in a slot; wakes itself at its second poll, and ends at its last. */
#define wait_in_slot_FRAME(ROW)                                                                    \
    ROW(PARAM, bide_waker **, slot) ROW(PARAM, int *, polls) ROW(PARAM, int, last)
BIDE_FUTURE(void, wait_in_slot)

BIDE_INLINE bide_poll wait_in_slot_poll(struct wait_in_slot *f, bide_context *cx, void *out)
{
    (void)out;
    if (++*f->polls == f->last)
        return BIDE_READY;
    if (*f->polls == 2)
        bide_waker_wake_by_ref(bide_context_waker(cx));
    return bide_waker_register(f->slot, cx) == BIDE_READY ? BIDE_PENDING : BIDE_ENOMEM;
}

BIDE_INLINE void wait_in_slot_drop(struct wait_in_slot *f)
{
    (void)f;
}

static void served_without_a_turn(void **state)
{
    struct counting_host h;
    bide_waker *slots[3] = {NULL, NULL, NULL};
    const int last[3] = {3, 3, 2};
    int polls[3] = {0, 0, 0};
    (void)state;
    assert_int_equal(begin(&h, NULL), BIDE_READY);
    for (int i = 0; i < 3; i++)
        assert_int_equal(BIDE_SPAWN(h.ex, wait_in_slot, NULL, (&slots[i], &polls[i], last[i])),
                         BIDE_READY);
    assert_int_equal(turn(&h), BIDE_PENDING);
    h.wakes = 0;
    assert_true(bide_local_serve(h.ex, slots[2])); /* polled, and has ended */
    assert_int_equal(polls[2], 2);
    assert_true(bide_local_serve(h.ex, slots[0])); /* polled, and has woken itself */
    assert_int_equal(polls[0], 2);
    assert_true(bide_local_serve(h.ex, slots[1])); /* there is one before it */
    assert_int_equal(polls[1], 1);
    assert_int_equal(turn(&h), BIDE_READY);
    assert_int_equal(polls[0], 3);
    assert_int_equal(polls[1], 3);
    for (int i = 0; i < 3; i++) {
        assert_false(bide_local_serve(h.ex, slots[i])); /* they have ended */
        bide_waker_clear(&slots[i]);
    }
    assert_false(bide_local_serve(h.ex, bide_waker_noop())); /* none of its tasks */
    assert_int_equal(h.wakes, 0);
    assert_int_equal(bide_local_free(h.ex), BIDE_READY);
}

static void served_inside_it_is_a_wake(void **state)
{
    struct counting_host h;
    bide_waker *slot = NULL;
    bide_join join;
    int polls = 0;
    (void)state;
    assert_int_equal(begin(&h, NULL), BIDE_READY);
    assert_int_equal(BIDE_SPAWN(h.ex, wait_in_slot, &join, (&slot, &polls, 4)), BIDE_READY);
    assert_int_equal(turn(&h), BIDE_PENDING);
    assert_int_equal(bide_local_enter(h.ex), BIDE_READY);
    assert_false(bide_local_serve(h.ex, slot));
    assert_true(bide_local_leave(h.ex));
    assert_int_equal(polls, 1);
    assert_int_equal(turn(&h), BIDE_PENDING);
    assert_int_equal(polls, 3);
    bide_join_abort(&join);
    assert_true(bide_local_serve(h.ex, slot)); /* its turn is to be dropped */
    assert_int_equal(polls, 3);
    assert_int_equal(turn(&h), BIDE_READY);
    bide_join_detach(&join);
    bide_waker_clear(&slot);
    assert_int_equal(bide_local_free(h.ex), BIDE_READY);
}

static void running_to_an_end_is_refused(void **state)
{
    struct counting_host h;
    int polls = 0;
    bide_poll r;
    (void)state;
    assert_int_equal(begin(&h, NULL), BIDE_READY);
    assert_int_equal(bide_local_run(h.ex), BIDE_EMISUSE);
    assert_int_equal(bide_local_run_until_stalled(h.ex), BIDE_EMISUSE);
    BIDE_RUN_UNTIL_TO(r, h.ex, yield_often, NULL, (1, &polls));
    assert_int_equal(r, BIDE_EMISUSE);
    assert_int_equal(polls, 0);
    assert_int_equal(bide_local_free(h.ex), BIDE_READY);
}

static void block_on_has_no_host(void **state)
{
    struct counting_host h = {.host = {.size = sizeof h.host, .wake = count_wake}};
    bide_local_options o = bide_local_options_init();
    int polls = 0;
    bide_poll r;
    (void)state;
    o.host = &h.host;
    BIDE_BLOCK_ON_WITH_TO(r, yield_often, NULL, &o, (1, &polls));
    assert_int_equal(r, BIDE_EMISUSE);
    assert_int_equal(polls + h.wakes, 0);
}

static void turns_need_a_host(void **state)
{
    uint64_t deadline = 0;
    bide_local *ex;
    (void)state;
    assert_int_equal(bide_local_new(NULL, &ex), BIDE_READY);
    assert_int_equal(bide_local_turn(ex, &deadline), BIDE_EMISUSE);
    assert_true(deadline == UINT64_MAX);
    assert_int_equal(bide_local_free(ex), BIDE_READY);
}

/* ---- time --------------------------------------------------------------------------------- */

static void deadlines_are_the_nearest_timers(void **state)
{
    struct counting_host h;
    bide_local_options o = bide_local_options_init();
    bide_virtual_clock clock;
    (void)state;
    bide_virtual_clock_init(&clock, true); /* a host's loop is not jumped */
    h = (struct counting_host){.host = {.size = sizeof h.host, .wake = count_wake}};
    o.clock = &clock.base;
    o.host = &h.host;
    assert_int_equal(bide_local_new(&o, &h.ex), BIDE_READY);
    assert_int_equal(BIDE_SPAWN(h.ex, bide_sleep, NULL, (20)), BIDE_READY);
    assert_int_equal(BIDE_SPAWN(h.ex, bide_sleep, NULL, (10)), BIDE_READY);
    assert_int_equal(turn(&h), BIDE_PENDING);
    assert_true(h.deadline == bide_ms(10));
    bide_virtual_clock_advance(&clock, bide_ms(10));
    assert_int_equal(turn(&h), BIDE_PENDING);
    assert_true(h.deadline == bide_ms(20));
    bide_virtual_clock_advance(&clock, bide_ms(11));
    assert_int_equal(turn(&h), BIDE_READY);
    assert_true(h.deadline == UINT64_MAX);
    assert_int_equal(bide_virtual_clock_jumps(&clock), 0);
    assert_int_equal(bide_local_free(h.ex), BIDE_READY);
}

static void a_timer_from_outside_is_told(void **state)
{
    struct counting_host h;
    bide_counting_waker w;
    bide_timer timer = {.deadline = 5};
    (void)state;
    bide_counting_waker_init(&w);
    assert_int_equal(begin(&h, NULL), BIDE_READY);
    assert_int_equal(turn(&h), BIDE_READY);
    timer.waker = bide_waker_clone(&w.base);
    assert_int_equal(bide_timer_start(bide_local_runtime(h.ex), &timer), BIDE_READY);
    assert_int_equal(h.wakes, 1);
    assert_int_equal(turn(&h), BIDE_READY);
    assert_int_equal(w.wakes, 1);
    bide_timer_stop(bide_local_runtime(h.ex), &timer);
    /* Between enter and leave it is leave that tells. */
    assert_int_equal(bide_local_enter(h.ex), BIDE_READY);
    timer.deadline = UINT64_MAX - 1;
    timer.waker = bide_waker_clone(&w.base);
    assert_int_equal(bide_timer_start(bide_local_runtime(h.ex), &timer), BIDE_READY);
    assert_true(bide_local_leave(h.ex));
    assert_int_equal(turn(&h), BIDE_READY);
    assert_true(h.deadline == UINT64_MAX - 1);
    bide_timer_stop(bide_local_runtime(h.ex), &timer);
    assert_int_equal(bide_local_free(h.ex), BIDE_READY);
}

/* ---- the end ------------------------------------------------------------------------------ */

static void cancel_goes_on_in_the_turns(void **state)
{
    struct counting_host h;
    bide_join join;
    int32_t out;
    bide_completion *event = new_event(NULL);
    (void)state;
    assert_int_equal(begin(&h, NULL), BIDE_READY);
    assert_int_equal(bide_local_cancel(h.ex), BIDE_READY);
    assert_int_equal(BIDE_SPAWN(h.ex, wait_event, &join, (event)), BIDE_READY);
    assert_int_equal(turn(&h), BIDE_PENDING);
    h.wakes = 0;
    assert_int_equal(bide_local_cancel(h.ex), BIDE_PENDING);
    assert_int_equal(h.wakes, 1);
    assert_int_equal(BIDE_SPAWN(h.ex, bide_sleep, NULL, (1)), BIDE_ECANCELED);
    assert_int_equal(turn(&h), BIDE_READY);
    assert_int_equal(bide_join_try_take(&join, &out), BIDE_ECANCELED);
    assert_true(bide_completion_is_abandoned(event));
    bide_completion_drop(event);
    assert_int_equal(BIDE_SPAWN(h.ex, bide_sleep, NULL, (0)), BIDE_READY);
    assert_int_equal(turn(&h), BIDE_READY);
    assert_int_equal(bide_local_free(h.ex), BIDE_READY);
}

static bide_waker *kept; /* of the last `keeper` that was polled */

#define keeper_FRAME(ROW) ROW(LOCAL, int, polls)
BIDE_FUTURE(void, keeper)
static bide_poll keeper_poll(struct keeper *f, bide_context *cx, void *out)
{
    (void)out;
    f->polls++;
    return bide_waker_register(&kept, cx) == BIDE_READY ? BIDE_PENDING : BIDE_ENOMEM;
}
static void keeper_drop(struct keeper *f)
{
    (void)f;
}

static void after_the_end_nobody_is_called(void **state)
{
    struct counting_host h;
    (void)state;
    assert_int_equal(begin(&h, NULL), BIDE_READY);
    assert_int_equal(BIDE_SPAWN(h.ex, keeper, NULL, ()), BIDE_READY);
    assert_int_equal(turn(&h), BIDE_PENDING);
    h.wakes = 0;
    assert_int_equal(bide_local_free(h.ex), BIDE_READY);
    bide_waker_take_and_wake(&kept);
    assert_int_equal(h.wakes, 0);
}

static void signal_handlers_have_their_own_call(void **state)
{
    struct counting_host h;
    (void)state;
    assert_int_equal(begin(&h, NULL), BIDE_READY);
    assert_int_equal(BIDE_SPAWN(h.ex, keeper, NULL, ()), BIDE_READY);
    assert_int_equal(turn(&h), BIDE_PENDING);
    h.wakes = 0;
    assert_int_equal(bide_wake_from_isr(kept), BIDE_READY);
    assert_int_equal(bide_wake_from_isr(kept), BIDE_READY);
    assert_int_equal(h.wakes_from_isr, 1);
    assert_int_equal(h.wakes, 0);
    assert_int_equal(turn(&h), BIDE_PENDING);
    h.host.wake_from_isr = NULL;
    assert_int_equal(bide_wake_from_isr(kept), BIDE_READY);
    assert_int_equal(h.wakes, 1);
    assert_int_equal(bide_local_free(h.ex), BIDE_READY);
    bide_waker_clear(&kept);
}

/* ---- threads ------------------------------------------------------------------------------ */

/* A loop of a lock and a condition; the waker's thread may be the last to touch it. */
struct sleepy_host {
    bide_host host;
    pthread_mutex_t lock;
    pthread_cond_t told;
    bool wanted;
};

static void sleepy_wake(bide_host *host)
{
    struct sleepy_host *h = (struct sleepy_host *)(void *)host;
    pthread_mutex_lock(&h->lock);
    h->wanted = true;
    pthread_cond_signal(&h->told);
    pthread_mutex_unlock(&h->lock);
}

struct ball {
    bide_completion *event;
    pthread_mutex_t lock;
    pthread_cond_t come;
    bool stop;
};

static void *throw_back(void *arg)
{
    struct ball *b = arg;
    pthread_mutex_lock(&b->lock);
    while (!b->stop || b->event) {
        if (!b->event) {
            pthread_cond_wait(&b->come, &b->lock);
            continue;
        }
        bide_completion *e = b->event;
        b->event = NULL;
        pthread_mutex_unlock(&b->lock);
        (void)wait_event_complete(e, 1);
        pthread_mutex_lock(&b->lock);
    }
    pthread_mutex_unlock(&b->lock);
    return NULL;
}

static void throw_ball(struct ball *b, bide_completion *e)
{
    pthread_mutex_lock(&b->lock);
    b->event = e;
    pthread_cond_signal(&b->come);
    pthread_mutex_unlock(&b->lock);
}

/* The executor and its host end right behind the last wake, whose caller may still be in it. */
static void no_wake_of_another_thread_is_lost(void **state)
{
    struct ball ball = {.lock = PTHREAD_MUTEX_INITIALIZER, .come = PTHREAD_COND_INITIALIZER};
    pthread_t thread;
    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, throw_back, &ball), 0);
    for (int round = 0; round < 200; round++) {
        struct sleepy_host h = {.host = {.size = sizeof h.host, .wake = sleepy_wake}};
        bide_local_options o = bide_local_options_init();
        uint64_t deadline;
        bide_local *ex;
        pthread_mutex_init(&h.lock, NULL);
        pthread_cond_init(&h.told, NULL);
        o.host = &h.host;
        assert_int_equal(bide_local_new(&o, &ex), BIDE_READY);
        for (int i = 0; i < 20; i++) {
            bide_completion *e = new_event(NULL);
            assert_int_equal(BIDE_SPAWN(ex, wait_event, NULL, (e)), BIDE_READY);
            throw_ball(&ball, e);
            while (bide_local_turn(ex, &deadline) == BIDE_PENDING) {
                if (deadline == 0)
                    continue;
                pthread_mutex_lock(&h.lock);
                while (!h.wanted)
                    pthread_cond_wait(&h.told, &h.lock);
                h.wanted = false;
                pthread_mutex_unlock(&h.lock);
            }
        }
        assert_int_equal(bide_local_free(ex), BIDE_READY);
        pthread_cond_destroy(&h.told);
        pthread_mutex_destroy(&h.lock);
    }
    pthread_mutex_lock(&ball.lock);
    ball.stop = true;
    pthread_cond_signal(&ball.come);
    pthread_mutex_unlock(&ball.lock);
    pthread_join(thread, NULL);
}

/* ---- no memory ---------------------------------------------------------------------------- */

static bide_poll turns_through(bide_allocator *a)
{
    struct counting_host h;
    int polls = 0;
    bide_poll r = begin(&h, a);
    if (r != BIDE_READY)
        return r;
    BIDE_SPAWN_TO(r, h.ex, yield_often, NULL, NULL, (2, &polls));
    if (r == BIDE_READY)
        r = turn(&h);
    (void)bide_local_free(h.ex);
    return r;
}

TEST_EVERY_FAILURE(no_memory_for_turns, turns_through)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spawning_asks_for_one_turn),
        cmocka_unit_test(long_work_is_cut_into_turns),
        cmocka_unit_test(wakes_between_turns_call_once),
        cmocka_unit_test(between_enter_and_leave_nobody_is_called),
        cmocka_unit_test(served_without_a_turn),
        cmocka_unit_test(served_inside_it_is_a_wake),
        cmocka_unit_test(running_to_an_end_is_refused),
        cmocka_unit_test(block_on_has_no_host),
        cmocka_unit_test(turns_need_a_host),
        cmocka_unit_test(deadlines_are_the_nearest_timers),
        cmocka_unit_test(a_timer_from_outside_is_told),
        cmocka_unit_test(cancel_goes_on_in_the_turns),
        cmocka_unit_test(after_the_end_nobody_is_called),
        cmocka_unit_test(signal_handlers_have_their_own_call),
        cmocka_unit_test(no_wake_of_another_thread_is_lost),
        cmocka_unit_test(no_memory_for_turns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
