#ifndef CORPUS_EXPR_H
#define CORPUS_EXPR_H

#include "corpus.h"

bide_async int expr_plain(int x);
bide_async int expr_in_call(int x);
bide_async int expr_nested(int x);
bide_async int expr_left_to_right(int x);
bide_async int expr_arguments_in_order(int x);
bide_async int expr_rest_after(int x);
bide_async int expr_temp_crosses(int x);
bide_async int expr_compound(int x);
bide_async int expr_and(int x);
bide_async int expr_or(int x);
bide_async int expr_and_or_mixed(int x);
bide_async int expr_cond(int x);
bide_async int expr_cond_nested(int x);
bide_async int expr_cond_void(int x);
bide_async int expr_cond_struct(int x);
bide_async int expr_comma(int x);
bide_async int expr_subscript(int x);
bide_async int expr_member_of_result(int x);
bide_async int expr_casts(int x);
bide_async double expr_double(int x);
bide_async int expr_deref_result(int x);
bide_async int expr_negate(int x);
bide_async int expr_assign_chain(int x);
bide_async int expr_unused_value(int x);
bide_async int expr_sizeof(int x);
bide_async int expr_generic(int x);
bide_async int expr_short_circuit_in_args(int x);
bide_async int expr_return_logic(int x);
bide_async void expr_void(int x);
bide_async struct pair expr_pair(int x);
bide_async struct big expr_big(int x);
bide_async int expr_no_await(int x);
bide_async int expr_post_increment(int x);
bide_async int expr_designated(int x);
bide_async int expr_indirect_call(int x);
bide_async int expr_deep_logic(int x);

#include BIDE_GENERATED("expr.gen.h")

#endif
