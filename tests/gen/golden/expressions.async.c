/* expressions.async.c: awaits run from left to right, before the rest of their expression. */
#include "golden.h"

#include <bide/async_source.h>

async int32_t expressions(int32_t x)
{
    int32_t n = x;
    n += await(leaf(1)) * 2 + (await(leaf(n)) && await(leaf(x)));
    if (n > 3 || await(leaf(3)) > x)
        n = x ? await(leaf(await(leaf(x)))) : n;
    return (await(leaf(n)), n);
}
