/*
 * semaphore.c: permits in their two forms.
 */
#include "permits.h"

/* Futures forget their semaphore at their end, and do not touch it again. */
#define SEMAPHORE(T, shared)                                                                       \
    void T##_init(T *s, size_t permits)                                                            \
    {                                                                                              \
        s->permits = (bide_priv_permits){.free = permits};                                         \
    }                                                                                              \
    bool T##_try_acquire(T *s, size_t permits)                                                     \
    {                                                                                              \
        return bide_priv_permits_take(&s->permits, permits, shared);                               \
    }                                                                                              \
    void T##_release(T *s, size_t permits)                                                         \
    {                                                                                              \
        bide_priv_permits_give(&s->permits, permits, shared);                                      \
    }                                                                                              \
    size_t T##_available(T *s)                                                                     \
    {                                                                                              \
        return bide_priv_permits_count(&s->permits, shared);                                       \
    }                                                                                              \
    bide_poll T##_acquire_poll(struct T##_acquire *f, bide_context *cx, void *out)                 \
    {                                                                                              \
        bide_poll r;                                                                               \
        (void)out;                                                                                 \
        if (!f->semaphore)                                                                         \
            return BIDE_EMISUSE;                                                                   \
        r = bide_priv_permits_poll(&f->semaphore->permits, f->permits, &f->place, cx, shared);     \
        if (r != BIDE_PENDING)                                                                     \
            f->semaphore = NULL;                                                                   \
        return r;                                                                                  \
    }                                                                                              \
    void T##_acquire_drop(struct T##_acquire *f)                                                   \
    {                                                                                              \
        if (f->semaphore)                                                                          \
            bide_priv_permits_leave(&f->semaphore->permits, &f->place, shared);                    \
        f->semaphore = NULL;                                                                       \
    }                                                                                              \
    BIDE_FUTURE_DEFINE(void, T##_acquire)

SEMAPHORE(bide_semaphore, true);
SEMAPHORE(bide_local_semaphore, false);
