/* clang-format off */
#include <stdint.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <bide/async_source.h>

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define BOTH(a, b) ((a) && (b))
#define SUM(x, y) x + y
#define PLUS1(x) x + 1
#define NEG(x) - x
#define ID(x) x
#define LIMIT 10
#define LOGF(...) printf(__VA_ARGS__)
#define LOGR() printf("%d", r)
#define FOREACH(i, n) for (int i = 0; i < (n); i++)
#define FOREVER for (;;)
#define UNTIL(c) for (; !(c);)
#define GET(x) await(leaf(x))
#define DECL(T, n) T n = 0
#define RET(x) return x
#define CHECK(x) do { if (!(x)) return -1; } while (0)
#define STMT(x) x;
#define AND &&
#define ADDR(x) (&(x))
#define SEQ(a, b) ((a), (b))
#define SET(x, v) ((x) = (v))
#define WITH(l, ...) do { lock(l); __VA_ARGS__ } while (0)

typedef struct point { int x, y; } point;
typedef struct { int a[4]; union { int u; float f; }; } anon;
struct deep { point p; struct deep *next; int (*fn)(int, char *); };

void lock(int *l);
void release(void *p);
async int leaf(int n);
async void nothing(void);
async_gen int count(int to);
bool is_bad(int r);
static int *global;

async int statements(struct deep *d, int arr[], int (*cb)(int), int m[2][3])
{
    /* comment with await(x) and ; */
    for (int i = 0, *p = arr; i < LIMIT; i++, p++)
        FOREACH(j, 3) { /* open */ await(leaf(i + j)); }
    for (; await(leaf(1)) > 0;) continue;
    for (;;) { break; }
    FOREVER { if (d) break; }
    UNTIL(d == NULL) d = d->next;
    FOREACH(k, await(leaf(2))) if (k) goto out; else { ; }
    while (await(leaf(3))) /* c */ ;
    do { arr[0]++; --arr[1]; } while (await(leaf(4)) /* x */) /* y */ ;
    switch (await(leaf(5))) {
    case 1:
    case 2: /* two */ arr[0] = 1;
        __attribute__((fallthrough));
    case 'x' ? 3 : 4:
        arr[1] += 2;
        break;
    case 7 ... 9: { break; }
    default /* d */ :
        return 2;
    }
    if (d) return 1; else if (cb(2)) nothing(); else if (m[1][2]) { CHECK(d); } else ;
out: /* label */ ;
    DECL(int, zero);
    STMT(zero = 3)
    STMT(zero = 4);
    WITH(arr, { int q = 3, w; zero = q; w = await(leaf(q)); (void)w; })
    ;
    RET(zero);
}

async int expressions(point *pt, anon an)
{
    int r = 0, s = LIMIT, t[3] = {1, [2] = await(leaf(9))};
    point p = {.x = r, .y = MIN(await(leaf(1)), s)}, *pp = &p;
    anon *ap = &an;
    static int counter;
    const int fixed = 3;
    register int fast = 1;
    _Alignas(16) char buffer[64];
    char s2[] = "abc" "def";
    LOGF("%d %d\n", await(leaf(r)), MIN(s, LIMIT));
    LOGR();
    r = await(leaf(1)) && await(leaf(2)) || s;
    r = BOTH(await(leaf(1)), s) AND r;
    r = SUM(r, s) * 2;
    r = 3 * PLUS1(r);
    r = NEG(s) - 1;
    r = ID(r) + ID(s) * ID(await(leaf(7)));
    r = pt->x + pp->y + an.u + ap->a[2] + (*pp).x + t[MIN(0, 1)];
    SET(r, SEQ(s, fixed));
    int *a = ADDR(r), **aa = &a;
    r = **aa ? : s;
    r = s ? GET(r), 1 : (point){.x = 3}.y;
    r++; ++r; r = -r + !s - ~s + *a++ ;
    r = (int)sizeof(await(leaf(1))) + (int)sizeof r + (int)sizeof(int[3]);
    r = _Generic(r, int: leaf, default: 0)(3);
    r = ({ int z = r; z + 1; });
    memcpy(buffer, s2, sizeof s2);
    if (r == EOF) return GET(fixed) + counter + fast;
    return await_try(leaf(r), is_bad);
}

async_send int words(int *where, char *owned_p)
{
    owned(release, owned_p);
    async int a = leaf(1), b = leaf(2);
    scoped(release) char *mem = malloc(3), *second = NULL;
    __attribute__((cleanup(release))) int *raw = 0;
    int item, code = await_catch(leaf(4), item) + await_catch(leaf(5));
    async int gen = count(3);
    while (await_next(item, gen)) { LOGF("%d", item); }
    join(a, b);
    int first = select(a, b);
    first = race(a, b);
    drop(a);
    spawn(where, leaf(3));
    spawn(where, leaf(3), &first);
    int v = await(boxed(leaf(6))) + await(a) + await_try(leaf(1));
    await(nothing());
    return v + code;
}

async_gen int count(int to)
{
    for (int i = 0; i < to; i++)
        yield(i);
}

int ordinary(int n) { return spawn(n, leaf(n)); }
int boring(int n) { return n; }
int (*taken(void))(int) { return leaf; }
