/*
 * author.async.c: what authors of libraries write, and the odd corners of C.
 */
#include "author.h"

#include <string.h>

#include <bide/async_source.h>

/* ---- a pool, whose members are given back by a cleanup that waits ---- */

static async void give_back(pooled **member)
{
    if (!*member)
        return;
    await(pause_void((*member)->used));
    (*member)->busy = 0;
}

static pooled *take(pool *p)
{
    for (int i = 0; i < POOL_SIZE; i++)
        if (!p->at[i].busy) {
            p->at[i].busy = 1;
            p->taken++;
            return &p->at[i];
        }
    return NULL;
}

async int pool_use(pool *p, int x)
{
    scoped(give_back) pooled *one = take(p);
    if (!one)
        return -1;
    if (!one->held)
        one->held = acquire(x + 10), one->misses++;
    else
        one->hits++;
    one->used = (unsigned)(one->used + 1) & 0x7f;
    int n = await(leaf(x));
    return n + use(one->held) + one->hits * 100;
}

static void pool_end(pool *p)
{
    for (int i = 0; i < POOL_SIZE; i++)
        release(p->at[i].held);
}

async int author_pool(int x)
{
    scoped(pool_end) pool p = {.taken = 0};
    int sum = 0;
    for (int i = 0; i < 4; i++) {
        int got = await(pool_use(&p, x + i));
        if (got < 0)
            break;
        sum = sum * 3 + got;
    }
    return sum + p.taken;
}

/* ---- a cache that is filled as it is asked, the oldest leaves ---- */

async int author_cache(int x)
{
    struct cached lines[2] = {{-1, 0, 0}, {-1, 0, 0}};
    static const int keys[] = {1, 2, 1, 3, 2, 1};
    unsigned now = 0;
    int fills = 0, sum = 0;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        int key = keys[i] + x, found = -1;
        for (int k = 0; k < 2; k++)
            if (lines[k].key == key)
                found = k;
        if (found < 0) {
            found = lines[0].age <= lines[1].age ? 0 : 1;
            int value = await(leaf(key));
            lines[found].value = value, lines[found].key = key;
            fills++;
        }
        lines[found].age = ++now;
        sum = sum * 2 + lines[found].value;
    }
    return sum * 10 + fills;
}

/* ---- pages of a scan ---- */

static async struct page next_page(int from, int most)
{
    int n = await(leaf(from)) & 3;
    struct page p = {from, n < most ? n : most, from < 6};
    await(pause_void(n));
    return p;
}

async int author_pages(int x)
{
    int from = x, sum = 0;
    struct page p;
    do {
        p = await(next_page(from, 2));
        for (int i = 0; i < p.count; i++) {
            if (i == 1 && await(leaf(i)) > 100)
                goto out;
            sum += p.first + i;
        }
        from += p.count + 1;
    } while (p.more && sum < 50);
out:
    return sum * 10 + p.more;
}

/* ---- tries again ---- */

async int author_retry(int x)
{
    int tries = 0;
again:
    switch (await(leaf_negative(x + tries)) < 0 ? 0 : await(leaf(tries)) > 9 ? 2 : 1) {
    case 0:
        if (++tries < 4) {
            await(pause_void(tries));
            goto again;
        }
        return -tries;
    case 1:
        tries += 10;
        /* fall through */
    default:
        break;
    }
    return tries;
}

/* ---- results of all kinds ---- */

async list *author_list(int x)
{
    scoped(list_end) list *l = list_make(3);
    for (int i = 0; i < l->count; i++)
        l->items[i] = await(leaf(x + i));
    list *result = l;
    l = NULL;
    return result;
}

async int author_bits(int x)
{
    struct bits b = {.low = (unsigned)x & 7, .mid = 5, .top = -3};
    b.mid += (unsigned)await(leaf(b.low)) & 0x3f;
    b.top++;
    b.low ^= (unsigned)await(leaf(b.top)) & 7;
    return (int)b.low * 1000 + (int)b.mid * 10 + b.top;
}

async int author_union(int x)
{
    union word w = {.i = x * 0x010203};
    w.bytes[1] ^= (unsigned char)await(leaf(w.bytes[0]));
    union halves v = {.all = w.i};
    v.high = (short)(v.high + await(leaf(v.low & 15)));
    return v.all ^ w.i;
}

async int author_atomic(int x)
{
    _Atomic int count = x;
    atomic_int other;
    atomic_init(&other, 1);
    atomic_fetch_add(&count, await(leaf(x)));
    count += await(leaf(atomic_load(&other)));
    atomic_fetch_or(&other, 6);
    await(pause_void(1));
    return atomic_load(&count) * 10 + other;
}

#define KIND(x) _Generic((x), int : 1, double : 2, struct pair : 3, default : 4)

async int author_generic(int x)
{
    int n = await(leaf(x));
    struct pair p = await(leaf_pair(n));
    double d = await(leaf_double(p.a));
    return KIND(n) * 100 + KIND(p) * 10 + KIND(d) + KIND(p.b + d) +
           _Generic(n, int
                    : p.b, long : 0);
}

async int author_aligned(int x)
{
    _Alignas(32) unsigned char block[32];
    memset(block, x, sizeof block);
    block[3] = (unsigned char)await(leaf(x));
    bool fits = ((uintptr_t)block & 15) == 0;
    await(pause_void(block[3]));
    return fits * 1000 + block[3] + block[4];
}

async int author_volatile(int x)
{
    volatile int v = x;
    const volatile int c = x + 1;
    int *restrict p = some_ints(x);
    v += await(leaf(v));
    p[0] += c;
    v += await(leaf(p[0]));
    return v * c + p[1];
}

async int author_literal(int x)
{
    int n = digest_pair((struct pair){x, await(leaf(x))});
    struct pair p = (struct pair){.b = await(leaf(n)), .a = n};
    n += await(leaf(((const int[]){3, 1, 4, 1, 5})[x & 3]));
    p = await(leaf_pair((struct pair){n, n}.a));
    return digest_pair(p) + n;
}

async int author_statement(int x)
{
    int n = __extension__({
        int t = x * 2;
        t + 1;
    });
    int m = await(leaf(n));
    return m + __extension__({
               int t = m;
               for (int i = 0; i < 3; i++)
                   t += n;
               t;
           });
}

/* ---- control ---- */

async int author_machine(int x)
{
    enum state { START, READ, SKIP, END } state = START;
    int steps = 0, sum = 0;
    while (state != END) {
        switch (state) {
        case START:
            state = x & 1 ? READ : SKIP;
            break;
        case READ: {
            int got = await(leaf(steps));
            sum += got;
            if (sum > 20) {
                state = END;
                continue;
            }
        } /* fall through */
        case SKIP:
            for (;;) {
                if (await(leaf(steps)) & 1)
                    break;
                if (++steps > 9)
                    goto done;
            }
            state = READ;
            break;
        case END:
            break;
        }
        if (++steps > 12)
            break;
    }
done:
    return sum * 100 + steps;
}

async int author_matrix(int x)
{
    int m[3][2] = {{1, 2}, {3}, {x, x + 1}};
    int(*row)[2] = &m[1];
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 2; j++)
            m[i][j] += await(leaf(m[i][j])) * (*row)[0];
    return m[0][0] + m[0][1] * 3 + m[1][0] * 5 + m[1][1] * 7 + row[1][0] * 11 + row[1][1] * 13;
}

async int author_designated(int x)
{
    int a[] = {[4] = await(leaf(x)), [1] = x, [2] = await(leaf(x + 1))};
    struct nested s = {.v[1] = a[4], .p.b = await(leaf(a[2])), .v[2] = a[1]};
    await(pause_void(0));
    return a[0] + a[1] + a[2] * 2 + a[4] * 3 + s.p.a + s.p.b * 5 + s.v[0] + s.v[1] * 7 + s.v[2];
}

async int author_static(int x)
{
    static const struct pair table[] = {{1, 2}, {3, 4}};
    static const char name[] = "author";
    int n = await(leaf(table[x & 1].a));
    return n * (int)sizeof name + table[x & 1].b + name[n % 6];
}

async int author_variable_array(int x)
{
    int n = await(leaf(x)) & 7, sum = 0;
    {
        int values[n + 1];
        for (int i = 0; i <= n; i++)
            values[i] = i * x;
        for (int i = 0; i <= n; i++)
            sum += values[i];
    }
    return sum + await(leaf(sum & 15));
}

async int author_const_member(int x)
{
    const entry_line line = {"key", x, 1};
    entry_line other = {line.key, line.value + 1, 2}, *copy = &other;
    int n = copy->value;
    n += await(leaf(line.value));
    return n + line.uses + line.key[0];
}

async double author_wide(int x)
{
    long double wide = x + 0.5L;
    float narrow = (float)await(leaf_double(x));
    wide *= (long double)await(leaf_double(2));
    unsigned long long big = 1ull << 40;
    big += (unsigned long long)await(leaf(x));
    return (double)(wide + narrow) + (double)(big >> 38);
}

async double _Complex author_complex(int x)
{
    double _Complex z = x;
    z = z * z + await(leaf_double(x));
    await(pause_void(x));
    return z * 2;
}

static int add_one(int x)
{
    return x + 1;
}
static int times_two(int x)
{
    return x * 2;
}

async int author_table(int x)
{
    int (*const table[2])(int) = {add_one, times_two};
    unary chosen = table[x & 1];
    int (*(*pick)[2])(int) = (int (*(*)[2])(int))(uintptr_t)&table;
    int n = chosen(await(leaf(x)));
    return n + (*pick)[n & 1](await(leaf(n)));
}

/* Jumps into the middle of a loop. */
async int author_device(int x)
{
    int n = (x & 3) + 5, sum = 0, rounds = (n + 3) / 4;
    switch (n % 4) {
    case 0:
        do {
            sum += await(leaf(sum & 7));
            /* fall through */
        case 3:
            sum++;
            /* fall through */
        case 2:
            sum += await(leaf(1));
            /* fall through */
        case 1:
            sum += 2;
        } while (--rounds > 0);
    }
    return sum;
}

async int author_steps(int x)
{
    int sum = 0;
    for (int i = await(leaf(x)) & 3, k = 9; i < await(leaf(k)) % 5 + 3;
         i += 1 + (await(leaf(i)) & 1), k--) {
        if (k == 8)
            continue;
        sum += x > 1 && (i & 1 || await(leaf(i)) > 8) ? await(leaf(k)) : -i;
    }
    return sum;
}

async int author_pointer_to_array(int x)
{
    int values[4] = {x, x + 1, x + 2, x + 3};
    int *at = values + 1, *const end = values + 4;
    int sum = 0;
    while (at < end)
        sum = sum * 2 + await(leaf(*at++));
    char text[] = "abc", *p = text;
    *p++ += (char)(await(leaf(x)) & 3);
    return sum + text[0] + *p + (int)(at - values);
}
