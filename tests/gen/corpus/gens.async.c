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

/* ---- streams by macro, made of generators of this file ---- */

async int Tripled_call(Tripled *s, int item)
{
    return s->factor * await(leaf(item));
}
BIDE_STREAM_BY_GENERATOR(Counts, count_up, int);
BIDE_STREAM_BY_GENERATOR(Owning, with_cleanup, int);
BIDE_STREAM_MAP(TripledCounts, Counts, Tripled);

async int stream_by_init(int x)
{
    scoped(Counts_drop) Counts s = {0};
    int sum = 0, item;
    count_up_init(&s, x);
    while (await(Counts_next(&s, &item)))
        sum = sum * 3 + item;
    return sum;
}

/* Given up in the middle; what it owns goes with it. */
async int stream_made(int x)
{
    scoped(Owning_drop) Owning s = with_cleanup_made(acquire(x + 400), 4);
    int sum = x, item;
    if (await(Owning_next(&s, &item)))
        sum += item > 0;
    if (x > 1 && await(Owning_next(&s, &item)))
        sum += item > 0;
    return sum;
}

static async_gen struct pair hidden_pairs(void)
{
    struct pair p = {await(leaf(3)), 1};
    yield(p);
    yield(((struct pair){p.b, await(leaf(p.a))}));
}
BIDE_STREAM_BY_GENERATOR(HiddenPairs, hidden_pairs, struct pair);

static async int sum_of_hidden(int x)
{
    scoped(HiddenPairs_drop) HiddenPairs s = {0};
    struct pair p;
    hidden_pairs_init(&s);
    while (await(HiddenPairs_next(&s, &p)))
        x = x * 3 + digest_pair(p);
    return x;
}

async int stream_static(int x)
{
    return await(boxed(sum_of_hidden(x)));
}

async int stream_adapted(int x)
{
    scoped(TripledCounts_drop) TripledCounts s = {0};
    int sum = 0, item;
    TripledCounts_init(&s, count_up_made(x + 1), (Tripled){3});
    while (await(TripledCounts_next(&s, &item)))
        sum = sum * 2 + item;
    return sum;
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

int stream_by_init(int x)
{
    return read_all(x);
}

int stream_made(int x)
{
    return x + (x > 1 ? 2 : 1);
}

int stream_static(int x)
{
    struct pair p = {leaf(3), 1};
    x = x * 3 + digest_pair(p);
    return x * 3 + digest_pair((struct pair){p.b, leaf(p.a)});
}

int stream_adapted(int x)
{
    int sum = 0;
    for (int i = 0; i < x + 1; i++)
        sum = sum * 2 + 3 * leaf(leaf(i));
    return sum;
}

#endif
