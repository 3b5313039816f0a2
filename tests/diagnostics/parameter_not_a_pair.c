/* A parameter without its parentheses
 * says: bide: .*Calc.*add.*.type, name.
 * lists
 */
#include <bide/bide.h>

#define Calc_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC, int, add, int a, int b)
BIDE_INTERFACE(Calc); // HERE
