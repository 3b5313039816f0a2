/*
 * bench.h: what every benchmark program in C shares: its command line, its clock, and the barrier
 * that keeps the optimiser from knowing the inputs.
 *
 *     program list                            one line "workload placement" for each it has
 *     program <workload> <placement> <loops>  one line "checksum nanoseconds"
 *
 * tests/bench/run starts these programs in turn and does the arithmetic.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The compiler must assume that x has changed. Costs no instruction. */
#define OPAQUE(x) __asm__ volatile("" : "+r"(x))

static inline uint32_t opaque(uint32_t n)
{
    OPAQUE(n);
    return n;
}

enum { CHAIN = 10 }; /* dyn or static calls, one inside the other */

/* Blocks that each program keeps while it measures: sizes 16, 32, ... */
enum { KEPT = 16 };
#define KEPT_SIZE(i) ((size_t)16 * ((size_t)(i) + 1))

struct bench {
    const char *workload;
    const char *placement;
    /* Runs the operation `loops` times under one block_on; `which` chooses the receiver. */
    uint32_t (*run)(uint32_t loops, int which);
};

static inline uint64_t bench_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline int bench_main(int argc, char **argv, const struct bench *table, size_t count)
{
    size_t i;
    if (argc == 2 && strcmp(argv[1], "list") == 0) {
        for (i = 0; i < count; i++)
            printf("%s %s\n", table[i].workload, table[i].placement);
        return 0;
    }
    for (i = 0; argc == 4 && i < count; i++) {
        uint64_t begin, end;
        uint32_t sum, loops = (uint32_t)strtoul(argv[3], NULL, 10);
        if (strcmp(argv[1], table[i].workload) != 0 || strcmp(argv[2], table[i].placement) != 0)
            continue;
        begin = bench_now();
        sum = table[i].run(loops, argc == 4);
        end = bench_now();
        printf("%u %llu\n", (unsigned)sum, (unsigned long long)(end - begin));
        return 0;
    }
    fprintf(stderr, "usage: %s list | <workload> <placement> <loops>\n", argv[0]);
    return 2;
}

#endif
