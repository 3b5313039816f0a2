/*
 * hub.c: the clock and the timers of an executor.
 */
#if !defined(_GNU_SOURCE) && !defined(_POSIX_C_SOURCE)
#define _POSIX_C_SOURCE 200809L
#endif

#include "hub.h"

bool bide_priv_hub_init(bide_priv_hub *hub, bide_clock *clock, bide_allocator *allocator,
                        uint32_t offload_threads)
{
    hub->clock = clock;
    hub->allocator = allocator;
    hub->offload_threads = offload_threads;
    return pthread_mutex_init(&hub->lock, NULL) == 0;
}

void bide_priv_hub_end(bide_priv_hub *hub)
{
    pthread_mutex_destroy(&hub->lock);
}

uint64_t bide_priv_hub_now(bide_priv_hub *hub)
{
    return hub->clock ? hub->clock->now(hub->clock) : bide_priv_monotonic();
}

bool bide_priv_hub_insert(bide_priv_hub *hub, bide_timer *timer, bool *is_nearest)
{
    bool is_open;
    pthread_mutex_lock(&hub->lock);
    is_open = !hub->closed;
    if (is_open) {
        bide_priv_heap_insert(&hub->heap, timer);
        *is_nearest = bide_priv_heap_first(&hub->heap) == timer;
        (void)bide_priv_add_relaxed(BIDE_PRIV_U32(&hub->timers), 1u);
    }
    pthread_mutex_unlock(&hub->lock);
    return is_open;
}

static bide_waker *unlink_timer(bide_priv_hub *hub, bide_timer *timer)
{
    bide_waker *waker = timer->waker;
    bide_priv_heap_remove(&hub->heap, timer);
    (void)bide_priv_sub_relaxed(BIDE_PRIV_U32(&hub->timers), 1u);
    timer->waker = NULL;
    return waker;
}

void bide_priv_hub_remove(bide_priv_hub *hub, bide_timer *timer)
{
    bide_waker *waker = NULL;
    pthread_mutex_lock(&hub->lock);
    if (bide_priv_heap_holds(timer))
        waker = unlink_timer(hub, timer);
    pthread_mutex_unlock(&hub->lock);
    if (waker)
        bide_waker_drop(waker);
}

enum { BATCH = 16 };

/* Takes the wakers of up to BATCH timers that are due at `now`. */
static int take_due(bide_priv_hub *hub, uint64_t now, bide_waker **wakers)
{
    bide_timer *timer;
    int n = 0;
    pthread_mutex_lock(&hub->lock);
    while (n < BATCH && (timer = bide_priv_heap_first(&hub->heap)) != NULL &&
           timer->deadline <= now)
        wakers[n++] = unlink_timer(hub, timer);
    pthread_mutex_unlock(&hub->lock);
    return n;
}

/* Wakes who waits for timers that are due. Wakers may be foreign code: no lock is held. */
void bide_priv_hub_fire(bide_priv_hub *hub)
{
    bide_waker *wakers[BATCH];
    uint64_t now = bide_priv_hub_now(hub);
    int n, i;
    do {
        n = take_due(hub, now, wakers);
        for (i = 0; i < n; i++)
            bide_waker_wake(wakers[i]);
    } while (n == BATCH);
}

/* The deadline of the nearest timer, or BIDE_PRIV_FOREVER. */
uint64_t bide_priv_hub_nearest(bide_priv_hub *hub)
{
    bide_timer *timer;
    uint64_t deadline = BIDE_PRIV_FOREVER;
    if (!bide_priv_hub_has_timers(hub))
        return deadline;
    pthread_mutex_lock(&hub->lock);
    timer = bide_priv_heap_first(&hub->heap);
    if (timer)
        deadline = timer->deadline;
    pthread_mutex_unlock(&hub->lock);
    return deadline;
}

/* At the end: forgets all timers. Their leaves stop them later, or have stopped them. */
void bide_priv_hub_orphan_timers(bide_priv_hub *hub)
{
    bide_waker *wakers[BATCH];
    int n, i;
    do {
        n = take_due(hub, UINT64_MAX, wakers);
        for (i = 0; i < n; i++)
            bide_waker_drop(wakers[i]);
    } while (n == BATCH);
}
