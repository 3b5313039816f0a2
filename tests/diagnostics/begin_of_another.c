/* BIDE_BEGIN with another name than the body's
 * says: bide: .*BIDE_BEGIN.nap
 */
#include <bide/bide.h>

#define nap_FRAME(ROW) ROW(PARAM, int, n)
BIDE_ASYNC(int, nap)
{
    BIDE_BEGIN(nap);
    BIDE_RETURN(f->n);
    BIDE_END;
}
#define work_FRAME(ROW) ROW(PARAM, int, n)
BIDE_ASYNC(int, work)
{
    BIDE_BEGIN(nap); // HERE
    BIDE_RETURN(1);
    BIDE_END;
}
