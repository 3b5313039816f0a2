/*
 * test_bytes.c: byte streams: what the futures read, write, count and refuse, statically and
 * through handles, as written and with one BIDE_PENDING before every poll.
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>

#include <bide/bytes.h>
#include <bide/testing_bytes.h>

#include "bytes_support.h"

static const char digits[] = "01234567890123456789012345678901234567890123456789"
                             "01234567890123456789012345678901234567890123456789"
                             "01234567890123456789012345678901234567890123456789"
                             "01234567890123456789012345678901234567890123456789";

/* ---- the same cases on the type and on handles -------------------------------------------- */

#define N(name) static_##name
#define RD bide_scripted_io
#define BR bide_scripted_io
#define WR bide_scripted_io
#define SK bide_scripted_io
#define LEND_RD(of, io) bide_scripted_io *const of = &(io)
#define LEND_BR LEND_RD
#define LEND_WR LEND_RD
#define LEND_SK LEND_RD
BIDE_COPY(static_copy_all, bide_scripted_io, bide_scripted_io);
#include "bytes_cases.h"
#undef N
#undef RD
#undef BR
#undef WR
#undef SK
#undef LEND_RD
#undef LEND_BR
#undef LEND_WR
#undef LEND_SK

#define N(name) handle_##name
#define RD bide_reader
#define BR bide_buffered_reader
#define WR bide_writer
#define SK bide_seeker
#define LEND(I, of, io)                                                                            \
    I of##_handle = CAT(bide_scripted_io_as_, I)(&(io), NULL), *const of = &of##_handle
#define LEND_RD(of, io) LEND(bide_reader, of, io)
#define LEND_BR(of, io) LEND(bide_buffered_reader, of, io)
#define LEND_WR(of, io) LEND(bide_writer, of, io)
#define LEND_SK(of, io) LEND(bide_seeker, of, io)
BIDE_COPY(handle_copy_all, bide_buffered_reader, bide_writer);
#include "bytes_cases.h"

/* ---- what is not the same ----------------------------------------------------------------- */

/* A duplex handle gives a reader and a writer, and each is of use alone. */
static void duplex(void **state)
{
    const bide_io_step reads[] = {bide_io_reads("in")};
    const bide_io_step writes[] = {bide_io_writes("out")};
    char b[4];
    ptrdiff_t n = 0;
    bide_poll r;
    OPEN(io, state, reads, 1, writes, 1);
    bide_duplex both = bide_scripted_io_as_bide_duplex(&io, NULL);
    bide_reader in = bide_duplex_as_bide_reader(&both);
    bide_writer out = bide_duplex_as_bide_writer(&both);
    RUN(r, bide_reader_read, &n, &in, b, 4);
    assert_true(r == BIDE_READY && n == 2);
    RUN(r, bide_writer_write, &n, &out, "out", 3);
    assert_true(r == BIDE_READY && n == 3);
    CLOSE(io);
}

/* A handle that is taken over ends its object. */
static void drop_of_handles(void **state)
{
    OPEN(io, state, NULL, 0, NULL, 0);
    bide_reader h = bide_scripted_io_as_bide_reader(&io, NULL);
    bide_reader_drop(&h);
    assert_true(io.dropped && !h.self);
    bide_reader_drop(&h);
    CLOSE(io);
}

/* A future that has ended, or was dropped, is not polled again. */
static void after_the_end(void **state)
{
    const bide_io_step reads[] = {bide_io_reads("a")};
    struct bide_scripted_io_read f;
    char b[4];
    ptrdiff_t n = 0;
    OPEN(io, state, reads, 1, NULL, 0);
    bide_scripted_io_read_init(&f, &io, b, 4);
    io.pend_each = false;
    assert_int_equal(bide_scripted_io_read_poll(&f, &cx, &n), BIDE_READY);
    assert_int_equal(bide_scripted_io_read_poll(&f, &cx, &n), BIDE_EMISUSE);
    bide_scripted_io_read_drop(&f);
    CLOSE(io);
}

/* B17: how each case is repeated: there is one BIDE_PENDING before every poll, and no other. */
static void B17_one_pending_before_each_poll(void **state)
{
    const bide_io_step reads[] = {bide_io_reads("a"), bide_io_reads("b"), bide_io_reads("c")};
    const bide_io_step writes[] = {bide_io_writes("abc")};
    char b[4] = "";
    int32_t e = -1;
    bide_poll r;
    OPEN(io, state, reads, 3, writes, 1);
    RUN(r, bide_scripted_io_read_exact, &e, &io, b, 3, NULL);
    assert_true(r == BIDE_READY && e == 0);
    assert_int_equal(pendings, io.pend_each ? 3 : 0);
    RUN(r, bide_scripted_io_write_all, &e, &io, b, 3, NULL);
    RUN(r, bide_scripted_io_flush, &e, &io);
    RUN(r, bide_scripted_io_close, &e, &io);
    assert_true(r == BIDE_READY && e == 0);
    assert_int_equal(pendings, io.pend_each ? 6 : 0);
    assert_int_equal(bide_counting_waker_total(&the_waker), pendings);
    CLOSE(io);
}

/* What the script is told in vain, it reports. */
static void the_script_objects(void **state)
{
    const bide_io_step reads[] = {bide_io_reads("abc")};
    const bide_io_step writes[] = {bide_io_writes("a"), bide_io_flushes(), bide_io_writes("b")};
    char b[4];
    ptrdiff_t n = 0;
    int32_t e = 0;
    int64_t at = 0;
    bide_poll r;
    OPEN(io, state, reads, 1, writes, 3);
    RUN(r, bide_scripted_io_write, &n, &io, "x", 1);
    assert_true(r == BIDE_READY && n == 1);
    RUN(r, bide_scripted_io_write, &n, &io, "b", 1);
    assert_true(r == BIDE_READY && n == BIDE_BYTES_CLOSED);
    RUN(r, bide_scripted_io_close, &e, &io);
    RUN(r, bide_scripted_io_write, &n, &io, "b", 1);
    RUN(r, bide_scripted_io_seek, &at, &io, 0, SEEK_SET);
    bide_scripted_io_consume(&io, 4);
    bide_scripted_io_drop(&io);
    RUN(r, bide_scripted_io_read, &n, &io, b, 2);
    assert_true(r == BIDE_READY && n == 2);
    assert_string_equal(bide_scripted_io_finish(&io),
                        "other bytes than those expected were written\n"
                        "a write before the flush that was to come\n"
                        "a write after the close\n"
                        "a seek that was not expected, or with other arguments\n"
                        "more consumed than was there\n"
                        "used after its drop\n"
                        "steps of the reader were not reached\n"
                        "steps of the writer were not reached");
    assert_int_equal(io.violations, 8);
}

static void bytes_grow(void **state)
{
    bide_bytes b;
    (void)state;
    bide_bytes_init(&b, NULL);
    assert_true(bide_bytes_append(&b, NULL, 0) && b.size == 0);
    for (int i = 0; i < 100; i++)
        assert_true(bide_bytes_append(&b, digits, 10));
    assert_int_equal(b.size, 1000);
    assert_true(b.capacity >= 1000 && memcmp(b.data + 990, "0123456789", 10) == 0);
    assert_false(bide_bytes_reserve(&b, SIZE_MAX)); /* and nothing has changed */
    assert_int_equal(b.size, 1000);
    bide_bytes_clear(&b);
    assert_true(b.size == 0 && b.capacity >= 1000);
    bide_bytes_free(&b);
    bide_bytes_free(&b);
}

static int hear_part;
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
    hear_part++;
}

static void hear_leave(bide_tracer *tracer)
{
    (void)tracer;
    hear_part--;
}

/* A future that waits tells what its stream waits for, also through a handle. */
static void trace(void **state)
{
    bide_tracer tracer = {sizeof tracer, 0, hear_enter, hear_leave, hear};
    struct bide_reader_read f;
    struct handle_copy_all c;
    char b[4];
    OPEN(io, state, NULL, 0, NULL, 0);
    bide_reader in = bide_scripted_io_as_bide_reader(&io, NULL);
    bide_buffered_reader from = bide_scripted_io_as_bide_buffered_reader(&io, NULL);
    bide_writer to = bide_scripted_io_as_bide_writer(&io, NULL);
    bide_reader_read_init(&f, &in, b, 4);
    bide_reader_read_type.trace(&f, &tracer);
    assert_string_equal(heard, "a step of its script");
    heard[0] = 0;
    handle_copy_all_init(&c, &from, &to);
    handle_copy_all_type.trace(&c, &tracer);
    assert_string_equal(heard, "a step of its script");
    heard[0] = 0;
    handle_copy_all_drop(&c);
    bide_reader_read_drop(&f);
    bide_reader_read_type.trace(&f, &tracer);
    assert_string_equal(heard, "");
    assert_int_equal(hear_part, 0);
    CLOSE(io);
}

/* ---- in a body, and out of memory --------------------------------------------------------- */

/* Reads a line and the rest, and writes both in the other order. */
#define swap_FRAME(ROW)                                                                            \
    ROW(PARAM, bide_buffered_reader *, from)                                                       \
    ROW(PARAM, bide_writer *, to)                                                                  \
    ROW(PARAM, bide_bytes *, line)                                                                 \
    ROW(PARAM, bide_bytes *, rest)                                                                 \
    ROW(LOCAL, int32_t, e)                                                                         \
    ROW(CHILD, bide_buffered_reader_read_line, read_line)                                          \
    ROW(CHILD, bide_buffered_reader_read_to_end, read_rest)                                        \
    ROW(CHILD, bide_writer_write_all, write_rest)                                                  \
    ROW(CHILD, bide_writer_write_all, write_line) ROW(CHILD, bide_writer_close, close)
BIDE_ASYNC(int32_t, swap)
{
    BIDE_BEGIN(swap);
    BIDE_AWAIT_TO(f->e, bide_buffered_reader_read_line, read_line, (f->from, f->line, 1000));
    if (f->e < 0)
        BIDE_RETURN(f->e);
    BIDE_AWAIT_TO(f->e, bide_buffered_reader_read_to_end, read_rest, (f->from, f->rest, 1000));
    if (f->e < 0)
        BIDE_RETURN(f->e);
    BIDE_AWAIT_TO(f->e, bide_writer_write_all, write_rest,
                  (f->to, f->rest->data, f->rest->size, NULL));
    if (f->e == 0)
        BIDE_AWAIT_TO(f->e, bide_writer_write_all, write_line,
                      (f->to, f->line->data, f->line->size, NULL));
    if (f->e == 0)
        BIDE_AWAIT_TO(f->e, bide_writer_close, close, (f->to));
    BIDE_RETURN(f->e);
    BIDE_END;
}

static bide_poll swapping(bide_allocator *a)
{
    const bide_io_step reads[] = {bide_io_data(digits, 100), bide_io_pends(), bide_io_reads("\r\n"),
                                  bide_io_data(digits, 150)};
    const bide_io_step writes[] = {bide_io_data(digits, 150), bide_io_pends(),
                                   bide_io_data(digits, 100)};
    bide_bytes line, rest;
    int32_t e = -1;
    bide_poll r;
    OPEN_EACH(io, true, reads, 4, writes, 3);
    bide_buffered_reader from = bide_scripted_io_as_bide_buffered_reader(&io, NULL);
    bide_writer to = bide_scripted_io_as_bide_writer(&io, NULL);
    bide_bytes_init(&line, a);
    bide_bytes_init(&rest, a);
    BIDE_BLOCK_ON_TO(r, swap, &e, (&from, &to, &line, &rest));
    if (r == BIDE_READY) {
        assert_int_equal(e, 0);
        assert_true(io.closed && io.written == 250 && line.size == 100);
        CLOSE(io);
    } else if (line.size) { /* what was read is there */
        assert_memory_equal(line.data, digits, line.size);
    }
    bide_bytes_free(&line);
    bide_bytes_free(&rest);
    return r;
}
TEST_EVERY_FAILURE(out_of_memory, swapping)

/* Out of memory loses no byte: what was not put away can still be read. */
static void out_of_memory_goes_on(void **state)
{
    const bide_io_step reads[] = {bide_io_reads("abc"), bide_io_reads("d\n"),
                                  bide_io_reads("rest")};
    bide_failing_allocator failing;
    bide_bytes b;
    int32_t e = -1;
    bide_poll r;
    OPEN(io, state, reads, 3, NULL, 0);
    bide_failing_allocator_init(&failing, bide_heap(), 1, false);
    bide_bytes_init(&b, &failing.base);
    RUN(r, bide_scripted_io_read_line, &e, &io, &b, 100);
    assert_int_equal(r, BIDE_ENOMEM);
    assert_int_equal(b.size, 0);
    RUN(r, bide_scripted_io_read_line, &e, &io, &b, 100);
    assert_true(r == BIDE_READY && e == 1 && b.size == 4 && memcmp(b.data, "abcd", 4) == 0);
    bide_bytes_free(&b);
    failing.fail_at = failing.attempts + 1;
    RUN(r, bide_scripted_io_read_to_end, &e, &io, &b, 100);
    assert_int_equal(r, BIDE_ENOMEM);
    RUN(r, bide_scripted_io_read_to_end, &e, &io, &b, 100);
    assert_true(r == BIDE_READY && e == 0 && b.size == 4 && memcmp(b.data, "rest", 4) == 0);
    bide_bytes_free(&b);
    CLOSE(io);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BYTES_CASES(CASES),
        EACH(duplex),
        EACH(drop_of_handles),
        EACH(after_the_end),
        EACH(B17_one_pending_before_each_poll),
        cmocka_unit_test(the_script_objects),
        EACH(out_of_memory_goes_on),
        cmocka_unit_test(bytes_grow),
        cmocka_unit_test(out_of_memory),
        EACH(trace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
