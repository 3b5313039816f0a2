/* Two async rows of one name
 * says: Calc.*add
 */
#include <bide/bide.h>

#define Calc_METHODS(METHOD, I, Self)                                                              \
    METHOD(I, Self, ASYNC, int, add)                                                               \
    METHOD(I, Self, ASYNC, int, add, (int, a))
BIDE_INTERFACE(Calc); // HERE
