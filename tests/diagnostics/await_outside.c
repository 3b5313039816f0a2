/* An await outside a body
 * says: bide: .*BIDE_AWAIT.*body
 */
#include <bide/bide.h>

#define nap_FRAME(ROW) ROW(PARAM, int, n)
BIDE_ASYNC(int, nap)
{
    BIDE_BEGIN(nap);
    BIDE_RETURN(f->n);
    BIDE_END;
}
static int work(void)
{
    BIDE_AWAIT(nap, rest, (1)); // HERE
    return 0;
}
