/*
 * listener.c: accepting connections, whatever they are made of.
 *
 * libuv's own way is not taken: uv_listen accepts ahead of who wants connections; without a
 * descriptor it closes those that come, and tells nobody; and where its reserve for that is gone,
 * too, some versions go round in it for ever. Here the system keeps each connection until somebody
 * takes it, and libuv only looks whether there is one.
 */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* accept4 */
#endif
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { AGAIN_MS = 20 }; /* to a stream's next try behind an error */

/* ---- life --------------------------------------------------------------------------------- */

static struct bide_priv_uv_listener *listener_of(void *block)
{
    return block;
}

static void end(struct bide_priv_uv_block *block)
{
    bide_waker_take_and_wake(&listener_of(block)->taker);
}

static void on_closed(uv_handle_t *handle)
{
    struct bide_priv_uv_listener *l = handle->data;
    if (--l->open == 0)
        bide_priv_uv_block_closed(&l->block);
}

static bool is_closing(const struct bide_priv_uv_listener *l)
{
    return uv_is_closing(&l->uv.handle) != 0;
}

/* The looking ends before the descriptor goes. */
static void close_all(struct bide_priv_uv_block *block)
{
    struct bide_priv_uv_listener *l = listener_of(block);
    if (is_closing(l))
        return;
    if (l->listens)
        uv_close((uv_handle_t *)&l->look, on_closed);
    uv_close((uv_handle_t *)&l->again, on_closed);
    uv_close(&l->uv.handle, on_closed);
}

struct bide_priv_uv_listener *bide_priv_uv_listener_new(bide_uv *rt, uv_handle_type kind,
                                                        int32_t *error)
{
    struct bide_priv_uv_listener *l = bide_priv_uv_block_new(rt, sizeof *l);
    if (!l) {
        *error = UV_ENOMEM;
        return NULL;
    }
    *error = bide_priv_uv_any_init(rt, kind, &l->uv);
    if (*error != 0) {
        bide_priv_uv_block_leave(&l->block);
        return NULL;
    }
    (void)uv_timer_init(rt->loop, &l->again); /* cannot fail */
    l->uv.handle.data = l->again.data = l->look.data = l;
    l->open = 2;
    l->kind = kind;
    l->block.end = end;
    l->block.close = close_all;
    bide_priv_uv_block_open(rt, &l->block, NULL);
    return l;
}

void bide_priv_uv_listener_drop(struct bide_priv_uv_listener **at)
{
    struct bide_priv_uv_listener *l = *at;
    *at = NULL;
    if (!l)
        return;
    bide_waker_clear(&l->taker);
    bide_priv_uv_stream_drop(&l->next, true);
    if (l->block.rt)
        bide_priv_uv_block_close(&l->block);
    bide_priv_uv_block_leave(&l->block);
}

/* libuv does not tell that an address is in use before it is asked for it. */
static int bound_or_not(struct bide_priv_uv_listener *l)
{
    struct sockaddr_storage at;
    int size = (int)sizeof at;
    return l->kind == UV_TCP ? uv_tcp_getsockname(&l->uv.tcp, (struct sockaddr *)&at, &size) : 0;
}

static int start(struct bide_priv_uv_listener *l, int backlog)
{
    uv_os_fd_t fd;
    int e = bound_or_not(l);
    if (e == 0)
        e = uv_fileno(&l->uv.handle, &fd);
    if (e == 0 && listen(fd, backlog) != 0)
        e = uv_translate_sys_error(errno);
    if (e == 0)
        e = uv_poll_init(l->block.rt->loop, &l->look, fd);
    if (e != 0)
        return e;
    l->fd = fd;
    l->listens = true;
    l->open++;
    return 0;
}

int32_t bide_priv_uv_listener_listen(struct bide_priv_uv_listener *l, int bound, int backlog,
                                     struct bide_priv_uv_listener **out)
{
    int e = bound != 0 ? bound : start(l, backlog);
    if (e != 0)
        bide_priv_uv_listener_drop(&l);
    *out = l;
    return e;
}

/* ---- looking ------------------------------------------------------------------------------ */

/* The second time that nobody has come for it, it is not looked for any more. */
static void on_look(uv_poll_t *look, int status, int events)
{
    struct bide_priv_uv_listener *l = look->data;
    (void)events;
    if (status != 0 || l->told) {
        (void)uv_poll_stop(look);
        l->looking = false;
    }
    l->told = true;
    bide_priv_uv_wake(l->block.rt, &l->taker);
}

static int32_t look(struct bide_priv_uv_listener *l)
{
    int e = l->looking ? 0 : uv_poll_start(&l->look, UV_READABLE, on_look);
    l->looking = e == 0;
    return e;
}

static void on_again(uv_timer_t *again)
{
    struct bide_priv_uv_listener *l = again->data;
    bide_priv_uv_wake(l->block.rt, &l->taker);
}

/* ---- taking ------------------------------------------------------------------------------- */

static int accept_once(int fd)
{
#ifdef __linux__
    return accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
    int conn = accept(fd, NULL, NULL);
    if (conn >= 0)
        (void)fcntl(conn, F_SETFD, FD_CLOEXEC);
    return conn;
#endif
}

/* A descriptor or an error. Without descriptors Linux says so even if nobody has come. */
static int accept_fd(int fd)
{
    struct pollfd come = {.fd = fd, .events = POLLIN};
    int conn, e;
    do
        conn = accept_once(fd);
    while (conn < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (conn >= 0)
        return conn;
    e = errno == EWOULDBLOCK ? UV_EAGAIN : uv_translate_sys_error(errno);
    return (e == UV_EMFILE || e == UV_ENFILE) && poll(&come, 1, 0) == 0 ? UV_EAGAIN : e;
}

/* 0 with *out open, UV_EAGAIN, or another error. Memory comes first: what is missing then is not a
 * connection that was taken already. What was not needed is for the next. */
static int32_t take(struct bide_priv_uv_listener *l, struct bide_priv_uv_stream **out)
{
    int32_t e = 0;
    int fd;
    if (!l->next && !(l->next = bide_priv_uv_stream_new(l->block.rt, l->kind, &e)))
        return e;
    fd = accept_fd(l->fd);
    if (fd < 0)
        return fd;
    e = l->kind == UV_TCP ? uv_tcp_open(&l->next->uv.tcp, fd) : uv_pipe_open(&l->next->uv.pipe, fd);
    if (e != 0) {
        (void)close(fd);
        return e;
    }
    bide_priv_uv_stream_made(l->next);
    *out = l->next;
    l->next = NULL;
    return 0;
}

bide_poll bide_priv_uv_accept(struct bide_priv_uv_listener *l, bide_context *cx,
                              struct bide_priv_uv_stream **out, int32_t *error)
{
    *error = !l ? UV_EBADF : is_closing(l) ? UV_ECANCELED : 0;
    if (*error != 0)
        return BIDE_READY;
    l->told = false;
    *error = take(l, out);
    if (*error == UV_EAGAIN)
        *error = look(l);
    else
        return BIDE_READY;
    return *error == 0 ? bide_priv_uv_park(&l->taker, cx) : BIDE_READY;
}

/* Behind an error it waits a little, as what was missing may be so for a while. */
bide_poll bide_priv_uv_accept_next(struct bide_priv_uv_listener *l, bide_context *cx,
                                   struct bide_priv_uv_stream **out)
{
    int32_t error = 0;
    bide_poll r;
    if (!l || is_closing(l))
        return BIDE_DONE;
    r = bide_priv_uv_accept(l, cx, out, &error);
    if (r != BIDE_READY || error == 0)
        return r;
    if (error == UV_ENOMEM)
        return BIDE_ENOMEM;
    (void)uv_timer_start(&l->again, on_again, AGAIN_MS, 0);
    return bide_priv_uv_park(&l->taker, cx);
}

void bide_priv_uv_listener_trace(struct bide_priv_uv_listener *l, bide_tracer *tracer)
{
    bide_tracer_note(tracer, l ? "a connection to accept" : "a listener that is not open");
}
