/*
 * gen/compile_commands.h: what a compile_commands.json says about a file.
 */
#ifndef BIDEC_COMPILE_COMMANDS_H
#define BIDEC_COMPILE_COMMANDS_H

#include <stdbool.h>

#include "compiler_args.h"

typedef struct compile_commands compile_commands;

/* Reads directory/compile_commands.json. NULL: a message was written to stderr. */
compile_commands *compile_commands_read(arena *a, const char *directory);

/* The options that matter, of the entry for `input`, else for the file that is generated from it,
 * else for any C file in its directory. False: there is none. */
bool compile_commands_find(const compile_commands *c, const char *input, arg_list *to);

#endif
