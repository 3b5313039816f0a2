/*
 * flags.async.c: what is held across an await, and what only beside it.
 */
#include "flags.h"

#include <bide/async_source.h>

async int of_ints(int x)
{
    int n = await(moving(x));
    return n + x;
}

async int of_plain_pointers(int x)
{
    struct plain a = {NULL, x}, *b = &a;
    int n = await(moving(x));
    return b->n + n;
}

async int of_callbacks(int x)
{
    callback c = NULL;
    int n = await(moving(x));
    return n + (c != NULL);
}

async int used_before(int x)
{
    struct cursor c = {x};
    int n = c.at;
    return n + await(moving(n));
}

async int used_in_scope(int x)
{
    int n = await(moving(x));
    {
        struct cursor c = {n}, *p = &c;
        n += p->at;
    }
    return n + await(moving(n));
}

async int by_value(int x)
{
    struct cursor c = {x};
    int n = await(moving(x));
    return n + c.at;
}

async int by_pointer(int x)
{
    static struct cursor c;
    struct cursor *p = &c;
    int n = await(moving(x));
    return n + p->at;
}

async int by_alias(int x)
{
    cursor_alias c = {x};
    int n = await(moving(x));
    return n + c.at;
}

async int in_array(int x)
{
    struct cursor c[2] = {{x}, {x}};
    int n = await(moving(x));
    return n + c[1].at;
}

async int in_members(int x)
{
    struct table t = {{{x, {x}}}};
    int n = await(moving(x));
    return n + t.rows[0].cursor.at;
}

async int behind_pointers(int x)
{
    struct link last = {NULL, NULL}, first = {&last, NULL}, *p = &first;
    int n = await(moving(x));
    return n + (p->next == NULL);
}

static struct cursor *some_cursor(int x)
{
    static struct cursor c;
    c.at = x;
    return &c;
}

static int both(struct cursor *c, int n)
{
    return c->at + n;
}

static async struct cursor *made(int x)
{
    (void)await(moving(x));
    return some_cursor(x);
}

/* The first result waits in a temporary. */
async int in_temporary(int x)
{
    return both(await(made(x)), await(moving(x)));
}

async int in_address(int x)
{
    struct cursor c, *p = &c;
    p->at = await(moving(x));
    return c.at;
}

async int of_child(int x)
{
    return await(by_value(x)) + 1;
}

async int of_boxed_child(int x)
{
    return await(boxed(by_value(x))) + 1;
}

async int of_variable(int x)
{
    async int n = by_value(x);
    return await(n) + 1;
}

async int of_boxed_variable(int x)
{
    async int n = boxed(by_value(x));
    return await(n) + 1;
}

async int of_hand_made(int x)
{
    return await(staying(x)) + 1;
}

async int of_other_file(int x)
{
    return await(other_moves(x)) + await(other_stays(x));
}

async int of_boxed_other_file(int x)
{
    return await(boxed(other_stays(x))) + 1;
}

async int of_good_children(int x)
{
    async int n = other_moves(x);
    int m = await(boxed(of_ints(x))) + await(other_promises(x));
    return await(n) + m + await(boxed(other_moves(x)));
}

async int of_itself(int x)
{
    int n = await(moving(x));
    return n > 0 ? await(boxed(of_itself(n - 1))) : x;
}

async int of_partner(int x)
{
    return x > 0 ? await(boxed(of_partner_too(x - 1))) : 0;
}

async int of_partner_too(int x)
{
    int n = await(by_value(x));
    return await(boxed(of_partner(n)));
}

async void ends_cursor(struct cursor **c)
{
    (*c)->at = await(moving(1));
}

async int of_cleanup(int x)
{
    scoped(ends_cursor) struct cursor *c = some_cursor(x);
    return c->at;
}

async_send int promised(int x)
{
    int n = await(of_good_children(x));
    struct cursor c = {n};
    return c.at + x;
}

async int keeps_parameter(int x, struct cursor *c)
{
    return await(moving(x)) + (c != NULL);
}

async int waits_never(struct cursor *c)
{
    return c->at;
}

async_gen int numbers(int x)
{
    for (int i = 0; i < x; i++)
        yield(i);
}

async_gen int cursors(int x)
{
    struct cursor c = {x};
    while (c.at-- > 0)
        yield(c.at);
}

/* Streams that macros make of them hold their frames. */
BIDE_STREAM_BY_GENERATOR(Numbers, numbers, int);
BIDE_STREAM_BY_GENERATOR(Cursors, cursors, int);
BIDE_STREAM_TAKE(FewCursors, Cursors);

async int of_made_stream(int x)
{
    int item, sum = 0;
    scoped(Cursors_drop) Cursors s = cursors_made(x);
    while (await(Cursors_next(&s, &item)))
        sum += item;
    return sum;
}

async int of_stream_of_made(int x)
{
    FewCursors s;
    FewCursors_init(&s, cursors_made(x), 2);
    int n = await(moving(x));
    FewCursors_drop(&s);
    return n;
}

async int of_good_made_stream(int x)
{
    int item, sum = 0;
    scoped(Numbers_drop) Numbers s = numbers_made(x);
    while (await(Numbers_next(&s, &item)))
        sum += item;
    return sum;
}
