#define _POSIX_C_SOURCE 200809L
#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "paths.h"

/* ---- what there is ------------------------------------------------------------------------ */

typedef enum option_kind { FLAG, TEXT, BYTES, ARGS_FILE, HEADING } option_kind;

/* The one list: it is read, and it is the help. */
static const struct option {
    const char *name, *also, *argument, *help;
    option_kind kind;
    size_t member; /* of struct options */
} list[] = {
#define AT(m) offsetof(options, m)
    {"What is written", NULL, NULL, NULL, HEADING, 0},
    {"--output-dir", "-o", "DIR", "write X.gen.h and X.gen.c there (default: beside the input)",
     TEXT, AT(output_directory)},
    {"--depfile", NULL, "FILE", "also write what the output depends on, as a rule of make", TEXT,
     AT(depfile)},
    {"--no-lines", NULL, NULL, "leave #line out: debug what was generated, not the source", FLAG,
     AT(no_lines)},
    {"--line-root", NULL, "DIR",
     "#line names the source as seen from DIR (default: the current\ndirectory)", TEXT,
     AT(line_root)},
    {"Instead of writing", NULL, NULL, NULL, HEADING, 0},
    {"--check", NULL, NULL,
     "compare with the files that are there; tell which differ or are missing", FLAG, AT(check)},
    {"--layout", NULL, NULL,
     "print each frame: offsets, sizes, holes, what is kept at which\nawait. Headers that other "
     "files generate must be there",
     FLAG, AT(layout)},
    {"--graph", NULL, NULL, "print each state machine for Graphviz: bidec --graph X | dot -Tsvg",
     FLAG, AT(graph)},
    {"--probe", NULL, NULL, "tell whether libclang is there, and which", FLAG, AT(probe)},
    {"--version", NULL, NULL, "print the version of bidec and of libclang", FLAG, AT(version)},
    {"--help", "-h", NULL, "print this", FLAG, AT(help)},
    {"Bounds", NULL, NULL, NULL, HEADING, 0},
    {"--budget", NULL, "N",
     "a frame of more than N bytes is an error, which names its largest\nmembers. Goes with "
     "writing, "
     "--check and --layout",
     BYTES, AT(budget)},
    {"How the source is compiled", NULL, NULL, NULL, HEADING, 0},
    {"--compile-commands", "-p", "DIR",
     "take the options from DIR/compile_commands.json: from the entry for\nthe input, else for its "
     "X.gen.c, else for a C file beside it",
     TEXT, AT(compile_commands)},
    {"--args-file", NULL, "FILE",
     "take the options from FILE, one word a line; those that do not\nmatter to bidec are left out",
     ARGS_FILE, AT(args)},
    {"--libclang", NULL, "PATH",
     "load this library (default: $BIDEC_LIBCLANG, else the newest that is\nfound)", TEXT,
     AT(libclang)},
    {"--resource-dir", NULL, "DIR",
     "clang's own headers (default: those that belong to the library)", TEXT, AT(resource_dir)},
#undef AT
};
enum { OPTIONS = sizeof list / sizeof *list };

void options_help(FILE *to)
{
    fputs("usage: bidec [options] X.async.c... [-- options of the compiler...]\n"
          "\n"
          "Compiles async C: reads each X.async.c and writes X.gen.h and X.gen.c, portable C11.\n"
          "The words of the language are in <bide/async_source.h>.\n",
          to);
    for (int i = 0; i < OPTIONS; i++) {
        const struct option *o = &list[i];
        if (o->kind == HEADING) {
            fprintf(to, "\n%s\n", o->name);
            continue;
        }
        char left[64];
        snprintf(left, sizeof left, "%s%s%s%s%s", o->also ? o->also : "", o->also ? ", " : "",
                 o->name, o->argument ? " " : "", o->argument ? o->argument : "");
        fprintf(to, "  %-22s", left);
        if (strlen(left) > 22)
            fprintf(to, "\n%24s", "");
        for (const char *h = o->help; *h; h++) {
            if (*h == '\n')
                fprintf(to, "\n%24s", "");
            else
                fputc(*h, to);
        }
        fputc('\n', to);
    }
    fputs(
        "  -I -D -U -isystem -iquote -idirafter -include -imacros -std= --target= --sysroot=\n"
        "                        as for clang, joined or apart\n"
        "  -- ...                everything behind goes to libclang as it is\n"
        "\n"
        "A file is written only if its text changes, whole, and only if every input of the run is\n"
        "right; on any other end all files are as they were.\n"
        "\n"
        "Exit codes\n"
        "  0   done\n"
        "  1   errors in a source, a frame over the budget, or --check found differences\n"
        "  2   wrong call\n"
        "  3   the machine: no libclang, a file that cannot be read or written, no memory\n",
        to);
}

/* ---- reading it --------------------------------------------------------------------------- */

static int wrong(const char *format, const char *what)
{
    fputs("bidec: ", stderr);
    fprintf(stderr, format, what);
    fputs("; bidec --help tells the options\n", stderr);
    return EXIT_USAGE;
}

/* A word is an option's name, or "--name=argument". */
static bool is_option(const struct option *o, const char *word)
{
    size_t length = strlen(o->name);
    if (o->kind == HEADING)
        return false;
    return (o->also && strcmp(word, o->also) == 0) || strcmp(word, o->name) == 0 ||
           (strncmp(word, o->name, length) == 0 && word[length] == '=');
}

static int read_bytes(uint64_t *to, const char *argument)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(argument, &end, 10);
    if (argument[0] < '0' || argument[0] > '9' || *end || errno || value == 0)
        return wrong("--budget needs a number of bytes, and '%s' is none", argument);
    *to = value;
    return EXIT_GOOD;
}

static int set_option(options *o, const struct option *which, const char *argument)
{
    void *member = (char *)o + which->member;
    switch (which->kind) {
    case FLAG:
        *(bool *)member = true;
        break;
    case TEXT:
        *(const char **)member = argument;
        break;
    case BYTES:
        return read_bytes(member, argument);
    case ARGS_FILE:
        if (!compiler_args_file(member, argument)) {
            fprintf(stderr, "bidec: %s: cannot be read: %s\n", argument, strerror(errno));
            return EXIT_MACHINE;
        }
        break;
    case HEADING:
        break;
    }
    return EXIT_GOOD;
}

/* Reads the option at words[0]; *used says how many words it took, 0 if it is none of ours. */
static int read_option(options *o, const char *const *words, uint32_t count, uint32_t *used)
{
    *used = 0;
    for (int i = 0; i < OPTIONS; i++) {
        if (!is_option(&list[i], words[0]))
            continue;
        const char *equals = words[0][1] == '-' ? strchr(words[0], '=') : NULL;
        *used = 1;
        if (list[i].kind == FLAG) {
            if (equals)
                return wrong("%s takes no argument", list[i].name);
            return set_option(o, &list[i], NULL);
        }
        if (!equals && count < 2)
            return wrong("%s needs an argument", words[0]);
        *used = equals ? 1 : 2;
        return set_option(o, &list[i], equals ? equals + 1 : words[1]);
    }
    return EXIT_GOOD;
}

static int read_word(options *o, const char *const *words, uint32_t count, uint32_t *used)
{
    if (words[0][0] != '-') {
        arg_list_add(&o->inputs, words[0]);
        *used = 1;
        return EXIT_GOOD;
    }
    int result = read_option(o, words, count, used);
    if (result != EXIT_GOOD || *used)
        return result;
    *used = compiler_arg(&o->args, words, count, NULL);
    if (*used > count)
        return wrong("%s needs an argument", words[0]);
    if (*used == 0)
        return wrong("%s is no option of bidec (options of the compiler go behind --)", words[0]);
    return EXIT_GOOD;
}

/* What does not go together. */
static int check_options(const options *o)
{
    if (o->help || o->version || o->probe)
        return EXIT_GOOD;
    if (o->inputs.count == 0)
        return wrong("%s", "no input: bidec X.async.c");
    for (uint32_t i = 0; i < o->inputs.count; i++) {
        const char *input = o->inputs.items[i];
        if (!path_ends_with(path_name(input), ".async.c"))
            return wrong("'%s' is not named like X.async.c", input);
    }
    if (o->check + o->layout + o->graph > 1)
        return wrong("%s", "only one of --check, --layout and --graph at a time");
    if (o->depfile && (o->check || o->layout || o->graph))
        return wrong("%s", "--depfile goes with writing only");
    return EXIT_GOOD;
}

int options_read(options *o, arena *a, int argc, char **argv)
{
    *o = (options){.inputs.arena = a, .args.arena = a};
    uint32_t count = (uint32_t)(argc > 0 ? argc - 1 : 0);
    const char *const *words = (const char *const *)argv + 1;
    arg_list behind = {.arena = a};
    for (uint32_t i = 0; i < count;) {
        if (strcmp(words[i], "--") == 0) {
            while (++i < count)
                arg_list_add(&behind, words[i]);
            break;
        }
        uint32_t used;
        int result = read_word(o, words + i, count - i, &used);
        if (result != EXIT_GOOD)
            return result;
        i += used;
    }
    for (uint32_t i = 0; i < behind.count; i++)
        arg_list_add(&o->args, behind.items[i]);
    return check_options(o);
}
