/* lines_body.async.c: comments, macros and layout keep their lines. */
#include "golden.h"

#include <bide/async_source.h>

#define TWICE(e) ((e)*2)

/* Ordinary code is copied. */
static int32_t half(int32_t n)
{
    return n / 2;
}

async int32_t lines_body(int32_t x)
{
    int32_t n = half(x); /* a comment */

    n += TWICE(await(leaf(x))) + half(n);
    // another
    if (n > 3) {
        n--;
        n += await(leaf(n));
    }
    return n;
}
