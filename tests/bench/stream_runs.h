/*
 * stream_runs.h: the stream workloads on bide, one loop a stream of 64 items. The including file
 * brings the bodies of Up_next and Down_next, and the root futures stream_static_loop,
 * stream_poll_loop and stream_next_loop; bide_runs.h has what is used here.
 */
#ifndef STREAM_RUNS_H
#define STREAM_RUNS_H

#include "stream.h"

static uint32_t stream_static(uint32_t loops, int which)
{
    Up streams[2] = {{0}, {0}}, *stream = &streams[which];
    OPAQUE(stream);
    RUN(stream_static_loop, stream, loops);
}

static uint32_t stream_poll(uint32_t loops, int which)
{
    Count count = {0};
    Numbers object = which ? Up_as_Numbers(&count, NULL) : Down_as_Numbers(&count, NULL);
    Numbers *stream = &object;
    OPAQUE(stream);
    RUN(stream_poll_loop, stream, loops);
}

static uint32_t drive_next(uint32_t loops, Numbers *stream)
{
    OPAQUE(stream);
    RUN(stream_next_loop, stream, loops);
}

static uint32_t run_next(const char *place, uint32_t loops, int which)
{
    struct place p;
    Count count = {0};
    Numbers object;
    uint32_t sum;
    place_open(&p, place);
    object =
        which ? Up_as_Numbers(&count, p.allocator) : Down_as_Numbers(&count, p.allocator);
    sum = drive_next(loops, &object);
    place_close(&p);
    return sum;
}

#endif
