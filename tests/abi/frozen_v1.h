/*
 * frozen_v1.h: the interface Counter as its first release declared it. This file never changes: old
 * modules and old hosts are built from it.
 */
#ifndef COUNTER_H
#define COUNTER_H

#include <bide/bide.h>

/* An argument that may grow: its first member says how much of it the caller knew. */
typedef struct counter_options {
    uint32_t size;
    int32_t step;
} counter_options;

/* A one-place channel that either side may hold: the waker crosses with it. */
typedef struct counter_mail {
    bide_waker *waker;
    int32_t value;
    bool full;
} counter_mail;

#define Counter_METHODS(METHOD, I, Self)                                                           \
    METHOD(I, Self, ASYNC, int32_t, add, (int32_t, n))                                             \
    METHOD(I, Self, ASYNC_MUT, void, configure, (const counter_options *, options))                \
    METHOD(I, Self, ASYNC, int32_t, receive, (counter_mail *, mail))                               \
    METHOD(I, Self, SYNC, int32_t, total)                                                          \
    METHOD(I, Self, SYNC, bool, is_even, (bool, strict))
BIDE_INTERFACE(Counter);

#endif
