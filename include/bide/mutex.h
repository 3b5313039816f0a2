/*
 * bide/mutex.h: a lock that may be held across an await.
 *
 *     bide_mutex_init(&books);
 *     BIDE_AWAIT(bide_mutex_lock, door, (&books));
 *     BIDE_AWAIT(write_book, page, (...));               // still locked
 *     bide_mutex_unlock(&books);                         // in BIDE_CLEANUP, or `scoped` in async C
 *
 * First come, first served: unlocking hands the lock to who has waited longest. A future that is
 * dropped while it waits leaves the queue; one that had been handed the lock and was dropped before
 * it saw that passes it on. Whoever got the lock must unlock it on every way out, also when it is
 * dropped; any task may, on any thread. Locking twice in one task waits for ever.
 *
 * bide_mutex is for tasks on any threads, bide_local_mutex for those of one thread, without atomic
 * operations. The object must outlive the futures that wait for it; whoever unlocks last may then
 * free it. Nothing allocates, and nothing is to be ended. A lock that is not held across an await
 * is better a mutex of the system's. This is tokio's Mutex, without its data.
 */
#ifndef BIDE_MUTEX_H
#define BIDE_MUTEX_H

#include <bide/semaphore.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

BIDE_PRIV_C_BEGIN

BIDE_INLINE void bide_priv_mutex_trace(const void *frame, bide_tracer *tracer)
{
    (void)frame;
    bide_tracer_note(tracer, "a mutex");
}

/* ---- between threads ---------------------------------------------------------------------- */

/* One permit. */
typedef struct bide_mutex {
    bide_priv_permits permits;
} bide_mutex;

/* Makes one that is not locked. */
BIDE_API void bide_mutex_init(bide_mutex *mutex);

/* Locks it if nobody has it; tells whether. */
BIDE_API bool bide_mutex_try_lock(bide_mutex *mutex);

/* Unlocks it, or hands it to who comes next. It was locked. */
BIDE_API void bide_mutex_unlock(bide_mutex *mutex);

/* bide_mutex_lock(mutex) -> void: waits for the lock, and takes it. A call through an interface
 * takes memory only if it must wait. */
#define bide_priv_mutex_try(f, cx, out)                                                            \
    (bide_mutex_try_lock((f)->mutex) ? BIDE_READY : BIDE_PENDING)
#define bide_mutex_lock_FRAME(ROW)                                                                 \
    ROW(TRAITS, BIDE_SEND) ROW(TRY, bide_priv_mutex_try) ROW(TRACE, bide_priv_mutex_trace)         \
    ROW(PARAM, bide_mutex *, mutex) ROW(LOCAL, bide_priv_waiter, place)
BIDE_FUTURE_DECLARE_AS(BIDE_API, void, bide_mutex_lock)

/* ---- for one thread: the same ------------------------------------------------------------- */

typedef struct bide_local_mutex {
    bide_priv_permits permits;
} bide_local_mutex;

BIDE_API void bide_local_mutex_init(bide_local_mutex *mutex);
BIDE_API bool bide_local_mutex_try_lock(bide_local_mutex *mutex);
BIDE_API void bide_local_mutex_unlock(bide_local_mutex *mutex);

/* bide_local_mutex_lock(mutex) -> void. */
#define bide_priv_local_mutex_try(f, cx, out)                                                      \
    (bide_local_mutex_try_lock((f)->mutex) ? BIDE_READY : BIDE_PENDING)
#define bide_local_mutex_lock_FRAME(ROW)                                                           \
    ROW(TRY, bide_priv_local_mutex_try) ROW(TRACE, bide_priv_mutex_trace)                          \
    ROW(PARAM, bide_local_mutex *, mutex) ROW(LOCAL, bide_priv_waiter, place)
BIDE_FUTURE_DECLARE_AS(BIDE_API, void, bide_local_mutex_lock)

BIDE_PRIV_C_END

#endif
