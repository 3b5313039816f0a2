/*
 * flow_bide.c: the workloads flow_... on bide, by macros. A program of its own, so that the size of
 * one has no say in what the compiler inlines in the other.
 */
#include "flow.h"

/* ---- streams of bide/stream.h ------------------------------------------------------------- */

/* Shape: a sum by `S_next(stream, item)`, whose items are written into the frame. */
#define FLOW_ROWS_OF(ROW, S)                                                                       \
    ROW(PARAM, S *, stream)                                                                        \
    ROW(PARAM, uint32_t, loops)                                                                    \
    ROW(LOCAL, uint32_t, acc) ROW(LOCAL, uint32_t, item) ROW(CHILD, S##_next, c)
#define FLOW_SUM(F, S)                                                                             \
    BIDE_ASYNC(uint32_t, F)                                                                        \
    {                                                                                              \
        BIDE_BEGIN(F);                                                                             \
        bool more;                                                                                 \
        while (f->loops > 0) {                                                                     \
            BIDE_AWAIT_TO(more, S##_next, c, (f->stream, &f->item));                               \
            if (more)                                                                              \
                f->acc += f->item;                                                                 \
            else                                                                                   \
                f->loops--;                                                                        \
        }                                                                                          \
        BIDE_RETURN(f->acc);                                                                       \
        BIDE_END;                                                                                  \
    }
#define flow_static_loop_FRAME(ROW) FLOW_ROWS_OF(ROW, Rise)
FLOW_SUM(flow_static_loop, Rise)
#define flow_next_loop_FRAME(ROW) FLOW_ROWS_OF(ROW, Flow)
FLOW_SUM(flow_next_loop, Flow)

/* Shape: the root future that folds `loops` chains, each of which OPEN makes in f->chain. */
#define CHAIN_FOLD_ROWS(ROW, S, fold)                                                              \
    ROW(PARAM, uint32_t, by)                                                                       \
    ROW(PARAM, uint32_t, loops)                                                                    \
    ROW(LOCAL, uint32_t, acc) ROW(BUFFER, S, chain) ROW(BUFFER, Add, add) ROW(CHILD, fold, c)
#define CHAIN_FOLD(F, S, fold, OPEN)                                                               \
    BIDE_ASYNC(uint32_t, F)                                                                        \
    {                                                                                              \
        BIDE_BEGIN(F);                                                                             \
        uint32_t total;                                                                            \
        for (; f->loops > 0; f->loops--) {                                                         \
            OPEN;                                                                                  \
            BIDE_AWAIT_TO(total, fold, c, (&f->chain, &f->add, 0));                                \
            S##_drop(&f->chain);                                                                   \
            f->acc += total;                                                                       \
        }                                                                                          \
        BIDE_RETURN(f->acc);                                                                       \
        BIDE_END;                                                                                  \
    }
#define flow_chain_loop_FRAME(ROW) CHAIN_FOLD_ROWS(ROW, Chain, Total)
CHAIN_FOLD(flow_chain_loop, Chain, Total, chain_open(&f->chain, f->by))
#define flow_chain_dyn_loop_FRAME(ROW) CHAIN_FOLD_ROWS(ROW, Flow, FlowTotal)
CHAIN_FOLD(flow_chain_dyn_loop, Flow, FlowTotal, f->chain = flow_chain_open(f->by))

#include "flow_runs.h"
