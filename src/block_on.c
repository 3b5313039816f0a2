/*
 * block_on.c: one future on the calling thread: the root of an executor of its own.
 *
 * The executor cannot live on the C stack: wakers and timers may outlive the call.
 */
#include <bide/generated.h>

#include "core.h"

static const bide_runtime_vtable block_on_vtable = BIDE_PRIV_RUNTIME_VTABLE("block_on");

bide_poll bide_priv_block_on(const bide_type *type, void *frame, void *out,
                             const bide_local_options *options)
{
    bide_local *core;
    bide_poll r = BIDE_EMISUSE;
    if (!bide_priv_current)
        r = bide_priv_core_new(options, &block_on_vtable, &core);
    if (r == BIDE_READY && core->host) {
        core->host = NULL; /* this executor is a loop itself */
        (void)bide_local_free(core);
        r = BIDE_EMISUSE;
    }
    if (r != BIDE_READY) {
        type->drop(frame);
        return r;
    }
    (void)bide_priv_enter(core);
    r = bide_priv_run_root(core, type, frame, out);
    bide_priv_core_close(core);
    return r;
}

void *bide_priv_swap_current(void *current)
{
    void *outer = bide_priv_current;
    bide_priv_current = current;
    return outer;
}
