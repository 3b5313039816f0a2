/*
 * connection.async.c: filling and emptying the buffer.
 */
#include "connection.h"
#include "http.h"

#include <string.h>

#include <bide/async_source.h>

http_connection *http_connection_new(http_client *client, const http_target *to, Bytes stream)
{
    bide_allocator *giver;
    http_connection *c =
        bide_alloc(client->options.allocator, sizeof *c, _Alignof(http_connection), &giver);
    if (!c) {
        Bytes_destroy(&stream);
        return NULL;
    }
    memset(c, 0, offsetof(http_connection, buffer));
    c->client = client;
    c->stream = stream;
    c->giver = giver;
    c->port = to->port;
    memcpy(c->host, to->host, sizeof c->host);
    return c;
}

void http_connection_close(http_connection *c)
{
    Bytes_destroy(&c->stream);
    bide_free(c->giver, c, sizeof *c, _Alignof(http_connection));
}

http_connection *http_connection_take(http_client *client, const http_target *to)
{
    http_connection *c = client->kept;
    if (!c || c->port != to->port || !http_same_name(c->host, to->host))
        return NULL;
    client->kept = NULL;
    c->used = true;
    c->reusable = false;
    c->line = 0;
    return c;
}

void http_connection_leave(http_connection **c)
{
    http_client *client;
    if (!*c)
        return;
    client = (*c)->client;
    if (!(*c)->reusable) {
        http_connection_close(*c);
        return;
    }
    if (client->kept)
        http_connection_close(client->kept);
    client->kept = *c;
}

/* ---- out ---------------------------------------------------------------------------------- */

async int32_t http_send(http_connection *c, const char *data, size_t size)
{
    while (size > 0) {
        long n = await(Bytes_write(&c->stream, data, size));
        if (n <= 0 || (unsigned long)n > size)
            return c->used ? HTTP_STALE
                           : http_refuse(c->problem, HTTP_BROKEN, 0, "writing failed", NULL);
        data += n;
        size -= (size_t)n;
    }
    return HTTP_OK;
}

/* ---- in ----------------------------------------------------------------------------------- */

/* Nothing of the answer has come: a connection that was kept may have been closed before the
 * request, so that nothing was lost. */
static bool is_stale(const http_connection *c)
{
    return c->used && c->line == 0 && c->to == 0;
}

/* Gets more bytes into the buffer, which has room: how many, 0 at the end. */
static async int32_t fill(http_connection *c)
{
    long n;
    if (c->from > 0) {
        memmove(c->buffer, c->buffer + c->from, c->to - c->from);
        c->to -= c->from;
        c->from = 0;
    }
    n = await(Bytes_read(&c->stream, c->buffer + c->to, sizeof c->buffer - c->to));
    if (n <= 0 && is_stale(c))
        return HTTP_STALE;
    if (n < 0 || (unsigned long)n > sizeof c->buffer - c->to)
        return http_refuse(c->problem, HTTP_BROKEN, c->line + 1, "reading failed", NULL);
    c->to += (size_t)n;
    return (int32_t)n;
}

async int32_t http_read_line(http_connection *c, char **line)
{
    char *end;
    size_t looked = 0; /* bytes that hold no end of line */
    while (!(end = memchr(c->buffer + c->from + looked, '\n', c->to - c->from - looked))) {
        looked = c->to - c->from;
        if (looked == sizeof c->buffer)
            return http_refuse(c->problem, HTTP_TOO_LARGE, c->line + 1, "the line is too long",
                               NULL);
        if (await_try(fill(c)) == 0)
            return http_refuse(c->problem, HTTP_CUT, c->line + 1, "the stream ends here", NULL);
    }
    c->line++;
    *line = c->buffer + c->from;
    c->from = (size_t)(end + 1 - c->buffer);
    if (end == *line || end[-1] != '\r' || memchr(*line, '\0', (size_t)(end - *line)))
        return http_refuse(c->problem, HTTP_MALFORMED, c->line,
                           "a line must end with CR LF and hold no zero byte", NULL);
    end[-1] = '\0';
    return HTTP_OK;
}

/* Moves up to `size` bytes out of the buffer; how many, or HTTP_NO_MEMORY. */
static int32_t take(http_connection *c, http_text *to, uint64_t size)
{
    size_t n = c->to - c->from;
    if (n > size)
        n = (size_t)size;
    if (!http_text_add(to, c->buffer + c->from, n))
        return HTTP_NO_MEMORY;
    c->from += n;
    return (int32_t)n;
}

async int32_t http_read_bytes(http_connection *c, http_text *to, uint64_t size)
{
    for (;;) {
        int32_t n = take(c, to, size);
        if (n < 0)
            return n;
        size -= (uint32_t)n;
        if (size == 0)
            return HTTP_OK;
        if (await_try(fill(c)) == 0)
            return http_refuse(c->problem, HTTP_CUT, c->line + 1, "the stream ends in the body",
                               NULL);
    }
}

async int32_t http_read_rest(http_connection *c, http_text *to, uint64_t most)
{
    do {
        if (c->to - c->from > most - to->size)
            return http_refuse(c->problem, HTTP_TOO_LARGE, c->line + 1, "the body is too long",
                               NULL);
        if (take(c, to, UINT64_MAX) < 0)
            return HTTP_NO_MEMORY;
    } while (await_try(fill(c)) > 0);
    return HTTP_OK;
}
