#include "leaves.h"

#include <bide/timeout.h>

#include <bide/async_source.h>

/* A cleanup that waits. */
static async void close_later(int *x)
{
    await(leaf(*x));
}
static async int closing(int x)
{
    scoped(close_later) int opened = x;
    return await(leaf(opened));
}
BIDE_TIMEOUT(closing_within, closing);

/* What is bound to its thread. */
struct BIDE_THREAD_BOUND tied {
    int a;
};
static async int tied_across(int x)
{
    struct tied t = {x};
    await(leaf(x));
    return t.a;
}
BIDE_TIMEOUT(tied_within, tied_across);

static async_send int sends_tied(int x)
{
    return await(tied_within(5, tied_across_made(x))).late;
}
