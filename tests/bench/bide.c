/*
 * bide.c: the workloads on bide, one body a workload, as a user would write it. Compiled twice:
 * as bench_bide (the C heap and the placements over it) and, linked with bide::mimalloc, as
 * bench_bide_mimalloc.
 *
 * A workload's name ending in _v uses the by-value awaits (BIDE_AWAIT_TO_V).
 */
#include "gate.h"
#include "stream.h"

/* ---- the interface ----------------------------------------------------------------------- */

#define Adder_METHODS(METHOD, I, Self)                                                             \
    METHOD(I, Self, ASYNC, uint32_t, add, (uint32_t, a), (uint32_t, b))
BIDE_INTERFACE(Adder);

/* Four leaves: ready at once or after one suspension, each in two variants, so that a receiver
 * chosen at run time cannot be known to the compiler. */
typedef struct Leaf {
    uint32_t last;
} Leaf;
typedef Leaf Plus, Minus, NapPlus, NapMinus;

#define Plus_add_FRAME(ROW) ROW(PARAM, Plus *, self) ROW(PARAM, uint32_t, a) ROW(PARAM, uint32_t, b)
BIDE_ASYNC(uint32_t, Plus_add)
{
    BIDE_BEGIN(Plus_add);
    f->self->last = f->a + f->b;
    BIDE_RETURN(f->self->last);
    BIDE_END;
}

#define Minus_add_FRAME(ROW) Plus_add_FRAME(ROW)
BIDE_ASYNC(uint32_t, Minus_add)
{
    BIDE_BEGIN(Minus_add);
    f->self->last = f->a - f->b;
    BIDE_RETURN(f->self->last);
    BIDE_END;
}

#define NapPlus_add_FRAME(ROW) Plus_add_FRAME(ROW) ROW(CHILD, bide_yield, nap)
BIDE_ASYNC(uint32_t, NapPlus_add)
{
    BIDE_BEGIN(NapPlus_add);
    BIDE_AWAIT(bide_yield, nap, ());
    f->self->last = f->a + f->b;
    BIDE_RETURN(f->self->last);
    BIDE_END;
}

#define NapMinus_add_FRAME(ROW) NapPlus_add_FRAME(ROW)
BIDE_ASYNC(uint32_t, NapMinus_add)
{
    BIDE_BEGIN(NapMinus_add);
    BIDE_AWAIT(bide_yield, nap, ());
    f->self->last = f->a - f->b;
    BIDE_RETURN(f->self->last);
    BIDE_END;
}

/* A link of the chain: awaits the next one and adds 1; by plain awaits and by value. */
typedef struct Link {
    Adder next;
} Link;
typedef Link LinkV;

#define Link_add_FRAME(ROW)                                                                        \
    ROW(PARAM, Link *, self)                                                                       \
    ROW(PARAM, uint32_t, a) ROW(PARAM, uint32_t, b) ROW(CHILD, Adder_add, c)
BIDE_ASYNC(uint32_t, Link_add)
{
    BIDE_BEGIN(Link_add);
    uint32_t r;
    BIDE_AWAIT_TO(r, Adder_add, c, (&f->self->next, f->a, f->b));
    BIDE_RETURN(r + 1);
    BIDE_END;
}

#define LinkV_add_FRAME(ROW) Link_add_FRAME(ROW)
BIDE_ASYNC(uint32_t, LinkV_add)
{
    BIDE_BEGIN(LinkV_add);
    uint32_t r;
    BIDE_AWAIT_TO_V(r, Adder_add, c, (&f->self->next, f->a, f->b));
    BIDE_RETURN(r + 1);
    BIDE_END;
}

BIDE_IMPL_DECLARE(Adder, Plus);
BIDE_IMPL(Adder, Plus);
BIDE_IMPL_DECLARE(Adder, Minus);
BIDE_IMPL(Adder, Minus);
BIDE_IMPL_DECLARE(Adder, NapPlus);
BIDE_IMPL(Adder, NapPlus);
BIDE_IMPL_DECLARE(Adder, NapMinus);
BIDE_IMPL(Adder, NapMinus);
BIDE_IMPL_DECLARE(Adder, Link);
BIDE_IMPL(Adder, Link);
BIDE_IMPL_DECLARE(Adder, LinkV);
BIDE_IMPL(Adder, LinkV);

/* ---- the loops --------------------------------------------------------------------------- */

/* LOOP(F, T, child, AWAIT): the root future that awaits `child` on a T over and over. */
#define LOOP_ROWS(ROW, T, child)                                                                   \
    ROW(PARAM, T *, self)                                                                          \
    ROW(PARAM, uint32_t, loops)                                                                    \
    ROW(LOCAL, uint32_t, i) ROW(LOCAL, uint32_t, acc) ROW(CHILD, child, c)
#define LOOP(F, child, AWAIT)                                                                      \
    BIDE_ASYNC(uint32_t, F)                                                                        \
    {                                                                                              \
        BIDE_BEGIN(F);                                                                             \
        for (f->i = 0; f->i < f->loops; f->i++) {                                                  \
            AWAIT(f->acc, child, c, (f->self, f->acc, opaque(f->i)));                              \
        }                                                                                          \
        BIDE_RETURN(f->acc);                                                                       \
        BIDE_END;                                                                                  \
    }

#define dyn_loop_FRAME(ROW) LOOP_ROWS(ROW, Adder, Adder_add)
LOOP(dyn_loop, Adder_add, BIDE_AWAIT_TO)
#define dyn_loop_v_FRAME(ROW) LOOP_ROWS(ROW, Adder, Adder_add)
LOOP(dyn_loop_v, Adder_add, BIDE_AWAIT_TO_V)
#define static_loop_FRAME(ROW) LOOP_ROWS(ROW, Plus, Plus_add)
LOOP(static_loop, Plus_add, BIDE_AWAIT_TO)

/* A static chain: level<n> awaits level<n-1> and adds 1. The result is used before the next await,
 * so a C local can hold it. */
#define LEVEL_ROWS(ROW, child)                                                                     \
    ROW(PARAM, Plus *, self) ROW(PARAM, uint32_t, a) ROW(PARAM, uint32_t, b) ROW(CHILD, child, c)
#define LEVEL(F, child, AWAIT)                                                                     \
    BIDE_ASYNC_INLINE(uint32_t, F)                                                                 \
    {                                                                                              \
        BIDE_BEGIN(F);                                                                             \
        uint32_t r;                                                                                \
        AWAIT(r, child, c, (f->self, f->a, f->b));                                                 \
        BIDE_RETURN(r + 1);                                                                        \
        BIDE_END;                                                                                  \
    }

#define level1_FRAME(ROW) LEVEL_ROWS(ROW, Plus_add)
#define level2_FRAME(ROW) LEVEL_ROWS(ROW, level1)
#define level3_FRAME(ROW) LEVEL_ROWS(ROW, level2)
#define level4_FRAME(ROW) LEVEL_ROWS(ROW, level3)
#define level5_FRAME(ROW) LEVEL_ROWS(ROW, level4)
#define level6_FRAME(ROW) LEVEL_ROWS(ROW, level5)
#define level7_FRAME(ROW) LEVEL_ROWS(ROW, level6)
#define level8_FRAME(ROW) LEVEL_ROWS(ROW, level7)
#define level9_FRAME(ROW) LEVEL_ROWS(ROW, level8)
LEVEL(level1, Plus_add, BIDE_AWAIT_TO)
LEVEL(level2, level1, BIDE_AWAIT_TO)
LEVEL(level3, level2, BIDE_AWAIT_TO)
LEVEL(level4, level3, BIDE_AWAIT_TO)
LEVEL(level5, level4, BIDE_AWAIT_TO)
LEVEL(level6, level5, BIDE_AWAIT_TO)
LEVEL(level7, level6, BIDE_AWAIT_TO)
LEVEL(level8, level7, BIDE_AWAIT_TO)
LEVEL(level9, level8, BIDE_AWAIT_TO)
#define chain_loop_FRAME(ROW) LOOP_ROWS(ROW, Plus, level9)
LOOP(chain_loop, level9, BIDE_AWAIT_TO)

#define level1_v_FRAME(ROW) LEVEL_ROWS(ROW, Plus_add)
#define level2_v_FRAME(ROW) LEVEL_ROWS(ROW, level1_v)
#define level3_v_FRAME(ROW) LEVEL_ROWS(ROW, level2_v)
#define level4_v_FRAME(ROW) LEVEL_ROWS(ROW, level3_v)
#define level5_v_FRAME(ROW) LEVEL_ROWS(ROW, level4_v)
#define level6_v_FRAME(ROW) LEVEL_ROWS(ROW, level5_v)
#define level7_v_FRAME(ROW) LEVEL_ROWS(ROW, level6_v)
#define level8_v_FRAME(ROW) LEVEL_ROWS(ROW, level7_v)
#define level9_v_FRAME(ROW) LEVEL_ROWS(ROW, level8_v)
LEVEL(level1_v, Plus_add, BIDE_AWAIT_TO_V)
LEVEL(level2_v, level1_v, BIDE_AWAIT_TO_V)
LEVEL(level3_v, level2_v, BIDE_AWAIT_TO_V)
LEVEL(level4_v, level3_v, BIDE_AWAIT_TO_V)
LEVEL(level5_v, level4_v, BIDE_AWAIT_TO_V)
LEVEL(level6_v, level5_v, BIDE_AWAIT_TO_V)
LEVEL(level7_v, level6_v, BIDE_AWAIT_TO_V)
LEVEL(level8_v, level7_v, BIDE_AWAIT_TO_V)
LEVEL(level9_v, level8_v, BIDE_AWAIT_TO_V)
#define chain_loop_v_FRAME(ROW) LOOP_ROWS(ROW, Plus, level9_v)
LOOP(chain_loop_v, level9_v, BIDE_AWAIT_TO_V)

/* ---- streams ----------------------------------------------------------------------------- */

#define Up_next_FRAME(ROW) ROW(PARAM, Up *, self)
BIDE_ASYNC(Item, Up_next)
{
    BIDE_BEGIN(Up_next);
    BIDE_RETURN(count_next(f->self, 1));
    BIDE_END;
}

#define Down_next_FRAME(ROW) ROW(PARAM, Down *, self)
BIDE_ASYNC(Item, Down_next)
{
    BIDE_BEGIN(Down_next);
    BIDE_RETURN(count_next(f->self, UINT32_MAX));
    BIDE_END;
}

BIDE_IMPL(Numbers, Up);
BIDE_IMPL(Numbers, Down);

/* Shape: the root future that sums `loops` streams, item by item awaited from `child`. */
#define SUM_ROWS(ROW, T, child)                                                                    \
    ROW(PARAM, T *, self)                                                                          \
    ROW(PARAM, uint32_t, loops) ROW(LOCAL, uint32_t, acc) ROW(CHILD, child, c)
#define SUM(F, child)                                                                              \
    BIDE_ASYNC(uint32_t, F)                                                                        \
    {                                                                                              \
        BIDE_BEGIN(F);                                                                             \
        Item item;                                                                                 \
        while (f->loops > 0) {                                                                     \
            BIDE_AWAIT_TO(item, child, c, (f->self));                                              \
            if (item.some)                                                                         \
                f->acc += item.value;                                                              \
            else                                                                                   \
                f->loops--;                                                                        \
        }                                                                                          \
        BIDE_RETURN(f->acc);                                                                       \
        BIDE_END;                                                                                  \
    }
#define stream_static_loop_FRAME(ROW) SUM_ROWS(ROW, Up, Up_item)
SUM(stream_static_loop, Up_item)
#define stream_poll_loop_FRAME(ROW) SUM_ROWS(ROW, Numbers, Numbers_item)
SUM(stream_poll_loop, Numbers_item)
#define stream_next_loop_FRAME(ROW) SUM_ROWS(ROW, Numbers, Numbers_next)
SUM(stream_next_loop, Numbers_next)

/* ---- many tasks -------------------------------------------------------------------------- */

#define Front_pass_FRAME(ROW)                                                                      \
    ROW(PARAM, Front *, self) ROW(PARAM, uint32_t, n) ROW(CHILD, event_wait, wait)
BIDE_ASYNC(uint32_t, Front_pass)
{
    BIDE_BEGIN(Front_pass);
    BIDE_AWAIT(event_wait, wait, (f->self->event));
    BIDE_RETURN(f->n);
    BIDE_END;
}

#define Back_pass_FRAME(ROW)                                                                       \
    ROW(PARAM, Back *, self) ROW(PARAM, uint32_t, n) ROW(CHILD, event_wait, wait)
BIDE_ASYNC(uint32_t, Back_pass)
{
    BIDE_BEGIN(Back_pass);
    BIDE_AWAIT(event_wait, wait, (f->self->event));
    BIDE_RETURN(0 - f->n);
    BIDE_END;
}

BIDE_IMPL(Gate, Front);
BIDE_IMPL(Gate, Back);

#define client_FRAME(ROW)                                                                          \
    ROW(PARAM, Gate *, gate) ROW(PARAM, uint32_t, n) ROW(CHILD, Gate_pass, call)
BIDE_ASYNC(uint32_t, client)
{
    BIDE_BEGIN(client);
    uint32_t r;
    BIDE_AWAIT_TO(r, Gate_pass, call, (f->gate, f->n));
    BIDE_RETURN(r);
    BIDE_END;
}

#define BENCH_BY_VALUE 1
#include "bide_runs.h"
