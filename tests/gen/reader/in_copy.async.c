/* clang-format off */
#include "store.h"
#include <bide/async_source.h>

async int wrong(impl(Store) * db)
{
    Pg *pg = db->self;
    return await(Store_get(db, 1)) + pg->base;
}
instantiate(wrong, Mem);

#line 100 "grammar.y"
async int missing(int n)
{
    return undeclared;
}
