/*
 * test_traits.c: what the flags of generated futures say, to the compiler and in the record.
 */
#include "flags.h"
#include "variants.h"

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
_Static_assert(IS(other_tidies_flags, BIDE_NO_DROP), "of another file");

/* Handles: a Send one moves, a local one binds, and so does a pointer to one. */
BIDE_REQUIRE_SEND(Table_get);
BIDE_REQUIRE_SEND(calls_send);
BIDE_REQUIRE_SEND(holds_send);
BIDE_REQUIRE_SEND(converts);
BIDE_REQUIRE_SEND(promises_send);
BIDE_REQUIRE_SEND_ALL(Store, Table);
_Static_assert(!BIDE_HAS(Window_get, BIDE_SEND), "its object holds a cursor");
_Static_assert(!BIDE_HAS(calls_local, BIDE_SEND), "a local call");
_Static_assert(!BIDE_HAS(holds_local, BIDE_SEND), "a local handle");
_Static_assert(!BIDE_HAS(points_to_local, BIDE_SEND), "a local handle behind a pointer");
_Static_assert(!BIDE_HAS(converts_and_holds, BIDE_SEND), "made local, and held");

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

/* What was inferred holds: the vtable says so, and both kinds of calls run. */
static void test_variants(void **state)
{
    Table table = {40};
    Window window = {{30}};
    SendStore send = Table_as_SendStore(&table, NULL), back;
    Store local = Table_as_Store(&table, NULL), bound = Window_as_Store(&window, NULL);
    bide_poll code;
    int out = 0;
    (void)state;
    assert_true(Store_try_as_SendStore(&local, &back));
    assert_false(Store_try_as_SendStore(&bound, &back));
    BIDE_BLOCK_ON_TO(code, promises_send, &out, (&send, 1));
    assert_int_equal(code, BIDE_READY);
    assert_int_equal(out, 82);
    BIDE_BLOCK_ON_TO(code, calls_local, &out, (bound, 1));
    assert_int_equal(code, BIDE_READY);
    assert_int_equal(out, 31);
    BIDE_BLOCK_ON_TO(code, converts, &out, (send, 2));
    assert_int_equal(code, BIDE_READY);
    assert_int_equal(out, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_records),
                                       cmocka_unit_test(test_variants)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
