/* A frame row of a kind that does not exist
 * says: bide: .*work.*PARM
 */
#include <bide/bide.h>

#define work_FRAME(ROW) ROW(PARM, int, n)
BIDE_ASYNC(int, work) // HERE
{
    BIDE_BEGIN(work);
    BIDE_RETURN(1);
    BIDE_END;
}
