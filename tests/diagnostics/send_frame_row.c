/* A row of a type that is bound to its thread, in a Send frame
 * says: bide: frame of walk: row cursor is of type const struct Cursor \*, which is bound to its thread
 */
#include <bide/bide.h>

struct Cursor {
    int at;
};
#define BIDE_THREAD_BOUND_Cursor 1

#define walk_FRAME(ROW) ROW(TRAITS, BIDE_SEND) ROW(PARAM, const struct Cursor *, cursor)
BIDE_ASYNC(int, walk) // HERE
{
    BIDE_BEGIN(walk);
    BIDE_RETURN(f->cursor->at);
    BIDE_END;
}
