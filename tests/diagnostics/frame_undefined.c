/* A body without its frame list
 * says: bide: .*work.*work_FRAME
 */
#include <bide/bide.h>

BIDE_ASYNC(int, work) // HERE
{
    BIDE_BEGIN(work);
    BIDE_RETURN(1);
    BIDE_END;
}
