/* A frame row that has a name of the machinery
 * says: bide: .*work.*bide_state
 */
#include <bide/bide.h>

#define work_FRAME(ROW) ROW(PARAM, int, bide_state)
BIDE_ASYNC(int, work) // HERE
{
    BIDE_BEGIN(work);
    BIDE_RETURN(1);
    BIDE_END;
}
