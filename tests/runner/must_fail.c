/*
 * must_fail.c: misbehaves on purpose, one way for each argument, to show that the runner of the
 * unit programs would notice. tests/runner/CMakeLists.txt expects each to fail with its message.
 */
#include "../unit/support.h"

#include <string.h>
#include <unistd.h>

static bide_poll leaks_when_out_of_memory(bide_allocator *allocator)
{
    bide_allocator *giver, *other;
    void *first = bide_alloc(allocator, 16, 8, &giver), *second;
    if (!first)
        return BIDE_ENOMEM;
    second = bide_alloc(allocator, 16, 8, &other);
    if (!second)
        return BIDE_ENOMEM; /* and forgets the first */
    bide_free(other, second, 16, 8);
    bide_free(giver, first, 16, 8);
    return BIDE_READY;
}

static bide_poll frees_twice(bide_allocator *allocator)
{
    bide_allocator *giver;
    void *block = bide_alloc(allocator, 16, 8, &giver);
    if (!block)
        return BIDE_ENOMEM;
    bide_free(giver, block, 16, 8);
    bide_free(giver, block, 16, 8);
    return BIDE_READY;
}

static bide_poll swallows_the_failure(bide_allocator *allocator)
{
    bide_allocator *giver;
    void *block = bide_alloc(allocator, 16, 8, &giver);
    if (!block)
        return BIDE_EMISUSE;
    bide_free(giver, block, 16, 8);
    return BIDE_READY;
}

static bide_poll allocates_nothing(bide_allocator *allocator)
{
    (void)allocator;
    return BIDE_READY;
}

TEST_EVERY_FAILURE(leak, leaks_when_out_of_memory)
TEST_EVERY_FAILURE(twice, frees_twice)
TEST_EVERY_FAILURE(code, swallows_the_failure)
TEST_EVERY_FAILURE(none, allocates_nothing)

static void descriptor(void **state)
{
    (void)state;
    assert_true(dup(0) >= 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest all[] = {cmocka_unit_test(leak), cmocka_unit_test(twice),
                                     cmocka_unit_test(code), cmocka_unit_test(none),
                                     cmocka_unit_test(descriptor)};
    for (size_t i = 0; argc == 2 && i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(argv[1], all[i].name) == 0) {
            const struct CMUnitTest one[] = {all[i]};
            return cmocka_run_group_tests(one, NULL, NULL);
        }
    }
    return 64;
}
