/* A default that is not taken: BIDE_DEFAULTS forgotten
 * says: bide: Slow has no method twice of interface Calc.*BIDE_DEFAULTS|Slow_twice_is_missing_for_interface_Calc.*BIDE_DEFAULTS
 * lists
 */
#include <bide/bide.h>

#define Calc_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC_DEFAULT, int, twice, (int, a))
BIDE_INTERFACE(Calc);
#define Calc_twice_default_FRAME(ROW) ROW(PARAM, Calc, self) ROW(PARAM, int, a)
BIDE_ASYNC(int, Calc_twice_default)
{
    BIDE_BEGIN(Calc_twice_default);
    BIDE_RETURN(2 * f->a);
    BIDE_END;
}
BIDE_INTERFACE_DEFAULTS(Calc);

typedef struct Slow {
    int last;
} Slow;
BIDE_IMPL(Calc, Slow); // HERE
