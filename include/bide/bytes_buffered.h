/*
 * bide/bytes_buffered.h: byte streams with a buffer: a reader that reads ahead, and writers that
 * collect what is written.
 *
 *     BIDE_BUFFERED_READER(conn_reader, conn, 8192);      a buffered reader over the reader `conn`
 *     BIDE_BUFFERED_WRITER(conn_writer, conn_out, 8192);  a writer over the writer `conn_out`
 *     BIDE_LINE_WRITER(log_writer, conn_out, 1024);       the same; whole lines go on at once
 *
 * Each holds its source or target by value and owns it: Name_drop drops it. To lend one, see
 * BIDE_READER_REF (bide/bytes_adapt.h). The buffer is in the object, nothing is allocated. The
 * object may be moved whenever its source may. This follows Rust's BufReader, BufWriter and
 * LineWriter.
 */
#ifndef BIDE_BYTES_BUFFERED_H
#define BIDE_BYTES_BUFFERED_H

#include <bide/bytes.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* ---- reading ------------------------------------------------------------------------------ */

/* BIDE_BUFFERED_READER(Name, R, bytes); a buffered reader over a reader type R. It asks R for as
 * many bytes as the buffer holds, and only when the buffer is empty; a read of that size or more
 * then goes past the buffer. Lines may be longer than the buffer.
 *
 * Shape: typedef struct Name { R source; ... } Name; a buffered reader type; and
 *     void Name_init(Name *n, R source)
 *     size_t Name_buffered(Name *n)          bytes that were read from R and not used yet
 *     bool Name_skip(Name *n, int64_t by)    moves by so many bytes, forth or back, if they are in
 *                                            the buffer: true. Else does nothing */
#define BIDE_BUFFERED_READER(Name, R, bytes)                                                       \
    typedef struct Name {                                                                          \
        R source;                                                                                  \
        size_t start, end;                                                                         \
        char memory[bytes];                                                                        \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_n, R bide_source)                                      \
    {                                                                                              \
        bide_n->source = bide_source;                                                              \
        bide_n->start = bide_n->end = 0;                                                           \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_bide_more(Name *bide_n, bide_context *bide_cx,                    \
                                           ptrdiff_t *bide_count)                                  \
    {                                                                                              \
        return R##_poll_read(&bide_n->source, bide_n->memory, (bytes), bide_cx, bide_count);       \
    }                                                                                              \
    BIDE_PRIV_READS_AHEAD(Name, bytes)                                                             \
    BIDE_INLINE bide_poll Name##_poll_read(Name *bide_n, void *bide_buffer, size_t bide_size,      \
                                           bide_context *bide_cx, ptrdiff_t *bide_count)           \
    {                                                                                              \
        if (bide_n->start == bide_n->end && bide_size >= (bytes)) {                                \
            bide_n->start = bide_n->end = 0; /* not what comes before the next byte any more */    \
            return R##_poll_read(&bide_n->source, bide_buffer, bide_size, bide_cx, bide_count);    \
        }                                                                                          \
        return Name##_bide_copy(bide_n, bide_buffer, bide_size, bide_cx, bide_count);              \
    }                                                                                              \
    BIDE_INLINE bool Name##_skip(Name *bide_n, int64_t bide_by)                                    \
    {                                                                                              \
        if (bide_by < -(int64_t)bide_n->start ||                                                   \
            bide_by > (int64_t)(bide_n->end - bide_n->start))                                      \
            return false;                                                                          \
        bide_n->start = (size_t)((int64_t)bide_n->start + bide_by);                                \
        return true;                                                                               \
    }                                                                                              \
    BIDE_INLINE void Name##_trace(Name *bide_n, bide_tracer *bide_tr)                              \
    {                                                                                              \
        R##_trace(&bide_n->source, bide_tr);                                                       \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_n)                                                     \
    {                                                                                              \
        bide_n->start = bide_n->end = 0;                                                           \
        R##_drop(&bide_n->source);                                                                 \
    }                                                                                              \
    BIDE_BUFFERED_READER_TYPE(Name, (int)R##_read_flags & (int)BIDE_SEND)

/* Private: what has members start, end and memory[bytes], and Name_bide_more, which reads into the
 * latter from its beginning.
 * Shape: Name_poll_fill, Name_consume, Name_buffered; Name_bide_copy is a poll_read */
#define BIDE_PRIV_READS_AHEAD(Name, bytes)                                                         \
    BIDE_INLINE bide_poll Name##_poll_fill(Name *bide_n, const char **bide_data,                   \
                                           bide_context *bide_cx, ptrdiff_t *bide_count)           \
    {                                                                                              \
        if (bide_n->start == bide_n->end) {                                                        \
            ptrdiff_t bide_got = 0;                                                                \
            bide_poll bide_r = Name##_bide_more(bide_n, bide_cx, &bide_got);                       \
            bide_got = bide_priv_count(bide_got, (bytes));                                         \
            if (bide_r == BIDE_READY && bide_got <= 0)                                             \
                *bide_count = bide_got;                                                            \
            if (bide_r != BIDE_READY || bide_got <= 0)                                             \
                return bide_r;                                                                     \
            bide_n->start = 0;                                                                     \
            bide_n->end = (size_t)bide_got;                                                        \
        }                                                                                          \
        *bide_data = bide_n->memory + bide_n->start;                                               \
        *bide_count = (ptrdiff_t)(bide_n->end - bide_n->start);                                    \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE void Name##_consume(Name *bide_n, size_t bide_count)                               \
    {                                                                                              \
        size_t bide_left = bide_n->end - bide_n->start;                                            \
        bide_n->start += bide_count < bide_left ? bide_count : bide_left;                          \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_bide_copy(Name *bide_n, void *bide_buffer, size_t bide_size,      \
                                           bide_context *bide_cx, ptrdiff_t *bide_count)           \
    {                                                                                              \
        const char *bide_data = NULL;                                                              \
        bide_poll bide_r = Name##_poll_fill(bide_n, &bide_data, bide_cx, bide_count);              \
        if (bide_r != BIDE_READY || *bide_count <= 0)                                              \
            return bide_r;                                                                         \
        if ((size_t)*bide_count > bide_size)                                                       \
            *bide_count = (ptrdiff_t)bide_size;                                                    \
        if (bide_size)                                                                             \
            BIDE_PRIV_COPY(bide_buffer, bide_data, (size_t)*bide_count);                           \
        Name##_consume(bide_n, (size_t)*bide_count);                                               \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE size_t Name##_buffered(Name *bide_n) { return bide_n->end - bide_n->start; }

/* BIDE_BUFFERED_SEEKER(Name, R); behind BIDE_BUFFERED_READER(Name, R, bytes) for an R that is a
 * seeker, too: makes Name one. A seek throws away what is in the buffer, once it has succeeded; one
 * relative to where Name is takes account of what was read ahead. To move inside of the buffer
 * without a seek, Name_skip.
 * Shape: a seeker type */
#define BIDE_BUFFERED_SEEKER(Name, R)                                                              \
    BIDE_INLINE bide_poll Name##_poll_seek(Name *bide_n, int64_t bide_offset, int bide_whence,     \
                                           bide_context *bide_cx, int64_t *bide_position)          \
    {                                                                                              \
        bide_poll bide_r;                                                                          \
        if (bide_whence == 1) /* SEEK_CUR */                                                       \
            bide_offset = bide_priv_back(bide_offset, bide_n->end - bide_n->start);                \
        bide_r = R##_poll_seek(&bide_n->source, bide_offset, bide_whence, bide_cx, bide_position); \
        if (bide_r == BIDE_READY && *bide_position >= 0)                                           \
            bide_n->start = bide_n->end = 0;                                                       \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_SEEKER_TYPE(Name, (int)R##_read_flags & (int)BIDE_SEND)

/* Private: an offset less what was read ahead. What is too far back for the type is before any
 * start, and for the source to refuse. */
BIDE_INLINE int64_t bide_priv_back(int64_t offset, size_t ahead)
{
    return offset < INT64_MIN + (int64_t)ahead ? INT64_MIN : offset - (int64_t)ahead;
}

/* ---- writing ------------------------------------------------------------------------------ */

/* BIDE_BUFFERED_WRITER(Name, W, bytes); a writer over a writer type W that collects what it is
 * given. The buffer is written out when the next write does not fit into it, by a flush, and by the
 * close. A write as large as the buffer or larger goes past it, once it is empty. When W reports an
 * error, what it did not take stays in the buffer, and the next call tries again.
 *
 * Dropping it drops W, and what is in the buffer is lost: there is no one to wait in a drop, and no
 * one to tell of an error. Flush or close it first; Name_buffered says whether that was forgotten.
 *
 * Shape: typedef struct Name { W target; ... } Name; a writer type; and
 *     void Name_init(Name *n, W target)
 *     size_t Name_buffered(Name *n)          bytes that were not written to W yet */
#define BIDE_BUFFERED_WRITER(Name, W, bytes)                                                       \
    BIDE_PRIV_BUFFERED_WRITER(Name, W, bytes)                                                      \
    BIDE_INLINE bide_poll Name##_poll_write(Name *bide_n, const void *bide_data, size_t bide_size, \
                                            bide_context *bide_cx, ptrdiff_t *bide_count)          \
    {                                                                                              \
        return Name##_bide_put(bide_n, bide_data, bide_size, bide_cx, bide_count);                 \
    }                                                                                              \
    BIDE_WRITER_TYPE(Name, (int)W##_write_flags & (int)BIDE_SEND)

/* BIDE_LINE_WRITER(Name, W, bytes); the same, but what is given up to and with a line feed is
 * written to W at once, and does not wait for a flush: for logs and terminals. When W must wait or
 * reports an error then, the write that gave the line has succeeded all the same: the next write or
 * flush goes on, or tells of the error. W is not flushed.
 * Shape: as BIDE_BUFFERED_WRITER */
#define BIDE_LINE_WRITER(Name, W, bytes)                                                           \
    BIDE_PRIV_BUFFERED_WRITER(Name, W, bytes)                                                      \
    BIDE_INLINE bide_poll Name##_poll_write(Name *bide_n, const void *bide_data, size_t bide_size, \
                                            bide_context *bide_cx, ptrdiff_t *bide_count)          \
    {                                                                                              \
        size_t bide_lines = bide_priv_lines((const char *)bide_data, bide_size);                   \
        bide_poll bide_r = BIDE_READY;                                                             \
        int32_t bide_e = 0;                                                                        \
        if (bide_n->end && bide_n->memory[bide_n->end - 1] == '\n')                                \
            bide_r = Name##_bide_drain(bide_n, bide_cx, &bide_e);                                  \
        if (bide_r == BIDE_READY && bide_e != 0)                                                   \
            *bide_count = bide_e;                                                                  \
        if (bide_r != BIDE_READY || bide_e != 0)                                                   \
            return bide_r;                                                                         \
        bide_r = Name##_bide_put(bide_n, bide_data, bide_lines ? bide_lines : bide_size, bide_cx,  \
                                 bide_count);                                                      \
        if (bide_r != BIDE_READY || !bide_lines || *bide_count != (ptrdiff_t)bide_lines)           \
            return bide_r;                                                                         \
        bide_r = Name##_bide_drain(bide_n, bide_cx, &bide_n->owed);                                \
        return bide_r < 0 ? bide_r : BIDE_READY;                                                   \
    }                                                                                              \
    BIDE_WRITER_TYPE(Name, (int)W##_write_flags & (int)BIDE_SEND)

/* Private: how many bytes there are up to and with the last line feed; 0 without one. */
BIDE_INLINE size_t bide_priv_lines(const char *data, size_t size)
{
    while (size && data[size - 1] != '\n')
        size--;
    return size;
}

/* Private: all of a buffered writer but poll_write.
 * Shape: Name_bide_drain writes the buffer out; Name_bide_put takes bytes into it, or past it */
#define BIDE_PRIV_BUFFERED_WRITER(Name, W, bytes)                                                  \
    typedef struct Name {                                                                          \
        W target;                                                                                  \
        size_t start, end;                                                                         \
        int32_t owed; /* an error that was not told yet */                                         \
        char memory[bytes];                                                                        \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_n, W bide_target)                                      \
    {                                                                                              \
        bide_n->target = bide_target;                                                              \
        bide_n->start = bide_n->end = 0;                                                           \
        bide_n->owed = 0;                                                                          \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_bide_drain(Name *bide_n, bide_context *bide_cx, int32_t *bide_e)  \
    {                                                                                              \
        int32_t bide_owed = bide_n->owed;                                                          \
        bide_n->owed = 0;                                                                          \
        *bide_e = bide_owed;                                                                       \
        while (bide_owed == 0 && bide_n->start < bide_n->end) {                                    \
            size_t bide_left = bide_n->end - bide_n->start;                                        \
            ptrdiff_t bide_w = 0;                                                                  \
            bide_poll bide_r = W##_poll_write(&bide_n->target, bide_n->memory + bide_n->start,     \
                                              bide_left, bide_cx, &bide_w);                        \
            if (bide_r != BIDE_READY || !bide_priv_moved(bide_w, bide_left, &bide_n->start,        \
                                                         BIDE_BYTES_BROKEN, bide_e))               \
                return bide_r;                                                                     \
        }                                                                                          \
        if (bide_owed == 0)                                                                        \
            bide_n->start = bide_n->end = 0;                                                       \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_bide_put(Name *bide_n, const void *bide_data, size_t bide_size,   \
                                          bide_context *bide_cx, ptrdiff_t *bide_count)            \
    {                                                                                              \
        if (bide_size > (bytes) - bide_n->end) {                                                   \
            int32_t bide_e = 0;                                                                    \
            bide_poll bide_r = Name##_bide_drain(bide_n, bide_cx, &bide_e);                        \
            if (bide_r == BIDE_READY && bide_e != 0)                                               \
                *bide_count = bide_e;                                                              \
            if (bide_r != BIDE_READY || bide_e != 0)                                               \
                return bide_r;                                                                     \
        }                                                                                          \
        if (bide_size >= (bytes) && bide_n->end == 0)                                              \
            return W##_poll_write(&bide_n->target, bide_data, bide_size, bide_cx, bide_count);     \
        if (bide_size)                                                                             \
            BIDE_PRIV_COPY(bide_n->memory + bide_n->end, bide_data, bide_size);                    \
        bide_n->end += bide_size;                                                                  \
        *bide_count = (ptrdiff_t)bide_size;                                                        \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_flush(Name *bide_n, bide_context *bide_cx, int32_t *bide_e)  \
    {                                                                                              \
        bide_poll bide_r = Name##_bide_drain(bide_n, bide_cx, bide_e);                             \
        if (bide_r != BIDE_READY || *bide_e != 0)                                                  \
            return bide_r;                                                                         \
        return W##_poll_flush(&bide_n->target, bide_cx, bide_e);                                   \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_close(Name *bide_n, bide_context *bide_cx, int32_t *bide_e)  \
    {                                                                                              \
        bide_poll bide_r = Name##_bide_drain(bide_n, bide_cx, bide_e);                             \
        if (bide_r != BIDE_READY || *bide_e != 0)                                                  \
            return bide_r;                                                                         \
        return W##_poll_close(&bide_n->target, bide_cx, bide_e);                                   \
    }                                                                                              \
    BIDE_INLINE size_t Name##_buffered(Name *bide_n) { return bide_n->end - bide_n->start; }       \
    BIDE_INLINE void Name##_trace(Name *bide_n, bide_tracer *bide_tr)                              \
    {                                                                                              \
        W##_trace(&bide_n->target, bide_tr);                                                       \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_n)                                                     \
    {                                                                                              \
        bide_n->start = bide_n->end = 0;                                                           \
        W##_drop(&bide_n->target);                                                                 \
    }

#endif
