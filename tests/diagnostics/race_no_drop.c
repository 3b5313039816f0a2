/* A race of a future whose cleanup waits
 * says: bide: first: a may have to be dropped|first_a_of_slow_may_have_to_be_dropped
 */
#include <bide/bide.h>
#include <bide/select.h>

static bide_poll slow_cancel(void *frame, bide_context *cx);
#define slow_FRAME(ROW) ROW(CANCEL, slow_cancel) ROW(PARAM, int, n)
BIDE_FUTURE_DECLARE(int, slow)

BIDE_RACE(first, (slow, a), (bide_sleep, b)); // HERE
