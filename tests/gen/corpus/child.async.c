/*
 * child.async.c: futures that run beside their function, boxed calls, and futures of every making.
 *
 * Children change the order of the trace, but not its numbers. Who wins a select or a race is
 * decided by leaves with a fixed number of polls; the blocking build has twins for these.
 */
#include "child.h"

#include <sys/select.h>

#include <bide/async_source.h>

async int child_one(int x)
{
    async int a = leaf(x);
    note(1);
    int n = await(leaf(x + 1));
    return await(a) + 100 * n;
}

async int child_value_often(int x)
{
    async struct pair p = leaf_pair(x);
    int sum = await(p).a;
    for (int i = 0; i < 3; i++)
        sum += await(p).b + await(leaf(i));
    return sum;
}

static async int add_later(int a, int b)
{
    int n = await(leaf(a));
    return n + await(leaf(b));
}

async int child_join(int x)
{
    async int a = leaf(x);
    async int b = add_later(x, 3);
    async struct pair c = leaf_pair(x);
    join(a, b, c);
    return await(a) + 10 * await(b) + 100 * await(c).a;
}

async int child_join_pointers(int x)
{
    int to[2] = {x, 40};
    async int *a = leaf_pointer(&to[0]);
    async int *b = leaf_pointer(&to[1]);
    join(a, b);
    return to[0] + 10 * *await(b) + (await(a) == to);
}

async int child_join_in_loop(int x)
{
    int sum = 0;
    for (int i = 0; i < 3; i++) {
        async int a = owned_child(acquire(i + 50), 1);
        async int b = owned_child(acquire(x + 70), 2);
        if (i == 1)
            continue;
        join(a, b);
        sum += await(a) * await(b);
    }
    return sum;
}

/* Some are never polled, some are dropped in the middle. */
async int child_left_alone(int x)
{
    async int a = add_later(x, 1);
    async int b = owned_child(acquire(x), 3);
    if (x & 1)
        return await(a);
    {
        async int c = owned_child(acquire(x + 80), 2);
        if (x & 2)
            (void)await(c);
    }
    drop(b);
    await(pause_void(x));
    return await(a) + x;
}

async int owned_child(struct resource *r, int n)
{
    owned(release_at, r);
    while (n-- > 0)
        await(pause_void(use(r)));
    return use(r);
}

async int child_borrows_locals(int x)
{
    int v = x, w = 50;
    async int *p = leaf_pointer(&v);
    async int *q = leaf_pointer(&w);
    *await(q) += 2;
    await(pause_void(w));
    *await(p) += 5;
    return v * 100 + w;
}

async int child_with_scoped(int x)
{
    scoped(release_at) struct resource *r = acquire(x + 1);
    async int a = owned_child(acquire(x + 20), 2);
    scoped(release_at) struct resource *s = acquire(x + 40);
    int n = await(leaf(use(r)));
    if (x == 1)
        return n;
    return n + await(a) + use(s);
}

#ifndef BIDE_BLOCKING

async int child_select(int x)
{
    async int slow = leaf_after(x + 1, 1);
    async int quick = leaf_after(x, 2);
    int first = select(slow, quick);
    int second = -1;
    if (first == 1) {
        int n = await(quick);
        second = select(slow);
        n += await(slow);
        return first * 1000 + second * 100 + n;
    }
    return -1;
}

static async int slow_owned(struct resource *r)
{
    owned(release_at, r);
    return await(leaf_after(100, use(r)));
}

async int child_race(int x)
{
    async int a = leaf_after(3, 1);
    async int b = leaf_after(x, 2);
    async int c = slow_owned(acquire(7));
    switch (race(a, b, c)) {
    case 0:
        return await(a);
    case 1:
        return 100 + await(b);
    default:
        return 200;
    }
}

async int child_select_loop(int x)
{
    async int tick = leaf_after(2 * x + 1, 1);
    int rounds = 0;
    for (;;) {
        async int nap = leaf_after(2, rounds);
        if (select(tick, nap) == 0)
            break;
        rounds++;
        if (rounds > 20)
            break;
    }
    return await(tick) * 100 + rounds;
}

#else

int child_select(int x)
{
    (void)x;
    return 1000 + (2 + 7) + (1 + 7);
}

int child_race(int x)
{
    return x < 3 ? 100 + (2 + 7) : (1 + 7);
}

int child_select_loop(int x)
{
    /* a round polls tick as often as nap: three times */
    return (1 + 7) * 100 + (2 * x + 1) / 3;
}

#endif

async int posix_select_still_works(int x)
{
    struct timeval none = {0, 0};
    fd_set set;
    FD_ZERO(&set);
    int n = await(leaf(x));
    return n + select(0, &set, (fd_set *)0, (fd_set *)0, &none);
}

/* Nothing waits while it is there: it is built and dropped all the same. */
async int child_never_waited_for(int x)
{
    int n = await(leaf(x));
    if (n & 1) {
        async int a = owned_child(acquire(x + 60), 2);
        n++;
    }
    {
        async int b = boxed(owned_child(acquire(x + 61), 2));
        n++;
        drop(b);
    }
    return n * 100 + x;
}

async int child_and_no_wait(int x)
{
    async int a = owned_child(acquire(x + 62), 2);
    return x;
}

async int child_goto_back(int x)
{
    int n = x;
again:;
    async int r = owned_child(acquire(n + 130), 2);
    n += await(leaf(n));
    if (n < 30)
        goto again;
    return n + await(r);
}

/* ---- boxed calls ---- */

async int fibonacci(int n)
{
    if (n < 2)
        return await(leaf(n)) - 7;
    int a = await(boxed(fibonacci(n - 1)));
    int b = await(boxed(fibonacci(n - 2)));
    return a + b;
}

async int depth(int n, struct resource *r)
{
    owned(release_at, r);
    int here = use(r) + await(leaf(n));
    if (n > 0)
        here += await(boxed(depth(n - 1, acquire(n))));
    return here + use(r);
}

async int is_odd(int n)
{
    if (n == 0)
        return 0;
    await(pause_void(n));
    return await(boxed(is_even(n - 1)));
}

async int is_even(int n)
{
    return n == 0 ? 1 : await(boxed(is_odd(n - 1)));
}

async int boxed_leaf(int x)
{
    int n = await(boxed(leaf(x)));
    n += await(boxed(macro_leaf(n)));
    struct big b = await(boxed(leaf_big(n)));
    return n + b.v[2];
}

/* ---- futures of every making in one body ---- */

async int mixed_leaves(int x)
{
    int a = await(leaf(x));
    int b = await(macro_leaf(a));
    int c = await(pinned_leaf(b));
    int d = await(add_later(c, x));
    int e = await(boxed(add_later(x, d)));
    return a + b + c + d + e;
}

async int deep_chain_1(int x)
{
    return await(leaf(x)) + 1;
}
async int deep_chain_2(int x)
{
    return await(deep_chain_1(x)) + 1;
}
async int deep_chain_3(int x)
{
    int keep = x;
    return await(deep_chain_2(x)) + keep;
}
async int deep_chain_4(int x)
{
    scoped(release_at) struct resource *r = acquire(x);
    int n = await(deep_chain_3(x + 1));
    return n + await(deep_chain_2(use(r)));
}
