/*
 * bide/uv_tcp.h: TCP connections and listeners on a libuv loop; part of bide::uv.
 *
 *     bide_uv_listener l = {0};
 *     bide_uv_tcp c;
 *     struct sockaddr_storage address;
 *     bide_uv_ip("127.0.0.1", 7777, &address);
 *     if (bide_uv_tcp_listen(rt, (struct sockaddr *)&address, 128, &l) == 0)
 *         while (await(bide_uv_listener_next(&l, &c)))            // in async C
 *             spawn(rt, echo(c));                                 // its own from now on
 *
 * bide/uv_stream.h tells how connections read, write and end.
 */
#ifndef BIDE_UV_TCP_H
#define BIDE_UV_TCP_H

#include <bide/uv_stream.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

BIDE_PRIV_C_BEGIN

struct sockaddr;
struct sockaddr_storage;

/* ---- addresses ---------------------------------------------------------------------------- */

/* The address of a numeric host, IPv4 or IPv6 ("127.0.0.1", "::1"; "0.0.0.0" and "::" for all), and
 * a port in the machine's byte order. 0, or UV_EINVAL for another text. */
BIDE_API int32_t bide_uv_ip(const char *host, uint16_t port, struct sockaddr_storage *address);

/* The port of an address, in the machine's byte order; 0 of one that has none. */
BIDE_API uint16_t bide_uv_port(const struct sockaddr_storage *address);

/* ---- connections -------------------------------------------------------------------------- */

/* A connection. Zero it before its first use. Not to be used from another thread.
 * Shape: as bide/uv_stream.h tells: bide_uv_tcp_poll_read, ..., the futures bide_uv_tcp_read,
 * _read_exact, _read_to_end, _read_until, _read_line, _write, _write_all, _flush, _close, the
 * functions bide_uv_tcp_drop and bide_uv_tcp_abort, and bide_uv_tcp_as_bide_reader, ... */
BIDE_PRIV_UV_STREAM(bide_uv_tcp);

/* Private: tells of a connect. */
BIDE_API void bide_priv_uv_connect_trace(const void *frame, bide_tracer *tracer);

/* bide_uv_tcp_connect(rt, address, out) -> int32_t: 0 with *out open, or an error. The address is
 * read at the first poll. Dropping the future gives the attempt up. Fails with BIDE_ENOMEM. */
#define bide_uv_tcp_connect_FRAME(ROW)                                                             \
    ROW(TRAITS, BIDE_UNPIN) ROW(TRACE, bide_priv_uv_connect_trace)                                 \
    ROW(PARAM, bide_uv *, rt) ROW(PARAM, const struct sockaddr *, address)                         \
    ROW(PARAM, bide_uv_tcp *, out) ROW(LOCAL, struct bide_priv_uv_stream *, at)
BIDE_FUTURE_DECLARE_AS(BIDE_API, int32_t, bide_uv_tcp_connect)

/* Small writes go out at once (on), or wait for each other for a moment (off, the system's
 * default). 0 or an error. */
BIDE_API int32_t bide_uv_tcp_nodelay(bide_uv_tcp *t, bool on);

/* Asks an idle peer every `seconds` whether it is there; 0: never, the default. 0 or an error. */
BIDE_API int32_t bide_uv_tcp_keepalive(bide_uv_tcp *t, uint32_t seconds);

/* The addresses of the two ends. 0 or an error. */
BIDE_API int32_t bide_uv_tcp_local(bide_uv_tcp *t, struct sockaddr_storage *address);
BIDE_API int32_t bide_uv_tcp_peer(bide_uv_tcp *t, struct sockaddr_storage *address);

/* Ends a connection with a reset, which the peer sees as an error, and drops it. */
BIDE_API void bide_uv_tcp_reset(bide_uv_tcp *t);

/* ---- listening ---------------------------------------------------------------------------- */

#define bide_uv_listener_HAS_trace 1
#define bide_uv_listener_HAS_item_drop 1

/* A listener: a stream of connections, and the future bide_uv_listener_accept, which tells errors.
 * The system queues connections until somebody takes them; without a descriptor left, too, which
 * bide_uv_listener_accept tells (bide/uv_stream.h). */
BIDE_PRIV_UV_LISTENER(bide_uv_listener, bide_uv_tcp);

/* Listens on an address; port 0: one that is free (bide_uv_listener_local tells it). `backlog`
 * connections wait in the system. The address may be taken again at once after the end
 * (SO_REUSEADDR). 0 with *out open, or an error: UV_EADDRINUSE, UV_EACCES, ..., UV_ENOMEM. */
BIDE_API int32_t bide_uv_tcp_listen(bide_uv *rt, const struct sockaddr *address, int backlog,
                                    bide_uv_listener *out);

/* The address that it listens on. 0 or an error. */
BIDE_API int32_t bide_uv_listener_local(bide_uv_listener *l, struct sockaddr_storage *address);

BIDE_PRIV_C_END

#endif
