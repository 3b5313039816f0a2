/*
 * cleanup.async.c: what is released at every way out of a scope.
 */
#include "cleanup.h"

#include <bide/async_source.h>

async int scoped_plain(int x)
{
    scoped(release_at) struct resource *r = acquire(x);
    int n = await(leaf(use(r)));
    return n + use(r);
}

async int scoped_from_await(int x)
{
    scoped(release_at) struct resource *r = await(leaf_acquire(x));
    await(pause_void(use(r)));
    return use(r) * 2;
}

async int scoped_in_order(int x)
{
    scoped(release_at) struct resource *a = acquire(1);
    scoped(release_at) struct resource *b = await(leaf_acquire(2));
    int n = await(leaf(use(a) + use(b)));
    scoped(token_end) token t = token_make(x + 50);
    await(pause_void(t.id));
    return n + t.id;
}

async int scoped_blocks(int x)
{
    int n = 0;
    {
        scoped(release_at) struct resource *a = acquire(10);
        n += await(leaf(use(a)));
        {
            scoped(release_at) struct resource *b = acquire(11);
            n += await(leaf(use(b)));
        }
        n += await(leaf(x));
    }
    note(n);
    scoped(release_at) struct resource *late = acquire(12);
    return n + await(leaf(use(late)));
}

async int scoped_early_return(int x)
{
    scoped(release_at) struct resource *a = acquire(20);
    if (x == 0)
        return use(a);
    scoped(release_at) struct resource *b = await(leaf_acquire(21));
    if (x == 1)
        return await(leaf(use(b)));
    for (int i = 0; i < 3; i++) {
        scoped(release_at) struct resource *c = acquire(22 + i);
        if (i == x - 1)
            return use(a) + use(b) + await(leaf(use(c)));
    }
    return -1;
}

async int scoped_loop(int x)
{
    int n = 0;
    for (int i = 0; i < 5; i++) {
        scoped(release_at) struct resource *r = acquire(30 + i);
        if (i == 1)
            continue;
        n += await(leaf(use(r)));
        if (n > 60 + 10 * x)
            break;
        scoped(token_end) token t = token_make(60 + i);
        if (i == 2)
            continue;
        await(pause_void(t.id));
    }
    return n;
}

async int scoped_while_condition(int x)
{
    int i = 0;
    while (await(leaf(i)) < 10 + x) {
        scoped(release_at) struct resource *r = acquire(i);
        i++;
        if (i == 3)
            continue;
        await(pause_void(use(r)));
    }
    do {
        scoped(token_end) token t = token_make(i + 1);
        if (i & 1)
            continue;
        note(t.id);
    } while (--i > 0 && await(leaf(i)));
    return i;
}

async int scoped_switch(int x)
{
    int n = 0;
    switch (await(leaf(x)) - 7) {
    case 0: {
        scoped(release_at) struct resource *r = acquire(40);
        n = await(leaf(use(r)));
        break;
    }
    case 1: {
        scoped(release_at) struct resource *r = acquire(41);
        if (await(leaf(1)))
            return use(r);
    } /* fall through */
    case 2: {
        scoped(token_end) token t = token_make(42);
        n = t.id;
    }
        await(pause_void(n));
        break;
    default:
        n = -5;
    }
    return n;
}

async int scoped_goto(int x)
{
    int n = x;
again : {
    scoped(release_at) struct resource *r = acquire(n);
    n += await(leaf(1));
    if (n < 20)
        goto again;
    {
        scoped(token_end) token t = token_make(n);
        if (x & 1)
            goto out;
        await(pause_void(t.id));
    }
    note(use(r));
}
out:
    return n + await(leaf(x));
}

/* A jump back to before the declaration leaves the scope. */
async int scoped_goto_back(int x)
{
    int n = x;
again:;
    scoped(release_at) struct resource *r = acquire(n + 120);
    n += await(leaf(use(r) & 7));
    if (n < 25)
        goto again;
    {
        scoped(token_end) token t = token_make(n + 140);
        await(pause_void(t.id));
        if (n < 50)
            goto again;
    }
    return n;
}

async void scoped_void(int x)
{
    scoped(release_at) struct resource *r = acquire(x);
    if (x & 1)
        return;
    await(pause_void(x));
    if (x & 2)
        return;
    note(use(r));
}

/* The value is computed before the cleanups run; they change what it was made of. */
static void zero_int(int *p)
{
    note(*p);
    *p = 0;
}

async int scoped_value_before(int x)
{
    scoped(zero_int) int v = x + 3;
    v += await(leaf(v));
    return v;
}

async struct pair scoped_struct_result(int x)
{
    scoped(release_at) struct resource *r = acquire(x);
    scoped(zero_int) int v = await(leaf(x));
    struct pair p = await(leaf_pair(v));
    p.a += use(r);
    return p;
}

async int scoped_without_await(int x)
{
    int n = 0;
    for (int i = 0; i < 3; i++) {
        scoped(token_end) token t = token_make(i + 70);
        if (i == x)
            continue;
        n += t.id;
    }
    return n;
}

async int scoped_null(int x)
{
    scoped(release_at) struct resource *r = 0;
    if (x > 1)
        r = await(leaf_acquire(x));
    await(pause_void(x));
    if (x == 3) {
        release(r);
        r = 0;
    }
    return await(leaf(r ? use(r) : 0));
}

/* Handed on: the scope gives the resource up before its end. */
async struct resource *make_resource(int x)
{
    scoped(release_at) struct resource *r = await(leaf_acquire(x));
    await(pause_void(1));
    struct resource *out = r;
    r = 0;
    return out;
}

async int scoped_nested_functions(int x)
{
    scoped(release_at) struct resource *a = await(make_resource(x));
    scoped(release_at) struct resource *b = await(make_resource(use(a) + 1));
    return use(a) + 10 * use(b) + await(leaf(x));
}

async int scoped_several_declarators(int x)
{
    scoped(token_end) token a = token_make(x + 1), b = token_make(await(leaf(x)));
    int n = await(leaf(b.id));
    return a.id + b.id + n;
}

async int scoped_array_and_pointer(int x)
{
    scoped(token_end) token t = {0};
    token *at = &t;
    await(pause_void(1));
    *at = token_make(x + 5);
    await(pause_void(2));
    return at->id;
}

static void release_all(struct resource *(*all)[3])
{
    for (int i = 0; i < 3; i++)
        release((*all)[i]);
}

async int scoped_array(int x)
{
    scoped(release_all) struct resource *all[3] = {0};
    for (int i = 0; i < 3 && i <= x; i++)
        all[i] = await(leaf_acquire(90 + i));
    return await(leaf(use(all[0])));
}

async int scoped_shadowed(int x)
{
    scoped(release_at) struct resource *r = acquire(100);
    int n = await(leaf(use(r)));
    {
        scoped(release_at) struct resource *r = acquire(101);
        n += await(leaf(use(r)));
        if (x & 1)
            return n + use(r);
    }
    return n + await(leaf(use(r)));
}

/* ---- owned parameters ---- */

async int owned_one(struct resource *r, int x)
{
    owned(release_at, r);
    int n = await(leaf(use(r)));
    if (x & 1)
        return n;
    return n + await(leaf(use(r) + x));
}

async int owned_two(struct resource *a, token t, int x)
{
    owned(release_at, a);
    owned(token_end, t);
    scoped(release_at) struct resource *mine = acquire(x + 200);
    await(pause_void(t.id));
    return use(a) + use(mine) + t.id;
}

async int owned_never_read(struct resource *r, int x)
{
    owned(release_at, r);
    return await(leaf(x));
}

async int owned_no_await(struct resource *r, int x)
{
    owned(release_at, r);
    return use(r) + x;
}

async int owned_passed_on(int x)
{
    int n = await(owned_one(acquire(x + 300), x));
    n += await(leaf_consume(acquire(x + 301)));
    for (int i = 0; i < 2; i++)
        n += await(owned_two(acquire(310 + i), token_make(320 + i), x));
    return n + await(owned_never_read(acquire(330), n));
}
