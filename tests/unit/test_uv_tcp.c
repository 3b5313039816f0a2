/*
 * test_uv_tcp.c: TCP over loopback: real sockets, both ends here.
 */
#include "uv_tcp_support.h"

#include <bide/trace.h>

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

/* ---- what they say ------------------------------------------------------------------------ */

static void many_clients(bool dyn)
{
    enum { CLIENTS = 50 };
    bide_uv *rt = new_rt(NULL);
    bide_uv_listener l = {0};
    struct sockaddr_storage at;
    bide_join joins[CLIENTS], server;
    int32_t e = -1;
    assert_int_equal(listen_on_loopback(rt, &l, &at), 0);
    assert_int_equal(BIDE_SPAWN(bide_uv_runtime(rt), serve, &server, (rt, &l, CLIENTS, dyn)),
                     BIDE_READY);
    for (int i = 0; i < CLIENTS; i++)
        assert_int_equal(BIDE_SPAWN(bide_uv_runtime(rt), ask, &joins[i], (rt, &at, 10)),
                         BIDE_READY);
    assert_int_equal(bide_uv_run(rt), BIDE_READY);
    for (int i = 0; i < CLIENTS; i++) {
        assert_int_equal(bide_join_try_take(&joins[i], &e), BIDE_READY);
        assert_int_equal(e, 0);
    }
    assert_int_equal(bide_join_try_take(&server, &e), BIDE_READY);
    assert_int_equal(e, 0);
    bide_uv_listener_drop(&l);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
}

static void echo_to_many(void **state)
{
    (void)state;
    many_clients(false);
}

static void echo_to_many_through_handles(void **state)
{
    (void)state;
    many_clients(true);
}

static void *serve_alone(void *arg)
{
    (void)arg;
    many_clients(false);
    return NULL;
}

static void loops_on_threads_do_not_meet(void **state)
{
    pthread_t threads[4];
    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, serve_alone, NULL), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
}

static void half_closed_answers(void **state)
{
    struct ends e;
    char text[32];
    (void)state;
    open_ends(&e);
    assert_int_equal(do_write(e.rt, &e.a, "question", 8), 0);
    assert_int_equal(do_close(e.rt, &e.a), 0);
    assert_int_equal(do_close(e.rt, &e.a), 0); /* is closed */
    assert_int_equal(do_write(e.rt, &e.a, "more", 4), UV_EPIPE);
    assert_int_equal(do_read(e.rt, &e.b, text, sizeof text), 8);
    assert_memory_equal(text, "question", 8);
    assert_int_equal(do_read(e.rt, &e.b, text, sizeof text), 0);
    assert_int_equal(do_read(e.rt, &e.b, text, sizeof text), 0); /* as often as one likes */
    assert_int_equal(do_write(e.rt, &e.b, "answer", 6), 0);
    assert_int_equal(do_read(e.rt, &e.a, text, sizeof text), 6);
    assert_memory_equal(text, "answer", 6);
    close_ends(&e);
}

static void a_reset_is_an_error(void **state)
{
    struct ends e;
    char text[8];
    (void)state;
    open_ends(&e);
    bide_uv_tcp_reset(&e.a);
    assert_int_equal(do_read(e.rt, &e.b, text, sizeof text), UV_ECONNRESET);
    assert_int_equal(do_read(e.rt, &e.b, text, sizeof text), UV_ECONNRESET);
    assert_true(do_write(e.rt, &e.b, "x", 1) < 0);
    assert_true(do_close(e.rt, &e.b) < 0);
    close_ends(&e);
}

/* libuv tells an end where there is a reset and what was read before did not fill the buffer. */
static void a_reset_behind_data_is_an_error(void **state)
{
    struct ends e;
    char text[8];
    (void)state;
    open_ends(&e);
    assert_int_equal(do_write(e.rt, &e.a, "last", 4), 0);
    bide_uv_tcp_reset(&e.a);
    assert_int_equal(do_read(e.rt, &e.b, text, sizeof text), 4);
    assert_int_equal(do_read(e.rt, &e.b, text, sizeof text), UV_ECONNRESET);
    assert_true(do_write(e.rt, &e.b, "x", 1) < 0);
    close_ends(&e);
}

static void nobody_listens(void **state)
{
    bide_uv *rt = new_rt(NULL);
    struct sockaddr_storage nowhere;
    bide_uv_tcp t = {0};
    int refusing = refuse_on_loopback(&nowhere);
    (void)state;
    assert_int_equal(do_connect(rt, &nowhere, &t), UV_ECONNREFUSED);
    assert_null(t.at);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
    close(refusing);
}

static void an_address_that_is_taken(void **state)
{
    struct ends e;
    bide_uv_listener second = {0};
    (void)state;
    open_ends(&e);
    assert_int_equal(bide_uv_tcp_listen(e.rt, (struct sockaddr *)&e.at, 1, &second), UV_EADDRINUSE);
    assert_null(second.at);
    close_ends(&e);
}

static void addresses_and_options(void **state)
{
    struct ends e;
    struct sockaddr_storage one, other;
    (void)state;
    open_ends(&e);
    assert_int_equal(bide_uv_tcp_local(&e.a, &one), 0);
    assert_int_equal(bide_uv_tcp_peer(&e.b, &other), 0);
    assert_int_equal(bide_uv_port(&one), bide_uv_port(&other));
    assert_int_equal(bide_uv_tcp_peer(&e.a, &other), 0);
    assert_int_equal(bide_uv_port(&other), bide_uv_port(&e.at));
    assert_int_equal(bide_uv_tcp_nodelay(&e.a, true), 0);
    assert_int_equal(bide_uv_tcp_keepalive(&e.a, 30), 0);
    assert_int_equal(bide_uv_tcp_keepalive(&e.a, 0), 0);
    assert_int_equal(bide_uv_ip("::1", 80, &one), 0);
    assert_int_equal(bide_uv_port(&one), 80);
    assert_int_equal(bide_uv_ip("localhost", 80, &one), UV_EINVAL);
    close_ends(&e);
}

/* More than all buffers, both of the system and ours, can hold; the reader is slow at first. */
static void more_than_fits_anywhere(void **state)
{
    enum { BYTES = 8 << 20 };
    struct ends e;
    char *out = malloc(BYTES), *in = malloc(BYTES);
    size_t sent = 0, got = 0, accepted;
    int32_t end = -1;
    bide_join writer;
    bide_poll r;
    (void)state;
    assert_non_null(out);
    assert_non_null(in);
    for (size_t i = 0; i < BYTES; i++)
        out[i] = (char)(i * 2654435761u >> 13);
    open_ends(&e);
    assert_int_equal(BIDE_SPAWN(bide_uv_runtime(e.rt), bide_uv_tcp_write_all, &writer,
                                (&e.a, out, BYTES, &sent)),
                     BIDE_READY);
    accepted = settle_count(e.rt, &sent);
    assert_true(accepted > 0);
    assert_true(accepted < BYTES); /* it waits for the reader */
    BIDE_UV_RUN_UNTIL_TO(r, e.rt, bide_uv_tcp_read_exact, &end, (&e.b, in, BYTES, &got));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(end, 0);
    assert_memory_equal(in, out, BYTES);
    settle_join(e.rt, &writer);
    assert_int_equal(bide_join_try_take(&writer, &end), BIDE_READY);
    assert_int_equal(end, 0);
    assert_int_equal(do_flush(e.rt, &e.a), 0);
    close_ends(&e);
    free(out);
    free(in);
}

/* No descriptors: connect tells it, and works again when there are some. */
static void no_descriptors_left(void **state)
{
    struct ends e;
    bide_uv_tcp client = {0}, conn = {0};
    struct rlimit before, none;
    (void)state;
    open_ends(&e);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0; /* those that are open stay */
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    assert_int_equal(do_connect(e.rt, &e.at, &client), UV_EMFILE);
    assert_null(client.at);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(do_connect(e.rt, &e.at, &client), 0);
    assert_int_equal(do_accept(e.rt, &e.l, &conn), 0);
    bide_uv_tcp_drop(&client);
    bide_uv_tcp_drop(&conn);
    close_ends(&e);
}

/* Without a descriptor the connection waits, and who accepts is told; also where libuv's descriptor
 * in reserve is gone (another thread was quicker to take its number). */
static void no_descriptor_to_accept(void **state)
{
    struct ends e;
    bide_uv_tcp conn = {0};
    struct rlimit before, none;
    int32_t error = 0;
    char c;
    bide_join accept;
    int client;
    (void)state;
    /* Valgrind limits descriptors by itself: behind the accept, by closing what came. */
    if (getenv("BIDE_TEST_QUICK"))
        skip();
    client = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(client >= 0);
    open_ends(&e);
    assert_int_equal(
        BIDE_SPAWN(bide_uv_runtime(e.rt), bide_uv_listener_accept, &accept, (&e.l, &conn)),
        BIDE_READY);
    settle(e.rt);
    assert_int_equal(connect(client, (struct sockaddr *)&e.at, sizeof(struct sockaddr_in)), 0);
    close(bide_uv_loop(e.rt)->emfile_fd);
    bide_uv_loop(e.rt)->emfile_fd = -1;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    alarm(20);
    settle_join(e.rt, &accept);
    alarm(0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(bide_join_try_take(&accept, &error), BIDE_READY);
    assert_int_equal(error, UV_EMFILE);
    assert_int_equal(do_accept(e.rt, &e.l, &conn), 0);
    assert_int_equal(send(client, "x", 1, 0), 1);
    assert_int_equal(do_read(e.rt, &conn, &c, 1), 1);
    bide_uv_tcp_drop(&conn);
    close(client);
    close_ends(&e);
}

/* ---- the listener as a stream ------------------------------------------------------------- */

BIDE_STREAM(Connections, bide_uv_tcp);
BIDE_STREAM_IMPL_DECLARE(Connections, bide_uv_listener);
BIDE_STREAM_IMPL(Connections, bide_uv_listener);

static void a_listener_is_a_stream(void **state)
{
    struct ends e;
    bide_uv_tcp client = {0}, conn = {0};
    Connections dyn;
    bide_poll r;
    bool more = false;
    (void)state;
    open_ends(&e);
    dyn = bide_uv_listener_as_Connections(&e.l, NULL);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(do_connect(e.rt, &e.at, &client), 0);
        if (i == 0)
            BIDE_UV_RUN_UNTIL_TO(r, e.rt, bide_uv_listener_next, &more, (&e.l, &conn));
        else
            BIDE_UV_RUN_UNTIL_TO(r, e.rt, Connections_next, &more, (&dyn, &conn));
        assert_int_equal(r, BIDE_READY);
        assert_true(more);
        bide_uv_tcp_drop(&conn);
        bide_uv_tcp_drop(&client);
    }
    bide_uv_listener_drop(&e.l);
    BIDE_UV_RUN_UNTIL_TO(r, e.rt, bide_uv_listener_next, &more, (&e.l, &conn));
    assert_int_equal(r, BIDE_READY);
    assert_false(more);
    close_ends(&e);
}

/* ---- the end ------------------------------------------------------------------------------ */

static void objects_outlive_their_loop(void **state)
{
    struct ends e;
    bide_poll r;
    int32_t error = 0;
    ptrdiff_t n = 0;
    char c = 'x';
    (void)state;
    open_ends(&e);
    assert_int_equal(do_write(e.rt, &e.a, "unread", 6), 0);
    assert_int_equal(do_read(e.rt, &e.b, &c, 1), 1);
    assert_int_equal(bide_uv_free(e.rt), BIDE_READY);
    BIDE_BLOCK_ON_TO(r, bide_uv_tcp_read, &n, (&e.b, &c, 1));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(n, UV_ECANCELED);
    BIDE_BLOCK_ON_TO(r, bide_uv_tcp_write, &n, (&e.a, &c, 1));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(n, UV_ECANCELED);
    BIDE_BLOCK_ON_TO(r, bide_uv_tcp_close, &error, (&e.a));
    assert_int_equal(error, UV_ECANCELED);
    BIDE_BLOCK_ON_TO(r, bide_uv_listener_accept, &error, (&e.l, &e.a));
    assert_int_equal(error, UV_ECANCELED);
    assert_int_equal(bide_uv_tcp_nodelay(&e.a, true), UV_ECANCELED);
    bide_uv_tcp_drop(&e.a);
    bide_uv_tcp_reset(&e.b);
    bide_uv_listener_drop(&e.l);
}

static void empty_objects_say_so(void **state)
{
    bide_uv_tcp t = {0};
    bide_uv_listener l = {0};
    bide_poll r;
    int32_t error = 0;
    ptrdiff_t n = 0;
    char c = 'x';
    (void)state;
    BIDE_BLOCK_ON_TO(r, bide_uv_tcp_read, &n, (&t, &c, 1));
    assert_int_equal(n, UV_EBADF);
    BIDE_BLOCK_ON_TO(r, bide_uv_tcp_write, &n, (&t, &c, 1));
    assert_int_equal(n, UV_EBADF);
    BIDE_BLOCK_ON_TO(r, bide_uv_tcp_flush, &error, (&t));
    assert_int_equal(error, UV_EBADF);
    BIDE_BLOCK_ON_TO(r, bide_uv_listener_accept, &error, (&l, &t));
    assert_int_equal(error, UV_EBADF);
    assert_int_equal(r, BIDE_READY);
    bide_uv_tcp_drop(&t);
    bide_uv_tcp_reset(&t);
    bide_uv_listener_drop(&l);
}

static void traces_tell_what_is_waited_for(void **state)
{
    struct ends e;
    char text[512], c;
    bide_trace_buffer b = {.text = text, .size = sizeof text};
    bide_trace_options o = bide_trace_into(&b);
    bide_join join;
    (void)state;
    open_ends(&e);
    assert_int_equal(BIDE_SPAWN(bide_uv_runtime(e.rt), bide_uv_tcp_read, &join, (&e.a, &c, 1)),
                     BIDE_READY);
    settle(e.rt);
    assert_int_equal(bide_trace_local(bide_uv_local(e.rt), &o), BIDE_READY);
    assert_non_null(strstr(text, "bytes of the peer"));
    bide_join_detach(&join);
    close_ends(&e);
}

/* ---- no memory ---------------------------------------------------------------------------- */

/* All codes that a lack of memory may give on the way. */
static bide_poll code_of(bide_poll r, int32_t error)
{
    return error == UV_ENOMEM ? BIDE_ENOMEM : r;
}

static bide_poll echo_through(bide_allocator *a)
{
    bide_uv_options o = bide_uv_options_init();
    bide_uv_listener l = {0};
    struct sockaddr_storage at;
    bide_join server = {NULL};
    int32_t e = 0;
    bide_uv *rt;
    bide_poll r;
    o.allocator = a;
    o.buffer_bytes = 256; /* so that pieces are cut */
    r = bide_uv_new(&o, NULL, &rt);
    if (r != BIDE_READY)
        return r;
    e = listen_on_loopback(rt, &l, &at);
    r = code_of(r, e);
    if (r == BIDE_READY)
        BIDE_SPAWN_TO(r, bide_uv_runtime(rt), serve, NULL, &server, (rt, &l, 1, false));
    if (r == BIDE_READY) {
        BIDE_UV_RUN_UNTIL_TO(r, rt, ask, &e, (rt, &at, 2));
        /* The server's want of memory is an end, or a reset, to the client. */
        if (r == BIDE_READY && e != 0)
            r = BIDE_ENOMEM;
    }
    bide_join_detach(&server);
    bide_uv_listener_drop(&l);
    (void)bide_uv_free(rt);
    return r;
}

/* Gives nothing while it is told to. */
struct moody {
    bide_allocator base;
    bool refuses;
};

static void *moody_alloc(bide_allocator *self, size_t bytes, size_t align, bide_allocator **giver)
{
    bide_allocator *heap = bide_heap();
    return ((struct moody *)(void *)self)->refuses ? NULL : heap->alloc(heap, bytes, align, giver);
}

/* What has arrived waits for memory in the system; the error is a value, and goes. */
static void no_buffer_for_a_read(void **state)
{
    struct moody m = {.base = {.size = sizeof m.base, .alloc = moody_alloc}};
    bide_uv_options o = bide_uv_options_init();
    struct ends e = {0};
    ptrdiff_t n = 0;
    bide_join read;
    char text[8];
    (void)state;
    o.allocator = &m.base;
    o.buffer_cache = 0;
    assert_int_equal(bide_uv_new(&o, NULL, &e.rt), BIDE_READY);
    assert_int_equal(listen_on_loopback(e.rt, &e.l, &e.at), 0);
    assert_int_equal(do_connect(e.rt, &e.at, &e.a), 0);
    assert_int_equal(do_accept(e.rt, &e.l, &e.b), 0);
    assert_int_equal(
        BIDE_SPAWN(bide_uv_runtime(e.rt), bide_uv_tcp_read, &read, (&e.b, text, sizeof text)),
        BIDE_READY);
    assert_int_equal(do_write(e.rt, &e.a, "late", 4), 0);
    m.refuses = true;
    settle_join(e.rt, &read);
    m.refuses = false;
    assert_int_equal(bide_join_try_take(&read, &n), BIDE_READY);
    assert_int_equal(n, UV_ENOMEM);
    assert_int_equal(do_read(e.rt, &e.b, text, sizeof text), 4);
    assert_memory_equal(text, "late", 4);
    close_ends(&e);
}

TEST_EVERY_FAILURE(no_memory_for_an_echo, echo_through)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(echo_to_many),
        cmocka_unit_test(echo_to_many_through_handles),
        cmocka_unit_test(loops_on_threads_do_not_meet),
        cmocka_unit_test(half_closed_answers),
        cmocka_unit_test(a_reset_is_an_error),
        cmocka_unit_test(a_reset_behind_data_is_an_error),
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(an_address_that_is_taken),
        cmocka_unit_test(addresses_and_options),
        cmocka_unit_test(more_than_fits_anywhere),
        cmocka_unit_test(no_descriptors_left),
        cmocka_unit_test(no_descriptor_to_accept),
        cmocka_unit_test(a_listener_is_a_stream),
        cmocka_unit_test(objects_outlive_their_loop),
        cmocka_unit_test(empty_objects_say_so),
        cmocka_unit_test(traces_tell_what_is_waited_for),
        cmocka_unit_test(no_buffer_for_a_read),
        cmocka_unit_test(no_memory_for_an_echo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
