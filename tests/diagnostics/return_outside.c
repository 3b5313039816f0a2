/* BIDE_RETURN outside a body
 * says: bide: .*BIDE_RETURN
 */
#include <bide/bide.h>

static int work(void)
{
    BIDE_RETURN(1); // HERE
}
