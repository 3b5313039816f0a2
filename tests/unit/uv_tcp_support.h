/*
 * uv_tcp_support.h: both ends of TCP over loopback, and calls that run the loop until they are
 * done.
 */
#ifndef BIDE_TESTS_UV_TCP_SUPPORT_H
#define BIDE_TESTS_UV_TCP_SUPPORT_H

#include "uv_support.h"

/* ---- ends --------------------------------------------------------------------------------- */

static inline void release_tcp(bide_uv_tcp t)
{
    bide_uv_tcp_drop(&t);
}

/* A listener on a free port of loopback, and its address. */
static inline int32_t listen_on_loopback(bide_uv *rt, bide_uv_listener *l,
                                         struct sockaddr_storage *at)
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

/* Accepts so many, and gives each a task; 0, or an error and nobody is left waiting. */
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
        if (f->e != 0) {
            bide_uv_listener_drop(f->l);
            BIDE_RETURN(f->e);
        }
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

static inline ptrdiff_t do_read(bide_uv *rt, bide_uv_tcp *t, void *buffer, size_t size)
{
    ptrdiff_t n = -1;
    bide_poll r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_tcp_read, &n, (t, buffer, size));
    assert_int_equal(r, BIDE_READY);
    return n;
}

static inline int32_t do_write(bide_uv *rt, bide_uv_tcp *t, const void *data, size_t size)
{
    int32_t e = -1;
    bide_poll r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_tcp_write_all, &e, (t, data, size, NULL));
    assert_int_equal(r, BIDE_READY);
    return e;
}

static inline int32_t do_flush(bide_uv *rt, bide_uv_tcp *t)
{
    int32_t e = -1;
    bide_poll r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_tcp_flush, &e, (t));
    assert_int_equal(r, BIDE_READY);
    return e;
}

static inline int32_t do_close(bide_uv *rt, bide_uv_tcp *t)
{
    int32_t e = -1;
    bide_poll r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_tcp_close, &e, (t));
    assert_int_equal(r, BIDE_READY);
    return e;
}

static inline int32_t do_connect(bide_uv *rt, const struct sockaddr_storage *to, bide_uv_tcp *t)
{
    int32_t e = -1;
    bide_poll r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_tcp_connect, &e, (rt, (const struct sockaddr *)to, t));
    assert_int_equal(r, BIDE_READY);
    return e;
}

static inline int32_t do_accept(bide_uv *rt, bide_uv_listener *l, bide_uv_tcp *t)
{
    int32_t e = -1;
    bide_poll r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_listener_accept, &e, (l, t));
    assert_int_equal(r, BIDE_READY);
    return e;
}

/* Lets the loop do what it has to do now. Bytes may be on their way through the system even then.
 */
static inline void settle(bide_uv *rt)
{
    for (int i = 0; i < 20; i++)
        (void)uv_run(bide_uv_loop(rt), UV_RUN_NOWAIT);
}

/* Until a count does not grow any more. */
static inline size_t settle_count(bide_uv *rt, const size_t *count)
{
    size_t before;
    do {
        before = *count;
        settle(rt);
        uv_sleep(10);
        settle(rt);
    } while (*count != before);
    return before;
}

static inline void settle_join(bide_uv *rt, bide_join *join)
{
    for (int i = 0; i < 10000 && !bide_join_is_done(join); i++) {
        settle(rt);
        uv_sleep(1);
    }
}

/* Both ends of a connection. */
struct ends {
    bide_uv *rt;
    bide_uv_listener l;
    struct sockaddr_storage at;
    bide_uv_tcp a, b;
};

static inline void open_ends(struct ends *e)
{
    memset(e, 0, sizeof *e);
    e->rt = new_rt(NULL);
    assert_int_equal(listen_on_loopback(e->rt, &e->l, &e->at), 0);
    assert_int_equal(do_connect(e->rt, &e->at, &e->a), 0);
    assert_int_equal(do_accept(e->rt, &e->l, &e->b), 0);
}

static inline void close_ends(struct ends *e)
{
    bide_uv_tcp_drop(&e->a);
    bide_uv_tcp_drop(&e->b);
    bide_uv_listener_drop(&e->l);
    assert_int_equal(bide_uv_free(e->rt), BIDE_READY);
}

#endif
