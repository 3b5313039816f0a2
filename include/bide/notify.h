/*
 * bide/notify.h: telling tasks that something has happened, without a value.
 *
 *     bide_notify_init(&work);
 *     BIDE_AWAIT(bide_notify_wait, told, (&work));       // in one task
 *     bide_notify_one(&work);                            // anywhere else
 *
 * bide_notify_one wakes who has waited longest. If nobody waits it is remembered, once: the next
 * wait is ready at once. bide_notify_all wakes all that wait now and is not remembered. A future
 * waits from its first poll on. Dropped while it waits it leaves the queue; dropped with a
 * bide_notify_one that it did not see, it passes that on.
 *
 * bide_notify is for tasks on any threads, bide_local_notify for those of one thread, without
 * atomic operations. The object must outlive the futures that wait for it and the calls of the
 * functions below. Nothing allocates, and nothing is to be ended. This is tokio's Notify.
 */
#ifndef BIDE_NOTIFY_H
#define BIDE_NOTIFY_H

#include <bide/future.h>
#include <bide/waiter.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

BIDE_PRIV_C_BEGIN

/* Private: of both forms. */
typedef struct bide_priv_notes {
    uint32_t lock;
    bool stored;  /* a notify_one that nobody has had */
    size_t round; /* how many notify_all there were */
    bide_priv_wait_list waiting;
} bide_priv_notes;

BIDE_INLINE void bide_priv_notify_trace(const void *frame, bide_tracer *tracer)
{
    (void)frame;
    bide_tracer_note(tracer, "to be notified");
}

/* ---- between threads ---------------------------------------------------------------------- */

typedef struct bide_notify {
    bide_priv_notes notes;
} bide_notify;

/* Makes one with nothing remembered. */
BIDE_API void bide_notify_init(bide_notify *notify);

/* Wakes one, or is remembered. */
BIDE_API void bide_notify_one(bide_notify *notify);

/* Wakes all that wait now. */
BIDE_API void bide_notify_all(bide_notify *notify);

/* bide_notify_wait(notify) -> void. Looks at what is remembered first: a call through an interface
 * takes memory only if it must wait. */
BIDE_API bool bide_priv_notify_take(bide_notify *notify);
#define bide_priv_notify_try(f, cx, out)                                                           \
    (bide_priv_notify_take((f)->notify) ? BIDE_READY : BIDE_PENDING)
#define bide_notify_wait_FRAME(ROW)                                                                \
    ROW(TRAITS, BIDE_SEND) ROW(TRY, bide_priv_notify_try) ROW(TRACE, bide_priv_notify_trace)       \
    ROW(PARAM, bide_notify *, notify) ROW(LOCAL, bide_priv_waiter, place)
BIDE_FUTURE_DECLARE_AS(BIDE_API, void, bide_notify_wait)

/* ---- for one thread: the same ------------------------------------------------------------- */

typedef struct bide_local_notify {
    bide_priv_notes notes;
} bide_local_notify;

BIDE_API void bide_local_notify_init(bide_local_notify *notify);
BIDE_API void bide_local_notify_one(bide_local_notify *notify);
BIDE_API void bide_local_notify_all(bide_local_notify *notify);

/* bide_local_notify_wait(notify) -> void. */
BIDE_API bool bide_priv_local_notify_take(bide_local_notify *notify);
#define bide_priv_local_notify_try(f, cx, out)                                                     \
    (bide_priv_local_notify_take((f)->notify) ? BIDE_READY : BIDE_PENDING)
#define bide_local_notify_wait_FRAME(ROW)                                                          \
    ROW(TRY, bide_priv_local_notify_try) ROW(TRACE, bide_priv_notify_trace)                        \
    ROW(PARAM, bide_local_notify *, notify) ROW(LOCAL, bide_priv_waiter, place)
BIDE_FUTURE_DECLARE_AS(BIDE_API, void, bide_local_notify_wait)

BIDE_PRIV_C_END

#endif
