/*
 * Texts of the poll results, their frozen values, and the version handshake.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <bide/error.h>

/* Values that other builds and other languages rely on. */
static const struct {
    bide_poll code;
    int32_t value;
} codes[] = {
    {BIDE_PENDING, 0},    {BIDE_READY, 1},      {BIDE_DONE, 2},     {BIDE_ENOMEM, -1},
    {BIDE_ECANCELED, -2}, {BIDE_EFOREIGN, -3},  {BIDE_EMISUSE, -4}, {BIDE_ENOSYS, -5},
    {BIDE_EBUSY, -6},     {BIDE_EMISMATCH, -7},
};

enum { CODES = sizeof codes / sizeof codes[0] };

static void codes_are_frozen(void **state)
{
    size_t i;
    (void)state;
    for (i = 0; i < CODES; i++)
        assert_int_equal(codes[i].code, codes[i].value);
    assert_int_equal(sizeof(bide_poll), 4);
}

static void each_code_has_a_text_of_its_own(void **state)
{
    size_t i, k;
    (void)state;
    for (i = 0; i < CODES; i++) {
        const char *text = bide_strerror(codes[i].code);
        assert_non_null(text);
        assert_true(text[0] != '\0');
        assert_null(strstr(text, "unknown"));
        for (k = 0; k < i; k++)
            assert_string_not_equal(text, bide_strerror(codes[k].code));
    }
    assert_string_equal(bide_strerror(BIDE_ENOMEM), "out of memory");
}

static void unknown_codes_are_named_so(void **state)
{
    (void)state;
    assert_string_equal(bide_strerror(-8), "unknown failure");
    assert_string_equal(bide_strerror(INT32_MIN), "unknown failure");
    assert_string_equal(bide_strerror(3), "unknown result");
    assert_string_equal(bide_strerror(INT32_MAX), "unknown result");
}

static void library_and_headers_agree(void **state)
{
    char text[32];
    (void)state;
    assert_int_equal(bide_version(), BIDE_VERSION);
    snprintf(text, sizeof text, "%d.%d.%d", BIDE_VERSION_MAJOR, BIDE_VERSION_MINOR,
             BIDE_VERSION_PATCH);
    assert_string_equal(text, BIDE_VERSION_STRING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_frozen),
        cmocka_unit_test(each_code_has_a_text_of_its_own),
        cmocka_unit_test(unknown_codes_are_named_so),
        cmocka_unit_test(library_and_headers_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
