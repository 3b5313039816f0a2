/*
 * types.h: what the functions of this folder hold, and whom they call.
 */
#ifndef TRAITS_TYPES_H
#define TRAITS_TYPES_H

#include <bide/bide.h>
#include <bide/generated.h>

struct BIDE_THREAD_BOUND cursor {
    int at;
};
typedef struct cursor cursor_alias;
struct row {
    int n;
    struct cursor cursor;
};
struct table {
    struct row rows[2];
};
struct link {
    struct link *next;
    struct cursor *cursor;
};
struct plain {
    struct plain *next;
    int n;
};
typedef void (*callback)(struct cursor *c); /* what is called with one does not hold one */

#define moving_FRAME(ROW) ROW(TRAITS, BIDE_SEND) ROW(PARAM, int, x) ROW(LOCAL, int, polls)
BIDE_FUTURE_DECLARE(int, moving)
#define staying_FRAME(ROW) ROW(PARAM, int, x) ROW(LOCAL, int, polls)
BIDE_FUTURE_DECLARE(int, staying)

#endif
