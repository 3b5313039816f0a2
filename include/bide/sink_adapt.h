/*
 * bide/sink_adapt.h: sinks over other sinks: with, with_flat_map, buffer, fan-out, map_err.
 *
 * Each macro makes a sink type Name over a sink type K, static or a handle, that it holds by value
 * and owns: Name_init moves it in; Name_drop drops it, and what is on its way, without flushing,
 * and gives room back that it holds. To lend a sink, use a BIDE_SINK_REF of it. Nothing is
 * allocated. An error of an item that was taken already is told by the next poll_ready, flush or
 * close, once. Failure codes pass through.
 *
 * This follows Rust's futures::SinkExt.
 */
#ifndef BIDE_SINK_ADAPT_H
#define BIDE_SINK_ADAPT_H

#include <bide/closure.h>
#include <bide/sink.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

#define BIDE_PRIV_SINK_FLAGS(K) (((int)K##_send_flags & (int)BIDE_SEND) | (int)BIDE_UNPIN)

/* ---- with ---------------------------------------------------------------------------------- */

/* BIDE_SINK_WITH(Name, K, C, Item); a sink for Item: the closure (bide/closure.h)
 *     int32_t C_call(C *env, Item item, K_item *out)
 * makes what goes into K: 0 with *out written, or an error. It owns the item. One call is in flight
 * at a time, with room in K reserved for what it makes; its future is in the sink, and goes on when
 * a poll was given up. Items that did not get into it go to Name_item_drop, if `#define
 * Name_HAS_item_drop 1` and that function stand before.
 * Shape: a sink type for Item; void Name_init(Name *, K of, C fn) */
#define BIDE_SINK_WITH(Name, K, C, Item)                                                           \
    BIDE_PRIV_ASSERT(BIDE_PRIV_MAY_DROP(C##_call),                                                 \
                     "bide: " #Name " may have to drop a call of " #C ", and its cleanup waits");  \
    typedef Item Name##_item;                                                                      \
    BIDE_PRIV_ITEM_REST(Name)                                                                      \
    typedef struct Name {                                                                          \
        K of;                                                                                      \
        C fn;                                                                                      \
        bool reserved, busy;                                                                       \
        K##_item made;                                                                             \
        struct C##_call call;                                                                      \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_k, K bide_of, C bide_fn)                               \
    {                                                                                              \
        BIDE_PRIV_COPY(&bide_k->of, &bide_of, sizeof bide_of);                                     \
        BIDE_PRIV_COPY(&bide_k->fn, &bide_fn, sizeof bide_fn);                                     \
        bide_k->reserved = bide_k->busy = false;                                                   \
    }                                                                                              \
    /* Goes on with the call, and hands over what it made. */                                      \
    BIDE_INLINE bide_poll Name##_bide_drive(Name *bide_k, bide_context *bide_cx, int32_t *bide_e)  \
    {                                                                                              \
        bide_poll bide_r;                                                                          \
        *bide_e = 0;                                                                               \
        if (!bide_k->busy)                                                                         \
            return BIDE_READY;                                                                     \
        bide_r = C##_call_poll(&bide_k->call, bide_cx, bide_e);                                    \
        if (bide_r == BIDE_PENDING)                                                                \
            return BIDE_PENDING;                                                                   \
        bide_k->busy = false;                                                                      \
        if (bide_r < 0 || *bide_e != 0) {                                                          \
            K##_give_back(&bide_k->of);                                                            \
            return bide_r;                                                                         \
        }                                                                                          \
        *bide_e = K##_start_send(&bide_k->of, bide_k->made);                                       \
        if (*bide_e != 0)                                                                          \
            K##_item_drop(&bide_k->made);                                                          \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_ready(Name *bide_k, bide_context *bide_cx, int32_t *bide_e)  \
    {                                                                                              \
        bide_poll bide_r = Name##_bide_drive(bide_k, bide_cx, bide_e);                             \
        if (bide_r != BIDE_READY || *bide_e != 0 || bide_k->reserved)                              \
            return bide_r;                                                                         \
        bide_r = K##_poll_ready(&bide_k->of, bide_cx, bide_e);                                     \
        bide_k->reserved = bide_r == BIDE_READY && *bide_e == 0;                                   \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE int32_t Name##_start_send(Name *bide_k, Name##_item bide_item)                     \
    {                                                                                              \
        if (!bide_k->reserved)                                                                     \
            return BIDE_SINK_NOT_READY;                                                            \
        bide_k->reserved = false;                                                                  \
        bide_k->busy = true;                                                                       \
        C##_call_init(&bide_k->call, &bide_k->fn, bide_item, &bide_k->made);                       \
        return 0;                                                                                  \
    }                                                                                              \
    BIDE_INLINE void Name##_give_back(Name *bide_k)                                                \
    {                                                                                              \
        if (!bide_k->busy)                                                                         \
            K##_give_back(&bide_k->of);                                                            \
        bide_k->reserved = false;                                                                  \
    }                                                                                              \
    BIDE_PRIV_SINK_DRIVEN(Name, K, flush, (void)0)                                                 \
    BIDE_PRIV_SINK_DRIVEN(Name, K, close, bide_k->reserved = false)                                \
    BIDE_INLINE void Name##_trace(Name *bide_k, bide_tracer *bide_tr)                              \
    {                                                                                              \
        if (bide_k->busy)                                                                          \
            bide_priv_trace_kid(BIDE_PRIV_KID_EMBEDDED, &C##_call_type, &bide_k->call, bide_tr);   \
        else                                                                                       \
            K##_trace(&bide_k->of, bide_tr);                                                       \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_k)                                                     \
    {                                                                                              \
        if (bide_k->busy)                                                                          \
            C##_call_drop(&bide_k->call);                                                          \
        bide_k->busy = bide_k->reserved = false;                                                   \
        C##_drop(&bide_k->fn);                                                                     \
        K##_give_back(&bide_k->of);                                                                \
        K##_drop(&bide_k->of);                                                                     \
    }                                                                                              \
    BIDE_PRIV_SINK_FUTURES(Name, (((int)K##_send_flags & (int)C##_call_flags & (int)BIDE_SEND) |   \
                                  (int)BIDE_UNPIN))                                                \
    struct bide_priv_sink
/* Shape: Name_poll_flush or Name_poll_close: what is on its way first. */
#define BIDE_PRIV_SINK_DRIVEN(Name, K, what, FIRST)                                                \
    BIDE_INLINE bide_poll Name##_poll_##what(Name *bide_k, bide_context *bide_cx, int32_t *bide_e) \
    {                                                                                              \
        bide_poll bide_r = Name##_bide_drive(bide_k, bide_cx, bide_e);                             \
        FIRST;                                                                                     \
        if (bide_r != BIDE_READY || *bide_e != 0)                                                  \
            return bide_r;                                                                         \
        return K##_poll_##what(&bide_k->of, bide_cx, bide_e);                                      \
    }

/* ---- with_flat_map ------------------------------------------------------------------------- */

/* BIDE_SINK_WITH_FLAT_MAP(Name, K, C, T, Item); a sink for Item: the function
 *     T C_run(C *env, Item item)
 * makes of each item a stream of the type T, all of whose items go into K, before there is room for
 * the next one. It owns the item, and the sink owns the stream. C has C_drop, too.
 * Shape: a sink type for Item; void Name_init(Name *, K of, C fn) */
#define BIDE_SINK_WITH_FLAT_MAP(Name, K, C, T, Item)                                               \
    typedef Item Name##_item;                                                                      \
    BIDE_PRIV_ITEM_REST(Name)                                                                      \
    typedef struct Name {                                                                          \
        K of;                                                                                      \
        C fn;                                                                                      \
        bool reserved, closed, inside, held;                                                       \
        K##_item item;                                                                             \
        T inner;                                                                                   \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_k, K bide_of, C bide_fn)                               \
    {                                                                                              \
        BIDE_PRIV_COPY(&bide_k->of, &bide_of, sizeof bide_of);                                     \
        BIDE_PRIV_COPY(&bide_k->fn, &bide_fn, sizeof bide_fn);                                     \
        bide_k->reserved = bide_k->closed = bide_k->inside = bide_k->held = false;                 \
    }                                                                                              \
    BIDE_INLINE void Name##_bide_leave(Name *bide_k)                                               \
    {                                                                                              \
        bide_k->inside = false;                                                                    \
        T##_drop(&bide_k->inner);                                                                  \
    }                                                                                              \
    /* Hands the items of the stream over. */                                                      \
    BIDE_INLINE bide_poll Name##_bide_drive(Name *bide_k, bide_context *bide_cx, int32_t *bide_e)  \
    {                                                                                              \
        *bide_e = 0;                                                                               \
        while (bide_k->inside || bide_k->held) {                                                   \
            bide_poll bide_r = BIDE_READY;                                                         \
            if (!bide_k->held)                                                                     \
                bide_r = T##_poll_next(&bide_k->inner, bide_cx, &bide_k->item);                    \
            if (bide_r == BIDE_PENDING)                                                            \
                return BIDE_PENDING;                                                               \
            if (bide_r != BIDE_READY)                                                              \
                Name##_bide_leave(bide_k);                                                         \
            if (bide_r < 0)                                                                        \
                return bide_r;                                                                     \
            if (bide_r == BIDE_DONE)                                                               \
                break;                                                                             \
            bide_k->held = true;                                                                   \
            bide_r = K##_poll_ready(&bide_k->of, bide_cx, bide_e);                                 \
            if (bide_r != BIDE_READY || *bide_e != 0)                                              \
                return bide_r;                                                                     \
            bide_k->held = false;                                                                  \
            *bide_e = K##_start_send(&bide_k->of, bide_k->item);                                   \
            if (*bide_e != 0) {                                                                    \
                K##_item_drop(&bide_k->item);                                                      \
                break;                                                                             \
            }                                                                                      \
        }                                                                                          \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_ready(Name *bide_k, bide_context *bide_cx, int32_t *bide_e)  \
    {                                                                                              \
        bide_poll bide_r = Name##_bide_drive(bide_k, bide_cx, bide_e);                             \
        if (bide_r != BIDE_READY || *bide_e != 0)                                                  \
            return bide_r;                                                                         \
        bide_k->reserved = !bide_k->closed;                                                        \
        if (bide_k->closed)                                                                        \
            *bide_e = BIDE_SINK_CLOSED;                                                            \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE int32_t Name##_start_send(Name *bide_k, Name##_item bide_item)                     \
    {                                                                                              \
        if (!bide_k->reserved)                                                                     \
            return BIDE_SINK_NOT_READY;                                                            \
        bide_k->reserved = false;                                                                  \
        bide_k->inside = true;                                                                     \
        bide_k->inner = C##_run(&bide_k->fn, bide_item);                                           \
        return 0;                                                                                  \
    }                                                                                              \
    BIDE_INLINE void Name##_give_back(Name *bide_k) { bide_k->reserved = false; }                  \
    BIDE_PRIV_SINK_DRIVEN(Name, K, flush, (void)0)                                                 \
    BIDE_PRIV_SINK_DRIVEN(Name, K, close, bide_k->closed = true; bide_k->reserved = false)         \
    BIDE_INLINE void Name##_trace(Name *bide_k, bide_tracer *bide_tr)                              \
    {                                                                                              \
        if (bide_k->inside && !bide_k->held)                                                       \
            T##_trace(&bide_k->inner, bide_tr);                                                    \
        else                                                                                       \
            K##_trace(&bide_k->of, bide_tr);                                                       \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_k)                                                     \
    {                                                                                              \
        if (bide_k->held)                                                                          \
            K##_item_drop(&bide_k->item);                                                          \
        if (bide_k->inside)                                                                        \
            Name##_bide_leave(bide_k);                                                             \
        bide_k->held = bide_k->reserved = false;                                                   \
        bide_k->closed = true;                                                                     \
        C##_drop(&bide_k->fn);                                                                     \
        K##_give_back(&bide_k->of);                                                                \
        K##_drop(&bide_k->of);                                                                     \
    }                                                                                              \
    BIDE_PRIV_SINK_FUTURES(Name, (((int)K##_send_flags & (int)T##_next_flags & (int)BIDE_SEND) |   \
                                  (int)BIDE_UNPIN))                                                \
    struct bide_priv_sink

/* ---- buffer -------------------------------------------------------------------------------- */

/* BIDE_SINK_BUFFER(Name, K, n); takes up to n items (a constant) while K has no room. They go on
 * their way whenever the sink is polled; Name_drop releases those that did not.
 * Shape: a sink type for K_item; void Name_init(Name *, K of) */
#define BIDE_SINK_BUFFER(Name, K, n)                                                               \
    BIDE_PRIV_ASSERT((n) > 0, "bide: " #Name " holds no items: n is 0");                           \
    typedef K##_item Name##_item;                                                                  \
    BIDE_INLINE void Name##_item_drop(Name##_item *bide_item) { K##_item_drop(bide_item); }        \
    typedef struct Name {                                                                          \
        K of;                                                                                      \
        bool reserved, closed;                                                                     \
        size_t first, count;                                                                       \
        Name##_item items[n];                                                                      \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_k, K bide_of)                                          \
    {                                                                                              \
        BIDE_PRIV_COPY(&bide_k->of, &bide_of, sizeof bide_of);                                     \
        bide_k->reserved = bide_k->closed = false;                                                 \
        bide_k->first = bide_k->count = 0;                                                         \
    }                                                                                              \
    /* Hands over what K has room for; BIDE_PENDING if not all. */                                 \
    BIDE_INLINE bide_poll Name##_bide_drive(Name *bide_k, bide_context *bide_cx, int32_t *bide_e)  \
    {                                                                                              \
        *bide_e = 0;                                                                               \
        while (bide_k->count) {                                                                    \
            Name##_item *bide_item = &bide_k->items[bide_k->first];                                \
            bide_poll bide_r = K##_poll_ready(&bide_k->of, bide_cx, bide_e);                       \
            if (bide_r != BIDE_READY || *bide_e != 0)                                              \
                return bide_r;                                                                     \
            *bide_e = K##_start_send(&bide_k->of, *bide_item);                                     \
            if (*bide_e != 0)                                                                      \
                K##_item_drop(bide_item);                                                          \
            bide_k->first = (bide_k->first + 1) % (n);                                             \
            bide_k->count--;                                                                       \
            if (*bide_e != 0)                                                                      \
                break;                                                                             \
        }                                                                                          \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_ready(Name *bide_k, bide_context *bide_cx, int32_t *bide_e)  \
    {                                                                                              \
        bide_poll bide_r = BIDE_READY;                                                             \
        *bide_e = 0;                                                                               \
        if (bide_k->closed) {                                                                      \
            *bide_e = BIDE_SINK_CLOSED;                                                            \
            return BIDE_READY;                                                                     \
        }                                                                                          \
        if (bide_k->reserved)                                                                      \
            return BIDE_READY;                                                                     \
        bide_r = Name##_bide_drive(bide_k, bide_cx, bide_e);                                       \
        if (bide_r < 0 || *bide_e != 0)                                                            \
            return bide_r;                                                                         \
        bide_k->reserved = bide_k->count < (n);                                                    \
        return bide_k->reserved ? BIDE_READY : BIDE_PENDING;                                       \
    }                                                                                              \
    BIDE_INLINE int32_t Name##_start_send(Name *bide_k, Name##_item bide_item)                     \
    {                                                                                              \
        if (!bide_k->reserved)                                                                     \
            return BIDE_SINK_NOT_READY;                                                            \
        bide_k->reserved = false;                                                                  \
        bide_k->items[(bide_k->first + bide_k->count++) % (n)] = bide_item;                        \
        return 0;                                                                                  \
    }                                                                                              \
    BIDE_INLINE void Name##_give_back(Name *bide_k) { bide_k->reserved = false; }                  \
    BIDE_PRIV_SINK_DRIVEN(Name, K, flush, (void)0)                                                 \
    BIDE_PRIV_SINK_DRIVEN(Name, K, close, bide_k->closed = true; bide_k->reserved = false)         \
    BIDE_INLINE void Name##_trace(Name *bide_k, bide_tracer *bide_tr)                              \
    {                                                                                              \
        K##_trace(&bide_k->of, bide_tr);                                                           \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_k)                                                     \
    {                                                                                              \
        for (; bide_k->count; bide_k->count--) {                                                   \
            K##_item_drop(&bide_k->items[bide_k->first]);                                          \
            bide_k->first = (bide_k->first + 1) % (n);                                             \
        }                                                                                          \
        bide_k->closed = true;                                                                     \
        bide_k->reserved = false;                                                                  \
        K##_give_back(&bide_k->of);                                                                \
        K##_drop(&bide_k->of);                                                                     \
    }                                                                                              \
    BIDE_PRIV_SINK_FUTURES(Name, BIDE_PRIV_SINK_FLAGS(K))                                          \
    struct bide_priv_sink

/* ---- fan-out ------------------------------------------------------------------------------- */

/* BIDE_SINK_FANOUT(Name, A, B); each item goes into both, which are of one item type; there is room
 * when both have some, so the slower one decides. Items that own something are copied with
 *     int32_t Name_item_clone(const A_item *item, A_item *copy)        0, or an error
 * if `#define Name_HAS_item_clone 1` and that function stand before; else they are plain data. An
 * error of one side is told; what the other side has taken stays there.
 * Shape: a sink type for A_item; void Name_init(Name *, A first, B second) */
#define BIDE_SINK_FANOUT(Name, A, B)                                                               \
    typedef A##_item Name##_item;                                                                  \
    BIDE_INLINE void Name##_item_drop(Name##_item *bide_item) { A##_item_drop(bide_item); }        \
    typedef struct Name {                                                                          \
        A first;                                                                                   \
        B second;                                                                                  \
        bool has_first, has_second;   /* room */                                                   \
        bool done_first, done_second; /* with the flush or close that is under way */              \
        bool closing;                 /* it is a close */                                          \
        int32_t error;                                                                             \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_k, A bide_first, B bide_second)                        \
    {                                                                                              \
        BIDE_PRIV_COPY(&bide_k->first, &bide_first, sizeof bide_first);                            \
        BIDE_PRIV_COPY(&bide_k->second, &bide_second, sizeof bide_second);                         \
        bide_k->has_first = bide_k->has_second = false;                                            \
        bide_k->done_first = bide_k->done_second = bide_k->closing = false;                        \
        bide_k->error = 0;                                                                         \
    }                                                                                              \
    /* What was done for another one, that was given up, does not count. */                        \
    BIDE_INLINE void Name##_bide_begin(Name *bide_k, bool bide_closing)                            \
    {                                                                                              \
        if (bide_k->closing != bide_closing)                                                       \
            bide_k->done_first = bide_k->done_second = false;                                      \
        bide_k->closing = bide_closing;                                                            \
        if (bide_closing)                                                                          \
            bide_k->has_first = bide_k->has_second = false;                                        \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_bide_told(Name *bide_k, int32_t *bide_e)                          \
    {                                                                                              \
        *bide_e = bide_k->error;                                                                   \
        bide_k->error = 0;                                                                         \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_PRIV_FANOUT_BOTH(Name, A, B, poll_ready, has_first, has_second, true, (void)0)            \
    BIDE_PRIV_FANOUT_BOTH(Name, A, B, poll_flush, done_first, done_second, false,                  \
                          Name##_bide_begin(bide_k, false))                                        \
    BIDE_PRIV_FANOUT_BOTH(Name, A, B, poll_close, done_first, done_second, false,                  \
                          Name##_bide_begin(bide_k, true))                                         \
    BIDE_INLINE void Name##_give_back(Name *bide_k)                                                \
    {                                                                                              \
        A##_give_back(&bide_k->first);                                                             \
        B##_give_back(&bide_k->second);                                                            \
        bide_k->has_first = bide_k->has_second = false;                                            \
    }                                                                                              \
    BIDE_INLINE int32_t Name##_start_send(Name *bide_k, Name##_item bide_item)                     \
    {                                                                                              \
        Name##_item bide_copy = bide_item;                                                         \
        int32_t bide_e = 0;                                                                        \
        if (!bide_k->has_first || !bide_k->has_second)                                             \
            return BIDE_SINK_NOT_READY;                                                            \
        bide_k->done_first = bide_k->done_second = false;                                          \
        BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(Name##_HAS_item_clone))                                      \
        (bide_e = Name##_item_clone(&bide_item, &bide_copy);)()                                    \
        if (bide_e != 0)                                                                           \
            return bide_e;                                                                         \
        bide_e = B##_start_send(&bide_k->second, bide_copy);                                       \
        bide_k->has_second = bide_e != 0;                                                          \
        if (bide_e != 0) {                                                                         \
            BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(Name##_HAS_item_clone))                                  \
            (A##_item_drop(&bide_copy);)()                                                         \
            return bide_e;                                                                         \
        }                                                                                          \
        bide_e = A##_start_send(&bide_k->first, bide_item);                                        \
        bide_k->has_first = bide_e != 0;                                                           \
        if (bide_e != 0) { /* the other side has it */                                             \
            BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(Name##_HAS_item_clone))                                  \
            (A##_item_drop(&bide_item);)()                                                         \
            bide_k->error = bide_e;                                                                \
        }                                                                                          \
        return 0;                                                                                  \
    }                                                                                              \
    BIDE_INLINE void Name##_trace(Name *bide_k, bide_tracer *bide_tr)                              \
    {                                                                                              \
        if (!bide_k->done_first)                                                                   \
            A##_trace(&bide_k->first, bide_tr);                                                    \
        if (!bide_k->done_second)                                                                  \
            B##_trace(&bide_k->second, bide_tr);                                                   \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_k)                                                     \
    {                                                                                              \
        bide_k->has_first = bide_k->has_second = false;                                            \
        Name##_give_back(bide_k);                                                                  \
        A##_drop(&bide_k->first);                                                                  \
        B##_drop(&bide_k->second);                                                                 \
    }                                                                                              \
    BIDE_PRIV_SINK_FUTURES(Name, (((int)A##_send_flags & (int)B##_send_flags & (int)BIDE_SEND) |   \
                                  (int)BIDE_UNPIN))                                                \
    struct bide_priv_sink
/* Polls each side until it has said BIDE_READY; KEEPS: what it said holds until it is used. The
 * first error is told when neither waits any more. */
#define BIDE_PRIV_FANOUT_BOTH(Name, A, B, what, one, two, KEEPS, BEGIN)                            \
    BIDE_INLINE bide_poll Name##_##what(Name *bide_k, bide_context *bide_cx, int32_t *bide_e)      \
    {                                                                                              \
        bide_poll bide_r = BIDE_READY, bide_q = BIDE_READY;                                        \
        int32_t bide_a = 0, bide_b = 0;                                                            \
        BEGIN;                                                                                     \
        if (bide_k->error != 0 && (KEEPS))                                                         \
            return Name##_bide_told(bide_k, bide_e);                                               \
        if (!bide_k->one)                                                                          \
            bide_r = A##_##what(&bide_k->first, bide_cx, &bide_a);                                 \
        if (bide_r < 0)                                                                            \
            return bide_r;                                                                         \
        if (!bide_k->two)                                                                          \
            bide_q = B##_##what(&bide_k->second, bide_cx, &bide_b);                                \
        if (bide_q < 0)                                                                            \
            return bide_q;                                                                         \
        bide_k->one = bide_r == BIDE_READY && !((KEEPS) && bide_a != 0);                           \
        bide_k->two = bide_q == BIDE_READY && !((KEEPS) && bide_b != 0);                           \
        if (bide_k->error == 0)                                                                    \
            bide_k->error = bide_a != 0 ? bide_a : bide_b;                                         \
        if (bide_k->error != 0 && (KEEPS))                                                         \
            return Name##_bide_told(bide_k, bide_e);                                               \
        if (bide_r == BIDE_PENDING || bide_q == BIDE_PENDING)                                      \
            return BIDE_PENDING;                                                                   \
        if (!(KEEPS))                                                                              \
            bide_k->one = bide_k->two = false;                                                     \
        return Name##_bide_told(bide_k, bide_e);                                                   \
    }

/* ---- map_err ------------------------------------------------------------------------------- */

/* BIDE_SINK_MAP_ERR(Name, K, E); each error of K through  int32_t E_run(E *env, int32_t error),
 * once; but for BIDE_SINK_NOT_READY, which is the caller's mistake. E has E_drop, too.
 * Shape: a sink type for K_item; void Name_init(Name *, K of, E fn) */
#define BIDE_SINK_MAP_ERR(Name, K, E)                                                              \
    typedef K##_item Name##_item;                                                                  \
    BIDE_INLINE void Name##_item_drop(Name##_item *bide_item) { K##_item_drop(bide_item); }        \
    typedef struct Name {                                                                          \
        K of;                                                                                      \
        E fn;                                                                                      \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_k, K bide_of, E bide_fn)                               \
    {                                                                                              \
        BIDE_PRIV_COPY(&bide_k->of, &bide_of, sizeof bide_of);                                     \
        BIDE_PRIV_COPY(&bide_k->fn, &bide_fn, sizeof bide_fn);                                     \
    }                                                                                              \
    BIDE_INLINE int32_t Name##_start_send(Name *bide_k, Name##_item bide_item)                     \
    {                                                                                              \
        int32_t bide_e = K##_start_send(&bide_k->of, bide_item);                                   \
        if (bide_e != 0 && bide_e != BIDE_SINK_NOT_READY)                                          \
            bide_e = E##_run(&bide_k->fn, bide_e);                                                 \
        return bide_e;                                                                             \
    }                                                                                              \
    BIDE_PRIV_SINK_MAPPED(Name, K, E, poll_ready)                                                  \
    BIDE_PRIV_SINK_MAPPED(Name, K, E, poll_flush)                                                  \
    BIDE_PRIV_SINK_MAPPED(Name, K, E, poll_close)                                                  \
    BIDE_INLINE void Name##_give_back(Name *bide_k) { K##_give_back(&bide_k->of); }                \
    BIDE_INLINE void Name##_trace(Name *bide_k, bide_tracer *bide_tr)                              \
    {                                                                                              \
        K##_trace(&bide_k->of, bide_tr);                                                           \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_k)                                                     \
    {                                                                                              \
        E##_drop(&bide_k->fn);                                                                     \
        K##_give_back(&bide_k->of);                                                                \
        K##_drop(&bide_k->of);                                                                     \
    }                                                                                              \
    BIDE_PRIV_SINK_FUTURES(Name, BIDE_PRIV_SINK_FLAGS(K))                                          \
    struct bide_priv_sink
#define BIDE_PRIV_SINK_MAPPED(Name, K, E, what)                                                    \
    BIDE_INLINE bide_poll Name##_##what(Name *bide_k, bide_context *bide_cx, int32_t *bide_e)      \
    {                                                                                              \
        bide_poll bide_r;                                                                          \
        *bide_e = 0;                                                                               \
        bide_r = K##_##what(&bide_k->of, bide_cx, bide_e);                                         \
        if (bide_r == BIDE_READY && *bide_e != 0)                                                  \
            *bide_e = E##_run(&bide_k->fn, *bide_e);                                               \
        return bide_r;                                                                             \
    }

#endif
