#include "leaves.h"

#include <bide/async_source.h>

typedef int (*callback)(int x);

async int without_await(int x)
{
    int n = leaf(x);
    leaf_void(n);
    return n;
}

async int address(int x)
{
    callback f = leaf;
    callback g = &leaf;
    return f(x) + g(x);
}

static async int own(int x)
{
    return x;
}

int address_in_plain(int x)
{
    callback f = own;
    return f(x);
}

static const callback table[] = {plain, own, leaf};

int use_table(int x)
{
    return table[0](x);
}

static async int elsewhere(int x);

async int never_defined(int x)
{
    return await(elsewhere(x));
}

#undef drop
static int drop(int x)
{
    return x - 1;
}

async int own_drop_is_fine(int x)
{
    return await(leaf(drop(x)));
}
