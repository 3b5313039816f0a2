#ifndef CORPUS_CLEANUP_H
#define CORPUS_CLEANUP_H

#include "corpus.h"

bide_async int scoped_plain(int x);
bide_async int scoped_from_await(int x);
bide_async int scoped_in_order(int x);
bide_async int scoped_blocks(int x);
bide_async int scoped_early_return(int x);
bide_async int scoped_loop(int x);
bide_async int scoped_while_condition(int x);
bide_async int scoped_switch(int x);
bide_async int scoped_goto(int x);
bide_async void scoped_void(int x);
bide_async int scoped_value_before(int x);
bide_async struct pair scoped_struct_result(int x);
bide_async int scoped_without_await(int x);
bide_async int scoped_null(int x);
bide_async struct resource *make_resource(int x);
bide_async int scoped_nested_functions(int x);
bide_async int scoped_several_declarators(int x);
bide_async int scoped_array_and_pointer(int x);
bide_async int scoped_array(int x);
bide_async int scoped_shadowed(int x);
bide_async int owned_one(struct resource *r, int x);
bide_async int owned_two(struct resource *a, token t, int x);
bide_async int owned_never_read(struct resource *r, int x);
bide_async int owned_no_await(struct resource *r, int x);
bide_async int owned_passed_on(int x);
bide_async int scoped_goto_back(int x);

#include BIDE_GENERATED("cleanup.gen.h")

#endif
