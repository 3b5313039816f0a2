/* A row without Self
 * says: bide: .*Calc.*METHOD.I, Self, KIND, R, name
 * lists
 */
#include <bide/bide.h>

#define Calc_METHODS(METHOD, I, Self) METHOD(I, ASYNC, int, add, (int, a))
BIDE_INTERFACE(Calc); // HERE
