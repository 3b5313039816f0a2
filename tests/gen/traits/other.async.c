#include "other.h"

#include <bide/async_source.h>

async int other_moves(int x)
{
    return await(moving(x)) + x;
}

async int other_stays(int x)
{
    struct cursor c = {x};
    return await(moving(x)) + c.at;
}

async_send int other_promises(int x)
{
    return await(moving(x)) + await(other_moves(x));
}

static async void tidy(int **p)
{
    **p = await(moving(1));
}

async int other_tidies(int x)
{
    scoped(tidy) int *p = &x;
    return await(moving(*p));
}
