#include "entry.h"
#include "macros.h"

ENTRY(macro_argument, *v, x)
ENTRY(macro_nested, *v, x)
ENTRY(macro_loops, *v, x)
ENTRY(macro_swap, *v, x)
ENTRY(macro_declares, *v, x)
ENTRY(macro_assert, *v, x)
ENTRY(macro_length, *v, x)
ENTRY(macro_container, *v, x)
ENTRY(macro_around_words, *v, x)
ENTRY(statement_expressions, *v, x)
ENTRY(function_name, *v, x)
ENTRY(comments_and_layout, *v, x)
ENTRY(line_continued, *v, x)

const struct entry corpus_entries[] = {
    ROW(macro_argument, 0),
    ROW(macro_nested, 0),
    ROW(macro_loops, 0),
    ROW(macro_swap, 0),
    ROW(macro_declares, 0),
    ROW(macro_assert, 0),
    ROW(macro_length, 0),
    ROW(macro_container, 0),
    ROW(macro_around_words, CATCHES),
    ROW(statement_expressions, 0),
    ROW(function_name, 0),
    ROW(comments_and_layout, 0),
    ROW(line_continued, 0),
};
const size_t corpus_entry_count = sizeof corpus_entries / sizeof corpus_entries[0];
