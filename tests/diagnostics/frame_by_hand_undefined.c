/* A future by hand without its frame list
 * says: bide: .*work.*work_FRAME
 */
#include <bide/bide.h>

BIDE_FUTURE(int, work) // HERE
