/*
 * test_uv_tcp_drop.c: connections, and what waits for them, dropped, aborted and forgotten.
 */
#include "uv_tcp_support.h"

/* ---- dropping ----------------------------------------------------------------------------- */

static void a_dropped_read_loses_nothing(void **state)
{
    struct ends e;
    char text[32] = "", unused[32];
    size_t got = 0;
    bide_join read;
    (void)state;
    open_ends(&e);
    /* Dropped while it waits, with the bytes on their way. */
    assert_int_equal(
        BIDE_SPAWN(bide_uv_runtime(e.rt), bide_uv_tcp_read, &read, (&e.b, unused, sizeof unused)),
        BIDE_READY);
    settle(e.rt);
    bide_join_abort(&read);
    assert_int_equal(do_write(e.rt, &e.a, "first ", 6), 0);
    settle(e.rt);
    assert_int_equal(bide_join_try_take(&read, NULL), BIDE_ECANCELED);
    assert_int_equal(do_write(e.rt, &e.a, "second", 6), 0);
    settle(e.rt);
    assert_int_equal(do_read(e.rt, &e.b, text, 3), 3);
    for (got = 3; got < 12;) {
        ptrdiff_t n = do_read(e.rt, &e.b, text + got, sizeof text - got);
        assert_true(n > 0);
        got += (size_t)n;
    }
    assert_string_equal(text, "first second");
    close_ends(&e);
}

/* What was accepted arrives, though the connection is dropped at once behind it. */
static void a_dropped_connection_writes_to_its_end(void **state)
{
    enum { MOST = 32 << 20 };
    struct ends e;
    char *data = calloc(1, 1 << 16);
    size_t accepted = 0, got = 0;
    ptrdiff_t n;
    (void)state;
    assert_non_null(data);
    open_ends(&e);
    for (bool waits = false; !waits && accepted < MOST;) {
        size_t done = 0;
        bide_join join;
        assert_int_equal(BIDE_SPAWN(bide_uv_runtime(e.rt), bide_uv_tcp_write_all, &join,
                                    (&e.a, data, 1 << 16, &done)),
                         BIDE_READY);
        (void)uv_run(bide_uv_loop(e.rt), UV_RUN_NOWAIT);
        (void)uv_run(bide_uv_loop(e.rt), UV_RUN_NOWAIT);
        waits = !bide_join_is_done(&join);
        bide_join_abort(&join);
        settle(e.rt);
        bide_join_detach(&join);
        accepted += done;
    }
    assert_true(accepted < MOST);
    bide_uv_tcp_drop(&e.a);
    while ((n = do_read(e.rt, &e.b, data, 1 << 16)) > 0)
        got += (size_t)n;
    assert_int_equal(n, 0);
    assert_int_equal(got, accepted);
    close_ends(&e);
    free(data);
}

/* Nobody reads: cut short, and the runtime's end does not wait for the peer. */
static void an_aborted_connection_does_not_wait(void **state)
{
    enum { MOST = 32 << 20 };
    struct ends e;
    char *data = calloc(1, MOST);
    size_t done[2] = {0, 0};
    bide_join joins[2];
    (void)state;
    assert_non_null(data);
    open_ends(&e);
    assert_int_equal(BIDE_SPAWN(bide_uv_runtime(e.rt), bide_uv_tcp_write_all, &joins[0],
                                (&e.a, data, MOST, &done[0])),
                     BIDE_READY);
    assert_int_equal(BIDE_SPAWN(bide_uv_runtime(e.rt), bide_uv_tcp_write_all, &joins[1],
                                (&e.b, data, MOST, &done[1])),
                     BIDE_READY);
    settle(e.rt);
    for (int i = 0; i < 2; i++) {
        bide_join_abort(&joins[i]);
        settle(e.rt);
        assert_int_equal(bide_join_try_take(&joins[i], NULL), BIDE_ECANCELED);
    }
    bide_uv_tcp_abort(&e.a);
    settle(e.rt);
    close_ends(&e); /* the other one was only dropped */
    free(data);
}

static void a_dropped_connect_gives_up(void **state)
{
    struct ends e;
    bide_uv_tcp never = {0};
    struct bide_uv_tcp_connect connect;
    (void)state;
    open_ends(&e);
    bide_uv_tcp_connect_init(&connect, e.rt, (struct sockaddr *)&e.at, &never);
    bide_uv_tcp_connect_drop(&connect);
    for (int turns = 0; turns < 3; turns++) {
        bide_join join;
        assert_int_equal(BIDE_SPAWN(bide_uv_runtime(e.rt), bide_uv_tcp_connect, &join,
                                    (e.rt, (struct sockaddr *)&e.at, &never)),
                         BIDE_READY);
        for (int i = 0; i < turns; i++)
            (void)uv_run(bide_uv_loop(e.rt), UV_RUN_NOWAIT);
        bide_join_abort(&join);
        settle(e.rt);
        bide_join_detach(&join);
        bide_uv_tcp_drop(&never);
        settle(e.rt);
    }
    close_ends(&e);
}

static void accepted_and_never_taken(void **state)
{
    enum { CLIENTS = 100 }; /* more than a listener takes by itself */
    bide_uv *rt = new_rt(NULL);
    bide_uv_listener l = {0};
    bide_uv_tcp clients[CLIENTS] = {{0}}, conn = {0};
    struct sockaddr_storage at;
    char c;
    (void)state;
    assert_int_equal(listen_on_loopback(rt, &l, &at), 0);
    for (int i = 0; i < CLIENTS; i++)
        assert_int_equal(do_connect(rt, &at, &clients[i]), 0);
    settle(rt);
    for (int i = 0; i < CLIENTS - 20; i++) {
        assert_int_equal(do_accept(rt, &l, &conn), 0);
        bide_uv_tcp_drop(&conn);
    }
    bide_uv_listener_drop(&l);
    settle(rt);
    for (int i = 0; i < CLIENTS; i++) {
        assert_true(do_read(rt, &clients[i], &c, 1) <= 0); /* the end, or a reset */
        bide_uv_tcp_drop(&clients[i]);
    }
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
}

static void a_dropped_accept_loses_no_connection(void **state)
{
    struct ends e;
    bide_uv_tcp client = {0}, conn = {0};
    bide_join join;
    (void)state;
    open_ends(&e);
    assert_int_equal(
        BIDE_SPAWN(bide_uv_runtime(e.rt), bide_uv_listener_accept, &join, (&e.l, &conn)),
        BIDE_READY);
    settle(e.rt);
    bide_join_abort(&join);
    settle(e.rt);
    bide_join_detach(&join);
    assert_int_equal(do_connect(e.rt, &e.at, &client), 0);
    settle(e.rt);
    assert_int_equal(do_accept(e.rt, &e.l, &conn), 0);
    bide_uv_tcp_drop(&conn);
    bide_uv_tcp_drop(&client);
    close_ends(&e);
}

/* ---- anything at any moment ---------------------------------------------------------------- */

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Clients and echoes that are aborted wherever they are; what is left works on, and ends. */
static void aborted_anywhere(void **state)
{
    enum { CLIENTS = 40, SEEDS = 25 };
    (void)state;
    for (uint32_t round = 1; round <= SEEDS; round++) {
        bide_uv *rt = new_rt(NULL);
        bide_uv_listener l = {0};
        struct sockaddr_storage at;
        bide_join clients[CLIENTS], server;
        uint32_t seed = round;
        int whole = 0, ended = 0;
        assert_int_equal(listen_on_loopback(rt, &l, &at), 0);
        assert_int_equal(
            BIDE_SPAWN(bide_uv_runtime(rt), serve, &server, (rt, &l, CLIENTS, round % 2 == 0)),
            BIDE_READY);
        for (int i = 0; i < CLIENTS; i++) {
            assert_int_equal(BIDE_SPAWN(bide_uv_runtime(rt), ask, &clients[i], (rt, &at, 4)),
                             BIDE_READY);
            if (next_random(&seed) % 3 == 0)
                (void)uv_run(bide_uv_loop(rt), UV_RUN_NOWAIT);
            if (next_random(&seed) % 2 == 0)
                bide_join_abort(&clients[next_random(&seed) % (uint32_t)(i + 1)]);
        }
        /* Those that were not aborted get their answers. */
        for (int rounds = 0; rounds < 100000 && ended < CLIENTS; rounds++) {
            (void)uv_run(bide_uv_loop(rt), UV_RUN_NOWAIT);
            for (ended = 0; ended < CLIENTS && bide_join_is_done(&clients[ended]);)
                ended++;
        }
        assert_int_equal(ended, CLIENTS);
        for (int i = 0; i < CLIENTS; i++) {
            int32_t e = -1;
            bide_poll r = bide_join_try_take(&clients[i], &e);
            assert_true(r == BIDE_ECANCELED || (r == BIDE_READY && e == 0));
            whole += r == BIDE_READY;
        }
        assert_true(whole > 0);
        bide_join_detach(&server);
        bide_uv_listener_drop(&l); /* the server may still wait for those that never came */
        assert_int_equal(bide_uv_free(rt), BIDE_READY);
    }
}

/* ---- no memory ---------------------------------------------------------------------------- */

/* Dropped with bytes that nobody has read. */
static bide_poll dropped_through(bide_allocator *a)
{
    bide_uv_options o = bide_uv_options_init();
    struct ends e = {0};
    int32_t error = 0;
    bide_poll r;
    o.allocator = a;
    r = bide_uv_new(&o, NULL, &e.rt);
    if (r != BIDE_READY)
        return r;
    error = listen_on_loopback(e.rt, &e.l, &e.at);
    if (error == 0)
        BIDE_UV_RUN_UNTIL_TO(r, e.rt, bide_uv_tcp_connect, &error,
                             (e.rt, (const struct sockaddr *)&e.at, &e.a));
    if (r == BIDE_READY && error == 0)
        BIDE_UV_RUN_UNTIL_TO(r, e.rt, bide_uv_tcp_write_all, &error, (&e.a, "unread", 6, NULL));
    bide_uv_tcp_drop(&e.a);
    bide_uv_listener_drop(&e.l);
    (void)bide_uv_free(e.rt);
    return error == UV_ENOMEM ? BIDE_ENOMEM : r;
}

TEST_EVERY_FAILURE(no_memory_to_drop, dropped_through)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dropped_read_loses_nothing),
        cmocka_unit_test(a_dropped_connection_writes_to_its_end),
        cmocka_unit_test(an_aborted_connection_does_not_wait),
        cmocka_unit_test(a_dropped_connect_gives_up),
        cmocka_unit_test(accepted_and_never_taken),
        cmocka_unit_test(a_dropped_accept_loses_no_connection),
        cmocka_unit_test(aborted_anywhere),
        cmocka_unit_test(no_memory_to_drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
