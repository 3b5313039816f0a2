/* A child that is no future
 * says: bide: .*slumber|CHILD_rest_of_slumber_is_not
 */
#include <bide/bide.h>

#define work_FRAME(ROW) ROW(CHILD, slumber, rest)
BIDE_ASYNC(int, work) // HERE
{
    BIDE_BEGIN(work);
    BIDE_AWAIT(slumber, rest, (1));
    BIDE_RETURN(1);
    BIDE_END;
}
