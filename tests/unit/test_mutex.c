/*
 * Mutexes: who has the lock, who gets it next, and what a dropped locker leaves behind.
 */
#include "sync_support.h"

#include <bide/mutex.h>

BIDE_INTERLEAVE_PENDING(void, slow_lock, bide_mutex_lock, (bide_mutex *, mutex));

/* A lock behind an interface. */
#define Door_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC, void, enter)
BIDE_INTERFACE(Door);
typedef struct House {
    bide_mutex mutex;
} House;
#define House_enter_FRAME(ROW) ROW(PARAM, House *, self) ROW(CHILD, bide_mutex_lock, lock)
BIDE_ASYNC(void, House_enter)
{
    BIDE_BEGIN(House_enter);
    BIDE_AWAIT_V(bide_mutex_lock, lock, (&f->self->mutex));
    BIDE_RETURN();
    BIDE_END;
}
BIDE_IMPL_DECLARE(Door, House);
BIDE_IMPL(Door, House);

static void C34_bilock_exclusive_waits_unlock_wakes(void **state)
{
    bide_mutex m;
    struct bide_mutex_lock a, b;
    parties p;
    (void)state;
    parties_open(&p);
    bide_mutex_init(&m);
    assert_int_equal(bide_mutex_lock_start(&a, &m, &p.cx[0], NULL), BIDE_READY);
    assert_int_equal(p.w[0].clones, 0);
    assert_false(bide_mutex_try_lock(&m));
    assert_int_equal(bide_mutex_lock_start(&b, &m, &p.cx[1], NULL), BIDE_PENDING);
    assert_int_equal(bide_mutex_lock_poll(&b, &p.cx[1], NULL), BIDE_PENDING);
    assert_int_equal(bide_counting_waker_refs(&p.w[1]), 2);
    bide_mutex_unlock(&m);
    assert_int_equal(p.w[1].wakes, 1);
    assert_false(bide_mutex_try_lock(&m)); /* handed over */
    assert_int_equal(bide_mutex_lock_poll(&b, &p.cx[1], NULL), BIDE_READY);
    assert_int_equal(bide_mutex_lock_poll(&b, &p.cx[1], NULL), BIDE_EMISUSE);
    bide_mutex_lock_drop(&b); /* ended: the lock is ours */
    assert_false(bide_mutex_try_lock(&m));
    bide_mutex_unlock(&m);
    assert_true(bide_mutex_try_lock(&m));
    parties_close(&p);
}

static void first_come_first_served(void **state)
{
    bide_mutex m;
    struct bide_mutex_lock f[5];
    parties p;
    (void)state;
    parties_open(&p);
    bide_mutex_init(&m);
    assert_true(bide_mutex_try_lock(&m));
    for (int i = 0; i < 5; i++)
        assert_int_equal(bide_mutex_lock_start(&f[i], &m, &p.cx[i], NULL), BIDE_PENDING);
    for (int i = 0; i < 5; i++) {
        bide_mutex_unlock(&m);
        for (int k = 0; k < 5; k++)
            assert_int_equal(p.w[k].wakes, k <= i);
        assert_int_equal(bide_mutex_lock_poll(&f[i], &p.cx[i], NULL), BIDE_READY);
    }
    bide_mutex_unlock(&m);
    assert_true(bide_mutex_try_lock(&m));
    parties_close(&p);
}

static void C36_mutex_guard_released_on_drop_of_pending_locker(void **state)
{
    bide_mutex m;
    struct bide_mutex_lock f[4];
    parties p;
    (void)state;
    parties_open(&p);
    bide_mutex_init(&m);
    assert_true(bide_mutex_try_lock(&m));
    for (int i = 0; i < 4; i++)
        assert_int_equal(bide_mutex_lock_start(&f[i], &m, &p.cx[i], NULL), BIDE_PENDING);
    bide_mutex_lock_drop(&f[1]); /* from the middle */
    bide_mutex_unlock(&m);
    assert_int_equal(p.w[0].wakes, 1);
    bide_mutex_lock_drop(&f[0]); /* had been handed it: passes it on, past the one that left */
    assert_int_equal(p.w[1].wakes, 0);
    assert_int_equal(p.w[2].wakes, 1);
    bide_mutex_lock_drop(&f[3]); /* the last in the queue */
    bide_mutex_lock_drop(&f[2]); /* handed it; nobody is left */
    assert_int_equal(p.w[3].wakes, 0);
    assert_true(bide_mutex_try_lock(&m));
    parties_close(&p);
}

static void dropped_before_its_first_poll(void **state)
{
    bide_mutex m;
    struct bide_mutex_lock f;
    (void)state;
    bide_mutex_init(&m);
    bide_mutex_lock_init(&f, &m);
    bide_mutex_lock_drop(&f);
    assert_true(bide_mutex_try_lock(&m));
}

static void the_waker_may_change(void **state)
{
    bide_mutex m;
    struct bide_mutex_lock f, behind;
    parties p;
    (void)state;
    parties_open(&p);
    bide_mutex_init(&m);
    assert_true(bide_mutex_try_lock(&m));
    assert_int_equal(bide_mutex_lock_start(&f, &m, &p.cx[0], NULL), BIDE_PENDING);
    assert_int_equal(bide_mutex_lock_start(&behind, &m, &p.cx[2], NULL), BIDE_PENDING);
    assert_int_equal(bide_mutex_lock_poll(&f, &p.cx[1], NULL), BIDE_PENDING);
    assert_int_equal(bide_counting_waker_refs(&p.w[0]), 1);
    bide_mutex_unlock(&m);
    assert_int_equal(p.w[1].wakes, 1); /* in its old place */
    assert_int_equal(p.w[0].wakes + p.w[2].wakes, 0);
    bide_mutex_lock_drop(&f);
    bide_mutex_lock_drop(&behind);
    parties_close(&p);
}

static void a_foreign_waker_without_memory(void **state)
{
    bide_context poor = poor_context();
    bide_mutex m;
    struct bide_mutex_lock a, b;
    parties p;
    (void)state;
    parties_open(&p);
    bide_mutex_init(&m);
    assert_true(bide_mutex_try_lock(&m));
    assert_int_equal(bide_mutex_lock_start(&a, &m, &poor, NULL), BIDE_ENOMEM);
    assert_int_equal(bide_mutex_lock_start(&a, &m, &p.cx[0], NULL), BIDE_PENDING);
    assert_int_equal(bide_mutex_lock_start(&b, &m, &p.cx[1], NULL), BIDE_PENDING);
    assert_int_equal(bide_mutex_lock_poll(&a, &poor, NULL), BIDE_ENOMEM);
    bide_mutex_unlock(&m);
    assert_int_equal(p.w[1].wakes, 1); /* the first has left the queue */
    bide_mutex_lock_drop(&a);
    bide_mutex_lock_drop(&b);
    assert_true(bide_mutex_try_lock(&m));
    parties_close(&p);
}

static void a_boxed_lock_takes_memory_only_to_wait(void **state)
{
    bide_counter counter;
    bide_mutex m;
    bide_box box = {NULL, NULL};
    parties p;
    (void)state;
    parties_open(&p);
    bide_counter_init(&counter, bide_heap());
    bide_mutex_init(&m);
    assert_int_equal(bide_mutex_lock_start_box(&box, &m, &counter.base, &p.cx[0], NULL),
                     BIDE_READY);
    assert_int_equal(counter.allocs, 0);
    assert_int_equal(bide_mutex_lock_start_box(&box, &m, &counter.base, &p.cx[0], NULL),
                     BIDE_PENDING);
    assert_int_equal(counter.allocs, 1);
    bide_mutex_unlock(&m);
    assert_int_equal(bide_box_poll(&box, &p.cx[0], NULL), BIDE_READY);
    assert_int_equal(counter.live, 0);
    parties_close(&p);
}

static void what_is_waited_for_is_told(void **state)
{
    bide_mutex m;
    bide_local_mutex l;
    struct bide_mutex_lock f;
    struct bide_local_mutex_lock g;
    parties p;
    (void)state;
    parties_open(&p);
    bide_mutex_init(&m);
    bide_local_mutex_init(&l);
    assert_true(bide_mutex_try_lock(&m));
    assert_true(bide_local_mutex_try_lock(&l));
    assert_int_equal(bide_mutex_lock_start(&f, &m, &p.cx[0], NULL), BIDE_PENDING);
    assert_int_equal(bide_local_mutex_lock_start(&g, &l, &p.cx[0], NULL), BIDE_PENDING);
    assert_tells(&bide_mutex_lock_type, &f, "a mutex");
    assert_tells(&bide_local_mutex_lock_type, &g, "a mutex");
    bide_mutex_lock_drop(&f);
    bide_local_mutex_lock_drop(&g);
    parties_close(&p);
}

static void local_mutexes_do_the_same(void **state)
{
    bide_local_mutex m;
    struct bide_local_mutex_lock f[3];
    parties p;
    (void)state;
    parties_open(&p);
    assert_false((int)bide_local_mutex_lock_flags & BIDE_SEND);
    bide_local_mutex_init(&m);
    assert_true(bide_local_mutex_try_lock(&m));
    for (int i = 0; i < 3; i++)
        assert_int_equal(bide_local_mutex_lock_start(&f[i], &m, &p.cx[i], NULL), BIDE_PENDING);
    bide_local_mutex_unlock(&m);
    assert_int_equal(p.w[0].wakes, 1);
    bide_local_mutex_lock_drop(&f[0]);
    assert_int_equal(p.w[1].wakes, 1);
    assert_int_equal(bide_local_mutex_lock_poll(&f[1], &p.cx[1], NULL), BIDE_READY);
    bide_local_mutex_lock_drop(&f[2]);
    bide_local_mutex_unlock(&m);
    assert_true(bide_local_mutex_try_lock(&m));
    parties_close(&p);
}

/* ---- tasks -------------------------------------------------------------------------------- */

typedef struct shared {
    House house;
    int inside, most, total;
} shared;

#define visit_FRAME(ROW)                                                                           \
    ROW(PARAM, shared *, s)                                                                        \
    ROW(PARAM, int, making)                                                                        \
    ROW(LOCAL, int, i)                                                                             \
    ROW(LOCAL, bool, locked)                                                                       \
    ROW(LOCAL, Door, door)                                                                         \
    ROW(CHILD, bide_mutex_lock, lock)                                                              \
    ROW(CHILD, slow_lock, slow) ROW(CHILD, Door_enter, dyn) ROW(CHILD, bide_yield, turn)
BIDE_ASYNC(void, visit)
{
    BIDE_BEGIN(visit);
    f->door = House_as_Door(&f->s->house, NULL);
    for (f->i = 0; f->i < 5; f->i++) {
        if (f->making == 0)
            BIDE_AWAIT(bide_mutex_lock, lock, (&f->s->house.mutex));
        else if (f->making == 1)
            BIDE_AWAIT(slow_lock, slow, (&f->s->house.mutex));
        else
            BIDE_AWAIT(Door_enter, dyn, (&f->door));
        f->locked = true;
        f->s->inside++;
        f->s->most = f->s->inside > f->s->most ? f->s->inside : f->s->most;
        BIDE_AWAIT(bide_yield, turn, ());
        f->s->total++;
        f->s->inside--;
        f->locked = false;
        bide_mutex_unlock(&f->s->house.mutex);
    }
    BIDE_RETURN();
BIDE_CLEANUP:
    if (f->locked) {
        f->s->inside--;
        bide_mutex_unlock(&f->s->house.mutex);
    }
    BIDE_END;
}

/* Visitors of all makings, one of which is aborted; the codes of all come together in one. */
static bide_poll visits(bide_allocator *a)
{
    bide_local_options o = bide_local_options_init();
    bide_local *ex;
    bide_join join[7] = {{NULL}};
    shared s = {.inside = 0};
    bide_poll r, all = BIDE_READY;
    o.allocator = a;
    o.slab_bytes = 0;
    bide_mutex_init(&s.house.mutex);
    r = bide_local_new(&o, &ex);
    if (r != BIDE_READY)
        return r;
    for (int i = 0; i < 7 && all == BIDE_READY; i++)
        BIDE_SPAWN_TO(all, ex, visit, NULL, &join[i], (&s, i % 3));
    (void)bide_local_run_until_stalled(ex);
    bide_join_abort(&join[3]);
    assert_int_equal(bide_local_run(ex), BIDE_READY);
    for (int i = 0; i < 7; i++)
        if (join[i].task) {
            r = bide_join_try_take(&join[i], NULL);
            if (r != BIDE_READY && all == BIDE_READY)
                all = r;
        }
    bide_local_free(ex);
    assert_in_range(s.most, 0, 1);
    assert_int_equal(s.inside, 0);
    assert_true(bide_mutex_try_lock(&s.house.mutex));
    if (all == BIDE_READY)
        assert_int_equal(s.total, 35); /* stalled only when all had ended: the abort was late */
    return all;
}
TEST_EVERY_FAILURE(visits_every_failure, visits)

static void aborted_at_every_moment(void **state)
{
    (void)state;
    for (int victim = 0; victim < 3; victim++)
        for (int polls = 0; polls < 40; polls++) {
            parties p;
            shared s = {.inside = 0};
            struct visit f[3];
            bool over[3] = {false};
            parties_open(&p);
            bide_mutex_init(&s.house.mutex);
            for (int i = 0; i < 3; i++)
                visit_init(&f[i], &s, i);
            for (int n = 0, left = 3; left > 0; n++) {
                int i = n % 3;
                if (n == polls && !over[victim]) {
                    visit_drop(&f[victim]);
                    over[victim] = true;
                    left--;
                }
                if (!over[i] && visit_poll(&f[i], &p.cx[i], NULL) == BIDE_READY) {
                    over[i] = true;
                    left--;
                }
                assert_true(n < 1000);
            }
            assert_int_equal(s.most, 1);
            assert_int_equal(s.inside, 0);
            assert_true(bide_mutex_try_lock(&s.house.mutex));
            parties_close(&p);
        }
}

/* ---- threads ------------------------------------------------------------------------------ */

enum { LOCKS = 3000 };

static bide_mutex stressed;
static int plain_count; /* guarded by it */

#define count_up_FRAME(ROW) ROW(LOCAL, int, i) ROW(CHILD, bide_mutex_lock, lock)
BIDE_ASYNC(void, count_up)
{
    BIDE_BEGIN(count_up);
    for (f->i = 0; f->i < LOCKS; f->i++) {
        BIDE_AWAIT(bide_mutex_lock, lock, (&stressed));
        plain_count++;
        bide_mutex_unlock(&stressed);
    }
    BIDE_RETURN();
    BIDE_END;
}

static void *count_on_thread(void *arg)
{
    sync_thread *t = arg;
    t->failed = BIDE_BLOCK_ON(count_up, NULL, ()) != BIDE_READY;
    return NULL;
}

/* Takes the lock, or loses interest. */
static void *fickle_on_thread(void *arg)
{
    sync_thread *t = arg;
    bide_context cx = {sizeof cx, 0, bide_waker_noop(), NULL, NULL};
    for (int i = 0; i < LOCKS; i++) {
        struct bide_mutex_lock f;
        bide_poll r = bide_mutex_lock_start(&f, &stressed, &cx, NULL);
        while (r == BIDE_PENDING && sync_random(t) % 4 != 0) {
            sched_yield();
            r = bide_mutex_lock_poll(&f, &cx, NULL);
        }
        if (r == BIDE_PENDING) {
            bide_mutex_lock_drop(&f);
        } else {
            plain_count++;
            bide_mutex_unlock(&stressed);
        }
    }
    return NULL;
}

static void exclusive_on_threads(void **state)
{
    (void)state;
    bide_mutex_init(&stressed);
    plain_count = 0;
    on_threads(count_on_thread);
    assert_int_equal(plain_count, SYNC_THREADS * LOCKS);
    on_threads(fickle_on_thread);
    assert_true(bide_mutex_try_lock(&stressed));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(C34_bilock_exclusive_waits_unlock_wakes),
        cmocka_unit_test(first_come_first_served),
        cmocka_unit_test(C36_mutex_guard_released_on_drop_of_pending_locker),
        cmocka_unit_test(dropped_before_its_first_poll),
        cmocka_unit_test(the_waker_may_change),
        cmocka_unit_test(a_foreign_waker_without_memory),
        cmocka_unit_test(a_boxed_lock_takes_memory_only_to_wait),
        cmocka_unit_test(what_is_waited_for_is_told),
        cmocka_unit_test(local_mutexes_do_the_same),
        cmocka_unit_test(visits_every_failure),
        cmocka_unit_test(aborted_at_every_moment),
        cmocka_unit_test(exclusive_on_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
