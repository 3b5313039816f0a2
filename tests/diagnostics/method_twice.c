/* Two rows of one name
 * says: Calc.*last
 */
#include <bide/bide.h>

#define Calc_METHODS(METHOD, I, Self)                                                              \
    METHOD(I, Self, SYNC, int, last)                                                               \
    METHOD(I, Self, SYNC, int, last)
BIDE_INTERFACE(Calc); // HERE
