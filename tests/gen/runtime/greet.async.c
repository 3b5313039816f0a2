/*
 * greet.async.c: lines in, lines out.
 */
#include "greet.h"

#include <bide/async_source.h>

async int32_t greet(TunnelLines *names, TunnelWriter *to)
{
    int32_t count = 0;
    bide_bytes name = {0};
    while (await(TunnelLines_next(names, &name))) {
        scoped(bide_bytes_free) bide_bytes owned_name = name;
        int32_t error = await(TunnelWriter_write_all(to, "hello ", 6, NULL));
        if (error == 0)
            error = await(TunnelWriter_write_all(to, owned_name.data, owned_name.size, NULL));
        if (error == 0)
            error = await(TunnelWriter_write_all(to, "!\n", 2, NULL));
        if (error < 0)
            return error;
        count++;
    }
    if (TunnelLines_error(names) < 0)
        return TunnelLines_error(names);
    int32_t error = await(TunnelWriter_close(to));
    return error < 0 ? error : count;
}
