/*
 * echo.h: an echo server: a task a connection, which sends back what comes.
 */
#ifndef TCP_ECHO_ECHO_H
#define TCP_ECHO_ECHO_H

#include <bide/bide.h>
#include <bide/semaphore.h>

#include "listening.h"

typedef struct echo_server {
    bide_uv *rt;
    listening front;
    uint64_t limit;                 /* end behind so many connections; 0: never */
    bide_local_semaphore over;      /* a permit by each connection that has ended */
    /* What happened so far. */
    uint64_t accepted, ended, failed, refused, bytes;
    int32_t last_error; /* of a connection, or of one that was not to be had */
} echo_server;

/* All that one side says goes to the other, without a buffer of its own. */
BIDE_COPY(echo_copy, bide_uv_tcp, bide_uv_tcp);

/* Serves one connection up to its end, and counts it. The connection is its own. */
bide_async void echo_connection(echo_server *s, bide_uv_tcp conn);

/* Accepts connections until the limit, and the end of the last; or a signal. Connections that are
 * left are tasks of the runtime, and end with it. */
bide_async void echo_serve(echo_server *s);

#include BIDE_GENERATED("echo.gen.h")

#endif
