/*
 * bench_run.h: bench.h, and how a workload on bide is run.
 */
#ifndef BENCH_RUN_H
#define BENCH_RUN_H

#include "bench.h"

#include <bide/executor.h>

/* RUN(F, self, loops): one block_on over one loop. */
#define RUN(F, self, loops)                                                                        \
    do {                                                                                           \
        struct F bench_frame;                                                                      \
        uint32_t bench_out = 0;                                                                    \
        F##_init(&bench_frame, self, loops);                                                       \
        if (bide_block_on(&F##_type, &bench_frame, &bench_out, NULL) != BIDE_READY)                \
            abort();                                                                               \
        return bench_out;                                                                          \
    } while (0)

#endif
