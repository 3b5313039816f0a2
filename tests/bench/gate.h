/*
 * gate.h: what the workload `many` stands on: a manual-reset event, the leaf that waits for it, and
 * an interface whose async method does.
 */
#ifndef GATE_H
#define GATE_H

#include "bench.h"

#include <bide/bide.h>

/* An event of one thread. Who waits is linked into it. */
struct event {
    struct event_wait *first;
    bool set;
};

/* event_wait(event) -> void. `event` is NULL when the wait is over, `back` points to the pointer
 * that points to this frame. */
#define event_try(f, cx, out) ((f)->event->set ? BIDE_READY : BIDE_PENDING)
#define event_wait_FRAME(ROW)                                                                      \
    ROW(TRY, event_try)                                                                            \
    ROW(PARAM, struct event *, event)                                                              \
    ROW(LOCAL, struct event_wait *, next)                                                          \
    ROW(LOCAL, struct event_wait **, back) ROW(LOCAL, bide_waker *, waker)
BIDE_FUTURE(void, event_wait)

static inline void event_unlink(struct event_wait *f)
{
    if (!f->back)
        return;
    *f->back = f->next;
    if (f->next)
        f->next->back = f->back;
    f->back = NULL;
}

BIDE_INLINE bide_poll event_wait_poll(struct event_wait *f, bide_context *cx, void *out)
{
    bide_poll r;
    (void)out;
    if (!f->event || f->event->set) {
        bide_waker_clear(&f->waker);
        event_unlink(f);
        f->event = NULL;
        return BIDE_READY;
    }
    r = bide_waker_register(&f->waker, cx);
    if (r != BIDE_READY) {
        event_unlink(f);
        bide_waker_clear(&f->waker);
        return r;
    }
    if (!f->back) {
        f->next = f->event->first;
        f->back = &f->event->first;
        if (f->next)
            f->next->back = &f->next;
        f->event->first = f;
    }
    return BIDE_PENDING;
}

BIDE_INLINE void event_wait_drop(struct event_wait *f)
{
    event_unlink(f);
    bide_waker_clear(&f->waker);
}

/* Sets the event and wakes who waits, last come first; it stays set. */
static inline void event_set(struct event *event)
{
    event->set = true;
    while (event->first) {
        struct event_wait *f = event->first;
        bide_waker *waker = f->waker;
        event_unlink(f);
        f->waker = NULL;
        f->event = NULL;
        bide_waker_wake(waker);
    }
}

#define Gate_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC, uint32_t, pass, (uint32_t, n))
BIDE_INTERFACE(Gate);

/* Two gates: what they let through they give back, with its sign or without. */
typedef struct Door {
    struct event *event;
} Door;
typedef Door Front, Back;
BIDE_IMPL_DECLARE(Gate, Front);
BIDE_IMPL_DECLARE(Gate, Back);

#endif
