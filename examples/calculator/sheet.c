/*
 * sheet.c: reading lines, waiting for them, printing them.
 */
#include "sheet.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- words ------------------------------------------------------------------------------- */

/* What is left of a line, and the word that was taken from it last. */
struct words {
    const char *at, *end;
    const char *word;
    size_t length; /* 0: there was none */
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static bool next_word(struct words *w)
{
    while (w->at < w->end && is_space(*w->at))
        w->at++;
    w->word = w->at;
    while (w->at < w->end && !is_space(*w->at))
        w->at++;
    w->length = (size_t)(w->at - w->word);
    return w->length > 0;
}

static bool is_word(const struct words *w, const char *text)
{
    return w->length == strlen(text) && memcmp(w->word, text, w->length) == 0;
}

/* ---- messages ---------------------------------------------------------------------------- */

enum { QUOTED = 32 };

/* "FILE:LINE: before 'word' after", with a word that may be long or no text at all. */
static bool complain(const struct sheet *sheet, unsigned long number, const char *before,
                     const struct words *w, const char *after)
{
    char shown[QUOTED + 1];
    size_t i, n = w->length < QUOTED ? w->length : QUOTED;
    for (i = 0; i < n; i++)
        shown[i] = w->word[i] >= ' ' && w->word[i] <= '~' ? w->word[i] : '?';
    shown[n] = '\0';
    fprintf(stderr, "%s:%lu: %s'%s%s'%s\n", sheet->name, number, before, shown,
            n < w->length ? "..." : "", after);
    return false;
}

/* ---- one line ---------------------------------------------------------------------------- */

enum number { NUMBER, NO_NUMBER, OUT_OF_RANGE };

static enum number parse_number(const struct words *w, int32_t *out)
{
    bool minus = w->word[0] == '-';
    size_t i = minus || w->word[0] == '+' ? 1 : 0;
    int64_t value = 0;
    if (i == w->length)
        return NO_NUMBER;
    for (; i < w->length; i++) {
        if (w->word[i] < '0' || w->word[i] > '9')
            return NO_NUMBER;
        if (value <= INT32_MAX)
            value = value * 10 + (w->word[i] - '0');
    }
    value = minus ? -value : value;
    *out = (int32_t)value;
    return value < INT32_MIN || value > INT32_MAX ? OUT_OF_RANGE : NUMBER;
}

static bool read_number(const struct sheet *sheet, struct words *w, const struct line *line,
                        int32_t *out)
{
    if (!next_word(w)) {
        fprintf(stderr, "%s:%lu: a number is missing: '%s' takes two\n", sheet->name, line->number,
                line->op == OP_ADD ? "add" : "sub");
        return false;
    }
    switch (parse_number(w, out)) {
    case NUMBER:
        return true;
    case OUT_OF_RANGE:
        return complain(sheet, line->number, "number ", w, " is out of range of 32 bits");
    default:
        return complain(sheet, line->number, "", w, " is not a number");
    }
}

/* Parses a line whose first word has been taken. */
static bool parse_line(const struct sheet *sheet, struct words *w, struct line *line)
{
    static const char *const names[] = {"add", "sub", "reset", "last"};
    unsigned op = 0;
    while (op < sizeof names / sizeof names[0] && !is_word(w, names[op]))
        op++;
    if (op == sizeof names / sizeof names[0])
        return complain(sheet, line->number, "unknown word ", w, "");
    line->op = (enum operation)op;
    if ((line->op == OP_ADD || line->op == OP_SUB) &&
        (!read_number(sheet, w, line, &line->a) || !read_number(sheet, w, line, &line->b)))
        return false;
    if (next_word(w))
        return complain(sheet, line->number, "unexpected ", w, " behind the end");
    return true;
}

/* ---- the file ---------------------------------------------------------------------------- */

/* All of a file in one block, or NULL with errno set. */
static char *read_all(FILE *file, size_t *length)
{
    size_t room = 4096, used = 0;
    char *text = malloc(room), *more;
    while (text) {
        errno = 0; /* not every C library sets it on a failed read */
        used += fread(text + used, 1, room - used, file);
        if (ferror(file)) {
            room = errno ? (size_t)errno : (size_t)EIO;
            free(text);
            errno = (int)room;
            return NULL;
        }
        if (used < room)
            break;
        more = room <= SIZE_MAX / 2 ? realloc(text, room * 2) : NULL;
        if (!more)
            free(text);
        text = more;
        room *= 2;
    }
    if (!text)
        errno = ENOMEM;
    *length = used;
    return text;
}

static bool append(struct sheet *sheet, size_t *room, const struct line *line)
{
    if (sheet->count == *room) {
        size_t wanted = *room ? *room * 2 : 64;
        struct line *more =
            wanted <= SIZE_MAX / sizeof *more ? realloc(sheet->lines, wanted * sizeof *more) : NULL;
        if (!more)
            return false;
        sheet->lines = more;
        *room = wanted;
    }
    sheet->lines[sheet->count++] = *line;
    return true;
}

static bool parse_text(struct sheet *sheet, const char *text, size_t length)
{
    const char *at = text, *end = text + length;
    size_t room = 0;
    unsigned long number = 0;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline ? newline : end;
        const char *comment = memchr(at, '#', (size_t)(stop - at));
        struct words w = {.at = at, .end = comment ? comment : stop};
        struct line line = {.number = ++number};
        at = newline ? newline + 1 : end;
        if (!next_word(&w))
            continue;
        if (!parse_line(sheet, &w, &line))
            sheet->bad++;
        else if (!append(sheet, &room, &line))
            return false;
    }
    return true;
}

bool sheet_read(struct sheet *sheet, const char *name, FILE *file)
{
    size_t length;
    char *text = read_all(file, &length);
    bool ok;
    *sheet = (struct sheet){.name = name};
    if (!text) {
        fprintf(stderr, "%s: %s\n", name, strerror(errno));
        return false;
    }
    ok = parse_text(sheet, text, length);
    free(text);
    if (!ok)
        fprintf(stderr, "%s: %s\n", name, bide_strerror(BIDE_ENOMEM));
    return ok;
}

void sheet_free(struct sheet *sheet)
{
    free(sheet->lines);
    sheet->lines = NULL;
    sheet->count = 0;
}

/* ---- running ----------------------------------------------------------------------------- */

static struct line *line_now(struct finish_lines *f)
{
    return &f->sheet->lines[f->from];
}

/* A line without a task is one that could not be spawned, or `last`: it has its answer. */
BIDE_ASYNC_DEFINE(void, finish_lines)
{
    BIDE_BEGIN(finish_lines);
    for (; f->from < f->to; f->from++) {
        if (!line_now(f)->join.task)
            continue;
        BIDE_AWAIT_TO(line_now(f)->answers[f->sheet->path].code, bide_join_wait, task,
                      (&line_now(f)->join, &line_now(f)->answers[f->sheet->path].value));
    }
    BIDE_END;
}

/* ---- printing ---------------------------------------------------------------------------- */

/* Whether a line has the same result on both paths. Not asked of `last` behind a failed line: the
 * other path may have got further. */
static bool agree(const struct sheet *sheet, const struct line *line, bool failed_before)
{
    static const char *const paths[PATHS] = {"static", "dyn"};
    const struct answer *one = &line->answers[PATH_STATIC], *two = &line->answers[PATH_DYN];
    bool ok = true;
    for (int path = 0; path < PATHS; path++) {
        if (line->answers[path].code == BIDE_READY)
            continue;
        fprintf(stderr, "%s:%lu: %s call: %s\n", sheet->name, line->number, paths[path],
                bide_strerror(line->answers[path].code));
        ok = false;
    }
    if (ok && one->value != two->value && !(line->op == OP_LAST && failed_before)) {
        fprintf(stderr, "%s:%lu: static call gave %" PRId32 ", dyn call %" PRId32 "\n", sheet->name,
                line->number, one->value, two->value);
        ok = false;
    }
    return ok;
}

bool sheet_print(const struct sheet *sheet)
{
    bool all = true;
    for (size_t i = 0; i < sheet->count; i++) {
        const struct line *line = &sheet->lines[i];
        int32_t value = line->answers[PATH_DYN].value;
        bool ok = agree(sheet, line, !all);
        all = all && ok;
        if (line->op == OP_RESET || line->op == OP_LAST)
            printf("%s", line->op == OP_RESET ? "reset" : "last");
        else
            printf("%s %" PRId32 " %" PRId32, line->op == OP_ADD ? "add" : "sub", line->a, line->b);
        if (!ok)
            printf(": failed\n");
        else if (line->op == OP_RESET)
            printf("\n");
        else
            printf(" = %" PRId32 "\n", value);
    }
    return all;
}
