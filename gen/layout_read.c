/*
 * gen/layout_read.c: asks the compiler how it lays out the frames.
 */
#include <string.h>

#include "layout_report.h"
#include "libclang.h"
#include "paths.h"

typedef struct reading {
    arena *arena;
    const libclang *clang;
    unit *unit;
    frames *frames;
    member *into; /* whose fields are visited */
    uint64_t base;
} reading;

static void read_record(reading *r, member *m, cx_type of, uint64_t base);

/* Unnamed structs and unions are groups; what has a name is one thing. */
static bool is_group(const reading *r, cx_cursor declaration)
{
    return (declaration.kind == CX_Cursor_StructDecl || declaration.kind == CX_Cursor_UnionDecl) &&
           r->clang->Cursor_isAnonymous(declaration);
}

static uint64_t known(long long size)
{
    return size > 0 ? (uint64_t)size : 0;
}

static int on_field(cx_cursor cursor, void *data)
{
    reading *r = data;
    const libclang *clang = r->clang;
    cx_type of = clang->getCursorType(cursor);
    cx_cursor declaration = clang->getTypeDeclaration(clang->getCanonicalType(of));
    member m = {0};
    m.name = libclang_text(r->arena, clang, clang->getCursorSpelling(cursor));
    m.offset = r->base + known(clang->Cursor_getOffsetOfField(cursor)) / 8;
    m.size = known(clang->Type_getSizeOf(of));
    m.align = known(clang->Type_getAlignOf(of));
    m.is_union = declaration.kind == CX_Cursor_UnionDecl;
    if (is_group(r, declaration)) {
        m.type = m.is_union ? "union" : "struct";
        read_record(r, &m, of, m.offset);
    } else {
        m.type = libclang_text(r->arena, clang, clang->getTypeSpelling(of));
    }
    PUSH(r->arena, member, r->into->kids, r->into->kid_count) = m;
    return CX_Visit_Continue;
}

static void read_record(reading *r, member *m, cx_type of, uint64_t base)
{
    member *outer = r->into;
    uint64_t outer_base = r->base;
    r->into = m;
    r->base = base;
    r->clang->Type_visitFields(of, on_field, r);
    r->into = outer;
    r->base = outer_base;
}

static int on_declaration(cx_cursor cursor, cx_cursor parent, void *data)
{
    reading *r = data;
    const libclang *clang = r->clang;
    (void)parent;
    if (cursor.kind != CX_Cursor_StructDecl || !clang->isCursorDefinition(cursor))
        return CX_ChildVisit_Continue;
    const char *name = libclang_text(r->arena, clang, clang->getCursorSpelling(cursor));
    for (uint32_t i = 0; i < r->frames->count; i++) {
        member *m = &r->frames->items[i];
        if (m->type || strcmp(r->unit->functions[i]->name, name) != 0)
            continue;
        cx_type of = clang->getCursorType(cursor);
        m->name = arena_copy(r->arena, name, strlen(name));
        m->type = "struct";
        m->size = known(clang->Type_getSizeOf(of));
        m->align = known(clang->Type_getAlignOf(of));
        read_record(r, m, of, 0);
    }
    return CX_ChildVisit_Continue;
}

/* ---- parsing ------------------------------------------------------------------------------ */

/* What the compiler says against the output: most often that it lacks another file's header. */
static bool report_errors(reading *r, diagnostics *d, cx_unit parsed)
{
    const libclang *clang = r->clang;
    bool good = true;
    for (unsigned i = 0; i < clang->getNumDiagnostics(parsed); i++) {
        cx_diagnostic found = clang->getDiagnostic(parsed, i);
        if (clang->getDiagnosticSeverity(found) >= CX_Diagnostic_Error) {
            cx_string file;
            place at = {0};
            clang->getPresumedLocation(clang->getDiagnosticLocation(found), &file, &at.line,
                                       &at.column);
            at.file = libclang_text(r->arena, clang, file);
            const char *what = libclang_text(r->arena, clang, clang->getDiagnosticSpelling(found));
            error_at(d, at,
                     "the frames are measured in the output; generate first the headers of the "
                     "other files that it includes",
                     "no layout: %s", what);
            good = false;
        }
        clang->disposeDiagnostic(found);
    }
    return good;
}

static cx_unit parse(reading *r, const input *in, cx_index index, const char *directory,
                     const text *header, const text *source)
{
    size_t length = strlen(r->unit->path) - strlen(".async.c");
    const char *stem = arena_copy(r->arena, r->unit->path, length);
    /* Both lie beside the source, where its own includes work, whether they exist or not. */
    struct cx_unsaved files[2] = {
        {arena_print(r->arena, "%s.gen.h", stem), header->data, header->length},
        {arena_print(r->arena, "%s.gen.c", stem), source->data, source->length}};
    const char **args = NEW_ARRAY(r->arena, const char *, in->arg_count + 8);
    uint32_t count = 0;
    const char *words[2];
    uint32_t word_count = libclang_headers(r->arena, r->clang, in->resource_dir, words);
    for (uint32_t i = 0; i < word_count; i++)
        args[count++] = words[i];
    args[count++] = "-xc";
    args[count++] = "-w";
    memcpy(args + count, in->args, in->arg_count * sizeof *args);
    count += in->arg_count;
    args[count++] = arena_print(r->arena, "-I%s", path_directory(r->arena, stem));
    args[count++] = arena_print(r->arena, "-I%s", directory);
    cx_unit parsed = NULL;
    int failed = r->clang->parseTranslationUnit2(index, files[1].name, args, (int)count, files, 2,
                                                 0, &parsed);
    return failed ? NULL : parsed;
}

frames *layout_read(unit *u, diagnostics *d, const input *in, const char *directory,
                    const text *header, const text *source)
{
    reading r = {.arena = u->arena, .unit = u};
    r.clang = libclang_load(u->arena, d, in->libclang);
    if (!r.clang)
        return NULL;
    r.frames = NEW(u->arena, frames);
    r.frames->count = u->function_count;
    r.frames->items = NEW_ARRAY(u->arena, member, u->function_count);
    cx_index index = r.clang->createIndex(0, 0);
    cx_unit parsed = parse(&r, in, index, directory, header, source);
    bool good = parsed && report_errors(&r, d, parsed);
    if (good)
        r.clang->visitChildren(r.clang->getTranslationUnitCursor(parsed), on_declaration, &r);
    else if (!parsed)
        error_at(d, (place){0}, NULL, "no layout: libclang refused the output for %s", u->path);
    if (parsed)
        r.clang->disposeTranslationUnit(parsed);
    r.clang->disposeIndex(index);
    return good ? r.frames : NULL;
}
