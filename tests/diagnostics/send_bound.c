/* A bound on one method's future that does not hold
 * says: bide: the future Slow_get is not BIDE_SEND
 * lists
 */
#include <bide/bide.h>

typedef struct Slow {
    int value;
} Slow;
#define Slow_get_FRAME(ROW) ROW(PARAM, Slow *, self) ROW(PARAM, int, key)
BIDE_ASYNC(int, Slow_get)
{
    BIDE_BEGIN(Slow_get);
    BIDE_RETURN(f->self->value + f->key);
    BIDE_END;
}
BIDE_REQUIRE_SEND(Slow_get); // HERE
