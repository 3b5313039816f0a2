/*
 * runtime.c: the future that awaits blocking work.
 */
#include "core.h"

bide_poll bide_offload_poll(struct bide_offload *f, bide_context *cx, void *out)
{
    bide_poll r;
    (void)out;
    if (!f->job)
        return BIDE_EMISUSE;
    if (!f->begun) {
        r = bide_runtime_offload(bide_context_runtime(cx), f->job);
        if (r != BIDE_READY) {
            f->job = NULL;
            return r;
        }
        bide_job_retain(f->job);
        f->begun = true;
    }
    r = bide_priv_job_await(f->job, cx);
    if (r != BIDE_PENDING)
        bide_offload_drop(f);
    return r;
}

void bide_offload_drop(struct bide_offload *f)
{
    bide_job *job = f->job;
    f->job = NULL;
    if (!job || !f->begun)
        return;
    bide_priv_job_cancel(job);
    bide_job_drop(job);
}

static void bide_priv_offload_trace(const void *frame, bide_tracer *tracer)
{
    const struct bide_offload *f = frame;
    if (f->job)
        bide_tracer_note(tracer, bide_priv_job_standing(f->job));
}

BIDE_FUTURE_DEFINE(void, bide_offload);
