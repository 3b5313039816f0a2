/*
 * bide/uv_names.h: names of hosts on a libuv loop; part of bide::uv.
 *
 * Looking up is getaddrinfo on one of libuv's threads: it cannot be stopped once it has begun, but
 * nobody waits for one that was dropped. Errors are UV_EAI_NONAME and its kin.
 */
#ifndef BIDE_UV_NAMES_H
#define BIDE_UV_NAMES_H

#include <bide/async.h>
#include <bide/uv_tcp.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

BIDE_PRIV_C_BEGIN

struct addrinfo;
struct bide_priv_uv_lookup;

/* What was found: owns the system's list. Zero it before its first use. */
typedef struct bide_uv_addresses {
    struct addrinfo *first; /* NULL: none */
} bide_uv_addresses;

/* The index-th, from 0, in the system's order of preference, or NULL. */
BIDE_API const struct sockaddr *bide_uv_addresses_at(const bide_uv_addresses *a, size_t index);

/* Gives the list back and leaves it empty. Any thread. */
BIDE_API void bide_uv_addresses_free(bide_uv_addresses *a);

/* Private: tells of a look-up. */
BIDE_API void bide_priv_uv_lookup_trace(const void *frame, bide_tracer *tracer);

/* bide_uv_lookup(rt, host, service, out) -> int32_t: 0 with *out to be freed by the caller, or an
 * error. Addresses for TCP. `service` is a port or a name of /etc/services; either may be NULL. The
 * names are read at the first poll, and by traces. Fails with BIDE_ENOMEM. */
#define bide_uv_lookup_FRAME(ROW)                                                                  \
    ROW(TRAITS, BIDE_UNPIN) ROW(TRACE, bide_priv_uv_lookup_trace)                                  \
    ROW(PARAM, bide_uv *, rt) ROW(PARAM, const char *, host) ROW(PARAM, const char *, service)     \
    ROW(PARAM, bide_uv_addresses *, out) ROW(LOCAL, struct bide_priv_uv_lookup *, at)
BIDE_FUTURE_DECLARE_AS(BIDE_API, int32_t, bide_uv_lookup)

/* bide_uv_tcp_connect_to(rt, host, service, out) -> int32_t: looks the name up and connects to the
 * first address that answers: 0 with *out open, or the error of the last. */
#define bide_uv_tcp_connect_to_FRAME(ROW)                                                          \
    ROW(PARAM, bide_uv *, rt) ROW(PARAM, const char *, host) ROW(PARAM, const char *, service)     \
    ROW(PARAM, bide_uv_tcp *, out) ROW(LOCAL, bide_uv_addresses, all) ROW(LOCAL, size_t, tried)    \
    ROW(LOCAL, int32_t, error) ROW(CHILD, bide_uv_lookup, lookup)                                  \
    ROW(CHILD, bide_uv_tcp_connect, connect)
BIDE_ASYNC_DECLARE_AS(BIDE_API, int32_t, bide_uv_tcp_connect_to)

BIDE_PRIV_C_END

#endif
