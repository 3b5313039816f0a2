# Mistakes in the states of a pool's task that the explorer must find.

# A wake that changes nothing is a load: it is not ordered before the poll that follows.
bide_mutant(pool_wake_by_load pool_task
    "uintptr_t before = bide_priv_or_acq_rel(state_of(t), QUEUED | more);"
    "uintptr_t before = bide_priv_load_seq_cst(state_of(t));
    if (!(before & QUEUED) || more)
        before = bide_priv_or_acq_rel(state_of(t), QUEUED | more);"
    wake-refs)
# Orders too weak: of the wake, and of the beginning of a turn.
bide_mutant(pool_weak_wake pool_task
    "while (!bide_priv_cas_weak_acq_rel(state_of(t), &before, after));
    if (after < REF)"
    "while (!atomic_compare_exchange_weak_explicit(state_of(t), &before, after,
        memory_order_relaxed, memory_order_relaxed));
    if (after < REF)"
    wake-twice)
bide_mutant(pool_weak_take pool_task
    "while (!bide_priv_cas_weak_acq_rel(state_of(t), &before, after));
    *is_aborted"
    "while (!bide_priv_cas_weak_release(state_of(t), &before, after));
    *is_aborted"
    wake-twice move-twice)
bide_mutant(pool_weak_rest pool_task
    "bide_priv_and_acq_rel(state_of(t), ~(uintptr_t)RUNNING);"
    "atomic_fetch_and_explicit(state_of(t), ~(uintptr_t)RUNNING, memory_order_relaxed);"
    move-twice)
# A wake during a poll is forgotten.
bide_mutant(pool_notified_lost pool_task
    "if (before & QUEUED)
        bide_priv_pool_schedule(pool, t, BIDE_PRIV_POOL_AGAIN);"
    "(void)pool, (void)before;"
    wake-twice move-twice)
# A running task is queued a second time, an ended one once more.
bide_mutant(pool_queued_twice pool_task
    "#define SETTLED ((uintptr_t)(QUEUED | RUNNING | DONE))"
    "#define SETTLED ((uintptr_t)(QUEUED | DONE))"
    wake-twice)
bide_mutant(pool_queued_late pool_task
    "#define SETTLED ((uintptr_t)(QUEUED | RUNNING | DONE))"
    "#define SETTLED ((uintptr_t)(QUEUED | RUNNING))"
    wake-late)
# References: a stranger's wake gives its own up before the task is queued; counts that do not
# order; the last one not seen.
bide_mutant(pool_early_drop pool_task
    "keeps = queues && !is_here;"
    "keeps = false;
        (void)is_here;"
    wake-drops)
bide_mutant(pool_weak_count pool_task
    "if (bide_priv_sub_acq_rel(state_of(t), (uintptr_t)REF) < 2 * (uintptr_t)REF)"
    "if (bide_priv_sub_relaxed(state_of(t), (uintptr_t)REF) < 2 * (uintptr_t)REF)"
    detach-end)
bide_mutant(pool_last_unseen pool_task
    "if (bide_priv_sub_acq_rel(state_of(t), (uintptr_t)REF) < 2 * (uintptr_t)REF)"
    "if (bide_priv_sub_acq_rel(state_of(t), (uintptr_t)REF) < (uintptr_t)REF)"
    detach-end)
# The end, and who awaits it.
bide_mutant(pool_end_unlocked pool_task
    "    lock_joiner(t, &before);
    joiner = t->joiner;
    t->joiner = NULL;"
    "    joiner = t->joiner;
    t->joiner = NULL;
    lock_joiner(t, &before);"
    join-end)
bide_mutant(pool_joiner_late pool_task
    "        lock_joiner(t, &before);
        if (!(before & DONE)) {"
    "        lock_joiner(t, &before);
        if (1) {"
    join-end)
bide_mutant(pool_weak_done pool_task
    "if (!(bide_priv_load_acquire(state_of(t)) & DONE))
        return BIDE_PENDING;"
    "if (!(bide_priv_load_relaxed(state_of(t)) & DONE))
        return BIDE_PENDING;"
    take-take)
bide_mutant(pool_taken_twice pool_task
    "if (bide_priv_or_acq_rel(state_of(t), (uintptr_t)TAKEN) & TAKEN)"
    "if (bide_priv_load_acquire(state_of(t)) & TAKEN)"
    take-take)
# An abort that wakes nobody.
bide_mutant(pool_silent_abort pool_task
    "wake(t, ABORTED, BIDE_PRIV_POOL_LAST);"
    "(void)bide_priv_or_acq_rel(state_of(t), (uintptr_t)ABORTED);"
    abort-join)
# Looking: a turn begins meanwhile; the skipped one is lost; what was seen is not ordered.
bide_mutant(pool_look_at_running pool_task
    "after = before & HELD ? before | SKIPPED :"
    "after = before & DONE ? before | SKIPPED :"
    look-wake)
bide_mutant(pool_skipped_lost pool_task
    "if (before & SKIPPED)"
    "if (before & SKIPPED & HELD)"
    look-wake)
bide_mutant(pool_weak_look pool_task
    "bide_priv_and_acq_rel(state_of(t), ~(uintptr_t)(HELD | SKIPPED));"
    "atomic_fetch_and_explicit(state_of(t), ~(uintptr_t)(HELD | SKIPPED), memory_order_relaxed);"
    look-wake)
