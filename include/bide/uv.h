/*
 * bide/uv.h: all of bide::uv, the libuv runtime.
 *
 *     uv_loop.h    tasks on a loop, the application's or one of their own
 *     uv_stream.h  what connections have in common
 *     uv_tcp.h     TCP: connect, listen, accept
 *     uv_pipe.h    Unix sockets and pipes
 *     uv_names.h   looking names of hosts up
 *     uv_file.h    files
 *     uv_process.h processes
 *     uv_signal.h  signals
 *
 * None of them includes libuv's own header, and bide/bide.h includes none of them.
 */
#ifndef BIDE_UV_H
#define BIDE_UV_H

#include <bide/uv_file.h>
#include <bide/uv_loop.h>
#include <bide/uv_names.h>
#include <bide/uv_pipe.h>
#include <bide/uv_process.h>
#include <bide/uv_signal.h>
#include <bide/uv_stream.h>
#include <bide/uv_tcp.h>

#endif
