/*
 * flow_runs.h: the workloads flow_... on bide, one loop a stream of 64 items. The including file
 * brings the root futures flow_static_loop, flow_next_loop, flow_chain_loop and
 * flow_chain_dyn_loop. Ends with main.
 */
#ifndef FLOW_RUNS_H
#define FLOW_RUNS_H

#include "bench_run.h"
#include "flow.h"

BIDE_STREAM_IMPL(Flow, Rise);
BIDE_STREAM_IMPL(Flow, Fall);

static Flow make_flow(Count *count, int which)
{
    count->at = 0;
    return which ? Rise_as_Flow(count, NULL) : Fall_as_Flow(count, NULL);
}

static uint32_t flow_static(uint32_t loops, int which)
{
    Rise streams[2] = {{0}, {0}}, *stream = &streams[which];
    OPAQUE(stream);
    RUN(flow_static_loop, stream, loops);
}

static uint32_t flow_poll(uint32_t loops, int which)
{
    Count count;
    Flow object = make_flow(&count, which), *flow = &object;
    OPAQUE(flow);
    RUN(flow_poll_loop, flow, loops);
}

static uint32_t flow_next(uint32_t loops, int which)
{
    Count count;
    Flow object = make_flow(&count, which), *flow = &object;
    OPAQUE(flow);
    RUN(flow_next_loop, flow, loops);
}

static uint32_t flow_chain(uint32_t loops, int which)
{
    RUN(flow_chain_loop, which ? 3 : 5, loops);
}

static uint32_t flow_chain_dyn(uint32_t loops, int which)
{
    RUN(flow_chain_dyn_loop, which ? 3 : 5, loops);
}

static const struct bench table[] = {
    {"flow_static", "none", flow_static},       {"flow_poll", "none", flow_poll},
    {"flow_next", "none", flow_next},           {"flow_chain", "none", flow_chain},
    {"flow_chain_dyn", "heap", flow_chain_dyn},
};

int main(int argc, char **argv)
{
    return bench_main(argc, argv, table, sizeof table / sizeof table[0]);
}

#endif
