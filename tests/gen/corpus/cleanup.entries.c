#include "entry.h"
#include "cleanup.h"

ENTRY(scoped_plain, *v, x)
ENTRY(scoped_from_await, *v, x)
ENTRY(scoped_in_order, *v, x)
ENTRY(scoped_blocks, *v, x)
ENTRY(scoped_early_return, *v, x)
ENTRY(scoped_loop, *v, x)
ENTRY(scoped_while_condition, *v, x)
ENTRY(scoped_switch, *v, x)
ENTRY(scoped_goto, *v, x)
ENTRY_VOID(scoped_void, x)
ENTRY(scoped_value_before, *v, x)
ENTRY(scoped_struct_result, digest_pair(*v), x)
ENTRY(scoped_without_await, *v, x)
ENTRY(scoped_null, *v, x)
ENTRY(make_resource, (release(*v), 1), x)
ENTRY(scoped_nested_functions, *v, x)
ENTRY(scoped_several_declarators, *v, x)
ENTRY(scoped_array_and_pointer, *v, x)
ENTRY(scoped_array, *v, x)
ENTRY(scoped_shadowed, *v, x)
ENTRY(owned_one, *v, acquire(x + 900), x)
ENTRY(owned_two, *v, acquire(x + 900), token_make(x + 801), x)
ENTRY(owned_never_read, *v, acquire(x + 900), x)
ENTRY(owned_no_await, *v, acquire(x + 900), x)
ENTRY(owned_passed_on, *v, x)
ENTRY(scoped_goto_back, *v, x)

const struct entry corpus_entries[] = {
    ROW(scoped_plain, 0),
    ROW(scoped_from_await, 0),
    ROW(scoped_in_order, 0),
    ROW(scoped_blocks, 0),
    ROW(scoped_early_return, 0),
    ROW(scoped_loop, 0),
    ROW(scoped_while_condition, 0),
    ROW(scoped_switch, 0),
    ROW(scoped_goto, 0),
    ROW(scoped_void, 0),
    ROW(scoped_value_before, 0),
    ROW(scoped_struct_result, 0),
    ROW(scoped_without_await, 0),
    ROW(scoped_null, 0),
    ROW(make_resource, 0),
    ROW(scoped_nested_functions, 0),
    ROW(scoped_several_declarators, 0),
    ROW(scoped_array_and_pointer, 0),
    ROW(scoped_array, 0),
    ROW(scoped_shadowed, 0),
    ROW(owned_one, 0),
    ROW(owned_two, 0),
    ROW(owned_never_read, 0),
    ROW(owned_no_await, 0),
    ROW(owned_passed_on, 0),
    ROW(scoped_goto_back, 0),
};
const size_t corpus_entry_count = sizeof corpus_entries / sizeof corpus_entries[0];
