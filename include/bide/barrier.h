/*
 * bide/barrier.h: a number of tasks that wait for each other.
 *
 *     bide_barrier_init(&gate, 3);
 *     BIDE_AWAIT_TO(f->leader, bide_barrier_wait, all, (&gate));     // in each of three tasks
 *
 * The last one to come opens the barrier for all, and is the leader of that round: its wait gives
 * true, the others' false. Then the barrier is closed again for the next round. A future that is
 * dropped while it waits has not come; one that is dropped behind the opening has.
 *
 * bide_barrier is for tasks on any threads, bide_local_barrier for those of one thread, without
 * atomic operations. The object must outlive the futures that wait for it and the poll that opens
 * it. Nothing allocates, and nothing is to be ended. This is tokio's Barrier.
 */
#ifndef BIDE_BARRIER_H
#define BIDE_BARRIER_H

#include <bide/future.h>
#include <bide/waiter.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

BIDE_PRIV_C_BEGIN

/* Private: of both forms. */
typedef struct bide_priv_gate {
    uint32_t lock;
    size_t parties;
    size_t here;  /* of this round */
    size_t round; /* how often it was opened */
    bide_priv_wait_list waiting;
} bide_priv_gate;

BIDE_INLINE void bide_priv_barrier_trace(const void *frame, bide_tracer *tracer)
{
    (void)frame;
    bide_tracer_note(tracer, "the others at a barrier");
}

/* ---- between threads ---------------------------------------------------------------------- */

typedef struct bide_barrier {
    bide_priv_gate gate;
} bide_barrier;

/* Makes one for so many at a time. For 0 or 1 nobody waits, and each is the leader. */
BIDE_API void bide_barrier_init(bide_barrier *barrier, size_t parties);

/* bide_barrier_wait(barrier) -> bool: waits for the others; true for one of them. */
#define bide_barrier_wait_FRAME(ROW)                                                               \
    ROW(TRAITS, BIDE_SEND) ROW(TRACE, bide_priv_barrier_trace)                                     \
    ROW(PARAM, bide_barrier *, barrier) ROW(LOCAL, bide_priv_waiter, place)
BIDE_FUTURE_DECLARE_AS(BIDE_API, bool, bide_barrier_wait)

/* ---- for one thread: the same ------------------------------------------------------------- */

typedef struct bide_local_barrier {
    bide_priv_gate gate;
} bide_local_barrier;

BIDE_API void bide_local_barrier_init(bide_local_barrier *barrier, size_t parties);

/* bide_local_barrier_wait(barrier) -> bool. */
#define bide_local_barrier_wait_FRAME(ROW)                                                         \
    ROW(TRACE, bide_priv_barrier_trace)                                                            \
    ROW(PARAM, bide_local_barrier *, barrier) ROW(LOCAL, bide_priv_waiter, place)
BIDE_FUTURE_DECLARE_AS(BIDE_API, bool, bide_local_barrier_wait)

BIDE_PRIV_C_END

#endif
