/* An interface that is declared Send asks each implementation for it. */
#include "leaves.h"
#include <bide/async_source.h>

#define Store_METHODS(METHOD, I, Self)                                                             \
    METHOD(I, Self, ASYNC, int, get, (int, key)) METHOD(I, Self, ASYNC, int, cold, (int, key))
#define Store_IS_SEND 1
BIDE_INTERFACE(Store);

struct BIDE_THREAD_BOUND cursor {
    int at;
};
typedef struct Pg {
    struct cursor *cursor;
} Pg;
BIDE_IMPL_DECLARE(Store, Pg);

static async int Pg_get(Pg *self, int key)
{
    return self->cursor->at + await(leaf(key));
}

static async int Pg_cold(Pg *self, int key)
{
    return self->cursor->at + key;
}
BIDE_IMPL(Store, Pg);
