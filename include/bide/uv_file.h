/*
 * bide/uv_file.h: files on a libuv loop; part of bide::uv.
 *
 *     bide_uv_file f = {0};
 *     if (await(bide_uv_file_open(rt, "notes", O_RDONLY, 0, &f)) == 0) {       // in async C
 *         while (await(bide_uv_file_read_line(&f, &line, 4096)) == 1)
 *             ...
 *         bide_uv_file_drop(&f);
 *     }
 *
 * A file is one pointer; it may be moved, and is empty (zero) before it was opened and after it was
 * dropped. It is a buffered reader, a writer and a seeker (bide/bytes.h) at one position, which
 * both directions share, as in C's stdio; both may be used in turn. The work is done by libuv's
 * threads, a buffer full at a time, one piece at a time.
 *
 * Reading. 0 is the end as it is now: a file that has grown can be read on. A dropped read loses
 * nothing.
 *
 * Writing. bide_uv_file_poll_write accepts up to a buffer full and has it written by the loop; it
 * waits while the one before is under way. An error of that is told by the next call, and stays.
 * bide_uv_file_poll_flush waits for the end of it, bide_uv_file_sync also for the disk, and
 * bide_uv_file_poll_close for the end of both it and the file: it is empty of a descriptor behind
 * that (UV_EBADF). Files that are opened to append write at the end, wherever the position is.
 *
 * Ending. bide_uv_file_drop closes, behind what was accepted, and waits for nothing.
 *
 * What has no positions, such as a pipe, is no file in this sense: reading gives UV_ESPIPE.
 */
#ifndef BIDE_UV_FILE_H
#define BIDE_UV_FILE_H

#include <bide/bytes.h>
#include <bide/uv_loop.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

BIDE_PRIV_C_BEGIN

/* A file. Zero it before its first use. Not to be used from another thread. */
typedef struct bide_uv_file {
    struct bide_priv_uv_file *at; /* private */
} bide_uv_file;

/* As bide/bytes.h tells of readers, buffered readers, writers and seekers. */
BIDE_API bide_poll bide_uv_file_poll_read(bide_uv_file *f, void *buffer, size_t size,
                                          bide_context *cx, ptrdiff_t *count);
BIDE_API bide_poll bide_uv_file_poll_fill(bide_uv_file *f, const char **data, bide_context *cx,
                                          ptrdiff_t *count);
BIDE_API void bide_uv_file_consume(bide_uv_file *f, size_t count);
BIDE_API bide_poll bide_uv_file_poll_write(bide_uv_file *f, const void *data, size_t size,
                                           bide_context *cx, ptrdiff_t *count);
BIDE_API bide_poll bide_uv_file_poll_flush(bide_uv_file *f, bide_context *cx, int32_t *error);
BIDE_API bide_poll bide_uv_file_poll_close(bide_uv_file *f, bide_context *cx, int32_t *error);
BIDE_API bide_poll bide_uv_file_poll_seek(bide_uv_file *f, int64_t offset, int whence,
                                          bide_context *cx, int64_t *position);
BIDE_API void bide_uv_file_trace(bide_uv_file *f, bide_tracer *tracer);
BIDE_API void bide_uv_file_drop(bide_uv_file *f);

BIDE_INLINE void bide_uv_file_destroy(bide_uv_file *f)
{
    bide_uv_file_drop(f);
}

/* The futures bide_uv_file_read, _read_exact, _read_to_end, _read_until, _read_line, _write,
 * _write_all, _flush, _close, _seek; and handles by bide_uv_file_as_bide_reader, ... */
BIDE_BUFFERED_READER_TYPE(bide_uv_file, 0);
BIDE_WRITER_TYPE(bide_uv_file, 0);
BIDE_SEEKER_TYPE(bide_uv_file, 0);
BIDE_IMPL_DECLARE_AS(BIDE_API, bide_reader, bide_uv_file);
BIDE_IMPL_DECLARE_AS(BIDE_API, bide_buffered_reader, bide_uv_file);
BIDE_IMPL_DECLARE_AS(BIDE_API, bide_writer, bide_uv_file);
BIDE_IMPL_DECLARE_AS(BIDE_API, bide_seeker, bide_uv_file);

/* Private: tells of a future that begins with a file's block. */
BIDE_API void bide_priv_uv_file_wait_trace(const void *frame, bide_tracer *tracer);

/* bide_uv_file_open(rt, path, flags, mode, out) -> int32_t: 0 with *out open, or an error. flags
 * and mode as of open(2). The path is read at the first poll. Dropped, what it may have opened is
 * closed. Fails with BIDE_ENOMEM. */
#define bide_uv_file_open_FRAME(ROW)                                                               \
    ROW(TRAITS, BIDE_UNPIN) ROW(TRACE, bide_priv_uv_file_wait_trace)                               \
    ROW(LOCAL, struct bide_priv_uv_file *, at) ROW(PARAM, bide_uv *, rt)                           \
    ROW(PARAM, const char *, path) ROW(PARAM, int, flags) ROW(PARAM, int, mode)                    \
    ROW(PARAM, bide_uv_file *, out)
BIDE_FUTURE_DECLARE_AS(BIDE_API, int32_t, bide_uv_file_open)

/* bide_uv_file_sync(of) -> int32_t: flushes, and waits until the disk has it. 0 or an error. */
#define bide_uv_file_sync_FRAME(ROW)                                                               \
    ROW(TRAITS, BIDE_UNPIN) ROW(TRACE, bide_priv_uv_file_trace)                                    \
    ROW(PARAM, bide_uv_file *, of) ROW(LOCAL, bool, begun)
BIDE_API void bide_priv_uv_file_trace(const void *frame, bide_tracer *tracer);
BIDE_FUTURE_DECLARE_AS(BIDE_API, int32_t, bide_uv_file_sync)

/* What the system knows of a file. */
typedef struct bide_uv_file_info {
    uint64_t size;     /* bytes */
    int64_t modified;  /* nanoseconds since 1970 */
    uint32_t mode;     /* as of stat(2): kind and permissions */
    bool is_file;      /* a plain one */
    bool is_directory;
} bide_uv_file_info;

/* bide_uv_file_stat(rt, path, out) -> int32_t: 0 with *out written, or an error. As for open. */
#define bide_uv_file_stat_FRAME(ROW)                                                               \
    ROW(TRAITS, BIDE_UNPIN) ROW(TRACE, bide_priv_uv_file_wait_trace)                               \
    ROW(LOCAL, struct bide_priv_uv_file *, at) ROW(PARAM, bide_uv *, rt)                           \
    ROW(PARAM, const char *, path) ROW(PARAM, bide_uv_file_info *, out)
BIDE_FUTURE_DECLARE_AS(BIDE_API, int32_t, bide_uv_file_stat)

BIDE_PRIV_C_END

#endif
