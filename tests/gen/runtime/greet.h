/*
 * greet.h: an async function over streams and writers that are async functions themselves.
 */
#ifndef BIDE_TESTS_GREET_H
#define BIDE_TESTS_GREET_H

#include "tunnel.h"

/* Greets each line by name, and closes `to`. How many, or the first error. */
bide_async int32_t greet(TunnelLines *names, TunnelWriter *to);

#include BIDE_GENERATED("greet.gen.h")

#endif
