/*
 * shared.h: SharedCalculator is counted, and its calls keep it alive.
 *
 * Each call's frame holds a reference from its beginning to its end, whichever way it ends: the
 * owner may give up his own while calls run. The state goes with the last reference. One thread
 * uses it all, so the count is a plain one.
 */
#ifndef SHARED_H
#define SHARED_H

#include "calculator.h"

typedef struct SharedCalculator {
    bide_allocator *giver; /* of this object's memory */
    uint64_t delay_ms;     /* of each call */
    uint32_t references;
    int32_t last;
} SharedCalculator;

BIDE_IMPL_DECLARE(Calculator, SharedCalculator);

/* Makes one with one reference, the caller's: BIDE_READY, or BIDE_ENOMEM. */
bide_poll SharedCalculator_new(bide_allocator *allocator, uint64_t delay_ms,
                               SharedCalculator **out);

SharedCalculator *SharedCalculator_retain(SharedCalculator *self);
void SharedCalculator_release(SharedCalculator *self);

#define SharedCalculator_SELF(ROW)                                                                 \
    ROW(COUNTED, SharedCalculator *, self, SharedCalculator_retain, SharedCalculator_release)

#define SharedCalculator_add_FRAME(ROW)                                                            \
    SharedCalculator_SELF(ROW) ROW(PARAM, int32_t, a) ROW(PARAM, int32_t, b)                       \
    ROW(CHILD, bide_sleep, nap)
BIDE_ASYNC_DECLARE(int32_t, SharedCalculator_add)

#define SharedCalculator_sub_FRAME(ROW)                                                            \
    SharedCalculator_SELF(ROW) ROW(PARAM, int32_t, a) ROW(PARAM, int32_t, b)                       \
    ROW(CHILD, bide_sleep, nap)
BIDE_ASYNC_DECLARE(int32_t, SharedCalculator_sub)

#define SharedCalculator_reset_FRAME(ROW) SharedCalculator_SELF(ROW) ROW(CHILD, bide_sleep, nap)
BIDE_ASYNC_DECLARE(void, SharedCalculator_reset)

int32_t SharedCalculator_last(SharedCalculator *self);

#endif
