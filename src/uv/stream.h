/*
 * stream.h (private): a connection's block.
 */
#ifndef BIDE_PRIV_UV_STREAM_BLOCK_H
#define BIDE_PRIV_UV_STREAM_BLOCK_H

#include "uv_core.h"

struct bide_priv_uv_stream {
    struct bide_priv_uv_block block; /* first */
    bool reading;                    /* libuv calls back */
    bool at_end;                     /* the peer has closed */
    bool full;                       /* the last write was cut: the next must wait */
    bool connecting, writing, shutting, shut;
    int32_t read_error, write_error; /* write_error stays */
    uint32_t in_at, in_end;          /* of the buffer `in`: arrived and not consumed */
    struct bide_priv_uv_buffer *in;  /* while there is something in it */
    struct bide_priv_uv_buffer *out; /* while `writing` */
    bide_waker *reader, *writer;
    struct bide_priv_uv_stream *queued; /* a listener's list of those that nobody has taken */
    union {                             /* one at a time */
        uv_connect_t connect;
        uv_write_t write;
        uv_shutdown_t shutdown;
    } request;
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } uv;
};

/* With a handle of the kind, UV_TCP or UV_NAMED_PIPE, that is not connected yet. NULL, and the
 * error. */
struct bide_priv_uv_stream *bide_priv_uv_stream_new(bide_uv *rt, uv_handle_type kind,
                                                    int32_t *error);
/* The callback for request.connect. */
void bide_priv_uv_connected(uv_connect_t *request, int status);
/* What a connect future does behind its start. */
bide_poll bide_priv_uv_connect_poll(struct bide_priv_uv_stream **at, bide_context *cx,
                                    struct bide_priv_uv_stream **out, int32_t *error);

struct bide_priv_uv_listener {
    struct bide_priv_uv_block block; /* first */
    uv_handle_type kind;
    uint32_t count;                            /* in the list */
    bool waiting;                              /* libuv holds one more, and looks for none */
    int32_t error;                             /* of the last that failed, and was not told */
    struct bide_priv_uv_stream *first, **last; /* accepted; last: where the next one is put */
    bide_waker *taker;
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } uv;
};

/* With a handle that is not bound yet. NULL, and the error. */
struct bide_priv_uv_listener *bide_priv_uv_listener_new(bide_uv *rt, uv_handle_type kind,
                                                        int32_t *error);
/* Listens, behind the bind. In case of an error the listener is closed. */
int32_t bide_priv_uv_listener_listen(struct bide_priv_uv_listener *l, int backlog);

#endif
