/*
 * test_framed.c: messages behind their length, and lines: streams and sinks of them, statically and
 * through handles, and with one BIDE_PENDING before every poll of what is below.
 */
#include "support.h"

#include <stdio.h>

#include <bide/bytes_adapt.h>
#include <bide/bytes_buffered.h>
#include <bide/framed.h>
#include <bide/testing_bytes.h>

#include "bytes_support.h"

BIDE_BUFFERED_READER_REF(lent, bide_scripted_io);
BIDE_WRITER_REF(lent_out, bide_scripted_io);
BIDE_FRAMES(frames1, lent, 1, BIDE_BIG_ENDIAN, 200);
BIDE_FRAMES(frames2, lent, 2, BIDE_BIG_ENDIAN, 70000);
BIDE_FRAMES(frames4, lent, 4, BIDE_LITTLE_ENDIAN, 10);
BIDE_FRAMES(frames8, bide_buffered_reader, 8, BIDE_BIG_ENDIAN, UINT64_MAX);
BIDE_FRAME_SINK(sink1, lent_out, 1, BIDE_BIG_ENDIAN, 1000);
BIDE_FRAME_SINK(sink2, lent_out, 2, BIDE_LITTLE_ENDIAN, 6);
BIDE_FRAME_SINK(sink8, bide_writer, 8, BIDE_BIG_ENDIAN, UINT64_MAX);
BIDE_LINE_SINK(line_sink, lent_out, 6);

#define messages_HAS_item_drop 1
BIDE_INLINE void messages_item_drop(bide_bytes *item)
{
    bide_bytes_free(item);
}
#define message_sink_HAS_item_drop 1
BIDE_INLINE void message_sink_item_drop(bide_bytes *item)
{
    bide_bytes_free(item);
}
BIDE_STREAM(messages, bide_bytes);
BIDE_STREAM_BOX(messages, frames8);
BIDE_SINK(message_sink, bide_bytes);
BIDE_SINK_BOX(message_sink, sink8);

static bide_bytes made(bide_allocator *a, const char *text)
{
    bide_bytes b;
    bide_bytes_init(&b, a);
    (void)bide_bytes_append(&b, text, strlen(text)); /* or it stays empty */
    return b;
}

/* Polls a stream for its next item: its text, or "(end)". */
#define NEXT(S, s)                                                                                 \
    do {                                                                                           \
        bool more = false;                                                                         \
        bide_bytes item = {0};                                                                     \
        bide_poll code;                                                                            \
        RUN_(code, S##_next, &more, s, &item);                                                     \
        assert_int_equal(code, BIDE_READY);                                                        \
        snprintf(got, sizeof got, "(end)");                                                        \
        if (!more)                                                                                 \
            break;                                                                                 \
        assert_true(item.size < sizeof got);                                                       \
        if (item.size)                                                                             \
            memcpy(got, item.data, item.size);                                                     \
        got[item.size] = 0;                                                                        \
        S##_item_drop(&item);                                                                      \
    } while (0)

static char got[100];

static void numbers(void **state)
{
    static const size_t bytes[] = {1, 2, 4, 8};
    static const uint64_t most[] = {0xFF, 0xFFFF, 0xFFFFFFFF, UINT64_MAX};
    unsigned char b[9] = {0};
    (void)state;
    for (size_t i = 0; i < 4; i++)
        for (int order = 0; order < 2; order++) {
            assert_true(bide_number_put(b, bytes[i], (bide_byte_order)order, most[i]));
            assert_true(bide_number_get(b, bytes[i], (bide_byte_order)order) == most[i]);
            assert_int_equal(b[bytes[i]], 0); /* not one byte more */
            assert_true(bide_number_put(b, bytes[i], (bide_byte_order)order, 0x12));
            assert_int_equal(b[order == BIDE_BIG_ENDIAN ? bytes[i] - 1 : 0], 0x12);
            assert_true(bide_number_get(b, bytes[i], (bide_byte_order)order) == 0x12);
            memset(b, 0, sizeof b);
            assert_true(i == 3 ||
                        !bide_number_put(b, bytes[i], (bide_byte_order)order, most[i] + 1));
        }
    assert_true(bide_number_put(b, 4, BIDE_BIG_ENDIAN, 0x01020304));
    assert_memory_equal(b, "\1\2\3\4", 4);
    assert_true(bide_number_put(b, 4, BIDE_LITTLE_ENDIAN, 0x01020304));
    assert_memory_equal(b, "\4\3\2\1", 4);
}

/* Lengths and messages that come in any pieces; an empty one is one. */
static void frames_in_pieces(void **state)
{
    const bide_io_step one[] = {bide_io_reads("\5hello\0\1"), bide_io_pends(),
                                bide_io_reads("x\2a"), bide_io_reads("b")};
    const bide_io_step two[] = {bide_io_reads("\0"), bide_io_pends(), bide_io_reads("\3a"),
                                bide_io_reads("bc\0\0\0\1z")};
    const char *const want[2][6] = {{"hello", "", "x", "ab", "(end)", "(end)"},
                                    {"abc", "", "z", "(end)", "(end)"}};
    {
        frames1 s;
        OPEN(io, state, one, 4, NULL, 0);
        frames1_init(&s, (lent){&io}, NULL);
        for (size_t i = 0; i < 6; i++) {
            NEXT(frames1, &s);
            assert_string_equal(got, want[0][i]);
        }
        assert_true(frames1_error(&s) == 0 && frames1_size_hint(&s).most == 0);
        frames1_drop(&s);
        CLOSE(io);
    }
    frames2 s;
    OPEN(io, state, two, 4, NULL, 0);
    frames2_init(&s, (lent){&io}, NULL);
    for (size_t i = 0; i < 5; i++) {
        NEXT(frames2, &s);
        assert_string_equal(got, want[1][i]);
    }
    frames2_drop(&s);
    CLOSE(io);
}

/* At the limit it passes, and one above it is refused by its length, whatever follows. */
static void frames_limit(void **state)
{
    const bide_io_step steps[] = {bide_io_reads("\12\0\0\0"
                                                "0123456789"
                                                "\13\0\0\0"
                                                "0")};
    frames4 s;
    OPEN(io, state, steps, 1, NULL, 0);
    frames4_init(&s, (lent){&io}, NULL);
    NEXT(frames4, &s);
    assert_string_equal(got, "0123456789");
    for (int i = 0; i < 2; i++) {
        NEXT(frames4, &s);
        assert_string_equal(got, "(end)");
        assert_int_equal(frames4_error(&s), BIDE_BYTES_TOO_LONG);
    }
    frames4_drop(&s);
}

/* A claim of 2^63 bytes takes no memory; what ends within a message, or its length, is told. */
static void frames_cut(void **state)
{
    const bide_io_step huge[] = {bide_io_reads("\177\377\377\377\377\377\377\377"
                                               "abc")};
    const bide_io_step cut[] = {bide_io_reads("\0\0\0")};
    const bide_io_step bad[] = {bide_io_reads("\0\0\0\0\0\0\0\2a"), bide_io_counts(-104)};
    const bide_io_step *const steps[] = {huge, cut, bad};
    const int32_t told[] = {sizeof(size_t) < 8 ? BIDE_BYTES_TOO_LONG : BIDE_BYTES_END,
                            BIDE_BYTES_END, -104};
    for (size_t i = 0; i < 3; i++) {
        bide_checking_allocator checking;
        frames8 s;
        OPEN(io, state, steps[i], i == 2 ? 2 : 1, NULL, 0);
        bide_checking_allocator_init(&checking, bide_heap());
        frames8_init(&s, bide_scripted_io_as_bide_buffered_reader(&io, NULL), &checking.base);
        NEXT(frames8, &s);
        assert_string_equal(got, "(end)");
        assert_int_equal(frames8_error(&s), told[i]);
        assert_true(checking.allocs <= 1);
        frames8_drop(&s);
        assert_int_equal(bide_checking_allocator_finish(&checking), 0);
        if (told[i] != BIDE_BYTES_TOO_LONG) { /* else nobody reads what follows */
            CLOSE(io);
        }
    }
}

static void next_dropped(void **state)
{
    const bide_io_step steps[] = {bide_io_reads("\0"), bide_io_pends(), bide_io_reads("\4a"),
                                  bide_io_pends(), bide_io_reads("bcd")};
    size_t drops = 0;
    bool more = false;
    bide_bytes item = {0};
    frames2 s;
    OPEN(io, state, steps, 5, NULL, 0);
    frames2_init(&s, (lent){&io}, NULL);
    for (;; drops++) {
        struct frames2_next f;
        frames2_next_init(&f, &s, &item);
        if (frames2_next_poll(&f, &cx, &more) != BIDE_PENDING)
            break;
        frames2_next_drop(&f);
    }
    assert_true(drops >= 2 && more && item.size == 4 && memcmp(item.data, "abcd", 4) == 0);
    frames2_item_drop(&item);
    frames2_drop(&s);
    CLOSE(io);
}

/* ---- sinks -------------------------------------------------------------------------------- */

static void frame_sink(void **state)
{
    const bide_io_step takes[] = {bide_io_data("\5", 1), bide_io_pends(),   bide_io_writes("he"),
                                  bide_io_writes("llo"), bide_io_flushes(), bide_io_data("\0", 1),
                                  bide_io_data("\1x", 2)};
    int32_t e = -1;
    bide_poll p;
    sink1 k;
    OPEN(io, state, NULL, 0, takes, 7);
    sink1_init(&k, (lent_out){&io});
    RUN(p, sink1_send, &e, &k, made(NULL, "hello"));
    assert_true(p == BIDE_READY && e == 0 && io.flushes == 1);
    RUN(p, sink1_feed, &e, &k, made(NULL, ""));
    assert_true(p == BIDE_READY && e == 0 && io.flushes == 1);
    RUN(p, sink1_feed, &e, &k, made(NULL, "x"));
    assert_true(p == BIDE_READY && e == 0 && io.written == 7);
    for (int i = 0; i < 2; i++) {
        RUN(p, sink1_close, &e, &k);
        assert_true(p == BIDE_READY && e == 0 && io.closed && io.closes == 1);
    }
    RUN(p, sink1_send, &e, &k, made(NULL, "y"));
    assert_true(p == BIDE_READY && e == BIDE_SINK_CLOSED);
    sink1_drop(&k);
    CLOSE(io);
}

/* What is too long, for the limit or for the prefix, is refused and stays the caller's; the
 * reservation stays, too, and can be used or given back. */
static void frame_sink_refuses(void **state)
{
    static char many[300];
    const bide_io_step takes[] = {bide_io_data("\6\0"
                                               "123456",
                                               8)};
    int32_t e = -1;
    bide_poll p;
    bide_bytes item = made(NULL, "1234567");
    sink2 k;
    sink1 small;
    OPEN(io, state, NULL, 0, takes, 1);
    sink2_init(&k, (lent_out){&io});
    assert_int_equal(sink2_start_send(&k, item), BIDE_SINK_NOT_READY);
    RUN(p, sink2_reserve, &e, &k);
    assert_true(p == BIDE_READY && e == 0);
    assert_int_equal(sink2_start_send(&k, item), BIDE_BYTES_TOO_LONG);
    item.size = 6;
    assert_int_equal(sink2_start_send(&k, item), 0);
    assert_int_equal(sink2_start_send(&k, item), BIDE_SINK_NOT_READY);
    RUN(p, sink2_flush, &e, &k);
    assert_true(p == BIDE_READY && e == 0);
    RUN(p, sink2_reserve, &e, &k);
    sink2_give_back(&k);
    assert_int_equal(sink2_start_send(&k, item), BIDE_SINK_NOT_READY);
    sink2_drop(&k);
    memset(many, 'm', 256);
    sink1_init(&small, (lent_out){&io});
    RUN(p, sink1_send, &e, &small, made(NULL, many)); /* 256 do not fit into a byte */
    assert_true(p == BIDE_READY && e == BIDE_BYTES_TOO_LONG);
    sink1_drop(&small);
    CLOSE(io);
}

/* An error within a message is told, and the message goes on where it was. */
static void frame_sink_errors(void **state)
{
    const bide_io_step takes[] = {bide_io_data("\3a", 2), bide_io_counts(-32), bide_io_writes("b"),
                                  bide_io_counts(5),      bide_io_writes("c"), bide_io_counts(-28),
                                  bide_io_flushes()};
    const int32_t told[] = {-32, BIDE_BYTES_BROKEN, -28, 0};
    int32_t e = -1;
    bide_poll p;
    sink1 k;
    OPEN(io, state, NULL, 0, takes, 7);
    sink1_init(&k, (lent_out){&io});
    RUN(p, sink1_feed, &e, &k, made(NULL, "abc"));
    assert_true(p == BIDE_READY && e == 0);
    for (size_t i = 0; i < 4; i++) {
        RUN(p, sink1_flush, &e, &k);
        assert_true(p == BIDE_READY && e == told[i]);
    }
    assert_int_equal(io.written, 4);
    sink1_drop(&k);
    CLOSE(io);
}

static void lines_sink(void **state)
{
    const bide_io_step takes[] = {bide_io_writes("on"), bide_io_pends(),
                                  bide_io_writes("e"),  bide_io_writes("\n"),
                                  bide_io_writes("\n"), bide_io_writes("12345\n")};
    int32_t e = -1;
    bide_poll p;
    line_sink k;
    OPEN(io, state, NULL, 0, takes, 6);
    line_sink_init(&k, (lent_out){&io});
    RUN(p, line_sink_send, &e, &k, made(NULL, "one"));
    assert_true(p == BIDE_READY && e == 0);
    RUN(p, line_sink_send, &e, &k, made(NULL, ""));
    assert_true(p == BIDE_READY && e == 0);
    RUN(p, line_sink_send, &e, &k, made(NULL, "123456")); /* one too many, with its end */
    assert_true(p == BIDE_READY && e == BIDE_BYTES_TOO_LONG);
    RUN(p, line_sink_send, &e, &k, made(NULL, "a\nb")); /* would be two */
    assert_true(p == BIDE_READY && e == BIDE_BYTES_ENCODING);
    RUN(p, line_sink_send, &e, &k, made(NULL, "12345"));
    assert_true(p == BIDE_READY && e == 0);
    assert_string_equal(io.text, "one\n\n12345\n");
    line_sink_drop(&k);
    CLOSE(io);
}

/* Dropped after any number of polls of a send, nothing leaks, and what went out is a beginning. */
static void dropped_at_every_point(void **state)
{
    const bide_io_step takes[] = {bide_io_data("\5", 1), bide_io_pends(), bide_io_writes("he"),
                                  bide_io_pends(), bide_io_writes("llo")};
    for (size_t polls = 0; polls < 14; polls++) {
        bide_checking_allocator checking;
        struct sink1_send f;
        int32_t e = -1;
        sink1 k;
        OPEN(io, state, NULL, 0, takes, 5);
        bide_checking_allocator_init(&checking, bide_heap());
        sink1_init(&k, (lent_out){&io});
        sink1_send_init(&f, &k, made(&checking.base, "hello"));
        for (size_t i = 0; i < polls; i++)
            if (sink1_send_poll(&f, &cx, &e) != BIDE_PENDING)
                break;
        sink1_send_drop(&f);
        sink1_drop(&k);
        assert_memory_equal(io.text, "\5hello", io.written);
        assert_int_equal(bide_checking_allocator_finish(&checking), 0);
        assert_int_equal(io.violations, 0);
    }
}

/* Whatever a sink wrote, in any pieces, a stream reads as the same messages, in any other. */
static void there_and_back(void **state)
{
    uint32_t seed = 7;
    for (int round = 0; round < 500; round++) {
        char sent[6][32];
        bide_io_step writes[80], reads[400];
        size_t count = 0, at = 0, messages_sent = test_random(&seed) % 6;
        int32_t e = -1;
        bide_poll p;
        sink1 k;
        frames1 s;
        for (; count < 80; count++)
            writes[count] =
                count % 3 == 1 ? bide_io_pends() : bide_io_takes(1 + test_random(&seed) % 20);
        OPEN(out, state, NULL, 0, writes, 80);
        sink1_init(&k, (lent_out){&out});
        for (size_t i = 0; i < messages_sent; i++) {
            size_t size = test_random(&seed) % 31;
            memset(sent[i], 'a' + (int)i, size);
            sent[i][size] = 0;
            RUN(p, sink1_feed, &e, &k, made(NULL, sent[i]));
            assert_true(p == BIDE_READY && e == 0);
        }
        RUN(p, sink1_flush, &e, &k);
        assert_true(p == BIDE_READY && e == 0 && out.violations == 0);
        sink1_drop(&k);
        for (count = 0; at < out.written;) {
            size_t n = 1 + test_random(&seed) % (out.written - at);
            if (test_random(&seed) % 3 == 0)
                reads[count++] = bide_io_pends();
            reads[count++] = bide_io_data(out.text + at, n);
            at += n;
        }
        OPEN(io, state, reads, count, NULL, 0);
        frames1_init(&s, (lent){&io}, NULL);
        for (size_t i = 0; i < messages_sent; i++) {
            NEXT(frames1, &s);
            assert_string_equal(got, sent[i]);
        }
        NEXT(frames1, &s);
        assert_string_equal(got, "(end)");
        assert_int_equal(frames1_error(&s), 0);
        frames1_drop(&s);
        CLOSE(io);
    }
}

/* ---- handles, and memory short ------------------------------------------------------------ */

static bide_poll boxed(bide_allocator *a)
{
    const bide_io_step steps[] = {bide_io_reads("\0\0\0\0\0\0\0\5he"), bide_io_pends(),
                                  bide_io_reads("llo\0\0\0\0\0\0\0\1x")};
    const bide_io_step takes[] = {bide_io_takes(13), bide_io_pends(), bide_io_takes(9)};
    frames8 from;
    sink8 to;
    messages s;
    message_sink k = {NULL, NULL, NULL};
    bide_poll r;
    int32_t e = -1;
    OPEN_EACH(io, true, steps, 3, NULL, 0);
    OPEN_EACH(out, true, NULL, 0, takes, 3);
    frames8_init(&from, bide_scripted_io_as_bide_buffered_reader(&io, NULL), a);
    sink8_init(&to, bide_scripted_io_as_bide_writer(&out, NULL));
    r = frames8_box_as_messages(&from, a, &s);
    if (r == BIDE_READY)
        r = sink8_box_as_message_sink(&to, a, &k);
    else
        sink8_drop(&to);
    for (bool more = true; r == BIDE_READY && more;) {
        bide_bytes item = {0};
        RUN(r, messages_next, &more, &s, &item);
        if (r == BIDE_READY && more)
            RUN(r, message_sink_send, &e, &k, item);
    }
    if (r == BIDE_READY) {
        assert_int_equal(e, 0);
        assert_memory_equal(out.text, "\0\0\0\0\0\0\0\5hello\0\0\0\0\0\0\0\1x", 22);
        CLOSE(out);
        CLOSE(io);
    }
    messages_drop(&s);
    message_sink_drop(&k);
    assert_true(io.dropped && out.dropped);
    return r;
}
TEST_EVERY_FAILURE(out_of_memory, boxed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers), EACH(frames_in_pieces),
        EACH(frames_limit),        EACH(frames_cut),
        EACH(next_dropped),        EACH(frame_sink),
        EACH(frame_sink_refuses),  EACH(frame_sink_errors),
        EACH(lines_sink),          EACH(dropped_at_every_point),
        EACH(there_and_back),      cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
