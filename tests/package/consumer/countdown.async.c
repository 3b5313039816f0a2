#include "countdown.h"

#include <bide/time.h>

#include <bide/async_source.h>

async int32_t countdown(int32_t from)
{
    int32_t sum = 0;
    for (int32_t i = from; i > 0; i--) {
        sum += i;
        await(bide_sleep(1));
    }
    return sum;
}
