#define _POSIX_C_SOURCE 200809L
#include "compiler_args.h"

#include <string.h>

#include "files.h"
#include "paths.h"

void arg_list_add(arg_list *l, const char *arg)
{
    PUSH(l->arena, const char *, l->items, l->count) = arg;
}

enum {
    ALONE = 1,  /* -m32 */
    JOINED = 2, /* -Idir, -std=c11 */
    APART = 4,  /* -I dir */
    PATH = 8,   /* and the argument is a path */
};

/* The first that fits counts: longer names stand before their beginnings. */
static const struct known {
    const char *name;
    int how;
} known[] = {
    {"-isystem", JOINED | APART | PATH},
    {"-isysroot", JOINED | APART | PATH},
    {"-iquote", JOINED | APART | PATH},
    {"-idirafter", JOINED | APART | PATH},
    {"-include", APART | PATH},
    {"-imacros", APART | PATH},
    {"-I", JOINED | APART | PATH},
    {"-D", JOINED | APART},
    {"-U", JOINED | APART},
    {"-std=", JOINED},
    {"--std=", JOINED},
    {"-ansi", ALONE},
    {"--target=", JOINED},
    {"--target", APART},
    {"-target", APART},
    {"--sysroot=", JOINED | PATH},
    {"--sysroot", APART | PATH},
    {"-nostdinc", ALONE},
    {"-nostdlibinc", ALONE},
    {"-undef", ALONE},
    {"-ffreestanding", ALONE},
    {"-fhosted", ALONE},
    {"-fshort-enums", ALONE},
    {"-fno-short-enums", ALONE},
    {"-fshort-wchar", ALONE},
    {"-fno-short-wchar", ALONE},
    {"-fsigned-char", ALONE},
    {"-fno-signed-char", ALONE},
    {"-funsigned-char", ALONE},
    {"-fno-unsigned-char", ALONE},
    {"-fpack-struct", ALONE},
    {"-fpack-struct=", JOINED},
    {"-fms-extensions", ALONE},
    {"-fplan9-extensions", ALONE},
    {"-fgnu89-inline", ALONE},
    {"-pthread", ALONE},
    {"-fopenmp", ALONE},
    {"-m16", ALONE},
    {"-m32", ALONE},
    {"-mx32", ALONE},
    {"-m64", ALONE},
    {"-mabi=", JOINED},
    {"-mfloat-abi=", JOINED},
    {"-mlong-double-64", ALONE},
    {"-mlong-double-80", ALONE},
    {"-mlong-double-128", ALONE},
};

static const char *its_path(const struct known *k, arena *a, const char *directory,
                            const char *path)
{
    return (k->how & PATH) && directory ? path_join(a, directory, path) : path;
}

uint32_t compiler_arg(arg_list *to, const char *const *words, uint32_t count, const char *directory)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const struct known *k = &known[i];
        size_t length = strlen(k->name);
        if (strncmp(words[0], k->name, length) != 0)
            continue;
        const char *rest = words[0] + length;
        if (*rest == '\0' && (k->how & ALONE)) {
            arg_list_add(to, words[0]);
            return 1;
        }
        if (*rest != '\0' && (k->how & JOINED)) {
            const char *path = its_path(k, to->arena, directory, rest);
            arg_list_add(to, arena_print(to->arena, "%s%s", k->name, path));
            return 1;
        }
        if (*rest == '\0' && (k->how & APART)) {
            if (count < 2)
                return 2;
            arg_list_add(to, k->name);
            arg_list_add(to, its_path(k, to->arena, directory, words[1]));
            return 2;
        }
    }
    return 0;
}

/* Options whose argument is a word of its own and must not be taken for an option. */
static bool takes_argument(const char *word)
{
    static const char *const list[] = {
        "-o",          "-MF",      "-MT",   "-MQ",     "-x", "-Xclang", "-Xpreprocessor",
        "-Xassembler", "-Xlinker", "-arch", "--param", "-L", "-l"};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        if (strcmp(word, list[i]) == 0)
            return true;
    }
    return false;
}

/* What assert() uses must live across awaits in every build type, for they share the output. */
static bool is_ndebug(const char *word)
{
    return strcmp(word, "-DNDEBUG") == 0 || strncmp(word, "-DNDEBUG=", 9) == 0;
}

void compiler_args(arg_list *to, const char *const *words, uint32_t count, const char *directory)
{
    for (uint32_t i = 0; i < count;) {
        if (is_ndebug(words[i])) {
            i++;
            continue;
        }
        uint32_t used = compiler_arg(to, words + i, count - i, directory);
        if (used == 0)
            used = takes_argument(words[i]) ? 2 : 1;
        i += used;
    }
}

void split_words(arg_list *to, const char *line)
{
    for (;;) {
        line += strspn(line, " \t\r\n");
        if (!*line)
            return;
        text word = {.arena = to->arena};
        text_add(&word, "", 0);
        for (char quote = 0; *line && (quote || !strchr(" \t\r\n", *line)); line++) {
            if (*line == quote) {
                quote = 0;
            } else if (!quote && (*line == '"' || *line == '\'')) {
                quote = *line;
            } else if (*line == '\\' && quote != '\'' && line[1] &&
                       (!quote || strchr("\"\\$`", line[1]))) {
                text_add(&word, ++line, 1);
            } else {
                text_add(&word, line, 1);
            }
        }
        arg_list_add(to, word.data ? word.data : "");
    }
}

bool compiler_args_file(arg_list *to, const char *path)
{
    size_t length;
    char *data = file_read(to->arena, path, &length);
    if (!data)
        return false;
    arg_list words = {.arena = to->arena};
    while (*data) {
        size_t line = strcspn(data, "\n");
        const char *word = arena_copy(to->arena, data, line);
        data += line + (data[line] == '\n');
        if (strncmp(word, "SHELL:", 6) == 0)
            split_words(&words, word + 6);
        else if (*word)
            arg_list_add(&words, word);
    }
    compiler_args(to, words.items, words.count, NULL);
    return true;
}
