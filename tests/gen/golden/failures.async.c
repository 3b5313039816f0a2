/* failures.async.c: failures and errors end a function, or are caught. */
#include "golden.h"

#include <bide/async_source.h>

async int32_t failures(int32_t x)
{
    scoped(pair_end) struct pair mine = {x, x};
    int32_t n = await_try(leaf(x));
    n += await_try(leaf(n), is_bad);
    bide_poll code = await_catch(leaf(n), mine.a);
    if (code == BIDE_ENOMEM)
        fail(-20);
    return code + n + mine.a;
}
