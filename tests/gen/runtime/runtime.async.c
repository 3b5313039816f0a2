/*
 * runtime.async.c: see test_runtime.c. Comments that begin with `at` are places that it looks for.
 */
#include "runtime.h"

#include <bide/async_source.h>

async int one(int count)
{
    int n = count + 1;
    return count ? n + await(ticks(count)) : n; /* at one */
}

async int chain(int count)
{
    int sum = 0;
    for (int i = 0; i < 2; i++)
        sum += await(one(count)); /* at chain */
    return sum;
}

async int both(int count)
{
    async int left = one(count);
    async int right = chain(count);
    join(left, right); /* at both */
    return await(left) + await(right);
}

async int in_boxes(int count)
{
    async int left = boxed(one(count));
    int right = await(boxed(chain(count))); /* at in_boxes */
    return await(left) + right;             /* at left */
}

static async int Base_add(Base *self, int n)
{
    return self->value + await(one(n)); /* at Base_add */
}
BIDE_IMPL(Adder, Base);

async int through(Adder *adder, int count)
{
    return await(Adder_add(adder, count)) + 1; /* at through */
}

async int ready_chain(int count)
{
    int a = await(chain(count));
    int b = await(one(count));
    return a + b;
}

/* ---- a cleanup that waits ---- */

async void close_later(int **log)
{
    **log += 10;
    await(ticks(2)); /* at close_later */
    **log += 100;
}

async int closing(int *log, int count)
{
    scoped(close_later) int *mine = log;
    *mine += 1;
    int n = await(ticks(count)); /* at closing */
    *mine += 1000;
    return n;
}

async int closing_twice(int *log, int count)
{
    scoped(close_later) int *mine = log;
    int n = await(closing(mine, count));
    return n + await(boxed(closing(mine, count)));
}

#ifndef BIDE_BLOCKING

bide_poll start_closing(bide_local *executor, int *log, int count, bide_join *join)
{
    return spawn(executor, closing(log, count), join);
}

bide_poll run_chain(int count, int *out)
{
    return BIDE_BLOCK_ON(chain, out, (count));
}

#endif
