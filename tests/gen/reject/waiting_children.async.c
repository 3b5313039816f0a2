/* A child that may be dropped has no cleanup that waits. */
#include "leaves.h"
#include <bide/async_source.h>

static async int has_one(int x)
{
    int *p = &x;
    scoped(release_async) int *q = p;
    return await(leaf(*q));
}

static async int holds_one(int x)
{
    return await(has_one(x)) + await(boxed(has_one(x)));
}

async int beside(int x)
{
    async int a = holds_one(x);
    async int b = boxed(has_one(x));
    async int fine = leaf(x);
    return await(a) + await(b) + await(fine);
}
