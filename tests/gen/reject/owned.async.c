#include "leaves.h"

#include <bide/async_source.h>

async int not_first(int *p)
{
    int n = await(leaf(*p));
    owned(release, p);
    return n;
}

async int no_parameter(int x)
{
    int *p = &x;
    owned(release, p);
    return await(leaf(*p));
}

async int twice(int *p)
{
    owned(release, p);
    owned(release, p);
    return await(leaf(*p));
}

async int assigned(int *p, int *q)
{
    owned(release, p);
    owned(release, q);
    p = q;
    p++;
    *q = 3;
    return await(leaf(*q));
}

async int part_assigned(struct point p)
{
    owned(release_point, p);
    p.x = 3;
    await(leaf_pointer(&p));
    return p.x;
}

async int async_release(int *p)
{
    owned(release_async, p);
    return await(leaf(*p));
}
