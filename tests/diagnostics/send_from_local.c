/* A local handle where a Send one is wanted
 * says: bide: a Store may be bound to its thread.*Store_try_as_SendStore
 */
#include <bide/bide.h>

#define Store_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC, int, get, (int, key))
BIDE_INTERFACE(Store);
#define SendStore_METHODS Store_METHODS
#define SendStore_IS_SEND 1
BIDE_INTERFACE_SEND(SendStore, Store);

static SendStore convert(const Store *store)
{
    return Store_as_SendStore(store); // HERE
}
SendStore use(const Store *store)
{
    return convert(store);
}
