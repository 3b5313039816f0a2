/*
 * bide/trace.h: the tree of suspended futures, as text or as a graph.
 *
 *     executor local: 2 tasks
 *       task reader: waiting 1.500 s
 *         connection_read at connection.c:112
 *           bide_sleep: 200 ms left
 *       task Store_get: ready
 *         Store_get at store.c:40
 *           bide_yield: its turn
 *
 * A future is shown with the place of the await that it is suspended at, and what that waits for
 * beneath: through joins, boxes, dyn calls and shared libraries, since each level tells of itself
 * (its type record's `trace`; macro bodies and generated functions have one). Futures by hand are
 * leaves with a name; ROW(TRACE, function) gives them a reason (bide/future.h).
 *
 * Nothing is kept for this while futures run: a frame says by its state where it waits. How long a
 * task has waited is known only if its executor stamps (bide_local_stamp).
 *
 * Threads. What is traced must not be polled or dropped meanwhile: trace on the thread that may
 * poll. An executor that another thread runs is asked for a turn, with bide_local_request_trace.
 * Tracing from within a poll is allowed: tasks that are being polled are told as running, and not
 * looked into. In checked builds that holds for every body; else a future must not trace itself or
 * what holds it but by its task or executor.
 *
 * Nothing here allocates, or writes anywhere but to the given function.
 */
#ifndef BIDE_TRACE_H
#define BIDE_TRACE_H

#include <bide/executor.h>

BIDE_PRIV_C_BEGIN

/* ---- what and where to ------------------------------------------------------------------- */

/* How to trace. Begin with bide_trace_options_init or bide_trace_into. */
typedef struct bide_trace_options {
    uint32_t size;  /* of this structure, as the caller knew it */
    uint32_t flags; /* BIDE_TRACE_DOT, BIDE_TRACE_ADDRESSES */
    /* Gets the text piece by piece; not terminated. Must not use what is being traced. */
    void (*write)(void *write_arg, const char *text, size_t length);
    void *write_arg;
    uint64_t long_wait; /* nanoseconds: a task that waits as long is marked with !!! */
    uint32_t depth;     /* at most so many levels of futures, up to BIDE_TRACE_DEPTH_MOST */
    uint32_t reserved;  /* 0 */
} bide_trace_options;

enum {
    BIDE_TRACE_DOT = 1,      /* a graph in Graphviz's language instead of lines */
    BIDE_TRACE_ADDRESSES = 2 /* with the addresses of frames */
};
#define BIDE_TRACE_DEPTH_MOST 256u

/* Text to a function; 64 levels; waits of 10 seconds are long. */
BIDE_INLINE bide_trace_options
bide_trace_options_init(void (*write)(void *write_arg, const char *text, size_t length),
                        void *write_arg)
{
    bide_trace_options o;
    o.size = (uint32_t)sizeof o;
    o.flags = 0;
    o.write = write;
    o.write_arg = write_arg;
    o.long_wait = 10000000000u;
    o.depth = 64;
    o.reserved = 0;
    return o;
}

/* A buffer of fixed size as the place to write to, in the manner of snprintf. */
typedef struct bide_trace_buffer {
    char *text;    /* always terminated, unless size is 0 */
    size_t size;   /* bytes at text */
    size_t length; /* of the whole trace without its end: more than size - 1, if it was cut */
} bide_trace_buffer;

/* Appends to a bide_trace_buffer: the `write` of the options below. */
BIDE_API void bide_trace_buffer_write(void *buffer, const char *text, size_t length);

/* Empties the buffer, and gives options that trace into it. */
BIDE_API bide_trace_options bide_trace_into(bide_trace_buffer *buffer);

/* ---- tracing ----------------------------------------------------------------------------- */

/* A future in its frame: not polled yet, waiting, or ended. */
BIDE_API void bide_trace(const bide_type *type, const void *frame,
                         const bide_trace_options *options);

/* A boxed future; an empty box is said to be one. */
BIDE_API void bide_trace_box(const bide_box *box, const bide_trace_options *options);

/* The task of a join handle, with its name (the spawn option, or its type's) and how it stands.
 * BIDE_READY; BIDE_EMISUSE, and nothing is written, if the handle is empty or another thread runs
 * the executor. */
BIDE_API bide_poll bide_trace_task(const bide_join *join, const bide_trace_options *options);

/* An executor: the future that run_until runs, and all tasks that have not ended, the oldest first,
 * whether anybody holds a handle or not. BIDE_READY; BIDE_EMISUSE as above. */
BIDE_API bide_poll bide_trace_local(bide_local *ex, const bide_trace_options *options);

/* Switches stamping on or off; also a flag of the executor's options, BIDE_LOCAL_STAMPS. While it
 * is on, each task that has been polled and must wait reads the clock, and traces tell how long it
 * has waited; tasks that wait already count from now. Takes no memory. The executor's thread;
 * BIDE_EMISUSE on another. */
BIDE_API bide_poll bide_local_stamp(bide_local *ex, bool on);

/* ---- while another thread runs it -------------------------------------------------------- */

typedef struct bide_trace_request bide_trace_request;

/* Asks an executor for a moment between two polls. Belongs to whoever asks, and stays in its place
 * until it was served. */
struct bide_trace_request {
    /* Called exactly once for each accepted request, on the executor's thread, with no task being
     * polled. BIDE_READY: `ex` may be traced, and its tasks. BIDE_ECANCELED: it has ended, and ex
     * is NULL. The request may be freed or made again from here. It may wake, abort, spawn; it must
     * not run the executor. */
    void (*serve)(bide_trace_request *request, bide_local *ex, bide_poll code);
    void *arg; /* the asker's own */
    uint64_t priv[BIDE_PRIV_TASK_HEADER / 8];
};

/* Prepares a request, once. */
BIDE_API void bide_trace_request_init(bide_trace_request *request,
                                      void (*serve)(bide_trace_request *request, bide_local *ex,
                                                    bide_poll code),
                                      void *arg);

/* Hands the request in. BIDE_READY: it will be served: soon, if the executor runs (it is woken if
 * it sleeps); when it runs the next time or ends, if not. BIDE_EBUSY: it waits to be served
 * already. BIDE_ECANCELED: the executor is ending; nothing will be called. Any thread, and signal
 * handlers; frees nothing and takes no lock. `ex` must not have been freed: who cannot know that
 * holds a handle of a task, and asks by that. */
BIDE_API bide_poll bide_local_request_trace(bide_local *ex, bide_trace_request *request);

/* The same for the executor of a task, which may have ended. BIDE_EMISUSE: the handle is empty. */
BIDE_API bide_poll bide_join_request_trace(const bide_join *join, bide_trace_request *request);

BIDE_PRIV_C_END

#endif
