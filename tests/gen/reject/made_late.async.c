#include "made_late.h"

#include <bide/async_source.h>

async int asked(int x)
{
    return await(leaf(x));
}

async int asks(int x)
{
    return await(asked_within(5, asked_made(x))).late;
}

static async int static_may(int x)
{
    return await(asked_within(5, asked_made(x))).late;
}

async int boxed_may(int x)
{
    return await(boxed(asked_within(5, asked_made(x)))).late + await(boxed(static_may(x)));
}
