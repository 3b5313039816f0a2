/* A type without one of the interface's plain methods
 * says: Slow_last.*bide: first T_m
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
#define Slow_add_FRAME(ROW) ROW(PARAM, Slow *, self) ROW(PARAM, int, a) ROW(PARAM, int, b)
BIDE_ASYNC(int, Slow_add)
{
    BIDE_BEGIN(Slow_add);
    BIDE_RETURN(f->a + f->b);
    BIDE_END;
}
BIDE_IMPL(Calc, Slow); // HERE
