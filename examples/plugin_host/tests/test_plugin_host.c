/*
 * test_plugin_host.c: a library is unloaded exactly when its last box and its handle are gone,
 * whichever goes last; and none that does not fit stays.
 * Usage: test_plugin_host <rot13> <capitals> <misfit>
 */
#include "support.h"

#include "job.h"

#include <dlfcn.h>
#include <string.h>

static const char *rot13, *capitals, *misfit;

typedef struct fixture {
    bide_local *ex;
    library *current;
    int unloads;
    char last[32];
} fixture;

static void count_unload(void *arg, const char *label)
{
    fixture *x = arg;
    x->unloads++;
    (void)snprintf(x->last, sizeof x->last, "%s", label);
}

/* Whether the system still has the library in this process. */
static bool is_loaded(const char *path)
{
    void *image = dlopen(path, RTLD_NOW | RTLD_NOLOAD);
    if (image)
        (void)dlclose(image);
    return image != NULL;
}

static library *load(fixture *x, const char *path, bide_allocator *a)
{
    char why[400];
    library *lib = library_load(path, a, why, sizeof why);
    if (lib) {
        lib->unloaded = count_unload;
        lib->arg = x;
    }
    return lib;
}

static void begin(fixture *x, const char *path)
{
    *x = (fixture){0};
    assert_int_equal(bide_local_new(NULL, &x->ex), BIDE_READY);
    x->current = load(x, path, bide_heap());
    assert_non_null(x->current);
}

static void start(fixture *x, job *j, uint32_t preview)
{
    bide_poll r;
    job_init(j, preview);
    BIDE_SPAWN_TO(r, x->ex, job_run, NULL, &j->join, (j, &x->current));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(bide_local_run_until_stalled(x->ex), BIDE_PENDING);
}

static void finish(fixture *x, job *j, const char *text, const char *expected)
{
    int32_t result = -100;
    Pipe_push(&j->pipe, text, true);
    (void)bide_local_run_until_stalled(x->ex);
    assert_int_equal(bide_join_try_take(&j->join, &result), BIDE_READY);
    assert_int_equal(result, FILTER_OK);
    assert_int_equal(j->out.size, strlen(expected));
    assert_int_equal(strncmp(j->bytes, expected, j->out.size), 0);
}

static void end(fixture *x, int unloads)
{
    assert_int_equal(bide_local_free(x->ex), BIDE_READY);
    assert_int_equal(x->unloads, unloads);
    assert_false(is_loaded(rot13));
    assert_false(is_loaded(capitals));
}

static void F22_replaced_while_calls_are_in_flight(void **state)
{
    fixture x;
    job old[2], fresh;
    (void)state;
    begin(&x, rot13);
    start(&x, &old[0], 0);
    start(&x, &old[1], 3);
    library_drop(x.current);
    x.current = load(&x, capitals, bide_heap());
    assert_non_null(x.current);
    assert_int_equal(x.unloads, 0);
    start(&x, &fresh, 0);
    finish(&x, &old[0], "abc", "nop");
    assert_int_equal(x.unloads, 0);
    assert_true(is_loaded(rot13));
    finish(&x, &old[1], "abcdef", "nop");
    assert_int_equal(x.unloads, 1);
    assert_string_equal(x.last, "rot13");
    assert_false(is_loaded(rot13));
    finish(&x, &fresh, "a b", "A B");
    assert_int_equal(x.unloads, 1);
    library_drop(x.current);
    end(&x, 2);
}

static void unloaded_by_an_abort(void **state)
{
    fixture x;
    job j;
    (void)state;
    begin(&x, rot13);
    start(&x, &j, 0);
    library_drop(x.current);
    assert_true(is_loaded(rot13));
    bide_join_abort(&j.join);
    (void)bide_local_run_until_stalled(x.ex);
    assert_int_equal(x.unloads, 1);
    assert_int_equal(bide_join_try_take(&j.join, NULL), BIDE_ECANCELED);
    end(&x, 1);
}

static void unloaded_with_the_executor(void **state)
{
    fixture x;
    job j;
    (void)state;
    begin(&x, capitals);
    start(&x, &j, 9);
    library_drop(x.current);
    assert_true(is_loaded(capitals));
    bide_join_detach(&j.join);
    end(&x, 1);
}

/* The reverse order: the calls are over, the handle goes last. */
static void unloaded_with_its_handle(void **state)
{
    fixture x;
    job j;
    (void)state;
    begin(&x, capitals);
    start(&x, &j, 0);
    finish(&x, &j, "x", "X");
    assert_true(is_loaded(capitals));
    assert_int_equal(x.current->blocks, 0);
    library_drop(x.current);
    end(&x, 1);
}

/* Whoever keeps a library counts, and a call that waits does. */
static void F33_library_refcount(void **state)
{
    fixture x;
    library *lib;
    job j[3];
    (void)state;
    begin(&x, capitals);
    lib = x.current;
    assert_int_equal(lib->refs, 1);
    library_retain(lib);
    assert_int_equal(lib->refs, 2);
    for (size_t i = 0; i < 3; i++) {
        start(&x, &j[i], 0);
        assert_int_equal(lib->refs, 3 + i);
    }
    library_drop(lib);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(lib->refs, 4 - i);
        finish(&x, &j[i], "x", "X");
    }
    assert_int_equal(lib->refs, 1);
    assert_int_equal(x.unloads, 0);
    library_release(lib);
    end(&x, 1);
}

static void the_newer_one_is_larger_and_answers_itself(void **state)
{
    fixture x;
    library *newer;
    (void)state;
    begin(&x, rot13);
    newer = load(&x, capitals, bide_heap());
    assert_non_null(newer);
    assert_true(Filter_apply_type_of(&newer->filter)->frame_size >
                Filter_apply_type_of(&x.current->filter)->frame_size);
    assert_true(newer->filter.vtable->header.size > x.current->filter.vtable->header.size);
    assert_string_equal(Filter_preview_type_of(&x.current->filter)->name, "Filter_preview_default");
    assert_string_equal(Filter_preview_type_of(&newer->filter)->name, "Capitals_preview");
    assert_ptr_equal(Filter_apply_type_of(&newer->filter)->module, newer->module);
    library_drop(x.current);
    library_drop(newer);
    end(&x, 2);
}

static void refused(void **state)
{
    char why[400];
    (void)state;
    assert_null(library_load(misfit, bide_heap(), why, sizeof why));
    assert_non_null(strstr(why, "Filter.apply of Misfit"));
    assert_false(is_loaded(misfit));
    assert_null(library_load("/nowhere/none.so", bide_heap(), why, sizeof why));
    assert_non_null(strstr(why, "/nowhere/none.so"));
}

static void loaded_twice(void **state)
{
    fixture x;
    char why[400];
    (void)state;
    begin(&x, rot13);
    assert_null(library_load(rot13, bide_heap(), why, sizeof why));
    assert_string_equal(why, "it is loaded already");
    library_drop(x.current);
    end(&x, 1);
}

/* Loads, begins a call, drops the handle, ends the call: with memory for frames from `a`. */
static bide_poll scenario(bide_allocator *a)
{
    fixture x = {0};
    job j;
    bide_context cx = {sizeof cx, 0, bide_waker_noop(), NULL, a};
    struct job_run f;
    int32_t result = FILTER_OK;
    bide_poll r;
    x.current = load(&x, rot13, a);
    if (!x.current)
        return BIDE_ENOMEM;
    job_init(&j, 2);
    job_run_init(&f, &j, &x.current);
    r = job_run_poll(&f, &cx, &result);
    library_drop(x.current);
    if (r == BIDE_PENDING) {
        assert_int_equal(x.unloads, 0);
        Pipe_push(&j.pipe, "abc", true);
        r = job_run_poll(&f, &cx, &result);
    }
    assert_int_equal(x.unloads, 1);
    assert_false(is_loaded(rot13));
    return r;
}

TEST_EVERY_FAILURE(every_allocation_failing, scenario)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(F22_replaced_while_calls_are_in_flight),
        cmocka_unit_test(unloaded_by_an_abort),
        cmocka_unit_test(unloaded_with_the_executor),
        cmocka_unit_test(unloaded_with_its_handle),
        cmocka_unit_test(F33_library_refcount),
        cmocka_unit_test(the_newer_one_is_larger_and_answers_itself),
        cmocka_unit_test(refused),
        cmocka_unit_test(loaded_twice),
        cmocka_unit_test(every_allocation_failing),
    };
    if (argc < 4)
        return 2;
    rot13 = argv[1];
    capitals = argv[2];
    misfit = argv[3];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
