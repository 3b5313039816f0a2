/*
 * bide/testing_bytes.h: a byte stream that does what a script says; part of bide::testing.
 *
 * A script is two lists of steps, what its reader gives and what its writer expects:
 *
 *     const bide_io_step reads[] = {bide_io_reads("GET "), bide_io_pends(), bide_io_reads("/\n")};
 *     const bide_io_step writes[] = {bide_io_writes("200"), bide_io_pends(), bide_io_flushes()};
 *     bide_scripted_io io;
 *     bide_scripted_io_init(&io, reads, 3, writes, 3);
 *     ...                                                 // run the code under test on it
 *     assert_string_equal(bide_scripted_io_finish(&io), "");
 *
 * It is a buffered reader, a writer and a seeker (bide/bytes.h), statically and as a handle. What
 * is not as the script says is written down, and the test looks at the report. It takes no memory.
 * Used by one task at a time in each direction. This follows tokio_test::io.
 */
#ifndef BIDE_TESTING_BYTES_H
#define BIDE_TESTING_BYTES_H

#include <bide/bytes.h>
#include <bide/testing.h>

BIDE_PRIV_C_BEGIN

/* ---- steps -------------------------------------------------------------------------------- */

/* Private: what a step is; made by the functions below. */
typedef enum bide_io_kind {
    BIDE_IO_DATA,
    BIDE_IO_TAKES,
    BIDE_IO_COUNTS,
    BIDE_IO_PENDS,
    BIDE_IO_FAILS,
    BIDE_IO_FLUSHES,
    BIDE_IO_SEEKS
} bide_io_kind;

typedef struct bide_io_step {
    bide_io_kind kind; /* all members are private */
    int code;          /* failure, whence */
    const char *data;
    size_t size;
    int64_t count, position;
} bide_io_step;

/* Private. */
BIDE_INLINE bide_io_step bide_priv_io_step(bide_io_kind kind, int code, const void *data,
                                           size_t size, int64_t count, int64_t position)
{
    bide_io_step s;
    s.kind = kind;
    s.code = code;
    s.data = (const char *)data;
    s.size = size;
    s.count = count;
    s.position = position;
    return s;
}

/* These bytes can be read: one read gives at most what is left of one step. Or: these bytes must be
 * written: one write is taken up to what is left of one step, whatever more it has. Bytes that are
 * not text: the second form. The bytes must outlive the script. */
BIDE_INLINE bide_io_step bide_io_data(const void *data, size_t size)
{
    return bide_priv_io_step(BIDE_IO_DATA, 0, data, size, 0, 0);
}
#define bide_io_reads(text) bide_io_data("" text, sizeof(text) - 1)
#define bide_io_writes(text) bide_io_data("" text, sizeof(text) - 1)

/* Writer: takes `size` bytes, whatever they are, in one or more writes. */
BIDE_INLINE bide_io_step bide_io_takes(size_t size)
{
    return bide_priv_io_step(BIDE_IO_TAKES, 0, NULL, size, 0, 0);
}

/* Either: one read, fill, write, flush or close gives this count and moves no byte: an error if
 * negative, the end of a reader (that may go on) if 0, a lie if more was claimed than was asked. */
BIDE_INLINE bide_io_step bide_io_counts(ptrdiff_t count)
{
    return bide_priv_io_step(BIDE_IO_COUNTS, 0, NULL, 0, count, 0);
}

/* Either: pends once, and wakes at once. */
BIDE_INLINE bide_io_step bide_io_pends(void)
{
    return bide_priv_io_step(BIDE_IO_PENDS, 0, NULL, 0, 0, 0);
}

/* Either: fails with a failure code, such as BIDE_ENOMEM. */
BIDE_INLINE bide_io_step bide_io_fails(bide_poll code)
{
    return bide_priv_io_step(BIDE_IO_FAILS, (int)code, NULL, 0, 0, 0);
}

/* Writer: here a flush (or a close, which flushes) must come. Flushes are taken anywhere, but only
 * this one lets no write pass before it. */
BIDE_INLINE bide_io_step bide_io_flushes(void)
{
    return bide_priv_io_step(BIDE_IO_FLUSHES, 0, NULL, 0, 0, 0);
}

/* Reader: here a seek with these arguments must come; it gives `position`. */
BIDE_INLINE bide_io_step bide_io_seeks(int64_t offset, int whence, int64_t position)
{
    return bide_priv_io_step(BIDE_IO_SEEKS, whence, NULL, 0, offset, position);
}

/* ---- the stream --------------------------------------------------------------------------- */

/* Private: one direction. */
typedef struct bide_priv_script {
    const bide_io_step *steps;
    size_t left; /* steps, the first one included */
    size_t at;   /* bytes of the first one that are used */
    bool pended; /* by pend_each */
} bide_priv_script;

typedef struct bide_scripted_io {
    bide_priv_script reader, writer; /* private */
    bool pend_each;    /* set it: one BIDE_PENDING, with a wake, before every other poll */
    bool closed;       /* was closed without an error */
    bool dropped;
    size_t reads, writes, flushes, closes; /* polls that did not pend; fills count as reads */
    size_t violations;
    size_t written;       /* bytes taken */
    size_t report_length; /* private */
    char report[BIDE_TESTING_TEXT];
    char text[BIDE_TESTING_TEXT]; /* the bytes taken, as many as fit, and a zero */
} bide_scripted_io;

/* Makes one. At the end of its list the reader gives 0 for ever, and the writer must not be written
 * to; a list may be NULL with 0 steps. */
BIDE_API void bide_scripted_io_init(bide_scripted_io *io, const bide_io_step *reads,
                                    size_t read_steps, const bide_io_step *writes,
                                    size_t write_steps);

/* The report: one line for each violation, steps that were not reached included; "" if all went as
 * written. */
BIDE_API const char *bide_scripted_io_finish(bide_scripted_io *io);

BIDE_API bide_poll bide_scripted_io_poll_read(bide_scripted_io *io, void *buffer, size_t size,
                                              bide_context *cx, ptrdiff_t *count);
BIDE_API bide_poll bide_scripted_io_poll_fill(bide_scripted_io *io, const char **data,
                                              bide_context *cx, ptrdiff_t *count);
BIDE_API void bide_scripted_io_consume(bide_scripted_io *io, size_t count);
BIDE_API bide_poll bide_scripted_io_poll_write(bide_scripted_io *io, const void *data, size_t size,
                                               bide_context *cx, ptrdiff_t *count);
BIDE_API bide_poll bide_scripted_io_poll_flush(bide_scripted_io *io, bide_context *cx,
                                               int32_t *error);
BIDE_API bide_poll bide_scripted_io_poll_close(bide_scripted_io *io, bide_context *cx,
                                               int32_t *error);
BIDE_API bide_poll bide_scripted_io_poll_seek(bide_scripted_io *io, int64_t offset, int whence,
                                              bide_context *cx, int64_t *position);
BIDE_API void bide_scripted_io_trace(bide_scripted_io *io, bide_tracer *tracer);

/* Is written down; whatever is asked behind it is a violation. */
BIDE_API void bide_scripted_io_drop(bide_scripted_io *io);

/* What a handle's drop calls. */
#define bide_scripted_io_HAS_destroy 1
BIDE_INLINE void bide_scripted_io_destroy(bide_scripted_io *io)
{
    bide_scripted_io_drop(io);
}

BIDE_IMPL_DECLARE_AS(BIDE_API, bide_reader, bide_scripted_io);
BIDE_IMPL_DECLARE_AS(BIDE_API, bide_buffered_reader, bide_scripted_io);
BIDE_IMPL_DECLARE_AS(BIDE_API, bide_writer, bide_scripted_io);
BIDE_IMPL_DECLARE_AS(BIDE_API, bide_seeker, bide_scripted_io);
BIDE_IMPL_DECLARE_AS(BIDE_API, bide_duplex, bide_scripted_io);
BIDE_DEFAULTS(bide_reader, bide_scripted_io);
BIDE_DEFAULTS(bide_writer, bide_scripted_io);

BIDE_PRIV_C_END

BIDE_BUFFERED_READER_TYPE(bide_scripted_io, BIDE_SEND);
BIDE_WRITER_TYPE(bide_scripted_io, BIDE_SEND);
BIDE_SEEKER_TYPE(bide_scripted_io, BIDE_SEND);

#endif
