/*
 * gen/diag.h: what is wrong, where, and how to mend it.
 *
 *     store.async.c:12:17: error: await of 'f' inside sizeof, which does not evaluate it
 *         size_t n = sizeof await(f(x));
 *                    ^
 *     store.async.c:12:17: help: await before, and take the size of the result's type
 */
#ifndef BIDEC_DIAG_H
#define BIDEC_DIAG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "arena.h"

/* line 0: no position. */
typedef struct place {
    const char *file;
    uint32_t line, column;
} place;

typedef struct diagnostics diagnostics;

diagnostics *diagnostics_make(arena *a);

/* Reports an error at a place; `help` (may be NULL) says how to mend it. Both are printf texts with
 * the arguments in that order. Errors are kept and printed in the order of the text, the same one
 * twice only once. */
void error_at(diagnostics *d, place at, const char *help, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A note that belongs to the error before it. */
void note_at(diagnostics *d, place at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void warning_at(diagnostics *d, place at, const char *help, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

uint32_t diagnostics_errors(const diagnostics *d);
/* Prints all of them, with source lines read from the files, and forgets them. */
void diagnostics_print(diagnostics *d, FILE *to);

#endif
