#include "leaves.h"

#include <bide/async_source.h>

async int local_types(int n)
{
    struct pair {
        int a, b;
    } p = {n, n};
    enum { RED, BLUE } colour = RED;
    typedef int number;
    number k = n;
    struct {
        int x;
    } unnamed = {n};
    await(leaf_void(n));
    return p.a + (int)colour + k + unnamed.x;
}

async int not_kept_are_fine(int n)
{
    int r = await(leaf(n));
    struct pair {
        int a, b;
    } p = {r, n};
    return p.a;
}

async int before_the_await_is_fine(int n)
{
    struct pair {
        int a, b;
    } p = {n, n};
    int sum = p.a + p.b;
    return await(leaf(sum));
}
