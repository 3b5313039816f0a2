/* An async function, as a header declares it. */
#ifndef COUNTDOWN_H
#define COUNTDOWN_H

#include <bide/bide.h>

/* Waits once for each step, and gives the sum of the numbers passed. */
bide_async int32_t countdown(int32_t from);

#include BIDE_GENERATED("countdown.gen.h")

#endif
