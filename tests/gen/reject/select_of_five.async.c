#include "leaves.h"

#include <sys/select.h>

#include <bide/async_source.h>

async int five(int *x)
{
    async int a = leaf(x[0]);
    async void *b = leaf_place(x);
    async void *c = leaf_place(x);
    async void *d = leaf_place(x);
    async void *e = leaf_place(x);
    return select(a, b, c, d, e);
}
