/*
 * loop.c: the executor as a source of a GMainContext.
 *
 * One source has the turns, the time-outs and the descriptors. Everything that it needs to know is
 * asked in each iteration, by `prepare` and `check`: so whoever changes it on the context's thread
 * only writes it down, and no lock of GLib's is taken. (g_source_set_ready_time would signal the
 * context each time.) Other threads write `wanted`, and then signal.
 *
 * The source may recurse: an iteration inside a task, or inside a callback, still serves
 * descriptors, which would else keep that iteration from ever sleeping.
 */
#include "glib_core.h"

#include "../atomic.h"
#include "../host_root.h"

#include <string.h>

enum { AGAIN_NS = 1000000 }; /* to the next try where a turn is refused */

/* ---- turns -------------------------------------------------------------------------------- */

typedef struct turn_source {
    GSource base;
    bide_glib *rt;
} turn_source;

static void want(bide_glib *rt)
{
    bide_priv_store_seq_cst(BIDE_PRIV_U32(&rt->wanted), 1u);
}

static uint64_t now(bide_glib *rt)
{
    uint64_t ns = 0;
    (void)bide_runtime_now(bide_local_runtime(rt->ex), &ns); /* a local executor has a clock */
    return ns;
}

/* Milliseconds from now to the next turn, never too few; -1: no turn is in sight. */
static gint time_left(bide_glib *rt)
{
    uint64_t ns, ms;
    if (bide_priv_load_seq_cst(BIDE_PRIV_U32(&rt->wanted)))
        return 0;
    if (rt->deadline == UINT64_MAX)
        return -1;
    ns = now(rt);
    if (ns >= rt->deadline)
        return 0;
    ms = (rt->deadline - ns - 1) / 1000000u + 1;
    return ms < G_MAXINT ? (gint)ms : G_MAXINT;
}

static void turn(bide_glib *rt)
{
    bide_poll r = bide_local_turn(rt->ex, &rt->deadline);
    if (r == BIDE_EMISUSE) {
        /* Iterated by a task: of ours, and the turn that it is in says when the next one is due; or
         * of another executor's, which ends some time. */
        rt->deadline = now(rt) + AGAIN_NS;
        return;
    }
    if (rt->deadline == 0) {
        rt->deadline = UINT64_MAX;
        want(rt);
    }
    if (r == BIDE_READY)
        rt->running = false;
}

static gboolean prepare(GSource *source, gint *timeout)
{
    bide_glib *rt = ((turn_source *)source)->rt;
    *timeout = time_left(rt);
    rt->asked = *timeout != 0;
    return *timeout == 0;
}

static gboolean check(GSource *source)
{
    bide_glib *rt = ((turn_source *)source)->rt;
    rt->asked = false;
    return bide_priv_glib_any(rt) || time_left(rt) == 0;
}

/* `wanted` goes before the turn: a wake during it is not lost. */
static gboolean dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    bide_glib *rt = ((turn_source *)source)->rt;
    (void)callback, (void)data;
    rt->asked = false;
    bide_priv_store_seq_cst(BIDE_PRIV_U32(&rt->wanted), 0u);
    bide_priv_glib_serve(rt);
    turn(rt);
    return G_SOURCE_CONTINUE;
}

/* Never written; GLib's functions do not take a const one. */
static GSourceFuncs turn_functions = {.prepare = prepare, .check = check, .dispatch = dispatch};

/* ---- wakes -------------------------------------------------------------------------------- */

/* Signalling the context is writing to a descriptor, which GLib says is safe in signal handlers. */
static void wake_from_isr(bide_host *host)
{
    bide_glib *rt = (bide_glib *)(void *)host;
    want(rt);
    g_main_context_wakeup(rt->context);
}

/* Whoever has the context asks for `wanted` before it sleeps; but for this round, when the wake
 * comes from another source's `prepare`, it has asked. */
static void wake(bide_host *host)
{
    bide_glib *rt = (bide_glib *)(void *)host;
    want(rt);
    if (!g_main_context_is_owner(rt->context) || rt->asked)
        g_main_context_wakeup(rt->context);
}

/* ---- life --------------------------------------------------------------------------------- */

/* False inside a task of whichever executor. */
static bool may_run(bide_glib *rt)
{
    if (bide_local_enter(rt->ex) != BIDE_READY)
        return false;
    (void)bide_local_leave(rt->ex);
    return true;
}

static bide_poll init_executor(bide_glib *rt, const bide_glib_options *o)
{
    bide_local_options l = bide_local_options_init();
    l.flags = o->flags;
    l.allocator = o->allocator;
    l.slab_bytes = o->slab_bytes;
    l.root_slab_bytes = o->root_slab_bytes;
    l.clock = o->clock;
    l.offload_threads = o->offload_threads;
    l.slab_cache = o->slab_cache;
    rt->host = (bide_host){
        .size = sizeof rt->host, .flags = 0, .wake = wake, .wake_from_isr = wake_from_isr};
    l.host = &rt->host;
    return bide_local_new(&l, &rt->ex);
}

static void attach(bide_glib *rt, GMainContext *context)
{
    rt->context = g_main_context_ref(context ? context : g_main_context_default());
    rt->source = g_source_new(&turn_functions, sizeof(turn_source));
    ((turn_source *)rt->source)->rt = rt;
    g_source_set_name(rt->source, "bide");
    g_source_set_priority(rt->source, rt->priority);
    g_source_set_can_recurse(rt->source, TRUE);
    (void)g_source_attach(rt->source, rt->context);
}

bide_poll bide_priv_glib_new(const bide_glib_options *options, struct _GMainContext *context,
                             bide_glib **out)
{
    bide_glib_options o = bide_glib_options_init();
    bide_allocator *giver;
    bide_glib *rt;
    bide_poll r;
    *out = NULL;
    memcpy(&o, options, options->size < sizeof o ? options->size : sizeof o);
    if (!o.allocator)
        return BIDE_EMISUSE;
    rt = bide_alloc(o.allocator, sizeof *rt, BIDE_PRIV_ALIGNOF(bide_glib), &giver);
    if (!rt)
        return BIDE_ENOMEM;
    memset(rt, 0, sizeof *rt);
    rt->giver = giver;
    rt->deadline = UINT64_MAX;
    rt->priority = o.priority;
    rt->root_slab_bytes = o.root_slab_bytes;
    r = init_executor(rt, &o);
    if (r != BIDE_READY) {
        bide_free(giver, rt, sizeof *rt, BIDE_PRIV_ALIGNOF(bide_glib));
        return r;
    }
    attach(rt, context);
    *out = rt;
    return BIDE_READY;
}

bide_poll bide_glib_free(bide_glib *rt)
{
    if (!rt)
        return BIDE_READY;
    if (rt->running || !may_run(rt))
        return BIDE_EMISUSE;
    (void)bide_local_free(rt->ex); /* tasks drop their waits; behind it nobody calls the host */
    rt->ex = NULL;
    bide_priv_glib_waits_end(rt);
    g_source_destroy(rt->source);
    g_source_unref(rt->source);
    g_main_context_unref(rt->context);
    bide_free(rt->giver, rt, sizeof *rt, BIDE_PRIV_ALIGNOF(bide_glib));
    return BIDE_READY;
}

bide_runtime *bide_glib_runtime(bide_glib *rt)
{
    return bide_local_runtime(rt->ex);
}

bide_local *bide_glib_local(bide_glib *rt)
{
    return rt->ex;
}

struct _GMainContext *bide_glib_context(bide_glib *rt)
{
    return rt->context;
}

/* ---- running ------------------------------------------------------------------------------ */

/* At least one turn, which says whether there are tasks. Callbacks may nest these; the outer one
 * looks again when the inner one is over. */
static void run(bide_glib *rt, const bool *done)
{
    bool outer = rt->running;
    rt->running = true;
    want(rt);
    while (rt->running && !*done)
        (void)g_main_context_iteration(rt->context, TRUE);
    rt->running = outer;
    if (outer)
        want(rt);
}

bide_poll bide_glib_run(bide_glib *rt)
{
    const bool done = false;
    if (!may_run(rt) || !g_main_context_acquire(rt->context))
        return BIDE_EMISUSE;
    run(rt, &done);
    g_main_context_release(rt->context);
    return BIDE_READY;
}

bide_poll bide_glib_run_until(bide_glib *rt, const bide_type *type, void *frame, void *out)
{
    bide_spawn_options o = bide_spawn_options_init();
    bide_poll code = BIDE_EMISUSE, r = BIDE_EMISUSE;
    bool done = false;
    o.name = type->name;
    o.slab_bytes = rt->root_slab_bytes;
    if (may_run(rt) && g_main_context_acquire(rt->context)) {
        BIDE_SPAWN_TO(r, bide_glib_runtime(rt), bide_priv_host_root, &o, NULL,
                      (&done, type, frame, out, &code));
        if (r == BIDE_READY)
            run(rt, &done);
        g_main_context_release(rt->context);
    }
    if (r == BIDE_READY)
        return code;
    type->drop(frame);
    return r;
}
