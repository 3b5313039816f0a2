/* BIDE_SPAWN of a future that is not Send on a thread pool
 * says: bide: watch is not BIDE_SEND: a thread pool cannot run it
 */
#include <bide/bide.h>
#include <bide/pool.h>

#define watch_FRAME(ROW) ROW(PARAM, int, seconds) ROW(CHILD, bide_sleep, nap)
BIDE_ASYNC(void, watch)
{
    BIDE_BEGIN(watch);
    BIDE_AWAIT(bide_sleep, nap, ((uint64_t)f->seconds * 1000));
    BIDE_RETURN();
    BIDE_END;
}

bide_poll work(bide_thread_pool *pool);
bide_poll work(bide_thread_pool *pool)
{
    return BIDE_SPAWN(pool, watch, NULL, (1)); // HERE
}
