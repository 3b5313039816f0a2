/*
 * test_uv_tcp.c: TCP over loopback: real sockets, both ends here.
 */
#include "uv_support.h"

#include <bide/trace.h>

#include <netinet/in.h>
#include <pthread.h>
#include <sys/resource.h>

/* ---- ends --------------------------------------------------------------------------------- */

static void release_tcp(bide_uv_tcp t)
{
    bide_uv_tcp_drop(&t);
}

/* A listener on a free port of loopback, and its address. */
static int32_t listen_on_loopback(bide_uv *rt, bide_uv_listener *l, struct sockaddr_storage *at)
{
    int32_t e = bide_uv_ip("127.0.0.1", 0, at);
    if (e == 0)
        e = bide_uv_tcp_listen(rt, (struct sockaddr *)at, 128, l);
    return e == 0 ? bide_uv_listener_local(l, at) : e;
}

/* Sends back what comes, until the peer ends; then ends, too. */
BIDE_COPY(copy_back, bide_uv_tcp, bide_uv_tcp);

#define echo_FRAME(ROW)                                                                            \
    ROW(OWNED, bide_uv_tcp, conn, release_tcp)                                                     \
    ROW(LOCAL, int64_t, bytes)                                                                     \
    ROW(LOCAL, int32_t, e) ROW(CHILD, copy_back, copy) ROW(CHILD, bide_uv_tcp_close, close)
BIDE_ASYNC(int64_t, echo)
{
    BIDE_BEGIN(echo);
    BIDE_AWAIT_TO(f->bytes, copy_back, copy, (&f->conn, &f->conn));
    BIDE_AWAIT_TO(f->e, bide_uv_tcp_close, close, (&f->conn));
    BIDE_RETURN(f->bytes);
    BIDE_END;
}

/* The same through handles. */
BIDE_COPY(copy_dyn, bide_buffered_reader, bide_writer);

#define echo_dyn_FRAME(ROW)                                                                        \
    ROW(OWNED, bide_uv_tcp, conn, release_tcp)                                                     \
    ROW(LOCAL, int64_t, bytes)                                                                     \
    ROW(LOCAL, int32_t, e)                                                                         \
    ROW(LOCAL, bide_buffered_reader, reader)                                                       \
    ROW(LOCAL, bide_writer, writer) ROW(CHILD, copy_dyn, copy) ROW(CHILD, bide_writer_close, close)
BIDE_ASYNC(int64_t, echo_dyn)
{
    BIDE_BEGIN(echo_dyn);
    /* A handle points to the connection, which stays in this frame from its first await on. */
    BIDE_AWAIT_TO(f->bytes, copy_dyn, copy,
                  ((f->reader = bide_uv_tcp_as_bide_buffered_reader(&f->conn, NULL), &f->reader),
                   (f->writer = bide_uv_tcp_as_bide_writer(&f->conn, NULL), &f->writer)));
    BIDE_AWAIT_TO(f->e, bide_writer_close, close, (&f->writer));
    BIDE_RETURN(f->bytes);
    BIDE_END;
}

/* Accepts so many, and gives each a task; 0 or an error. */
#define serve_FRAME(ROW)                                                                           \
    ROW(PARAM, bide_uv *, rt)                                                                      \
    ROW(PARAM, bide_uv_listener *, l)                                                              \
    ROW(PARAM, int, times)                                                                         \
    ROW(PARAM, bool, dyn)                                                                          \
    ROW(LOCAL, bide_uv_tcp, conn)                                                                  \
    ROW(LOCAL, int32_t, e) ROW(LOCAL, bide_poll, code) ROW(CHILD, bide_uv_listener_accept, accept)
BIDE_ASYNC(int32_t, serve)
{
    BIDE_BEGIN(serve);
    for (; f->times > 0; f->times--) {
        BIDE_AWAIT_TO(f->e, bide_uv_listener_accept, accept, (f->l, &f->conn));
        if (f->e != 0)
            BIDE_RETURN(f->e);
        if (f->dyn)
            BIDE_SPAWN_TO(f->code, bide_uv_runtime(f->rt), echo_dyn, NULL, NULL, (f->conn));
        else
            BIDE_SPAWN_TO(f->code, bide_uv_runtime(f->rt), echo, NULL, NULL, (f->conn));
        if (f->code != BIDE_READY)
            BIDE_FAIL(f->code);
    }
    BIDE_RETURN(0);
    BIDE_END;
}

enum { PIECE = 1000 };

typedef char piece[PIECE];

/* Connects, sends so many pieces, wants each back; 0, an error, or 1 for a wrong byte. */
#define ask_FRAME(ROW)                                                                             \
    ROW(PARAM, bide_uv *, rt)                                                                      \
    ROW(PARAM, const struct sockaddr_storage *, to)                                                \
    ROW(PARAM, int, pieces)                                                                        \
    ROW(LOCAL, bide_uv_tcp, conn)                                                                  \
    ROW(LOCAL, int32_t, e)                                                                         \
    ROW(LOCAL, ptrdiff_t, n)                                                                       \
    ROW(BUFFER, piece, out)                                                                        \
    ROW(BUFFER, piece, in)                                                                         \
    ROW(CHILD, bide_uv_tcp_connect, connect)                                                       \
    ROW(CHILD, bide_uv_tcp_write_all, write)                                                       \
    ROW(CHILD, bide_uv_tcp_read_exact, read)                                                       \
    ROW(CHILD, bide_uv_tcp_close, close) ROW(CHILD, bide_uv_tcp_read, last)
BIDE_ASYNC(int32_t, ask)
{
    BIDE_BEGIN(ask);
    BIDE_AWAIT_TRY(f->e, bide_uv_tcp_connect, connect,
                   (f->rt, (const struct sockaddr *)f->to, &f->conn));
    for (; f->pieces > 0; f->pieces--) {
        memset(f->out, f->pieces, PIECE);
        BIDE_AWAIT_TRY(f->e, bide_uv_tcp_write_all, write, (&f->conn, f->out, PIECE, NULL));
        BIDE_AWAIT_TRY(f->e, bide_uv_tcp_read_exact, read, (&f->conn, f->in, PIECE, NULL));
        if (memcmp(f->in, f->out, PIECE) != 0)
            BIDE_RETURN(1);
    }
    BIDE_AWAIT_TRY(f->e, bide_uv_tcp_close, close, (&f->conn));
    BIDE_AWAIT_TO(f->n, bide_uv_tcp_read, last, (&f->conn, f->in, PIECE));
    BIDE_RETURN((int32_t)f->n); /* 0: the end */
BIDE_CLEANUP:
    bide_uv_tcp_drop(&f->conn);
    BIDE_END;
}

/* ---- straight on: each call runs the loop until it is done --------------------------------- */

static ptrdiff_t do_read(bide_uv *rt, bide_uv_tcp *t, void *buffer, size_t size)
{
    ptrdiff_t n = -1;
    bide_poll r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_tcp_read, &n, (t, buffer, size));
    assert_int_equal(r, BIDE_READY);
    return n;
}

static int32_t do_write(bide_uv *rt, bide_uv_tcp *t, const void *data, size_t size)
{
    int32_t e = -1;
    bide_poll r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_tcp_write_all, &e, (t, data, size, NULL));
    assert_int_equal(r, BIDE_READY);
    return e;
}

static int32_t do_flush(bide_uv *rt, bide_uv_tcp *t)
{
    int32_t e = -1;
    bide_poll r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_tcp_flush, &e, (t));
    assert_int_equal(r, BIDE_READY);
    return e;
}

static int32_t do_close(bide_uv *rt, bide_uv_tcp *t)
{
    int32_t e = -1;
    bide_poll r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_tcp_close, &e, (t));
    assert_int_equal(r, BIDE_READY);
    return e;
}

static int32_t do_connect(bide_uv *rt, const struct sockaddr_storage *to, bide_uv_tcp *t)
{
    int32_t e = -1;
    bide_poll r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_tcp_connect, &e, (rt, (const struct sockaddr *)to, t));
    assert_int_equal(r, BIDE_READY);
    return e;
}

static int32_t do_accept(bide_uv *rt, bide_uv_listener *l, bide_uv_tcp *t)
{
    int32_t e = -1;
    bide_poll r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_listener_accept, &e, (l, t));
    assert_int_equal(r, BIDE_READY);
    return e;
}

/* Lets the loop do what it has to do now. */
static void settle(bide_uv *rt)
{
    for (int i = 0; i < 20; i++)
        (void)uv_run(bide_uv_loop(rt), UV_RUN_NOWAIT);
}

/* Both ends of a connection. */
struct ends {
    bide_uv *rt;
    bide_uv_listener l;
    struct sockaddr_storage at;
    bide_uv_tcp a, b;
};

static void open_ends(struct ends *e)
{
    memset(e, 0, sizeof *e);
    e->rt = new_rt(NULL);
    assert_int_equal(listen_on_loopback(e->rt, &e->l, &e->at), 0);
    assert_int_equal(do_connect(e->rt, &e->at, &e->a), 0);
    assert_int_equal(do_accept(e->rt, &e->l, &e->b), 0);
}

static void close_ends(struct ends *e)
{
    bide_uv_tcp_drop(&e->a);
    bide_uv_tcp_drop(&e->b);
    bide_uv_listener_drop(&e->l);
    assert_int_equal(bide_uv_free(e->rt), BIDE_READY);
}

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

static void nobody_listens(void **state)
{
    struct ends e;
    struct sockaddr_storage nowhere;
    (void)state;
    open_ends(&e);
    nowhere = e.at;
    bide_uv_listener_drop(&e.l);
    bide_uv_tcp_drop(&e.a);
    settle(e.rt);
    assert_int_equal(do_connect(e.rt, &nowhere, &e.a), UV_ECONNREFUSED);
    assert_null(e.a.at);
    close_ends(&e);
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
    settle(e.rt);
    accepted = sent;
    assert_true(accepted > 0);
    assert_true(accepted < BYTES); /* it waits for the reader */
    settle(e.rt);
    assert_int_equal(sent, accepted);
    BIDE_UV_RUN_UNTIL_TO(r, e.rt, bide_uv_tcp_read_exact, &end, (&e.b, in, BYTES, &got));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(end, 0);
    assert_memory_equal(in, out, BYTES);
    settle(e.rt);
    assert_int_equal(bide_join_try_take(&writer, &end), BIDE_READY);
    assert_int_equal(end, 0);
    assert_int_equal(do_flush(e.rt, &e.a), 0);
    close_ends(&e);
    free(out);
    free(in);
}

/* ---- dropping ----------------------------------------------------------------------------- */

static void a_dropped_read_loses_nothing(void **state)
{
    struct ends e;
    char text[32] = "", unused[32];
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
    assert_int_equal(do_read(e.rt, &e.b, text + 3, sizeof text - 3), 9);
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
    settle(e.rt);
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
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(an_address_that_is_taken),
        cmocka_unit_test(addresses_and_options),
        cmocka_unit_test(more_than_fits_anywhere),
        cmocka_unit_test(a_dropped_read_loses_nothing),
        cmocka_unit_test(a_dropped_connection_writes_to_its_end),
        cmocka_unit_test(an_aborted_connection_does_not_wait),
        cmocka_unit_test(a_dropped_connect_gives_up),
        cmocka_unit_test(accepted_and_never_taken),
        cmocka_unit_test(a_dropped_accept_loses_no_connection),
        cmocka_unit_test(aborted_anywhere),
        cmocka_unit_test(no_descriptors_left),
        cmocka_unit_test(a_listener_is_a_stream),
        cmocka_unit_test(objects_outlive_their_loop),
        cmocka_unit_test(empty_objects_say_so),
        cmocka_unit_test(traces_tell_what_is_waited_for),
        cmocka_unit_test(no_buffer_for_a_read),
        cmocka_unit_test(no_memory_for_an_echo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
