/*
 * fail.async.c: results that are errors, and failures of children.
 */
#include "fail.h"

#include <bide/async_source.h>

async int try_one(int x)
{
    int a = await_try(leaf_negative(x));
    note(a);
    return a + await(leaf(x));
}

async int try_with_cleanup(int x)
{
    scoped(release_at) struct resource *r = acquire(x + 1);
    int a = await_try(leaf_negative(x));
    scoped(token_end) token t = token_make(a);
    int b = await_try(leaf_negative(x + 1));
    return a + b + use(r) + t.id;
}

async int try_in_loop(int x)
{
    int sum = 0;
    for (int i = 0; i < 4; i++) {
        scoped(release_at) struct resource *r = acquire(i + 10);
        if (i == 2)
            continue;
        sum += await_try(leaf_negative(x + 3 * i - (x == 4 ? i : 0)));
        note(use(r));
    }
    return sum;
}

async int try_in_expression(int x)
{
    int keep = x * 2;
    if (x > 0 && await_try(leaf_negative(x)) > 11)
        keep += 100;
    int n = keep + await_try(leaf_negative(keep));
    return x & 1 ? await_try(leaf_negative(n)) : n;
}

async int try_owned(struct resource *r, int x)
{
    owned(release_at, r);
    int n = await_try(leaf_negative(x));
    return n + use(r);
}

async int try_passed_on(int x)
{
    int n = await_try(try_owned(acquire(x + 1), x));
    n += await_try(try_one(x + 2));
    return n;
}

static bool pair_is_bad(struct pair p)
{
    return p.b % 2 == 0;
}

async struct pair try_with_predicate(int x)
{
    scoped(release_at) struct resource *r = acquire(x + 1);
    struct pair p = await_try(leaf_pair(x), pair_is_bad);
    p.a += await(leaf(use(r)));
    return p;
}

static bool is_null(const int *p)
{
    return !p;
}

static async int *pointer_or_null(int *p)
{
    await(pause_void(1));
    return *p & 1 ? p : (int *)0;
}

async int *try_pointer(int *p)
{
    int *q = await_try(pointer_or_null(p), is_null);
    await(pause_void(*q));
    ++*q;
    return q;
}

async int try_pointers(int x)
{
    int v = x;
    const int *p = await(try_pointer(&v));
    return v * 10 + (p == &v);
}

/* ---- failures: the harness makes leaves fail ---- */

async int catch_value(int x)
{
    int n = -1;
    bide_poll code = await_catch(leaf(x), n);
    if (code != BIDE_READY) {
        must_be(n, -1);
        return -code;
    }
    return n + await(leaf(n));
}

async int catch_no_value(int x)
{
    if (await_catch(pause_void(x)) < 0)
        note(99);
    return x + (await_catch(leaf(x)) == BIDE_READY ? 10 : 20);
}

async int catch_into_place(int x)
{
    struct big b = {.v = {x}};
    int at = x % 3;
    bide_poll code = await_catch(leaf(x), b.v[at]);
    struct pair p = {0, 0};
    if (code == BIDE_READY)
        code = await_catch(leaf_pair(x), p);
    if (code != BIDE_READY)
        must_be(p.a + p.b, 0);
    return code == BIDE_READY ? b.v[at] + digest_pair(p) : b.v[0] - p.a;
}

async int catch_in_loop(int x)
{
    int failures = 0, sum = 0;
    for (int i = 0; i < 4; i++) {
        scoped(release_at) struct resource *r = acquire(i + 1);
        int n;
        if (await_catch(leaf(x + i), n) != BIDE_READY) {
            failures++;
            continue;
        }
        sum += n + use(r);
    }
    return sum * 10 + failures;
}

async int catch_of_function(int x)
{
    int n = 4, before;
    bide_poll code = await_catch(try_owned(acquire(x + 1), x), n);
    if (code != BIDE_READY)
        must_be(n, 4);
    before = n;
    code = await_catch(boxed(try_owned(acquire(x + 2), x + 1)), n);
    if (code != BIDE_READY)
        must_be(n, before);
    return n + code;
}

async int catch_of_child(int x)
{
    int n = 0;
    async int a = leaf(x);
    bide_poll code = await_catch(a, n);
    if (code != BIDE_READY)
        must_be(n, 0);
    return code == BIDE_READY ? n : 1000;
}

async int fail_through_everything(int x)
{
    scoped(release_at) struct resource *r = acquire(x + 1);
    for (int i = 0; i < 3; i++) {
        scoped(token_end) token t = token_make(i + 5);
        switch (i) {
        case 0:
            await(pause_void(use(r)));
            break;
        default: {
            scoped(release_at) struct resource *s = await(leaf_acquire(t.id));
            if (await(leaf(use(s))) > 10 && await(leaf(x)))
                note(1);
        }
        }
    }
    return await(leaf(use(r)));
}

async int fail_beside_children(int x)
{
    scoped(release_at) struct resource *r = acquire(x + 1);
    async int a = leaf(x);
    async struct pair b = leaf_pair(x);
    async int c = try_owned(acquire(x + 2), x);
    join(a, b, c);
    return await(a) + await(b).a + await(c) + use(r);
}
