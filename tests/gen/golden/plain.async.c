/* plain.async.c: one await. */
#include "golden.h"

#include <bide/async_source.h>

async int32_t plain(int32_t x)
{
    int32_t n = await(leaf(x));
    return n + x;
}
