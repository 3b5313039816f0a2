/*
 * connection.h: one connection, from its first request to its end.
 *
 *     take_requests --queue--> answer_all --> the store
 *
 * One side reads requests, the other does them and answers, in their order. What waits in the queue
 * bounds what a client can ask for ahead: KV_WINDOW requests, and values of as many bytes as the
 * longest may have. A client that does not read its answers is not read either. Writes that wait in
 * the queue one behind the other are done together, so that they share a sync of the disk; all
 * others are done one at a time, so that each sees what was asked before it.
 */
#ifndef KV_CONNECTION_H
#define KV_CONNECTION_H

#include <bide/bytes_adapt.h>

#include "request.h"
#include "server.h"

/* Values that are not taken, and what comes behind the end. */
BIDE_BUFFERED_READER_REF(kv_lent, bide_uv_tcp);
BIDE_BUFFERED_READER_TAKE(kv_part, kv_lent);
BIDE_COPY(kv_skip, kv_part, bide_null_writer);
BIDE_COPY(kv_drain, bide_uv_tcp, bide_null_writer);

enum { KV_GOODBYE_MOST = 160 };

/* What its task holds. */
typedef struct kv_connection {
    kv_server *server;
    bide_uv_tcp *conn;
    uint64_t number;
    const char *why; /* it has ended; NULL: for want of memory */
    bool lost;       /* nothing can be read any more, nor answered */

    kv_requests_sender asked;
    kv_requests_receiver queue;
    bide_local_semaphore room;     /* a permit for each byte of a value that may be held */
    char goodbye[KV_GOODBYE_MOST]; /* the text of its last line */

    kv_request work[KV_WINDOW]; /* what is being done */
    size_t work_count;
    kv_request ahead; /* what was taken out of the queue too early */
    bide_bytes out;   /* answers that have not been sent */

    /* What tells that something moves. */
    uint64_t steps;
    size_t come, gone; /* of a value, and of answers */
    bide_null_writer skipped;
    bool storing;
    bool coming, going;    /* a value, or answers, are under way */
    uint64_t taken, given; /* how many were before */
} kv_connection;

/* Serves one, which is its own. */
bide_async void kv_connection_run(kv_server *s, bide_uv_tcp conn, uint64_t number);

#include BIDE_GENERATED("connection.gen.h")

#endif
