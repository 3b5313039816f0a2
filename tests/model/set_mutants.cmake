# Mistakes in future_set.c that the explorer must find.

# A wake that comes behind the set's end: its place in the queue had a reference.
bide_mutant(set_closed_keeps future_set
    "if (closed)\n        node_unref(n, shared);"
    "(void)closed;"
    set-drop set-drop-one)
# ... or is put into a queue that nobody empties.
bide_mutant(set_stays_open future_set
    "hub->closed = close;"
    "(void)close;"
    set-drop set-drop-one)
# ... or what is there already is not let go.
bide_mutant(set_queue_kept future_set
    "unref_all(take_queue(s->hub, true, NULL, shared), shared);"
    "(void)take_queue(s->hub, true, NULL, shared);"
    set-drop set-poll-drop)
bide_mutant(set_batch_kept future_set
    "unref_all(s->batch, shared);"
    ""
    set-poll-drop)
# A member that ends gives up its reference, though it is in the queue, or about to be.
bide_mutant(set_ends_twice future_set
    "if (bide_priv_swap(&n->queued, 1u, shared) == 0)\n        node_unref(n, shared);"
    "(void)bide_priv_swap(&n->queued, 1u, shared);\n    node_unref(n, shared);"
    set-drop set-clear)
# ... or never.
bide_mutant(set_ends_never future_set
    "if (bide_priv_swap(&n->queued, 1u, shared) == 0)\n        node_unref(n, shared);"
    "(void)bide_priv_swap(&n->queued, 1u, shared);"
    set-two set-drop)
# ... or only looks: a wake behind it queues what is gone.
bide_mutant(set_ends_unsaid future_set
    "if (bide_priv_swap(&n->queued, 1u, shared) == 0)\n        node_unref(n, shared);"
    "if (bide_priv_look(&n->queued, shared) == 0)\n        node_unref(n, shared);"
    set-drop)
# `queued` is cleared by a store, or by an exchange that does not acquire: a waker that found it set
# is not ordered before the poll.
bide_mutant(set_store future_set
    "(void)bide_priv_swap(&n->queued, 0u, shared);"
    "bide_priv_store_release(BIDE_PRIV_U32(&n->queued), 0u);"
    set-one)
bide_mutant(set_weak_clear future_set
    "(void)bide_priv_swap(&n->queued, 0u, shared);"
    "(void)bide_priv_exchange_release(BIDE_PRIV_U32(&n->queued), 0u);"
    set-one)
# ... or by a waker whose exchange does not release.
bide_mutant(set_weak_wake future_set
    "if (bide_priv_swap(&n->queued, 1u, shared) == 0)\n        enqueue(n, shared);"
    "if (bide_priv_exchange_acquire(BIDE_PRIV_U32(&n->queued), 1u) == 0)\n        enqueue(n, shared);"
    set-one)
# ... or behind the poll: a wake during it does not count.
bide_mutant(set_late_clear future_set
    "    if (r == BIDE_PENDING)\n        return BIDE_PENDING;\n    if (s->kind == BIDE_PRIV_SET_STREAMS)"
    "    (void)bide_priv_swap(&n->queued, 0u, shared);
    if (r == BIDE_PENDING)\n        return BIDE_PENDING;\n    if (s->kind == BIDE_PRIV_SET_STREAMS)"
    set-one)
# The set lies down without a look at the queue.
bide_mutant(set_no_look future_set
    "woken = hub->first != NULL;"
    "woken = false;"
    set-two set-one)
# A waker is kept where a newer one should be, given away twice, or never given back.
bide_mutant(set_old_waker future_set
    "kept = hub->waker == cx->waker;"
    "kept = hub->waker != NULL;"
    set-by-turns)
bide_mutant(set_waker_twice future_set
    "waker = hub->waker;\n        hub->waker = NULL;\n    }"
    "waker = hub->waker;\n    }"
    set-two)
bide_mutant(set_waker_kept future_set
    "    if (s->hub)\n        forget_waker(s->hub, shared);\n}\n\nBIDE_PRIV_ALWAYS void unref_all"
    "}\n\nBIDE_PRIV_ALWAYS void unref_all"
    set-drop set-drop-one)
# Counts that do not order, or count too few.
bide_mutant(set_weak_count future_set
    "!bide_priv_unrefer(&n->refs, shared)"
    "bide_priv_sub_relaxed(BIDE_PRIV_U32(&n->refs), 1u) != 1"
    set-drop-wakers)
bide_mutant(set_weak_hub_count future_set
    "bide_priv_unrefer(&hub->refs, shared)"
    "shared && bide_priv_sub_relaxed(BIDE_PRIV_U32(&hub->refs), 1u) == 1"
    set-drop-end)
bide_mutant(set_hub_not_held future_set
    "    bide_priv_refer(&s->hub->refs, shared);\n    if (!*end)"
    "    if (!*end)"
    set-drop)
# A stream that gave an item: not put back, put back twice, or left in the queue at its end.
bide_mutant(set_stream_forgotten future_set
    "        requeue(n, shared);\n"
    ""
    set-streams)
bide_mutant(set_stream_twice future_set
    "if (bide_priv_swap(&n->queued, 1u, shared) != 0)\n        return;"
    "(void)bide_priv_swap(&n->queued, 1u, shared);"
    set-streams)
