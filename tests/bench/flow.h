/*
 * flow.h: what the workloads flow_... by macros and in async C stand on: streams of
 * bide/stream.h, static and through a handle, and a chain of adapters over one. (stream.h has
 * interfaces with rows of their own.)
 */
#ifndef FLOW_H
#define FLOW_H

#include "stream.h"

#include <bide/stream_collect.h>

BIDE_STREAM(Flow, uint32_t);

/* Two streams of ITEMS items, so that a receiver chosen at run time cannot be known to the
 * compiler. */
typedef Count Rise, Fall;

BIDE_INLINE bide_poll Rise_poll_next(Rise *self, bide_context *cx, uint32_t *item)
{
    (void)cx;
    return count_poll(self, 1, item);
}

BIDE_INLINE bide_poll Fall_poll_next(Fall *self, bide_context *cx, uint32_t *item)
{
    (void)cx;
    return count_poll(self, UINT32_MAX, item);
}

BIDE_INLINE void Rise_drop(Rise *self)
{
    (void)self;
}

BIDE_INLINE void Fall_drop(Fall *self)
{
    (void)self;
}

BIDE_STREAM_TYPE(Rise, uint32_t);
BIDE_STREAM_TYPE(Fall, uint32_t);
BIDE_STREAM_IMPL_DECLARE(Flow, Rise);
BIDE_STREAM_IMPL_DECLARE(Flow, Fall);

/* flow_poll_loop(flow, loops): sums `loops` streams by polling them, without a future between. */
#define flow_poll_loop_FRAME(ROW)                                                                  \
    ROW(PARAM, Flow *, flow) ROW(PARAM, uint32_t, loops) ROW(LOCAL, uint32_t, sum)
BIDE_FUTURE(uint32_t, flow_poll_loop)
BIDE_INLINE bide_poll flow_poll_loop_poll(struct flow_poll_loop *f, bide_context *cx, uint32_t *out)
{
    uint32_t item, sum = f->sum;
    bide_poll r = BIDE_READY;
    while (f->loops > 0) {
        r = Flow_poll_next(f->flow, cx, &item);
        if (r == BIDE_READY)
            sum += item;
        else if (r == BIDE_DONE)
            f->loops--;
        else
            break;
    }
    f->sum = *out = sum;
    return r == BIDE_DONE ? BIDE_READY : r;
}
BIDE_INLINE void flow_poll_loop_drop(struct flow_poll_loop *f)
{
    (void)f;
}

/* ---- the chain: three times each, the odd ones, as many as there are, their sum ---------------
 */

typedef struct Triple {
    uint32_t by;
} Triple;
BIDE_INLINE uint32_t Triple_run(Triple *env, uint32_t x)
{
    return env->by * x;
}
BIDE_INLINE void Triple_drop(Triple *env)
{
    (void)env;
}
BIDE_CLOSURE_SYNC(Triple, uint32_t, (uint32_t, x));

typedef struct Odd {
    uint32_t mask;
} Odd;
BIDE_INLINE bool Odd_run(Odd *env, const uint32_t *x)
{
    return (*x & env->mask) != 0;
}
BIDE_INLINE void Odd_drop(Odd *env)
{
    (void)env;
}
BIDE_CLOSURE_SYNC(Odd, bool, (const uint32_t *, x));

typedef struct Add {
    char none;
} Add;
BIDE_INLINE uint32_t Add_run(Add *env, uint32_t so_far, uint32_t x)
{
    (void)env;
    return so_far + x;
}
BIDE_INLINE void Add_drop(Add *env)
{
    (void)env;
}
BIDE_CLOSURE_SYNC(Add, uint32_t, (uint32_t, so_far), (uint32_t, x));

/* Static: one type, all of it known. */
BIDE_STREAM_MAP(Tripled, Rise, Triple);
BIDE_STREAM_FILTER(Odds, Tripled, Odd);
BIDE_STREAM_TAKE(Chain, Odds);
BIDE_STREAM_FOLD(Total, Chain, Add);

static inline void chain_open(Chain *chain, uint32_t by)
{
    Rise source = {0};
    Tripled tripled;
    Odds odds;
    Tripled_init(&tripled, source, (Triple){by});
    Odds_init(&odds, tripled, (Odd){1});
    Chain_init(chain, odds, ITEMS / 2);
}

/* Dyn: each stage knows a handle only, and is boxed for the next one. */
BIDE_STREAM_BOX(Flow, Rise);
BIDE_STREAM_MAP(FlowTripled, Flow, Triple);
BIDE_STREAM_BOX(Flow, FlowTripled);
BIDE_STREAM_FILTER(FlowOdds, Flow, Odd);
BIDE_STREAM_BOX(Flow, FlowOdds);
BIDE_STREAM_TAKE(FlowChain, Flow);
BIDE_STREAM_BOX(Flow, FlowChain);
BIDE_STREAM_FOLD(FlowTotal, Flow, Add);

static inline Flow flow_chain_open(uint32_t by)
{
    bide_allocator *heap = bide_heap();
    Rise source = {0};
    FlowTripled tripled;
    FlowOdds odds;
    FlowChain chain;
    Flow flow;
    if (Rise_box_as_Flow(&source, heap, &flow) != BIDE_READY)
        abort();
    FlowTripled_init(&tripled, flow, (Triple){by});
    if (FlowTripled_box_as_Flow(&tripled, heap, &flow) != BIDE_READY)
        abort();
    FlowOdds_init(&odds, flow, (Odd){1});
    if (FlowOdds_box_as_Flow(&odds, heap, &flow) != BIDE_READY)
        abort();
    FlowChain_init(&chain, flow, ITEMS / 2);
    if (FlowChain_box_as_Flow(&chain, heap, &flow) != BIDE_READY)
        abort();
    return flow;
}

#endif
