/* BIDE_BLOCK_ON with a result of another type
 * says: bide: .*nap
 */
#include <bide/bide.h>

#define nap_FRAME(ROW) ROW(PARAM, int, n)
BIDE_ASYNC(int, nap)
{
    BIDE_BEGIN(nap);
    BIDE_RETURN(f->n);
    BIDE_END;
}
bide_poll work(long *n);
bide_poll work(long *n)
{
    return BIDE_BLOCK_ON(nap, n, (1)); // HERE
}
