/*
 * counted_atomics.h: included before everything else when the library's sources are compiled once
 * more for test_local_forms: counts the read-modify-writes that src/atomic.h names.
 */
#ifndef COUNTED_ATOMICS_H
#define COUNTED_ATOMICS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* as the sources have it that come behind this */
#endif

#include "atomic.h"

#include <stddef.h>

extern size_t test_rmw;

#define TEST_RMW(view) (test_rmw++, (view))

#undef bide_priv_exchange_acquire
#undef bide_priv_exchange_release
#undef bide_priv_exchange_acq_rel
#undef bide_priv_exchange_seq_cst
#undef bide_priv_add_relaxed
#undef bide_priv_add_acq_rel
#undef bide_priv_sub_relaxed
#undef bide_priv_sub_release
#undef bide_priv_sub_acq_rel
#undef bide_priv_cas_weak_acq_rel
#define bide_priv_exchange_acquire(view, value)                                                    \
    atomic_exchange_explicit(TEST_RMW(view), (value), memory_order_acquire)
#define bide_priv_exchange_release(view, value)                                                    \
    atomic_exchange_explicit(TEST_RMW(view), (value), memory_order_release)
#define bide_priv_exchange_acq_rel(view, value)                                                    \
    atomic_exchange_explicit(TEST_RMW(view), (value), memory_order_acq_rel)
#define bide_priv_exchange_seq_cst(view, value)                                                    \
    atomic_exchange_explicit(TEST_RMW(view), (value), memory_order_seq_cst)
#define bide_priv_add_relaxed(view, n)                                                             \
    atomic_fetch_add_explicit(TEST_RMW(view), (n), memory_order_relaxed)
#define bide_priv_add_acq_rel(view, n)                                                             \
    atomic_fetch_add_explicit(TEST_RMW(view), (n), memory_order_acq_rel)
#define bide_priv_sub_relaxed(view, n)                                                             \
    atomic_fetch_sub_explicit(TEST_RMW(view), (n), memory_order_relaxed)
#define bide_priv_sub_release(view, n)                                                             \
    atomic_fetch_sub_explicit(TEST_RMW(view), (n), memory_order_release)
#define bide_priv_sub_acq_rel(view, n)                                                             \
    atomic_fetch_sub_explicit(TEST_RMW(view), (n), memory_order_acq_rel)
#define bide_priv_cas_weak_acq_rel(view, expected, value)                                          \
    atomic_compare_exchange_weak_explicit(TEST_RMW(view), (expected), (value),                     \
                                          memory_order_acq_rel, memory_order_acquire)

static inline void test_spin_lock(uint32_t *lock)
{
    while (bide_priv_exchange_acquire(BIDE_PRIV_U32(lock), 1u) != 0)
        bide_priv_spin_hint();
}
#define bide_priv_spin_lock(lock) test_spin_lock(lock)

#endif
