/*
 * text.h: bytes that grow, fields in them, and what went wrong with an answer.
 */
#ifndef HTTP_TEXT_H
#define HTTP_TEXT_H

#include <bide/bide.h>

/* Bytes that grow; behind them stands a zero. All zero but for the allocator: empty. */
typedef struct http_text {
    char *data; /* NULL: nothing yet */
    size_t size, room;
    bide_allocator *allocator, *giver;
} http_text;

/* Adds bytes; `bytes` may be NULL for room that the caller fills. False: no memory, and nothing
 * was added. */
bool http_text_add(http_text *text, const char *bytes, size_t size);

/* Adds each of `count` strings. */
bool http_text_add_all(http_text *text, const char *const *strings, size_t count);

/* Keeps the memory for the next use. */
void http_text_clear(http_text *text);

void http_text_free(http_text *text);

/* ---- fields: names and values, each with a zero behind it ----------------------------------- */

/* The value of the first field of that name behind `after` (NULL: the first of all), in whatever
 * case, or NULL. */
const char *http_field(const http_text *fields, const char *name, const char *after);

/* Steps through all fields: *name is NULL at first, and NULL at the end. Returns the value. */
const char *http_field_next(const http_text *fields, const char **name);

/* Whether two names are equal, whatever their case. */
bool http_same_name(const char *a, const char *b);

/* ---- what went wrong ------------------------------------------------------------------------ */

typedef struct http_problem {
    int32_t code; /* HTTP_OK: nothing */
    unsigned long
        line; /* of the answer, from 1, interim answers and chunk sizes counted; 0: none */
    char what[120];
} http_problem;

/* Notes what is wrong, and returns the code. `shown` (may be NULL) is the piece of the answer that
 * is to be seen: it is quoted, short, and without control characters. */
int32_t http_refuse(http_problem *problem, int32_t code, unsigned long line, const char *what,
                    const char *shown);

#endif
