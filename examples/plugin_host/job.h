/*
 * job.h: one text that goes through whichever plugin is current when the job begins.
 */
#ifndef JOB_H
#define JOB_H

#include "library.h"
#include "pipe.h"

typedef struct job {
    Pipe pipe;
    filter_text out;
    uint32_t preview; /* bytes to show; 0: all */
    bide_join join;
    char label[32]; /* of the plugin that it began with */
    char bytes[256];
} job;

/* Prepares a job, with nothing in its pipe. */
void job_init(job *self, uint32_t preview);

/* Runs it: the filter's result. *current is read once, at the beginning; the library may be dropped
 * while the job waits. */
bide_async int32_t job_run(job *self, library **current);

#include BIDE_GENERATED("job.gen.h")

#endif
