/*
 * gen/paths.h: names of files. All of it works on text: no link is followed, nothing need exist.
 */
#ifndef BIDEC_PATHS_H
#define BIDEC_PATHS_H

#include <stdbool.h>

#include "arena.h"

/* "a/b/c.h": "a/b" and "c.h"; "c.h": "." and "c.h"; "/c.h": "/" and "c.h". */
const char *path_directory(arena *a, const char *path);
const char *path_name(const char *path);
/* `path` seen from `directory`, if it is relative; `directory` may be NULL: the current one. */
const char *path_join(arena *a, const char *directory, const char *path);
/* From the root, without "." and "..". */
const char *path_absolute(arena *a, const char *path);
/* How to reach `path` from `directory`. */
const char *path_relative(arena *a, const char *path, const char *directory);
bool path_ends_with(const char *path, const char *end);

/* One rule of make: `targets: sources`, with the characters escaped that make and ninja mind. */
void depfile_rule(text *to, const char *const *targets, uint32_t target_count,
                  const char *const *sources, uint32_t source_count);

#endif
