#include "leaves.h"

#include <bide/async_source.h>

/* Cannot be assigned, and so not restored. */
struct fixed {
    struct {
        const int id;
    } of[2];
    int n;
};

static async int fixed_kept(int x)
{
    struct fixed f = {{{1}, {2}}, x};
    int n = await(leaf(x));
    return n + f.n;
}

static async int fixed_parameter(struct fixed f)
{
    return await(leaf(f.n));
}

static async int fixed_behind_pointer(const struct fixed *f)
{
    return await(leaf(1)) + f->n;
}

static async int fixed_for_a_moment(int x)
{
    int n = await(leaf(x));
    struct fixed f = {{{1}, {2}}, n};
    return f.n;
}
