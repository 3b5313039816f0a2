/*
 * bide/bytes.h: byte streams: what bytes are read from and written to, and may have to wait.
 *
 * Types are known by name, static ones and handles alike. A count is that of bytes, 0 from a read
 * means the end, and a negative one is an error: the implementor's own (such as -ECONNRESET), or
 * one of those below. Errors are values, failure codes (bide/abi.h) end the caller.
 *
 * a reader R             bide_poll R_poll_read(R *r, void *buffer, size_t size, bide_context *cx,
 *                                              ptrdiff_t *count)
 *                                                      up to `size` bytes, at least one
 * a buffered reader B    is a reader, and
 *                        bide_poll B_poll_fill(B *b, const char **data, bide_context *cx,
 *                                              ptrdiff_t *count)
 *                                                      *data: the bytes that are there and not
 *                                                      consumed; waits until there is one
 *                        void B_consume(B *b, size_t count)
 *                                                      so many of them are used
 * a writer W             bide_poll W_poll_write(W *w, const void *data, size_t size,
 *                                               bide_context *cx, ptrdiff_t *count)
 *                                                      up to `size` bytes, at least one
 *                        bide_poll W_poll_flush(W *w, bide_context *cx, int32_t *error)
 *                        bide_poll W_poll_close(W *w, bide_context *cx, int32_t *error)
 *                                                      flushes and ends the stream; 0 or an error
 * a seeker               bide_poll T_poll_seek(T *t, int64_t offset, int whence, bide_context *cx,
 *                                              int64_t *position)
 *                                                      whence as for fseek; *position from the
 *                                                      start
 *
 * each also               void T_trace(T *t, bide_tracer *tracer), void T_drop(T *t)
 *
 * Buffers are borrowed during the call only: an implementation that still needs them behind
 * BIDE_PENDING copies. One call at a time in each direction. The handles bide_reader,
 * bide_buffered_reader, bide_writer and bide_seeker are such types; so are T for which the macros
 * BIDE_READER_TYPE(T), ... were used. These also give the futures, which lose no byte when they are
 * dropped: what was read is where they were told to put it, with a count beside it. This follows
 * tokio's AsyncRead and AsyncWrite.
 */
#ifndef BIDE_BYTES_H
#define BIDE_BYTES_H

#include <bide/future.h>
#include <bide/implement.h>

#if __STDC_HOSTED__
#include <string.h>
#endif

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* What every byte stream may say; implementors' own errors are larger (and negative). */
enum {
    BIDE_BYTES_END = INT32_MIN + 32,      /* the stream ended before all was read */
    BIDE_BYTES_TOO_LONG = INT32_MIN + 33, /* more than was allowed */
    BIDE_BYTES_BROKEN = INT32_MIN + 34,   /* the other side claims more than it was asked for */
    BIDE_BYTES_CLOSED = INT32_MIN + 35,   /* the stream was closed */
    BIDE_BYTES_ENCODING = INT32_MIN + 36  /* not the text that it should be */
};

/* ---- memory for bytes --------------------------------------------------------------------- */

/* Bytes that grow. Zero all of it but the allocator, or bide_bytes_init. */
typedef struct bide_bytes {
    char *data; /* not terminated */
    size_t size, capacity;
    bide_allocator *allocator; /* who is asked */
    bide_allocator *giver;     /* private: who gave `data` */
} bide_bytes;

/* Empty; allocator NULL: the default. Takes no memory. */
BIDE_INLINE void bide_bytes_init(bide_bytes *b, bide_allocator *allocator)
{
    b->data = NULL;
    b->size = b->capacity = 0;
    b->allocator = allocator ? allocator : bide_default_allocator();
    b->giver = NULL;
}

/* Gives the memory back and leaves it empty. */
BIDE_INLINE void bide_bytes_free(bide_bytes *b)
{
    if (b->data)
        bide_free(b->giver, b->data, b->capacity, sizeof(void *));
    b->data = NULL;
    b->size = b->capacity = 0;
}

/* Empty, with its memory kept. */
BIDE_INLINE void bide_bytes_clear(bide_bytes *b)
{
    b->size = 0;
}

/* Room for `more` bytes behind the last. False: no memory, and nothing has changed. */
BIDE_INLINE bool bide_bytes_reserve(bide_bytes *b, size_t more)
{
    bide_allocator *giver;
    size_t capacity = b->capacity ? b->capacity : 64;
    char *data;
    if (more <= b->capacity - b->size)
        return true;
    if (more > SIZE_MAX / 4 || b->size > SIZE_MAX / 4)
        return false;
    while (capacity - b->size < more)
        capacity *= 2;
    data = (char *)bide_alloc(b->allocator, capacity, sizeof(void *), &giver);
    if (!data)
        return false;
    if (b->data) {
        BIDE_PRIV_COPY(data, b->data, b->size);
        bide_free(b->giver, b->data, b->capacity, sizeof(void *));
    }
    b->data = data;
    b->capacity = capacity;
    b->giver = giver;
    return true;
}

/* Adds bytes at the end. False: no memory, and nothing has changed. */
BIDE_INLINE bool bide_bytes_append(bide_bytes *b, const void *data, size_t size)
{
    if (!bide_bytes_reserve(b, size))
        return false;
    if (size)
        BIDE_PRIV_COPY(b->data + b->size, data, size);
    b->size += size;
    return true;
}

/* A piece of memory to read into or write from; vectored calls take several in a row. */
typedef struct bide_part {
    void *data;
    size_t size;
} bide_part;

typedef struct bide_const_part {
    const void *data;
    size_t size;
} bide_const_part;

/* ---- the interfaces ----------------------------------------------------------------------- */

#define bide_reader_METHODS(METHOD, I, Self)                                                       \
    METHOD(I, Self, POLL, ptrdiff_t, poll_read, (void *, buffer), (size_t, size))                  \
    METHOD(I, Self, SYNC, void, trace, (bide_tracer *, tracer))                                    \
    METHOD(I, Self, POLL_DEFAULT, ptrdiff_t, poll_readv, (const bide_part *, parts),               \
           (size_t, count))
BIDE_INTERFACE(bide_reader);

#define bide_buffered_reader_METHODS(METHOD, I, Self)                                              \
    METHOD(I, Self, POLL, ptrdiff_t, poll_read, (void *, buffer), (size_t, size))                  \
    METHOD(I, Self, POLL, ptrdiff_t, poll_fill, (const char **, data))                             \
    METHOD(I, Self, SYNC_MUT, void, consume, (size_t, count))                                      \
    METHOD(I, Self, SYNC, void, trace, (bide_tracer *, tracer))
BIDE_INTERFACE(bide_buffered_reader);

#define bide_writer_METHODS(METHOD, I, Self)                                                       \
    METHOD(I, Self, POLL, ptrdiff_t, poll_write, (const void *, data), (size_t, size))             \
    METHOD(I, Self, POLL, int32_t, poll_flush)                                                     \
    METHOD(I, Self, POLL, int32_t, poll_close)                                                     \
    METHOD(I, Self, SYNC, void, trace, (bide_tracer *, tracer))                                    \
    METHOD(I, Self, POLL_DEFAULT, ptrdiff_t, poll_writev, (const bide_const_part *, parts),        \
           (size_t, count))
BIDE_INTERFACE(bide_writer);

#define bide_seeker_METHODS(METHOD, I, Self)                                                       \
    METHOD(I, Self, POLL, int64_t, poll_seek, (int64_t, offset), (int, whence))                    \
    METHOD(I, Self, SYNC, void, trace, (bide_tracer *, tracer))
BIDE_INTERFACE(bide_seeker);

/* Both directions of a connection; bide_duplex_as_bide_reader and _as_bide_writer give each. It is
 * a reader and a writer type itself, too. */
#define bide_duplex_METHODS(METHOD, I, Self)                                                       \
    METHOD(I, Self, SUPER, bide_reader, reader)                                                    \
    METHOD(I, Self, SUPER, bide_writer, writer)
BIDE_INTERFACE(bide_duplex);

/* Vectored calls of implementations that have none: the first part that is not empty. */
BIDE_INLINE bide_poll bide_reader_poll_readv_default(bide_reader r, const bide_part *parts,
                                                     size_t count, bide_context *cx,
                                                     ptrdiff_t *out)
{
    while (count > 1 && !parts->size)
        parts++, count--;
    if (count)
        return bide_reader_poll_read(&r, parts->data, parts->size, cx, out);
    *out = 0;
    return BIDE_READY;
}

BIDE_INLINE bide_poll bide_writer_poll_writev_default(bide_writer w, const bide_const_part *parts,
                                                      size_t count, bide_context *cx,
                                                      ptrdiff_t *out)
{
    while (count > 1 && !parts->size)
        parts++, count--;
    if (count)
        return bide_writer_poll_write(&w, parts->data, parts->size, cx, out);
    *out = 0;
    return BIDE_READY;
}

BIDE_INTERFACE_DEFAULTS(bide_reader);
BIDE_INTERFACE_DEFAULTS(bide_writer);

/* As for streams: what takes a handle over ends the object, if its vtable says how. */
BIDE_INLINE void bide_reader_drop(bide_reader *r)
{
    bide_reader_destroy(r);
}

BIDE_INLINE void bide_buffered_reader_drop(bide_buffered_reader *b)
{
    bide_buffered_reader_destroy(b);
}

BIDE_INLINE void bide_writer_drop(bide_writer *w)
{
    bide_writer_destroy(w);
}

BIDE_INLINE void bide_seeker_drop(bide_seeker *s)
{
    bide_seeker_destroy(s);
}

BIDE_INLINE void bide_duplex_drop(bide_duplex *d)
{
    bide_duplex_destroy(d);
}

BIDE_INLINE bide_poll bide_duplex_poll_read(bide_duplex *d, void *buffer, size_t size,
                                            bide_context *cx, ptrdiff_t *count)
{
    bide_reader r = bide_duplex_as_bide_reader(d);
    return bide_reader_poll_read(&r, buffer, size, cx, count);
}

BIDE_INLINE bide_poll bide_duplex_poll_write(bide_duplex *d, const void *data, size_t size,
                                             bide_context *cx, ptrdiff_t *count)
{
    bide_writer w = bide_duplex_as_bide_writer(d);
    return bide_writer_poll_write(&w, data, size, cx, count);
}

BIDE_INLINE bide_poll bide_duplex_poll_flush(bide_duplex *d, bide_context *cx, int32_t *error)
{
    bide_writer w = bide_duplex_as_bide_writer(d);
    return bide_writer_poll_flush(&w, cx, error);
}

BIDE_INLINE bide_poll bide_duplex_poll_close(bide_duplex *d, bide_context *cx, int32_t *error)
{
    bide_writer w = bide_duplex_as_bide_writer(d);
    return bide_writer_poll_close(&w, cx, error);
}

BIDE_INLINE void bide_duplex_trace(bide_duplex *d, bide_tracer *tracer)
{
    bide_reader r = bide_duplex_as_bide_reader(d);
    bide_reader_trace(&r, tracer);
}

/* ---- futures over them -------------------------------------------------------------------- */

/* Private: a future whose first member is a pointer to a T, NULL once it has ended.
 * Shape: F_bide_bytes_trace, F_drop, and BIDE_FUTURE_OF(R, F, rows). */
#define BIDE_PRIV_BYTES_ROWS(ROW, T, F, flags, ROWS)                                               \
    ROW(TRAITS, flags) ROW(TRACE, F##_bide_bytes_trace) ROW(PARAM, T *, of) ROWS(ROW)
#define BIDE_PRIV_BYTES_FUTURE(R, F, T, flags, ROWS)                                               \
    BIDE_INLINE void F##_bide_bytes_trace(const void *bide_f, bide_tracer *bide_tr)                \
    {                                                                                              \
        T *const *bide_of = (T *const *)bide_f;                                                    \
        if (*bide_of)                                                                              \
            T##_trace(*bide_of, bide_tr);                                                          \
    }                                                                                              \
    BIDE_FUTURE_OF(R, F, (BIDE_PRIV_BYTES_ROWS, T, F, flags, ROWS))                                \
    BIDE_INLINE void F##_drop(struct F *bide_f) { bide_f->of = NULL; }
#define BIDE_PRIV_READ_ROWS(ROW) ROW(PARAM, void *, buffer) ROW(PARAM, size_t, size)
#define BIDE_PRIV_READ_EXACT_ROWS(ROW)                                                             \
    BIDE_PRIV_READ_ROWS(ROW) ROW(PARAM, size_t *, done) ROW(LOCAL, size_t, moved)
#define BIDE_PRIV_READ_ALL_ROWS(ROW) ROW(PARAM, bide_bytes *, into) ROW(PARAM, size_t, most)
#define BIDE_PRIV_READ_UNTIL_ROWS(ROW)                                                             \
    ROW(PARAM, char, stop) ROW(PARAM, bide_bytes *, into) ROW(PARAM, size_t, most)
#define BIDE_PRIV_WRITE_ROWS(ROW) ROW(PARAM, const void *, data) ROW(PARAM, size_t, size)
#define BIDE_PRIV_WRITE_ALL_ROWS(ROW)                                                              \
    BIDE_PRIV_WRITE_ROWS(ROW) ROW(PARAM, size_t *, done) ROW(LOCAL, size_t, moved)
#define BIDE_PRIV_SEEK_ROWS(ROW) ROW(PARAM, int64_t, offset) ROW(PARAM, int, whence)

/* Private: ends a future with its code. */
#define BIDE_PRIV_BYTES_END(F, f, r)                                                               \
    do {                                                                                           \
        F##_drop(f);                                                                               \
        return (r);                                                                                \
    } while (0)

/* Private: a count as it is told to who asked for `size` bytes. */
BIDE_INLINE ptrdiff_t bide_priv_count(ptrdiff_t n, size_t size)
{
    return n > 0 && (size_t)n > size ? (ptrdiff_t)BIDE_BYTES_BROKEN : n;
}

/* Private: books what a read or write of `left` bytes has moved. False: it is over, with *out. */
BIDE_INLINE bool bide_priv_moved(ptrdiff_t n, size_t left, size_t *done, int32_t at_end,
                                 int32_t *out)
{
    if (n > 0 && (size_t)n <= left) {
        *done += (size_t)n;
        return true;
    }
    *out = n < 0 ? (int32_t)n : n ? BIDE_BYTES_BROKEN : at_end;
    return false;
}

/* Private: room for the next read of a read to the end, 0 if there is no memory. When all is there
 * that may be, it is the byte that *at points to: whether the end comes is seen by reading. */
BIDE_INLINE size_t bide_priv_room(bide_bytes *b, size_t most, char **at)
{
    size_t room;
    if (b->size >= most)
        return 1;
    if (!bide_bytes_reserve(b, 1))
        return 0;
    *at = b->data + b->size;
    room = b->capacity - b->size;
    return room < most - b->size ? room : most - b->size;
}

/* Private: books a read into such room. False: it is over, with *out. */
BIDE_INLINE bool bide_priv_appended(bide_bytes *b, size_t most, ptrdiff_t n, size_t room,
                                    int32_t *out)
{
    bool full = b->size >= most;
    if (n > 0 && (size_t)n <= room && !full) {
        b->size += (size_t)n;
        return true;
    }
    *out = n <= 0 ? (int32_t)n : full && n == 1 ? BIDE_BYTES_TOO_LONG : BIDE_BYTES_BROKEN;
    return false;
}

/* Private: how many bytes there are up to and with the first `stop`; `size` without one. */
BIDE_INLINE size_t bide_priv_until(const char *data, size_t size, char stop, bool *found)
{
#if __STDC_HOSTED__
    const char *at = size ? (const char *)memchr(data, stop, size) : NULL;
    *found = at != NULL;
    return at ? (size_t)(at - data) + 1 : size;
#else
    size_t i = 0;
    for (*found = false; i < size && !*found; i++)
        *found = data[i] == stop;
    return i;
#endif
}

/* Private: appends up to and with the first `stop`; *used are to be consumed. BIDE_PENDING: there
 * was none, and there is room for more. */
BIDE_INLINE bide_poll bide_priv_take_until(bide_bytes *b, size_t most, const char *data,
                                           size_t size, char stop, size_t *used, int32_t *out)
{
    size_t room = most > b->size ? most - b->size : 0;
    bool found;
    size_t n = bide_priv_until(data, size < room ? size : room, stop, &found);
    if (!bide_bytes_append(b, data, n))
        return BIDE_ENOMEM;
    *used = n;
    if (!found && n == size)
        return BIDE_PENDING;
    *out = found ? 1 : BIDE_BYTES_TOO_LONG;
    return BIDE_READY;
}

/* Private: takes a line's end off; the last line may have none. */
BIDE_INLINE int32_t bide_priv_line_end(bide_bytes *line, int32_t found)
{
    if (found == 0)
        return line->size ? 1 : 0;
    if (found != 1)
        return found;
    line->size--;
    if (line->size && line->data[line->size - 1] == '\r')
        line->size--;
    return 1;
}

/* Private: one read or write, which must not claim more than it was asked for. */
#define BIDE_PRIV_BYTES_ONE(T, F, traits, ROWS, POLL, memory)                                      \
    BIDE_PRIV_BYTES_FUTURE(ptrdiff_t, F, T, (traits) | BIDE_UNPIN, ROWS)                           \
    BIDE_INLINE bide_poll F##_poll(struct F *bide_f, bide_context *bide_cx, ptrdiff_t *bide_out)   \
    {                                                                                              \
        ptrdiff_t bide_n = 0;                                                                      \
        bide_poll bide_r;                                                                          \
        if (!bide_f->of)                                                                           \
            return BIDE_EMISUSE;                                                                   \
        bide_r = POLL(bide_f->of, bide_f->memory, bide_f->size, bide_cx, &bide_n);                 \
        if (bide_r == BIDE_PENDING)                                                                \
            return BIDE_PENDING;                                                                   \
        if (bide_r == BIDE_READY)                                                                  \
            *bide_out = bide_priv_count(bide_n, bide_f->size);                                     \
        BIDE_PRIV_BYTES_END(F, bide_f, bide_r);                                                    \
    }

/* Private: reads or writes until all are moved; END is what a count of 0 means. */
#define BIDE_PRIV_BYTES_ALL(T, F, traits, ROWS, POLL, Byte, memory, END)                           \
    BIDE_PRIV_BYTES_FUTURE(int32_t, F, T, (traits) | BIDE_UNPIN, ROWS)                             \
    BIDE_INLINE bide_poll F##_poll(struct F *bide_f, bide_context *bide_cx, int32_t *bide_out)     \
    {                                                                                              \
        size_t *bide_done = bide_f->done ? bide_f->done : &bide_f->moved;                          \
        if (!bide_f->of)                                                                           \
            return BIDE_EMISUSE;                                                                   \
        for (;;) {                                                                                 \
            ptrdiff_t bide_n = 0;                                                                  \
            int32_t bide_e = 0;                                                                    \
            size_t bide_left = *bide_done < bide_f->size ? bide_f->size - *bide_done : 0;          \
            bide_poll bide_r = BIDE_READY;                                                         \
            if (bide_left)                                                                         \
                bide_r = POLL(bide_f->of, (Byte *)bide_f->memory + *bide_done, bide_left, bide_cx, \
                              &bide_n);                                                            \
            if (bide_r == BIDE_PENDING)                                                            \
                return BIDE_PENDING;                                                               \
            if (bide_r == BIDE_READY && bide_left &&                                               \
                bide_priv_moved(bide_n, bide_left, bide_done, END, &bide_e))                       \
                continue;                                                                          \
            if (bide_r == BIDE_READY)                                                              \
                *bide_out = bide_e;                                                                \
            BIDE_PRIV_BYTES_END(F, bide_f, bide_r);                                                \
        }                                                                                          \
    }

/* BIDE_READER_TYPE(T, traits); behind T_poll_read, T_trace and T_drop. traits are what the futures
 * promise beside BIDE_UNPIN: BIDE_SEND if objects of T may change threads between calls, or 0.
 *
 * Shape: the future types
 *     ptrdiff_t T_read(T *of, void *buffer, size_t size)
 *         one read: up to `size` bytes
 *     int32_t T_read_exact(T *of, void *buffer, size_t size, size_t *done)
 *         until `size` bytes are there: 0, BIDE_BYTES_END, or an error. *done counts them, from
 *         what it is at first: set it to 0, or go on with it when a call was dropped. It may be
 *         NULL
 *     int32_t T_read_to_end(T *of, bide_bytes *into, size_t most)
 *         appends all up to the end: 0, an error, or BIDE_BYTES_TOO_LONG when *into would get
 *         larger than `most`. Fails with BIDE_ENOMEM. What was read is in *into in every case, but
 *         for the one byte that was too many */
#define BIDE_READER_TYPE(T, traits)                                                                \
    BIDE_PRIV_BYTES_ONE(T, T##_read, traits, BIDE_PRIV_READ_ROWS, T##_poll_read, buffer)           \
    BIDE_PRIV_BYTES_ALL(T, T##_read_exact, traits, BIDE_PRIV_READ_EXACT_ROWS, T##_poll_read, char, \
                        buffer, BIDE_BYTES_END)                                                    \
    BIDE_PRIV_BYTES_FUTURE(int32_t, T##_read_to_end, T, (traits) | BIDE_UNPIN,                     \
                           BIDE_PRIV_READ_ALL_ROWS)                                                \
    BIDE_INLINE bide_poll T##_read_to_end_poll(struct T##_read_to_end *bide_f,                     \
                                               bide_context *bide_cx, int32_t *bide_out)           \
    {                                                                                              \
        bide_bytes *bide_b = bide_f->into;                                                         \
        if (!bide_f->of)                                                                           \
            return BIDE_EMISUSE;                                                                   \
        for (;;) {                                                                                 \
            ptrdiff_t bide_n = 0;                                                                  \
            int32_t bide_e = 0;                                                                    \
            char bide_spare, *bide_at = &bide_spare;                                               \
            size_t bide_room = bide_priv_room(bide_b, bide_f->most, &bide_at);                     \
            bide_poll bide_r = BIDE_ENOMEM;                                                        \
            if (bide_room)                                                                         \
                bide_r = T##_poll_read(bide_f->of, bide_at, bide_room, bide_cx, &bide_n);          \
            if (bide_r == BIDE_PENDING)                                                            \
                return BIDE_PENDING;                                                               \
            if (bide_r == BIDE_READY &&                                                            \
                bide_priv_appended(bide_b, bide_f->most, bide_n, bide_room, &bide_e))              \
                continue;                                                                          \
            if (bide_r == BIDE_READY)                                                              \
                *bide_out = bide_e;                                                                \
            BIDE_PRIV_BYTES_END(T##_read_to_end, bide_f, bide_r);                                  \
        }                                                                                          \
    }                                                                                              \
    struct bide_priv_bytes

/* BIDE_BUFFERED_READER_TYPE(T, traits); behind T_poll_read, T_poll_fill, T_consume, T_trace and
 * T_drop.
 *
 * Shape: the future types of BIDE_READER_TYPE, and
 *     int32_t T_read_until(T *of, char stop, bide_bytes *into, size_t most)
 *         appends all up to and with the byte `stop`: 1, or 0 at the end of the stream (with what
 *         came before it in *into), an error, or BIDE_BYTES_TOO_LONG when *into would get larger
 *         than `most`. Dropped and called again with the same *into, it goes on
 *     int32_t T_read_line(T *of, bide_bytes *line, size_t most)
 *         the same up to a line feed, which is taken off, and a carriage return before it, too: 1
 *         with a line, 0 when there is none any more. A last line without an end is one. Clear
 *         *line before the next */
#define BIDE_BUFFERED_READER_TYPE(T, traits)                                                       \
    BIDE_READER_TYPE(T, traits);                                                                   \
    BIDE_INLINE bide_poll T##_bide_fill_until(T *bide_of, char bide_stop, bide_bytes *bide_b,      \
                                              size_t bide_most, bide_context *bide_cx,             \
                                              int32_t *bide_out)                                   \
    {                                                                                              \
        for (;;) {                                                                                 \
            const char *bide_data = NULL;                                                          \
            ptrdiff_t bide_n = 0;                                                                  \
            size_t bide_used = 0;                                                                  \
            bide_poll bide_r = T##_poll_fill(bide_of, &bide_data, bide_cx, &bide_n);               \
            if (bide_r == BIDE_READY && bide_n <= 0)                                               \
                *bide_out = (int32_t)bide_n;                                                       \
            if (bide_r != BIDE_READY || bide_n <= 0)                                               \
                return bide_r;                                                                     \
            bide_r = bide_priv_take_until(bide_b, bide_most, bide_data, (size_t)bide_n, bide_stop, \
                                          &bide_used, bide_out);                                   \
            T##_consume(bide_of, bide_used);                                                       \
            if (bide_r != BIDE_PENDING)                                                            \
                return bide_r;                                                                     \
        }                                                                                          \
    }                                                                                              \
    BIDE_PRIV_BYTES_FUTURE(int32_t, T##_read_until, T, (traits) | BIDE_UNPIN,                      \
                           BIDE_PRIV_READ_UNTIL_ROWS)                                              \
    BIDE_INLINE bide_poll T##_read_until_poll(struct T##_read_until *bide_f,                       \
                                              bide_context *bide_cx, int32_t *bide_out)            \
    {                                                                                              \
        bide_poll bide_r;                                                                          \
        if (!bide_f->of)                                                                           \
            return BIDE_EMISUSE;                                                                   \
        bide_r = T##_bide_fill_until(bide_f->of, bide_f->stop, bide_f->into, bide_f->most,         \
                                     bide_cx, bide_out);                                           \
        if (bide_r == BIDE_PENDING)                                                                \
            return BIDE_PENDING;                                                                   \
        BIDE_PRIV_BYTES_END(T##_read_until, bide_f, bide_r);                                       \
    }                                                                                              \
    BIDE_PRIV_BYTES_FUTURE(int32_t, T##_read_line, T, (traits) | BIDE_UNPIN,                       \
                           BIDE_PRIV_READ_ALL_ROWS)                                                \
    BIDE_INLINE bide_poll T##_read_line_poll(struct T##_read_line *bide_f, bide_context *bide_cx,  \
                                             int32_t *bide_out)                                    \
    {                                                                                              \
        bide_poll bide_r;                                                                          \
        if (!bide_f->of)                                                                           \
            return BIDE_EMISUSE;                                                                   \
        bide_r = T##_bide_fill_until(bide_f->of, '\n', bide_f->into, bide_f->most, bide_cx,        \
                                     bide_out);                                                    \
        if (bide_r == BIDE_PENDING)                                                                \
            return BIDE_PENDING;                                                                   \
        if (bide_r == BIDE_READY)                                                                  \
            *bide_out = bide_priv_line_end(bide_f->into, *bide_out);                               \
        BIDE_PRIV_BYTES_END(T##_read_line, bide_f, bide_r);                                        \
    }                                                                                              \
    struct bide_priv_bytes

/* BIDE_WRITER_TYPE(T, traits); behind T_poll_write, T_poll_flush, T_poll_close, T_trace and T_drop.
 *
 * Shape: the future types
 *     ptrdiff_t T_write(T *of, const void *data, size_t size)
 *         one write: up to `size` bytes
 *     int32_t T_write_all(T *of, const void *data, size_t size, size_t *done)
 *         until all are written: 0 or an error. *done counts them, as in T_read_exact
 *     int32_t T_flush(T *of)
 *     int32_t T_close(T *of) */
#define BIDE_WRITER_TYPE(T, traits)                                                                \
    BIDE_PRIV_BYTES_ONE(T, T##_write, traits, BIDE_PRIV_WRITE_ROWS, T##_poll_write, data)          \
    BIDE_PRIV_BYTES_ALL(T, T##_write_all, traits, BIDE_PRIV_WRITE_ALL_ROWS, T##_poll_write,        \
                        const char, data, BIDE_BYTES_BROKEN)                                       \
    BIDE_PRIV_BYTES_WAIT(T, T##_flush, traits, T##_poll_flush)                                     \
    BIDE_PRIV_BYTES_WAIT(T, T##_close, traits, T##_poll_close)                                     \
    struct bide_priv_bytes
#define BIDE_PRIV_BYTES_WAIT(T, F, traits, POLL)                                                   \
    BIDE_PRIV_BYTES_FUTURE(int32_t, F, T, (traits) | BIDE_UNPIN, BIDE_PRIV_NOTHING)                \
    BIDE_INLINE bide_poll F##_poll(struct F *bide_f, bide_context *bide_cx, int32_t *bide_out)     \
    {                                                                                              \
        bide_poll bide_r;                                                                          \
        if (!bide_f->of)                                                                           \
            return BIDE_EMISUSE;                                                                   \
        bide_r = POLL(bide_f->of, bide_cx, bide_out);                                              \
        if (bide_r == BIDE_PENDING)                                                                \
            return BIDE_PENDING;                                                                   \
        BIDE_PRIV_BYTES_END(F, bide_f, bide_r);                                                    \
    }

/* BIDE_SEEKER_TYPE(T, traits); behind T_poll_seek, T_trace and T_drop.
 * Shape: the future type  int64_t T_seek(T *of, int64_t offset, int whence) */
#define BIDE_SEEKER_TYPE(T, traits)                                                                \
    BIDE_PRIV_BYTES_FUTURE(int64_t, T##_seek, T, (traits) | BIDE_UNPIN, BIDE_PRIV_SEEK_ROWS)       \
    BIDE_INLINE bide_poll T##_seek_poll(struct T##_seek *bide_f, bide_context *bide_cx,            \
                                        int64_t *bide_out)                                         \
    {                                                                                              \
        bide_poll bide_r;                                                                          \
        if (!bide_f->of)                                                                           \
            return BIDE_EMISUSE;                                                                   \
        bide_r = T##_poll_seek(bide_f->of, bide_f->offset, bide_f->whence, bide_cx, bide_out);     \
        if (bide_r == BIDE_PENDING)                                                                \
            return BIDE_PENDING;                                                                   \
        BIDE_PRIV_BYTES_END(T##_seek, bide_f, bide_r);                                             \
    }                                                                                              \
    struct bide_priv_bytes

BIDE_READER_TYPE(bide_reader, 0);
BIDE_BUFFERED_READER_TYPE(bide_buffered_reader, 0);
BIDE_WRITER_TYPE(bide_writer, 0);
BIDE_SEEKER_TYPE(bide_seeker, 0);
BIDE_READER_TYPE(bide_duplex, 0);
BIDE_WRITER_TYPE(bide_duplex, 0);

/* ---- copying ------------------------------------------------------------------------------ */

/* BIDE_COPY(Name, B, W); the future type int64_t Name(B *from, W *to): everything that the buffered
 * reader has, up to its end, goes to the writer, which is flushed at the end, and whenever the
 * reader must wait. The Output is the number of bytes, or the first error of either side. Takes no
 * memory: the bytes are written out of the reader's buffer. Dropped, it has consumed exactly what
 * was written. */
#define BIDE_COPY(Name, B, W)                                                                      \
    BIDE_INLINE void Name##_bide_copy_trace(const void *frame, bide_tracer *tracer);               \
    BIDE_FUTURE_OF(int64_t, Name, (BIDE_PRIV_COPY_ROWS, Name, B, W))                               \
    BIDE_INLINE void Name##_bide_copy_trace(const void *bide_frame, bide_tracer *bide_tr)          \
    {                                                                                              \
        const struct Name *bide_f = (const struct Name *)bide_frame;                               \
        if (bide_f->from && bide_f->writing)                                                       \
            W##_trace(bide_f->to, bide_tr);                                                        \
        else if (bide_f->from)                                                                     \
            B##_trace(bide_f->from, bide_tr);                                                      \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(struct Name *bide_f) { bide_f->from = NULL; }                     \
    BIDE_INLINE bide_poll Name##_poll(struct Name *bide_f, bide_context *bide_cx,                  \
                                      int64_t *bide_out)                                           \
    {                                                                                              \
        const char *bide_data = NULL;                                                              \
        ptrdiff_t bide_n = 0, bide_w = 0;                                                          \
        int32_t bide_e = 0;                                                                        \
        bide_poll bide_r = BIDE_READY, bide_flushed = BIDE_READY;                                  \
        if (!bide_f->from)                                                                         \
            return BIDE_EMISUSE;                                                                   \
        while (!bide_f->ended) {                                                                   \
            bide_r = B##_poll_fill(bide_f->from, &bide_data, bide_cx, &bide_n);                    \
            if (bide_r != BIDE_READY || bide_n <= 0)                                               \
                break;                                                                             \
            bide_r = W##_poll_write(bide_f->to, bide_data, (size_t)bide_n, bide_cx, &bide_w);      \
            if (bide_r == BIDE_PENDING) {                                                          \
                bide_f->writing = true;                                                            \
                return BIDE_PENDING;                                                               \
            }                                                                                      \
            if (bide_r < 0)                                                                        \
                break;                                                                             \
            if (bide_w <= 0 || bide_w > bide_n) {                                                  \
                bide_n = bide_w < 0 ? bide_w : BIDE_BYTES_BROKEN;                                  \
                break;                                                                             \
            }                                                                                      \
            B##_consume(bide_f->from, (size_t)bide_w);                                             \
            bide_f->count += bide_w;                                                               \
            bide_f->dirty = true;                                                                  \
        }                                                                                          \
        /* The reader must wait, has ended, or there is an error in bide_r or bide_n. */           \
        if (bide_r < 0 || (bide_r == BIDE_READY && bide_n < 0)) {                                  \
            if (bide_r == BIDE_READY)                                                              \
                *bide_out = bide_n;                                                                \
            Name##_drop(bide_f);                                                                   \
            return bide_r;                                                                         \
        }                                                                                          \
        bide_f->ended = bide_f->writing = bide_r == BIDE_READY;                                    \
        if (bide_f->dirty)                                                                         \
            bide_flushed = W##_poll_flush(bide_f->to, bide_cx, &bide_e);                           \
        bide_f->dirty = bide_flushed == BIDE_PENDING;                                              \
        if (bide_f->dirty || (bide_flushed == BIDE_READY && bide_e == 0 && !bide_f->ended))        \
            return BIDE_PENDING;                                                                   \
        if (bide_flushed == BIDE_READY)                                                            \
            *bide_out = bide_e < 0 ? bide_e : bide_f->count;                                       \
        Name##_drop(bide_f);                                                                       \
        return bide_flushed;                                                                       \
    }                                                                                              \
    struct bide_priv_bytes
#define BIDE_PRIV_COPY_ROWS(ROW, Name, B, W)                                                       \
    ROW(TRAITS, (B##_read_flags & W##_write_flags)) ROW(TRACE, Name##_bide_copy_trace)             \
    ROW(PARAM, B *, from) ROW(PARAM, W *, to) ROW(LOCAL, int64_t, count)                           \
    ROW(LOCAL, bool, dirty) ROW(LOCAL, bool, writing) ROW(LOCAL, bool, ended)

#endif
