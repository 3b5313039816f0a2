#include "leaves.h"

#include <bide/async_source.h>

async int used(int x)
{
    async int a = leaf(x);
    int n = a + 1;
    return n + await(a);
}

async int not_a_call(int x)
{
    async int a = x;
    async int b = plain(x);
    async int c = await(leaf(x));
    async int d;
    join(a, b, c);
    return await(d);
}

async int is_static(int x)
{
    static async int a = 3;
    return await(a) + x;
}

async int in_for(int x)
{
    for (async int a = leaf(x); x < 3; x++)
        await(a);
    return x;
}

async int in_switch(int x)
{
    switch (x) {
    case 1:;
        async int a = leaf(x);
        await(a);
        break;
    case 2:
        await(leaf(x));
    }
    return x;
}

async int in_goto(int x)
{
    if (x)
        goto out;
    async int a = leaf(x);
    await(a);
out:
    return x;
}
