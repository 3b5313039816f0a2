/*
 * Wakes from several threads at once: none is lost, and each block is freed once, whoever lets go
 * last. A lost wake hangs: the alarm ends the program then.
 */
#define _POSIX_C_SOURCE 200809L

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "probe.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#if defined(__SANITIZE_THREAD__)
#define FEWER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define FEWER 1
#endif
#endif

enum { POSTERS = 3, TASKS = 4 };
#ifdef FEWER
enum { POSTS = 20000, LIVES = 500 };
#else
enum { POSTS = 200000, LIVES = 3000 };
#endif

/* ---- posts -------------------------------------------------------------------------------- */

struct mailbox {
    atomic_uint posted;
    unsigned taken, total, polls;
    bide_waker *wakers[POSTERS]; /* a clone for each poster; set by the first poll */
    atomic_bool ready;
};

/* Ends when all posts have been seen. */
#define receive_FRAME(ROW) ROW(PARAM, struct mailbox *, box)
BIDE_FUTURE(void, receive)

bide_poll receive_poll(struct receive *f, bide_context *cx, void *out)
{
    struct mailbox *box = f->box;
    int i;
    (void)out;
    if (box->polls++ == 0) {
        for (i = 0; i < POSTERS; i++)
            box->wakers[i] = bide_waker_clone(cx->waker);
        atomic_store(&box->ready, true);
    }
    /* Relaxed: that the post is seen at all must follow from the wake. */
    box->taken = atomic_load_explicit(&box->posted, memory_order_relaxed);
    return box->taken == box->total ? BIDE_READY : BIDE_PENDING;
}

void receive_drop(struct receive *f)
{
    (void)f;
}

struct poster {
    pthread_t thread;
    struct mailbox *boxes;
    int number;
};

static void post(struct mailbox *box, int number, int i)
{
    bide_waker *w = box->wakers[number];
    atomic_fetch_add_explicit(&box->posted, 1, memory_order_relaxed);
    switch (i % 4) {
    case 0:
        bide_waker_wake(bide_waker_clone(w));
        break;
    case 1:
        bide_waker_drop(bide_waker_clone(w));
        bide_waker_wake_by_ref(w);
        break;
    case 2:
        (void)bide_wake_from_isr(w);
        break;
    default:
        bide_waker_wake_by_ref(w);
    }
}

static void *post_all(void *arg)
{
    struct poster *p = arg;
    int i;
    for (i = 0; i < TASKS; i++)
        while (!atomic_load(&p->boxes[i].ready))
            sched_yield();
    for (i = 0; i < POSTS / POSTERS; i++) {
        post(&p->boxes[i % TASKS], p->number, i / TASKS);
        if (i % 64 == 0)
            sched_yield(); /* let the owner find nothing to do, and sleep */
    }
    for (i = 0; i < TASKS; i++)
        bide_waker_drop(p->boxes[i].wakers[p->number]);
    return NULL;
}

static void no_post_is_lost(void **state)
{
    static struct mailbox boxes[TASKS];
    struct poster posters[POSTERS];
    bench b;
    int i;
    (void)state;
    bench_open(&b);
    for (i = 0; i < POSTERS * (POSTS / POSTERS); i++)
        boxes[i % (POSTS / POSTERS) % TASKS].total++;
    for (i = 0; i < TASKS; i++)
        assert_int_equal(BIDE_SPAWN(b.ex, receive, NULL, (&boxes[i])), BIDE_READY);
    for (i = 0; i < POSTERS; i++) {
        posters[i] = (struct poster){.boxes = boxes, .number = i};
        assert_int_equal(pthread_create(&posters[i].thread, NULL, post_all, &posters[i]), 0);
    }
    assert_int_equal(bide_local_run(b.ex), BIDE_READY);
    for (i = 0; i < POSTERS; i++)
        pthread_join(posters[i].thread, NULL);
    for (i = 0; i < TASKS; i++) {
        assert_int_equal(boxes[i].taken, boxes[i].total);
        assert_true(boxes[i].polls <= boxes[i].total + 1);
    }
    bench_close(&b, 0);
}

/* ---- the last reference, on whichever thread ---------------------------------------------- */

/* The task ends while two threads still wake it, clone and drop. */
struct life {
    atomic_uint wakes;
    bide_waker *wakers[2];
    atomic_int ready;
};

#define live_FRAME(ROW) ROW(PARAM, struct life *, life) ROW(LOCAL, bool, begun)
BIDE_FUTURE(void, live)

bide_poll live_poll(struct live *f, bide_context *cx, void *out)
{
    (void)out;
    if (!f->begun) {
        f->begun = true;
        f->life->wakers[0] = bide_waker_clone(cx->waker);
        f->life->wakers[1] = bide_waker_clone(cx->waker);
        atomic_store(&f->life->ready, 1);
    }
    return atomic_load(&f->life->wakes) > 0 ? BIDE_READY : BIDE_PENDING;
}

void live_drop(struct live *f)
{
    (void)f;
}

struct waking {
    struct life *lives;
    int which;
};

static void *wake_lives(void *arg)
{
    struct waking *k = arg;
    int i;
    for (i = 0; i < LIVES; i++) {
        struct life *l = &k->lives[i];
        while (!atomic_load(&l->ready))
            sched_yield();
        atomic_fetch_add(&l->wakes, 1);
        bide_waker_wake_by_ref(l->wakers[k->which]);
        bide_waker_drop(bide_waker_clone(l->wakers[k->which]));
        bide_waker_wake(l->wakers[k->which]);
    }
    return NULL;
}

static void ends_race_with_wakes(bench *b)
{
    static struct life lives[LIVES];
    struct waking k[2] = {{lives, 0}, {lives, 1}};
    pthread_t threads[2];
    int i;
    for (i = 0; i < LIVES; i++) {
        lives[i] = (struct life){.wakers = {NULL, NULL}};
        assert_int_equal(BIDE_SPAWN(b->ex, live, NULL, (&lives[i])), BIDE_READY);
    }
    for (i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, wake_lives, &k[i]), 0);
    assert_int_equal(bide_local_run(b->ex), BIDE_READY);
    /* Ended while the threads may still wake: from here on there is nobody to be woken. */
    assert_int_equal(bide_local_free(b->ex), BIDE_READY);
    for (i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(b->counter.live, 0);
}

static void last_reference_anywhere(void **state)
{
    bench b;
    (void)state;
    bench_open(&b);
    ends_race_with_wakes(&b);
}

/* ---- block_on, over and over -------------------------------------------------------------- */

static void *post_one(void *arg)
{
    struct life *l = arg;
    while (!atomic_load(&l->ready))
        sched_yield();
    atomic_fetch_add(&l->wakes, 1);
    bide_waker_wake(l->wakers[0]);
    bide_waker_wake(l->wakers[1]);
    return NULL;
}

static void block_on_races_with_its_wakers(void **state)
{
    int i;
    (void)state;
    for (i = 0; i < LIVES / 10; i++) {
        struct life l = {.wakers = {NULL, NULL}};
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, post_one, &l), 0);
        assert_int_equal(BIDE_BLOCK_ON(live, NULL, (&l)), BIDE_READY);
        pthread_join(thread, NULL);
    }
}

TEST_EVERY_FAILURE(every_failure, test_tasks_through)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_post_is_lost),
        cmocka_unit_test(last_reference_anywhere),
        cmocka_unit_test(block_on_races_with_its_wakers),
        cmocka_unit_test(every_failure),
    };
    alarm(100);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
