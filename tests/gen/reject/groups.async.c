#include "leaves.h"

#include <bide/async_source.h>

async int plain_variable(int x)
{
    int a = x;
    async int b = leaf(x);
    join(a, b);
    return await(b);
}

async int no_variable(int x)
{
    async int a = leaf(x);
    return select(a, leaf(x));
}

async int named_twice(int x)
{
    async int a = leaf(x);
    async int b = leaf(x);
    return race(a, b, a);
}

async int drops_plain(int x)
{
    drop(x);
    return await(leaf(x));
}

async int boxed_outside(int x)
{
    int n = boxed(leaf(x));
    return n + await(boxed(plain(x)));
}
