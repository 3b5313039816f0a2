/*
 * opaque.c: the barrier of bench.h for the Vala program.
 */
#include "../bench.h"

uint32_t bench_opaque(uint32_t n);
uint32_t bench_opaque(uint32_t n)
{
    return opaque(n);
}
