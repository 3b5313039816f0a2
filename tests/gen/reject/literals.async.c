#include "leaves.h"

#include <bide/async_source.h>

async int address(int n)
{
    struct point *p = &(struct point){n, n};
    await(leaf_void(n));
    return p->x;
}

async int decays(int n)
{
    const int *p = (int[]){n, n};
    return await(leaf(p[0]));
}

async int argument(int n)
{
    await(leaf_pointer(&(struct point){n, n}));
    return n;
}

async int values_are_fine(int n)
{
    struct point p = (struct point){n, n};
    await(leaf_void(n));
    {
        struct point *q = &(struct point){p.x, n};
        n += q->x;
    }
    return n + (int[]){1, 2}[n & 1];
}

async int before_is_fine(int n)
{
    int r = await(leaf(n));
    struct point *p = &(struct point){r, n};
    return p->x;
}
