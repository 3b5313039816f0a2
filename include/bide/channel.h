/*
 * bide/channel.h: channels: many senders, one receiver, items in order.
 *
 *     BIDE_CHANNEL(Lines, char *);                       // once, at file level
 *
 *     Lines_sender tx; Lines_receiver rx; char *line;
 *     if (Lines_new(16, bide_heap(), &tx, &rx) == BIDE_READY) ...
 *     BIDE_AWAIT_TO(f->error, Lines_sender_send, put, (&f->tx, line));     // in one task
 *     BIDE_AWAIT_TO(f->more, Lines_receiver_next, get, (&f->rx, &f->line)) // in another
 *
 * The sender is a sink type (bide/sink.h) and the receiver a stream type (bide/stream.h), with all
 * that these have: futures, adapters, dyn forms. BIDE_CHANNEL makes channels whose ends may be on
 * any threads, BIDE_LOCAL_CHANNEL cheaper ones for one thread, without atomic operations.
 *
 * Room. A bounded channel has room for `capacity` items; who finds none waits, first come first
 * served. A reservation (K_reserve, poll_ready) takes up room until it is used, given back, or its
 * sender dropped; a dropped send leaves the queue. With capacity 0 there is room for one item while
 * the receiver waits for one. An unbounded channel takes memory for items by blocks as it needs it
 * and gives it back; where there is none, poll_ready and try_send say BIDE_ENOMEM, and the item
 * stays the sender's. Nothing else allocates: creation is one allocation, waiting none.
 *
 * The ends. When all senders are gone, the receiver gets what is queued, and then the end. When the
 * receiver is gone, what is queued is dropped, and senders get BIDE_SINK_CLOSED. The items of each
 * sender keep their order. Dropping a future of either side loses no item and no wake.
 *
 * Each end is used by one task at a time. A sender must stay where it is while it waits for room,
 * and may be moved at other times; a receiver at any time. This is tokio's mpsc channel, with
 * the sinks of Rust's futures.
 */
#ifndef BIDE_CHANNEL_H
#define BIDE_CHANNEL_H

#include <bide/sink.h>
#include <bide/waiter.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

BIDE_PRIV_C_BEGIN

enum { BIDE_CHANNEL_FULL = INT32_MIN + 2 }; /* try_send: there is no room now */

/* Private: the untyped channel; src/channel.c. */
typedef struct bide_priv_channel bide_priv_channel;

typedef struct bide_priv_channel_kind {
    size_t item_size, item_align;
    void (*drop_item)(void *item); /* NULL: plain data */
    bool shared;                   /* between threads */
} bide_priv_channel_kind;

typedef struct bide_priv_sender {
    bide_priv_channel *channel; /* NULL: closed or dropped */
    bide_priv_waiter place;     /* GRANTED: room is reserved */
} bide_priv_sender;

typedef struct bide_priv_receiver {
    bide_priv_channel *channel; /* NULL: dropped */
} bide_priv_receiver;

#define BIDE_PRIV_UNBOUNDED SIZE_MAX
BIDE_API bide_poll bide_priv_channel_new(const bide_priv_channel_kind *kind, size_t capacity,
                                         bide_allocator *a, bide_priv_sender *tx,
                                         bide_priv_receiver *rx);
BIDE_API bide_poll bide_priv_sender_ready(bide_priv_sender *tx, bide_context *cx, int32_t *error);
BIDE_API int32_t bide_priv_sender_send(bide_priv_sender *tx, const void *item);
BIDE_API int32_t bide_priv_sender_try_send(bide_priv_sender *tx, const void *item);
BIDE_API void bide_priv_sender_give_back(bide_priv_sender *tx);
BIDE_API void bide_priv_sender_clone(const bide_priv_sender *from, bide_priv_sender *to);
BIDE_API bool bide_priv_sender_is_closed(const bide_priv_sender *tx);
BIDE_API void bide_priv_sender_drop(bide_priv_sender *tx);
/* cx == NULL: does not wait. */
BIDE_API bide_poll bide_priv_receiver_poll(bide_priv_receiver *rx, bide_context *cx, void *item);
BIDE_API bide_size_hint bide_priv_receiver_hint(const bide_priv_receiver *rx);
BIDE_API void bide_priv_receiver_close(bide_priv_receiver *rx);
BIDE_API void bide_priv_receiver_drop(bide_priv_receiver *rx);

BIDE_PRIV_C_END

/* BIDE_CHANNEL(Name, Item); BIDE_LOCAL_CHANNEL(Name, Item); channels of Item, between threads and
 * within one. Items that own something say so before:
 *
 *     #define Name_HAS_item_drop 1       void Name_item_drop(Item *item)
 *
 * The allocator must outlive the channel; between threads it is one that may be freed to from any
 * (BIDE_FREE_ANY_THREAD), and, for unbounded channels, asked by any. Shape:
 *
 * typedef ... Name_sender;      a sink type
 * typedef ... Name_receiver;    a stream type; polled again behind the end it says so again
 *
 * bide_poll Name_new(size_t capacity, bide_allocator *a, Name_sender *tx, Name_receiver *rx);
 * bide_poll Name_unbounded(bide_allocator *a, Name_sender *tx, Name_receiver *rx);
 *     make both ends: BIDE_READY, or BIDE_ENOMEM (BIDE_EBUSY from a fixed allocator) with none
 * void Name_sender_clone(const Name_sender *from, Name_sender *to);
 *     one more sender, without the reservation of the first. Of a closed one, a closed one
 * int32_t Name_sender_try_send(Name_sender *tx, Item item);
 *     sends without waiting: 0, BIDE_CHANNEL_FULL (also when others wait for room),
 *     BIDE_SINK_CLOSED, BIDE_ENOMEM. The item stays the caller's but for 0
 * int32_t Name_sender_offer(Name_sender *tx, Item *item);
 *     a future type: like send, but *item stays the caller's until it was sent: that is, if the
 *     result is not 0, and when the future fails or is dropped
 * bool Name_sender_is_closed(const Name_sender *tx);
 *     whether nothing can be sent any more
 * bide_poll Name_receiver_try_next(Name_receiver *rx, Item *item);
 *     receives without waiting: BIDE_READY, BIDE_PENDING if there is nothing now, BIDE_DONE
 * void Name_receiver_close(Name_receiver *rx);
 *     lets senders get BIDE_SINK_CLOSED from now on; what is queued can still be received
 *
 * poll_close of a sender gives that sender up; poll_flush is ready at once. An item that was sent
 * (0) to a receiver that is dropped before it takes it, is dropped. */
#define BIDE_CHANNEL(Name, Item)                                                                   \
    BIDE_PRIV_CHANNEL(Name, Item, true, (BIDE_SEND | BIDE_UNPIN)) struct bide_priv_sink
#define BIDE_LOCAL_CHANNEL(Name, Item)                                                             \
    BIDE_PRIV_CHANNEL(Name, Item, false, BIDE_UNPIN) struct bide_priv_sink

#define BIDE_PRIV_CHANNEL(Name, Item, shared, flags)                                               \
    typedef Item Name##_item;                                                                      \
    typedef struct Name##_sender {                                                                 \
        bide_priv_sender end;                                                                      \
    } Name##_sender;                                                                               \
    typedef struct Name##_receiver {                                                               \
        bide_priv_receiver end;                                                                    \
    } Name##_receiver;                                                                             \
    BIDE_PRIV_ITEM_REST(Name)                                                                      \
    BIDE_PRIV_CHANNEL_NEW(Name, shared)                                                            \
    BIDE_PRIV_CHANNEL_SENDER(Name, Name##_sender, flags)                                           \
    BIDE_PRIV_CHANNEL_OFFER(Name, Name##_sender, Name##_sender_offer, flags)                       \
    BIDE_PRIV_CHANNEL_RECEIVER(Name, Name##_receiver, flags)

#define BIDE_PRIV_CHANNEL_NEW(Name, is_shared)                                                     \
    BIDE_INLINE void Name##_bide_drop(void *bide_item)                                             \
    {                                                                                              \
        Name##_item_drop((Name##_item *)bide_item);                                                \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_new(size_t bide_capacity, bide_allocator *bide_a,                 \
                                     Name##_sender *bide_tx, Name##_receiver *bide_rx)             \
    {                                                                                              \
        bide_priv_channel_kind bide_kind;                                                          \
        bide_kind.item_size = sizeof(Name##_item);                                                 \
        bide_kind.item_align = BIDE_PRIV_ALIGNOF(Name##_item);                                     \
        bide_kind.drop_item =                                                                      \
            BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(Name##_HAS_item_drop))(Name##_bide_drop)(NULL);          \
        bide_kind.shared = is_shared;                                                              \
        return bide_priv_channel_new(&bide_kind, bide_capacity, bide_a, &bide_tx->end,             \
                                     &bide_rx->end);                                               \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_unbounded(bide_allocator *bide_a, Name##_sender *bide_tx,         \
                                           Name##_receiver *bide_rx)                               \
    {                                                                                              \
        return Name##_new(BIDE_PRIV_UNBOUNDED, bide_a, bide_tx, bide_rx);                          \
    }

#define BIDE_PRIV_CHANNEL_SENDER(Name, K, flags)                                                   \
    typedef Name##_item K##_item;                                                                  \
    BIDE_INLINE void K##_item_drop(K##_item *bide_item) { Name##_item_drop(bide_item); }           \
    BIDE_INLINE bide_poll K##_poll_ready(K *bide_k, bide_context *bide_cx, int32_t *bide_e)        \
    {                                                                                              \
        return bide_priv_sender_ready(&bide_k->end, bide_cx, bide_e);                              \
    }                                                                                              \
    BIDE_INLINE int32_t K##_start_send(K *bide_k, K##_item bide_item)                              \
    {                                                                                              \
        return bide_priv_sender_send(&bide_k->end, &bide_item);                                    \
    }                                                                                              \
    BIDE_INLINE int32_t K##_try_send(K *bide_k, K##_item bide_item)                                \
    {                                                                                              \
        return bide_priv_sender_try_send(&bide_k->end, &bide_item);                                \
    }                                                                                              \
    BIDE_INLINE void K##_give_back(K *bide_k) { bide_priv_sender_give_back(&bide_k->end); }        \
    BIDE_INLINE void K##_clone(const K *bide_k, K *bide_to)                                        \
    {                                                                                              \
        bide_priv_sender_clone(&bide_k->end, &bide_to->end);                                       \
    }                                                                                              \
    BIDE_INLINE bool K##_is_closed(const K *bide_k)                                                \
    {                                                                                              \
        return bide_priv_sender_is_closed(&bide_k->end);                                           \
    }                                                                                              \
    BIDE_INLINE bide_poll K##_poll_flush(K *bide_k, bide_context *bide_cx, int32_t *bide_e)        \
    {                                                                                              \
        (void)bide_k;                                                                              \
        (void)bide_cx;                                                                             \
        *bide_e = 0;                                                                               \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE void K##_drop(K *bide_k) { bide_priv_sender_drop(&bide_k->end); }                  \
    BIDE_INLINE bide_poll K##_poll_close(K *bide_k, bide_context *bide_cx, int32_t *bide_e)        \
    {                                                                                              \
        K##_drop(bide_k);                                                                          \
        return K##_poll_flush(bide_k, bide_cx, bide_e);                                            \
    }                                                                                              \
    BIDE_INLINE void K##_trace(K *bide_k, bide_tracer *bide_tr)                                    \
    {                                                                                              \
        (void)bide_k;                                                                              \
        bide_tracer_note(bide_tr, "room in a channel, " #Name);                                    \
    }                                                                                              \
    BIDE_PRIV_SINK_FUTURES(K, flags)

#define BIDE_PRIV_OFFER_ROWS(ROW, K, F, flags)                                                     \
    ROW(TRAITS, flags) ROW(TRACE, F##_bide_sink_trace) ROW(PARAM, K *, sink)                       \
    ROW(PARAM, K##_item *, item) ROW(LOCAL, bool, asked)
#define BIDE_PRIV_CHANNEL_OFFER(Name, K, F, flags)                                                 \
    BIDE_PRIV_SINK_TRACE(K, F)                                                                     \
    BIDE_FUTURE_OF(int32_t, F, (BIDE_PRIV_OFFER_ROWS, K, F, flags))                                \
    BIDE_INLINE bide_poll F##_poll(struct F *bide_f, bide_context *bide_cx, int32_t *bide_out)     \
    {                                                                                              \
        bide_poll bide_r;                                                                          \
        if (!bide_f->sink)                                                                         \
            return BIDE_EMISUSE;                                                                   \
        bide_r = K##_poll_ready(bide_f->sink, bide_cx, bide_out);                                  \
        bide_f->asked = bide_r == BIDE_PENDING;                                                    \
        if (bide_r == BIDE_PENDING)                                                                \
            return BIDE_PENDING;                                                                   \
        if (bide_r == BIDE_READY && *bide_out == 0)                                                \
            *bide_out = K##_start_send(bide_f->sink, *bide_f->item);                               \
        bide_f->sink = NULL;                                                                       \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE void F##_drop(struct F *bide_f)                                                    \
    {                                                                                              \
        if (bide_f->sink && bide_f->asked)                                                         \
            K##_give_back(bide_f->sink);                                                           \
        bide_f->sink = NULL;                                                                       \
    }

#define BIDE_PRIV_CHANNEL_RECEIVER(Name, S, flags)                                                 \
    typedef Name##_item S##_item;                                                                  \
    BIDE_INLINE void S##_item_drop(S##_item *bide_item) { Name##_item_drop(bide_item); }           \
    BIDE_INLINE bide_poll S##_poll_next(S *bide_s, bide_context *bide_cx, S##_item *bide_item)     \
    {                                                                                              \
        return bide_priv_receiver_poll(&bide_s->end, bide_cx, bide_item);                          \
    }                                                                                              \
    BIDE_INLINE bide_poll S##_try_next(S *bide_s, S##_item *bide_item)                             \
    {                                                                                              \
        return bide_priv_receiver_poll(&bide_s->end, NULL, bide_item);                             \
    }                                                                                              \
    BIDE_INLINE bide_size_hint S##_size_hint(S *bide_s)                                            \
    {                                                                                              \
        return bide_priv_receiver_hint(&bide_s->end);                                              \
    }                                                                                              \
    BIDE_INLINE void S##_close(S *bide_s) { bide_priv_receiver_close(&bide_s->end); }              \
    BIDE_INLINE void S##_drop(S *bide_s) { bide_priv_receiver_drop(&bide_s->end); }                \
    BIDE_INLINE void S##_trace(S *bide_s, bide_tracer *bide_tr)                                    \
    {                                                                                              \
        (void)bide_s;                                                                              \
        bide_tracer_note(bide_tr, "an item of a channel, " #Name);                                 \
    }                                                                                              \
    BIDE_PRIV_STREAM_NEXT(S, flags)

#endif
