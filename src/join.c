/*
 * join.c: join handles of tasks of whichever executor.
 */
#include "task_block.h"
#include "trace_text.h"

bide_poll bide_join_try_take(bide_join *join, void *out)
{
    return join->task ? bide_priv_task_ops(join->task)->take(join, out) : BIDE_EMISUSE;
}

bide_poll bide_join_poll(bide_join *join, bide_context *cx, void *out)
{
    return join->task ? bide_priv_task_ops(join->task)->poll(join, cx, out) : BIDE_EMISUSE;
}

void bide_join_abort(const bide_join *join)
{
    if (join->task)
        bide_priv_task_ops(join->task)->abort(join->task);
}

void bide_join_detach(bide_join *join)
{
    bide_task *t = join->task;
    join->task = NULL;
    if (t)
        bide_priv_task_ops(t)->unref(t);
}

bool bide_join_is_done(const bide_join *join)
{
    return join->task && bide_priv_task_ops(join->task)->is_done(join->task);
}

bide_join bide_join_clone(const bide_join *join)
{
    if (join->task)
        bide_priv_task_ops(join->task)->ref(join->task);
    return *join;
}

/* ---- traces ------------------------------------------------------------------------------- */

bide_poll bide_trace_task(const bide_join *join, const bide_trace_options *options)
{
    return join->task ? bide_priv_task_ops(join->task)->trace(join->task, options) : BIDE_EMISUSE;
}

bide_poll bide_join_request_trace(const bide_join *join, bide_trace_request *request)
{
    return join->task ? bide_priv_task_ops(join->task)->request_trace(join->task, request)
                      : BIDE_EMISUSE;
}

void bide_priv_join_trace(const void *frame, bide_tracer *tracer)
{
    const bide_task *t = ((const bide_join *)frame)->task;
    bide_priv_words words = {.length = 0};
    if (!t)
        return;
    bide_priv_say(&words, "task ");
    bide_priv_say(&words, bide_priv_task_ops(t)->name(t));
    bide_tracer_note(tracer, words.text);
}

/* ---- waiting for a task as a future ------------------------------------------------------- */

static void bide_priv_join_wait_trace(const void *frame, bide_tracer *tracer)
{
    bide_priv_join_trace(((const struct bide_join_wait *)frame)->join, tracer);
}

bide_poll bide_join_wait_poll(struct bide_join_wait *f, bide_context *cx, bide_poll *out)
{
    bide_poll r = bide_join_poll(f->join, cx, f->out);
    if (r == BIDE_PENDING)
        return r;
    *out = r;
    return BIDE_READY;
}

void bide_join_wait_drop(struct bide_join_wait *f)
{
    (void)f;
}

BIDE_FUTURE_DEFINE(bide_poll, bide_join_wait);
