/*
 * iface.async.c: methods that implement an interface, dyn calls, and generic functions.
 */
#include "iface.h"

#include <bide/async_source.h>

async int Slow_add(Slow *self, int n)
{
    await(pause_void(n));
    self->total += n;
    await(pause_void(self->total));
    return self->total;
}

async int Slow_twice(Slow *self, int n)
{
    scoped(release_at) struct resource *r = acquire(self->total + 1);
    int m = await(leaf(n));
    return 2 * m + use(r) + self->total;
}

static int Slow_value(Slow *self)
{
    return self->total;
}

BIDE_IMPL(Counter, Slow);

/* Never waits. */
async int Quick_add(Quick *self, int n)
{
    self->sum += 2 * n;
    note(self->sum);
    return self->sum;
}

async int Quick_twice(Quick *self, int n)
{
    return self->sum + n;
}

static int Quick_value(Quick *self)
{
    return self->sum;
}

BIDE_IMPL(Counter, Quick);

async int dyn_calls(Counter *c, int x)
{
    int sum = 0;
    for (int i = 0; i < 3; i++)
        sum += await(Counter_add(c, x + i)) * (i + 1);
    sum += await(Counter_twice(c, sum)) + Counter_value(c);
    return sum;
}

async int dyn_both(int x)
{
    Slow slow = {x};
    Quick quick = {x};
    Counter a = Slow_as_Counter(&slow, 0), b = Quick_as_Counter(&quick, 0);
    int n = await(dyn_calls(&a, x));
    n += await(dyn_calls(&b, n % 10));
    Counter *either = x & 1 ? &a : &b;
    n += await(boxed(dyn_calls(either, 1)));
    return n + slow.total + quick.sum;
}

async int static_calls(int x)
{
    Slow slow = {x};
    Quick quick = {x + 1};
    int n = await(Slow_add(&slow, x));
    n += await(Quick_add(&quick, n));
    n += await(Slow_twice(&slow, n));
    return n + slow.total + quick.sum;
}

/* ---- generic ---- */

async int add_up(impl(Counter) * c, int n)
{
    int sum = 0;
    while (n-- > 0) {
        sum += await(Counter_add(c, n));
        if (Counter_value(c) > 30)
            break;
    }
    return sum + await(Counter_twice(c, sum));
}

instantiate(add_up, Slow);
instantiate(add_up, Quick);

#ifdef BIDE_BLOCKING
int add_up_Slow(Slow *c, int n)
{
    Counter d = Slow_as_Counter(c, 0);
    return add_up(&d, n);
}

int add_up_Quick(Quick *c, int n)
{
    Counter d = Quick_as_Counter(c, 0);
    return add_up(&d, n);
}
#endif

async int generic_calls(int x)
{
    Slow slow = {x};
    Quick quick = {x};
    Counter c = Slow_as_Counter(&slow, 0);
    int n = await(add_up_Slow(&slow, x));
    n += 10 * await(add_up_Quick(&quick, x));
    n += 100 * await(add_up(&c, x));
    return n + slow.total + quick.sum;
}

#ifdef BIDE_BLOCKING

static int slow_add(void *self, int n)
{
    return Slow_add((Slow *)self, n);
}

static int slow_twice(void *self, int n)
{
    return Slow_twice((Slow *)self, n);
}

static int slow_value(void *self)
{
    return Slow_value((Slow *)self);
}

static int quick_add(void *self, int n)
{
    return Quick_add((Quick *)self, n);
}

static int quick_twice(void *self, int n)
{
    return Quick_twice((Quick *)self, n);
}

static int quick_value(void *self)
{
    return Quick_value((Quick *)self);
}

Counter Slow_as_Counter(Slow *self, bide_allocator *a)
{
    Counter c = {self, slow_add, slow_twice, slow_value};
    (void)a;
    return c;
}

Counter Quick_as_Counter(Quick *self, bide_allocator *a)
{
    Counter c = {self, quick_add, quick_twice, quick_value};
    (void)a;
    return c;
}

#endif
