/* waiting_cleanup.async.c: a cleanup that waits gives the future a cancel. */
#include "golden.h"

#include <bide/async_source.h>

async void flush(int32_t **p)
{
    **p = await(leaf(**p));
}

async int32_t waiting_cleanup(int32_t *at)
{
    scoped(flush) int32_t *p = at;
    return await(leaf(*p));
}
