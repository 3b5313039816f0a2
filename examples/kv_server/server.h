/*
 * server.h: a Store served over TCP: one task accepts, and each connection has one.
 */
#ifndef KV_SERVER_H
#define KV_SERVER_H

#include <bide/notify.h>
#include <bide/semaphore.h>

#include "listening.h"
#include "store.h"

typedef struct kv_server {
    bide_uv *rt;
    listening front;
    Store store;
    uint32_t most;       /* connections at a time */
    uint32_t line;       /* bytes of a request's line, with its end */
    uint32_t value;      /* bytes of a value */
    uint64_t idle_ms;    /* a connection on which nothing moves for so long is ended */
    uint64_t request_ms; /* the same for a value, or an answer, on its way for so long */
    uint64_t linger_ms;  /* for one that is ended to read what is left for it */
    uint64_t arrived;
    uint32_t open;
    bool ends;
    bide_local_notify ending;  /* tells the connections so */
    bide_local_semaphore over; /* a permit by each connection that has ended */
} kv_server;

/* Serves until a signal. Then what was asked is answered, as far as it has arrived, and the
 * connections end. */
bide_async void kv_serve(kv_server *s);

#include BIDE_GENERATED("server.gen.h")

#endif
