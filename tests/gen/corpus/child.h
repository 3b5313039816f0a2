#ifndef CORPUS_CHILD_H
#define CORPUS_CHILD_H

#include "corpus.h"

bide_async int child_one(int x);
bide_async int child_value_often(int x);
bide_async int child_join(int x);
bide_async int child_join_pointers(int x);
bide_async int child_join_in_loop(int x);
bide_async int child_left_alone(int x);
bide_async int owned_child(struct resource *r, int n);
bide_async int child_borrows_locals(int x);
bide_async int child_with_scoped(int x);
bide_async int child_select(int x);
bide_async int child_race(int x);
bide_async int child_select_loop(int x);
bide_async int posix_select_still_works(int x);
bide_async int fibonacci(int n);
bide_async int depth(int n, struct resource *r);
bide_async int is_odd(int n);
bide_async int is_even(int n);
bide_async int boxed_leaf(int x);
bide_async int mixed_leaves(int x);
bide_async int deep_chain_1(int x);
bide_async int deep_chain_2(int x);
bide_async int deep_chain_3(int x);
bide_async int deep_chain_4(int x);
bide_async int child_never_waited_for(int x);
bide_async int child_and_no_wait(int x);
bide_async int child_goto_back(int x);

#include BIDE_GENERATED("child.gen.h")

#endif
