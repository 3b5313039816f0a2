/*
 * macros.async.c: macros around awaits, and locals that macros name.
 */
#include "macros.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>

#include <bide/async_source.h>

#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define ADD(a, b) ((a) + (b))
#define SQUARE_OF_SUM(a, b) (ADD(a, b) * ADD(a, b))
#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define FOREACH(i, n) for (int i = 0; i < (n); i++)
#define SWAP(T, a, b)                                                                              \
    do {                                                                                           \
        T swap_tmp = (a);                                                                          \
        (a) = (b);                                                                                 \
        (b) = swap_tmp;                                                                            \
    } while (0)
#define NOTE_SUM() note(sum)
#define ADD_TO_SUM(n) (sum += (n))
#define FOREVER for (;;)
#define UNLESS(c) if (!(c))
#define IDENTITY(x) x
#define DECLARE_INT(name, value) int name = (value)
#define STRING(x) #x
#define FIRST_CHAR(x) (STRING(x)[0])
#define container(p, T, m) ((T *)(void *)((char *)(p)-offsetof(T, m)))
#define FIVE 5

async int macro_argument(int x)
{
    int a = x, b = 3;
    await(pause_void(MAX(a, b)));
    int r = MAX(a, b) * 10 + ADD(await(leaf(a)), b);
    return ADD(r, ADD(a, ADD(b, await(leaf(x)))));
}

async int macro_nested(int x)
{
    int y = x + 1;
    int n = ADD(1, await(leaf(MAX(x, MAX(y, 2)))));
    n += await(leaf(SQUARE_OF_SUM(x, y)));
    n += IDENTITY(IDENTITY(await(leaf(ADD(FIVE, y)))));
    return n + MAX(x, ADD(x, y));
}

async int macro_loops(int x)
{
    int sum = 0;
    FOREACH(i, 3)
    {
        FOREACH(j, x)
        {
            ADD_TO_SUM(await(leaf(i + j)));
            NOTE_SUM();
        }
        await(pause_void(i));
    }
    FOREVER
    {
        UNLESS(await(leaf(sum)) > 100)
        {
            sum = sum * 2 + 1;
            continue;
        }
        break;
    }
    return sum;
}

async int macro_swap(int x)
{
    int a = x, b = await(leaf(x));
    SWAP(int, a, b);
    await(pause_void(a));
    if (a > b)
        SWAP(int, a, b);
    else
        a = -a;
    return a * 100 + b;
}

async int macro_declares(int x)
{
    DECLARE_INT(n, x + FIVE);
    await(pause_void(n));
    DECLARE_INT(m, await(leaf(n)));
    return n * 100 + m;
}

async int macro_assert(int x)
{
    int n = await(leaf(x));
    assert(n == x + 7 && "leaf adds seven");
    await(pause_void(n));
    assert(n > 0);
    errno = 0;
    return n + (errno == EAGAIN) + FIRST_CHAR(n);
}

async int macro_length(int x)
{
    int a[FIVE] = {x, FIVE};
    int sum = 0;
    for (size_t i = 0; i < LENGTH(a); i++)
        sum += await(leaf(a[i])) + (int)LENGTH(a);
    return sum;
}

async int macro_container(int x)
{
    struct pair p = {x, 4};
    int *b = &p.b;
    await(leaf_write(b, 9));
    return container(b, struct pair, b)->a + *b;
}

async int macro_around_words(int x)
{
    int n = 0;
    bide_poll code = IDENTITY(await_catch(leaf(x), n));
    if (code != BIDE_READY)
        must_be(n, 0);
    n += ADD(await(boxed(leaf(n))), code);
    return ADD(n, IDENTITY(await_try(leaf_negative(x))));
}

async int statement_expressions(int x)
{
    int n = __extension__({
        int t = x * 2;
        t + 1;
    });
    int r = await(leaf(n));
    r += __extension__({
        int inner = r;
        while (inner > 10)
            inner -= 3;
        inner;
    });
    return r + await(leaf(__extension__({ r & 3; })));
}

async int function_name(int x)
{
    int n = (int)sizeof __func__ + __func__[0];
    await(pause_void(x));
    return n + __func__[1];
}

/* clang-format off */
async int comments_and_layout(int x /* await(leaf(9)) */)
{
    // a comment with await(leaf(x)) in it
    const char *text = "await(leaf(x));";
    int n = await /* here */ (leaf /* and */ (x)); /* await( */
    n +=
        await(
            leaf(x
                 +
                 1)
        )
        ;
    char c = '"', d = '\'', e = ')';
    return n + text[0] + await(leaf(c + d)) + e;
}

#if 1
#define STEP 3
#else
#define STEP await(leaf(1))
#endif

async int line_continued(int x)
{
    int a = x + \
        STEP;
    int n = await(leaf(\
        a));
    return n + \
        a;
}
/* clang-format on */
