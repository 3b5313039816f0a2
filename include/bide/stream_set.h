/*
 * bide/stream_set.h: any number of streams of one type as one stream, polled only when woken:
 * BIDE_STREAM_SET; and the streams that a stream gives, some at a time:
 * BIDE_STREAM_FLATTEN_UNORDERED.
 *
 *     BIDE_STREAM_SET(readings, sensor);             // sensor: a stream type
 *
 *     readings set;  readings_item got;
 *     readings_init(&set, bide_default_allocator());
 *     for (...)
 *         if (readings_insert(&set, sensor_open(i)) != BIDE_READY) ...
 *     while (await(readings_next(&set, &got))) ...   // in async C
 *     readings_drop(&set);
 *
 * Each member has a waker of its own, as in a set of futures (bide/future_set.h), whose rules about
 * memory, threads and moving hold here, too: a poll of the set polls those that were woken since.
 * One that gave an item is polled again behind those that were woken before: it cannot keep others
 * from their turn. Memory: one block for the set and one for each member; none for an item. For a
 * few streams that live in one frame BIDE_STREAM_MERGE_ALL (bide/stream_join.h) needs none, but
 * polls all of them at each wake.
 *
 * BIDE_LOCAL_... make cheaper ones for one thread, without atomic operations. As SelectAll and
 * flatten_unordered of Rust's futures.
 */
#ifndef BIDE_STREAM_SET_H
#define BIDE_STREAM_SET_H

#include <bide/future_set.h>
#include <bide/stream_adapt.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* BIDE_STREAM_SET(Name, T); BIDE_LOCAL_STREAM_SET(Name, T); the items of streams of the type T as
 * they come. Its end means that there is no member just now, and more may be inserted. A member
 * that fails gives its code instead of an item, and is none any more; the others stay.
 *
 * Shape: typedef T_item Name_item; typedef struct Name { ... } Name; and, beside the functions of a
 *        stream type (bide/stream.h),
 *     void Name_init(Name *s, bide_allocator *allocator);
 *     bide_poll Name_insert(Name *s, T stream);
 *         takes a stream, which must not have been polled or be one that can be moved, and wakes
 *         who waits for the set. BIDE_ENOMEM, or BIDE_EBUSY from a fixed pool: it was dropped
 *     size_t Name_len(const Name *s);              members that have not ended
 *     void Name_clear(Name *s);                    drops all members; more may be inserted
 *     void Name_drop(Name *s);                     drops all members; nothing may be inserted
 * No member may insert into its own set while it is polled or dropped. */
#define BIDE_STREAM_SET(Name, T)                                                                   \
    BIDE_PRIV_STREAM_SET(Name, T, bide_priv_set, BIDE_SEND) struct bide_priv_made
#define BIDE_LOCAL_STREAM_SET(Name, T)                                                             \
    BIDE_PRIV_STREAM_SET(Name, T, bide_priv_local_set, 0) struct bide_priv_made

#define BIDE_PRIV_STREAM_SET(Name, T, form, flags)                                                 \
    BIDE_PRIV_ADAPT_SAME(Name, T)                                                                  \
    BIDE_PRIV_STREAM_RECORD(Name, T)                                                               \
    typedef struct Name {                                                                          \
        bide_priv_set set;                                                                         \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_s, bide_allocator *bide_a)                             \
    {                                                                                              \
        BIDE_PRIV_ZERO(&bide_s->set, sizeof bide_s->set);                                          \
        bide_s->set.type = &Name##_bide_type;                                                      \
        bide_s->set.allocator = bide_a;                                                            \
        bide_s->set.kind = BIDE_PRIV_SET_STREAMS;                                                  \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_insert(Name *bide_s, T bide_of)                                   \
    {                                                                                              \
        void *bide_at = form##_place(&bide_s->set);                                                \
        if (!bide_at) {                                                                            \
            T##_drop(&bide_of);                                                                    \
            return bide_priv_box_refused(bide_s->set.allocator);                                   \
        }                                                                                          \
        BIDE_PRIV_COPY(bide_at, &bide_of, sizeof bide_of);                                         \
        form##_commit(&bide_s->set, bide_at, false);                                               \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_PRIV_SET_REST(Name, form)                                                                 \
    BIDE_INLINE bide_size_hint Name##_size_hint(Name *bide_s)                                      \
    {                                                                                              \
        return bide_size_hint_of(0, bide_s->set.count ? SIZE_MAX : 0);                             \
    }                                                                                              \
    BIDE_PRIV_STREAM_NEXT(Name, ((int)T##_next_flags & (int)(flags)) | (int)BIDE_UNPIN)

/* A stream as the member of a set: the record of a future whose frame it is. */
#define BIDE_PRIV_STREAM_RECORD(Name, T)                                                           \
    BIDE_INLINE bide_poll Name##_bide_poll(void *bide_f, bide_context *bide_cx, void *bide_out)    \
    {                                                                                              \
        return T##_poll_next((T *)bide_f, bide_cx, (T##_item *)bide_out);                          \
    }                                                                                              \
    BIDE_INLINE void Name##_bide_drop(void *bide_f) { T##_drop((T *)bide_f); }                     \
    BIDE_INLINE void Name##_bide_trace(const void *bide_f, bide_tracer *bide_tr);                  \
    static const bide_type Name##_bide_type BIDE_PRIV_UNUSED = {                                   \
        (uint32_t)sizeof(bide_type),                                                               \
        (uint32_t)T##_next_flags,                                                                  \
        (uint32_t)sizeof(T),                                                                       \
        (uint32_t)BIDE_PRIV_ALIGNOF(T),                                                            \
        (uint32_t)(BIDE_PRIV_ALIGNOF(T) > sizeof(void *) ? BIDE_PRIV_ALIGNOF(T) : sizeof(void *)), \
        (uint32_t)sizeof(T##_item),                                                                \
        (uint32_t)BIDE_PRIV_ALIGNOF(T##_item),                                                     \
        0,                                                                                         \
        Name##_bide_poll,                                                                          \
        Name##_bide_drop,                                                                          \
        NULL,                                                                                      \
        Name##_bide_trace,                                                                         \
        #T,                                                                                        \
        BIDE_MODULE};                                                                              \
    BIDE_INLINE void Name##_bide_trace(const void *bide_f, bide_tracer *bide_tr)                   \
    {                                                                                              \
        bide_tr->enter(bide_tr, &Name##_bide_type, bide_f, NULL, 0);                               \
        T##_trace((T *)bide_f, bide_tr);                                                           \
        bide_tr->leave(bide_tr);                                                                   \
    }

/* BIDE_STREAM_FLATTEN_UNORDERED(Name, S, T, n); BIDE_LOCAL_STREAM_FLATTEN_UNORDERED(Name, S, T, n);
 * S yields streams of the type T, which must not have been polled and whose owner it becomes: the
 * items of up to n of them at a time, as they come. S is polled when there is room for one more; of
 * the others those that were woken. A failure code of S or of one of them ends it, and drops all.
 *
 * Shape: a stream type of T_item; void Name_init(Name *, S of, bide_allocator *allocator)
 *        Memory as of a set: one block, and one for each stream that is open */
#define BIDE_STREAM_FLATTEN_UNORDERED(Name, S, T, n)                                               \
    BIDE_STREAM_SET(Name##_bide_set, T);                                                           \
    BIDE_PRIV_FLATTEN_UNORDERED(Name, S, T, n, Name##_bide_set, BIDE_SEND) struct bide_priv_stream
#define BIDE_LOCAL_STREAM_FLATTEN_UNORDERED(Name, S, T, n)                                         \
    BIDE_LOCAL_STREAM_SET(Name##_bide_set, T);                                                     \
    BIDE_PRIV_FLATTEN_UNORDERED(Name, S, T, n, Name##_bide_set, 0) struct bide_priv_stream

/* So many times a poll opens streams that end at once, before others get their turn. */
#define BIDE_PRIV_FLATTEN_ROUNDS 32

#define BIDE_PRIV_FLATTEN_UNORDERED(Name, S, T, n, Set, flags)                                     \
    BIDE_PRIV_ASSERT((n) > 0, "bide: " #Name ": no stream would ever be open: n is 0");            \
    BIDE_PRIV_ADAPT_SAME(Name, T)                                                                  \
    typedef struct Name {                                                                          \
        S of;                                                                                      \
        Set open;                                                                                  \
        bool last, ended;                                                                          \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_s, S bide_of, bide_allocator *bide_a)                  \
    {                                                                                              \
        BIDE_PRIV_COPY(&bide_s->of, &bide_of, sizeof bide_of);                                     \
        Set##_init(&bide_s->open, bide_a);                                                         \
        bide_s->last = bide_s->ended = false;                                                      \
    }                                                                                              \
    /* Opens streams while there is room. BIDE_READY: no more, for now. */                         \
    BIDE_INLINE bide_poll Name##_bide_fill(Name *bide_s, bide_context *bide_cx)                    \
    {                                                                                              \
        while (!bide_s->last && Set##_len(&bide_s->open) < (n)) {                                  \
            T bide_one;                                                                            \
            bide_poll bide_r = S##_poll_next(&bide_s->of, bide_cx, &bide_one);                     \
            bide_s->last = bide_r == BIDE_DONE;                                                    \
            if (bide_r == BIDE_READY)                                                              \
                bide_r = Set##_insert(&bide_s->open, bide_one);                                    \
            if (bide_r == BIDE_PENDING || bide_r < 0)                                              \
                return bide_r;                                                                     \
        }                                                                                          \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_next(Name *bide_s, bide_context *bide_cx,                    \
                                           Name##_item *bide_item)                                 \
    {                                                                                              \
        bide_poll bide_r = BIDE_DONE;                                                              \
        for (int bide_i = 0; !bide_s->ended && bide_i < BIDE_PRIV_FLATTEN_ROUNDS; bide_i++) {      \
            const bide_poll bide_source = Name##_bide_fill(bide_s, bide_cx);                       \
            bide_r = bide_source < 0 ? bide_source                                                 \
                                     : Set##_poll_next(&bide_s->open, bide_cx, bide_item);         \
            if (bide_r == BIDE_READY)                                                              \
                return BIDE_READY;                                                                 \
            bide_s->ended = bide_r < 0 || (bide_r == BIDE_DONE && bide_s->last);                   \
            if (bide_r < 0)                                                                        \
                Set##_clear(&bide_s->open);                                                        \
            if (bide_s->ended)                                                                     \
                return bide_r;                                                                     \
            if (bide_s->last || bide_source == BIDE_PENDING ||                                     \
                Set##_len(&bide_s->open) >= (n))                                                   \
                return BIDE_PENDING;                                                               \
        }                                                                                          \
        if (bide_s->ended)                                                                         \
            return BIDE_DONE;                                                                      \
        bide_waker_wake_by_ref(bide_cx->waker);                                                    \
        return BIDE_PENDING;                                                                       \
    }                                                                                              \
    BIDE_INLINE bide_size_hint Name##_size_hint(Name *bide_s)                                      \
    {                                                                                              \
        bide_size_hint bide_h = Set##_size_hint(&bide_s->open);                                    \
        if (!bide_s->last && !bide_s->ended && S##_size_hint(&bide_s->of).most != 0)               \
            bide_h.most = SIZE_MAX;                                                                \
        return bide_h;                                                                             \
    }                                                                                              \
    BIDE_INLINE void Name##_trace(Name *bide_s, bide_tracer *bide_tr)                              \
    {                                                                                              \
        if (!bide_s->last && !bide_s->ended && Set##_len(&bide_s->open) < (n))                     \
            S##_trace(&bide_s->of, bide_tr);                                                       \
        Set##_trace(&bide_s->open, bide_tr);                                                       \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_s)                                                     \
    {                                                                                              \
        bide_s->ended = true;                                                                      \
        Set##_drop(&bide_s->open);                                                                 \
        S##_drop(&bide_s->of);                                                                     \
    }                                                                                              \
    BIDE_PRIV_STREAM_NEXT(Name, ((int)S##_next_flags & (int)T##_next_flags & (int)(flags)) |       \
                                    (int)BIDE_UNPIN)

#endif
