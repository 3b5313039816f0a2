/*
 * main.c: the calculator: reads sums, runs them concurrently, prints results, allocations, polls.
 *
 * A library header declares an async interface, Calculator (calculator.h). FastCalculator answers
 * at once, SlowCalculator awaits a timer, AuditedCalculator wraps any Calculator and counts its
 * calls, PlainCalculator has no state at all, SharedCalculator is kept alive by its own calls. The
 * program reads lines such as `add 2 3` from a file or standard input and runs each as a task of
 * the local executor. It does so twice from one source (natural/lines.async.c, macros/generic.h):
 * once on the concrete type, where calls are direct and frames are parts of each other, and once
 * through a handle, where the callee is known at run time only; the results must agree. --impl and
 * --allocator pick who answers, and where the frames of calls that wait are placed. `last` is read
 * when all lines before it have ended. Results come in the order of the input; a bad line gets
 * `file:line: what is wrong`, and the rest still runs.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "place.h"
#include "run.h"

static const char usage[] =
    "usage: calculator [options] [file]\n"
    "Reads lines `add A B`, `sub A B`, `reset`, `last` from the file, or from standard\n"
    "input if there is none or it is `-`, and runs them concurrently.\n"
    "\n"
    "  --impl NAME       fast, slow (default), audited, plain, shared\n"
    "  --allocator NAME  frames of calls that wait: heap, mimalloc, pool (a fixed one),\n"
    "                    slab (the task's own; default), slot (in the caller's frame)\n"
    "  --limit BYTES     take at most so much memory for tasks and frames\n"
    "  --help            print this\n"
    "\n"
    "Sums that do not fit into 32 bits give the nearest number that does.\n"
    "Exit code: 0; 1 if a line was bad or failed; 2 if the program was called wrongly.\n";

struct options {
    run_function *run;
    enum place_kind place;
    size_t limit;
    const char *file; /* NULL: standard input */
};

/* ---- options ----------------------------------------------------------------------------- */

static bool refuse(const char *what, const char *word)
{
    fprintf(stderr, "calculator: %s: '%s'; see calculator --help\n", what, word);
    return false;
}

static bool set_option(struct options *o, const char *name, const char *value)
{
    if (strcmp(name, "--impl") == 0) {
        o->run = run_find(value);
        return o->run || refuse("no such implementation", value);
    }
    if (strcmp(name, "--allocator") == 0) {
        int kind = place_find(value);
        if (kind < 0)
            return refuse("no such allocator", value);
        o->place = (enum place_kind)kind;
        return place_exists(o->place) || refuse("this build has no such allocator", value);
    }
    if (strcmp(name, "--limit") == 0) {
        size_t n = 0;
        const char *c = value;
        while (*c >= '0' && *c <= '9' && n < SIZE_MAX / 100)
            n = n * 10 + (size_t)(*c++ - '0');
        o->limit = n;
        return (c != value && !*c) || refuse("no number of bytes", value);
    }
    return refuse("no such option", name);
}

/* False: told on stderr why not. */
static bool read_options(struct options *o, int argc, char **argv)
{
    bool file = false;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        if (word[0] == '-' && word[1]) {
            if (i + 1 == argc)
                return refuse("a value is missing, or no such option", word);
            if (!set_option(o, word, argv[++i]))
                return false;
        } else if (file) {
            return refuse("more than one file", word);
        } else {
            file = true;
            o->file = word[0] == '-' ? NULL : word;
        }
    }
    return true;
}

/* ---- running ----------------------------------------------------------------------------- */

static bide_poll run_on(struct run *run, run_function *function, bide_local_stats *stats)
{
    bide_local_options options = bide_local_options_init();
    bide_poll code;
    options.allocator = &run->place->tasks.base;
    options.offload_threads = 0;
    code = bide_local_new(&options, &run->executor);
    if (code != BIDE_READY)
        return code;
    code = function(run);
    bide_local_get_stats(run->executor, stats);
    bide_local_free(run->executor);
    return code;
}

/* One of the two paths, and its line of figures. False: told on stderr why not. */
static bool run_path(struct sheet *sheet, enum path path, const struct options *o, char *figures,
                     size_t bytes)
{
    static struct place place;
    struct run run = {.sheet = sheet, .place = &place};
    bide_local_stats stats = {.size = sizeof stats};
    const char *name = path == PATH_STATIC ? "static" : "dyn";
    bide_poll code = place_init(&place, o->place, o->limit);
    sheet->path = path;
    if (code == BIDE_READY)
        code = run_on(&run, o->run, &stats);
    snprintf(figures, bytes, "%-6s  %6zu  %5zu  %5llu  %5llu%s%s", name, place.frames.allocs,
             place.tasks.allocs - (size_t)stats.slabs, (unsigned long long)stats.slabs,
             (unsigned long long)stats.polls, run.note[0] ? "  " : "", run.note);
    if (code != BIDE_READY)
        fprintf(stderr, "calculator: %s run: %s\n", name, bide_strerror(code));
    else if (place_end(&place) != BIDE_READY)
        fprintf(stderr, "calculator: %s run: memory has leaked\n", name);
    else
        return true;
    return false;
}

/* Runs the sheet both ways and prints what came of it. */
static bool run_sheet(struct sheet *sheet, const struct options *o)
{
    char figures[PATHS][128];
    bool ok = run_path(sheet, PATH_STATIC, o, figures[PATH_STATIC], sizeof figures[0]) &&
              run_path(sheet, PATH_DYN, o, figures[PATH_DYN], sizeof figures[0]);
    if (!ok)
        return false;
    ok = sheet_print(sheet);
    printf("\n        allocations of\npath    frames  tasks  slabs  polls\n%s\n%s\n",
           figures[PATH_STATIC], figures[PATH_DYN]);
    return ok;
}

int main(int argc, char **argv)
{
    struct options o = {.run = run_find("slow"), .place = PLACE_SLAB, .limit = SIZE_MAX};
    struct sheet sheet;
    FILE *file = stdin;
    bool ok;
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return fputs(usage, stdout) < 0 || fflush(stdout) != 0;
    if (!read_options(&o, argc, argv))
        return 2;
    if (o.file && !(file = fopen(o.file, "rb"))) {
        fprintf(stderr, "calculator: %s: %s\n", o.file, strerror(errno));
        return 1;
    }
    ok = sheet_read(&sheet, o.file ? o.file : "<stdin>", file) && run_sheet(&sheet, &o);
    ok = ok && sheet.bad == 0;
    sheet_free(&sheet);
    if (file != stdin)
        fclose(file);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "calculator: writing: %s\n", strerror(errno));
        ok = false;
    }
    return ok ? 0 : 1;
}
