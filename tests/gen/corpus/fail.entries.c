#include "entry.h"
#include "fail.h"

ENTRY(try_one, *v, x)
ENTRY(try_with_cleanup, *v, x)
ENTRY(try_in_loop, *v, x)
ENTRY(try_in_expression, *v, x)
ENTRY(try_owned, *v, acquire(x + 900), x)
ENTRY(try_passed_on, *v, x)
ENTRY(try_with_predicate, digest_pair(*v), x)
ENTRY(try_pointer, *v != NULL, some_ints(x))
ENTRY(try_pointers, *v, x)
ENTRY(catch_value, *v, x)
ENTRY(catch_no_value, *v, x)
ENTRY(catch_into_place, *v, x)
ENTRY(catch_in_loop, *v, x)
ENTRY(catch_of_function, *v, x)
ENTRY(catch_of_child, *v, x)
ENTRY(fail_through_everything, *v, x)
ENTRY(fail_beside_children, *v, x)

const struct entry corpus_entries[] = {
    ROW(try_one, 0),
    ROW(try_with_cleanup, 0),
    ROW(try_in_loop, 0),
    ROW(try_in_expression, 0),
    ROW(try_owned, 0),
    ROW(try_passed_on, 0),
    ROW(try_with_predicate, 0),
    ROW(try_pointer, 0),
    ROW(try_pointers, 0),
    ROW(catch_value, CATCHES),
    ROW(catch_no_value, CATCHES),
    ROW(catch_into_place, CATCHES),
    ROW(catch_in_loop, CATCHES),
    ROW(catch_of_function, CATCHES),
    ROW(catch_of_child, CATCHES | ANY_ORDER),
    ROW(fail_through_everything, 0),
    ROW(fail_beside_children, ANY_ORDER),
};
const size_t corpus_entry_count = sizeof corpus_entries / sizeof corpus_entries[0];
