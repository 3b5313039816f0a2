/*
 * uv_support.h: what the tests of bide::uv share.
 */
#ifndef BIDE_TESTS_UV_SUPPORT_H
#define BIDE_TESTS_UV_SUPPORT_H

#include "support.h"

#include <bide/uv.h>

#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <uv.h>

/* libuv's first loop opens two descriptors for the rest of the process. Before hygiene.c counts. */
__attribute__((constructor(101), unused)) static void open_what_libuv_keeps(void)
{
    uv_loop_t loop;
    if (uv_loop_init(&loop) != 0 || uv_loop_close(&loop) != 0)
        abort();
}

static inline bide_uv *new_rt(uv_loop_t *loop)
{
    bide_uv *rt;
    assert_int_equal(bide_uv_new(NULL, loop, &rt), BIDE_READY);
    return rt;
}

/* A socket on a port of loopback that does not listen: who connects to it is refused, and nobody
 * else is given the port while it is open. */
static inline int refuse_on_loopback(struct sockaddr_storage *at)
{
    socklen_t size = sizeof *at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(bide_uv_ip("127.0.0.1", 0, at), 0);
    assert_int_equal(bind(fd, (struct sockaddr *)at, sizeof(struct sockaddr_in)), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)at, &size), 0);
    return fd;
}

/* A loop of the application's, which must be empty in the end. */
static inline void close_loop(uv_loop_t *loop)
{
    (void)uv_run(loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(loop), 0);
}

#endif
