/*
 * http_get.h: one GET over TCP: the answer's head is kept, its body written out as it comes.
 *
 * The grammar is that of the example `http`; here lines and bytes come off a connection.
 */
#ifndef HTTP_GET_HTTP_GET_H
#define HTTP_GET_HTTP_GET_H

#include <stdio.h>

#include "http.h"

#include <bide/bide.h>
#include <bide/uv.h>

typedef struct http_get {
    bide_uv *rt;
    const char *url;
    bool dyn;          /* through handles, instead of calls that are known when compiling */
    bool head;         /* write the head, too */
    uint64_t limit_ms; /* for all of it */
    uint64_t most;     /* bytes of the body */
    FILE *out;
    /* What came. */
    http_answer answer; /* but for the body */
    uint64_t body;      /* bytes */
    unsigned long line; /* that was read last */
} http_get;

/* HTTP_OK whatever the status, or a code of http.h with answer.problem. The body that came before
 * an error has been written. Dropping it closes the connection. */
bide_async int32_t http_get_run(http_get *g);

#include BIDE_GENERATED("http_get.gen.h")

#endif
