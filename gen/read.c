#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "read.h"

/* ---- what all parts use ------------------------------------------------------------------- */

typedef struct child_list {
    arena *arena;
    cursors list;
} child_list;

static int add_child(cx_cursor c, cx_cursor parent, void *data)
{
    child_list *to = data;
    (void)parent;
    PUSH(to->arena, cx_cursor, to->list.items, to->list.count) = c;
    return CX_ChildVisit_Continue;
}

cursors children(reader *r, cx_cursor c)
{
    child_list to = {.arena = r->arena};
    r->clang->visitChildren(c, add_child, &to);
    return to.list;
}

bool same_range(cx_range a, cx_range b)
{
    return a.begin_int_data == b.begin_int_data && a.end_int_data == b.end_int_data;
}

const char *spelling(reader *r, cx_cursor c)
{
    return libclang_text(r->arena, r->clang, r->clang->getCursorSpelling(c));
}

bool main_offset(reader *r, cx_location at, uint32_t *offset)
{
    cx_file file = NULL;
    unsigned found = 0;
    r->clang->getFileLocation(at, &file, NULL, NULL, &found);
    *offset = found;
    return file != NULL && file == r->main;
}

place location_place(reader *r, cx_location at)
{
    uint32_t offset;
    if (main_offset(r, at, &offset))
        return source_place(r->source, offset);
    cx_file file = NULL;
    unsigned line = 0, column = 0;
    r->clang->getFileLocation(at, &file, &line, &column, NULL);
    if (!file)
        return (place){NULL, 0, 0};
    return (place){libclang_text(r->arena, r->clang, r->clang->getFileName(file)), line, column};
}

place cursor_place(reader *r, cx_cursor c)
{
    return location_place(r, r->clang->getCursorLocation(c));
}

typedef struct note_search {
    reader *r;
    const char *begin, *found;
} note_search;

static int find_note(cx_cursor c, cx_cursor parent, void *data)
{
    note_search *s = data;
    (void)parent;
    if (c.kind != CX_Cursor_AnnotateAttr)
        return CX_ChildVisit_Continue;
    const char *note = spelling(s->r, c);
    if (strncmp(note, s->begin, strlen(s->begin)) != 0)
        return CX_ChildVisit_Continue;
    s->found = note;
    return CX_ChildVisit_Break;
}

const char *annotation(reader *r, cx_cursor declaration, const char *begin)
{
    note_search s = {r, begin, NULL};
    r->clang->visitChildren(declaration, find_note, &s);
    return s.found;
}

/* ---- parsing ------------------------------------------------------------------------------ */

static bool has_standard(const input *in)
{
    for (uint32_t i = 0; i < in->arg_count; i++)
        if (strncmp(in->args[i], "-std=", 5) == 0 || strncmp(in->args[i], "--std", 5) == 0)
            return true;
    return false;
}

/* Warnings are for the compiler that builds the output. What newer compilers refuse is an error
 * with all of them, so that every version of libclang accepts the same files. */
static const char *const always[] = {
    "-xc",
    "-DBIDE_VIEW=1",
    "-Wno-everything",
    "-Werror=implicit-function-declaration",
    "-Werror=implicit-int",
    "-Werror=int-conversion",
    "-Werror=incompatible-function-pointer-types",
    "-Wreturn-type",
};
enum { ALWAYS = sizeof always / sizeof *always };

static const char **make_args(reader *r, int *count)
{
    const input *in = r->in;
    const char **args = NULL, *words[2];
    uint32_t made = 0;
    uint32_t header_words = libclang_headers(r->arena, r->clang, in->resource_dir, words);
    for (uint32_t i = 0; i < header_words; i++)
        PUSH(r->arena, const char *, args, made) = words[i];
    if (!has_standard(in))
        PUSH(r->arena, const char *, args, made) = "-std=gnu11";
    for (uint32_t i = 0; i < in->arg_count; i++)
        PUSH(r->arena, const char *, args, made) = in->args[i];
    for (uint32_t i = 0; i < ALWAYS; i++)
        PUSH(r->arena, const char *, args, made) = always[i];
    *count = (int)made;
    return args;
}

static void report(reader *r, cx_diagnostic found)
{
    const libclang *clang = r->clang;
    cx_location at = clang->getDiagnosticLocation(found);
    const char *message = libclang_text(r->arena, clang, clang->getDiagnosticSpelling(found));
    error_at(r->diagnostics, location_place(r, at), NULL, "%s", message);
    cx_diagnostics notes = clang->getChildDiagnostics(found);
    for (unsigned i = 0; i < clang->getNumDiagnosticsInSet(notes); i++) {
        cx_diagnostic note = clang->getDiagnosticInSet(notes, i);
        message = libclang_text(r->arena, clang, clang->getDiagnosticSpelling(note));
        /* How a macro came to it is more than it helps: the words alone are three levels. */
        if (strncmp(message, "expanded from", strlen("expanded from")) != 0)
            note_at(r->diagnostics, location_place(r, clang->getDiagnosticLocation(note)), "%s",
                    message);
        clang->disposeDiagnostic(note);
    }
    uint32_t offset;
    const instance *in = main_offset(r, at, &offset) ? source_instance(r->source, offset) : NULL;
    if (in)
        note_at(r->diagnostics, in->line, "in the instance %s_%s, made here", in->generic,
                in->type);
}

/* The compiler's own errors. */
static bool is_accepted(reader *r)
{
    bool good = true;
    unsigned count = r->clang->getNumDiagnostics(r->tu);
    for (unsigned i = 0; i < count; i++) {
        cx_diagnostic found = r->clang->getDiagnostic(r->tu, i);
        if (r->clang->getDiagnosticSeverity(found) >= CX_Diagnostic_Error) {
            report(r, found);
            good = false;
        }
        r->clang->disposeDiagnostic(found);
    }
    return good;
}

static bool parse(reader *r, cx_index index)
{
    int count;
    const char **args = make_args(r, &count);
    uint32_t length;
    const char *data = source_text(r->source, &length);
    struct cx_unsaved file = {r->in->path, data, length};
    int failed =
        r->clang->parseTranslationUnit2(index, r->in->path, args, count, &file, 1,
                                        CX_TranslationUnit_DetailedPreprocessingRecord, &r->tu);
    if (failed || !r->tu) {
        error_at(r->diagnostics, (place){r->in->path, 0, 0},
                 "look at the options behind --; clang prints more with the same ones",
                 "libclang could not parse the file (%d)", failed);
        return false;
    }
    r->main = r->clang->getFile(r->tu, r->in->path);
    return is_accepted(r);
}

/* ---- the main file ------------------------------------------------------------------------ */

typedef struct top_level {
    reader *r;
    cursors expansions, definitions, prototypes;
} top_level;

static bool is_view(const char *name)
{
    static const char view[] = "bide/async_source.h";
    size_t length = strlen(name), end = sizeof view - 1;
    return length > end && strncmp(name + length - end - 1, view, end) == 0;
}

static void add_include(reader *r, uint32_t offset)
{
    const tokens *t = &r->tokens;
    uint32_t index = token_at(t, offset);
    if (t->items[index].kind != TOKEN_DIRECTIVE)
        return;
    range at = {t->items[index].begin, t->items[index].end};
    while (at.begin > 0 && t->text[at.begin - 1] != '\n')
        at.begin--;
    uint32_t begin = t->items[index].begin + 1, end = at.end;
    while (begin < end && (t->text[begin] == ' ' || t->text[begin] == '\t'))
        begin++;
    tokens words = lex(r->arena, t->text + begin, end - begin);
    if (words.count < 2)
        return;
    begin += words.items[1].begin;
    end = begin + words.items[words.count - 1].end - words.items[1].begin;
    include made = {.spelling = arena_copy(r->arena, t->text + begin, end - begin), .at = at};
    made.is_view = is_view(made.spelling);
    PUSH(r->arena, include, r->unit->includes, r->unit->include_count) = made;
}

static void add_end(reader *r, cx_cursor c)
{
    uint32_t end;
    cx_location last = r->clang->getRangeEnd(r->clang->getCursorExtent(c));
    if (main_offset(r, last, &end))
        PUSH(r->arena, uint32_t, r->ends, r->end_count) = end;
}

/* Everything at file scope, of all files; directives and macros of the main one. */
static int visit_top_level(cx_cursor c, cx_cursor parent, void *data)
{
    top_level *top = data;
    reader *r = top->r;
    (void)parent;
    if (c.kind == CX_Cursor_MacroDefinition)
        return CX_ChildVisit_Continue;
    uint32_t offset;
    bool in_main = main_offset(r, r->clang->getCursorLocation(c), &offset);
    if (c.kind == CX_Cursor_MacroExpansion) {
        if (in_main)
            PUSH(r->arena, cx_cursor, top->expansions.items, top->expansions.count) = c;
    } else if (c.kind == CX_Cursor_InclusionDirective) {
        if (in_main)
            add_include(r, offset);
    } else {
        add_symbol(r, c);
        if (in_main)
            add_end(r, c);
        bool is_main_function = c.kind == CX_Cursor_FunctionDecl && in_main;
        cursors *to = r->clang->isCursorDefinition(c) ? &top->definitions : &top->prototypes;
        if (is_main_function)
            PUSH(r->arena, cx_cursor, to->items, to->count) = c;
    }
    return CX_ChildVisit_Continue;
}

static void read_skipped(reader *r)
{
    cx_range_list *list = r->clang->getSkippedRanges(r->tu, r->main);
    for (unsigned i = 0; list && i < list->count; i++) {
        range at;
        if (main_offset(r, r->clang->getRangeStart(list->ranges[i]), &at.begin) &&
            main_offset(r, r->clang->getRangeEnd(list->ranges[i]), &at.end))
            PUSH(r->arena, range, r->unit->skipped, r->unit->skipped_count) = at;
    }
    if (list)
        r->clang->disposeSourceRangeList(list);
}

/* Whether the name stands in the text: a macro (BIDE_IMPL) may make prototypes, too. */
static bool is_written_out(const unit *u, range at, const char *name)
{
    size_t length = strlen(name);
    for (uint32_t i = at.begin; i + length <= at.end; i++)
        if (memcmp(u->text + i, name, length) == 0)
            return true;
    return false;
}

static void read_prototypes(reader *r, const cursors *list)
{
    unit *u = r->unit;
    for (uint32_t i = 0; i < list->count; i++) {
        if (!annotation(r, list->items[i], "bide.async"))
            continue;
        cut made = {.callee = callee_of(r, list->items[i])};
        if (prototype_range(r, list->items[i], &made.at) && !making_at(r, made.at.begin) &&
            is_written_out(u, made.at, made.callee->name))
            PUSH(r->arena, cut, u->cuts, u->cut_count) = made;
    }
}

static int compare_functions(const void *left, const void *right)
{
    const function *a = *(function *const *)left, *b = *(function *const *)right;
    return a->at.begin < b->at.begin ? -1 : a->at.begin > b->at.begin;
}

static void read_definitions(reader *r, const cursors *list)
{
    unit *u = r->unit;
    for (uint32_t i = 0; i < list->count; i++) {
        bool is_async = is_async_function(r, list->items[i]);
        function *f = build_function(r, list->items[i], is_async);
        if (!f)
            continue;
        if (is_async)
            PUSH(r->arena, function *, u->functions, u->function_count) = f;
        else
            PUSH(r->arena, function *, u->others, u->other_count) = f;
    }
    if (u->function_count > 0)
        qsort(u->functions, u->function_count, sizeof(function *), compare_functions);
}

static place place_in_unit(const unit *u, uint32_t offset)
{
    return source_place(u->source, offset);
}

static unit *new_unit(reader *r)
{
    unit *u = NEW(r->arena, unit);
    u->arena = r->arena;
    u->path = r->in->path;
    u->text = source_text(r->source, &u->length);
    u->diagnostics = r->diagnostics;
    u->source = r->source;
    u->place_at = place_in_unit;
    u->instances = source_instances(r->source, &u->instance_count);
    PUSH(r->arena, const char *, u->files, u->file_count) = r->in->path;
    return u;
}

static const function *function_at(const unit *u, uint32_t offset)
{
    for (uint32_t i = 0; i < u->function_count; i++)
        if (u->functions[i]->at.begin <= offset && offset < u->functions[i]->at.end)
            return u->functions[i];
    return NULL;
}

/* The end of a generator ends the stream; that of another async function that has a result would
 * leave it unset. */
static void refuse_missing_return(reader *r, cx_diagnostic found)
{
    const libclang *clang = r->clang;
    cx_location at = clang->getDiagnosticLocation(found);
    uint32_t offset;
    const char *option = libclang_text(r->arena, clang, clang->getDiagnosticOption(found, NULL));
    if (strcmp(option, "-Wreturn-type") != 0 || !main_offset(r, at, &offset))
        return;
    const function *f = function_at(r->unit, offset);
    if (f && !f->is_generator)
        error_at(r->diagnostics, source_place(r->source, offset), "end it with a return",
                 "'%s' can end without a result", f->name);
}

static void check_returns(reader *r)
{
    unsigned count = r->clang->getNumDiagnostics(r->tu);
    for (unsigned i = 0; i < count; i++) {
        cx_diagnostic found = r->clang->getDiagnostic(r->tu, i);
        refuse_missing_return(r, found);
        r->clang->disposeDiagnostic(found);
    }
}

static void read_all(reader *r)
{
    unit *u = r->unit;
    top_level top = {.r = r};
    r->clang->visitChildren(r->clang->getTranslationUnitCursor(r->tu), visit_top_level, &top);
    table *names = NEW(r->arena, table);
    *names = r->symbols;
    u->names = names;
    u->is_declared = is_name_declared;
    read_origins(r);
    read_expansions(r, top.expansions.items, top.expansions.count);
    read_skipped(r);
    read_makings(r);
    read_prototypes(r, &top.prototypes);
    read_definitions(r, &top.definitions);
    check_returns(r);
}

static source *load(arena *a, diagnostics *d, const char *path)
{
    size_t length;
    char *data = file_read(a, path, &length);
    if (!data)
        error_at(d, (place){path, 0, 0}, NULL, "cannot be read: %s", strerror(errno));
    else if (length >= UINT32_MAX / 2)
        error_at(d, (place){path, 0, 0}, NULL, "is too large");
    else
        return source_expand(a, d, path, data, (uint32_t)length);
    return NULL;
}

unit *read_unit(arena *a, diagnostics *d, const input *in)
{
    reader r = {.arena = a, .diagnostics = d, .in = in, .pointer_size = sizeof(void *)};
    uint32_t before = diagnostics_errors(d);
    r.source = load(a, d, in->path);
    r.clang = r.source ? libclang_load(a, d, in->libclang) : NULL;
    if (!r.clang)
        return NULL;
    uint32_t length;
    const char *data = source_text(r.source, &length);
    r.tokens = lex(a, data, length);
    r.unit = new_unit(&r);
    cx_index index = r.clang->createIndex(0, 0);
    if (parse(&r, index))
        read_all(&r);
    if (r.tu)
        r.clang->disposeTranslationUnit(r.tu);
    r.clang->disposeIndex(index);
    return diagnostics_errors(d) == before ? r.unit : NULL;
}
