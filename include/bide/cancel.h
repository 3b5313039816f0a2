/*
 * bide/cancel.h: ending a future before its time: the contract of drop, cancel and abort.
 *
 * Three words. *Drop* (F_drop, bide_box_drop) ends a future at once: it is what leaving a scope is
 * to a function. *Cancel* (bide_cancel, bide_box_cancel) ends one whose cleanup must itself wait:
 * it is polled until it is done. *Abort* (bide_join_abort) asks a task to end; its executor cancels
 * or drops it. Whoever may wait, cancels, and need not know what it has in its hands: a future
 * without a cleanup that waits is dropped by that, in one call. Whoever may not wait, drops.
 *
 * Which futures have a cleanup that waits: those of bidec with `scoped(fn)` where fn is async,
 * those by hand with ROW(CANCEL, function), and each that has one of these as a child. Their types
 * are BIDE_NO_DROP: dropping one while it waits leaves the waiting part of its cleanup out. Where
 * the type is known, compilers refuse it: a call F_drop(&f) (in C, with gcc and clang), members of
 * a JOIN row, of combinators and sets, async variables of bidec. Who must let go of one all the
 * same, such as the last resort of a parent by hand, writes BIDE_CHECK_DROP(F, &f). Checked builds
 * (bide/check.h) refuse the rest, at run time. What is behind an interface or in a
 * box is known at run time only: such a call is a child that is cancelled like any other, and its
 * parent's record has `cancel` for its sake without being BIDE_NO_DROP.
 *
 * The contract. "Releases" is: owned parameters, in reverse order; "cleans up" is: BIDE_CLEANUP, or
 * the scopes of a bidec function from the innermost out, and then releases. Each row has tests of
 * its name: in tests/unit/test_cancel.c (bodies, futures by hand, boxes, dyn calls, tasks), in
 * test_checked_cancel.c beside it, in tests/gen/runtime/test_cancel.c (generated futures).
 *
 *   row                       what runs                                      result
 *   ------------------------  ---------------------------------------------  ---------------------
 *   drop_before_start         releases; no cleanup, as nothing has run       -
 *   drop_at_each_await        drops the child, cleans up                     -
 *   drop_after_completion     nothing                                        -
 *   drop_during_cleanup       drops the cleanup in flight, does the rest     - (checked: error 1)
 *                             without waiting
 *   drop_inside_own_poll      never do it; undefined in release builds       - (checked: error 2)
 *   drop_twice                nothing; of a hand-written future see below    - (checked: error 3)
 *   drop_no_drop_at_await     drops the child, cleans up what need not wait  - (checked: error 1)
 *   cancel_before_start       as drop                                        READY at once
 *   cancel_at_each_await      cancels the child, cleans up, waiting as it    PENDING until done,
 *                             must                                           then READY
 *   cancel_after_completion   nothing                                        READY
 *   cancel_twice              nothing                                        READY
 *   cancel_during_cleanup     the cleanup in flight goes on to its end, and  PENDING until done,
 *                             so does the rest; the result is forgotten      then READY
 *   poll_during_cancel        nothing; but a box and a dyn call take any     EMISUSE
 *                             end for the end, and forget what was to come
 *   drop_during_cancel        as drop_during_cleanup                         - (checked: error 1)
 *   cancel_inside_own_poll    never do it; undefined in release builds       - (checked: error 2)
 *   cancel_five_levels        the innermost first, then each parent's        PENDING until done,
 *                             cleanup, from the inside out                   then READY
 *
 *   tasks                                                                    join handle
 *   abort_before_first_poll   releases, at the task's next turn              ECANCELED
 *   abort_while_suspended     cancels at its next turns, or drops            ECANCELED, when done
 *   abort_while_running       after the poll: nothing if that was the last   its result; else
 *                             one, else as abort_while_suspended             ECANCELED
 *   abort_during_cleanup      the cleanup goes on to its end                 ECANCELED, when done
 *   abort_after_end           nothing                                        its result
 *   abort_twice               nothing                                        as by the first
 *   executor_ends             drops each task that has not finished; where   ECANCELED
 *                             one has to wait: first bide_local_cancel       (checked: error 1)
 *
 * How the rows read for
 *
 *   a future by macro (bide/async.h)  as they stand; its cleanup never waits, its children's may
 *   one by hand (bide/future.h)       what its functions do: they keep a field for after_completion
 *                                     and twice. With a BIDE_NO_DROP frame as a field of its own it
 *                                     needs a ROW(CANCEL, fn), and calls bide_cancel there
 *   a generated one (bidec)           as they stand. Async variables whose cleanup waits are
 *                                     cancelled, from the last to the first
 *   a box                             the same of the future in it, and then its memory goes back,
 *                                     before READY is returned; an empty box: nothing, READY
 *   a dyn call (bide/interface.h)     not started yet: the method's `discard`; else as a box
 *   children of a JOIN row            cancelled side by side; when one fails the others are dropped
 *   join, select, race of bidec       children are async variables; losers likewise
 *
 * An executor of your own: for a task that is to end early, bide_cancel with the task's context, in
 * each of its turns, until that is not BIDE_PENDING.
 *
 * Without memory nothing can wait: a child that is pending when its parent gets no frame is
 * dropped, whatever it is (BIDE_ENOMEM), and no checked build complains.
 *
 * Checked builds say, where and of which call: (1) "... was dropped while it waits, but its cleanup
 * must wait, too: ...", (2) "... from inside its own poll", (3) "... was dropped twice".
 */
#ifndef BIDE_CANCEL_H
#define BIDE_CANCEL_H

#include <bide/box.h>

BIDE_PRIV_C_BEGIN

/* Cancels the future in a frame of that type: BIDE_PENDING: call it again when the context's waker
 * has been woken, and do nothing else with the future until then; BIDE_READY: it has ended, as by
 * a drop. A type without `cancel` is dropped. Where the type is known: bide_cancel(&F_type, &frame,
 * cx). The thread that may poll it. Follows the proposals for Rust's poll_drop. */
BIDE_INLINE bide_poll bide_cancel(const bide_type *type, void *frame, bide_context *cx)
{
    if (type->cancel)
        return type->cancel(frame, cx) == BIDE_PENDING ? BIDE_PENDING : BIDE_READY;
    type->drop(frame);
    return BIDE_READY;
}

/* The same for a box: BIDE_READY: the memory is back at its giver, and the box is empty. */
BIDE_INLINE bide_poll bide_box_cancel(bide_box *box, bide_context *cx)
{
    if (!box->frame)
        return BIDE_READY;
    if (bide_cancel(box->type, box->frame, cx) == BIDE_PENDING)
        return BIDE_PENDING;
    bide_box_release(box);
    return BIDE_READY;
}

BIDE_PRIV_C_END

#endif
