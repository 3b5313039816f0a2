/*
 * fast.c: the vtable of FastCalculator; all else is in its header.
 */
#include "fast.h"

BIDE_IMPL(Calculator, FastCalculator);
