/*
 * thermometer.async.c: measuring, and handing on.
 */
#include "thermometer.h"

#include <bide/async_source.h>

async_gen reading thermometer(uint32_t count)
{
    for (uint32_t i = 1; i <= count; i++) {
        await(bide_yield());
        yield(((reading){i, 17 + (int32_t)(i * i % 7)}));
    }
}

async int32_t record(uint32_t count, Readings *into)
{
    reading r;
    async reading readings = thermometer(count);
    while (await_next(r, readings))
        await_try(Readings_send(into, r));
    return await(Readings_close(into));
}
