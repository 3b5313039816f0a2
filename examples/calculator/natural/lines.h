/*
 * lines.h: code that runs on any calculator: on the handle, and for each type a copy whose name
 * ends with that of the type.
 */
#ifndef LINES_H
#define LINES_H

#include "session.h"

/* Runs one line and gives its result. */
bide_async int32_t line_on(Calculator *self, const struct line *line);

/* Spawns all lines, each a task, and waits where it must. */
bide_async void session(Calculator *self, struct run *run);
bide_async void session_FastCalculator(FastCalculator *self, struct run *run);
bide_async void session_SlowCalculator(SlowCalculator *self, struct run *run);
bide_async void session_AuditedCalculator(AuditedCalculator *self, struct run *run);
bide_async void session_PlainCalculator(PlainCalculator *self, struct run *run);
bide_async void session_SharedCalculator(SharedCalculator *self, struct run *run);

/* Where run->slotted is set: spawns a line on it with a slot for its call. */
bide_poll spawn_in_slot(struct run *run, struct line *line);

#include BIDE_GENERATED("lines.gen.h")

#endif
