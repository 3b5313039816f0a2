#include "leaves.h"

#include <bide/async_source.h>

async int even(int n);

async int itself(int n)
{
    return n ? await(itself(n - 1)) : 0;
}

async int odd(int n)
{
    return n ? await(even(n - 1)) : 0;
}

async int even(int n)
{
    return n ? await(odd(n - 1)) : 1;
}

async int c(int n);

async int a(int n)
{
    async int x = c(n);
    return await(x);
}

async int b(int n)
{
    return await(a(n));
}

async int c(int n)
{
    return await(b(n));
}

async int boxed_is_fine(int n)
{
    return n ? await(boxed(boxed_is_fine(n - 1))) : 0;
}
