/* A default that nobody wrote
 * says: Calc_twice_default
 * lists
 */
#include <bide/bide.h>

#define Calc_METHODS(METHOD, I, Self) METHOD(I, Self, SYNC_DEFAULT, int, twice, (int, a))
BIDE_INTERFACE(Calc);
BIDE_INTERFACE_DEFAULTS(Calc); // HERE
