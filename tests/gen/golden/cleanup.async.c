/* cleanup.async.c: scoped and owned run at every way out. */
#include "golden.h"

#include <bide/async_source.h>

async int32_t cleanup(struct pair given, int32_t x)
{
    owned(pair_end, given);
    scoped(pair_end) struct pair mine = {x, await(leaf(x))};
    for (int32_t i = 0; i < 3; i++) {
        scoped(pair_end) struct pair inner = {i, mine.a};
        if (await(leaf(inner.b)) > x)
            break;
        if (i == x)
            return given.a;
    }
    return mine.b + await(leaf(given.b));
}
