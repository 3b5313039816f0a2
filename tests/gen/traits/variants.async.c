/*
 * variants.async.c: a Send handle may be held across an await, a local one binds the future.
 */
#include "variants.h"

#include <bide/async_source.h>

async int Table_get(Table *self, int key)
{
    return self->n + await(moving(key));
}

int Table_count(Table *self)
{
    return self->n;
}
BIDE_IMPL(SendStore, Table);

async int Window_get(Window *self, int key)
{
    return self->cursor.at + await(moving(key));
}

int Window_count(Window *self)
{
    return self->cursor.at;
}
BIDE_IMPL(Store, Window);

async int calls_local(Store s, int x)
{
    return await(Store_get(&s, x));
}

async int holds_local(Store s, int x)
{
    int n = await(moving(x));
    return n + Store_count(&s);
}

async int points_to_local(Store *s, int x)
{
    int n = await(moving(x));
    return n + Store_count(s);
}

async int calls_send(SendStore s, int x)
{
    return await(SendStore_get(&s, x));
}

async int holds_send(SendStore s, int x)
{
    int n = await(moving(x));
    return n + SendStore_count(&s);
}

async int converts(SendStore s, int x)
{
    int n = await(moving(x));
    Store local = SendStore_as_Store(&s);
    return n + Store_count(&local);
}

async int converts_and_holds(SendStore s, int x)
{
    Store local = SendStore_as_Store(&s);
    int n = await(moving(x));
    return n + Store_count(&local);
}

async_send int promises_send(SendStore *s, int x)
{
    SendStore other = *s;
    return await(SendStore_get(s, x)) + await(boxed(SendStore_get(&other, x)));
}
