/*
 * flows.h: the workloads flow_... as async C; the macro forms are in ../flow_bide.c.
 */
#ifndef FLOWS_H
#define FLOWS_H

#include "../flow.h"

/* Sums of streams of bide/stream.h, and of chains over them. */
bide_async uint32_t flow_static_loop(Rise *stream, uint32_t loops);
bide_async uint32_t flow_next_loop(Flow *stream, uint32_t loops);
bide_async uint32_t flow_chain_loop(uint32_t by, uint32_t loops);
bide_async uint32_t flow_chain_dyn_loop(uint32_t by, uint32_t loops);

#include BIDE_GENERATED("flows.gen.h")

#endif
