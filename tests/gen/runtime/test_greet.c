/*
 * test_greet.c: byte streams in natural async C: written as async functions, and used by one.
 */
#include "../../unit/support.h"

#include "greet.h"

#include <bide/testing_bytes.h>

static const bide_io_step names[] = {{BIDE_IO_DATA, 0, "joe\r\nja", 7, 0, 0},
                                     {BIDE_IO_PENDS, 0, NULL, 0, 0, 0},
                                     {BIDE_IO_DATA, 0, "ne\n", 3, 0, 0},
                                     {BIDE_IO_DATA, 0, "someone with a long name", 24, 0, 0},
                                     {BIDE_IO_COUNTS, 0, NULL, 0, 0, 0},
                                     {BIDE_IO_DATA, 0, "never\n", 6, 0, 0}};
static const char greetings[] = "hello joe!\nhello jane!\nhello someone with a long name!\n";

typedef struct greeter {
    bide_scripted_io io;
    Tunnel tunnel;
    TunnelWriter to;
    TunnelLines lines;
} greeter;

static void greeter_init(greeter *g, bide_allocator *a, const bide_io_step *writes, size_t steps)
{
    TunnelReader from;
    bide_scripted_io_init(&g->io, names, 6, writes, steps);
    g->io.pend_each = true;
    g->tunnel.in = bide_scripted_io_as_bide_reader(&g->io, NULL);
    g->tunnel.out = bide_scripted_io_as_bide_writer(&g->io, NULL);
    g->tunnel.calls = 0;
    TunnelReader_init(&from, &g->tunnel);
    TunnelLines_init(&g->lines, from, a);
    TunnelWriter_init(&g->to, &g->tunnel);
}

static void greeter_drop(greeter *g)
{
    TunnelLines_drop(&g->lines);
    TunnelWriter_drop(&g->to);
}

static bide_poll greets(bide_allocator *a)
{
    const bide_io_step writes[] = {bide_io_takes(5), bide_io_pends(), bide_io_takes(200)};
    int32_t count = -1;
    bide_poll r;
    greeter g;
    greeter_init(&g, a, writes, 3);
    BIDE_BLOCK_ON_TO(r, greet, &count, (&g.lines, &g.to));
    if (r == BIDE_READY) {
        assert_int_equal(count, 3);
        assert_string_equal(g.io.text, greetings);
        assert_int_equal(g.io.reader.left, 1); /* what is behind the end */
        assert_int_equal(g.io.violations, 0);
        assert_true(g.tunnel.calls > 10);
    }
    greeter_drop(&g);
    return r;
}
TEST_EVERY_FAILURE(out_of_memory, greets)

/* An error of the writer, which is told behind the write that it was for, ends it. */
static void errors(void **state)
{
    const bide_io_step writes[] = {bide_io_takes(13), bide_io_counts(-32)};
    int32_t count = 0;
    bide_poll r;
    greeter g;
    (void)state;
    greeter_init(&g, NULL, writes, 2);
    BIDE_BLOCK_ON_TO(r, greet, &count, (&g.lines, &g.to));
    assert_true(r == BIDE_READY && count == -32);
    assert_memory_equal(g.io.text, greetings, 13);
    greeter_drop(&g);
}

/* Dropped after any number of polls, it leaves nothing, and what was written is a beginning. */
static void dropped_at_every_point(void **state)
{
    const bide_io_step writes[] = {bide_io_takes(200)};
    size_t finished = 0;
    (void)state;
    for (size_t polls = 0; polls < 120; polls++) {
        bide_checking_allocator checking;
        bide_counting_waker waker;
        bide_context cx = {sizeof cx, 0, &waker.base, NULL, NULL};
        struct greet f;
        int32_t count = -1;
        bide_poll r = BIDE_PENDING;
        greeter g;
        bide_counting_waker_init(&waker);
        bide_checking_allocator_init(&checking, bide_heap());
        greeter_init(&g, &checking.base, writes, 1);
        greet_init(&f, &g.lines, &g.to);
        for (size_t i = 0; i < polls && r == BIDE_PENDING; i++)
            r = greet_poll(&f, &cx, &count);
        if (r == BIDE_PENDING)
            greet_drop(&f);
        finished += r == BIDE_READY && count == 3;
        assert_memory_equal(g.io.text, greetings, g.io.written);
        greeter_drop(&g);
        assert_int_equal(bide_checking_allocator_finish(&checking), 0);
        assert_int_equal(bide_counting_waker_refs(&waker), 1);
    }
    assert_true(finished > 0 && finished < 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(out_of_memory),
        cmocka_unit_test(errors),
        cmocka_unit_test(dropped_at_every_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
