/* BIDE_SPAWN of something that is no future
 * says: bide: .*slumber
 */
#include <bide/bide.h>

bide_poll work(bide_local *loop);
bide_poll work(bide_local *loop)
{
    return BIDE_SPAWN(loop, slumber, NULL, (1)); // HERE
}
