/* An object that is bound to its thread in a Send interface
 * says: bide: Window is bound to its thread .*interface Store is declared Send
 * lists
 */
#include <bide/bide.h>

#define Store_METHODS(METHOD, I, Self) METHOD(I, Self, SYNC, int, count)
#define Store_IS_SEND 1
BIDE_INTERFACE(Store);

typedef struct Window {
    int count;
} Window;
#define BIDE_THREAD_BOUND_Window 1
static int Window_count(Window *self)
{
    return self->count;
}
BIDE_IMPL(Store, Window); // HERE
