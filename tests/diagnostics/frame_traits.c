/* A misspelt trait
 * says: BIDE_SEDN
 * clang: 18
 */
#include <bide/bide.h>

#define work_FRAME(ROW) ROW(PARAM, int, n) ROW(TRAITS, BIDE_SEDN) // HERE
BIDE_ASYNC(int, work) // HERE
{
    BIDE_BEGIN(work);
    BIDE_RETURN(1);
    BIDE_END;
}
