/*
 * expr.async.c: awaits in every place of an expression.
 *
 * Where C leaves the order open, bidec fixes it: awaits from left to right, then the rest. Those
 * functions have a twin for the blocking build that says so in statements.
 */
#include "expr.h"

#include <bide/async_source.h>

static int twice(int x)
{
    note(x);
    return 2 * x;
}

static int thrice(int x)
{
    note(-x);
    return 3 * x;
}

static int add3(int a, int b, int c)
{
    note(a), note(b), note(c);
    return a + 2 * b + 3 * c;
}

async int expr_plain(int x)
{
    int a = await(leaf(x));
    note(a);
    return a + x;
}

async int expr_in_call(int x)
{
    int keep = x * 5;
    return twice(await(leaf(x))) + keep;
}

async int expr_nested(int x)
{
    int keep = x + 100;
    int r = await(leaf(await(leaf(await(leaf(x)))) + 1));
    return r + keep;
}

#ifndef BIDE_BLOCKING
async int expr_left_to_right(int x)
{
    return await(leaf(x)) - 2 * await(leaf(x + 1)) + await(leaf(x + 2)) * x;
}

async int expr_arguments_in_order(int x)
{
    int r = add3(await(leaf(x)), x, await(leaf(x + 1)));
    return r + add3(await(leaf(x + 2)), twice(x), await(leaf(x + 3)));
}

async int expr_rest_after(int x)
{
    int r = x;
    int *p = &r;
    r += await(leaf_pointer(p)) == p;
    r = r * 10 + await(leaf(r));
    return r;
}

/* The first result, and y, must live across the second await; twice runs behind both. */
async int expr_temp_crosses(int x)
{
    int y = x * 7;
    int r = twice(await(leaf(1)) + y) * 1000 + await(leaf(x));
    int s = (y++, await(leaf(y)) * y);
    return r + s;
}
#else
int expr_left_to_right(int x)
{
    int a = leaf(x), b = leaf(x + 1), c = leaf(x + 2);
    return a - 2 * b + c * x;
}

int expr_arguments_in_order(int x)
{
    int a = leaf(x), b = leaf(x + 1);
    int r = add3(a, x, b);
    int c = leaf(x + 2), d = leaf(x + 3);
    return r + add3(c, twice(x), d);
}

int expr_rest_after(int x)
{
    int r = x;
    int *p = &r;
    int same = leaf_pointer(p) == p;
    r += same;
    int l = leaf(r);
    r = r * 10 + l;
    return r;
}

int expr_temp_crosses(int x)
{
    int y = x * 7;
    int a = leaf(1), b = leaf(x);
    int r = twice(a + y) * 1000 + b;
    y++;
    return r + leaf(y) * y;
}
#endif

async int expr_compound(int x)
{
    int r = 1000;
    r += await(leaf(x));
    r -= await(leaf(x + 1));
    r *= await(leaf(1));
    r /= await(leaf(2)) + x * x;
    r <<= await(leaf(-6));
    r |= await(leaf(x));
    r ^= 5;
    r %= await(leaf(100));
    return r;
}

async int expr_and(int x)
{
    int n = 0;
    if (x > 0 && await(leaf(x)) > 9)
        n += 1;
    if (await(leaf(x)) > 9 && x > 1)
        n += 2;
    if (await(leaf(x)) > 8 && await(leaf(x + 1)) > 10)
        n += 4;
    return n + x;
}

async int expr_or(int x)
{
    int n = 0;
    if (x > 2 || await(leaf(x)) > 8)
        n += 1;
    if (await(leaf(x)) > 9 || x > 1)
        n += 2;
    if (await(leaf(x)) > 9 || await(leaf(x + 1)) > 9)
        n += 4;
    return n + x;
}

async int expr_and_or_mixed(int x)
{
    int a = x & 1, b = x & 2;
    int r = (a && await(leaf(x)) > 8) || (b && await(leaf(2)) > 100) ||
            (!a && !b && (await(leaf(3)), await(leaf(x)) & 1));
    int s = !(await(leaf(x)) > 8 && (a || await(leaf(4)))) + 10 * r;
    note(r);
    note(s);
    note(a + 10 * b);
    return r * 2 + s;
}

async int expr_cond(int x)
{
    int base = x * 3;
    int r = x > 2 ? await(leaf(x)) : await(leaf(-x));
    int s = await(leaf(r)) & 1 ? base : await(leaf(base));
    int t = x & 1 ? x : await(leaf(x + 50));
    return r + 10 * s + 100 * t;
}

async int expr_cond_nested(int x)
{
    return x == 0   ? await(leaf(0))
           : x == 1 ? (await(leaf(1)) > 3 ? await(leaf(11)) : 12)
           : x == 2 ? x + await(leaf(x > 1 ? await(leaf(21)) : 22))
                    : -await(leaf(await(leaf(x)) ? x : -x));
}

async int expr_cond_void(int x)
{
    int before = x;
    x & 1 ? await(pause_void(x)) : (void)note(77);
    x > 1 ? (void)await(leaf(x)) : await(pause_void(-x));
    return before;
}

async int expr_cond_struct(int x)
{
    struct pair mine = {x, -x};
    struct pair p = x & 1 ? await(leaf_pair(x)) : mine;
    struct pair q = x & 2 ? mine : await(leaf_pair(p.a));
    return p.a + 10 * p.b + 100 * q.a + 1000 * q.b;
}

async int expr_comma(int x)
{
    int r = (note(1), await(leaf(x)), note(2), await(leaf(x + 1)) + x);
    int i, j;
    for (i = 0, j = (await(pause_void(9)), 4); i < j; i++, await(pause_void(i)))
        note(i * 10 + j);
    return note(r), await(leaf(r)), r + i;
}

async int expr_subscript(int x)
{
    int a[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    int i = x & 3;
    a[await(leaf(i)) - 7] = 50;
    a[i + 1] += await(leaf(i));
    return a[await(leaf(-6))] + a[i] * 3 + a[i + 1];
}

async int expr_member_of_result(int x)
{
    int n = await(leaf_pair(x)).b;
    n += await(leaf_big(x)).v[5];
    return n + (int)await(leaf_big(n)).sum;
}

async int expr_casts(int x)
{
    unsigned char c = (unsigned char)await(leaf(x + 300));
    long l = (long)await(leaf(x)) << 8;
    return (int)(c + l + (signed char)await(leaf(250)));
}

async double expr_double(int x)
{
    double half = await(leaf_double(x));
    float f = (float)await(leaf_double(half + 3));
    return half * 4 + f + await(leaf(x));
}

async int expr_deref_result(int x)
{
    int v = x, w = 10 * x;
    int r = *await(leaf_pointer(&v)) + 1;
    *await(leaf_pointer(&w)) += 5;
    (*await(leaf_pointer(x & 1 ? &v : &w)))++;
    return r + 10 * v + 100 * w;
}

async int expr_negate(int x)
{
    int a = -await(leaf(x)), b = ~await(leaf(x)), c = !await(leaf(x - 7));
    return a + b + c + !!await(leaf(x));
}

async int expr_assign_chain(int x)
{
    int a, b, c = 3;
    a = b = await(leaf(x)) + c;
    c = (a = await(leaf(a))) + b;
    return a + 10 * b + 100 * c;
}

async int expr_unused_value(int x)
{
    await(leaf(x));
    (void)await(leaf(x + 1));
    await(leaf_pair(x));
    (await(leaf(x + 2)));
    return x;
}

async int expr_sizeof(int x)
{
    long long wide = x;
    int n = (int)sizeof wide + (int)sizeof(struct pair);
    await(pause_void(n));
    return n + (int)sizeof(x) + (int)_Alignof(char) + (int)wide;
}

async int expr_generic(int x)
{
    float f = (float)x;
    int r = await(leaf(x));
    r += _Generic(f, float : 100, default : 200) + _Generic(r, int : x, default : -x);
    return r + (int)f;
}

async int expr_short_circuit_in_args(int x)
{
    int r = twice(x && await(leaf(x)));
    r += await(leaf(x > 1 && await(leaf(x)) > 9));
    r += twice(await(leaf(x)) > 8 ? 5 : await(leaf(r)));
    return r;
}

async int expr_return_logic(int x)
{
    return x > 1 && await(leaf(x)) > 9;
}

async void expr_void(int x)
{
    if (!x)
        return;
    await(pause_void(x));
    note(x);
}

async struct pair expr_pair(int x)
{
    struct pair p = await(leaf_pair(x));
    p.a += await(leaf(x));
    return p;
}

async struct big expr_big(int x)
{
    struct big b = await(leaf_big(x));
    b.v[3] = await(leaf(b.v[2]));
    return b;
}

async int expr_no_await(int x)
{
    return twice(x);
}

async int expr_post_increment(int x)
{
    int i = x;
    int a = await(leaf(i++));
    int b = await(leaf(++i));
    int c = (i--, await(leaf(i)));
    return a + 10 * b + 100 * c + 1000 * i;
}

async int expr_designated(int x)
{
    struct pair p = {.b = await(leaf(x)), .a = x};
    struct pair q = (struct pair){.a = await(leaf(p.b)), .b = p.a};
    int b = 3, a = 4;
    p = (struct pair){.a = b, .b = a + await(leaf(x))};
    return digest_pair(p) + digest_pair(q) + a;
}

async int expr_indirect_call(int x)
{
    unary f = x & 1 ? twice : thrice;
    int r = f(await(leaf(x)));
    return r + f(x);
}

async int expr_deep_logic(int x)
{
    int hits = 0;
    for (int i = 0; i < 4; i++)
        if (((i & 1) && await(leaf(i)) > 7 && (x & 1 || await(leaf(x)) > 8)) ||
            (!(i & 1) && (await(leaf(i + x)) & 1 ? i > 1 : await(leaf(-i)) == 7)))
            hits += 1 << i;
    return hits;
}
