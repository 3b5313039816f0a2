#include "entry.h"
#include "child.h"

ENTRY(child_one, *v, x)
ENTRY(child_value_often, *v, x)
ENTRY(child_join, *v, x)
ENTRY(child_join_pointers, *v, x)
ENTRY(child_join_in_loop, *v, x)
ENTRY(child_left_alone, *v, x)
ENTRY(owned_child, *v, acquire(x + 900), x)
ENTRY(child_borrows_locals, *v, x)
ENTRY(child_with_scoped, *v, x)
ENTRY(child_select, *v, x)
ENTRY(child_race, *v, x)
ENTRY(child_select_loop, *v, x)
ENTRY(posix_select_still_works, *v, x)
ENTRY(fibonacci, *v, x)
ENTRY(depth, *v, x, acquire(x + 901))
ENTRY(is_odd, *v, x)
ENTRY(is_even, *v, x)
ENTRY(boxed_leaf, *v, x)
ENTRY(mixed_leaves, *v, x)
ENTRY(deep_chain_1, *v, x)
ENTRY(deep_chain_2, *v, x)
ENTRY(deep_chain_3, *v, x)
ENTRY(deep_chain_4, *v, x)
ENTRY(child_never_waited_for, *v, x)
ENTRY(child_and_no_wait, *v, x)
ENTRY(child_goto_back, *v, x)

const struct entry corpus_entries[] = {
    ROW(child_one, ANY_ORDER),
    ROW(child_value_often, ANY_ORDER),
    ROW(child_join, ANY_ORDER),
    ROW(child_join_pointers, ANY_ORDER),
    ROW(child_join_in_loop, NO_TRACE),
    ROW(child_left_alone, NO_TRACE),
    ROW(owned_child, ANY_ORDER),
    ROW(child_borrows_locals, ANY_ORDER),
    ROW(child_with_scoped, NO_TRACE),
    ROW(child_select, NO_TRACE),
    ROW(child_race, NO_TRACE | CATCHES),
    ROW(child_select_loop, NO_TRACE | CATCHES),
    ROW(posix_select_still_works, 0),
    ROW(fibonacci, 0),
    ROW(depth, 0),
    ROW(is_odd, 0),
    ROW(is_even, 0),
    ROW(boxed_leaf, 0),
    ROW(mixed_leaves, 0),
    ROW(deep_chain_1, 0),
    ROW(deep_chain_2, 0),
    ROW(deep_chain_3, 0),
    ROW(deep_chain_4, 0),
    ROW(child_never_waited_for, NO_TRACE),
    ROW(child_and_no_wait, NO_TRACE),
    ROW(child_goto_back, NO_TRACE),
};
const size_t corpus_entry_count = sizeof corpus_entries / sizeof corpus_entries[0];
