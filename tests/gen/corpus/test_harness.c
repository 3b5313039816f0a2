/*
 * test_harness.c: the harness notices what generated code could do wrong.
 *
 * Each future below breaks one rule.
 */
#include "run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

const struct entry corpus_entries[1];
const size_t corpus_entry_count = 0;

/* All of them await one leaf, and err in their own way. */
enum fault { NONE, LEAKS, RELEASES_TWICE, NO_CHILD_DROP, DROPS_TWICE, WRITES, PENDS, GOES_ON };

#define faulty_FRAME(ROW)                                                                          \
    ROW(PARAM, int, fault)                                                                         \
    ROW(LOCAL, int, state) ROW(LOCAL, struct resource *, r) ROW(BUFFER, struct leaf, child)
BIDE_FUTURE(int, faulty)

static void faulty_ends(struct faulty *f)
{
    f->state = 2;
    if (f->fault != LEAKS)
        release(f->r);
    if (f->fault == RELEASES_TWICE)
        release(f->r);
}

BIDE_INLINE bide_poll faulty_poll(struct faulty *f, bide_context *cx, int *out)
{
    bide_poll code;
    int n;
    if (f->fault == PENDS)
        return BIDE_PENDING;
    if (f->state == 2)
        return f->fault == GOES_ON ? BIDE_READY : BIDE_EMISUSE;
    if (f->fault == WRITES)
        *out = 1;
    if (f->state == 0) {
        f->r = acquire(5);
        f->state = 1;
        leaf_init(&f->child, 3);
    }
    code = leaf_poll(&f->child, cx, &n);
    if (code == BIDE_PENDING)
        return code;
    faulty_ends(f);
    if (code == BIDE_READY)
        *out = n;
    return code;
}

BIDE_INLINE void faulty_drop(struct faulty *f)
{
    if (f->state != 1)
        return;
    if (f->fault != NO_CHILD_DROP)
        leaf_drop(&f->child);
    if (f->fault == DROPS_TWICE)
        leaf_drop(&f->child);
    faulty_ends(f);
}

static int faulty_blocking(int fault)
{
    return fault;
}
#define faulty(x) faulty_blocking(x)
ENTRY(faulty, *v, x)
#undef faulty

static const struct entry entry = ROW(faulty, 0);

/* What the harness says of a fault, or NULL. */
static const char *verdict(enum fault fault, enum how how, int drop_after, int fail_leaf)
{
    struct plan p = {&entry, (int)fault, how, PEND_ONCE, drop_after, 0, 0, fail_leaf, -50};
    struct outcome o;
    corpus_run(&p, &o);
    return books.broken;
}

static void expect(enum fault fault, int drop_after, int fail_leaf, const char *message)
{
    for (int how = 0; how < HOW_COUNT; how++) {
        const char *said = verdict(fault, (enum how)how, drop_after, fail_leaf);
        if (!said)
            fail_msg("fault %d was not noticed", (int)fault);
        assert_string_equal(said, message);
    }
}

static void test_what_is_right_passes(void **state)
{
    (void)state;
    for (int how = 0; how < HOW_COUNT; how++) {
        assert_null(verdict(NONE, (enum how)how, -1, 0));
        assert_null(verdict(NONE, (enum how)how, 1, 0));
        assert_null(verdict(NONE, (enum how)how, -1, 1));
    }
}

static void test_faults_are_noticed(void **state)
{
    (void)state;
    expect(LEAKS, -1, 0, "a resource was not released");
    expect(LEAKS, 1, 0, "a resource was not released");
    expect(LEAKS, -1, 1, "a resource was not released");
    expect(RELEASES_TWICE, 1, 0, "a resource was released twice");
    expect(NO_CHILD_DROP, 1, 0, "a leaf was neither finished nor dropped");
    expect(DROPS_TWICE, 1, 0, "a leaf was dropped behind its end, or was never built");
    expect(WRITES, 1, 0, "*out was written without BIDE_READY");
    expect(WRITES, -1, 1, "*out was written without BIDE_READY");
    expect(PENDS, -1, 0, "BIDE_PENDING, but no leaf waits");
    assert_string_equal(verdict(GOES_ON, BY_INIT, -1, 0),
                        "a poll behind the end is not BIDE_EMISUSE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_is_right_passes),
                                       cmocka_unit_test(test_faults_are_noticed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
