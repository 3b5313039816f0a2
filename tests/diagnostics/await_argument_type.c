/* An await with an argument of another type
 * says: bide_call_of_wait.*from pointer|pointer to integer conversion passing .char\[5\]. to parameter of type .int
 */
#include <bide/bide.h>

#define wait_FRAME(ROW) ROW(PARAM, int, n)
BIDE_ASYNC(int, wait)
{
    BIDE_BEGIN(wait);
    BIDE_RETURN(f->n);
    BIDE_END;
}

#define work_FRAME(ROW) ROW(LOCAL, int, sum) ROW(CHILD, wait, first)
BIDE_ASYNC(int, work)
{
    BIDE_BEGIN(work);
    BIDE_AWAIT_TO(f->sum, wait, first, ("five")); // HERE
    BIDE_RETURN(f->sum);
    BIDE_END;
}
