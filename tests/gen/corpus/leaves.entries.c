/*
 * leaves.entries.c: the harness tried on futures that no generator made.
 */
#include "entry.h"

ENTRY(leaf, *v, x)
ENTRY(pinned_leaf, *v, x)
ENTRY(macro_leaf, *v, x)
ENTRY(leaf_pair, digest_pair(*v), x)
ENTRY(leaf_big, digest_big(v), x)
ENTRY(leaf_consume, *v, acquire(x + 1))
ENTRY(leaf_acquire, (release(*v), 1), x)
ENTRY(leaf_after, *v, x, x)
ENTRY_VOID(pause_void, x)

const struct entry corpus_entries[] = {
    ROW(leaf, BY_HAND),         ROW(pinned_leaf, BY_HAND), ROW(macro_leaf, 0),
    ROW(leaf_pair, BY_HAND),    ROW(leaf_big, BY_HAND),    ROW(leaf_consume, BY_HAND),
    ROW(leaf_acquire, BY_HAND), ROW(leaf_after, BY_HAND),  ROW(pause_void, BY_HAND),
};
const size_t corpus_entry_count = sizeof corpus_entries / sizeof corpus_entries[0];
