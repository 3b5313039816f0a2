/*
 * Semaphores: how many may be inside, in which order they come in, and that no permit is lost.
 */
#include "sync_support.h"

#include <bide/semaphore.h>

#include <stdatomic.h>

BIDE_INTERLEAVE_PENDING(void, slow_acquire, bide_semaphore_acquire, (bide_semaphore *, semaphore),
                        (size_t, permits));

static void permits_are_taken_and_given_back(void **state)
{
    bide_semaphore s;
    struct bide_semaphore_acquire f;
    parties p;
    (void)state;
    parties_open(&p);
    bide_semaphore_init(&s, 3);
    assert_true(bide_semaphore_try_acquire(&s, 2));
    assert_false(bide_semaphore_try_acquire(&s, 2));
    assert_int_equal(bide_semaphore_available(&s), 1);
    assert_int_equal(bide_semaphore_acquire_start(&f, &s, 1, &p.cx[0], NULL), BIDE_READY);
    assert_int_equal(p.w[0].clones, 0);
    assert_int_equal(bide_semaphore_acquire_start(&f, &s, 2, &p.cx[0], NULL), BIDE_PENDING);
    bide_semaphore_release(&s, 1);
    assert_int_equal(p.w[0].wakes, 0);
    bide_semaphore_release(&s, 1);
    assert_int_equal(p.w[0].wakes, 1);
    assert_int_equal(bide_semaphore_available(&s), 0); /* handed over */
    assert_int_equal(bide_semaphore_acquire_poll(&f, &p.cx[0], NULL), BIDE_READY);
    assert_int_equal(bide_semaphore_acquire_poll(&f, &p.cx[0], NULL), BIDE_EMISUSE);
    bide_semaphore_release(&s, 5); /* more than there were */
    assert_int_equal(bide_semaphore_available(&s), 5);
    parties_close(&p);
}

static void much_is_not_overtaken_by_little(void **state)
{
    bide_semaphore s;
    struct bide_semaphore_acquire much, little;
    parties p;
    (void)state;
    parties_open(&p);
    bide_semaphore_init(&s, 2);
    assert_int_equal(bide_semaphore_acquire_start(&much, &s, 3, &p.cx[0], NULL), BIDE_PENDING);
    assert_int_equal(bide_semaphore_acquire_start(&little, &s, 1, &p.cx[1], NULL), BIDE_PENDING);
    assert_false(bide_semaphore_try_acquire(&s, 1));
    bide_semaphore_release(&s, 1);
    assert_int_equal(p.w[0].wakes, 1);
    assert_int_equal(p.w[1].wakes, 0);
    bide_semaphore_release(&s, 1);
    assert_int_equal(p.w[1].wakes, 1);
    bide_semaphore_acquire_drop(&much);
    bide_semaphore_acquire_drop(&little);
    assert_int_equal(bide_semaphore_available(&s), 4); /* not one is lost */
    parties_close(&p);
}

static void who_leaves_the_head_lets_others_in(void **state)
{
    bide_semaphore s;
    struct bide_semaphore_acquire much, little[3];
    parties p;
    (void)state;
    parties_open(&p);
    bide_semaphore_init(&s, 2);
    assert_int_equal(bide_semaphore_acquire_start(&much, &s, 3, &p.cx[0], NULL), BIDE_PENDING);
    for (int i = 0; i < 3; i++)
        assert_int_equal(bide_semaphore_acquire_start(&little[i], &s, 1, &p.cx[i + 1], NULL),
                         BIDE_PENDING);
    bide_semaphore_acquire_drop(&much);
    assert_int_equal(p.w[1].wakes, 1);
    assert_int_equal(p.w[2].wakes, 1);
    assert_int_equal(p.w[3].wakes, 0);
    bide_semaphore_acquire_drop(&little[1]); /* its turn goes to the last one */
    assert_int_equal(p.w[3].wakes, 1);
    assert_int_equal(bide_semaphore_acquire_poll(&little[0], &p.cx[1], NULL), BIDE_READY);
    assert_int_equal(bide_semaphore_acquire_poll(&little[2], &p.cx[3], NULL), BIDE_READY);
    assert_int_equal(bide_semaphore_available(&s), 0);
    parties_close(&p);
}

static void one_release_serves_many(void **state)
{
    bide_semaphore s;
    struct bide_semaphore_acquire f[6];
    parties p;
    (void)state;
    parties_open(&p);
    bide_semaphore_init(&s, 0);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(bide_semaphore_acquire_start(&f[i], &s, i, &p.cx[i], NULL),
                         i ? BIDE_PENDING : BIDE_READY);
    bide_semaphore_release(&s, 12); /* 1 + 2 + 3 + 4, and 2 of 5 */
    for (int i = 1; i < 6; i++)
        assert_int_equal(p.w[i].wakes, i < 5);
    bide_semaphore_acquire_drop(&f[5]);
    for (int i = 1; i < 5; i++)
        assert_int_equal(bide_semaphore_acquire_poll(&f[i], &p.cx[i], NULL), BIDE_READY);
    assert_int_equal(bide_semaphore_available(&s), 2);
    parties_close(&p);
}

static void a_foreign_waker_without_memory(void **state)
{
    bide_context poor = poor_context();
    bide_semaphore s;
    struct bide_semaphore_acquire f;
    (void)state;
    bide_semaphore_init(&s, 1);
    assert_int_equal(bide_semaphore_acquire_start(&f, &s, 2, &poor, NULL), BIDE_ENOMEM);
    assert_int_equal(bide_semaphore_acquire_start(&f, &s, 1, &poor, NULL), BIDE_READY);
}

static void a_boxed_acquire_takes_memory_only_to_wait(void **state)
{
    bide_counter counter;
    bide_semaphore s;
    bide_box box = {NULL, NULL};
    parties p;
    (void)state;
    parties_open(&p);
    bide_counter_init(&counter, bide_heap());
    bide_semaphore_init(&s, 1);
    assert_int_equal(bide_semaphore_acquire_start_box(&box, &s, 1, &counter.base, &p.cx[0], NULL),
                     BIDE_READY);
    assert_int_equal(counter.allocs, 0);
    assert_int_equal(bide_semaphore_acquire_start_box(&box, &s, 1, &counter.base, &p.cx[0], NULL),
                     BIDE_PENDING);
    assert_int_equal(counter.allocs, 1);
    bide_box_drop(&box);
    assert_int_equal(counter.live, 0);
    bide_semaphore_release(&s, 1);
    assert_int_equal(bide_semaphore_available(&s), 1);
    parties_close(&p);
}

static void local_semaphores_do_the_same(void **state)
{
    bide_local_semaphore s;
    struct bide_local_semaphore_acquire f[2];
    parties p;
    (void)state;
    parties_open(&p);
    assert_false((int)bide_local_semaphore_acquire_flags & BIDE_SEND);
    bide_local_semaphore_init(&s, 1);
    assert_true(bide_local_semaphore_try_acquire(&s, 1));
    assert_int_equal(bide_local_semaphore_acquire_start(&f[0], &s, 2, &p.cx[0], NULL),
                     BIDE_PENDING);
    assert_int_equal(bide_local_semaphore_acquire_start(&f[1], &s, 1, &p.cx[1], NULL),
                     BIDE_PENDING);
    assert_tells(&bide_local_semaphore_acquire_type, &f[0], "a permit of a semaphore");
    bide_local_semaphore_release(&s, 1);
    bide_local_semaphore_acquire_drop(&f[0]);
    assert_int_equal(p.w[1].wakes, 1);
    assert_int_equal(bide_local_semaphore_acquire_poll(&f[1], &p.cx[1], NULL), BIDE_READY);
    assert_int_equal(bide_local_semaphore_available(&s), 0);
    parties_close(&p);
}

/* ---- tasks -------------------------------------------------------------------------------- */

typedef struct shared {
    bide_semaphore s;
    int inside, most;
} shared;

#define visit_FRAME(ROW)                                                                           \
    ROW(PARAM, shared *, s)                                                                        \
    ROW(PARAM, size_t, size)                                                                       \
    ROW(PARAM, bool, slowly)                                                                       \
    ROW(LOCAL, int, i)                                                                             \
    ROW(LOCAL, bool, inside)                                                                       \
    ROW(CHILD, bide_semaphore_acquire, plain)                                                      \
    ROW(CHILD, slow_acquire, slow)                                                                 \
    ROW(BOXED, bide_semaphore_acquire, boxed) ROW(CHILD, bide_yield, turn)
BIDE_ASYNC(void, visit)
{
    BIDE_BEGIN(visit);
    for (f->i = 0; f->i < 6; f->i++) {
        if (f->slowly)
            BIDE_AWAIT(slow_acquire, slow, (&f->s->s, f->size));
        else if (f->i % 2)
            BIDE_AWAIT(bide_semaphore_acquire, plain, (&f->s->s, f->size));
        else
            BIDE_AWAIT(bide_semaphore_acquire, boxed, (&f->s->s, f->size));
        f->inside = true;
        f->s->inside += (int)f->size;
        f->s->most = f->s->inside > f->s->most ? f->s->inside : f->s->most;
        BIDE_AWAIT(bide_yield, turn, ());
        f->inside = false;
        f->s->inside -= (int)f->size;
        bide_semaphore_release(&f->s->s, f->size);
    }
    BIDE_RETURN();
BIDE_CLEANUP:
    if (f->inside) {
        f->s->inside -= (int)f->size;
        bide_semaphore_release(&f->s->s, f->size);
    }
    BIDE_END;
}

static bide_poll visits(bide_allocator *a)
{
    bide_local_options o = bide_local_options_init();
    bide_local *ex;
    bide_join join[6] = {{NULL}};
    shared s = {.inside = 0};
    bide_poll r, all = BIDE_READY;
    o.allocator = a;
    o.slab_bytes = 0;
    bide_semaphore_init(&s.s, 3);
    r = bide_local_new(&o, &ex);
    if (r != BIDE_READY)
        return r;
    for (size_t i = 0; i < 6 && all == BIDE_READY; i++)
        BIDE_SPAWN_TO(all, ex, visit, NULL, &join[i], (&s, 1 + i % 3, i % 2));
    assert_int_equal(bide_local_run(ex), BIDE_READY);
    for (int i = 0; i < 6; i++)
        if (join[i].task) {
            r = bide_join_try_take(&join[i], NULL);
            if (r != BIDE_READY && all == BIDE_READY)
                all = r;
        }
    bide_local_free(ex);
    assert_in_range(s.most, 0, 3);
    assert_int_equal(s.inside, 0);
    assert_int_equal(bide_semaphore_available(&s.s), 3);
    return all;
}
TEST_EVERY_FAILURE(visits_every_failure, visits)

static void dropped_at_every_moment(void **state)
{
    (void)state;
    for (int victim = 0; victim < 4; victim++)
        for (int polls = 0; polls < 60; polls++) {
            bide_counter counter;
            parties p;
            shared s = {.inside = 0};
            struct visit f[4];
            bool over[4] = {false};
            parties_open(&p);
            bide_counter_init(&counter, bide_heap());
            bide_semaphore_init(&s.s, 3);
            for (size_t i = 0; i < 4; i++) {
                p.cx[i].allocator = &counter.base;
                visit_init(&f[i], &s, 1 + i % 3, i % 2);
            }
            for (int n = 0, left = 4; left > 0; n++) {
                int i = n % 4;
                if (n == polls && !over[victim]) {
                    visit_drop(&f[victim]);
                    over[victim] = true;
                    left--;
                }
                if (!over[i] && visit_poll(&f[i], &p.cx[i], NULL) == BIDE_READY) {
                    over[i] = true;
                    left--;
                }
                assert_true(n < 2000);
            }
            assert_in_range(s.most, 1, 3);
            assert_int_equal(bide_semaphore_available(&s.s), 3);
            assert_int_equal(counter.live, 0);
            parties_close(&p);
        }
}

/* ---- threads ------------------------------------------------------------------------------ */

enum { ROUNDS = 2000 };

static bide_semaphore stressed;
static _Atomic int inside, most_inside;

#define take_some_FRAME(ROW)                                                                       \
    ROW(PARAM, sync_thread *, t)                                                                   \
    ROW(LOCAL, int, i) ROW(LOCAL, size_t, size) ROW(CHILD, bide_semaphore_acquire, get)
BIDE_ASYNC(void, take_some)
{
    int now, most; /* not across an await */
    BIDE_BEGIN(take_some);
    for (f->i = 0; f->i < ROUNDS; f->i++) {
        f->size = 1 + sync_random(f->t) % 3;
        BIDE_AWAIT(bide_semaphore_acquire, get, (&stressed, f->size));
        now = atomic_fetch_add(&inside, (int)f->size) + (int)f->size;
        most = most_inside;
        while (now > most && !atomic_compare_exchange_weak(&most_inside, &most, now))
            continue;
        inside -= (int)f->size;
        bide_semaphore_release(&stressed, f->size);
    }
    BIDE_RETURN();
    BIDE_END;
}

static void *take_on_thread(void *arg)
{
    sync_thread *t = arg;
    t->failed = BIDE_BLOCK_ON(take_some, NULL, (t)) != BIDE_READY;
    return NULL;
}

static void *fickle_on_thread(void *arg)
{
    sync_thread *t = arg;
    bide_context cx = {sizeof cx, 0, bide_waker_noop(), NULL, NULL};
    for (int i = 0; i < ROUNDS; i++) {
        struct bide_semaphore_acquire f;
        size_t size = 1 + sync_random(t) % 3;
        bide_poll r = bide_semaphore_acquire_start(&f, &stressed, size, &cx, NULL);
        while (r == BIDE_PENDING && sync_random(t) % 4 != 0) {
            sched_yield();
            r = bide_semaphore_acquire_poll(&f, &cx, NULL);
        }
        if (r == BIDE_PENDING)
            bide_semaphore_acquire_drop(&f);
        else
            bide_semaphore_release(&stressed, size);
    }
    return NULL;
}

static void no_permit_is_lost_on_threads(void **state)
{
    (void)state;
    bide_semaphore_init(&stressed, 3);
    on_threads(take_on_thread);
    assert_in_range(most_inside, 1, 3);
    assert_int_equal(bide_semaphore_available(&stressed), 3);
    on_threads(fickle_on_thread);
    assert_int_equal(bide_semaphore_available(&stressed), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(permits_are_taken_and_given_back),
        cmocka_unit_test(much_is_not_overtaken_by_little),
        cmocka_unit_test(who_leaves_the_head_lets_others_in),
        cmocka_unit_test(one_release_serves_many),
        cmocka_unit_test(a_foreign_waker_without_memory),
        cmocka_unit_test(a_boxed_acquire_takes_memory_only_to_wait),
        cmocka_unit_test(local_semaphores_do_the_same),
        cmocka_unit_test(visits_every_failure),
        cmocka_unit_test(dropped_at_every_moment),
        cmocka_unit_test(no_permit_is_lost_on_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
