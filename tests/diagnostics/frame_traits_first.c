/* A trait without its prefix
 * says: bide: frame of work: ROW\(TRAITS, SEND\) is no row; flags are BIDE_SEND, BIDE_SYNC, BIDE_UNPIN
 */
#include <bide/bide.h>

#define work_FRAME(ROW) ROW(PARAM, int, n) ROW(TRAITS, SEND)
BIDE_FUTURE(int, work) // HERE
