/*
 * Channels: room and who gets it, both ends, and what happens to items. Tasks and threads are in
 * test_channel_tasks.c.
 */
#include "support.h"

#include <bide/alloc_count.h>
#include <bide/channel.h>

BIDE_CHANNEL(Ints, int32_t);
BIDE_LOCAL_CHANNEL(Near, int32_t);

/* Items that count how many of them there are. */
typedef struct owned {
    int *alive;
    int32_t value;
} owned;
#define Owned_HAS_item_drop 1
static inline void Owned_item_drop(owned *item)
{
    --*item->alive;
}
BIDE_CHANNEL(Owned, owned);

typedef struct big {
    char bytes[1000];
    _Alignas(32) int32_t value;
} big;
BIDE_CHANNEL(Bigs, big);

static bide_context context_of(bide_counting_waker *w)
{
    bide_context cx = {sizeof cx, 0, &w->base, NULL, NULL};
    return cx;
}

/* A channel with a waker for each side. */
typedef struct pair {
    Ints_sender tx;
    Ints_receiver rx;
    bide_counting_waker sends, receives;
    bide_context tcx, rcx;
} pair;

static void open_pair(pair *p, size_t capacity)
{
    assert_int_equal(Ints_new(capacity, bide_heap(), &p->tx, &p->rx), BIDE_READY);
    bide_counting_waker_init(&p->sends);
    bide_counting_waker_init(&p->receives);
    p->tcx = context_of(&p->sends);
    p->rcx = context_of(&p->receives);
}

/* Ends both, and looks whether a waker was kept. */
static void close_pair(pair *p)
{
    Ints_sender_drop(&p->tx);
    Ints_receiver_drop(&p->rx);
    assert_int_equal(bide_counting_waker_refs(&p->sends), 1);
    assert_int_equal(bide_counting_waker_refs(&p->receives), 1);
}

static int32_t receive(Ints_receiver *rx)
{
    int32_t item = -1;
    assert_int_equal(Ints_receiver_try_next(rx, &item), BIDE_READY);
    return item;
}

/* ---- one sender, one receiver ------------------------------------------------------------- */

static void items_come_in_order(void **state)
{
    (void)state;
    for (size_t capacity = 1; capacity <= 5; capacity++) {
        pair p;
        int32_t item, in = 0, out = 0;
        open_pair(&p, capacity);
        for (int round = 0; round < 50; round++) {
            while (Ints_sender_try_send(&p.tx, in) == 0)
                in++;
            assert_int_equal(in - out, capacity);
            for (int i = round % 3; i >= 0; i--)
                if (Ints_receiver_try_next(&p.rx, &item) == BIDE_READY)
                    assert_int_equal(item, out++);
        }
        close_pair(&p);
    }
}

static void C28_try_send_full_returns_item(void **state)
{
    Owned_sender tx;
    Owned_receiver rx;
    int alive = 2;
    owned a = {&alive, 1}, b = {&alive, 2};
    (void)state;
    assert_int_equal(Owned_new(1, bide_heap(), &tx, &rx), BIDE_READY);
    assert_int_equal(Owned_sender_try_send(&tx, a), 0);
    assert_int_equal(Owned_sender_try_send(&tx, b), BIDE_CHANNEL_FULL);
    assert_int_equal(alive, 2); /* b is still ours */
    Owned_receiver_drop(&rx);
    assert_int_equal(alive, 1); /* a was in the queue */
    assert_int_equal(Owned_sender_try_send(&tx, b), BIDE_SINK_CLOSED);
    assert_int_equal(alive, 1);
    Owned_sender_drop(&tx);
}

static void C20_recv_before_send(void **state)
{
    pair p;
    int32_t item = 0;
    (void)state;
    open_pair(&p, 4);
    assert_int_equal(Ints_receiver_poll_next(&p.rx, &p.rcx, &item), BIDE_PENDING);
    assert_int_equal(Ints_receiver_poll_next(&p.rx, &p.rcx, &item), BIDE_PENDING);
    assert_int_equal(p.receives.clones, 1);
    assert_int_equal(Ints_sender_try_send(&p.tx, 7), 0);
    assert_int_equal(p.receives.wakes, 1);
    assert_int_equal(Ints_sender_try_send(&p.tx, 8), 0);
    assert_int_equal(p.receives.wakes, 1); /* it was told once */
    assert_int_equal(Ints_receiver_poll_next(&p.rx, &p.rcx, &item), BIDE_READY);
    assert_int_equal(item, 7);
    assert_int_equal(receive(&p.rx), 8);
    close_pair(&p);
}

static void C29_last_sender_drop_ends(void **state)
{
    pair p;
    Ints_sender second;
    int32_t item = 0;
    (void)state;
    open_pair(&p, 4);
    Ints_sender_clone(&p.tx, &second);
    assert_int_equal(Ints_sender_try_send(&second, 1), 0);
    Ints_sender_drop(&p.tx);
    assert_int_equal(receive(&p.rx), 1);
    assert_int_equal(Ints_receiver_poll_next(&p.rx, &p.rcx, &item), BIDE_PENDING);
    assert_int_equal(Ints_receiver_size_hint(&p.rx).most, SIZE_MAX);
    assert_int_equal(Ints_sender_try_send(&second, 2), 0);
    Ints_sender_drop(&second);
    assert_int_equal(p.receives.wakes, 1);
    assert_int_equal(Ints_receiver_size_hint(&p.rx).most, 1);
    assert_int_equal(receive(&p.rx), 2);
    for (int i = 0; i < 2; i++)
        assert_int_equal(Ints_receiver_poll_next(&p.rx, &p.rcx, &item), BIDE_DONE);
    close_pair(&p);
}

static void the_last_sender_wakes_who_waits_for_an_item(void **state)
{
    pair p;
    int32_t item;
    (void)state;
    open_pair(&p, 1);
    assert_int_equal(Ints_receiver_poll_next(&p.rx, &p.rcx, &item), BIDE_PENDING);
    Ints_sender_drop(&p.tx);
    assert_int_equal(p.receives.wakes, 1);
    assert_int_equal(Ints_receiver_poll_next(&p.rx, &p.rcx, &item), BIDE_DONE);
    close_pair(&p);
}

static void C22_drop_receiver_send_returns_value(void **state)
{
    Owned_sender tx, waits;
    Owned_receiver rx;
    struct Owned_sender_offer offer;
    int alive = 2;
    owned a = {&alive, 1}, b = {&alive, 2};
    bide_counting_waker w;
    bide_context cx;
    int32_t error = 1;
    (void)state;
    bide_counting_waker_init(&w);
    cx = context_of(&w);
    assert_int_equal(Owned_new(1, bide_heap(), &tx, &rx), BIDE_READY);
    Owned_sender_clone(&tx, &waits);
    assert_int_equal(Owned_sender_try_send(&tx, a), 0);
    assert_int_equal(Owned_sender_offer_start(&offer, &waits, &b, &cx, &error), BIDE_PENDING);
    Owned_receiver_drop(&rx);
    assert_int_equal(w.wakes, 1);
    assert_int_equal(Owned_sender_offer_poll(&offer, &cx, &error), BIDE_READY);
    assert_int_equal(error, BIDE_SINK_CLOSED);
    assert_int_equal(alive, 1); /* b came back, a went with the receiver */
    assert_true(Owned_sender_is_closed(&tx));
    Owned_sender_drop(&tx);
    Owned_sender_drop(&waits);
    assert_int_equal(bide_counting_waker_refs(&w), 1);
}

static void a_send_without_receiver_releases_its_item(void **state)
{
    Owned_sender tx;
    Owned_receiver rx;
    struct Owned_sender_send send;
    int alive = 1;
    owned a = {&alive, 1};
    bide_counting_waker w;
    bide_context cx;
    int32_t error = 1;
    (void)state;
    bide_counting_waker_init(&w);
    cx = context_of(&w);
    assert_int_equal(Owned_new(1, bide_heap(), &tx, &rx), BIDE_READY);
    Owned_receiver_drop(&rx);
    assert_int_equal(Owned_sender_send_start(&send, &tx, a, &cx, &error), BIDE_READY);
    assert_int_equal(error, BIDE_SINK_CLOSED);
    assert_int_equal(alive, 0);
    Owned_sender_drop(&tx);
}

static void a_closed_channel_is_emptied_first(void **state)
{
    pair p;
    int32_t item, error = 1;
    (void)state;
    open_pair(&p, 2);
    assert_int_equal(Ints_sender_try_send(&p.tx, 1), 0);
    assert_int_equal(Ints_sender_poll_ready(&p.tx, &p.tcx, &error), BIDE_READY);
    assert_int_equal(error, 0);
    Ints_receiver_close(&p.rx);
    assert_int_equal(Ints_sender_start_send(&p.tx, 2), BIDE_SINK_CLOSED);
    assert_int_equal(Ints_sender_start_send(&p.tx, 2), BIDE_SINK_NOT_READY);
    assert_int_equal(Ints_sender_poll_ready(&p.tx, &p.tcx, &error), BIDE_READY);
    assert_int_equal(error, BIDE_SINK_CLOSED);
    assert_int_equal(receive(&p.rx), 1);
    assert_int_equal(Ints_receiver_poll_next(&p.rx, &p.rcx, &item), BIDE_DONE);
    close_pair(&p);

    /* Behind the end nothing will come: the waker is not kept. */
    open_pair(&p, 2);
    assert_int_equal(Ints_receiver_poll_next(&p.rx, &p.rcx, &item), BIDE_PENDING);
    Ints_receiver_close(&p.rx);
    assert_int_equal(Ints_receiver_poll_next(&p.rx, &p.rcx, &item), BIDE_DONE);
    assert_int_equal(bide_counting_waker_refs(&p.receives), 1);
    close_pair(&p);
}

static void poll_close_gives_the_sender_up(void **state)
{
    pair p;
    int32_t item, error = 1;
    (void)state;
    open_pair(&p, 2);
    assert_int_equal(Ints_sender_try_send(&p.tx, 1), 0);
    assert_int_equal(Ints_sender_poll_close(&p.tx, &p.tcx, &error), BIDE_READY);
    assert_int_equal(error, 0);
    assert_int_equal(Ints_sender_poll_ready(&p.tx, &p.tcx, &error), BIDE_READY);
    assert_int_equal(error, BIDE_SINK_CLOSED);
    assert_int_equal(Ints_sender_try_send(&p.tx, 2), BIDE_SINK_CLOSED);
    assert_int_equal(receive(&p.rx), 1);
    assert_int_equal(Ints_receiver_poll_next(&p.rx, &p.rcx, &item), BIDE_DONE);
    close_pair(&p);
}

/* ---- room --------------------------------------------------------------------------------- */

static void C26_mpsc_cap0_backpressure(void **state)
{
    pair p;
    struct Ints_sender_send send;
    int32_t item = 0, error = 1;
    (void)state;
    open_pair(&p, 0);
    assert_int_equal(Ints_sender_try_send(&p.tx, 9), BIDE_CHANNEL_FULL);
    assert_int_equal(Ints_sender_send_start(&send, &p.tx, 1, &p.tcx, &error), BIDE_PENDING);
    assert_int_equal(Ints_receiver_try_next(&p.rx, &item), BIDE_PENDING); /* does not wait */
    assert_int_equal(p.sends.wakes, 0);
    assert_int_equal(Ints_receiver_poll_next(&p.rx, &p.rcx, &item), BIDE_PENDING);
    assert_int_equal(p.sends.wakes, 1);
    assert_int_equal(Ints_sender_send_poll(&send, &p.tcx, &error), BIDE_READY);
    assert_int_equal(error, 0);
    assert_int_equal(p.receives.wakes, 1);
    assert_int_equal(Ints_sender_send_start(&send, &p.tx, 2, &p.tcx, &error), BIDE_PENDING);
    assert_int_equal(Ints_receiver_poll_next(&p.rx, &p.rcx, &item), BIDE_READY);
    assert_int_equal(item, 1);
    assert_int_equal(p.sends.wakes, 1); /* it has what it wanted: no room for the second */
    assert_int_equal(Ints_receiver_poll_next(&p.rx, &p.rcx, &item), BIDE_PENDING);
    assert_int_equal(p.sends.wakes, 2);
    assert_int_equal(Ints_sender_send_poll(&send, &p.tcx, &error), BIDE_READY);
    assert_int_equal(receive(&p.rx), 2);
    close_pair(&p);
}

static void senders_wait_first_come_first_served(void **state)
{
    pair p;
    Ints_sender tx[4];
    struct Ints_sender_send send[4];
    bide_counting_waker w[4];
    bide_context cx[4];
    int32_t error = 1;
    (void)state;
    open_pair(&p, 1);
    assert_int_equal(Ints_sender_try_send(&p.tx, 0), 0);
    for (int i = 0; i < 4; i++) {
        bide_counting_waker_init(&w[i]);
        cx[i] = context_of(&w[i]);
        Ints_sender_clone(&p.tx, &tx[i]);
        assert_int_equal(Ints_sender_send_start(&send[i], &tx[i], i + 1, &cx[i], &error),
                         BIDE_PENDING);
    }
    Ints_sender_send_drop(&send[1]); /* leaves the queue */
    assert_int_equal(receive(&p.rx), 0);
    assert_int_equal(w[0].wakes, 1);
    assert_int_equal(w[2].wakes, 0);
    assert_int_equal(Ints_sender_try_send(&p.tx, 5), BIDE_CHANNEL_FULL); /* it is promised */
    Ints_sender_send_drop(&send[0]);                                     /* passes it on */
    assert_int_equal(w[2].wakes, 1);
    assert_int_equal(Ints_sender_send_poll(&send[2], &cx[2], &error), BIDE_READY);
    assert_int_equal(receive(&p.rx), 3);
    assert_int_equal(w[3].wakes, 1);
    assert_int_equal(Ints_sender_send_poll(&send[3], &cx[3], &error), BIDE_READY);
    assert_int_equal(receive(&p.rx), 4);
    for (int i = 0; i < 4; i++) {
        Ints_sender_drop(&tx[i]);
        assert_int_equal(bide_counting_waker_refs(&w[i]), 1);
    }
    close_pair(&p);
}

static void S48_reservation_returned_on_drop(void **state)
{
    pair p;
    Ints_sender second;
    struct Ints_sender_reserve reserve;
    struct Ints_sender_send send;
    int32_t error = 1;
    (void)state;
    open_pair(&p, 1);
    Ints_sender_clone(&p.tx, &second);
    assert_int_equal(Ints_sender_reserve_start(&reserve, &second, &p.tcx, &error), BIDE_READY);
    assert_int_equal(Ints_sender_send_start(&send, &p.tx, 1, &p.tcx, &error), BIDE_PENDING);
    Ints_sender_drop(&second); /* with the room that it has reserved */
    assert_int_equal(p.sends.wakes, 1);
    assert_int_equal(Ints_sender_send_poll(&send, &p.tcx, &error), BIDE_READY);
    assert_int_equal(error, 0);
    assert_int_equal(receive(&p.rx), 1);

    /* Given back, and a reserve that is dropped while it waits, and behind its turn. */
    Ints_sender_clone(&p.tx, &second);
    assert_int_equal(Ints_sender_poll_ready(&second, &p.tcx, &error), BIDE_READY);
    assert_int_equal(Ints_sender_poll_ready(&second, &p.tcx, &error), BIDE_READY); /* the same */
    assert_int_equal(Ints_sender_reserve_start(&reserve, &p.tx, &p.tcx, &error), BIDE_PENDING);
    Ints_sender_reserve_drop(&reserve);
    assert_int_equal(Ints_sender_reserve_start(&reserve, &p.tx, &p.tcx, &error), BIDE_PENDING);
    Ints_sender_give_back(&second);
    Ints_sender_reserve_drop(&reserve);
    assert_int_equal(Ints_sender_try_send(&second, 2), 0);
    assert_int_equal(receive(&p.rx), 2);
    Ints_sender_drop(&second);
    close_pair(&p);
}

static void a_dropped_next_loses_no_item(void **state)
{
    pair p;
    struct Ints_receiver_next next;
    bide_counting_waker other;
    bide_context cx;
    int32_t item = 0;
    bool more = false;
    (void)state;
    open_pair(&p, 1);
    bide_counting_waker_init(&other);
    cx = context_of(&other);
    assert_int_equal(Ints_receiver_next_start(&next, &p.rx, &item, &p.rcx, &more), BIDE_PENDING);
    assert_int_equal(Ints_sender_try_send(&p.tx, 3), 0);
    Ints_receiver_next_drop(&next);
    assert_int_equal(Ints_receiver_next_start(&next, &p.rx, &item, &cx, &more), BIDE_READY);
    assert_true(more);
    assert_int_equal(item, 3);
    assert_int_equal(Ints_receiver_next_start(&next, &p.rx, &item, &p.rcx, &more), BIDE_PENDING);
    assert_int_equal(Ints_receiver_next_poll(&next, &cx, &more), BIDE_PENDING);
    assert_int_equal(bide_counting_waker_refs(&p.receives), 1); /* replaced by the other */
    Ints_sender_drop(&p.tx);
    assert_int_equal(other.wakes, 1);
    assert_int_equal(Ints_receiver_next_poll(&next, &cx, &more), BIDE_READY);
    assert_false(more);
    close_pair(&p);
}

static bide_waker *clone_nothing(bide_waker *waker)
{
    (void)waker;
    return NULL;
}
static void use_nothing(bide_waker *waker)
{
    (void)waker;
}

static void a_foreign_waker_without_memory(void **state)
{
    static const bide_waker_vtable poor = {sizeof poor, 0,           clone_nothing, use_nothing,
                                           use_nothing, use_nothing, NULL};
    bide_waker waker = {&poor};
    bide_context cx = {sizeof cx, 0, &waker, NULL, NULL};
    pair p;
    int32_t item, error;
    (void)state;
    open_pair(&p, 1);
    assert_int_equal(Ints_receiver_poll_next(&p.rx, &cx, &item), BIDE_ENOMEM);
    assert_int_equal(Ints_sender_try_send(&p.tx, 1), 0);
    assert_int_equal(Ints_sender_poll_ready(&p.tx, &p.tcx, &error), BIDE_PENDING);
    assert_int_equal(Ints_sender_poll_ready(&p.tx, &cx, &error), BIDE_ENOMEM);
    assert_int_equal(receive(&p.rx), 1);
    assert_int_equal(p.sends.wakes, 0); /* it has left the queue */
    assert_int_equal(Ints_sender_try_send(&p.tx, 2), 0);
    close_pair(&p);
}

/* ---- unbounded ---------------------------------------------------------------------------- */

static void unbounded_takes_blocks_and_gives_them_back(void **state)
{
    bide_counter counter;
    Ints_sender tx;
    Ints_receiver rx;
    int32_t in = 0, out = 0;
    size_t peak;
    (void)state;
    bide_counter_init(&counter, bide_heap());
    assert_int_equal(Ints_unbounded(&counter.base, &tx, &rx), BIDE_READY);
    assert_int_equal(counter.live, 1);
    while (in < 1000)
        assert_int_equal(Ints_sender_try_send(&tx, in++), 0);
    peak = counter.live;
    assert_int_equal(peak, 1 + (1000 + 31) / 32);
    while (out < 1000)
        assert_int_equal(receive(&rx), out++);
    assert_in_range(counter.live, 1, 3);
    peak = counter.allocs;
    for (; out < 3000; out++) { /* a queue that stays short lives in two blocks */
        assert_int_equal(Ints_sender_try_send(&tx, in++), 0);
        assert_int_equal(receive(&rx), out);
    }
    assert_in_range(counter.allocs - peak, 0, 2);
    while (in < 3100)
        assert_int_equal(Ints_sender_try_send(&tx, in++), 0);
    Ints_receiver_drop(&rx);
    Ints_sender_drop(&tx);
    assert_int_equal(counter.live, 0);
}

static void unbounded_without_memory_keeps_the_item(void **state)
{
    bide_failing_allocator failing;
    bide_counting_waker w;
    bide_context cx;
    Owned_sender tx;
    Owned_receiver rx;
    struct Owned_sender_offer offer;
    int alive = 1;
    owned item = {&alive, 5};
    int32_t error = 1;
    (void)state;
    bide_counting_waker_init(&w);
    cx = context_of(&w);
    bide_failing_allocator_init(&failing, bide_heap(), 2, true);
    assert_int_equal(Owned_unbounded(&failing.base, &tx, &rx), BIDE_READY);
    assert_int_equal(Owned_sender_try_send(&tx, item), BIDE_ENOMEM);
    assert_int_equal(Owned_sender_offer_start(&offer, &tx, &item, &cx, &error), BIDE_ENOMEM);
    assert_int_equal(alive, 1);
    failing.fail_at = 0;
    assert_int_equal(Owned_sender_offer_start(&offer, &tx, &item, &cx, &error), BIDE_READY);
    assert_int_equal(error, 0);
    Owned_sender_drop(&tx);
    Owned_receiver_drop(&rx);
    assert_int_equal(alive, 0);
}

/* Both kinds, with items that own: each ends once, wherever memory ran out. */
static bide_poll queues_through(bide_allocator *a)
{
    bide_poll r = BIDE_READY;
    int alive = 0;
    for (int unbounded = 0; unbounded < 2 && r == BIDE_READY; unbounded++) {
        Owned_sender tx;
        Owned_receiver rx;
        owned item = {&alive, 0};
        r = unbounded ? Owned_unbounded(a, &tx, &rx) : Owned_new(100, a, &tx, &rx);
        for (int i = 0; i < 100 && r == BIDE_READY; i++) {
            alive++;
            r = Owned_sender_try_send(&tx, item) == 0 ? BIDE_READY : BIDE_ENOMEM;
            alive -= r != BIDE_READY; /* still ours */
            if (i % 3 == 0 && Owned_receiver_try_next(&rx, &item) == BIDE_READY)
                alive--;
        }
        Owned_sender_drop(&tx);
        Owned_receiver_drop(&rx);
        assert_int_equal(alive, 0);
    }
    return r;
}
TEST_EVERY_FAILURE(queues_every_failure, queues_through)

static void a_reservation_has_its_memory(void **state)
{
    bide_failing_allocator failing;
    bide_counting_waker w;
    bide_context cx;
    Ints_sender tx[40];
    Ints_receiver rx;
    int32_t error = 1;
    (void)state;
    bide_counting_waker_init(&w);
    cx = context_of(&w);
    bide_failing_allocator_init(&failing, bide_heap(), 0, false);
    assert_int_equal(Ints_unbounded(&failing.base, &tx[0], &rx), BIDE_READY);
    for (int i = 0; i < 40; i++) {
        if (i > 0)
            Ints_sender_clone(&tx[0], &tx[i]);
        assert_int_equal(Ints_sender_poll_ready(&tx[i], &cx, &error), BIDE_READY);
    }
    failing.fail_at = 1;
    failing.and_after = true;
    for (int i = 39; i >= 0; i--) {
        assert_int_equal(Ints_sender_start_send(&tx[i], i), 0);
        Ints_sender_drop(&tx[i]);
    }
    for (int i = 39; i >= 0; i--)
        assert_int_equal(receive(&rx), i);
    Ints_receiver_drop(&rx);
}

static void items_large_and_over_aligned(void **state)
{
    (void)state;
    for (int unbounded = 0; unbounded < 2; unbounded++) {
        Bigs_sender tx;
        Bigs_receiver rx;
        big item;
        memset(&item, 7, sizeof item);
        assert_int_equal(Bigs_new(unbounded ? SIZE_MAX : 3, bide_heap(), &tx, &rx), BIDE_READY);
        for (int32_t i = 0; i < 20; i++) {
            item.value = i;
            assert_int_equal(Bigs_sender_try_send(&tx, item), 0);
            memset(&item, 0, sizeof item);
            assert_int_equal(Bigs_receiver_try_next(&rx, &item), BIDE_READY);
            assert_int_equal(item.value, i);
            assert_int_equal(item.bytes[999], 7);
        }
        Bigs_sender_drop(&tx);
        Bigs_receiver_drop(&rx);
    }
    {
        Bigs_sender tx;
        Bigs_receiver rx;
        assert_int_equal(Bigs_new(SIZE_MAX / 100, bide_heap(), &tx, &rx), BIDE_ENOMEM);
    }
}

static void what_is_waited_for_is_told(void **state)
{
    pair p;
    struct Ints_sender_send send;
    struct Ints_receiver_next next;
    int32_t item, error;
    bool more;
    char text[400];
    bide_trace_buffer buffer = {text, sizeof text, 0};
    bide_trace_options o;
    (void)state;
    open_pair(&p, 1);
    assert_int_equal(Ints_receiver_next_start(&next, &p.rx, &item, &p.rcx, &more), BIDE_PENDING);
    o = bide_trace_into(&buffer);
    bide_trace(&Ints_receiver_next_type, &next, &o);
    assert_non_null(strstr(text, "an item of a channel, Ints"));
    Ints_receiver_next_drop(&next);
    assert_int_equal(Ints_sender_try_send(&p.tx, 1), 0);
    assert_int_equal(Ints_sender_send_start(&send, &p.tx, 1, &p.tcx, &error), BIDE_PENDING);
    o = bide_trace_into(&buffer);
    bide_trace(&Ints_sender_send_type, &send, &o);
    assert_non_null(strstr(text, "room in a channel, Ints"));
    Ints_sender_send_drop(&send);
    close_pair(&p);
}

/* ---- the form for one thread --------------------------------------------------------------- */

static void near_channels_do_the_same(void **state)
{
    Near_sender tx, second;
    Near_receiver rx;
    struct Near_sender_send send;
    bide_counting_waker w;
    bide_context cx;
    int32_t item = 0, error = 1;
    (void)state;
    bide_counting_waker_init(&w);
    cx = context_of(&w);
    assert_false((int)Near_sender_send_flags & BIDE_SEND);
    assert_true((int)Ints_sender_send_flags & BIDE_SEND);
    assert_int_equal(Near_new(1, bide_heap(), &tx, &rx), BIDE_READY);
    Near_sender_clone(&tx, &second);
    assert_int_equal(Near_receiver_poll_next(&rx, &cx, &item), BIDE_PENDING);
    assert_int_equal(Near_sender_try_send(&tx, 1), 0);
    assert_int_equal(w.wakes, 1);
    assert_int_equal(Near_sender_send_start(&send, &second, 2, &cx, &error), BIDE_PENDING);
    assert_int_equal(Near_receiver_try_next(&rx, &item), BIDE_READY);
    assert_int_equal(item, 1);
    assert_int_equal(w.wakes, 2);
    assert_int_equal(Near_sender_send_poll(&send, &cx, &error), BIDE_READY);
    assert_int_equal(Near_receiver_try_next(&rx, &item), BIDE_READY);
    assert_int_equal(item, 2);
    Near_sender_drop(&tx);
    Near_sender_drop(&second);
    assert_int_equal(Near_receiver_poll_next(&rx, &cx, &item), BIDE_DONE);
    Near_receiver_drop(&rx);
    assert_int_equal(bide_counting_waker_refs(&w), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_come_in_order),
        cmocka_unit_test(C28_try_send_full_returns_item),
        cmocka_unit_test(C20_recv_before_send),
        cmocka_unit_test(C29_last_sender_drop_ends),
        cmocka_unit_test(the_last_sender_wakes_who_waits_for_an_item),
        cmocka_unit_test(C22_drop_receiver_send_returns_value),
        cmocka_unit_test(a_send_without_receiver_releases_its_item),
        cmocka_unit_test(a_closed_channel_is_emptied_first),
        cmocka_unit_test(poll_close_gives_the_sender_up),
        cmocka_unit_test(C26_mpsc_cap0_backpressure),
        cmocka_unit_test(senders_wait_first_come_first_served),
        cmocka_unit_test(S48_reservation_returned_on_drop),
        cmocka_unit_test(a_dropped_next_loses_no_item),
        cmocka_unit_test(a_foreign_waker_without_memory),
        cmocka_unit_test(unbounded_takes_blocks_and_gives_them_back),
        cmocka_unit_test(unbounded_without_memory_keeps_the_item),
        cmocka_unit_test(queues_every_failure),
        cmocka_unit_test(a_reservation_has_its_memory),
        cmocka_unit_test(items_large_and_over_aligned),
        cmocka_unit_test(what_is_waited_for_is_told),
        cmocka_unit_test(near_channels_do_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
