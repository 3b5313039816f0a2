/*
 * bide/stream_join.h: streams over several streams: chain, zip, merge, merge_all, flatten.
 *
 * As in bide/stream_adapt.h: each macro makes a stream type that holds its sources by value and
 * owns them; nothing is allocated; behind the end it is BIDE_DONE again; a failure code of a source
 * ends the whole.
 */
#ifndef BIDE_STREAM_JOIN_H
#define BIDE_STREAM_JOIN_H

#include <bide/stream_adapt.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* The flags of two sources, and what their hints give together. */
#define BIDE_PRIV_PAIR_FLAGS(A, B)                                                                 \
    (((int)A##_next_flags & (int)B##_next_flags & (int)BIDE_SEND) | (int)BIDE_UNPIN)

BIDE_INLINE bide_size_hint bide_priv_hint_sum(bide_size_hint a, bide_size_hint b)
{
    b = bide_priv_hint_add(b, a.least);
    if (b.most != SIZE_MAX)
        b.most = a.most == SIZE_MAX ? SIZE_MAX
                                    : bide_priv_hint_add(b, a.most - a.least).most;
    return b;
}

/* BIDE_STREAM_CHAIN(Name, A, B); the items of one, then those of the other, of one type.
 * Shape: a stream type of A_item; void Name_init(Name *, A first, B second) */
#define BIDE_STREAM_CHAIN(Name, A, B)                                                              \
    BIDE_PRIV_ADAPT_SAME(Name, A)                                                                  \
    typedef struct Name {                                                                          \
        A first;                                                                                   \
        B second;                                                                                  \
        bool past, ended;                                                                          \
    } Name;                                                                                        \
    BIDE_PRIV_PAIR_INIT(Name, A, B, bide_s->past = false)                                          \
    BIDE_INLINE bide_poll Name##_poll_next(Name *bide_s, bide_context *bide_cx,                    \
                                           Name##_item *bide_item)                                 \
    {                                                                                              \
        bide_poll bide_r = BIDE_DONE;                                                              \
        if (bide_s->ended)                                                                         \
            return BIDE_DONE;                                                                      \
        if (!bide_s->past) {                                                                       \
            bide_r = A##_poll_next(&bide_s->first, bide_cx, bide_item);                            \
            bide_s->past = bide_r == BIDE_DONE;                                                    \
        }                                                                                          \
        if (bide_s->past)                                                                          \
            bide_r = B##_poll_next(&bide_s->second, bide_cx, bide_item);                           \
        bide_s->ended = bide_r < 0 || bide_r == BIDE_DONE;                                         \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE bide_size_hint Name##_size_hint(Name *bide_s)                                      \
    {                                                                                              \
        bide_size_hint bide_h = bide_size_hint_of(0, 0);                                           \
        if (!bide_s->ended)                                                                        \
            bide_h = B##_size_hint(&bide_s->second);                                               \
        if (!bide_s->past && !bide_s->ended)                                                       \
            bide_h = bide_priv_hint_sum(A##_size_hint(&bide_s->first), bide_h);                    \
        return bide_h;                                                                             \
    }                                                                                              \
    BIDE_INLINE void Name##_trace(Name *bide_s, bide_tracer *bide_tr)                              \
    {                                                                                              \
        if (bide_s->ended)                                                                         \
            return;                                                                                \
        if (bide_s->past)                                                                          \
            B##_trace(&bide_s->second, bide_tr);                                                   \
        else                                                                                       \
            A##_trace(&bide_s->first, bide_tr);                                                    \
    }                                                                                              \
    BIDE_PRIV_PAIR_DROP(Name, A, B, (void)0)                                                       \
    BIDE_PRIV_STREAM_NEXT(Name, BIDE_PRIV_PAIR_FLAGS(A, B))                                        \
    struct bide_priv_stream

/* Shape: Name_init, Name_drop of a type with the fields first, second and ended. */
#define BIDE_PRIV_PAIR_INIT(Name, A, B, SET)                                                       \
    BIDE_INLINE void Name##_init(Name *bide_s, A bide_first, B bide_second)                        \
    {                                                                                              \
        BIDE_PRIV_COPY(&bide_s->first, &bide_first, sizeof bide_first);                            \
        BIDE_PRIV_COPY(&bide_s->second, &bide_second, sizeof bide_second);                         \
        bide_s->ended = false;                                                                     \
        SET;                                                                                       \
    }
#define BIDE_PRIV_PAIR_DROP(Name, A, B, KEPT)                                                      \
    BIDE_INLINE void Name##_drop(Name *bide_s)                                                     \
    {                                                                                              \
        KEPT;                                                                                      \
        bide_s->ended = true;                                                                      \
        A##_drop(&bide_s->first);                                                                  \
        B##_drop(&bide_s->second);                                                                 \
    }

/* BIDE_STREAM_ZIP(Name, A, B); pairs of an item of each, up to the end of the shorter one. Both are
 * polled at a time; an item that waits for its other half is kept, and released if it has none.
 * Shape: a stream type of { A_item first; B_item second; } Name_item;
 *        void Name_init(Name *, A first, B second) */
#define BIDE_STREAM_ZIP(Name, A, B)                                                                \
    typedef struct Name##_item {                                                                   \
        A##_item first;                                                                            \
        B##_item second;                                                                           \
    } Name##_item;                                                                                 \
    BIDE_INLINE void Name##_item_drop(Name##_item *bide_item)                                      \
    {                                                                                              \
        A##_item_drop(&bide_item->first);                                                          \
        B##_item_drop(&bide_item->second);                                                         \
    }                                                                                              \
    typedef struct Name {                                                                          \
        A first;                                                                                   \
        B second;                                                                                  \
        bool has_first, has_second, ended;                                                         \
        Name##_item item;                                                                          \
    } Name;                                                                                        \
    BIDE_PRIV_PAIR_INIT(Name, A, B, bide_s->has_first = bide_s->has_second = false)                \
    BIDE_INLINE void Name##_bide_release(Name *bide_s)                                             \
    {                                                                                              \
        if (bide_s->has_first)                                                                     \
            A##_item_drop(&bide_s->item.first);                                                    \
        if (bide_s->has_second)                                                                    \
            B##_item_drop(&bide_s->item.second);                                                   \
        bide_s->has_first = bide_s->has_second = false;                                            \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_next(Name *bide_s, bide_context *bide_cx,                    \
                                           Name##_item *bide_item)                                 \
    {                                                                                              \
        bide_poll bide_r = BIDE_READY;                                                             \
        if (bide_s->ended)                                                                         \
            return BIDE_DONE;                                                                      \
        if (!bide_s->has_first) {                                                                  \
            bide_r = A##_poll_next(&bide_s->first, bide_cx, &bide_s->item.first);                  \
            bide_s->has_first = bide_r == BIDE_READY;                                              \
        }                                                                                          \
        if (!bide_s->has_second && (bide_r == BIDE_READY || bide_r == BIDE_PENDING)) {             \
            bide_poll bide_q = B##_poll_next(&bide_s->second, bide_cx, &bide_s->item.second);      \
            bide_s->has_second = bide_q == BIDE_READY;                                             \
            if (bide_q != BIDE_READY)                                                              \
                bide_r = bide_q;                                                                   \
        }                                                                                          \
        if (bide_s->has_first && bide_s->has_second) {                                             \
            bide_s->has_first = bide_s->has_second = false;                                        \
            *bide_item = bide_s->item;                                                             \
            return BIDE_READY;                                                                     \
        }                                                                                          \
        bide_s->ended = bide_r != BIDE_PENDING;                                                    \
        if (bide_s->ended)                                                                         \
            Name##_bide_release(bide_s);                                                           \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE bide_size_hint Name##_size_hint(Name *bide_s)                                      \
    {                                                                                              \
        bide_size_hint bide_a, bide_b;                                                             \
        if (bide_s->ended)                                                                         \
            return bide_size_hint_of(0, 0);                                                        \
        bide_a = bide_priv_hint_add(A##_size_hint(&bide_s->first), bide_s->has_first);             \
        bide_b = bide_priv_hint_add(B##_size_hint(&bide_s->second), bide_s->has_second);           \
        return bide_size_hint_of(bide_a.least < bide_b.least ? bide_a.least : bide_b.least,        \
                                 bide_a.most < bide_b.most ? bide_a.most : bide_b.most);           \
    }                                                                                              \
    BIDE_INLINE void Name##_trace(Name *bide_s, bide_tracer *bide_tr)                              \
    {                                                                                              \
        if (!bide_s->ended && !bide_s->has_first)                                                  \
            A##_trace(&bide_s->first, bide_tr);                                                    \
        if (!bide_s->ended && !bide_s->has_second)                                                 \
            B##_trace(&bide_s->second, bide_tr);                                                   \
    }                                                                                              \
    BIDE_PRIV_PAIR_DROP(Name, A, B, Name##_bide_release(bide_s))                                   \
    BIDE_PRIV_STREAM_NEXT(Name, BIDE_PRIV_PAIR_FLAGS(A, B))                                        \
    struct bide_priv_stream

/* BIDE_STREAM_MERGE(Name, A, B); the items of both as they come, of one type. Fair: those of two
 * that have items all the time come in turn. Ends when both have.
 * Shape: a stream type of A_item; void Name_init(Name *, A first, B second) */
#define BIDE_STREAM_MERGE(Name, A, B)                                                              \
    BIDE_PRIV_ADAPT_SAME(Name, A)                                                                  \
    typedef struct Name {                                                                          \
        A first;                                                                                   \
        B second;                                                                                  \
        bool first_ended, second_ended, turn, ended;                                               \
    } Name;                                                                                        \
    BIDE_PRIV_PAIR_INIT(Name, A, B,                                                                \
                        bide_s->first_ended = bide_s->second_ended = bide_s->turn = false)         \
    BIDE_INLINE bide_poll Name##_poll_next(Name *bide_s, bide_context *bide_cx,                    \
                                           Name##_item *bide_item)                                 \
    {                                                                                              \
        bide_poll bide_r = BIDE_DONE;                                                              \
        if (bide_s->ended)                                                                         \
            return BIDE_DONE;                                                                      \
        for (int bide_i = 0; bide_i < 2; bide_i++) {                                               \
            const bool bide_second = bide_s->turn;                                                 \
            bool *bide_over = bide_second ? &bide_s->second_ended : &bide_s->first_ended;          \
            bide_s->turn = !bide_second;                                                           \
            if (*bide_over)                                                                        \
                continue;                                                                          \
            bide_r = bide_second ? B##_poll_next(&bide_s->second, bide_cx, bide_item)              \
                                 : A##_poll_next(&bide_s->first, bide_cx, bide_item);              \
            *bide_over = bide_r == BIDE_DONE;                                                      \
            if (bide_r == BIDE_READY || bide_r < 0)                                                \
                break;                                                                             \
        }                                                                                          \
        if (bide_r == BIDE_DONE && !(bide_s->first_ended && bide_s->second_ended))                 \
            bide_r = BIDE_PENDING;                                                                 \
        bide_s->ended = bide_r < 0 || bide_r == BIDE_DONE;                                         \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE bide_size_hint Name##_size_hint(Name *bide_s)                                      \
    {                                                                                              \
        bide_size_hint bide_h = bide_size_hint_of(0, 0);                                           \
        if (!bide_s->ended && !bide_s->first_ended)                                                \
            bide_h = A##_size_hint(&bide_s->first);                                                \
        if (!bide_s->ended && !bide_s->second_ended)                                               \
            bide_h = bide_priv_hint_sum(bide_h, B##_size_hint(&bide_s->second));                   \
        return bide_h;                                                                             \
    }                                                                                              \
    BIDE_INLINE void Name##_trace(Name *bide_s, bide_tracer *bide_tr)                              \
    {                                                                                              \
        if (!bide_s->ended && !bide_s->first_ended)                                                \
            A##_trace(&bide_s->first, bide_tr);                                                    \
        if (!bide_s->ended && !bide_s->second_ended)                                               \
            B##_trace(&bide_s->second, bide_tr);                                                   \
    }                                                                                              \
    BIDE_PRIV_PAIR_DROP(Name, A, B, (void)0)                                                       \
    BIDE_PRIV_STREAM_NEXT(Name, BIDE_PRIV_PAIR_FLAGS(A, B))                                        \
    struct bide_priv_stream

/* BIDE_STREAM_MERGE_ALL(Name, S, most); the items of up to `most` (a constant) streams of one type
 * as they come; of handles, of any. Fair: a search for the next item begins behind the source that
 * gave the last one. Every poll looks at each source that has not ended; bide/stream_set.h merges
 * any number, and looks at the woken only, with a block of memory for each.
 *
 * Shape: a stream type of S_item; void Name_init(Name *)
 *        bool Name_add(Name *, S source)     before or between polls; false, and the source is
 *                                            dropped, if there is no room. A source that was polled
 *                                            must be one that can be moved: a handle
 *        size_t Name_count(const Name *)     sources that have not ended
 *        void Name_clear(Name *)             drops them all; more may be added
 * With no source left it is BIDE_DONE, until one is added. */
#define BIDE_STREAM_MERGE_ALL(Name, S, most)                                                       \
    BIDE_PRIV_ASSERT((most) > 0, "bide: " #Name " merges no streams: `most` is 0");                \
    BIDE_PRIV_ADAPT_SAME(Name, S)                                                                  \
    typedef struct Name {                                                                          \
        size_t turn, count;                                                                        \
        bool live[most];                                                                           \
        S of[most];                                                                                \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_s)                                                     \
    {                                                                                              \
        bide_s->turn = 0;                                                                          \
        bide_s->count = 0;                                                                         \
        for (size_t bide_i = 0; bide_i < (most); bide_i++)                                         \
            bide_s->live[bide_i] = false;                                                          \
    }                                                                                              \
    BIDE_INLINE size_t Name##_count(const Name *bide_s) { return bide_s->count; }                  \
    BIDE_INLINE bool Name##_add(Name *bide_s, S bide_of)                                           \
    {                                                                                              \
        for (size_t bide_i = 0; bide_i < (most); bide_i++)                                         \
            if (!bide_s->live[bide_i]) {                                                           \
                bide_s->live[bide_i] = true;                                                       \
                BIDE_PRIV_COPY(&bide_s->of[bide_i], &bide_of, sizeof bide_of);                     \
                bide_s->count++;                                                                   \
                return true;                                                                       \
            }                                                                                      \
        S##_drop(&bide_of);                                                                        \
        return false;                                                                              \
    }                                                                                              \
    BIDE_INLINE void Name##_bide_end(Name *bide_s, size_t bide_i)                                  \
    {                                                                                              \
        bide_s->live[bide_i] = false;                                                              \
        bide_s->count--;                                                                           \
        S##_drop(&bide_s->of[bide_i]);                                                             \
    }                                                                                              \
    BIDE_INLINE void Name##_clear(Name *bide_s)                                                    \
    {                                                                                              \
        for (size_t bide_i = 0; bide_i < (most); bide_i++)                                         \
            if (bide_s->live[bide_i])                                                              \
                Name##_bide_end(bide_s, bide_i);                                                   \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_next(Name *bide_s, bide_context *bide_cx,                    \
                                           Name##_item *bide_item)                                 \
    {                                                                                              \
        for (size_t bide_n = 0; bide_n < (most); bide_n++) {                                       \
            const size_t bide_i = (bide_s->turn + bide_n) % (most);                                \
            bide_poll bide_r;                                                                      \
            if (!bide_s->live[bide_i])                                                             \
                continue;                                                                          \
            bide_r = S##_poll_next(&bide_s->of[bide_i], bide_cx, bide_item);                       \
            if (bide_r == BIDE_DONE)                                                               \
                Name##_bide_end(bide_s, bide_i);                                                   \
            if (bide_r == BIDE_READY)                                                              \
                bide_s->turn = (bide_i + 1) % (most);                                              \
            if (bide_r < 0)                                                                        \
                Name##_clear(bide_s);                                                              \
            if (bide_r == BIDE_READY || bide_r < 0)                                                \
                return bide_r;                                                                     \
        }                                                                                          \
        return bide_s->count ? BIDE_PENDING : BIDE_DONE;                                           \
    }                                                                                              \
    BIDE_INLINE bide_size_hint Name##_size_hint(Name *bide_s)                                      \
    {                                                                                              \
        bide_size_hint bide_h = bide_size_hint_of(0, 0);                                           \
        for (size_t bide_i = 0; bide_i < (most); bide_i++)                                         \
            if (bide_s->live[bide_i])                                                              \
                bide_h = bide_priv_hint_sum(bide_h, S##_size_hint(&bide_s->of[bide_i]));           \
        return bide_h;                                                                             \
    }                                                                                              \
    BIDE_INLINE void Name##_trace(Name *bide_s, bide_tracer *bide_tr)                              \
    {                                                                                              \
        for (size_t bide_i = 0; bide_i < (most); bide_i++)                                         \
            if (bide_s->live[bide_i])                                                              \
                S##_trace(&bide_s->of[bide_i], bide_tr);                                           \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_s) { Name##_clear(bide_s); }                           \
    BIDE_PRIV_STREAM_NEXT(Name, BIDE_PRIV_ADAPT_FLAGS(S))                                          \
    struct bide_priv_stream

/* BIDE_STREAM_FLATTEN(Name, S, T); S yields streams of the type T: their items, one stream after
 * the other; of each T, which must not have been polled, the stream becomes the owner.
 * Shape: a stream type of T_item; void Name_init(Name *, S of) */
#define BIDE_STREAM_FLATTEN(Name, S, T)                                                            \
    BIDE_PRIV_ADAPT_SAME(Name, T)                                                                  \
    typedef struct Name {                                                                          \
        S of;                                                                                      \
        bool inside, ended;                                                                        \
        T inner;                                                                                   \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_s, S bide_of)                                          \
    {                                                                                              \
        BIDE_PRIV_COPY(&bide_s->of, &bide_of, sizeof bide_of);                                     \
        bide_s->inside = bide_s->ended = false;                                                    \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_next(Name *bide_s, bide_context *bide_cx,                    \
                                           Name##_item *bide_item)                                 \
    {                                                                                              \
        while (!bide_s->ended) {                                                                   \
            bide_poll bide_r;                                                                      \
            if (!bide_s->inside) {                                                                 \
                bide_r = S##_poll_next(&bide_s->of, bide_cx, &bide_s->inner);                      \
                bide_s->inside = bide_r == BIDE_READY;                                             \
                bide_s->ended = bide_r < 0 || bide_r == BIDE_DONE;                                 \
                if (bide_r != BIDE_READY)                                                          \
                    return bide_r;                                                                 \
            }                                                                                      \
            bide_r = T##_poll_next(&bide_s->inner, bide_cx, bide_item);                            \
            bide_s->ended = bide_r < 0;                                                            \
            if (bide_r != BIDE_DONE)                                                               \
                return bide_r;                                                                     \
            bide_s->inside = false;                                                                \
            T##_drop(&bide_s->inner);                                                              \
        }                                                                                          \
        return BIDE_DONE;                                                                          \
    }                                                                                              \
    BIDE_INLINE bide_size_hint Name##_size_hint(Name *bide_s)                                      \
    {                                                                                              \
        bide_size_hint bide_h = bide_size_hint_of(0, 0);                                           \
        if (bide_s->ended)                                                                         \
            return bide_h;                                                                         \
        if (bide_s->inside)                                                                        \
            bide_h = T##_size_hint(&bide_s->inner);                                                \
        if (S##_size_hint(&bide_s->of).most != 0)                                                  \
            bide_h.most = SIZE_MAX;                                                                \
        return bide_h;                                                                             \
    }                                                                                              \
    BIDE_INLINE void Name##_trace(Name *bide_s, bide_tracer *bide_tr)                              \
    {                                                                                              \
        if (bide_s->inside)                                                                        \
            T##_trace(&bide_s->inner, bide_tr);                                                    \
        else if (!bide_s->ended)                                                                   \
            S##_trace(&bide_s->of, bide_tr);                                                       \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_s)                                                     \
    {                                                                                              \
        if (bide_s->inside)                                                                        \
            T##_drop(&bide_s->inner);                                                              \
        bide_s->inside = false;                                                                    \
        bide_s->ended = true;                                                                      \
        S##_drop(&bide_s->of);                                                                     \
    }                                                                                              \
    BIDE_PRIV_STREAM_NEXT(Name, BIDE_PRIV_PAIR_FLAGS(S, T))                                        \
    struct bide_priv_stream

#endif
