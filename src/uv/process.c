/*
 * process.c: processes. A handle stays until its process has ended, also when the user has let go,
 * as only the loop's knowledge of it has it reaped.
 */
#include "stream.h"

#include <string.h>

struct bide_priv_uv_process {
    struct bide_priv_uv_block block; /* first */
    bool ended;
    bide_uv_exit how;
    bide_waker *waker;
    union {
        uv_handle_t handle;
        uv_process_t process;
    } uv;
};

static void end(struct bide_priv_uv_block *block)
{
    bide_waker_take_and_wake(&((struct bide_priv_uv_process *)(void *)block)->waker);
}

static void on_exit_of(uv_process_t *process, int64_t status, int signal)
{
    struct bide_priv_uv_process *p = process->data;
    p->ended = true;
    p->how.status = status;
    p->how.signal = signal;
    if (p->block.held)
        bide_priv_uv_wake(p->block.rt, &p->waker);
    bide_priv_uv_block_close(&p->block);
}

/* One descriptor of the process. */
static int32_t set_stdio(bide_uv *rt, int index, const bide_uv_stdio *from,
                         uv_stdio_container_t *to, struct bide_priv_uv_stream **pipe)
{
    int32_t e = 0;
    if (from->pipe) {
        *pipe = bide_priv_uv_stream_new(rt, UV_NAMED_PIPE, &e);
        if (!*pipe)
            return e;
        /* For the process, that is: it reads what we write. */
        to->flags =
            (uv_stdio_flags)(UV_CREATE_PIPE | (index == 0 ? UV_READABLE_PIPE : UV_WRITABLE_PIPE));
        to->data.stream = &(*pipe)->uv.stream;
    } else {
        to->flags = from->fd >= 0 ? UV_INHERIT_FD : UV_IGNORE;
        to->data.fd = from->fd;
    }
    return 0;
}

/* libuv's options take strings that it does not change. */
static char **unconst(const char *const *strings)
{
    union {
        const char *const *in;
        char **out;
    } u = {strings};
    return u.out;
}

static int32_t spawn(bide_uv *rt, const bide_uv_process_options *o, struct bide_priv_uv_process *p,
                     struct bide_priv_uv_stream **pipes)
{
    uv_stdio_container_t stdio[3];
    uv_process_options_t uo = {.exit_cb = on_exit_of,
                               .file = o->argv[0],
                               .args = unconst(o->argv),
                               .env = unconst(o->environment),
                               .cwd = o->directory,
                               .stdio_count = 3,
                               .stdio = stdio};
    int32_t e = 0;
    memset(stdio, 0, sizeof stdio);
    for (int i = 0; i < 3 && e == 0; i++)
        e = set_stdio(rt, i, &o->stdio[i], &stdio[i], &pipes[i]);
    if (e != 0) {
        bide_priv_uv_block_leave(&p->block); /* libuv has not seen it */
        return e;
    }
    e = uv_spawn(rt->loop, &p->uv.process, &uo);
    bide_priv_uv_block_open(rt, &p->block, &p->uv.handle);
    if (e != 0) {
        bide_priv_uv_block_close(&p->block);
        bide_priv_uv_block_leave(&p->block);
    }
    return e;
}

static void give_pipe(bide_uv_pipe *to, struct bide_priv_uv_stream *s)
{
    bide_priv_uv_stream_made(s);
    to->at = s;
}

int32_t bide_uv_process_start(bide_uv *rt, const bide_uv_process_options *options,
                              bide_uv_process *out)
{
    struct bide_priv_uv_stream *pipes[3] = {NULL, NULL, NULL};
    bide_uv_process_options o = bide_uv_process_options_init(NULL);
    struct bide_priv_uv_process *p;
    int32_t e;
    out->at = NULL;
    memcpy(&o, options, options->size < sizeof o ? options->size : sizeof o);
    if (!o.argv || !o.argv[0])
        return UV_EINVAL;
    p = bide_priv_uv_block_new(rt, sizeof *p);
    if (!p)
        return UV_ENOMEM;
    p->block.end = end;
    e = spawn(rt, &o, p, pipes);
    for (int i = 0; i < 3; i++) {
        if (e != 0)
            bide_priv_uv_stream_drop(&pipes[i], true);
        else if (o.stdio[i].pipe)
            give_pipe(o.stdio[i].pipe, pipes[i]);
    }
    if (e == 0)
        out->at = p;
    return e;
}

int32_t bide_uv_process_kill(bide_uv_process *p, int number)
{
    if (!p->at || !p->at->block.rt || p->at->ended)
        return UV_ESRCH;
    return uv_process_kill(&p->at->uv.process, number);
}

int bide_uv_process_id(const bide_uv_process *p)
{
    return p->at ? p->at->uv.process.pid : 0;
}

void bide_uv_process_drop(bide_uv_process *process)
{
    struct bide_priv_uv_process *p = process->at;
    process->at = NULL;
    if (!p)
        return;
    bide_waker_clear(&p->waker);
    if (p->block.rt && !p->ended)
        uv_unref(&p->uv.handle);
    bide_priv_uv_block_leave(&p->block);
}

void bide_priv_uv_process_trace(const void *frame, bide_tracer *tracer)
{
    const struct bide_uv_process_wait *f = frame;
    if (f->of)
        bide_tracer_note(tracer, "the end of a process");
}

bide_poll bide_uv_process_wait_poll(struct bide_uv_process_wait *f, bide_context *cx, int32_t *out)
{
    struct bide_priv_uv_process *p;
    if (!f->of)
        return BIDE_EMISUSE;
    p = f->of->at;
    if (p && !p->ended && p->block.rt)
        return bide_priv_uv_park(&p->waker, cx);
    *out = !p ? UV_ESRCH : p->ended ? 0 : UV_ECANCELED;
    if (*out == 0)
        *f->out = p->how;
    f->of = NULL;
    return BIDE_READY;
}

void bide_uv_process_wait_drop(struct bide_uv_process_wait *f)
{
    f->of = NULL;
}

BIDE_FUTURE_DEFINE(int32_t, bide_uv_process_wait);
