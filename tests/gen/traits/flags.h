/*
 * flags.h: FUNCTIONS(X) are X(name, sends): whether its future may change threads.
 */
#ifndef TRAITS_FLAGS_H
#define TRAITS_FLAGS_H

#include "other.h"

#include <bide/stream_adapt.h>

#define FUNCTIONS(X)                                                                               \
    X(of_ints, 1)                                                                                  \
    X(of_plain_pointers, 1)                                                                        \
    X(of_callbacks, 1)                                                                             \
    X(used_before, 1)                                                                              \
    X(used_in_scope, 1)                                                                            \
    X(by_value, 0)                                                                                 \
    X(by_pointer, 0)                                                                               \
    X(by_alias, 0)                                                                                 \
    X(in_array, 0)                                                                                 \
    X(in_members, 0)                                                                               \
    X(behind_pointers, 0)                                                                          \
    X(in_temporary, 0)                                                                             \
    X(in_address, 0)                                                                               \
    X(of_child, 0)                                                                                 \
    X(of_boxed_child, 0)                                                                           \
    X(of_variable, 0)                                                                              \
    X(of_boxed_variable, 0)                                                                        \
    X(of_hand_made, 0)                                                                             \
    X(of_other_file, 0)                                                                            \
    X(of_boxed_other_file, 0)                                                                      \
    X(of_good_children, 1)                                                                         \
    X(of_itself, 1)                                                                                \
    X(of_partner, 0)                                                                               \
    X(of_partner_too, 0)                                                                           \
    X(of_cleanup, 0)                                                                               \
    X(of_made_stream, 0)                                                                           \
    X(of_stream_of_made, 0)                                                                        \
    X(of_good_made_stream, 1)                                                                      \
    X(promised, 1)

#define DECLARE(name, sends) bide_async int name(int x);
FUNCTIONS(DECLARE)
#undef DECLARE
bide_async int keeps_parameter(int x, struct cursor *c);
bide_async int waits_never(struct cursor *c);
bide_async void ends_cursor(struct cursor **c);
bide_async_gen int numbers(int x);
bide_async_gen int cursors(int x);

#include BIDE_GENERATED("flags.gen.h")

#endif
