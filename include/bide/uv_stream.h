/*
 * bide/uv_stream.h: what all connections of bide::uv have in common, whether TCP or pipes.
 *
 * A connection T (bide_uv_tcp, bide_uv_pipe) is one pointer; it may be moved, and is empty (zero)
 * before it was opened and after it was dropped. It is a buffered reader and a writer
 * (bide/bytes.h):
 *
 * Reading. From the first read on, what arrives is put into a buffer of the loop's, and the task
 * that waits for it is polled right there, within libuv's callback. What it leaves is kept, with
 * the buffer, until it is read. A full buffer stops the reading, and the peer with it. A dropped
 * read loses nothing. bide_uv_tcp_poll_fill gives the buffer itself, so that copying with BIDE_COPY
 * takes no other. 0 is the end: the peer writes no more.
 *
 * Writing. Is tried at once, and what the system takes is written. When it takes no more, up to a
 * buffer full is accepted and written by the loop: memory of the caller's is never kept. Behind
 * that T_poll_write waits. T_poll_flush waits until all that was accepted has been written, and
 * tells the error of that. T_poll_close flushes, and then tells the peer that no more will come,
 * which may still send (a half-close).
 *
 * Ending. T_drop closes, at once or, if something was accepted that is not written yet, behind
 * that: a peer that does not read can hold it until then. T_abort closes at once.
 *
 * One read and one write may wait at a time.
 */
#ifndef BIDE_UV_STREAM_H
#define BIDE_UV_STREAM_H

#include <bide/bytes.h>
#include <bide/stream.h>
#include <bide/uv_loop.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

BIDE_PRIV_C_BEGIN

/* Private: what a connection begins with, for the calls that are made for each piece of data. */
struct bide_priv_uv_head {
    const char *in, *in_end; /* arrived, and not consumed */
    bool has_kept;           /* a buffer is given back behind that */
    uint8_t busy;            /* not 0: a write cannot just be tried, a flush may have to wait */
};
struct bide_priv_uv_stream;

BIDE_API bide_poll bide_priv_uv_read(struct bide_priv_uv_stream *s, void *buffer, size_t size,
                                     bide_context *cx, ptrdiff_t *count);
BIDE_API bide_poll bide_priv_uv_wait_for_bytes(struct bide_priv_uv_stream *s, bide_context *cx,
                                               ptrdiff_t *count);
BIDE_API void bide_priv_uv_consumed(struct bide_priv_uv_stream *s);
BIDE_API bide_poll bide_priv_uv_write(struct bide_priv_uv_stream *s, const void *data, size_t size,
                                      bide_context *cx, ptrdiff_t *count);
BIDE_API bide_poll bide_priv_uv_flush(struct bide_priv_uv_stream *s, bide_context *cx,
                                      int32_t *error);
BIDE_API bide_poll bide_priv_uv_shut(struct bide_priv_uv_stream *s, bide_context *cx,
                                     int32_t *error);
BIDE_API void bide_priv_uv_stream_trace(struct bide_priv_uv_stream *s, bide_tracer *tracer);
BIDE_API void bide_priv_uv_stream_drop(struct bide_priv_uv_stream **s, bool abort);

BIDE_INLINE struct bide_priv_uv_head *bide_priv_uv_head_of(struct bide_priv_uv_stream *s)
{
    return (struct bide_priv_uv_head *)(void *)s;
}

BIDE_INLINE bide_poll bide_priv_uv_poll_fill(struct bide_priv_uv_stream *s, const char **data,
                                             bide_context *cx, ptrdiff_t *count)
{
    const struct bide_priv_uv_head *h = bide_priv_uv_head_of(s);
    *data = NULL;
    if (!h || h->in == h->in_end)
        return bide_priv_uv_wait_for_bytes(s, cx, count);
    *data = h->in;
    *count = h->in_end - h->in;
    return BIDE_READY;
}

BIDE_INLINE void bide_priv_uv_consume(struct bide_priv_uv_stream *s, size_t count)
{
    struct bide_priv_uv_head *h = bide_priv_uv_head_of(s);
    h->in += count;
    if (h->has_kept && h->in == h->in_end)
        bide_priv_uv_consumed(s);
}

BIDE_INLINE bide_poll bide_priv_uv_poll_flush(struct bide_priv_uv_stream *s, bide_context *cx,
                                              int32_t *error)
{
    if (!s || bide_priv_uv_head_of(s)->busy)
        return bide_priv_uv_flush(s, cx, error);
    *error = 0;
    return BIDE_READY;
}

/* Private: a type of connections.
 * Shape: typedef struct T { struct bide_priv_uv_stream *at; } T; what bide/bytes.h wants of a
 * buffered reader and a writer, and its futures; void T_abort(T *); T_as_bide_reader,
 * T_as_bide_buffered_reader, T_as_bide_writer, T_as_bide_duplex */
#define BIDE_PRIV_UV_STREAM(T)                                                                     \
    typedef struct T {                                                                             \
        struct bide_priv_uv_stream *at;                                                            \
    } T;                                                                                           \
    BIDE_INLINE bide_poll T##_poll_read(T *t, void *buffer, size_t size, bide_context *cx,         \
                                        ptrdiff_t *count)                                          \
    {                                                                                              \
        return bide_priv_uv_read(t->at, buffer, size, cx, count);                                  \
    }                                                                                              \
    BIDE_INLINE bide_poll T##_poll_fill(T *t, const char **data, bide_context *cx,                 \
                                        ptrdiff_t *count)                                          \
    {                                                                                              \
        return bide_priv_uv_poll_fill(t->at, data, cx, count);                                     \
    }                                                                                              \
    BIDE_INLINE void T##_consume(T *t, size_t count) { bide_priv_uv_consume(t->at, count); }       \
    BIDE_INLINE bide_poll T##_poll_write(T *t, const void *data, size_t size, bide_context *cx,    \
                                         ptrdiff_t *count)                                         \
    {                                                                                              \
        return bide_priv_uv_write(t->at, data, size, cx, count);                                   \
    }                                                                                              \
    BIDE_INLINE bide_poll T##_poll_flush(T *t, bide_context *cx, int32_t *error)                   \
    {                                                                                              \
        return bide_priv_uv_poll_flush(t->at, cx, error);                                          \
    }                                                                                              \
    BIDE_INLINE bide_poll T##_poll_close(T *t, bide_context *cx, int32_t *error)                   \
    {                                                                                              \
        return bide_priv_uv_shut(t->at, cx, error);                                                \
    }                                                                                              \
    BIDE_INLINE void T##_trace(T *t, bide_tracer *tracer)                                          \
    {                                                                                              \
        bide_priv_uv_stream_trace(t->at, tracer);                                                  \
    }                                                                                              \
    BIDE_INLINE void T##_drop(T *t) { bide_priv_uv_stream_drop(&t->at, false); }                   \
    BIDE_INLINE void T##_abort(T *t) { bide_priv_uv_stream_drop(&t->at, true); }                   \
    BIDE_INLINE void T##_destroy(T *t) { T##_drop(t); }                                            \
    BIDE_BUFFERED_READER_TYPE(T, 0);                                                               \
    BIDE_WRITER_TYPE(T, 0);                                                                        \
    BIDE_IMPL_DECLARE_AS(BIDE_API, bide_reader, T);                                                \
    BIDE_IMPL_DECLARE_AS(BIDE_API, bide_buffered_reader, T);                                       \
    BIDE_IMPL_DECLARE_AS(BIDE_API, bide_writer, T);                                                \
    BIDE_IMPL_DECLARE_AS(BIDE_API, bide_duplex, T);                                                \
    struct bide_priv_uv_stream

/* ---- listening ---------------------------------------------------------------------------- */

struct bide_priv_uv_listener;

BIDE_API bide_poll bide_priv_uv_accept(struct bide_priv_uv_listener *l, bide_context *cx,
                                       struct bide_priv_uv_stream **out, int32_t *error);
BIDE_API bide_poll bide_priv_uv_accept_next(struct bide_priv_uv_listener *l, bide_context *cx,
                                            struct bide_priv_uv_stream **out);
BIDE_API void bide_priv_uv_listener_trace(struct bide_priv_uv_listener *l, bide_tracer *tracer);
BIDE_API void bide_priv_uv_listener_drop(struct bide_priv_uv_listener **l);

/* Private: a type L of what accepts connections of type T. L_HAS_trace and L_HAS_item_drop are 1.
 * Shape: typedef struct L { ... } L; a stream type of T (bide/stream.h); and the future type
 *     int32_t L_accept(L *of, T *out)     0 with *out open, or an error, behind which the next may
 *                                         be tried: such as UV_ENOMEM
 * The system keeps connections until somebody takes them. That is so, too, in a process without a
 * descriptor left: UV_EMFILE or UV_ENFILE tells that one has come; to be tried again, but not at
 * once (bide_sleep), as the same would come of it.
 * The stream passes over errors, waits a little, tries again, and fails with BIDE_ENOMEM only,
 * behind which it may be polled on. Dropping either future loses no connection; dropping the object
 * refuses those that nobody has taken. One accept may wait at a time. */
#define BIDE_PRIV_UV_ACCEPT_ROWS(ROW, L, T)                                                        \
    ROW(TRAITS, BIDE_UNPIN) ROW(TRACE, L##_bide_accept_trace)                                      \
    ROW(PARAM, L *, of) ROW(PARAM, T *, out)
#define BIDE_PRIV_UV_LISTENER(L, T)                                                                \
    typedef struct L {                                                                             \
        struct bide_priv_uv_listener *at;                                                          \
    } L;                                                                                           \
    BIDE_INLINE bide_poll L##_poll_next(L *l, bide_context *cx, T *item)                           \
    {                                                                                              \
        return bide_priv_uv_accept_next(l->at, cx, &item->at);                                     \
    }                                                                                              \
    BIDE_INLINE void L##_trace(L *l, bide_tracer *tracer)                                          \
    {                                                                                              \
        bide_priv_uv_listener_trace(l->at, tracer);                                                \
    }                                                                                              \
    BIDE_INLINE void L##_drop(L *l) { bide_priv_uv_listener_drop(&l->at); }                        \
    BIDE_INLINE void L##_item_drop(T *item) { T##_drop(item); }                                    \
    BIDE_STREAM_TYPE(L, T);                                                                        \
    BIDE_INLINE void L##_bide_accept_trace(const void *frame, bide_tracer *tracer)                 \
    {                                                                                              \
        L *const *of = (L *const *)frame;                                                          \
        if (*of)                                                                                   \
            L##_trace(*of, tracer);                                                                \
    }                                                                                              \
    BIDE_FUTURE_OF(int32_t, L##_accept, (BIDE_PRIV_UV_ACCEPT_ROWS, L, T))                          \
    BIDE_INLINE bide_poll L##_accept_poll(struct L##_accept *f, bide_context *cx, int32_t *out)    \
    {                                                                                              \
        bide_poll r;                                                                               \
        if (!f->of)                                                                                \
            return BIDE_EMISUSE;                                                                   \
        r = bide_priv_uv_accept(f->of->at, cx, &f->out->at, out);                                  \
        if (r != BIDE_PENDING)                                                                     \
            f->of = NULL;                                                                          \
        return r;                                                                                  \
    }                                                                                              \
    BIDE_INLINE void L##_accept_drop(struct L##_accept *f) { f->of = NULL; }                       \
    struct bide_priv_uv_listener

BIDE_PRIV_C_END

#endif
