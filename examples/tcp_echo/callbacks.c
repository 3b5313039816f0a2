/*
 * callbacks.c: the echo server in plain callbacks of libuv, in two ways.
 *
 *     tcp_echo_callbacks guide PORT LIMIT      ends behind so many connections
 *     tcp_echo_callbacks try PORT LIMIT
 *
 * guide: as libuv's own guide and test/echo-server.c have it: a buffer for each read, a write
 * request for each of them, both given back when it has been written.
 * try: the least that does: all reads share a buffer; what came is written back at once, without a
 * request; only what the system does not take is kept, and the connection not read meanwhile.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

enum { BUFFER = 16384 };

struct server {
    uv_tcp_t listener;
    int guide;
    unsigned long limit, accepted;
    char buffer[BUFFER]; /* for reading: a callback takes all that is in it */
};

struct conn {
    uv_tcp_t tcp;
    uv_write_t write;
    uv_shutdown_t shutdown;
    struct server *server;
    char *kept; /* being written */
};

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void end(struct conn *c)
{
    if (!uv_is_closing((uv_handle_t *)&c->tcp))
        uv_close((uv_handle_t *)&c->tcp, on_closed);
}

/* ---- the least that does ------------------------------------------------------------------ */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct conn *c = handle->data;
    (void)suggested;
    *buf = uv_buf_init(c->server->buffer, BUFFER);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf);

static void on_written(uv_write_t *write, int status)
{
    struct conn *c = write->handle->data;
    free(c->kept);
    c->kept = NULL;
    if (status != 0 || uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read) != 0)
        end(c);
}

/* Keeps what was not written. */
static void write_later(struct conn *c, const char *data, size_t size)
{
    uv_buf_t buf;
    c->kept = malloc(size);
    if (!c->kept) {
        end(c);
        return;
    }
    memcpy(c->kept, data, size);
    (void)uv_read_stop((uv_stream_t *)&c->tcp);
    buf = uv_buf_init(c->kept, (unsigned)size);
    if (uv_write(&c->write, (uv_stream_t *)&c->tcp, &buf, 1, on_written) != 0) {
        free(c->kept);
        end(c);
    }
}

static void on_shutdown(uv_shutdown_t *shutdown, int status)
{
    (void)status;
    end(shutdown->handle->data);
}

/* Of a read that brought no bytes. */
static void on_no_bytes(struct conn *c, ssize_t count)
{
    if (count == 0)
        return; /* libuv looked, and there was nothing */
    if (count != UV_EOF || uv_shutdown(&c->shutdown, (uv_stream_t *)&c->tcp, on_shutdown) != 0)
        end(c);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
    struct conn *c = stream->data;
    uv_buf_t out;
    int n;
    if (count <= 0) {
        on_no_bytes(c, count);
        return;
    }
    out = uv_buf_init(buf->base, (unsigned)count);
    n = uv_try_write(stream, &out, 1);
    if (n == UV_EAGAIN)
        n = 0;
    if (n < 0)
        end(c);
    else if (n < count)
        write_later(c, buf->base + n, (size_t)(count - n));
}

/* ---- as in the guide ---------------------------------------------------------------------- */

struct request {
    uv_write_t write;
    uv_buf_t buf;
};

static void guide_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    (void)handle;
    buf->base = malloc(suggested);
    buf->len = buf->base ? suggested : 0;
}

static void guide_written(uv_write_t *write, int status)
{
    struct request *r = (struct request *)(void *)write;
    if (status != 0)
        end(write->handle->data);
    free(r->buf.base);
    free(r);
}

static void guide_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
    struct request *r = count > 0 ? malloc(sizeof *r) : NULL;
    if (!r) {
        free(buf->base);
        on_no_bytes(stream->data, count > 0 ? UV_ENOMEM : count);
        return;
    }
    r->buf = uv_buf_init(buf->base, (unsigned)count);
    if (uv_write(&r->write, stream, &r->buf, 1, guide_written) != 0) {
        free(buf->base);
        free(r);
        end(stream->data);
    }
}

/* ---- listening ---------------------------------------------------------------------------- */

static int start_reading(struct conn *c)
{
    uv_stream_t *stream = (uv_stream_t *)&c->tcp;
    return c->server->guide ? uv_read_start(stream, guide_alloc, guide_read)
                            : uv_read_start(stream, on_alloc, on_read);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct server *s = listener->data;
    struct conn *c = status == 0 ? calloc(1, sizeof *c) : NULL;
    if (!c)
        return;
    c->server = s;
    (void)uv_tcp_init(listener->loop, &c->tcp);
    c->tcp.data = c;
    if (uv_accept(listener, (uv_stream_t *)&c->tcp) != 0 || start_reading(c) != 0)
        end(c);
    if (++s->accepted == s->limit)
        uv_close((uv_handle_t *)listener, NULL);
}

static int fail(const char *what, int error)
{
    (void)fprintf(stderr, "tcp_echo_callbacks: %s: %s\n", what, uv_strerror(error));
    return 1;
}

int main(int argc, char **argv)
{
    static struct server s;
    struct sockaddr_in at;
    int size = (int)sizeof at, e;
    if (argc != 4) {
        (void)fputs("usage: tcp_echo_callbacks guide|try PORT LIMIT\n", stderr);
        return 2;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    s.guide = strcmp(argv[1], "guide") == 0;
    s.limit = strtoul(argv[3], NULL, 10);
    (void)uv_ip4_addr("127.0.0.1", atoi(argv[2]), &at);
    (void)uv_tcp_init(uv_default_loop(), &s.listener);
    s.listener.data = &s;
    e = uv_tcp_bind(&s.listener, (const struct sockaddr *)&at, 0);
    if (e == 0)
        e = uv_listen((uv_stream_t *)&s.listener, 4096, on_connection);
    if (e == 0)
        e = uv_tcp_getsockname(&s.listener, (struct sockaddr *)&at, &size);
    if (e != 0)
        return fail("listening", e);
    (void)printf("listening on 127.0.0.1 port %d\n", ntohs(at.sin_port));
    (void)fflush(stdout);
    (void)uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    (void)uv_loop_close(uv_default_loop());
    return 0;
}
