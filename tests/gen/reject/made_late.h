/* What is made of a function of made_late.async.c, behind the frames of that file. */
#ifndef REJECT_MADE_LATE_H
#define REJECT_MADE_LATE_H

#include "leaves.h"

#include <bide/timeout.h>

bide_async int asked(int x);
bide_async int asks(int x);
#include BIDE_GENERATED("made_late.gen.h")
BIDE_FUTURE_BY_ASYNC(int, asked, (int, x));
BIDE_TIMEOUT(asked_within, asked);

#endif
