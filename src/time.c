/*
 * time.c: sleeping.
 */
#include <bide/time.h>

#include "trace_text.h"

static void stop(struct bide_priv_sleep *s)
{
    bide_runtime *rt = s->runtime;
    s->runtime = NULL;
    if (rt)
        bide_timer_stop(rt, &s->timer);
}

static bide_poll start(struct bide_priv_sleep *s, bide_runtime *rt, const bide_context *cx,
                       uint64_t deadline)
{
    bide_poll r;
    stop(s);
    s->timer.deadline = deadline;
    s->timer.waker = bide_waker_clone(cx->waker);
    if (!s->timer.waker)
        return BIDE_ENOMEM;
    r = bide_timer_start(rt, &s->timer);
    if (r != BIDE_READY) {
        bide_waker_clear(&s->timer.waker);
        return r;
    }
    s->runtime = rt;
    s->seen = cx->waker;
    return BIDE_READY;
}

static bide_poll end(struct bide_priv_sleep *s, bide_poll r)
{
    stop(s);
    s->ended = true;
    return r;
}

/* Waits until `deadline`. A poll that changes neither waker nor runtime leaves the timer alone: the
 * waker that it holds cannot have been freed, so equal pointers are the same waker. One that fired
 * is due by now, unless the clock is another one. */
static bide_poll wait(struct bide_priv_sleep *s, bide_context *cx, uint64_t deadline)
{
    bide_runtime *rt = bide_context_runtime(cx);
    uint64_t now;
    bide_poll r = bide_runtime_now(rt, &now);
    if (r == BIDE_READY && now < deadline) {
        if (s->runtime == rt && s->seen == cx->waker)
            return BIDE_PENDING;
        r = start(s, rt, cx, deadline);
        if (r == BIDE_READY)
            return BIDE_PENDING;
    }
    return end(s, r);
}

/* How long it still waits, on the clock of the runtime that it waits on. */
static void tell(const struct bide_priv_sleep *s, bide_tracer *tracer)
{
    bide_priv_words words = {.length = 0};
    uint64_t now;
    if (!s->runtime || bide_runtime_now(s->runtime, &now) != BIDE_READY) {
        bide_tracer_note(tracer, s->ended ? "over" : "not begun");
        return;
    }
    bide_priv_say_time(&words, s->timer.deadline > now ? s->timer.deadline - now : 0);
    bide_priv_say(&words, " left");
    bide_tracer_note(tracer, words.text);
}

static void bide_priv_sleep_trace(const void *frame, bide_tracer *tracer)
{
    tell(&((const struct bide_sleep *)frame)->sleep, tracer);
}

static void bide_priv_sleep_until_trace(const void *frame, bide_tracer *tracer)
{
    tell(&((const struct bide_sleep_until *)frame)->sleep, tracer);
}

bide_poll bide_sleep_poll(struct bide_sleep *f, bide_context *cx, void *out)
{
    (void)out;
    if (f->sleep.ended)
        return BIDE_EMISUSE;
    /* From the first poll on, `ms` holds the deadline. */
    if (!f->polled) {
        uint64_t now;
        bide_poll r = bide_runtime_now(bide_context_runtime(cx), &now);
        uint64_t length = bide_ms(f->ms);
        if (r != BIDE_READY)
            return end(&f->sleep, r);
        f->ms = length > UINT64_MAX - now ? UINT64_MAX : now + length;
        f->polled = true;
    }
    return wait(&f->sleep, cx, f->ms);
}

void bide_sleep_drop(struct bide_sleep *f)
{
    stop(&f->sleep);
}

BIDE_FUTURE_DEFINE(void, bide_sleep);

bide_poll bide_sleep_until_poll(struct bide_sleep_until *f, bide_context *cx, void *out)
{
    (void)out;
    if (f->sleep.ended)
        return BIDE_EMISUSE;
    return wait(&f->sleep, cx, f->ns);
}

void bide_sleep_until_drop(struct bide_sleep_until *f)
{
    stop(&f->sleep);
}

BIDE_FUTURE_DEFINE(void, bide_sleep_until);
