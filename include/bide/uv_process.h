/*
 * bide/uv_process.h: processes on a libuv loop; part of bide::uv.
 *
 *     const char *argv[] = {"sort", "-u", NULL};
 *     bide_uv_process_options o = bide_uv_process_options_init(argv);
 *     bide_uv_process p = {0};
 *     bide_uv_pipe in = {0}, out = {0};
 *     bide_uv_exit how;
 *     o.stdio[0].pipe = &in;
 *     o.stdio[1].pipe = &out;
 *     if (bide_uv_process_start(rt, &o, &p) == 0) {
 *         ...                                            // write to `in`, drop it; read `out`
 *         await(bide_uv_process_wait(&p, &how));                 // in async C
 *     }
 */
#ifndef BIDE_UV_PROCESS_H
#define BIDE_UV_PROCESS_H

#include <bide/uv_pipe.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

BIDE_PRIV_C_BEGIN

/* What one of the first three descriptors of a process is to be. */
typedef struct bide_uv_stdio {
    bide_uv_pipe *pipe; /* becomes our end of a new pipe; NULL: see fd */
    int fd;             /* one of ours that the process gets; -1: none, it gets /dev/null */
} bide_uv_stdio;

/* How to start a process. Begin with bide_uv_process_options_init. */
typedef struct bide_uv_process_options {
    uint32_t size;  /* of this structure, as the caller knew it */
    uint32_t flags; /* none defined yet: 0 */
    const char *const *argv;        /* up to a NULL; the first is looked for in PATH */
    const char *const *environment; /* up to a NULL; NULL: ours */
    const char *directory;          /* to start in; NULL: ours */
    bide_uv_stdio stdio[3];
} bide_uv_process_options;

/* Our environment, directory and standard descriptors. */
BIDE_INLINE bide_uv_process_options bide_uv_process_options_init(const char *const *argv)
{
    bide_uv_process_options o;
    int i;
    o.size = (uint32_t)sizeof o;
    o.flags = 0;
    o.argv = argv;
    o.environment = NULL;
    o.directory = NULL;
    for (i = 0; i < 3; i++) {
        o.stdio[i].pipe = NULL;
        o.stdio[i].fd = i;
    }
    return o;
}

/* A process. Zero it before its first use. Not to be used from another thread. */
typedef struct bide_uv_process {
    struct bide_priv_uv_process *at; /* private */
} bide_uv_process;

/* Starts a process. 0 with *out and the pipes open, or an error with none of them: UV_ENOENT,
 * UV_EACCES, ..., UV_ENOMEM. What is needed of the options is copied. */
BIDE_API int32_t bide_uv_process_start(bide_uv *rt, const bide_uv_process_options *options,
                                       bide_uv_process *out);

/* How a process ended. */
typedef struct bide_uv_exit {
    int64_t status; /* what it returned */
    int32_t signal; /* that killed it, or 0 */
} bide_uv_exit;

/* Private: tells of a wait. */
BIDE_API void bide_priv_uv_process_trace(const void *frame, bide_tracer *tracer);

/* bide_uv_process_wait(of, out) -> int32_t: waits for the end: 0 with *out written, as often as one
 * asks; or an error. Dropping the future does nothing to the process. */
#define bide_uv_process_wait_FRAME(ROW)                                                            \
    ROW(TRAITS, BIDE_UNPIN) ROW(TRACE, bide_priv_uv_process_trace)                                 \
    ROW(PARAM, bide_uv_process *, of) ROW(PARAM, bide_uv_exit *, out)
BIDE_FUTURE_DECLARE_AS(BIDE_API, int32_t, bide_uv_process_wait)

/* Sends a signal. 0, or UV_ESRCH: it has ended. */
BIDE_API int32_t bide_uv_process_kill(bide_uv_process *p, int number);

/* Its number, or 0 if it was not started. */
BIDE_API int bide_uv_process_id(const bide_uv_process *p);

/* Lets it go on by itself: it is not killed, does not keep the loop alive, and is reaped when it
 * ends, if the loop runs then. */
BIDE_API void bide_uv_process_drop(bide_uv_process *p);

BIDE_PRIV_C_END

#endif
