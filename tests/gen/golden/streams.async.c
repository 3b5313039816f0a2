/* streams.async.c: a generator, and who reads it. */
#include "golden.h"

#include <bide/async_source.h>

async_gen int32_t count(int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        yield(i + await(leaf(i)));
}

async int32_t streams(int32_t n)
{
    int32_t item, sum = 0;
    async int32_t items = count(n);
    while (await_next(item, items))
        sum += item;
    return sum;
}
