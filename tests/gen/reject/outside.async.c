#include "leaves.h"

#include <bide/async_source.h>

int in_plain(int x)
{
    return await(leaf(x)) + 1;
}

void several_in_plain(int x)
{
    scoped(release_int) int r = x;
    async int a = leaf(x);
    join(a);
    yield(r);
}

int called_in_plain(int x)
{
    return leaf(x);
}

async int yields(int x)
{
    yield(x);
    return await(leaf(x));
}

async_gen int gives(int n)
{
    yield(await(leaf(n)));
    return n;
}

async_gen int tries(int n)
{
    yield(await_try(leaf(n)));
}
