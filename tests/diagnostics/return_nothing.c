/* BIDE_RETURN without a value
 * says: bide: .*BIDE_RETURN
 */
#include <bide/bide.h>

#define work_FRAME(ROW) ROW(PARAM, int, n)
BIDE_ASYNC(int, work)
{
    BIDE_BEGIN(work);
    BIDE_RETURN(); // HERE
    BIDE_END;
}
