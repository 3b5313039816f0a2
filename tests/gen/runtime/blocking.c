/*
 * blocking.c: the same source as a program that blocks, with the leaf run by an executor; both
 * builds are linked into one program.
 */
#include "runtime.h"

#include <bide/blocking.h>

BIDE_BLOCKING_CALL(int, ticks);

#include "runtime.async.c"

/* Here a handle is the object. */
int Adder_add(Adder *self, int n)
{
    return Base_add((Base *)(void *)self, n);
}
