/*
 * Channels between tasks: through every making of both ends, with every allocation failing, and on
 * many threads.
 */
#include "support.h"

#include <bide/channel.h>
#include <bide/pool.h>
#include <bide/testing_futures.h>

#include <pthread.h>
#include <sched.h>

BIDE_CHANNEL(Ints, int32_t);

/* The ends behind interfaces. */
BIDE_STREAM(IntStream, int32_t);
BIDE_SINK(IntSink, int32_t);
BIDE_STREAM_IMPL_DECLARE(IntStream, Ints_receiver);
BIDE_STREAM_IMPL(IntStream, Ints_receiver);
BIDE_SINK_IMPL_DECLARE(IntSink, Ints_sender);
BIDE_SINK_IMPL(IntSink, Ints_sender);

/* One more BIDE_PENDING before each poll. */
BIDE_INTERLEAVE_PENDING(int32_t, slow_send, Ints_sender_send, (Ints_sender *, sink),
                        (int32_t, item));
BIDE_INTERLEAVE_PENDING(bool, slow_next, Ints_receiver_next, (Ints_receiver *, stream),
                        (int32_t *, item));

/* ---- tasks: static, dyn, slow; every allocation failing ------------------------------------ */

enum { ITEMS = 20 };

#define produce_FRAME(ROW)                                                                         \
    ROW(PARAM, Ints_sender *, tx)                                                                  \
    ROW(PARAM, int32_t, from)                                                                      \
    ROW(LOCAL, int32_t, i) ROW(LOCAL, int32_t, error) ROW(CHILD, Ints_sender_send, put)
BIDE_ASYNC(int32_t, produce)
{
    BIDE_BEGIN(produce);
    for (f->i = 0; f->i < ITEMS; f->i++)
        BIDE_AWAIT_TRY(f->error, Ints_sender_send, put, (f->tx, f->from + f->i));
    BIDE_RETURN(0);
BIDE_CLEANUP:
    Ints_sender_drop(f->tx);
    BIDE_END;
}

#define produce_slowly_FRAME(ROW)                                                                  \
    ROW(PARAM, Ints_sender *, tx)                                                                  \
    ROW(PARAM, int32_t, from)                                                                      \
    ROW(LOCAL, int32_t, i) ROW(LOCAL, int32_t, error) ROW(CHILD, slow_send, put)
BIDE_ASYNC(int32_t, produce_slowly)
{
    BIDE_BEGIN(produce_slowly);
    for (f->i = 0; f->i < ITEMS; f->i++)
        BIDE_AWAIT_TRY(f->error, slow_send, put, (f->tx, f->from + f->i));
    BIDE_RETURN(0);
BIDE_CLEANUP:
    Ints_sender_drop(f->tx);
    BIDE_END;
}

#define produce_dyn_FRAME(ROW)                                                                     \
    ROW(PARAM, Ints_sender *, tx)                                                                  \
    ROW(PARAM, int32_t, from)                                                                      \
    ROW(LOCAL, IntSink, sink)                                                                      \
    ROW(LOCAL, int32_t, i) ROW(LOCAL, int32_t, error) ROW(CHILD, IntSink_send, put)
BIDE_ASYNC(int32_t, produce_dyn)
{
    BIDE_BEGIN(produce_dyn);
    f->sink = Ints_sender_as_IntSink(f->tx, NULL);
    for (f->i = 0; f->i < ITEMS; f->i++)
        BIDE_AWAIT_TRY(f->error, IntSink_send, put, (&f->sink, f->from + f->i));
    BIDE_RETURN(0);
BIDE_CLEANUP:
    Ints_sender_drop(f->tx);
    BIDE_END;
}

/* The sum of what comes, for each making. */
#define SUM_ROWS(ROW)                                                                              \
    ROW(PARAM, Ints_receiver *, rx)                                                                \
    ROW(LOCAL, int32_t, item) ROW(LOCAL, int32_t, sum) ROW(LOCAL, bool, more)
#define sum_up_FRAME(ROW) SUM_ROWS(ROW) ROW(CHILD, Ints_receiver_next, get)
BIDE_ASYNC(int32_t, sum_up)
{
    BIDE_BEGIN(sum_up);
    do {
        BIDE_AWAIT_TO(f->more, Ints_receiver_next, get, (f->rx, &f->item));
        f->sum += f->more ? f->item : 0;
    } while (f->more);
    BIDE_RETURN(f->sum);
    BIDE_END;
}
#define sum_up_slowly_FRAME(ROW) SUM_ROWS(ROW) ROW(CHILD, slow_next, get)
BIDE_ASYNC(int32_t, sum_up_slowly)
{
    BIDE_BEGIN(sum_up_slowly);
    do {
        BIDE_AWAIT_TO(f->more, slow_next, get, (f->rx, &f->item));
        f->sum += f->more ? f->item : 0;
    } while (f->more);
    BIDE_RETURN(f->sum);
    BIDE_END;
}
#define sum_up_dyn_FRAME(ROW)                                                                      \
    SUM_ROWS(ROW) ROW(LOCAL, IntStream, stream) ROW(CHILD, IntStream_next, get)
BIDE_ASYNC(int32_t, sum_up_dyn)
{
    BIDE_BEGIN(sum_up_dyn);
    f->stream = Ints_receiver_as_IntStream(f->rx, NULL);
    do {
        BIDE_AWAIT_TO(f->more, IntStream_next, get, (&f->stream, &f->item));
        f->sum += f->more ? f->item : 0;
    } while (f->more);
    BIDE_RETURN(f->sum);
    BIDE_END;
}

/* Three producers and a sum; the makings of both ends change with `making`. */
static bide_poll tasks_through(bide_allocator *a, size_t capacity, int making)
{
    bide_local_options o = bide_local_options_init();
    bide_local *ex;
    bide_join join = {NULL};
    Ints_sender tx[3];
    Ints_receiver rx;
    int32_t sum = 0;
    bide_poll r, r2;
    int spawned = 0;
    o.allocator = a;
    r = bide_local_new(&o, &ex);
    if (r != BIDE_READY)
        return r;
    r = Ints_new(capacity, a, &tx[0], &rx);
    for (int i = 1; i < 3; i++)
        Ints_sender_clone(&tx[0], &tx[i]);
    if (r == BIDE_READY) {
        if (making == 0)
            BIDE_SPAWN_TO(r, ex, sum_up, NULL, &join, (&rx));
        else if (making == 1)
            BIDE_SPAWN_TO(r, ex, sum_up_slowly, NULL, &join, (&rx));
        else
            BIDE_SPAWN_TO(r, ex, sum_up_dyn, NULL, &join, (&rx));
    }
    for (; r == BIDE_READY && spawned < 3; spawned += r == BIDE_READY) {
        if ((making + spawned) % 3 == 0)
            BIDE_SPAWN_TO(r, ex, produce, NULL, NULL, (&tx[spawned], 100 * spawned));
        else if ((making + spawned) % 3 == 1)
            BIDE_SPAWN_TO(r, ex, produce_slowly, NULL, NULL, (&tx[spawned], 100 * spawned));
        else
            BIDE_SPAWN_TO(r, ex, produce_dyn, NULL, NULL, (&tx[spawned], 100 * spawned));
    }
    for (; spawned < 3; spawned++)
        Ints_sender_drop(&tx[spawned]);
    r2 = bide_local_run(ex);
    if (r == BIDE_READY)
        r = r2 == BIDE_READY ? bide_join_try_take(&join, &sum) : r2;
    if (r == BIDE_READY && capacity != SIZE_MAX)
        assert_int_equal(sum, 3 * (ITEMS * (ITEMS - 1) / 2) + 300 * ITEMS);
    bide_join_detach(&join);
    bide_local_free(ex);
    Ints_receiver_drop(&rx);
    return r;
}

static bide_poll bounded_tasks(bide_allocator *a)
{
    bide_poll r = BIDE_READY;
    for (int making = 0; making < 3; making++)
        for (size_t capacity = 0; capacity < 4; capacity++)
            if (r == BIDE_READY)
                r = tasks_through(a, capacity, making);
    return r;
}

static bide_poll unbounded_tasks(bide_allocator *a)
{
    bide_poll r = BIDE_READY;
    for (int making = 0; making < 3; making++)
        if (r == BIDE_READY)
            r = tasks_through(a, SIZE_MAX, making);
    return r;
}

TEST_EVERY_FAILURE(bounded_every_failure, bounded_tasks)
TEST_EVERY_FAILURE(unbounded_every_failure, unbounded_tasks)

/* ---- threads ------------------------------------------------------------------------------ */

#ifndef STRESS_ITEMS
#define STRESS_ITEMS 10000
#endif

#define stress_send_FRAME(ROW)                                                                     \
    ROW(TRAITS, BIDE_SEND)                                                                         \
    ROW(PARAM, Ints_sender *, tx)                                                                  \
    ROW(PARAM, int32_t, me)                                                                        \
    ROW(LOCAL, int32_t, i) ROW(LOCAL, int32_t, error) ROW(CHILD, Ints_sender_send, put)
BIDE_ASYNC(int32_t, stress_send)
{
    BIDE_BEGIN(stress_send);
    for (f->i = 0; f->i < STRESS_ITEMS; f->i++)
        BIDE_AWAIT_TRY(f->error, Ints_sender_send, put, (f->tx, f->i * 4 + f->me));
    BIDE_RETURN(0);
BIDE_CLEANUP:
    Ints_sender_drop(f->tx);
    BIDE_END;
}

#define stress_receive_FRAME(ROW)                                                                  \
    ROW(TRAITS, BIDE_SEND)                                                                         \
    ROW(PARAM, Ints_receiver *, rx)                                                                \
    ROW(PARAM, int32_t *, next)                                                                    \
    ROW(LOCAL, int32_t, item) ROW(LOCAL, bool, more) ROW(CHILD, Ints_receiver_next, get)
BIDE_ASYNC(bool, stress_receive)
{
    BIDE_BEGIN(stress_receive);
    for (;;) {
        BIDE_AWAIT_TO(f->more, Ints_receiver_next, get, (f->rx, &f->item));
        if (!f->more)
            BIDE_RETURN(true);
        if (f->item / 4 != f->next[f->item % 4]++)
            BIDE_RETURN(false);
    }
    BIDE_END;
}

struct stress_thread {
    pthread_t thread;
    Ints_sender tx;
    int32_t me, result;
};

static void *run_sender(void *arg)
{
    struct stress_thread *t = arg;
    int32_t error = -1;
    t->result = -1;
    if (BIDE_BLOCK_ON(stress_send, &error, (&t->tx, t->me)) == BIDE_READY)
        t->result = error;
    return NULL;
}

static void C30_stress_4_x_10000_ordering_per_sender(void **state)
{
    static const size_t capacities[] = {3, SIZE_MAX};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct stress_thread t[4];
        Ints_receiver rx;
        int32_t next[4] = {0};
        bool in_order = false;
        assert_int_equal(Ints_new(capacities[i], bide_heap(), &t[0].tx, &rx), BIDE_READY);
        for (int32_t k = 0; k < 4; k++) {
            t[k].me = k;
            if (k > 0)
                Ints_sender_clone(&t[0].tx, &t[k].tx);
        }
        for (int32_t k = 0; k < 4; k++)
            assert_int_equal(pthread_create(&t[k].thread, NULL, run_sender, &t[k]), 0);
        assert_int_equal(BIDE_BLOCK_ON(stress_receive, &in_order, (&rx, next)), BIDE_READY);
        assert_true(in_order);
        for (int32_t k = 0; k < 4; k++) {
            assert_int_equal(pthread_join(t[k].thread, NULL), 0);
            assert_int_equal(t[k].result, 0);
            assert_int_equal(next[k], STRESS_ITEMS);
        }
        Ints_receiver_drop(&rx);
    }
}

/* The same as tasks of a thread pool, which change threads as they like. */
static void senders_and_receiver_on_a_thread_pool(void **state)
{
    bide_thread_pool_options o = bide_thread_pool_options_init();
    bide_thread_pool *pool;
    (void)state;
    o.threads = 3;
    assert_int_equal(bide_thread_pool_new(&o, &pool), BIDE_READY);
    for (size_t capacity = 0; capacity < 3; capacity++) {
        Ints_sender tx[4];
        Ints_receiver rx;
        int32_t next[4] = {0};
        bool in_order = false;
        bide_join join;
        bide_poll r;
        assert_int_equal(Ints_new(capacity, bide_heap(), &tx[0], &rx), BIDE_READY);
        for (int32_t k = 1; k < 4; k++)
            Ints_sender_clone(&tx[0], &tx[k]);
        BIDE_SPAWN_TO(r, pool, stress_receive, NULL, &join, (&rx, next));
        assert_int_equal(r, BIDE_READY);
        for (int32_t k = 0; k < 4; k++) {
            BIDE_SPAWN_TO(r, pool, stress_send, NULL, NULL, (&tx[k], k));
            assert_int_equal(r, BIDE_READY);
        }
        assert_int_equal(bide_thread_pool_wait(pool, UINT64_MAX), BIDE_READY);
        assert_int_equal(bide_join_try_take(&join, &in_order), BIDE_READY);
        assert_true(in_order);
        for (int k = 0; k < 4; k++)
            assert_int_equal(next[k], STRESS_ITEMS);
        Ints_receiver_drop(&rx);
    }
    assert_int_equal(bide_thread_pool_free(pool), BIDE_READY);
}

/* Senders that lose interest again and again, and a receiver that goes in the middle: nothing is
 * lost, nothing is dropped twice, nobody sleeps for ever. */
static _Atomic int made, ended;
typedef struct counted {
    int32_t me;
} counted;
#define Counted_HAS_item_drop 1
static inline void Counted_item_drop(counted *item)
{
    (void)item;
    ended++;
}
BIDE_CHANNEL(Counted, counted);

struct fickle {
    pthread_t thread;
    Counted_sender tx;
    uint32_t seed;
};

static void *run_fickle(void *arg)
{
    struct fickle *t = arg;
    bide_context cx = {sizeof cx, 0, bide_waker_noop(), NULL, NULL};
    int32_t error = 0;
    for (int i = 0; i < STRESS_ITEMS / 4 && error != BIDE_SINK_CLOSED; i++) {
        struct Counted_sender_send send;
        counted item = {i};
        made++;
        t->seed = t->seed * 1664525u + 1013904223u;
        if (Counted_sender_send_start(&send, &t->tx, item, &cx, &error) != BIDE_PENDING)
            continue;
        if ((t->seed >> 16) % 4 != 0)
            Counted_sender_send_drop(&send);
        else
            while (Counted_sender_send_poll(&send, &cx, &error) == BIDE_PENDING)
                sched_yield();
    }
    Counted_sender_drop(&t->tx);
    return NULL;
}

static void fickle_senders_and_a_receiver_that_goes(void **state)
{
    struct fickle t[3];
    Counted_receiver rx;
    counted item;
    (void)state;
    assert_int_equal(Counted_new(2, bide_heap(), &t[0].tx, &rx), BIDE_READY);
    for (uint32_t k = 0; k < 3; k++) {
        t[k].seed = k;
        if (k > 0)
            Counted_sender_clone(&t[0].tx, &t[k].tx);
    }
    for (int k = 0; k < 3; k++)
        assert_int_equal(pthread_create(&t[k].thread, NULL, run_fickle, &t[k]), 0);
    for (int got = 0; got < STRESS_ITEMS / 4;) {
        bide_poll r = Counted_receiver_try_next(&rx, &item);
        if (r == BIDE_DONE)
            break;
        if (r == BIDE_READY) {
            Counted_item_drop(&item);
            got++;
        } else {
            sched_yield();
        }
    }
    Counted_receiver_drop(&rx);
    for (int k = 0; k < 3; k++)
        assert_int_equal(pthread_join(t[k].thread, NULL), 0);
    assert_int_equal(made, ended);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounded_every_failure),
        cmocka_unit_test(unbounded_every_failure),
        cmocka_unit_test(C30_stress_4_x_10000_ordering_per_sender),
        cmocka_unit_test(senders_and_receiver_on_a_thread_pool),
        cmocka_unit_test(fickle_senders_and_a_receiver_that_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
