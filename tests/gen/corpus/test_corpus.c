/*
 * test_corpus.c: every entry of one file of the corpus against its blocking build, dropped after
 * each number of polls, with each leaf failing and each request for memory failing.
 *
 * An argument runs only the functions whose names contain it; CORPUS_INPUTS in the environment is
 * the number of inputs.
 */
#include "run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_FAILURES = 400 };

static int inputs = 5;

static struct {
    int trace[TRACE_MAX];
    int length;
    long digest;
} expected;

static int compare_ints(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static void sort(int *numbers, int count)
{
    qsort(numbers, (size_t)count, sizeof numbers[0], compare_ints);
}

static void tell(const struct plan *p, const struct outcome *o, const char *what)
{
    static const char *const hows[] = {"init", "start", "start_box", "record"};
    static const char *const scripts[] = {"never", "once", "alternate", "random"};
    fail_msg("%s(%d) by %s, pending %s, drop after %d, alloc %d and leaf %d fail: %s "
             "(code %d, result %ld for %ld, %d polls; leaf %d alone pends)",
             p->entry->name, p->x, hows[p->how], scripts[p->script], p->drop_after,
             (int)p->fail_alloc, p->fail_leaf, what, o->code, o->digest, expected.digest, o->polls,
             p->wait_leaf);
}

static void run(const struct plan *p, struct outcome *o)
{
    corpus_run(p, o);
    if (books.broken)
        tell(p, o, books.broken);
}

static void expect_same_trace(const struct plan *p, const struct outcome *o, int length)
{
    if (p->entry->flags & NO_TRACE)
        return;
    if (p->entry->flags & ANY_ORDER) {
        if (p->drop_after >= 0)
            return;
        sort(books.trace, books.length);
    }
    if (p->drop_after < 0 && books.length != expected.length)
        tell(p, o, "the trace has another length");
    for (int i = 0; i < length; i++)
        if (i >= expected.length || books.trace[i] != expected.trace[i])
            tell(p, o, "the trace differs");
}

static void run_to_the_end(struct plan p)
{
    struct outcome whole, o;
    run(&p, &whole);
    if (whole.code != BIDE_READY)
        tell(&p, &whole, "it did not end with BIDE_READY");
    if (whole.digest != expected.digest)
        tell(&p, &whole, "another result");
    expect_same_trace(&p, &whole, books.length);
    /* A start polls. */
    for (p.drop_after = p.how == BY_START || p.how == BY_START_BOX; p.drop_after < whole.polls;
         p.drop_after++) {
        run(&p, &o);
        if (o.code != BIDE_PENDING)
            tell(&p, &o, "it ended early");
        expect_same_trace(&p, &o, o.before_drop);
    }
}

/* Each suspension as the first one, and none behind it. */
static void run_with_one_waiting_leaf(struct plan p)
{
    struct outcome o;
    int calls;
    p.script = PEND_NEVER;
    run(&p, &o);
    calls = books.leaf_calls;
    for (p.wait_leaf = 1; p.wait_leaf <= calls && p.wait_leaf < MOST_FAILURES; p.wait_leaf++)
        run_to_the_end(p);
}

static void run_with_failing_leaves(struct plan p)
{
    static const int codes[] = {BIDE_ENOMEM, -1000, BIDE_ECANCELED};
    struct outcome o;
    int calls;
    run(&p, &o);
    calls = books.leaf_calls;
    for (p.fail_leaf = 1; p.fail_leaf <= calls && p.fail_leaf < MOST_FAILURES; p.fail_leaf++) {
        p.fail_code = codes[p.fail_leaf % 3];
        run(&p, &o);
        if (o.code != p.fail_code && !(p.entry->flags & (CATCHES | SPAWNS)))
            tell(&p, &o, "the failure was not passed on");
        if (o.code != p.fail_code && o.code != BIDE_READY &&
            !(p.entry->flags & (SPAWNS | OTHER_CODES)))
            tell(&p, &o, "another failure");
    }
}

static void run_with_failing_memory(struct plan p)
{
    struct outcome o = {0};
    do {
        p.fail_alloc++;
        run(&p, &o);
        if (o.failed_allocs && o.code != BIDE_ENOMEM && !(p.entry->flags & (CATCHES | SPAWNS)))
            tell(&p, &o, "the failure was not passed on");
    } while (o.failed_allocs && p.fail_alloc < MOST_FAILURES);
}

static void each_input(struct plan p)
{
    expected.digest = corpus_run_blocking(p.entry, p.x);
    if (books.broken)
        fail_msg("%s(%d), blocking: %s", p.entry->name, p.x, books.broken);
    expected.length = books.length;
    memcpy(expected.trace, books.trace, sizeof books.trace[0] * (size_t)books.length);
    if (p.entry->flags & ANY_ORDER)
        sort(expected.trace, expected.length);
    for (int how = 0; how < HOW_COUNT; how++) {
        p.how = (enum how)how;
        for (int script = 0; script < PEND_SCRIPTS; script++) {
            p.script = (enum pending_script)script;
            run_to_the_end(p);
        }
        run_with_one_waiting_leaf(p);
        for (int script = PEND_NEVER; script <= PEND_ONCE; script++) {
            p.script = (enum pending_script)script;
            run_with_failing_leaves(p);
            run_with_failing_memory(p);
        }
    }
}

static void test_entry(void **state)
{
    struct plan p = {0};
    p.entry = *state;
    p.drop_after = -1;
    for (p.x = 0; p.x < inputs; p.x++)
        each_input(p);
}

int main(int argc, char **argv)
{
    struct CMUnitTest *tests = calloc(corpus_entry_count, sizeof *tests);
    size_t count = 0;
    int failed;
    if (!tests)
        return 2;
    if (getenv("CORPUS_INPUTS"))
        inputs = atoi(getenv("CORPUS_INPUTS"));
    for (size_t i = 0; i < corpus_entry_count; i++) {
        const struct entry *e = &corpus_entries[i];
        if (argc > 1 && !strstr(e->name, argv[1]))
            continue;
        tests[count].name = e->name;
        tests[count].test_func = test_entry;
        tests[count].initial_state = (void *)(uintptr_t)e;
        count++;
    }
    failed = _cmocka_run_group_tests("corpus", tests, count, NULL, NULL);
    free(tests);
    return count == 0 || failed;
}
