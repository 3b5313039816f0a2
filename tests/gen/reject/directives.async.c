#include "leaves.h"

#include <bide/async_source.h>

async int conditional(int x)
{
#if 1
    int n = await(leaf(x));
#else
    int n = await(leaf(x + 1));
#ifdef NESTED
    n++;
#endif
#endif
    return n;
}

async int included(int x)
{
#include "leaves.h"
#define LOCAL 3
    return await(leaf(x + LOCAL));
}

async int pragmas(int x)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
    int n = await(leaf(x));
#pragma GCC diagnostic pop
#pragma unroll 4
    for (int i = 0; i < n; i++)
        x++;
    _Pragma("omp parallel for") for (int i = 0; i < n; i++) x++;
    return x;
}

#if 0
async int not_compiled(int x)
{
    return sizeof(await(leaf(x)));
}
#endif
