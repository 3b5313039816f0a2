/*
 * stream.c: reading, writing and ending of connections, whatever they are made of.
 */
#include "stream.h"

#include <string.h>

/* ---- life --------------------------------------------------------------------------------- */

static struct bide_priv_uv_stream *stream_of(void *handle)
{
    return ((uv_handle_t *)handle)->data;
}

/* The loop has closed it under its holder. */
static void end(struct bide_priv_uv_block *block)
{
    struct bide_priv_uv_stream *s = (struct bide_priv_uv_stream *)(void *)block;
    bide_uv *rt = block->rt;
    s->in_at = s->in_end = 0;
    bide_priv_uv_buffer_give(rt, &s->in);
    bide_waker_take_and_wake(&s->reader);
    bide_waker_take_and_wake(&s->writer);
}

struct bide_priv_uv_stream *bide_priv_uv_stream_new(bide_uv *rt, uv_handle_type kind,
                                                    int32_t *error)
{
    struct bide_priv_uv_stream *s = bide_priv_uv_block_new(rt, sizeof *s);
    if (!s) {
        *error = UV_ENOMEM;
        return NULL;
    }
    *error =
        kind == UV_TCP ? uv_tcp_init(rt->loop, &s->uv.tcp) : uv_pipe_init(rt->loop, &s->uv.pipe, 0);
    if (*error != 0) {
        bide_priv_uv_block_leave(&s->block);
        return NULL;
    }
    s->block.end = end;
    bide_priv_uv_block_open(rt, &s->block, &s->uv.handle);
    return s;
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
    bide_waker_clear(&s->reader);
    bide_waker_clear(&s->writer);
    if (rt) {
        if (s->reading)
            (void)uv_read_stop(&s->uv.stream);
        s->reading = false;
        bide_priv_uv_buffer_give(rt, &s->in);
        if (abort || !s->writing)
            bide_priv_uv_block_close(&s->block);
    }
    bide_priv_uv_block_leave(&s->block);
}

/* ---- reading ------------------------------------------------------------------------------ */

/* Room behind what is there. No memory: no room, which libuv reports to on_read as UV_ENOBUFS. */
static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct bide_priv_uv_stream *s = stream_of(handle);
    bide_uv *rt = s->block.rt;
    (void)suggested;
    if (!s->in) {
        s->in = bide_priv_uv_buffer_take(rt);
        s->in_at = s->in_end = 0;
    }
    buf->base = s->in ? s->in->bytes + s->in_end : NULL;
    buf->len = s->in ? rt->buffer_bytes - s->in_end : 0;
}

static void stop_reading(struct bide_priv_uv_stream *s)
{
    if (s->reading)
        (void)uv_read_stop(&s->uv.stream);
    s->reading = false;
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
    struct bide_priv_uv_stream *s = stream_of(stream);
    (void)buf;
    if (count > 0) {
        s->in_end += (uint32_t)count;
        if (s->in_end == s->block.rt->buffer_bytes)
            stop_reading(s);
    } else {
        if (s->in_at == s->in_end)
            bide_priv_uv_buffer_give(s->block.rt, &s->in);
        if (count == 0)
            return; /* libuv looked, and there was nothing */
        stop_reading(s);
        if (count == UV_EOF)
            s->at_end = true;
        else
            s->read_error = count == UV_ENOBUFS ? UV_ENOMEM : (int32_t)count;
    }
    bide_priv_uv_wake(s->block.rt, &s->reader);
}

/* Nothing is there: reads on, and waits. */
static bide_poll wait_for_bytes(struct bide_priv_uv_stream *s, bide_context *cx, ptrdiff_t *count)
{
    bide_poll r = bide_priv_uv_park(&s->reader, cx);
    int e;
    if (r != BIDE_PENDING || s->reading)
        return r;
    e = uv_read_start(&s->uv.stream, on_alloc, on_read);
    s->reading = e == 0;
    if (e == 0)
        return BIDE_PENDING;
    bide_waker_clear(&s->reader);
    *count = e;
    return BIDE_READY;
}

bide_poll bide_priv_uv_fill(struct bide_priv_uv_stream *s, const char **data, bide_context *cx,
                            ptrdiff_t *count)
{
    if (BIDE_PRIV_LIKELY(s && s->in_at < s->in_end)) {
        *data = s->in->bytes + s->in_at;
        *count = (ptrdiff_t)(s->in_end - s->in_at);
        return BIDE_READY;
    }
    if (!s)
        *count = UV_EBADF;
    else if (s->at_end)
        *count = 0;
    else if (s->read_error) {
        *count = s->read_error;
        if (s->read_error == UV_ENOMEM)
            s->read_error = 0; /* nothing was lost: the next call tries again */
    } else if (!s->block.rt)
        *count = UV_ECANCELED;
    else
        return wait_for_bytes(s, cx, count);
    return BIDE_READY;
}

void bide_priv_uv_consume(struct bide_priv_uv_stream *s, size_t count)
{
    s->in_at += (uint32_t)count;
    if (s->in_at == s->in_end)
        bide_priv_uv_buffer_give(s->block.rt, &s->in);
}

bide_poll bide_priv_uv_read(struct bide_priv_uv_stream *s, void *buffer, size_t size,
                            bide_context *cx, ptrdiff_t *count)
{
    const char *data;
    bide_poll r;
    if (size == 0) {
        *count = 0;
        return BIDE_READY;
    }
    r = bide_priv_uv_fill(s, &data, cx, count);
    if (r != BIDE_READY || *count <= 0)
        return r;
    if ((size_t)*count > size)
        *count = (ptrdiff_t)size;
    memcpy(buffer, data, (size_t)*count);
    bide_priv_uv_consume(s, (size_t)*count);
    return BIDE_READY;
}

/* ---- writing ------------------------------------------------------------------------------ */

/* The end of what was accepted, or of the attempt: a drop may have waited for it. */
static void on_written(uv_write_t *request, int status)
{
    struct bide_priv_uv_stream *s = stream_of(request->handle);
    s->writing = false;
    bide_priv_uv_buffer_give(s->block.rt, &s->out);
    if (status != 0)
        s->write_error = status;
    if (s->block.held)
        bide_priv_uv_wake(s->block.rt, &s->writer);
    else
        bide_priv_uv_block_close(&s->block);
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
    s->full = false;
    s->writing = e == 0;
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
    if (s->write_error)
        return s->write_error;
    return s->block.rt || s->shut ? 0 : UV_ECANCELED;
}

bide_poll bide_priv_uv_write(struct bide_priv_uv_stream *s, const void *data, size_t size,
                             bide_context *cx, ptrdiff_t *count)
{
    union {
        const void *in;
        char *out;
    } unconst = {data}; /* uv_buf_t is for reading, too */
    uv_buf_t buf;
    int n = write_stopped(s);
    if (n == 0 && (s->shutting || s->shut))
        n = UV_EPIPE;
    *count = n;
    if (n != 0 || size == 0)
        return BIDE_READY;
    if (s->writing)
        return bide_priv_uv_park(&s->writer, cx);
    if (s->full)
        return write_later(s, data, size, count);
    buf = uv_buf_init(unconst.out, size > INT32_MAX ? INT32_MAX : (unsigned)size);
    n = uv_try_write(&s->uv.stream, &buf, 1);
    if (n == UV_EAGAIN)
        return write_later(s, data, size, count);
    if (n < 0)
        s->write_error = n;
    s->full = n >= 0 && (size_t)n < size;
    *count = n;
    return BIDE_READY;
}

bide_poll bide_priv_uv_flush(struct bide_priv_uv_stream *s, bide_context *cx, int32_t *error)
{
    *error = write_stopped(s);
    return *error == 0 && s->writing ? bide_priv_uv_park(&s->writer, cx) : BIDE_READY;
}

static void on_shut(uv_shutdown_t *request, int status)
{
    struct bide_priv_uv_stream *s = stream_of(request->handle);
    s->shutting = false;
    s->shut = true;
    if (status == UV_ENOTSOCK) {
        /* A plain pipe ends by being closed, and has no other direction. */
        s->at_end = true;
        bide_priv_uv_block_close(&s->block);
    } else if (status != 0) {
        s->write_error = status;
    }
    if (s->block.held)
        bide_priv_uv_wake(s->block.rt, &s->writer);
}

bide_poll bide_priv_uv_shut(struct bide_priv_uv_stream *s, bide_context *cx, int32_t *error)
{
    *error = write_stopped(s);
    if (*error != 0 || s->shut)
        return BIDE_READY;
    if (!s->writing && !s->shutting) {
        *error = uv_shutdown(&s->request.shutdown, &s->uv.stream, on_shut);
        if (*error != 0)
            return BIDE_READY;
        s->shutting = true;
    }
    return bide_priv_uv_park(&s->writer, cx);
}

void bide_priv_uv_stream_trace(struct bide_priv_uv_stream *s, bide_tracer *tracer)
{
    if (!s)
        bide_tracer_note(tracer, "a connection that is not open");
    else if (s->connecting)
        bide_tracer_note(tracer, "a connection to be made");
    else if (s->shutting)
        bide_tracer_note(tracer, "the end of writing");
    else if (s->writer)
        bide_tracer_note(tracer, "the peer to take bytes");
    else
        bide_tracer_note(tracer, "bytes of the peer");
}

/* ---- connecting --------------------------------------------------------------------------- */

void bide_priv_uv_connected(uv_connect_t *request, int status)
{
    struct bide_priv_uv_stream *s = stream_of(request->handle);
    s->connecting = false;
    s->write_error = status;
    if (s->block.held)
        bide_priv_uv_wake(s->block.rt, &s->writer);
}

bide_poll bide_priv_uv_connect_poll(struct bide_priv_uv_stream **at, bide_context *cx,
                                    struct bide_priv_uv_stream **out, int32_t *error)
{
    struct bide_priv_uv_stream *s = *at;
    if (s->connecting && s->block.rt)
        return bide_priv_uv_park(&s->writer, cx);
    *error = write_stopped(s);
    if (*error != 0) {
        bide_priv_uv_stream_drop(at, true);
        return BIDE_READY;
    }
    bide_waker_clear(&s->writer);
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
