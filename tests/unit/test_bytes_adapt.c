/*
 * test_bytes_adapt.c: byte streams made of others, statically and through handles, and with one
 * BIDE_PENDING before every poll of what is below.
 */
#include "support.h"

#include <stdio.h>

#include <bide/bytes_adapt.h>
#include <bide/bytes_buffered.h>
#include <bide/testing_bytes.h>

#include "bytes_support.h"

BIDE_BUFFERED_READER_REF(lent, bide_scripted_io);
BIDE_READER_TAKE(taken_dyn, bide_reader);
BIDE_BUFFERED_READER_TAKE(taken, lent);
BIDE_READER_TAKE(some_bytes, bide_repeat_reader);
BIDE_READER_CHAIN(chained, bide_memory_reader, bide_reader);
BIDE_BUFFERED_READER_CHAIN(chained_buffers, lent, lent);
BIDE_BUFFERED_READER(ahead, some_bytes, 7);
BIDE_DUPLEX_HALVES(halves, bide_duplex);
BIDE_DUPLEX_HALVES(static_halves, bide_scripted_io);
BIDE_BUFFERED_READER(half_ahead, halves_reader, 5);
BIDE_COPY(copy_taken, taken, bide_null_writer);
BIDE_COPY(copy_memory, bide_memory_reader, halves_writer);
BIDE_COPY(copy_half, half_ahead, halves_writer);
BIDE_COPY(copy_repeated, ahead, bide_null_writer);

/* B13: at most so many bytes, and no byte more is read; a new limit goes on from there. */
static void B13_take(void **state)
{
    const bide_io_step steps[] = {bide_io_reads("abc"), bide_io_pends(), bide_io_reads("defgh"),
                                  bide_io_counts(9), bide_io_counts(-5)};
    char b[8] = "";
    ptrdiff_t n = -1;
    size_t done = 0;
    int32_t e = -1;
    bide_poll p;
    taken_dyn t;
    OPEN(io, state, steps, 5, NULL, 0);
    taken_dyn_init(&t, bide_scripted_io_as_bide_reader(&io, NULL), 5);
    RUN(p, taken_dyn_read_exact, &e, &t, b, 8, &done);
    assert_true(p == BIDE_READY && e == BIDE_BYTES_END && done == 5 && memcmp(b, "abcde", 5) == 0);
    assert_int_equal(io.reader.steps->size - io.reader.at, 3); /* "fgh" is still there */
    assert_int_equal(taken_dyn_limit(&t), 0);
    taken_dyn_set_limit(&t, 2);
    RUN(p, taken_dyn_read, &n, &t, b, 8);
    assert_true(p == BIDE_READY && n == 2 && memcmp(b, "fg", 2) == 0);
    taken_dyn_set_limit(&t, UINT64_MAX);
    RUN(p, taken_dyn_read, &n, &t, b, 8);
    assert_true(p == BIDE_READY && n == 1 && b[0] == 'h');
    assert_true(taken_dyn_limit(&t) == UINT64_MAX - 1);
    RUN(p, taken_dyn_read, &n, &t, b, 8); /* a lie does not count */
    assert_true(p == BIDE_READY && n == BIDE_BYTES_BROKEN);
    RUN(p, taken_dyn_read, &n, &t, b, 8);
    assert_true(p == BIDE_READY && n == -5 && taken_dyn_limit(&t) == UINT64_MAX - 1);
    taken_dyn_drop(&t);
    assert_true(io.dropped);
    CLOSE(io);
}

static void B13_take_of_a_buffer(void **state)
{
    const bide_io_step steps[] = {bide_io_reads("ab\ncd"), bide_io_pends(), bide_io_reads("ef\ng")};
    int32_t e = -1;
    int64_t n = -1;
    bide_bytes line;
    bide_null_writer none = {0};
    bide_poll p;
    taken t;
    OPEN(io, state, steps, 3, NULL, 0);
    taken_init(&t, (lent){&io}, 6);
    bide_bytes_init(&line, NULL);
    RUN(p, taken_read_line, &e, &t, &line, 100);
    assert_true(p == BIDE_READY && e == 1 && line.size == 2 && taken_limit(&t) == 3);
    bide_bytes_clear(&line);
    RUN(p, taken_read_line, &e, &t, &line, 100); /* cut by the limit: a last line without end */
    assert_true(p == BIDE_READY && e == 1 && line.size == 3 && memcmp(line.data, "cde", 3) == 0);
    taken_consume(&t, 1); /* nothing of it is left */
    taken_set_limit(&t, 100);
    RUN(p, copy_taken, &n, &t, &none);
    assert_true(p == BIDE_READY && n == 3 && none.written == 3 && taken_limit(&t) == 97);
    bide_bytes_free(&line);
    taken_drop(&t);
    CLOSE(io);
}

/* B14: the one, then the other; what has ended is not asked again, and an error ends nothing. */
static void B14_chain(void **state)
{
    const bide_io_step steps[] = {bide_io_reads("de"), bide_io_counts(-5), bide_io_reads("f")};
    char b[8] = "";
    ptrdiff_t n = -1;
    bide_memory_reader head;
    bide_poll p;
    chained c;
    OPEN(io, state, steps, 3, NULL, 0);
    bide_memory_reader_init(&head, "abc", 3);
    chained_init(&c, head, bide_scripted_io_as_bide_reader(&io, NULL));
    RUN(p, chained_read, &n, &c, b, 2);
    assert_true(p == BIDE_READY && n == 2 && memcmp(b, "ab", 2) == 0);
    RUN(p, chained_read, &n, &c, b, 0); /* nothing was asked for: that is not the end */
    assert_true(p == BIDE_READY && n == 0 && io.reads == 0);
    RUN(p, chained_read, &n, &c, b, 8);
    assert_true(p == BIDE_READY && n == 1 && b[0] == 'c');
    RUN(p, chained_read, &n, &c, b, 8);
    assert_true(p == BIDE_READY && n == 2 && memcmp(b, "de", 2) == 0);
    RUN(p, chained_read, &n, &c, b, 8);
    assert_true(p == BIDE_READY && n == -5);
    RUN(p, chained_read, &n, &c, b, 8);
    assert_true(p == BIDE_READY && n == 1 && b[0] == 'f');
    RUN(p, chained_read, &n, &c, b, 8);
    assert_true(p == BIDE_READY && n == 0);
    chained_drop(&c);
    assert_true(io.dropped);
    CLOSE(io);
}

/* A line goes across the seam; an error of the first is not its end. */
static void B14_chain_of_buffers(void **state)
{
    const bide_io_step first[] = {bide_io_reads("one\ntw"), bide_io_counts(-5),
                                  bide_io_reads("o"),       bide_io_pends(),
                                  bide_io_counts(0),        bide_io_reads("never")};
    const bide_io_step second[] = {bide_io_pends(), bide_io_reads(" parts\nend")};
    const char *const want[] = {"one", "tw", "two parts", "end"};
    const int32_t told[] = {1, -5, 1, 1};
    bide_bytes line;
    chained_buffers c;
    OPEN(a, state, first, 6, NULL, 0);
    OPEN(b, state, second, 2, NULL, 0);
    chained_buffers_init(&c, (lent){&a}, (lent){&b});
    bide_bytes_init(&line, NULL);
    for (size_t i = 0; i < 4; i++) {
        int32_t e = -1;
        bide_poll p;
        RUN(p, chained_buffers_read_line, &e, &c, &line, 100);
        assert_true(p == BIDE_READY && e == told[i] && line.size == strlen(want[i]));
        assert_memory_equal(line.data, want[i], line.size);
        if (e > 0)
            bide_bytes_clear(&line);
    }
    assert_int_equal(a.reader.left, 1);
    bide_bytes_free(&line);
    chained_buffers_drop(&c);
    CLOSE(b);
}

/* S16: the halves go their ways and come together again; halves of two wholes do not. */
static void S16_split_and_reunite(void **state)
{
    const bide_io_step reads[] = {bide_io_reads("in and"), bide_io_pends(), bide_io_reads(" out")};
    const bide_io_step writes[] = {bide_io_writes("> "), bide_io_pends(),
                                   bide_io_writes("in and out")};
    const bide_io_step more[] = {bide_io_reads("x")};
    bide_memory_reader prompt;
    int64_t n = -1;
    char b[2];
    ptrdiff_t got = -1;
    bide_poll p;
    halves whole, other;
    halves_reader r, other_r;
    halves_writer w, other_w;
    half_ahead from;
    bide_duplex back;
    OPEN(io, state, reads, 3, writes, 3);
    OPEN(other_io, state, more, 1, NULL, 0);
    halves_init(&whole, bide_scripted_io_as_bide_duplex(&io, NULL), &r, &w);
    halves_init(&other, bide_scripted_io_as_bide_duplex(&other_io, NULL), &other_r, &other_w);
    bide_memory_reader_init(&prompt, "> ", 2);
    RUN(p, copy_memory, &n, &prompt, &w);
    assert_true(p == BIDE_READY && n == 2);
    half_ahead_init(&from, r); /* the half is moved */
    RUN(p, copy_half, &n, &from, &w);
    assert_true(p == BIDE_READY && n == 10);

    assert_false(halves_reunite(&from.source, &other_w, &back));
    assert_false(halves_reunite(&other_r, &w, &back));
    assert_true(from.source.of == &whole && other_r.of == &other); /* and nothing has changed */
    RUN(p, halves_reader_read, &got, &other_r, b, 2);
    assert_true(p == BIDE_READY && got == 1 && b[0] == 'x');

    assert_true(halves_reunite(&from.source, &w, &back));
    assert_true(back.self == &io && !from.source.of && !w.of);
    assert_false(halves_reunite(&from.source, &w, &back));
    half_ahead_drop(&from); /* of a half that is gone: does nothing */
    halves_writer_drop(&w);
    assert_int_equal(halves_reader_poll_read(&from.source, b, 2, &cx, &got), BIDE_EMISUSE);
    assert_int_equal(halves_writer_poll_write(&w, b, 1, &cx, &got), BIDE_EMISUSE);
    assert_false(io.dropped);
    RUN(p, bide_duplex_read, &got, &back, b, 2);
    assert_true(p == BIDE_READY && got == 0);
    bide_duplex_drop(&back);
    assert_true(io.dropped);
    CLOSE(io);

    halves_reader_drop(&other_r);
    assert_false(other_io.dropped); /* not with the first */
    assert_false(halves_reunite(&other_r, &other_w, &back));
    halves_writer_drop(&other_w);
    assert_true(other_io.dropped);
    CLOSE(other_io);
}

static void S16_static_halves(void **state)
{
    const bide_io_step reads[] = {bide_io_reads("ab")};
    const bide_io_step writes[] = {bide_io_writes("cd")};
    static_halves whole;
    static_halves_reader r;
    static_halves_writer w;
    char b[2];
    ptrdiff_t n = -1;
    int32_t e = -1;
    bide_poll p;
    OPEN(io, state, reads, 1, writes, 1);
    static_halves_init(&whole, io, &r, &w);
    RUN(p, static_halves_writer_write_all, &e, &w, "cd", 2, NULL);
    assert_true(p == BIDE_READY && e == 0);
    RUN(p, static_halves_reader_read, &n, &r, b, 2);
    assert_true(p == BIDE_READY && n == 2 && memcmp(b, "ab", 2) == 0);
    RUN(p, static_halves_writer_flush, &e, &w);
    assert_true(p == BIDE_READY && e == 0 && whole.whole.flushes == 1);
    RUN(p, static_halves_writer_close, &e, &w);
    assert_true(p == BIDE_READY && e == 0 && whole.whole.closed);
    static_halves_writer_drop(&w);
    static_halves_writer_drop(&w); /* counts once */
    assert_false(whole.whole.dropped);
    static_halves_reader_drop(&r);
    assert_true(whole.whole.dropped);
    CLOSE(whole.whole);
}

/* The duplex handle is a reader and a writer as it stands. */
static void duplex_handle(void **state)
{
    const bide_io_step reads[] = {bide_io_reads("ab")};
    const bide_io_step writes[] = {bide_io_writes("cd"), bide_io_flushes()};
    char b[2];
    ptrdiff_t n = -1;
    int32_t e = -1;
    bide_poll p;
    OPEN(io, state, reads, 1, writes, 2);
    bide_duplex d = bide_scripted_io_as_bide_duplex(&io, NULL);
    RUN(p, bide_duplex_read, &n, &d, b, 2);
    assert_true(p == BIDE_READY && n == 2);
    RUN(p, bide_duplex_write_all, &e, &d, "cd", 2, NULL);
    assert_true(p == BIDE_READY && e == 0);
    RUN(p, bide_duplex_flush, &e, &d);
    assert_true(p == BIDE_READY && e == 0 && io.flushes == 1);
    RUN(p, bide_duplex_close, &e, &d);
    assert_true(p == BIDE_READY && e == 0 && io.closed);
    bide_duplex_drop(&d);
    CLOSE(io);
}

static void ends(void **state)
{
    const bide_repeat_reader a = {'a'};
    bide_null_writer none = {0};
    bide_memory_reader empty;
    some_bytes s;
    ahead r;
    char b[4] = "";
    ptrdiff_t n = -1;
    int64_t count = -1;
    int32_t e = -1;
    bide_poll p;
    OPEN(io, state, NULL, 0, NULL, 0);
    some_bytes_init(&s, a, 1000);
    RUN(p, some_bytes_read, &n, &s, b, 3);
    assert_true(p == BIDE_READY && n == 3 && strcmp(b, "aaa") == 0);
    ahead_init(&r, s);
    RUN(p, copy_repeated, &count, &r, &none);
    assert_true(p == BIDE_READY && count == 997 && none.written == 997);
    RUN(p, bide_null_writer_close, &e, &none);
    assert_true(p == BIDE_READY && e == 0);
    bide_memory_reader_init(&empty, NULL, 0);
    RUN(p, bide_memory_reader_read, &n, &empty, b, 3);
    assert_true(p == BIDE_READY && n == 0);
    ahead_drop(&r);
    CLOSE(io);
}

/* A limit, a chain and a buffer on top of each other, with memory short. */
BIDE_READER_REF(lent_chain, chained);
BIDE_READER_TAKE(taken_chain, lent_chain);
BIDE_BUFFERED_READER(buffered_chain, taken_chain, 8);

static bide_poll stacked(bide_allocator *a)
{
    const bide_io_step steps[] = {bide_io_reads("second part"), bide_io_pends(),
                                  bide_io_reads(" and more")};
    bide_memory_reader head;
    bide_bytes all;
    int32_t e = -1;
    bide_poll p;
    chained c;
    taken_chain t;
    buffered_chain r;
    OPEN_EACH(io, true, steps, 3, NULL, 0);
    bide_memory_reader_init(&head, "first part, ", 12);
    chained_init(&c, head, bide_scripted_io_as_bide_reader(&io, NULL));
    taken_chain_init(&t, (lent_chain){&c}, 27);
    buffered_chain_init(&r, t);
    bide_bytes_init(&all, a);
    RUN(p, buffered_chain_read_to_end, &e, &r, &all, 1000);
    if (p == BIDE_READY) {
        assert_true(e == 0 && all.size == 27);
        assert_memory_equal(all.data, "first part, second part and", 27);
    }
    bide_bytes_free(&all);
    buffered_chain_drop(&r);
    assert_false(io.dropped); /* lent */
    chained_drop(&c);
    assert_true(io.dropped);
    return p;
}
TEST_EVERY_FAILURE(out_of_memory, stacked)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(B13_take),
        EACH(B13_take_of_a_buffer),
        EACH(B14_chain),
        EACH(B14_chain_of_buffers),
        EACH(S16_split_and_reunite),
        EACH(S16_static_halves),
        EACH(duplex_handle),
        EACH(ends),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
