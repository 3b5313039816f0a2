/*
 * tasks.async.c: spawned functions, and cleanups that wait.
 */
#include "tasks.h"

#include <bide/async_source.h>

async int task_body(int x)
{
    int n = await(leaf(x));
    await(pause_void(n));
    return n * 2;
}

async int task_owned(struct resource *r, int x)
{
    owned(release_at, r);
    await(pause_void(x));
    return use(r);
}

async int spawn_detached(int x)
{
    int started = 0;
    for (int i = 0; i < 3; i++)
        started += spawn(corpus_executor(), task_body(x + i)) == BIDE_READY;
    await(pause_void(1));
    bide_poll code = spawn(corpus_executor(), task_owned(acquire(x + 60), x));
    return started * 10 + code;
}

async int spawn_in_condition(int x)
{
    if (x > 1 && spawn(corpus_executor(), task_body(x)) != BIDE_READY)
        return -1;
    int n = await(leaf(x));
    return n + (spawn(corpus_executor(), task_body(n)) == BIDE_READY ? 1 : 0);
}

static int spawn_from_ordinary(int x)
{
    return spawn(corpus_executor(), task_body(x));
}

async int spawn_by_helper(int x)
{
    await(pause_void(x));
    return spawn_from_ordinary(x);
}

/* ---- cleanups that wait ---- */

async int async_cleanup(int x)
{
    scoped(release_async) struct resource *r = acquire(x + 1);
    int n = await(leaf(use(r)));
    if (x & 1)
        return n;
    await(pause_void(n));
    return n + use(r);
}

async int async_cleanup_blocks(int x)
{
    int n = x;
    for (int i = 0; i < 3; i++) {
        scoped(release_async) struct resource *r = acquire(i + 10);
        if (i == x)
            continue;
        n += await(leaf(use(r)));
        if (n > 40)
            break;
        scoped(release_at) struct resource *s = acquire(i + 20);
        n += use(s);
    }
    return n + x + await(leaf(n));
}

static async void flush(int **p)
{
    await(pause_void(**p));
    note(**p);
    await(pause_void(2));
    **p = -1;
}

async int async_cleanup_written(int x)
{
    int value = x + 3, *at = &value;
    {
        scoped(flush) int *p = at;
        *p += await(leaf(x));
        note(*p);
    }
    return value;
}

async int async_cleanup_in_child(int x)
{
    scoped(release_at) struct resource *r = acquire(x + 30);
    int n = await(async_cleanup(x));
    n += await(async_cleanup_blocks(x));
    return n + use(r);
}

/* The child's frame is a box: it is cancelled, and not dropped, too. */
async int async_cleanup_boxed(int x)
{
    scoped(release_at) struct resource *r = acquire(x + 31);
    int n = await(boxed(async_cleanup(x)));
    return n + await(boxed(async_cleanup_blocks(use(r))));
}

/* Recursion through a box, with a cleanup that waits in each. */
async int async_cleanup_deep(int x)
{
    scoped(release_async) struct resource *r = acquire(x + 50);
    if (x > 2)
        return use(r);
    return use(r) + await(boxed(async_cleanup_deep(x + 1)));
}
