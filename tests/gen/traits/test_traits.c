/*
 * test_traits.c: what the flags of generated futures say, to the compiler and in the record.
 */
#include "flags.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define IS(flags, flag) (((int)(flags) & (int)(flag)) != 0)

#define CHECK(name, sends)                                                                         \
    _Static_assert(IS(name##_flags, BIDE_SEND) == (sends), #name ": Send");                        \
    _Static_assert(!IS(name##_flags, BIDE_UNPIN), #name ": Unpin");
FUNCTIONS(CHECK)

_Static_assert(IS(other_moves_flags, BIDE_SEND), "of another file");
_Static_assert(!IS(other_stays_flags, BIDE_SEND), "of another file");
_Static_assert(IS(other_promises_flags, BIDE_SEND), "of another file");
_Static_assert(!IS(keeps_parameter_flags, BIDE_SEND), "a parameter is kept, used or not");
_Static_assert(!IS(waits_never_flags, BIDE_SEND), "also before the first poll");
_Static_assert(IS(waits_never_flags, BIDE_UNPIN), "it never waits: it may be moved");
_Static_assert(IS(numbers_flags, BIDE_SEND), "a generator");
_Static_assert(!IS(cursors_flags, BIDE_SEND), "a generator that holds a cursor");
_Static_assert(IS(of_cleanup_flags, BIDE_NO_DROP), "a cleanup that waits forbids drop");
_Static_assert(!IS(of_child_flags, BIDE_NO_DROP), "and others do not");

/* The record says the same as the constant. */
static void test_records(void **state)
{
    (void)state;
#define ROW(name, sends) assert_int_equal(name##_type.flags, name##_flags);
    FUNCTIONS(ROW)
#undef ROW
    assert_int_equal(waits_never_type.flags, waits_never_flags);
    assert_int_equal(other_stays_type.flags, other_stays_flags);
    assert_null(of_child_type.cancel);
    assert_non_null(of_cleanup_type.cancel);
}

bide_poll moving_poll(struct moving *f, bide_context *cx, int *out)
{
    (void)cx;
    *out = f->x;
    return BIDE_READY;
}
void moving_drop(struct moving *f)
{
    (void)f;
}
BIDE_FUTURE_DEFINE(int, moving);

bide_poll staying_poll(struct staying *f, bide_context *cx, int *out)
{
    (void)cx;
    *out = f->x;
    return BIDE_READY;
}
void staying_drop(struct staying *f)
{
    (void)f;
}
BIDE_FUTURE_DEFINE(int, staying);

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_records)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
