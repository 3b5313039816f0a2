/* A method that has a name of the handle's own
 * says: bide: .*Calc.*destroy
 * lists
 */
#include <bide/bide.h>

#define Calc_METHODS(METHOD, I, Self) METHOD(I, Self, SYNC, void, destroy)
BIDE_INTERFACE(Calc); // HERE
