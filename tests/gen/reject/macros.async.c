#include "leaves.h"

#include <bide/async_source.h>

#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define TWICE(a) ((a) + (a))
#define MAYBE(c, a) ((c) && (a))
#define FETCH(x) await(leaf(x))
#define UNTIL(c) while (!(c))
#define IGNORE(a) ((void)0)
#define CHECK(c)                                                                                   \
    do {                                                                                           \
        if (!(c))                                                                                  \
            return -1;                                                                             \
    } while (0)

async int twice(int x)
{
    return MAX(await(leaf(x)), 3) + TWICE(await(leaf(x)));
}

async int sometimes(int x)
{
    return MAYBE(x, await(leaf(x)));
}

async int in_body(int x)
{
    return FETCH(x);
}

async int in_loop_head(int x)
{
    UNTIL (await(leaf(x)))
        x++;
    return x;
}

async int unused(int x)
{
    IGNORE(await(leaf(x)));
    return await(leaf(x));
}

async int returns(int x)
{
    int n = await(leaf(x));
    CHECK(n > 0);
    return n;
}

#define NEXT continue
#define STOP break
#define LEAVE goto out
#define USE(a)                                                                                     \
    do {                                                                                           \
        plain(0);                                                                                  \
        plain(a);                                                                                  \
    } while (0)

async int jumps(int x)
{
    while (await(leaf(x)) > 3) {
        scoped(release_int) int r = x;
        if (r == 3)
            NEXT;
        if (r == 4)
            STOP;
        if (r == 5)
            LEAVE;
    }
out:
    return x;
}

async int jumps_are_fine(int x)
{
    for (int i = 0; i < x; i++) {
        if (await(leaf(i)))
            NEXT;
        if (i > 3)
            STOP;
        if (i > 2)
            LEAVE;
    }
out:
    return x;
}

async int inside_a_body(int x)
{
    USE(await(leaf(x)));
    return x;
}
