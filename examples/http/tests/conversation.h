/*
 * conversation.h: plays a recording against the client, on a clock that a test moves, and compares
 * with what the recording expects.
 */
#ifndef HTTP_CONVERSATION_H
#define HTTP_CONVERSATION_H

#include "http.h"
#include "recorded.h"

#include <bide/testing_clock.h>

/* Loads a recording of the folder, or aborts: tests cannot go on without it. */
void conversation_load(Recording *recording, const char *name);

/* The names of all recordings, sorted, NULL at the end. */
const char *const *conversation_names(void);

/* How one is played. */
typedef struct conversation {
    Recording *recording;
    bide_allocator *allocator; /* of everything */
    bool lenient;              /* the answers were damaged: only hygiene counts */
    size_t drop_in;            /* the request, from 1, that is dropped; 0: none */
    uint32_t drop_after;       /* after so many polls */
    bool dropped;              /* out: it was, before it ended */
    char wrong[400];           /* out: "": all was as expected */
} conversation;

/* BIDE_READY, or the failure of a fetch, or BIDE_ENOMEM: no executor. Streams that stay open are
 * wrong in any case. */
bide_poll conversation_play(conversation *c);

/* ---- how a fetch is run: fetch_async.c, or fetch_blocking.c -------------------------------- */

#define NOT_DROPPED UINT32_MAX
enum { DROPPED = 1 };

/* Runs a fetch to its end, or drops it after so many polls: *code is DROPPED then. */
bide_poll conversation_fetch(bide_local *ex, http_client *client, const http_request *request,
                             http_answer *answer, uint32_t polls, int32_t *code);

/* Whether the time that passes is that of the test's clock. */
extern const bool conversation_has_time;

#endif
