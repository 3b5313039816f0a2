/*
 * probe.h: a future that does what the test says and counts what is done to it, for the tests of
 * executors and tasks.
 */
#ifndef PROBE_H
#define PROBE_H

#include "support.h"

#include <bide/alloc_count.h>

#include <string.h>

typedef struct probe {
    int polls, drops, ends;
    int yields;     /* wake itself in so many polls first */
    bool open;      /* else wait, with a clone of the waker in `waker` */
    bool twice;     /* yield by two wakes */
    bide_poll code; /* how to end; 0: BIDE_READY */
    int32_t value;  /* the Output */
    bide_waker *waker;
    void (*during)(struct probe *p, bide_context *cx); /* at the beginning of each poll */
    void (*in_drop)(struct probe *p);
    void *arg;
    bide_join join; /* for `during` and `in_drop` */
    char *log;      /* gets the name at each poll and drop */
    char name;
} probe;

static inline void probe_log(probe *p)
{
    size_t n;
    if (!p->log)
        return;
    n = strlen(p->log);
    p->log[n] = p->name;
    p->log[n + 1] = 0;
}

#define script_FRAME(ROW) ROW(PARAM, probe *, p) ROW(LOCAL, bool, over)
BIDE_FUTURE(int32_t, script)

bide_poll script_poll(struct script *f, bide_context *cx, int32_t *out)
{
    probe *p = f->p;
    p->polls++;
    probe_log(p);
    if (p->during)
        p->during(p, cx);
    if (p->yields > 0) {
        p->yields--;
        bide_waker_wake_by_ref(cx->waker);
        if (p->twice)
            bide_waker_wake_by_ref(cx->waker);
        return BIDE_PENDING;
    }
    if (!p->open) {
        bide_poll r = bide_waker_register(&p->waker, cx);
        if (r == BIDE_READY)
            return BIDE_PENDING;
    }
    bide_waker_clear(&p->waker);
    p->ends++;
    f->over = true;
    if (p->code)
        return p->code;
    *out = p->value;
    return BIDE_READY;
}

void script_drop(struct script *f)
{
    probe *p = f->p;
    if (f->over)
        return;
    p->drops++;
    probe_log(p);
    if (p->in_drop)
        p->in_drop(p);
    bide_waker_clear(&p->waker);
}

/* Lets a waiting probe end. */
static inline void probe_open(probe *p)
{
    p->open = true;
    if (p->waker)
        bide_waker_wake_by_ref(p->waker);
}

/* An executor whose memory is counted. */
typedef struct bench {
    bide_counter counter;
    bide_local_options options;
    bide_local *ex;
} bench;

static inline void bench_open(bench *b)
{
    bide_counter_init(&b->counter, bide_heap());
    b->options = bide_local_options_init();
    b->options.allocator = &b->counter.base;
    assert_int_equal(bide_local_new(&b->options, &b->ex), BIDE_READY);
}

/* Ends the executor; nothing may be left but what the test still holds: so many blocks. */
static inline void bench_close(bench *b, size_t held)
{
    assert_int_equal(bide_local_free(b->ex), BIDE_READY);
    assert_int_equal(b->counter.live, held);
}

static inline bide_local_stats stats_of(bide_local *ex)
{
    bide_local_stats s;
    memset(&s, 0, sizeof s);
    s.size = (uint32_t)sizeof s;
    bide_local_get_stats(ex, &s);
    return s;
}

#endif
