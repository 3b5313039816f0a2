/* A row without a name
 * says: bide: .*Calc.*METHOD.I, Self, KIND, R, name
 * lists
 */
#include <bide/bide.h>

#define Calc_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC, int)
BIDE_INTERFACE(Calc); // HERE
