/*
 * test_module.c: a program that loads a module and uses its Counter. Built from each release's
 * header (COUNTER_HEADER); the one from the broken header expects to be refused.
 * Usage: test_module_X <module> [bytes that the frame of `add` has at least]
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include COUNTER_HEADER
#include <bide/alloc_count.h>
#include <bide/testing.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *path;
static size_t least_frame;
static void *library;
static const bide_vtable *(*enter_module)(void **object);
static bide_counter memory;
static bide_counting_waker waker;
static bide_context cx;

static int load(void **state)
{
    void *symbol;
    (void)state;
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        return -1;
    }
    symbol = dlsym(library, "counter_module");
    if (!symbol)
        return -1;
    /* POSIX: a function's address fits into an object pointer, and is copied, not cast. */
    memcpy(&enter_module, &symbol, sizeof enter_module);
    return 0;
}

static int unload(void **state)
{
    (void)state;
    return dlclose(library);
}

static Counter open_counter(void)
{
    Counter c;
    void *object;
    const bide_vtable *vt = enter_module(&object);
    bide_mismatch why;
    char text[300];
    bide_counter_init(&memory, bide_heap());
    bide_counting_waker_init(&waker);
    cx = (bide_context){sizeof cx, 0, &waker.base, NULL, &memory.base};
    if (Counter_bind(&c, object, vt, NULL, &why) != BIDE_READY) {
        bide_mismatch_text(&why, text, sizeof text);
        fail_msg("%s", text);
    }
    return c;
}

static void nothing_is_left(void)
{
    assert_int_equal(memory.live, 0);
    assert_int_equal(bide_counting_waker_refs(&waker), 1);
}

#ifndef EXPECT_REFUSAL

static void F01_call(void **state)
{
    Counter c = open_counter();
    struct Counter_add f = {0};
    int32_t out = 0;
    (void)state;
    assert_int_equal(Counter_add_start(&f, &c, 20, &cx, &out), BIDE_PENDING);
    assert_int_equal(Counter_add_poll(&f, &cx, &out), BIDE_READY);
    assert_int_equal(out, 20);
    assert_int_equal(Counter_total(&c), 20);
    assert_true(Counter_is_even(&c, true));
    nothing_is_left();
}

/* The frame's size is read from the module's own image, whatever this side was built with. */
static void callee_with_a_larger_frame(void **state)
{
    Counter c = open_counter();
    const bide_type *type = Counter_add_type_of(&c);
    struct Counter_add f = {0};
    void *place;
    int32_t out = 0;
    (void)state;
    assert_true(type->frame_size >= least_frame);
    assert_int_equal(Counter_add_start(&f, &c, 1, &cx, &out), BIDE_PENDING);
    assert_int_equal(memory.last_bytes, type->box_offset + type->frame_size);
    Counter_add_drop(&f);
    place = malloc(type->frame_size);
    assert_non_null(place);
    c.vtable->add.init(place, c.self, 2);
    assert_int_equal(type->poll(place, &cx, &out), BIDE_PENDING);
    assert_int_equal(type->poll(place, &cx, &out), BIDE_READY);
    assert_int_equal(out, 2);
    type->drop(place);
    free(place);
    nothing_is_left();
}

static void F02_channel_across(void **state)
{
    Counter c = open_counter();
    struct Counter_receive f = {0};
    counter_mail mail = {NULL, 0, false};
    int32_t out = 0;
    (void)state;
    assert_int_equal(Counter_receive_start(&f, &c, &mail, &cx, &out), BIDE_PENDING);
    assert_ptr_equal(mail.waker, &waker.base);
    mail.value = 42;
    mail.full = true;
    bide_waker_take_and_wake(&mail.waker);
    assert_int_equal(waker.wakes, 1);
    assert_int_equal(Counter_receive_poll(&f, &cx, &out), BIDE_READY);
    assert_int_equal(out, 42);
    /* Dropped while it waits. */
    assert_int_equal(Counter_receive_start(&f, &c, &mail, &cx, &out), BIDE_PENDING);
    Counter_receive_drop(&f);
    assert_null(mail.waker);
    nothing_is_left();
}

static void F36_freed_by_owner(void **state)
{
    Counter c = open_counter();
    bide_checking_allocator own;
    struct Counter_add f = {0}, g = {0};
    int32_t out = 0;
    (void)state;
    bide_checking_allocator_init(&own, bide_heap());
    assert_int_equal(Counter_add_start(&f, &c, 1, &cx, &out), BIDE_PENDING);
    c.allocator = &own.base;
    assert_int_equal(Counter_add_start(&g, &c, 1, &cx, &out), BIDE_PENDING);
    Counter_add_drop(&f);
    Counter_add_drop(&g);
    assert_int_equal(own.allocs, 1);
    assert_int_equal(bide_checking_allocator_finish(&own), 0);
    nothing_is_left();
}

/* Old caller and new callee, new caller and old callee: what one of them does not know is not
 * touched, and is as if it were not there. */
static void F37_sized_arg_struct_growth(void **state)
{
    Counter c = open_counter();
    struct Counter_configure f = {0};
    struct Counter_add g = {0};
    int32_t out = 0;
    counter_options options = {.size = sizeof options, .step = 3};
    (void)state;
#ifdef SECOND_RELEASE
    options.offset = 100;
#endif
    assert_int_equal(Counter_configure_start(&f, &c, &options, &cx, NULL), BIDE_READY);
    Counter_add_init(&g, &c, 2);
    while (Counter_add_poll(&g, &cx, &out) == BIDE_PENDING)
        ;
#ifdef SECOND_RELEASE
    assert_int_equal(out, c.vtable->header.interface_info->rows > 5 ? 106 : 6);
#else
    assert_int_equal(out, 6);
#endif
    nothing_is_left();
}

static void rows_of_the_second_release(void **state)
{
    Counter c = open_counter();
    (void)state;
#ifdef SECOND_RELEASE
    {
        bool old = c.vtable->header.interface_info->rows == 5;
        struct Counter_add_twice f = {0};
        int32_t out = 0;
        assert_int_equal(Counter_version(&c), old ? 1 : 2);
        Counter_add_twice_init(&f, &c, 4);
        while (Counter_add_twice_poll(&f, &cx, &out) == BIDE_PENDING)
            ;
        assert_int_equal(out, 8);
        assert_int_equal(Counter_item(&c, 7, &cx, &out), BIDE_READY);
        assert_int_equal(out, 7);
        assert_int_equal(Counter_item(&c, 8, &cx, &out), BIDE_DONE);
        assert_string_equal(Counter_add_twice_type_of(&c)->name,
                            old ? "Counter_add_twice_default" : "Tally_add_twice");
        Counter_add_twice_init(&f, &c, 4);
        Counter_add_twice_drop(&f);
    }
#else
    /* F28: a longer table is as good as the one that this side knows. */
    assert_true(c.vtable->header.size >= sizeof(struct Counter_vtable));
#endif
    nothing_is_left();
}

#else

static void a_changed_row_is_refused_by_name(void **state)
{
    Counter c;
    void *object;
    const bide_vtable *vt = enter_module(&object);
    bide_mismatch why;
    char text[300];
    (void)state;
    (void)open_counter;
    (void)nothing_is_left;
    assert_int_equal(Counter_bind(&c, object, vt, NULL, &why), BIDE_EMISMATCH);
    assert_string_equal(why.method, "receive");
    bide_mismatch_text(&why, text, sizeof text);
    print_message("%s\n", text);
    assert_non_null(strstr(text, "Counter.receive of Tally"));
}

#endif

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
#ifndef EXPECT_REFUSAL
        cmocka_unit_test(F01_call),
        cmocka_unit_test(callee_with_a_larger_frame),
        cmocka_unit_test(F02_channel_across),
        cmocka_unit_test(F36_freed_by_owner),
        cmocka_unit_test(F37_sized_arg_struct_growth),
        cmocka_unit_test(rows_of_the_second_release),
#else
        cmocka_unit_test(a_changed_row_is_refused_by_name),
#endif
    };
    if (argc < 2)
        return 2;
    path = argv[1];
    least_frame = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 0;
    return cmocka_run_group_tests(tests, load, unload);
}
