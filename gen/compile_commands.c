#define _POSIX_C_SOURCE 200809L
#include "compile_commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "files.h"
#include "paths.h"

typedef struct entry {
    const char *directory, *file, *command;
    arg_list arguments;
    bool has_arguments;
} entry;

struct compile_commands {
    arena *arena;
    const char *path;
    entry *entries;
    uint32_t count;
};

/* ---- JSON --------------------------------------------------------------------------------- */

/* A strict reader of RFC 8259. The first mistake stays in `error`, and from there on every function
 * returns without moving. */
typedef struct json {
    arena *arena;
    const char *text, *at, *end;
    const char *error;
    uint32_t depth;
} json;

static void json_fail(json *j, const char *error)
{
    if (!j->error)
        j->error = error;
}

static char json_peek(json *j)
{
    while (j->at < j->end && strchr(" \t\r\n", *j->at) && *j->at)
        j->at++;
    return !j->error && j->at < j->end ? *j->at : '\0';
}

static bool json_take(json *j, char c)
{
    if (json_peek(j) != c || c == '\0')
        return false;
    j->at++;
    return true;
}

static void json_expect(json *j, char c, const char *error)
{
    if (!json_take(j, c))
        json_fail(j, error);
}

static uint32_t json_hex(json *j)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef";
        char c = j->at < j->end ? *j->at : '\0';
        const char *digit = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;
        if (!digit) {
            json_fail(j, "four hexadecimal digits expected after \\u");
            return 0;
        }
        value = value * 16 + (uint32_t)(digit - digits);
        j->at++;
    }
    return value;
}

static void put_utf8(text *to, uint32_t c)
{
    char bytes[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint32_t first[] = {0, 0x00, 0xc0, 0xe0, 0xf0};
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        bytes[i] = (char)(0x80u | (c & 0x3fu));
    bytes[0] = (char)(first[n] | c);
    text_add(to, bytes, n);
}

/* Behind "\u". A pair of surrogates is one character. */
static void json_code_point(json *j, text *to)
{
    uint32_t c = json_hex(j);
    if (c >= 0xd800 && c < 0xdc00 && j->end - j->at > 2 && j->at[0] == '\\' && j->at[1] == 'u') {
        j->at += 2;
        uint32_t low = json_hex(j);
        if (low < 0xdc00 || low > 0xdfff)
            json_fail(j, "half a surrogate pair");
        c = 0x10000 + ((c - 0xd800) << 10) + ((low - 0xdc00) & 0x3ff);
    } else if (c >= 0xd800 && c <= 0xdfff) {
        json_fail(j, "half a surrogate pair");
    }
    if (c == 0)
        json_fail(j, "a zero character");
    if (!j->error)
        put_utf8(to, c);
}

static void json_escape(json *j, text *to)
{
    static const char from[] = "\"\\/bfnrt", plain[] = "\"\\/\b\f\n\r\t";
    char c = j->at < j->end ? *j->at++ : '\0';
    const char *found = c ? strchr(from, c) : NULL;
    if (found)
        text_add(to, &plain[found - from], 1);
    else if (c == 'u')
        json_code_point(j, to);
    else
        json_fail(j, "unknown escape in a string");
}

static const char *json_string(json *j)
{
    text out = {.arena = j->arena};
    json_expect(j, '"', "a string expected");
    while (!j->error) {
        if (j->at == j->end || (unsigned char)*j->at < 0x20) {
            json_fail(j, "a string does not end");
        } else if (*j->at == '"') {
            j->at++;
            break;
        } else if (*j->at == '\\') {
            j->at++;
            json_escape(j, &out);
        } else {
            text_add(&out, j->at++, 1);
        }
    }
    return out.data ? out.data : "";
}

static size_t json_digits(json *j)
{
    const char *begin = j->at;
    while (j->at < j->end && *j->at >= '0' && *j->at <= '9')
        j->at++;
    return (size_t)(j->at - begin);
}

static void json_number(json *j)
{
    bool good = true;
    if (*j->at == '-')
        j->at++;
    if (j->at < j->end && *j->at == '0')
        j->at++;
    else
        good = json_digits(j) > 0;
    if (j->at < j->end && *j->at == '.') {
        j->at++;
        good = json_digits(j) > 0 && good;
    }
    if (j->at < j->end && (*j->at == 'e' || *j->at == 'E')) {
        j->at++;
        if (j->at < j->end && (*j->at == '+' || *j->at == '-'))
            j->at++;
        good = json_digits(j) > 0 && good;
    }
    if (!good)
        json_fail(j, "not a number");
}

static void json_word(json *j)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(words[i]);
        if ((size_t)(j->end - j->at) >= length && strncmp(j->at, words[i], length) == 0) {
            j->at += length;
            return;
        }
    }
    json_fail(j, "a value expected");
}

static void json_skip(json *j);

/* The members that are of no use here are read all the same: a file is right or refused. */
static void json_skip_all(json *j, char open, char close)
{
    json_expect(j, open, "a value expected");
    if (++j->depth > 64)
        json_fail(j, "nested too deeply");
    if (!json_take(j, close)) {
        do {
            if (open == '{') {
                json_string(j);
                json_expect(j, ':', "':' expected");
            }
            json_skip(j);
        } while (json_take(j, ','));
        json_expect(j, close, open == '{' ? "',' or '}' expected" : "',' or ']' expected");
    }
    j->depth--;
}

static void json_skip(json *j)
{
    char c = json_peek(j);
    if (c == '"')
        json_string(j);
    else if (c == '{')
        json_skip_all(j, '{', '}');
    else if (c == '[')
        json_skip_all(j, '[', ']');
    else if (c == '-' || (c >= '0' && c <= '9'))
        json_number(j);
    else
        json_word(j);
}

/* ---- the entries -------------------------------------------------------------------------- */

static void read_arguments(json *j, entry *e)
{
    e->has_arguments = true;
    e->arguments = (arg_list){.arena = j->arena};
    json_expect(j, '[', "\"arguments\" is no list");
    if (json_take(j, ']'))
        return;
    do {
        arg_list_add(&e->arguments, json_string(j));
    } while (json_take(j, ','));
    json_expect(j, ']', "',' or ']' expected");
}

static entry read_entry(json *j)
{
    entry e = {0};
    json_expect(j, '{', "an object expected");
    if (json_take(j, '}'))
        return e;
    do {
        const char *key = json_string(j);
        json_expect(j, ':', "':' expected");
        if (strcmp(key, "directory") == 0)
            e.directory = json_string(j);
        else if (strcmp(key, "file") == 0)
            e.file = json_string(j);
        else if (strcmp(key, "command") == 0)
            e.command = json_string(j);
        else if (strcmp(key, "arguments") == 0)
            read_arguments(j, &e);
        else
            json_skip(j);
    } while (json_take(j, ','));
    json_expect(j, '}', "',' or '}' expected");
    return e;
}

static void read_entries(json *j, compile_commands *c)
{
    json_expect(j, '[', "a list of commands expected");
    if (!json_take(j, ']')) {
        do {
            entry e = read_entry(j);
            if (!j->error && (!e.file || !e.directory || (!e.command && !e.has_arguments)))
                json_fail(j, "a command lacks \"directory\", \"file\", or \"command\"");
            if (!j->error)
                PUSH(c->arena, entry, c->entries, c->count) = e;
        } while (json_take(j, ','));
        json_expect(j, ']', "',' or ']' expected");
    }
    if (!j->error && (json_peek(j) || j->at != j->end))
        json_fail(j, "something follows the list");
}

compile_commands *compile_commands_read(arena *a, const char *directory)
{
    compile_commands *c = NEW(a, compile_commands);
    c->arena = a;
    c->path = arena_print(a, "%s/compile_commands.json", directory);
    size_t length;
    char *data = file_read(a, c->path, &length);
    if (!data) {
        fprintf(stderr, "bidec: %s: cannot be read: %s\n", c->path, strerror(errno));
        return NULL;
    }
    json j = {.arena = a, .text = data, .at = data, .end = data + length};
    read_entries(&j, c);
    if (!j.error)
        return c;
    unsigned line = 1;
    for (const char *p = data; p < j.at; p++)
        line += *p == '\n';
    fprintf(stderr, "bidec: %s:%u: not a compilation database: %s\n", c->path, line, j.error);
    return NULL;
}

/* ---- the search --------------------------------------------------------------------------- */

/* How well an entry fits: 0 not at all. */
static int fits(arena *a, const entry *e, const char *input, const char *generated_name)
{
    const char *file = path_absolute(a, path_join(a, e->directory, e->file));
    if (strcmp(file, input) == 0)
        return 3;
    if (strcmp(path_name(file), generated_name) == 0)
        return 2;
    if (path_ends_with(file, ".c") &&
        strcmp(path_directory(a, file), path_directory(a, input)) == 0)
        return 1;
    return 0;
}

bool compile_commands_find(const compile_commands *c, const char *input, arg_list *to)
{
    arena *a = c->arena;
    const char *name = path_name(input);
    const char *generated =
        arena_print(a, "%.*s.gen.c", (int)(strlen(name) - strlen(".async.c")), name);
    const char *absolute = path_absolute(a, input);
    const entry *best = NULL;
    int best_fit = 0;
    for (uint32_t i = 0; i < c->count; i++) {
        int fit = fits(a, &c->entries[i], absolute, generated);
        if (fit > best_fit) {
            best = &c->entries[i];
            best_fit = fit;
        }
    }
    if (!best)
        return false;
    arg_list words = best->arguments;
    if (!best->has_arguments) {
        words = (arg_list){.arena = a};
        split_words(&words, best->command);
    }
    /* The first word is the compiler. */
    if (words.count > 1)
        compiler_args(to, words.items + 1, words.count - 1, best->directory);
    return true;
}
