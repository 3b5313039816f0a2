# Mistakes in the queue of those who wait (wait_list.h), in what stands on it (permits.h, notify.c,
# barrier.c), that the explorer must find.
set(mutant_users forms.h wait_list.h permits.h barrier.c mutex.c notify.c semaphore.c)

# The lock does not order, or is given up between the look and the place in the queue.
bide_mutant(wait_weak_lock forms.h
    "bide_priv_spin_unlock(lock);"
    "bide_priv_store_relaxed(BIDE_PRIV_U32(lock), 0u);"
    mutex-three semaphore-new)
bide_mutant(wait_gap wait_list.h
    "settled = r != BIDE_PENDING || bide_priv_wait_arm(list, w, cx, &fresh);"
    "bide_priv_unguard(lock, shared), bide_priv_guard(lock, shared);
        settled = r != BIDE_PENDING || bide_priv_wait_arm(list, w, cx, &fresh);"
    mutex-three semaphore-new notify-new)
# A look at what is there, and not again behind the clone.
bide_mutant(wait_no_second_look wait_list.h
    "r = look(object, w);"
    "r = fresh ? BIDE_PENDING : look(object, w);"
    mutex-three semaphore-new notify-new)
# A turn that is not noted; one that the task does not hear of that has polled last.
bide_mutant(wait_turn_not_noted wait_list.h
    "bide_priv_wait_unlink(list, list->first, BIDE_PRIV_GRANTED)"
    "bide_priv_wait_unlink(list, list->first, BIDE_PRIV_IDLE)"
    mutex-give-up semaphore-give-up notify-give-up)
bide_mutant(wait_old_waker wait_list.h
    "if (w->state == BIDE_PRIV_WAITING && old == cx->waker)"
    "if (w->state == BIDE_PRIV_WAITING && old && cx)"
    mutex-elsewhere)
# Permits: one that gives up does not pass them on, or does not let those behind it come; stays in
# the queue; and the mutex is looked at when the next one may have freed it.
bide_mutant(permits_not_passed permits.h
    "p->free += w->wants;\n    w->state"
    "w->wants = 0;\n    w->state"
    mutex-give-up semaphore-given-up)
bide_mutant(permits_not_served permits.h
    "if (fits)\n        bide_priv_permits_give(p, 0, shared);"
    "(void)fits;"
    mutex-give-up semaphore-give-up)
bide_mutant(permits_node_stays permits.h
    "own = bide_priv_wait_unlink(&p->waiting, w, BIDE_PRIV_OVER);"
    "own = w->waker;"
    mutex-give-up semaphore-give-up)
bide_mutant(permits_touched permits.h
    "} while (again);"
    "} while (again || p->free > 1);"
    mutex-free)
bide_mutant(permits_one_served permits.h
    "} while (again);"
    "} while (0 && again);"
    semaphore-two)
# Notifies: nobody waits, and it is not remembered; who gives up keeps it; all are the first one.
bide_mutant(notify_forgotten notify
    "n->stored = n->stored || !waker;"
    "(void)waker;"
    notify-new)
bide_mutant(notify_not_passed notify
    "if (unseen)\n        notify_one(n, shared);"
    "(void)unseen;"
    notify-give-up)
bide_mutant(notify_all_but_one notify
    "} while (more);"
    "} while (0 && more);"
    notify-all)
# Barriers: who leaves is counted still, or uncounted though the round is over; who polls twice for
# a clone counts twice; only one is let through.
bide_mutant(barrier_left_counts barrier
    "g->here -= w->wants == g->round;"
    "(void)g->here;"
    barrier-leave)
bide_mutant(barrier_left_twice barrier
    "g->here -= w->wants == g->round;"
    "g->here--;"
    barrier-give-up)
bide_mutant(barrier_counts_twice barrier
    "g->here += settled && new_here;"
    "g->here += new_here;"
    barrier-three)
bide_mutant(barrier_one_through barrier
    "} while (waker);"
    "} while (0 && waker);"
    barrier-three)
