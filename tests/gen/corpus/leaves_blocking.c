/*
 * leaves_blocking.c: the leaves of the blocking build, compiled with BIDE_BLOCKING.
 */
#include "corpus.h"
#include "leaves.h"
#include "leaves_values.h"

int leaf(int x)
{
    leaf_begins(x);
    leaf_ends(x);
    return leaf_value(x);
}

void pause_void(int x)
{
    (void)leaf(x);
}

struct pair leaf_pair(int x)
{
    (void)leaf(x);
    return pair_value(x);
}

struct big leaf_big(int x)
{
    (void)leaf(x);
    return big_value(x);
}

double leaf_double(double x)
{
    (void)leaf((int)x);
    return x / 2;
}

int *leaf_pointer(int *p)
{
    leaf_begins(*p);
    ++*p;
    leaf_ends(*p);
    return p;
}

void leaf_write(int *to, int value)
{
    leaf_begins(value);
    *to = value;
    leaf_ends(value);
}

int leaf_negative(int x)
{
    (void)leaf(x);
    return negative_value(x);
}

struct resource *leaf_acquire(int id)
{
    (void)leaf(id);
    return acquire(id);
}

int leaf_consume(struct resource *r)
{
    int id = use(r);
    leaf_begins(id);
    leaf_ends(id);
    release(r);
    return id;
}

int leaf_after(int polls, int x)
{
    (void)polls;
    return leaf(x);
}

int pinned_leaf(int x)
{
    return leaf(x);
}

int macro_leaf(int x)
{
    int first = leaf(x);
    return leaf(first) + first;
}

void release_async(struct resource **r)
{
    int id = *r ? use(*r) : 0;
    leaf_begins(id);
    leaf_ends(id);
    release(*r);
}

int Counter_add(Counter *self, int n)
{
    return self->add(self->self, n);
}

int Counter_twice(Counter *self, int n)
{
    return self->twice(self->self, n);
}

int Counter_value(Counter *self)
{
    return self->value(self->self);
}
