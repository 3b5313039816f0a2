/* The Send variant of an interface asks each implementation for it; a local handle is no help. */
#include "leaves.h"
#include <bide/async_source.h>

#define Store_METHODS(METHOD, I, Self)                                                             \
    METHOD(I, Self, ASYNC, int, get, (int, key)) METHOD(I, Self, ASYNC, int, cold, (int, key))
BIDE_INTERFACE(Store);
#define SendStore_METHODS Store_METHODS
#define SendStore_IS_SEND 1
BIDE_INTERFACE_SEND(SendStore, Store);

struct BIDE_THREAD_BOUND cursor {
    int at;
};
typedef struct Cache {
    SendStore behind;
    int n;
} Cache;
BIDE_IMPL_DECLARE(SendStore, Cache);

static async int Cache_get(Cache *self, int key)
{
    struct cursor c = {key};
    int n = await(SendStore_get(&self->behind, c.at));
    return n + c.at;
}

static async int Cache_cold(Cache *self, int key)
{
    Store local = SendStore_as_Store(&self->behind);
    return await(Store_cold(&local, key));
}
BIDE_IMPL(SendStore, Cache);
