/* clang-format off */
#include "store.h"
# include   <stdlib.h> /* here */
#include <bide/async_source.h>

#if 0
int skipped;
#endif
async int total(impl(Store) *db, int n);

async int total(impl(Store) *db, int n)
{
    int sum = Store_size(db); /* total */
    for (int i = 0; i < n; i++)
        sum += await(Store_get(db, i));
    Store *copy = db;
    (void)copy;
    return sum;
}

async int twice(impl(Store) *db) { return 2 * await(total(db, 2)); }

instantiate(total, Pg);
instantiate(total, Mem); instantiate(twice, Mem);

async int32_t Pg_get(Pg *self, int32_t key)
{
    await(bide_sleep(3));
    return self->base + key;
}
BIDE_IMPL(Store, Pg);

async int use(Store *s, Mem *m)
{
    return await(Store_get(s, 1)) + await(total(s, 1)) + await(total_Mem(m, 2)) + await(twice_Mem(m));
}
