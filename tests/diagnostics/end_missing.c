/* A body without BIDE_END
 * says: bide: .*BIDE_END|BIDE_BEGIN
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
    BIDE_AWAIT(nap, rest, (1));
    BIDE_RETURN(1);
}

#define doze_FRAME(ROW) ROW(PARAM, long, n)
BIDE_ASYNC(long, doze) // HERE
{
    BIDE_BEGIN(doze);
    BIDE_RETURN(f->n);
    BIDE_END;
}
