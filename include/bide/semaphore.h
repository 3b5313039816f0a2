/*
 * bide/semaphore.h: a number of permits that tasks take and give back.
 *
 *     bide_semaphore_init(&slots, 10);
 *     BIDE_AWAIT(bide_semaphore_acquire, slot, (&slots, 1));
 *     ... at most ten tasks at once are here ...
 *     bide_semaphore_release(&slots, 1);
 *
 * First come, first served: who wants much is not overtaken by who wants little. A future that is
 * dropped while it waits leaves the queue; one that got its permits and was dropped before it saw
 * them gives them back to who comes next. A permit has no owner: what was acquired must be released
 * by the program, on every way out, by any task and thread; permits may be added by releasing more.
 *
 * bide_semaphore is for tasks on any threads, bide_local_semaphore for those of one thread, without
 * atomic operations. The object must outlive the futures that wait for it and the calls of the
 * functions below. Nothing allocates, and nothing is to be ended. The queue and its fairness are
 * those of tokio's Semaphore.
 */
#ifndef BIDE_SEMAPHORE_H
#define BIDE_SEMAPHORE_H

#include <bide/future.h>
#include <bide/waiter.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

BIDE_PRIV_C_BEGIN

/* Private: of both forms. */
typedef struct bide_priv_permits {
    uint32_t lock;
    size_t free;
    bide_priv_wait_list waiting;
} bide_priv_permits;

BIDE_INLINE void bide_priv_permit_trace(const void *frame, bide_tracer *tracer)
{
    (void)frame;
    bide_tracer_note(tracer, "a permit of a semaphore");
}

/* ---- between threads ---------------------------------------------------------------------- */

typedef struct bide_semaphore {
    bide_priv_permits permits;
} bide_semaphore;

/* Makes one with so many permits. */
BIDE_API void bide_semaphore_init(bide_semaphore *semaphore, size_t permits);

/* Takes permits if they are there and nobody waits. */
BIDE_API bool bide_semaphore_try_acquire(bide_semaphore *semaphore, size_t permits);

/* Gives permits back, or adds them; wakes those whose turn it is. */
BIDE_API void bide_semaphore_release(bide_semaphore *semaphore, size_t permits);

/* Permits that are there now. */
BIDE_API size_t bide_semaphore_available(bide_semaphore *semaphore);

/* bide_semaphore_acquire(semaphore, permits) -> void: waits for so many at once, and takes them. A
 * call through an interface takes memory only if it must wait. */
#define bide_priv_semaphore_try(f, cx, out)                                                        \
    (bide_semaphore_try_acquire((f)->semaphore, (f)->permits) ? BIDE_READY : BIDE_PENDING)
#define bide_semaphore_acquire_FRAME(ROW)                                                          \
    ROW(TRAITS, BIDE_SEND) ROW(TRY, bide_priv_semaphore_try) ROW(TRACE, bide_priv_permit_trace)    \
    ROW(PARAM, bide_semaphore *, semaphore) ROW(PARAM, size_t, permits)                            \
    ROW(LOCAL, bide_priv_waiter, place)
BIDE_FUTURE_DECLARE_AS(BIDE_API, void, bide_semaphore_acquire)

/* ---- for one thread: the same ------------------------------------------------------------- */

typedef struct bide_local_semaphore {
    bide_priv_permits permits;
} bide_local_semaphore;

BIDE_API void bide_local_semaphore_init(bide_local_semaphore *semaphore, size_t permits);
BIDE_API bool bide_local_semaphore_try_acquire(bide_local_semaphore *semaphore, size_t permits);
BIDE_API void bide_local_semaphore_release(bide_local_semaphore *semaphore, size_t permits);
BIDE_API size_t bide_local_semaphore_available(bide_local_semaphore *semaphore);

/* bide_local_semaphore_acquire(semaphore, permits) -> void. */
#define bide_priv_local_semaphore_try(f, cx, out)                                                  \
    (bide_local_semaphore_try_acquire((f)->semaphore, (f)->permits) ? BIDE_READY : BIDE_PENDING)
#define bide_local_semaphore_acquire_FRAME(ROW)                                                    \
    ROW(TRY, bide_priv_local_semaphore_try) ROW(TRACE, bide_priv_permit_trace)                     \
    ROW(PARAM, bide_local_semaphore *, semaphore) ROW(PARAM, size_t, permits)                      \
    ROW(LOCAL, bide_priv_waiter, place)
BIDE_FUTURE_DECLARE_AS(BIDE_API, void, bide_local_semaphore_acquire)

BIDE_PRIV_C_END

#endif
