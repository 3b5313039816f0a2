#include "leaves.h"

#include <bide/async_source.h>

static int *make(int *x)
{
    return x;
}

async int no_initialiser(int x)
{
    scoped(release) int *p;
    p = make(&x);
    return await(leaf(*p));
}

async int unknown(int x)
{
    scoped(nothing) int *p = make(&x);
    return await(leaf(*p));
}

async int other_type(int x)
{
    scoped(release_int) int *p = make(&x);
    return await(leaf(*p));
}

async int is_static(int x)
{
    scoped(release) static int *p = 0;
    return p ? await(leaf(x)) : x;
}

async int is_register(int x)
{
    scoped(release) register int *p = make(&x);
    return await(leaf(*p));
}

async int jumps_in(int x)
{
    if (x > 3)
        goto out;
    scoped(release) int *p = make(&x);
    await(leaf_void(*p));
out:
    return x;
}

async int jumps_out_is_fine(int x)
{
    {
        scoped(release) int *p = make(&x);
        if (await(leaf(*p)))
            goto out;
    }
out:
    return x;
}

async int cases(int x)
{
    switch (x) {
    case 1:;
        scoped(release) int *p = make(&x);
        await(leaf_void(*p));
        break;
    default:
        break;
    }
    return x;
}

scoped(release) static int *global;

int use(void)
{
    return *global;
}
