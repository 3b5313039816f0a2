/*
 * bide/bytes_async.h: byte streams written as async functions.
 *
 * Who implements a reader or writer by a function that waits, in async C or as a body, gets by one
 * line the poll functions of bide/bytes.h, and with them every future and adapter:
 *
 *     async ptrdiff_t Tunnel_read(Tunnel *self, void *buffer, size_t size) { ... }
 *     async ptrdiff_t Tunnel_write(Tunnel *self, const void *data, size_t size) { ... }
 *
 *     BIDE_READER_BY_READ(TunnelReader, Tunnel, 4096);
 *     BIDE_WRITER_BY_WRITE(TunnelWriter, Tunnel, 4096);
 *
 * The future in flight is kept in the object, and so are the bytes: a call that is given up loses
 * none of them, and nobody's buffer is needed behind BIDE_PENDING. Such an object must not be moved
 * once it was polled. It takes no memory but what the async functions do.
 */
#ifndef BIDE_BYTES_ASYNC_H
#define BIDE_BYTES_ASYNC_H

#include <bide/bytes_buffered.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* BIDE_READER_BY_READ(Name, T, bytes); a buffered reader from a type T with an async function
 *
 *     ptrdiff_t T_read(T *self, void *buffer, size_t size)
 *                                          up to `size` bytes, 0 at the end, or an error
 *
 * of any making: T may be a handle whose interface has the row
 * METHOD(I, Self, ASYNC_MUT, ptrdiff_t, read, (void *, buffer), (size_t, size)). It is asked for
 * `bytes` at a time, when all that was read before is used. The object of T is borrowed.
 *
 * Shape: typedef struct Name { T *of; ...; struct T_read flight; char memory[bytes]; } Name;
 *     a buffered reader type; and
 *     void Name_init(Name *n, T *of)
 *     size_t Name_buffered(Name *n)        bytes that were read and not used yet */
#define BIDE_READER_BY_READ(Name, T, bytes)                                                        \
    BIDE_PRIV_BY_ASYNC_ASK(Name, T##_read)                                                         \
    typedef struct Name {                                                                          \
        T *of;                                                                                     \
        size_t start, end;                                                                         \
        bool busy;                                                                                 \
        struct T##_read flight;                                                                    \
        char memory[bytes];                                                                        \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_n, T *bide_of)                                         \
    {                                                                                              \
        bide_n->of = bide_of;                                                                      \
        bide_n->start = bide_n->end = 0;                                                           \
        bide_n->busy = false;                                                                      \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_bide_more(Name *bide_n, bide_context *bide_cx,                    \
                                           ptrdiff_t *bide_count)                                  \
    {                                                                                              \
        bide_poll bide_r;                                                                          \
        if (bide_n->busy)                                                                          \
            bide_r = T##_read_poll(&bide_n->flight, bide_cx, bide_count);                          \
        else                                                                                       \
            bide_r = T##_read_start(&bide_n->flight, bide_n->of, bide_n->memory, (bytes), bide_cx, \
                                    bide_count);                                                   \
        bide_n->busy = bide_r == BIDE_PENDING;                                                     \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_PRIV_READS_AHEAD(Name, bytes)                                                             \
    BIDE_INLINE bide_poll Name##_poll_read(Name *bide_n, void *bide_buffer, size_t bide_size,      \
                                           bide_context *bide_cx, ptrdiff_t *bide_count)           \
    {                                                                                              \
        return Name##_bide_copy(bide_n, bide_buffer, bide_size, bide_cx, bide_count);              \
    }                                                                                              \
    BIDE_INLINE void Name##_trace(Name *bide_n, bide_tracer *bide_tr)                              \
    {                                                                                              \
        if (bide_n->busy)                                                                          \
            bide_priv_trace_kid(BIDE_PRIV_KID_EMBEDDED, &T##_read_type, &bide_n->flight, bide_tr); \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_n)                                                     \
    {                                                                                              \
        if (bide_n->busy)                                                                          \
            T##_read_drop(&bide_n->flight);                                                        \
        bide_n->busy = false;                                                                      \
        bide_n->start = bide_n->end = 0;                                                           \
    }                                                                                              \
    BIDE_BUFFERED_READER_TYPE(Name, (int)T##_read_flags & (int)BIDE_SEND)

/* Private: a drop of the object drops the future in flight. */
#define BIDE_PRIV_BY_ASYNC_ASK(Name, F)                                                            \
    BIDE_PRIV_ASSERT(BIDE_PRIV_MAY_DROP(F),                                                        \
                     "bide: " #Name " may have to drop " #F ", and its cleanup waits");

/* Private: which future of a writer is in flight. */
typedef enum bide_priv_write_step {
    BIDE_PRIV_WRITE_IDLE,
    BIDE_PRIV_WRITE_WRITING,
    BIDE_PRIV_WRITE_FLUSHING,
    BIDE_PRIV_WRITE_CLOSING,
    BIDE_PRIV_WRITE_CLOSED
} bide_priv_write_step;

/* BIDE_WRITER_BY_WRITE(Name, T, bytes); a writer from a type T with the async functions
 *
 *     ptrdiff_t T_write(T *self, const void *data, size_t size)
 *                                          up to `size` bytes, at least one, or an error
 *     int32_t T_flush(T *self)             only if `#define T_HAS_flush 1` stands before
 *     int32_t T_close(T *self)             only if `#define T_HAS_close 1` stands before
 *
 * of any making, as above. A write is copied, up to `bytes` of it. If T_write then must wait, the
 * write has succeeded: its bytes go out by the next write, flush or close, which waits for them and
 * tells of their error. What T did not take because of an error is kept, and tried again. A write
 * behind the close gives BIDE_BYTES_CLOSED. A drop flushes nothing. The object of T is borrowed.
 *
 * Shape: typedef struct Name { T *of; ...; union { struct T_write; ... } flight;
 *                              char memory[bytes]; } Name;
 *     a writer type; and
 *     void Name_init(Name *n, T *of)
 *     size_t Name_buffered(Name *n)        bytes that T did not take yet */
#define BIDE_WRITER_BY_WRITE(Name, T, bytes)                                                       \
    BIDE_PRIV_BY_ASYNC_ASK(Name, T##_write)                                                        \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_HAS_flush))(BIDE_PRIV_BY_ASYNC_ASK(Name, T##_flush))()       \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_HAS_close))(BIDE_PRIV_BY_ASYNC_ASK(Name, T##_close))()       \
    typedef struct Name {                                                                          \
        T *of;                                                                                     \
        size_t start, end;                                                                         \
        bide_priv_write_step step;                                                                 \
        union {                                                                                    \
            struct T##_write write;                                                                \
            BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_HAS_flush))(struct T##_flush flush;)()               \
            BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_HAS_close))(struct T##_close close;)()               \
        } flight;                                                                                  \
        char memory[bytes];                                                                        \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_n, T *bide_of)                                         \
    {                                                                                              \
        bide_n->of = bide_of;                                                                      \
        bide_n->start = bide_n->end = 0;                                                           \
        bide_n->step = BIDE_PRIV_WRITE_IDLE;                                                       \
    }                                                                                              \
    BIDE_PRIV_BY_WRITE_ONE(Name, T, (BIDE_PRIV_WRITE_WRITING, T##_write, write, ptrdiff_t),        \
                           (, bide_n->memory + bide_n->start, bide_n->end - bide_n->start))        \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_HAS_flush))                                                  \
    (BIDE_PRIV_BY_WRITE_ONE(Name, T, (BIDE_PRIV_WRITE_FLUSHING, T##_flush, flush, int32_t),        \
                            ()))(BIDE_PRIV_BY_WRITE_NOP(Name, flush))                              \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_HAS_close))                                                  \
    (BIDE_PRIV_BY_WRITE_ONE(Name, T, (BIDE_PRIV_WRITE_CLOSING, T##_close, close, int32_t),         \
                            ()))(BIDE_PRIV_BY_WRITE_NOP(Name, close))                              \
    BIDE_PRIV_BY_WRITE(Name)                                                                       \
    BIDE_INLINE void Name##_trace(Name *bide_n, bide_tracer *bide_tr)                              \
    {                                                                                              \
        if (bide_n->step == BIDE_PRIV_WRITE_WRITING)                                               \
            bide_priv_trace_kid(BIDE_PRIV_KID_EMBEDDED, &T##_write_type, &bide_n->flight,          \
                                bide_tr);                                                          \
        BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_HAS_flush))                                              \
        (if (bide_n->step == BIDE_PRIV_WRITE_FLUSHING) bide_priv_trace_kid(                        \
             BIDE_PRIV_KID_EMBEDDED, &T##_flush_type, &bide_n->flight, bide_tr);)()                \
        BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_HAS_close))                                              \
        (if (bide_n->step == BIDE_PRIV_WRITE_CLOSING) bide_priv_trace_kid(                         \
             BIDE_PRIV_KID_EMBEDDED, &T##_close_type, &bide_n->flight, bide_tr);)()                \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_n)                                                     \
    {                                                                                              \
        if (bide_n->step == BIDE_PRIV_WRITE_WRITING)                                               \
            T##_write_drop(&bide_n->flight.write);                                                 \
        BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_HAS_flush))                                              \
        (if (bide_n->step == BIDE_PRIV_WRITE_FLUSHING) T##_flush_drop(&bide_n->flight.flush);)()   \
        BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_HAS_close))                                              \
        (if (bide_n->step == BIDE_PRIV_WRITE_CLOSING) T##_close_drop(&bide_n->flight.close);)()    \
        bide_n->step = BIDE_PRIV_WRITE_CLOSED;                                                     \
        bide_n->start = bide_n->end = 0;                                                           \
    }                                                                                              \
    BIDE_WRITER_TYPE(Name, (int)T##_write_flags & (int)BIDE_SEND                                   \
                     BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_HAS_flush))(&(int)T##_flush_flags)()        \
                     BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(T##_HAS_close))(&(int)T##_close_flags)())

/* Shape: bide_poll Name_bide_<m>(Name *n, bide_context *cx, R *out): begins the future F, or polls
 * it if it is in flight. */
#define BIDE_PRIV_BY_WRITE_ONE(Name, T, FLIGHT, ARGS)                                              \
    BIDE_PRIV_APPLY(BIDE_PRIV_BY_WRITE_ONE_, Name, BIDE_PRIV_EVAL FLIGHT, ARGS)
#define BIDE_PRIV_BY_WRITE_ONE_(Name, STEP, F, m, R, ARGS)                                         \
    BIDE_INLINE bide_poll Name##_bide_##m(Name *bide_n, bide_context *bide_cx, R *bide_out)        \
    {                                                                                              \
        bide_poll bide_r;                                                                          \
        if (bide_n->step == STEP)                                                                  \
            bide_r = F##_poll(&bide_n->flight.m, bide_cx, bide_out);                               \
        else                                                                                       \
            bide_r = F##_start(&bide_n->flight.m, bide_n->of BIDE_PRIV_EVAL ARGS, bide_cx,         \
                               bide_out);                                                          \
        bide_n->step = bide_r == BIDE_PENDING ? STEP : BIDE_PRIV_WRITE_IDLE;                       \
        return bide_r;                                                                             \
    }
#define BIDE_PRIV_BY_WRITE_NOP(Name, m)                                                            \
    BIDE_INLINE bide_poll Name##_bide_##m(Name *bide_n, bide_context *bide_cx, int32_t *bide_out)  \
    {                                                                                              \
        (void)bide_n;                                                                              \
        (void)bide_cx;                                                                             \
        *bide_out = 0;                                                                             \
        return BIDE_READY;                                                                         \
    }

/* Shape: the poll functions of a writer over these three. Name_bide_settle ends what is in flight,
 * and writes what is left. */
#define BIDE_PRIV_BY_WRITE(Name)                                                                   \
    BIDE_INLINE bide_poll Name##_bide_settle(Name *bide_n, bide_context *bide_cx, int32_t *bide_e) \
    {                                                                                              \
        *bide_e = 0;                                                                               \
        if (bide_n->step == BIDE_PRIV_WRITE_FLUSHING) {                                            \
            bide_poll bide_r = Name##_bide_flush(bide_n, bide_cx, bide_e);                         \
            if (bide_r != BIDE_READY || *bide_e != 0)                                              \
                return bide_r;                                                                     \
        }                                                                                          \
        while (bide_n->start < bide_n->end) {                                                      \
            size_t bide_left = bide_n->end - bide_n->start;                                        \
            ptrdiff_t bide_w = 0;                                                                  \
            bide_poll bide_r = Name##_bide_write(bide_n, bide_cx, &bide_w);                        \
            if (bide_r != BIDE_READY || !bide_priv_moved(bide_w, bide_left, &bide_n->start,        \
                                                         BIDE_BYTES_BROKEN, bide_e))               \
                return bide_r;                                                                     \
        }                                                                                          \
        bide_n->start = bide_n->end = 0;                                                           \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_write(Name *bide_n, const void *bide_data, size_t bide_size, \
                                            bide_context *bide_cx, ptrdiff_t *bide_count)          \
    {                                                                                              \
        int32_t bide_e = BIDE_BYTES_CLOSED;                                                        \
        bide_poll bide_r = BIDE_READY;                                                             \
        if (bide_n->step < BIDE_PRIV_WRITE_CLOSING)                                                \
            bide_r = Name##_bide_settle(bide_n, bide_cx, &bide_e);                                 \
        if (bide_size > sizeof bide_n->memory)                                                     \
            bide_size = sizeof bide_n->memory;                                                     \
        if (bide_r == BIDE_READY && (bide_e != 0 || bide_size == 0))                               \
            *bide_count = bide_e;                                                                  \
        if (bide_r != BIDE_READY || bide_e != 0 || bide_size == 0)                                 \
            return bide_r;                                                                         \
        BIDE_PRIV_COPY(bide_n->memory, bide_data, bide_size);                                      \
        bide_n->end = bide_size;                                                                   \
        *bide_count = 0;                                                                           \
        bide_r = Name##_bide_write(bide_n, bide_cx, bide_count);                                   \
        if (bide_r == BIDE_PENDING) {                                                              \
            *bide_count = (ptrdiff_t)bide_size;                                                    \
            return BIDE_READY;                                                                     \
        }                                                                                          \
        /* What was not taken is the caller's still. To take none is as wrong as too many. */      \
        bide_n->end = 0;                                                                           \
        *bide_count = bide_priv_count(*bide_count ? *bide_count : PTRDIFF_MAX, bide_size);         \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_flush(Name *bide_n, bide_context *bide_cx, int32_t *bide_e)  \
    {                                                                                              \
        bool bide_flushing = bide_n->step == BIDE_PRIV_WRITE_FLUSHING;                             \
        bide_poll bide_r = BIDE_READY;                                                             \
        *bide_e = 0;                                                                               \
        if (bide_n->step >= BIDE_PRIV_WRITE_CLOSING)                                               \
            return BIDE_READY;                                                                     \
        bide_r = Name##_bide_settle(bide_n, bide_cx, bide_e);                                      \
        if (bide_r != BIDE_READY || *bide_e != 0 || bide_flushing)                                 \
            return bide_r;                                                                         \
        return Name##_bide_flush(bide_n, bide_cx, bide_e);                                         \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_close(Name *bide_n, bide_context *bide_cx, int32_t *bide_e)  \
    {                                                                                              \
        bide_poll bide_r = BIDE_READY;                                                             \
        *bide_e = 0;                                                                               \
        if (bide_n->step == BIDE_PRIV_WRITE_CLOSED)                                                \
            return BIDE_READY;                                                                     \
        if (bide_n->step != BIDE_PRIV_WRITE_CLOSING)                                               \
            bide_r = Name##_poll_flush(bide_n, bide_cx, bide_e);                                   \
        if (bide_r == BIDE_READY && *bide_e == 0) {                                                \
            bide_r = Name##_bide_close(bide_n, bide_cx, bide_e);                                   \
            if (bide_r != BIDE_PENDING)                                                            \
                bide_n->step = BIDE_PRIV_WRITE_CLOSED;                                             \
        }                                                                                          \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE size_t Name##_buffered(Name *bide_n) { return bide_n->end - bide_n->start; }

/* In the eyes of bidec an async function is a function: what is made of it has no frame there. */
#if defined(BIDE_VIEW) || defined(BIDE_BLOCKING)
#undef BIDE_READER_BY_READ
#undef BIDE_WRITER_BY_WRITE
#define BIDE_READER_BY_READ(Name, T, bytes)                                                        \
    BIDE_PRIV_BYTES_VIEW(Name, T)                                                                  \
    bide_poll Name##_poll_read(Name *bide_n, void *bide_buffer, size_t bide_size,                  \
                               bide_context *bide_cx, ptrdiff_t *bide_count);                      \
    bide_poll Name##_poll_fill(Name *bide_n, const char **bide_data, bide_context *bide_cx,        \
                               ptrdiff_t *bide_count);                                             \
    void Name##_consume(Name *bide_n, size_t bide_count);                                          \
    BIDE_BUFFERED_READER_TYPE(Name, BIDE_SEND)
#define BIDE_WRITER_BY_WRITE(Name, T, bytes)                                                       \
    BIDE_PRIV_BYTES_VIEW(Name, T)                                                                  \
    bide_poll Name##_poll_write(Name *bide_n, const void *bide_data, size_t bide_size,             \
                                bide_context *bide_cx, ptrdiff_t *bide_count);                     \
    bide_poll Name##_poll_flush(Name *bide_n, bide_context *bide_cx, int32_t *bide_e);             \
    bide_poll Name##_poll_close(Name *bide_n, bide_context *bide_cx, int32_t *bide_e);             \
    BIDE_WRITER_TYPE(Name, BIDE_SEND)
#define BIDE_PRIV_BYTES_VIEW(Name, T)                                                              \
    typedef struct Name {                                                                          \
        T *of;                                                                                     \
    } Name;                                                                                        \
    void Name##_init(Name *bide_n, T *bide_of);                                                    \
    size_t Name##_buffered(Name *bide_n);                                                          \
    void Name##_trace(Name *bide_n, bide_tracer *bide_tr);                                         \
    void Name##_drop(Name *bide_n);
#endif

#endif
