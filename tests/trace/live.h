/*
 * live.h: futures of every make for the tests of tracing and of the debugger's script.
 */
#ifndef LIVE_H
#define LIVE_H

#include <bide/bide.h>
#include <bide/completion.h>

#define Store_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC, int, save, (uint64_t, ms))
BIDE_INTERFACE(Store);

typedef struct Disk {
    int writes;
} Disk;

/* A body by macros that live.c defines, which generated functions await. */
#define pause_FRAME(ROW) ROW(PARAM, uint64_t, ms) ROW(CHILD, bide_sleep, nap)
BIDE_ASYNC_DECLARE(int, pause)

bide_async int Disk_save(Disk *self, uint64_t ms);
bide_async int both(Store *store, uint64_t ms);
bide_async int down(int levels);
#include BIDE_GENERATED("live.gen.h")

BIDE_IMPL_DECLARE(Store, Disk);

#endif
