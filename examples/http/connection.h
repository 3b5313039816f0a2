/*
 * connection.h: a stream with a buffer: lines and bytes of known number.
 *
 * Private to the client. http.h cannot do without it, as the futures of a fetch hold these types;
 * so it includes nothing of http.h.
 */
#ifndef HTTP_CONNECTION_H
#define HTTP_CONNECTION_H

#include "bytes.h"
#include "text.h"

enum { HTTP_LINE_MOST = 4096, HTTP_HOST_MOST = 255 };

struct http_client;

/* How a body ends. */
enum http_framing { HTTP_NO_BODY, HTTP_BY_LENGTH, HTTP_IN_CHUNKS, HTTP_TO_THE_END };

/* Where a request goes. */
typedef struct http_target {
    char host[HTTP_HOST_MOST + 1];
    uint16_t port;
    const char *path; /* from the first slash or question mark; may be empty */
} http_target;

typedef struct http_connection {
    struct http_client *client; /* which keeps it, or closes it */
    Bytes stream;
    bide_allocator *giver;
    http_problem *problem; /* of the answer that is being read */
    unsigned long line;    /* that was read last */
    bool used;             /* it has served a request before */
    bool reusable;         /* the answer was read to its end, and the other side keeps it, too */
    uint16_t port;
    char host[HTTP_HOST_MOST + 1];
    size_t from, to; /* bytes that were read and not yet used */
    char buffer[HTTP_LINE_MOST];
} http_connection;

/* Takes the stream; NULL: no memory, and the stream was ended. */
http_connection *http_connection_new(struct http_client *client, const http_target *to,
                                     Bytes stream);
void http_connection_close(http_connection *c);

/* The kept connection, if it leads there, and NULL otherwise. */
http_connection *http_connection_take(struct http_client *client, const http_target *to);

/* The end of a use, for `scoped`: keeps the connection if it is reusable, or closes it. */
void http_connection_leave(http_connection **c);

/* Sends all of it. */
bide_async int32_t http_send(http_connection *c, const char *data, size_t size);

/* The next line without its end; *line is valid until the next call. */
bide_async int32_t http_read_line(http_connection *c, char **line);

/* Adds `size` bytes to a text. */
bide_async int32_t http_read_bytes(http_connection *c, http_text *to, uint64_t size);

/* Adds all bytes up to the end of the stream; `most` are allowed. */
bide_async int32_t http_read_rest(http_connection *c, http_text *to, uint64_t most);

#include BIDE_GENERATED("connection.gen.h")

#endif
