#ifndef CORPUS_FAIL_H
#define CORPUS_FAIL_H

#include "corpus.h"

bide_async int try_one(int x);
bide_async int try_with_cleanup(int x);
bide_async int try_in_loop(int x);
bide_async int try_in_expression(int x);
bide_async int try_owned(struct resource *r, int x);
bide_async int try_passed_on(int x);
bide_async struct pair try_with_predicate(int x);
bide_async int *try_pointer(int *p);
bide_async int try_pointers(int x);
bide_async int catch_value(int x);
bide_async int catch_no_value(int x);
bide_async int catch_into_place(int x);
bide_async int catch_in_loop(int x);
bide_async int catch_of_function(int x);
bide_async int catch_of_child(int x);
bide_async int fail_through_everything(int x);
bide_async int fail_beside_children(int x);

#include BIDE_GENERATED("fail.gen.h")

#endif
