/*
 * file.c: files. Each has one request, and so one operation at a time, which cannot be stopped once
 * a thread has begun it: what a dropped file has under way is waited for by the loop.
 */
#include "uv_core.h"

#include <stdio.h>
#include <string.h>

enum operation { NONE, OPENING, READING, WRITING, SYNCING, STATTING, CLOSING };

struct bide_priv_uv_file {
    struct bide_priv_uv_block block; /* first */
    enum operation now;
    uv_file fd; /* -1: none */
    bool append;
    bool ended;     /* the loop has closed it, or begun to, and not the user */
    bool has_read;  /* a read has ended with `got`, which is no data */
    bool has_stat;  /* one has ended, with `info` or its error in `result` */
    int32_t got;    /* 0 or an error */
    int32_t result; /* of the last open, sync, stat, close */
    int32_t write_error;
    int32_t synced;         /* result of the last sync */
    int64_t position;       /* of the next byte for the user: that at in_at */
    uint32_t in_at, in_end; /* what was read and not consumed */
    uint32_t out_at, out_end;
    struct bide_priv_uv_buffer *in, *out;
    bide_waker *reader, *writer;
    uv_fs_t request;
    bide_uv_file_info info;
};

/* ---- the one request ---------------------------------------------------------------------- */

static void close_file(struct bide_priv_uv_block *block);
static void on_done(uv_fs_t *request);

/* Begins an operation; an error of libuv's at once is told. */
static int32_t begin(struct bide_priv_uv_file *f, enum operation operation, int error)
{
    f->request.data = f;
    f->now = error == 0 ? operation : NONE;
    return error;
}

static int32_t begin_write(struct bide_priv_uv_file *f)
{
    uv_buf_t buf = uv_buf_init(f->out->bytes + f->out_at, f->out_end - f->out_at);
    return begin(f, WRITING,
                 uv_fs_write(f->block.rt->loop, &f->request, f->fd, &buf, 1,
                             f->append ? -1 : f->position - (int64_t)buf.len, on_done));
}

static void keep_info(bide_uv_file_info *info, const uv_stat_t *s)
{
    info->size = s->st_size;
    info->modified = (int64_t)s->st_mtim.tv_sec * 1000000000 + s->st_mtim.tv_nsec;
    info->mode = (uint32_t)s->st_mode;
    info->is_file = (s->st_mode & S_IFMT) == S_IFREG;
    info->is_directory = (s->st_mode & S_IFMT) == S_IFDIR;
}

static void end_read(struct bide_priv_uv_file *f, ssize_t result)
{
    f->has_read = result <= 0;
    if (result > 0) {
        f->in_at = 0;
        f->in_end = (uint32_t)result;
    } else {
        f->got = (int32_t)result;
        bide_priv_uv_buffer_give(f->block.rt, &f->in);
    }
}

/* The rest of a write that was cut is written, too. */
static void end_write(struct bide_priv_uv_file *f, ssize_t result)
{
    if (result > 0)
        f->out_at += (uint32_t)result;
    if (result == 0)
        result = UV_EIO;
    if (result > 0 && f->out_at < f->out_end)
        result = begin_write(f);
    if (result < 0)
        f->write_error = (int32_t)result;
    if (f->now == NONE)
        bide_priv_uv_buffer_give(f->block.rt, &f->out);
}

static void on_done(uv_fs_t *request)
{
    struct bide_priv_uv_file *f = request->data;
    enum operation was = f->now;
    ssize_t result = request->result;
    bide_uv *rt = f->block.rt;
    bool held = f->block.held;
    if (was == STATTING && result == 0)
        keep_info(&f->info, &request->statbuf);
    uv_fs_req_cleanup(request);
    f->now = NONE;
    f->result = result < 0 ? (int32_t)result : 0;
    f->has_stat = was == STATTING;
    if (was == SYNCING)
        f->synced = f->result;
    if (was == OPENING && result >= 0)
        f->fd = (uv_file)result;
    else if (was == READING)
        end_read(f, result);
    else if (was == WRITING)
        end_write(f, result);
    if (held) {
        bide_priv_uv_wake(rt, &f->reader);
        bide_priv_uv_wake(rt, &f->writer);
    }
    if (was == CLOSING) {
        f->fd = -1;
        bide_priv_uv_block_closed(&f->block);
    } else if (!held && f->now == NONE) {
        close_file(&f->block);
    }
}

/* The user has let go, or the loop ends: what is accepted is written, then the descriptor is
 * closed, without waiting for a thread where there is none to wait for it. */
static void close_file(struct bide_priv_uv_block *block)
{
    struct bide_priv_uv_file *f = (struct bide_priv_uv_file *)(void *)block;
    uv_fs_t now;
    if (f->now == READING || f->now == STATTING || f->now == OPENING)
        (void)uv_cancel((uv_req_t *)&f->request);
    if (f->now != NONE)
        return;
    bide_priv_uv_buffer_give(block->rt, &f->in);
    f->in_at = f->in_end = 0;
    if (f->fd >= 0 &&
        begin(f, CLOSING, uv_fs_close(block->rt->loop, &f->request, f->fd, on_done)) == 0)
        return;
    if (f->fd >= 0)
        (void)uv_fs_close(block->rt->loop, &now, f->fd, NULL);
    f->fd = -1;
    bide_priv_uv_block_closed(block);
}

/* The loop closes it under its holder, who may have begun to. */
static void end(struct bide_priv_uv_block *block)
{
    struct bide_priv_uv_file *f = (struct bide_priv_uv_file *)(void *)block;
    if (f->now == OPENING || (f->fd >= 0 && f->now != CLOSING))
        f->ended = true;
    bide_waker_take_and_wake(&f->reader);
    bide_waker_take_and_wake(&f->writer);
}

static struct bide_priv_uv_file *new_file(bide_uv *rt)
{
    struct bide_priv_uv_file *f = bide_priv_uv_block_new(rt, sizeof *f);
    if (!f)
        return NULL;
    f->fd = -1;
    f->block.close = close_file;
    f->block.end = end;
    bide_priv_uv_block_open(rt, &f->block, NULL);
    return f;
}

static void drop_file(struct bide_priv_uv_file **at)
{
    struct bide_priv_uv_file *f = *at;
    *at = NULL;
    if (!f)
        return;
    bide_waker_clear(&f->reader);
    bide_waker_clear(&f->writer);
    if (f->block.rt)
        bide_priv_uv_block_close(&f->block);
    bide_priv_uv_block_leave(&f->block);
}

void bide_uv_file_drop(bide_uv_file *f)
{
    drop_file(&f->at);
}

/* Why nothing can be done, or 0. */
static int32_t not_usable(const struct bide_priv_uv_file *f)
{
    if (f && f->ended)
        return UV_ECANCELED;
    return !f || f->fd < 0 || f->now == CLOSING ? UV_EBADF : 0;
}

/* ---- reading ------------------------------------------------------------------------------ */

static bide_poll begin_read(struct bide_priv_uv_file *f, bide_context *cx, ptrdiff_t *count)
{
    bide_uv *rt = f->block.rt;
    uv_buf_t buf;
    bide_poll r = bide_priv_uv_park(&f->reader, cx);
    if (r != BIDE_PENDING)
        return r;
    f->in = bide_priv_uv_buffer_take(rt);
    if (!f->in)
        return BIDE_ENOMEM;
    buf = uv_buf_init(f->in->bytes, rt->buffer_bytes);
    *count =
        begin(f, READING, uv_fs_read(rt->loop, &f->request, f->fd, &buf, 1, f->position, on_done));
    if (*count == 0)
        return BIDE_PENDING;
    bide_priv_uv_buffer_give(rt, &f->in);
    return BIDE_READY;
}

bide_poll bide_uv_file_poll_fill(bide_uv_file *file, const char **data, bide_context *cx,
                                 ptrdiff_t *count)
{
    struct bide_priv_uv_file *f = file->at;
    *count = not_usable(f);
    if (*count != 0)
        return BIDE_READY;
    if (f->in_at < f->in_end) {
        *data = f->in->bytes + f->in_at;
        *count = (ptrdiff_t)(f->in_end - f->in_at);
        return BIDE_READY;
    }
    if (f->has_read) {
        f->has_read = false;
        *count = f->got;
        return BIDE_READY;
    }
    return f->now == NONE ? begin_read(f, cx, count) : bide_priv_uv_park(&f->reader, cx);
}

void bide_uv_file_consume(bide_uv_file *file, size_t count)
{
    struct bide_priv_uv_file *f = file->at;
    f->in_at += (uint32_t)count;
    f->position += (int64_t)count;
    if (f->in_at == f->in_end)
        bide_priv_uv_buffer_give(f->block.rt, &f->in);
}

bide_poll bide_uv_file_poll_read(bide_uv_file *file, void *buffer, size_t size, bide_context *cx,
                                 ptrdiff_t *count)
{
    const char *data;
    bide_poll r;
    if (size == 0) {
        *count = 0;
        return BIDE_READY;
    }
    r = bide_uv_file_poll_fill(file, &data, cx, count);
    if (r != BIDE_READY || *count <= 0)
        return r;
    if ((size_t)*count > size)
        *count = (ptrdiff_t)size;
    memcpy(buffer, data, (size_t)*count);
    bide_uv_file_consume(file, (size_t)*count);
    return BIDE_READY;
}

/* The position moves: what was read ahead is no use any more. */
static void forget_read(struct bide_priv_uv_file *f)
{
    f->in_at = f->in_end = 0;
    f->has_read = false;
    bide_priv_uv_buffer_give(f->block.rt, &f->in);
}

/* ---- writing ------------------------------------------------------------------------------ */

bide_poll bide_uv_file_poll_write(bide_uv_file *file, const void *data, size_t size,
                                  bide_context *cx, ptrdiff_t *count)
{
    struct bide_priv_uv_file *f = file->at;
    bide_uv *rt;
    *count = not_usable(f);
    if (*count == 0)
        *count = f->write_error;
    if (*count != 0 || size == 0)
        return BIDE_READY;
    if (f->now != NONE)
        return bide_priv_uv_park(&f->writer, cx);
    rt = f->block.rt;
    forget_read(f);
    f->out = bide_priv_uv_buffer_take(rt);
    if (!f->out)
        return BIDE_ENOMEM;
    if (size > rt->buffer_bytes)
        size = rt->buffer_bytes;
    memcpy(f->out->bytes, data, size);
    f->out_at = 0;
    f->out_end = (uint32_t)size;
    f->position += (int64_t)size;
    *count = begin_write(f);
    if (*count == 0) {
        *count = (ptrdiff_t)size;
        return BIDE_READY;
    }
    f->position -= (int64_t)size;
    bide_priv_uv_buffer_give(rt, &f->out);
    return BIDE_READY;
}

bide_poll bide_uv_file_poll_flush(bide_uv_file *file, bide_context *cx, int32_t *error)
{
    struct bide_priv_uv_file *f = file->at;
    *error = not_usable(f);
    if (*error == 0 && f->now == WRITING)
        return bide_priv_uv_park(&f->writer, cx);
    if (*error == 0)
        *error = f->write_error;
    return BIDE_READY;
}

/* An error of writing is told in place of that of closing. */
bide_poll bide_uv_file_poll_close(bide_uv_file *file, bide_context *cx, int32_t *error)
{
    struct bide_priv_uv_file *f = file->at;
    bide_poll r = BIDE_PENDING;
    *error = UV_EBADF;
    if (!f)
        return BIDE_READY;
    if (f->fd >= 0)
        r = bide_priv_uv_park(&f->writer, cx);
    if (r == BIDE_PENDING && f->fd >= 0 && f->now == NONE)
        bide_priv_uv_block_close(&f->block);
    *error = f->write_error ? f->write_error : f->result;
    return f->fd < 0 ? BIDE_READY : r;
}

/* ---- seeking ------------------------------------------------------------------------------ */

/* Asks for the size; READY when it is there, or an error in *error. */
static bide_poll find_size(struct bide_priv_uv_file *f, bide_context *cx, int32_t *error)
{
    bide_poll r;
    *error = 0;
    if (f->has_stat) {
        f->has_stat = false;
        *error = f->result;
        return BIDE_READY;
    }
    r = bide_priv_uv_park(&f->reader, cx);
    if (r == BIDE_PENDING && f->now == NONE)
        *error = begin(f, STATTING, uv_fs_fstat(f->block.rt->loop, &f->request, f->fd, on_done));
    return *error != 0 ? BIDE_READY : r;
}

bide_poll bide_uv_file_poll_seek(bide_uv_file *file, int64_t offset, int whence, bide_context *cx,
                                 int64_t *position)
{
    struct bide_priv_uv_file *f = file->at;
    int64_t base = 0;
    int32_t error = not_usable(f);
    if (error == 0 && f->now == WRITING)
        return bide_priv_uv_park(&f->reader, cx);
    if (error == 0 && whence == SEEK_END) {
        bide_poll r = find_size(f, cx, &error);
        if (r != BIDE_READY)
            return r;
        base = (int64_t)f->info.size;
    } else if (error == 0 && whence == SEEK_CUR) {
        base = f->position;
    } else if (error == 0 && whence != SEEK_SET) {
        error = UV_EINVAL;
    }
    if (error == 0 && (offset < 0 ? base + offset < 0 : offset > INT64_MAX - base))
        error = UV_EINVAL;
    *position = error;
    if (error != 0)
        return BIDE_READY;
    if (f->now == READING)
        return bide_priv_uv_park(&f->reader, cx); /* it would arrive for the old position */
    forget_read(f);
    f->position = *position = base + offset;
    return BIDE_READY;
}

/* ---- traces ------------------------------------------------------------------------------- */

static void tell(const struct bide_priv_uv_file *f, bide_tracer *tracer)
{
    static const char *const words[] = {"nothing",
                                        "a file to open",
                                        "a file to be read",
                                        "a file to be written",
                                        "the disk to have it",
                                        "facts about a file",
                                        "a file to close"};
    bide_tracer_note(tracer, f ? words[f->now] : "a file that is not open");
}

void bide_uv_file_trace(bide_uv_file *f, bide_tracer *tracer)
{
    tell(f->at, tracer);
}

void bide_priv_uv_file_wait_trace(const void *frame, bide_tracer *tracer)
{
    struct bide_priv_uv_file *const *at = frame;
    if (*at)
        tell(*at, tracer);
}

void bide_priv_uv_file_trace(const void *frame, bide_tracer *tracer)
{
    bide_uv_file *const *of = frame;
    if (*of)
        tell((*of)->at, tracer);
}

/* ---- opening, and what else takes a request ------------------------------------------------ */

/* READY, with the result in *error, when the request of a future's file has ended. */
static bide_poll wait_for(struct bide_priv_uv_file *f, bide_context *cx, int32_t *error)
{
    if (f->now != NONE)
        return bide_priv_uv_park(&f->writer, cx);
    bide_waker_clear(&f->writer);
    *error = f->result;
    return BIDE_READY;
}

bide_poll bide_uv_file_open_poll(struct bide_uv_file_open *f, bide_context *cx, int32_t *out)
{
    bide_poll r;
    if (!f->out)
        return BIDE_EMISUSE;
    if (!f->at) {
        f->at = new_file(f->rt);
        if (!f->at) {
            f->out = NULL;
            return BIDE_ENOMEM;
        }
        f->at->append = (f->flags & UV_FS_O_APPEND) != 0;
        f->at->result =
            begin(f->at, OPENING,
                  uv_fs_open(f->rt->loop, &f->at->request, f->path, f->flags, f->mode, on_done));
    }
    r = wait_for(f->at, cx, out);
    if (r == BIDE_PENDING)
        return r;
    if (r == BIDE_READY && *out == 0) {
        f->out->at = f->at;
        f->at = NULL;
    }
    bide_uv_file_open_drop(f);
    return r;
}

void bide_uv_file_open_drop(struct bide_uv_file_open *f)
{
    drop_file(&f->at);
    f->out = NULL;
}

BIDE_FUTURE_DEFINE(int32_t, bide_uv_file_open);

bide_poll bide_uv_file_sync_poll(struct bide_uv_file_sync *f, bide_context *cx, int32_t *out)
{
    struct bide_priv_uv_file *at;
    if (!f->of)
        return BIDE_EMISUSE;
    at = f->of->at;
    *out = not_usable(at);
    if (*out == 0 && at->now != NONE)
        return bide_priv_uv_park(&at->writer, cx);
    if (*out == 0)
        *out = at->write_error;
    if (*out == 0 && f->begun)
        *out = at->synced;
    else if (*out == 0) {
        bide_poll r = bide_priv_uv_park(&at->writer, cx);
        if (r == BIDE_PENDING)
            *out =
                begin(at, SYNCING, uv_fs_fsync(at->block.rt->loop, &at->request, at->fd, on_done));
        f->begun = true;
        if (*out == 0)
            return r;
    }
    f->of = NULL;
    return BIDE_READY;
}

void bide_uv_file_sync_drop(struct bide_uv_file_sync *f)
{
    f->of = NULL;
}

BIDE_FUTURE_DEFINE(int32_t, bide_uv_file_sync);

bide_poll bide_uv_file_stat_poll(struct bide_uv_file_stat *f, bide_context *cx, int32_t *out)
{
    bide_poll r;
    if (!f->out)
        return BIDE_EMISUSE;
    if (!f->at) {
        f->at = new_file(f->rt);
        if (!f->at) {
            f->out = NULL;
            return BIDE_ENOMEM;
        }
        f->at->result =
            begin(f->at, STATTING, uv_fs_stat(f->rt->loop, &f->at->request, f->path, on_done));
    }
    r = wait_for(f->at, cx, out);
    if (r == BIDE_PENDING)
        return r;
    if (r == BIDE_READY && *out == 0)
        *f->out = f->at->info;
    bide_uv_file_stat_drop(f);
    return r;
}

void bide_uv_file_stat_drop(struct bide_uv_file_stat *f)
{
    drop_file(&f->at);
    f->out = NULL;
}

BIDE_FUTURE_DEFINE(int32_t, bide_uv_file_stat);

/* ---- interfaces --------------------------------------------------------------------------- */

#define bide_uv_file_HAS_destroy 1
BIDE_DEFAULTS(bide_reader, bide_uv_file);
BIDE_DEFAULTS(bide_writer, bide_uv_file);
BIDE_IMPL(bide_reader, bide_uv_file);
BIDE_IMPL(bide_buffered_reader, bide_uv_file);
BIDE_IMPL(bide_writer, bide_uv_file);
BIDE_IMPL(bide_seeker, bide_uv_file);
