#include "diag.h"

#include <stdlib.h>
#include <string.h>

typedef struct source {
    const char *file;
    char *data; /* NULL: it cannot be read */
    size_t length;
} source;

typedef struct entry {
    const char *kind; /* error, warning, note */
    place at;
    const char *message, *help;
    uint32_t order;  /* rank of its file among those that errors named */
    uint32_t leader; /* index of the error or warning it belongs to; its own for these */
} entry;

struct diagnostics {
    arena *arena;
    entry *entries;
    uint32_t count;
    uint32_t leader; /* UINT32_MAX: the last error was said before, so its notes were, too */
    uint32_t errors;
    source *sources;
    uint32_t source_count;
};

diagnostics *diagnostics_make(arena *a)
{
    diagnostics *d = NEW(a, diagnostics);
    d->arena = a;
    d->leader = UINT32_MAX;
    return d;
}

uint32_t diagnostics_errors(const diagnostics *d)
{
    return d->errors;
}

static const char *format_text(arena *a, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, again);
    va_end(again);
    size_t room = size > 0 ? (size_t)size + 1 : 1;
    char *data = arena_alloc(a, room);
    vsnprintf(data, room, format, args);
    return data;
}

static bool same_file(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_place(place a, place b)
{
    return a.line == b.line && a.column == b.column && same_file(a.file, b.file);
}

static bool is_known(const diagnostics *d, place at, const char *message)
{
    for (uint32_t i = 0; i < d->count; i++)
        if (d->entries[i].leader == i && same_place(d->entries[i].at, at) &&
            strcmp(d->entries[i].message, message) == 0)
            return true;
    return false;
}

static bool report(diagnostics *d, const char *kind, place at, const char *help,
                   const char *message)
{
    d->leader = UINT32_MAX;
    if (is_known(d, at, message))
        return false;
    uint32_t index = d->count;
    PUSH(d->arena, entry, d->entries, d->count) =
        (entry){.kind = kind, .at = at, .message = message, .help = help, .leader = index};
    d->leader = index;
    return true;
}

void error_at(diagnostics *d, place at, const char *help, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *message = format_text(d->arena, format, args);
    va_end(args);
    va_start(args, format);
    const char *advice = help ? format_text(d->arena, help, args) : NULL;
    va_end(args);
    if (report(d, "error", at, advice, message))
        d->errors++;
}

void warning_at(diagnostics *d, place at, const char *help, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *message = format_text(d->arena, format, args);
    va_end(args);
    va_start(args, format);
    const char *advice = help ? format_text(d->arena, help, args) : NULL;
    va_end(args);
    report(d, "warning", at, advice, message);
}

void note_at(diagnostics *d, place at, const char *format, ...)
{
    if (d->leader == UINT32_MAX)
        return;
    va_list args;
    va_start(args, format);
    const char *message = format_text(d->arena, format, args);
    va_end(args);
    PUSH(d->arena, entry, d->entries, d->count) =
        (entry){.kind = "note", .at = at, .message = message, .leader = d->leader};
}

/* ---- printing ----------------------------------------------------------------------------- */

static char *read_all(arena *a, const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    text t = {.arena = a};
    char buffer[4096];
    size_t got;
    text_add(&t, "", 0);
    while ((got = fread(buffer, 1, sizeof buffer, file)) > 0)
        text_add(&t, buffer, got);
    fclose(file);
    *length = t.length;
    return t.data;
}

static const source *find_source(diagnostics *d, const char *file)
{
    for (uint32_t i = 0; i < d->source_count; i++)
        if (same_file(d->sources[i].file, file))
            return &d->sources[i];
    source s = {.file = file};
    s.data = read_all(d->arena, file, &s.length);
    PUSH(d->arena, source, d->sources, d->source_count) = s;
    return &d->sources[d->source_count - 1];
}

static const char *find_line(const source *s, uint32_t line, size_t *length)
{
    const char *at = s->data, *end = s->data + s->length;
    for (uint32_t i = 1; i < line; i++) {
        at = memchr(at, '\n', (size_t)(end - at));
        if (!at++)
            return NULL;
    }
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    *length = (size_t)((stop ? stop : end) - at);
    if (*length && at[*length - 1] == '\r')
        --*length;
    return at;
}

/* The caret stands under its character in any font of equal widths: tabs stay tabs, and the
 * bytes of UTF-8 behind the first take no room. */
static void print_line(diagnostics *d, place at, FILE *to)
{
    const source *s = find_source(d, at.file);
    size_t length = 0;
    const char *line = s->data ? find_line(s, at.line, &length) : NULL;
    if (!line)
        return;
    for (size_t i = 0; i < length; i++)
        fputc((unsigned char)line[i] < ' ' && line[i] != '\t' ? ' ' : line[i], to);
    fputc('\n', to);
    for (size_t i = 0; i + 1 < at.column && i < length; i++)
        if (((unsigned char)line[i] & 0xc0) != 0x80)
            fputc(line[i] == '\t' ? '\t' : ' ', to);
    fputs("^\n", to);
}

static void print_head(place at, const char *kind, const char *message, FILE *to)
{
    if (!at.file)
        fprintf(to, "bidec: %s: %s\n", kind, message);
    else if (at.line == 0)
        fprintf(to, "%s: %s: %s\n", at.file, kind, message);
    else
        fprintf(to, "%s:%u:%u: %s: %s\n", at.file, at.line, at.column, kind, message);
}

static void print_entry(diagnostics *d, const entry *e, FILE *to)
{
    print_head(e->at, e->kind, e->message, to);
    if (e->at.file && e->at.line)
        print_line(d, e->at, to);
    if (e->help)
        print_head(e->at, "help", e->help, to);
}

/* Files in the order in which errors named them first: `order` is the rank of the file. */
static void rank_files(diagnostics *d)
{
    for (uint32_t i = 0; i < d->count; i++) {
        d->entries[i].order = i;
        for (uint32_t j = 0; j < i; j++)
            if (same_file(d->entries[i].at.file, d->entries[j].at.file)) {
                d->entries[i].order = d->entries[j].order;
                break;
            }
    }
}

static int compare(const void *left, const void *right)
{
    const entry *a = *(const entry *const *)left, *b = *(const entry *const *)right;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    if (a->at.line != b->at.line)
        return a->at.line < b->at.line ? -1 : 1;
    if (a->at.column != b->at.column)
        return a->at.column < b->at.column ? -1 : 1;
    return a->leader < b->leader ? -1 : a->leader > b->leader;
}

void diagnostics_print(diagnostics *d, FILE *to)
{
    const entry **leaders = NEW_ARRAY(d->arena, const entry *, d->count);
    uint32_t count = 0;
    rank_files(d);
    for (uint32_t i = 0; i < d->count; i++)
        if (d->entries[i].leader == i)
            leaders[count++] = &d->entries[i];
    qsort(leaders, count, sizeof *leaders, compare);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t leader = leaders[i]->leader;
        print_entry(d, leaders[i], to);
        /* Nothing else stands between an error and its notes. */
        for (uint32_t j = leader + 1; j < d->count && d->entries[j].leader == leader; j++)
            print_entry(d, &d->entries[j], to);
    }
    d->entries = NULL;
    d->count = 0;
    d->leader = UINT32_MAX;
}
