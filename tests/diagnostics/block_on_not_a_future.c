/* BIDE_BLOCK_ON of something that is no future
 * says: bide: .*slumber
 */
#include <bide/bide.h>

bide_poll work(int *n);
bide_poll work(int *n)
{
    return BIDE_BLOCK_ON(slumber, n, (1)); // HERE
}
