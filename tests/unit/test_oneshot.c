/*
 * Oneshots: the item, the ends, and what each side learns of the other.
 */
#include "support.h"

#include <bide/alloc_count.h>
#include <bide/oneshot.h>
#include <bide/testing_futures.h>

#include <pthread.h>

BIDE_ONESHOT(Reply, int32_t);
BIDE_LOCAL_ONESHOT(Near, int32_t);

/* Items that count how many of them there are. */
typedef struct owned {
    int *alive;
} owned;
#define Owned_HAS_item_drop 1
static inline void Owned_item_drop(owned *item)
{
    --*item->alive;
}
BIDE_ONESHOT(Owned, owned);

typedef struct big {
    char bytes[100];
    _Alignas(32) int32_t value;
} big;
BIDE_ONESHOT(Bigs, big);

BIDE_STREAM(Answers, int32_t);
BIDE_STREAM_IMPL_DECLARE(Answers, Reply_receiver);
BIDE_STREAM_IMPL(Answers, Reply_receiver);

BIDE_INTERLEAVE_PENDING(bool, slow_next, Reply_receiver_next, (Reply_receiver *, stream),
                        (int32_t *, item));

static bide_counting_waker sends, receives;
static bide_context tcx, rcx;
static Reply_sender tx;
static Reply_receiver rx;

static void open_ends(void)
{
    bide_counting_waker_init(&sends);
    bide_counting_waker_init(&receives);
    tcx = (bide_context){sizeof tcx, 0, &sends.base, NULL, NULL};
    rcx = (bide_context){sizeof rcx, 0, &receives.base, NULL, NULL};
    assert_int_equal(Reply_new(bide_heap(), &tx, &rx), BIDE_READY);
}

static void close_ends(void)
{
    Reply_sender_drop(&tx);
    Reply_receiver_drop(&rx);
    assert_int_equal(bide_counting_waker_refs(&sends), 1);
    assert_int_equal(bide_counting_waker_refs(&receives), 1);
}

static void C20_recv_before_send(void **state)
{
    struct Reply_receiver_next next;
    int32_t item = 0;
    bool more = false;
    (void)state;
    open_ends();
    assert_int_equal(Reply_receiver_size_hint(&rx).most, 1);
    assert_int_equal(Reply_receiver_next_start(&next, &rx, &item, &rcx, &more), BIDE_PENDING);
    assert_int_equal(Reply_receiver_next_poll(&next, &rcx, &more), BIDE_PENDING);
    assert_int_equal(bide_counting_waker_refs(&receives), 2);
    assert_int_equal(Reply_send(&tx, 5), 0);
    assert_int_equal(receives.wakes, 1);
    assert_int_equal(Reply_receiver_size_hint(&rx).least, 1);
    assert_int_equal(Reply_receiver_next_poll(&next, &rcx, &more), BIDE_READY);
    assert_true(more);
    assert_int_equal(item, 5);
    assert_int_equal(Reply_receiver_poll_next(&rx, &rcx, &item), BIDE_DONE);
    assert_int_equal(Reply_receiver_size_hint(&rx).most, 0);
    close_ends();
}

static void send_before_recv(void **state)
{
    int32_t item = 0;
    (void)state;
    open_ends();
    assert_int_equal(Reply_receiver_try_next(&rx, &item), BIDE_PENDING);
    assert_int_equal(Reply_send(&tx, 6), 0);
    assert_int_equal(Reply_send(&tx, 7), BIDE_SINK_CLOSED); /* it was the one */
    assert_int_equal(Reply_receiver_poll_next(&rx, &rcx, &item), BIDE_READY);
    assert_int_equal(item, 6);
    assert_int_equal(receives.clones, 0);
    close_ends();
}

static void C21_drop_sender_CANCELED(void **state)
{
    struct Reply_receiver_next next;
    int32_t item = 0;
    bool more = true;
    (void)state;
    open_ends();
    assert_int_equal(Reply_receiver_next_start(&next, &rx, &item, &rcx, &more), BIDE_PENDING);
    Reply_sender_drop(&tx);
    assert_int_equal(receives.wakes, 1);
    assert_int_equal(Reply_receiver_next_poll(&next, &rcx, &more), BIDE_READY);
    assert_false(more);
    close_ends();
}

static void C22_drop_receiver_send_returns_value(void **state)
{
    Owned_sender otx;
    Owned_receiver orx;
    int alive = 1;
    owned item = {&alive};
    (void)state;
    assert_int_equal(Owned_new(bide_heap(), &otx, &orx), BIDE_READY);
    Owned_receiver_drop(&orx);
    assert_int_equal(Owned_send(&otx, item), BIDE_SINK_CLOSED);
    assert_int_equal(alive, 1);
    Owned_sender_drop(&otx);

    /* Sent, and never received: dropped with the receiver. */
    assert_int_equal(Owned_new(bide_heap(), &otx, &orx), BIDE_READY);
    assert_int_equal(Owned_send(&otx, item), 0);
    assert_int_equal(alive, 1);
    Owned_receiver_drop(&orx);
    assert_int_equal(alive, 0);

    /* Received: the receiver's own. */
    alive = 1;
    assert_int_equal(Owned_new(bide_heap(), &otx, &orx), BIDE_READY);
    assert_int_equal(Owned_send(&otx, item), 0);
    assert_int_equal(Owned_receiver_try_next(&orx, &item), BIDE_READY);
    Owned_receiver_drop(&orx);
    assert_int_equal(alive, 1);
}

static void C24_cancel_after_sender_drop_no_wake(void **state)
{
    struct Reply_sender_closed closed;
    (void)state;
    open_ends();
    assert_int_equal(Reply_sender_closed_start(&closed, &tx, &tcx, NULL), BIDE_PENDING);
    Reply_sender_drop(&tx);
    Reply_receiver_drop(&rx);
    assert_int_equal(bide_counting_waker_total(&sends), 0);
    assert_int_equal(Reply_sender_closed_poll(&closed, &tcx, NULL), BIDE_READY);
    close_ends();
}

static void C25_is_canceled(void **state)
{
    struct Reply_sender_closed closed;
    (void)state;
    open_ends();
    assert_false(Reply_sender_is_closed(&tx));
    assert_int_equal(Reply_sender_closed_start(&closed, &tx, &tcx, NULL), BIDE_PENDING);
    Reply_sender_closed_drop(&closed);
    assert_int_equal(bide_counting_waker_refs(&sends), 1);
    assert_int_equal(Reply_sender_closed_start(&closed, &tx, &tcx, NULL), BIDE_PENDING);
    Reply_receiver_drop(&rx);
    assert_int_equal(sends.wakes, 1);
    assert_int_equal(Reply_sender_closed_poll(&closed, &tcx, NULL), BIDE_READY);
    assert_int_equal(Reply_sender_closed_poll(&closed, &tcx, NULL), BIDE_EMISUSE);
    assert_true(Reply_sender_is_closed(&tx));
    assert_int_equal(Reply_send(&tx, 1), BIDE_SINK_CLOSED);
    assert_true(Reply_sender_is_closed(&tx));
    close_ends();
}

static void close_keeps_what_was_sent(void **state)
{
    int32_t item = 0;
    (void)state;
    open_ends();
    assert_int_equal(Reply_send(&tx, 3), 0);
    Reply_receiver_close(&rx);
    assert_int_equal(Reply_receiver_poll_next(&rx, &rcx, &item), BIDE_READY);
    assert_int_equal(item, 3);
    close_ends();
    open_ends();
    Reply_receiver_close(&rx);
    assert_int_equal(Reply_receiver_poll_next(&rx, &rcx, &item), BIDE_DONE);
    assert_int_equal(Reply_send(&tx, 4), BIDE_SINK_CLOSED);
    close_ends();
}

static void a_dropped_next_leaves_the_item(void **state)
{
    struct Reply_receiver_next next;
    bide_counting_waker other;
    bide_context cx = {sizeof cx, 0, &other.base, NULL, NULL};
    int32_t item = 0;
    bool more = false;
    (void)state;
    bide_counting_waker_init(&other);
    open_ends();
    assert_int_equal(Reply_receiver_next_start(&next, &rx, &item, &rcx, &more), BIDE_PENDING);
    Reply_receiver_next_drop(&next);
    assert_int_equal(Reply_receiver_next_start(&next, &rx, &item, &cx, &more), BIDE_PENDING);
    assert_int_equal(bide_counting_waker_refs(&receives), 1);
    assert_int_equal(Reply_send(&tx, 8), 0);
    assert_int_equal(other.wakes, 1);
    Reply_receiver_next_drop(&next);
    assert_int_equal(Reply_receiver_try_next(&rx, &item), BIDE_READY);
    assert_int_equal(item, 8);
    close_ends();
}

static void items_large_and_over_aligned(void **state)
{
    bide_counter counter;
    Bigs_sender btx;
    Bigs_receiver brx;
    big item;
    (void)state;
    bide_counter_init(&counter, bide_heap());
    memset(&item, 9, sizeof item);
    item.value = 77;
    assert_int_equal(Bigs_new(&counter.base, &btx, &brx), BIDE_READY);
    assert_int_equal(counter.allocs, 1);
    assert_int_equal(Bigs_send(&btx, item), 0);
    memset(&item, 0, sizeof item);
    assert_int_equal(Bigs_receiver_try_next(&brx, &item), BIDE_READY);
    assert_int_equal(item.value, 77);
    assert_int_equal(item.bytes[99], 9);
    assert_int_equal(counter.live, 1);
    Bigs_receiver_drop(&brx);
    assert_int_equal(counter.allocs, 1);
    assert_int_equal(counter.live, 0);
}

static void near_oneshots_do_the_same(void **state)
{
    Near_sender ntx;
    Near_receiver nrx;
    int32_t item = 0;
    (void)state;
    open_ends();
    assert_false((int)Near_receiver_next_flags & BIDE_SEND);
    assert_int_equal(Near_new(bide_heap(), &ntx, &nrx), BIDE_READY);
    assert_int_equal(Near_receiver_poll_next(&nrx, &rcx, &item), BIDE_PENDING);
    assert_int_equal(Near_send(&ntx, 4), 0);
    assert_int_equal(receives.wakes, 1);
    assert_int_equal(Near_receiver_poll_next(&nrx, &rcx, &item), BIDE_READY);
    assert_int_equal(item, 4);
    Near_receiver_drop(&nrx);
    close_ends();
}

static void what_is_waited_for_is_told(void **state)
{
    struct Reply_receiver_next next;
    struct Reply_sender_closed closed;
    int32_t item;
    bool more;
    char text[400];
    bide_trace_buffer buffer = {text, sizeof text, 0};
    bide_trace_options o;
    (void)state;
    open_ends();
    assert_int_equal(Reply_receiver_next_start(&next, &rx, &item, &rcx, &more), BIDE_PENDING);
    o = bide_trace_into(&buffer);
    bide_trace(&Reply_receiver_next_type, &next, &o);
    assert_non_null(strstr(text, "the item of a oneshot, Reply"));
    assert_int_equal(Reply_sender_closed_start(&closed, &tx, &tcx, NULL), BIDE_PENDING);
    o = bide_trace_into(&buffer);
    bide_trace(&Reply_sender_closed_type, &closed, &o);
    assert_non_null(strstr(text, "the receiver of a oneshot, Reply, to go"));
    Reply_sender_closed_drop(&closed);
    Reply_receiver_next_drop(&next);
    close_ends();
}

/* ---- tasks: static, slow, dyn -------------------------------------------------------------- */

#define answer_FRAME(ROW) ROW(PARAM, Reply_sender *, to) ROW(CHILD, bide_yield, turn)
BIDE_ASYNC(int32_t, answer)
{
    BIDE_BEGIN(answer);
    BIDE_AWAIT(bide_yield, turn, ());
    BIDE_RETURN(Reply_send(f->to, 42));
    BIDE_END;
}

#define ask_FRAME(ROW)                                                                             \
    ROW(PARAM, Reply_receiver *, from)                                                             \
    ROW(PARAM, int, making)                                                                        \
    ROW(LOCAL, Answers, dyn)                                                                       \
    ROW(LOCAL, int32_t, item)                                                                      \
    ROW(LOCAL, bool, more)                                                                         \
    ROW(CHILD, Reply_receiver_next, plain)                                                         \
    ROW(CHILD, slow_next, slow) ROW(CHILD, Answers_next, through)
BIDE_ASYNC(int32_t, ask)
{
    BIDE_BEGIN(ask);
    f->dyn = Reply_receiver_as_Answers(f->from, NULL);
    if (f->making == 0)
        BIDE_AWAIT_TO(f->more, Reply_receiver_next, plain, (f->from, &f->item));
    else if (f->making == 1)
        BIDE_AWAIT_TO(f->more, slow_next, slow, (f->from, &f->item));
    else
        BIDE_AWAIT_TO(f->more, Answers_next, through, (&f->dyn, &f->item));
    BIDE_RETURN(f->more ? f->item : -1);
    BIDE_END;
}

static bide_poll one_answer(bide_allocator *a, int making)
{
    bide_local_options o = bide_local_options_init();
    bide_local *ex;
    bide_join join = {NULL};
    Reply_sender from;
    Reply_receiver to;
    int32_t result = 0;
    bide_poll r;
    o.allocator = a;
    r = bide_local_new(&o, &ex);
    if (r != BIDE_READY)
        return r;
    r = Reply_new(a, &from, &to);
    if (r == BIDE_READY)
        BIDE_SPAWN_TO(r, ex, ask, NULL, &join, (&to, making));
    if (r == BIDE_READY)
        BIDE_SPAWN_TO(r, ex, answer, NULL, NULL, (&from));
    if (r != BIDE_READY)
        Reply_sender_drop(&from);
    assert_int_equal(bide_local_run(ex), BIDE_READY);
    if (r == BIDE_READY) {
        r = bide_join_try_take(&join, &result);
        assert_int_equal(r, BIDE_READY);
        assert_int_equal(result, 42);
    }
    bide_join_detach(&join);
    bide_local_free(ex);
    Reply_receiver_drop(&to);
    return r;
}

static bide_poll answers(bide_allocator *a)
{
    bide_poll r = BIDE_READY;
    for (int making = 0; making < 3 && r == BIDE_READY; making++)
        r = one_answer(a, making);
    return r;
}

TEST_EVERY_FAILURE(answers_every_failure, answers)

/* ---- threads ------------------------------------------------------------------------------ */

enum { ROUNDS = 2000 };

static void *send_or_not(void *arg)
{
    Reply_sender *ends = arg;
    for (int32_t i = 0; i < ROUNDS; i++) {
        if (i % 3 == 0)
            Reply_sender_drop(&ends[i]);
        else
            (void)Reply_send(&ends[i], i);
    }
    return NULL;
}

static void ends_on_two_threads(void **state)
{
    static Reply_sender from[ROUNDS];
    static Reply_receiver to[ROUNDS];
    pthread_t thread;
    (void)state;
    for (int i = 0; i < ROUNDS; i++)
        assert_int_equal(Reply_new(bide_heap(), &from[i], &to[i]), BIDE_READY);
    assert_int_equal(pthread_create(&thread, NULL, send_or_not, from), 0);
    for (int32_t i = 0; i < ROUNDS; i++) {
        if (i % 5 != 4) {
            int32_t item = -1;
            bool more = false;
            assert_int_equal(BIDE_BLOCK_ON(Reply_receiver_next, &more, (&to[i], &item)),
                             BIDE_READY);
            assert_int_equal(more, i % 3 != 0);
            assert_int_equal(item, more ? i : -1);
        }
        Reply_receiver_drop(&to[i]);
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(C20_recv_before_send),
        cmocka_unit_test(send_before_recv),
        cmocka_unit_test(C21_drop_sender_CANCELED),
        cmocka_unit_test(C22_drop_receiver_send_returns_value),
        cmocka_unit_test(C24_cancel_after_sender_drop_no_wake),
        cmocka_unit_test(C25_is_canceled),
        cmocka_unit_test(close_keeps_what_was_sent),
        cmocka_unit_test(a_dropped_next_leaves_the_item),
        cmocka_unit_test(items_large_and_over_aligned),
        cmocka_unit_test(near_oneshots_do_the_same),
        cmocka_unit_test(what_is_waited_for_is_told),
        cmocka_unit_test(answers_every_failure),
        cmocka_unit_test(ends_on_two_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
