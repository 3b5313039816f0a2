/* BIDE_IMPL twice for the same interface and type
 * says: bide: .*BIDE_IMPL.* stands above, too: keep one of them
 * lists
 */
#include <bide/bide.h>

#define Calc_METHODS(METHOD, I, Self)                                                              \
    METHOD(I, Self, ASYNC, int, add, (int, a), (int, b))                                           \
    METHOD(I, Self, SYNC, int, last)
BIDE_INTERFACE(Calc);

typedef struct Slow {
    int last;
} Slow;
static int Slow_last(Slow *self)
{
    return self->last;
}
#define Slow_add_FRAME(ROW) ROW(PARAM, Slow *, self) ROW(PARAM, int, a) ROW(PARAM, int, b)
BIDE_ASYNC(int, Slow_add)
{
    BIDE_BEGIN(Slow_add);
    BIDE_RETURN(f->a + f->b);
    BIDE_END;
}
BIDE_IMPL(Calc, Slow);

BIDE_IMPL(Calc, Slow); // HERE
