/*
 * cmocka.h: as much of cmocka as the unit tests use, in one header, for targets that have no cmocka
 * package. The same names, the same outcome: a test that fails is told with its place, the others
 * go on, and the program's exit code counts the failures.
 */
#ifndef CMOCKA_STAND_IN_H
#define CMOCKA_STAND_IN_H

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef void (*CMUnitTestFunction)(void **state);
typedef int (*CMFixtureFunction)(void **state);
struct CMUnitTest {
    const char *name;
    CMUnitTestFunction test_func;
    CMFixtureFunction setup_func, teardown_func;
    void *initial_state;
};

/* Where a failed assertion goes: one place for all sources of a program. */
__attribute__((weak)) jmp_buf cm_stand_in_way_out;

enum { CM_STAND_IN_FAILED = 1, CM_STAND_IN_SKIPPED = 2 };

__attribute__((noreturn, unused, format(printf, 3, 4))) static void
cm_stand_in_fail(const char *file, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s:%d: error: ", file, line);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    longjmp(cm_stand_in_way_out, CM_STAND_IN_FAILED);
}

__attribute__((unused)) static void cm_stand_in_same(uintmax_t a, uintmax_t b, int wanted,
                                                     const char *text, const char *file, int line)
{
    if ((a == b) != wanted)
        cm_stand_in_fail(file, line, "%s: %#" PRIxMAX " %s %#" PRIxMAX, text, a,
                         wanted ? "is not" : "is", b);
}

__attribute__((unused)) static void cm_stand_in_text(const char *a, const char *b, int wanted,
                                                     const char *file, int line)
{
    if ((strcmp(a, b) == 0) != wanted)
        cm_stand_in_fail(file, line, "\"%s\" %s \"%s\"", a, wanted ? "is not" : "is", b);
}

#define cm_stand_in_int(a, b, wanted)                                                              \
    cm_stand_in_same((uintmax_t)(a), (uintmax_t)(b), wanted, #a ", " #b, __FILE__, __LINE__)
#define cm_stand_in_ptr(a, b, wanted)                                                              \
    cm_stand_in_same((uintptr_t)(a), (uintptr_t)(b), wanted, #a ", " #b, __FILE__, __LINE__)
#define assert_int_equal(a, b) cm_stand_in_int(a, b, 1)
#define assert_int_not_equal(a, b) cm_stand_in_int(a, b, 0)
#define assert_in_range(a, from, to)                                                               \
    cm_stand_in_int((uintmax_t)(a) >= (uintmax_t)(from) && (uintmax_t)(a) <= (uintmax_t)(to), 1, 1)
#define assert_ptr_equal(a, b) cm_stand_in_ptr(a, b, 1)
#define assert_ptr_not_equal(a, b) cm_stand_in_ptr(a, b, 0)
#define assert_null(a) cm_stand_in_ptr(a, NULL, 1)
#define assert_non_null(a) cm_stand_in_ptr(a, NULL, 0)
#define assert_true(c) cm_stand_in_int(!(c), 0, 1)
#define assert_false(c) cm_stand_in_int(!(c), 0, 0)
#define assert_string_equal(a, b) cm_stand_in_text(a, b, 1, __FILE__, __LINE__)
#define assert_string_not_equal(a, b) cm_stand_in_text(a, b, 0, __FILE__, __LINE__)
#define assert_memory_equal(a, b, bytes) cm_stand_in_int(memcmp(a, b, bytes), 0, 1)
#define fail() cm_stand_in_fail(__FILE__, __LINE__, "failed")
#define fail_msg(...) cm_stand_in_fail(__FILE__, __LINE__, __VA_ARGS__)
#define skip() longjmp(cm_stand_in_way_out, CM_STAND_IN_SKIPPED)
#define print_message(...) ((void)fprintf(stderr, __VA_ARGS__))

#define cmocka_unit_test(f) {#f, f, NULL, NULL, NULL}
#define cmocka_unit_test_setup(f, setup) {#f, f, setup, NULL, NULL}
#define cmocka_unit_test_teardown(f, teardown) {#f, f, NULL, teardown, NULL}
#define cmocka_unit_test_setup_teardown(f, setup, teardown) {#f, f, setup, teardown, NULL}

__attribute__((unused)) static int cm_stand_in_one(const struct CMUnitTest *test)
{
    void *state = test->initial_state;
    int how = setjmp(cm_stand_in_way_out);
    if (how == CM_STAND_IN_SKIPPED) {
        fprintf(stderr, "skipped: %s\n", test->name);
    } else if (how != 0) {
        fprintf(stderr, "FAILED: %s\n", test->name);
        return 1;
    } else {
        if (test->setup_func && test->setup_func(&state) != 0)
            cm_stand_in_fail(test->name, 0, "its setup failed");
        test->test_func(&state);
    }
    return test->teardown_func && test->teardown_func(&state) != 0 ? 1 : 0;
}

__attribute__((unused)) static int cm_stand_in_run(const struct CMUnitTest *tests, size_t count,
                                                   CMFixtureFunction setup,
                                                   CMFixtureFunction teardown)
{
    void *state = NULL;
    int failed = 0;
    if (setup && setup(&state) != 0)
        return 1;
    for (size_t i = 0; i < count; i++)
        failed += cm_stand_in_one(&tests[i]);
    if (teardown && teardown(&state) != 0)
        failed++;
    fprintf(stderr, "%zu tests, %d failed\n", count, failed);
    return failed;
}
#define _cmocka_run_group_tests(name, tests, count, setup, teardown)                               \
    cm_stand_in_run(tests, count, setup, teardown)
#define cmocka_run_group_tests(tests, setup, teardown)                                             \
    cm_stand_in_run(tests, sizeof(tests) / sizeof((tests)[0]), setup, teardown)

#endif
