#include "entry.h"
#include "iface.h"

ENTRY(dyn_both, *v, x)
ENTRY(static_calls, *v, x)
ENTRY(generic_calls, *v, x)

const struct entry corpus_entries[] = {
    ROW(dyn_both, 0),
    ROW(static_calls, 0),
    ROW(generic_calls, 0),
};
const size_t corpus_entry_count = sizeof corpus_entries / sizeof corpus_entries[0];
