/*
 * test_send.c: futures that change threads: made on one, polled on a second, dropped on a third, by
 * hand and by an executor that is handed from thread to thread. Run under ThreadSanitizer, too.
 */
#include "send_store.h"

#include <bide/alloc_pool.h>
#include <bide/alloc_slab.h>
#include <bide/alloc_slot.h>

#include <pthread.h>

/* Runs a step on a thread of its own, which has ended when this returns. */
typedef struct step {
    void (*run)(void *arg);
    void *arg;
    pthread_t caller;
} step;

static void *step_main(void *arg)
{
    step *s = arg;
    assert_false(pthread_equal(s->caller, pthread_self()));
    s->run(s->arg);
    return NULL;
}

static void on_another_thread(void (*run)(void *arg), void *arg)
{
    step s = {run, arg, pthread_self()};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, step_main, &s), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

/* ---- a box over three threads ------------------------------------------------------------- */

typedef struct journey {
    Table table;
    bide_allocator *allocator;
    bide_context cx;
    bide_box box;
    bide_poll code;
    int polls; /* to make on the second thread */
    int out;
} journey;

/* Thread A: the call is made, must wait, and gets its box. */
static void make(void *arg)
{
    journey *j = arg;
    SendStore store = Table_as_SendStore(&j->table, j->allocator);
    j->code = SendStore_get_start_box(&j->box, &store, 1, NULL, &j->cx, &j->out);
}

/* Thread B: polls it. */
static void poll(void *arg)
{
    journey *j = arg;
    j->box = bide_box_take(&j->box); /* a box may move at any time */
    while (j->polls-- > 0 && j->code == BIDE_PENDING)
        j->code = bide_box_poll(&j->box, &j->cx, &j->out);
}

/* Thread C: ends it. */
static void drop(void *arg)
{
    journey *j = arg;
    bide_box_drop(&j->box);
}

/* Table_get waits twice: so many polls on B, then C ends it. */
static bide_poll travel(bide_allocator *a, int polls, int *dropped)
{
    journey j = {.table = {{10, 11, 12, 13}, 0, 0}, .allocator = a, .polls = polls};
    bide_counting_waker waker;
    bide_counting_waker_init(&waker);
    j.cx = (bide_context){sizeof j.cx, 0, &waker.base, NULL, NULL};
    on_another_thread(make, &j);
    if (j.code == BIDE_PENDING) {
        assert_true(bide_box_is_send(&j.box));
        assert_int_equal(bide_box_require_send(&j.box), BIDE_READY);
        on_another_thread(poll, &j);
        on_another_thread(drop, &j);
    }
    assert_true(bide_box_is_empty(&j.box) || j.code != BIDE_PENDING);
    if (j.code == BIDE_READY)
        assert_int_equal(j.out, 11);
    assert_int_equal(bide_counting_waker_refs(&waker), 1);
    *dropped = j.table.dropped;
    return j.code;
}

static void travel_each_way(bide_allocator *a)
{
    int dropped;
    for (int polls = 0; polls < 2; polls++) {
        assert_int_equal(travel(a, polls, &dropped), BIDE_PENDING);
        assert_int_equal(dropped, 1);
    }
    assert_int_equal(travel(a, 2, &dropped), BIDE_READY);
    assert_int_equal(dropped, 0);
}

static void I40_send_interface_across_threads(void **state)
{
    enum { BYTES = 256 };
    unsigned char memory[BIDE_SHARED_POOL_BYTES(BYTES, 8, 1)], bytes[1024];
    BIDE_SLOT(BYTES) slot;
    bide_shared_pool pool;
    bide_slab slab;
    rig r;
    (void)state;
    rig_open(&r);
    travel_each_way(&r.counter.base); /* the heap */
    assert_int_equal(r.counter.allocs, 3);
    BIDE_SLOT_INIT(&slot, NULL);
    travel_each_way(BIDE_SLOT_ALLOCATOR(&slot));
    assert_false(bide_slot_is_taken(&slot.allocator));
    assert_int_equal(bide_shared_pool_init(&pool, memory, sizeof memory, BYTES, 8, NULL),
                     BIDE_READY);
    travel_each_way(&pool.base);
    assert_int_equal(bide_shared_pool_deinit(&pool), BIDE_READY);
    /* Who allocates from a slab says so; here one thread after the other does. */
    bide_slab_init(&slab, bytes, sizeof bytes, NULL, NULL);
    travel_each_way(&slab.base);
    bide_slab_enter(&slab);
    assert_int_equal(bide_slab_live(&slab), 0);
    bide_slab_leave(&slab);
    bide_slab_retire(&slab);
    rig_close(&r);
}

static bide_poll travel_scenario(bide_allocator *allocator)
{
    int dropped;
    return travel(allocator, 2, &dropped);
}

TEST_EVERY_FAILURE(every_failure, travel_scenario)

/* ---- frames over three threads ------------------------------------------------------------ */

/* ask(store, key): a Send body that awaits through a Send handle. */
#define ask_FRAME(ROW)                                                                             \
    ROW(TRAITS, BIDE_SEND)                                                                         \
    ROW(PARAM, SendStore, store)                                                                   \
    ROW(PARAM, int, key)                                                                           \
    ROW(LOCAL, int, a)                                                                             \
    ROW(LOCAL, int, b)                                                                             \
    ROW(CHILD, SendStore_get, one)                                                                 \
    ROW(BOXED, SendStore_get, two) ROW(JOIN, both, (SendStore_get, x), (SendStore_get, y))
BIDE_ASYNC(int, ask)
{
    BIDE_BEGIN(ask);
    BIDE_AWAIT_TO(f->a, SendStore_get, one, (&f->store, f->key));
    BIDE_AWAIT_TO(f->b, SendStore_get, two, (&f->store, f->key));
    f->key = f->a + f->b;
    BIDE_AWAIT_JOIN(both, (SendStore_get, x, f->a, (&f->store, 0)),
                    (SendStore_get, y, f->b, (&f->store, 1)));
    BIDE_RETURN(f->key + f->a + f->b);
    BIDE_END;
}
BIDE_REQUIRE_SEND(ask);

typedef struct parcel {
    Table table;
    bide_context cx;
    struct ask frame;
    bide_poll code;
    int polls, out;
} parcel;

static void make_ask(void *arg)
{
    parcel *p = arg;
    SendStore store = Table_as_SendStore(&p->table, NULL);
    ask_init(&p->frame, store, 1);
    p->code = BIDE_PENDING;
}

static void poll_ask(void *arg)
{
    parcel *p = arg;
    while (p->polls > 0 && p->code == BIDE_PENDING) {
        p->code = ask_poll(&p->frame, &p->cx, &p->out);
        p->polls--;
    }
}

static void drop_ask(void *arg)
{
    parcel *p = arg;
    ask_drop(&p->frame);
}

/* Each await through the handle takes a box on one thread and gives it back on another. */
static void a_body_is_polled_by_a_thread_each(void **state)
{
    (void)state;
    for (int polls = 0; polls < 12; polls++) {
        parcel p = {.table = {{1, 2, 3, 4}, 0, 0}};
        rig r;
        rig_open(&r);
        p.cx = r.cx;
        on_another_thread(make_ask, &p);
        for (int i = 0; i < polls && (i == 0 || p.code == BIDE_PENDING); i++) {
            p.polls = 1;
            on_another_thread(poll_ask, &p);
        }
        if (p.code == BIDE_READY)
            assert_int_equal(p.out, 2 + 2 + 1 + 2);
        on_another_thread(drop_ask, &p);
        assert_int_equal(p.code, polls < 7 ? BIDE_PENDING : BIDE_READY);
        rig_close(&r);
    }
}

/* ---- an executor that is handed on -------------------------------------------------------- */

typedef struct handed {
    Table table;
    bide_local *ex;
    bide_join join;
    bide_poll code;
} handed;

static void spawn_it(void *arg)
{
    handed *h = arg;
    SendStore store = Table_as_SendStore(&h->table, NULL);
    BIDE_SPAWN_TO(h->code, h->ex, ask, NULL, &h->join, (store, 1));
}

static void run_it(void *arg)
{
    handed *h = arg;
    h->code = bide_local_run_until_stalled(h->ex);
}

static void free_it(void *arg)
{
    handed *h = arg;
    h->code = bide_local_free(h->ex);
}

/* Spawned on A, polled on B; the executor, with the task in it, ends on C. */
static void a_task_moves_with_its_executor(void **state)
{
    bide_local_options o = bide_local_options_init();
    bide_checking_allocator checking;
    (void)state;
    bide_checking_allocator_init(&checking, bide_heap());
    o.allocator = &checking.base;
    for (int run = 0; run < 2; run++) {
        handed h = {.table = {{1, 2, 3, 4}, 0, 0}};
        int out = 0;
        assert_int_equal(bide_local_new(&o, &h.ex), BIDE_READY);
        on_another_thread(spawn_it, &h);
        assert_int_equal(h.code, BIDE_READY);
        if (run) {
            on_another_thread(run_it, &h); /* what it waits for wakes it at once */
            assert_int_equal(h.code, BIDE_READY);
            assert_int_equal(bide_join_try_take(&h.join, &out), BIDE_READY);
            assert_int_equal(out, 7);
        }
        on_another_thread(free_it, &h);
        assert_int_equal(h.code, BIDE_READY);
        bide_join_detach(&h.join);
    }
    if (bide_checking_allocator_finish(&checking) != 0)
        fail_msg("%s", bide_checking_allocator_report(&checking));
}

/* ---- an executor on another thread -------------------------------------------------------- */

/* A runtime for futures that run elsewhere: what a thread pool does before it takes one. Its tasks
 * are those of a local executor that another thread runs later. */
typedef struct elsewhere {
    bide_runtime base;
    bide_local *ex;
} elsewhere;

static bide_poll elsewhere_begin(bide_runtime *rt, const bide_type *type,
                                 const bide_spawn_options *options, bide_task **task, void **frame)
{
    elsewhere *e = (elsewhere *)(void *)rt;
    bide_poll r = bide_type_require_send(type);
    if (r != BIDE_READY)
        return r;
    return bide_runtime_spawn_begin(bide_local_runtime(e->ex), type, options, task, frame);
}

static void elsewhere_commit(bide_runtime *rt, bide_task *task, bool keep)
{
    bide_runtime_spawn_commit(bide_local_runtime(((elsewhere *)(void *)rt)->ex), task, keep);
}

static void elsewhere_abandon(bide_runtime *rt, bide_task *task)
{
    bide_runtime_spawn_abandon(bide_local_runtime(((elsewhere *)(void *)rt)->ex), task);
}

static const bide_runtime_vtable elsewhere_vtable = {
    .size = sizeof(bide_runtime_vtable),
    .name = "elsewhere",
    .spawn_begin = elsewhere_begin,
    .spawn_commit = elsewhere_commit,
    .spawn_abandon = elsewhere_abandon,
};

static void run_elsewhere(void *arg)
{
    elsewhere *e = arg;
    assert_int_equal(bide_local_run(e->ex), BIDE_READY);
}

static void spawned_on_another_threads_executor(void **state)
{
    elsewhere e = {{&elsewhere_vtable}, NULL};
    bide_runtime *where = &e.base;
    Table table = {{0, 21, 0, 0}, 0, 0};
    Window window = {{0}, 0};
    Store local = Window_as_Store(&window, NULL), maybe = Table_as_Store(&table, NULL);
    SendStore send = {NULL, NULL, NULL};
    bide_join join = {NULL};
    bide_poll code;
    int out = 0;
    (void)state;
    TEST_BREAKS("cannot go to another thread");
    assert_int_equal(bide_local_new(NULL, &e.ex), BIDE_READY);
    /* A call through a local handle, whatever is behind it; the object's own future. */
    BIDE_SPAWN_TO(code, where, Store_get, NULL, &join, (&local, 1));
    assert_int_equal(code, BIDE_EMISUSE);
    assert_null(join.task);
    BIDE_SPAWN_TO(code, where, Window_get, NULL, NULL, (&window, 1));
    assert_int_equal(code, BIDE_EMISUSE);
    BIDE_SPAWN_TO(code, where, Store_get, NULL, NULL, (&maybe, 1));
    assert_int_equal(code, BIDE_EMISUSE);
    /* The object is asked, and may. */
    assert_true(Store_try_as_SendStore(&maybe, &send));
    BIDE_SPAWN_TO(code, where, SendStore_get, NULL, &join, (&send, 1));
    assert_int_equal(code, BIDE_READY);
    on_another_thread(run_elsewhere, &e);
    assert_int_equal(bide_join_try_take(&join, &out), BIDE_READY);
    assert_int_equal(out, 21);
    assert_int_equal(bide_local_free(e.ex), BIDE_READY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(I40_send_interface_across_threads),
        cmocka_unit_test(every_failure),
        cmocka_unit_test(a_body_is_polled_by_a_thread_each),
        cmocka_unit_test(a_task_moves_with_its_executor),
        cmocka_unit_test(spawned_on_another_threads_executor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
