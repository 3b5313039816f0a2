/*
 * gen/compiler_args.h: which options of a C compiler bidec passes on to libclang.
 *
 * Those that change what a source means: macros, include paths, the standard, the target, sizes of
 * types. A build's other options (warnings, optimisation, outputs) are often not clang's, and would
 * only stop it.
 */
#ifndef BIDEC_COMPILER_ARGS_H
#define BIDEC_COMPILER_ARGS_H

#include <stdbool.h>

#include "arena.h"

typedef struct arg_list {
    arena *arena;
    const char **items;
    uint32_t count;
} arg_list;

void arg_list_add(arg_list *l, const char *arg);

/* How many of the `count` words at `words` make one option that matters; 0: none. The option goes
 * to `to`, its path seen from `directory` (NULL: left as it is). An option that lacks its argument
 * counts one word more than there are. */
uint32_t compiler_arg(arg_list *to, const char *const *words, uint32_t count,
                      const char *directory);

/* Keeps what matters of a compiler's whole command line; NDEBUG is not passed on: what assert reads
 * is kept in every build type, for all of them compile the same output. */
void compiler_args(arg_list *to, const char *const *words, uint32_t count, const char *directory);

/* Splits a command line like a shell does: quotes and backslashes, nothing else. */
void split_words(arg_list *to, const char *line);

/* Reads a file with one word a line, as the build function of CMake writes it: an empty line is
 * nothing, "SHELL:" begins a line of several words. False: errno says why it cannot be read. */
bool compiler_args_file(arg_list *to, const char *path);

#endif
