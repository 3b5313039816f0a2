#include "leaves.h"

#include <bide/async_source.h>

struct BIDE_THREAD_BOUND cursor {
    int at;
};

static async_send int holds(int x)
{
    struct cursor c = {x};
    await(leaf_void(x));
    return c.at;
}

static async_send int keeps_parameter(struct cursor *c)
{
    int n = await(leaf(c->at));
    return n;
}

static async int child(int x)
{
    struct cursor c = {x};
    struct cursor *p = &c;
    await(leaf_void(x));
    return p->at;
}

static async int middle(int x)
{
    return await(child(x));
}

async_send int awaits_one(int x)
{
    return await(middle(x)) + await(keeps_parameter(0)) + await(holds(x));
}

async_send int not_across_is_fine(int x)
{
    int n = await(leaf(x));
    struct cursor c = {n};
    n = c.at;
    {
        struct cursor d = {n};
        n += d.at;
    }
    return n + await(leaf(x));
}
