/*
 * parse.c: the grammar of RFC 9110 and 9112, strictly.
 */
#include "parse.h"

#include <stdio.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_token_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) ||
           (c && strchr("!#$%&'*+-.^_`|~", c));
}

static size_t token_length(const char *at)
{
    size_t n = 0;
    while (is_token_char(at[n]))
        n++;
    return n;
}

static bool is_token(const char *text)
{
    size_t n = token_length(text);
    return n > 0 && !text[n];
}

/* No control characters but tabs. */
static bool is_value(const char *text)
{
    for (; *text; text++)
        if (((unsigned char)*text < ' ' && *text != '\t') || *text == 127)
            return false;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Digits up to the end of the text or to `stop`. */
static bool parse_number(const char *text, char stop, uint64_t *out)
{
    const char *at = text;
    *out = 0;
    for (; is_digit(*at); at++) {
        if (*out > (UINT64_MAX - 9) / 10)
            return false;
        *out = *out * 10 + (uint64_t)(*at - '0');
    }
    return at != text && (!*at || *at == stop);
}

/* ---- requests ----------------------------------------------------------------------------- */

static int32_t bad_request(http_problem *problem, const char *what, const char *shown)
{
    return http_refuse(problem, HTTP_BAD_REQUEST, 0, what, shown);
}

static int32_t parse_url(const char *url, http_target *to, http_problem *problem)
{
    static const char scheme[] = "http://";
    const char *host = url + sizeof scheme - 1, *end, *colon;
    uint64_t port = 80;
    size_t n;
    for (const char *c = url; *c; c++)
        if (*c <= ' ' || *c > '~')
            return bad_request(problem, "the URL holds a space or a byte beyond ASCII", url);
    if (strncmp(url, scheme, sizeof scheme - 1) != 0)
        return bad_request(problem, "the URL does not begin with http://", url);
    n = strcspn(host, "/?#");
    end = host + n;
    if (memchr(host, '@', n) || memchr(host, '[', n) || strchr(url, '#'))
        return bad_request(problem, "the URL has a user, an address in brackets or a fragment",
                           url);
    colon = memchr(host, ':', n);
    if (colon && (!parse_number(colon + 1, *end, &port) || port == 0 || port > UINT16_MAX))
        return bad_request(problem, "the URL's port is no number from 1 to 65535", colon + 1);
    n = (size_t)((colon ? colon : end) - host);
    if (n == 0 || n > HTTP_HOST_MOST)
        return bad_request(problem, "the URL has no host, or too long a one", url);
    memcpy(to->host, host, n);
    to->host[n] = '\0';
    to->port = (uint16_t)port;
    to->path = end;
    return HTTP_OK;
}

int32_t http_check_request(const http_request *request, http_target *to, http_problem *problem)
{
    if (!is_token(request->method))
        return bad_request(problem, "the method is no token", request->method);
    for (size_t i = 0; i < request->header_count; i++) {
        const http_header *h = &request->headers[i];
        if (!is_token(h->name))
            return bad_request(problem, "the name of a header is no token", h->name);
        if (!is_value(h->value))
            return bad_request(problem, "the value of a header holds control characters", h->name);
        if (http_same_name(h->name, "Host") || http_same_name(h->name, "Content-Length") ||
            http_same_name(h->name, "Transfer-Encoding") || http_same_name(h->name, "Upgrade"))
            return bad_request(problem, "the header is the client's own affair", h->name);
    }
    return parse_url(request->url, to, problem);
}

bool http_write_request(const http_request *request, const http_target *to, http_text *out)
{
    char port[16] = "", length[64] = "";
    bool ok;
    if (to->port != 80)
        snprintf(port, sizeof port, ":%u", (unsigned)to->port);
    if (request->body)
        snprintf(length, sizeof length, "Content-Length: %zu\r\n", request->body_size);
    {
        const char *const head[] = {request->method, *to->path == '/' ? " " : " /",
                                    to->path,        " HTTP/1.1\r\nHost: ",
                                    to->host,        port,
                                    "\r\n"};
        ok = http_text_add_all(out, head, sizeof head / sizeof head[0]);
    }
    for (size_t i = 0; ok && i < request->header_count; i++) {
        const http_header *h = &request->headers[i];
        const char *const field[] = {h->name, ": ", h->value, "\r\n"};
        ok = http_text_add_all(out, field, sizeof field / sizeof field[0]);
    }
    return ok && http_text_add(out, length, strlen(length)) && http_text_add(out, "\r\n", 2) &&
           (!request->body || http_text_add(out, request->body, request->body_size));
}

bool http_may_repeat(const char *method)
{
    static const char *const all[] = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(method, all[i]) == 0)
            return true;
    return false;
}

/* ---- the head of an answer ---------------------------------------------------------------- */

int32_t http_parse_status(const char *line, unsigned long number, http_answer *answer)
{
    static const char version[] = "HTTP/1.";
    const char *code = line + sizeof version + 1;
    if (strncmp(line, version, sizeof version - 1) != 0 || !is_digit(line[sizeof version - 1]) ||
        line[sizeof version] != ' ' || !is_digit(code[0]) || !is_digit(code[1]) ||
        !is_digit(code[2]) || (code[3] && code[3] != ' ') || !is_value(code))
        return http_refuse(&answer->problem, HTTP_MALFORMED, number, "no status line of HTTP/1",
                           line);
    answer->minor = line[sizeof version - 1] - '0';
    answer->status = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
    if (answer->status < 100)
        return http_refuse(&answer->problem, HTTP_MALFORMED, number, "a status below 100", line);
    if (answer->status == 101)
        return http_refuse(&answer->problem, HTTP_MALFORMED, number,
                           "a change of protocols that nobody asked for", line);
    http_text_clear(&answer->reason);
    code += code[3] ? 4 : 3;
    return http_text_add(&answer->reason, code, strlen(code)) ? HTTP_OK : HTTP_NO_MEMORY;
}

int32_t http_parse_field(char *line, unsigned long number, http_text *fields, http_problem *problem)
{
    size_t name = token_length(line);
    char *value, *end = line + strlen(line);
    if (is_blank(*line))
        return http_refuse(problem, HTTP_MALFORMED, number,
                           "a folded field, or blanks before its name", line);
    if (name == 0 || line[name] != ':')
        return http_refuse(problem, HTTP_MALFORMED, number,
                           "a field is no name with a colon behind it", line);
    value = line + name + 1;
    while (is_blank(*value))
        value++;
    while (end > value && is_blank(end[-1]))
        *--end = '\0';
    if (!is_value(value))
        return http_refuse(problem, HTTP_MALFORMED, number, "a field holds control characters",
                           line);
    line[name] = '\0';
    return http_text_add(fields, line, name + 1) &&
                   http_text_add(fields, value, (size_t)(end - value) + 1)
               ? HTTP_OK
               : HTTP_NO_MEMORY;
}

/* ---- the body's end ----------------------------------------------------------------------- */

int32_t http_parse_chunk(const char *line, unsigned long number, uint64_t *size,
                         http_problem *problem)
{
    const char *at = line;
    *size = 0;
    for (; is_digit(*at) || (*at >= 'a' && *at <= 'f') || (*at >= 'A' && *at <= 'F'); at++) {
        if (*size >> 60)
            return http_refuse(problem, HTTP_TOO_LARGE, number, "the chunk is too long", line);
        *size = *size * 16 +
                (uint64_t)(is_digit(*at) ? *at - '0' : *at - (*at >= 'a' ? 'a' : 'A') + 10);
    }
    if (at != line)
        while (is_blank(*at))
            at++;
    if (at == line || (*at && *at != ';') || !is_value(at))
        return http_refuse(problem, HTTP_MALFORMED, number, "no size of a chunk", line);
    return HTTP_OK;
}

/* Content-Length; several are fine if they agree. */
static int32_t parse_length(http_answer *answer, unsigned long number, const char *value,
                            uint64_t *length)
{
    uint64_t other;
    if (!parse_number(value, '\0', length))
        return http_refuse(&answer->problem, HTTP_MALFORMED, number, "Content-Length is no number",
                           value);
    while ((value = http_field(&answer->fields, "Content-Length", value)) != NULL)
        if (!parse_number(value, '\0', &other) || other != *length)
            return http_refuse(&answer->problem, HTTP_MALFORMED, number,
                               "another Content-Length does not agree", value);
    return HTTP_OK;
}

int32_t http_parse_framing(const http_request *request, http_answer *answer, unsigned long number,
                           enum http_framing *framing, uint64_t *length)
{
    const char *coding = http_field(&answer->fields, "Transfer-Encoding", NULL);
    const char *size = http_field(&answer->fields, "Content-Length", NULL);
    *length = 0;
    *framing = coding ? HTTP_IN_CHUNKS : size ? HTTP_BY_LENGTH : HTTP_TO_THE_END;
    if (strcmp(request->method, "HEAD") == 0 || answer->status == 204 || answer->status == 304) {
        *framing = HTTP_NO_BODY;
        return HTTP_OK;
    }
    if (coding && size)
        return http_refuse(&answer->problem, HTTP_MALFORMED, number,
                           "both Transfer-Encoding and Content-Length", NULL);
    if (coding && answer->minor == 0)
        return http_refuse(&answer->problem, HTTP_MALFORMED, number,
                           "Transfer-Encoding in HTTP/1.0", coding);
    if (coding && (!http_same_name(coding, "chunked") ||
                   http_field(&answer->fields, "Transfer-Encoding", coding)))
        return http_refuse(&answer->problem, HTTP_MALFORMED, number,
                           "a Transfer-Encoding other than chunked", coding);
    return size ? parse_length(answer, number, size, length) : HTTP_OK;
}

/* Whether a list of tokens holds one. */
static bool lists(const char *list, const char *token)
{
    char word[16];
    while (*list) {
        size_t n = token_length(list);
        if (n > 0 && n < sizeof word) {
            memcpy(word, list, n);
            word[n] = '\0';
            if (http_same_name(word, token))
                return true;
        }
        list += n ? n : 1;
    }
    return false;
}

bool http_stays_open(const http_answer *answer)
{
    const char *value = NULL;
    bool close = false, keep = answer->minor > 0;
    while ((value = http_field(&answer->fields, "Connection", value)) != NULL) {
        close = close || lists(value, "close");
        keep = keep || lists(value, "keep-alive");
    }
    return keep && !close;
}
