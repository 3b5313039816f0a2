/* The code of a call ignored
 * says: ignoring return value.*nap_poll
 */
#include <bide/bide.h>

#define nap_FRAME(ROW) ROW(PARAM, int, n)
BIDE_ASYNC(int, nap)
{
    BIDE_BEGIN(nap);
    BIDE_RETURN(f->n);
    BIDE_END;
}
void work(struct nap *one, bide_context *cx);
void work(struct nap *one, bide_context *cx)
{
    int n;
    nap_poll(one, cx, &n); // HERE
}
