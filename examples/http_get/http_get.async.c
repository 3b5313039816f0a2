/*
 * http_get.async.c: bytes to lines, lines to head, and the body.
 *
 * What is said with impl(...) works on any byte stream. Its text works on handles, and makes its
 * calls through vtables; each instance is a copy for one type, in which all calls are direct.
 */
#include "http_get.h"
#include "parse.h"

#include <string.h>

#include <bide/async_source.h>

enum { LINE_MOST = 8192, HEAD_MOST = 65536, PIECE = 4096 };

static int32_t refuse(http_get *g, int32_t code, const char *what)
{
    return http_refuse(&g->answer.problem, code, g->line + 1, what, NULL);
}

/* ---- lines -------------------------------------------------------------------------------- */

/* Makes a string of what was read. */
static int32_t take_line(http_get *g, bide_bytes *line, int32_t found)
{
    if (found == BIDE_BYTES_TOO_LONG)
        return refuse(g, HTTP_TOO_LARGE, "the line is longer than 8192 bytes");
    if (found < 0)
        return refuse(g, HTTP_BROKEN, bide_uv_strerror(found));
    if (found == 0)
        return refuse(g, HTTP_CUT, "the answer ends here");
    if (line->size && memchr(line->data, '\0', line->size))
        return refuse(g, HTTP_MALFORMED, "a zero byte");
    if (!bide_bytes_append(line, "", 1))
        return HTTP_NO_MEMORY;
    g->line++;
    return HTTP_OK;
}

static async int32_t next_line(impl(bide_buffered_reader) * in, http_get *g, bide_bytes *line)
{
    bide_bytes_clear(line);
    int32_t found = await(bide_buffered_reader_read_line(in, line, LINE_MOST));
    return take_line(g, line, found);
}
instantiate(next_line, bide_uv_tcp);

/* ---- the head ----------------------------------------------------------------------------- */

/* Up to the empty line. */
static async int32_t read_fields(impl(bide_buffered_reader) * in, http_get *g, bide_bytes *line,
                                 http_text *fields)
{
    for (;;) {
        await_try(next_line(in, g, line));
        if (!*line->data)
            return HTTP_OK;
        if (fields->size + line->size > HEAD_MOST)
            return refuse(g, HTTP_TOO_LARGE, "too many fields");
        int32_t code = http_parse_field(line->data, g->line, fields, &g->answer.problem);
        if (code != HTTP_OK)
            return code;
    }
}
instantiate(read_fields, bide_uv_tcp);

/* The head that counts: interim answers before it are skipped. */
static async int32_t read_head(impl(bide_buffered_reader) * in, http_get *g, bide_bytes *line)
{
    do {
        await_try(next_line(in, g, line));
        int32_t code = http_parse_status(line->data, g->line, &g->answer);
        if (code != HTTP_OK)
            return code;
        http_text_clear(&g->answer.fields);
        await_try(read_fields(in, g, line, &g->answer.fields));
    } while (g->answer.status < 200);
    return HTTP_OK;
}
instantiate(read_head, bide_uv_tcp);

static void write_head(const http_get *g)
{
    const char *name = NULL, *value;
    (void)fprintf(g->out, "HTTP/1.%d %d %s\n", g->answer.minor, g->answer.status,
                  g->answer.reason.data);
    while ((value = http_field_next(&g->answer.fields, &name)) != NULL)
        (void)fprintf(g->out, "%s: %s\n", name, value);
    (void)fputc('\n', g->out);
}

/* ---- the body ----------------------------------------------------------------------------- */

/* Writes a piece out; the output blocks. */
static int32_t put(http_get *g, const char *data, ptrdiff_t n)
{
    if (n < 0)
        return refuse(g, HTTP_BROKEN, bide_uv_strerror(n));
    if ((uint64_t)n > g->most - g->body)
        return refuse(g, HTTP_TOO_LARGE, "the body is longer than was allowed");
    g->body += (uint64_t)n;
    return fwrite(data, 1, (size_t)n, g->out) == (size_t)n
               ? HTTP_OK
               : refuse(g, HTTP_BROKEN, "writing the body failed");
}

/* So many bytes; or fewer, if the end may come before. */
static async int32_t copy_out(impl(bide_buffered_reader) * in, http_get *g, uint64_t size,
                              bool may_end)
{
    char piece[PIECE];
    while (size > 0) {
        size_t most = size < PIECE ? (size_t)size : PIECE;
        ptrdiff_t n = await(bide_buffered_reader_read(in, piece, most));
        if (n == 0)
            return may_end ? HTTP_OK : refuse(g, HTTP_CUT, "the answer ends within the body");
        int32_t code = put(g, piece, n);
        if (code != HTTP_OK)
            return code;
        size -= (uint64_t)n;
    }
    return HTTP_OK;
}
instantiate(copy_out, bide_uv_tcp);

static async int32_t copy_chunks(impl(bide_buffered_reader) * in, http_get *g, bide_bytes *line)
{
    for (;;) {
        uint64_t size;
        await_try(next_line(in, g, line));
        int32_t code = http_parse_chunk(line->data, g->line, &size, &g->answer.problem);
        if (code != HTTP_OK)
            return code;
        if (size == 0)
            return await(read_fields(in, g, line, &g->answer.trailers));
        await_try(copy_out(in, g, size, false));
        await_try(next_line(in, g, line));
        if (*line->data)
            return refuse(g, HTTP_MALFORMED, "the chunk is longer than its size");
    }
}
instantiate(copy_chunks, bide_uv_tcp);

static async int32_t read_answer(impl(bide_buffered_reader) * in, http_get *g,
                                 const http_request *request)
{
    scoped(bide_bytes_free) bide_bytes line = {.allocator = bide_default_allocator()};
    enum http_framing framing;
    uint64_t length;
    await_try(read_head(in, g, &line));
    int32_t code = http_parse_framing(request, &g->answer, g->line, &framing, &length);
    if (code != HTTP_OK)
        return code;
    if (g->head)
        write_head(g);
    if (framing == HTTP_IN_CHUNKS)
        return await(copy_chunks(in, g, &line));
    if (framing == HTTP_TO_THE_END)
        return await(copy_out(in, g, UINT64_MAX, true));
    return await(copy_out(in, g, length, false));
}
instantiate(read_answer, bide_uv_tcp);

/* ---- one exchange ------------------------------------------------------------------------- */

static async int32_t send_text(impl(bide_writer) * out, http_get *g, const http_text *text)
{
    int32_t error = await(bide_writer_write_all(out, text->data, text->size, NULL));
    if (error == 0)
        error = await(bide_writer_flush(out));
    return error == 0
               ? HTTP_OK
               : http_refuse(&g->answer.problem, HTTP_BROKEN, 0, bide_uv_strerror(error), NULL);
}
instantiate(send_text, bide_uv_tcp);

/* Whichever way it ends, the connection is closed and the request's text released. */
static async int32_t exchange(http_get *g, const http_request *request, const http_target *to)
{
    scoped(bide_uv_tcp_drop) bide_uv_tcp conn = {0};
    scoped(http_text_free) http_text text = {.allocator = bide_default_allocator()};
    char port[8];
    if (!http_write_request(request, to, &text))
        return HTTP_NO_MEMORY;
    (void)snprintf(port, sizeof port, "%u", (unsigned)to->port);
    int32_t error = await(bide_uv_tcp_connect_to(g->rt, to->host, port, &conn));
    if (error < 0)
        return http_refuse(&g->answer.problem, HTTP_NO_STREAM, 0, bide_uv_strerror(error),
                           to->host);
    if (!g->dyn) {
        await_try(send_text_bide_uv_tcp(&conn, g, &text));
        return await(read_answer_bide_uv_tcp(&conn, g, request));
    }
    bide_writer out = bide_uv_tcp_as_bide_writer(&conn, NULL);
    bide_buffered_reader in = bide_uv_tcp_as_bide_buffered_reader(&conn, NULL);
    await_try(send_text(&out, g, &text));
    return await(read_answer(&in, g, request));
}

static async int32_t run_out(uint64_t ms)
{
    await(bide_sleep(ms));
    return HTTP_TIMED_OUT;
}

async int32_t http_get_run(http_get *g)
{
    const http_header headers[] = {{"Connection", "close"}, {"Accept", "*/*"}};
    http_request request = {.method = "GET", .url = g->url, .headers = headers, .header_count = 2};
    http_target to;
    int32_t code = http_check_request(&request, &to, &g->answer.problem);
    if (code != HTTP_OK)
        return code;
    async int32_t done = exchange(g, &request, &to);
    async int32_t late = run_out(g->limit_ms);
    if (race(done, late) == 1)
        return http_refuse(&g->answer.problem, HTTP_TIMED_OUT, 0, "the time limit is over", NULL);
    code = await(done);
    if (code == HTTP_NO_MEMORY)
        fail(BIDE_ENOMEM);
    return code;
}
