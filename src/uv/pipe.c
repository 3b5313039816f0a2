/*
 * pipe.c: what is the own of Unix sockets and pipes.
 */
#include "stream.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* libuv would cut a long name. */
static bool fits(const char *name)
{
    return strlen(name) < sizeof((struct sockaddr_un *)0)->sun_path;
}

/* 0, or why the system may be unable to wait for it: libuv would find out later, and abort. */
static int32_t not_to_be_waited_for(int fd)
{
    struct stat about;
    if (fstat(fd, &about) != 0)
        return uv_translate_sys_error(errno);
    return S_ISFIFO(about.st_mode) || S_ISSOCK(about.st_mode) || isatty(fd) ? 0 : UV_EINVAL;
}

int32_t bide_uv_pipe_open(bide_uv *rt, int fd, bide_uv_pipe *out)
{
    int32_t e = not_to_be_waited_for(fd);
    struct bide_priv_uv_stream *s;
    out->at = NULL;
    if (e != 0)
        return e;
    s = bide_priv_uv_stream_new(rt, UV_NAMED_PIPE, &e);
    if (!s)
        return e;
    e = uv_pipe_open(&s->uv.pipe, fd);
    if (e != 0)
        bide_priv_uv_stream_drop(&s, true);
    else
        bide_priv_uv_stream_made(s);
    out->at = s;
    return e;
}

/* ---- connecting --------------------------------------------------------------------------- */

static int32_t start(struct bide_uv_pipe_connect *f)
{
    int32_t e;
    struct bide_priv_uv_stream *s;
    if (!fits(f->name))
        return UV_ENAMETOOLONG;
    s = bide_priv_uv_stream_new(f->rt, UV_NAMED_PIPE, &e);
    if (!s)
        return e;
    uv_pipe_connect(&s->request.connect, &s->uv.pipe, f->name, bide_priv_uv_connected);
    s->connecting = true;
    f->at = s;
    return 0;
}

BIDE_PRIV_UV_CONNECT(bide_uv_pipe_connect, bide_priv_uv_pipe_connect_trace, start);

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
    return bide_priv_uv_listener_listen(l, uv_pipe_bind(&l->uv.pipe, name), backlog, &out->at);
}
