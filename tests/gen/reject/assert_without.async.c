#include "leaves.h"

#define NDEBUG
#include <assert.h>

#include <bide/async_source.h>

async int checked(int x)
{
    assert(await(leaf(x)) > 0);
    return await(leaf(x));
}
