#include "entry.h"
#include "expr.h"

ENTRY(expr_plain, *v, x)
ENTRY(expr_in_call, *v, x)
ENTRY(expr_nested, *v, x)
ENTRY(expr_left_to_right, *v, x)
ENTRY(expr_arguments_in_order, *v, x)
ENTRY(expr_rest_after, *v, x)
ENTRY(expr_temp_crosses, *v, x)
ENTRY(expr_compound, *v, x)
ENTRY(expr_and, *v, x)
ENTRY(expr_or, *v, x)
ENTRY(expr_and_or_mixed, *v, x)
ENTRY(expr_cond, *v, x)
ENTRY(expr_cond_nested, *v, x)
ENTRY(expr_cond_void, *v, x)
ENTRY(expr_cond_struct, *v, x)
ENTRY(expr_comma, *v, x)
ENTRY(expr_subscript, *v, x)
ENTRY(expr_member_of_result, *v, x)
ENTRY(expr_casts, *v, x)
ENTRY(expr_double, *v * 64, x)
ENTRY(expr_deref_result, *v, x)
ENTRY(expr_negate, *v, x)
ENTRY(expr_assign_chain, *v, x)
ENTRY(expr_unused_value, *v, x)
ENTRY(expr_sizeof, *v, x)
ENTRY(expr_generic, *v, x)
ENTRY(expr_short_circuit_in_args, *v, x)
ENTRY(expr_return_logic, *v, x)
ENTRY_VOID(expr_void, x)
ENTRY(expr_pair, digest_pair(*v), x)
ENTRY(expr_big, digest_big(v), x)
ENTRY(expr_no_await, *v, x)
ENTRY(expr_post_increment, *v, x)
ENTRY(expr_designated, *v, x)
ENTRY(expr_indirect_call, *v, x)
ENTRY(expr_deep_logic, *v, x)

const struct entry corpus_entries[] = {
    ROW(expr_plain, 0),
    ROW(expr_in_call, 0),
    ROW(expr_nested, 0),
    ROW(expr_left_to_right, 0),
    ROW(expr_arguments_in_order, 0),
    ROW(expr_rest_after, 0),
    ROW(expr_temp_crosses, 0),
    ROW(expr_compound, 0),
    ROW(expr_and, 0),
    ROW(expr_or, 0),
    ROW(expr_and_or_mixed, 0),
    ROW(expr_cond, 0),
    ROW(expr_cond_nested, 0),
    ROW(expr_cond_void, 0),
    ROW(expr_cond_struct, 0),
    ROW(expr_comma, 0),
    ROW(expr_subscript, 0),
    ROW(expr_member_of_result, 0),
    ROW(expr_casts, 0),
    ROW(expr_double, 0),
    ROW(expr_deref_result, 0),
    ROW(expr_negate, 0),
    ROW(expr_assign_chain, 0),
    ROW(expr_unused_value, 0),
    ROW(expr_sizeof, 0),
    ROW(expr_generic, 0),
    ROW(expr_short_circuit_in_args, 0),
    ROW(expr_return_logic, 0),
    ROW(expr_void, 0),
    ROW(expr_pair, 0),
    ROW(expr_big, 0),
    ROW(expr_no_await, 0),
    ROW(expr_post_increment, 0),
    ROW(expr_designated, 0),
    ROW(expr_indirect_call, 0),
    ROW(expr_deep_logic, 0),
};
const size_t corpus_entry_count = sizeof corpus_entries / sizeof corpus_entries[0];
