/*
 * recording.c: reading the file of a recording.
 */
#include "recorded.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MOST = 8192 };

/* The line that is read: its first word is cut off. */
struct line {
    const char *file;
    unsigned long number;
    const char *word;
    char *rest;
};

static bool complain(const struct line *line, const char *what)
{
    fprintf(stderr, "%s:%lu: %s: '%s'\n", line->file, line->number, what, line->word);
    return false;
}

/* One more element; NULL: no memory. */
static void *grow(void *elements, size_t count, size_t size)
{
    /* Doubled at the powers of two. */
    if (count & (count - 1))
        return elements;
    return realloc(elements, (count ? count * 2 : 1) * size);
}

/* ---- steps -------------------------------------------------------------------------------- */

static record_step *add_step(Recording *r, enum record_kind kind, unsigned long line)
{
    record_step *more = grow(r->steps, r->step_count, sizeof *more);
    if (!more)
        return NULL;
    r->steps = more;
    more += r->step_count++;
    *more = (record_step){.kind = kind, .line = line, .at = r->bytes.size};
    return more;
}

/* Writes escapes over with what they stand for; the size, or -1. */
static long unescape(char *text)
{
    static const char names[] = "rnt0\\", bytes[] = "\r\n\t\0\\";
    char *to = text;
    for (const char *at = text; *at; at++) {
        const char *name = *at == '\\' && at[1] ? strchr(names, at[1]) : NULL;
        if (*at == '\\' && !name)
            return -1;
        at += name != NULL;
        *to++ = name ? bytes[name - names] : *at;
    }
    return (long)(to - text);
}

/* > >> < <<: lines that follow each other are one step. */
static bool add_text(Recording *r, const struct line *line)
{
    enum record_kind kind = line->word[0] == '>' ? RECORD_SENT : RECORD_ANSWERED;
    record_step *last = r->step_count ? &r->steps[r->step_count - 1] : NULL;
    size_t from = r->bytes.size;
    long size = unescape(line->rest);
    if (size < 0)
        return complain(line, "a backslash that stands for nothing");
    if (!last)
        return complain(line, "a connection must be dialled first");
    if (size == 0 && line->word[1])
        return complain(line, "text must follow");
    if (last->kind != kind && !(last = add_step(r, kind, line->number)))
        return complain(line, "out of memory");
    if (!http_text_add(&r->bytes, line->rest, (size_t)size) ||
        !http_text_add(&r->bytes, "\r\n", line->word[1] ? 0 : 2))
        return complain(line, "out of memory");
    last->size += r->bytes.size - from;
    return true;
}

static bool parse_number(const char *text, uint64_t most, uint64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && errno == 0 && *out <= most;
}

/* HOST:PORT [MS] */
static bool add_dial(Recording *r, const struct line *line)
{
    char *colon = strchr(line->rest, ':');
    char *blank = strchr(line->rest, ' ');
    uint64_t port, ms = 0;
    record_step *step;
    if (blank)
        *blank = '\0';
    if (!colon || !parse_number(colon + 1, UINT16_MAX, &port) ||
        (blank && !parse_number(blank + 1, UINT64_MAX, &ms)))
        return complain(line, "HOST:PORT, and perhaps milliseconds, must follow");
    step = add_step(r, line->word[0] == 'd' ? RECORD_DIAL : RECORD_REFUSE, line->number);
    if (!step)
        return complain(line, "out of memory");
    step->ms = ms;
    step->port = (uint16_t)port;
    step->size = (size_t)(colon - line->rest);
    return http_text_add(&r->bytes, line->rest, step->size) || complain(line, "out of memory");
}

static bool add_event(Recording *r, const struct line *line)
{
    bool waits = strcmp(line->word, "wait") == 0;
    record_step *step = add_step(r,
                                 waits                            ? RECORD_WAIT
                                 : strcmp(line->word, "end") == 0 ? RECORD_END
                                                                  : RECORD_FAIL,
                                 line->number);
    if (!step)
        return complain(line, "out of memory");
    if (waits ? !parse_number(line->rest, UINT64_MAX, &step->ms) : *line->rest != '\0')
        return complain(line, waits ? "milliseconds must follow" : "nothing may follow");
    return true;
}

/* ---- notes -------------------------------------------------------------------------------- */

/* The text stays as an offset until all of it is read: the memory may move. */
static bool add_note(Recording *r, const struct line *line)
{
    const char *const text[] = {line->word, " ", line->rest};
    record_note *more = grow(r->notes, r->note_count, sizeof *more);
    if (more)
        r->notes = more;
    if (!more || !http_text_add_all(&r->texts, text, 3) || !http_text_add(&r->texts, "", 1))
        return complain(line, "out of memory");
    more[r->note_count++] = (record_note){.line = line->number};
    return true;
}

static void point_notes(Recording *r)
{
    const char *at = r->texts.data;
    for (size_t i = 0; i < r->note_count; i++) {
        r->notes[i].text = at;
        at += strlen(at) + 1;
    }
}

/* ---- the file ----------------------------------------------------------------------------- */

static bool add_line(Recording *r, const struct line *line)
{
    static const struct {
        const char *word;
        bool (*add)(Recording *r, const struct line *line);
    } all[] = {{">", add_text},       {">>", add_text},     {"<", add_text},
               {"<<", add_text},      {"dial", add_dial},   {"refuse", add_dial},
               {"wait", add_event},   {"fail", add_event},  {"end", add_event},
               {"request", add_note}, {"header", add_note}, {"body", add_note},
               {"expect", add_note}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(line->word, all[i].word) == 0)
            return all[i].add(r, line);
    return complain(line, "unknown word");
}

static bool read_lines(Recording *r, const char *name, FILE *file)
{
    char text[LINE_MOST];
    struct line line = {.file = name};
    while (fgets(text, sizeof text, file)) {
        size_t n = strcspn(text, "\r\n");
        char *blank = strchr(text, ' ');
        line.number++;
        line.word = text;
        if (!text[n] && !feof(file)) {
            text[32] = '\0';
            return complain(&line, "the line is too long");
        }
        text[n] = '\0';
        if (n == 0 || text[0] == '#')
            continue;
        line.rest = blank && blank < text + n ? blank + 1 : text + n;
        if (line.rest != text + n || text[n - 1] == ' ')
            *blank = '\0';
        if (!add_line(r, &line))
            return false;
    }
    if (ferror(file))
        fprintf(stderr, "%s: cannot be read\n", name);
    return !ferror(file);
}

bool Recording_load(Recording *self, const char *name, FILE *file)
{
    memset(self, 0, sizeof *self);
    self->bytes.allocator = self->texts.allocator = bide_heap();
    self->allocator = bide_default_allocator();
    if (!read_lines(self, name, file)) {
        Recording_free(self);
        return false;
    }
    point_notes(self);
    return true;
}

void Recording_free(Recording *self)
{
    free(self->steps);
    free(self->notes);
    http_text_free(&self->bytes);
    http_text_free(&self->texts);
    self->steps = NULL;
    self->notes = NULL;
    self->step_count = self->note_count = 0;
}

void Recording_rewind(Recording *self)
{
    self->next = self->answered = 0;
    self->open = self->dials = 0;
    self->wrong[0] = '\0';
}

bool Recording_is_over(Recording *self)
{
    for (size_t i = self->next; i < self->step_count && !self->wrong[0]; i++)
        if (self->steps[i].kind == RECORD_DIAL || self->steps[i].kind == RECORD_REFUSE)
            snprintf(self->wrong, sizeof self->wrong, "line %lu: this was not dialled",
                     self->steps[i].line);
    return !self->wrong[0];
}
