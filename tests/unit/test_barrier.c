/*
 * Barriers: nobody passes before all have come, one leads, and who leaves has not come.
 */
#include "sync_support.h"

#include <bide/barrier.h>

BIDE_INTERLEAVE_PENDING(bool, slow_wait, bide_barrier_wait, (bide_barrier *, barrier));

static void the_last_one_leads(void **state)
{
    bide_barrier b;
    struct bide_barrier_wait f[3];
    parties p;
    bool leader;
    (void)state;
    parties_open(&p);
    bide_barrier_init(&b, 3);
    for (int round = 1; round <= 3; round++) {
        for (int i = 0; i < 2; i++)
            assert_int_equal(bide_barrier_wait_start(&f[i], &b, &p.cx[i], &leader), BIDE_PENDING);
        assert_int_equal(bide_barrier_wait_poll(&f[0], &p.cx[0], &leader), BIDE_PENDING);
        leader = false;
        assert_int_equal(bide_barrier_wait_start(&f[2], &b, &p.cx[2], &leader), BIDE_READY);
        assert_true(leader);
        assert_int_equal(p.w[2].clones, 0);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(p.w[i].wakes, round);
            leader = true;
            assert_int_equal(bide_barrier_wait_poll(&f[i], &p.cx[i], &leader), BIDE_READY);
            assert_false(leader);
        }
    }
    assert_int_equal(bide_barrier_wait_poll(&f[0], &p.cx[0], &leader), BIDE_EMISUSE);
    parties_close(&p);
}

static void who_leaves_has_not_come(void **state)
{
    bide_barrier b;
    struct bide_barrier_wait f[4];
    parties p;
    bool leader = false;
    (void)state;
    parties_open(&p);
    bide_barrier_init(&b, 3);
    for (int i = 0; i < 2; i++)
        assert_int_equal(bide_barrier_wait_start(&f[i], &b, &p.cx[i], &leader), BIDE_PENDING);
    bide_barrier_wait_drop(&f[0]);
    assert_int_equal(bide_barrier_wait_start(&f[2], &b, &p.cx[2], &leader), BIDE_PENDING);
    assert_int_equal(bide_barrier_wait_start(&f[3], &b, &p.cx[3], &leader), BIDE_READY);
    /* The next round: who was let through and leaves does not count in it. */
    assert_int_equal(bide_barrier_wait_start(&f[3], &b, &p.cx[3], &leader), BIDE_PENDING);
    bide_barrier_wait_drop(&f[1]);
    bide_barrier_wait_drop(&f[2]);
    assert_int_equal(bide_barrier_wait_start(&f[0], &b, &p.cx[0], &leader), BIDE_PENDING);
    leader = false;
    assert_int_equal(bide_barrier_wait_start(&f[1], &b, &p.cx[1], &leader), BIDE_READY);
    assert_true(leader);
    bide_barrier_wait_drop(&f[0]);
    bide_barrier_wait_drop(&f[3]);
    parties_close(&p);
}

/* A waker that drops another future at once, as an executor on another thread may do. */
typedef struct rude {
    bide_waker base;
    struct bide_barrier_wait *other;
} rude;
static bide_waker *rude_clone(bide_waker *waker)
{
    return waker;
}
static void rude_wake(bide_waker *waker)
{
    bide_barrier_wait_drop(((rude *)waker)->other);
}
static void rude_drop(bide_waker *waker)
{
    (void)waker;
}

static void who_leaves_while_it_opens_is_through(void **state)
{
    static const bide_waker_vtable vtable = {sizeof vtable, 0,         rude_clone, rude_wake,
                                             rude_wake,     rude_drop, NULL};
    bide_barrier b;
    struct bide_barrier_wait f[3];
    rude r = {{&vtable}, &f[1]};
    bide_context cx = {sizeof cx, 0, &r.base, NULL, NULL};
    parties p;
    bool leader = false;
    (void)state;
    parties_open(&p);
    bide_barrier_init(&b, 3);
    assert_int_equal(bide_barrier_wait_start(&f[0], &b, &cx, &leader), BIDE_PENDING);
    assert_int_equal(bide_barrier_wait_start(&f[1], &b, &p.cx[1], &leader), BIDE_PENDING);
    assert_int_equal(bide_barrier_wait_start(&f[2], &b, &p.cx[2], &leader), BIDE_READY);
    assert_int_equal(p.w[1].wakes, 0); /* it had left when its turn came */
    assert_int_equal(bide_barrier_wait_poll(&f[0], &cx, &leader), BIDE_READY);
    for (int i = 0; i < 2; i++)
        assert_int_equal(bide_barrier_wait_start(&f[i], &b, &p.cx[i], &leader), BIDE_PENDING);
    assert_int_equal(bide_barrier_wait_start(&f[2], &b, &p.cx[2], &leader), BIDE_READY);
    for (int i = 0; i < 2; i++)
        assert_int_equal(bide_barrier_wait_poll(&f[i], &p.cx[i], &leader), BIDE_READY);
    parties_close(&p);
}

static void for_one_or_none(void **state)
{
    bide_barrier b;
    struct bide_barrier_wait f;
    parties p;
    (void)state;
    parties_open(&p);
    for (size_t n = 0; n < 2; n++) {
        bide_barrier_init(&b, n);
        for (int i = 0; i < 2; i++) {
            bool leader = false;
            assert_int_equal(bide_barrier_wait_start(&f, &b, &p.cx[0], &leader), BIDE_READY);
            assert_true(leader);
        }
    }
    parties_close(&p);
}

static void a_foreign_waker_without_memory(void **state)
{
    bide_context poor = poor_context();
    bide_barrier b;
    struct bide_barrier_wait f[2];
    parties p;
    bool leader = false;
    (void)state;
    parties_open(&p);
    bide_barrier_init(&b, 2);
    assert_int_equal(bide_barrier_wait_start(&f[0], &b, &poor, &leader), BIDE_ENOMEM);
    assert_int_equal(bide_barrier_wait_start(&f[0], &b, &p.cx[0], &leader), BIDE_PENDING);
    assert_int_equal(bide_barrier_wait_poll(&f[0], &poor, &leader), BIDE_ENOMEM);
    assert_int_equal(bide_barrier_wait_start(&f[0], &b, &p.cx[0], &leader), BIDE_PENDING);
    assert_int_equal(bide_barrier_wait_start(&f[1], &b, &poor, &leader), BIDE_READY);
    assert_int_equal(bide_barrier_wait_poll(&f[0], &p.cx[0], &leader), BIDE_READY);
    parties_close(&p);
}

static void local_barriers_do_the_same(void **state)
{
    bide_local_barrier b;
    struct bide_local_barrier_wait f[2];
    parties p;
    bool leader = false;
    (void)state;
    parties_open(&p);
    assert_false((int)bide_local_barrier_wait_flags & BIDE_SEND);
    bide_local_barrier_init(&b, 2);
    assert_int_equal(bide_local_barrier_wait_start(&f[0], &b, &p.cx[0], &leader), BIDE_PENDING);
    assert_tells(&bide_local_barrier_wait_type, &f[0], "the others at a barrier");
    bide_local_barrier_wait_drop(&f[0]);
    assert_int_equal(bide_local_barrier_wait_start(&f[0], &b, &p.cx[0], &leader), BIDE_PENDING);
    assert_int_equal(bide_local_barrier_wait_start(&f[1], &b, &p.cx[1], &leader), BIDE_READY);
    assert_true(leader);
    assert_int_equal(p.w[0].wakes, 1);
    assert_int_equal(bide_local_barrier_wait_poll(&f[0], &p.cx[0], &leader), BIDE_READY);
    assert_false(leader);
    parties_close(&p);
}

/* ---- tasks -------------------------------------------------------------------------------- */

typedef struct race {
    bide_barrier gate;
    int at[6]; /* the round that each is in */
    int leaders, apart;
} race;

enum { LAPS = 5 };

#define run_laps_FRAME(ROW)                                                                        \
    ROW(PARAM, race *, r)                                                                          \
    ROW(PARAM, int, me)                                                                            \
    ROW(LOCAL, bool, leader)                                                                       \
    ROW(CHILD, bide_barrier_wait, plain)                                                           \
    ROW(CHILD, slow_wait, slow) ROW(BOXED, bide_barrier_wait, boxed) ROW(CHILD, bide_yield, turn)
BIDE_ASYNC(void, run_laps)
{
    BIDE_BEGIN(run_laps);
    while (f->r->at[f->me] < LAPS) {
        if (f->me % 2)
            BIDE_AWAIT(bide_yield, turn, ());
        if (f->me % 3 == 0)
            BIDE_AWAIT_TO(f->leader, bide_barrier_wait, plain, (&f->r->gate));
        else if (f->me % 3 == 1)
            BIDE_AWAIT_TO(f->leader, slow_wait, slow, (&f->r->gate));
        else
            BIDE_AWAIT_TO(f->leader, bide_barrier_wait, boxed, (&f->r->gate));
        f->r->leaders += f->leader;
        f->r->at[f->me]++;
        for (int i = 0; i < 6; i++) {
            int ahead = f->r->at[f->me] - f->r->at[i];
            f->r->apart = ahead > f->r->apart ? ahead : f->r->apart;
        }
    }
    BIDE_RETURN();
    BIDE_END;
}

static bide_poll races(bide_allocator *a)
{
    bide_local_options o = bide_local_options_init();
    bide_local *ex;
    bide_join join[6] = {{NULL}};
    race s = {.leaders = 0};
    bide_poll r, all = BIDE_READY;
    o.allocator = a;
    o.slab_bytes = 0;
    bide_barrier_init(&s.gate, 6);
    r = bide_local_new(&o, &ex);
    if (r != BIDE_READY)
        return r;
    for (int i = 0; i < 6 && all == BIDE_READY; i++)
        BIDE_SPAWN_TO(all, ex, run_laps, NULL, &join[i], (&s, i));
    r = bide_local_run_until_stalled(ex); /* who has no memory is missed for ever */
    if (all == BIDE_READY && r == BIDE_PENDING)
        all = BIDE_ENOMEM;
    for (int i = 0; i < 6; i++) {
        if (all == BIDE_READY)
            all = bide_join_try_take(&join[i], NULL);
        bide_join_detach(&join[i]);
    }
    bide_local_free(ex);
    assert_in_range(s.apart, 0, 1);
    if (all == BIDE_READY)
        assert_int_equal(s.leaders, LAPS);
    return all;
}
TEST_EVERY_FAILURE(races_every_failure, races)

/* ---- threads ------------------------------------------------------------------------------ */

enum { ROUNDS = 500 };

static bide_barrier stressed;
static _Atomic int arrived[ROUNDS], led[ROUNDS];

#define keep_up_FRAME(ROW)                                                                         \
    ROW(LOCAL, int, i) ROW(LOCAL, bool, leader) ROW(CHILD, bide_barrier_wait, wait)
BIDE_ASYNC(bool, keep_up)
{
    BIDE_BEGIN(keep_up);
    for (f->i = 0; f->i < ROUNDS; f->i++) {
        arrived[f->i]++;
        BIDE_AWAIT_TO(f->leader, bide_barrier_wait, wait, (&stressed));
        led[f->i] += f->leader;
        if (arrived[f->i] != SYNC_THREADS)
            BIDE_RETURN(false);
    }
    BIDE_RETURN(true);
    BIDE_END;
}

static void *keep_up_on_thread(void *arg)
{
    sync_thread *t = arg;
    bool together = false;
    t->failed = BIDE_BLOCK_ON(keep_up, &together, ()) != BIDE_READY || !together;
    return NULL;
}

static void all_pass_together_on_threads(void **state)
{
    (void)state;
    bide_barrier_init(&stressed, SYNC_THREADS);
    on_threads(keep_up_on_thread);
    for (int i = 0; i < ROUNDS; i++)
        assert_int_equal(led[i], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_one_leads),
        cmocka_unit_test(who_leaves_has_not_come),
        cmocka_unit_test(who_leaves_while_it_opens_is_through),
        cmocka_unit_test(for_one_or_none),
        cmocka_unit_test(a_foreign_waker_without_memory),
        cmocka_unit_test(local_barriers_do_the_same),
        cmocka_unit_test(races_every_failure),
        cmocka_unit_test(all_pass_together_on_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
