/* children.async.c: async variables run beside their function. */
#include "golden.h"

#include <bide/async_source.h>

async int32_t children(int32_t x)
{
    async int32_t a = leaf(x);
    async int32_t b = boxed(leaf(x + 1));
    async int32_t c = leaf(x + 2);
    if (select(a, c) == 0)
        drop(c);
    join(a, b);
    {
        async int32_t d = leaf(await(a));
        async int32_t e = leaf(await(b));
        if (race(d, e) == 0)
            return await(d);
    }
    return await(a) + await(b);
}
