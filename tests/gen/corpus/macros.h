#ifndef CORPUS_MACROS_H
#define CORPUS_MACROS_H

#include "corpus.h"

bide_async int macro_argument(int x);
bide_async int macro_nested(int x);
bide_async int macro_loops(int x);
bide_async int macro_swap(int x);
bide_async int macro_declares(int x);
bide_async int macro_assert(int x);
bide_async int macro_length(int x);
bide_async int macro_container(int x);
bide_async int macro_around_words(int x);
bide_async int statement_expressions(int x);
bide_async int function_name(int x);
bide_async int comments_and_layout(int x);
bide_async int line_continued(int x);

#include BIDE_GENERATED("macros.gen.h")

#endif
