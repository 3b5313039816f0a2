/*
 * send_store.h: one method list, a local and a Send interface, and objects of both kinds.
 */
#ifndef SEND_STORE_H
#define SEND_STORE_H

#include "dyn.h"

#include <bide/testing_futures.h>

#define Store_METHODS(METHOD, I, Self)                                                             \
    METHOD(I, Self, ASYNC, int, get, (int, key))                                                   \
    METHOD(I, Self, ASYNC_MUT, int, put, (int, key), (int, value))                                 \
    METHOD(I, Self, SYNC, int, count)                                                              \
    METHOD(I, Self, ASYNC_DEFAULT, int, twice, (int, key))
BIDE_INTERFACE(Store);
#define SendStore_METHODS Store_METHODS
#define SendStore_IS_SEND 1
BIDE_INTERFACE_SEND(SendStore, Store);

/* The default of each: the same body over the handle of the variant. */
#define TWICE_ROWS(ROW, Handle)                                                                    \
    ROW(PARAM, Handle, self)                                                                       \
    ROW(PARAM, int, key)                                                                           \
    ROW(LOCAL, int, sum)                                                                           \
    ROW(LOCAL, int, got) ROW(CHILD, Handle##_get, first) ROW(CHILD, Handle##_get, second)
#define TWICE_BODY(Handle)                                                                         \
    BIDE_BEGIN(Handle##_twice_default);                                                            \
    BIDE_AWAIT_TO(f->sum, Handle##_get, first, (&f->self, f->key));                                \
    BIDE_AWAIT_TO(f->got, Handle##_get, second, (&f->self, f->key));                               \
    BIDE_RETURN(f->sum + f->got);                                                                  \
    BIDE_END
#define Store_twice_default_FRAME(ROW) TWICE_ROWS(ROW, Store)
BIDE_ASYNC(int, Store_twice_default)
{
    TWICE_BODY(Store);
}
#define SendStore_twice_default_FRAME(ROW) ROW(TRAITS, BIDE_SEND) TWICE_ROWS(ROW, SendStore)
BIDE_ASYNC(int, SendStore_twice_default)
{
    TWICE_BODY(SendStore);
}
BIDE_INTERFACE_DEFAULTS(Store);
BIDE_INTERFACE_DEFAULTS(SendStore);

/* Window: an object that stays on its thread. Each call waits once. */
typedef struct Window {
    int values[4];
    int puts;
} Window;
#define BIDE_THREAD_BOUND_Window 1
BIDE_IMPL_DECLARE(Store, Window);
BIDE_DEFAULTS(Store, Window);

#define Window_get_FRAME(ROW)                                                                      \
    ROW(PARAM, Window *, self) ROW(PARAM, int, key) ROW(CHILD, bide_pending_once, wait)
BIDE_ASYNC(int, Window_get)
{
    BIDE_BEGIN(Window_get);
    BIDE_AWAIT(bide_pending_once, wait, ());
    BIDE_RETURN(f->self->values[f->key & 3]);
    BIDE_END;
}

#define Window_put_FRAME(ROW) ROW(PARAM, Window *, self) ROW(PARAM, int, key) ROW(PARAM, int, value)
BIDE_ASYNC(int, Window_put)
{
    BIDE_BEGIN(Window_put);
    f->self->puts++;
    f->self->values[f->key & 3] = f->value;
    BIDE_RETURN(0);
    BIDE_END;
}

static int Window_count(Window *self)
{
    return self->puts;
}

/* Table: an object that any thread may use, one at a time. Each call waits once. */
typedef struct Table {
    int values[4];
    int puts, dropped;
} Table;
BIDE_IMPL_DECLARE(SendStore, Table);
BIDE_IMPL_DECLARE_LOCAL(SendStore, Store, Table);
BIDE_DEFAULTS(SendStore, Table);

#define Table_get_FRAME(ROW)                                                                       \
    ROW(TRAITS, BIDE_SEND)                                                                         \
    ROW(PARAM, Table *, self)                                                                      \
    ROW(PARAM, int, key) ROW(LOCAL, bool, over) ROW(CHILD, bide_pending_times, wait)
BIDE_ASYNC(int, Table_get)
{
    BIDE_BEGIN(Table_get);
    BIDE_AWAIT(bide_pending_times, wait, (2));
    f->over = true;
    BIDE_RETURN(f->self->values[f->key & 3]);
BIDE_CLEANUP:
    if (!f->over)
        f->self->dropped++;
    BIDE_END;
}

#define Table_put_FRAME(ROW)                                                                       \
    ROW(TRAITS, BIDE_SEND | BIDE_SYNC)                                                             \
    ROW(PARAM, Table *, self) ROW(PARAM, int, key) ROW(PARAM, int, value)
BIDE_ASYNC(int, Table_put)
{
    BIDE_BEGIN(Table_put);
    f->self->puts++;
    f->self->values[f->key & 3] = f->value;
    BIDE_RETURN(0);
    BIDE_END;
}

static int Table_count(Table *self)
{
    return self->puts;
}

BIDE_IMPL(Store, Window);
BIDE_IMPL(SendStore, Table);

#endif
