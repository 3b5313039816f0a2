# Mistakes that the explorer must find. The first two are lost wakes that no run on x86 shows.

# The owner clears the remote flag by a store: a waker that found it set is not ordered before the
# poll.
bide_mutant(store core
    "(void)atomic_exchange_explicit(&t->far, 0, memory_order_acq_rel);"
    "atomic_store_explicit(&t->far, 0, memory_order_seq_cst);"
    wake-twice)
# ... or by an exchange that does not acquire.
bide_mutant(relaxed_exchange core
    "(void)atomic_exchange_explicit(&t->far, 0, memory_order_acq_rel);"
    "(void)atomic_exchange_explicit(&t->far, 0, memory_order_release);"
    wake-twice)
# No second look at the list after `sleeping` was set.
bide_mutant(no_look core
    "timeout == 0 || bide_priv_load_seq_cst(BIDE_PRIV_PTR(&core->remote)) != NULL"
    "timeout == 0"
    wake-park wake-twice two-wakers)
# That look, `sleeping` itself, or the waker's look at it, not in the one order of all.
bide_mutant(weak_look core
    "timeout == 0 || bide_priv_load_seq_cst("
    "timeout == 0 || bide_priv_load_acquire("
    wake-park)
bide_mutant(weak_sleep park
    "bide_priv_store_seq_cst(BIDE_PRIV_U32(&parker->sleeping), 1u);"
    "bide_priv_store_release(BIDE_PRIV_U32(&parker->sleeping), 1u);"
    wake-park)
bide_mutant(weak_unpark park
    "bide_priv_load_seq_cst(BIDE_PRIV_U32(&parker->sleeping)) == 0"
    "bide_priv_load_acquire(BIDE_PRIV_U32(&parker->sleeping)) == 0"
    wake-park)
# A waker does not say that it has pushed.
bide_mutant(no_unpark core
    "if (!head)\n        bide_priv_core_unpark"
    "if (head)\n        bide_priv_core_unpark"
    wake-park)
# A wake that arrives schedules nothing.
bide_mutant(wakes_unheard core
    "if (!t->queued)\n        bide_priv_schedule(core, t);\n    t->near"
    "t->near"
    wake-park)
# References: counts that do not order, a count too few, a core that nobody holds.
bide_mutant(weak_count task
    "bide_priv_sub_acq_rel(BIDE_PRIV_U32(&t->far_refs), 1u) == 1"
    "bide_priv_sub_relaxed(BIDE_PRIV_U32(&t->far_refs), 1u) == 1"
    detach-end)
bide_mutant(uncounted_push task
    "(void)bide_priv_add_relaxed(BIDE_PRIV_U32(&t->far_refs), 1u);\n    BIDE_PRIV_STEP(13);"
    "BIDE_PRIV_STEP(13);"
    wake-after-end)
bide_mutant(core_not_held task
    "bide_priv_core_retain(core);\n    if (!bide_priv_core_push(core, t, false))"
    "bide_priv_core_retain(core), core->near_refs--;\n    if (!bide_priv_core_push(core, t, false))"
    one-thread-heap)
# The slab.
bide_mutant(weak_give alloc_slab
    "bide_priv_cas_weak_acq_rel(BIDE_PRIV_PTR(&slab->remote), &head, block)"
    "atomic_compare_exchange_weak_explicit(BIDE_PRIV_PTR(&slab->remote), &head, block,
        memory_order_relaxed, memory_order_relaxed)"
    slab-fill)
bide_mutant(orphans_lost alloc_slab
    "bide_priv_exchange_acq_rel(BIDE_PRIV_PTR(&slab->remote), (void *)slab);"
    "bide_priv_load_acquire(BIDE_PRIV_PTR(&slab->remote));
    bide_priv_store_release(BIDE_PRIV_PTR(&slab->remote), (void *)slab);"
    slab-retire)
bide_mutant(orphans_weak alloc_slab
    "bide_priv_sub_acq_rel(BIDE_PRIV_SIZE(&slab->orphans), (size_t)1) == 1"
    "bide_priv_sub_relaxed(BIDE_PRIV_SIZE(&slab->orphans), (size_t)1) == 1"
    slab-retire)
