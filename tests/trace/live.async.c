/*
 * live.async.c: an implementation of an interface, a join of async variables, a recursion.
 */
#include "live.h"

#include <bide/async_source.h>

async int Disk_save(Disk *self, uint64_t ms)
{
    self->writes++;
    return await(pause(ms));
}

async int both(Store *store, uint64_t ms)
{
    async int a = Store_save(store, ms);
    async int b = boxed(pause(2 * ms));
    await(pause(1));
    join(a, b);
    return await(a) + await(b);
}

async int down(int levels)
{
    if (levels == 0)
        return await(pause(400));
    return await(boxed(down(levels - 1)));
}
