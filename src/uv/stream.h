/*
 * stream.h (private): a connection's block.
 */
#ifndef BIDE_PRIV_UV_STREAM_BLOCK_H
#define BIDE_PRIV_UV_STREAM_BLOCK_H

#include "uv_core.h"

/* A handle of the kind UV_TCP or UV_NAMED_PIPE. */
union bide_priv_uv_any {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
};
static inline int bide_priv_uv_any_init(bide_uv *rt, uv_handle_type kind,
                                        union bide_priv_uv_any *any)
{
    return kind == UV_TCP ? uv_tcp_init(rt->loop, &any->tcp)
                          : uv_pipe_init(rt->loop, &any->pipe, 0);
}

/* bide_priv_uv_head.busy: why the next write cannot just be tried. */
enum {
    BIDE_PRIV_UV_WRITING = 1, /* `out` is on its way */
    BIDE_PRIV_UV_FULL = 2,    /* the last write was cut: the next must wait */
    BIDE_PRIV_UV_SHUTTING = 4,
    BIDE_PRIV_UV_SHUT = 8,
    BIDE_PRIV_UV_FAILED = 16, /* write_error says how; that stays */
    BIDE_PRIV_UV_ENDED = 32   /* the loop has closed it, or begun to */
};

/* What arrives is read into a buffer of the loop's, which all connections share. The task that
 * waits is polled within the callback and as a rule consumes it all; if not, the buffer becomes the
 * connection's. */
struct bide_priv_uv_stream {
    struct bide_priv_uv_head head; /* first */
    struct bide_priv_uv_block block;
    int fd; /* of a connection that is made */
    bool connecting;
    bool reading; /* libuv calls back */
    bool at_end;  /* the peer has closed */
    int32_t read_error, write_error;
    struct bide_priv_uv_buffer *kept; /* which head.in is in; NULL: the loop's, or nothing */
    struct bide_priv_uv_buffer *out;  /* while writing */
    struct bide_priv_uv_waiter reader, writer;
    union { /* one at a time */
        uv_connect_t connect;
        uv_write_t write;
        uv_shutdown_t shutdown;
    } request;
    union bide_priv_uv_any uv;
};

/* With a handle of the kind, UV_TCP or UV_NAMED_PIPE, that is not connected yet. NULL, and the
 * error. */
struct bide_priv_uv_stream *bide_priv_uv_stream_new(bide_uv *rt, uv_handle_type kind,
                                                    int32_t *error);
/* The connection is made. */
void bide_priv_uv_stream_made(struct bide_priv_uv_stream *s);
/* The callback for request.connect. */
void bide_priv_uv_connected(uv_connect_t *request, int status);
/* What a connect future does behind its start. */
bide_poll bide_priv_uv_connect_poll(struct bide_priv_uv_stream **at, bide_context *cx,
                                    struct bide_priv_uv_stream **out, int32_t *error);

/* The functions of a connect future F with the members out and at; start(f) begins: 0 with f->at
 * open, or an error. */
#define BIDE_PRIV_UV_CONNECT(F, trace, start)                                                      \
    void trace(const void *frame, bide_tracer *tracer)                                             \
    {                                                                                              \
        const struct F *f = frame;                                                                 \
        if (f->at)                                                                                 \
            bide_priv_uv_stream_trace(f->at, tracer);                                              \
    }                                                                                              \
    bide_poll F##_poll(struct F *f, bide_context *cx, int32_t *out)                                \
    {                                                                                              \
        bide_poll r = BIDE_READY;                                                                  \
        if (!f->out)                                                                               \
            return BIDE_EMISUSE;                                                                   \
        *out = f->at ? 0 : start(f);                                                               \
        if (*out == 0)                                                                             \
            r = bide_priv_uv_connect_poll(&f->at, cx, &f->out->at, out);                           \
        else if (*out == UV_ENOMEM)                                                                \
            r = BIDE_ENOMEM;                                                                       \
        if (r != BIDE_PENDING)                                                                     \
            F##_drop(f);                                                                           \
        return r;                                                                                  \
    }                                                                                              \
    void F##_drop(struct F *f)                                                                     \
    {                                                                                              \
        bide_priv_uv_stream_drop(&f->at, true);                                                    \
        f->out = NULL;                                                                             \
    }                                                                                              \
    BIDE_FUTURE_DEFINE(int32_t, F)

struct bide_priv_uv_listener {
    struct bide_priv_uv_block block; /* first */
    uv_handle_type kind;
    int fd;
    uint8_t open; /* of the handles: not closed yet */
    bool listens; /* `look` is one of them */
    bool looking; /* it is active */
    bool told;    /* it has found something, and nobody has tried to accept since */
    struct bide_priv_uv_stream *next; /* NULL, or memory for the next connection */
    bide_waker *taker;
    uv_poll_t look;
    uv_timer_t again;
    union bide_priv_uv_any uv; /* owns the descriptor */
};

/* With a handle that is not bound yet. NULL, and the error. */
struct bide_priv_uv_listener *bide_priv_uv_listener_new(bide_uv *rt, uv_handle_type kind,
                                                        int32_t *error);
/* Listens, behind the bind, whose result is `bound`. 0 with *out open, or an error and the listener
 * is closed. */
int32_t bide_priv_uv_listener_listen(struct bide_priv_uv_listener *l, int bound, int backlog,
                                     struct bide_priv_uv_listener **out);

#endif
