/*
 * http.async.c: one exchange, the tries, and the time limit.
 */
#include "http.h"
#include "connection.h"
#include "parse.h"

#include <stdio.h>
#include <string.h>

#include <bide/async_source.h>

/* ---- reading an answer -------------------------------------------------------------------- */

/* Fields up to the empty line. */
static async int32_t read_fields(http_connection *c, http_answer *answer, http_text *fields)
{
    for (;;) {
        char *line;
        await_try(http_read_line(c, &line));
        if (!*line)
            return HTTP_OK;
        if (fields->size + strlen(line) > c->client->options.head_most)
            return http_refuse(&answer->problem, HTTP_TOO_LARGE, c->line, "too many fields", NULL);
        int32_t code = http_parse_field(line, c->line, fields, &answer->problem);
        if (code != HTTP_OK)
            return code;
    }
}

/* The head that counts: interim answers before it are skipped. */
static async int32_t read_head(http_connection *c, http_answer *answer)
{
    do {
        char *line;
        await_try(http_read_line(c, &line));
        int32_t code = http_parse_status(line, c->line, answer);
        if (code != HTTP_OK)
            return code;
        http_text_clear(&answer->fields);
        await_try(read_fields(c, answer, &answer->fields));
    } while (answer->status < 200);
    return HTTP_OK;
}

/* True, or noted: the body grows too long. */
static bool fits(http_connection *c, http_answer *answer, uint64_t more)
{
    bool ok = more <= c->client->options.body_most - answer->body.size;
    if (!ok)
        http_refuse(&answer->problem, HTTP_TOO_LARGE, c->line, "the body is too long", NULL);
    return ok;
}

static async int32_t read_chunks(http_connection *c, http_answer *answer)
{
    for (;;) {
        char *line;
        uint64_t size;
        await_try(http_read_line(c, &line));
        int32_t code = http_parse_chunk(line, c->line, &size, &answer->problem);
        if (code != HTTP_OK)
            return code;
        if (size == 0)
            return await(read_fields(c, answer, &answer->trailers));
        if (!fits(c, answer, size))
            return HTTP_TOO_LARGE;
        await_try(http_read_bytes(c, &answer->body, size));
        await_try(http_read_line(c, &line));
        if (*line)
            return http_refuse(&answer->problem, HTTP_MALFORMED, c->line,
                               "the chunk is longer than its size", line);
    }
}

static async int32_t read_body(http_connection *c, http_answer *answer, enum http_framing framing,
                               uint64_t length)
{
    switch (framing) {
    case HTTP_BY_LENGTH:
        if (!fits(c, answer, length))
            return HTTP_TOO_LARGE;
        return await(http_read_bytes(c, &answer->body, length));
    case HTTP_IN_CHUNKS:
        return await(read_chunks(c, answer));
    case HTTP_TO_THE_END:
        return await(http_read_rest(c, &answer->body, c->client->options.body_most));
    default:
        return HTTP_OK;
    }
}

/* ---- one exchange ------------------------------------------------------------------------- */

/* A connection of its own for the request. */
static async int32_t reach(http_client *self, const http_target *to, http_problem *problem,
                           http_connection **out)
{
    dialled got = await(Dialer_dial(&self->dialer, to->host, to->port));
    if (got.error < 0)
        return http_refuse(problem, HTTP_NO_STREAM, 0, "no connection to", to->host);
    self->dialled++;
    *out = http_connection_new(self, to, got.stream);
    return *out ? HTTP_OK : HTTP_NO_MEMORY;
}

/* `anew`: not on a kept connection. However this ends, cancellation included, the connection is
 * kept or closed, and the request's text released. */
static async int32_t exchange(http_client *self, const http_request *request, const http_target *to,
                              http_answer *answer, bool anew)
{
    scoped(http_connection_leave) http_connection *c = NULL;
    scoped(http_text_free) http_text text = {.allocator = self->options.allocator};
    enum http_framing framing;
    uint64_t length;
    int32_t code;
    if (!http_write_request(request, to, &text))
        return HTTP_NO_MEMORY;
    if (!anew)
        c = http_connection_take(self, to);
    if (!c)
        await_try(reach(self, to, &answer->problem, &c));
    else
        self->reused++;
    c->problem = &answer->problem;
    await_try(http_send(c, text.data, text.size));
    await_try(read_head(c, answer));
    code = http_parse_framing(request, answer, c->line, &framing, &length);
    if (code != HTTP_OK)
        return code;
    await_try(read_body(c, answer, framing, length));
    c->reusable = framing != HTTP_TO_THE_END && http_stays_open(answer) && c->from == c->to;
    return HTTP_OK;
}

/* ---- tries -------------------------------------------------------------------------------- */

static void forget(http_answer *answer)
{
    http_text_clear(&answer->reason);
    http_text_clear(&answer->fields);
    http_text_clear(&answer->trailers);
    http_text_clear(&answer->body);
    answer->status = answer->minor = 0;
    memset(&answer->problem, 0, sizeof answer->problem);
}

static bool is_worth_another(const http_request *request, const http_answer *answer, int32_t code)
{
    if (code == HTTP_NO_STREAM)
        return true; /* nothing was sent */
    return http_may_repeat(request->method) &&
           (code == HTTP_BROKEN || code == HTTP_CUT || (code == HTTP_OK && answer->status == 503));
}

/* A kept connection that turns out to be closed is no try: the next one is new. */
static async int32_t try_once(http_client *self, const http_request *request, const http_target *to,
                              http_answer *answer)
{
    int32_t code = await(exchange(self, request, to, answer, false));
    if (code != HTTP_STALE)
        return code;
    if (!http_may_repeat(request->method))
        return http_refuse(&answer->problem, HTTP_BROKEN, 0,
                           "the kept connection was closed; the method may not be repeated",
                           request->method);
    return await(exchange(self, request, to, answer, true));
}

static async int32_t try_often(http_client *self, const http_request *request,
                               const http_target *to, http_answer *answer)
{
    uint64_t pause = self->options.pause_ms;
    for (;;) {
        forget(answer);
        answer->tries++;
        int32_t code = await(try_once(self, request, to, answer));
        if (answer->tries >= self->options.tries || !is_worth_another(request, answer, code))
            return code;
        await(bide_sleep(pause));
        pause = pause > UINT64_MAX / 2 ? UINT64_MAX : pause * 2;
    }
}

/* ---- the fetch ---------------------------------------------------------------------------- */

static async int32_t run_out(uint64_t ms)
{
    await(bide_sleep(ms));
    return HTTP_TIMED_OUT;
}

async int32_t http_fetch(http_client *client, const http_request *request, http_answer *answer)
{
    http_target to;
    int32_t code;
    forget(answer);
    answer->tries = 0;
    code = http_check_request(request, &to, &answer->problem);
    if (code != HTTP_OK)
        return code;
    async int32_t done = try_often(client, request, &to, answer);
    async int32_t late = run_out(client->options.limit_ms);
    if (race(done, late) == 1)
        return http_refuse(&answer->problem, HTTP_TIMED_OUT, 0, "the time limit is over", NULL);
    code = await(done);
    if (code == HTTP_NO_MEMORY)
        fail(BIDE_ENOMEM);
    return code;
}

/* ---- without waiting ---------------------------------------------------------------------- */

http_options http_options_init(void)
{
    return (http_options){.limit_ms = 30000,
                          .tries = 3,
                          .pause_ms = 200,
                          .head_most = (size_t)1 << 16,
                          .body_most = (uint64_t)1 << 24,
                          .allocator = bide_default_allocator()};
}

void http_client_init(http_client *client, Dialer dialer, const http_options *options)
{
    memset(client, 0, sizeof *client);
    client->dialer = dialer;
    client->options = options ? *options : http_options_init();
}

void http_client_close(http_client *client)
{
    if (client->kept)
        http_connection_close(client->kept);
    client->kept = NULL;
}

void http_answer_init(http_answer *answer, bide_allocator *allocator)
{
    if (!allocator)
        allocator = bide_default_allocator();
    memset(answer, 0, sizeof *answer);
    answer->reason.allocator = answer->fields.allocator = allocator;
    answer->trailers.allocator = answer->body.allocator = allocator;
}

void http_answer_free(http_answer *answer)
{
    http_text_free(&answer->reason);
    http_text_free(&answer->fields);
    http_text_free(&answer->trailers);
    http_text_free(&answer->body);
}

const char *http_strerror(int32_t code)
{
    switch (code) {
    case HTTP_OK:
        return "done";
    case HTTP_BAD_REQUEST:
        return "request that cannot be sent";
    case HTTP_NO_STREAM:
        return "unreachable";
    case HTTP_BROKEN:
        return "broken connection";
    case HTTP_CUT:
        return "cut answer";
    case HTTP_MALFORMED:
        return "malformed answer";
    case HTTP_TOO_LARGE:
        return "too large an answer";
    case HTTP_TIMED_OUT:
        return "timed out";
    default:
        return "unknown error";
    }
}

void http_problem_text(const http_problem *problem, char *text, size_t bytes)
{
    if (problem->line)
        snprintf(text, bytes, "%s: line %lu: %s", http_strerror(problem->code), problem->line,
                 problem->what);
    else
        snprintf(text, bytes, "%s: %s", http_strerror(problem->code), problem->what);
}
