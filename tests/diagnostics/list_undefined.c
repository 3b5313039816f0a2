/* An interface without its list
 * says: bide: .*Calc.*Calc_METHODS
 * lists
 */
#include <bide/bide.h>

BIDE_INTERFACE(Calc); // HERE
