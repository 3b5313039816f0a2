/* A type without one of the interface's async methods
 * says: bide: .*Slow.*Calc.*add|Slow_add.*Calc
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
BIDE_IMPL(Calc, Slow); // HERE
