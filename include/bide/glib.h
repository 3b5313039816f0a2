/*
 * bide/glib.h: tasks on GLib's main loop; all of bide::glib.
 *
 * A bide_glib puts an executor (bide/executor.h) on a GMainContext of the application's, as one
 * source among its others: GTK's, GIO's, its own. Tasks run from within g_main_loop_run, or
 * whatever else iterates the context. Their timers are the context's time-outs, wakes of other
 * threads and of signal handlers come by g_main_context_wakeup and coalesce, wakes on the
 * context's thread cost no system call, and bide_offload has threads of its own. bide_glib_wait
 * waits for a descriptor.
 *
 *     bide_glib *rt;
 *     if (bide_glib_new(NULL, NULL, &rt) == BIDE_READY) {
 *         BIDE_SPAWN(bide_glib_runtime(rt), serve, NULL, (rt));
 *         g_main_loop_run(loop);                 // or bide_glib_run(rt): until no task is left
 *         bide_glib_free(rt);
 *     }
 *
 * A turn takes at most 256 polls, so tasks that always have work leave room for other sources, but,
 * like every source, not for those of lower priority.
 *
 * Threads. There may be any number of runtimes on any number of contexts, several on one, too. All
 * calls here, and polls and drops of what waits for descriptors, belong to the thread that
 * iterates the context, or, while nobody does, to one thread at a time. Another thread may iterate
 * it later, if the tasks that are left are BIDE_SEND. Wakers, aborts and timers may be used by
 * any.
 *
 * A callback of a source may call bide_glib_run_until, as it may run a modal dialog. A task may
 * not: BIDE_EMISUSE. It may iterate the context by hand; that serves the other sources, and holds
 * up the other tasks.
 *
 * Out of memory is BIDE_ENOMEM where this library finds it. GLib allocates, too: a source for a
 * runtime, some 30 bytes for a wait; where it gets nothing it ends the program, as always.
 */
#ifndef BIDE_GLIB_H
#define BIDE_GLIB_H

#include <bide/executor.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

BIDE_PRIV_C_BEGIN

struct _GMainContext; /* GLib's GMainContext */

/* A runtime on a GMainContext. It stays on its thread, as do the frames that name it. */
typedef struct bide_glib bide_glib;
#define BIDE_THREAD_BOUND_bide_glib 1

/* How to make one. Begin with bide_glib_options_init(). Those without a remark are as in
 * bide_local_options. */
typedef struct bide_glib_options {
    uint32_t size;             /* of this structure, as the caller knew it */
    uint32_t flags;            /* BIDE_LOCAL_STAMPS */
    bide_allocator *allocator; /* of the runtime and its tasks */
    size_t slab_bytes;
    size_t root_slab_bytes; /* for the future of bide_glib_run_until */
    bide_clock *clock;      /* its `idle` is not called */
    uint32_t offload_threads;
    uint32_t slab_cache;
    int32_t priority; /* of the source: G_PRIORITY_DEFAULT (0), _HIGH (-100), ... */
} bide_glib_options;

/* The defaults of bide_local_options, and G_PRIORITY_DEFAULT. */
BIDE_INLINE bide_glib_options bide_glib_options_init(void)
{
    bide_local_options l = bide_local_options_init();
    bide_glib_options o;
    o.size = (uint32_t)sizeof o;
    o.flags = 0;
    o.allocator = l.allocator;
    o.slab_bytes = l.slab_bytes;
    o.root_slab_bytes = l.root_slab_bytes;
    o.clock = NULL;
    o.offload_threads = l.offload_threads;
    o.slab_cache = l.slab_cache;
    o.priority = 0;
    return o;
}

/* Private: like bide_glib_new with options that are not NULL. */
BIDE_API bide_poll bide_priv_glib_new(const bide_glib_options *options,
                                      struct _GMainContext *context, bide_glib **out);

/* Makes a runtime on `context`, of which it holds a reference; NULL: the global default context, as
 * with GLib's own functions. options == NULL: the defaults. BIDE_ENOMEM, or BIDE_EMISUSE without an
 * allocator; *out is NULL then. */
BIDE_INLINE bide_poll bide_glib_new(const bide_glib_options *options,
                                    struct _GMainContext *context, bide_glib **out)
{
    bide_glib_options defaults;
    if (!options) {
        defaults = bide_glib_options_init();
        options = &defaults;
    }
    return bide_priv_glib_new(options, context, out);
}

/* Ends the runtime, as bide_local_free ends its executor: tasks that have not finished are dropped.
 * Its source goes, and with it what waits for descriptors: waits that are left end with
 * BIDE_ECANCELED. BIDE_EMISUSE, and nothing happens, within a task or within bide_glib_run and
 * _run_until. NULL is left alone. */
BIDE_API bide_poll bide_glib_free(bide_glib *rt);

/* What to spawn on, and the executor and the context behind it. */
BIDE_API bide_runtime *bide_glib_runtime(bide_glib *rt);
BIDE_API bide_local *bide_glib_local(bide_glib *rt);
BIDE_API struct _GMainContext *bide_glib_context(bide_glib *rt);

/* ---- running ------------------------------------------------------------------------------ */

/* Iterates the context until no task is left, whatever else is on it. BIDE_READY, or BIDE_EMISUSE:
 * within a task, or another thread has the context. */
BIDE_API bide_poll bide_glib_run(bide_glib *rt);

/* Iterates the context until one future has ended, and the tasks and the rest besides. Results as
 * of bide_local_run_until: the future's code, with *out written if BIDE_READY; the frame is
 * consumed in every case, and dropped if the call fails with BIDE_ENOMEM or BIDE_EMISUSE. */
BIDE_API bide_poll bide_glib_run_until(bide_glib *rt, const bide_type *type, void *frame,
                                       void *out);

/* A statement that builds F(args) on the C stack, runs it, and stores the result code in `code`;
 * `out` points to an F_output, or is NULL where that is void.
 * Shape: do { struct F frame; init; run; } while (0). */
#define BIDE_GLIB_RUN_UNTIL_TO(code, rt, F, out, args)                                             \
    do {                                                                                           \
        BIDE_PRIV_RUN_FITS(BIDE_GLIB_RUN_UNTIL_TO, F, out)                                         \
        BIDE_PRIV_RUN_TO(code, F, out, args, bide_glib_run_until((rt), BIDE_PRIV_RUN_ARGS(F)));    \
    } while (0)

/* ---- descriptors -------------------------------------------------------------------------- */

/* What to wait for, and what has come: the system's POLLIN, ... and GLib's G_IO_IN, ... */
enum {
    BIDE_GLIB_READ = 1,     /* there is something to read, or the end of it */
    BIDE_GLIB_PRIORITY = 2, /* there is something out of the order */
    BIDE_GLIB_WRITE = 4,    /* there is room to write */
    BIDE_GLIB_ERROR = 8,    /* the other side of a pipe, or a socket, has failed */
    BIDE_GLIB_HANGUP = 16,  /* the other side has gone; what it wrote can still be read */
    BIDE_GLIB_INVALID = 32  /* the descriptor is not open */
};

/* Private: what a wait keeps in its frame. The first three are a GPollFD. */
struct bide_priv_glib_poll {
    int fd;
    unsigned short events, came;
};

struct bide_priv_glib_wait {
    struct bide_priv_glib_poll poll;
    uint8_t state;
    struct bide_priv_glib_wait *next, *before; /* the runtime's list */
    bide_waker *waker;
};

/* bide_glib_wait(rt, fd, events) -> uint32_t: waits until one of BIDE_GLIB_READ, _PRIORITY, _WRITE
 * holds of a descriptor, and gives those that do; _ERROR, _HANGUP and _INVALID end it, too, whether
 * asked for or not. Never 0.
 *
 * It looks with the context's next poll: it is never ready at once (but for a negative number,
 * _INVALID), so read or write first, and wait when that says EAGAIN. The descriptor stays the
 * caller's, and is not touched: neither made non-blocking, nor closed. Any number of futures may
 * wait for one. A descriptor that is closed meanwhile ends the wait with _INVALID, unless its
 * number has been given out again: better drop the wait first. Dropping it loses nothing.
 *
 * A wait costs no memory of ours, an entry in the context's table of descriptors, and a signal to
 * the context where it begins and where it ends, as every GSource with a descriptor does.
 * BIDE_ECANCELED when the runtime ends before; BIDE_EMISUSE for events that do not exist;
 * BIDE_ENOMEM if the waker cannot be kept. It may be polled by any executor of the context's
 * thread. */
#define bide_glib_wait_FRAME(ROW)                                                                  \
    ROW(TRACE, bide_priv_glib_wait_trace)                                                          \
    ROW(PARAM, bide_glib *, rt) ROW(PARAM, int32_t, fd) ROW(PARAM, uint32_t, events)               \
    ROW(LOCAL, struct bide_priv_glib_wait, wait)
BIDE_FUTURE_DECLARE_AS(BIDE_API, uint32_t, bide_glib_wait)

BIDE_PRIV_C_END

#endif
