#include "leaves.h"

#include <bide/async_source.h>

async int in_sizeof(int x)
{
    return (int)sizeof(await(leaf(x)));
}

async int in_typeof(int x)
{
    __typeof__(await(leaf(x))) y = x;
    return y;
}

async int in_alignof(int x)
{
    return (int)__alignof__(await(leaf(x)));
}

async int in_generic(int x)
{
    return _Generic(await(leaf(x)), int : 1, default : 2);
}

async int in_generic_branch(int x)
{
    return _Generic(x, int : 1, default : await(leaf(x)));
}

async int types_are_fine(int x)
{
    __typeof__(leaf(x)) y = await(leaf(x));
    return y + (int)sizeof(leaf(x));
}
