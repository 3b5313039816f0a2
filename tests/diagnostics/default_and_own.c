/* An own method without T_I_HAS_m
 * says: Slow_twice.*#define T_I_HAS_m 1
 * lists
 */
#include <bide/bide.h>

#define Calc_METHODS(METHOD, I, Self) METHOD(I, Self, SYNC_DEFAULT, int, twice, (int, a))
BIDE_INTERFACE(Calc);
static inline int Calc_twice_default(Calc self, int a)
{
    (void)self;
    return 2 * a;
}
BIDE_INTERFACE_DEFAULTS(Calc);

typedef struct Slow {
    int last;
} Slow;
static inline int Slow_twice(Slow *self, int a)
{
    return self->last * a;
}
BIDE_IMPL_DECLARE(Calc, Slow);
BIDE_DEFAULTS(Calc, Slow); // HERE
