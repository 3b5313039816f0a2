/* never_waits.async.c: functions of which no await waits have no suspension. */
#include "golden.h"

#include <bide/async_source.h>

static async int32_t ready(int32_t x)
{
    return x + 1;
}

async int32_t never_waits(int32_t x)
{
    int32_t n = await(ready(x));
    return n + await(ready(n));
}
