/*
 * mutex.c: a mutex is one permit. Unlocking serves one at most, and does not touch the mutex behind
 * that: the one that is served may free it.
 */
#include <bide/mutex.h>

#include "permits.h"

#define MUTEX(T, shared)                                                                           \
    void T##_init(T *m)                                                                            \
    {                                                                                              \
        m->permits = (bide_priv_permits){.free = 1};                                               \
    }                                                                                              \
    bool T##_try_lock(T *m)                                                                        \
    {                                                                                              \
        return bide_priv_permits_take(&m->permits, 1, shared);                                     \
    }                                                                                              \
    void T##_unlock(T *m)                                                                          \
    {                                                                                              \
        bide_priv_permits_give(&m->permits, 1, shared);                                            \
    }                                                                                              \
    bide_poll T##_lock_poll(struct T##_lock *f, bide_context *cx, void *out)                       \
    {                                                                                              \
        bide_poll r;                                                                               \
        (void)out;                                                                                 \
        if (!f->mutex)                                                                             \
            return BIDE_EMISUSE;                                                                   \
        r = bide_priv_permits_poll(&f->mutex->permits, 1, &f->place, cx, shared);                  \
        if (r != BIDE_PENDING)                                                                     \
            f->mutex = NULL;                                                                       \
        return r;                                                                                  \
    }                                                                                              \
    void T##_lock_drop(struct T##_lock *f)                                                         \
    {                                                                                              \
        if (f->mutex)                                                                              \
            bide_priv_permits_leave(&f->mutex->permits, &f->place, shared);                        \
        f->mutex = NULL;                                                                           \
    }                                                                                              \
    BIDE_FUTURE_DEFINE(void, T##_lock)

MUTEX(bide_mutex, true);
MUTEX(bide_local_mutex, false);
