/* test_waker.c: the calls of waker.h, on the waker that does nothing and on the test wakers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <bide/testing.h>
#include <bide/waker.h>

#include <pthread.h>
#include <string.h>

static bide_context context_of(bide_waker *waker)
{
    bide_context cx = {sizeof cx, 0, waker, NULL, NULL};
    return cx;
}

static void noop_does_nothing(void **state)
{
    bide_waker *waker = bide_waker_noop();
    (void)state;
    assert_ptr_equal(bide_waker_clone(waker), waker);
    assert_ptr_equal(bide_waker_noop(), waker);
    bide_waker_wake_by_ref(waker);
    bide_waker_wake(waker);
    bide_waker_drop(waker);
    assert_int_equal(bide_wake_from_isr(waker), BIDE_READY);
}

static void F04_waker_call_log(void **state)
{
    bide_recording_waker w;
    bide_waker *clone;
    (void)state;
    bide_recording_waker_init(&w);
    bide_waker_wake_by_ref(&w.base);
    assert_string_equal(bide_recording_waker_text(&w), "wake_by_ref");
    bide_recording_waker_init(&w);
    clone = bide_waker_clone(&w.base);
    bide_waker_wake_by_ref(clone);
    bide_waker_drop(bide_waker_clone(clone));
    bide_waker_drop(clone);
    assert_string_equal(bide_recording_waker_text(&w), "clone wake_by_ref clone drop drop");
    bide_recording_waker_init(&w);
    bide_waker_wake(&w.base);
    assert_string_equal(bide_recording_waker_text(&w), "wake");
    assert_int_equal(w.events, 1);
}

static void T01_waker_counts(void **state)
{
    bide_counting_waker w;
    bide_waker *second, *third;
    (void)state;
    bide_counting_waker_init(&w);
    second = bide_waker_clone(&w.base);
    assert_int_equal(bide_counting_waker_refs(&w), 2);
    third = bide_waker_clone(second);
    assert_int_equal(bide_counting_waker_refs(&w), 3);
    bide_waker_wake_by_ref(third);
    assert_int_equal(bide_counting_waker_refs(&w), 3);
    bide_waker_wake(third);
    bide_waker_drop(second);
    assert_int_equal(bide_counting_waker_refs(&w), 1);
    assert_int_equal(bide_counting_waker_total(&w), 2);
}

static void F12_borrowed_waker_not_dropped(void **state)
{
    bide_counting_waker w;
    bide_waker *slot = NULL;
    bide_context cx;
    (void)state;
    bide_counting_waker_init(&w);
    cx = context_of(&w.base);
    assert_ptr_equal(bide_context_waker(&cx), &w);
    assert_int_equal(bide_waker_register(&slot, &cx), BIDE_READY);
    assert_int_equal(bide_counting_waker_refs(&w), 2);
    bide_waker_clear(&slot);
    bide_waker_clear(&slot); /* empty: nothing happens */
    assert_null(slot);
    assert_int_equal(bide_counting_waker_refs(&w), 1);
}

static void F16_will_wake_other_false_F17_clone_of_clone_equal(void **state)
{
    bide_counting_waker a, b;
    (void)state;
    bide_counting_waker_init(&a);
    bide_counting_waker_init(&b);
    assert_false(bide_waker_same(&a.base, &b.base));
    assert_true(bide_waker_same(&a.base, bide_waker_clone(bide_waker_clone(&a.base))));
}

static void F21_waker_replaced_between_polls(void **state)
{
    bide_counting_waker a, b;
    bide_waker *slot = NULL;
    bide_context cx;
    (void)state;
    bide_counting_waker_init(&a);
    bide_counting_waker_init(&b);
    cx = context_of(&a.base);
    assert_int_equal(bide_waker_register(&slot, &cx), BIDE_READY);
    assert_int_equal(bide_waker_register(&slot, &cx), BIDE_READY); /* the same: no second clone */
    assert_int_equal(a.clones, 1);
    cx = context_of(&b.base);
    assert_int_equal(bide_waker_register(&slot, &cx), BIDE_READY);
    assert_int_equal(bide_counting_waker_refs(&a), 1);
    bide_waker_take_and_wake(&slot);
    bide_waker_take_and_wake(&slot);
    assert_int_equal(bide_counting_waker_total(&a), 0);
    assert_int_equal(b.wakes, 1);
    assert_int_equal(bide_counting_waker_refs(&b), 1);
}

static bide_waker *no_clone(bide_waker *waker)
{
    (void)waker;
    return NULL;
}

static void clone_without_memory_is_a_code(void **state)
{
    bide_counting_waker a;
    bide_waker_vtable poor;
    bide_waker foreign;
    bide_waker *slot = NULL;
    bide_context cx;
    (void)state;
    bide_counting_waker_init(&a);
    cx = context_of(&a.base);
    assert_int_equal(bide_waker_register(&slot, &cx), BIDE_READY);
    poor = *a.base.vtable;
    poor.clone = no_clone;
    foreign.vtable = &poor;
    cx = context_of(&foreign);
    assert_int_equal(bide_waker_register(&slot, &cx), BIDE_ENOMEM);
    assert_ptr_equal(slot, &a); /* unchanged: it still wakes */
    bide_waker_clear(&slot);
}

static void isr_asks_the_size_first(void **state)
{
    bide_counting_waker w;
    bide_waker_vtable table;
    (void)state;
    bide_counting_waker_init(&w);
    assert_int_equal(bide_wake_from_isr(&w.base), BIDE_READY);
    assert_int_equal(w.wakes_from_isr, 1);
    table = *w.base.vtable;
    w.base.vtable = &table;
    table.size = offsetof(bide_waker_vtable, wake_from_isr);
    assert_int_equal(bide_wake_from_isr(&w.base), BIDE_ENOSYS);
    table.size = sizeof table;
    table.wake_from_isr = NULL;
    assert_int_equal(bide_wake_from_isr(&w.base), BIDE_ENOSYS);
    assert_int_equal(w.wakes_from_isr, 1);
}

/* A table from the future: longer, with members that nobody here knows. */
struct long_vtable {
    bide_waker_vtable known;
    void (*unknown)(void);
};

static void F28_long_vtable_ignored(void **state)
{
    bide_counting_waker w;
    struct long_vtable table;
    bide_waker *clone;
    (void)state;
    bide_counting_waker_init(&w);
    memset(&table, 0, sizeof table);
    table.known = *w.base.vtable;
    table.known.size = sizeof table;
    w.base.vtable = &table.known;
    clone = bide_waker_clone(&w.base);
    bide_waker_wake(clone);
    assert_int_equal(bide_wake_from_isr(&w.base), BIDE_READY);
    assert_int_equal(bide_counting_waker_total(&w), 2);
}

static void short_context_has_no_runtime(void **state)
{
    bide_runtime runtime = {NULL};
    bide_context cx = context_of(bide_waker_noop());
    (void)state;
    cx.runtime = &runtime;
    assert_ptr_equal(bide_context_runtime(&cx), &runtime);
    cx.size = offsetof(bide_context, runtime);
    assert_null(bide_context_runtime(&cx));
}

static void panic_waker_objects(void **state)
{
    bide_panic_waker w;
    (void)state;
    bide_panic_waker_init(&w);
    assert_int_equal(w.violations, 0);
    assert_null(w.first);
    bide_waker_drop(&w.base);
    bide_waker_wake(bide_waker_clone(&w.base));
    assert_int_equal(w.violations, 3);
    assert_string_equal(w.first, "drop");
}

static void *use(void *arg)
{
    bide_waker *waker = arg;
    int i;
    for (i = 0; i < 1000; i++)
        bide_waker_wake(bide_waker_clone(waker));
    return NULL;
}

static void F14_wake_from_thread(void **state)
{
    bide_counting_waker counting;
    bide_recording_waker recording;
    pthread_t threads[4];
    int i;
    (void)state;
    bide_counting_waker_init(&counting);
    bide_recording_waker_init(&recording);
    for (i = 0; i < 4; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, use, i < 2 ? &counting.base : &recording.base), 0);
    for (i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(counting.wakes, 2000);
    assert_int_equal(bide_counting_waker_refs(&counting), 1);
    assert_int_equal(recording.events, 4000);
    assert_true(strlen(bide_recording_waker_text(&recording)) < BIDE_TESTING_TEXT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noop_does_nothing),
        cmocka_unit_test(F04_waker_call_log),
        cmocka_unit_test(T01_waker_counts),
        cmocka_unit_test(F12_borrowed_waker_not_dropped),
        cmocka_unit_test(F16_will_wake_other_false_F17_clone_of_clone_equal),
        cmocka_unit_test(F21_waker_replaced_between_polls),
        cmocka_unit_test(clone_without_memory_is_a_code),
        cmocka_unit_test(isr_asks_the_size_first),
        cmocka_unit_test(F28_long_vtable_ignored),
        cmocka_unit_test(short_context_has_no_runtime),
        cmocka_unit_test(panic_waker_objects),
        cmocka_unit_test(F14_wake_from_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
