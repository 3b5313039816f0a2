#include "entry.h"
#include "control.h"

ENTRY(if_condition, *v, x)
ENTRY(while_body, *v, x)
ENTRY(while_condition, *v, x)
ENTRY(do_condition, *v, x)
ENTRY(for_everywhere, *v, x)
ENTRY(for_without_parts, *v, x)
ENTRY(nested_loops, *v, x)
ENTRY(loop_without_block, *v, x)
ENTRY(switch_operand, *v, x)
ENTRY(switch_fall_through, *v, x)
ENTRY(switch_in_loop, *v, x)
ENTRY(loop_in_switch, *v, x)
ENTRY(switch_on_enum, *v, x)
ENTRY(nested_switch, *v, x)
ENTRY(goto_back, *v, x)
ENTRY(goto_forward, *v, x)
ENTRY(goto_out_of_loops, *v, x)
ENTRY(goto_into_loop, *v, x)
ENTRY(goto_machine, *v, x)
ENTRY(goto_past_declarations, *v, x)
ENTRY(early_returns, *v, x)
ENTRY_VOID(void_returns, x)
ENTRY(dead_code, *v, x)
ENTRY(two_awaits_one_line, *v, x)
ENTRY(retry_with_backoff, *v, x)
ENTRY(collatz, *v, x)
ENTRY(bubble_sort, *v, x)
ENTRY(goto_past_resident, *v, x)
ENTRY(goto_and_resident_counter, *v, x)
ENTRY(switch_past_resident, *v, x)

const struct entry corpus_entries[] = {
    ROW(if_condition, 0),
    ROW(while_body, 0),
    ROW(while_condition, 0),
    ROW(do_condition, 0),
    ROW(for_everywhere, 0),
    ROW(for_without_parts, 0),
    ROW(nested_loops, 0),
    ROW(loop_without_block, 0),
    ROW(switch_operand, 0),
    ROW(switch_fall_through, 0),
    ROW(switch_in_loop, 0),
    ROW(loop_in_switch, 0),
    ROW(switch_on_enum, 0),
    ROW(nested_switch, 0),
    ROW(goto_back, 0),
    ROW(goto_forward, 0),
    ROW(goto_out_of_loops, 0),
    ROW(goto_into_loop, 0),
    ROW(goto_machine, 0),
    ROW(goto_past_declarations, 0),
    ROW(early_returns, 0),
    ROW(void_returns, 0),
    ROW(dead_code, 0),
    ROW(two_awaits_one_line, 0),
    ROW(retry_with_backoff, 0),
    ROW(collatz, 0),
    ROW(bubble_sort, 0),
    ROW(goto_past_resident, 0),
    ROW(goto_and_resident_counter, 0),
    ROW(switch_past_resident, 0),
};
const size_t corpus_entry_count = sizeof corpus_entries / sizeof corpus_entries[0];
