/*
 * gen/passes.h: what each pass offers to the driver, in the order in which it runs them.
 */
#ifndef BIDEC_PASSES_H
#define BIDEC_PASSES_H

#include "model.h"

/* What to read, and how. */
typedef struct input {
    const char *path;        /* as the user gave it: what diagnostics and #line say */
    const char *const *args; /* of the compiler: -I, -D, -std, -isystem, -include, --target, ... */
    uint32_t arg_count;
    const char *libclang;    /* path of the library, or NULL: look for it */
    const char *resource_dir; /* of its own headers, or NULL: ask it */
} input;

/* read.c: parses the file with libclang and builds the model; generic functions are already copied
 * for their instances. NULL: errors were reported (the compiler's own, too), or libclang could not
 * be loaded. */
unit *read_unit(arena *a, diagnostics *d, const input *in);

/* cancelled.c: functions that wait when they are cancelled, and async variables of these, as far as
 * this file can tell; part of check_unit. */
void find_cancelled(unit *u);

/* check.c: reports everything that cannot be compiled. Needs no analysis. */
void check_unit(unit *u);

/* analyse.c: sites, temporaries, escapes, liveness; traits.c: Send, Unpin. Report what can only be
 * seen here. */
void analyse_unit(unit *u);
void traits_unit(unit *u);

/* layout.c: groups and fields. */
void layout_unit(unit *u);

/* BIDE_GENERATED_REVISION of the headers that the output is for. */
#define BIDEC_REVISION 2

/* What to write. */
typedef struct output {
    const char *header_name; /* how the source includes the header: "pg_store.gen.h" */
    bool no_lines;           /* leave #line out */
    const char *line_path;   /* what #line says: the input's path, made relative */
} output;

/* emit_header.c, emit_source.c: the text of the two files. */
void emit_header(unit *u, const output *o, text *to);
void emit_source(unit *u, const output *o, text *to);

/* graph.c: the state machines as Graphviz. */
void emit_graph(unit *u, text *to);

#endif
