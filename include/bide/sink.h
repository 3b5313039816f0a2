/*
 * bide/sink.h: sinks: what takes items one by one, and may have to wait before each.
 *
 * A sink type K is a complete type, known by its name; static types and handles alike. Errors are
 * the implementor's own, negative, and belong to the result: an operation that says BIDE_READY has
 * written 0 or such an error to *error. Failure codes (bide/abi.h) end the caller, as always.
 *
 *     K_item                                      what it takes, as a typedef
 *     bide_poll K_poll_ready(K *k, bide_context *cx, int32_t *error)
 *                                                 reserves room for one item; asked again before
 *                                                 the item comes, the reservation stays the same
 *     int32_t K_start_send(K *k, K_item item)     takes the item into the reserved room: 0. Or an
 *                                                 error, and the item is still the caller's:
 *                                                 BIDE_SINK_NOT_READY without a reservation
 *     void K_give_back(K *k)                      gives a reservation back, if there is one, and
 *                                                 the place in the queue of who waits for one
 *     bide_poll K_poll_flush(K *k, bide_context *cx, int32_t *error)
 *                                                 until all items have gone where they go
 *     bide_poll K_poll_close(K *k, bide_context *cx, int32_t *error)
 *                                                 flushes and ends; behind it, poll_ready gives
 *                                                 BIDE_SINK_CLOSED
 *     void K_trace(K *k, bide_tracer *t)          tells what it waits for
 *     void K_drop(K *k)                           drops what it holds. Flushes nothing
 *     void K_item_drop(K_item *item)              releases an item that did not get through
 *
 * and the future types, each -> int32_t: 0 or the error
 *
 *     K_send(K *sink, K_item item)    waits for room, sends, flushes. It owns the item until the
 *                                     sink has taken it: dropped before that, or with an error, it
 *                                     is released, and the room is given back. Dropped behind
 *                                     that, the item goes its way
 *     K_feed(K *sink, K_item item)    the same without flushing
 *     K_reserve(K *sink)              waits for room: then K_start_send, or K_give_back. For who
 *                                     wants to know that there is room before he makes the item.
 *                                     Dropped while it waits, it gives its place back
 *     K_flush(K *sink)
 *     K_close(K *sink)
 *
 * A sink may be moved until it was polled first. It is used by one task at a time. This follows
 * Rust's futures::Sink, whose reservations could not be given back.
 */
#ifndef BIDE_SINK_H
#define BIDE_SINK_H

#include <bide/stream.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* What every sink may say; implementors' own errors are larger (and negative). */
enum {
    BIDE_SINK_NOT_READY = INT32_MIN,  /* start_send without a reservation */
    BIDE_SINK_CLOSED = INT32_MIN + 1, /* the sink was closed, or who takes from it has gone */
    BIDE_SINK_ERRORS = INT32_MIN + 16 /* the first one that is an implementor's */
};

/* ---- a sink type by hand ------------------------------------------------------------------ */

/* BIDE_SINK_TYPE(K, Item); makes a sink type of a complete type K, behind its functions
 * K_poll_ready, K_start_send, K_poll_flush, K_poll_close and K_drop. What else it writes itself it
 * says before, and declares as above:
 *
 *     #define K_HAS_give_back 1      for who reserves something in poll_ready
 *     #define K_HAS_trace 1
 *     #define K_HAS_item_drop 1      for items that own something
 *     #define K_IS_SEND 1            its object may change threads between polls
 *
 * Shape: typedef Item K_item; the functions that it does not write; the five future types */
#define BIDE_SINK_TYPE(K, Item)                                                                    \
    typedef Item K##_item;                                                                         \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(K##_HAS_give_back))                                              \
    ()(BIDE_INLINE void K##_give_back(K *bide_k) { (void)bide_k; })                                \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(K##_HAS_trace))                                                  \
    ()(BIDE_INLINE void K##_trace(K *bide_k, bide_tracer *bide_tr) {                               \
        (void)bide_k;                                                                              \
        bide_tracer_note(bide_tr, "room in " #K);                                                  \
    })                                                                                             \
    BIDE_PRIV_ITEM_REST(K)                                                                         \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(K##_IS_SEND))                                                    \
    (BIDE_PRIV_SINK_FUTURES(K, BIDE_SEND | BIDE_UNPIN))(BIDE_PRIV_SINK_FUTURES(K, BIDE_UNPIN))     \
    struct bide_priv_sink

/* ---- its futures -------------------------------------------------------------------------- */

#define BIDE_PRIV_SINK_FUTURES(K, flags)                                                           \
    BIDE_INLINE void K##_bide_release_item(K##_item bide_item) { K##_item_drop(&bide_item); }      \
    BIDE_PRIV_SINK_SEND(K, K##_send, flags, true)                                                  \
    BIDE_PRIV_SINK_SEND(K, K##_feed, flags, false)                                                 \
    BIDE_PRIV_SINK_WAIT(K, K##_reserve, flags, K##_poll_ready, K##_give_back)                      \
    BIDE_PRIV_SINK_WAIT(K, K##_flush, flags, K##_poll_flush, (void))                               \
    BIDE_PRIV_SINK_WAIT(K, K##_close, flags, K##_poll_close, (void))

/* Every future of a sink begins with the pointer to it, which is NULL once it has ended. */
#define BIDE_PRIV_SINK_TRACE(K, F)                                                                 \
    BIDE_INLINE void F##_bide_sink_trace(const void *bide_f, bide_tracer *bide_tr)                 \
    {                                                                                              \
        K *const *bide_k = (K *const *)bide_f;                                                     \
        if (*bide_k)                                                                               \
            K##_trace(*bide_k, bide_tr);                                                           \
    }

/* Waits for one of the poll functions. LEAVE(sink) is for one that was polled, and is dropped. */
#define BIDE_PRIV_SINK_WAIT_ROWS(ROW, K, F, flags)                                                 \
    ROW(TRAITS, flags) ROW(TRACE, F##_bide_sink_trace) ROW(PARAM, K *, sink)                       \
    ROW(LOCAL, bool, asked)
#define BIDE_PRIV_SINK_WAIT(K, F, flags, POLL, LEAVE)                                              \
    BIDE_PRIV_SINK_TRACE(K, F)                                                                     \
    BIDE_FUTURE_OF(int32_t, F, (BIDE_PRIV_SINK_WAIT_ROWS, K, F, flags))                            \
    BIDE_INLINE bide_poll F##_poll(struct F *bide_f, bide_context *bide_cx, int32_t *bide_out)     \
    {                                                                                              \
        bide_poll bide_r;                                                                          \
        if (!bide_f->sink)                                                                         \
            return BIDE_EMISUSE;                                                                   \
        bide_f->asked = true;                                                                      \
        bide_r = POLL(bide_f->sink, bide_cx, bide_out);                                            \
        if (bide_r != BIDE_PENDING)                                                                \
            bide_f->sink = NULL;                                                                   \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE void F##_drop(struct F *bide_f)                                                    \
    {                                                                                              \
        if (bide_f->sink && bide_f->asked)                                                         \
            LEAVE(bide_f->sink);                                                                   \
        bide_f->sink = NULL;                                                                       \
    }

/* Sends one item: first for room, then, if wanted, until it is through. */
#define BIDE_PRIV_SINK_SEND_ROWS(ROW, K, F, flags)                                                 \
    ROW(TRAITS, flags) ROW(TRACE, F##_bide_sink_trace) ROW(PARAM, K *, sink)                       \
    ROW(OWNED, K##_item, item, K##_bide_release_item) ROW(LOCAL, bool, asked)                      \
    ROW(LOCAL, bool, sent)
#define BIDE_PRIV_SINK_SEND(K, F, flags, FLUSHES)                                                  \
    BIDE_PRIV_SINK_TRACE(K, F)                                                                     \
    BIDE_FUTURE_OF(int32_t, F, (BIDE_PRIV_SINK_SEND_ROWS, K, F, flags))                            \
    BIDE_INLINE void F##_drop(struct F *bide_f)                                                    \
    {                                                                                              \
        if (bide_f->sink && !bide_f->sent) {                                                       \
            if (bide_f->asked)                                                                     \
                K##_give_back(bide_f->sink);                                                       \
            F##_bide_release(bide_f);                                                              \
        }                                                                                          \
        bide_f->sink = NULL;                                                                       \
    }                                                                                              \
    BIDE_INLINE bide_poll F##_poll(struct F *bide_f, bide_context *bide_cx, int32_t *bide_out)     \
    {                                                                                              \
        bide_poll bide_r = BIDE_READY;                                                             \
        if (!bide_f->sink)                                                                         \
            return BIDE_EMISUSE;                                                                   \
        *bide_out = 0;                                                                             \
        if (!bide_f->sent) {                                                                       \
            bide_f->asked = true;                                                                  \
            bide_r = K##_poll_ready(bide_f->sink, bide_cx, bide_out);                              \
            if (bide_r == BIDE_READY && *bide_out == 0) {                                          \
                *bide_out = K##_start_send(bide_f->sink, bide_f->item);                            \
                bide_f->sent = *bide_out == 0;                                                     \
            }                                                                                      \
        }                                                                                          \
        if (FLUSHES && bide_f->sent)                                                               \
            bide_r = K##_poll_flush(bide_f->sink, bide_cx, bide_out);                              \
        if (bide_r != BIDE_PENDING)                                                                \
            F##_drop(bide_f);                                                                      \
        return bide_r;                                                                             \
    }

/* ---- the interface ------------------------------------------------------------------------ */

/* BIDE_SINK(I, Item); declares an interface of sinks for Item. Its handle I = {self, vtable,
 * allocator} is a sink type. I_drop is I_destroy; to lend a sink, see BIDE_SINK_REF.
 *
 *     #define I_HAS_item_drop 1, I_IS_SEND 1     as for BIDE_SINK_TYPE
 *
 * Shape: as BIDE_INTERFACE (bide/interface.h) with the rows
 *     METHOD(I, Self, POLL, int32_t, poll_ready)
 *     METHOD(I, Self, SYNC_MUT, int32_t, start_send, (Item, item))
 *     METHOD(I, Self, SYNC_MUT, void, give_back)
 *     METHOD(I, Self, POLL, int32_t, poll_flush)
 *     METHOD(I, Self, POLL, int32_t, poll_close)
 *     METHOD(I, Self, SYNC, void, trace, (bide_tracer *, tracer))
 * and I_item, I_item_drop, I_drop, I_send, I_feed, I_reserve, I_flush, I_close */
#define BIDE_SINK(I, Item)                                                                         \
    typedef Item I##_item;                                                                         \
    typedef struct I I;                                                                            \
    struct I##_vtable {                                                                            \
        bide_vtable header;                                                                        \
        BIDE_PRIV_SINK_ROWS(BIDE_PRIV_VT, I, ~, I##_item)                                          \
    };                                                                                             \
    struct BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(I##_IS_SEND))()(BIDE_THREAD_BOUND) I {                    \
        void *self;                                                                                \
        const struct I##_vtable *vtable;                                                           \
        bide_allocator *allocator;                                                                 \
    };                                                                                             \
    static const bide_signature I##_bide_rows[] BIDE_PRIV_UNUSED = {                               \
        BIDE_PRIV_SINK_ROWS(BIDE_PRIV_SIG, I, ~, Item)};                                           \
    BIDE_PRIV_INTERFACE_COMMON(I)                                                                  \
    BIDE_PRIV_SINK_ROWS(BIDE_PRIV_SHIM, I, ~, I##_item)                                            \
    BIDE_INLINE void I##_drop(I *bide_k) { I##_destroy(bide_k); }                                  \
    BIDE_PRIV_ITEM_REST(I)                                                                         \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(I##_IS_SEND))                                                    \
    (BIDE_PRIV_SINK_FUTURES(I, BIDE_SEND | BIDE_UNPIN))(BIDE_PRIV_SINK_FUTURES(I, BIDE_UNPIN))     \
    struct I
#define BIDE_PRIV_SINK_ROWS(METHOD, I, Self, Item)                                                 \
    METHOD(I, Self, POLL, int32_t, poll_ready)                                                     \
    METHOD(I, Self, SYNC_MUT, int32_t, start_send, (Item, item))                                   \
    METHOD(I, Self, SYNC_MUT, void, give_back)                                                     \
    METHOD(I, Self, POLL, int32_t, poll_flush)                                                     \
    METHOD(I, Self, POLL, int32_t, poll_close)                                                     \
    METHOD(I, Self, SYNC, void, trace, (bide_tracer *, tracer))

/* BIDE_SINK_IMPL_DECLARE(I, T); in a header and BIDE_SINK_IMPL(I, T); in one source: the sink type
 * T implements the sink interface I; as BIDE_STREAM_IMPL (bide/stream.h). */
#define BIDE_SINK_IMPL_DECLARE(I, T) BIDE_IMPL_DECLARE_AS(, I, T)
#define BIDE_SINK_IMPL(I, T)                                                                       \
    BIDE_PRIV_SINK_ROWS(BIDE_PRIV_THUNK, I, (T, T), I##_item)                                      \
    BIDE_PRIV_IMPL_OBJECT(I, T)                                                                    \
    BIDE_PRIV_EXTERN_C const struct I##_vtable T##_##I##_vtable;                                   \
    const struct I##_vtable T##_##I##_vtable = {                                                   \
        BIDE_PRIV_IMPL_HEADER(I, T),                                                               \
        BIDE_PRIV_SINK_ROWS(BIDE_PRIV_ENTRY, I, (T, T), I##_item)}

/* BIDE_SINK_BOX(I, T); bide_poll T_box_as_I(T *from, bide_allocator *allocator, I *out); as
 * BIDE_STREAM_BOX (bide/stream.h). */
#define BIDE_SINK_BOX(I, T)                                                                        \
    BIDE_PRIV_SINK_ROWS(BIDE_PRIV_BOXED_THUNK, I, T, I##_item)                                     \
    BIDE_PRIV_BOX_AS(I, T, BIDE_PRIV_SINK_ROWS(BIDE_PRIV_BOXED_ENTRY, I, T, I##_item))             \
    struct I

/* ---- sinks made of other things ----------------------------------------------------------- */

/* BIDE_SINK_REF(Name, K); a sink type over a K that it does not own.
 * Shape: typedef struct Name { K *of; } Name; void Name_init(Name *k, K *of); a sink type */
#define BIDE_SINK_REF(Name, K)                                                                     \
    typedef struct Name {                                                                          \
        K *of;                                                                                     \
    } Name;                                                                                        \
    typedef K##_item Name##_item;                                                                  \
    BIDE_INLINE void Name##_init(Name *bide_k, K *bide_of) { bide_k->of = bide_of; }               \
    BIDE_INLINE bide_poll Name##_poll_ready(Name *bide_k, bide_context *bide_cx, int32_t *bide_e)  \
    {                                                                                              \
        return K##_poll_ready(bide_k->of, bide_cx, bide_e);                                        \
    }                                                                                              \
    BIDE_INLINE int32_t Name##_start_send(Name *bide_k, Name##_item bide_item)                     \
    {                                                                                              \
        return K##_start_send(bide_k->of, bide_item);                                              \
    }                                                                                              \
    BIDE_INLINE void Name##_give_back(Name *bide_k) { K##_give_back(bide_k->of); }                 \
    BIDE_INLINE bide_poll Name##_poll_flush(Name *bide_k, bide_context *bide_cx, int32_t *bide_e)  \
    {                                                                                              \
        return K##_poll_flush(bide_k->of, bide_cx, bide_e);                                        \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_close(Name *bide_k, bide_context *bide_cx, int32_t *bide_e)  \
    {                                                                                              \
        return K##_poll_close(bide_k->of, bide_cx, bide_e);                                        \
    }                                                                                              \
    BIDE_INLINE void Name##_trace(Name *bide_k, bide_tracer *bide_tr)                              \
    {                                                                                              \
        K##_trace(bide_k->of, bide_tr);                                                            \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_k) { bide_k->of = NULL; }                              \
    BIDE_INLINE void Name##_item_drop(Name##_item *bide_item) { K##_item_drop(bide_item); }        \
    BIDE_PRIV_SINK_FUTURES(Name, ((int)K##_send_flags & (int)BIDE_SEND) | BIDE_UNPIN)              \
    struct bide_priv_sink

/* Where a sink over an async send stands. */
typedef enum bide_priv_sink_step {
    BIDE_PRIV_SINK_IDLE,
    BIDE_PRIV_SINK_RESERVED,
    BIDE_PRIV_SINK_SENDING,
    BIDE_PRIV_SINK_CLOSING,
    BIDE_PRIV_SINK_ENDED
} bide_priv_sink_step;

/* BIDE_SINK_BY_SEND(Name, T, Item); a sink type from a type T with an async function
 *
 *     int32_t T_send(T *self, Item item)      0, or an error of its own
 *     int32_t T_close(T *self)                only if `#define T_HAS_close 1` stands before
 *
 * of any making: T may be a handle whose interface has the row
 * METHOD(I, Self, ASYNC_MUT, int32_t, send, (Item, item)). One send is in flight at a time; its
 * future is kept in the sink, and goes on when a poll was given up. The error of a send is told by
 * the next poll_ready, flush or close. T_send owns its item. The object of T is borrowed.
 * Shape: typedef struct Name { T *of; ...; struct T_send; } Name;
 *        void Name_init(Name *k, T *of); a sink type */
#define BIDE_SINK_BY_SEND(Name, T, Item)                                                           \
    BIDE_PRIV_BY_SEND_ASK(Name, T##_send)                                                          \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_HAS_close))(BIDE_PRIV_BY_SEND_ASK(Name, T##_close))()        \
    typedef Item Name##_item;                                                                      \
    typedef struct Name {                                                                          \
        T *of;                                                                                     \
        bide_priv_sink_step step;                                                                  \
        union {                                                                                    \
            struct T##_send send;                                                                  \
            BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_HAS_close))(struct T##_close close;)()               \
        } flight;                                                                                  \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_k, T *bide_of)                                         \
    {                                                                                              \
        bide_k->of = bide_of;                                                                      \
        bide_k->step = BIDE_PRIV_SINK_IDLE;                                                        \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_flush(Name *bide_k, bide_context *bide_cx, int32_t *bide_e)  \
    {                                                                                              \
        bide_poll bide_r = BIDE_READY;                                                             \
        *bide_e = 0;                                                                               \
        if (bide_k->step == BIDE_PRIV_SINK_SENDING) {                                              \
            bide_r = T##_send_poll(&bide_k->flight.send, bide_cx, bide_e);                         \
            if (bide_r != BIDE_PENDING)                                                            \
                bide_k->step = BIDE_PRIV_SINK_IDLE;                                                \
        }                                                                                          \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_ready(Name *bide_k, bide_context *bide_cx, int32_t *bide_e)  \
    {                                                                                              \
        bide_poll bide_r = Name##_poll_flush(bide_k, bide_cx, bide_e);                             \
        if (bide_r != BIDE_READY || *bide_e != 0)                                                  \
            return bide_r;                                                                         \
        if (bide_k->step >= BIDE_PRIV_SINK_CLOSING)                                                \
            *bide_e = BIDE_SINK_CLOSED;                                                            \
        else                                                                                       \
            bide_k->step = BIDE_PRIV_SINK_RESERVED;                                                \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE int32_t Name##_start_send(Name *bide_k, Name##_item bide_item)                     \
    {                                                                                              \
        if (bide_k->step != BIDE_PRIV_SINK_RESERVED)                                               \
            return BIDE_SINK_NOT_READY;                                                            \
        bide_k->step = BIDE_PRIV_SINK_SENDING;                                                     \
        T##_send_init(&bide_k->flight.send, bide_k->of, bide_item);                                \
        return 0;                                                                                  \
    }                                                                                              \
    BIDE_INLINE void Name##_give_back(Name *bide_k)                                                \
    {                                                                                              \
        if (bide_k->step == BIDE_PRIV_SINK_RESERVED)                                               \
            bide_k->step = BIDE_PRIV_SINK_IDLE;                                                    \
    }                                                                                              \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_HAS_close))                                                  \
    (BIDE_PRIV_BY_SEND_CLOSE(Name, T))(BIDE_PRIV_BY_SEND_END(Name))                                \
    BIDE_INLINE void Name##_trace(Name *bide_k, bide_tracer *bide_tr)                              \
    {                                                                                              \
        if (bide_k->step == BIDE_PRIV_SINK_SENDING)                                                \
            bide_priv_trace_kid(BIDE_PRIV_KID_EMBEDDED, &T##_send_type, &bide_k->flight.send,      \
                                bide_tr);                                                          \
        BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_HAS_close))                                              \
        (if (bide_k->step == BIDE_PRIV_SINK_CLOSING) bide_priv_trace_kid(                          \
             BIDE_PRIV_KID_EMBEDDED, &T##_close_type, &bide_k->flight.close, bide_tr);)()          \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_k)                                                     \
    {                                                                                              \
        if (bide_k->step == BIDE_PRIV_SINK_SENDING)                                                \
            T##_send_drop(&bide_k->flight.send);                                                   \
        BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_HAS_close))                                              \
        (if (bide_k->step == BIDE_PRIV_SINK_CLOSING) T##_close_drop(&bide_k->flight.close);)()     \
        bide_k->step = BIDE_PRIV_SINK_ENDED;                                                       \
    }                                                                                              \
    BIDE_PRIV_ITEM_REST(Name)                                                                      \
    BIDE_PRIV_SINK_FUTURES(Name, ((int)T##_send_flags & (int)BIDE_SEND) | BIDE_UNPIN)              \
    struct bide_priv_sink

#define BIDE_PRIV_BY_SEND_ASK(Name, F)                                                             \
    BIDE_PRIV_ASSERT(BIDE_PRIV_MAY_DROP(F),                                                        \
                     "bide: " #Name " may have to drop " #F ", and its cleanup waits");

/* Shape: Name_poll_close, with and without an async close of the type. */
#define BIDE_PRIV_BY_SEND_CLOSE(Name, T)                                                           \
    BIDE_INLINE bide_poll Name##_poll_close(Name *bide_k, bide_context *bide_cx, int32_t *bide_e)  \
    {                                                                                              \
        bide_poll bide_r = Name##_poll_flush(bide_k, bide_cx, bide_e);                             \
        if (bide_r != BIDE_READY || *bide_e != 0 || bide_k->step == BIDE_PRIV_SINK_ENDED)          \
            return bide_r;                                                                         \
        if (bide_k->step == BIDE_PRIV_SINK_CLOSING)                                                \
            bide_r = T##_close_poll(&bide_k->flight.close, bide_cx, bide_e);                       \
        else                                                                                       \
            bide_r = T##_close_start(&bide_k->flight.close, bide_k->of, bide_cx, bide_e);          \
        bide_k->step = bide_r == BIDE_PENDING ? BIDE_PRIV_SINK_CLOSING : BIDE_PRIV_SINK_ENDED;     \
        return bide_r;                                                                             \
    }
#define BIDE_PRIV_BY_SEND_END(Name)                                                                \
    BIDE_INLINE bide_poll Name##_poll_close(Name *bide_k, bide_context *bide_cx, int32_t *bide_e)  \
    {                                                                                              \
        bide_poll bide_r = Name##_poll_flush(bide_k, bide_cx, bide_e);                             \
        if (bide_r == BIDE_READY && *bide_e == 0)                                                  \
            bide_k->step = BIDE_PRIV_SINK_ENDED;                                                   \
        return bide_r;                                                                             \
    }

/* In the eyes of bidec an async function is a function: a sink of it has no frame there. */
#if defined(BIDE_VIEW) || defined(BIDE_BLOCKING)
#undef BIDE_SINK_BY_SEND
#define BIDE_SINK_BY_SEND(Name, T, Item)                                                           \
    typedef Item Name##_item;                                                                      \
    typedef struct Name {                                                                          \
        T *of;                                                                                     \
    } Name;                                                                                        \
    void Name##_init(Name *bide_k, T *bide_of);                                                    \
    bide_poll Name##_poll_ready(Name *bide_k, bide_context *bide_cx, int32_t *bide_e);             \
    int32_t Name##_start_send(Name *bide_k, Name##_item bide_item);                                \
    void Name##_give_back(Name *bide_k);                                                           \
    bide_poll Name##_poll_flush(Name *bide_k, bide_context *bide_cx, int32_t *bide_e);             \
    bide_poll Name##_poll_close(Name *bide_k, bide_context *bide_cx, int32_t *bide_e);             \
    void Name##_trace(Name *bide_k, bide_tracer *bide_tr);                                         \
    void Name##_drop(Name *bide_k);                                                                \
    BIDE_PRIV_ITEM_REST(Name)                                                                      \
    BIDE_PRIV_SINK_FUTURES(Name, (BIDE_SEND | BIDE_UNPIN))                                         \
    struct bide_priv_sink
#endif

#endif
