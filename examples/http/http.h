/*
 * http.h: a client for HTTP/1.1 over any byte stream.
 *
 *     http_client client;
 *     http_answer answer;
 *     http_client_init(&client, dialer, NULL);
 *     http_answer_init(&answer, NULL);
 *     code = await(http_fetch(&client, &request, &answer));
 *     ...
 *     http_answer_free(&answer);
 *     http_client_close(&client);
 *
 * http_fetch sends a request and reads the answer to its end: bodies with Content-Length, in
 * chunks (trailers too), or up to the end of the stream; interim answers (1xx) are skipped. One
 * connection is kept for the next request to the same host. When no connection can be had, one
 * breaks, or the answer is 503, the request is tried again after a pause that doubles, if nothing
 * was sent or its method may be repeated. A time limit holds for all of it, pauses included: when
 * it is over, what runs is dropped, and the connection closed.
 *
 * Answers are taken strictly: what is ambiguous is refused with the line and the reason. A client
 * is for one thread at a time; fetches of one client may overlap.
 */
#ifndef HTTP_H
#define HTTP_H

#include "bytes.h"
#include "text.h"

/* What http_fetch says. Missing memory is none of these: it is the future's failure BIDE_ENOMEM. */
enum {
    HTTP_OK = 0,
    HTTP_BAD_REQUEST = -1, /* the request cannot be sent; nothing was */
    HTTP_NO_STREAM = -2,   /* the dialer gave none */
    HTTP_BROKEN = -3,      /* the stream failed */
    HTTP_CUT = -4,         /* the stream ended within the answer */
    HTTP_MALFORMED = -5,   /* the answer breaks the rules */
    HTTP_TOO_LARGE = -6,   /* the answer is beyond a limit of the options */
    HTTP_TIMED_OUT = -7,
    /* private */
    HTTP_STALE = -8, /* a kept connection had been closed by the other side */
    HTTP_NO_MEMORY = -9
};

/* A short English text for a code, lower case, without a full stop. */
const char *http_strerror(int32_t code);

/* ---- requests ----------------------------------------------------------------------------- */

typedef struct http_header {
    const char *name, *value;
} http_header;

/* All is borrowed until the fetch has ended. */
typedef struct http_request {
    const char *method;         /* GET, HEAD, PUT, ... */
    const char *url;            /* http://host[:port][/path][?query] */
    const http_header *headers; /* beside Host and Content-Length, which are made */
    size_t header_count;
    const char *body; /* NULL: none */
    size_t body_size;
} http_request;

/* ---- answers ------------------------------------------------------------------------------ */

/* The caller's; readable when the fetch has ended. Look fields up with http_field. */
typedef struct http_answer {
    int status;         /* 0: none was read */
    int minor;          /* of HTTP/1.minor */
    http_text reason;   /* as the server words the status */
    http_text fields;   /* of the head */
    http_text trailers; /* behind a body in chunks */
    http_text body;
    unsigned tries; /* how often the request was begun */
    http_problem problem;
} http_answer;

/* An empty one. allocator NULL: the default. It may be used for one fetch after the other. */
void http_answer_init(http_answer *answer, bide_allocator *allocator);
void http_answer_free(http_answer *answer);

/* "malformed answer: line 2: a field without a colon: 'x'". */
void http_problem_text(const http_problem *problem, char *text, size_t bytes);

/* ---- the client --------------------------------------------------------------------------- */

typedef struct http_options {
    uint64_t limit_ms;         /* for a fetch, all in all */
    unsigned tries;            /* at most so many; 1: no retry */
    uint64_t pause_ms;         /* before the second try; it doubles */
    size_t head_most;          /* bytes of all fields of an answer */
    uint64_t body_most;        /* bytes of a body */
    bide_allocator *allocator; /* of connections and requests */
} http_options;

/* 30 seconds, 3 tries, 200 ms, 64 KiB, 16 MiB, the default allocator. */
http_options http_options_init(void);

struct http_connection;

/* Read the counts; the rest is private. */
typedef struct http_client {
    Dialer dialer;
    http_options options;
    struct http_connection *kept; /* for the next request, or NULL */
    unsigned dialled, reused;     /* connections that were made, and that were used again */
} http_client;

/* The object behind the dialer must live as long as the client. options NULL: the defaults. */
void http_client_init(http_client *client, Dialer dialer, const http_options *options);

/* Closes the kept connection. No fetch may be under way. */
void http_client_close(http_client *client);

/* http_fetch(client, request, answer) -> HTTP_OK, also for a status that tells an error; or a
 * negative code, with answer->problem. Dropping it closes its connection. */
bide_async int32_t http_fetch(http_client *client, const http_request *request,
                              http_answer *answer);

#include BIDE_GENERATED("http.gen.h")

#endif
