/*
 * Notifies: who is told, what is remembered, and what a dropped waiter passes on.
 */
#include "sync_support.h"

#include <bide/notify.h>

BIDE_INTERLEAVE_PENDING(void, slow_wait, bide_notify_wait, (bide_notify *, notify));

static void one_wakes_who_waited_longest(void **state)
{
    bide_notify n;
    struct bide_notify_wait f[3];
    parties p;
    (void)state;
    parties_open(&p);
    bide_notify_init(&n);
    for (int i = 0; i < 3; i++)
        assert_int_equal(bide_notify_wait_start(&f[i], &n, &p.cx[i], NULL), BIDE_PENDING);
    for (int i = 0; i < 3; i++) {
        bide_notify_one(&n);
        for (int k = 0; k < 3; k++)
            assert_int_equal(p.w[k].wakes, k <= i);
        assert_int_equal(bide_notify_wait_poll(&f[i], &p.cx[i], NULL), BIDE_READY);
    }
    assert_int_equal(bide_notify_wait_poll(&f[0], &p.cx[0], NULL), BIDE_EMISUSE);
    assert_int_equal(bide_notify_wait_start(&f[0], &n, &p.cx[0], NULL), BIDE_PENDING);
    bide_notify_wait_drop(&f[0]);
    parties_close(&p);
}

static void one_is_remembered_once(void **state)
{
    bide_notify n;
    struct bide_notify_wait f;
    parties p;
    (void)state;
    parties_open(&p);
    bide_notify_init(&n);
    bide_notify_one(&n);
    bide_notify_one(&n);
    assert_int_equal(bide_notify_wait_start(&f, &n, &p.cx[0], NULL), BIDE_READY);
    assert_int_equal(p.w[0].clones, 0);
    assert_int_equal(bide_notify_wait_start(&f, &n, &p.cx[0], NULL), BIDE_PENDING);
    bide_notify_wait_drop(&f);
    parties_close(&p);
}

static void all_wakes_those_that_wait_and_is_not_remembered(void **state)
{
    bide_notify n;
    struct bide_notify_wait f[3];
    parties p;
    (void)state;
    parties_open(&p);
    bide_notify_init(&n);
    bide_notify_all(&n);
    for (int i = 0; i < 3; i++)
        assert_int_equal(bide_notify_wait_start(&f[i], &n, &p.cx[i], NULL), BIDE_PENDING);
    bide_notify_all(&n);
    for (int i = 0; i < 3; i++)
        assert_int_equal(p.w[i].wakes, 1);
    bide_notify_wait_drop(&f[0]); /* has nothing to pass on */
    assert_int_equal(bide_notify_wait_start(&f[0], &n, &p.cx[0], NULL), BIDE_PENDING);
    assert_int_equal(bide_notify_wait_poll(&f[1], &p.cx[1], NULL), BIDE_READY);
    assert_int_equal(bide_notify_wait_poll(&f[2], &p.cx[2], NULL), BIDE_READY);
    bide_notify_wait_drop(&f[0]);
    parties_close(&p);
}

/* A waker that waits again at once, as an executor on another thread may do. */
typedef struct eager {
    bide_waker base;
    bide_notify *notify;
    struct bide_notify_wait f;
    int wakes;
} eager;
static bide_waker *eager_clone(bide_waker *waker)
{
    return waker;
}
static void eager_wake(bide_waker *waker)
{
    eager *e = (eager *)waker;
    bide_context cx = {sizeof cx, 0, waker, NULL, NULL};
    if (++e->wakes > 10)
        return;
    assert_int_equal(bide_notify_wait_poll(&e->f, &cx, NULL), BIDE_READY);
    assert_int_equal(bide_notify_wait_start(&e->f, e->notify, &cx, NULL), BIDE_PENDING);
}
static void eager_drop(bide_waker *waker)
{
    (void)waker;
}

static void all_ends_though_they_wait_again(void **state)
{
    static const bide_waker_vtable vtable = {sizeof vtable, 0,          eager_clone, eager_wake,
                                             eager_wake,    eager_drop, NULL};
    bide_notify n;
    eager e[2] = {{{&vtable}, &n, {0}, 0}, {{&vtable}, &n, {0}, 0}};
    (void)state;
    bide_notify_init(&n);
    for (int i = 0; i < 2; i++) {
        bide_context cx = {sizeof cx, 0, &e[i].base, NULL, NULL};
        assert_int_equal(bide_notify_wait_start(&e[i].f, &n, &cx, NULL), BIDE_PENDING);
    }
    for (int round = 1; round <= 3; round++) {
        bide_notify_all(&n);
        assert_int_equal(e[0].wakes, round);
        assert_int_equal(e[1].wakes, round);
    }
    bide_notify_wait_drop(&e[0].f);
    bide_notify_wait_drop(&e[1].f);
}

static void a_dropped_waiter_passes_one_on(void **state)
{
    bide_notify n;
    struct bide_notify_wait f[3];
    parties p;
    (void)state;
    parties_open(&p);
    bide_notify_init(&n);
    for (int i = 0; i < 3; i++)
        assert_int_equal(bide_notify_wait_start(&f[i], &n, &p.cx[i], NULL), BIDE_PENDING);
    bide_notify_wait_drop(&f[1]);
    bide_notify_one(&n);
    bide_notify_wait_drop(&f[0]);
    assert_int_equal(p.w[1].wakes, 0);
    assert_int_equal(p.w[2].wakes, 1);
    bide_notify_wait_drop(&f[2]); /* to nobody: it is remembered */
    assert_int_equal(bide_notify_wait_start(&f[0], &n, &p.cx[0], NULL), BIDE_READY);
    parties_close(&p);
}

static void a_foreign_waker_without_memory(void **state)
{
    bide_context poor = poor_context();
    bide_notify n;
    struct bide_notify_wait f;
    (void)state;
    bide_notify_init(&n);
    assert_int_equal(bide_notify_wait_start(&f, &n, &poor, NULL), BIDE_ENOMEM);
    bide_notify_one(&n);
    assert_int_equal(bide_notify_wait_start(&f, &n, &poor, NULL), BIDE_READY);
}

static void local_notifies_do_the_same(void **state)
{
    bide_local_notify n;
    struct bide_local_notify_wait f[3];
    parties p;
    (void)state;
    parties_open(&p);
    assert_false((int)bide_local_notify_wait_flags & BIDE_SEND);
    bide_local_notify_init(&n);
    bide_local_notify_one(&n);
    assert_int_equal(bide_local_notify_wait_start(&f[0], &n, &p.cx[0], NULL), BIDE_READY);
    for (int i = 0; i < 3; i++)
        assert_int_equal(bide_local_notify_wait_start(&f[i], &n, &p.cx[i], NULL), BIDE_PENDING);
    assert_tells(&bide_local_notify_wait_type, &f[0], "to be notified");
    bide_local_notify_one(&n);
    bide_local_notify_wait_drop(&f[0]);
    assert_int_equal(p.w[1].wakes, 1);
    bide_local_notify_all(&n);
    assert_int_equal(p.w[2].wakes, 1);
    for (int i = 1; i < 3; i++)
        assert_int_equal(bide_local_notify_wait_poll(&f[i], &p.cx[i], NULL), BIDE_READY);
    parties_close(&p);
}

/* ---- tasks -------------------------------------------------------------------------------- */

typedef struct shop {
    bide_notify work;
    int items, done;
} shop;

#define serve_FRAME(ROW)                                                                           \
    ROW(PARAM, shop *, s)                                                                          \
    ROW(PARAM, int, making)                                                                        \
    ROW(CHILD, bide_notify_wait, plain)                                                            \
    ROW(CHILD, slow_wait, slow) ROW(BOXED, bide_notify_wait, boxed)
BIDE_ASYNC(void, serve)
{
    BIDE_BEGIN(serve);
    while (f->s->done < 30) {
        while (f->s->items > 0) {
            f->s->items--;
            f->s->done++;
        }
        if (f->s->done >= 30)
            break;
        if (f->making == 0)
            BIDE_AWAIT(bide_notify_wait, plain, (&f->s->work));
        else if (f->making == 1)
            BIDE_AWAIT(slow_wait, slow, (&f->s->work));
        else
            BIDE_AWAIT(bide_notify_wait, boxed, (&f->s->work));
    }
    BIDE_RETURN();
BIDE_CLEANUP:
    bide_notify_all(&f->s->work);
    BIDE_END;
}

#define supply_FRAME(ROW) ROW(PARAM, shop *, s) ROW(LOCAL, int, i) ROW(CHILD, bide_yield, turn)
BIDE_ASYNC(void, supply)
{
    BIDE_BEGIN(supply);
    for (f->i = 0; f->i < 30; f->i++) {
        f->s->items++;
        bide_notify_one(&f->s->work);
        BIDE_AWAIT(bide_yield, turn, ());
    }
    BIDE_RETURN();
    BIDE_END;
}

static bide_poll one_shop(bide_allocator *a, int making)
{
    bide_local_options o = bide_local_options_init();
    bide_local *ex;
    bide_join join[2] = {{NULL}};
    shop s = {.items = 0};
    bide_poll r, all = BIDE_READY;
    o.allocator = a;
    o.slab_bytes = 0;
    bide_notify_init(&s.work);
    r = bide_local_new(&o, &ex);
    if (r != BIDE_READY)
        return r;
    for (int i = 0; i < 2 && all == BIDE_READY; i++)
        BIDE_SPAWN_TO(all, ex, serve, NULL, &join[i], (&s, making));
    if (all == BIDE_READY)
        BIDE_SPAWN_TO(all, ex, supply, NULL, NULL, (&s));
    if (all == BIDE_READY)
        assert_int_equal(bide_local_run(ex), BIDE_READY);
    for (int i = 0; i < 2; i++)
        if (join[i].task) {
            r = all == BIDE_READY ? bide_join_try_take(&join[i], NULL) : all;
            bide_join_detach(&join[i]);
            if (r != BIDE_READY && all == BIDE_READY)
                all = r;
        }
    bide_local_free(ex);
    if (all == BIDE_READY)
        assert_int_equal(s.done, 30);
    return all;
}

static bide_poll shops(bide_allocator *a)
{
    bide_poll r = BIDE_READY;
    for (int making = 0; making < 2 && r == BIDE_READY; making++)
        r = one_shop(a, making);
    return r;
}
TEST_EVERY_FAILURE(shops_every_failure, shops)

static void boxed_waits(void **state)
{
    (void)state;
    assert_int_equal(one_shop(bide_heap(), 2), BIDE_READY);
}

/* ---- threads ------------------------------------------------------------------------------ */

enum { ROUNDS = 2000 };

/* One gives, and gives the next when that was taken; three take, and lose interest now and then. */
static bide_notify stressed;
static _Atomic int taken;
static _Atomic bool closed;

static void *give_and_take(void *arg)
{
    sync_thread *t = arg;
    bide_context cx = {sizeof cx, 0, bide_waker_noop(), NULL, NULL};
    for (int i = 0; t->number == 0 && i < ROUNDS && !t->failed; i++) {
        long patience = 20000000;
        bide_notify_one(&stressed);
        while (taken == i && --patience > 0)
            sched_yield();
        t->failed = taken != i + 1;
    }
    closed = closed || t->number == 0;
    while (!closed) {
        struct bide_notify_wait f;
        bide_poll r = bide_notify_wait_start(&f, &stressed, &cx, NULL);
        while (r == BIDE_PENDING && !closed && sync_random(t) % 3 != 0) {
            sched_yield();
            r = bide_notify_wait_poll(&f, &cx, NULL);
        }
        if (r == BIDE_READY)
            taken++;
        else
            bide_notify_wait_drop(&f);
    }
    return NULL;
}

static void none_is_lost_on_threads(void **state)
{
    (void)state;
    bide_notify_init(&stressed);
    on_threads(give_and_take);
    assert_int_equal(taken, ROUNDS);
}

/* Everybody waits for the last one to call them all. */
static bide_notify called;
static _Atomic int waiting;
static _Atomic bool called_all;

#define wait_for_call_FRAME(ROW) ROW(CHILD, bide_notify_wait, wait)
BIDE_ASYNC(void, wait_for_call)
{
    BIDE_BEGIN(wait_for_call);
    while (!called_all)
        BIDE_AWAIT(bide_notify_wait, wait, (&called));
    BIDE_RETURN();
    BIDE_END;
}

static void *answer_the_call(void *arg)
{
    sync_thread *t = arg;
    if (t->number > 0) {
        t->failed = BIDE_BLOCK_ON(wait_for_call, NULL, ()) != BIDE_READY;
        waiting--;
        return NULL;
    }
    while (waiting > 0) {
        called_all = true;
        bide_notify_all(&called);
        sched_yield();
    }
    return NULL;
}

static void all_are_called_on_threads(void **state)
{
    (void)state;
    for (int round = 0; round < 100; round++) {
        bide_notify_init(&called);
        waiting = SYNC_THREADS - 1;
        called_all = false;
        on_threads(answer_the_call);
        assert_int_equal(waiting, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_wakes_who_waited_longest),
        cmocka_unit_test(one_is_remembered_once),
        cmocka_unit_test(all_wakes_those_that_wait_and_is_not_remembered),
        cmocka_unit_test(all_ends_though_they_wait_again),
        cmocka_unit_test(a_dropped_waiter_passes_one_on),
        cmocka_unit_test(a_foreign_waker_without_memory),
        cmocka_unit_test(local_notifies_do_the_same),
        cmocka_unit_test(shops_every_failure),
        cmocka_unit_test(boxed_waits),
        cmocka_unit_test(none_is_lost_on_threads),
        cmocka_unit_test(all_are_called_on_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
