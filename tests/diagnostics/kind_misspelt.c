/* A row kind that does not exist
 * says: bide: .*Calc.*add.*ASYNX
 * lists
 */
#include <bide/bide.h>

#define Calc_METHODS(METHOD, I, Self)                                                              \
    METHOD(I, Self, SYNC, int, last)                                                               \
    METHOD(I, Self, ASYNX, int, add, (int, a), (int, b))
BIDE_INTERFACE(Calc); // HERE
