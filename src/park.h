/*
 * park.h (private): putting one thread to sleep until another, or a signal handler, wakes it.
 *
 * The owner prepares, looks once more for work, and then waits or cancels. Whoever makes work first
 * publishes it and then unparks. Both orders are sequentially consistent, so one of the two sees
 * the other: a wake is never lost. Unparking a thread that does not sleep is one load. There is no
 * lock, so a signal handler may unpark.
 *
 * A futex where there is one, a POSIX semaphore elsewhere.
 */
#ifndef BIDE_PRIV_PARK_H
#define BIDE_PRIV_PARK_H

#include "atomic.h"

#if defined(__linux__) && UINTPTR_MAX > 0xffffffffu && !defined(BIDE_PARK_SEMAPHORE)
#define BIDE_PRIV_FUTEX 1
#else
#include <semaphore.h>
#endif

#define BIDE_PRIV_FOREVER UINT64_MAX

typedef struct bide_priv_parker {
    uint32_t sleeping; /* atomic: 1 from prepare until somebody clears it */
#ifndef BIDE_PRIV_FUTEX
    sem_t semaphore; /* posted once for each clearing by another */
#endif
} bide_priv_parker;

/* False: no semaphore could be had. */
bool bide_priv_park_init(bide_priv_parker *parker);
void bide_priv_park_end(bide_priv_parker *parker);

/* The owner's side: after prepare exactly one of cancel and wait. Wait returns when it was woken,
 * after `timeout` nanoseconds (or BIDE_PRIV_FOREVER), or when a signal came. Both tell whether
 * another thread has unparked since prepare. */
void bide_priv_park_prepare(bide_priv_parker *parker);
bool bide_priv_park_cancel(bide_priv_parker *parker);
bool bide_priv_park_wait(bide_priv_parker *parker, uint64_t timeout);

/* The first half of wait. True: it was woken, and there is nothing more to do; else cancel must
 * follow, before which the owner can still be unparked. */
bool bide_priv_park_block(bide_priv_parker *parker, uint64_t timeout);

/* Any thread, and signal handlers. Keeps errno. Tells whether the owner was parked, and it was this
 * call that ended that. */
bool bide_priv_unpark(bide_priv_parker *parker);

/* The system's monotonic clock in nanoseconds. */
uint64_t bide_priv_monotonic(void);

/* Test builds stop at each step of queueing, draining and parking, to let a signal come there. */
#ifdef BIDE_TEST_STEPS
extern void (*bide_priv_step)(int step);
#define BIDE_PRIV_STEP(n)                                                                          \
    do {                                                                                           \
        if (bide_priv_step)                                                                        \
            bide_priv_step(n);                                                                     \
    } while (0)
#else
#define BIDE_PRIV_STEP(n) ((void)0)
#endif

#endif
