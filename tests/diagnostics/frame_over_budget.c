/* A frame that is larger than its budget
 * says: bide: .*work.*budget
 */
#include <bide/bide.h>

typedef struct buffer {
    char bytes[4096];
} buffer;
#define work_FRAME(ROW) ROW(BUFFER, buffer, bytes)
BIDE_ASYNC(int, work)
{
    BIDE_BEGIN(work);
    BIDE_RETURN(1);
    BIDE_END;
}
BIDE_FRAME_BUDGET(work, 256); // HERE
