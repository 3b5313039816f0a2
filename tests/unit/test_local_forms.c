/*
 * What comes in two forms: the one for one thread makes no atomic read-modify-write, where the
 * other one does; and is not larger. What they do is tested beside them: test_mutex,
 * test_local_shared, ...
 */
#include "async_support.h"

#include <bide/abortable.h>
#include <bide/barrier.h>
#include <bide/channel.h>
#include <bide/future_set.h>
#include <bide/mutex.h>
#include <bide/notify.h>
#include <bide/oneshot.h>
#include <bide/scope.h>
#include <bide/shared.h>

size_t test_rmw; /* counted_atomics.h */

static stage s;

/* An expression in the midst of what is counted. */
#define IS(expected, poll) assert_int_equal((int)(poll), (int)(expected))

/* BOTH(x): runs x_shared and x_local, which do the same. The heap, unlike counting allocators, has
 * no atomic words of ours. */
#define BOTH(test)                                                                                 \
    static void test(void **state)                                                                 \
    {                                                                                              \
        size_t between, within;                                                                    \
        (void)state;                                                                               \
        stage_open(&s, NULL);                                                                      \
        test_rmw = 0;                                                                              \
        test##_shared();                                                                           \
        between = test_rmw;                                                                        \
        test_rmw = 0;                                                                              \
        test##_local();                                                                            \
        within = test_rmw;                                                                         \
        stage_close(&s);                                                                           \
        print_message(#test ": %zu read-modify-writes, %zu in the local form\n", between, within); \
        assert_true(between >= 4);                                                                 \
        assert_int_equal(within, 0);                                                               \
    }

/* ---- what lies in the frame of somebody ---------------------------------------------------- */

#define MUTEX(name, T)                                                                             \
    static void name(void)                                                                         \
    {                                                                                              \
        T m;                                                                                       \
        struct T##_lock a, b;                                                                      \
        T##_init(&m);                                                                              \
        T##_lock_init(&a, &m);                                                                     \
        T##_lock_init(&b, &m);                                                                     \
        IS(BIDE_READY, T##_lock_poll(&a, &s.cx, NULL));                                            \
        IS(BIDE_PENDING, T##_lock_poll(&b, &s.cx, NULL));                                          \
        T##_unlock(&m);                                                                            \
        IS(BIDE_READY, T##_lock_poll(&b, &s.cx, NULL));                                            \
        T##_unlock(&m);                                                                            \
    }
MUTEX(mutex_shared, bide_mutex)
MUTEX(mutex_local, bide_local_mutex)
BOTH(mutex)

#define SEMAPHORE(name, T)                                                                         \
    static void name(void)                                                                         \
    {                                                                                              \
        T m;                                                                                       \
        struct T##_acquire a;                                                                      \
        T##_init(&m, 0);                                                                           \
        T##_acquire_init(&a, &m, 2);                                                               \
        IS(BIDE_PENDING, T##_acquire_poll(&a, &s.cx, NULL));                                       \
        T##_release(&m, 3);                                                                        \
        IS(BIDE_READY, T##_acquire_poll(&a, &s.cx, NULL));                                         \
        IS(1, T##_available(&m));                                                                  \
    }
SEMAPHORE(semaphore_shared, bide_semaphore)
SEMAPHORE(semaphore_local, bide_local_semaphore)
BOTH(semaphore)

#define NOTIFY(name, T)                                                                            \
    static void name(void)                                                                         \
    {                                                                                              \
        T m;                                                                                       \
        struct T##_wait a;                                                                         \
        T##_init(&m);                                                                              \
        T##_wait_init(&a, &m);                                                                     \
        IS(BIDE_PENDING, T##_wait_poll(&a, &s.cx, NULL));                                          \
        T##_all(&m);                                                                               \
        IS(BIDE_READY, T##_wait_poll(&a, &s.cx, NULL));                                            \
        T##_one(&m);                                                                               \
    }
NOTIFY(notify_shared, bide_notify)
NOTIFY(notify_local, bide_local_notify)
BOTH(notify)

#define BARRIER(name, T)                                                                           \
    static void name(void)                                                                         \
    {                                                                                              \
        T m;                                                                                       \
        struct T##_wait a, b;                                                                      \
        bool leads;                                                                                \
        T##_init(&m, 2);                                                                           \
        T##_wait_init(&a, &m);                                                                     \
        T##_wait_init(&b, &m);                                                                     \
        IS(BIDE_PENDING, T##_wait_poll(&a, &s.cx, &leads));                                        \
        IS(BIDE_READY, T##_wait_poll(&b, &s.cx, &leads));                                          \
        IS(BIDE_READY, T##_wait_poll(&a, &s.cx, &leads));                                          \
    }
BARRIER(barrier_shared, bide_barrier)
BARRIER(barrier_local, bide_local_barrier)
BOTH(barrier)

/* door(d): until it is opened; keeps a clone of its waker. */
typedef struct door {
    bool open;
    bide_waker *waker;
} door;
#define through_FRAME(ROW) ROW(PARAM, door *, d)
BIDE_FUTURE(int32_t, through)
bide_poll through_poll(struct through *f, bide_context *cx, int32_t *out)
{
    *out = 7;
    if (f->d->open)
        return BIDE_READY;
    return bide_waker_register(&f->d->waker, cx) == BIDE_READY ? BIDE_PENDING : BIDE_ENOMEM;
}
void through_drop(struct through *f)
{
    (void)f;
}
static void door_open(door *d)
{
    d->open = true;
    bide_waker_take_and_wake(&d->waker);
}

BIDE_ABORTABLE(stopped, through);
BIDE_LOCAL_ABORTABLE(stopped_here, through);
#define ABORT(name, T, F)                                                                          \
    static void name(void)                                                                         \
    {                                                                                              \
        door d = {.open = false};                                                                  \
        T stop = {0};                                                                              \
        struct F f;                                                                                \
        struct through one;                                                                        \
        F##_output got;                                                                            \
        F##_init(&f, &stop, BIDE_MADE(through, one, (&d)));                                        \
        IS(BIDE_PENDING, F##_poll(&f, &s.cx, &got));                                               \
        T##_fire(&stop);                                                                           \
        IS(BIDE_READY, F##_poll(&f, &s.cx, &got));                                                 \
        assert_true(got.aborted);                                                                  \
        bide_waker_clear(&d.waker);                                                                \
    }
ABORT(abort_word_shared, bide_abort, stopped)
ABORT(abort_word_local, bide_local_abort, stopped_here)
BOTH(abort_word)

/* ---- what has memory of its own -------------------------------------------------------------- */

BIDE_CHANNEL(Far, int32_t);
BIDE_LOCAL_CHANNEL(Near, int32_t);
#define CHANNEL(name, C)                                                                           \
    static void name(void)                                                                         \
    {                                                                                              \
        C##_sender tx;                                                                             \
        C##_receiver rx;                                                                           \
        int32_t item;                                                                              \
        IS(BIDE_READY, C##_new(2, bide_heap(), &tx, &rx));                                         \
        IS(BIDE_PENDING, C##_receiver_poll_next(&rx, &s.cx, &item));                               \
        IS(0, C##_sender_try_send(&tx, 5));                                                        \
        IS(BIDE_READY, C##_receiver_poll_next(&rx, &s.cx, &item));                                 \
        C##_sender_drop(&tx);                                                                      \
        C##_receiver_drop(&rx);                                                                    \
    }
CHANNEL(channel_shared, Far)
CHANNEL(channel_local, Near)
BOTH(channel)

BIDE_ONESHOT(Once, int32_t);
BIDE_LOCAL_ONESHOT(OnceHere, int32_t);
#define ONESHOT(name, C)                                                                           \
    static void name(void)                                                                         \
    {                                                                                              \
        C##_sender tx;                                                                             \
        C##_receiver rx;                                                                           \
        int32_t item;                                                                              \
        IS(BIDE_READY, C##_new(bide_heap(), &tx, &rx));                                            \
        IS(BIDE_PENDING, C##_receiver_poll_next(&rx, &s.cx, &item));                               \
        IS(0, C##_send(&tx, 5));                                                                   \
        IS(BIDE_READY, C##_receiver_poll_next(&rx, &s.cx, &item));                                 \
        C##_receiver_drop(&rx);                                                                    \
    }
ONESHOT(oneshot_shared, Once)
ONESHOT(oneshot_local, OnceHere)
BOTH(oneshot)

BIDE_FUTURE_SET(doors, through);
BIDE_LOCAL_FUTURE_SET(doors_here, through);
BIDE_ORDERED_SET(row, through);
BIDE_LOCAL_ORDERED_SET(row_here, through);
#define SET(name, S)                                                                               \
    static void name(void)                                                                         \
    {                                                                                              \
        door d[2] = {{.open = false}};                                                             \
        S set;                                                                                     \
        S##_item got;                                                                              \
        struct through one;                                                                        \
        S##_init(&set, bide_heap());                                                               \
        IS(BIDE_READY, S##_insert(&set, BIDE_MADE(through, one, (&d[0]))));                        \
        IS(BIDE_READY, S##_insert(&set, BIDE_MADE(through, one, (&d[1]))));                        \
        IS(BIDE_PENDING, S##_poll_next(&set, &s.cx, &got));                                        \
        door_open(&d[0]);                                                                          \
        IS(BIDE_READY, S##_poll_next(&set, &s.cx, &got));                                          \
        S##_clear(&set);                                                                           \
        S##_drop(&set);                                                                            \
        bide_waker_clear(&d[1].waker);                                                             \
    }
SET(set_shared, doors)
SET(set_local, doors_here)
BOTH(set)
SET(ordered_set_shared, row)
SET(ordered_set_local, row_here)
BOTH(ordered_set)

BIDE_SHARE(page, through);
BIDE_LOCAL_SHARE(page_here, through);
#define SHARE(name, S)                                                                             \
    static void name(void)                                                                         \
    {                                                                                              \
        door d = {.open = false};                                                                  \
        S p, q;                                                                                    \
        S##_weak w;                                                                                \
        struct through one;                                                                        \
        struct S##_wait wait;                                                                      \
        const union through_result *got = NULL;                                                    \
        IS(BIDE_READY, S##_new(&p, bide_heap(), BIDE_MADE(through, one, (&d))));                   \
        S##_downgrade(&p, &w);                                                                     \
        assert_true(S##_upgrade(&w, &q));                                                          \
        S##_weak_drop(&w);                                                                         \
        S##_wait_init(&wait, &p);                                                                  \
        IS(BIDE_PENDING, S##_wait_poll(&wait, &s.cx, &got));                                       \
        door_open(&d);                                                                             \
        IS(BIDE_READY, S##_wait_poll(&wait, &s.cx, &got));                                         \
        IS(7, got->value);                                                                         \
        S##_drop(&p);                                                                              \
        S##_drop(&q);                                                                              \
    }
SHARE(share_shared, page)
SHARE(share_local, page_here)
BOTH(share)

/* ---- scopes -----------------------------------------------------------------------------------
 */

/* The end of a task that has a join handle makes some of its own, as does the executor at its begin
 * and end: the latter are left out, the former counted without a scope. */
static size_t rmw_of_run;

static void let_go(void *join, bide_poll code, const void *output)
{
    (void)code, (void)output;
    bide_join_detach(join);
}

static void tasks_alone(void)
{
    bide_local_options o = bide_local_options_init();
    bide_spawn_options each = bide_spawn_options_init();
    bide_join join[3];
    bide_local *ex;
    bide_poll r;
    o.allocator = bide_heap();
    IS(BIDE_READY, bide_local_new(&o, &ex));
    test_rmw = 0;
    for (int i = 0; i < 3; i++) {
        each.done = let_go;
        each.done_arg = &join[i];
        BIDE_SPAWN_TO(r, ex, bide_pending_times, &each, &join[i], ((uint32_t)i));
        IS(BIDE_READY, r);
    }
    IS(BIDE_READY, bide_local_run(ex));
    rmw_of_run = test_rmw;
    IS(BIDE_READY, bide_local_free(ex));
}

#define SCOPE(name, T, SPAWN)                                                                      \
    static void name(void)                                                                         \
    {                                                                                              \
        bide_local_options o = bide_local_options_init();                                          \
        bide_local *ex;                                                                            \
        struct T##_wait wait;                                                                      \
        T scope;                                                                                   \
        bide_poll r, code;                                                                         \
        o.allocator = bide_heap();                                                                 \
        IS(BIDE_READY, bide_local_new(&o, &ex));                                                   \
        IS(BIDE_READY, T##_new(bide_local_runtime(ex), bide_heap(), &scope));                      \
        test_rmw = 0;                                                                              \
        for (int i = 0; i < 3; i++) {                                                              \
            SPAWN(r, &scope, bide_pending_times, NULL, ((uint32_t)i));                             \
            IS(BIDE_READY, r);                                                                     \
        }                                                                                          \
        IS(3, T##_running(&scope));                                                                \
        T##_wait_init(&wait, &scope);                                                              \
        IS(BIDE_PENDING, T##_wait_poll(&wait, &s.cx, &code));                                      \
        IS(BIDE_READY, bide_local_run(ex));                                                        \
        IS(BIDE_READY, T##_wait_poll(&wait, &s.cx, &code));                                        \
        T##_drop(&scope);                                                                          \
        rmw_of_run = test_rmw;                                                                     \
        IS(BIDE_READY, bide_local_free(ex));                                                       \
    }
SCOPE(scope_shared, bide_scope, BIDE_SCOPE_SPAWN_TO)
SCOPE(scope_local, bide_local_scope, BIDE_LOCAL_SCOPE_SPAWN_TO)

static void scope(void **state)
{
    size_t between, within;
    (void)state;
    stage_open(&s, NULL);
    scope_shared();
    between = rmw_of_run;
    scope_local();
    within = rmw_of_run;
    tasks_alone();
    stage_close(&s);
    print_message("scope: %zu read-modify-writes, %zu in the local form, %zu of the tasks\n",
                  between, within, rmw_of_run);
    assert_true(between >= rmw_of_run + 12);
    assert_int_equal(within, rmw_of_run);
}

/* ---- sizes ------------------------------------------------------------------------------------
 */

#define NOT_LARGER(local, shared)                                                                  \
    BIDE_PRIV_ASSERT(sizeof(local) <= sizeof(shared), #local " is larger than " #shared)
NOT_LARGER(bide_local_mutex, bide_mutex);
NOT_LARGER(bide_local_semaphore, bide_semaphore);
NOT_LARGER(bide_local_notify, bide_notify);
NOT_LARGER(bide_local_barrier, bide_barrier);
NOT_LARGER(bide_local_abort, bide_abort);
NOT_LARGER(bide_local_scope, bide_scope);
NOT_LARGER(doors_here, doors);
NOT_LARGER(page_here, page);
NOT_LARGER(struct page_here_wait, struct page_wait);
NOT_LARGER(struct stopped_here, struct stopped);
NOT_LARGER(struct bide_local_scope_wait, struct bide_scope_wait);
BIDE_PRIV_ASSERT(sizeof(bide_abort) == 2 * sizeof(uint32_t) + sizeof(void *), "as before");

static bide_poll allocates(bide_allocator *a)
{
    Near_sender tx;
    Near_receiver rx;
    door d = {.open = true};
    doors_here set;
    doors_here_item got;
    struct through one;
    bide_context cx = {.size = sizeof cx, .waker = bide_waker_noop(), .allocator = a};
    bide_poll r = Near_new(2, a, &tx, &rx);
    if (r == BIDE_READY) {
        Near_sender_drop(&tx);
        Near_receiver_drop(&rx);
        doors_here_init(&set, a);
        r = doors_here_insert(&set, BIDE_MADE(through, one, (&d)));
        if (r == BIDE_READY)
            r = doors_here_poll_next(&set, &cx, &got);
        doors_here_drop(&set);
    }
    return r;
}
/* ---- tasks -------------------------------------------------------------------------------- */

static bide_waker *sleeper; /* a clone of the waker of the task that waits */

#define sleep_FRAME(ROW) ROW(LOCAL, bool, woken)
BIDE_FUTURE(void, sleep)
bide_poll sleep_poll(struct sleep *f, bide_context *cx, void *out)
{
    (void)out;
    if (f->woken)
        return BIDE_READY;
    f->woken = true;
    sleeper = bide_waker_clone(cx->waker);
    return BIDE_PENDING;
}
void sleep_drop(struct sleep *f)
{
    (void)f;
}

/* Four lives, each from the spawn to its block's way back, with a wake from outside of the executor
 * and one from inside. What entering the executor costs is not counted: it is not a task's. */
static size_t lives(bide_local *ex, bide_runtime *where)
{
    test_rmw = 0;
    for (int i = 0; i < 4; i++) {
        bide_waker *more;
        IS(BIDE_READY, BIDE_SPAWN(where, sleep, NULL, ()));
        IS(BIDE_READY, BIDE_SPAWN(where, bide_yield, NULL, ()));
        IS(BIDE_PENDING, bide_local_run_until_stalled(ex));
        more = bide_waker_clone(sleeper);
        bide_waker_wake_by_ref(more);
        bide_waker_drop(more);
        bide_waker_wake(sleeper);
        IS(BIDE_READY, bide_local_run_until_stalled(ex));
    }
    return test_rmw;
}

static void tasks(void **state)
{
    bide_local *ex;
    size_t between, within;
    (void)state;
    IS(BIDE_READY, bide_local_new(NULL, &ex));
    between = lives(ex, bide_local_runtime(ex));
    within = lives(ex, bide_local_light(ex));
    IS(BIDE_READY, bide_local_free(ex));
    print_message("tasks: %zu read-modify-writes, %zu if light\n", between, within);
    assert_true(between >= 8);
    assert_int_equal(within, 0);
}

TEST_EVERY_FAILURE(every_failure, allocates)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mutex),         cmocka_unit_test(semaphore),
        cmocka_unit_test(notify),        cmocka_unit_test(barrier),
        cmocka_unit_test(abort_word),    cmocka_unit_test(channel),
        cmocka_unit_test(oneshot),       cmocka_unit_test(set),
        cmocka_unit_test(ordered_set),   cmocka_unit_test(share),
        cmocka_unit_test(scope),         cmocka_unit_test(tasks),
        cmocka_unit_test(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
