/* The same in a future by hand
 * says: bide: frame of walk: row cursor is of type Cursor, which is bound to its thread
 */
#include <bide/bide.h>

typedef struct Cursor {
    int at;
} Cursor;
#define BIDE_THREAD_BOUND_Cursor 1

#define walk_FRAME(ROW) ROW(PARAM, Cursor, cursor) ROW(TRAITS, BIDE_SEND | BIDE_UNPIN)
BIDE_FUTURE(int, walk) // HERE
bide_poll walk_poll(struct walk *f, bide_context *cx, int *out)
{
    (void)cx;
    *out = f->cursor.at;
    return BIDE_READY;
}
void walk_drop(struct walk *f)
{
    (void)f;
}
