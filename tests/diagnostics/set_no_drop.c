/* A set of futures whose cleanup waits
 * says: bide: many: members may have to be dropped, and the cleanup of slow waits|many_members_slow_may_have_to_be_dropped
 */
#include <bide/bide.h>
#include <bide/future_set.h>

static bide_poll slow_cancel(void *frame, bide_context *cx);
#define slow_FRAME(ROW) ROW(CANCEL, slow_cancel) ROW(PARAM, int, n)
BIDE_FUTURE_DECLARE(int, slow)

BIDE_FUTURE_SET(many, slow); // HERE
