/*
 * host_root.h (private): the future of a host's run_until as a task. Its frame stays in its
 * caller's memory, which waits until it has ended; *done says when.
 */
#ifndef BIDE_PRIV_HOST_ROOT_H
#define BIDE_PRIV_HOST_ROOT_H

#include <bide/executor.h>

#define bide_priv_host_root_FRAME(ROW)                                                             \
    ROW(TRACE, bide_priv_host_root_trace)                                                          \
    ROW(CANCEL, bide_priv_host_root_cancel) ROW(PARAM, bool *, done)                               \
        ROW(PARAM, const bide_type *, type) ROW(PARAM, void *, frame) ROW(PARAM, void *, out)      \
            ROW(PARAM, bide_poll *, code)

static void bide_priv_host_root_trace(const void *frame, bide_tracer *tracer);
static bide_poll bide_priv_host_root_cancel(void *frame, bide_context *cx);

BIDE_FUTURE(void, bide_priv_host_root)

static void bide_priv_host_root_trace(const void *frame, bide_tracer *tracer)
{
    const struct bide_priv_host_root *f = frame;
    if (f->type)
        bide_priv_trace_kid(BIDE_PRIV_KID_EMBEDDED, f->type, f->frame, tracer);
}

static inline bide_poll bide_priv_host_root_end(struct bide_priv_host_root *f, bide_poll code)
{
    *f->code = code;
    *f->done = true;
    f->type = NULL;
    return BIDE_READY;
}

BIDE_INLINE bide_poll bide_priv_host_root_poll(struct bide_priv_host_root *f, bide_context *cx,
                                               void *out)
{
    bide_poll r = f->type ? f->type->poll(f->frame, cx, f->out) : BIDE_EMISUSE;
    (void)out;
    return r == BIDE_PENDING || !f->type ? r : bide_priv_host_root_end(f, r);
}

BIDE_INLINE void bide_priv_host_root_drop_now(struct bide_priv_host_root *f)
{
    if (!f->type)
        return;
    f->type->drop(f->frame);
    (void)bide_priv_host_root_end(f, BIDE_ECANCELED);
}

static bide_poll bide_priv_host_root_cancel(void *frame, bide_context *cx)
{
    struct bide_priv_host_root *f = frame;
    if (!f->type)
        return BIDE_READY;
    if (!f->type->cancel)
        f->type->drop(f->frame);
    else if (f->type->cancel(f->frame, cx) == BIDE_PENDING)
        return BIDE_PENDING;
    return bide_priv_host_root_end(f, BIDE_ECANCELED);
}

#endif
