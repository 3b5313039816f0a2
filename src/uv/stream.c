/*
 * stream.c: reading, writing and ending of connections, whatever they are made of.
 */
#include "stream.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- life --------------------------------------------------------------------------------- */

static struct bide_priv_uv_stream *stream_of_block(void *block)
{
    return (struct bide_priv_uv_stream *)(void *)((char *)block -
                                                  offsetof(struct bide_priv_uv_stream, block));
}

static struct bide_priv_uv_stream *stream_of(void *handle)
{
    return stream_of_block(((uv_handle_t *)handle)->data);
}

static void give_kept(struct bide_priv_uv_stream *s)
{
    s->head.in = s->head.in_end = NULL;
    s->head.has_kept = false;
    bide_priv_uv_buffer_give(s->block.rt, &s->kept);
}

/* The loop closes it under its holder. */
static void end(struct bide_priv_uv_block *block)
{
    struct bide_priv_uv_stream *s = stream_of_block(block);
    s->head.busy |= BIDE_PRIV_UV_ENDED;
    s->reading = false;
    give_kept(s);
    bide_priv_uv_waiter_end(&s->reader);
    bide_priv_uv_waiter_end(&s->writer);
}

struct bide_priv_uv_stream *bide_priv_uv_stream_new(bide_uv *rt, uv_handle_type kind,
                                                    int32_t *error)
{
    struct bide_priv_uv_stream *s =
        bide_priv_uv_block_new_at(rt, sizeof *s, offsetof(struct bide_priv_uv_stream, block));
    if (!s) {
        *error = UV_ENOMEM;
        return NULL;
    }
    *error = bide_priv_uv_any_init(rt, kind, &s->uv);
    if (*error != 0) {
        bide_priv_uv_block_leave(&s->block);
        return NULL;
    }
    s->block.end = end;
    s->fd = -1;
    bide_priv_uv_block_open(rt, &s->block, &s->uv.handle);
    return s;
}

void bide_priv_uv_stream_made(struct bide_priv_uv_stream *s)
{
    uv_os_fd_t fd;
    if (uv_fileno(&s->uv.handle, &fd) == 0)
        s->fd = fd;
}

/* What was accepted for writing is written before the close, unless it is to be cut short; the
 * callback of that write then closes. */
void bide_priv_uv_stream_drop(struct bide_priv_uv_stream **at, bool abort)
{
    struct bide_priv_uv_stream *s = *at;
    bide_uv *rt;
    *at = NULL;
    if (!s)
        return;
    rt = s->block.rt;
    s->reader.waits = s->writer.waits = false;
    bide_priv_uv_waiter_end(&s->reader);
    bide_priv_uv_waiter_end(&s->writer);
    if (rt) {
        if (s->reading)
            (void)uv_read_stop(&s->uv.stream);
        s->reading = false;
        give_kept(s);
        if (abort || !(s->head.busy & BIDE_PRIV_UV_WRITING))
            bide_priv_uv_block_close(&s->block);
    }
    bide_priv_uv_block_leave(&s->block);
}

/* ---- reading ------------------------------------------------------------------------------ */

/* Room behind what is kept, or the loop's buffer, which is new. No memory: no room, which libuv
 * reports to on_read as UV_ENOBUFS. */
static BIDE_PRIV_COLD void find_room(struct bide_priv_uv_stream *s, uv_buf_t *buf)
{
    bide_uv *rt = s->block.rt;
    *buf = uv_buf_init(NULL, 0);
    if (s->kept) {
        buf->base = s->kept->bytes + (s->head.in_end - s->kept->bytes);
        buf->len = (size_t)(s->kept->bytes + rt->buffer_bytes - s->head.in_end);
        return;
    }
    rt->shared = bide_priv_uv_buffer_take(rt);
    if (rt->shared)
        *buf = uv_buf_init(rt->shared->bytes, rt->buffer_bytes);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct bide_priv_uv_stream *s = stream_of(handle);
    bide_uv *rt = s->block.rt;
    (void)suggested;
    if (BIDE_PRIV_UNLIKELY(s->kept || !rt->shared)) {
        find_room(s, buf);
        return;
    }
    buf->base = rt->shared->bytes;
    buf->len = rt->buffer_bytes;
}

static void stop_reading(struct bide_priv_uv_stream *s)
{
    if (s->reading)
        (void)uv_read_stop(&s->uv.stream);
    s->reading = false;
}

/* What was read is not consumed yet, and the loop's buffer is wanted by others. */
static BIDE_PRIV_COLD void keep(struct bide_priv_uv_stream *s)
{
    bide_uv *rt = s->block.rt;
    if (!s->kept) {
        s->kept = rt->shared;
        rt->shared = NULL;
        s->head.has_kept = true;
    }
    if (s->head.in_end == s->kept->bytes + rt->buffer_bytes)
        stop_reading(s);
}

/* The error that a socket has not told yet, or 0. When a read does not fill the buffer and the
 * system says "hung up", libuv tells an end without looking: what hung up may have been a reset. */
static int32_t untold_error(const struct bide_priv_uv_stream *s)
{
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        return 0; /* a pipe */
    return uv_translate_sys_error(error);
}

static BIDE_PRIV_COLD void end_reading(struct bide_priv_uv_stream *s, ssize_t count)
{
    if (count == 0)
        return; /* libuv looked, and there was nothing */
    stop_reading(s);
    if (count == UV_EOF)
        s->read_error = untold_error(s);
    else
        s->read_error = count == UV_ENOBUFS ? UV_ENOMEM : (int32_t)count;
    s->at_end = s->read_error == 0;
    bide_priv_uv_serve(s->block.rt, &s->reader);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
    struct bide_priv_uv_stream *s = stream_of(stream);
    if (BIDE_PRIV_UNLIKELY(count <= 0)) {
        end_reading(s, count);
        return;
    }
    if (BIDE_PRIV_LIKELY(!s->kept))
        s->head.in = buf->base;
    s->head.in_end = buf->base + count;
    bide_priv_uv_serve(s->block.rt, &s->reader);
    if (BIDE_PRIV_UNLIKELY(s->head.in != s->head.in_end))
        keep(s);
}

static bide_poll start_reading(struct bide_priv_uv_stream *s, bide_context *cx, ptrdiff_t *count)
{
    int e = uv_read_start(&s->uv.stream, on_alloc, on_read);
    s->reading = e == 0;
    if (e == 0)
        return bide_priv_uv_wait(&s->reader, cx);
    *count = e;
    return BIDE_READY;
}

/* Where nothing is there, and nothing comes by itself. */
static BIDE_PRIV_COLD bide_poll fill_at_rest(struct bide_priv_uv_stream *s, bide_context *cx,
                                             ptrdiff_t *count)
{
    if (!s)
        *count = UV_EBADF;
    else if (s->at_end)
        *count = 0;
    else if (s->read_error) {
        *count = s->read_error;
        if (s->read_error == UV_ENOMEM)
            s->read_error = 0; /* nothing was lost: the next call tries again */
    } else if (s->head.busy & BIDE_PRIV_UV_ENDED)
        *count = UV_ECANCELED;
    else
        return start_reading(s, cx, count);
    return BIDE_READY;
}

bide_poll bide_priv_uv_wait_for_bytes(struct bide_priv_uv_stream *s, bide_context *cx,
                                      ptrdiff_t *count)
{
    if (BIDE_PRIV_LIKELY(s && s->reading))
        return bide_priv_uv_wait(&s->reader, cx);
    return fill_at_rest(s, cx, count);
}

void bide_priv_uv_consumed(struct bide_priv_uv_stream *s)
{
    give_kept(s);
}

bide_poll bide_priv_uv_read(struct bide_priv_uv_stream *s, void *buffer, size_t size,
                            bide_context *cx, ptrdiff_t *count)
{
    const char *data = NULL;
    bide_poll r;
    if (size == 0) {
        *count = 0;
        return BIDE_READY;
    }
    r = bide_priv_uv_poll_fill(s, &data, cx, count);
    if (r != BIDE_READY || *count <= 0)
        return r;
    if ((size_t)*count > size)
        *count = (ptrdiff_t)size;
    memcpy(buffer, data, (size_t)*count);
    bide_priv_uv_consume(s, (size_t)*count);
    return BIDE_READY;
}

/* ---- writing ------------------------------------------------------------------------------ */

/* A drop may have waited for it. */
static void serve_writer(struct bide_priv_uv_stream *s)
{
    if (s->block.held)
        bide_priv_uv_serve(s->block.rt, &s->writer);
    else
        bide_priv_uv_block_close(&s->block);
}

static void fail_writing(struct bide_priv_uv_stream *s, int error)
{
    s->write_error = error;
    s->head.busy |= BIDE_PRIV_UV_FAILED;
}

/* The end of what was accepted, or of the attempt. */
static void on_written(uv_write_t *request, int status)
{
    struct bide_priv_uv_stream *s = stream_of(request->handle);
    s->head.busy &= (uint8_t)~BIDE_PRIV_UV_WRITING;
    bide_priv_uv_buffer_give(s->block.rt, &s->out);
    if (status != 0)
        fail_writing(s, status);
    serve_writer(s);
}

/* The system takes no more now: keeps a copy of up to a buffer full. */
static bide_poll write_later(struct bide_priv_uv_stream *s, const void *data, size_t size,
                             ptrdiff_t *count)
{
    bide_uv *rt = s->block.rt;
    uv_buf_t buf;
    int e;
    s->out = bide_priv_uv_buffer_take(rt);
    if (!s->out)
        return BIDE_ENOMEM;
    if (size > rt->buffer_bytes)
        size = rt->buffer_bytes;
    memcpy(s->out->bytes, data, size);
    buf = uv_buf_init(s->out->bytes, (unsigned)size);
    e = uv_write(&s->request.write, &s->uv.stream, &buf, 1, on_written);
    s->head.busy = e == 0 ? BIDE_PRIV_UV_WRITING : 0;
    if (e != 0)
        bide_priv_uv_buffer_give(rt, &s->out);
    *count = e != 0 ? e : (ptrdiff_t)size;
    return BIDE_READY;
}

/* Why nothing can be written, or 0. */
static int32_t write_stopped(const struct bide_priv_uv_stream *s)
{
    if (!s)
        return UV_EBADF;
    if (s->head.busy & BIDE_PRIV_UV_FAILED)
        return s->write_error;
    return (s->head.busy & (BIDE_PRIV_UV_ENDED | BIDE_PRIV_UV_SHUT)) == BIDE_PRIV_UV_ENDED
               ? UV_ECANCELED
               : 0;
}

/* Where it cannot just be tried. */
static BIDE_PRIV_COLD bide_poll write_busy(struct bide_priv_uv_stream *s, const void *data,
                                           size_t size, bide_context *cx, ptrdiff_t *count)
{
    int32_t e = write_stopped(s);
    if (e == 0 && s->head.busy & (BIDE_PRIV_UV_SHUTTING | BIDE_PRIV_UV_SHUT))
        e = UV_EPIPE;
    *count = e;
    if (e != 0 || size == 0)
        return BIDE_READY;
    if (s->head.busy & BIDE_PRIV_UV_WRITING)
        return bide_priv_uv_wait(&s->writer, cx);
    return write_later(s, data, size, count);
}

/* Behind a write that the system has not taken. */
static BIDE_PRIV_COLD bide_poll write_refused(struct bide_priv_uv_stream *s, const void *data,
                                              size_t size, int error, ptrdiff_t *count)
{
    union {
        const void *in;
        char *out;
    } unconst = {data}; /* uv_buf_t is for reading, too */
    uv_buf_t buf;
    int n;
    if (error == EAGAIN || error == EWOULDBLOCK)
        return write_later(s, data, size, count);
    /* Interrupted, or it failed: libuv knows what each system means by which error. */
    buf = uv_buf_init(unconst.out, size > INT32_MAX ? INT32_MAX : (unsigned)size);
    n = uv_try_write(&s->uv.stream, &buf, 1);
    if (n == UV_EAGAIN)
        return write_later(s, data, size, count);
    *count = n;
    if (n < 0)
        fail_writing(s, n);
    return BIDE_READY;
}

/* As uv_try_write, which has a longer way to the same call. */
bide_poll bide_priv_uv_write(struct bide_priv_uv_stream *s, const void *data, size_t size,
                             bide_context *cx, ptrdiff_t *count)
{
    ssize_t n;
    if (BIDE_PRIV_UNLIKELY(!s || s->head.busy || size == 0))
        return write_busy(s, data, size, cx, count);
    n = write(s->fd, data, size);
    if (BIDE_PRIV_UNLIKELY(n < 0))
        return write_refused(s, data, size, errno, count);
    *count = n;
    if (BIDE_PRIV_UNLIKELY((size_t)n < size))
        s->head.busy = BIDE_PRIV_UV_FULL;
    return BIDE_READY;
}

bide_poll bide_priv_uv_flush(struct bide_priv_uv_stream *s, bide_context *cx, int32_t *error)
{
    *error = write_stopped(s);
    return *error == 0 && s->head.busy & BIDE_PRIV_UV_WRITING ? bide_priv_uv_wait(&s->writer, cx)
                                                              : BIDE_READY;
}

static void on_shut(uv_shutdown_t *request, int status)
{
    struct bide_priv_uv_stream *s = stream_of(request->handle);
    s->head.busy = (uint8_t)((s->head.busy & ~BIDE_PRIV_UV_SHUTTING) | BIDE_PRIV_UV_SHUT);
    if (status == UV_ENOTSOCK) {
        /* A plain pipe ends by being closed, and has no other direction. */
        s->at_end = true;
        s->reading = false;
        bide_priv_uv_block_close(&s->block);
    } else if (status != 0) {
        fail_writing(s, status);
    }
    if (s->block.held)
        bide_priv_uv_serve(s->block.rt, &s->writer);
}

bide_poll bide_priv_uv_shut(struct bide_priv_uv_stream *s, bide_context *cx, int32_t *error)
{
    *error = write_stopped(s);
    if (*error != 0 || s->head.busy & BIDE_PRIV_UV_SHUT)
        return BIDE_READY;
    if (!(s->head.busy & (BIDE_PRIV_UV_WRITING | BIDE_PRIV_UV_SHUTTING))) {
        *error = uv_shutdown(&s->request.shutdown, &s->uv.stream, on_shut);
        if (*error != 0)
            return BIDE_READY;
        s->head.busy = BIDE_PRIV_UV_SHUTTING;
    }
    return bide_priv_uv_wait(&s->writer, cx);
}

void bide_priv_uv_stream_trace(struct bide_priv_uv_stream *s, bide_tracer *tracer)
{
    if (!s)
        bide_tracer_note(tracer, "a connection that is not open");
    else if (s->connecting)
        bide_tracer_note(tracer, "a connection to be made");
    else if (s->head.busy & BIDE_PRIV_UV_SHUTTING)
        bide_tracer_note(tracer, "the end of writing");
    else if (s->writer.waits)
        bide_tracer_note(tracer, "the peer to take bytes");
    else
        bide_tracer_note(tracer, "bytes of the peer");
}

/* ---- connecting --------------------------------------------------------------------------- */

void bide_priv_uv_connected(uv_connect_t *request, int status)
{
    struct bide_priv_uv_stream *s = stream_of(request->handle);
    s->connecting = false;
    if (status != 0)
        fail_writing(s, status);
    else
        bide_priv_uv_stream_made(s);
    if (s->block.held)
        bide_priv_uv_serve(s->block.rt, &s->writer);
}

bide_poll bide_priv_uv_connect_poll(struct bide_priv_uv_stream **at, bide_context *cx,
                                    struct bide_priv_uv_stream **out, int32_t *error)
{
    struct bide_priv_uv_stream *s = *at;
    if (s->connecting && s->block.rt)
        return bide_priv_uv_wait(&s->writer, cx);
    *error = write_stopped(s);
    if (*error != 0) {
        bide_priv_uv_stream_drop(at, true);
        return BIDE_READY;
    }
    *out = s;
    *at = NULL;
    return BIDE_READY;
}

/* What every connection implements. */
#define BIDE_PRIV_UV_STREAM_IMPL(T)                                                                \
    BIDE_DEFAULTS(bide_reader, T);                                                                 \
    BIDE_DEFAULTS(bide_writer, T);                                                                 \
    BIDE_IMPL(bide_reader, T);                                                                     \
    BIDE_IMPL(bide_buffered_reader, T);                                                            \
    BIDE_IMPL(bide_writer, T);                                                                     \
    BIDE_IMPL(bide_duplex, T)

#define bide_uv_tcp_HAS_destroy 1
BIDE_PRIV_UV_STREAM_IMPL(bide_uv_tcp);

#define bide_uv_pipe_HAS_destroy 1
BIDE_PRIV_UV_STREAM_IMPL(bide_uv_pipe);
