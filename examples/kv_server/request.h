/*
 * request.h: a request on its way from the connection to the store, and the queue between them.
 */
#ifndef KV_REQUEST_H
#define KV_REQUEST_H

#include <bide/channel.h>
#include <bide/join.h>

#include "wire.h"

enum {
    KV_WINDOW = 16,             /* requests of a connection that wait, or are written together */
    KV_REFUSED = WIRE_WRONG + 1 /* a verb: was not taken, for the reason in failure or code */
};

typedef struct kv_request {
    int verb;
    kv_bytes key, value; /* owned, where it has them */
    size_t room;         /* bytes that its value takes of the connection's room */
    bide_poll failure;   /* how it ended: a failure code, or a code of the store */
    int32_t code;
} kv_request;

static inline void kv_request_drop(kv_request *r)
{
    kv_bytes_drop(&r->key);
    kv_bytes_drop(&r->value);
}

#define kv_requests_HAS_item_drop 1
static inline void kv_requests_item_drop(kv_request *r)
{
    kv_request_drop(r);
}
BIDE_LOCAL_CHANNEL(kv_requests, kv_request);

/* kv_write(store, request) -> void: does a PUT or DELETE and keeps how it ended in the request,
 * failures too: one must not take along those that are written with it. A body of bide/async.h, as
 * its frame has to be known for an array of them. */
#define kv_write_FRAME(ROW)                                                                        \
    ROW(PARAM, Store *, store) ROW(PARAM, kv_request *, request)                                   \
    ROW(CHILD, Store_put, put) ROW(CHILD, Store_remove, remove)
BIDE_ASYNC_DECLARE(void, kv_write)

/* kv_writes(items) -> size_t: several, begun in their order, until all have ended. */
BIDE_JOIN_ARRAY(kv_writes, kv_write);

#endif
