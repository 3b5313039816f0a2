/*
 * park.c: the parker, and the clock that its time-outs are measured on.
 */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* syscall */
#elif !defined(_POSIX_C_SOURCE)
#define _POSIX_C_SOURCE 200809L
#endif

#include "park.h"

#include <errno.h>
#include <time.h>

#ifdef BIDE_PRIV_FUTEX
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#define NANOSECONDS 1000000000u
/* Longer waits are cut, so that the seconds fit everywhere; the caller looks again anyway. */
#define LONGEST_WAIT ((uint64_t)1000000 * NANOSECONDS)

uint64_t bide_priv_monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NANOSECONDS + (uint64_t)now.tv_nsec;
}

void bide_priv_park_prepare(bide_priv_parker *parker)
{
    bide_priv_store_seq_cst(BIDE_PRIV_U32(&parker->sleeping), 1u);
}

#ifdef BIDE_PRIV_FUTEX

bool bide_priv_park_init(bide_priv_parker *parker)
{
    parker->sleeping = 0;
    return true;
}

void bide_priv_park_end(bide_priv_parker *parker)
{
    (void)parker;
}

bool bide_priv_park_cancel(bide_priv_parker *parker)
{
    return bide_priv_exchange_acquire(BIDE_PRIV_U32(&parker->sleeping), 0u) == 0;
}

bool bide_priv_park_block(bide_priv_parker *parker, uint64_t timeout)
{
    struct timespec t;
    if (timeout > LONGEST_WAIT)
        timeout = LONGEST_WAIT;
    t.tv_sec = (time_t)(timeout / NANOSECONDS);
    t.tv_nsec = (long)(timeout % NANOSECONDS);
    /* The kernel compares the word again: an unpark since prepare returns at once. */
    syscall(SYS_futex, &parker->sleeping, FUTEX_WAIT_PRIVATE, 1, &t, NULL, 0);
    return false;
}

bool bide_priv_unpark(bide_priv_parker *parker)
{
    int saved;
    if (bide_priv_load_seq_cst(BIDE_PRIV_U32(&parker->sleeping)) == 0 ||
        bide_priv_exchange_seq_cst(BIDE_PRIV_U32(&parker->sleeping), 0u) == 0)
        return false;
    saved = errno;
    BIDE_PRIV_STEP(1);
    syscall(SYS_futex, &parker->sleeping, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    errno = saved;
    return true;
}

#else

bool bide_priv_park_init(bide_priv_parker *parker)
{
    parker->sleeping = 0;
    return sem_init(&parker->semaphore, 0, 0) == 0;
}

void bide_priv_park_end(bide_priv_parker *parker)
{
    sem_destroy(&parker->semaphore);
}

/* Whoever cleared the word posts, or is about to: that post must be consumed, or the next wait
 * would return for nothing. */
bool bide_priv_park_cancel(bide_priv_parker *parker)
{
    if (bide_priv_exchange_seq_cst(BIDE_PRIV_U32(&parker->sleeping), 0u) != 0)
        return false;
    while (sem_wait(&parker->semaphore) != 0 && errno == EINTR)
        continue;
    return true;
}

/* POSIX has timed waits on the wall clock only. A step of that clock makes one wait too short or
 * too long; a short one is noticed by the caller, which looks at its own clock. */
static bool wait_until(bide_priv_parker *parker, uint64_t timeout)
{
    struct timespec t;
    uint64_t end;
    clock_gettime(CLOCK_REALTIME, &t);
    end = (uint64_t)t.tv_nsec + timeout % NANOSECONDS;
    t.tv_sec += (time_t)(timeout / NANOSECONDS + end / NANOSECONDS);
    t.tv_nsec = (long)(end % NANOSECONDS);
    return sem_timedwait(&parker->semaphore, &t) == 0;
}

bool bide_priv_park_block(bide_priv_parker *parker, uint64_t timeout)
{
    return timeout >= LONGEST_WAIT ? sem_wait(&parker->semaphore) == 0
                                   : wait_until(parker, timeout);
}

bool bide_priv_unpark(bide_priv_parker *parker)
{
    int saved;
    if (bide_priv_load_seq_cst(BIDE_PRIV_U32(&parker->sleeping)) == 0 ||
        bide_priv_exchange_seq_cst(BIDE_PRIV_U32(&parker->sleeping), 0u) == 0)
        return false;
    saved = errno;
    BIDE_PRIV_STEP(1);
    sem_post(&parker->semaphore);
    errno = saved;
    return true;
}

#endif

bool bide_priv_park_wait(bide_priv_parker *parker, uint64_t timeout)
{
    return bide_priv_park_block(parker, timeout) || bide_priv_park_cancel(parker);
}
