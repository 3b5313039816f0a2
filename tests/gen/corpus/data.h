#ifndef CORPUS_DATA_H
#define CORPUS_DATA_H

#include "corpus.h"

bide_async int several_declarators(int x);
bide_async int array_filled(int x);
bide_async int array_initialised(int x);
bide_async int array_of_awaits(int x);
bide_async int array_two_dimensions(int x);
bide_async int array_of_structs(int x);
bide_async int string_buffers(int x);
bide_async int struct_members(int x);
bide_async int struct_copies(int x);
bide_async int struct_big(int x);
bide_async int struct_pointer_chain(int x);
bide_async int struct_with_array_member(int x);
bide_async int unions(int x);
bide_async int bit_fields(int x);
bide_async int function_pointers(int x);
bide_async int pointers_to_locals(int x);
bide_async int pointer_into_array(int x);
bide_async int const_locals(int x);
bide_async int volatile_locals(int x);
bide_async int register_locals(int x);
bide_async int atomic_locals(int x);
bide_async int aligned_locals(int x);
bide_async int widths(int x);
bide_async int statics(int x);
bide_async int local_types_between_awaits(int x);
bide_async int typedefs(int x);
bide_async int vla_between_awaits(int x);
bide_async int typeof_locals(int x);
bide_async int parameters_assigned(int x, struct pair p, const char *text, int values[3]);
bide_async int parameters_call(int x);
bide_async int parameter_unused(int x, int unused, int (*f)(int), const struct big *b);
bide_async int call_by_values(int x);
bide_async int disjoint_lifetimes(int x);
bide_async int loop_locals(int x);
bide_async int shadowing(int x);
bide_async int shadow_with_outer_pointer(int x);
bide_async int shadow_while_initialised(int x);
bide_async int uninitialised_until_set(int x);
bide_async int compound_literal_values(int x);
bide_async int flexible_math(int x);
bide_async int unlucky_names(int state);

#include BIDE_GENERATED("data.gen.h")

#endif
