# Mistakes in the queues and in the sleep of a pool's workers that the explorer must find.

# Rings: the owner takes without asking thieves; the tail does not publish, or is not heeded; too
# many tasks are put, or taken.
bide_mutant(pool_get_by_store pool_queue
    "if (bide_priv_cas_acq_rel(BIDE_PRIV_U32(&w->head), &head, head + 1))
            return t;"
    "bide_priv_store_release(BIDE_PRIV_U32(&w->head), head + 1);
        return t;"
    ring-steal ring-thieves)
bide_mutant(pool_weak_tail pool_queue
    "bide_priv_store_seq_cst(BIDE_PRIV_U32(&w->tail), tail + 1);"
    "bide_priv_store_relaxed(BIDE_PRIV_U32(&w->tail), tail + 1);"
    ring-round)
bide_mutant(pool_weak_steal pool_queue
    "n = bide_priv_load_acquire(BIDE_PRIV_U32(&from->tail)) - head;"
    "n = bide_priv_load_relaxed(BIDE_PRIV_U32(&from->tail)) - head;"
    ring-fresh)
bide_mutant(pool_ring_too_full pool_queue
    "if (tail - head < RING) {"
    "if (tail - head < RING + 1) {"
    ring-overflow)
bide_mutant(pool_overflow_by_store pool_queue
    "if (!bide_priv_cas_acq_rel(BIDE_PRIV_U32(&w->head), &head, head + RING / 2))
        return false;"
    "bide_priv_store_release(BIDE_PRIV_U32(&w->head), head + RING / 2);"
    ring-overflow)
bide_mutant(pool_stolen_too_many pool_queue
    "n -= n / 2;"
    "n -= n / 4;
        n += n < 3;"
    ring-steal)
# The shared queue.
bide_mutant(pool_weak_receive pool_queue
    "bide_priv_exchange_acquire(BIDE_PRIV_PTR(&pool->incoming), NULL);"
    "atomic_exchange_explicit(BIDE_PRIV_PTR(&pool->incoming), NULL, memory_order_relaxed);"
    shared)
# Sleeping: no second look; a look, or the count, that is not in the one order of all; nobody woken.
bide_mutant(pool_no_look pool_sched
    "if (!bide_priv_pool_has_work(pool) && !is_over(pool))"
    "if (!is_over(pool))"
    park)
bide_mutant(pool_weak_incoming pool_queue
    "if (bide_priv_load_seq_cst(BIDE_PRIV_PTR(&pool->incoming)) ||"
    "if (bide_priv_load_acquire(BIDE_PRIV_PTR(&pool->incoming)) ||"
    park)
bide_mutant(pool_weak_notify pool_sched
    "static void notify(bide_thread_pool *pool)
{
    uint32_t idle = bide_priv_load_seq_cst(idle_of(pool));"
    "static void notify(bide_thread_pool *pool)
{
    uint32_t idle = bide_priv_load_acquire(idle_of(pool));"
    park)
bide_mutant(pool_silent_push pool_sched
    "    if (!is_alone)
        notify(pool);"
    "    (void)is_alone;"
    park)
bide_mutant(pool_silent_put pool_sched
    "bide_priv_pool_put(w, t);
    }
    if (!is_alone)
        notify(pool);"
    "bide_priv_pool_put(w, t);
        is_alone = true;
    }
    if (!is_alone)
        notify(pool);"
    two-publish)
bide_mutant(pool_weak_put pool_queue
    "bide_priv_store_seq_cst(BIDE_PRIV_U32(&w->tail), tail + 1);"
    "bide_priv_store_release(BIDE_PRIV_U32(&w->tail), tail + 1);"
    two-publish)
# A worker that still counts as asleep when it can be woken no more: who looks for it goes round for
# as long as it likes.
bide_mutant(pool_asleep_too_long pool_sched
    "    (void)atomic_fetch_sub(idle_of(pool), (uint32_t)ASLEEP - SEARCHING);
    w->is_searching = true;
    if (is_woken || bide_priv_park_cancel(&w->parker))"
    "    is_woken = is_woken || bide_priv_park_cancel(&w->parker);
    (void)atomic_fetch_sub(idle_of(pool), (uint32_t)ASLEEP - SEARCHING);
    w->is_searching = true;
    if (is_woken)"
    park)
# The end: a worker lies down although all is over; nobody tells it.
bide_mutant(pool_sleeps_at_the_end pool_sched
    "if (!bide_priv_pool_has_work(pool) && !is_over(pool))"
    "if (!bide_priv_pool_has_work(pool))"
    close)
bide_mutant(pool_end_untold pool
    "    bide_priv_pool_wake_all(pool);
}

/* The threads have left. */"
    "}

/* The threads have left. */"
    close)
