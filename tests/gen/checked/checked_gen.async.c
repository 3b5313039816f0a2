/*
 * checked_gen.async.c: see test_checked_generated.c. Comments that begin with `at` are places that
 * it looks for.
 */
#include "checked_gen.h"

#include <bide/async_source.h>

async int wait_for(gate *g)
{
    await(pass(g)); /* at wait_for */
    return 1;
}

async int outer(gate *g)
{
    int sum = 1;
    sum += await(wait_for(g)); /* at outer */
    return sum;
}

async int hopes(int times)
{
    await(forgetful(times)); /* at hopes */
    return 0;
}

async int meddle(deed act, void *what)
{
    await(nap(1)); /* at meddle */
    return act(what);
}

async int turning(int how)
{
    if (how == 0)
        return await(turns()); /* at turns */
    if (how == 1)
        return await(boxed(turns()));
    async int beside = turns();
    return await(beside); /* at beside */
}

async void set_later(int *to)
{
    await(nap(0));
    *to = 5;
}

async_gen int count(int n)
{
    for (int i = 0; i < n; i++) {
        await(nap(1));
        yield(i);
    }
}

async void close_later(int **log)
{
    await(nap(1));
    **log += 1;
}

async int closing(int *log)
{
    scoped(close_later) int *mine = log;
    await(nap(1));
    *mine += 10;
    return 0;
}

/* ---- calls through handles ---- */

static async int Tally_get(Tally *self, gate *g)
{
    await(pass(g));
    return self->value;
}

static async int Tally_add(Tally *self, gate *g, int n)
{
    await(pass(g));
    self->value += n;
    return self->value;
}
BIDE_IMPL(Counter, Tally);

async int gets(Counter *c, gate *g)
{
    return await(Counter_get(c, g)); /* at gets */
}

async int adds(Counter *c, gate *g)
{
    return await(Counter_add(c, g, 1)); /* at adds */
}

bool gen_is_checked(void)
{
#ifdef BIDE_CHECKED
    return true;
#else
    return false;
#endif
}
