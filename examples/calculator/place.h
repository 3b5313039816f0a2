/*
 * place.h: where the frames of calls that must wait come from: the option --allocator.
 *
 * Two counters tell what is asked of the process's memory: `frames` for the calls, `tasks` for the
 * executor, its tasks and their slabs. A pool and a slot ask only for what does not fit into them.
 */
#ifndef PLACE_H
#define PLACE_H

#include <bide/alloc_count.h>
#include <bide/alloc_pool.h>
#include <bide/alloc_slot.h>

#include "audited.h"
#include "shared.h"
#include "slow.h"

/* The largest frame of any implementation's method, as a constant: Fast and Plain never wait. */
#define CALL_LARGER(a, b) ((a) > (b) ? (a) : (b))
#define CALL_BYTES                                                                                 \
    CALL_LARGER(BIDE_LARGEST_FRAME(SlowCalculator_add, SlowCalculator_sub, SlowCalculator_reset,   \
                                   AuditedCalculator_add, AuditedCalculator_sub,                   \
                                   AuditedCalculator_reset),                                       \
                BIDE_LARGEST_FRAME(SharedCalculator_add, SharedCalculator_sub,                     \
                                   SharedCalculator_reset))
#define CALL_ALIGN                                                                                 \
    CALL_LARGER(BIDE_LARGEST_ALIGN(SlowCalculator_add, SlowCalculator_sub, SlowCalculator_reset,   \
                                   AuditedCalculator_add, AuditedCalculator_sub,                   \
                                   AuditedCalculator_reset),                                       \
                BIDE_LARGEST_ALIGN(SharedCalculator_add, SharedCalculator_sub,                     \
                                   SharedCalculator_reset))

/* Room for one such frame. */
typedef BIDE_SLOT(CALL_BYTES) call_slot;

enum { POOL_FRAMES = 64 };

enum place_kind { PLACE_HEAP, PLACE_MIMALLOC, PLACE_POOL, PLACE_SLAB, PLACE_SLOT };

struct place {
    enum place_kind kind;
    bide_budget budget; /* below both counters */
    bide_counter tasks;
    bide_counter frames;
    bide_pool pool;
    unsigned char memory[BIDE_POOL_BYTES(CALL_BYTES, CALL_ALIGN, POOL_FRAMES)];
};

/* The kind of that name, or -1. */
int place_find(const char *name);

/* Whether this build has it: mimalloc may be missing. */
bool place_exists(enum place_kind kind);

/* Makes the place; at most `limit` bytes are ever taken from the process. */
bide_poll place_init(struct place *place, enum place_kind kind, size_t limit);

/* Checks that all has come back: BIDE_READY, or BIDE_EMISUSE if something leaked. */
bide_poll place_end(struct place *place);

/* What a handle gets. NULL means the context's: the slab of the task that makes the call. Where
 * the kind is PLACE_SLOT there is no allocator for all: the caller sets its own slot, with
 * `frames` behind it. */
bide_allocator *place_allocator(struct place *place);

#endif
