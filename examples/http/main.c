/*
 * main.c: one request, and its answer printed; the other side is a recording.
 *
 *     http GET http://example.org/ --recorded FILE
 *     http PUT http://example.org/a --recorded FILE --header "Accept: text/plain" --body TEXT
 *
 * The client (http.async.c) stands on a byte stream, whatever that is. Here it is a recorded
 * conversation (recorded.h), which also checks what is sent.
 *
 * Exit: 0 done, whatever the status; 1 there is no answer; 2 wrong usage.
 */
#include "http.h"
#include "recorded.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { HEADERS_MOST = 32 };

static const char usage[] =
    "usage: http METHOD URL --recorded FILE [options]\n"
    "Sends a request and prints status, header, body and trailers of the answer.\n"
    "\n"
    "  --recorded FILE      the conversation, instead of a network\n"
    "  --header NAME:VALUE  sent, too; may be given several times\n"
    "  --body TEXT          sent\n"
    "  --limit MS           wait no longer than this in all (30000)\n"
    "  --tries N            begin the request so many times at most (3)\n"
    "  --piece BYTES        as if the network gave no more than so many at once\n";

struct arguments {
    http_request request;
    http_options options;
    http_header headers[HEADERS_MOST];
    const char *recorded;
    size_t piece;
};

static bool refuse(const char *what, const char *word)
{
    (void)fprintf(stderr, "http: %s: '%s'; see http --help\n", what, word);
    return false;
}

static bool parse_number(const char *word, uint64_t most, uint64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoull(word, &end, 10);
    return (*word >= '0' && *word <= '9' && !*end && errno == 0 && *out <= most) ||
           refuse("no number, or too large a one", word);
}

/* Cuts the word at its colon. */
static bool add_header(struct arguments *a, char *word)
{
    char *colon = strchr(word, ':');
    if (!colon)
        return refuse("a header without a colon", word);
    if (a->request.header_count == HEADERS_MOST)
        return refuse("too many headers", word);
    *colon++ = '\0';
    while (*colon == ' ')
        colon++;
    a->headers[a->request.header_count++] = (http_header){word, colon};
    return true;
}

static bool set_option(struct arguments *a, const char *name, char *value)
{
    uint64_t n;
    if (strcmp(name, "--recorded") == 0) {
        a->recorded = value;
    } else if (strcmp(name, "--body") == 0) {
        a->request.body = value;
        a->request.body_size = strlen(value);
    } else if (strcmp(name, "--header") == 0) {
        return add_header(a, value);
    } else if (strcmp(name, "--limit") == 0) {
        return parse_number(value, UINT64_MAX, &a->options.limit_ms);
    } else if (strcmp(name, "--tries") == 0) {
        if (!parse_number(value, 1000, &n))
            return false;
        a->options.tries = (unsigned)n;
    } else if (strcmp(name, "--piece") == 0) {
        if (!parse_number(value, SIZE_MAX, &n))
            return false;
        a->piece = (size_t)n;
    } else {
        return refuse("no such option", name);
    }
    return true;
}

static bool parse(struct arguments *a, int argc, char **argv)
{
    *a = (struct arguments){.options = http_options_init()};
    a->request.headers = a->headers;
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) == 0) {
            if (i + 1 == argc)
                return refuse("a value is missing, or no such option", argv[i]);
            if (!set_option(a, argv[i], argv[i + 1]))
                return false;
            i++;
        } else if (!a->request.method) {
            a->request.method = argv[i];
        } else if (!a->request.url) {
            a->request.url = argv[i];
        } else {
            return refuse("more than one URL", argv[i]);
        }
    }
    if (a->request.url && a->recorded)
        return true;
    (void)fputs(usage, stderr);
    return false;
}

/* ---- the answer --------------------------------------------------------------------------- */

static void print_fields(const http_text *fields)
{
    const char *name = NULL, *value;
    while ((value = http_field_next(fields, &name)) != NULL)
        (void)printf("%s: %s\n", name, value);
}

static void print_answer(const http_answer *answer)
{
    (void)printf("HTTP/1.%d %d %s\n", answer->minor, answer->status, answer->reason.data);
    print_fields(&answer->fields);
    (void)putchar('\n');
    if (answer->body.size)
        (void)fwrite(answer->body.data, 1, answer->body.size, stdout);
    print_fields(&answer->trailers);
}

static bool fetch(const struct arguments *a, Recording *recording)
{
    http_client client;
    http_answer answer;
    int32_t code = HTTP_OK;
    bide_poll r;
    http_client_init(&client, Recording_as_Dialer(recording, NULL), &a->options);
    http_answer_init(&answer, NULL);
    BIDE_BLOCK_ON_TO(r, http_fetch, &code, (&client, &a->request, &answer));
    if (r != BIDE_READY) {
        (void)fprintf(stderr, "http: %s\n", bide_strerror(r));
    } else if (code != HTTP_OK) {
        char text[200];
        http_problem_text(&answer.problem, text, sizeof text);
        (void)fprintf(stderr, "http: %s\n", text);
    } else {
        print_answer(&answer);
    }
    if (recording->wrong[0])
        (void)fprintf(stderr, "http: %s: %s\n", a->recorded, recording->wrong);
    http_answer_free(&answer);
    http_client_close(&client);
    return r == BIDE_READY && code == HTTP_OK;
}

int main(int argc, char **argv)
{
    struct arguments a;
    Recording recording;
    FILE *file;
    bool ok;
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return fputs(usage, stdout) < 0 || fflush(stdout) != 0;
    if (!parse(&a, argc, argv))
        return 2;
    file = fopen(a.recorded, "rb");
    if (!file) {
        (void)fprintf(stderr, "http: %s: %s\n", a.recorded, strerror(errno));
        return 1;
    }
    ok = Recording_load(&recording, a.recorded, file);
    (void)fclose(file);
    if (!ok)
        return 1;
    recording.piece = a.piece;
    ok = fetch(&a, &recording);
    Recording_free(&recording);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        (void)fprintf(stderr, "http: writing: %s\n", strerror(errno));
        ok = false;
    }
    return ok ? 0 : 1;
}
