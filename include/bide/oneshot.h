/*
 * bide/oneshot.h: one item from one sender to one receiver: an answer, a signal of an end.
 *
 *     BIDE_ONESHOT(Reply, int32_t);                      // once, at file level
 *
 *     Reply_sender tx; Reply_receiver rx; int32_t answer;
 *     if (Reply_new(bide_heap(), &tx, &rx) == BIDE_READY) ...
 *     error = Reply_send(&tx, 42);                       // on one side; never waits
 *     BIDE_AWAIT_TO(f->came, Reply_receiver_next, get, (&f->rx, &f->answer))      // on the other
 *
 * The receiver is a stream type (bide/stream.h) of at most one item: next gives true with the item,
 * or false when the sender went without a word. BIDE_ONESHOT is for ends on any threads,
 * BIDE_LOCAL_ONESHOT for one thread, without atomic operations. Both ends may be moved at any time,
 * but for a sender while a future Name_sender_closed of it waits.
 *
 * Creation is one allocation, and all that there is; the end that goes last frees it. Where the
 * completer is foreign code and wants codes, see bide/completion.h. This is tokio's and Rust
 * futures' oneshot channel.
 */
#ifndef BIDE_ONESHOT_H
#define BIDE_ONESHOT_H

#include <bide/sink.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

BIDE_PRIV_C_BEGIN

/* Private: the untyped one; src/oneshot.c. */
typedef struct bide_priv_oneshot bide_priv_oneshot;

typedef struct bide_priv_oneshot_kind {
    size_t item_size, item_align;
    void (*drop_item)(void *item); /* NULL: plain data */
    bool shared;                   /* between threads */
} bide_priv_oneshot_kind;

/* One end; NULL: it has ended. */
typedef struct bide_priv_oneshot_end {
    bide_priv_oneshot *shared;
} bide_priv_oneshot_end;

BIDE_API bide_poll bide_priv_oneshot_new(const bide_priv_oneshot_kind *kind, bide_allocator *a,
                                         bide_priv_oneshot_end *tx, bide_priv_oneshot_end *rx);
BIDE_API int32_t bide_priv_oneshot_send(bide_priv_oneshot_end *tx, const void *item);
BIDE_API bool bide_priv_oneshot_is_closed(const bide_priv_oneshot_end *tx);
BIDE_API bide_poll bide_priv_oneshot_poll_closed(bide_priv_oneshot_end *tx, bide_context *cx);
BIDE_API void bide_priv_oneshot_forget_closed(bide_priv_oneshot_end *tx);
BIDE_API void bide_priv_oneshot_sender_drop(bide_priv_oneshot_end *tx);
/* cx == NULL: does not wait. */
BIDE_API bide_poll bide_priv_oneshot_poll(bide_priv_oneshot_end *rx, bide_context *cx, void *item);
BIDE_API bide_size_hint bide_priv_oneshot_hint(const bide_priv_oneshot_end *rx);
BIDE_API void bide_priv_oneshot_close(bide_priv_oneshot_end *rx);
BIDE_API void bide_priv_oneshot_receiver_drop(bide_priv_oneshot_end *rx);

BIDE_PRIV_C_END

/* BIDE_ONESHOT(Name, Item); BIDE_LOCAL_ONESHOT(Name, Item); for Item, between threads and within
 * one. An Item that owns something says so before:
 *
 *     #define Name_HAS_item_drop 1       void Name_item_drop(Item *item)
 *
 * The allocator must outlive both ends; between threads it is one that may be freed to from any
 * (BIDE_FREE_ANY_THREAD). Shape:
 *
 * typedef ... Name_sender;
 * typedef ... Name_receiver;    a stream type; polled again behind the end it says so again
 *
 * bide_poll Name_new(bide_allocator *a, Name_sender *tx, Name_receiver *rx);
 *     makes both ends: BIDE_READY, or BIDE_ENOMEM (BIDE_EBUSY from a fixed allocator) with none
 * int32_t Name_send(Name_sender *tx, Item item);
 *     sends, and ends the sender in every case: 0, or BIDE_SINK_CLOSED if there is no receiver (or
 *     the sender has ended before), and the item is still the caller's
 * bool Name_sender_is_closed(const Name_sender *tx);
 *     whether nobody waits for the item any more
 * void Name_sender_closed(Name_sender *tx);
 *     a future type: ends when nobody waits for the item any more; at once for an ended sender. One
 *     at a time
 * void Name_sender_drop(Name_sender *tx);
 *     ends the sender without a word. Does nothing to one that has ended
 * bide_poll Name_receiver_try_next(Name_receiver *rx, Item *item);
 *     receives without waiting: BIDE_READY, BIDE_PENDING if there is nothing yet, BIDE_DONE
 * void Name_receiver_close(Name_receiver *rx);
 *     lets the sender get BIDE_SINK_CLOSED from now on; what was sent can still be received */
#define BIDE_ONESHOT(Name, Item)                                                                   \
    BIDE_PRIV_ONESHOT(Name, Item, true, (BIDE_SEND | BIDE_UNPIN)) struct bide_priv_stream
#define BIDE_LOCAL_ONESHOT(Name, Item)                                                             \
    BIDE_PRIV_ONESHOT(Name, Item, false, BIDE_UNPIN) struct bide_priv_stream

#define BIDE_PRIV_ONESHOT(Name, Item, shared, flags)                                               \
    typedef Item Name##_item;                                                                      \
    typedef struct Name##_sender {                                                                 \
        bide_priv_oneshot_end end;                                                                 \
    } Name##_sender;                                                                               \
    typedef struct Name##_receiver {                                                               \
        bide_priv_oneshot_end end;                                                                 \
    } Name##_receiver;                                                                             \
    BIDE_PRIV_ITEM_REST(Name)                                                                      \
    BIDE_PRIV_ONESHOT_NEW(Name, shared)                                                            \
    BIDE_PRIV_ONESHOT_SENDER(Name, Name##_sender, Name##_sender_closed, flags)                     \
    BIDE_PRIV_ONESHOT_RECEIVER(Name, Name##_receiver, flags)

#define BIDE_PRIV_ONESHOT_NEW(Name, is_shared)                                                     \
    BIDE_INLINE void Name##_bide_drop(void *bide_item)                                             \
    {                                                                                              \
        Name##_item_drop((Name##_item *)bide_item);                                                \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_new(bide_allocator *bide_a, Name##_sender *bide_tx,               \
                                     Name##_receiver *bide_rx)                                     \
    {                                                                                              \
        bide_priv_oneshot_kind bide_kind;                                                          \
        bide_kind.item_size = sizeof(Name##_item);                                                 \
        bide_kind.item_align = BIDE_PRIV_ALIGNOF(Name##_item);                                     \
        bide_kind.drop_item =                                                                      \
            BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(Name##_HAS_item_drop))(Name##_bide_drop)(NULL);          \
        bide_kind.shared = is_shared;                                                              \
        return bide_priv_oneshot_new(&bide_kind, bide_a, &bide_tx->end, &bide_rx->end);            \
    }

#define BIDE_PRIV_CLOSED_ROWS(ROW, K, F, flags)                                                    \
    ROW(TRAITS, flags) ROW(TRACE, F##_bide_closed_trace) ROW(PARAM, K *, sender)
#define BIDE_PRIV_ONESHOT_SENDER(Name, K, F, flags)                                                \
    BIDE_INLINE int32_t Name##_send(K *bide_k, Name##_item bide_item)                              \
    {                                                                                              \
        return bide_priv_oneshot_send(&bide_k->end, &bide_item);                                   \
    }                                                                                              \
    BIDE_INLINE bool K##_is_closed(const K *bide_k)                                                \
    {                                                                                              \
        return bide_priv_oneshot_is_closed(&bide_k->end);                                          \
    }                                                                                              \
    BIDE_INLINE void K##_drop(K *bide_k) { bide_priv_oneshot_sender_drop(&bide_k->end); }          \
    BIDE_INLINE void F##_bide_closed_trace(const void *bide_f, bide_tracer *bide_tr)               \
    {                                                                                              \
        (void)bide_f;                                                                              \
        bide_tracer_note(bide_tr, "the receiver of a oneshot, " #Name ", to go");                  \
    }                                                                                              \
    BIDE_FUTURE_OF(void, F, (BIDE_PRIV_CLOSED_ROWS, K, F, flags))                                  \
    BIDE_INLINE bide_poll F##_poll(struct F *bide_f, bide_context *bide_cx, void *bide_out)        \
    {                                                                                              \
        bide_poll bide_r;                                                                          \
        (void)bide_out;                                                                            \
        if (!bide_f->sender)                                                                       \
            return BIDE_EMISUSE;                                                                   \
        bide_r = bide_priv_oneshot_poll_closed(&bide_f->sender->end, bide_cx);                     \
        if (bide_r != BIDE_PENDING)                                                                \
            bide_f->sender = NULL;                                                                 \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE void F##_drop(struct F *bide_f)                                                    \
    {                                                                                              \
        if (bide_f->sender)                                                                        \
            bide_priv_oneshot_forget_closed(&bide_f->sender->end);                                 \
        bide_f->sender = NULL;                                                                     \
    }

#define BIDE_PRIV_ONESHOT_RECEIVER(Name, S, flags)                                                 \
    typedef Name##_item S##_item;                                                                  \
    BIDE_INLINE void S##_item_drop(S##_item *bide_item) { Name##_item_drop(bide_item); }           \
    BIDE_INLINE bide_poll S##_poll_next(S *bide_s, bide_context *bide_cx, S##_item *bide_item)     \
    {                                                                                              \
        return bide_priv_oneshot_poll(&bide_s->end, bide_cx, bide_item);                           \
    }                                                                                              \
    BIDE_INLINE bide_poll S##_try_next(S *bide_s, S##_item *bide_item)                             \
    {                                                                                              \
        return bide_priv_oneshot_poll(&bide_s->end, NULL, bide_item);                              \
    }                                                                                              \
    BIDE_INLINE bide_size_hint S##_size_hint(S *bide_s)                                            \
    {                                                                                              \
        return bide_priv_oneshot_hint(&bide_s->end);                                               \
    }                                                                                              \
    BIDE_INLINE void S##_close(S *bide_s) { bide_priv_oneshot_close(&bide_s->end); }               \
    BIDE_INLINE void S##_drop(S *bide_s) { bide_priv_oneshot_receiver_drop(&bide_s->end); }        \
    BIDE_INLINE void S##_trace(S *bide_s, bide_tracer *bide_tr)                                    \
    {                                                                                              \
        (void)bide_s;                                                                              \
        bide_tracer_note(bide_tr, "the item of a oneshot, " #Name);                                \
    }                                                                                              \
    BIDE_PRIV_STREAM_NEXT(S, flags)

#endif
