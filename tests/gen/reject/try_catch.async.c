#include "leaves.h"

#include <bide/async_source.h>

static int is_error(unsigned code)
{
    return code > 100;
}

async unsigned unsigned_result(int x)
{
    unsigned n = await_try(leaf_unsigned(x));
    return n + await_try(leaf_unsigned(x), is_error);
}

async int no_result(int x)
{
    await_try(leaf_void(x));
    return x;
}

async void nothing_to_return(int x)
{
    await_try(leaf(x));
}

async int narrower(int x)
{
    return (int)await_try(leaf_long(x));
}

async struct point other_type(int x)
{
    struct point p = {await_try(leaf(x)), 0};
    return p;
}

async int not_async(int x)
{
    int y = await_try(plain(x));
    return y + (int)await_catch(plain(x));
}
