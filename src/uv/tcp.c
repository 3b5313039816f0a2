/*
 * tcp.c: what is TCP's own: addresses, options, connecting and listening.
 */
#include "stream.h"

#include <string.h>

/* ---- addresses ---------------------------------------------------------------------------- */

int32_t bide_uv_ip(const char *host, uint16_t port, struct sockaddr_storage *address)
{
    memset(address, 0, sizeof *address);
    if (uv_ip4_addr(host, port, (struct sockaddr_in *)address) == 0)
        return 0;
    memset(address, 0, sizeof *address);
    return uv_ip6_addr(host, port, (struct sockaddr_in6 *)address) == 0 ? 0 : UV_EINVAL;
}

uint16_t bide_uv_port(const struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET)
        return ntohs(((const struct sockaddr_in *)address)->sin_port);
    if (address->ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)address)->sin6_port);
    return 0;
}

/* ---- connections -------------------------------------------------------------------------- */

/* An error, or 0 when libuv may be asked. */
static int32_t not_open(const bide_uv_tcp *t)
{
    if (!t->at)
        return UV_EBADF;
    return t->at->block.rt ? 0 : UV_ECANCELED;
}

int32_t bide_uv_tcp_nodelay(bide_uv_tcp *t, bool on)
{
    int32_t e = not_open(t);
    return e != 0 ? e : uv_tcp_nodelay(&t->at->uv.tcp, on);
}

int32_t bide_uv_tcp_keepalive(bide_uv_tcp *t, uint32_t seconds)
{
    int32_t e = not_open(t);
    return e != 0 ? e : uv_tcp_keepalive(&t->at->uv.tcp, seconds != 0, seconds);
}

int32_t bide_uv_tcp_local(bide_uv_tcp *t, struct sockaddr_storage *address)
{
    int size = (int)sizeof *address, e = not_open(t);
    return e != 0 ? e : uv_tcp_getsockname(&t->at->uv.tcp, (struct sockaddr *)address, &size);
}

int32_t bide_uv_tcp_peer(bide_uv_tcp *t, struct sockaddr_storage *address)
{
    int size = (int)sizeof *address, e = not_open(t);
    return e != 0 ? e : uv_tcp_getpeername(&t->at->uv.tcp, (struct sockaddr *)address, &size);
}

/* SO_LINGER with no time makes the close that follows a reset. uv_tcp_close_reset would do both,
 * but with a close callback of its own; and refuses where a shutdown is under way. */
void bide_uv_tcp_reset(bide_uv_tcp *t)
{
    const struct linger now = {.l_onoff = 1, .l_linger = 0};
    uv_os_fd_t fd;
    if (t->at && t->at->block.rt && uv_fileno(&t->at->uv.handle, &fd) == 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    bide_uv_tcp_abort(t);
}

/* ---- connecting --------------------------------------------------------------------------- */

static int32_t start(struct bide_uv_tcp_connect *f)
{
    int32_t e;
    struct bide_priv_uv_stream *s = bide_priv_uv_stream_new(f->rt, UV_TCP, &e);
    if (!s)
        return e;
    e = uv_tcp_connect(&s->request.connect, &s->uv.tcp, f->address, bide_priv_uv_connected);
    s->connecting = e == 0;
    if (e != 0)
        bide_priv_uv_stream_drop(&s, true);
    f->at = s;
    return e;
}

BIDE_PRIV_UV_CONNECT(bide_uv_tcp_connect, bide_priv_uv_connect_trace, start);

/* ---- listening ---------------------------------------------------------------------------- */

int32_t bide_uv_tcp_listen(bide_uv *rt, const struct sockaddr *address, int backlog,
                           bide_uv_listener *out)
{
    int32_t e;
    struct bide_priv_uv_listener *l = bide_priv_uv_listener_new(rt, UV_TCP, &e);
    out->at = NULL;
    if (!l)
        return e;
    return bide_priv_uv_listener_listen(l, uv_tcp_bind(&l->uv.tcp, address, 0), backlog, &out->at);
}

int32_t bide_uv_listener_local(bide_uv_listener *l, struct sockaddr_storage *address)
{
    int size = (int)sizeof *address;
    if (!l->at || !l->at->block.rt)
        return l->at ? UV_ECANCELED : UV_EBADF;
    return uv_tcp_getsockname(&l->at->uv.tcp, (struct sockaddr *)address, &size);
}
