/* BIDE_RETURN of a value from a void function
 * says: bide: .*BIDE_RETURN
 */
#include <bide/bide.h>

#define work_FRAME(ROW) ROW(PARAM, int, n)
BIDE_ASYNC(void, work)
{
    BIDE_BEGIN(work);
    BIDE_RETURN(f->n); // HERE
    BIDE_END;
}
