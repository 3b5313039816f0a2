/*
 * support.h: what every unit test program shares.
 *
 * A program lists one or more scenarios: functions that do something worthwhile with nothing but
 * the allocator that they are given, and return a poll result. TEST_EVERY_FAILURE runs one with the
 * first, second, third, ... allocation failing, until a run needs no more of them. Each run must
 * end in BIDE_READY or BIDE_ENOMEM (BIDE_EBUSY from fixed pools) and leave nothing behind; and the
 * next run without failures must succeed. A scenario that never allocates is a mistake.
 */
#ifndef BIDE_TESTS_SUPPORT_H
#define BIDE_TESTS_SUPPORT_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <bide/bide.h>
#include <bide/testing.h>

/* Where the C stack is now. Not the address of a local: sanitizers move those off the stack. */
static inline uintptr_t test_stack_pointer(void)
{
    return (uintptr_t)__builtin_frame_address(0);
}

/* TEST_BREAKS("part of a message", ...); in a test that breaks rules of checked builds on purpose.
 * To the end of its scope a checked build must say each of these at least once ("?part": may say it),
 * and nothing else; what the program does then is what an unchecked one does. Nothing without
 * BIDE_CHECKED. */
#ifdef BIDE_CHECKED
#define TEST_BREAKS(...)                                                                           \
    __attribute__((cleanup(test_breaks_end))) test_breaks test_broken = {                          \
        {__VA_ARGS__}, {0}, bide_check_set_handler(test_breaks_hear)};                             \
    test_breaking = &test_broken

typedef struct test_breaks {
    const char *parts[6];
    int heard[6];
    bide_check_handler before;
} test_breaks;
__attribute__((weak)) test_breaks *test_breaking;

static inline void test_breaks_hear(const char *message)
{
    for (size_t i = 0; i < 6 && test_breaking->parts[i]; i++)
        if (strstr(message, test_breaking->parts[i] + (*test_breaking->parts[i] == '?'))) {
            test_breaking->heard[i]++;
            return;
        }
    fail_msg("said, but not to be expected: %s", message);
}

static inline void test_breaks_end(test_breaks *b)
{
    bide_check_set_handler(b->before);
    for (size_t i = 0; i < 6 && b->parts[i]; i++)
        if (!b->heard[i] && *b->parts[i] != '?')
            fail_msg("a rule was broken, but no message says \"%s\"", b->parts[i]);
}
#else
#define TEST_BREAKS(...) (void)0
#endif

typedef bide_poll (*test_scenario)(bide_allocator *allocator);

/* Failure points that the program reached; hygiene.c, where it is linked, looks at it in the end. */
__attribute__((weak)) size_t test_failure_points;

/* Runs a scenario once: the nth allocation fails, or none if n is 0. */
static inline bide_poll test_run_scenario(test_scenario scenario, size_t n, size_t *failures)
{
    bide_checking_allocator checking;
    bide_failing_allocator failing;
    bide_poll r;
    bide_checking_allocator_init(&checking, bide_heap());
    bide_failing_allocator_init(&failing, &checking.base, n, false);
    r = scenario(&failing.base);
    *failures = failing.failures;
    if (bide_checking_allocator_finish(&checking) != 0)
        fail_msg("with allocation %zu failing: %s", n, bide_checking_allocator_report(&checking));
    return r;
}

static inline void test_every_failure(const char *name, test_scenario scenario)
{
    size_t points = 0, failures = 0;
    for (size_t n = 1;; n++) {
        bide_poll r = test_run_scenario(scenario, n, &failures);
        if (failures == 0) {
            assert_int_equal(r, BIDE_READY);
            break;
        }
        points++;
        if (r != BIDE_READY && r != BIDE_ENOMEM && r != BIDE_EBUSY)
            fail_msg("with allocation %zu failing: result %d", n, (int)r);
        r = test_run_scenario(scenario, 0, &failures);
        assert_int_equal(r, BIDE_READY);
    }
    test_failure_points += points;
    print_message("failure points reached by %s: %zu\n", name, points);
    if (points == 0)
        fail_msg("%s reached no failure point", name);
}

/* A scenario for allocators: takes blocks of several sizes and alignments, and gives them back in
 * another order. */
static inline bide_poll test_blocks_through(bide_allocator *a)
{
    static const size_t bytes[] = {24, 200, 8, 64, 1000}, order[] = {1, 4, 0, 2, 3};
    bide_allocator *givers[5];
    void *blocks[5];
    bide_poll r = BIDE_READY;
    for (size_t i = 0; i < 5; i++) {
        blocks[i] = bide_alloc(a, bytes[i], i == 3 ? 64 : 8, &givers[i]);
        if (!blocks[i])
            r = BIDE_ENOMEM;
    }
    for (size_t i = 0; i < 5; i++)
        if (blocks[order[i]])
            bide_free(givers[order[i]], blocks[order[i]], bytes[order[i]], order[i] == 3 ? 64 : 8);
    return r;
}

/* A scenario for executors: one task that is joined, one that is aborted, one that is left over. */
static inline bide_poll test_tasks_through(bide_allocator *a)
{
    bide_local_options o = bide_local_options_init();
    bide_join joined = {NULL}, aborted = {NULL};
    bide_local *ex;
    bide_poll r, end;
    o.allocator = a;
    r = bide_local_new(&o, &ex);
    if (r != BIDE_READY)
        return r;
    BIDE_SPAWN_TO(r, ex, bide_yield, NULL, &joined, ());
    if (r == BIDE_READY)
        BIDE_SPAWN_TO(r, ex, bide_yield, NULL, &aborted, ());
    bide_join_abort(&aborted);
    end = bide_local_run(ex);
    if (r == BIDE_READY)
        r = end;
    if (r == BIDE_READY)
        BIDE_SPAWN_TO(r, ex, bide_sleep, NULL, NULL, (60000));
    end = bide_local_run_until_stalled(ex);
    if (r == BIDE_READY)
        r = end == BIDE_PENDING ? bide_join_try_take(&joined, NULL) : BIDE_EMISUSE;
    if (r == BIDE_READY && bide_join_try_take(&aborted, NULL) != BIDE_ECANCELED)
        r = BIDE_EMISUSE;
    bide_join_detach(&joined);
    bide_join_detach(&aborted);
    bide_local_free(ex);
    return r;
}

/* Shape: void test_name(void **state), for the program's list of tests. */
#define TEST_EVERY_FAILURE(name, scenario)                                                         \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        test_every_failure(#scenario, scenario);                                                   \
    }

#endif
