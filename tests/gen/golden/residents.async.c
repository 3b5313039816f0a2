/* residents.async.c: what has an address, or is large, lives in the frame. */
#include "golden.h"

#include <bide/async_source.h>

async int32_t residents(int32_t x)
{
    int32_t table[20] = {1, [3] = 4}, near = x, *to = &near;
    struct pair p = {.b = x};
    *to += await(leaf(x));
    table[near & 7] = await(leaf(near));
    {
        struct pair *q = &p;
        q->a = await(leaf(q->b));
    }
    return table[3] + near + p.a;
}
