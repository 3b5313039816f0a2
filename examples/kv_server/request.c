/*
 * request.c: writing.
 */
#include "request.h"

BIDE_ASYNC_DEFINE(void, kv_write)
{
    BIDE_BEGIN(kv_write);
    if (f->request->verb == WIRE_PUT)
        BIDE_AWAIT_CATCH(
            f->request->failure, f->request->code, Store_put, put,
            (f->store, kv_bytes_take(&f->request->key), kv_bytes_take(&f->request->value)));
    else
        BIDE_AWAIT_CATCH(f->request->failure, f->request->code, Store_remove, remove,
                         (f->store, kv_slice_of(&f->request->key)));
    BIDE_RETURN();
    BIDE_END;
}
