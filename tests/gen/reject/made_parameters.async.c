#include "leaves.h"

#include <bide/timeout.h>

#include <bide/async_source.h>

/* Parameters that are no type and name. */
static async int calls(int (*function)(int), int x)
{
    return function(await(leaf(x)));
}
BIDE_TIMEOUT(calls_within, calls);

static async int many(int a, int b, int c, int d, int e, int f, int g, int h, int i)
{
    return await(leaf(a + b + c + d + e + f + g + h + i));
}
BIDE_TIMEOUT(many_within, many);

static async int unnamed(unsigned int);
BIDE_TIMEOUT(unnamed_within, unnamed);
