/*
 * sync_support.h: what the tests of mutexes, semaphores, notifies, barriers and scopes share.
 */
#ifndef SYNC_SUPPORT_H
#define SYNC_SUPPORT_H

#include "support.h"

#include <bide/alloc_count.h>
#include <bide/testing_futures.h>

#include <pthread.h>
#include <sched.h>

/* Wakers that count, each with a context, for futures that the test polls itself. */
typedef struct parties {
    bide_counting_waker w[6];
    bide_context cx[6];
} parties;

static inline void parties_open(parties *p)
{
    for (int i = 0; i < 6; i++) {
        bide_counting_waker_init(&p->w[i]);
        p->cx[i] = (bide_context){sizeof p->cx[i], 0, &p->w[i].base, NULL, NULL};
    }
}

/* None of the wakers is kept anywhere. */
static inline void parties_close(parties *p)
{
    for (int i = 0; i < 6; i++)
        assert_int_equal(bide_counting_waker_refs(&p->w[i]), 1);
}

/* A waker that cannot be cloned. */
static bide_waker *poor_clone(bide_waker *waker)
{
    (void)waker;
    return NULL;
}
static void poor_use(bide_waker *waker)
{
    (void)waker;
}
static const bide_waker_vtable poor_vtable = {sizeof poor_vtable, 0,        poor_clone, poor_use,
                                              poor_use,           poor_use, NULL};
static bide_waker poor_waker = {&poor_vtable};

static inline bide_context poor_context(void)
{
    bide_context cx = {sizeof cx, 0, &poor_waker, NULL, NULL};
    return cx;
}

/* Whether a waiting future tells this of itself. */
static inline void assert_tells(const bide_type *type, const void *frame, const char *what)
{
    char text[400];
    bide_trace_buffer buffer = {text, sizeof text, 0};
    bide_trace_options o = bide_trace_into(&buffer);
    bide_trace(type, frame, &o);
    if (!strstr(text, what))
        fail_msg("\"%s\" does not say \"%s\"", text, what);
}

/* Runs `body` on some threads, each with its number. */
enum { SYNC_THREADS = 4 };

typedef struct sync_thread {
    pthread_t thread;
    uint32_t number;
    uint32_t seed;
    bool failed;
} sync_thread;

static inline uint32_t sync_random(sync_thread *t)
{
    t->seed = t->seed * 1664525u + 1013904223u;
    return t->seed >> 16;
}

static inline void on_threads(void *(*body)(void *sync_thread))
{
    sync_thread t[SYNC_THREADS];
    for (uint32_t i = 0; i < SYNC_THREADS; i++) {
        t[i] = (sync_thread){.number = i, .seed = i + 1};
        assert_int_equal(pthread_create(&t[i].thread, NULL, body, &t[i]), 0);
    }
    for (uint32_t i = 0; i < SYNC_THREADS; i++) {
        assert_int_equal(pthread_join(t[i].thread, NULL), 0);
        assert_false(t[i].failed);
    }
}

#endif
