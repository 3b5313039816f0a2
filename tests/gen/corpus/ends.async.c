/*
 * ends.async.c: async variables that are cancelled, and not dropped, when they end early: their
 * cleanup waits.
 *
 * A child that was begun has closed what it opened when the scope is left: `closed` counts behind
 * an await, which a drop would leave out. A blocking build runs the children where they stand.
 */
#include "ends.h"

#include <bide/async_source.h>

async void close_file(struct file **f)
{
    (void)await_catch(pause_void((*f)->opened));
    (*f)->closed++;
}

/* Pends at least so often before it is through. */
async int work(struct file *shared, int polls, int x)
{
    scoped(close_file) struct file *f = shared;
    f->opened++;
    int n = await(leaf_after(polls, x));
    return n + await(leaf(n & 7));
}

static void all_closed(const struct file *f)
{
    must_be(f->closed, f->opened);
}
static void all_closed_at(struct file **f)
{
    all_closed(*f);
}

async int ends_left_alone(int x)
{
    struct file f = {0, 0};
    int n = 0;
    {
        async int a = work(&f, 3, x);
        async int b = work(&f, 1, x + 1);
        if (x != 1)
            n = await(b);
        if (x == 2)
            n += await(a);
        else if (select(a, b) > 1)
            n = -1;
    }
    all_closed(&f);
    return n + await(leaf(x));
}

async int ends_in_loop(int x)
{
    struct file f = {0, 0};
    int sum = 0;
    for (int i = 0; i < 4; i++) {
        int kept = i * 3;
        async int a = work(&f, 2, i);
        async int b = leaf_after(1, i);
        if (i == x)
            continue;
        if (select(b, a) != 0)
            sum += 1000;
        if (i == 3)
            break;
        {
            async int c = work(&f, 4, kept);
            if (i == 1)
                continue;
            async int d = leaf_after(1, kept);
            if (select(d, c) != 0)
                sum += 2000;
        }
        sum += await(b) + kept;
    }
    all_closed(&f);
    return sum;
}

async int ends_by_drop(int x)
{
    struct file f = {0, 0};
    int n = x * 7;
    async int a = work(&f, 3, x);
    async int b = leaf_after(1, x);
    if (select(b, a) != 0)
        n = 0;
    drop(a);
    all_closed(&f);
    drop(a);
    return n + await(b) + await(leaf(n & 3));
}

async int ends_by_race(int x)
{
    struct file f = {0, 0};
    int sum = 0;
    for (int i = 0; i < 2; i++) {
        int array[3] = {i, x, 5}, *at = array;
        async int a = leaf_after(1, x + i);
        async int b = work(&f, 5, x);
        async int c = work(&f, 6, x);
        {
            struct pair p = {x, i};
            sum += 10 * race(a, b, c) + p.a;
            all_closed(&f);
            sum += p.b;
        }
        sum += at[1] + await(a);
    }
    return sum;
}

/* The value is in its place when the children have ended, large or not. */
async struct big ends_by_return(int x)
{
    struct file f = {0, 0};
    async int a = work(&f, 3, x);
    async int b = leaf_after(1, 2);
    if (select(b, a) == 0) {
        struct big r = await(leaf_big(x));
        async int c = work(&f, 2, x);
        async int d = leaf_after(1, 1);
        if (select(d, c) == 0 && x > 0)
            return r;
        r.v[3] = 77;
        return r;
    }
    return await(leaf_big(99));
}

async int ends_by_failure(int x)
{
    struct file f = {0, 0};
    scoped(all_closed_at) struct file *shown = &f;
    async int a = work(&f, 3, x);
    async int b = leaf_after(1, 2);
    if (select(b, a) != 0)
        return -1;
    int n = await_try(leaf_negative(x));
    return n + await(a) + await(leaf(shown->opened));
}

async int ends_boxed(int x)
{
    struct file f = {0, 0};
    int n = 0;
    {
        async int a = boxed(work(&f, 3, x));
        async int b = leaf_after(1, x);
        n = select(b, a) * 100 + await(b);
        if (x == 1)
            n += await(a);
    }
    all_closed(&f);
    return n + await(leaf(n & 3));
}

/* One of them fails when its leaf does; the other is cancelled then. */
async int ends_joined(int x)
{
    struct file f = {0, 0};
    scoped(all_closed_at) struct file *shown = &f;
    async int a = work(shown, 2, x);
    async int b = work(shown, 3, x + 1);
    join(a, b);
    return await(a) * 10 + await(b);
}

async int ends_by_goto(int x)
{
    struct file f = {0, 0};
    int rounds = 0, sum = 0;
again:
    all_closed(&f);
    {
        async int a = work(&f, 2, rounds);
        async int b = leaf_after(1, rounds);
        sum += select(b, a) + await(b);
        if (++rounds < 3)
            goto again;
        if (x & 1)
            goto out;
        sum += await(a);
    }
out:
    all_closed(&f);
    return sum * 10 + rounds;
}

/* Who has such a child must be cancelled, too: by await, and as an async variable. */
async int ends_in_child(int x)
{
    int n = 0;
    {
        async int a = ends_left_alone(x);
        async int b = leaf_after(1, x);
        n += select(b, a) + await(b);
        if (x == 2)
            n += await(a);
    }
    return n + await(ends_by_drop(x));
}

async int ends_beside_scoped(int x)
{
    struct file f = {0, 0}, g = {0, 0};
    int n = 0;
    {
        scoped(close_file) struct file *first = &g;
        async int a = work(&f, 2, x);
        scoped(release_at) struct resource *r = acquire(x + 40);
        scoped(close_file) struct file *second = &g;
        async int b = work(second, 9, use(r));
        async int c = leaf_after(1, x);
        first->opened += 2;
        n += select(c, a, b) + await(c);
        if (x == 2)
            n += await(a);
    }
    all_closed(&f);
    all_closed(&g);
    return n;
}

/* A child that reads an array of its parent until its own cleanup has run. */
async void write_down(int **to)
{
    (void)await_catch(pause_void(1));
    **to += 1;
    (void)await_catch(pause_void(2));
    **to += 1;
}

async int reader(int *of, int polls)
{
    scoped(write_down) int *to = of;
    *to += 1;
    return await(leaf_after(polls, *to));
}

async int ends_of_reader(int x)
{
    int seen[3] = {x, 0, 0};
    int n = 0;
    for (int i = 0; i < 3; i++) {
        async int a = reader(&seen[i], 4);
        async int b = leaf_after(1, i);
        n = n * 2 + select(b, a) + await(b);
    }
    return n + seen[0] * 2 + seen[1] * 3 + seen[2] * 5;
}
