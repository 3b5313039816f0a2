/*
 * bide/uv_pipe.h: Unix sockets and pipes on a libuv loop; part of bide::uv.
 *
 * The same as TCP (bide/uv_tcp.h) with names of the file system in place of addresses; and
 * descriptors that are there already, such as the ends of pipe(2), or standard input where that is
 * a pipe. A plain pipe has one direction: bide_uv_pipe_close ends it altogether.
 */
#ifndef BIDE_UV_PIPE_H
#define BIDE_UV_PIPE_H

#include <bide/uv_stream.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

BIDE_PRIV_C_BEGIN

/* A connection. Zero it before its first use. Not to be used from another thread.
 * Shape: as bide/uv_stream.h tells: bide_uv_pipe_poll_read, ..., the futures bide_uv_pipe_read, ...
 * */
BIDE_PRIV_UV_STREAM(bide_uv_pipe);

/* Private: tells of a connect. */
BIDE_API void bide_priv_uv_pipe_connect_trace(const void *frame, bide_tracer *tracer);

/* bide_uv_pipe_connect(rt, name, out) -> int32_t: connects to a Unix socket: 0 with *out open, or
 * an error. The name is read at the first poll. Dropping the future gives the attempt up. Fails
 * with BIDE_ENOMEM. */
#define bide_uv_pipe_connect_FRAME(ROW)                                                            \
    ROW(TRAITS, BIDE_UNPIN) ROW(TRACE, bide_priv_uv_pipe_connect_trace)                            \
    ROW(PARAM, bide_uv *, rt) ROW(PARAM, const char *, name)                                       \
    ROW(PARAM, bide_uv_pipe *, out) ROW(LOCAL, struct bide_priv_uv_stream *, at)
BIDE_FUTURE_DECLARE_AS(BIDE_API, int32_t, bide_uv_pipe_connect)

/* Takes over a descriptor that can be waited for: the end of a pipe, a socket, or a terminal. It is
 * closed with *out. 0, or an error and the descriptor stays the caller's: UV_EINVAL for a file, a
 * directory or another device, such as standard input may be (bide/uv_file.h reads files). */
BIDE_API int32_t bide_uv_pipe_open(bide_uv *rt, int fd, bide_uv_pipe *out);

#define bide_uv_pipe_listener_HAS_trace 1
#define bide_uv_pipe_listener_HAS_item_drop 1

/* A listener: a stream of connections, and the future bide_uv_pipe_listener_accept. */
BIDE_PRIV_UV_LISTENER(bide_uv_pipe_listener, bide_uv_pipe);

/* Makes a Unix socket and listens. The name goes with the listener; one that is there already, also
 * left over from before, gives UV_EADDRINUSE: unlink it first. 0 with *out open, or an error:
 * UV_ENAMETOOLONG, UV_EACCES, ..., UV_ENOMEM. */
BIDE_API int32_t bide_uv_pipe_listen(bide_uv *rt, const char *name, int backlog,
                                     bide_uv_pipe_listener *out);

BIDE_PRIV_C_END

#endif
