#include "leaves.h"

#include <bide/async_source.h>

struct local_pair {
    int a, b;
};
typedef struct {
    int a;
} hidden;

async int takes(struct local_pair p)
{
    return await(leaf(p.a));
}

async struct local_pair gives(int x)
{
    struct local_pair p = {await(leaf(x)), 0};
    return p;
}

async int pointer_is_fine(struct local_pair *p)
{
    return await(leaf(p->a));
}

async int pointer_to_typedef(hidden *h)
{
    return await(leaf(h->a));
}

static async int static_is_fine(struct local_pair p)
{
    return await(leaf(p.b));
}

async int uses_static(int x)
{
    return await(static_is_fine((struct local_pair){x, x}));
}
