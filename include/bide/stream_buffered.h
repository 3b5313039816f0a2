/*
 * bide/stream_buffered.h: several calls at a time over the items of a stream: buffered, in order;
 * buffer_unordered; for_each_concurrent.
 *
 * A closure type C of the kind FN (bide/closure.h) is called for each item, with up to n calls (a
 * constant) in flight. Their frames are in the stream: nothing is allocated. So each poll polls
 * every call in flight: a waker of its own would have to outlive the stream, and so need memory.
 * This is for n up to some dozens; beyond that, bide/future_set.h polls the woken only.
 *
 * As in bide/stream_adapt.h the stream owns its source and the environment; a failure code of the
 * source or of a call ends it, and drops the calls in flight; so does Name_drop.
 */
#ifndef BIDE_STREAM_BUFFERED_H
#define BIDE_STREAM_BUFFERED_H

#include <bide/stream_adapt.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* How a slot stands. */
enum { BIDE_PRIV_SLOT_FREE = 0, BIDE_PRIV_SLOT_BUSY = 1, BIDE_PRIV_SLOT_FULL = 2 };

#define BIDE_PRIV_BUFFER_ASKS(Name, C, n)                                                          \
    BIDE_PRIV_ASSERT((n) > 0, "bide: " #Name ": no call would ever be in flight: n is 0");         \
    BIDE_PRIV_ASSERT(BIDE_PRIV_MAY_DROP(C##_call),                                                 \
                     "bide: " #Name " may have to drop a call of " #C ", and its cleanup waits");

/* ---- in order ------------------------------------------------------------------------------ */

/* BIDE_STREAM_BUFFERED(Name, S, C, n); what  R C_call(C *env, S_item item)  gives for each item, in
 * the order of the items. A result that is there before its turn is kept, and released with
 * Name_item_drop if it is not asked for.
 * Shape: a stream type of R; void Name_init(Name *, S of, C fn) */
#define BIDE_STREAM_BUFFERED(Name, S, C, n)                                                        \
    BIDE_PRIV_BUFFER_ASKS(Name, C, n)                                                              \
    typedef C##_call_output Name##_item;                                                           \
    BIDE_PRIV_ITEM_REST(Name)                                                                      \
    typedef struct Name {                                                                          \
        S of;                                                                                      \
        C fn;                                                                                      \
        size_t first, count; /* slots in use, in a ring */                                         \
        bool last, ended;                                                                          \
        unsigned char slot[n];                                                                     \
        union {                                                                                    \
            struct C##_call call;                                                                  \
            Name##_item item;                                                                      \
        } at[n];                                                                                   \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_s, S bide_of, C bide_fn)                               \
    {                                                                                              \
        BIDE_PRIV_COPY(&bide_s->of, &bide_of, sizeof bide_of);                                     \
        BIDE_PRIV_COPY(&bide_s->fn, &bide_fn, sizeof bide_fn);                                     \
        bide_s->first = bide_s->count = 0;                                                         \
        bide_s->last = bide_s->ended = false;                                                      \
    }                                                                                              \
    /* Drops what is in flight and what was not asked for. */                                      \
    BIDE_INLINE bide_poll Name##_bide_end(Name *bide_s, bide_poll bide_r)                          \
    {                                                                                              \
        for (; bide_s->count; bide_s->count--) {                                                   \
            const size_t bide_i = (bide_s->first + bide_s->count - 1) % (n);                       \
            if (bide_s->slot[bide_i] == BIDE_PRIV_SLOT_BUSY)                                       \
                C##_call_drop(&bide_s->at[bide_i].call);                                           \
            if (bide_s->slot[bide_i] == BIDE_PRIV_SLOT_FULL)                                       \
                Name##_item_drop(&bide_s->at[bide_i].item);                                        \
        }                                                                                          \
        bide_s->ended = bide_s->last = true;                                                       \
        return bide_r;                                                                             \
    }                                                                                              \
    /* A poll of a call has given bide_r, and, if it is ready, an item. */                         \
    BIDE_INLINE bide_poll Name##_bide_keep(Name *bide_s, size_t bide_i, bide_poll bide_r,          \
                                           const Name##_item *bide_item)                           \
    {                                                                                              \
        bide_s->slot[bide_i] = BIDE_PRIV_SLOT_BUSY;                                                \
        if (bide_r < 0)                                                                            \
            bide_s->slot[bide_i] = BIDE_PRIV_SLOT_FREE;                                            \
        if (bide_r == BIDE_READY) {                                                                \
            bide_s->slot[bide_i] = BIDE_PRIV_SLOT_FULL;                                            \
            bide_s->at[bide_i].item = *bide_item;                                                  \
        }                                                                                          \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_next(Name *bide_s, bide_context *bide_cx,                    \
                                           Name##_item *bide_item)                                 \
    {                                                                                              \
        Name##_item bide_x;                                                                        \
        if (bide_s->ended)                                                                         \
            return BIDE_DONE;                                                                      \
        for (size_t bide_k = 0; bide_k < bide_s->count; bide_k++) {                                \
            const size_t bide_i = (bide_s->first + bide_k) % (n);                                  \
            bide_poll bide_r;                                                                      \
            if (bide_s->slot[bide_i] != BIDE_PRIV_SLOT_BUSY)                                       \
                continue;                                                                          \
            bide_r = C##_call_poll(&bide_s->at[bide_i].call, bide_cx, &bide_x);                    \
            if (Name##_bide_keep(bide_s, bide_i, bide_r, &bide_x) < 0)                             \
                return Name##_bide_end(bide_s, bide_r);                                            \
        }                                                                                          \
        while (!bide_s->last && bide_s->count < (n)) {                                             \
            const size_t bide_i = (bide_s->first + bide_s->count) % (n);                           \
            S##_item bide_in;                                                                      \
            bide_poll bide_r = S##_poll_next(&bide_s->of, bide_cx, &bide_in);                      \
            if (bide_r == BIDE_PENDING)                                                            \
                break;                                                                             \
            bide_s->last = bide_r != BIDE_READY;                                                   \
            if (bide_r == BIDE_READY) {                                                            \
                bide_r = C##_call_start(&bide_s->at[bide_i].call, &bide_s->fn, bide_in, bide_cx,   \
                                        &bide_x);                                                  \
                bide_s->count++;                                                                   \
                (void)Name##_bide_keep(bide_s, bide_i, bide_r, &bide_x);                           \
            }                                                                                      \
            if (bide_r < 0)                                                                        \
                return Name##_bide_end(bide_s, bide_r);                                            \
        }                                                                                          \
        if (bide_s->count && bide_s->slot[bide_s->first] == BIDE_PRIV_SLOT_FULL) {                 \
            *bide_item = bide_s->at[bide_s->first].item;                                           \
            bide_s->first = (bide_s->first + 1) % (n);                                             \
            bide_s->count--;                                                                       \
            return BIDE_READY;                                                                     \
        }                                                                                          \
        bide_s->ended = bide_s->last && !bide_s->count;                                            \
        return bide_s->ended ? BIDE_DONE : BIDE_PENDING;                                           \
    }                                                                                              \
    BIDE_PRIV_BUFFER_HINT(Name, S, bide_s->count)                                                  \
    BIDE_INLINE void Name##_trace(Name *bide_s, bide_tracer *bide_tr)                              \
    {                                                                                              \
        if (!bide_s->last && bide_s->count < (n))                                                  \
            S##_trace(&bide_s->of, bide_tr);                                                       \
        for (size_t bide_k = 0; bide_k < bide_s->count; bide_k++) {                                \
            const size_t bide_i = (bide_s->first + bide_k) % (n);                                  \
            if (bide_s->slot[bide_i] == BIDE_PRIV_SLOT_BUSY)                                       \
                bide_priv_trace_kid(BIDE_PRIV_KID_EMBEDDED, &C##_call_type,                        \
                                    &bide_s->at[bide_i].call, bide_tr);                            \
        }                                                                                          \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_s)                                                     \
    {                                                                                              \
        (void)Name##_bide_end(bide_s, BIDE_DONE);                                                  \
        C##_drop(&bide_s->fn);                                                                     \
        S##_drop(&bide_s->of);                                                                     \
    }                                                                                              \
    BIDE_PRIV_STREAM_NEXT(Name, BIDE_PRIV_ADAPT_CALL_FLAGS(S, C))                                  \
    struct bide_priv_stream
#define BIDE_PRIV_BUFFER_HINT(Name, S, HELD)                                                       \
    BIDE_INLINE bide_size_hint Name##_size_hint(Name *bide_s)                                      \
    {                                                                                              \
        bide_size_hint bide_h = bide_size_hint_of(0, 0);                                           \
        if (!bide_s->last)                                                                         \
            bide_h = S##_size_hint(&bide_s->of);                                                   \
        return bide_priv_hint_add(bide_h, HELD);                                                   \
    }

/* ---- as they come -------------------------------------------------------------------------- */

/* BIDE_STREAM_BUFFER_UNORDERED(Name, S, C, n); the same, in the order in which the calls end. Calls
 * are looked at in turn, so that none waits for ever behind others.
 * Shape: a stream type of R; void Name_init(Name *, S of, C fn) */
#define BIDE_STREAM_BUFFER_UNORDERED(Name, S, C, n)                                                \
    BIDE_PRIV_BUFFER_ASKS(Name, C, n)                                                              \
    typedef C##_call_output Name##_item;                                                           \
    BIDE_PRIV_ITEM_REST(Name)                                                                      \
    BIDE_PRIV_STREAM_CROWD(Name, S, C, n, C, &bide_s->fn, C##_drop(&bide_s->fn))                   \
    BIDE_PRIV_STREAM_NEXT(Name, BIDE_PRIV_ADAPT_CALL_FLAGS(S, C))                                  \
    struct bide_priv_stream
/* FN is the type of the field fn, ENV the environment's address, DROP what drops it. */
#define BIDE_PRIV_STREAM_CROWD(Name, S, C, n, FN, ENV, DROP)                                       \
    typedef struct Name {                                                                          \
        S of;                                                                                      \
        FN fn;                                                                                     \
        size_t turn, count;                                                                        \
        bool last, ended;                                                                          \
        bool busy[n];                                                                              \
        struct C##_call call[n];                                                                   \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_s, S bide_of, FN bide_fn)                              \
    {                                                                                              \
        BIDE_PRIV_COPY(&bide_s->of, &bide_of, sizeof bide_of);                                     \
        BIDE_PRIV_COPY(&bide_s->fn, &bide_fn, sizeof bide_fn);                                     \
        bide_s->turn = bide_s->count = 0;                                                          \
        bide_s->last = bide_s->ended = false;                                                      \
        for (size_t bide_i = 0; bide_i < (n); bide_i++)                                            \
            bide_s->busy[bide_i] = false;                                                          \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_bide_end(Name *bide_s, bide_poll bide_r)                          \
    {                                                                                              \
        for (size_t bide_i = 0; bide_i < (n); bide_i++) {                                          \
            if (bide_s->busy[bide_i])                                                              \
                C##_call_drop(&bide_s->call[bide_i]);                                              \
            bide_s->busy[bide_i] = false;                                                          \
        }                                                                                          \
        bide_s->count = 0;                                                                         \
        bide_s->ended = bide_s->last = true;                                                       \
        return bide_r;                                                                             \
    }                                                                                              \
    /* Starts a call in a free slot: BIDE_PENDING if it waits, or if there is no item yet. */      \
    BIDE_INLINE bide_poll Name##_bide_more(Name *bide_s, size_t bide_i, bide_context *bide_cx,     \
                                           C##_call_output *bide_item, bool *bide_got)             \
    {                                                                                              \
        S##_item bide_in;                                                                          \
        bide_poll bide_r = S##_poll_next(&bide_s->of, bide_cx, &bide_in);                          \
        *bide_got = bide_r == BIDE_READY;                                                          \
        bide_s->last = bide_r < 0 || bide_r == BIDE_DONE;                                          \
        if (bide_r != BIDE_READY)                                                                  \
            return bide_r;                                                                         \
        bide_r = C##_call_start(&bide_s->call[bide_i], ENV, bide_in, bide_cx, bide_item);          \
        bide_s->busy[bide_i] = bide_r == BIDE_PENDING;                                             \
        bide_s->count += bide_r == BIDE_PENDING;                                                   \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_next(Name *bide_s, bide_context *bide_cx,                    \
                                           C##_call_output *bide_item)                             \
    {                                                                                              \
        const size_t bide_from = bide_s->turn;                                                     \
        bool bide_got = true;                                                                      \
        if (bide_s->ended)                                                                         \
            return BIDE_DONE;                                                                      \
        for (size_t bide_k = 0; bide_k < (n) && bide_s->count; bide_k++) {                         \
            const size_t bide_i = (bide_from + bide_k) % (n);                                      \
            bide_poll bide_r;                                                                      \
            if (!bide_s->busy[bide_i])                                                             \
                continue;                                                                          \
            bide_r = C##_call_poll(&bide_s->call[bide_i], bide_cx, bide_item);                     \
            if (bide_r == BIDE_PENDING)                                                            \
                continue;                                                                          \
            bide_s->busy[bide_i] = false;                                                          \
            bide_s->count--;                                                                       \
            bide_s->turn = (bide_i + 1) % (n);                                                     \
            return bide_r < 0 ? Name##_bide_end(bide_s, bide_r) : BIDE_READY;                      \
        }                                                                                          \
        for (size_t bide_i = 0; bide_i < (n) && bide_got && !bide_s->last; bide_i++) {             \
            bide_poll bide_r;                                                                      \
            if (bide_s->busy[bide_i])                                                              \
                continue;                                                                          \
            bide_r = Name##_bide_more(bide_s, bide_i, bide_cx, bide_item, &bide_got);              \
            if (bide_r < 0)                                                                        \
                return Name##_bide_end(bide_s, bide_r);                                            \
            if (bide_r == BIDE_READY)                                                              \
                return BIDE_READY;                                                                 \
        }                                                                                          \
        bide_s->ended = bide_s->last && !bide_s->count;                                            \
        return bide_s->ended ? BIDE_DONE : BIDE_PENDING;                                           \
    }                                                                                              \
    BIDE_PRIV_BUFFER_HINT(Name, S, bide_s->count)                                                  \
    BIDE_INLINE void Name##_trace(Name *bide_s, bide_tracer *bide_tr)                              \
    {                                                                                              \
        if (!bide_s->last && bide_s->count < (n))                                                  \
            S##_trace(&bide_s->of, bide_tr);                                                       \
        for (size_t bide_i = 0; bide_i < (n); bide_i++)                                            \
            if (bide_s->busy[bide_i])                                                              \
                bide_priv_trace_kid(BIDE_PRIV_KID_EMBEDDED, &C##_call_type,                        \
                                    &bide_s->call[bide_i], bide_tr);                               \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_s)                                                     \
    {                                                                                              \
        (void)Name##_bide_end(bide_s, BIDE_DONE);                                                  \
        DROP;                                                                                      \
        S##_drop(&bide_s->of);                                                                     \
    }

/* BIDE_STREAM_FOR_EACH_CONCURRENT(Name, S, C, n); calls  int32_t C_call(C *env, S_item item)  for
 * each item, up to n at a time. The first result that is not 0 ends it, and drops the other calls;
 * items that were not asked for stay in the stream.
 * Shape: the future type int32_t Name(S *stream, C *fn)    0, or that result */
#define BIDE_STREAM_FOR_EACH_CONCURRENT(Name, S, C, n)                                             \
    BIDE_PRIV_BUFFER_ASKS(Name, C, n)                                                              \
    BIDE_STREAM_REF(Name##_source, S);                                                             \
    typedef C *Name##_fn;                                                                          \
    BIDE_PRIV_STREAM_CROWD(Name##_crowd, Name##_source, C, n, Name##_fn, bide_s->fn, (void)0)      \
    BIDE_INLINE void Name##_bide_crowd_trace(const void *frame, bide_tracer *tracer);              \
    BIDE_FUTURE_OF(int32_t, Name, (BIDE_PRIV_CROWD_ROWS, Name, S, C))                              \
    BIDE_INLINE void Name##_bide_crowd_trace(const void *bide_frame, bide_tracer *bide_tr)         \
    {                                                                                              \
        const struct Name *bide_f = (const struct Name *)bide_frame;                               \
        Name##_crowd *bide_c = (Name##_crowd *)(uintptr_t)&bide_f->crowd; /* only looked at */     \
        if (bide_f->stream && bide_f->begun)                                                       \
            Name##_crowd_trace(bide_c, bide_tr);                                                   \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(struct Name *bide_f)                                              \
    {                                                                                              \
        if (bide_f->stream && bide_f->begun)                                                       \
            Name##_crowd_drop(&bide_f->crowd);                                                     \
        bide_f->stream = NULL;                                                                     \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll(struct Name *bide_f, bide_context *bide_cx,                  \
                                      int32_t *bide_out)                                           \
    {                                                                                              \
        bide_poll bide_r;                                                                          \
        if (!bide_f->stream)                                                                       \
            return BIDE_EMISUSE;                                                                   \
        if (!bide_f->begun) {                                                                      \
            Name##_source bide_source;                                                             \
            Name##_source_init(&bide_source, bide_f->stream);                                      \
            Name##_crowd_init(&bide_f->crowd, bide_source, bide_f->fn);                            \
            bide_f->begun = true;                                                                  \
        }                                                                                          \
        do {                                                                                       \
            *bide_out = 0;                                                                         \
            bide_r = Name##_crowd_poll_next(&bide_f->crowd, bide_cx, bide_out);                    \
            if (bide_r == BIDE_PENDING)                                                            \
                return BIDE_PENDING;                                                               \
        } while (bide_r == BIDE_READY && *bide_out == 0);                                          \
        if (bide_r == BIDE_DONE)                                                                   \
            *bide_out = 0;                                                                         \
        Name##_drop(bide_f);                                                                       \
        return bide_r < 0 ? bide_r : BIDE_READY;                                                   \
    }                                                                                              \
    struct bide_priv_stream
#define BIDE_PRIV_CROWD_ROWS(ROW, Name, S, C)                                                      \
    ROW(TRAITS, ((int)S##_next_flags & (int)C##_call_flags & (int)BIDE_SEND))                      \
    ROW(TRACE, Name##_bide_crowd_trace) ROW(PARAM, S *, stream) ROW(PARAM, C *, fn)                \
    ROW(LOCAL, bool, begun) ROW(BUFFER, Name##_crowd, crowd)

#endif
