/*
 * session.h: running a sheet on a calculator of each type, where calls are direct and frames are
 * parts of each other, and on a handle, through a vtable; from one text.
 *
 * A session spawns all lines, each a task, and waits where it must.
 */
#ifndef SESSION_H
#define SESSION_H

#include "audited.h"
#include "fast.h"
#include "plain.h"
#include "run.h"
#include "slow.h"

bide_poll FastCalculator_run(struct run *run, FastCalculator *self);
bide_poll SlowCalculator_run(struct run *run, SlowCalculator *self);
bide_poll AuditedCalculator_run(struct run *run, AuditedCalculator *self);
bide_poll PlainCalculator_run(struct run *run, PlainCalculator *self);
bide_poll SharedCalculator_run(struct run *run, SharedCalculator *self);

/* Where the kind of place is PLACE_SLOT, each call has a slot of its own. */
bide_poll Calculator_run(struct run *run, Calculator *self);

#endif
