/* The same of a future by hand
 * says: argument.* slow_drop.*its_cleanup_waits_cancel_it|slow_bide_dropped.*its_cleanup_waits_cancel_it
 */
#include <bide/bide.h>

static bide_poll slow_cancel(void *frame, bide_context *cx);
#define slow_FRAME(ROW) ROW(CANCEL, slow_cancel) ROW(PARAM, int, n)
BIDE_FUTURE_DECLARE(int, slow)

void give_up(struct slow *f);
void give_up(struct slow *f)
{
    slow_drop(f); // HERE
}
