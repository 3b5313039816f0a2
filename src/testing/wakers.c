/*
 * wakers.c: wakers that count, record or object, and the recorder of releases.
 */
#include <bide/testing.h>

#include "../atomic.h"
#include "text.h"

/* ---- counting ----------------------------------------------------------------------------- */

static void count(uint32_t *counter)
{
    /* The last reference's holder reads the counts: what others did before is over then. */
    bide_priv_add_acq_rel(BIDE_PRIV_U32(counter), 1u);
}

static bide_waker *counting_clone(bide_waker *waker)
{
    count(&((bide_counting_waker *)waker)->clones);
    return waker;
}

static void counting_wake(bide_waker *waker)
{
    count(&((bide_counting_waker *)waker)->wakes);
}

static void counting_wake_by_ref(bide_waker *waker)
{
    count(&((bide_counting_waker *)waker)->wakes_by_ref);
}

static void counting_drop(bide_waker *waker)
{
    count(&((bide_counting_waker *)waker)->drops);
}

static void counting_wake_from_isr(bide_waker *waker)
{
    count(&((bide_counting_waker *)waker)->wakes_from_isr);
}

static const bide_waker_vtable counting_vtable = {sizeof(bide_waker_vtable),
                                                  0,
                                                  counting_clone,
                                                  counting_wake,
                                                  counting_wake_by_ref,
                                                  counting_drop,
                                                  counting_wake_from_isr};

void bide_counting_waker_init(bide_counting_waker *waker)
{
    *waker = (bide_counting_waker){.base = {&counting_vtable}};
}

/* ---- recording ---------------------------------------------------------------------------- */

static void record(bide_waker *waker, const char *what)
{
    bide_recording_waker *w = (bide_recording_waker *)waker;
    bide_priv_spin_lock(&w->lock);
    w->events++;
    bide_priv_text_add(w->text, sizeof w->text, &w->length, ' ', what);
    bide_priv_spin_unlock(&w->lock);
}

static bide_waker *recording_clone(bide_waker *waker)
{
    record(waker, "clone");
    return waker;
}

static void recording_wake(bide_waker *waker)
{
    record(waker, "wake");
}

static void recording_wake_by_ref(bide_waker *waker)
{
    record(waker, "wake_by_ref");
}

static void recording_drop(bide_waker *waker)
{
    record(waker, "drop");
}

static void recording_wake_from_isr(bide_waker *waker)
{
    record(waker, "wake_from_isr");
}

static const bide_waker_vtable recording_vtable = {sizeof(bide_waker_vtable), 0,
                                                   recording_clone,           recording_wake,
                                                   recording_wake_by_ref,     recording_drop,
                                                   recording_wake_from_isr};

void bide_recording_waker_init(bide_recording_waker *waker)
{
    *waker = (bide_recording_waker){.base = {&recording_vtable}};
}

const char *bide_recording_waker_text(const bide_recording_waker *waker)
{
    return waker->text;
}

/* ---- panic -------------------------------------------------------------------------------- */

static void object_to(bide_waker *waker, const char *what)
{
    bide_panic_waker *w = (bide_panic_waker *)waker;
    bide_priv_spin_lock(&w->lock);
    if (w->violations++ == 0)
        w->first = what;
    bide_priv_spin_unlock(&w->lock);
}

static bide_waker *panic_clone(bide_waker *waker)
{
    object_to(waker, "clone");
    return waker;
}

static void panic_wake(bide_waker *waker)
{
    object_to(waker, "wake");
}

static void panic_wake_by_ref(bide_waker *waker)
{
    object_to(waker, "wake_by_ref");
}

static void panic_drop(bide_waker *waker)
{
    object_to(waker, "drop");
}

static void panic_wake_from_isr(bide_waker *waker)
{
    object_to(waker, "wake_from_isr");
}

static const bide_waker_vtable panic_vtable = {
    sizeof(bide_waker_vtable), 0,          panic_clone,        panic_wake,
    panic_wake_by_ref,         panic_drop, panic_wake_from_isr};

void bide_panic_waker_init(bide_panic_waker *waker)
{
    *waker = (bide_panic_waker){.base = {&panic_vtable}};
}

/* ---- order of release --------------------------------------------------------------------- */

void bide_drop_order_init(bide_drop_order *order)
{
    *order = (bide_drop_order){0};
}

void bide_drop_order_note(bide_drop_order *order, const char *name)
{
    bide_priv_spin_lock(&order->lock);
    order->count++;
    bide_priv_text_add(order->text, sizeof order->text, &order->length, ' ', name);
    bide_priv_spin_unlock(&order->lock);
}

const char *bide_drop_order_text(const bide_drop_order *order)
{
    return order->text;
}

void bide_droppable_release(bide_droppable *value)
{
    if (value->order)
        bide_drop_order_note(value->order, value->name);
}
