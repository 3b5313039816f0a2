/*
 * bytes_cases.h: what bide/bytes.h promises, as tests over any implementation. Included once for
 * the static type and once for the handles, with
 *
 *     N(name)          the name of a test
 *     RD, BR, WR, SK   type of a reader, buffered reader, writer, seeker
 *     LEND_RD(of, io)  declares a pointer `of` to such a one over the bide_scripted_io `io`
 */

static void N(read)(void **state)
{
    const bide_io_step steps[] = {bide_io_reads("abc"), bide_io_pends(), bide_io_reads("de"),
                                  bide_io_counts(-104), bide_io_fails(BIDE_EBUSY)};
    char b[8] = "";
    ptrdiff_t n = -1;
    bide_poll r;
    OPEN(io, state, steps, 5, NULL, 0);
    LEND_RD(of, io);
    RUN(r, CAT(RD, _read), &n, of, b, 2);
    assert_true(r == BIDE_READY && n == 2 && memcmp(b, "ab", 2) == 0);
    RUN(r, CAT(RD, _read), &n, of, b, 2);
    assert_true(r == BIDE_READY && n == 1 && b[0] == 'c');
    RUN(r, CAT(RD, _read), &n, of, b, 8);
    assert_true(r == BIDE_READY && n == 2 && memcmp(b, "de", 2) == 0);
    RUN(r, CAT(RD, _read), &n, of, b, 8);
    assert_true(r == BIDE_READY && n == -104);
    RUN(r, CAT(RD, _read), &n, of, b, 8);
    assert_int_equal(r, BIDE_EBUSY);
    for (int i = 0; i < 2; i++) {
        n = -1;
        RUN(r, CAT(RD, _read), &n, of, b, 8);
        assert_true(r == BIDE_READY && n == 0);
    }
    CLOSE(io);
}

static void N(read_exact)(void **state)
{
    const bide_io_step steps[] = {bide_io_reads("abc"), bide_io_pends(),      bide_io_reads("de"),
                                  bide_io_reads("f"),   bide_io_reads("ghi"), bide_io_counts(-5),
                                  bide_io_reads("jk")};
    char b[8] = "";
    size_t done = 0;
    int32_t e = -1;
    bide_poll r;
    OPEN(io, state, steps, 7, NULL, 0);
    LEND_RD(of, io);
    RUN(r, CAT(RD, _read_exact), &e, of, b, 6, &done);
    assert_true(r == BIDE_READY && e == 0 && done == 6 && memcmp(b, "abcdef", 6) == 0);
    RUN(r, CAT(RD, _read_exact), &e, of, b, 6, &done); /* all of it is there: nothing is read */
    assert_true(r == BIDE_READY && e == 0 && done == 6);
    done = 7; /* more than all */
    RUN(r, CAT(RD, _read_exact), &e, of, b, 6, &done);
    assert_true(r == BIDE_READY && e == 0 && done == 7);
    RUN(r, CAT(RD, _read_exact), &e, of, b, 2, NULL);
    assert_true(r == BIDE_READY && e == 0 && memcmp(b, "gh", 2) == 0);
    done = 0;
    RUN(r, CAT(RD, _read_exact), &e, of, b, 4, &done);
    assert_true(r == BIDE_READY && e == -5 && done == 1 && b[0] == 'i');
    RUN(r, CAT(RD, _read_exact), &e, of, b, 4, &done); /* and on behind the error */
    assert_true(r == BIDE_READY && e == BIDE_BYTES_END && done == 3 && memcmp(b, "ijk", 3) == 0);
    CLOSE(io);
}

/* Dropped whenever it pends, and made anew, it reads the same. */
static void N(read_exact_resumed)(void **state)
{
    const bide_io_step steps[] = {bide_io_reads("ab"), bide_io_pends(), bide_io_reads("c"),
                                  bide_io_pends(),     bide_io_pends(), bide_io_reads("defg")};
    char b[8] = "";
    size_t done = 0, drops = 0;
    int32_t e = -1;
    bide_poll r;
    OPEN(io, state, steps, 6, NULL, 0);
    LEND_RD(of, io);
    for (;; drops++) {
        struct CAT(RD, _read_exact) f;
        CAT(RD, _read_exact_init)(&f, of, b, 7, &done);
        r = CAT(RD, _read_exact_poll)(&f, &cx, &e);
        if (r != BIDE_PENDING)
            break;
        CAT(RD, _read_exact_drop)(&f);
    }
    assert_true(r == BIDE_READY && e == 0 && done == 7 && memcmp(b, "abcdefg", 7) == 0);
    assert_true(drops >= 3);
    CLOSE(io);
}

static void N(read_to_end)(void **state)
{
    const bide_io_step steps[] = {bide_io_reads("abc"), bide_io_pends(), bide_io_reads("de")};
    const bide_io_step long_one[] = {bide_io_data(digits, 200), bide_io_data(digits, 200)};
    const bide_io_step broken[] = {bide_io_reads("abc"), bide_io_counts(-104)};
    const size_t most[] = {SIZE_MAX, 5, 4, 3, 0};
    for (size_t i = 0; i < 5; i++) {
        bide_bytes b;
        int32_t e = -1;
        bide_poll r;
        OPEN(io, state, steps, 3, NULL, 0);
        LEND_RD(of, io);
        bide_bytes_init(&b, NULL);
        RUN(r, CAT(RD, _read_to_end), &e, of, &b, most[i]);
        assert_int_equal(r, BIDE_READY);
        assert_int_equal(e, most[i] < 5 ? BIDE_BYTES_TOO_LONG : 0);
        assert_int_equal(b.size, most[i] < 5 ? most[i] : 5);
        assert_true(b.size == 0 || memcmp(b.data, "abcde", b.size) == 0);
        bide_bytes_free(&b);
        if (most[i] >= 4)
            CLOSE(io);
    }
    for (size_t i = 0; i < 2; i++) {
        bide_bytes b;
        int32_t e = -1;
        bide_poll r;
        OPEN(io, state, i ? broken : long_one, 2, NULL, 0);
        LEND_RD(of, io);
        bide_bytes_init(&b, NULL);
        assert_true(bide_bytes_append(&b, "->", 2)); /* it appends */
        RUN(r, CAT(RD, _read_to_end), &e, of, &b, 402);
        assert_true(r == BIDE_READY && e == (i ? -104 : 0) && b.size == (i ? 5 : 402));
        assert_true(memcmp(b.data, i ? "->abc" : "->01", i ? 5 : 4) == 0);
        assert_true(i || memcmp(b.data + 202, digits, 200) == 0);
        bide_bytes_free(&b);
        CLOSE(io);
    }
}

/* B10: what claims more than it was asked for is told to be broken, and nothing is believed. */
static void N(claims)(void **state)
{
    const bide_io_step lies[] = {bide_io_counts(9), bide_io_counts(9), bide_io_counts(9000)};
    const bide_io_step lies_taken[] = {bide_io_counts(9), bide_io_counts(9), bide_io_counts(0)};
    char b[8] = "";
    size_t done = 0;
    ptrdiff_t n = 0;
    int32_t e = 0;
    bide_bytes all;
    bide_poll r;
    OPEN(io, state, lies, 3, lies_taken, 3);
    LEND_RD(from, io);
    LEND_WR(to, io);
    RUN(r, CAT(RD, _read), &n, from, b, 8);
    assert_true(r == BIDE_READY && n == BIDE_BYTES_BROKEN);
    RUN(r, CAT(RD, _read_exact), &e, from, b, 8, &done);
    assert_true(r == BIDE_READY && e == BIDE_BYTES_BROKEN && done == 0);
    bide_bytes_init(&all, NULL);
    RUN(r, CAT(RD, _read_to_end), &e, from, &all, SIZE_MAX);
    assert_true(r == BIDE_READY && e == BIDE_BYTES_BROKEN && all.size == 0);
    bide_bytes_free(&all);
    RUN(r, CAT(WR, _write), &n, to, "12345678", 8);
    assert_true(r == BIDE_READY && n == BIDE_BYTES_BROKEN);
    for (int i = 0; i < 2; i++) {
        RUN(r, CAT(WR, _write_all), &e, to, "12345678", 8, &done);
        assert_true(r == BIDE_READY && e == BIDE_BYTES_BROKEN && done == 0);
    }
    CLOSE(io);
}

static void N(read_until)(void **state)
{
    const bide_io_step steps[] = {bide_io_reads("ab;c"), bide_io_pends(),    bide_io_reads("d;"),
                                  bide_io_reads(";ef"),  bide_io_counts(-9), bide_io_reads("g")};
    const char *const want[] = {"ab;", "cd;", ";", "ef", "efg", ""};
    const int32_t told[] = {1, 1, 1, -9, 0, 0};
    bide_bytes b;
    int32_t e;
    bide_poll r;
    OPEN(io, state, steps, 6, NULL, 0);
    LEND_BR(of, io);
    bide_bytes_init(&b, NULL);
    for (size_t i = 0; i < 6; i++) {
        e = -1;
        RUN(r, CAT(BR, _read_until), &e, of, ';', &b, 100);
        assert_int_equal(r, BIDE_READY);
        assert_int_equal(e, told[i]);
        assert_int_equal(b.size, strlen(want[i]));
        assert_memory_equal(b.data, want[i], b.size);
        if (told[i] >= 0)
            bide_bytes_clear(&b); /* behind the error it goes on with what is there */
    }
    bide_bytes_free(&b);
    CLOSE(io);
}

/* A limit counts the end of the line; at it is still right, and one more is not. What was too much
 * is not consumed. */
static void N(read_line_limit)(void **state)
{
    const bide_io_step steps[] = {bide_io_reads("abc"), bide_io_reads("d\nrest\n")};
    const size_t most[] = {5, 4, 3, 2, 0};
    for (size_t i = 0; i < 5; i++) {
        bide_bytes b;
        int32_t e = -1;
        bide_poll r;
        OPEN(io, state, steps, 2, NULL, 0);
        LEND_BR(of, io);
        bide_bytes_init(&b, NULL);
        RUN(r, CAT(BR, _read_line), &e, of, &b, most[i]);
        assert_int_equal(r, BIDE_READY);
        assert_int_equal(e, i == 0 ? 1 : BIDE_BYTES_TOO_LONG);
        assert_int_equal(b.size, i == 0 ? 4 : most[i]);
        assert_true(b.size == 0 || memcmp(b.data, "abcd", b.size) == 0);
        bide_bytes_clear(&b);
        RUN(r, CAT(BR, _read_line), &e, of, &b, 100);
        assert_true(r == BIDE_READY && e == 1);
        assert_int_equal(b.size, i == 0 ? 4 : 4 - most[i]);
        assert_true(memcmp(b.data, i == 0 ? "rest" : &"abcd"[most[i]], b.size) == 0);
        bide_bytes_free(&b);
    }
}

static void N(read_line)(void **state)
{
    const bide_io_step steps[] = {bide_io_reads("one\ntwo\r"), bide_io_pends(),
                                  bide_io_reads("\n\n\r\na\rb\r\r\n"), bide_io_reads("last\r")};
    const char *const want[] = {"one", "two", "", "", "a\rb\r", "last\r"};
    bide_bytes b;
    int32_t e = -1;
    bide_poll r;
    OPEN(io, state, steps, 4, NULL, 0);
    LEND_BR(of, io);
    bide_bytes_init(&b, NULL);
    for (size_t i = 0; i < 6; i++) {
        bide_bytes_clear(&b);
        RUN(r, CAT(BR, _read_line), &e, of, &b, 100);
        assert_true(r == BIDE_READY && e == 1);
        assert_int_equal(b.size, strlen(want[i]));
        assert_memory_equal(b.data, want[i], b.size);
    }
    bide_bytes_clear(&b);
    for (int i = 0; i < 2; i++) {
        RUN(r, CAT(BR, _read_line), &e, of, &b, 100);
        assert_true(r == BIDE_READY && e == 0 && b.size == 0);
    }
    bide_bytes_free(&b);
    CLOSE(io);
}

/* B08: dropped whenever it waits, and called again, it keeps its text. */
static void N(read_line_dropped)(void **state)
{
    const bide_io_step steps[] = {bide_io_reads("he"), bide_io_pends(),     bide_io_reads("llo\r"),
                                  bide_io_pends(),     bide_io_pends(),     bide_io_reads("\nwo"),
                                  bide_io_pends(),     bide_io_reads("rld")};
    const char *const want[] = {"hello", "world"};
    size_t drops = 0;
    bide_bytes b;
    OPEN(io, state, steps, 8, NULL, 0);
    LEND_BR(of, io);
    bide_bytes_init(&b, NULL);
    for (size_t i = 0; i < 2; i++) {
        int32_t e = -1;
        bide_poll r;
        bide_bytes_clear(&b);
        for (;; drops++) {
            struct CAT(BR, _read_line) f;
            CAT(BR, _read_line_init)(&f, of, &b, 5 + 2);
            r = CAT(BR, _read_line_poll)(&f, &cx, &e);
            if (r != BIDE_PENDING)
                break;
            CAT(BR, _read_line_drop)(&f);
        }
        assert_true(r == BIDE_READY && e == 1 && b.size == 5 && memcmp(b.data, want[i], 5) == 0);
    }
    assert_true(drops >= 4);
    bide_bytes_free(&b);
    CLOSE(io);
}

static void N(write)(void **state)
{
    const bide_io_step steps[] = {bide_io_writes("ab"), bide_io_pends(),  bide_io_writes("cdef"),
                                  bide_io_flushes(),    bide_io_takes(3), bide_io_counts(-32)};
    ptrdiff_t n = -1;
    int32_t e = -1;
    bide_poll r;
    OPEN(io, state, NULL, 0, steps, 6);
    LEND_WR(of, io);
    RUN(r, CAT(WR, _write), &n, of, "abcd", 4);
    assert_true(r == BIDE_READY && n == 2);
    RUN(r, CAT(WR, _write), &n, of, "cd", 2);
    assert_true(r == BIDE_READY && n == 2);
    RUN(r, CAT(WR, _write), &n, of, "ef", 2);
    assert_true(r == BIDE_READY && n == 2);
    RUN(r, CAT(WR, _write), &n, of, "", 0);
    assert_true(r == BIDE_READY && n == 0);
    RUN(r, CAT(WR, _flush), &e, of);
    assert_true(r == BIDE_READY && e == 0);
    RUN(r, CAT(WR, _write), &n, of, "xyz!", 4);
    assert_true(r == BIDE_READY && n == 3);
    RUN(r, CAT(WR, _close), &e, of);
    assert_true(r == BIDE_READY && e == -32 && !io.closed);
    RUN(r, CAT(WR, _close), &e, of);
    assert_true(r == BIDE_READY && e == 0 && io.closed);
    assert_string_equal(io.text, "abcdefxyz");
    CLOSE(io);
}

static void N(write_all)(void **state)
{
    const bide_io_step steps[] = {
        bide_io_writes("ab"), bide_io_pends(),     bide_io_writes("cdef"),    bide_io_writes("gh"),
        bide_io_counts(-32),  bide_io_writes("i"), bide_io_fails(BIDE_ENOMEM)};
    size_t done = 0;
    int32_t e = -1;
    bide_poll r;
    OPEN(io, state, NULL, 0, steps, 7);
    LEND_WR(of, io);
    RUN(r, CAT(WR, _write_all), &e, of, "abcdef", 6, NULL);
    assert_true(r == BIDE_READY && e == 0);
    RUN(r, CAT(WR, _write_all), &e, of, "", 0, NULL);
    assert_true(r == BIDE_READY && e == 0);
    RUN(r, CAT(WR, _write_all), &e, of, "ghi", 3, &done);
    assert_true(r == BIDE_READY && e == -32 && done == 2);
    RUN(r, CAT(WR, _write_all), &e, of, "ghi", 3, &done);
    assert_true(r == BIDE_READY && e == 0 && done == 3);
    RUN(r, CAT(WR, _write_all), &e, of, "j", 1, NULL);
    assert_int_equal(r, BIDE_ENOMEM);
    CLOSE(io);
}

static void N(write_all_resumed)(void **state)
{
    const bide_io_step steps[] = {bide_io_writes("ab"), bide_io_pends(), bide_io_writes("c"),
                                  bide_io_pends(),      bide_io_pends(), bide_io_writes("defg")};
    size_t done = 0, drops = 0;
    int32_t e = -1;
    bide_poll r;
    OPEN(io, state, NULL, 0, steps, 6);
    LEND_WR(of, io);
    for (;; drops++) {
        struct CAT(WR, _write_all) f;
        CAT(WR, _write_all_init)(&f, of, "abcdefg", 7, &done);
        r = CAT(WR, _write_all_poll)(&f, &cx, &e);
        if (r != BIDE_PENDING)
            break;
        CAT(WR, _write_all_drop)(&f);
    }
    assert_true(r == BIDE_READY && e == 0 && done == 7 && drops >= 3);
    CLOSE(io);
}

/* B12: all is written, counted and flushed. While the reader stalls, what was written is flushed,
 * once for each stall. */
static void N(copy)(void **state)
{
    const bide_io_step reads[] = {bide_io_reads("abc"), bide_io_pends(), bide_io_pends(),
                                  bide_io_reads("defg"), bide_io_reads("h")};
    const bide_io_step writes[] = {
        bide_io_writes("ab"),   bide_io_pends(),     bide_io_writes("c"), bide_io_flushes(),
        bide_io_writes("defg"), bide_io_writes("h"), bide_io_pends(),     bide_io_flushes()};
    int64_t n = -1;
    bide_poll r;
    OPEN(io, state, reads, 5, writes, 8);
    LEND_BR(from, io);
    LEND_WR(to, io);
    RUN(r, N(copy_all), &n, from, to);
    assert_true(r == BIDE_READY && n == 8);
    assert_string_equal(io.text, "abcdefgh");
    if (!io.pend_each)
        assert_int_equal(io.flushes, 2);
    CLOSE(io);
}

/* The end is the end, also when the flush behind it must wait. */
static void N(copy_ends_once)(void **state)
{
    const bide_io_step reads[] = {bide_io_reads("ab"), bide_io_counts(0), bide_io_reads("never")};
    const bide_io_step writes[] = {bide_io_writes("ab"), bide_io_pends(), bide_io_pends(),
                                   bide_io_flushes()};
    int64_t n = -1;
    bide_poll r;
    OPEN(io, state, reads, 3, writes, 4);
    LEND_BR(from, io);
    LEND_WR(to, io);
    RUN(r, N(copy_all), &n, from, to);
    assert_true(r == BIDE_READY && n == 2 && io.flushes >= 1);
    assert_int_equal(io.reader.left, 1);
    assert_int_equal(io.writer.left, 0);
}

static void N(copy_of_nothing)(void **state)
{
    int64_t n = -1;
    bide_poll r;
    OPEN(io, state, NULL, 0, NULL, 0);
    LEND_BR(from, io);
    LEND_WR(to, io);
    RUN(r, N(copy_all), &n, from, to);
    assert_true(r == BIDE_READY && n == 0 && io.flushes == 0);
    CLOSE(io);
}

/* An error of either side, of the flush, and lies, end it; the counts stay right. */
static void N(copy_errors)(void **state)
{
    const bide_io_step bad_read[] = {bide_io_reads("ab"), bide_io_counts(-104)};
    const bide_io_step good_read[] = {bide_io_reads("ab")};
    const bide_io_step failed_read[] = {bide_io_fails(BIDE_EBUSY)};
    const bide_io_step writes[] = {bide_io_writes("ab")};
    const bide_io_step bad_write[] = {bide_io_writes("a"), bide_io_counts(-32)};
    const bide_io_step bad_flush[] = {bide_io_writes("ab"), bide_io_counts(-28)};
    const bide_io_step lie[] = {bide_io_counts(3)};
    const bide_io_step nothing[] = {bide_io_counts(0)};
    const bide_io_step failed[] = {bide_io_writes("ab"), bide_io_fails(BIDE_ENOMEM)};
    const struct {
        const bide_io_step *reads;
        size_t read_steps;
        const bide_io_step *writes;
        size_t write_steps;
        bide_poll r;
        int64_t n;
    } all[] = {{bad_read, 2, writes, 1, BIDE_READY, -104},
               {good_read, 1, bad_write, 2, BIDE_READY, -32},
               {good_read, 1, bad_flush, 2, BIDE_READY, -28},
               {good_read, 1, lie, 1, BIDE_READY, BIDE_BYTES_BROKEN},
               {good_read, 1, nothing, 1, BIDE_READY, BIDE_BYTES_BROKEN},
               {good_read, 1, failed, 2, BIDE_ENOMEM, 77},
               {failed_read, 1, NULL, 0, BIDE_EBUSY, 77}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        int64_t n = 77;
        bide_poll r;
        OPEN(io, state, all[i].reads, all[i].read_steps, all[i].writes, all[i].write_steps);
        LEND_BR(from, io);
        LEND_WR(to, io);
        RUN(r, N(copy_all), &n, from, to);
        assert_int_equal(r, all[i].r);
        assert_true(n == all[i].n);
        assert_int_equal(io.writer.left, 0);
    }
}

/* Dropped, it has consumed what was written, and no more. */
static void N(copy_dropped)(void **state)
{
    const bide_io_step reads[] = {bide_io_reads("abcdef")};
    const bide_io_step writes[] = {bide_io_writes("ab"), bide_io_pends(), bide_io_writes("cd"),
                                   bide_io_pends(), bide_io_writes("ef")};
    int64_t n = 77;
    bide_poll r;
    size_t drops = 0;
    OPEN(io, state, reads, 1, writes, 5);
    LEND_BR(from, io);
    LEND_WR(to, io);
    for (;; drops++) {
        struct N(copy_all) f;
        CAT(N(copy_all), _init)(&f, from, to);
        r = CAT(N(copy_all), _poll)(&f, &cx, &n);
        if (r != BIDE_PENDING)
            break;
        CAT(N(copy_all), _drop)(&f);
    }
    assert_true(r == BIDE_READY && drops >= 2);
    assert_string_equal(io.text, "abcdef");
    CLOSE(io);
}

/* What has no vectored calls of its own uses the first part that is not empty. */
static void N(vectored)(void **state)
{
    const bide_io_step reads[] = {bide_io_reads("abc"), bide_io_reads("d")};
    const bide_io_step writes[] = {bide_io_writes("xy")};
    char b[4] = "";
    const bide_part into[] = {{b + 3, 0}, {b, 2}, {b + 2, 2}};
    const bide_const_part from[] = {{"", 0}, {"xy", 2}, {"z", 1}};
    ptrdiff_t n = -1;
    bide_poll r;
    OPEN(io, state, reads, 2, writes, 1);
    LEND_RD(in, io);
    LEND_WR(out, io);
    while ((r = CAT(RD, _poll_readv)(in, into, 3, &cx, &n)) == BIDE_PENDING)
        pendings++;
    assert_true(r == BIDE_READY && n == 2 && memcmp(b, "ab", 2) == 0);
    assert_true(CAT(RD, _poll_readv)(in, into, 0, &cx, &n) == BIDE_READY && n == 0);
    while ((r = CAT(RD, _poll_readv)(in, into + 2, 1, &cx, &n)) == BIDE_PENDING)
        pendings++;
    assert_true(r == BIDE_READY && n == 1 && b[2] == 'c');
    while ((r = CAT(WR, _poll_writev)(out, from, 3, &cx, &n)) == BIDE_PENDING)
        pendings++;
    assert_true(r == BIDE_READY && n == 2);
    assert_true(CAT(WR, _poll_writev)(out, from, 0, &cx, &n) == BIDE_READY && n == 0);
    while ((r = CAT(RD, _poll_read)(in, b, 4, &cx, &n)) == BIDE_PENDING)
        pendings++;
    assert_true(r == BIDE_READY && n == 1 && b[0] == 'd');
    CLOSE(io);
}

static void N(seek)(void **state)
{
    const bide_io_step steps[] = {bide_io_reads("ab"), bide_io_seeks(-1, SEEK_CUR, 1),
                                  bide_io_pends(), bide_io_reads("b"), bide_io_counts(-29)};
    char b[4];
    ptrdiff_t n = -1;
    int64_t at = -1;
    bide_poll r;
    OPEN(io, state, steps, 5, NULL, 0);
    LEND_RD(in, io);
    LEND_SK(of, io);
    RUN(r, CAT(RD, _read), &n, in, b, 4);
    assert_true(r == BIDE_READY && n == 2);
    RUN(r, CAT(SK, _seek), &at, of, -1, SEEK_CUR);
    assert_true(r == BIDE_READY && at == 1);
    RUN(r, CAT(RD, _read), &n, in, b, 4);
    assert_true(r == BIDE_READY && n == 1 && b[0] == 'b');
    RUN(r, CAT(SK, _seek), &at, of, 0, SEEK_SET);
    assert_true(r == BIDE_READY && at == -29);
    CLOSE(io);
}

#define BYTES_CASES(CASE)                                                                          \
    CASE(read), CASE(read_exact), CASE(read_exact_resumed), CASE(read_to_end), CASE(claims),       \
        CASE(read_until), CASE(read_line), CASE(read_line_limit), CASE(read_line_dropped),         \
        CASE(write), CASE(write_all), CASE(write_all_resumed), CASE(copy), CASE(copy_ends_once),   \
        CASE(copy_of_nothing), CASE(copy_errors), CASE(copy_dropped), CASE(vectored), CASE(seek)
