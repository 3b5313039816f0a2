/*
 * bide/stream_adapt.h: streams over one other stream: map, filter, filter_map, scan, take_while,
 * take, skip, take_until, fuse, enumerate, peekable.
 *
 * Each macro makes a stream type Name over a stream type S, static or a handle. A Name holds its
 * source by value and owns it: Name_init moves it in, and Name_drop drops it. To lend a stream, use
 * a BIDE_STREAM_REF of it. Nothing is allocated. Every one of them gives BIDE_DONE again behind its
 * end, and does not poll its source again; a failure code of the source or a closure passes
 * through, and ends it, too.
 *
 * Functions are closure types C (bide/closure.h), held by value as well, and called one at a time;
 * the future of a call in flight is in the stream, goes on when a poll was given up, and is dropped
 * with it. A call of FN_MUT may borrow the environment. Items that a macro throws away go to
 * S_item_drop. What makes items of its own releases them with Name_item_drop, if `#define
 * Name_HAS_item_drop 1` and that function stand before.
 *
 *     BIDE_STREAM_MAP(Scaled, Numbers, Scale);          // struct Scale, Scale_call, Scale_drop
 *     BIDE_STREAM_TAKE(FirstScaled, Scaled);
 *     Scaled_init(&scaled, numbers, (Scale){3});
 *     FirstScaled_init(&first, scaled, 10);             // `scaled` was moved in
 *     while (await(FirstScaled_next(&first, &item)))
 *         ...
 *     FirstScaled_drop(&first);                         // drops the numbers as well
 *
 * This follows Rust's futures::StreamExt.
 */
#ifndef BIDE_STREAM_ADAPT_H
#define BIDE_STREAM_ADAPT_H

#include <bide/closure.h>
#include <bide/made.h>
#include <bide/stream.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* ---- what the adapters share --------------------------------------------------------------- */
/* Sources are moved in as bytes: a stream that was not polled yet has parts that were not written,
 * such as the frame of a call, and compilers warn of reading those in an assignment. */

/* The flags of Name_next by what is held. */
#define BIDE_PRIV_ADAPT_FLAGS(S) (((int)S##_next_flags & (int)BIDE_SEND) | (int)BIDE_UNPIN)
#define BIDE_PRIV_ADAPT_CALL_FLAGS(S, C)                                                           \
    (((int)S##_next_flags & (int)C##_call_flags & (int)BIDE_SEND) | (int)BIDE_UNPIN)

/* An adapter that hands items of S on as they are, in a field `of`; PLAIN by whether it has ended,
 * and how it ends.
 * Shape: typedef Name_item; Name_item_drop, Name_trace, Name_drop */
#define BIDE_PRIV_ADAPT_SAME(Name, S)                                                              \
    typedef S##_item Name##_item;                                                                  \
    BIDE_INLINE void Name##_item_drop(Name##_item *bide_item) { S##_item_drop(bide_item); }
#define BIDE_PRIV_ADAPT_PLAIN(Name, S, ENDED, END)                                                 \
    BIDE_INLINE void Name##_trace(Name *bide_s, bide_tracer *bide_tr)                              \
    {                                                                                              \
        if (!(ENDED))                                                                              \
            S##_trace(&bide_s->of, bide_tr);                                                       \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_s)                                                     \
    {                                                                                              \
        END;                                                                                       \
        S##_drop(&bide_s->of);                                                                     \
    }

/* What an adapter with a closure is at; one word, so that an item costs one look at it. */
enum { BIDE_PRIV_ADAPT_IDLE = 0, BIDE_PRIV_ADAPT_BUSY = 1, BIDE_PRIV_ADAPT_ENDED = 2 };

/* Behind a poll of the source, or of a call. */
BIDE_INLINE uint8_t bide_priv_adapt_left(bide_poll r, bool calling)
{
    if (r == BIDE_PENDING)
        return calling ? BIDE_PRIV_ADAPT_BUSY : BIDE_PRIV_ADAPT_IDLE;
    return r < 0 || r == BIDE_DONE ? BIDE_PRIV_ADAPT_ENDED : BIDE_PRIV_ADAPT_IDLE;
}

/* An adapter with a call in flight, in fields fn, call and state; KEPT releases what the call looks
 * at.  Shape: Name_trace, Name_drop */
#define BIDE_PRIV_ADAPT_CALLING(Name, S, C, KEPT)                                                  \
    BIDE_PRIV_ASSERT(BIDE_PRIV_MAY_DROP(C##_call),                                                 \
                     "bide: " #Name " may have to drop a call of " #C ", and its cleanup waits");  \
    BIDE_INLINE void Name##_trace(Name *bide_s, bide_tracer *bide_tr)                              \
    {                                                                                              \
        if (bide_s->state == BIDE_PRIV_ADAPT_BUSY)                                                 \
            bide_priv_trace_kid(BIDE_PRIV_KID_EMBEDDED, &C##_call_type, &bide_s->call, bide_tr);   \
        else if (bide_s->state == BIDE_PRIV_ADAPT_IDLE)                                            \
            S##_trace(&bide_s->of, bide_tr);                                                       \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_s)                                                     \
    {                                                                                              \
        if (bide_s->state == BIDE_PRIV_ADAPT_BUSY) {                                               \
            C##_call_drop(&bide_s->call);                                                          \
            KEPT;                                                                                  \
        }                                                                                          \
        bide_s->state = BIDE_PRIV_ADAPT_ENDED;                                                     \
        C##_drop(&bide_s->fn);                                                                     \
        S##_drop(&bide_s->of);                                                                     \
    }
#define BIDE_PRIV_ADAPT_INIT(Name, S, C)                                                           \
    BIDE_INLINE void Name##_init(Name *bide_s, S bide_of, C bide_fn)                               \
    {                                                                                              \
        BIDE_PRIV_COPY(&bide_s->of, &bide_of, sizeof bide_of);                                     \
        BIDE_PRIV_COPY(&bide_s->fn, &bide_fn, sizeof bide_fn);                                     \
        bide_s->state = BIDE_PRIV_ADAPT_IDLE;                                                      \
    }

/* The number of items with those that are held here, and without those that will be left out. */
BIDE_INLINE bide_size_hint bide_priv_hint_add(bide_size_hint h, size_t n)
{
    h.least = h.least > SIZE_MAX - n ? SIZE_MAX : h.least + n;
    h.most = h.most > SIZE_MAX - n ? SIZE_MAX : h.most + n;
    return h;
}

BIDE_INLINE bide_size_hint bide_priv_hint_less(bide_size_hint h, size_t n)
{
    h.least = h.least > n ? h.least - n : 0;
    if (h.most != SIZE_MAX)
        h.most = h.most > n ? h.most - n : 0;
    return h;
}

BIDE_INLINE bide_size_hint bide_priv_hint_at_most(bide_size_hint h, size_t n)
{
    h.least = h.least < n ? h.least : n;
    h.most = h.most < n ? h.most : n;
    return h;
}

/* ---- with functions ------------------------------------------------------------------------ */

/* BIDE_STREAM_MAP(Name, S, C); each item through the closure
 *     R C_call(C *env, S_item item)                 which owns the item
 * Shape: a stream type of R; void Name_init(Name *, S of, C fn) */
#define BIDE_STREAM_MAP(Name, S, C)                                                                \
    typedef C##_call_output Name##_item;                                                           \
    typedef struct Name {                                                                          \
        S of;                                                                                      \
        C fn;                                                                                      \
        uint8_t state;                                                                             \
        struct C##_call call;                                                                      \
    } Name;                                                                                        \
    BIDE_PRIV_ADAPT_INIT(Name, S, C)                                                               \
    BIDE_INLINE bide_poll Name##_poll_next(Name *bide_s, bide_context *bide_cx,                    \
                                           Name##_item *bide_item)                                 \
    {                                                                                              \
        bide_poll bide_r = BIDE_DONE;                                                              \
        bool bide_calling = false;                                                                 \
        if (bide_s->state == BIDE_PRIV_ADAPT_IDLE) {                                               \
            S##_item bide_x;                                                                       \
            bide_r = S##_poll_next(&bide_s->of, bide_cx, &bide_x);                                 \
            bide_calling = bide_r == BIDE_READY;                                                   \
            if (bide_calling)                                                                      \
                bide_r = C##_call_start(&bide_s->call, &bide_s->fn, bide_x, bide_cx, bide_item);   \
            if (bide_r == BIDE_READY)                                                              \
                return BIDE_READY;                                                                 \
        } else if (bide_s->state == BIDE_PRIV_ADAPT_BUSY) {                                        \
            bide_calling = true;                                                                   \
            bide_r = C##_call_poll(&bide_s->call, bide_cx, bide_item);                             \
        }                                                                                          \
        bide_s->state = bide_priv_adapt_left(bide_r, bide_calling);                                \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE bide_size_hint Name##_size_hint(Name *bide_s)                                      \
    {                                                                                              \
        if (bide_s->state == BIDE_PRIV_ADAPT_ENDED)                                                \
            return bide_size_hint_of(0, 0);                                                        \
        return bide_priv_hint_add(S##_size_hint(&bide_s->of), bide_s->state);                      \
    }                                                                                              \
    BIDE_PRIV_ADAPT_CALLING(Name, S, C, (void)0)                                                   \
    BIDE_PRIV_ITEM_REST(Name)                                                                      \
    BIDE_PRIV_STREAM_NEXT(Name, BIDE_PRIV_ADAPT_CALL_FLAGS(S, C))                                  \
    struct bide_priv_stream

/* BIDE_STREAM_FILTER(Name, S, C); the items of which the closure
 *     bool C_call(C *env, const S_item *item)       which borrows the item
 * says true; the others are released. BIDE_STREAM_TAKE_WHILE: up to the first of which it does not.
 * Shape: a stream type of S_item; void Name_init(Name *, S of, C fn) */
#define BIDE_STREAM_FILTER(Name, S, C) BIDE_PRIV_STREAM_TEST(Name, S, C, false)
#define BIDE_STREAM_TAKE_WHILE(Name, S, C) BIDE_PRIV_STREAM_TEST(Name, S, C, true)
#define BIDE_PRIV_STREAM_TEST(Name, S, C, ENDS)                                                    \
    BIDE_PRIV_ADAPT_SAME(Name, S)                                                                  \
    typedef struct Name {                                                                          \
        S of;                                                                                      \
        C fn;                                                                                      \
        uint8_t state;                                                                             \
        Name##_item item;                                                                          \
        struct C##_call call;                                                                      \
    } Name;                                                                                        \
    BIDE_PRIV_ADAPT_INIT(Name, S, C)                                                               \
    BIDE_INLINE bide_poll Name##_poll_next(Name *bide_s, bide_context *bide_cx,                    \
                                           Name##_item *bide_item)                                 \
    {                                                                                              \
        while (bide_s->state != BIDE_PRIV_ADAPT_ENDED) {                                           \
            bool bide_keep = false;                                                                \
            bide_poll bide_r;                                                                      \
            if (bide_s->state == BIDE_PRIV_ADAPT_BUSY) {                                           \
                bide_r = C##_call_poll(&bide_s->call, bide_cx, &bide_keep);                        \
                bide_s->state = bide_priv_adapt_left(bide_r, true);                                \
            } else {                                                                               \
                bide_r = S##_poll_next(&bide_s->of, bide_cx, &bide_s->item);                       \
                if (bide_r == BIDE_PENDING)                                                        \
                    return BIDE_PENDING;                                                           \
                if (bide_r != BIDE_READY) {                                                        \
                    bide_s->state = BIDE_PRIV_ADAPT_ENDED;                                         \
                    return bide_r;                                                                 \
                }                                                                                  \
                bide_r = C##_call_start(&bide_s->call, &bide_s->fn, &bide_s->item, bide_cx,        \
                                        &bide_keep);                                               \
                if (bide_r == BIDE_PENDING)                                                        \
                    bide_s->state = BIDE_PRIV_ADAPT_BUSY;                                          \
            }                                                                                      \
            if (bide_r == BIDE_PENDING)                                                            \
                return BIDE_PENDING;                                                               \
            if (bide_r == BIDE_READY && bide_keep) {                                               \
                *bide_item = bide_s->item;                                                         \
                return BIDE_READY;                                                                 \
            }                                                                                      \
            S##_item_drop(&bide_s->item);                                                          \
            if ((ENDS) || bide_r < 0)                                                              \
                bide_s->state = BIDE_PRIV_ADAPT_ENDED;                                             \
            if (bide_r < 0)                                                                        \
                return bide_r;                                                                     \
        }                                                                                          \
        return BIDE_DONE;                                                                          \
    }                                                                                              \
    BIDE_INLINE bide_size_hint Name##_size_hint(Name *bide_s)                                      \
    {                                                                                              \
        bide_size_hint bide_h = bide_size_hint_of(0, 0);                                           \
        if (bide_s->state != BIDE_PRIV_ADAPT_ENDED)                                                \
            bide_h = bide_priv_hint_add(S##_size_hint(&bide_s->of), bide_s->state);                \
        bide_h.least = 0;                                                                          \
        return bide_h;                                                                             \
    }                                                                                              \
    BIDE_PRIV_ADAPT_CALLING(Name, S, C, S##_item_drop(&bide_s->item))                              \
    BIDE_PRIV_STREAM_NEXT(Name, BIDE_PRIV_ADAPT_CALL_FLAGS(S, C))                                  \
    struct bide_priv_stream

/* BIDE_STREAM_FILTER_MAP(Name, S, C, Item); the closure
 *     bool C_call(C *env, S_item item, Item *out)   which owns the item
 * gives true with an Item, or leaves one out. BIDE_STREAM_SCAN: false ends the stream; what is kept
 * from item to item is in the environment.
 * Shape: a stream type of Item; void Name_init(Name *, S of, C fn) */
#define BIDE_STREAM_FILTER_MAP(Name, S, C, Item) BIDE_PRIV_STREAM_SIFT(Name, S, C, Item, false)
#define BIDE_STREAM_SCAN(Name, S, C, Item) BIDE_PRIV_STREAM_SIFT(Name, S, C, Item, true)
#define BIDE_PRIV_STREAM_SIFT(Name, S, C, Item, ENDS)                                              \
    typedef Item Name##_item;                                                                      \
    typedef struct Name {                                                                          \
        S of;                                                                                      \
        C fn;                                                                                      \
        uint8_t state;                                                                             \
        Name##_item item;                                                                          \
        struct C##_call call;                                                                      \
    } Name;                                                                                        \
    BIDE_PRIV_ADAPT_INIT(Name, S, C)                                                               \
    BIDE_INLINE bide_poll Name##_poll_next(Name *bide_s, bide_context *bide_cx,                    \
                                           Name##_item *bide_item)                                 \
    {                                                                                              \
        while (bide_s->state != BIDE_PRIV_ADAPT_ENDED) {                                           \
            bool bide_keep = false;                                                                \
            bide_poll bide_r;                                                                      \
            if (bide_s->state == BIDE_PRIV_ADAPT_BUSY) {                                           \
                bide_r = C##_call_poll(&bide_s->call, bide_cx, &bide_keep);                        \
                bide_s->state = bide_priv_adapt_left(bide_r, true);                                \
            } else {                                                                               \
                S##_item bide_x;                                                                   \
                bide_r = S##_poll_next(&bide_s->of, bide_cx, &bide_x);                             \
                if (bide_r == BIDE_PENDING)                                                        \
                    return BIDE_PENDING;                                                           \
                if (bide_r != BIDE_READY) {                                                        \
                    bide_s->state = BIDE_PRIV_ADAPT_ENDED;                                         \
                    return bide_r;                                                                 \
                }                                                                                  \
                bide_r = C##_call_start(&bide_s->call, &bide_s->fn, bide_x, &bide_s->item,         \
                                        bide_cx, &bide_keep);                                      \
                if (bide_r == BIDE_PENDING)                                                        \
                    bide_s->state = BIDE_PRIV_ADAPT_BUSY;                                          \
            }                                                                                      \
            if (bide_r == BIDE_PENDING)                                                            \
                return BIDE_PENDING;                                                               \
            if (bide_r == BIDE_READY && bide_keep) {                                               \
                *bide_item = bide_s->item;                                                         \
                return BIDE_READY;                                                                 \
            }                                                                                      \
            if ((ENDS) || bide_r < 0)                                                              \
                bide_s->state = BIDE_PRIV_ADAPT_ENDED;                                             \
            if (bide_r < 0)                                                                        \
                return bide_r;                                                                     \
        }                                                                                          \
        return BIDE_DONE;                                                                          \
    }                                                                                              \
    BIDE_INLINE bide_size_hint Name##_size_hint(Name *bide_s)                                      \
    {                                                                                              \
        bide_size_hint bide_h = bide_size_hint_of(0, 0);                                           \
        if (bide_s->state != BIDE_PRIV_ADAPT_ENDED)                                                \
            bide_h = bide_priv_hint_add(S##_size_hint(&bide_s->of), bide_s->state);                \
        bide_h.least = 0;                                                                          \
        return bide_h;                                                                             \
    }                                                                                              \
    BIDE_PRIV_ADAPT_CALLING(Name, S, C, (void)0)                                                   \
    BIDE_PRIV_ITEM_REST(Name)                                                                      \
    BIDE_PRIV_STREAM_NEXT(Name, BIDE_PRIV_ADAPT_CALL_FLAGS(S, C))                                  \
    struct bide_priv_stream

/* ---- without ------------------------------------------------------------------------------- */

/* BIDE_STREAM_TAKE(Name, S); the first `left` items, at most. The source is not polled for more.
 * Shape: a stream type of S_item; void Name_init(Name *, S of, size_t left) */
#define BIDE_STREAM_TAKE(Name, S)                                                                  \
    BIDE_PRIV_ADAPT_SAME(Name, S)                                                                  \
    typedef struct Name {                                                                          \
        S of;                                                                                      \
        size_t left;                                                                               \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_s, S bide_of, size_t bide_left)                        \
    {                                                                                              \
        BIDE_PRIV_COPY(&bide_s->of, &bide_of, sizeof bide_of);                                     \
        bide_s->left = bide_left;                                                                  \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_next(Name *bide_s, bide_context *bide_cx,                    \
                                           Name##_item *bide_item)                                 \
    {                                                                                              \
        bide_poll bide_r;                                                                          \
        if (bide_s->left == 0)                                                                     \
            return BIDE_DONE;                                                                      \
        bide_r = S##_poll_next(&bide_s->of, bide_cx, bide_item);                                   \
        if (bide_r == BIDE_READY)                                                                  \
            bide_s->left--;                                                                        \
        else if (bide_r != BIDE_PENDING)                                                           \
            bide_s->left = 0;                                                                      \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE bide_size_hint Name##_size_hint(Name *bide_s)                                      \
    {                                                                                              \
        if (bide_s->left == 0)                                                                     \
            return bide_size_hint_of(0, 0);                                                        \
        return bide_priv_hint_at_most(S##_size_hint(&bide_s->of), bide_s->left);                   \
    }                                                                                              \
    BIDE_PRIV_ADAPT_PLAIN(Name, S, bide_s->left == 0, bide_s->left = 0)                            \
    BIDE_PRIV_STREAM_NEXT(Name, BIDE_PRIV_ADAPT_FLAGS(S))                                          \
    struct bide_priv_stream

/* BIDE_STREAM_SKIP(Name, S); without the first `left` items, which are released.
 * Shape: a stream type of S_item; void Name_init(Name *, S of, size_t left)
 *
 * BIDE_STREAM_FUSE(Name, S); gives BIDE_DONE for ever once S has: for a stream by hand that cannot
 * be polled again behind its end. Shape: void Name_init(Name *, S of) */
#define BIDE_STREAM_SKIP(Name, S)                                                                  \
    BIDE_PRIV_STREAM_PAST(Name, S)                                                                 \
    BIDE_INLINE void Name##_init(Name *bide_s, S bide_of, size_t bide_left)                        \
    {                                                                                              \
        Name##_bide_init(bide_s, bide_of, bide_left);                                              \
    }                                                                                              \
    struct bide_priv_stream
#define BIDE_STREAM_FUSE(Name, S)                                                                  \
    BIDE_PRIV_STREAM_PAST(Name, S)                                                                 \
    BIDE_INLINE void Name##_init(Name *bide_s, S bide_of)                                          \
    {                                                                                              \
        Name##_bide_init(bide_s, bide_of, 0);                                                      \
    }                                                                                              \
    struct bide_priv_stream
#define BIDE_PRIV_STREAM_PAST(Name, S)                                                             \
    BIDE_PRIV_ADAPT_SAME(Name, S)                                                                  \
    typedef struct Name {                                                                          \
        S of;                                                                                      \
        size_t left;                                                                               \
        bool ended;                                                                                \
    } Name;                                                                                        \
    BIDE_PRIV_ALWAYS void Name##_bide_init(Name *bide_s, S bide_of, size_t bide_left)              \
    {                                                                                              \
        BIDE_PRIV_COPY(&bide_s->of, &bide_of, sizeof bide_of);                                     \
        bide_s->left = bide_left;                                                                  \
        bide_s->ended = false;                                                                     \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_next(Name *bide_s, bide_context *bide_cx,                    \
                                           Name##_item *bide_item)                                 \
    {                                                                                              \
        while (!bide_s->ended) {                                                                   \
            bide_poll bide_r = S##_poll_next(&bide_s->of, bide_cx, bide_item);                     \
            bide_s->ended = bide_r < 0 || bide_r == BIDE_DONE;                                     \
            if (bide_r != BIDE_READY || bide_s->left == 0)                                         \
                return bide_r;                                                                     \
            bide_s->left--;                                                                        \
            S##_item_drop(bide_item);                                                              \
        }                                                                                          \
        return BIDE_DONE;                                                                          \
    }                                                                                              \
    BIDE_INLINE bide_size_hint Name##_size_hint(Name *bide_s)                                      \
    {                                                                                              \
        if (bide_s->ended)                                                                         \
            return bide_size_hint_of(0, 0);                                                        \
        return bide_priv_hint_less(S##_size_hint(&bide_s->of), bide_s->left);                      \
    }                                                                                              \
    BIDE_PRIV_ADAPT_PLAIN(Name, S, bide_s->ended, bide_s->ended = true)                            \
    BIDE_PRIV_STREAM_NEXT(Name, BIDE_PRIV_ADAPT_FLAGS(S))

/* BIDE_STREAM_TAKE_UNTIL(Name, S, F); the items up to the moment when a future of the type F is
 * ready, whose Output is released (F_HAS_output_drop: bide/made.h). The future is polled before the
 * source. It is built in place: behind Name_init, and when the stream has been moved to where it
 * stays, comes
 *
 *     F_init(Name_until(&s), args...);
 *
 * once, before the first poll or drop.
 * Shape: a stream type of S_item; void Name_init(Name *, S of); struct F *Name_until(Name *) */
#define BIDE_STREAM_TAKE_UNTIL(Name, S, F)                                                         \
    BIDE_PRIV_ASSERT(BIDE_PRIV_MAY_DROP(F),                                                        \
                     "bide: " #Name " may have to drop " #F ", and its cleanup waits");            \
    BIDE_PRIV_ADAPT_SAME(Name, S)                                                                  \
    typedef struct Name {                                                                          \
        S of;                                                                                      \
        bool ended, stopped;                                                                       \
        struct F until;                                                                            \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_s, S bide_of)                                          \
    {                                                                                              \
        BIDE_PRIV_COPY(&bide_s->of, &bide_of, sizeof bide_of);                                     \
        bide_s->ended = false;                                                                     \
        bide_s->stopped = false;                                                                   \
    }                                                                                              \
    BIDE_INLINE struct F *Name##_until(Name *bide_s) { return &bide_s->until; }                    \
    BIDE_INLINE bide_poll Name##_poll_next(Name *bide_s, bide_context *bide_cx,                    \
                                           Name##_item *bide_item)                                 \
    {                                                                                              \
        union F##_result bide_out;                                                                 \
        bide_poll bide_r;                                                                          \
        if (bide_s->ended)                                                                         \
            return BIDE_DONE;                                                                      \
        bide_r = F##_poll(&bide_s->until, bide_cx, (F##_output *)(void *)&bide_out);               \
        if (bide_r > 0) {                                                                          \
            BIDE_PRIV_OUTPUT_DROP(F, bide_out)                                                     \
        }                                                                                          \
        if (bide_r != BIDE_PENDING) {                                                              \
            bide_s->stopped = true;                                                                \
            bide_s->ended = true;                                                                  \
            return bide_r < 0 ? bide_r : BIDE_DONE;                                                \
        }                                                                                          \
        bide_r = S##_poll_next(&bide_s->of, bide_cx, bide_item);                                   \
        bide_s->ended = bide_r < 0 || bide_r == BIDE_DONE;                                         \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE bide_size_hint Name##_size_hint(Name *bide_s)                                      \
    {                                                                                              \
        return bide_size_hint_of(0, bide_s->ended ? 0 : S##_size_hint(&bide_s->of).most);          \
    }                                                                                              \
    BIDE_INLINE void Name##_trace(Name *bide_s, bide_tracer *bide_tr)                              \
    {                                                                                              \
        if (bide_s->ended)                                                                         \
            return;                                                                                \
        S##_trace(&bide_s->of, bide_tr);                                                           \
        bide_priv_trace_kid(BIDE_PRIV_KID_EMBEDDED, &F##_type, &bide_s->until, bide_tr);           \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_s)                                                     \
    {                                                                                              \
        if (!bide_s->stopped)                                                                      \
            F##_drop(&bide_s->until);                                                              \
        bide_s->stopped = true;                                                                    \
        bide_s->ended = true;                                                                      \
        S##_drop(&bide_s->of);                                                                     \
    }                                                                                              \
    BIDE_PRIV_STREAM_NEXT(Name, (((int)S##_next_flags & (int)F##_flags & (int)BIDE_SEND) |         \
                                 (int)BIDE_UNPIN))                                                 \
    struct bide_priv_stream

/* BIDE_STREAM_ENUMERATE(Name, S); the items with their numbers, from 0.
 * Shape: a stream type of { size_t index; S_item item; } Name_item; void Name_init(Name *, S of) */
#define BIDE_STREAM_ENUMERATE(Name, S)                                                             \
    typedef struct Name##_item {                                                                   \
        size_t index;                                                                              \
        S##_item item;                                                                             \
    } Name##_item;                                                                                 \
    BIDE_INLINE void Name##_item_drop(Name##_item *bide_item) { S##_item_drop(&bide_item->item); } \
    typedef struct Name {                                                                          \
        S of;                                                                                      \
        size_t index;                                                                              \
        bool ended;                                                                                \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_s, S bide_of)                                          \
    {                                                                                              \
        BIDE_PRIV_COPY(&bide_s->of, &bide_of, sizeof bide_of);                                     \
        bide_s->index = 0;                                                                         \
        bide_s->ended = false;                                                                     \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_next(Name *bide_s, bide_context *bide_cx,                    \
                                           Name##_item *bide_item)                                 \
    {                                                                                              \
        bide_poll bide_r = BIDE_DONE;                                                              \
        if (bide_s->ended)                                                                         \
            return BIDE_DONE;                                                                      \
        bide_r = S##_poll_next(&bide_s->of, bide_cx, &bide_item->item);                            \
        bide_s->ended = bide_r < 0 || bide_r == BIDE_DONE;                                         \
        if (bide_r == BIDE_READY)                                                                  \
            bide_item->index = bide_s->index++;                                                    \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE bide_size_hint Name##_size_hint(Name *bide_s)                                      \
    {                                                                                              \
        return bide_s->ended ? bide_size_hint_of(0, 0) : S##_size_hint(&bide_s->of);               \
    }                                                                                              \
    BIDE_PRIV_ADAPT_PLAIN(Name, S, bide_s->ended, bide_s->ended = true)                            \
    BIDE_PRIV_STREAM_NEXT(Name, BIDE_PRIV_ADAPT_FLAGS(S))                                          \
    struct bide_priv_stream

/* BIDE_STREAM_PEEKABLE(Name, S); the same items, with a look at the next one.
 *
 * Shape: a stream type of S_item; void Name_init(Name *, S of); and
 *     bide_poll Name_poll_peek(Name *, bide_context *, Name_item **item)
 *         BIDE_READY with a pointer to the next item, which stays in the stream, until Name_next
 *         takes it; else as Name_poll_next
 *     future Name_item *Name_peek(Name *)           NULL at the end
 *     bool Name_take_peeked(Name *, Name_item *)    takes the item that a peek has shown, without
 *                                                   waiting: false if there is none. With
 *                                                   Name_peek before it this is Rust's next_if */
#define BIDE_STREAM_PEEKABLE(Name, S)                                                              \
    BIDE_PRIV_ADAPT_SAME(Name, S)                                                                  \
    typedef struct Name {                                                                          \
        S of;                                                                                      \
        bool ended, held;                                                                          \
        Name##_item item;                                                                          \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_s, S bide_of)                                          \
    {                                                                                              \
        BIDE_PRIV_COPY(&bide_s->of, &bide_of, sizeof bide_of);                                     \
        bide_s->ended = false;                                                                     \
        bide_s->held = false;                                                                      \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_peek(Name *bide_s, bide_context *bide_cx,                    \
                                           Name##_item **bide_item)                                \
    {                                                                                              \
        bide_poll bide_r = BIDE_READY;                                                             \
        if (!bide_s->held) {                                                                       \
            if (bide_s->ended)                                                                     \
                return BIDE_DONE;                                                                  \
            bide_r = S##_poll_next(&bide_s->of, bide_cx, &bide_s->item);                           \
            bide_s->ended = bide_r < 0 || bide_r == BIDE_DONE;                                     \
            bide_s->held = bide_r == BIDE_READY;                                                   \
        }                                                                                          \
        *bide_item = &bide_s->item;                                                                \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE bool Name##_take_peeked(Name *bide_s, Name##_item *bide_item)                      \
    {                                                                                              \
        if (!bide_s->held)                                                                         \
            return false;                                                                          \
        bide_s->held = false;                                                                      \
        *bide_item = bide_s->item;                                                                 \
        return true;                                                                               \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_next(Name *bide_s, bide_context *bide_cx,                    \
                                           Name##_item *bide_item)                                 \
    {                                                                                              \
        Name##_item *bide_seen;                                                                    \
        bide_poll bide_r = Name##_poll_peek(bide_s, bide_cx, &bide_seen);                          \
        if (bide_r == BIDE_READY)                                                                  \
            (void)Name##_take_peeked(bide_s, bide_item);                                           \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE bide_size_hint Name##_size_hint(Name *bide_s)                                      \
    {                                                                                              \
        return bide_priv_hint_add(                                                                 \
            bide_s->ended ? bide_size_hint_of(0, 0) : S##_size_hint(&bide_s->of), bide_s->held);   \
    }                                                                                              \
    BIDE_INLINE void Name##_trace(Name *bide_s, bide_tracer *bide_tr)                              \
    {                                                                                              \
        if (!bide_s->ended)                                                                        \
            S##_trace(&bide_s->of, bide_tr);                                                       \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_s)                                                     \
    {                                                                                              \
        if (bide_s->held)                                                                          \
            S##_item_drop(&bide_s->item);                                                          \
        bide_s->held = false;                                                                      \
        bide_s->ended = true;                                                                      \
        S##_drop(&bide_s->of);                                                                     \
    }                                                                                              \
    BIDE_PRIV_STREAM_NEXT(Name, BIDE_PRIV_ADAPT_FLAGS(S))                                          \
    BIDE_PRIV_STREAM_PEEK(Name, BIDE_PRIV_ADAPT_FLAGS(S))                                          \
    struct bide_priv_stream
#define BIDE_PRIV_PEEK_ROWS(ROW, S, flags)                                                         \
    ROW(TRAITS, flags) ROW(TRACE, S##_bide_peek_trace) ROW(PARAM, S *, stream)
#define BIDE_PRIV_STREAM_PEEK(S, flags)                                                            \
    BIDE_INLINE void S##_bide_peek_trace(const void *frame, bide_tracer *tracer);                  \
    BIDE_FUTURE_OF(S##_item *, S##_peek, (BIDE_PRIV_PEEK_ROWS, S, flags))                          \
    BIDE_INLINE void S##_bide_peek_trace(const void *bide_f, bide_tracer *bide_tr)                 \
    {                                                                                              \
        const struct S##_peek *bide_peek = (const struct S##_peek *)bide_f;                        \
        if (bide_peek->stream)                                                                     \
            S##_trace(bide_peek->stream, bide_tr);                                                 \
    }                                                                                              \
    BIDE_INLINE bide_poll S##_peek_poll(struct S##_peek *bide_f, bide_context *bide_cx,            \
                                        S##_item **bide_out)                                       \
    {                                                                                              \
        bide_poll bide_r;                                                                          \
        if (!bide_f->stream)                                                                       \
            return BIDE_EMISUSE;                                                                   \
        bide_r = S##_poll_peek(bide_f->stream, bide_cx, bide_out);                                 \
        if (bide_r == BIDE_PENDING)                                                                \
            return BIDE_PENDING;                                                                   \
        bide_f->stream = NULL;                                                                     \
        if (bide_r == BIDE_DONE)                                                                   \
            *bide_out = NULL;                                                                      \
        return bide_r < 0 ? bide_r : BIDE_READY;                                                   \
    }                                                                                              \
    BIDE_INLINE void S##_peek_drop(struct S##_peek *bide_f) { bide_f->stream = NULL; }

#endif
