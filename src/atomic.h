/*
 * atomic.h (private): C11 atomics over plain words.
 *
 * Public structures hold plain words, so that C++ can read the headers; the sources look at those
 * words through the atomic views below. A word that two threads may touch at once is only touched
 * through its view. Each wrapper says its order in its name: relaxed, acquire, release, acq_rel.
 */
#ifndef BIDE_PRIV_ATOMIC_H
#define BIDE_PRIV_ATOMIC_H

#include <bide/config.h>

#include <stdatomic.h>

typedef _Atomic(uint32_t) bide_priv_atomic_u32;
typedef _Atomic(uint64_t) bide_priv_atomic_u64;
typedef _Atomic(size_t) bide_priv_atomic_size;
typedef _Atomic(uintptr_t) bide_priv_atomic_word;
typedef _Atomic(void *) bide_priv_atomic_ptr;

BIDE_PRIV_ASSERT(sizeof(bide_priv_atomic_u32) == sizeof(uint32_t), "u32 has an atomic view");
BIDE_PRIV_ASSERT(sizeof(bide_priv_atomic_u64) == sizeof(uint64_t), "u64 has an atomic view");
BIDE_PRIV_ASSERT(sizeof(bide_priv_atomic_size) == sizeof(size_t), "size_t has an atomic view");
BIDE_PRIV_ASSERT(sizeof(bide_priv_atomic_word) == sizeof(uintptr_t), "words have an atomic view");
BIDE_PRIV_ASSERT(sizeof(bide_priv_atomic_ptr) == sizeof(void *), "pointers have an atomic view");

/* The views. `place` is the address of the plain word; for pointers, of a pointer to an object of
 * whatever type. Const is dropped because C11's atomic_load does not take it. */
#define BIDE_PRIV_U32(place) ((bide_priv_atomic_u32 *)(void *)(place))
#define BIDE_PRIV_U64(place) ((bide_priv_atomic_u64 *)(void *)(place))
#define BIDE_PRIV_SIZE(place) ((bide_priv_atomic_size *)(void *)(place))
#define BIDE_PRIV_WORD(place) ((bide_priv_atomic_word *)(void *)(place))
#define BIDE_PRIV_PTR(place) ((bide_priv_atomic_ptr *)(void *)(place))

/* Any view. */
#define bide_priv_load_relaxed(view) atomic_load_explicit((view), memory_order_relaxed)
#define bide_priv_load_acquire(view) atomic_load_explicit((view), memory_order_acquire)
#define bide_priv_load_seq_cst(view) atomic_load_explicit((view), memory_order_seq_cst)
#define bide_priv_store_relaxed(view, value)                                                       \
    atomic_store_explicit((view), (value), memory_order_relaxed)
#define bide_priv_store_release(view, value)                                                       \
    atomic_store_explicit((view), (value), memory_order_release)
#define bide_priv_store_seq_cst(view, value)                                                       \
    atomic_store_explicit((view), (value), memory_order_seq_cst)
#define bide_priv_exchange_acquire(view, value)                                                    \
    atomic_exchange_explicit((view), (value), memory_order_acquire)
#define bide_priv_exchange_release(view, value)                                                    \
    atomic_exchange_explicit((view), (value), memory_order_release)
#define bide_priv_exchange_acq_rel(view, value)                                                    \
    atomic_exchange_explicit((view), (value), memory_order_acq_rel)
#define bide_priv_exchange_seq_cst(view, value)                                                    \
    atomic_exchange_explicit((view), (value), memory_order_seq_cst)

/* Integer views; each gives the value from before. */
#define bide_priv_add_relaxed(view, n) atomic_fetch_add_explicit((view), (n), memory_order_relaxed)
#define bide_priv_add_acq_rel(view, n) atomic_fetch_add_explicit((view), (n), memory_order_acq_rel)
#define bide_priv_sub_relaxed(view, n) atomic_fetch_sub_explicit((view), (n), memory_order_relaxed)
#define bide_priv_sub_release(view, n) atomic_fetch_sub_explicit((view), (n), memory_order_release)
#define bide_priv_sub_acq_rel(view, n) atomic_fetch_sub_explicit((view), (n), memory_order_acq_rel)
#define bide_priv_or_acq_rel(view, n) atomic_fetch_or_explicit((view), (n), memory_order_acq_rel)
#define bide_priv_and_acq_rel(view, n) atomic_fetch_and_explicit((view), (n), memory_order_acq_rel)

/* Compare and swap: true when *view was *expected and is now `value`; else *expected is what was
 * found, read with acquire (relaxed for the plain release form). The weak ones may fail for
 * nothing and belong in a loop. */
#define bide_priv_cas_weak_release(view, expected, value)                                          \
    atomic_compare_exchange_weak_explicit((view), (expected), (value), memory_order_release,       \
                                          memory_order_relaxed)
#define bide_priv_cas_weak_acq_rel(view, expected, value)                                          \
    atomic_compare_exchange_weak_explicit((view), (expected), (value), memory_order_acq_rel,       \
                                          memory_order_acquire)
#define bide_priv_cas_acq_rel(view, expected, value)                                               \
    atomic_compare_exchange_strong_explicit((view), (expected), (value), memory_order_acq_rel,     \
                                            memory_order_acquire)
#define bide_priv_cas_seq_cst(view, expected, value)                                               \
    atomic_compare_exchange_strong_explicit((view), (expected), (value), memory_order_seq_cst,     \
                                            memory_order_seq_cst)

/* Told between two looks at a word that another thread is about to change. */
BIDE_PRIV_ALWAYS void bide_priv_spin_hint(void)
{
#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))
    __builtin_ia32_pause();
#elif defined(__GNUC__) && defined(__aarch64__)
    __asm__ __volatile__("yield");
#endif
}

/* A lock for a few instructions on rarely contended data; zero is "open". The private half of a
 * public structure's plain uint32_t. */
BIDE_PRIV_ALWAYS void bide_priv_spin_lock(uint32_t *lock)
{
    while (bide_priv_exchange_acquire(BIDE_PRIV_U32(lock), 1u) != 0)
        bide_priv_spin_hint();
}

BIDE_PRIV_ALWAYS void bide_priv_spin_unlock(uint32_t *lock)
{
    bide_priv_store_release(BIDE_PRIV_U32(lock), 0u);
}

#endif
