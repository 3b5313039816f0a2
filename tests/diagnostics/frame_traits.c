/* A misspelt trait
 * says: bide: frame of work: ROW\(TRAITS, BIDE_SEND . BIDE_UNPN\) is no row; flags are BIDE_SEND
 */
#include <bide/bide.h>

#define work_FRAME(ROW) ROW(PARAM, int, n) ROW(TRAITS, BIDE_SEND | BIDE_UNPN)
BIDE_ASYNC(int, work) // HERE
{
    BIDE_BEGIN(work);
    BIDE_RETURN(1);
    BIDE_END;
}
