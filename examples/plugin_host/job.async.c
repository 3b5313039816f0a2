#include "job.h"

#include <stdio.h>

#include <bide/async_source.h>

void job_init(job *self, uint32_t preview)
{
    *self = (job){.pipe = {"", false, NULL}, .preview = preview};
    self->out = (filter_text){self->bytes, 0, sizeof self->bytes};
}

async int32_t job_run(job *self, library **current)
{
    Filter *filter = &(*current)->filter;
    Feed feed = Pipe_as_Feed(&self->pipe, NULL);
    (void)snprintf(self->label, sizeof self->label, "%s", (*current)->label);
    if (self->preview > 0)
        return await(Filter_preview(filter, feed, &self->out, self->preview));
    return await(Filter_apply(filter, feed, &self->out));
}
