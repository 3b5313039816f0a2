/* Nor whether they may be dropped. */
#include "other.h"

#include <bide/async_source.h>

async int drops_too_much(int x)
{
    async int n = other_tidies(x);
    async int m = other_moves(x);
    return race(n, m);
}
