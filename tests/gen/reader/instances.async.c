/* clang-format off */
#include "store.h"
#include <bide/async_source.h>

async int good(impl(Store) * db)
{
    return await(Store_get(db, 1));
}
async int two(impl(Store) * a, impl(Other) * b)
{
    return await(Store_get(a, 1));
}
async int plain(Store *db)
{
    return await(Store_get(db, 1));
}

instantiate(good, Pg);
instantiate(good, Pg);
instantiate(none, Pg);
instantiate(plain, Pg);
instantiate(two, Pg);
instantiate(later, Pg);
instantiate(good);
instantiate(good, struct Mem);
async int later(impl(Store) * db)
{
    instantiate(good, Mem);
    return await(Store_get(db, 1));
}
