/*
 * other.h: functions of other.async.c, of which flags.async.c only knows the prototypes.
 */
#ifndef TRAITS_OTHER_H
#define TRAITS_OTHER_H

#include "types.h"

bide_async int other_moves(int x);
bide_async int other_stays(int x);
bide_async_send int other_promises(int x);
bide_async int other_tidies(int x);

#include BIDE_GENERATED("other.gen.h")

#endif
