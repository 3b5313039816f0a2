/* T_I_HAS_m misspelt
 * says: bide: Slow has its own Slow_twice: #define Slow_Calc_HAS_twice 1|Slow_Calc_HAS_twice_is_not_defined_as_1
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
#define Slow_twice_FRAME(ROW) ROW(PARAM, Slow *, self) ROW(PARAM, int, a)
BIDE_ASYNC(int, Slow_twice)
{
    BIDE_BEGIN(Slow_twice);
    BIDE_RETURN(2 * f->a);
    BIDE_END;
}
#define Slow_Calc_HAS_twise 1
BIDE_IMPL_DECLARE(Calc, Slow);
BIDE_DEFAULTS(Calc, Slow); // HERE
BIDE_IMPL(Calc, Slow);
