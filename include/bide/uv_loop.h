/*
 * bide/uv_loop.h: tasks on a libuv loop; part of bide::uv.
 *
 * A bide_uv puts an executor (bide/executor.h) on a uv_loop_t, which is the application's own, with
 * whatever else lives on it, or one that the bide_uv makes. Tasks run from within uv_run. Their
 * timers are libuv's, wakes of other threads come by one uv_async_t and coalesce, wakes on the
 * loop's thread cost no system call, and bide_offload has threads of its own.
 *
 *     bide_uv *rt;
 *     if (bide_uv_new(NULL, NULL, &rt) == BIDE_READY) {
 *         BIDE_SPAWN(bide_uv_runtime(rt), serve, NULL, (rt));
 *         bide_uv_run(rt);                       // until no task is left
 *         bide_uv_free(rt);
 *     }
 *
 * On a loop of one's own, uv_run does what bide_uv_run does here: a loop with tasks is alive.
 *
 * Threads. There may be any number of loops on any number of threads. All of a loop's objects
 * (bide_uv_tcp, ...) and calls belong to its thread, which is the one that is inside uv_run, or,
 * while nobody is, one at a time; a loop of the application's is run by one thread all its life.
 * Wakers, aborts and timers may be used by any.
 *
 * Errors of the system are libuv's: negative errno values, which bide_uv_strerror names. They are
 * values. Out of memory is BIDE_ENOMEM where this library finds it, and UV_ENOMEM where libuv does.
 */
#ifndef BIDE_UV_LOOP_H
#define BIDE_UV_LOOP_H

#include <bide/executor.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

BIDE_PRIV_C_BEGIN

struct uv_loop_s; /* libuv's uv_loop_t */

/* A runtime on a libuv loop. */
typedef struct bide_uv bide_uv;

/* How to make one. Begin with bide_uv_options_init(). Those without a remark are as in
 * bide_local_options. */
typedef struct bide_uv_options {
    uint32_t size;             /* of this structure, as the caller knew it */
    uint32_t flags;            /* BIDE_LOCAL_STAMPS, BIDE_UV_KEEP_SIGPIPE */
    bide_allocator *allocator; /* of the runtime, its tasks, and all that its objects need */
    size_t slab_bytes;
    size_t root_slab_bytes; /* for the future of bide_uv_run_until */
    bide_clock *clock;      /* its `idle` is not called */
    uint32_t offload_threads;
    uint32_t slab_cache;
    uint32_t buffer_bytes; /* of a buffer for reading or writing: the most in one go */
    uint32_t buffer_cache; /* keep at most so many of them for the next who needs one */
} bide_uv_options;

/* Writing to a peer that has gone is an error here, and raises SIGPIPE besides, which libuv does
 * not prevent. Where a program has not said what it wants done with that (it would be killed), the
 * first bide_uv_new has it ignored, for the whole process; not with this flag. */
enum { BIDE_UV_KEEP_SIGPIPE = 0x100 };

/* The defaults of bide_local_options; buffers of 16 KiB, of which 64 are kept. Only what has
 * arrived and was not read, or was accepted and not written, is in a buffer: an idle connection has
 * none. */
BIDE_INLINE bide_uv_options bide_uv_options_init(void)
{
    bide_local_options l = bide_local_options_init();
    bide_uv_options o;
    o.size = (uint32_t)sizeof o;
    o.flags = 0;
    o.allocator = l.allocator;
    o.slab_bytes = l.slab_bytes;
    o.root_slab_bytes = l.root_slab_bytes;
    o.clock = NULL;
    o.offload_threads = l.offload_threads;
    o.slab_cache = l.slab_cache;
    o.buffer_bytes = 16384;
    o.buffer_cache = 64;
    return o;
}

/* Private: like bide_uv_new with options that are not NULL. */
BIDE_API bide_poll bide_priv_uv_new(const bide_uv_options *options, struct uv_loop_s *loop,
                                    bide_uv **out);

/* Makes a runtime on `loop`, which must outlive it; NULL: on a loop of its own. options == NULL:
 * the defaults. BIDE_ENOMEM, also when libuv has no descriptors left; BIDE_EMISUSE without an
 * allocator or with buffers of no size; *out is NULL then. */
BIDE_INLINE bide_poll bide_uv_new(const bide_uv_options *options, struct uv_loop_s *loop,
                                  bide_uv **out)
{
    bide_uv_options defaults;
    if (!options) {
        defaults = bide_uv_options_init();
        options = &defaults;
    }
    return bide_priv_uv_new(options, loop, out);
}

/* Ends it: tasks are dropped as by bide_local_free; then all objects of the loop that are left are
 * closed, and what they had accepted for writing is not written any more; then the loop runs until
 * the last close callback has come, and with it what else is ready on a loop of the application's,
 * which stays open. Objects that somebody still holds stay valid: their calls give UV_ECANCELED,
 * and they are to be dropped. BIDE_EMISUSE, and nothing happens, in a task or another executor; not
 * to be called in a callback of libuv's either. Handles that the application has on a loop of ours
 * are to be closed before. NULL is left alone. */
BIDE_API bide_poll bide_uv_free(bide_uv *rt);

/* For spawning, for timers outside of a poll, for what else bide/runtime.h knows. */
BIDE_API bide_runtime *bide_uv_runtime(bide_uv *rt);

/* The executor: for its statistics, for bide_local_cancel, for traces. It is not to be freed, nor
 * given turns. */
BIDE_API bide_local *bide_uv_local(bide_uv *rt);

/* The loop, for handles of the application's. */
BIDE_API struct uv_loop_s *bide_uv_loop(bide_uv *rt);

/* Runs the loop until no task is left, whatever else is on it. BIDE_READY, or BIDE_EMISUSE: nested.
 * */
BIDE_API bide_poll bide_uv_run(bide_uv *rt);

/* Runs the loop until one future has ended, and the tasks and the rest besides. Results as of
 * bide_local_run_until: the future's code, with *out written if BIDE_READY; the frame is consumed
 * in every case, and dropped if the call fails with BIDE_ENOMEM or BIDE_EMISUSE. */
BIDE_API bide_poll bide_uv_run_until(bide_uv *rt, const bide_type *type, void *frame, void *out);

/* A statement that builds F(args) on the C stack, runs it, and stores the result code in `code`;
 * `out` points to an F_output, or is NULL where that is void.
 * Shape: do { struct F frame; init; run; } while (0). */
#define BIDE_UV_RUN_UNTIL_TO(code, rt, F, out, args)                                               \
    do {                                                                                           \
        BIDE_PRIV_RUN_FITS(BIDE_UV_RUN_UNTIL_TO, F, out)                                           \
        BIDE_PRIV_RUN_TO(code, F, out, args, bide_uv_run_until((rt), BIDE_PRIV_RUN_ARGS(F)));      \
    } while (0)

/* What libuv says of an error: "connection refused". For those of bide/bytes.h, too. Never NULL;
 * unknown numbers give "unknown error". */
BIDE_API const char *bide_uv_strerror(int64_t error);

BIDE_PRIV_C_END

#endif
