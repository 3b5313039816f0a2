#ifndef CORPUS_CONTROL_H
#define CORPUS_CONTROL_H

#include "corpus.h"

bide_async int if_condition(int x);
bide_async int while_body(int x);
bide_async int while_condition(int x);
bide_async int do_condition(int x);
bide_async int for_everywhere(int x);
bide_async int for_without_parts(int x);
bide_async int nested_loops(int x);
bide_async int loop_without_block(int x);
bide_async int switch_operand(int x);
bide_async int switch_fall_through(int x);
bide_async int switch_in_loop(int x);
bide_async int loop_in_switch(int x);
bide_async int switch_on_enum(int x);
bide_async int nested_switch(int x);
bide_async int goto_back(int x);
bide_async int goto_forward(int x);
bide_async int goto_out_of_loops(int x);
bide_async int goto_into_loop(int x);
bide_async int goto_machine(int x);
bide_async int goto_past_declarations(int x);
bide_async int early_returns(int x);
bide_async void void_returns(int x);
bide_async int dead_code(int x);
bide_async int two_awaits_one_line(int x);
bide_async int retry_with_backoff(int x);
bide_async int collatz(int x);
bide_async int bubble_sort(int x);
bide_async int goto_past_resident(int x);
bide_async int goto_and_resident_counter(int x);
bide_async int switch_past_resident(int x);

#include BIDE_GENERATED("control.gen.h")

#endif
