/*
 * stream_support.h: what the tests of streams and sinks share: a source that counts, with one
 * pending between every poll where the test wants that, items that own something, and futures that
 * are run by hand.
 */
#ifndef BIDE_TESTS_STREAM_SUPPORT_H
#define BIDE_TESTS_STREAM_SUPPORT_H

/* gcc's optimiser does not see that the frame of a call in an adapter on the C stack is read only
 * when `busy` says that it was built. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include "dyn.h"
#include <bide/sink.h>
#include <bide/stream.h>
#include <bide/trace.h>

/* ---- a stream by hand: from, from + 1, ... ------------------------------------------------ */

typedef struct Counter {
    int32_t at, end;
    bide_poll code;    /* negative: fails at the end, instead */
    bool pends, waits; /* one pending before every item, and before the end */
    int *drops, polls;
} Counter;
#define Counter_HAS_size_hint 1
#define Counter_IS_SEND 1

static inline bide_size_hint Counter_size_hint(Counter *c)
{
    size_t n = c->end > c->at ? (size_t)(c->end - c->at) : 0;
    return bide_size_hint_of(n, n);
}

static inline bide_poll Counter_poll_next(Counter *c, bide_context *cx, int32_t *item)
{
    c->polls++;
    c->waits = c->pends && !c->waits;
    if (c->waits) {
        bide_waker_wake_by_ref(cx->waker);
        return BIDE_PENDING;
    }
    if (c->at < c->end) {
        *item = c->at++;
        return BIDE_READY;
    }
    return c->code < 0 ? c->code : BIDE_DONE;
}

static inline void Counter_drop(Counter *c)
{
    if (c->drops)
        ++*c->drops;
    c->end = c->at;
}
BIDE_STREAM_TYPE(Counter, int32_t);

static inline Counter counter_of(int32_t from, int32_t end, bool pends, int *drops)
{
    Counter c = {from, end, 0, pends, false, drops, 0};
    return c;
}

BIDE_STREAM(Numbers, int32_t);
BIDE_STREAM_IMPL_DECLARE(Numbers, Counter);

/* ---- items that own a block: the allocator says what became of them ------------------------ */

typedef struct owned {
    bide_allocator *allocator;
    int32_t *value;
} owned;

static inline void owned_release(owned *o)
{
    if (o->value)
        bide_free(o->allocator, o->value, sizeof *o->value, 8);
    o->value = NULL;
}

static inline bide_poll owned_make(owned *o, bide_allocator *a, int32_t value)
{
    o->value = (int32_t *)bide_alloc(a, sizeof *o->value, 8, &o->allocator);
    if (!o->value)
        return BIDE_ENOMEM;
    *o->value = value;
    return BIDE_READY;
}

/* A stream of them; the allocation of each may fail, which ends it with BIDE_ENOMEM. */
typedef struct Blocks {
    bide_allocator *allocator;
    Counter counter;
} Blocks;
#define Blocks_HAS_item_drop 1
static inline void Blocks_item_drop(owned *o)
{
    owned_release(o);
}
static inline bide_poll Blocks_poll_next(Blocks *b, bide_context *cx, owned *item)
{
    int32_t i = 0;
    bide_poll r = Counter_poll_next(&b->counter, cx, &i);
    return r == BIDE_READY ? owned_make(item, b->allocator, i) : r;
}
static inline void Blocks_drop(Blocks *b)
{
    Counter_drop(&b->counter);
}
BIDE_STREAM_TYPE(Blocks, owned);

static inline Blocks blocks_of(bide_allocator *a, int32_t from, int32_t end, bool pends, int *drops)
{
    Blocks b;
    b.allocator = a;
    b.counter = counter_of(from, end, pends, drops);
    return b;
}

/* ---- a sink by hand: room for so many items, until they are taken out ----------------------- */

typedef struct Tank {
    int32_t items[64];
    size_t held, room, reserved, seen;
    int32_t error;     /* told by the next flush or ready, once */
    bool pends, waits; /* one pending before every flush and close, and every room */
    bool closed;
    bide_waker *waker; /* of who waits for room */
    int flushes, closes, drops, asks;
} Tank;
#define Tank_HAS_give_back 1
#define Tank_IS_SEND 1

static inline bool tank_waits(Tank *t, bide_context *cx)
{
    t->waits = t->pends && !t->waits;
    if (t->waits)
        bide_waker_wake_by_ref(cx->waker);
    return t->waits;
}

static inline bide_poll tank_error(Tank *t, int32_t *error)
{
    *error = t->error;
    t->error = 0;
    return BIDE_READY;
}

static inline bide_poll Tank_poll_ready(Tank *t, bide_context *cx, int32_t *error)
{
    t->asks++;
    if (t->closed) {
        *error = BIDE_SINK_CLOSED;
        return BIDE_READY;
    }
    if (t->error)
        return tank_error(t, error);
    if (!t->reserved) {
        if (tank_waits(t, cx))
            return BIDE_PENDING;
        if (t->held >= t->room)
            return bide_waker_register(&t->waker, cx) == BIDE_READY ? BIDE_PENDING : BIDE_ENOMEM;
        t->reserved = 1;
    }
    bide_waker_clear(&t->waker);
    *error = 0;
    return BIDE_READY;
}

static inline int32_t Tank_start_send(Tank *t, int32_t item)
{
    if (!t->reserved)
        return BIDE_SINK_NOT_READY;
    t->reserved = 0;
    t->held++;
    t->items[t->seen++] = item;
    return 0;
}

static inline void Tank_give_back(Tank *t)
{
    t->reserved = 0;
    bide_waker_clear(&t->waker);
}

static inline bide_poll Tank_poll_flush(Tank *t, bide_context *cx, int32_t *error)
{
    if (tank_waits(t, cx))
        return BIDE_PENDING;
    t->flushes++;
    return tank_error(t, error);
}

static inline bide_poll Tank_poll_close(Tank *t, bide_context *cx, int32_t *error)
{
    if (tank_waits(t, cx))
        return BIDE_PENDING;
    t->closes++;
    t->closed = true;
    return tank_error(t, error);
}

static inline void Tank_drop(Tank *t)
{
    bide_waker_clear(&t->waker);
    t->drops++;
}
BIDE_SINK_TYPE(Tank, int32_t);

BIDE_SINK(Drain, int32_t);
BIDE_SINK_IMPL_DECLARE(Drain, Tank);

static inline Tank tank_of(size_t room, bool pends)
{
    Tank t;
    memset(&t, 0, sizeof t);
    t.room = room;
    t.pends = pends;
    return t;
}

/* Somebody takes what is in the tank. */
static inline void tank_take(Tank *t)
{
    t->held = 0;
    bide_waker_take_and_wake(&t->waker);
}

/* What came into it, as "1 2 3". */
static inline const char *tank_text(const Tank *t, char *text, size_t size)
{
    size_t at = 0;
    text[0] = 0;
    for (size_t i = 0; i < t->seen; i++)
        at += (size_t)snprintf(text + at, size - at, "%s%d", i ? " " : "", (int)t->items[i]);
    return text;
}

/* ---- running by hand ---------------------------------------------------------------------- */

/* Runs the future F to its end: the result is the code of its last poll. `f` is its frame. */
#define RUN(F, cx, out, args)                                                                      \
    do {                                                                                           \
        struct F run_f;                                                                            \
        int run_left = 10000;                                                                      \
        bide_poll run_r = F##_start(&run_f, RUN_ARGS args, (cx), (out));                           \
        while (run_r == BIDE_PENDING && run_left-- > 0)                                            \
            run_r = F##_poll(&run_f, (cx), (out));                                                 \
        assert_int_equal(run_r, BIDE_READY);                                                       \
    } while (0)
#define RUN_ARGS(...) __VA_ARGS__

/* Polls a stream until it must not wait any more. */
#define NEXT(r, S, s, cx, item)                                                                    \
    do {                                                                                           \
        (r) = BIDE_PENDING;                                                                        \
        for (int next_left = 10000; (r) == BIDE_PENDING && next_left > 0; next_left--)             \
            (r) = S##_poll_next((s), (cx), (item));                                                \
    } while (0)

/* The items of a stream of numbers, as "1 2 3", and how it ended: ".", or "!code". */
#define TEXT(text, S, s, cx)                                                                       \
    do {                                                                                           \
        size_t text_at = 0;                                                                        \
        bide_poll text_r;                                                                          \
        (text)[0] = 0;                                                                             \
        for (;;) {                                                                                 \
            int32_t text_item = 0;                                                                 \
            NEXT(text_r, S, (s), (cx), &text_item);                                                \
            if (text_r != BIDE_READY)                                                              \
                break;                                                                             \
            text_at += (size_t)snprintf((text) + text_at, sizeof(text) - text_at, "%d ",           \
                                        (int)text_item);                                           \
        }                                                                                          \
        if (text_r == BIDE_DONE)                                                                   \
            snprintf((text) + text_at, sizeof(text) - text_at, ".");                               \
        else                                                                                       \
            snprintf((text) + text_at, sizeof(text) - text_at, "!%d", (int)text_r);                \
    } while (0)

/* What a suspended future tells of itself. */
static inline const char *traced(const bide_type *type, const void *frame, char *text, size_t size)
{
    bide_trace_buffer buffer = {text, size, 0};
    bide_trace_options o = bide_trace_into(&buffer);
    bide_trace(type, frame, &o);
    return text;
}

#endif
