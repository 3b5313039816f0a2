/*
 * frames.c: runs each function of the frame table once and prints "name bytes result", like
 * frames.rs and frames.cpp. The script `table` puts the three side by side.
 */
#include "frames.h"

#include <stdio.h>
#include <stdlib.h>

#include <bide/executor.h>

void fill(uint8_t *a, size_t n, uint32_t seed)
{
    size_t i;
    for (i = 0; i < n; i++)
        a[i] = (uint8_t)(seed + 7 * (uint32_t)i);
}

uint32_t total(const uint8_t *a, size_t n)
{
    uint32_t sum = 0;
    size_t i;
    for (i = 0; i < n; i++)
        sum += a[i];
    return sum;
}

#define RUN(F, ...)                                                                                \
    do {                                                                                           \
        F##_output result = 0;                                                                     \
        bide_poll code;                                                                            \
        BIDE_BLOCK_ON_TO(code, F, &result, (__VA_ARGS__));                                         \
        if (code != BIDE_READY) {                                                                  \
            fprintf(stderr, #F ": poll result %d\n", (int)code);                                   \
            exit(1);                                                                               \
        }                                                                                          \
        printf(#F " %zu %u\n", sizeof(struct F), (unsigned)result);                                \
    } while (0)

int main(void)
{
    Plus three = {3};
    Counter counter = {5};
    Adder plus = Plus_as_Adder(&three, NULL);
    RUN(once, 4);
    RUN(array_live, 4);
    RUN(array_dead, 4);
    RUN(array_dead_in_scope, 4);
    RUN(args_before, 1, 2, 3, 4, 5, 6, 7, 8);
    RUN(args_across, 1, 2, 3, 4, 5, 6, 7, 8);
    RUN(two_large, 4);
    RUN(four_large, 4);
    RUN(both_first, 4);
    RUN(levels, 4);
    RUN(levels_args, 1, 2, 3);
    RUN(levels_arrays, 4);
    RUN(loop_sum, 10);
    RUN(loop_array, 10);
    RUN(switch_arms, 1, 4);
    RUN(conditions, 4);
    RUN(large_result, 4);
    RUN(large_forwarded, 4);
    RUN(counter_next, &counter, 4);
    RUN(counter_two, &counter, 4);
    RUN(flags, 7);
    RUN(mixed_sizes, 7);
    RUN(disjoint_arrays, 4);
    RUN(disjoint_scalars, 4);
    RUN(self_pointer, 4);
    RUN(dyn_held, &plus, 1, 2);
    RUN(dyn_two, &plus, &plus, 1, 2);
    RUN(join_two, 4);
    RUN(early_error, 4);
    RUN(retry, 4);
    return 0;
}
