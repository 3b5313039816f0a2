/*
 * test_bytes_buffered.c: buffered readers and writers, statically and through handles, and with one
 * BIDE_PENDING before every poll of what is below.
 */
#include "support.h"

#include <stdio.h>

#include <bide/bytes_adapt.h>
#include <bide/bytes_buffered.h>
#include <bide/testing_bytes.h>

#include "bytes_support.h"

/* Over the script itself (lent), over a handle of it, and as an implementation of its own. */
BIDE_READER_REF(lent_reader, bide_scripted_io);
BIDE_BUFFERED_READER_REF(lent_buffered, bide_scripted_io);
BIDE_WRITER_REF(lent_writer, bide_scripted_io);
BIDE_BUFFERED_READER(two, bide_scripted_io, 2);
BIDE_BUFFERED_SEEKER(two, bide_scripted_io);
BIDE_BUFFERED_READER(four_dyn, bide_reader, 4);
BIDE_BUFFERED_READER(eight, lent_reader, 8);
BIDE_BUFFERED_WRITER(out_two, lent_writer, 2);
BIDE_BUFFERED_WRITER(out_four, bide_writer, 4);
BIDE_LINE_WRITER(out_lines, lent_writer, 8);
BIDE_COPY(copy_through, eight, out_two);

#define eight_HAS_destroy 1
static inline void eight_destroy(eight *r)
{
    eight_drop(r);
}
BIDE_IMPL_DECLARE(bide_buffered_reader, eight);
BIDE_IMPL(bide_buffered_reader, eight);
#define out_two_HAS_destroy 1
static inline void out_two_destroy(out_two *w)
{
    out_two_drop(w);
}
BIDE_IMPL_DECLARE(bide_writer, out_two);
BIDE_DEFAULTS(bide_writer, out_two);
BIDE_IMPL(bide_writer, out_two);

static const bide_io_step to_seven[] = {{BIDE_IO_DATA, 0, "56701234", 8, 0, 0}};

/* ---- reading ------------------------------------------------------------------------------ */

/* B01: which reads a buffer of two bytes makes of reads of three, two and one byte. */
static void B01_read_sequence(void **state)
{
    const size_t sizes[] = {3, 2, 1, 3, 1, 3, 1}, got[] = {3, 2, 1, 1, 1, 0, 0},
                 left[] = {0, 0, 1, 0, 0, 0, 0}, reads[] = {1, 2, 3, 3, 4, 5, 6};
    const char *const want[] = {"567", "01", "2", "3", "4", "", ""};
    two r;
    OPEN(io, state, to_seven, 1, NULL, 0);
    two_init(&r, io);
    for (size_t i = 0; i < 7; i++) {
        char b[4];
        ptrdiff_t n = -1;
        bide_poll p;
        RUN(p, two_read, &n, &r, b, sizes[i]);
        assert_true(p == BIDE_READY && n == (ptrdiff_t)got[i]);
        assert_memory_equal(b, want[i], got[i]);
        assert_int_equal(two_buffered(&r), left[i]);
        assert_int_equal(r.source.reads, reads[i]);
    }
    two_drop(&r);
    assert_true(r.source.dropped);
    CLOSE(r.source);
}

/* B02: a seek throws the buffer away, and one from here counts what was read ahead; when it fails,
 * the buffer stays. Within the buffer there is nothing to ask. */
static void B02_seek(void **state)
{
    const bide_io_step steps[] = {bide_io_reads("ab"),
                                  bide_io_counts(-29),
                                  bide_io_seeks(-1, SEEK_CUR, 1),
                                  bide_io_reads("BC"),
                                  bide_io_seeks(9, SEEK_SET, 9),
                                  bide_io_reads("yz"),
                                  bide_io_seeks(INT64_MIN, SEEK_CUR, -22)};
    char b[4];
    ptrdiff_t n = -1;
    int64_t at = -1;
    bide_poll p;
    two r;
    OPEN(io, state, steps, 7, NULL, 0);
    two_init(&r, io);
    RUN(p, two_read, &n, &r, b, 1);
    assert_true(p == BIDE_READY && n == 1 && b[0] == 'a');
    assert_false(two_skip(&r, 2));
    assert_false(two_skip(&r, -2));
    assert_true(two_skip(&r, -1)); /* back, without asking */
    RUN(p, two_read, &n, &r, b, 1);
    assert_true(p == BIDE_READY && n == 1 && b[0] == 'a');
    RUN(p, two_seek, &at, &r, 5, SEEK_SET);
    assert_true(p == BIDE_READY && at == -29 && two_buffered(&r) == 1);
    RUN(p, two_seek, &at, &r, 0, SEEK_CUR); /* where we are is one behind where the source is */
    assert_true(p == BIDE_READY && at == 1 && two_buffered(&r) == 0);
    assert_false(two_skip(&r, -1));
    RUN(p, two_read, &n, &r, b, 1);
    assert_true(p == BIDE_READY && n == 1 && b[0] == 'B');
    RUN(p, two_seek, &at, &r, 9, SEEK_SET);
    assert_true(p == BIDE_READY && at == 9 && two_buffered(&r) == 0);
    RUN(p, two_read, &n, &r, b, 1);
    assert_true(p == BIDE_READY && n == 1 && b[0] == 'y');
    RUN(p, two_seek, &at, &r, INT64_MIN, SEEK_CUR);
    assert_true(p == BIDE_READY && at == -22 && two_buffered(&r) == 1);
    CLOSE(r.source);
}

/* Behind a read that went past the buffer, what is in it is not what came before. */
static void no_skip_back_past_a_large_read(void **state)
{
    char b[4];
    ptrdiff_t n = -1;
    bide_poll p;
    two r;
    OPEN(io, state, to_seven, 1, NULL, 0);
    two_init(&r, io);
    RUN(p, two_read, &n, &r, b, 1);
    RUN(p, two_read, &n, &r, b, 1); /* "56" was read ahead, and is used */
    assert_true(p == BIDE_READY && n == 1 && b[0] == '6');
    RUN(p, two_read, &n, &r, b, 4);
    assert_true(p == BIDE_READY && n == 4);
    assert_memory_equal(b, "7012", 4);
    assert_false(two_skip(&r, -1));
    RUN(p, two_read, &n, &r, b, 1);
    assert_true(p == BIDE_READY && n == 1 && b[0] == '3');
    assert_true(two_skip(&r, -1));
    two_drop(&r);
    CLOSE(r.source);
}

/* Lines longer than the buffer, across reads, errors, and a limit; over a handle. */
static void lines_through_a_small_buffer(void **state)
{
    const bide_io_step steps[] = {bide_io_reads("a long line\r\nsh"), bide_io_pends(),
                                  bide_io_reads("ort\n"), bide_io_counts(-104),
                                  bide_io_reads("last")};
    const char *const want[] = {"a long line", "short", "", "last", ""};
    const int32_t told[] = {1, 1, -104, 1, 0};
    bide_bytes line;
    four_dyn r;
    OPEN(io, state, steps, 5, NULL, 0);
    four_dyn_init(&r, bide_scripted_io_as_bide_reader(&io, NULL));
    bide_bytes_init(&line, NULL);
    for (size_t i = 0; i < 5; i++) {
        int32_t e = -1;
        bide_poll p;
        bide_bytes_clear(&line);
        RUN(p, four_dyn_read_line, &e, &r, &line, 100);
        assert_true(p == BIDE_READY && e == told[i] && line.size == strlen(want[i]));
        assert_memory_equal(line.data, want[i], line.size);
    }
    bide_bytes_free(&line);
    four_dyn_drop(&r);
    assert_true(io.dropped && !r.source.self);
    CLOSE(io);
}

/* B10: a source that claims too much fills nothing. */
static void B10_claims(void **state)
{
    const bide_io_step steps[] = {bide_io_counts(3), bide_io_reads("x"), bide_io_fails(BIDE_EBUSY)};
    char b[4];
    ptrdiff_t n = -1;
    bide_poll p;
    two r;
    OPEN(io, state, steps, 3, NULL, 0);
    two_init(&r, io);
    RUN(p, two_read, &n, &r, b, 1);
    assert_true(p == BIDE_READY && n == BIDE_BYTES_BROKEN && two_buffered(&r) == 0);
    RUN(p, two_read, &n, &r, b, 1);
    assert_true(p == BIDE_READY && n == 1 && b[0] == 'x');
    RUN(p, two_read, &n, &r, b, 1);
    assert_int_equal(p, BIDE_EBUSY);
    CLOSE(r.source);
}

/* ---- writing ------------------------------------------------------------------------------ */

/* B04: writes that fit are collected, one that does not fit writes out what is there first, a large
 * one goes past the buffer, and a flush goes through. */
static void B04_write_rules(void **state)
{
    static const struct {
        const char *write, *out; /* NULL: flush */
    } steps[] = {{"01", "01"},
                 {"2", "01"},
                 {"3", "01"},
                 {NULL, "0123"},
                 {"4", "0123"},
                 {"5", "0123"},
                 {"6", "012345"},
                 {"78", "012345678"},
                 {"9ab", "012345678"
                         "9ab"},
                 {NULL, "0123456789ab"}};
    const bide_io_step takes[] = {bide_io_takes(12), bide_io_flushes()};
    out_two w;
    OPEN(io, state, NULL, 0, takes, 2);
    out_two_init(&w, (lent_writer){&io});
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        int32_t e = -1;
        bide_poll p;
        if (steps[i].write)
            RUN(p, out_two_write_all, &e, &w, steps[i].write, strlen(steps[i].write), NULL);
        else
            RUN(p, out_two_flush, &e, &w);
        assert_true(p == BIDE_READY && e == 0);
        assert_string_equal(io.text, steps[i].out);
    }
    assert_int_equal(io.writes, 6); /* "01" "23" "45" "6" "78" "9ab" */
    assert_int_equal(io.flushes, 2);
    out_two_drop(&w);
    CLOSE(io);
}

/* What the target did not take stays, and is tried again; a lie is told as one. */
static void errors_keep_the_rest(void **state)
{
    const bide_io_step takes[] = {bide_io_writes("a"), bide_io_counts(-32), bide_io_counts(9),
                                  bide_io_pends(),     bide_io_writes("b"), bide_io_writes("cd"),
                                  bide_io_counts(-5),  bide_io_flushes()};
    int32_t e = -1;
    bide_poll p;
    out_two w;
    OPEN(io, state, NULL, 0, takes, 8);
    out_two_init(&w, (lent_writer){&io});
    for (size_t i = 0; i < 2; i++)
        RUN(p, out_two_write_all, &e, &w, i ? "b" : "a", 1, NULL);
    assert_true(p == BIDE_READY && e == 0 && out_two_buffered(&w) == 2);
    RUN(p, out_two_write_all, &e, &w, "c", 1, NULL);
    assert_true(p == BIDE_READY && e == -32 && out_two_buffered(&w) == 1);
    RUN(p, out_two_flush, &e, &w);
    assert_true(p == BIDE_READY && e == BIDE_BYTES_BROKEN && out_two_buffered(&w) == 1);
    RUN(p, out_two_write_all, &e, &w, "cd", 2, NULL);
    assert_true(p == BIDE_READY && e == 0 && out_two_buffered(&w) == 0);
    RUN(p, out_two_flush, &e, &w); /* the error of the target's own flush */
    assert_true(p == BIDE_READY && e == -5);
    RUN(p, out_two_close, &e, &w);
    assert_true(p == BIDE_READY && e == 0 && io.closed);
    assert_string_equal(io.text, "abcd");
    CLOSE(io);
}

/* B05: a drop writes nothing; a close does. */
static void B05_drop_does_not_flush(void **state)
{
    const bide_io_step takes[] = {bide_io_writes("xyz")};
    int32_t e = -1;
    bide_poll p;
    out_four w;
    {
        OPEN(io, state, NULL, 0, NULL, 0);
        out_four_init(&w, bide_scripted_io_as_bide_writer(&io, NULL));
        RUN(p, out_four_write_all, &e, &w, "xyz", 3, NULL);
        assert_true(p == BIDE_READY && e == 0 && out_four_buffered(&w) == 3);
        out_four_drop(&w);
        assert_true(io.dropped && io.written == 0 && io.flushes == 0 && io.closes == 0);
        CLOSE(io);
    }
    OPEN(io, state, NULL, 0, takes, 1);
    out_four_init(&w, bide_scripted_io_as_bide_writer(&io, NULL));
    RUN(p, out_four_write_all, &e, &w, "xyz", 3, NULL);
    RUN(p, out_four_close, &e, &w);
    assert_true(p == BIDE_READY && e == 0 && io.closed && out_four_buffered(&w) == 0);
    out_four_drop(&w);
    CLOSE(io);
}

/* B06: up to the last line feed all is written at once, what is behind it waits for more. */
static void B06_line_writer(void **state)
{
    const bide_io_step takes[] = {bide_io_takes(100)};
    static const struct {
        const char *write, *out;
    } steps[] = {{"ab", ""},
                 {"c\n", "abc\n"},
                 {"d\ne\nf", "abc\nd\ne\n"},
                 {"\n", "abc\nd\ne\nf\n"},
                 {"longer than its buffer\nx", "abc\nd\ne\nf\nlonger than its buffer\n"},
                 {"without any end", "abc\nd\ne\nf\nlonger than its buffer\nxwithout any end"}};
    int32_t e = -1;
    bide_poll p;
    out_lines w;
    OPEN(io, state, NULL, 0, takes, 1);
    out_lines_init(&w, (lent_writer){&io});
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        RUN(p, out_lines_write_all, &e, &w, steps[i].write, strlen(steps[i].write), NULL);
        assert_true(p == BIDE_READY && e == 0);
        if (*state) /* what pended while a line went out goes with what comes next */
            RUN(p, out_lines_flush, &e, &w);
        if (!*state)
            assert_string_equal(io.text, steps[i].out);
    }
    RUN(p, out_lines_close, &e, &w);
    assert_string_equal(io.text, steps[5].out);
    assert_true(io.closed);
}

/* A line that could not go out at once goes by the next write, and its error is told there. */
static void B06_line_owed(void **state)
{
    const bide_io_step takes[] = {bide_io_writes("a"),  bide_io_pends(),
                                  bide_io_writes("\n"), bide_io_writes("b\n"),
                                  bide_io_counts(-32),  bide_io_writes("c\n")};
    int32_t e = -1;
    bide_poll p;
    out_lines w;
    (void)state;
    OPEN_EACH(io, false, NULL, 0, takes, 6);
    out_lines_init(&w, (lent_writer){&io});
    RUN(p, out_lines_write_all, &e, &w, "a\n", 2, NULL);
    assert_true(p == BIDE_READY && e == 0 && out_lines_buffered(&w) == 1);
    RUN(p, out_lines_write_all, &e, &w, "b\n", 2, NULL);
    assert_true(p == BIDE_READY && e == 0 && out_lines_buffered(&w) == 0);
    RUN(p, out_lines_write_all, &e, &w, "c\n", 2, NULL);
    assert_true(p == BIDE_READY && e == 0 && out_lines_buffered(&w) == 2);
    RUN(p, out_lines_write_all, &e, &w, "d", 1, NULL);
    assert_true(p == BIDE_READY && e == -32 && out_lines_buffered(&w) == 2);
    RUN(p, out_lines_flush, &e, &w);
    assert_true(p == BIDE_READY && e == 0);
    assert_string_equal(io.text, "a\nb\nc\n");
    CLOSE(io);
}

/* ---- both, as handles --------------------------------------------------------------------- */

static void B12_copy_through_both(void **state)
{
    const bide_io_step reads[] = {bide_io_reads("some"), bide_io_pends(), bide_io_reads(" more"),
                                  bide_io_reads(" and the end")};
    const bide_io_step takes[] = {bide_io_takes(7), bide_io_pends(), bide_io_takes(14)};
    int64_t n = -1;
    bide_poll p;
    eight r;
    out_two w;
    OPEN(io, state, reads, 4, takes, 3);
    eight_init(&r, (lent_reader){&io});
    out_two_init(&w, (lent_writer){&io});
    RUN(p, copy_through, &n, &r, &w);
    assert_true(p == BIDE_READY && n == 21);
    assert_string_equal(io.text, "some more and the end");
    CLOSE(io);
}

static bide_poll through_handles(bide_allocator *a)
{
    const bide_io_step reads[] = {
        bide_io_reads("a line of some length, longer than all buffers\n")};
    const bide_io_step takes[] = {bide_io_takes(46)};
    bide_bytes line;
    int32_t e = -1;
    bide_poll p;
    eight r;
    out_two w;
    OPEN_EACH(io, true, reads, 1, takes, 1);
    eight_init(&r, (lent_reader){&io});
    out_two_init(&w, (lent_writer){&io});
    bide_buffered_reader in = eight_as_bide_buffered_reader(&r, NULL);
    bide_writer out = out_two_as_bide_writer(&w, NULL);
    bide_bytes_init(&line, a);
    RUN(p, bide_buffered_reader_read_line, &e, &in, &line, 100);
    if (p == BIDE_READY) {
        assert_true(e == 1 && line.size == 46);
        RUN(p, bide_writer_write_all, &e, &out, line.data, line.size, NULL);
        assert_true(p == BIDE_READY && e == 0);
        RUN(p, bide_writer_close, &e, &out);
        assert_true(p == BIDE_READY && e == 0);
        assert_memory_equal(io.text, reads[0].data, 46);
        CLOSE(io);
    }
    bide_bytes_free(&line);
    bide_buffered_reader_drop(&in);
    bide_writer_drop(&out);
    assert_true(!r.source.of && !w.target.of && !io.dropped); /* it was lent */
    return p;
}
TEST_EVERY_FAILURE(out_of_memory, through_handles)

static void lent_is_kept(void **state)
{
    const bide_io_step reads[] = {bide_io_reads("one\ntwo\n")};
    bide_bytes line;
    int32_t e = -1;
    bide_poll p;
    lent_buffered r;
    OPEN(io, state, reads, 1, NULL, 0);
    lent_buffered_init(&r, &io);
    bide_bytes_init(&line, NULL);
    RUN(p, lent_buffered_read_line, &e, &r, &line, 100);
    assert_true(p == BIDE_READY && e == 1 && line.size == 3);
    lent_buffered_drop(&r);
    RUN(p, bide_scripted_io_read_line, &e, &io, &line, 100);
    assert_true(p == BIDE_READY && e == 1 && memcmp(line.data, "onetwo", 6) == 0);
    bide_bytes_free(&line);
    CLOSE(io);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(B01_read_sequence),
        EACH(B02_seek),
        EACH(no_skip_back_past_a_large_read),
        EACH(lines_through_a_small_buffer),
        EACH(B10_claims),
        EACH(B04_write_rules),
        EACH(errors_keep_the_rest),
        EACH(B05_drop_does_not_flush),
        EACH(B06_line_writer),
        cmocka_unit_test(B06_line_owed),
        EACH(B12_copy_through_both),
        cmocka_unit_test(out_of_memory),
        EACH(lent_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
