#include "leaves.h"

#include <stdarg.h>

#include <bide/async_source.h>

struct unknown;

async int variadic(int n, ...)
{
    return await(leaf(n));
}

async int unnamed(int n, int)
{
    return await(leaf(n));
}

async int variable(int n, int (*a)[n])
{
    return await(leaf(a[0][0]));
}

async int bide_names(int bide_n)
{
    int bide_local = await(leaf(bide_n));
    goto bide_out;
bide_out:
    return bide_local;
}

async int main(void)
{
    return await(leaf(1));
}

async int scoped_parameter(scoped(release) int *p)
{
    return await(leaf(*p));
}

async_gen void gives_nothing(int n)
{
    await(leaf_void(n));
}
