/* lines_spawn.async.c: ordinary functions that use words are changed in place. */
#include "golden.h"

#include <bide/async_source.h>

async int32_t lines_spawn(int32_t x)
{
    return await(leaf(x)) + x;
}

bide_poll start(bide_local *executor, int32_t x)
{
    if (x < 0)
        return BIDE_EMISUSE;
    return spawn(executor, lines_spawn(x));
}

bide_poll finish(int32_t x, int32_t *out)
{
    return BIDE_BLOCK_ON(lines_spawn, out, (x));
}
