/*
 * test_checked_send.c: checked builds: futures that are not Send on the wrong thread, and what was
 * asked for at run time and is not so. Each message names the future, or interface and method.
 */
#include "checked.h"

#include "send_store.h"

#include <bide/alloc_pool.h>

#include <pthread.h>

static void on_another_thread(void *(*run)(void *arg), void *arg)
{
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, run, arg), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

/* A call through a handle, and what another thread does with it. */
typedef struct call {
    rig r;
    struct Store_get get;
    bide_box box;
    bide_poll code;
    int out, line;
} call;

static void *poll_call(void *arg)
{
    call *c = arg;
    CHECKED_AT(c->line);
    c->code = Store_get_poll(&c->get, &c->r.cx, &c->out);
    return NULL;
}

static void *drop_call(void *arg)
{
    call *c = arg;
    CHECKED_AT(c->line);
    Store_get_drop(&c->get);
    return NULL;
}

static void *poll_box(void *arg)
{
    call *c = arg;
    CHECKED_AT(c->line);
    c->code = bide_box_poll(&c->box, &c->r.cx, &c->out);
    return NULL;
}

static void *drop_box(void *arg)
{
    call *c = arg;
    CHECKED_AT(c->line);
    bide_box_drop(&c->box);
    return NULL;
}

static void I41_local_interface_wrong_thread(void **state)
{
    Window window = {{0, 6, 0, 0}, 0};
    Store store = Window_as_Store(&window, NULL);
    call c = {.code = BIDE_PENDING};
    int line;
    (void)state;
    rig_open(&c.r);
    /* Made here, polled there. */
    CHECKED_AT(line);
    Store_get_init(&c.get, &store, 1);
    on_another_thread(poll_call, &c);
    checked_expect("bide: Store_get is not BIDE_SEND and was made on one thread",
                   checked_line(__FILE__, line), checked_line(__FILE__, c.line));
    Store_get_drop(&c.get);
    checked_expect("Store_get is not BIDE_SEND and was polled on one thread, at",
                   ", and dropped on another, at ", NULL);
    /* Polled here, polled there; the callee's own future is known by the call that it is. */
    Store_get_init(&c.get, &store, 1);
    CHECKED_AT(line);
    assert_int_equal(Store_get_poll(&c.get, &c.r.cx, &c.out), BIDE_PENDING);
    checked_nothing();
    on_another_thread(poll_call, &c);
    checked_expect("bide: Store_get is not BIDE_SEND and was polled on two threads",
                   checked_line(__FILE__, line), checked_line(__FILE__, c.line));
    /* Polled here, dropped there. */
    Store_get_init(&c.get, &store, 1);
    CHECKED_AT(line);
    assert_int_equal(Store_get_poll(&c.get, &c.r.cx, &c.out), BIDE_PENDING);
    on_another_thread(drop_call, &c);
    checked_expect("bide: Store_get is not BIDE_SEND and was polled on one thread",
                   checked_line(__FILE__, line), checked_line(__FILE__, c.line));
    rig_close(&c.r);
}

/* The same by executors: a call that was made here is run there, by block_on, or as a task of an
 * executor that is handed on. */
static void *block_on_call(void *arg)
{
    call *c = arg;
    c->code = bide_block_on(&Store_get_type, &c->get, &c->out, NULL);
    return NULL;
}

static void *run_tasks(void *arg)
{
    bide_poll r = bide_local_run(arg);
    assert_int_equal(r, BIDE_READY);
    return NULL;
}

static void local_calls_and_executors(void **state)
{
    Window window = {{0, 6, 0, 0}, 0};
    Store store = Window_as_Store(&window, NULL);
    call c = {.code = BIDE_PENDING};
    bide_local *ex;
    bide_join join;
    bide_poll code;
    int line;
    (void)state;
    CHECKED_AT(line);
    Store_get_init(&c.get, &store, 1);
    on_another_thread(block_on_call, &c);
    assert_int_equal(c.code, BIDE_READY); /* the program went on */
    checked_expect("bide: Store_get is not BIDE_SEND and was made on one thread",
                   checked_line(__FILE__, line), "polled on another");
    assert_int_equal(bide_local_new(NULL, &ex), BIDE_READY);
    CHECKED_AT(line);
    BIDE_SPAWN_TO(code, ex, Store_get, NULL, &join, (&store, 1));
    assert_int_equal(code, BIDE_READY);
    on_another_thread(run_tasks, ex);
    checked_expect("bide: Store_get is not BIDE_SEND and was made on one thread",
                   checked_line(__FILE__, line), "polled on another");
    assert_int_equal(bide_join_try_take(&join, &c.out), BIDE_READY);
    assert_int_equal(c.out, 6);
    assert_int_equal(bide_local_free(ex), BIDE_READY);
}

/* A box is the callee's future; the message names the call that it came from, too. */
static void a_local_box_on_another_thread(void **state)
{
    Window window = {{0, 6, 0, 0}, 0};
    Store store = Window_as_Store(&window, NULL);
    call c = {.box = BIDE_BOX_EMPTY};
    int line;
    (void)state;
    rig_open(&c.r);
    CHECKED_AT(line);
    assert_int_equal(Store_get_start_box(&c.box, &store, 1, NULL, &c.r.cx, &c.out), BIDE_PENDING);
    checked_nothing();
    on_another_thread(drop_box, &c);
    checked_expect("bide: Window_get is not BIDE_SEND and was polled on one thread",
                   checked_line(__FILE__, c.line), "(the call Store.get, made at ");
    CHECKED_AT(line);
    assert_int_equal(Store_get_start_box(&c.box, &store, 1, NULL, &c.r.cx, &c.out), BIDE_PENDING);
    on_another_thread(poll_box, &c);
    checked_expect("bide: Window_get is not BIDE_SEND and was polled on two threads",
                   checked_line(__FILE__, line), "(the call Store.get, made at ");
    assert_int_equal(c.code, BIDE_READY); /* the program went on */
    rig_close(&c.r);
}

/* The same journeys by a Send interface are no mistake. */
static void *poll_send(void *arg)
{
    struct SendStore_get *get = arg;
    bide_context cx = {sizeof cx, 0, bide_waker_noop(), NULL, NULL};
    int out;
    bide_poll r = SendStore_get_poll(get, &cx, &out);
    assert_int_equal(r, BIDE_PENDING);
    return NULL;
}

static void *drop_send(void *arg)
{
    SendStore_get_drop(arg);
    return NULL;
}

static void send_futures_may(void **state)
{
    Table table = {{0}, 0, 0};
    SendStore store = Table_as_SendStore(&table, NULL);
    struct SendStore_get get;
    (void)state;
    SendStore_get_init(&get, &store, 1);
    on_another_thread(poll_send, &get);
    on_another_thread(poll_send, &get);
    on_another_thread(drop_send, &get);
    assert_int_equal(table.dropped, 1);
    checked_nothing();
}

/* The future may, its memory may not. */
static void memory_of_one_thread(void **state)
{
    unsigned char memory[BIDE_POOL_BYTES(256, 8, 1)];
    Table table = {{0}, 0, 0};
    struct SendStore_get get;
    SendStore store;
    bide_pool pool;
    rig r;
    int out, line;
    (void)state;
    rig_open(&r);
    assert_int_equal(bide_pool_init(&pool, memory, sizeof memory, 256, 8, NULL), BIDE_READY);
    store = Table_as_SendStore(&table, &pool.base);
    SendStore_get_init(&get, &store, 1);
    CHECKED_AT(line);
    assert_int_equal(SendStore_get_poll(&get, &r.cx, &out), BIDE_PENDING);
    SendStore_get_drop(&get);
    SendStore_get_init(&get, &store, 1);
    assert_int_equal(SendStore_get_poll(&get, &r.cx, &out), BIDE_PENDING);
    checked_nothing();
    on_another_thread(drop_send, &get);
    checked_expect("bide: Store.get", checked_line(__FILE__, line),
                   "its memory is from an allocator that is not BIDE_FREE_ANY_THREAD");
    assert_int_equal(bide_pool_deinit(&pool), BIDE_READY);
    rig_close(&r);
}

/* A frame that was made here, and given up unpolled: the next one at its place is another. */
static void *make_and_poll(void *arg)
{
    call *c = arg;
    Window window = {{0}, 0};
    Store store = Window_as_Store(&window, NULL);
    Store_get_init(&c->get, &store, 0);
    c->code = Store_get_poll(&c->get, &c->r.cx, &c->out);
    Store_get_drop(&c->get);
    return NULL;
}

static void a_place_is_used_again(void **state)
{
    Window window = {{0}, 0};
    Store store = Window_as_Store(&window, NULL);
    call c = {.code = BIDE_PENDING};
    (void)state;
    rig_open(&c.r);
    for (int dropped = 0; dropped < 2; dropped++) {
        Store_get_init(&c.get, &store, 0);
        if (dropped)
            Store_get_drop(&c.get);
        on_another_thread(make_and_poll, &c);
        checked_nothing();
    }
    rig_close(&c.r);
}

static void what_was_asked_for(void **state)
{
    Window window = {{0}, 0};
    Store store = Window_as_Store(&window, NULL);
    bide_box box = BIDE_BOX_EMPTY;
    rig r;
    int out, line;
    (void)state;
    rig_open(&r);
    CHECKED_AT(line);
    assert_int_equal(BIDE_DYN_REQUIRE_SEND(Store, put, &store), BIDE_EMISUSE);
    checked_expect("bide: Store.put of Window cannot go to another thread",
                   checked_line(__FILE__, line), ": its future is not BIDE_SEND");
    assert_int_equal(BIDE_DYN_REQUIRE_SEND_ALL(Store, &store), BIDE_EMISUSE);
    checked_expect("bide: Store.get of Window cannot go", "its future is not BIDE_SEND", NULL);
    assert_int_equal(bide_type_require_send(&Store_get_type), BIDE_EMISUSE);
    checked_expect("bide: Store_get cannot go to another thread", ": it is not BIDE_SEND", NULL);
    assert_int_equal(Window_get_start_box(&box, &window, 0, NULL, &r.cx, &out), BIDE_PENDING);
    assert_int_equal(bide_box_require_send(&box), BIDE_EMISUSE);
    checked_expect("bide: Window_get cannot go to another thread", ": it is not BIDE_SEND", NULL);
    bide_box_drop(&box);
    rig_close(&r);
}

static bide_poll scenario(bide_allocator *allocator)
{
    Window window = {{0}, 0};
    Store store = Window_as_Store(&window, NULL);
    bide_context cx = scenario_context(allocator);
    struct Store_get get;
    int out = 0;
    bide_poll r;
    Store_get_init(&get, &store, 1);
    while ((r = Store_get_poll(&get, &cx, &out)) == BIDE_PENDING)
        ;
    return r;
}

TEST_EVERY_FAILURE(every_failure, scenario)

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, checked_setup, checked_teardown)
    const struct CMUnitTest tests[] = {
        TEST(I41_local_interface_wrong_thread),
        TEST(local_calls_and_executors),
        TEST(a_local_box_on_another_thread),
        TEST(send_futures_may),
        TEST(memory_of_one_thread),
        TEST(a_place_is_used_again),
        TEST(what_was_asked_for),
        TEST(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
