/*
 * flows.async.c: the bodies of flows.h.
 */
#include "flows.h"

#include <bide/async_source.h>

async uint32_t flow_static_loop(Rise *stream, uint32_t loops)
{
    uint32_t acc = 0, item;
    while (loops > 0) {
        if (await(Rise_next(stream, &item)))
            acc += item;
        else
            loops--;
    }
    return acc;
}

async uint32_t flow_next_loop(Flow *stream, uint32_t loops)
{
    uint32_t acc = 0, item;
    while (loops > 0) {
        if (await(Flow_next(stream, &item)))
            acc += item;
        else
            loops--;
    }
    return acc;
}

async uint32_t flow_chain_loop(uint32_t by, uint32_t loops)
{
    uint32_t acc = 0;
    Chain chain;
    Add add = {0};
    for (; loops > 0; loops--) {
        chain_open(&chain, by);
        acc += await(Total(&chain, &add, 0));
        Chain_drop(&chain);
    }
    return acc;
}

async uint32_t flow_chain_dyn_loop(uint32_t by, uint32_t loops)
{
    uint32_t acc = 0;
    Add add = {0};
    for (; loops > 0; loops--) {
        Flow chain = flow_chain_open(by);
        acc += await(FlowTotal(&chain, &add, 0));
        Flow_drop(&chain);
    }
    return acc;
}
