/*
 * gens.async.c: async generators and who reads them.
 *
 * A blocking build has no yield; the functions that read a generator have twins there that do the
 * same by other means.
 */
#include "gens.h"

#include <bide/async_source.h>

#ifndef BIDE_BLOCKING

async_gen int count_up(int n)
{
    for (int i = 0; i < n; i++) {
        int item = await(leaf(i));
        yield(item);
        note(item);
    }
    await(pause_void(n));
}

async_gen struct pair pairs(int x)
{
    struct pair p = {x + 1, 0};
    yield(p);
    p.b = await(leaf(p.a));
    yield(p);
    yield(((struct pair){p.b, p.a}));
}

async_gen int with_cleanup(struct resource *r, int n)
{
    owned(release_at, r);
    scoped(token_end) token t = token_make(n + 500);
    while (n > 0) {
        scoped(release_at) struct resource *inner = acquire(n + 600);
        if (n == 3) {
            n--;
            continue;
        }
        yield(use(r) + use(inner) + t.id);
        await(pause_void(n));
        n--;
    }
    yield(-1);
}

async_gen int endless(int x)
{
    scoped(release_at) struct resource *r = acquire(x + 70);
    int buffer[4] = {x, x + 1, x + 2, x + 3};
    int *p = buffer;
    for (;;) {
        yield(*p + use(r));
        *p += 10;
        if (++p == buffer + 4)
            p = buffer;
    }
}

async_gen int empty(int x)
{
    if (x & 1)
        await(pause_void(x));
    if (x < 0 || x > 1000)
        yield(x);
}

async int read_all(int x)
{
    int item, sum = 0;
    async int items = count_up(x);
    while (await_next(item, items)) {
        sum = sum * 3 + item;
        await(pause_void(sum));
    }
    return sum;
}

async int read_pairs(int x)
{
    struct pair p;
    int sum = 0;
    async struct pair items = pairs(x);
    while (await_next(p, items))
        sum += digest_pair(p);
    return sum;
}

async int read_some(int x)
{
    int item = 0, sum = 0;
    scoped(release_at) struct resource *mine = acquire(x + 1);
    async int items = with_cleanup(acquire(x + 400), 4);
    for (int i = 0; i < x; i++) {
        if (!await_next(item, items))
            break;
        sum += item;
    }
    return sum + use(mine);
}

async int read_two(int x)
{
    int a, b[2] = {0, 0}, sum = 0;
    async int left = endless(x);
    async int right = count_up(3);
    while (await_next(b[1], right)) {
        if (!await_next(a, left))
            return -1;
        sum += a * b[1];
    }
    return sum;
}

/* The end of the stream leaves the item as it was. */
async int read_last(int x)
{
    int item = 90 + x;
    async int items = count_up(x);
    while (await_next(item, items))
        await(pause_void(item));
    return item;
}

async int read_empty(int x)
{
    int item = 5;
    async int items = empty(x);
    if (await_next(item, items))
        return item;
    return x + item;
}

#else

int read_all(int x)
{
    int sum = 0;
    for (int i = 0; i < x; i++) {
        int item = leaf(i);
        sum = sum * 3 + item;
        pause_void(sum);
        note(item);
    }
    pause_void(x);
    return sum;
}

int read_pairs(int x)
{
    struct pair p = {x + 1, 0};
    int sum = digest_pair(p);
    p.b = leaf(p.a);
    return sum + digest_pair(p) + digest_pair((struct pair){p.b, p.a});
}

/* Only its result is compared. */
int read_some(int x)
{
    static const int numbers[4] = {4, 2, 1, 0};
    int sum = 0;
    for (int i = 0; i < x && i < 4; i++)
        sum += numbers[i] ? x + 400 + numbers[i] + 600 + 504 : -1;
    return sum + x + 1;
}

int read_two(int x)
{
    struct resource *r = acquire(x + 70);
    int sum = 0;
    for (int i = 0; i < 3; i++) {
        int item = leaf(i);
        sum += (x + i + use(r)) * item;
        note(item);
    }
    pause_void(3);
    release(r);
    return sum;
}

int read_last(int x)
{
    int item = 90 + x;
    for (int i = 0; i < x; i++) {
        item = leaf(i);
        pause_void(item);
        note(item);
    }
    pause_void(x);
    return item;
}

int read_empty(int x)
{
    if (x & 1)
        pause_void(x);
    return x + 5;
}

#endif
