/*
 * mutants.h: included first in an instrumented source, in which each statement that could be
 * missing is MUTANT(number, statement); it is missing where `mutant` is its number.
 */
#ifndef MUTANTS_H
#define MUTANTS_H

#include <string.h>

extern int mutant;                     /* which one is missing; 0: none */
extern unsigned char *mutants_reached; /* [number]: a run came there */

#define MUTANT(number, ...)                                                                        \
    do {                                                                                           \
        mutants_reached[number] = 1;                                                               \
        if (mutant != (number)) {                                                                  \
            __VA_ARGS__;                                                                           \
        }                                                                                          \
    } while (0)

/* A restore: without it a resumed body finds anything there, not by chance what it should. */
#define MUTANT_RESTORE(number, variable, ...)                                                      \
    do {                                                                                           \
        mutants_reached[number] = 1;                                                               \
        if (mutant != (number)) {                                                                  \
            __VA_ARGS__;                                                                           \
        } else {                                                                                   \
            memset((void *)&(variable), 0x5B, sizeof(variable));                                   \
        }                                                                                          \
    } while (0)

/* BIDE_PRIV_KEEP does something in a start alone. */
#define MUTANT_KEEP(number, ...)                                                                   \
    do {                                                                                           \
        if (!BIDE_PRIV_RUN_HAS_FRAME)                                                              \
            MUTANT(number, __VA_ARGS__);                                                           \
    } while (0)

/* BIDE_PRIV_RESUME(MUTANT, (number, FAR, F), path, out): its drop of the child could be missing. */
#define BIDE_PRIV_POLL_MUTANT(F, at, cx, out) MUTANT_APPLY(MUTANT_POLL, MUTANT_OPEN F, at, cx, out)
#define BIDE_PRIV_DROP_MUTANT(F, at) MUTANT_APPLY(MUTANT_DROP, MUTANT_OPEN F, at)
#define MUTANT_OPEN(number, where, F) number, where, F
#define MUTANT_APPLY(macro, ...) macro(__VA_ARGS__)
#define MUTANT_POLL(number, where, F, at, cx, out) BIDE_PRIV_POLL_##where(F, at, cx, out)
#define MUTANT_DROP(number, where, F, at) MUTANT(number, BIDE_PRIV_DROP_##where(F, at))

#endif
