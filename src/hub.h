/*
 * hub.h (private): what every executor here gives to its leaves besides polling them: a clock,
 * timers, and threads for blocking work.
 *
 * A member of the executor's shared part. All calls may be made by any thread, as long as that
 * part lives; who may still use it is counted by the executor.
 */
#ifndef BIDE_PRIV_HUB_H
#define BIDE_PRIV_HUB_H

#include <bide/executor.h>

#include "atomic.h"
#include "park.h"
#include "timer_heap.h"

#include <pthread.h>

struct bide_priv_offload;

typedef struct bide_priv_hub bide_priv_hub;

/* The lock guards heap, closed, and the pointer offload. */
struct bide_priv_hub {
    bide_clock *clock;         /* NULL: the system's */
    bide_allocator *allocator; /* of the books of the offload */
    /* With a clock of the user's: a job has ended that nobody waits for, look again at the time. */
    void (*poke)(bide_priv_hub *hub);
    pthread_mutex_t lock;
    bide_priv_timer_heap heap;
    uint32_t timers; /* atomic: in the heap */
    uint32_t jobs;   /* atomic: queued or running */
    uint32_t offload_threads;
    bool closed;                       /* no more timers and jobs */
    struct bide_priv_offload *offload; /* made with the first job */
};

/* hub.c: False: there is no lock to be had. `hub` is zeroed. */
bool bide_priv_hub_init(bide_priv_hub *hub, bide_clock *clock, bide_allocator *allocator,
                        uint32_t offload_threads);
void bide_priv_hub_end(bide_priv_hub *hub);
uint64_t bide_priv_hub_now(bide_priv_hub *hub);
/* False when it is closed. *is_nearest: no other timer is due before. */
bool bide_priv_hub_insert(bide_priv_hub *hub, bide_timer *timer, bool *is_nearest);
void bide_priv_hub_remove(bide_priv_hub *hub, bide_timer *timer);
void bide_priv_hub_fire(bide_priv_hub *hub);
uint64_t bide_priv_hub_nearest(bide_priv_hub *hub);
void bide_priv_hub_orphan_timers(bide_priv_hub *hub);

/* offload.c: threads for blocking work. */
bide_poll bide_priv_hub_offload(bide_priv_hub *hub, bide_job *job);
/* Refuses new jobs and timers, cancels what waits, waits for what runs. */
void bide_priv_hub_close(bide_priv_hub *hub);
/* Starts a thread that leaves all signals to the program's own; 0 or the system's error. */
int bide_priv_start_thread(pthread_t *thread, void *(*main)(void *arg), void *arg,
                           size_t stack_bytes);
/* For the future that awaits a job. */
bide_poll bide_priv_job_await(bide_job *job, const bide_context *cx);
void bide_priv_job_cancel(bide_job *job);
const char *bide_priv_job_standing(const bide_job *job);

static inline bool bide_priv_hub_has_timers(bide_priv_hub *hub)
{
    return bide_priv_load_relaxed(BIDE_PRIV_U32(&hub->timers)) != 0;
}

#endif
