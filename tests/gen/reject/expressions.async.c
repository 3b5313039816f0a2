#include "leaves.h"

#include <bide/async_source.h>

async int gnu_condition(int x)
{
    return await(leaf(x)) ?: 3;
}

async int statement_expression(int x)
{
    return __extension__({
        int n = await(leaf(x));
        n;
    });
}

async int array_bound(int x)
{
    int a[await(leaf(x))];
    return (int)sizeof a;
}
