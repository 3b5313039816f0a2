/* jumps.async.c: labels stand inside switch and behind goto. */
#include "golden.h"

#include <bide/async_source.h>

async int32_t jumps(int32_t x)
{
    int32_t n = 0;
again:
    switch (x & 3) {
    case 0:
        n = await(leaf(x)); /* fall through */
    case 1:
        n++;
        break;
    default:
        x = await(leaf(n));
        goto again;
    }
    return n;
}
