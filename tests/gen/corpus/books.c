/*
 * books.c: trace, resources and tokens; shared by both builds.
 */
#include "corpus.h"
#include "leaves.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* None is used again in a run: a use behind the release is seen without a sanitizer. */
enum { RESOURCES_MAX = 1024 };

struct books books;
struct orders orders;
static struct resource resources[RESOURCES_MAX];

void books_reset(void)
{
    memset(&books, 0, sizeof books);
}

void books_broken(const char *what)
{
    if (!books.broken)
        books.broken = what;
}

void note(int number)
{
    if (books.length < TRACE_MAX)
        books.trace[books.length++] = number;
    else
        books_broken("the trace is full");
}

void must_be(int value, int expected)
{
    if (value != expected)
        books_broken("a variable changed across an await");
}

struct resource *acquire(int id)
{
    struct resource *r = &resources[books.acquired];
    if (books.acquired == RESOURCES_MAX) {
        fputs("the corpus needs more resources\n", stderr);
        abort();
    }
    r->id = id;
    r->alive = 1;
    books.live_resources++;
    books.acquired++;
    return r;
}

void release(struct resource *r)
{
    if (!r)
        return;
    if (!r->alive)
        books_broken("a resource was released twice");
    note(-r->id);
    r->alive = 0;
    books.live_resources--;
}

void release_at(struct resource **r)
{
    release(*r);
}

int use(const struct resource *r)
{
    if (!r->alive)
        books_broken("a resource was used behind its release");
    return r->id;
}

token token_make(int id)
{
    token t = {id};
    books.live_resources += id != 0;
    return t;
}

void token_end(token *t)
{
    if (t->id < 0 || t->id > 10000)
        books_broken("a token was ended that was never made");
    note(-t->id);
    books.live_resources -= t->id != 0;
    t->id = 0;
}

int digest_pair(struct pair p)
{
    return p.a * 1000 + p.b;
}

int digest_big(const struct big *b)
{
    long sum = b->sum;
    for (int i = 0; i < 24; i++)
        sum = (sum * 31 + b->v[i]) % 1000003;
    return (int)sum;
}

int leaf_value(int x)
{
    return x + 7;
}

void leaf_begins(int x)
{
    books.leaf_calls++;
    note(100000 + x);
}

void leaf_ends(int x)
{
    note(200000 + x);
}

struct pair some_pair(int x)
{
    struct pair p = {x + 3, x * 2};
    return p;
}

const struct big *some_big(int x)
{
    static struct big b;
    for (int i = 0; i < 24; i++)
        b.v[i] = x * i;
    b.sum = x;
    return &b;
}

int *some_ints(int x)
{
    static int v[3];
    v[0] = x;
    v[1] = x + 1;
    v[2] = x * 2;
    return v;
}
