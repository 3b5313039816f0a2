/* A Send body that awaits what is not Send
 * says: bide: BIDE_AWAIT_TO: Store_get is not BIDE_SEND
 */
#include <bide/bide.h>

#define Store_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC, int, get, (int, key))
BIDE_INTERFACE(Store);

#define ask_FRAME(ROW)                                                                             \
    ROW(TRAITS, BIDE_SEND) ROW(PARAM, Store, store) ROW(LOCAL, int, got)                           \
    ROW(CHILD, Store_get, call)
BIDE_ASYNC(int, ask)
{
    BIDE_BEGIN(ask);
    BIDE_AWAIT_TO(f->got, Store_get, call, (&f->store, 1)); // HERE
    BIDE_RETURN(f->got);
    BIDE_END;
}
