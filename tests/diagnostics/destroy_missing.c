/* T_HAS_destroy without T_destroy
 * says: bide: Slow_HAS_destroy is 1, and there is no void Slow_destroy
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
#define Slow_HAS_destroy 1
BIDE_IMPL(Calc, Slow); // HERE
