/*
 * data.async.c: declarations of every kind, alive across awaits.
 */
#include "data.h"

#include <stdint.h>
#include <string.h>

#include <bide/async_source.h>

static int square(int x)
{
    return x * x;
}

static int cube(int x)
{
    return x * x * x;
}

static void bump(int *p)
{
    *p += 1;
}

async int several_declarators(int x)
{
    int a = await(leaf(x)), *p = &a, b[3] = {a, 2, x}, c = b[0] + await(leaf(*p)), d;
    d = *p + c;
    await(pause_void(d));
    *p += 3;
    return a + b[1] * 10 + b[2] * 100 + c + d;
}

async int array_filled(int x)
{
    int a[8];
    for (int i = 0; i < 8; i++)
        a[i] = await(leaf(i * x));
    int sum = 0;
    for (int i = 7; i >= 0; i--)
        sum = sum * 3 + a[i];
    return sum;
}

async int array_initialised(int x)
{
    int a[4] = {1, [2] = x};
    char s[8] = "abc";
    const char *t = "later";
    int fill[] = {x, x + 1, x + 2};
    await(pause_void(a[2]));
    s[1] = (char)('a' + x);
    a[3] = await(leaf(s[1]));
    return a[0] + a[1] + a[2] + a[3] + (int)strlen(s) + s[1] + t[1] + fill[2] +
           (int)(sizeof fill / sizeof fill[0]);
}

async int array_of_awaits(int x)
{
    int order = x;
    int a[3] = {await(leaf(order)), order, await(leaf(order + 1))};
    return a[0] + 10 * a[1] + 100 * a[2];
}

async int array_two_dimensions(int x)
{
    int m[3][4] = {{1, 2}, {[3] = x}};
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++)
            m[i][j] += await(leaf(i - j));
    int(*row)[4] = &m[1];
    await(pause_void((*row)[3]));
    return (*row)[3] * 1000 + m[0][1] * 10 + m[2][2];
}

async int array_of_structs(int x)
{
    struct pair p[3] = {{x, 1}, {.b = 7}};
    for (int i = 0; i < 3; i++) {
        p[i].a += await(leaf(p[i].b));
        p[i] = await(leaf_pair(p[i].a));
    }
    return digest_pair(p[0]) + digest_pair(p[1]) * 2 + digest_pair(p[2]) * 3;
}

async int string_buffers(int x)
{
    char text[32];
    size_t n = 0;
    while (n < 5) {
        text[n] = (char)('a' + await(leaf((int)n)) - 7);
        n++;
    }
    text[n] = 0;
    char copy[32];
    strcpy(copy, text);
    copy[0] = (char)('A' + x);
    await(pause_void((int)strlen(copy)));
    return strcmp(copy, text) < 0 ? copy[0] : text[4];
}

async int struct_members(int x)
{
    struct pair p = {.a = x, .b = 2};
    p.a += await(leaf(p.b));
    p.b = await(leaf(p.a)) - p.b;
    return digest_pair(p);
}

async int struct_copies(int x)
{
    struct pair p = await(leaf_pair(x)), q = p;
    q.a += await(leaf(q.b));
    struct pair r = q;
    await(pause_void(r.a));
    r.b = p.a;
    return digest_pair(p) + digest_pair(q) + digest_pair(r);
}

async int struct_big(int x)
{
    struct big one = {.v = {1, 2, x}, .sum = 6};
    struct big two = await(leaf_big(x));
    two.v[0] = await(leaf(one.v[2]));
    one = two;
    await(pause_void(one.v[5]));
    two.sum = -1;
    return digest_big(&one) + digest_big(&two);
}

async int struct_pointer_chain(int x)
{
    struct pair p = {x, 1}, *at = &p, **atat = &at;
    int *b = &at->b;
    await(leaf_write(b, x + 5));
    (*atat)->a += await(leaf(*b));
    await(leaf_write(&(*atat)->a, p.a * 2));
    return digest_pair(p);
}

async int struct_with_array_member(int x)
{
    int used;
    {
        struct named_buffer {
            char text[12];
            int used;
        };
        struct named_buffer n = {"hey", 3};
        used = n.used + n.text[0];
    }
    struct big b = {.sum = used};
    int *v = b.v;
    await(pause_void(used));
    v[x] = await(leaf(x));
    b.v[1] += await(leaf(v[x]));
    return digest_big(&b);
}

async int unions(int x)
{
    union word w = {.i = x + 0x01020304};
    await(pause_void(1));
    int sum = w.bytes[0] + w.bytes[3];
    w.bytes[1] = (unsigned char)await(leaf(x));
    union word other = w;
    await(pause_void(2));
    return sum + other.bytes[1] + other.bytes[0] + (other.i == w.i);
}

async int bit_fields(int x)
{
    struct bits b = {.low = 5, .mid = (unsigned)x & 127u};
    b.top = -3;
    await(pause_void((int)b.low));
    b.low += (unsigned)await(leaf(x)) & 3u;
    b.mid = (unsigned)await(leaf(b.top)) & 0x7fu;
    return (int)b.low * 1000 + (int)b.mid * 10 + b.top;
}

async int function_pointers(int x)
{
    int (*f)(int) = x & 1 ? square : cube;
    int (*table[2])(int) = {square, cube};
    unary g = table[x & 1];
    int (*(*at)[2])(int) = &table;
    int r = f(await(leaf(x)));
    r += g(await(leaf(r % 10)));
    return r + (*at)[1](await(leaf(-5))) + (f == square);
}

async int pointers_to_locals(int x)
{
    int a = x, b = 10;
    int *p = &a, *q = &b, **pp = x & 1 ? &p : &q;
    await(leaf_write(*pp, 77));
    bump(p);
    int *r = await(leaf_pointer(q));
    *r += 5;
    pp = &r;
    await(pause_void(**pp));
    return a * 1000 + b + (r == q);
}

async int pointer_into_array(int x)
{
    int a[10];
    int *const end = a + 10;
    for (int *p = a; p < end; p++)
        *p = await(leaf((int)(p - a)));
    int *middle = &a[5];
    await(leaf_write(middle - 1, x));
    return middle[-1] * 100 + *middle;
}

async int const_locals(int x)
{
    const int c = x * 3;
    const struct pair p = {c, 4};
    const int table[4] = {9, 8, x, 6};
    const char *const name = "const";
    const int late = await(leaf(c));
    await(pause_void(late));
    return c + p.a + p.b + table[2] + name[2] + late;
}

async int volatile_locals(int x)
{
    volatile int v = x;
    const volatile long w = 5;
    v = v + await(leaf(v));
    await(pause_void(v));
    v++;
    return v + (int)w;
}

async int register_locals(int x)
{
    register int r = x + 3;
    register int *p = &x;
    for (register int i = 0; i < 3; i++)
        r += await(leaf(i)) + *p;
    return r;
}

async int atomic_locals(int x)
{
    _Atomic int n = x;
    _Atomic(long) big_one = 40;
    n += await(leaf(2));
    n++;
    await(pause_void(n));
    big_one -= await(leaf(n));
    return n + (int)big_one;
}

async int aligned_locals(int x)
{
    _Alignas(32) char room[32] = {0};
    _Alignas(16) int one = x;
    int *p = &one;
    room[3] = (char)await(leaf(x));
    await(leaf_write(p, one + 1));
    note((int)((uintptr_t)room % 32 + (uintptr_t)p % 16));
    return room[3] + room[31] + one;
}

async int widths(int x)
{
    signed char c = (signed char)(x - 3);
    unsigned short s = (unsigned short)(x * 1000);
    bool flag = x > 1;
    uint64_t u = (uint64_t)x << 40 | 5;
    long double l = x + 0.25L;
    float f = (float)x / 4;
    enum colour e = (enum colour)(x % 3);
    await(pause_void(x));
    c = (signed char)(c - await(leaf(c)));
    s = (unsigned short)(s + await(leaf(s)));
    return c + s + flag * 10 + (int)(u >> 38) + (int)(l * 4) + (int)(f * 8) + (int)e;
}

static const int data_global = 1234;

async int statics(int x)
{
    static const int table[3] = {10, 20, 30};
    static int calls;
    extern const int data_global;
    int r = table[x % 3];
    calls = 0;
    await(pause_void(r));
    calls++;
    return r + calls + data_global + await(leaf(table[1]));
}

async int local_types_between_awaits(int x)
{
    int r = await(leaf(x));
    {
        typedef struct {
            int lo, hi;
        } span;
        span s = {r, r + 5};
        enum { STEP = 3 };
        while (s.lo < s.hi)
            s.lo += STEP;
        r = s.lo;
    }
    return r + await(leaf(r));
}

async int typedefs(int x)
{
    uint8_t small = (uint8_t)(x + 250);
    size_t size = sizeof small;
    int32_t wide = -x;
    intptr_t where = (intptr_t)&wide;
    await(pause_void(small));
    small = (uint8_t)(small + await(leaf((int)size)));
    return small + (int)wide + (where == (intptr_t)&wide);
}

async int vla_between_awaits(int x)
{
    int n = await(leaf(x)), sum = 0;
    {
        int room[n];
        for (int i = 0; i < n; i++)
            room[i] = i * x;
        for (int i = 0; i < n; i++)
            sum += room[i];
    }
    return sum + await(leaf(sum));
}

async int typeof_locals(int x)
{
    long wide = x + 1L;
    __typeof__(wide) other = wide * 2;
    __typeof__(x) *p = &x;
    await(leaf_write(p, 40));
    return (int)(wide + other) + *p;
}

async int parameters_assigned(int x, struct pair p, const char *text, int values[3])
{
    int before = x;
    x += await(leaf(p.a));
    p.b = await(leaf(x));
    text++;
    values[1] += await(leaf(*text));
    return before + x + digest_pair(p) + values[0] + values[1];
}

async int parameters_call(int x)
{
    int values[3] = {1, 2, 3};
    struct pair p = {x, 5};
    int r = await(parameters_assigned(x, p, "xyz", values));
    return r * 10 + values[1] + p.b;
}

static async int parameter_address(struct pair p, int n)
{
    int *at = &p.b;
    await(leaf_write(at, n));
    await(leaf_write(&n, p.a));
    return digest_pair(p) + n;
}

async int parameter_unused(int x, int unused, int (*f)(int), const struct big *b)
{
    (void)unused;
    int r = f(await(leaf(x)));
    return r + b->v[1];
}

async int call_by_values(int x)
{
    struct big b = {.v = {4, 5, 6}};
    struct pair p = {x, 0};
    int r = await(parameter_unused(x, 0, square, &b));
    r += await(parameter_address(p, r));
    return r + b.v[2];
}

/* Two lifetimes that do not meet may share their place; three scopes deep. */
async int disjoint_lifetimes(int x)
{
    int r = 0;
    {
        int first[6] = {x, x + 1};
        await(leaf_write(&first[2], 9));
        r += first[0] + first[1] + first[2] + first[5];
    }
    if (x & 1) {
        struct big b = await(leaf_big(x));
        r += b.v[3] + await(leaf(1));
        r += digest_big(&b);
    } else {
        int other[6] = {[5] = 3};
        for (int i = 0; i < 3; i++) {
            int at = i;
            int *p = &at;
            other[i] = await(leaf(*p));
            (*p)++;
            r += other[i] + *p + other[5];
        }
    }
    return r;
}

/* An address-taken local in a loop is a new one each round, but keeps its place. */
async int loop_locals(int x)
{
    int sum = 0;
    for (int i = 0; i < 4; i++) {
        int fresh = i * x, zero[3] = {0};
        int *p = &fresh;
        zero[1] += i;
        await(leaf_write(&zero[2], i));
        *p += 1;
        sum = sum * 2 + fresh + zero[0] + zero[1] + zero[2];
    }
    return sum;
}

async int shadowing(int x)
{
    int v = x;
    {
        int v = x + 10;
        await(pause_void(v));
        for (int v = 0; v < 2; v++) {
            await(pause_void(v));
            {
                int x = v + 100;
                await(pause_void(x));
            }
        }
        v += await(leaf(v));
        note(v);
    }
    v += await(leaf(v));
    if (v) {
        int v = 3, *p = &v;
        note(v);
        await(leaf_write(p, x));
        note(v);
    }
    return v;
}

async int shadow_with_outer_pointer(int x)
{
    int v = x, *outer = &v;
    {
        int v = *outer + 1;
        v += await(leaf(v));
        *outer += v;
        await(pause_void(*outer));
        v++;
        note(v);
    }
    return v;
}

/* A name hides from its declarator on: its own initialiser lies behind that. */
async int shadow_while_initialised(int x)
{
    int v = x + 1, w = x;
    {
        struct pair v = await(leaf_pair(x)), w = await(leaf_pair(v.a));
        note(v.a + w.b);
    }
    if (x & 1) {
        scoped(token_end) token w = token_make(await(leaf(v)));
        note(w.id);
    }
    for (int v[2] = {await(leaf(w)), 2}; v[1] > 0; v[1]--)
        note(v[0]);
    return v * 100 + w;
}

async int uninitialised_until_set(int x)
{
    int a, b, c[3];
    struct pair p;
    if (x & 1)
        a = 5;
    else
        a = await(leaf(x));
    await(pause_void(a));
    b = a + 1;
    c[0] = await(leaf(b));
    p.a = c[0];
    await(pause_void(p.a));
    p.b = b;
    return digest_pair(p);
}

async int compound_literal_values(int x)
{
    struct pair p = await(leaf_pair(((struct pair){x, x + 3}).b));
    p = (struct pair){p.b, await(leaf(p.a))};
    return digest_pair(p) + ((struct pair){1, x}).b;
}

async int flexible_math(int x)
{
    double d = 1.5;
    float f = 0.5f;
    for (int i = 0; i <= x; i++) {
        d *= 1.25;
        f += (float)await(leaf_double(d));
    }
    return (int)(d * 100) + (int)(f * 10);
}

/* Names that generated code might want for itself. */
async int unlucky_names(int state)
{
    int frame = state, cx = 1, out = 2, f = 3, c = 4, u = 5, done = 6;
    int s1 = await(leaf(frame)), result = await(leaf(cx));
    frame += await(leaf(out + f + c + u + done));
    return frame + s1 * 2 + result * 3 + cx + out + f + c + u + done;
}
