#ifndef STORE_H
#define STORE_H
#include <bide/bide.h>
#define Store_METHODS(METHOD, I, Self)                                                             \
    METHOD(I, Self, ASYNC, int32_t, get, (int32_t, key))                                           \
    METHOD(I, Self, SYNC, int32_t, size)
BIDE_INTERFACE(Store);
struct BIDE_THREAD_BOUND cursor { int at; };
typedef struct Pg { int base; struct cursor *cursor; } Pg;
typedef struct Mem { int base; } Mem;
bide_async int32_t Pg_get(Pg *self, int32_t key);
int32_t Pg_size(Pg *self);
bide_async int32_t Mem_get(Mem *self, int32_t key);
bide_async int total_Pg(Pg *db, int n);
int32_t Mem_size(Mem *self);
#include BIDE_GENERATED("store.gen.h")
#endif
