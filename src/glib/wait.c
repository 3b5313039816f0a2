/*
 * wait.c: waiting for descriptors.
 *
 * Each wait is an entry of its own in the context's table, so that GLib sorts out who waits for
 * what; and one in the runtime's list, which is looked through when the poll has come back. Entries
 * go as soon as something has come: a descriptor that stays readable would else keep the context
 * awake until the task comes to it.
 */
#include "glib_core.h"

#include "../trace_text.h"

BIDE_PRIV_ASSERT(sizeof(struct bide_priv_glib_poll) == sizeof(GPollFD) &&
                     offsetof(struct bide_priv_glib_poll, events) == offsetof(GPollFD, events) &&
                     offsetof(struct bide_priv_glib_poll, came) == offsetof(GPollFD, revents),
                 "a frame begins with a GPollFD");
BIDE_PRIV_ASSERT((int)BIDE_GLIB_READ == (int)G_IO_IN && (int)BIDE_GLIB_PRIORITY == (int)G_IO_PRI &&
                     (int)BIDE_GLIB_WRITE == (int)G_IO_OUT &&
                     (int)BIDE_GLIB_ERROR == (int)G_IO_ERR &&
                     (int)BIDE_GLIB_HANGUP == (int)G_IO_HUP &&
                     (int)BIDE_GLIB_INVALID == (int)G_IO_NVAL,
                 "events are GLib's");

enum { WAIT_NEW, WAIT_ENTERED, WAIT_CAME, WAIT_CANCELED, WAIT_OVER };

typedef struct bide_priv_glib_wait wait_node;

static GPollFD *entry_of(wait_node *w)
{
    return (GPollFD *)(void *)&w->poll;
}

static void enter(bide_glib *rt, wait_node *w)
{
    w->before = NULL;
    w->next = rt->waits;
    if (w->next)
        w->next->before = w;
    rt->waits = w;
    w->state = WAIT_ENTERED;
    g_main_context_add_poll(rt->context, entry_of(w), rt->priority);
}

/* GLib leaves results of a poll that is under way elsewhere alone, and reads no descriptor here. */
static void leave(bide_glib *rt, wait_node *w, uint8_t state)
{
    g_main_context_remove_poll(rt->context, entry_of(w));
    if (w->before)
        w->before->next = w->next;
    else
        rt->waits = w->next;
    if (w->next)
        w->next->before = w->before;
    w->state = state;
}

/* ---- the runtime's side ------------------------------------------------------------------- */

bool bide_priv_glib_any(const bide_glib *rt)
{
    const wait_node *w = rt->waits;
    while (w && !w->poll.came)
        w = w->next;
    return w;
}

/* Waking runs no code of the user's, so the list stays as it is. */
void bide_priv_glib_serve(bide_glib *rt)
{
    wait_node *w = rt->waits, *next;
    bool own;
    if (!bide_priv_glib_any(rt))
        return;
    /* Refused inside a task that iterates the context; its wakes are as good. */
    own = bide_local_enter(rt->ex) == BIDE_READY;
    for (; w; w = next) {
        next = w->next;
        if (!w->poll.came)
            continue;
        leave(rt, w, WAIT_CAME);
        bide_waker_take_and_wake(&w->waker);
    }
    if (own)
        (void)bide_local_leave(rt->ex); /* a turn follows anyway */
}

void bide_priv_glib_waits_end(bide_glib *rt)
{
    while (rt->waits) {
        wait_node *w = rt->waits;
        leave(rt, w, WAIT_CANCELED);
        bide_waker_take_and_wake(&w->waker);
    }
}

/* ---- the future's side -------------------------------------------------------------------- */

static bide_poll begin(struct bide_glib_wait *f, bide_context *cx, uint32_t *out)
{
    const uint32_t may = BIDE_GLIB_READ | BIDE_GLIB_PRIORITY | BIDE_GLIB_WRITE | BIDE_GLIB_ERROR |
                         BIDE_GLIB_HANGUP | BIDE_GLIB_INVALID;
    bide_poll r;
    if (f->events & ~may)
        return BIDE_EMISUSE;
    if (f->fd < 0) { /* poll would pass over it */
        *out = BIDE_GLIB_INVALID;
        return BIDE_READY;
    }
    r = bide_waker_register(&f->wait.waker, cx);
    if (r != BIDE_READY)
        return r;
    f->wait.poll = (struct bide_priv_glib_poll){.fd = f->fd, .events = (unsigned short)f->events};
    enter(f->rt, &f->wait);
    return BIDE_PENDING;
}

bide_poll bide_glib_wait_poll(struct bide_glib_wait *f, bide_context *cx, uint32_t *out)
{
    bide_poll r = BIDE_EMISUSE;
    switch (f->wait.state) {
    case WAIT_NEW:
        r = begin(f, cx, out);
        break;
    case WAIT_ENTERED:
        r = bide_waker_register(&f->wait.waker, cx) == BIDE_READY ? BIDE_PENDING : BIDE_ENOMEM;
        break;
    case WAIT_CAME:
        *out = f->wait.poll.came;
        r = BIDE_READY;
        break;
    case WAIT_CANCELED:
        r = BIDE_ECANCELED;
        break;
    default:
        break;
    }
    if (r != BIDE_PENDING)
        bide_glib_wait_drop(f);
    return r;
}

void bide_glib_wait_drop(struct bide_glib_wait *f)
{
    if (f->wait.state == WAIT_ENTERED)
        leave(f->rt, &f->wait, WAIT_OVER);
    f->wait.state = WAIT_OVER;
    bide_waker_clear(&f->wait.waker);
}

static void bide_priv_glib_wait_trace(const void *frame, bide_tracer *tracer)
{
    const struct bide_glib_wait *f = frame;
    bide_priv_words words = {.length = 0};
    if (f->wait.state != WAIT_ENTERED) {
        bide_tracer_note(tracer, f->wait.state == WAIT_NEW ? "not begun" : "over");
        return;
    }
    bide_priv_say(&words, "descriptor ");
    bide_priv_say_number(&words, (uint64_t)f->fd, 10);
    if (f->events & BIDE_GLIB_READ)
        bide_priv_say(&words, ", to read");
    if (f->events & BIDE_GLIB_WRITE)
        bide_priv_say(&words, ", to write");
    if (f->events & BIDE_GLIB_PRIORITY)
        bide_priv_say(&words, ", out of order");
    bide_tracer_note(tracer, words.text);
}

BIDE_FUTURE_DEFINE(uint32_t, bide_glib_wait);
