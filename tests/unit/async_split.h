/*
 * async_split.h: future types that are declared here and defined in async_split.c.
 */
#ifndef BIDE_TESTS_ASYNC_SPLIT_H
#define BIDE_TESTS_ASYNC_SPLIT_H

#include <bide/async.h>
#include <bide/testing_futures.h>

/* A body whose functions are external. */
#define split_sum_FRAME(ROW)                                                                       \
    ROW(TRAITS, BIDE_SEND)                                                                         \
    ROW(PARAM, int32_t, a)                                                                         \
    ROW(PARAM, int32_t, b) ROW(LOCAL, int32_t, x) ROW(CHILD, bide_pending_times, wait)
BIDE_ASYNC_DECLARE(int32_t, split_sum)

/* One without parameters and Output. */
#define split_nothing_FRAME(ROW) ROW(CHILD, bide_pending_once, wait)
BIDE_ASYNC_DECLARE(void, split_nothing)

/* A future by hand. */
#define split_leaf_FRAME(ROW)                                                                      \
    ROW(TRAITS, BIDE_SEND | BIDE_UNPIN) ROW(PARAM, int32_t, value) ROW(LOCAL, uint32_t, polls)
BIDE_FUTURE_DECLARE(int32_t, split_leaf)

/* The record as that other file sees it. */
const bide_type *split_sum_record(void);

#endif
