#include "leaves.h"

#include <bide/async_source.h>

struct ops {
    int (*call)(int x);
};

async int of_plain(int x)
{
    return await(plain(x));
}

async int of_value(int x)
{
    return await(x + 1);
}

async int of_plain_variable(int x)
{
    int a = plain(x);
    return await(a);
}

async int of_pointer(const struct ops *o, int x)
{
    return await(o->call(x));
}

async int of_stream(int n)
{
    async int items = numbers(n);
    return await(numbers(n)) + await(items);
}

async int parenthesised(int x)
{
    return await((leaf(x)));
}
