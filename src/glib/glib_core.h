/*
 * glib_core.h (private): the runtime on a GMainContext.
 */
#ifndef BIDE_PRIV_GLIB_CORE_H
#define BIDE_PRIV_GLIB_CORE_H

#include <bide/glib.h>

#include <glib.h>

struct bide_glib {
    bide_host host; /* first: a host is a runtime */
    bide_local *ex;
    bide_allocator *giver;
    GMainContext *context;
    GSource *source;
    uint64_t deadline; /* of the next turn, on ex's clock; UINT64_MAX: none */
    uint32_t wanted;   /* atomic: a turn, as soon as can be */
    int32_t priority;
    bool asked;   /* `prepare` has said when the next turn is, and the poll is not over */
    bool running; /* the innermost bide_glib_run or _run_until, until a turn sees no task left */
    size_t root_slab_bytes;
    struct bide_priv_glib_wait *waits; /* those in the context's table */
};

/* wait.c: Whether the context's poll has found anything. */
bool bide_priv_glib_any(const bide_glib *rt);
/* Ends the waits for which it has, and wakes who waits. */
void bide_priv_glib_serve(bide_glib *rt);
/* Ends all of them: the runtime goes. */
void bide_priv_glib_waits_end(bide_glib *rt);

#endif
