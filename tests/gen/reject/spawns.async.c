#include "leaves.h"

#include <bide/async_source.h>

async int of_plain(struct bide_rt *rt, int x)
{
    bide_poll r = spawn(rt, plain(x));
    return r;
}

int from_plain(struct bide_rt *rt, int x)
{
    bide_poll good = spawn(rt, leaf(x));
    bide_poll bad = spawn(rt, x);
    return good + bad;
}

async int of_stream(struct bide_rt *rt, int x)
{
    return spawn(rt, numbers(x));
}
