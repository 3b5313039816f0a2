/* A plain default that is not taken: BIDE_DEFAULTS forgotten
 * says: Slow_twice.*bide: first T_m, or BIDE_DEFAULTS
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
BIDE_IMPL(Calc, Slow); // HERE
