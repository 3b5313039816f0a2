/* More than twelve parameters
 * says: bide: .*Calc.*add.*12 parameters
 * lists
 */
#include <bide/bide.h>

#define Calc_METHODS(METHOD, I, Self)                                                              \
    METHOD(I, Self, SYNC, int, add, (int, a), (int, b), (int, c), (int, d), (int, e), (int, g),    \
           (int, h), (int, i), (int, j), (int, k), (int, l), (int, m), (int, n), (int, o))
BIDE_INTERFACE(Calc); // HERE
