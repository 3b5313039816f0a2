/*
 * sheet.h: the input, line by line, and what came of each line.
 *
 *     add 2 3
 *     sub 5 1
 *     reset
 *     last
 *
 * Empty lines, and what follows a #, are skipped. Numbers are those of int32_t.
 */
#ifndef SHEET_H
#define SHEET_H

#include <bide/bide.h>

#include <stdio.h>

enum operation { OP_ADD, OP_SUB, OP_RESET, OP_LAST };

/* The two ways to the same calculator; each line is run on both. */
enum path { PATH_STATIC, PATH_DYN, PATHS };

struct answer {
    bide_poll code; /* BIDE_READY, or why there is no value */
    int32_t value;
};

struct line {
    unsigned long number; /* in the file, from 1 */
    enum operation op;
    int32_t a, b;
    bide_join join; /* the task that runs it */
    struct answer answers[PATHS];
};

struct sheet {
    const char *name; /* of the file, for messages */
    struct line *lines;
    size_t count;
    size_t bad;     /* lines that are not in `lines`, and were told of */
    enum path path; /* which one runs now */
};

/* Reads all lines; tells of bad ones on stderr and goes on. False: told on stderr why not. Either
 * way sheet_free follows. */
bool sheet_read(struct sheet *sheet, const char *name, FILE *file);
void sheet_free(struct sheet *sheet);

/* Prints the lines with their results, and tells failures and differences between the two paths on
 * stderr. False if there was one. */
bool sheet_print(const struct sheet *sheet);

/* finish_lines(sheet, from, to): waits for the tasks of those lines and takes their results, in the
 * order of the lines. */
#define finish_lines_FRAME(ROW)                                                                    \
    ROW(PARAM, struct sheet *, sheet) ROW(PARAM, size_t, from) ROW(PARAM, size_t, to)              \
    ROW(CHILD, bide_join_wait, task)
BIDE_ASYNC_DECLARE(void, finish_lines)

#endif
