/* Two interfaces with one name and two signatures
 * says: Slow_last
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
#define Log_METHODS(METHOD, I, Self) METHOD(I, Self, SYNC, const char *, last)
BIDE_INTERFACE(Log);
BIDE_IMPL(Calc, Slow);
BIDE_IMPL(Log, Slow); // HERE
