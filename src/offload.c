/*
 * offload.c: threads for blocking work, and the life of a job.
 *
 * Workers start when a job finds none idle, up to the executor's limit, and end with the executor,
 * which waits for them. They block all signals: handlers belong to the program's own threads.
 *
 * A job has a lock of one bit in its state word, for the few instructions in which the future that
 * awaits it and the worker that ends it meet.
 */
#if !defined(_GNU_SOURCE) && !defined(_POSIX_C_SOURCE)
#define _POSIX_C_SOURCE 200809L
#endif

#include "hub.h"

#include <signal.h>

struct bide_priv_offload {
    pthread_mutex_t lock;
    pthread_cond_t work;
    bide_priv_hub *hub;
    bide_allocator *giver;
    bide_job *head, *tail;
    uint32_t most, started, idle, queued;
    bool stop;
    pthread_t threads[]; /* `most` of them */
};

/* ---- jobs --------------------------------------------------------------------------------- */

enum { JOB_NEW, JOB_QUEUED, JOB_RUNNING, JOB_DONE, JOB_CANCELED, JOB_PHASE = 7, JOB_LOCK = 8 };

void bide_job_init(bide_job *job, void (*run)(bide_job *job), void (*release)(bide_job *job))
{
    job->run = run;
    job->release = release;
    job->waker = NULL;
    job->next = NULL;
    job->refs = 1;
    job->state = JOB_NEW;
}

void bide_job_retain(bide_job *job)
{
    (void)bide_priv_add_relaxed(BIDE_PRIV_U32(&job->refs), 1u);
}

void bide_job_drop(bide_job *job)
{
    if (bide_priv_sub_acq_rel(BIDE_PRIV_U32(&job->refs), 1u) == 1)
        job->release(job);
}

/* Returns the phase. */
static uint32_t lock_job(bide_job *job)
{
    uint32_t s;
    while ((s = bide_priv_or_acq_rel(BIDE_PRIV_U32(&job->state), (uint32_t)JOB_LOCK)) & JOB_LOCK)
        bide_priv_spin_hint();
    return s;
}

static void unlock_job(bide_job *job, uint32_t phase)
{
    bide_priv_store_release(BIDE_PRIV_U32(&job->state), phase);
}

/* Moves to `next` if the phase is `from`; gives the waker to the caller then. */
static bool advance_job(bide_job *job, uint32_t from, uint32_t next, bide_waker **waker)
{
    uint32_t phase = lock_job(job);
    bool fits = phase == from;
    *waker = NULL;
    if (fits && next >= JOB_DONE) {
        *waker = job->waker;
        job->waker = NULL;
    }
    unlock_job(job, fits ? next : phase);
    return fits;
}

/* How the job stands, for the future that awaits it. While it is under way the context's waker is
 * kept, cloned only if it is another one than before. */
bide_poll bide_priv_job_await(bide_job *job, const bide_context *cx)
{
    bide_waker *fresh = NULL, *old = NULL;
    uint32_t phase = lock_job(job);
    if (phase < JOB_DONE && job->waker != cx->waker) {
        unlock_job(job, phase);
        fresh = bide_waker_clone(cx->waker);
        if (!fresh)
            return BIDE_ENOMEM;
        phase = lock_job(job);
        old = fresh;
        if (phase < JOB_DONE) {
            old = job->waker;
            job->waker = fresh;
        }
    }
    unlock_job(job, phase);
    if (old)
        bide_waker_drop(old);
    return phase == JOB_DONE ? BIDE_READY : phase == JOB_CANCELED ? BIDE_ECANCELED : BIDE_PENDING;
}

/* The future that awaits is dropped: a job that was not begun will not run. */
void bide_priv_job_cancel(bide_job *job)
{
    uint32_t phase = lock_job(job);
    bide_waker *waker = job->waker;
    job->waker = NULL;
    unlock_job(job, phase <= JOB_QUEUED ? JOB_CANCELED : phase);
    if (waker)
        bide_waker_drop(waker);
}

const char *bide_priv_job_standing(const bide_job *job)
{
    static const char *const words[] = {"job not begun", "job queued", "job running", "job done",
                                        "job cancelled"};
    return words[bide_priv_load_acquire(BIDE_PRIV_U32(&job->state)) & JOB_PHASE];
}

/* ---- workers ------------------------------------------------------------------------------ */

/* The next job, or NULL when the executor ends. The lock is held. */
static bide_job *next_job(struct bide_priv_offload *o)
{
    bide_job *job;
    while (!o->head && !o->stop) {
        o->idle++;
        pthread_cond_wait(&o->work, &o->lock);
        o->idle--;
    }
    job = o->head;
    if (o->stop || !job)
        return NULL;
    o->head = job->next;
    o->queued--;
    return job;
}

static void end_job(bide_priv_hub *hub, bide_job *job, bide_waker *waker)
{
    /* Counted down before the wake, so that the executor finds the new count. */
    (void)atomic_fetch_sub(BIDE_PRIV_U32(&hub->jobs), 1u);
    if (waker)
        bide_waker_wake(waker);
    else if (hub->clock)
        hub->poke(hub);
    bide_job_drop(job);
}

static void work_on(bide_priv_hub *hub, bide_job *job)
{
    bide_waker *waker;
    if (advance_job(job, JOB_QUEUED, JOB_RUNNING, &waker)) {
        job->run(job);
        (void)advance_job(job, JOB_RUNNING, JOB_DONE, &waker);
    }
    end_job(hub, job, waker);
}

static void *worker(void *arg)
{
    struct bide_priv_offload *o = arg;
    bide_job *job;
    pthread_mutex_lock(&o->lock);
    while ((job = next_job(o)) != NULL) {
        pthread_mutex_unlock(&o->lock);
        work_on(o->hub, job);
        pthread_mutex_lock(&o->lock);
    }
    pthread_mutex_unlock(&o->lock);
    return NULL;
}

int bide_priv_start_thread(pthread_t *thread, void *(*main)(void *arg), void *arg,
                           size_t stack_bytes)
{
    pthread_attr_t how;
    sigset_t all, before;
    int error = pthread_attr_init(&how);
    if (error != 0)
        return error;
    if (stack_bytes)
        error = pthread_attr_setstacksize(&how, stack_bytes);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (error == 0)
        error = pthread_create(thread, &how, main, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&how);
    return error;
}

/* Starts one more thread; the lock is held. */
static bool start_worker(struct bide_priv_offload *o)
{
    bool started = bide_priv_start_thread(&o->threads[o->started], worker, o, 0) == 0;
    o->started += started;
    return started;
}

/* ---- the executor's side ------------------------------------------------------------------ */

static size_t bytes_of(uint32_t most)
{
    return sizeof(struct bide_priv_offload) + most * sizeof(pthread_t);
}

static struct bide_priv_offload *new_offload(bide_priv_hub *hub)
{
    bide_allocator *giver;
    struct bide_priv_offload *o = bide_alloc(hub->allocator, bytes_of(hub->offload_threads),
                                             BIDE_PRIV_ALIGNOF(struct bide_priv_offload), &giver);
    if (!o)
        return NULL;
    *o = (struct bide_priv_offload){.hub = hub, .giver = giver, .most = hub->offload_threads};
    if (pthread_mutex_init(&o->lock, NULL) != 0)
        goto no_lock;
    if (pthread_cond_init(&o->work, NULL) != 0)
        goto no_condition;
    return o;
no_condition:
    pthread_mutex_destroy(&o->lock);
no_lock:
    bide_free(giver, o, bytes_of(o->most), BIDE_PRIV_ALIGNOF(struct bide_priv_offload));
    return NULL;
}

static bide_poll queue_job(struct bide_priv_offload *o, bide_job *job)
{
    bide_waker *none;
    pthread_mutex_lock(&o->lock);
    if (o->queued >= o->idle && o->started < o->most && !start_worker(o) && o->started == 0) {
        pthread_mutex_unlock(&o->lock);
        return BIDE_ENOMEM;
    }
    if (!advance_job(job, JOB_NEW, JOB_QUEUED, &none)) {
        pthread_mutex_unlock(&o->lock);
        return BIDE_EMISUSE;
    }
    bide_job_retain(job);
    job->next = NULL;
    if (o->head)
        o->tail->next = job;
    else
        o->head = job;
    o->tail = job;
    o->queued++;
    (void)bide_priv_add_relaxed(BIDE_PRIV_U32(&o->hub->jobs), 1u);
    pthread_cond_signal(&o->work);
    pthread_mutex_unlock(&o->lock);
    return BIDE_READY;
}

bide_poll bide_priv_hub_offload(bide_priv_hub *hub, bide_job *job)
{
    bide_poll r;
    if (hub->offload_threads == 0)
        return BIDE_ENOSYS;
    pthread_mutex_lock(&hub->lock);
    if (hub->closed)
        r = BIDE_ECANCELED;
    else if (!hub->offload && !(hub->offload = new_offload(hub)))
        r = BIDE_ENOMEM;
    else
        r = queue_job(hub->offload, job);
    pthread_mutex_unlock(&hub->lock);
    return r;
}

static void cancel_queued(struct bide_priv_offload *o)
{
    bide_job *job;
    while ((job = o->head) != NULL) {
        bide_waker *waker;
        o->head = job->next;
        (void)advance_job(job, JOB_QUEUED, JOB_CANCELED, &waker);
        end_job(o->hub, job, waker);
    }
}

/* At the end: refuses new jobs and timers, cancels what waits, waits for what runs. */
void bide_priv_hub_close(bide_priv_hub *hub)
{
    struct bide_priv_offload *o;
    uint32_t i;
    pthread_mutex_lock(&hub->lock);
    hub->closed = true;
    o = hub->offload;
    hub->offload = NULL;
    pthread_mutex_unlock(&hub->lock);
    if (!o)
        return;
    pthread_mutex_lock(&o->lock);
    o->stop = true;
    pthread_cond_broadcast(&o->work);
    pthread_mutex_unlock(&o->lock);
    for (i = 0; i < o->started; i++)
        pthread_join(o->threads[i], NULL);
    cancel_queued(o);
    pthread_cond_destroy(&o->work);
    pthread_mutex_destroy(&o->lock);
    bide_free(o->giver, o, bytes_of(o->most), BIDE_PRIV_ALIGNOF(struct bide_priv_offload));
}
