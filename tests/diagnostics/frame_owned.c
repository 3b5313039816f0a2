/* OWNED without its release
 * says: bide: .*work.*OWNED
 */
#include <bide/bide.h>

#define work_FRAME(ROW) ROW(OWNED, int *, p)
BIDE_ASYNC(int, work) // HERE
{
    BIDE_BEGIN(work);
    BIDE_RETURN(1);
    BIDE_END;
}
