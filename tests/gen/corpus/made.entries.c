#include "entry.h"
#include "made.h"

ENTRY(twice, *v, x)
ENTRY(half, *v, acquire(x + 900), x)
ENTRY(pair_of, digest_pair(*v), x)
ENTRY_VOID(tell, x)
ENTRY(made_join, *v, x)
ENTRY(made_join_in_loop, *v, x)
ENTRY(made_race, *v, x)
ENTRY(made_race_boxed, *v, x)
ENTRY(made_nested, *v, x)
ENTRY(made_map, *v, x)
ENTRY(made_then, *v, x)
ENTRY(made_abortable, *v, x)
ENTRY(made_shared, *v, x)
ENTRY(made_set, *v, x)
ENTRY(made_of_static, *v, x)
ENTRY(made_variable, *v, x)
ENTRY(made_by_init, *v, x)
ENTRY(made_owned, *v, x)
ENTRY(made_stream, *v, x)
ENTRY(made_caught, *v, x)
ENTRY(made_before_parts, *v, x)

const struct entry corpus_entries[] = {
    ROW(twice, 0),
    ROW(half, 0),
    ROW(pair_of, 0),
    ROW(tell, 0),
    ROW(made_join, ANY_ORDER),
    ROW(made_join_in_loop, ANY_ORDER),
    ROW(made_race, NO_TRACE | CATCHES),
    ROW(made_race_boxed, NO_TRACE | CATCHES),
    ROW(made_nested, NO_TRACE | CATCHES),
    ROW(made_map, 0),
    ROW(made_then, 0),
    ROW(made_abortable, 0),
    ROW(made_shared, 0),
    ROW(made_set, ANY_ORDER),
    ROW(made_of_static, ANY_ORDER),
    ROW(made_variable, ANY_ORDER),
    ROW(made_by_init, 0),
    ROW(made_owned, ANY_ORDER),
    ROW(made_stream, 0),
    ROW(made_caught, ANY_ORDER),
    ROW(made_before_parts, NO_TRACE | CATCHES),
};
const size_t corpus_entry_count = sizeof corpus_entries / sizeof corpus_entries[0];
