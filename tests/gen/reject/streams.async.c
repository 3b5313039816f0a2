#include "leaves.h"

#include <bide/async_source.h>

async int not_a_variable(int n)
{
    int item = 0;
    int x = n;
    while (await_next(item, x))
        ;
    return item;
}

async int not_a_stream(int n)
{
    int item = 0;
    async int x = leaf(n);
    while (await_next(item, x))
        ;
    return item;
}

async int direct(int n)
{
    int item = 0;
    return await_next(item, numbers(n));
}

async int in_join(int n)
{
    async int items = numbers(n);
    async int a = leaf(n);
    join(a, items);
    return await(a);
}

async_gen int other_item(struct point p)
{
    yield(p);
}

async_gen struct point right_item(struct point p)
{
    yield(p);
}
