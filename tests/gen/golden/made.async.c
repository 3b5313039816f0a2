/* made.async.c: what macros make of functions of the file, in a frame of the header and here. */
#include "golden.h"

#include <bide/join.h>
#include <bide/timeout.h>

#include <bide/async_source.h>

async int32_t twice(int32_t x)
{
    return await(leaf(x)) * 2;
}
BIDE_TIMEOUT(twice_within, twice);

async int32_t exported(int32_t x)
{
    twice_within_output got = await(twice_within(10, twice_made(x)));
    return got.late ? -1 : got.of.value;
}

struct hidden {
    int32_t n;
};

static async struct hidden hidden_of(int32_t x)
{
    return (struct hidden){await(leaf(x))};
}
BIDE_FUTURE_BY_ASYNC(struct hidden, hidden_of, (int32_t, x));
BIDE_JOIN_OF(both, (hidden_of, a), (twice, b));

static async int32_t inner(int32_t x)
{
    both_output got = await(both(hidden_of_made(x), twice_made(x)));
    return got.a.value.n + got.b.value;
}

async int32_t outer(int32_t x)
{
    return await(boxed(inner(x)));
}

/* Of an interface: bidec adds the line, without `impl`. */
#define Sum_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC, int32_t, add, (int32_t, n))
BIDE_INTERFACE(Sum);

static async int32_t add_twice(impl(Sum) * s, int32_t n)
{
    return await(Sum_add(s, n)) + await(Sum_add(s, n));
}
BIDE_TIMEOUT(add_twice_within, add_twice);

static async int32_t add_soon(Sum *s, int32_t n)
{
    return await(add_twice_within(5, add_twice_made(s, n))).of.value;
}

async int32_t through(void *sum, int32_t n)
{
    return await(boxed(add_soon((Sum *)sum, n)));
}
