/* An await of something that is no future
 * says: bide: .*slumber
 */
#include <bide/bide.h>

#define nap_FRAME(ROW) ROW(PARAM, int, n)
BIDE_ASYNC(int, nap)
{
    BIDE_BEGIN(nap);
    BIDE_RETURN(f->n);
    BIDE_END;
}
#define work_FRAME(ROW) ROW(CHILD, nap, rest) ROW(LOCAL, int, n)
BIDE_ASYNC(int, work)
{
    BIDE_BEGIN(work);
    BIDE_AWAIT(slumber, rest, (1)); // HERE
    BIDE_AWAIT(nap, rest, (1));
    BIDE_RETURN(1);
    BIDE_END;
}
