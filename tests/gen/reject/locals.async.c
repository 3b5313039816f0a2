#include "leaves.h"

#include <bide/async_source.h>

async int variable_array(int n)
{
    int a[n];
    a[0] = n;
    await(leaf_void(n));
    return a[0];
}

async int variable_array_is_fine(int n)
{
    {
        int a[n];
        a[0] = n;
        n = a[0];
    }
    return await(leaf(n));
}

async int variable_pointer(int n, int *m)
{
    int(*p)[n] = (void *)m;
    await(leaf_void(n));
    return (*p)[0];
}

async int raw_cleanup(int n)
{
    int r __attribute__((cleanup(release_int))) = n;
    return await(leaf(r));
}
