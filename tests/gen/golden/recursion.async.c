/* recursion.async.c: a function that awaits itself, boxed; frames of static functions are in the
 * header. */
#include "golden.h"

#include <bide/async_source.h>

static async int32_t deeper(int32_t n);

async int32_t recursion(int32_t n)
{
    return n > 0 ? await(deeper(n)) : 0;
}

static async int32_t deeper(int32_t n)
{
    int32_t m = await(leaf(n));
    return m + await(boxed(recursion(n - 1)));
}
