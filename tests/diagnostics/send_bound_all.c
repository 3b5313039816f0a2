/* A bound on all futures of an interface that does not hold
 * says: bide: the future Slow_put is not BIDE_SEND.*interface Store|Slow_put_lacks_a_flag_asked_of_all_of_Store
 * lists
 */
#include <bide/bide.h>

#define Store_METHODS(METHOD, I, Self)                                                             \
    METHOD(I, Self, ASYNC, int, get, (int, key))                                                   \
    METHOD(I, Self, ASYNC, int, put, (int, key))                                                   \
    METHOD(I, Self, SYNC, int, count)
BIDE_INTERFACE(Store);

typedef struct Slow {
    int value;
} Slow;
#define Slow_get_FRAME(ROW) ROW(TRAITS, BIDE_SEND) ROW(PARAM, Slow *, self) ROW(PARAM, int, key)
BIDE_ASYNC(int, Slow_get)
{
    BIDE_BEGIN(Slow_get);
    BIDE_RETURN(f->self->value + f->key);
    BIDE_END;
}
#define Slow_put_FRAME(ROW) ROW(PARAM, Slow *, self) ROW(PARAM, int, key)
BIDE_ASYNC(int, Slow_put)
{
    BIDE_BEGIN(Slow_put);
    BIDE_RETURN(f->self->value = f->key);
    BIDE_END;
}
BIDE_REQUIRE_SEND_ALL(Store, Slow); // HERE
