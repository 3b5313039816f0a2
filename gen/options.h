/*
 * gen/options.h: the command line.
 */
#ifndef BIDEC_OPTIONS_H
#define BIDEC_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "compiler_args.h"

/* What a run ends with; the larger one wins. --help tells users the same. */
enum { EXIT_GOOD = 0, EXIT_SOURCE = 1, EXIT_USAGE = 2, EXIT_MACHINE = 3 };

typedef struct options {
    arg_list inputs;
    arg_list args; /* of the compiler */
    const char *output_directory;
    const char *compile_commands; /* the directory it is in */
    const char *depfile;
    const char *line_root;
    const char *libclang, *resource_dir;
    uint64_t budget; /* bytes; 0: none */
    bool check, layout, graph, no_lines;
    bool probe, version, help;
} options;

/* Reads the command line. EXIT_GOOD, or a message was written to stderr. */
int options_read(options *o, arena *a, int argc, char **argv);

void options_help(FILE *to);

#endif
