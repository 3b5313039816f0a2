/*
 * listener.c: accepting connections, whatever they are made of.
 *
 * Connections are accepted as they come, up to MOST that nobody has taken. The next one is left
 * with libuv, which then stops listening until it is accepted.
 */
#include "stream.h"

enum { MOST = 64 };

static void end(struct bide_priv_uv_block *block)
{
    bide_waker_take_and_wake(&((struct bide_priv_uv_listener *)(void *)block)->taker);
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
    l->kind = kind;
    l->last = &l->first;
    l->block.end = end;
    bide_priv_uv_block_open(rt, &l->block, &l->uv.handle);
    return l;
}

/* Takes the one that libuv holds. Without memory it stays there. */
static int32_t accept_one(struct bide_priv_uv_listener *l)
{
    int32_t e;
    struct bide_priv_uv_stream *s = bide_priv_uv_stream_new(l->block.rt, l->kind, &e);
    l->waiting = !s;
    if (!s)
        return e;
    e = uv_accept(&l->uv.stream, &s->uv.stream);
    if (e != 0) {
        bide_priv_uv_stream_drop(&s, true);
        return e;
    }
    bide_priv_uv_stream_made(s);
    *l->last = s;
    l->last = &s->queued;
    l->count++;
    return 0;
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct bide_priv_uv_listener *l = stream->data;
    if (status == 0 && l->count < MOST)
        status = accept_one(l);
    else if (status == 0)
        l->waiting = true;
    if (status != 0)
        l->error = status;
    bide_priv_uv_wake(l->block.rt, &l->taker);
}

int32_t bide_priv_uv_listener_listen(struct bide_priv_uv_listener *l, int bound, int backlog,
                                     struct bide_priv_uv_listener **out)
{
    int e = bound != 0 ? bound : uv_listen(&l->uv.stream, backlog, on_connection);
    if (e != 0)
        bide_priv_uv_listener_drop(&l);
    *out = l;
    return e;
}

void bide_priv_uv_listener_drop(struct bide_priv_uv_listener **at)
{
    struct bide_priv_uv_listener *l = *at;
    *at = NULL;
    if (!l)
        return;
    bide_waker_clear(&l->taker);
    while (l->first) {
        struct bide_priv_uv_stream *s = l->first;
        l->first = s->queued;
        bide_priv_uv_stream_drop(&s, true);
    }
    if (l->block.rt)
        bide_priv_uv_block_close(&l->block);
    bide_priv_uv_block_leave(&l->block);
}

/* The oldest of the list; then there is room for one more. */
static struct bide_priv_uv_stream *take_first(struct bide_priv_uv_listener *l)
{
    struct bide_priv_uv_stream *s = l->first;
    l->first = s->queued;
    if (!l->first)
        l->last = &l->first;
    s->queued = NULL;
    l->count--;
    return s;
}

bide_poll bide_priv_uv_accept(struct bide_priv_uv_listener *l, bide_context *cx,
                              struct bide_priv_uv_stream **out, int32_t *error)
{
    *error = l ? 0 : UV_EBADF;
    if (!l)
        return BIDE_READY;
    if (l->waiting && l->block.rt) {
        int32_t e = accept_one(l);
        if (e != 0)
            l->error = e;
    }
    if (l->first) {
        *out = take_first(l);
        return BIDE_READY;
    }
    *error = l->error;
    l->error = 0;
    if (*error == 0 && !l->block.rt)
        *error = UV_ECANCELED;
    return *error == 0 ? bide_priv_uv_park(&l->taker, cx) : BIDE_READY;
}

bide_poll bide_priv_uv_accept_next(struct bide_priv_uv_listener *l, bide_context *cx,
                                   struct bide_priv_uv_stream **out)
{
    int32_t error = 0;
    bide_poll r;
    do {
        if (!l || (!l->block.rt && !l->first))
            return BIDE_DONE;
        r = bide_priv_uv_accept(l, cx, out, &error);
    } while (r == BIDE_READY && error != 0 && error != UV_ENOMEM);
    return r == BIDE_READY && error != 0 ? BIDE_ENOMEM : r;
}

void bide_priv_uv_listener_trace(struct bide_priv_uv_listener *l, bide_tracer *tracer)
{
    bide_tracer_note(tracer, l ? "a connection to accept" : "a listener that is not open");
}
