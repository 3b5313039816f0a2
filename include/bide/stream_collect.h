/*
 * bide/stream_collect.h: what comes out of a stream in the end: fold, for_each, all, any, count and
 * collect as futures; chunks and ready_chunks as streams of pieces.
 *
 * The futures take the stream by its address, and do not own it: dropped, they leave the rest in
 * it, and lose no item but one that a closure is at. A failure code of the stream or of a closure
 * passes through. Closures are of the types of bide/closure.h, also by address: the environment,
 * which may hold what was found, is the caller's.
 */
#ifndef BIDE_STREAM_COLLECT_H
#define BIDE_STREAM_COLLECT_H

#include <bide/stream_adapt.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* ---- futures with a closure ---------------------------------------------------------------- */

/* BIDE_STREAM_FOR_EACH(Name, S, C); calls  C_call(C *env, S_item item)  for each item, one call at
 * a time; the closure owns the item; its Output is dropped silently.
 * Shape: the future type void Name(S *stream, C *fn) */
#define BIDE_STREAM_FOR_EACH(Name, S, C)                                                           \
    BIDE_PRIV_STREAM_EACH(Name, S, C, void, BIDE_PRIV_EACH_ROWS, (bide_f->fn, bide_f->item),       \
                          (void)0, (void)0, (void)bide_out)                                        \
    struct bide_priv_stream

/* BIDE_STREAM_FOLD(Name, S, C); the closure makes a new value of the value so far and an item:
 *     Value C_call(C *env, Value so_far, S_item item)
 * and owns both. A Name that is dropped forgets the value so far, unless a call has it.
 * Shape: the future type Value Name(S *stream, C *fn, Value so_far) */
#define BIDE_STREAM_FOLD(Name, S, C)                                                               \
    BIDE_PRIV_STREAM_EACH(Name, S, C, C##_call_output, BIDE_PRIV_FOLD_ROWS,                        \
                          (bide_f->fn, bide_f->so_far, bide_f->item),                              \
                          bide_f->so_far = bide_res.value, (void)0, *bide_out = bide_f->so_far)    \
    struct bide_priv_stream
#define BIDE_PRIV_FOLD_ROWS(ROW, Name, S, C)                                                       \
    BIDE_PRIV_EACH_ROWS(ROW, Name, S, C) ROW(PARAM, C##_call_output, so_far)

/* BIDE_STREAM_ALL(Name, S, C); whether the closure
 *     bool C_call(C *env, const S_item *item)       which borrows the item
 * says true of every item; BIDE_STREAM_ANY: of one at least. Ends with the first that decides; the
 * items are released, what is behind stays in the stream. Of none, all is true, and any is false.
 * Shape: the future type bool Name(S *stream, C *fn) */
#define BIDE_STREAM_ALL(Name, S, C) BIDE_PRIV_STREAM_DECIDE(Name, S, C, false)
#define BIDE_STREAM_ANY(Name, S, C) BIDE_PRIV_STREAM_DECIDE(Name, S, C, true)
#define BIDE_PRIV_STREAM_DECIDE(Name, S, C, DECIDES)                                               \
    BIDE_PRIV_STREAM_EACH(Name, S, C, bool, BIDE_PRIV_DECIDE_ROWS, (bide_f->fn, &bide_f->item),    \
                          if (bide_res.value == (DECIDES)) {                                       \
                              bide_f->stream = NULL;                                               \
                              *bide_out = (DECIDES);                                               \
                              return BIDE_READY;                                                   \
                          },                                                                       \
                          S##_item_drop(&bide_f->item), *bide_out = !(DECIDES))                    \
    struct bide_priv_stream
/* Not movable: a call that waits may have the address of the item, which lies in the frame. */
#define BIDE_PRIV_DECIDE_ROWS(ROW, Name, S, C)                                                     \
    ROW(TRAITS, ((int)S##_next_flags & (int)C##_call_flags & (int)BIDE_SEND))                      \
    BIDE_PRIV_EACH_FIELDS(ROW, Name, S, C)

/* A future that calls a closure for each item. ARGS are those of the call; TAKE does something with
 * its result; RELEASE ends an item that the call has only looked at; END writes the Output. */
#define BIDE_PRIV_EACH_ROWS(ROW, Name, S, C)                                                       \
    ROW(TRAITS, ((int)S##_next_flags & (int)C##_call_flags & ((int)BIDE_SEND | (int)BIDE_UNPIN)))  \
    BIDE_PRIV_EACH_FIELDS(ROW, Name, S, C)
#define BIDE_PRIV_EACH_FIELDS(ROW, Name, S, C)                                                     \
    ROW(TRACE, Name##_bide_each_trace) ROW(PARAM, S *, stream) ROW(PARAM, C *, fn)                 \
    ROW(LOCAL, bool, busy) ROW(BUFFER, S##_item, item) ROW(BUFFER, struct C##_call, call)
#define BIDE_PRIV_STREAM_EACH(Name, S, C, R, ROWS, ARGS, TAKE, RELEASE, END)                       \
    BIDE_PRIV_ASSERT(BIDE_PRIV_MAY_DROP(C##_call),                                                 \
                     "bide: " #Name " may have to drop a call of " #C ", and its cleanup waits");  \
    BIDE_INLINE void Name##_bide_each_trace(const void *frame, bide_tracer *tracer);               \
    BIDE_FUTURE_OF(R, Name, (ROWS, Name, S, C))                                                    \
    BIDE_INLINE void Name##_bide_each_trace(const void *bide_frame, bide_tracer *bide_tr)          \
    {                                                                                              \
        const struct Name *bide_f = (const struct Name *)bide_frame;                               \
        if (bide_f->stream && bide_f->busy)                                                        \
            bide_priv_trace_kid(BIDE_PRIV_KID_EMBEDDED, &C##_call_type, &bide_f->call, bide_tr);   \
        else if (bide_f->stream)                                                                   \
            S##_trace(bide_f->stream, bide_tr);                                                    \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(struct Name *bide_f)                                              \
    {                                                                                              \
        if (bide_f->stream && bide_f->busy) {                                                      \
            C##_call_drop(&bide_f->call);                                                          \
            RELEASE;                                                                               \
        }                                                                                          \
        bide_f->stream = NULL;                                                                     \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll(struct Name *bide_f, bide_context *bide_cx,                  \
                                      Name##_output *bide_out)                                     \
    {                                                                                              \
        if (!bide_f->stream)                                                                       \
            return BIDE_EMISUSE;                                                                   \
        for (;;) {                                                                                 \
            union C##_call_result bide_res;                                                        \
            C##_call_output *bide_at = (C##_call_output *)(void *)&bide_res;                       \
            bide_poll bide_r;                                                                      \
            if (bide_f->busy) {                                                                    \
                bide_r = C##_call_poll(&bide_f->call, bide_cx, bide_at);                           \
                bide_f->busy = bide_r == BIDE_PENDING;                                             \
            } else {                                                                               \
                bide_r = S##_poll_next(bide_f->stream, bide_cx, &bide_f->item);                    \
                if (bide_r == BIDE_PENDING)                                                        \
                    return BIDE_PENDING;                                                           \
                if (bide_r != BIDE_READY) {                                                        \
                    bide_f->stream = NULL;                                                         \
                    if (bide_r < 0)                                                                \
                        return bide_r;                                                             \
                    END;                                                                           \
                    return BIDE_READY;                                                             \
                }                                                                                  \
                bide_r = C##_call_start(&bide_f->call, BIDE_PRIV_CLOSURE_OPEN ARGS, bide_cx,       \
                                        bide_at);                                                  \
                if (bide_r == BIDE_PENDING)                                                        \
                    bide_f->busy = true;                                                           \
            }                                                                                      \
            if (bide_r == BIDE_PENDING)                                                            \
                return BIDE_PENDING;                                                               \
            RELEASE;                                                                               \
            if (bide_r < 0) {                                                                      \
                bide_f->stream = NULL;                                                             \
                return bide_r;                                                                     \
            }                                                                                      \
            TAKE;                                                                                  \
        }                                                                                          \
    }

/* ---- futures without ----------------------------------------------------------------------- */

/* BIDE_STREAM_COUNT(Name, S); how many items come; they are released.
 * Shape: the future type size_t Name(S *stream) */
#define BIDE_STREAM_COUNT(Name, S)                                                                 \
    BIDE_PRIV_STREAM_GATHER(Name, S, size_t, BIDE_PRIV_COUNT_ROWS)                                 \
    BIDE_INLINE bide_poll Name##_poll(struct Name *bide_f, bide_context *bide_cx,                  \
                                      size_t *bide_out)                                            \
    {                                                                                              \
        if (!bide_f->stream)                                                                       \
            return BIDE_EMISUSE;                                                                   \
        for (;;) {                                                                                 \
            S##_item bide_x;                                                                       \
            bide_poll bide_r = S##_poll_next(bide_f->stream, bide_cx, &bide_x);                    \
            if (bide_r == BIDE_PENDING)                                                            \
                return BIDE_PENDING;                                                               \
            if (bide_r != BIDE_READY) {                                                            \
                bide_f->stream = NULL;                                                             \
                *bide_out = bide_f->count;                                                         \
                return bide_r < 0 ? bide_r : BIDE_READY;                                           \
            }                                                                                      \
            S##_item_drop(&bide_x);                                                                \
            bide_f->count++;                                                                       \
        }                                                                                          \
    }                                                                                              \
    struct bide_priv_stream
#define BIDE_PRIV_COUNT_ROWS(ROW, Name, S)                                                         \
    BIDE_PRIV_GATHER_ROWS(ROW, Name, S) ROW(LOCAL, size_t, count)

/* A future of a stream without a closure; its poll is still to come.  Shape: trace, type, drop */
#define BIDE_PRIV_GATHER_ROWS(ROW, Name, S)                                                        \
    ROW(TRAITS, BIDE_PRIV_ADAPT_FLAGS(S)) ROW(TRACE, Name##_bide_trace_stream)                     \
    ROW(PARAM, S *, stream)
#define BIDE_PRIV_STREAM_GATHER(Name, S, R, ROWS)                                                  \
    BIDE_INLINE void Name##_bide_trace_stream(const void *frame, bide_tracer *tracer);             \
    BIDE_FUTURE_OF(R, Name, (ROWS, Name, S))                                                       \
    BIDE_INLINE void Name##_bide_trace_stream(const void *bide_frame, bide_tracer *bide_tr)        \
    {                                                                                              \
        const struct Name *bide_f = (const struct Name *)bide_frame;                               \
        if (bide_f->stream)                                                                        \
            S##_trace(bide_f->stream, bide_tr);                                                    \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(struct Name *bide_f) { bide_f->stream = NULL; }

/* BIDE_STREAM_COLLECT(Name, S); all items in an array that grows; first by what the size hint says.
 *
 * Shape: typedef struct Name_list { S_item *items; size_t count, room; bide_allocator *allocator; }
 *        void Name_list_init(Name_list *, bide_allocator *allocator)    empty
 *        void Name_list_drop(Name_list *)        releases the items and the memory
 *        the future type size_t Name(S *stream, Name_list *list)
 *            appends to the list; the Output is how many it holds. BIDE_ENOMEM: what came so far is
 *            in the list, and the rest still in the stream, so that it can be tried again: room is
 *            got before an item is. Dropped it leaves the list as it is, too */
#define BIDE_STREAM_COLLECT(Name, S)                                                               \
    typedef struct Name##_list {                                                                   \
        S##_item *items;                                                                           \
        size_t count, room;                                                                        \
        bide_allocator *allocator, *gave;                                                          \
    } Name##_list;                                                                                 \
    BIDE_INLINE void Name##_list_init(Name##_list *bide_l, bide_allocator *bide_a)                 \
    {                                                                                              \
        bide_l->items = NULL;                                                                      \
        bide_l->count = bide_l->room = 0;                                                          \
        bide_l->allocator = bide_l->gave = bide_a;                                                 \
    }                                                                                              \
    BIDE_INLINE void Name##_list_drop(Name##_list *bide_l)                                         \
    {                                                                                              \
        for (size_t bide_i = 0; bide_i < bide_l->count; bide_i++)                                  \
            S##_item_drop(&bide_l->items[bide_i]);                                                 \
        if (bide_l->items)                                                                         \
            bide_free(bide_l->gave, bide_l->items, bide_l->room * sizeof(S##_item),                \
                      BIDE_PRIV_ALIGNOF(S##_item));                                                \
        Name##_list_init(bide_l, bide_l->allocator);                                               \
    }                                                                                              \
    /* Room for one more item, and for what is announced, if that much can be had. */              \
    BIDE_INLINE bide_poll Name##_bide_grow(Name##_list *bide_l, size_t bide_more)                  \
    {                                                                                              \
        const size_t bide_least = bide_l->room < 4 ? 4 : bide_l->room;                             \
        size_t bide_room = bide_l->room + (bide_more > bide_least ? bide_more : bide_least);       \
        bide_allocator *bide_gave = NULL;                                                          \
        S##_item *bide_items = NULL;                                                               \
        if (bide_l->count < bide_l->room)                                                          \
            return BIDE_READY;                                                                     \
        if (bide_room < bide_l->room || bide_room > SIZE_MAX / 2 / sizeof(S##_item))               \
            return BIDE_ENOMEM;                                                                    \
        bide_items = (S##_item *)bide_alloc(bide_l->allocator, bide_room * sizeof(S##_item),       \
                                            BIDE_PRIV_ALIGNOF(S##_item), &bide_gave);              \
        if (!bide_items)                                                                           \
            return BIDE_ENOMEM;                                                                    \
        if (bide_l->items) {                                                                       \
            for (size_t bide_i = 0; bide_i < bide_l->count; bide_i++)                              \
                bide_items[bide_i] = bide_l->items[bide_i];                                        \
            bide_free(bide_l->gave, bide_l->items, bide_l->room * sizeof(S##_item),                \
                      BIDE_PRIV_ALIGNOF(S##_item));                                                \
        }                                                                                          \
        bide_l->items = bide_items;                                                                \
        bide_l->room = bide_room;                                                                  \
        bide_l->gave = bide_gave;                                                                  \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_PRIV_STREAM_GATHER(Name, S, size_t, BIDE_PRIV_COLLECT_ROWS)                               \
    BIDE_INLINE bide_poll Name##_poll(struct Name *bide_f, bide_context *bide_cx,                  \
                                      size_t *bide_out)                                            \
    {                                                                                              \
        Name##_list *bide_l = bide_f->list;                                                        \
        if (!bide_f->stream)                                                                       \
            return BIDE_EMISUSE;                                                                   \
        for (;;) {                                                                                 \
            S##_item bide_x;                                                                       \
            bide_poll bide_r = BIDE_READY;                                                         \
            bide_size_hint bide_hint = S##_size_hint(bide_f->stream);                              \
            if (bide_hint.most != 0)                                                               \
                bide_r = Name##_bide_grow(bide_l, BIDE_PRIV_HINT_ROOM(bide_hint));                 \
            if (bide_r == BIDE_READY)                                                              \
                bide_r = S##_poll_next(bide_f->stream, bide_cx, &bide_x);                          \
            if (bide_r == BIDE_PENDING)                                                            \
                return BIDE_PENDING;                                                               \
            if (bide_r == BIDE_READY) {                                                            \
                bide_r = Name##_bide_grow(bide_l, 0); /* no-op, unless the hint lied */            \
                if (bide_r == BIDE_READY) {                                                        \
                    bide_l->items[bide_l->count++] = bide_x;                                       \
                    continue;                                                                      \
                }                                                                                  \
                S##_item_drop(&bide_x);                                                            \
            }                                                                                      \
            bide_f->stream = NULL;                                                                 \
            *bide_out = bide_l->count;                                                             \
            return bide_r < 0 ? bide_r : BIDE_READY;                                               \
        }                                                                                          \
    }                                                                                              \
    struct bide_priv_stream
/* An announcement is believed up to so many items; more come by doubling. */
#define BIDE_PRIV_HINT_ROOM(h) ((h).least < 65536 ? (h).least : (size_t)65536)
#define BIDE_PRIV_COLLECT_ROWS(ROW, Name, S)                                                       \
    BIDE_PRIV_GATHER_ROWS(ROW, Name, S) ROW(PARAM, Name##_list *, list)

/* ---- pieces -------------------------------------------------------------------------------- */

/* BIDE_STREAM_CHUNKS(Name, S, n); the items in arrays of n (a constant, not 0), the last one
 * perhaps shorter. BIDE_STREAM_READY_CHUNKS: what is there without waiting, 1 to n at a time.
 * Shape: a stream type of { size_t count; S_item items[n]; } Name_item;
 *        void Name_init(Name *, S of) */
#define BIDE_STREAM_CHUNKS(Name, S, n)                                                             \
    BIDE_PRIV_ASSERT((n) > 0, "bide: " #Name ": chunks of 0 items: n is at least 1");              \
    BIDE_PRIV_STREAM_CHUNKS(Name, S, BIDE_PRIV_CHUNK(n), true)
#define BIDE_STREAM_READY_CHUNKS(Name, S, n)                                                       \
    BIDE_PRIV_ASSERT((n) > 0, "bide: " #Name ": chunks of 0 items: n is at least 1");              \
    BIDE_PRIV_STREAM_CHUNKS(Name, S, BIDE_PRIV_CHUNK(n), false)
#define BIDE_PRIV_CHUNK(n) ((n) > 0 ? (n) : 1) /* so that 0 makes one message */
#define BIDE_PRIV_STREAM_CHUNKS(Name, S, n, WAITS)                                                 \
    typedef struct Name##_item {                                                                   \
        size_t count;                                                                              \
        S##_item items[n];                                                                         \
    } Name##_item;                                                                                 \
    BIDE_INLINE void Name##_item_drop(Name##_item *bide_item)                                      \
    {                                                                                              \
        for (size_t bide_i = 0; bide_i < bide_item->count; bide_i++)                               \
            S##_item_drop(&bide_item->items[bide_i]);                                              \
        bide_item->count = 0;                                                                      \
    }                                                                                              \
    typedef struct Name {                                                                          \
        S of;                                                                                      \
        bool ended;                                                                                \
        bide_poll code;                                                                            \
        Name##_item held;                                                                          \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_s, S bide_of)                                          \
    {                                                                                              \
        BIDE_PRIV_COPY(&bide_s->of, &bide_of, sizeof bide_of);                                     \
        bide_s->ended = false;                                                                     \
        bide_s->code = BIDE_DONE;                                                                  \
        bide_s->held.count = 0;                                                                    \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_next(Name *bide_s, bide_context *bide_cx,                    \
                                           Name##_item *bide_item)                                 \
    {                                                                                              \
        Name##_item *bide_h = &bide_s->held;                                                       \
        while (!bide_s->ended && bide_h->count < (n)) {                                            \
            bide_poll bide_r =                                                                     \
                S##_poll_next(&bide_s->of, bide_cx, &bide_h->items[bide_h->count]);                \
            if (bide_r == BIDE_PENDING && ((WAITS) || bide_h->count == 0))                         \
                return BIDE_PENDING;                                                               \
            if (bide_r == BIDE_PENDING)                                                            \
                break;                                                                             \
            bide_h->count += bide_r == BIDE_READY;                                                 \
            bide_s->ended = bide_r != BIDE_READY;                                                  \
            if (bide_s->ended)                                                                     \
                bide_s->code = bide_r;                                                             \
        }                                                                                          \
        if (bide_h->count == 0) { /* a failure is told behind what came before it, once */         \
            bide_poll bide_r = bide_s->code;                                                       \
            bide_s->code = BIDE_DONE;                                                              \
            return bide_r;                                                                         \
        }                                                                                          \
        bide_item->count = bide_h->count;                                                          \
        for (size_t bide_i = 0; bide_i < bide_h->count; bide_i++)                                  \
            bide_item->items[bide_i] = bide_h->items[bide_i];                                      \
        bide_h->count = 0;                                                                         \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE bide_size_hint Name##_size_hint(Name *bide_s)                                      \
    {                                                                                              \
        bide_size_hint bide_h = bide_size_hint_of(0, 0);                                           \
        if (!bide_s->ended)                                                                        \
            bide_h = S##_size_hint(&bide_s->of);                                                   \
        bide_h = bide_priv_hint_add(bide_h, bide_s->held.count);                                   \
        bide_h.least = bide_h.least / (n) + (bide_h.least % (n) != 0);                             \
        if ((WAITS) && bide_h.most != SIZE_MAX)                                                    \
            bide_h.most = bide_h.most / (n) + (bide_h.most % (n) != 0);                            \
        return bide_h;                                                                             \
    }                                                                                              \
    BIDE_INLINE void Name##_trace(Name *bide_s, bide_tracer *bide_tr)                              \
    {                                                                                              \
        if (!bide_s->ended)                                                                        \
            S##_trace(&bide_s->of, bide_tr);                                                       \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_s)                                                     \
    {                                                                                              \
        Name##_item_drop(&bide_s->held);                                                           \
        bide_s->ended = true;                                                                      \
        bide_s->code = BIDE_DONE;                                                                  \
        S##_drop(&bide_s->of);                                                                     \
    }                                                                                              \
    BIDE_PRIV_STREAM_NEXT(Name, BIDE_PRIV_ADAPT_FLAGS(S))                                          \
    struct bide_priv_stream

#endif
