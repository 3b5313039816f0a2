/* An await in a slot of another type
 * says: bide: .*doze.*rest
 */
#include <bide/bide.h>

#define nap_FRAME(ROW) ROW(PARAM, int, n)
BIDE_ASYNC(int, nap)
{
    BIDE_BEGIN(nap);
    BIDE_RETURN(f->n);
    BIDE_END;
}
#define doze_FRAME(ROW) ROW(PARAM, long, n)
BIDE_ASYNC(long, doze)
{
    BIDE_BEGIN(doze);
    BIDE_RETURN(f->n);
    BIDE_END;
}
#define work_FRAME(ROW) ROW(CHILD, nap, rest) ROW(LOCAL, int, n)
BIDE_ASYNC(int, work)
{
    BIDE_BEGIN(work);
    BIDE_AWAIT(doze, rest, (1)); // HERE
    BIDE_RETURN(1);
    BIDE_END;
}
