#define _POSIX_C_SOURCE 200809L
#include "paths.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *path_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *path_directory(arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return ".";
    if (slash == path)
        return "/";
    return arena_copy(a, path, (size_t)(slash - path));
}

const char *path_join(arena *a, const char *directory, const char *path)
{
    if (!directory || path[0] == '/' || strcmp(directory, ".") == 0)
        return path;
    size_t length = strlen(directory);
    bool slashed = length > 0 && directory[length - 1] == '/';
    return arena_print(a, "%s%s%s", directory, slashed ? "" : "/", path);
}

bool path_ends_with(const char *path, const char *end)
{
    size_t length = strlen(path), want = strlen(end);
    return length > want && strcmp(path + length - want, end) == 0;
}

/* The current directory; getcwd has no bound, so neither has this. */
static const char *current_directory(arena *a)
{
    for (size_t room = 256;; room *= 2) {
        char *buffer = arena_alloc(a, room);
        if (getcwd(buffer, room))
            return buffer;
        if (room > (size_t)1 << 20)
            return "/"; /* it was removed under us: relative names mean nothing there */
    }
}

const char *path_absolute(arena *a, const char *path)
{
    if (path[0] != '/')
        path = path_join(a, current_directory(a), path);
    char *out = arena_alloc(a, strlen(path) + 2);
    size_t length = 0;
    while (*path) {
        while (*path == '/')
            path++;
        size_t part = strcspn(path, "/");
        if (part == 2 && path[0] == '.' && path[1] == '.') {
            while (length > 0 && out[--length] != '/')
                ;
        } else if (part > 0 && !(part == 1 && path[0] == '.')) {
            out[length++] = '/';
            memcpy(out + length, path, part);
            length += part;
        }
        path += part;
    }
    if (length == 0)
        out[length++] = '/';
    out[length] = '\0';
    return out;
}

/* Whether both begin with the same directory; if so its length goes to *part. */
static bool same_part(const char *p, const char *q, size_t *part)
{
    *part = strcspn(p, "/");
    return *part > 0 && *part == strcspn(q, "/") && strncmp(p, q, *part) == 0;
}

const char *path_relative(arena *a, const char *path, const char *directory)
{
    const char *to = path_absolute(a, path) + 1, *from = path_absolute(a, directory) + 1;
    size_t part;
    while (same_part(to, from, &part)) {
        to += part + (to[part] == '/');
        from += part + (from[part] == '/');
    }
    text out = {.arena = a};
    while (*from) {
        part = strcspn(from, "/");
        text_puts(&out, *to || from[part] ? "../" : "..");
        from += part + (from[part] == '/');
    }
    text_puts(&out, to);
    return out.length ? out.data : ".";
}

/* make ends a name at a space, and reads '#' and '$' as its own. */
static void depfile_name(text *to, const char *name)
{
    for (; *name; name++) {
        if (*name == ' ' || *name == '#')
            text_puts(to, "\\");
        else if (*name == '$')
            text_puts(to, "$");
        text_add(to, name, 1);
    }
}

void depfile_rule(text *to, const char *const *targets, uint32_t target_count,
                  const char *const *sources, uint32_t source_count)
{
    for (uint32_t i = 0; i < target_count; i++) {
        text_puts(to, i ? " " : "");
        depfile_name(to, targets[i]);
    }
    text_puts(to, ":");
    for (uint32_t i = 0; i < source_count; i++) {
        text_puts(to, " \\\n  ");
        depfile_name(to, sources[i]);
    }
    text_puts(to, "\n");
}
