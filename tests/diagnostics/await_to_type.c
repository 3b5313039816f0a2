/* A result stored in a variable of another type
 * says: bide: .*nap.*type
 */
#include <bide/bide.h>

#define nap_FRAME(ROW) ROW(PARAM, int, n)
BIDE_ASYNC(int, nap)
{
    BIDE_BEGIN(nap);
    BIDE_RETURN(f->n);
    BIDE_END;
}
#define work_FRAME(ROW) ROW(CHILD, nap, rest) ROW(LOCAL, long, n)
BIDE_ASYNC(int, work)
{
    BIDE_BEGIN(work);
    BIDE_AWAIT_TO(f->n, nap, rest, (1)); // HERE
    BIDE_RETURN(1);
    BIDE_END;
}
