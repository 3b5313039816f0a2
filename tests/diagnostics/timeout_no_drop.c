/* A time limit of a future whose cleanup waits
 * says: bide: timed: inner may have to be dropped|timed_inner_of_slow_may_have_to_be_dropped
 */
#include <bide/bide.h>
#include <bide/timeout.h>

static bide_poll slow_cancel(void *frame, bide_context *cx);
#define slow_FRAME(ROW) ROW(CANCEL, slow_cancel) ROW(PARAM, int, n)
BIDE_FUTURE_DECLARE(int, slow)

BIDE_TIMEOUT(timed, slow); // HERE
