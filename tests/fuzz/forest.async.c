/*
 * forest.async.c: futures by bidec.
 */
#include "forest.h"

#include <bide/async_source.h>

async int32_t grown(plant *p, token t)
{
    owned(token_end, t);
    scoped(token_end) token mine = token_take(p, 3);
    int32_t x = await(leaf(p, 0, token_take(p, 1)));
    x += await(boxed(leaf(p, 1, token_take(p, 2))));
    return x + (mine.p != p);
}

/* The first leaf loses if it waits; it is kept, and polled again when the second has ended. */
async int32_t raced(plant *p, token t)
{
    owned(token_end, t);
    async int32_t slow = leaf(p, 0, token_take(p, 1));
    async int32_t quick = at_once(p);
    p->racing = true;
    p->losers = select(slow, quick);
    p->racing = false;
    int32_t x = await(leaf(p, 1, token_take(p, 2)));
    return x + await(slow);
}

async int32_t Vine_get(Vine *self, plant *p, token t)
{
    owned(token_end, t);
    self->calls++;
    int32_t x = await(boxed(leaf(p, 0, token_take(p, 1))));
    x += await(leaf(p, 1, token_take(p, 2)));
    return x;
}

BIDE_IMPL(Source, Vine);

async int32_t climbing(Source *s, plant *p, token t)
{
    owned(token_end, t);
    return await(Source_get(s, p, token_move(&t)));
}
