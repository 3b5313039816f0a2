#include "leaves.h"

#include <bide/async_source.h>

struct local_pair {
    int a, b;
};

/* Part of an exported frame. */
static async int keeps(int x)
{
    struct local_pair p = {x, x};
    int n = await(leaf(x));
    return n + p.a;
}

async int holds_keeps(int x)
{
    async int k = keeps(x);
    return await(k);
}
