/*
 * Scopes: that they wait for all children, that cancelling reaches all of them, and that nothing
 * dangles, whoever goes first.
 */
#include "sync_support.h"

#include <bide/pool.h>
#include <bide/scope.h>

#include <stdlib.h>

BIDE_INTERLEAVE_PENDING(bide_poll, slow_wait, bide_scope_wait, (bide_scope *, scope));

/* A child: yields, and then ends, fails, or waits for ever. Counted while it lives. */
typedef struct family {
    _Atomic int alive, ended, released;
} family;

static void release(family *f)
{
    f->released++;
}

#define child_FRAME(ROW)                                                                           \
    ROW(TRAITS, BIDE_SEND)                                                                         \
    ROW(OWNED, family *, all, release)                                                             \
    ROW(PARAM, int, yields)                                                                        \
    ROW(PARAM, bide_poll, code) ROW(CHILD, bide_pending_times, turns) ROW(CHILD, bide_never, never)
BIDE_ASYNC(int32_t, child)
{
    BIDE_BEGIN(child);
    f->all->alive++;
    BIDE_AWAIT(bide_pending_times, turns, ((uint32_t)f->yields));
    if (f->code == BIDE_PENDING)
        BIDE_AWAIT(bide_never, never, ());
    f->all->ended++;
    if (f->code < 0)
        BIDE_FAIL(f->code);
    BIDE_RETURN(f->yields);
BIDE_CLEANUP:
    f->all->alive--;
    BIDE_END;
}

/* A scope on an executor of its own; all memory is counted. */
typedef struct setting {
    bide_counter counter;
    bide_local *ex;
    bide_scope scope;
    family all;
} setting;

static void open_setting(setting *s)
{
    bide_local_options o = bide_local_options_init();
    memset(s, 0, sizeof *s);
    bide_counter_init(&s->counter, bide_heap());
    o.allocator = &s->counter.base;
    assert_int_equal(bide_local_new(&o, &s->ex), BIDE_READY);
    assert_int_equal(bide_scope_new(bide_local_runtime(s->ex), &s->counter.base, &s->scope),
                     BIDE_READY);
}

static bide_poll spawn(setting *s, int yields, bide_poll code)
{
    bide_poll r;
    BIDE_SCOPE_SPAWN_TO(r, &s->scope, child, NULL, (&s->all, yields, code));
    return r;
}

static void close_setting(setting *s)
{
    bide_scope_drop(&s->scope);
    assert_int_equal(bide_local_run(s->ex), BIDE_READY);
    assert_int_equal(bide_local_free(s->ex), BIDE_READY);
    assert_int_equal(s->all.alive, 0);
    assert_int_equal(s->counter.live, 0);
}

static void waits_for_all_children(void **state)
{
    setting s;
    bide_poll code = 1;
    (void)state;
    open_setting(&s);
    for (int i = 0; i < 5; i++)
        assert_int_equal(spawn(&s, i, BIDE_READY), BIDE_READY);
    assert_int_equal(bide_scope_running(&s.scope), 5);
    code = BIDE_PENDING;
    assert_int_equal(BIDE_RUN_UNTIL(s.ex, bide_scope_wait, &code, (&s.scope)), BIDE_READY);
    assert_int_equal(code, BIDE_READY);
    assert_int_equal(s.all.ended, 5);
    assert_int_equal(bide_scope_running(&s.scope), 0);
    /* And again. */
    assert_int_equal(spawn(&s, 1, BIDE_READY), BIDE_READY);
    assert_int_equal(BIDE_RUN_UNTIL(s.ex, bide_scope_wait, &code, (&s.scope)), BIDE_READY);
    assert_int_equal(s.all.ended, 6);
    close_setting(&s);
}

static void an_empty_scope(void **state)
{
    setting s;
    struct bide_scope_wait wait;
    parties p;
    bide_poll code = BIDE_PENDING, r;
    family all = {0};
    bide_scope none = {NULL};
    (void)state;
    parties_open(&p);
    open_setting(&s);
    assert_int_equal(bide_scope_wait_start(&wait, &s.scope, &p.cx[0], &code), BIDE_READY);
    assert_int_equal(code, BIDE_READY);
    assert_int_equal(bide_scope_wait_poll(&wait, &p.cx[0], &code), BIDE_EMISUSE);
    assert_int_equal(bide_scope_wait_start(&wait, &none, &p.cx[0], &code), BIDE_EMISUSE);
    BIDE_SCOPE_SPAWN_TO(r, &none, child, NULL, (&all, 0, BIDE_READY));
    assert_int_equal(r, BIDE_EMISUSE);
    assert_int_equal(all.released, 1);
    bide_scope_drop(&none);
    close_setting(&s);
    parties_close(&p);
}

static void the_first_failure_is_told(void **state)
{
    setting s;
    bide_poll code = BIDE_PENDING;
    (void)state;
    open_setting(&s);
    assert_int_equal(spawn(&s, 3, BIDE_EBUSY), BIDE_READY);
    assert_int_equal(spawn(&s, 1, BIDE_ENOMEM), BIDE_READY);
    assert_int_equal(spawn(&s, 0, BIDE_ECANCELED), BIDE_READY);
    assert_int_equal(spawn(&s, 5, BIDE_READY), BIDE_READY);
    assert_int_equal(BIDE_RUN_UNTIL(s.ex, bide_scope_wait, &code, (&s.scope)), BIDE_READY);
    assert_int_equal(code, BIDE_ENOMEM);
    assert_int_equal(s.all.ended, 4);
    close_setting(&s);
}

static void cancel_reaches_all_and_can_be_waited_for(void **state)
{
    setting s;
    bide_poll code = BIDE_PENDING;
    (void)state;
    open_setting(&s);
    for (int i = 0; i < 4; i++)
        assert_int_equal(spawn(&s, i, i ? BIDE_PENDING : BIDE_READY), BIDE_READY);
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_PENDING);
    assert_int_equal(s.all.alive, 3);
    bide_scope_cancel(&s.scope);
    bide_scope_cancel(&s.scope);
    assert_true(bide_scope_is_canceled(&s.scope));
    assert_int_equal(s.all.alive, 3); /* it is asked for; the executor does it */
    assert_int_equal(spawn(&s, 0, BIDE_READY), BIDE_ECANCELED);
    assert_int_equal(s.all.released, 2); /* of the one that has ended, and the refused one */
    assert_int_equal(BIDE_RUN_UNTIL(s.ex, bide_scope_wait, &code, (&s.scope)), BIDE_READY);
    assert_int_equal(code, BIDE_READY);
    assert_int_equal(s.all.alive, 0);
    assert_int_equal(s.all.ended, 1);
    assert_int_equal(s.all.released, 5);
    close_setting(&s);
}

/* An argument that is evaluated when the task is reserved, and not spawned yet. */
static family *cancel_first(setting *s)
{
    bide_scope_cancel(&s->scope);
    return &s->all;
}

static void cancelled_between_the_steps_of_a_spawn(void **state)
{
    setting s;
    bide_poll r;
    (void)state;
    open_setting(&s);
    BIDE_SCOPE_SPAWN_TO(r, &s.scope, child, NULL, (cancel_first(&s), 0, BIDE_PENDING));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_READY); /* aborted all the same */
    assert_int_equal(s.all.released, 1);
    close_setting(&s);
}

static void a_dropped_scope_lets_aborted_children_go(void **state)
{
    setting s;
    (void)state;
    open_setting(&s);
    for (int i = 0; i < 4; i++)
        assert_int_equal(spawn(&s, i, BIDE_PENDING), BIDE_READY);
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_PENDING);
    assert_int_equal(spawn(&s, 0, BIDE_PENDING), BIDE_READY); /* and one that was not polled yet */
    bide_scope_drop(&s.scope);
    assert_int_equal(s.all.released, 0);
    assert_int_equal(bide_local_run(s.ex), BIDE_READY);
    assert_int_equal(s.all.alive, 0);
    assert_int_equal(s.all.released, 5);
    close_setting(&s);
}

/* Whoever drops the handle, such as a child in its own poll: a wait that is under way goes on to
 * the end of the children, and may itself be dropped before that. */
static void dropped_under_a_wait(void **state)
{
    for (int given_up = 0; given_up < 2; given_up++) {
        setting s;
        parties p;
        struct bide_scope_wait *wait = malloc(sizeof *wait);
        bide_poll code = BIDE_PENDING;
        (void)state;
        parties_open(&p);
        open_setting(&s);
        assert_int_equal(spawn(&s, 0, BIDE_PENDING), BIDE_READY);
        assert_int_equal(bide_scope_wait_start(wait, &s.scope, &p.cx[0], &code), BIDE_PENDING);
        bide_scope_drop(&s.scope);
        if (given_up) {
            bide_scope_wait_drop(wait);
            free(wait);
        }
        assert_int_equal(bide_local_run(s.ex), BIDE_READY); /* the child is aborted */
        assert_int_equal(s.all.alive, 0);
        if (!given_up) {
            assert_int_equal(bide_scope_wait_poll(wait, &p.cx[0], &code), BIDE_READY);
            assert_int_equal(code, BIDE_READY);
            bide_scope_wait_drop(wait);
            free(wait);
        }
        close_setting(&s);
        parties_close(&p);
    }
}

static void the_executor_may_end_first(void **state)
{
    setting s;
    struct bide_scope_wait wait;
    parties p;
    bide_poll code = BIDE_PENDING;
    (void)state;
    parties_open(&p);
    open_setting(&s);
    for (int i = 0; i < 3; i++)
        assert_int_equal(spawn(&s, i, BIDE_PENDING), BIDE_READY);
    assert_int_equal(bide_local_run_until_stalled(s.ex), BIDE_PENDING);
    assert_int_equal(bide_scope_wait_start(&wait, &s.scope, &p.cx[0], &code), BIDE_PENDING);
    assert_int_equal(bide_local_free(s.ex), BIDE_READY);
    assert_int_equal(s.all.alive, 0);
    assert_int_equal(p.w[0].wakes, 1);
    assert_int_equal(bide_scope_wait_poll(&wait, &p.cx[0], &code), BIDE_READY);
    assert_int_equal(code, BIDE_READY); /* cancelled is no failure */
    bide_scope_drop(&s.scope);
    assert_int_equal(s.counter.live, 0);
    parties_close(&p);
}

static void note_output(void *arg, bide_poll code, const void *output)
{
    *(int32_t *)arg = code == BIDE_READY ? *(const int32_t *)output : code;
}

static void options_reach_the_child(void **state)
{
    setting s;
    bide_spawn_options o = bide_spawn_options_init();
    bide_poll r, code = BIDE_PENDING;
    int32_t got[2] = {0, 0};
    (void)state;
    open_setting(&s);
    o.done = note_output;
    for (int i = 0; i < 2; i++) {
        o.done_arg = &got[i];
        BIDE_SCOPE_SPAWN_TO(r, &s.scope, child, &o, (&s.all, 7, i ? BIDE_EBUSY : BIDE_READY));
        assert_int_equal(r, BIDE_READY);
    }
    assert_int_equal(BIDE_RUN_UNTIL(s.ex, bide_scope_wait, &code, (&s.scope)), BIDE_READY);
    assert_int_equal(got[0], 7);
    assert_int_equal(got[1], BIDE_EBUSY);
    assert_int_equal(code, BIDE_EBUSY);
    close_setting(&s);
}

static void what_is_waited_for_is_told(void **state)
{
    setting s;
    struct bide_scope_wait wait;
    bide_context poor = poor_context();
    parties p;
    bide_poll code;
    (void)state;
    parties_open(&p);
    open_setting(&s);
    assert_int_equal(spawn(&s, 0, BIDE_PENDING), BIDE_READY);
    assert_int_equal(bide_scope_wait_start(&wait, &s.scope, &poor, &code), BIDE_ENOMEM);
    assert_int_equal(bide_scope_wait_start(&wait, &s.scope, &p.cx[0], &code), BIDE_PENDING);
    assert_tells(&bide_scope_wait_type, &wait, "the children of a scope");
    assert_false(bide_scope_is_canceled(&s.scope));
    bide_scope_wait_drop(&wait);
    assert_true(bide_scope_is_canceled(&s.scope));
    close_setting(&s);
    parties_close(&p);
}

/* ---- parents and their children's children -------------------------------------------------- */

#define parent_FRAME(ROW)                                                                          \
    ROW(PARAM, family *, all)                                                                      \
    ROW(PARAM, int, depth)                                                                         \
    ROW(PARAM, int, yields)                                                                        \
    ROW(PARAM, bide_poll, leaf)                                                                    \
    ROW(PARAM, bide_allocator *, from)                                                             \
    ROW(LOCAL, bide_scope, scope)                                                                  \
    ROW(LOCAL, int, i)                                                                             \
    ROW(LOCAL, bide_poll, code)                                                                    \
    ROW(CHILD, bide_scope_wait, plain)                                                             \
    ROW(CHILD, slow_wait, slow) ROW(BOXED, bide_scope_wait, boxed)
BIDE_ASYNC_DECLARE(int32_t, parent)
BIDE_ASYNC_DEFINE(int32_t, parent)
{
    BIDE_BEGIN(parent);
    f->all->alive++;
    f->code = bide_scope_new(bide_context_runtime(bide_cx), f->from, &f->scope);
    for (f->i = 0; f->i < 3 && f->code == BIDE_READY; f->i++) {
        if (f->depth == 0)
            BIDE_SCOPE_SPAWN_TO(f->code, &f->scope, child, NULL, (f->all, f->yields, f->leaf));
        else
            BIDE_SCOPE_SPAWN_TO(f->code, &f->scope, parent, NULL,
                                (f->all, f->depth - 1, f->yields + f->i, f->leaf, f->from));
    }
    if (f->code != BIDE_READY)
        BIDE_FAIL(f->code);
    if (f->yields % 3 == 0)
        BIDE_AWAIT_TO(f->code, bide_scope_wait, plain, (&f->scope));
    else if (f->yields % 3 == 1)
        BIDE_AWAIT_TO(f->code, slow_wait, slow, (&f->scope));
    else
        BIDE_AWAIT_TO(f->code, bide_scope_wait, boxed, (&f->scope));
    if (f->code < 0)
        BIDE_FAIL(f->code);
    BIDE_RETURN(0);
BIDE_CLEANUP:
    bide_scope_drop(&f->scope);
    f->all->alive--;
    BIDE_END;
}

static bide_poll a_tree(bide_allocator *a)
{
    bide_local_options o = bide_local_options_init();
    bide_local *ex;
    bide_join join = {NULL};
    family all = {0};
    int32_t result = -1;
    bide_poll r;
    o.allocator = a;
    o.slab_bytes = 0;
    r = bide_local_new(&o, &ex);
    if (r != BIDE_READY)
        return r;
    BIDE_SPAWN_TO(r, ex, parent, NULL, &join, (&all, 2, 0, BIDE_READY, a));
    assert_int_equal(bide_local_run(ex), BIDE_READY);
    if (r == BIDE_READY)
        r = bide_join_try_take(&join, &result);
    bide_local_free(ex);
    assert_int_equal(all.alive, 0);
    if (r == BIDE_READY)
        assert_int_equal(all.ended, 27);
    return r;
}
TEST_EVERY_FAILURE(a_tree_every_failure, a_tree)

/* The root is aborted when it has made some of its tree, or all of it. */
static void cancelling_the_root_reaches_the_leaves(void **state)
{
    (void)state;
    for (int moment = 0; moment < 6; moment++) {
        bide_local_options o = bide_local_options_init();
        bide_counter counter;
        bide_local *ex;
        bide_join join;
        family all = {0};
        bide_poll r;
        bide_counter_init(&counter, bide_heap());
        o.allocator = &counter.base;
        assert_int_equal(bide_local_new(&o, &ex), BIDE_READY);
        BIDE_SPAWN_TO(r, ex, parent, NULL, &join, (&all, 2, 0, BIDE_PENDING, &counter.base));
        assert_int_equal(r, BIDE_READY);
        if (moment == 5) {
            assert_int_equal(bide_local_run_until_stalled(ex), BIDE_PENDING);
            assert_int_equal(all.alive, 1 + 3 + 9 + 27);
        } else {
            struct bide_pending_times some;
            bide_pending_times_init(&some, (uint32_t)moment);
            assert_int_equal(bide_local_run_until(ex, &bide_pending_times_type, &some, NULL),
                             BIDE_READY);
        }
        bide_join_abort(&join);
        assert_int_equal(bide_local_run(ex), BIDE_READY);
        assert_int_equal(bide_join_try_take(&join, NULL), BIDE_ECANCELED);
        assert_int_equal(all.alive, 0);
        assert_int_equal(all.ended, 0);
        bide_local_free(ex);
        assert_int_equal(counter.live, 0);
    }
}

/* ---- threads ------------------------------------------------------------------------------ */

#ifndef TEST_LOCAL_FORM /* test_local_scope.c */

enum { ROUNDS = 40, CHILDREN = 50 };

static void on_a_thread_pool(void **state)
{
    bide_thread_pool_options o = bide_thread_pool_options_init();
    bide_thread_pool *pool;
    bide_counter counter;
    (void)state;
    bide_counter_init(&counter, bide_heap());
    o.allocator = &counter.base;
    o.threads = 3;
    assert_int_equal(bide_thread_pool_new(&o, &pool), BIDE_READY);
    for (int round = 0; round < ROUNDS; round++) {
        static family all;
        bide_scope scope;
        bide_poll r, code = BIDE_PENDING;
        int spawned = 0;
        memset(&all, 0, sizeof all);
        assert_int_equal(bide_scope_new(bide_thread_pool_runtime(pool), &counter.base, &scope),
                         BIDE_READY);
        for (int i = 0; i < CHILDREN; i++) {
            BIDE_SCOPE_SPAWN_TO(r, &scope, child, NULL,
                                (&all, i % 4, round % 2 && i % 3 ? BIDE_PENDING : BIDE_READY));
            spawned += r == BIDE_READY;
            if (round % 4 == 1 && i == CHILDREN / 2)
                bide_scope_cancel(&scope);
        }
        assert_int_equal(spawned, round % 4 == 1 ? CHILDREN / 2 + 1 : CHILDREN);
        if (round % 4 == 3)
            bide_scope_cancel(&scope);
        assert_int_equal(BIDE_BLOCK_ON(bide_scope_wait, &code, (&scope)), BIDE_READY);
        assert_int_equal(code, BIDE_READY);
        assert_int_equal(all.alive, 0);
        assert_int_equal(all.released, CHILDREN);
        if (round % 2 == 0)
            assert_int_equal(all.ended, CHILDREN);
        bide_scope_drop(&scope);

        /* Left with children that run. */
        assert_int_equal(bide_scope_new(bide_thread_pool_runtime(pool), &counter.base, &scope),
                         BIDE_READY);
        for (int i = 0; i < CHILDREN; i++)
            BIDE_SCOPE_SPAWN_TO(r, &scope, child, NULL,
                                (&all, i % 3, i % 2 ? BIDE_PENDING : BIDE_READY));
        bide_scope_drop(&scope);
        assert_int_equal(bide_thread_pool_wait(pool, UINT64_MAX), BIDE_READY);
        assert_int_equal(all.released, 2 * CHILDREN);
    }
    assert_int_equal(bide_thread_pool_free(pool), BIDE_READY);
    assert_int_equal(counter.live, 0);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_for_all_children),
        cmocka_unit_test(an_empty_scope),
        cmocka_unit_test(the_first_failure_is_told),
        cmocka_unit_test(cancel_reaches_all_and_can_be_waited_for),
        cmocka_unit_test(cancelled_between_the_steps_of_a_spawn),
        cmocka_unit_test(a_dropped_scope_lets_aborted_children_go),
        cmocka_unit_test(dropped_under_a_wait),
        cmocka_unit_test(the_executor_may_end_first),
        cmocka_unit_test(options_reach_the_child),
        cmocka_unit_test(what_is_waited_for_is_told),
        cmocka_unit_test(a_tree_every_failure),
        cmocka_unit_test(cancelling_the_root_reaches_the_leaves),
#ifndef TEST_LOCAL_FORM
        cmocka_unit_test(on_a_thread_pool),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
