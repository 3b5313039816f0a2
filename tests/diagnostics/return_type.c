/* BIDE_RETURN of another type
 * says: int
 */
#include <bide/bide.h>

typedef struct Pair {
    int a, b;
} Pair;
#define work_FRAME(ROW) ROW(PARAM, Pair, pair)
BIDE_ASYNC(int, work)
{
    BIDE_BEGIN(work);
    BIDE_RETURN(f->pair); // HERE
    BIDE_END;
}
