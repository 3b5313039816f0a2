/* Dropping a future whose cleanup waits
 * says: argument.* work_drop.*its_cleanup_waits_cancel_it|work_bide_dropped.*its_cleanup_waits_cancel_it
 */
#include <bide/bide.h>

static bide_poll slow_cancel(void *frame, bide_context *cx);
#define slow_FRAME(ROW) ROW(CANCEL, slow_cancel) ROW(PARAM, int, n)
BIDE_FUTURE_DECLARE(int, slow)

#define work_FRAME(ROW) ROW(CHILD, slow, in)
BIDE_ASYNC(int, work)
{
    BIDE_BEGIN(work);
    BIDE_AWAIT(slow, in, (1));
    BIDE_RETURN(1);
    BIDE_END;
}

void give_up(struct work *w);
void give_up(struct work *w)
{
    work_drop(w); // HERE
}
