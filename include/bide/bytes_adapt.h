/*
 * bide/bytes_adapt.h: byte streams made of others: lent ones, a limit, one behind another, the two
 * halves of a connection; and ends that are no connection: memory, a byte without end, nowhere.
 *
 *     BIDE_BUFFERED_READER_TAKE(Body, conn_reader);       at most so many bytes
 *     BIDE_READER_CHAIN(Whole, bide_memory_reader, conn); first the one, then the other
 *     BIDE_DUPLEX_HALVES(Halves, conn);                   a reader and a writer of one connection
 *
 * Adapters hold what they are made of by value and own it: Name_drop drops it. To lend, see
 * BIDE_READER_REF. Nothing is allocated. This follows Rust's take, chain, repeat and sink, and
 * tokio's split.
 */
#ifndef BIDE_BYTES_ADAPT_H
#define BIDE_BYTES_ADAPT_H

#include <bide/bytes.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* ---- lending ------------------------------------------------------------------------------ */

/* BIDE_READER_REF(Name, R); BIDE_BUFFERED_READER_REF(Name, B); BIDE_WRITER_REF(Name, W); a reader,
 * buffered reader or writer over one that it does not own: what lends a stream to an adapter.
 * Shape: typedef struct Name { R *of; } Name; void Name_init(Name *n, R *of); such a type */
#define BIDE_READER_REF(Name, R)                                                                   \
    BIDE_PRIV_BYTES_REF(Name, R)                                                                   \
    BIDE_PRIV_REF_READ(Name, R)                                                                    \
    BIDE_READER_TYPE(Name, 0)
#define BIDE_BUFFERED_READER_REF(Name, B)                                                          \
    BIDE_PRIV_BYTES_REF(Name, B)                                                                   \
    BIDE_PRIV_REF_READ(Name, B)                                                                    \
    BIDE_INLINE bide_poll Name##_poll_fill(Name *bide_n, const char **bide_data,                   \
                                           bide_context *bide_cx, ptrdiff_t *bide_count)           \
    {                                                                                              \
        return B##_poll_fill(bide_n->of, bide_data, bide_cx, bide_count);                          \
    }                                                                                              \
    BIDE_INLINE void Name##_consume(Name *bide_n, size_t bide_count)                               \
    {                                                                                              \
        B##_consume(bide_n->of, bide_count);                                                       \
    }                                                                                              \
    BIDE_BUFFERED_READER_TYPE(Name, 0)
#define BIDE_WRITER_REF(Name, W)                                                                   \
    BIDE_PRIV_BYTES_REF(Name, W)                                                                   \
    BIDE_INLINE bide_poll Name##_poll_write(Name *bide_n, const void *bide_data, size_t bide_size, \
                                            bide_context *bide_cx, ptrdiff_t *bide_count)          \
    {                                                                                              \
        return W##_poll_write(bide_n->of, bide_data, bide_size, bide_cx, bide_count);              \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_flush(Name *bide_n, bide_context *bide_cx, int32_t *bide_e)  \
    {                                                                                              \
        return W##_poll_flush(bide_n->of, bide_cx, bide_e);                                        \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_close(Name *bide_n, bide_context *bide_cx, int32_t *bide_e)  \
    {                                                                                              \
        return W##_poll_close(bide_n->of, bide_cx, bide_e);                                        \
    }                                                                                              \
    BIDE_WRITER_TYPE(Name, 0)
#define BIDE_PRIV_BYTES_REF(Name, T)                                                               \
    typedef struct Name {                                                                          \
        T *of;                                                                                     \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_n, T *bide_of) { bide_n->of = bide_of; }               \
    BIDE_INLINE void Name##_trace(Name *bide_n, bide_tracer *bide_tr)                              \
    {                                                                                              \
        T##_trace(bide_n->of, bide_tr);                                                            \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_n) { bide_n->of = NULL; }
#define BIDE_PRIV_REF_READ(Name, R)                                                                \
    BIDE_INLINE bide_poll Name##_poll_read(Name *bide_n, void *bide_buffer, size_t bide_size,      \
                                           bide_context *bide_cx, ptrdiff_t *bide_count)           \
    {                                                                                              \
        return R##_poll_read(bide_n->of, bide_buffer, bide_size, bide_cx, bide_count);             \
    }

/* ---- a limit ------------------------------------------------------------------------------ */

/* BIDE_READER_TAKE(Name, R); a reader of at most so many bytes of a reader type R, then the end. It
 * never reads a byte more. BIDE_BUFFERED_READER_TAKE(Name, B); the same over a buffered reader.
 *
 * Shape: typedef struct Name { R source; uint64_t limit; } Name; such a type; and
 *     void Name_init(Name *n, R source, uint64_t limit)
 *     uint64_t Name_limit(Name *n)                     bytes still to come
 *     void Name_set_limit(Name *n, uint64_t limit)     so many from here on, whatever was before */
#define BIDE_READER_TAKE(Name, R)                                                                  \
    BIDE_PRIV_BYTES_TAKE(Name, R)                                                                  \
    BIDE_READER_TYPE(Name, (int)R##_read_flags & (int)BIDE_SEND)
#define BIDE_BUFFERED_READER_TAKE(Name, B)                                                         \
    BIDE_PRIV_BYTES_TAKE(Name, B)                                                                  \
    BIDE_INLINE bide_poll Name##_poll_fill(Name *bide_n, const char **bide_data,                   \
                                           bide_context *bide_cx, ptrdiff_t *bide_count)           \
    {                                                                                              \
        bide_poll bide_r;                                                                          \
        *bide_count = 0;                                                                           \
        if (!bide_n->limit)                                                                        \
            return BIDE_READY;                                                                     \
        bide_r = B##_poll_fill(&bide_n->source, bide_data, bide_cx, bide_count);                   \
        if (bide_r == BIDE_READY && *bide_count > 0)                                               \
            *bide_count = (ptrdiff_t)bide_priv_at_most((size_t)*bide_count, bide_n->limit);        \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE void Name##_consume(Name *bide_n, size_t bide_count)                               \
    {                                                                                              \
        bide_count = bide_priv_at_most(bide_count, bide_n->limit);                                 \
        bide_n->limit -= bide_count;                                                               \
        B##_consume(&bide_n->source, bide_count);                                                  \
    }                                                                                              \
    BIDE_BUFFERED_READER_TYPE(Name, (int)B##_read_flags & (int)BIDE_SEND)
#define BIDE_PRIV_BYTES_TAKE(Name, R)                                                              \
    typedef struct Name {                                                                          \
        R source;                                                                                  \
        uint64_t limit;                                                                            \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_n, R bide_source, uint64_t bide_limit)                 \
    {                                                                                              \
        bide_n->source = bide_source;                                                              \
        bide_n->limit = bide_limit;                                                                \
    }                                                                                              \
    BIDE_INLINE uint64_t Name##_limit(Name *bide_n) { return bide_n->limit; }                      \
    BIDE_INLINE void Name##_set_limit(Name *bide_n, uint64_t bide_limit)                           \
    {                                                                                              \
        bide_n->limit = bide_limit;                                                                \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_read(Name *bide_n, void *bide_buffer, size_t bide_size,      \
                                           bide_context *bide_cx, ptrdiff_t *bide_count)           \
    {                                                                                              \
        bide_poll bide_r;                                                                          \
        *bide_count = 0;                                                                           \
        bide_size = bide_priv_at_most(bide_size, bide_n->limit);                                   \
        if (!bide_size)                                                                            \
            return BIDE_READY;                                                                     \
        bide_r = R##_poll_read(&bide_n->source, bide_buffer, bide_size, bide_cx, bide_count);      \
        if (bide_r != BIDE_READY)                                                                  \
            return bide_r;                                                                         \
        *bide_count = bide_priv_count(*bide_count, bide_size);                                     \
        if (*bide_count > 0)                                                                       \
            bide_n->limit -= (size_t)*bide_count;                                                  \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE void Name##_trace(Name *bide_n, bide_tracer *bide_tr)                              \
    {                                                                                              \
        R##_trace(&bide_n->source, bide_tr);                                                       \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_n) { R##_drop(&bide_n->source); }

/* Private. */
BIDE_INLINE size_t bide_priv_at_most(size_t size, uint64_t limit)
{
    return size < limit ? size : (size_t)limit;
}

/* ---- one behind another ------------------------------------------------------------------- */

/* BIDE_READER_CHAIN(Name, A, B); a reader of all that an A has, and behind it all that a B has.
 * BIDE_BUFFERED_READER_CHAIN(Name, A, B); the same of buffered readers. An A that has ended is not
 * asked again.
 *
 * Shape: typedef struct Name { A first; B second; ... } Name; such a type; and
 *     void Name_init(Name *n, A first, B second) */
#define BIDE_READER_CHAIN(Name, A, B)                                                              \
    BIDE_PRIV_BYTES_CHAIN(Name, A, B)                                                              \
    BIDE_READER_TYPE(Name, (int)A##_read_flags &(int)B##_read_flags & (int)BIDE_SEND)
#define BIDE_BUFFERED_READER_CHAIN(Name, A, B)                                                     \
    BIDE_PRIV_BYTES_CHAIN(Name, A, B)                                                              \
    BIDE_INLINE bide_poll Name##_poll_fill(Name *bide_n, const char **bide_data,                   \
                                           bide_context *bide_cx, ptrdiff_t *bide_count)           \
    {                                                                                              \
        if (!bide_n->ended) {                                                                      \
            bide_poll bide_r = A##_poll_fill(&bide_n->first, bide_data, bide_cx, bide_count);      \
            if (bide_r != BIDE_READY || *bide_count != 0)                                          \
                return bide_r;                                                                     \
            bide_n->ended = true;                                                                  \
        }                                                                                          \
        return B##_poll_fill(&bide_n->second, bide_data, bide_cx, bide_count);                     \
    }                                                                                              \
    BIDE_INLINE void Name##_consume(Name *bide_n, size_t bide_count)                               \
    {                                                                                              \
        if (bide_n->ended)                                                                         \
            B##_consume(&bide_n->second, bide_count);                                              \
        else                                                                                       \
            A##_consume(&bide_n->first, bide_count);                                               \
    }                                                                                              \
    BIDE_BUFFERED_READER_TYPE(Name, (int)A##_read_flags &(int)B##_read_flags & (int)BIDE_SEND)
#define BIDE_PRIV_BYTES_CHAIN(Name, A, B)                                                          \
    typedef struct Name {                                                                          \
        A first;                                                                                   \
        B second;                                                                                  \
        bool ended; /* the first one has */                                                        \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_n, A bide_first, B bide_second)                        \
    {                                                                                              \
        bide_n->first = bide_first;                                                                \
        bide_n->second = bide_second;                                                              \
        bide_n->ended = false;                                                                     \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_read(Name *bide_n, void *bide_buffer, size_t bide_size,      \
                                           bide_context *bide_cx, ptrdiff_t *bide_count)           \
    {                                                                                              \
        if (!bide_n->ended) {                                                                      \
            bide_poll bide_r =                                                                     \
                A##_poll_read(&bide_n->first, bide_buffer, bide_size, bide_cx, bide_count);        \
            if (bide_r != BIDE_READY || *bide_count != 0 || bide_size == 0)                        \
                return bide_r;                                                                     \
            bide_n->ended = true;                                                                  \
        }                                                                                          \
        return B##_poll_read(&bide_n->second, bide_buffer, bide_size, bide_cx, bide_count);        \
    }                                                                                              \
    BIDE_INLINE void Name##_trace(Name *bide_n, bide_tracer *bide_tr)                              \
    {                                                                                              \
        if (bide_n->ended)                                                                         \
            B##_trace(&bide_n->second, bide_tr);                                                   \
        else                                                                                       \
            A##_trace(&bide_n->first, bide_tr);                                                    \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_n)                                                     \
    {                                                                                              \
        A##_drop(&bide_n->first);                                                                  \
        B##_drop(&bide_n->second);                                                                 \
    }

/* ---- two halves --------------------------------------------------------------------------- */

/* BIDE_DUPLEX_HALVES(Name, D); splits a type D that is a reader and a writer (bide_duplex is one)
 * into a reader and a writer that go their ways, on one thread, such as into two adapters or two
 * tasks of one executor. The whole stays where it is; the halves point to it, and may be moved. D
 * is dropped with the second of its halves, and not before: to end one direction, close the writer.
 * Calls on a half that was dropped or reunited give BIDE_EMISUSE.
 *
 * Shape: typedef struct Name { D whole; ... } Name; the reader type Name_reader, the writer type
 *     Name_writer; and
 *     void Name_init(Name *n, D whole, Name_reader *reader, Name_writer *writer)
 *     bool Name_reunite(Name_reader *reader, Name_writer *writer, D *whole)
 *                            moves D out to *whole and ends both halves; false, and nothing is
 *                            done, if they are not of one whole, or one was dropped */
#define BIDE_DUPLEX_HALVES(Name, D)                                                                \
    typedef struct Name {                                                                          \
        D whole;                                                                                   \
        int halves; /* that are left */                                                            \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_bide_leave(Name **bide_of)                                             \
    {                                                                                              \
        Name *bide_n = *bide_of;                                                                   \
        *bide_of = NULL;                                                                           \
        if (bide_n && --bide_n->halves == 0)                                                       \
            D##_drop(&bide_n->whole);                                                              \
    }                                                                                              \
    BIDE_PRIV_BYTES_HALF(Name, D, Name##_reader)                                                   \
    BIDE_INLINE bide_poll Name##_reader_poll_read(Name##_reader *bide_h, void *bide_buffer,        \
                                                  size_t bide_size, bide_context *bide_cx,         \
                                                  ptrdiff_t *bide_count)                           \
    {                                                                                              \
        if (!bide_h->of)                                                                           \
            return BIDE_EMISUSE;                                                                   \
        return D##_poll_read(&bide_h->of->whole, bide_buffer, bide_size, bide_cx, bide_count);     \
    }                                                                                              \
    BIDE_READER_TYPE(Name##_reader, 0);                                                            \
    BIDE_PRIV_BYTES_HALF(Name, D, Name##_writer)                                                   \
    BIDE_INLINE bide_poll Name##_writer_poll_write(Name##_writer *bide_h, const void *bide_data,   \
                                                   size_t bide_size, bide_context *bide_cx,        \
                                                   ptrdiff_t *bide_count)                          \
    {                                                                                              \
        if (!bide_h->of)                                                                           \
            return BIDE_EMISUSE;                                                                   \
        return D##_poll_write(&bide_h->of->whole, bide_data, bide_size, bide_cx, bide_count);      \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_writer_poll_flush(Name##_writer *bide_h, bide_context *bide_cx,   \
                                                   int32_t *bide_e)                                \
    {                                                                                              \
        if (!bide_h->of)                                                                           \
            return BIDE_EMISUSE;                                                                   \
        return D##_poll_flush(&bide_h->of->whole, bide_cx, bide_e);                                \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_writer_poll_close(Name##_writer *bide_h, bide_context *bide_cx,   \
                                                   int32_t *bide_e)                                \
    {                                                                                              \
        if (!bide_h->of)                                                                           \
            return BIDE_EMISUSE;                                                                   \
        return D##_poll_close(&bide_h->of->whole, bide_cx, bide_e);                                \
    }                                                                                              \
    BIDE_WRITER_TYPE(Name##_writer, 0);                                                            \
    BIDE_INLINE void Name##_init(Name *bide_n, D bide_whole, Name##_reader *bide_r,                \
                                 Name##_writer *bide_w)                                            \
    {                                                                                              \
        bide_n->whole = bide_whole;                                                                \
        bide_n->halves = 2;                                                                        \
        bide_r->of = bide_w->of = bide_n;                                                          \
    }                                                                                              \
    BIDE_INLINE bool Name##_reunite(Name##_reader *bide_r, Name##_writer *bide_w, D *bide_whole)   \
    {                                                                                              \
        if (!bide_r->of || bide_r->of != bide_w->of)                                               \
            return false;                                                                          \
        *bide_whole = bide_r->of->whole;                                                           \
        bide_r->of = bide_w->of = NULL;                                                            \
        return true;                                                                               \
    }                                                                                              \
    struct bide_priv_bytes
#define BIDE_PRIV_BYTES_HALF(Name, D, Half)                                                        \
    typedef struct Half {                                                                          \
        Name *of; /* NULL: dropped, or reunited */                                                 \
    } Half;                                                                                        \
    BIDE_INLINE void Half##_trace(Half *bide_h, bide_tracer *bide_tr)                              \
    {                                                                                              \
        if (bide_h->of)                                                                            \
            D##_trace(&bide_h->of->whole, bide_tr);                                                \
    }                                                                                              \
    BIDE_INLINE void Half##_drop(Half *bide_h) { Name##_bide_leave(&bide_h->of); }

/* ---- ends --------------------------------------------------------------------------------- */

/* A buffered reader of bytes in memory, which it does not own. Of none: an empty one. */
typedef struct bide_memory_reader {
    const char *data; /* what is left */
    size_t size;
} bide_memory_reader;

/* Makes one. */
BIDE_INLINE void bide_memory_reader_init(bide_memory_reader *m, const void *data, size_t size)
{
    m->data = (const char *)data;
    m->size = size;
}

BIDE_INLINE bide_poll bide_memory_reader_poll_fill(bide_memory_reader *m, const char **data,
                                                   bide_context *cx, ptrdiff_t *count)
{
    (void)cx;
    *data = m->data;
    *count = (ptrdiff_t)m->size;
    return BIDE_READY;
}

BIDE_INLINE void bide_memory_reader_consume(bide_memory_reader *m, size_t count)
{
    count = bide_priv_at_most(count, m->size);
    if (count)
        m->data += count;
    m->size -= count;
}

BIDE_INLINE bide_poll bide_memory_reader_poll_read(bide_memory_reader *m, void *buffer, size_t size,
                                                   bide_context *cx, ptrdiff_t *count)
{
    (void)cx;
    size = bide_priv_at_most(size, m->size);
    if (size)
        BIDE_PRIV_COPY(buffer, m->data, size);
    bide_memory_reader_consume(m, size);
    *count = (ptrdiff_t)size;
    return BIDE_READY;
}

/* A reader of one byte without end. Put a limit to it. */
typedef struct bide_repeat_reader {
    char byte;
} bide_repeat_reader;

BIDE_INLINE bide_poll bide_repeat_reader_poll_read(bide_repeat_reader *r, void *buffer, size_t size,
                                                   bide_context *cx, ptrdiff_t *count)
{
    char *at = (char *)buffer;
    size_t i;
    (void)cx;
    size = bide_priv_at_most(size, PTRDIFF_MAX);
    for (i = 0; i < size; i++)
        at[i] = r->byte;
    *count = (ptrdiff_t)size;
    return BIDE_READY;
}

/* A writer that takes everything, counts it, and forgets it. */
typedef struct bide_null_writer {
    uint64_t written;
} bide_null_writer;

BIDE_INLINE bide_poll bide_null_writer_poll_write(bide_null_writer *w, const void *data,
                                                  size_t size, bide_context *cx, ptrdiff_t *count)
{
    (void)data;
    (void)cx;
    size = bide_priv_at_most(size, PTRDIFF_MAX);
    w->written += size;
    *count = (ptrdiff_t)size;
    return BIDE_READY;
}

BIDE_INLINE bide_poll bide_null_writer_poll_flush(bide_null_writer *w, bide_context *cx,
                                                  int32_t *error)
{
    (void)w;
    (void)cx;
    *error = 0;
    return BIDE_READY;
}

BIDE_INLINE bide_poll bide_null_writer_poll_close(bide_null_writer *w, bide_context *cx,
                                                  int32_t *error)
{
    return bide_null_writer_poll_flush(w, cx, error);
}

/* Private: none of them ever waits, or owns anything. */
#define BIDE_PRIV_BYTES_NEVER_WAITS(T)                                                             \
    BIDE_INLINE void T##_trace(T *bide_n, bide_tracer *bide_tr)                                    \
    {                                                                                              \
        (void)bide_n;                                                                              \
        (void)bide_tr;                                                                             \
    }                                                                                              \
    BIDE_INLINE void T##_drop(T *bide_n) { (void)bide_n; }
BIDE_PRIV_BYTES_NEVER_WAITS(bide_memory_reader)
BIDE_PRIV_BYTES_NEVER_WAITS(bide_repeat_reader)
BIDE_PRIV_BYTES_NEVER_WAITS(bide_null_writer)
BIDE_BUFFERED_READER_TYPE(bide_memory_reader, BIDE_SEND);
BIDE_READER_TYPE(bide_repeat_reader, BIDE_SEND);
BIDE_WRITER_TYPE(bide_null_writer, BIDE_SEND);

#endif
