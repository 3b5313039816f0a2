/* A member of a join whose cleanup waits
 * says: bide: .*JOIN.*may have to be dropped|row_JOIN_a_of_slow_may_have_to_be_dropped
 */
#include <bide/bide.h>

static bide_poll slow_cancel(void *frame, bide_context *cx);
#define slow_FRAME(ROW) ROW(CANCEL, slow_cancel) ROW(PARAM, int, n)
BIDE_FUTURE_DECLARE(int, slow)

#define work_FRAME(ROW) ROW(LOCAL, int, x) ROW(LOCAL, int, y) ROW(JOIN, both, (slow, a), (slow, b))
BIDE_ASYNC(int, work) // HERE
{
    BIDE_BEGIN(work);
    BIDE_AWAIT_JOIN(both, (slow, a, f->x, (1)), (slow, b, f->y, (2)));
    BIDE_RETURN(1);
    BIDE_END;
}
