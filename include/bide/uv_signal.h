/*
 * bide/uv_signal.h: signals on a libuv loop; part of bide::uv.
 *
 *     bide_uv_signal interrupts = {0};
 *     int number;
 *     if (bide_uv_signal_open(rt, SIGINT, &interrupts) == 0)
 *         while (await(bide_uv_signal_next(&interrupts, &number)))     // in async C
 *             ...
 *
 * Several streams, on several loops, may be open for one signal: each is told. While there is one,
 * the signal does not do what it does by itself. Signals of one number that come before the loop
 * has seen the first may be told as one, as the system does it.
 */
#ifndef BIDE_UV_SIGNAL_H
#define BIDE_UV_SIGNAL_H

#include <bide/stream.h>
#include <bide/uv_loop.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

BIDE_PRIV_C_BEGIN

/* A stream of one signal's number. Zero it before its first use; it may be moved. It does not keep
 * the loop alive: tasks that wait for it do. */
typedef struct bide_uv_signal {
    struct bide_priv_uv_signal *at; /* private */
} bide_uv_signal;

/* Opens it: what comes from now on is counted. 0 with *out open, or an error: UV_EINVAL for what
 * cannot be caught, UV_ENOMEM. */
BIDE_API int32_t bide_uv_signal_open(bide_uv *rt, int number, bide_uv_signal *out);

/* As bide/stream.h tells. It ends with the loop. Dropping the future bide_uv_signal_next loses
 * none. */
BIDE_API bide_poll bide_uv_signal_poll_next(bide_uv_signal *s, bide_context *cx, int *number);
BIDE_API void bide_uv_signal_drop(bide_uv_signal *s);
BIDE_STREAM_TYPE(bide_uv_signal, int);

BIDE_PRIV_C_END

#endif
