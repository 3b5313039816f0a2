/* A CHILD row that is never awaited
 * says: bide_at_rest
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
    BIDE_BEGIN(work); // HERE
    BIDE_RETURN(1);
    BIDE_END;
}
