/*
 * frames.async.c: the functions of the frame table as async C; frames.rs and frames.cpp hold the
 * same ones, line by line.
 */
#include "frames.h"

#include <bide/async_source.h>

/* ---- callees that are large: an array of theirs lives across their await ---- */

async uint32_t large_a(uint32_t x)
{
    uint8_t a[128];
    fill(a, sizeof a, x);
    uint32_t r = await(leaf(x));
    return r + total(a, sizeof a);
}

async uint32_t large_b(uint32_t x)
{
    uint8_t a[96];
    fill(a, sizeof a, x);
    uint32_t r = await(leaf(x));
    return r + total(a, sizeof a);
}

async Block make_block(uint32_t x)
{
    Block b;
    uint32_t r = await(leaf(x));
    fill(b.bytes, sizeof b.bytes, r);
    return b;
}

async int32_t step(int32_t x)
{
    uint32_t r = await(leaf((uint32_t)x));
    return r > 1000 ? -5 : (int32_t)r;
}

async Reply query(uint32_t x)
{
    uint32_t r = await(leaf(x));
    return (Reply){r % 3 == 0, r};
}

/* ---- the table ---- */

async uint32_t once(uint32_t x)
{
    return await(leaf(x));
}

async uint32_t array_live(uint32_t x)
{
    uint8_t a[64];
    fill(a, sizeof a, x);
    uint32_t r = await(leaf(x));
    return r + total(a, sizeof a);
}

async uint32_t array_dead(uint32_t x)
{
    uint32_t s;
    {
        uint8_t a[64];
        fill(a, sizeof a, x);
        s = total(a, sizeof a);
    }
    uint32_t r = await(leaf(x));
    return r + s;
}

async uint32_t array_dead_in_scope(uint32_t x)
{
    uint8_t a[64];
    fill(a, sizeof a, x);
    uint32_t s = total(a, sizeof a);
    uint32_t r = await(leaf(x));
    return r + s;
}

async uint32_t args_before(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f,
                           uint64_t g, uint64_t h)
{
    uint64_t s = a + b + c + d + e + f + g + h;
    return await(leaf((uint32_t)s));
}

async uint32_t args_across(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f,
                           uint64_t g, uint64_t h)
{
    uint32_t r = await(leaf(1));
    return (uint32_t)(r + a + b + c + d + e + f + g + h);
}

async uint32_t two_large(uint32_t x)
{
    uint32_t a = await(large_a(x));
    uint32_t b = await(large_b(a));
    return a + b;
}

async uint32_t four_large(uint32_t x)
{
    uint32_t a = await(large_a(x));
    uint32_t b = await(large_b(a));
    uint32_t c = await(large_a(b));
    uint32_t d = await(large_b(c));
    return a + d;
}

async uint32_t both_first(uint32_t x)
{
    async uint32_t a = large_a(x);
    async uint32_t b = large_b(x);
    uint32_t first = await(a);
    return first + await(b);
}

async uint32_t level1(uint32_t x)
{
    return await(leaf(x)) + 1;
}
async uint32_t level2(uint32_t x)
{
    return await(level1(x)) + 1;
}
async uint32_t level3(uint32_t x)
{
    return await(level2(x)) + 1;
}
async uint32_t level4(uint32_t x)
{
    return await(level3(x)) + 1;
}
async uint32_t levels(uint32_t x)
{
    return await(level4(x)) + 1;
}

async uint32_t args1(uint64_t a, uint64_t b, uint32_t c)
{
    uint32_t r = await(leaf(c));
    return r + (uint32_t)(a ^ b) + c;
}
async uint32_t args2(uint64_t a, uint64_t b, uint32_t c)
{
    uint32_t r = await(args1(a + 1, b, c));
    return r + (uint32_t)(a ^ b) + c;
}
async uint32_t args3(uint64_t a, uint64_t b, uint32_t c)
{
    uint32_t r = await(args2(a + 1, b, c));
    return r + (uint32_t)(a ^ b) + c;
}
async uint32_t args4(uint64_t a, uint64_t b, uint32_t c)
{
    uint32_t r = await(args3(a + 1, b, c));
    return r + (uint32_t)(a ^ b) + c;
}
async uint32_t levels_args(uint64_t a, uint64_t b, uint32_t c)
{
    uint32_t r = await(args4(a + 1, b, c));
    return r + (uint32_t)(a ^ b) + c;
}

async uint32_t arrays1(uint32_t x)
{
    uint8_t a[32];
    fill(a, sizeof a, x);
    uint32_t r = await(leaf(x));
    return r + total(a, sizeof a);
}
async uint32_t arrays2(uint32_t x)
{
    uint8_t a[32];
    fill(a, sizeof a, x);
    uint32_t r = await(arrays1(x));
    return r + total(a, sizeof a);
}
async uint32_t arrays3(uint32_t x)
{
    uint8_t a[32];
    fill(a, sizeof a, x);
    uint32_t r = await(arrays2(x));
    return r + total(a, sizeof a);
}
async uint32_t arrays4(uint32_t x)
{
    uint8_t a[32];
    fill(a, sizeof a, x);
    uint32_t r = await(arrays3(x));
    return r + total(a, sizeof a);
}
async uint32_t levels_arrays(uint32_t x)
{
    uint8_t a[32];
    fill(a, sizeof a, x);
    uint32_t r = await(arrays4(x));
    return r + total(a, sizeof a);
}

async uint32_t loop_sum(uint32_t n)
{
    uint32_t acc = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t r = await(leaf(i));
        acc += r;
    }
    return acc;
}

async uint32_t loop_array(uint32_t n)
{
    uint32_t acc = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint8_t a[64];
        fill(a, sizeof a, i);
        uint32_t r = await(leaf(i));
        acc += r + total(a, sizeof a);
    }
    return acc;
}

async uint32_t switch_arms(uint32_t which, uint32_t x)
{
    switch (which) {
    case 0:
        return await(leaf(x));
    case 1:
        return await(large_a(x));
    case 2: {
        uint8_t a[48];
        fill(a, sizeof a, x);
        uint32_t r = await(leaf(x));
        return r + total(a, sizeof a);
    }
    default: {
        uint64_t p = (uint64_t)x * 3;
        uint64_t q = (uint64_t)x + 5;
        uint32_t r = await(leaf(x));
        return r + (uint32_t)(p ^ q);
    }
    }
}

async uint32_t conditions(uint32_t x)
{
    if (await(leaf(x)) > 3 && await(large_b(x)) != 0) {
        uint8_t a[40];
        fill(a, sizeof a, x);
        uint32_t r = await(leaf(x));
        return r + total(a, sizeof a);
    } else {
        return await(large_a(x)) + x;
    }
}

async uint32_t large_result(uint32_t x)
{
    Block b = await(make_block(x));
    uint32_t r = await(leaf(x));
    return r + total(b.bytes, sizeof b.bytes);
}

async Block forward1(uint32_t x)
{
    return await(make_block(x));
}
async Block forward2(uint32_t x)
{
    return await(forward1(x));
}
async uint32_t large_forwarded(uint32_t x)
{
    Block b = await(forward2(x));
    return total(b.bytes, sizeof b.bytes);
}

async uint32_t counter_next(Counter *self, uint32_t by)
{
    uint32_t r = await(leaf(by));
    self->n += r;
    return self->n;
}
async uint32_t counter_two(Counter *self, uint32_t by)
{
    uint32_t a = await(counter_next(self, by));
    uint32_t b = await(counter_next(self, a));
    return a + b + self->n;
}

async uint32_t flags(uint32_t x)
{
    bool a = x & 1;
    bool b = x & 2;
    bool c = x & 4;
    uint8_t d = (uint8_t)(x >> 1);
    uint16_t e = (uint16_t)(x * 3);
    uint32_t f = x * 5;
    uint64_t g = (uint64_t)x * 7;
    uint32_t r = await(leaf(x));
    uint32_t s = await(leaf(r));
    return s + a + b + c + d + e + f + (uint32_t)g;
}

async uint32_t mixed_sizes(uint32_t x)
{
    uint64_t a = (uint64_t)x * 3;
    uint8_t b = (uint8_t)(x >> 1);
    uint32_t c = x + 9;
    uint16_t d = (uint16_t)(x * 3);
    uint32_t r = await(leaf(x));
    uint64_t e = a + b + r;
    uint8_t f = (uint8_t)(c & 7);
    uint32_t s = await(leaf(d));
    uint64_t g = s + e;
    uint16_t h = (uint16_t)(s & 1);
    uint32_t t = await(leaf(f));
    return t + (uint32_t)g + h + f;
}

async uint32_t disjoint_arrays(uint32_t x)
{
    uint32_t acc;
    {
        uint8_t a[64];
        fill(a, sizeof a, x);
        acc = await(leaf(x));
        acc += total(a, sizeof a);
    }
    {
        uint8_t a[48];
        fill(a, sizeof a, acc);
        uint32_t r = await(leaf(acc));
        acc += r + total(a, sizeof a);
    }
    {
        uint8_t a[32];
        fill(a, sizeof a, acc);
        uint32_t r = await(leaf(acc));
        acc += r + total(a, sizeof a);
    }
    return acc;
}

async uint32_t disjoint_scalars(uint32_t x)
{
    uint32_t acc;
    {
        uint64_t p = (uint64_t)x * 3;
        uint64_t q = (uint64_t)x + 5;
        uint64_t s = (uint64_t)x ^ 9;
        uint32_t r = await(leaf(x));
        acc = r + (uint32_t)(p + q + s);
    }
    {
        uint64_t p = (uint64_t)acc * 5;
        uint64_t q = (uint64_t)acc + 7;
        uint64_t s = (uint64_t)acc ^ 11;
        uint32_t r = await(leaf(acc));
        acc = r + (uint32_t)(p + q + s);
    }
    return acc;
}

async uint32_t self_pointer(uint32_t x)
{
    uint8_t a[32];
    fill(a, sizeof a, x);
    uint8_t *p = &a[5];
    uint32_t r = await(leaf(x));
    *p = (uint8_t)(*p + r);
    return total(a, sizeof a);
}

async uint32_t Plus_add(Plus *self, uint32_t a, uint32_t b)
{
    return await(leaf(a + b)) + self->extra;
}
BIDE_IMPL(Adder, Plus);

async uint32_t dyn_held(Adder *o, uint32_t a, uint32_t b)
{
    uint64_t k = (uint64_t)a * 3;
    uint32_t r = await(Adder_add(o, a, b));
    return r + (uint32_t)k + a;
}

async uint32_t dyn_two(Adder *o, Adder *p, uint32_t a, uint32_t b)
{
    uint32_t r = await(Adder_add(o, a, b));
    uint32_t s = await(Adder_add(p, r, b));
    return r + s;
}

async uint32_t join_two(uint32_t x)
{
    async uint32_t a = leaf(x);
    async uint32_t b = large_b(x);
    join(a, b);
    return await(a) + await(b);
}

async int32_t early_error(int32_t x)
{
    int32_t a = await_try(step(x));
    int32_t b = await_try(step(a + 1));
    uint8_t buffer[24];
    fill(buffer, sizeof buffer, (uint32_t)b);
    int32_t c = await_try(step(b + 1));
    return a + b + c + (int32_t)total(buffer, sizeof buffer);
}

async uint32_t retry(uint32_t x)
{
    for (uint32_t attempt = 0; attempt < 3; attempt++) {
        Reply r = await(query(x + attempt));
        if (r.ok)
            return r.value;
        await(leaf(10u << attempt));
    }
    return 0;
}
