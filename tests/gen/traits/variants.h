/*
 * variants.h: one list as a local and as a Send interface, and functions that call through both.
 */
#ifndef TRAITS_VARIANTS_H
#define TRAITS_VARIANTS_H

#include "types.h"

#define Store_METHODS(METHOD, I, Self)                                                             \
    METHOD(I, Self, ASYNC, int, get, (int, key)) METHOD(I, Self, SYNC, int, count)
BIDE_INTERFACE(Store);
#define SendStore_METHODS Store_METHODS
#define SendStore_IS_SEND 1
BIDE_INTERFACE_SEND(SendStore, Store);

typedef struct Table {
    int n;
} Table;
typedef struct Window { /* holds what is bound to its thread */
    struct cursor cursor;
} Window;
BIDE_IMPL_DECLARE(SendStore, Table);
BIDE_IMPL_DECLARE_LOCAL(SendStore, Store, Table);
BIDE_IMPL_DECLARE(Store, Window);

bide_async int Table_get(Table *self, int key);
bide_async int Window_get(Window *self, int key);
int Table_count(Table *self);
int Window_count(Window *self);

bide_async int calls_local(Store s, int x);
bide_async int holds_local(Store s, int x);
bide_async int points_to_local(Store *s, int x);
bide_async int calls_send(SendStore s, int x);
bide_async int holds_send(SendStore s, int x);
bide_async int converts(SendStore s, int x);
bide_async int converts_and_holds(SendStore s, int x);
bide_async_send int promises_send(SendStore *s, int x);

#include BIDE_GENERATED("variants.gen.h")

#endif
