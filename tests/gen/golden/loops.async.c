/* loops.async.c: loops whose conditions and steps await are taken apart. */
#include "golden.h"

#include <bide/async_source.h>

async int32_t loops(int32_t x)
{
    int32_t sum = 0;
    for (int32_t i = await(leaf(0)); i < await(leaf(x)); i += await(leaf(1))) {
        if (i == 3)
            continue;
        sum += i;
    }
    while (sum < 10)
        sum += await(leaf(sum));
    do {
        if (sum & 1)
            continue;
        sum--;
    } while (await(leaf(sum)));
    return sum;
}
