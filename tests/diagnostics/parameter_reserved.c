/* A parameter that has a name of the machinery
 * says: bide: .*Calc.*add.*bide_self
 * lists
 */
#include <bide/bide.h>

#define Calc_METHODS(METHOD, I, Self) METHOD(I, Self, SYNC, int, add, (int, bide_self))
BIDE_INTERFACE(Calc); // HERE
