/*
 * thread_id.h (private): which thread this is, as one nonzero word.
 *
 * Two threads that live at once have different words. A thread's word may come again after it has
 * ended, so it is compared only while its owner is known to run. On common platforms it is the
 * thread pointer: one instruction, where a thread-local in a shared library would cost a call. It
 * is no identity inside interrupts, which borrow the thread that they interrupt.
 */
#ifndef BIDE_PRIV_THREAD_ID_H
#define BIDE_PRIV_THREAD_ID_H

#include <bide/config.h>

#if !defined(BIDE_FREESTANDING) && defined(__ELF__) &&                                             \
    (defined(__x86_64__) || defined(__aarch64__)) &&                                               \
    ((defined(__clang__) && __clang_major__ >= 12) ||                                              \
     (!defined(__clang__) && defined(__GNUC__) && __GNUC__ >= 11))
#define BIDE_PRIV_THREAD_POINTER 1
#elif defined(_WIN32)
#include <windows.h>
#elif !defined(BIDE_FREESTANDING)
#include <pthread.h>
#endif

BIDE_PRIV_ALWAYS uintptr_t bide_priv_thread_id(void)
{
#if defined(BIDE_PRIV_THREAD_POINTER)
    return (uintptr_t)__builtin_thread_pointer();
#elif defined(_WIN32)
    return (uintptr_t)GetCurrentThreadId();
#elif !defined(BIDE_FREESTANDING)
    return (uintptr_t)pthread_self();
#else
    return 1; /* one thread of execution; interrupts only wake */
#endif
}

#endif
