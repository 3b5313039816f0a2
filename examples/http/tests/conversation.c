/*
 * conversation.c: requests and expectations out of the notes of a recording.
 */
#include "conversation.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- the folder --------------------------------------------------------------------------- */

void conversation_load(Recording *recording, const char *name)
{
    char path[1024];
    FILE *file;
    (void)snprintf(path, sizeof path, "%s/%s", HTTP_RECORDED, name);
    file = fopen(path, "rb");
    if (!file || !Recording_load(recording, path, file)) {
        (void)fprintf(stderr, "%s: cannot be loaded\n", path);
        abort();
    }
    (void)fclose(file);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

const char *const *conversation_names(void)
{
    static char names[100][64];
    static const char *sorted[101];
    DIR *folder = opendir(HTTP_RECORDED);
    const struct dirent *e;
    size_t n = 0;
    while (folder && (e = readdir(folder)) != NULL) {
        if (!strstr(e->d_name, ".txt"))
            continue;
        if (n == 100)
            abort();
        (void)snprintf(names[n], sizeof names[n], "%.60s", e->d_name);
        sorted[n] = names[n];
        n++;
    }
    if (!folder || n == 0)
        abort();
    (void)closedir(folder);
    qsort(sorted, n, sizeof sorted[0], compare);
    sorted[n] = NULL;
    return sorted;
}

/* ---- one request -------------------------------------------------------------------------- */

enum { HEADERS = 8 };

struct turn {
    http_request request;
    http_header headers[HEADERS];
    char words[1024]; /* of the notes, cut into pieces */
    size_t used;
};

/* A copy that may be cut. */
static char *keep(struct turn *x, const char *text)
{
    char *at = x->words + x->used;
    size_t n = strlen(text) + 1;
    if (n > sizeof x->words - x->used)
        abort();
    x->used += n;
    return memcpy(at, text, n);
}

/* What follows a word, or NULL. */
static const char *behind(const char *text, const char *word)
{
    size_t n = strlen(word);
    return strncmp(text, word, n) == 0 && text[n] == ' ' ? text + n + 1 : NULL;
}

static char *cut(char *text, const char *at)
{
    char *mark = strstr(text, at);
    if (!mark)
        abort();
    *mark = '\0';
    return mark + strlen(at);
}

/* Reads the request at *note, and goes behind it. */
static void read_request(const Recording *r, size_t *note, struct turn *x)
{
    const char *rest = behind(r->notes[*note].text, "request");
    if (!rest)
        abort();
    memset(x, 0, sizeof *x);
    x->request.method = keep(x, rest);
    x->request.url = cut((char *)x->request.method, " ");
    x->request.headers = x->headers;
    for (++*note; *note < r->note_count; ++*note) {
        if ((rest = behind(r->notes[*note].text, "header")) != NULL) {
            http_header *h = &x->headers[x->request.header_count++];
            h->name = keep(x, rest);
            h->value = cut((char *)h->name, ": ");
        } else if ((rest = behind(r->notes[*note].text, "body")) != NULL) {
            x->request.body = keep(x, rest);
            x->request.body_size = strlen(rest);
        } else {
            break;
        }
    }
}

/* ---- expectations ------------------------------------------------------------------------- */

/* What came of a request. */
struct outcome {
    const http_client *client;
    const Recording *recording;
    const http_answer *answer;
    int32_t code;
    uint64_t elapsed_ms;
};

static bool has_field(const http_text *fields, const char *text)
{
    char name[256];
    const char *value, *expected;
    (void)snprintf(name, sizeof name, "%s", text);
    expected = cut(name, ": ");
    value = http_field(fields, name, NULL);
    return value && strcmp(value, expected) == 0;
}

/* Compares with a text in which \r and \n are written out. */
static bool is_body(const http_text *body, const char *text)
{
    size_t n = 0;
    for (; *text; text++, n++) {
        char c = *text;
        if (c == '\\')
            c = *++text == 'r' ? '\r' : '\n';
        if (n >= body->size || body->data[n] != c)
            return false;
    }
    return n == body->size;
}

static bool is_number(uint64_t value, const char *text)
{
    return value == strtoull(text, NULL, 10);
}

static bool holds(const struct outcome *o, const char *text)
{
    const http_answer *a = o->answer;
    const char *rest;
    if ((rest = behind(text, "status")))
        return o->code == HTTP_OK && is_number((uint64_t)a->status, rest);
    if ((rest = behind(text, "code")))
        return strcmp(http_strerror(o->code), rest) == 0 && a->problem.code == o->code;
    if ((rest = behind(text, "reason")))
        return a->reason.data && strcmp(a->reason.data, rest) == 0;
    if ((rest = behind(text, "field")))
        return has_field(&a->fields, rest);
    if ((rest = behind(text, "no field")))
        return !http_field(&a->fields, rest, NULL);
    if ((rest = behind(text, "trailer")))
        return has_field(&a->trailers, rest);
    if ((rest = behind(text, "body")))
        return is_body(&a->body, rest);
    if ((rest = behind(text, "tries")))
        return is_number(a->tries, rest);
    if ((rest = behind(text, "dials")))
        return is_number(o->recording->dials, rest);
    if ((rest = behind(text, "reused")))
        return is_number(o->client->reused, rest);
    if ((rest = behind(text, "elapsed")))
        return !conversation_has_time || is_number(o->elapsed_ms, rest);
    if ((rest = behind(text, "problem"))) {
        char said[200];
        http_problem_text(&a->problem, said, sizeof said);
        return strcmp(said, rest) == 0;
    }
    abort(); /* a mistake in the recording */
}

static void note_wrong(conversation *c, unsigned long line, const char *what,
                       const struct outcome *o)
{
    char problem[200] = "";
    if (c->wrong[0])
        return;
    if (o)
        http_problem_text(&o->answer->problem, problem, sizeof problem);
    (void)snprintf(c->wrong, sizeof c->wrong, "line %lu: %.120s%s%.200s", line, what,
                   o ? "; but " : "", problem);
    if (o)
        (void)fprintf(stderr,
                      "status %d, tries %u, dials %u, reused %u, elapsed %" PRIu64 ", body '%s'\n",
                      o->answer->status, o->answer->tries, o->recording->dials, o->client->reused,
                      o->elapsed_ms, o->answer->body.data ? o->answer->body.data : "");
}

static void check(conversation *c, size_t *note, const struct outcome *o)
{
    const Recording *r = c->recording;
    const char *text;
    for (; *note < r->note_count && (text = behind(r->notes[*note].text, "expect")); ++*note)
        if (!c->lenient && !holds(o, text))
            note_wrong(c, r->notes[*note].line, text, o);
}

/* ---- all of it ---------------------------------------------------------------------------- */

/* The requests one after the other, up to the one that is dropped. */
static bide_poll play_requests(conversation *c, bide_local *ex, bide_virtual_clock *clock,
                               http_client *client, http_answer *answer)
{
    bide_poll r = BIDE_READY;
    size_t note = 0;
    for (size_t i = 1; r == BIDE_READY && note < c->recording->note_count && !c->dropped; i++) {
        struct outcome o = {client, c->recording, answer, HTTP_OK, 0};
        uint64_t begun = bide_virtual_clock_now(clock);
        uint32_t polls = i == c->drop_in ? c->drop_after : NOT_DROPPED;
        struct turn x;
        read_request(c->recording, &note, &x);
        r = conversation_fetch(ex, client, &x.request, answer, polls, &o.code);
        c->dropped = r == BIDE_READY && o.code == DROPPED;
        o.elapsed_ms = (bide_virtual_clock_now(clock) - begun) / 1000000;
        if (r == BIDE_READY && !c->dropped)
            check(c, &note, &o);
    }
    return r;
}

bide_poll conversation_play(conversation *c)
{
    bide_local_options options = bide_local_options_init();
    http_options http = http_options_init();
    bide_virtual_clock clock;
    http_client client;
    http_answer answer;
    bide_local *ex;
    bide_poll r;
    c->dropped = false;
    c->wrong[0] = '\0';
    Recording_rewind(c->recording);
    c->recording->allocator = http.allocator = options.allocator = c->allocator;
    bide_virtual_clock_init(&clock, true);
    options.clock = &clock.base;
    options.offload_threads = 0;
    r = bide_local_new(&options, &ex);
    if (r != BIDE_READY)
        return r;
    http_client_init(&client, Recording_as_Dialer(c->recording, NULL), &http);
    http_answer_init(&answer, c->allocator);
    r = play_requests(c, ex, &clock, &client, &answer);
    http_answer_free(&answer);
    http_client_close(&client);
    (void)bide_local_free(ex);
    if (r == BIDE_READY && !c->lenient && !c->dropped && !Recording_is_over(c->recording))
        note_wrong(c, 0, c->recording->wrong, NULL);
    if (c->recording->open != 0) {
        c->wrong[0] = '\0';
        note_wrong(c, 0, "a stream was left open", NULL);
    }
    return r;
}
