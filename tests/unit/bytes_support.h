/*
 * bytes_support.h: what the tests of byte streams share: futures polled by hand, and each test run
 * twice, the second time with one BIDE_PENDING before every poll of the scripted stream.
 */
#ifndef BIDE_TESTS_BYTES_SUPPORT_H
#define BIDE_TESTS_BYTES_SUPPORT_H

#include "support.h"

#include <bide/testing_bytes.h>

#define CAT(a, b) CAT_(a, b)
#define CAT_(a, b) a##b

static bide_counting_waker the_waker;
static bide_context cx;
static size_t pendings; /* of the futures that RUN has run */

/* Declares a stream with its script. The test's state is NULL, or says that it pends each time. */
#define OPEN(io, state, reads, read_steps, writes, write_steps)                                    \
    OPEN_EACH(io, *(state) != NULL, reads, read_steps, writes, write_steps)
#define OPEN_EACH(io, each, reads, read_steps, writes, write_steps)                                \
    bide_scripted_io io;                                                                           \
    test_open(&(io), each, reads, read_steps, writes, write_steps)

static inline void test_open(bide_scripted_io *io, bool each, const bide_io_step *reads,
                             size_t read_steps, const bide_io_step *writes, size_t write_steps)
{
    bide_scripted_io_init(io, reads, read_steps, writes, write_steps);
    io->pend_each = each;
    bide_counting_waker_init(&the_waker);
    cx = (bide_context){sizeof cx, 0, &the_waker.base, NULL, NULL};
    pendings = 0;
}

/* All went as written, nothing pended without a wake, and nobody holds the waker. */
#define CLOSE(io)                                                                                  \
    do {                                                                                           \
        assert_string_equal(bide_scripted_io_finish(&(io)), "");                                   \
        assert_true(bide_counting_waker_total(&the_waker) >= pendings);                            \
        assert_int_equal(bide_counting_waker_refs(&the_waker), 1);                                 \
    } while (0)

/* Runs a future to its end. */
#define RUN(code, F, out, ...) RUN_(code, F, out, __VA_ARGS__)
#define RUN_(code, F, out, ...)                                                                    \
    do {                                                                                           \
        struct F run_;                                                                             \
        F##_init(&run_, __VA_ARGS__);                                                              \
        while (((code) = F##_poll(&run_, &cx, out)) == BIDE_PENDING)                               \
            assert_true(++pendings < 10000);                                                       \
    } while (0)

/* A number from a sequence that is the same in each run. */
static inline uint32_t test_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

/* Entries of a list of tests. */
#define PENDING_STATE (&(char[1]){0})
#define EACH(test)                                                                                 \
    {#test, test, NULL, NULL, NULL},                                                               \
    {                                                                                              \
#test " (pending)", test, NULL, NULL, PENDING_STATE                                        \
    }
#define CASES(name) EACH(static_##name), EACH(handle_##name)

#endif
