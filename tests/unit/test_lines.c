/*
 * test_lines.c: lines, and pieces between any separator, as streams; statically and through a
 * handle, and with one BIDE_PENDING before every poll of what is below.
 */
#include "support.h"

#include <stdio.h>

#include <bide/bytes_adapt.h>
#include <bide/bytes_buffered.h>
#include <bide/lines.h>
#include <bide/testing_bytes.h>

#include "bytes_support.h"

BIDE_BUFFERED_READER_REF(lent, bide_scripted_io);
BIDE_LINES(lines, lent, 12);
BIDE_LINES(lines_dyn, bide_buffered_reader, 12);
BIDE_LINES_UTF8(texts, lent, 40);
BIDE_SPLIT(pieces, lent, ',', 12);

#define texts_stream_HAS_item_drop 1
BIDE_INLINE void texts_stream_item_drop(bide_bytes *item)
{
    bide_bytes_free(item);
}
BIDE_STREAM(texts_stream, bide_bytes);
BIDE_STREAM_BOX(texts_stream, lines);
BIDE_STREAM_BOX(texts_stream, lines_dyn);

/* Polls a stream for its next item; gives its text, "(end)" or "(code)". */
#define NEXT(S, s) NEXT_(S, s)
#define NEXT_(S, s)                                                                                \
    do {                                                                                           \
        bool more = false;                                                                         \
        bide_bytes item = {0};                                                                     \
        bide_poll code;                                                                            \
        RUN_(code, S##_next, &more, s, &item);                                                     \
        if (code != BIDE_READY || !more) {                                                         \
            snprintf(got, sizeof got, code == BIDE_READY ? "(end)" : "(%d)", (int)code);           \
            break;                                                                                 \
        }                                                                                          \
        assert_true(item.size < sizeof got);                                                       \
        if (item.size)                                                                             \
            memcpy(got, item.data, item.size);                                                     \
        got[item.size] = 0;                                                                        \
        S##_item_drop(&item);                                                                      \
    } while (0)

static char got[100];

/* B16: ends of lines of both kinds, empty lines, a last line with and without an end. */
static void B16_lines(void **state)
{
    const bide_io_step steps[3][4] = {
        {bide_io_reads("one\ntwo\r"), bide_io_pends(), bide_io_reads("\n\n\r\n"),
         bide_io_reads("a\rb\r\r\nlast")},
        {bide_io_reads("x\n"), bide_io_reads("y\n"), bide_io_pends(), bide_io_reads("\n")},
        {bide_io_pends(), bide_io_pends(), bide_io_pends(), bide_io_pends()}};
    const char *const want[3][8] = {{"one", "two", "", "", "a\rb\r", "last", "(end)", "(end)"},
                                    {"x", "y", "", "(end)", "(end)"},
                                    {"(end)", "(end)"}};
    for (size_t i = 0; i < 3; i++) {
        lines s;
        OPEN(io, state, steps[i], 4, NULL, 0);
        lines_init(&s, (lent){&io}, NULL);
        assert_true(lines_size_hint(&s).most == SIZE_MAX);
        for (size_t j = 0; j < 8 && want[i][j]; j++) {
            NEXT(lines, &s);
            assert_string_equal(got, want[i][j]);
        }
        assert_int_equal(lines_error(&s), 0);
        assert_true(lines_size_hint(&s).most == 0);
        lines_drop(&s);
        CLOSE(io);
    }
}

static void B16_split(void **state)
{
    const bide_io_step steps[] = {bide_io_reads(",a,\n"), bide_io_pends(), bide_io_reads("b,,c,")};
    const char *const want[] = {"", "a", "\nb", "", "c", "(end)"};
    pieces s;
    OPEN(io, state, steps, 3, NULL, 0);
    pieces_init(&s, (lent){&io}, NULL);
    for (size_t j = 0; j < 6; j++) {
        NEXT(pieces, &s);
        assert_string_equal(got, want[j]);
    }
    pieces_drop(&s);
    CLOSE(io);
}

/* A line at the limit passes; of one above it as much is taken as is allowed, and no more. */
static void limit(void **state)
{
    const bide_io_step steps[] = {bide_io_reads("0123456789"), bide_io_reads("a\n0123456789ab\n")};
    lines s;
    OPEN(io, state, steps, 2, NULL, 0);
    lines_init(&s, (lent){&io}, NULL);
    NEXT(lines, &s);
    assert_string_equal(got, "0123456789a");
    NEXT(lines, &s);
    assert_string_equal(got, "(end)");
    assert_int_equal(lines_error(&s), BIDE_BYTES_TOO_LONG);
    assert_int_equal(io.reader.steps->size - io.reader.at, 1);
    NEXT(lines, &s);
    assert_string_equal(got, "(end)");
    lines_drop(&s);
}

/* An error of the source ends it, and what there was of the line is not given as one. */
static void errors(void **state)
{
    const bide_io_step steps[] = {bide_io_reads("a\nb"), bide_io_counts(-104),
                                  bide_io_reads("c\n")};
    const bide_io_step fails[] = {bide_io_reads("ab"), bide_io_fails(BIDE_EBUSY)};
    {
        lines s;
        OPEN(io, state, steps, 3, NULL, 0);
        lines_init(&s, (lent){&io}, NULL);
        NEXT(lines, &s);
        assert_string_equal(got, "a");
        NEXT(lines, &s);
        assert_string_equal(got, "(end)");
        assert_int_equal(lines_error(&s), -104);
        NEXT(lines, &s);
        assert_string_equal(got, "(end)");
        assert_int_equal(io.reader.left, 1); /* the source is left alone */
        lines_drop(&s);
    }
    lines s;
    OPEN(io, state, fails, 2, NULL, 0);
    lines_init(&s, (lent){&io}, NULL);
    NEXT(lines, &s);
    snprintf(got + 50, 20, "(%d)", (int)BIDE_EBUSY);
    assert_string_equal(got, got + 50);
    NEXT(lines, &s);
    assert_string_equal(got, "(end)");
    lines_drop(&s);
    CLOSE(io);
}

/* Behind the end of its source, which another one might go on from, nothing is read. */
static void ended_is_ended(void **state)
{
    const bide_io_step steps[] = {bide_io_reads("last"), bide_io_counts(0), bide_io_reads("never")};
    lines s;
    OPEN(io, state, steps, 3, NULL, 0);
    lines_init(&s, (lent){&io}, NULL);
    NEXT(lines, &s);
    assert_string_equal(got, "last");
    NEXT(lines, &s);
    assert_string_equal(got, "(end)");
    assert_int_equal(io.reader.left, 1);
    lines_drop(&s);
}

/* B09: what is not UTF-8 is told, and the target keeps what it had. */
static void B09_encoding(void **state)
{
    const bide_io_step steps[] = {bide_io_reads("gr\xC3\xBC\xC3"), bide_io_pends(),
                                  bide_io_reads("\x9F \xE2\x82\xAC \xF0\x9F\x98\x80\r\nba\xC3\n")};
    texts s;
    bide_bytes target;
    bide_poll r;
    bool is_one = true;
    OPEN(io, state, steps, 3, NULL, 0);
    texts_init(&s, (lent){&io}, NULL);
    NEXT(texts, &s);
    assert_string_equal(got, "gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x98\x80");
    bide_bytes_init(&target, NULL);
    assert_true(bide_bytes_append(&target, "kept", 4));
    RUN(r, texts_next, &is_one, &s, &target);
    assert_true(r == BIDE_READY && !is_one && texts_error(&s) == BIDE_BYTES_ENCODING);
    assert_true(target.size == 4 && memcmp(target.data, "kept", 4) == 0);
    bide_bytes_free(&target);
    texts_drop(&s);
    CLOSE(io);
}

static void B09_utf8(void **state)
{
    static const char *const good[] = {"",
                                       "a\x7F",
                                       "\xC2\x80",
                                       "\xDF\xBF",
                                       "\xE0\xA0\x80",
                                       "\xED\x9F\xBF",
                                       "\xEE\x80\x80",
                                       "\xEF\xBF\xBF",
                                       "\xF0\x90\x80\x80",
                                       "\xF4\x8F\xBF\xBF"};
    static const char *const bad[] = {"\x80",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xC2",
                                      "\xC2\x7F",
                                      "\xC2\xC0",
                                      "\xE0\x9F\xBF",
                                      "\xE1\x80",
                                      "\xE1\x80\xC0",
                                      "\xED\xA0\x80",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF1\x80\x80",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xFF",
                                      "ok\xFE"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(bide_utf8_is_valid(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(bide_utf8_is_valid(bad[i], strlen(bad[i])));
    assert_true(bide_utf8_is_valid("a\0b", 3));
    assert_false(bide_utf8_is_valid("\xC2\x80", 1)); /* cut */
}

/* A dropped `next` loses nothing. */
static void B08_next_dropped(void **state)
{
    const bide_io_step steps[] = {bide_io_reads("he"), bide_io_pends(), bide_io_reads("llo\r"),
                                  bide_io_pends(), bide_io_reads("\nrest")};
    size_t drops = 0;
    bool more = false;
    bide_bytes item = {0};
    lines s;
    OPEN(io, state, steps, 5, NULL, 0);
    lines_init(&s, (lent){&io}, NULL);
    for (;; drops++) {
        struct lines_next f;
        lines_next_init(&f, &s, &item);
        if (lines_next_poll(&f, &cx, &more) != BIDE_PENDING)
            break;
        lines_next_drop(&f);
    }
    assert_true(drops >= 2 && more && item.size == 5 && memcmp(item.data, "hello", 5) == 0);
    lines_item_drop(&item);
    lines_drop(&s); /* with some text of the next */
}

/* Any text in any pieces gives the lines that it has, with any limit that is not reached. */
static void B16_random_pieces(void **state)
{
    uint32_t seed = 1;
    for (int round = 0; round < 3000; round++) {
        char text[24];
        bide_io_step steps[48];
        size_t count = 0, size, at = 0, begin = 0;
        lines s;
        size = test_random(&seed) % sizeof text;
        for (size_t i = 0; i < size; i++)
            text[i] = "ab\r\n\n"[test_random(&seed) % 5];
        while (at < size) {
            size_t n = 1 + test_random(&seed) % (size - at);
            if (test_random(&seed) % 3 == 0)
                steps[count++] = bide_io_pends();
            steps[count++] = bide_io_data(text + at, n);
            at += n;
        }
        OPEN(io, state, steps, count, NULL, 0);
        lines_init(&s, (lent){&io}, NULL);
        while (begin < size) {
            const char *stop = memchr(text + begin, '\n', size - begin);
            size_t end = stop ? (size_t)(stop - text) : size, n = end - begin;
            if (n + (stop != NULL) > 12)
                break;
            if (stop && n && text[end - 1] == '\r')
                n--;
            NEXT(lines, &s);
            assert_int_equal(strlen(got), n);
            assert_memory_equal(got, text + begin, n);
            begin = end + (stop != NULL);
        }
        NEXT(lines, &s);
        assert_string_equal(got, "(end)");
        assert_int_equal(lines_error(&s), begin < size ? BIDE_BYTES_TOO_LONG : 0);
        lines_drop(&s);
    }
}

/* Over a handle, behind a handle, in a block: and fails without a leak wherever memory is short. */
static bide_poll boxed(bide_allocator *a)
{
    const bide_io_step steps[] = {bide_io_reads("first\nsec"), bide_io_pends(),
                                  bide_io_reads("ond\nthird")};
    const char *const want[] = {"first", "second", "third", "(end)"};
    lines_dyn from;
    texts_stream s;
    bide_poll r;
    OPEN_EACH(io, true, steps, 3, NULL, 0);
    lines_dyn_init(&from, bide_scripted_io_as_bide_buffered_reader(&io, NULL), a);
    r = lines_dyn_box_as_texts_stream(&from, a, &s);
    for (size_t i = 0; r == BIDE_READY && i < 4; i++) {
        NEXT(texts_stream, &s);
        snprintf(got + 50, 20, "(%d)", (int)BIDE_ENOMEM);
        if (strcmp(got, got + 50) == 0)
            r = BIDE_ENOMEM;
        else
            assert_string_equal(got, want[i]);
    }
    texts_stream_drop(&s);
    assert_true(io.dropped);
    if (r == BIDE_READY)
        CLOSE(io);
    return r;
}
TEST_EVERY_FAILURE(out_of_memory, boxed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(B16_lines),
        EACH(B16_split),
        EACH(B16_random_pieces),
        EACH(limit),
        EACH(errors),
        EACH(ended_is_ended),
        EACH(B09_encoding),
        cmocka_unit_test(B09_utf8),
        EACH(B08_next_dropped),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
