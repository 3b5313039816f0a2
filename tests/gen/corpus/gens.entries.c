#include "entry.h"
#include "gens.h"

ENTRY(read_all, *v, x)
ENTRY(read_pairs, *v, x)
ENTRY(read_some, *v, x)
ENTRY(read_two, *v, x)
ENTRY(read_last, *v, x)
ENTRY(read_empty, *v, x)
ENTRY(stream_by_init, *v, x)
ENTRY(stream_made, *v, x)
ENTRY(stream_static, *v, x)
ENTRY(stream_adapted, *v, x)

const struct entry corpus_entries[] = {
    ROW(read_all, ANY_ORDER),      ROW(read_pairs, ANY_ORDER), ROW(read_some, NO_TRACE),
    ROW(read_two, ANY_ORDER),      ROW(read_last, ANY_ORDER),  ROW(read_empty, ANY_ORDER),
    ROW(stream_by_init, NO_TRACE), ROW(stream_made, NO_TRACE), ROW(stream_static, NO_TRACE),
    ROW(stream_adapted, NO_TRACE),
};
const size_t corpus_entry_count = sizeof corpus_entries / sizeof corpus_entries[0];
