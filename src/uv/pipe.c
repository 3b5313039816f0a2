/*
 * pipe.c: what is the own of Unix sockets and pipes.
 */
#include "stream.h"

#include <string.h>
#include <sys/un.h>

/* libuv would cut a long name. */
static bool fits(const char *name)
{
    return strlen(name) < sizeof((struct sockaddr_un *)0)->sun_path;
}

int32_t bide_uv_pipe_open(bide_uv *rt, int fd, bide_uv_pipe *out)
{
    int32_t e;
    struct bide_priv_uv_stream *s = bide_priv_uv_stream_new(rt, UV_NAMED_PIPE, &e);
    out->at = NULL;
    if (!s)
        return e;
    e = uv_pipe_open(&s->uv.pipe, fd);
    if (e != 0)
        bide_priv_uv_stream_drop(&s, true);
    else
        out->at = s;
    return e;
}

/* ---- connecting --------------------------------------------------------------------------- */

static int32_t start(bide_uv *rt, const char *name, struct bide_priv_uv_stream **at)
{
    int32_t e;
    struct bide_priv_uv_stream *s;
    if (!fits(name))
        return UV_ENAMETOOLONG;
    s = bide_priv_uv_stream_new(rt, UV_NAMED_PIPE, &e);
    if (!s)
        return e;
    uv_pipe_connect(&s->request.connect, &s->uv.pipe, name, bide_priv_uv_connected);
    s->connecting = true;
    *at = s;
    return 0;
}

void bide_priv_uv_pipe_connect_trace(const void *frame, bide_tracer *tracer)
{
    const struct bide_uv_pipe_connect *f = frame;
    if (f->at)
        bide_priv_uv_stream_trace(f->at, tracer);
}

bide_poll bide_uv_pipe_connect_poll(struct bide_uv_pipe_connect *f, bide_context *cx, int32_t *out)
{
    bide_poll r;
    if (!f->out)
        return BIDE_EMISUSE;
    if (!f->at) {
        *out = start(f->rt, f->name, &f->at);
        if (*out != 0) {
            f->out = NULL;
            return *out == UV_ENOMEM ? BIDE_ENOMEM : BIDE_READY;
        }
    }
    r = bide_priv_uv_connect_poll(&f->at, cx, &f->out->at, out);
    if (r == BIDE_PENDING)
        return r;
    bide_uv_pipe_connect_drop(f);
    return r;
}

void bide_uv_pipe_connect_drop(struct bide_uv_pipe_connect *f)
{
    bide_priv_uv_stream_drop(&f->at, true);
    f->out = NULL;
}

BIDE_FUTURE_DEFINE(int32_t, bide_uv_pipe_connect);

/* ---- listening ---------------------------------------------------------------------------- */

int32_t bide_uv_pipe_listen(bide_uv *rt, const char *name, int backlog, bide_uv_pipe_listener *out)
{
    int32_t e = UV_ENAMETOOLONG;
    struct bide_priv_uv_listener *l;
    out->at = NULL;
    if (!fits(name))
        return e;
    l = bide_priv_uv_listener_new(rt, UV_NAMED_PIPE, &e);
    if (!l)
        return e;
    e = uv_pipe_bind(&l->uv.pipe, name);
    if (e != 0) {
        bide_priv_uv_listener_drop(&l);
        return e;
    }
    e = bide_priv_uv_listener_listen(l, backlog);
    if (e == 0)
        out->at = l;
    return e;
}
