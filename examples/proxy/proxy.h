/*
 * proxy.h: carries connections to another address, both ways, within limits.
 */
#ifndef PROXY_PROXY_H
#define PROXY_PROXY_H

#include <stdio.h>

#include <bide/bide.h>

#include "listening.h"

typedef struct proxy {
    bide_uv *rt;
    listening front;
    const char *host, *service;     /* where to */
    uint32_t most;                  /* connections at a time */
    uint64_t idle_ms; /* a connection on which nothing moves for so long is ended; so is
                       * an attempt to connect */
    uint64_t bytes;   /* the most in each direction; 0: no limit */
    FILE *log;
    uint64_t accepted; /* numbers them */
    uint32_t open;
} proxy;

/* One end of a connection as a buffered reader (bide/bytes.h) that counts and stops at the limit:
 * bytes beyond it are the error BIDE_BYTES_TOO_LONG. The end is lent. */
typedef struct metered {
    bide_uv_tcp *of;
    uint64_t most, count;
    bool failed; /* by reading, not by writing to the other end */
} metered;

bide_poll metered_poll_fill(metered *m, const char **data, bide_context *cx, ptrdiff_t *count);
void metered_consume(metered *m, size_t count);
bide_poll metered_poll_read(metered *m, void *buffer, size_t size, bide_context *cx,
                            ptrdiff_t *count);
BIDE_INLINE void metered_trace(metered *m, bide_tracer *tracer)
{
    bide_uv_tcp_trace(m->of, tracer);
}
BIDE_INLINE void metered_drop(metered *m)
{
    m->of = NULL;
}
BIDE_BUFFERED_READER_TYPE(metered, 0);

/* All of one end goes to the other. */
BIDE_COPY(proxy_copy, metered, bide_uv_tcp);

/* A connection that is carried. */
typedef struct carried {
    proxy *by;
    uint64_t number;
    bide_uv_tcp *client; /* the task's */
    bide_uv_tcp server;
    metered up, down; /* from the client, from the server */
    bool complete;    /* both have sent all, and have got it */
} carried;

/* Carries one to its end. The connection is its own. */
bide_async void proxy_carry(proxy *p, bide_uv_tcp client, uint64_t number);

/* Accepts and carries until a signal. What is left are tasks of the runtime, and end with it. */
bide_async void proxy_serve(proxy *p);

#include BIDE_GENERATED("proxy.gen.h")

#endif
