#include "entry.h"
#include "ends.h"

ENTRY(ends_left_alone, *v, x)
ENTRY(ends_in_loop, *v, x)
ENTRY(ends_by_drop, *v, x)
ENTRY(ends_by_race, *v, x)
ENTRY(ends_by_return, digest_big(v), x)
ENTRY(ends_by_failure, *v, x)
ENTRY(ends_boxed, *v, x)
ENTRY(ends_joined, *v, x)
ENTRY(ends_by_goto, *v, x)
ENTRY(ends_in_child, *v, x)
ENTRY(ends_beside_scoped, *v, x)
ENTRY(ends_of_reader, *v, x)

const struct entry corpus_entries[] = {
    ROW(ends_left_alone, NO_TRACE | CATCHES),    ROW(ends_in_loop, NO_TRACE | CATCHES),
    ROW(ends_by_drop, NO_TRACE | CATCHES),       ROW(ends_by_race, NO_TRACE | CATCHES),
    ROW(ends_by_return, NO_TRACE | CATCHES),     ROW(ends_by_failure, NO_TRACE | CATCHES),
    ROW(ends_boxed, NO_TRACE | CATCHES),         ROW(ends_joined, NO_TRACE | CATCHES),
    ROW(ends_by_goto, NO_TRACE | CATCHES),       ROW(ends_in_child, NO_TRACE | CATCHES),
    ROW(ends_beside_scoped, NO_TRACE | CATCHES), ROW(ends_of_reader, NO_TRACE | CATCHES),
};
const size_t corpus_entry_count = sizeof corpus_entries / sizeof corpus_entries[0];
