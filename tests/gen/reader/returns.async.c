/* clang-format off */
#include <bide/async_source.h>

async int leaf(int n)
{
    return n;
}
async int ends(int n)
{
    if (await(leaf(n)))
        return 1;
}
async_gen int counts(int n)
{
    for (int i = 0; i < n; i++)
        yield(await(leaf(i)));
}
