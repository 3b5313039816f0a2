/*
 * pool_queue.c: where tasks wait for their turn.
 *
 * A worker's ring is a bounded queue with one producer and many consumers: the worker puts
 * at the tail, and takes at the head like any thief, by a compare-and-swap on `head`, which is
 * never moved back. A place is only written again after head has passed it, so a thief that has
 * copied tasks out of places that were overwritten meanwhile fails in its swap. A full ring hands
 * half of itself to the shared queue. The slot holds what the worker's tasks have woken last;
 * thieves take it only when there is nothing else.
 */
#include "pool_core.h"

#define RING BIDE_PRIV_POOL_RING

/* ---- the shared queue --------------------------------------------------------------------- */

/* Pushes tasks that are linked from `newest` to `oldest`. Lock-free, for signal handlers as well.
 */
void bide_priv_pool_push(bide_thread_pool *pool, bide_priv_pool_task *newest,
                         bide_priv_pool_task *oldest)
{
    void *head = bide_priv_load_relaxed(BIDE_PRIV_PTR(&pool->incoming));
    do {
        oldest->next = head;
    } while (!bide_priv_cas_seq_cst(BIDE_PRIV_PTR(&pool->incoming), &head, newest));
}

/* Moves what has come to the end of the backlog, oldest first; the lock is held. */
static void receive(bide_thread_pool *pool)
{
    bide_priv_pool_task *newest, *oldest = NULL, *t;
    size_t n = 0;
    if (!bide_priv_load_relaxed(BIDE_PRIV_PTR(&pool->incoming)))
        return;
    newest = t = bide_priv_exchange_acquire(BIDE_PRIV_PTR(&pool->incoming), NULL);
    while (t) {
        bide_priv_pool_task *next = t->next;
        t->next = oldest;
        oldest = t;
        t = next;
        n++;
    }
    if (pool->backlog_first)
        pool->backlog_last->next = oldest;
    else
        pool->backlog_first = oldest;
    pool->backlog_last = newest;
    n += bide_priv_load_relaxed(BIDE_PRIV_SIZE(&pool->backlog));
    bide_priv_store_seq_cst(BIDE_PRIV_SIZE(&pool->backlog), n);
}

/* Takes a fair part of the backlog, as a list of *n tasks. */
bide_priv_pool_task *bide_priv_pool_take_shared(bide_thread_pool *pool, size_t *n)
{
    bide_priv_pool_task *first, *last;
    size_t most, left, i;
    *n = 0;
    if (!bide_priv_load_relaxed(BIDE_PRIV_PTR(&pool->incoming)) &&
        bide_priv_load_relaxed(BIDE_PRIV_SIZE(&pool->backlog)) == 0)
        return NULL;
    pthread_mutex_lock(&pool->backlog_lock);
    receive(pool);
    left = bide_priv_load_relaxed(BIDE_PRIV_SIZE(&pool->backlog));
    most = left / pool->workers + 1;
    if (most > RING / 2)
        most = RING / 2;
    if (most > left)
        most = left;
    first = last = pool->backlog_first;
    for (i = 1; i < most; i++)
        last = last->next;
    if (most) {
        pool->backlog_first = last->next;
        last->next = NULL;
        bide_priv_store_seq_cst(BIDE_PRIV_SIZE(&pool->backlog), left - most);
    }
    pthread_mutex_unlock(&pool->backlog_lock);
    *n = most;
    return first;
}

/* ---- rings -------------------------------------------------------------------------------- */

static bide_priv_atomic_ptr *place(bide_priv_pool_worker *w, uint32_t i)
{
    return BIDE_PRIV_PTR(&w->ring[i % RING]);
}

/* The owner's view of its own tail. */
static uint32_t tail_of(bide_priv_pool_worker *w)
{
    return bide_priv_load_relaxed(BIDE_PRIV_U32(&w->tail));
}

bool bide_priv_pool_is_empty(bide_priv_pool_worker *w)
{
    return bide_priv_load_relaxed(BIDE_PRIV_U32(&w->head)) == tail_of(w);
}

/* Owner, with a full ring: half of it and `t` go to the shared queue. False: thieves were faster,
 * there is room. */
static bool overflow(bide_priv_pool_worker *w, uint32_t head, bide_priv_pool_task *t)
{
    bide_priv_pool_task *newest = NULL, *oldest = NULL;
    uint32_t i;
    if (!bide_priv_cas_acq_rel(BIDE_PRIV_U32(&w->head), &head, head + RING / 2))
        return false;
    for (i = 0; i < RING / 2; i++) {
        bide_priv_pool_task *each = bide_priv_load_relaxed(place(w, head + i));
        each->next = newest;
        newest = each;
        if (!oldest)
            oldest = each;
    }
    t->next = newest;
    bide_priv_pool_push(w->pool, t, oldest ? oldest : t);
    return true;
}

/* Owner: appends a task. */
void bide_priv_pool_put(bide_priv_pool_worker *w, bide_priv_pool_task *t)
{
    for (;;) {
        uint32_t tail = tail_of(w), head = bide_priv_load_acquire(BIDE_PRIV_U32(&w->head));
        if (tail - head < RING) {
            bide_priv_store_relaxed(place(w, tail), (void *)t);
            bide_priv_store_seq_cst(BIDE_PRIV_U32(&w->tail), tail + 1);
            return;
        }
        if (overflow(w, head, t))
            return;
    }
}

/* Owner: takes the oldest. */
bide_priv_pool_task *bide_priv_pool_get(bide_priv_pool_worker *w)
{
    uint32_t head = bide_priv_load_acquire(BIDE_PRIV_U32(&w->head));
    while (head != tail_of(w)) {
        void *t = bide_priv_load_relaxed(place(w, head));
        if (bide_priv_cas_acq_rel(BIDE_PRIV_U32(&w->head), &head, head + 1))
            return t;
    }
    return NULL;
}

bide_priv_pool_task *bide_priv_pool_get_slot(bide_priv_pool_worker *w)
{
    if (!bide_priv_load_relaxed(BIDE_PRIV_PTR(&w->slot)))
        return NULL;
    return bide_priv_exchange_acq_rel(BIDE_PRIV_PTR(&w->slot), NULL);
}

/* Thief, whose own ring is empty: moves the older half of another's ring there, but for one, which
 * is returned. */
bide_priv_pool_task *bide_priv_pool_steal(bide_priv_pool_worker *w, bide_priv_pool_worker *from)
{
    uint32_t head = bide_priv_load_acquire(BIDE_PRIV_U32(&from->head)), n, i;
    bide_priv_pool_task *t;
    do {
        n = bide_priv_load_acquire(BIDE_PRIV_U32(&from->tail)) - head;
        if (n > RING) /* head is an old one: the swap will fail, and tell */
            n = RING;
        n -= n / 2;
        if (n == 0)
            return NULL;
        for (i = 0; i + 1 < n; i++)
            bide_priv_store_relaxed(place(w, tail_of(w) + i),
                                    bide_priv_load_relaxed(place(from, head + i)));
        t = bide_priv_load_relaxed(place(from, head + n - 1));
    } while (!bide_priv_cas_acq_rel(BIDE_PRIV_U32(&from->head), &head, head + n));
    if (n > 1)
        bide_priv_store_seq_cst(BIDE_PRIV_U32(&w->tail), tail_of(w) + n - 1);
    bide_priv_pool_count(&w->steals, 1);
    bide_priv_pool_count(&w->stolen, n);
    return t;
}

bide_priv_pool_task *bide_priv_pool_steal_slot(bide_priv_pool_worker *w,
                                               bide_priv_pool_worker *from)
{
    bide_priv_pool_task *t = bide_priv_pool_get_slot(from);
    if (t) {
        bide_priv_pool_count(&w->steals, 1);
        bide_priv_pool_count(&w->stolen, 1);
    }
    return t;
}

/* Whether a queue holds anything that is public. */
bool bide_priv_pool_has_work(bide_thread_pool *pool)
{
    uint32_t i;
    if (bide_priv_load_seq_cst(BIDE_PRIV_PTR(&pool->incoming)) ||
        bide_priv_load_seq_cst(BIDE_PRIV_SIZE(&pool->backlog)) != 0)
        return true;
    for (i = 0; i < pool->workers; i++) {
        bide_priv_pool_worker *w = &pool->worker[i];
        if (bide_priv_load_seq_cst(BIDE_PRIV_U32(&w->head)) !=
            bide_priv_load_seq_cst(BIDE_PRIV_U32(&w->tail)))
            return true;
    }
    return false;
}
