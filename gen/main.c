/*
 * gen/main.c: bidec: reads X.async.c, writes X.gen.h and X.gen.c.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bide/config.h>

#include "compile_commands.h"
#include "files.h"
#include "layout_report.h"
#include "libclang.h"
#include "options.h"
#include "passes.h"
#include "paths.h"

typedef struct run {
    arena *arena;
    options options;
    compile_commands *commands;
    file_list outputs;
    text depfile; /* its rules */
    text shown;   /* what --layout and --graph print */
    int result;
} run;

/* One input on its way. */
typedef struct job {
    input in;
    arg_list args;
    const char *stem, *directory; /* of the output: directory/stem.gen.h */
    diagnostics *diagnostics;
    unit *unit;
    text header, source;
} job;

static int worse(int a, int b)
{
    return a > b ? a : b;
}

/* ---- before ------------------------------------------------------------------------------- */

/* Options of the database first: those of the command line override them. */
static int prepare(run *r, job *j, const char *path)
{
    const options *o = &r->options;
    size_t length;
    if (!file_read(r->arena, path, &length)) {
        fprintf(stderr, "bidec: %s: cannot be read: %s\n", path, strerror(errno));
        return EXIT_MACHINE;
    }
    j->args.arena = j->header.arena = j->source.arena = r->arena;
    if (r->commands && !compile_commands_find(r->commands, path, &j->args)) {
        fprintf(stderr,
                "bidec: %s: %s/compile_commands.json has no command for it, for what is generated "
                "from it, or for a C file beside it; give the options here, without -p\n",
                path, o->compile_commands);
        return EXIT_USAGE;
    }
    for (uint32_t i = 0; i < o->args.count; i++)
        arg_list_add(&j->args, o->args.items[i]);
    j->in = (input){.path = path,
                    .args = j->args.items,
                    .arg_count = j->args.count,
                    .libclang = o->libclang,
                    .resource_dir = o->resource_dir};
    const char *name = path_name(path);
    j->stem = arena_copy(r->arena, name, strlen(name) - strlen(".async.c"));
    j->directory = o->output_directory ? o->output_directory : path_directory(r->arena, path);
    j->diagnostics = diagnostics_make(r->arena);
    return EXIT_GOOD;
}

static const char *output_path(run *r, const job *j, const char *end)
{
    return path_join(r->arena, j->directory, arena_print(r->arena, "%s%s", j->stem, end));
}

/* ---- the passes --------------------------------------------------------------------------- */

static bool is_good(const job *j)
{
    return j->unit && diagnostics_errors(j->diagnostics) == 0;
}

static bool compile(run *r, job *j)
{
    static void (*const passes[])(unit *) = {check_unit, analyse_unit, traits_unit, layout_unit};
    j->unit = read_unit(r->arena, j->diagnostics, &j->in);
    for (size_t i = 0; i < sizeof passes / sizeof *passes && is_good(j); i++)
        passes[i](j->unit);
    if (!is_good(j))
        return false;
    const char *root = r->options.line_root ? r->options.line_root : ".";
    output out = {.header_name = arena_print(r->arena, "%s.gen.h", j->stem),
                  .no_lines = r->options.no_lines,
                  .line_path = path_relative(r->arena, j->in.path, root)};
    emit_header(j->unit, &out, &j->header);
    emit_source(j->unit, &out, &j->source);
    return is_good(j);
}

static void measure(run *r, job *j)
{
    const options *o = &r->options;
    if (!o->layout && !o->budget)
        return;
    frames *f = layout_read(j->unit, j->diagnostics, &j->in, j->directory, &j->header, &j->source);
    if (f && o->layout)
        layout_print(j->unit, f, &r->shown);
    if (f && o->budget)
        layout_budget(j->unit, j->diagnostics, f, o->budget);
}

/* ---- after -------------------------------------------------------------------------------- */

static bool add_output(run *r, const job *j, const char *path, const text *t)
{
    if (file_list_add(&r->outputs, path, t->data ? t->data : "", t->length))
        return true;
    fprintf(stderr, "bidec: %s: another input would be written to %s, too; use two runs with -o\n",
            j->in.path, path);
    return false;
}

static int keep(run *r, const job *j)
{
    /* ninja wants the first output that it knows of first in the depfile. */
    const char *names[2] = {output_path(r, j, ".gen.c"), output_path(r, j, ".gen.h")};
    if (!add_output(r, j, names[1], &j->header) || !add_output(r, j, names[0], &j->source))
        return EXIT_USAGE;
    depfile_rule(&r->depfile, names, 2, j->unit->files, j->unit->file_count);
    return EXIT_GOOD;
}

static int do_input(run *r, const char *path)
{
    job j = {0};
    int result = prepare(r, &j, path);
    if (result != EXIT_GOOD)
        return result;
    bool good = compile(r, &j);
    if (good) {
        measure(r, &j);
        if (r->options.graph)
            emit_graph(j.unit, &r->shown);
        good = is_good(&j);
    }
    diagnostics_print(j.diagnostics, stderr);
    if (!good)
        return EXIT_SOURCE;
    return r->options.layout || r->options.graph ? EXIT_GOOD : keep(r, &j);
}

/* Ends the run; all inputs were good. */
static int finish(run *r)
{
    const options *o = &r->options;
    if (o->check) {
        file_state state = file_list_compare(&r->outputs, stderr);
        if (state == FILES_DIFFER)
            fputs("bidec: run it again without --check to bring them up to date\n", stderr);
        return state == FILES_CURRENT  ? EXIT_GOOD
               : state == FILES_DIFFER ? EXIT_SOURCE
                                       : EXIT_MACHINE;
    }
    if (o->depfile && !file_list_add(&r->outputs, o->depfile, r->depfile.data, r->depfile.length)) {
        fprintf(stderr, "bidec: --depfile names an output: %s\n", o->depfile);
        return EXIT_USAGE;
    }
    return file_list_write(&r->outputs) ? EXIT_GOOD : EXIT_MACHINE;
}

static int do_inputs(run *r)
{
    const options *o = &r->options;
    if (o->compile_commands) {
        r->commands = compile_commands_read(r->arena, o->compile_commands);
        if (!r->commands)
            return EXIT_MACHINE;
    }
    for (uint32_t i = 0; i < o->inputs.count; i++)
        r->result = worse(r->result, do_input(r, o->inputs.items[i]));
    if (r->shown.length > 0)
        fwrite(r->shown.data, 1, r->shown.length, stdout);
    if (r->result == EXIT_GOOD && !o->layout && !o->graph)
        r->result = finish(r);
    return r->result;
}

/* ---- questions about itself --------------------------------------------------------------- */

static int show_version(run *r)
{
    diagnostics *d = diagnostics_make(r->arena);
    const libclang *clang = libclang_load(r->arena, d, r->options.libclang);
    printf("bidec %s\n", BIDE_VERSION_STRING);
    if (clang)
        printf("%s (%s)\n", clang->version, clang->path);
    else
        puts("no libclang");
    return EXIT_GOOD;
}

static int probe(run *r)
{
    diagnostics *d = diagnostics_make(r->arena);
    const libclang *clang = libclang_load(r->arena, d, r->options.libclang);
    if (clang)
        printf("%s (%s)\n", clang->version, clang->path);
    diagnostics_print(d, stderr);
    return clang ? EXIT_GOOD : EXIT_MACHINE;
}

/* The inputs need libclang; without it there is no use in going through them. */
static int work(run *r)
{
    diagnostics *d = diagnostics_make(r->arena);
    if (libclang_load(r->arena, d, r->options.libclang))
        return do_inputs(r);
    diagnostics_print(d, stderr);
    return EXIT_MACHINE;
}

static int start(run *r, int argc, char **argv)
{
    int result = options_read(&r->options, r->arena, argc, argv);
    if (result != EXIT_GOOD)
        return result;
    if (r->options.help) {
        options_help(stdout);
        return EXIT_GOOD;
    }
    if (r->options.version)
        return show_version(r);
    return r->options.probe ? probe(r) : work(r);
}

int main(int argc, char **argv)
{
    run r = {.arena = arena_make()};
    r.outputs.arena = r.depfile.arena = r.shown.arena = r.arena;
    int result = start(&r, argc, argv);
    /* What was asked for on stdout is an output as well. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "bidec: standard output: cannot be written: %s\n", strerror(errno));
        result = worse(result, EXIT_MACHINE);
    }
    arena_free(r.arena);
    return result;
}
