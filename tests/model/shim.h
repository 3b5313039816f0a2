/*
 * shim.h: included before everything else when the library's sources are compiled for the explorer.
 *
 * The sources themselves are the real ones. What they ask of the system becomes a step of the
 * explorer: which thread this is, thread-local words, mutexes, semaphores, the futex.
 */
#ifndef BIDE_MODEL_SHIM_H
#define BIDE_MODEL_SHIM_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

uintptr_t model_thread_id(void);
void model_spin(void);
void model_spin_lock(uint32_t *lock);
long model_syscall(long number, ...);
int model_mutex_init(pthread_mutex_t *mutex, const void *attributes);
int model_mutex_destroy(pthread_mutex_t *mutex);
int model_mutex_lock(pthread_mutex_t *mutex);
int model_mutex_unlock(pthread_mutex_t *mutex);
int model_sem_init(sem_t *semaphore, int shared, unsigned value);
int model_sem_destroy(sem_t *semaphore);
int model_sem_wait(sem_t *semaphore);
int model_sem_timedwait(sem_t *semaphore, const struct timespec *until);
int model_sem_post(sem_t *semaphore);

#define __builtin_ia32_pause model_spin
#define syscall model_syscall
#define pthread_mutex_init model_mutex_init
#define pthread_mutex_destroy model_mutex_destroy
#define pthread_mutex_lock model_mutex_lock
#define pthread_mutex_unlock model_mutex_unlock
#define sem_init model_sem_init
#define sem_destroy model_sem_destroy
#define sem_wait model_sem_wait
#define sem_timedwait model_sem_timedwait
#define sem_post model_sem_post

/* Instead of src/thread_id.h. */
#define BIDE_PRIV_THREAD_ID_H
static inline uintptr_t bide_priv_thread_id(void)
{
    return model_thread_id();
}

/* The section is exchanged whenever another thread goes on. */
#define _Thread_local __attribute__((section("model_tls")))

/* Instead of the loop in src/atomic.h; giving a lock up is the store that stands there. */
#ifdef BIDE_BUILD
#include "atomic.h"
#define bide_priv_spin_lock(lock) model_spin_lock(lock)
#endif

#endif
