#include "entry.h"
#include "data.h"

ENTRY(several_declarators, *v, x)
ENTRY(array_filled, *v, x)
ENTRY(array_initialised, *v, x)
ENTRY(array_of_awaits, *v, x)
ENTRY(array_two_dimensions, *v, x)
ENTRY(array_of_structs, *v, x)
ENTRY(string_buffers, *v, x)
ENTRY(struct_members, *v, x)
ENTRY(struct_copies, *v, x)
ENTRY(struct_big, *v, x)
ENTRY(struct_pointer_chain, *v, x)
ENTRY(struct_with_array_member, *v, x)
ENTRY(unions, *v, x)
ENTRY(bit_fields, *v, x)
ENTRY(function_pointers, *v, x)
ENTRY(pointers_to_locals, *v, x)
ENTRY(pointer_into_array, *v, x)
ENTRY(const_locals, *v, x)
ENTRY(volatile_locals, *v, x)
ENTRY(register_locals, *v, x)
ENTRY(atomic_locals, *v, x)
ENTRY(aligned_locals, *v, x)
ENTRY(widths, *v, x)
ENTRY(statics, *v, x)
ENTRY(local_types_between_awaits, *v, x)
ENTRY(typedefs, *v, x)
ENTRY(vla_between_awaits, *v, x)
ENTRY(typeof_locals, *v, x)
ENTRY(parameters_assigned, *v, x, some_pair(x), "text", some_ints(x))
ENTRY(parameters_call, *v, x)
ENTRY(parameter_unused, *v, x, x, leaf_value, some_big(x))
ENTRY(call_by_values, *v, x)
ENTRY(disjoint_lifetimes, *v, x)
ENTRY(loop_locals, *v, x)
ENTRY(shadowing, *v, x)
ENTRY(shadow_with_outer_pointer, *v, x)
ENTRY(shadow_while_initialised, *v, x)
ENTRY(uninitialised_until_set, *v, x)
ENTRY(compound_literal_values, *v, x)
ENTRY(flexible_math, *v, x)
ENTRY(unlucky_names, *v, x)

const struct entry corpus_entries[] = {
    ROW(several_declarators, 0),
    ROW(array_filled, 0),
    ROW(array_initialised, 0),
    ROW(array_of_awaits, 0),
    ROW(array_two_dimensions, 0),
    ROW(array_of_structs, 0),
    ROW(string_buffers, 0),
    ROW(struct_members, 0),
    ROW(struct_copies, 0),
    ROW(struct_big, 0),
    ROW(struct_pointer_chain, 0),
    ROW(struct_with_array_member, 0),
    ROW(unions, 0),
    ROW(bit_fields, 0),
    ROW(function_pointers, 0),
    ROW(pointers_to_locals, 0),
    ROW(pointer_into_array, 0),
    ROW(const_locals, 0),
    ROW(volatile_locals, 0),
    ROW(register_locals, 0),
    ROW(atomic_locals, 0),
    ROW(aligned_locals, 0),
    ROW(widths, 0),
    ROW(statics, 0),
    ROW(local_types_between_awaits, 0),
    ROW(typedefs, 0),
    ROW(vla_between_awaits, 0),
    ROW(typeof_locals, 0),
    ROW(parameters_assigned, 0),
    ROW(parameters_call, 0),
    ROW(parameter_unused, 0),
    ROW(call_by_values, 0),
    ROW(disjoint_lifetimes, 0),
    ROW(loop_locals, 0),
    ROW(shadowing, 0),
    ROW(shadow_with_outer_pointer, 0),
    ROW(shadow_while_initialised, 0),
    ROW(uninitialised_until_set, 0),
    ROW(compound_literal_values, 0),
    ROW(flexible_math, 0),
    ROW(unlucky_names, 0),
};
const size_t corpus_entry_count = sizeof corpus_entries / sizeof corpus_entries[0];
