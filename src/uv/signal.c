/*
 * signal.c: signals as streams.
 */
#include "uv_core.h"

struct bide_priv_uv_signal {
    struct bide_priv_uv_block block; /* first */
    uint32_t come;                   /* and not told yet */
    bide_waker *waker;
    union {
        uv_handle_t handle;
        uv_signal_t signal;
    } uv;
};

static void end(struct bide_priv_uv_block *block)
{
    bide_waker_take_and_wake(&((struct bide_priv_uv_signal *)(void *)block)->waker);
}

static void on_signal(uv_signal_t *signal, int number)
{
    struct bide_priv_uv_signal *s = signal->data;
    (void)number;
    s->come++;
    bide_priv_uv_wake(s->block.rt, &s->waker);
}

int32_t bide_uv_signal_open(bide_uv *rt, int number, bide_uv_signal *out)
{
    struct bide_priv_uv_signal *s = bide_priv_uv_block_new(rt, sizeof *s);
    int32_t e;
    out->at = NULL;
    if (!s)
        return UV_ENOMEM;
    s->block.end = end;
    e = uv_signal_init(rt->loop, &s->uv.signal);
    if (e != 0) {
        bide_priv_uv_block_leave(&s->block);
        return e;
    }
    bide_priv_uv_block_open(rt, &s->block, &s->uv.handle);
    out->at = s;
    e = uv_signal_start(&s->uv.signal, on_signal, number);
    if (e != 0)
        bide_uv_signal_drop(out);
    else
        uv_unref(&s->uv.handle);
    return e;
}

bide_poll bide_uv_signal_poll_next(bide_uv_signal *signal, bide_context *cx, int *number)
{
    struct bide_priv_uv_signal *s = signal->at;
    if (!s || !s->block.rt)
        return BIDE_DONE;
    if (s->come == 0)
        return bide_priv_uv_park(&s->waker, cx);
    s->come--;
    *number = s->uv.signal.signum;
    return BIDE_READY;
}

void bide_uv_signal_drop(bide_uv_signal *signal)
{
    struct bide_priv_uv_signal *s = signal->at;
    signal->at = NULL;
    if (!s)
        return;
    bide_waker_clear(&s->waker);
    if (s->block.rt)
        bide_priv_uv_block_close(&s->block);
    bide_priv_uv_block_leave(&s->block);
}
