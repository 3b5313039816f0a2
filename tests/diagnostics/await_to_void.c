/* A result stored that there is none of
 * says: bide: .*rest_a_bit
 */
#include <bide/bide.h>

#define rest_a_bit_FRAME(ROW)
BIDE_ASYNC(void, rest_a_bit)
{
    BIDE_BEGIN(rest_a_bit);
    BIDE_END;
}
#define work_FRAME(ROW) ROW(CHILD, rest_a_bit, rest) ROW(LOCAL, int, n)
BIDE_ASYNC(int, work)
{
    BIDE_BEGIN(work);
    BIDE_AWAIT_TO(f->n, rest_a_bit, rest, ()); // HERE
    BIDE_RETURN(1);
    BIDE_END;
}
