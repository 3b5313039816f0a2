/*
 * test_bytes_async.c: readers and writers written as async functions, over a static type and over
 * the handle of an interface with async rows; and with one BIDE_PENDING before every poll below.
 */
#include "support.h"

#include <stdio.h>

#include <bide/bytes_async.h>
#include <bide/lines.h>
#include <bide/testing_bytes.h>

#include "bytes_support.h"

/* ---- a type that is written with async functions ------------------------------------------ */

/* A tunnel turns letters: what it reads from `io` is read from it as capitals, what is written to
 * it is written as small letters, with a yield before each. */
typedef struct Tunnel {
    bide_scripted_io *io;
    size_t reads, writes, flushes, closes; /* that were begun */
    char turned[16];
} Tunnel;

static inline void turn(char *to, const char *from, size_t n, int small)
{
    for (size_t i = 0; i < n; i++) {
        int capital = from[i] & 0xDF;
        to[i] = (char)(capital < 'A' || capital > 'Z' ? from[i] : capital | small);
    }
}

#define Tunnel_read_FRAME(ROW)                                                                     \
    ROW(PARAM, Tunnel *, self)                                                                     \
    ROW(PARAM, void *, buffer)                                                                     \
    ROW(PARAM, size_t, size)                                                                       \
    ROW(LOCAL, ptrdiff_t, n) ROW(CHILD, bide_yield, y) ROW(CHILD, bide_scripted_io_read, read)
BIDE_ASYNC(ptrdiff_t, Tunnel_read)
{
    BIDE_BEGIN(Tunnel_read);
    f->self->reads++;
    BIDE_AWAIT(bide_yield, y, ());
    BIDE_AWAIT_TO(f->n, bide_scripted_io_read, read, (f->self->io, f->buffer, f->size));
    if (f->n > 0)
        turn(f->buffer, f->buffer, (size_t)f->n, 0);
    BIDE_RETURN(f->n);
    BIDE_END;
}

#define Tunnel_write_FRAME(ROW)                                                                    \
    ROW(PARAM, Tunnel *, self)                                                                     \
    ROW(PARAM, const void *, data)                                                                 \
    ROW(PARAM, size_t, size)                                                                       \
    ROW(LOCAL, ptrdiff_t, n) ROW(CHILD, bide_yield, y) ROW(CHILD, bide_scripted_io_write, write)
BIDE_ASYNC(ptrdiff_t, Tunnel_write)
{
    BIDE_BEGIN(Tunnel_write);
    f->self->writes++;
    if (f->size > sizeof f->self->turned)
        f->size = sizeof f->self->turned;
    turn(f->self->turned, f->data, f->size, 0x20);
    BIDE_AWAIT(bide_yield, y, ());
    BIDE_AWAIT_TO(f->n, bide_scripted_io_write, write, (f->self->io, f->self->turned, f->size));
    BIDE_RETURN(f->n);
    BIDE_END;
}

#define Tunnel_HAS_flush 1
#define Tunnel_flush_FRAME(ROW)                                                                    \
    ROW(PARAM, Tunnel *, self)                                                                     \
    ROW(LOCAL, int32_t, e) ROW(CHILD, bide_yield, y) ROW(CHILD, bide_scripted_io_flush, flush)
BIDE_ASYNC(int32_t, Tunnel_flush)
{
    BIDE_BEGIN(Tunnel_flush);
    f->self->flushes++;
    BIDE_AWAIT(bide_yield, y, ());
    BIDE_AWAIT_TO(f->e, bide_scripted_io_flush, flush, (f->self->io));
    BIDE_RETURN(f->e);
    BIDE_END;
}

#define Tunnel_HAS_close 1
#define Tunnel_close_FRAME(ROW)                                                                    \
    ROW(PARAM, Tunnel *, self)                                                                     \
    ROW(LOCAL, int32_t, e) ROW(CHILD, bide_yield, y) ROW(CHILD, bide_scripted_io_close, close)
BIDE_ASYNC(int32_t, Tunnel_close)
{
    BIDE_BEGIN(Tunnel_close);
    f->self->closes++;
    BIDE_AWAIT(bide_yield, y, ());
    BIDE_AWAIT_TO(f->e, bide_scripted_io_close, close, (f->self->io));
    BIDE_RETURN(f->e);
    BIDE_END;
}

/* The same functions as the rows of an interface. */
#define Passage_METHODS(METHOD, I, Self)                                                           \
    METHOD(I, Self, ASYNC_MUT, ptrdiff_t, read, (void *, buffer), (size_t, size))                  \
    METHOD(I, Self, ASYNC_MUT, ptrdiff_t, write, (const void *, data), (size_t, size))
BIDE_INTERFACE(Passage);
BIDE_IMPL_DECLARE(Passage, Tunnel);
BIDE_IMPL(Passage, Tunnel);

/* Writes at once, and has no flush and no close. */
typedef struct Plain {
    bide_scripted_io *io;
} Plain;
#define Plain_write_FRAME(ROW)                                                                     \
    ROW(PARAM, Plain *, self)                                                                      \
    ROW(PARAM, const void *, data)                                                                 \
    ROW(PARAM, size_t, size) ROW(LOCAL, ptrdiff_t, n) ROW(CHILD, bide_scripted_io_write, write)
BIDE_ASYNC(ptrdiff_t, Plain_write)
{
    BIDE_BEGIN(Plain_write);
    BIDE_AWAIT_TO(f->n, bide_scripted_io_write, write, (f->self->io, f->data, f->size));
    BIDE_RETURN(f->n);
    BIDE_END;
}

BIDE_READER_BY_READ(tunnel_reader, Tunnel, 4);
BIDE_WRITER_BY_WRITE(tunnel_writer, Tunnel, 4);
BIDE_READER_BY_READ(passage_reader, Passage, 4);
BIDE_WRITER_BY_WRITE(passage_writer, Passage, 4);
BIDE_WRITER_BY_WRITE(plain_writer, Plain, 4);
BIDE_LINES(tunnel_lines, tunnel_reader, 100);
BIDE_COPY(through_tunnel, tunnel_reader, tunnel_writer);
BIDE_COPY(through_passage, passage_reader, passage_writer);

BIDE_IMPL_DECLARE(bide_buffered_reader, passage_reader);
BIDE_IMPL(bide_buffered_reader, passage_reader);
BIDE_IMPL_DECLARE(bide_writer, tunnel_writer);
BIDE_DEFAULTS(bide_writer, tunnel_writer);
BIDE_IMPL(bide_writer, tunnel_writer);

/* ---- reading ------------------------------------------------------------------------------ */

/* Reads dropped whenever they wait lose no byte, and need nobody's buffer meanwhile. */
static void dropped_reads_lose_nothing(void **state)
{
    const bide_io_step steps[] = {bide_io_reads("abcde"), bide_io_pends(), bide_io_reads("f")};
    char all[8] = "";
    size_t at = 0, drops = 0;
    ptrdiff_t n = -1;
    tunnel_reader r;
    OPEN(io, state, steps, 3, NULL, 0);
    Tunnel t = {&io, 0, 0, 0, 0, ""};
    tunnel_reader_init(&r, &t);
    do {
        char gone[3];
        struct tunnel_reader_read f;
        tunnel_reader_read_init(&f, &r, gone, 3);
        if (tunnel_reader_read_poll(&f, &cx, &n) == BIDE_PENDING) {
            tunnel_reader_read_drop(&f);
            n = -1;
            drops++;
            continue;
        }
        assert_true(n >= 0 && n <= 3);
        for (ptrdiff_t i = 0; i < n; i++)
            all[at++] = gone[i];
    } while (n != 0);
    assert_string_equal(all, "ABCDEF");
    assert_true(drops >= 5);
    assert_int_equal(t.reads, 4); /* "abcd" "e" "f" "" */
    tunnel_reader_drop(&r);
    CLOSE(io);
}

/* An error, a failure and a lie pass through; the reader can be used again behind them. */
static void read_errors(void **state)
{
    const bide_io_step steps[] = {bide_io_counts(-104), bide_io_fails(BIDE_EBUSY),
                                  bide_io_reads("ab")};
    char b[4];
    ptrdiff_t n = -1;
    bide_poll p;
    tunnel_reader r;
    OPEN(io, state, steps, 3, NULL, 0);
    Tunnel t = {&io, 0, 0, 0, 0, ""};
    tunnel_reader_init(&r, &t);
    RUN(p, tunnel_reader_read, &n, &r, b, 4);
    assert_true(p == BIDE_READY && n == -104);
    RUN(p, tunnel_reader_read, &n, &r, b, 4);
    assert_int_equal(p, BIDE_EBUSY);
    RUN(p, tunnel_reader_read, &n, &r, b, 1);
    assert_true(p == BIDE_READY && n == 1 && b[0] == 'A' && tunnel_reader_buffered(&r) == 1);
    tunnel_reader_drop(&r);
    CLOSE(io);
}

static void lines_of_it(void **state)
{
    const bide_io_step steps[] = {bide_io_reads("one\r\ntwo three"), bide_io_pends(),
                                  bide_io_reads(" four\n")};
    const char *const want[] = {"ONE", "TWO THREE FOUR"};
    bide_bytes item = {0};
    bool more = false;
    bide_poll p;
    tunnel_reader r;
    tunnel_lines s;
    OPEN(io, state, steps, 3, NULL, 0);
    Tunnel t = {&io, 0, 0, 0, 0, ""};
    tunnel_reader_init(&r, &t);
    tunnel_lines_init(&s, r, NULL);
    for (size_t i = 0; i < 2; i++) {
        RUN(p, tunnel_lines_next, &more, &s, &item);
        assert_true(p == BIDE_READY && more && item.size == strlen(want[i]));
        assert_memory_equal(item.data, want[i], item.size);
        tunnel_lines_item_drop(&item);
    }
    RUN(p, tunnel_lines_next, &more, &s, &item);
    assert_true(p == BIDE_READY && !more && tunnel_lines_error(&s) == 0);
    tunnel_lines_drop(&s);
    CLOSE(io);
}

/* ---- writing ------------------------------------------------------------------------------ */

/* Takes as much as its buffer holds; what T takes piece by piece goes out in order; flush and close
 * wait for it and reach T once. */
static void writes(void **state)
{
    const bide_io_step takes[] = {bide_io_writes("ab"),    bide_io_pends(),   bide_io_writes("c"),
                                  bide_io_writes("defgh"), bide_io_flushes(), bide_io_writes("i")};
    ptrdiff_t n = -1;
    int32_t e = -1;
    bide_poll p;
    tunnel_writer w;
    OPEN(io, state, NULL, 0, takes, 6);
    Tunnel t = {&io, 0, 0, 0, 0, ""};
    tunnel_writer_init(&w, &t);
    RUN(p, tunnel_writer_write, &n, &w, "ABCDEF", 6);
    assert_true(p == BIDE_READY && n == 4 && io.written == 0);
    assert_int_equal(tunnel_writer_buffered(&w), 4);
    RUN(p, tunnel_writer_write_all, &e, &w, "EFGH", 4, NULL);
    assert_true(p == BIDE_READY && e == 0);
    assert_string_equal(io.text, "abcd");
    RUN(p, tunnel_writer_flush, &e, &w);
    assert_true(p == BIDE_READY && e == 0 && t.flushes == 1);
    assert_string_equal(io.text, "abcdefgh");
    RUN(p, tunnel_writer_write, &n, &w, "", 0);
    assert_true(p == BIDE_READY && n == 0);
    RUN(p, tunnel_writer_write_all, &e, &w, "I", 1, NULL);
    for (int i = 0; i < 2; i++) {
        RUN(p, tunnel_writer_close, &e, &w);
        assert_true(p == BIDE_READY && e == 0 && io.closed && t.closes == 1 && t.flushes == 2);
    }
    assert_string_equal(io.text, "abcdefghi");
    RUN(p, tunnel_writer_write, &n, &w, "J", 1);
    assert_true(p == BIDE_READY && n == BIDE_BYTES_CLOSED);
    RUN(p, tunnel_writer_flush, &e, &w);
    assert_true(p == BIDE_READY && e == 0);
    tunnel_writer_drop(&w);
    CLOSE(io);
}

/* Errors of a write in flight are told by the next call, once, and the bytes are kept. */
static void write_errors(void **state)
{
    const bide_io_step takes[] = {bide_io_writes("a"),  bide_io_counts(-32), bide_io_counts(0),
                                  bide_io_writes("bc"), bide_io_counts(-28), bide_io_flushes()};
    ptrdiff_t n = -1;
    int32_t e = -1;
    bide_poll p;
    tunnel_writer w;
    OPEN(io, state, NULL, 0, takes, 6);
    Tunnel t = {&io, 0, 0, 0, 0, ""};
    tunnel_writer_init(&w, &t);
    RUN(p, tunnel_writer_write, &n, &w, "ABC", 3);
    assert_true(p == BIDE_READY && n == 3);
    RUN(p, tunnel_writer_write, &n, &w, "D", 1);
    assert_true(p == BIDE_READY && n == -32 && tunnel_writer_buffered(&w) == 2);
    RUN(p, tunnel_writer_flush, &e, &w);
    assert_true(p == BIDE_READY && e == BIDE_BYTES_BROKEN && tunnel_writer_buffered(&w) == 2);
    RUN(p, tunnel_writer_close, &e, &w); /* the flush's own error; it is not closed then */
    assert_true(p == BIDE_READY && e == -28 && tunnel_writer_buffered(&w) == 0 && t.closes == 0);
    RUN(p, tunnel_writer_close, &e, &w);
    assert_true(p == BIDE_READY && e == 0 && t.closes == 1);
    assert_string_equal(io.text, "abc");
    CLOSE(io);
}

/* A flush that was given up is ended by the next call, not begun again. */
static void dropped_flush_goes_on(void **state)
{
    const bide_io_step takes[] = {bide_io_writes("ab"), bide_io_flushes(), bide_io_pends(),
                                  bide_io_writes("cd")};
    int32_t e = -1;
    bide_poll p;
    tunnel_writer w;
    struct tunnel_writer_flush f;
    OPEN(io, state, NULL, 0, takes, 4);
    Tunnel t = {&io, 0, 0, 0, 0, ""};
    tunnel_writer_init(&w, &t);
    RUN(p, tunnel_writer_write_all, &e, &w, "AB", 2, NULL);
    do {
        tunnel_writer_flush_init(&f, &w);
        p = tunnel_writer_flush_poll(&f, &cx, &e);
        assert_int_equal(p, BIDE_PENDING);
        tunnel_writer_flush_drop(&f);
    } while (t.flushes == 0);
    RUN(p, tunnel_writer_write_all, &e, &w, "CD", 2, NULL);
    assert_true(p == BIDE_READY && e == 0 && t.flushes == 1);
    assert_int_equal(io.flushes, 1);
    RUN(p, tunnel_writer_flush, &e, &w);
    assert_true(p == BIDE_READY && e == 0 && t.flushes == 2);
    tunnel_writer_drop(&w);
    CLOSE(io);
}

/* What does not wait tells its error, and how much it took, at once. Without a flush and a close of
 * its own, these wait for the bytes only. */
static void without_waiting(void **state)
{
    const bide_io_step takes[] = {bide_io_writes("ab"), bide_io_counts(-32), bide_io_counts(9),
                                  bide_io_counts(0),    bide_io_pends(),     bide_io_writes("c")};
    ptrdiff_t n = -1;
    int32_t e = -1;
    bide_poll p;
    plain_writer w;
    (void)state;
    OPEN_EACH(io, false, NULL, 0, takes, 6);
    Plain t = {&io};
    plain_writer_init(&w, &t);
    RUN(p, plain_writer_write, &n, &w, "abc", 3);
    assert_true(p == BIDE_READY && n == 2 && plain_writer_buffered(&w) == 0);
    RUN(p, plain_writer_write, &n, &w, "c", 1);
    assert_true(p == BIDE_READY && n == -32 && plain_writer_buffered(&w) == 0);
    for (int i = 0; i < 2; i++) {
        RUN(p, plain_writer_write, &n, &w, "c", 1);
        assert_true(p == BIDE_READY && n == BIDE_BYTES_BROKEN);
    }
    RUN(p, plain_writer_write, &n, &w, "c", 1);
    assert_true(p == BIDE_READY && n == 1 && plain_writer_buffered(&w) == 1);
    RUN(p, plain_writer_flush, &e, &w);
    assert_true(p == BIDE_READY && e == 0 && plain_writer_buffered(&w) == 0);
    RUN(p, plain_writer_close, &e, &w);
    assert_true(p == BIDE_READY && e == 0);
    RUN(p, plain_writer_write, &n, &w, "c", 1);
    assert_true(p == BIDE_READY && n == BIDE_BYTES_CLOSED);
    assert_string_equal(io.text, "abc");
    CLOSE(io);
}

/* ---- both, dropped at every point, traced, as handles ------------------------------------- */

static void copy_static(void **state)
{
    const bide_io_step reads[] = {bide_io_reads("Some Words"), bide_io_pends(),
                                  bide_io_reads(" More")};
    const bide_io_step takes[] = {bide_io_takes(15)};
    int64_t n = -1;
    bide_poll p;
    tunnel_reader r;
    tunnel_writer w;
    OPEN(io, state, reads, 3, takes, 1);
    Tunnel in = {&io, 0, 0, 0, 0, ""}, out = in;
    tunnel_reader_init(&r, &in);
    tunnel_writer_init(&w, &out);
    RUN(p, through_tunnel, &n, &r, &w);
    assert_true(p == BIDE_READY && n == 15);
    tunnel_reader_drop(&r);
    tunnel_writer_drop(&w);
    CLOSE(io);
}

/* The futures in flight are given up after any number of polls. */
static void dropped_at_every_point(void **state)
{
    const bide_io_step reads[] = {bide_io_reads("some words and"), bide_io_pends(),
                                  bide_io_reads(" more")};
    const bide_io_step takes[] = {bide_io_takes(19)};
    for (size_t polls = 0; polls < 60; polls++) {
        int64_t n = -1;
        struct through_tunnel f;
        tunnel_reader r;
        tunnel_writer w;
        OPEN(io, state, reads, 3, takes, 1);
        Tunnel in = {&io, 0, 0, 0, 0, ""}, out = in;
        tunnel_reader_init(&r, &in);
        tunnel_writer_init(&w, &out);
        through_tunnel_init(&f, &r, &w);
        for (size_t i = 0; i < polls; i++)
            if (through_tunnel_poll(&f, &cx, &n) != BIDE_PENDING)
                break;
        through_tunnel_drop(&f);
        tunnel_writer_drop(&w);
        tunnel_reader_drop(&r);
        assert_int_equal(bide_counting_waker_refs(&the_waker), 1);
        assert_true(io.written <= 19 && io.violations == 0);
        assert_true(n == -1 || io.written == 19);
    }
}

/* The same over a handle, where a call that waits holds memory. */
static void handle_dropped_at_every_point(void **state)
{
    const bide_io_step reads[] = {bide_io_reads("some"), bide_io_pends(), bide_io_reads(" more")};
    const bide_io_step takes[] = {bide_io_takes(9)};
    size_t held = 0;
    for (size_t polls = 0; polls < 30; polls++) {
        bide_checking_allocator checking;
        int64_t n = -1;
        struct through_passage f;
        passage_reader r;
        passage_writer w;
        OPEN(io, state, reads, 3, takes, 1);
        Tunnel in = {&io, 0, 0, 0, 0, ""}, out = in;
        bide_checking_allocator_init(&checking, bide_heap());
        Passage from = Tunnel_as_Passage(&in, &checking.base);
        Passage to = Tunnel_as_Passage(&out, &checking.base);
        passage_reader_init(&r, &from);
        passage_writer_init(&w, &to);
        through_passage_init(&f, &r, &w);
        for (size_t i = 0; i < polls; i++)
            if (through_passage_poll(&f, &cx, &n) != BIDE_PENDING)
                break;
        through_passage_drop(&f);
        held += checking.live;
        passage_reader_drop(&r);
        passage_writer_drop(&w);
        assert_int_equal(bide_checking_allocator_finish(&checking), 0);
    }
    assert_true(held >= 5);
}

static int entered;
static char heard[64];

static void hear(bide_tracer *tracer, const char *text)
{
    (void)tracer;
    snprintf(heard, sizeof heard, "%s", text);
}

static void hear_enter(bide_tracer *tracer, const bide_type *type, const void *frame,
                       const char *file, uint32_t line)
{
    (void)tracer, (void)type, (void)frame, (void)file, (void)line;
    entered++;
}

static void hear_leave(bide_tracer *tracer)
{
    (void)tracer;
}

/* The await tree goes through: from the future of the handle to what T's function waits for. */
static void trace(void **state)
{
    bide_tracer tracer = {sizeof tracer, 0, hear_enter, hear_leave, hear};
    struct bide_writer_flush f;
    ptrdiff_t n;
    bide_poll p;
    tunnel_writer w;
    (void)state;
    OPEN_EACH(io, false, NULL, 0, NULL, 0);
    Tunnel t = {&io, 0, 0, 0, 0, ""};
    tunnel_writer_init(&w, &t);
    bide_writer h = tunnel_writer_as_bide_writer(&w, NULL);
    RUN(p, bide_writer_write, &n, &h, "A", 1);
    assert_true(p == BIDE_READY && n == 1);
    bide_writer_flush_init(&f, &h);
    entered = 0;
    bide_writer_flush_type.trace(&f, &tracer);
    assert_string_equal(heard, "its turn");
    assert_int_equal(entered, 3); /* bide_writer_flush, Tunnel_write, bide_yield */
    bide_writer_flush_drop(&f);
    tunnel_writer_drop(&w);
    assert_int_equal(io.written, 0);
}

/* Over the handle of an interface: each call of a row that waits takes memory from the handle's
 * allocator, and gives it back whatever happens. */
static bide_poll by_handle(bide_allocator *a)
{
    const bide_io_step reads[] = {bide_io_reads("Some Words"), bide_io_pends(),
                                  bide_io_reads(" More")};
    const bide_io_step takes[] = {bide_io_takes(15)};
    int64_t n = -1;
    bide_poll p;
    passage_reader r;
    passage_writer w;
    OPEN_EACH(io, true, reads, 3, takes, 1);
    Tunnel in = {&io, 0, 0, 0, 0, ""}, out = in;
    Passage from = Tunnel_as_Passage(&in, a), to = Tunnel_as_Passage(&out, a);
    passage_reader_init(&r, &from);
    passage_writer_init(&w, &to);
    RUN(p, through_passage, &n, &r, &w);
    if (p == BIDE_READY) {
        assert_int_equal(n, 15);
        assert_string_equal(io.text, "some words more");
    }
    passage_reader_drop(&r);
    passage_writer_drop(&w);
    return p;
}
TEST_EVERY_FAILURE(out_of_memory, by_handle)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(dropped_reads_lose_nothing),
        EACH(read_errors),
        EACH(lines_of_it),
        EACH(writes),
        EACH(write_errors),
        EACH(dropped_flush_goes_on),
        cmocka_unit_test(without_waiting),
        EACH(copy_static),
        EACH(dropped_at_every_point),
        EACH(handle_dropped_at_every_point),
        cmocka_unit_test(trace),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
