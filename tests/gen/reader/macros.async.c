/* clang-format off */
#include <stdint.h>
#include <stdio.h>
#include <stddef.h>
#include <bide/async_source.h>
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define CALL(M, x) M(x)
#define W await
#define EMPTY
#define TWICE(x) LOGF("%d %d", x, x)
#define LOGF(...) printf(__VA_ARGS__)
#define ONE_OF(c, a, b) (c) ? (a) : (b)
#define INC(x) ++(x)
#define DEREF(p) (*(p))
#define NOT(x) (!(x))
#define CAT(a, b) a##b
#define LOCAL(n) int CAT(loc_, n) = 1
#define AUTO(fn) __attribute__((cleanup(fn)))
#define SWAP(T, a, b) do { T tmp_ = (a); (a) = (b); (b) = tmp_; } while (0)
#define API
#define DEFINE(name) async int name(int n) { return n; }
#define OPEN {
#define CLOSE }
#define RETURN_IF(c, v) if (c) return v
#define FIELD(p, m) ((p)->m)
#define ORELSE(a, b) a || b

struct s { int m; int arr[3]; };
typedef int (*handler)(int, char *);
typedef int row[4];
typedef struct { int inner; } unnamed_s;
void fin(void *);
async int f(int n);
API async struct s g(int), h(void);
static inline API async int
spread (int a,
        int b)   /* trailing */
{
    return a + b;
}
DEFINE(made)

async int types(int n, row r, handler hs[2], int fn(int), const char *const names[], volatile int *restrict vp)
{
    int a[2][3], *b[4], (*c)[5], *(*d)[6];
    int (*e)(void), (*ff[3])(int, handler), *(*(*gg)(int))[2];
    const int *const k = NULL;
    int *const *volatile l = NULL;
    const row cr = {1};
    handler hh = NULL;
    unnamed_s us; struct { int x; } uu; enum { A, B } en = A;
    struct local { int z; } ls; struct local *lp = &ls;
    typedef unsigned long word; word w = 3;
    typeof(n) tn = n; __auto_type an = &n;
    int vla[n]; int (*pv)[n] = NULL;
    _Atomic int at; _Atomic(struct s *) as; _Bool bo; char ch; long double ld; double _Complex dc;
    uint8_t u8; size_t sz; int64_t i64; void *vo; void (*fv)(void) __attribute__((unused));
    extern int outside; int proto(int);
    int __attribute__((aligned(32))) al; AUTO(fin) int *au = NULL;
    static const char *const tab[] = {"a", "b"};
    struct s arr[2] = {[0].m = 1, [1] = {.arr = {1, [1] = 2}}};
    (void)a;
    return 0;
}

async int macros(int n, struct s *p)
{
    int x = MIN(MAX(n, MIN(1, 2)), MAX(3, n)), y = MIN(x, EMPTY 3 EMPTY);
    x = CALL(await, f(1)) + CALL(f, 2) + W(f(3));
    LOGF("%d", await(f(MIN(x, MAX(y, /* c */ n)))));
    TWICE(await(f(4)));
    LOGF("%d %d",
         /* comment */ await(f(5)), // other
         MIN(await(f(6)), y));
    x = ONE_OF(n, await(f(7)), y);
    x = ONE_OF(n, x, y) + 1;
    INC(x); INC(p->m);
    x = DEREF(&x) + NOT(x);
    LOCAL(1);
    loc_1++;
    SWAP(int, x, y);
    SWAP(int, p->arr[await(f(8))], y);
    if (x) OPEN y = 1; CLOSE else EMPTY { y = 2; }
    RETURN_IF(x > 3, await(f(9)));
    RETURN_IF(x > 4, x); else y++;
    x = FIELD(p, m) + FIELD(p, arr)[1] + FIELD(p, arr[2]);
    x = ORELSE(n, await(f(10))) && y;
    x = y && ORELSE(await(f(11)), n);
#define HERE(z) (z) + await(f(12))
    x = HERE(2);
#undef HERE
    x = sizeof(struct s) + offsetof(struct s, m) + __builtin_types_compatible_p(int, long);
    x = (await(f(13)), y), await(f(14));
    int q = (int)(await(f(15))) * -await(f(16)) + !await(f(17));
    q = p[await(f(18))].arr[await(f(19))] = await(f(20));
    (await(g(1))).m;
    q += await(h()).m;
    q = ({ LOGF("x"); await(f(21)); });
    switch (q) case 1: x = 2;
    switch (q) { int in_switch; case 3: in_switch = 1; (void)in_switch; }
    static void *labels[] = {&&l1, &&l2};
    goto *labels[q];
l1: l2:
    __asm__ volatile("" : "+r"(x) : "r"(y));
    do if (x) break; else continue; while (x--);
    while (x) while (y) if (x) if (y) break; else break;
    for (x = 0, y = 1; x < y; ) ;
    for (int i = 0; ; ) { if (i) break; }
    for (;;) if (x) return await_try(f(22)); else return __LINE__;
}
