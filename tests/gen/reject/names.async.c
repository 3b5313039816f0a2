#include "leaves.h"

#include <bide/async_source.h>

int fetch_init(int x);
typedef int fetch_poll;
static int fetch_drop;
struct load {
    int x;
};
enum { store_flags = 3 };

async int fetch(int x)
{
    fetch_poll y = x + fetch_drop;
    return await(leaf(y));
}

async int load(int x)
{
    struct load l = {x};
    return await(leaf(l.x));
}

async int store(int x)
{
    return await(leaf(x + store_flags));
}

async int delete(int this)
{
    return await(leaf(this));
}

static async int new(int class)
{
    return await(leaf(class));
}

async int uses_new(int x)
{
    return await(new(x));
}

async int hides(int x)
{
    int leaf_poll = x;
    return await(leaf(leaf_poll));
}

async int inner_prototype(int x)
{
    async int inner(int x);
    return await(leaf(x));
}
