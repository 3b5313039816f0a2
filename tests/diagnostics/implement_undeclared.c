/* BIDE_IMPL of an interface that nobody declared
 * says: bide: .*Calc.*BIDE_INTERFACE|Calc_METHODS
 * lists
 */
#include <bide/bide.h>

typedef struct Slow {
    int last;
} Slow;
BIDE_IMPL(Calc, Slow); // HERE
