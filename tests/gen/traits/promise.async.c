/* bidec does not know the flags of another file's futures: the C compiler refuses this. */
#include "other.h"

#include <bide/async_source.h>

async_send int promises_too_much(int x)
{
    return await(other_moves(x)) + await(boxed(other_stays(x)));
}
