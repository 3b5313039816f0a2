/*
 * session.c: a session of each type, run to its end; and slots, whose size is that of frames.
 */
#include "lines.h"
#include "place.h"

/* ---- a line in a slot --------------------------------------------------------------------- */

/* A line with the slot for its call in its own frame: how a caller gives the callee a place. This
 * one is written with the macros: generated and macro-written futures await each other. */
#define line_in_slot_FRAME(ROW)                                                                    \
    ROW(PARAM, const Calculator *, self)                                                           \
    ROW(PARAM, const struct line *, line)                                                          \
    ROW(PARAM, bide_allocator *, fallback)                                                         \
    ROW(BUFFER, call_slot, slot)                                                                   \
    ROW(LOCAL, Calculator, near) /* the same object, with the slot as allocator */                 \
    ROW(LOCAL, int32_t, result)                                                                    \
    ROW(CHILD, line_on, call)

/* The frame is in its final place when the arguments of its first await are evaluated. */
static Calculator *in_slot(call_slot *slot, bide_allocator *fallback, Calculator *near,
                           const Calculator *self)
{
    BIDE_SLOT_INIT(slot, fallback);
    *near = *self;
    near->allocator = BIDE_SLOT_ALLOCATOR(slot);
    return near;
}

BIDE_ASYNC(int32_t, line_in_slot)
{
    BIDE_BEGIN(line_in_slot);
    BIDE_AWAIT_TO(f->result, line_on, call,
                  (in_slot(&f->slot, f->fallback, &f->near, f->self), f->line));
    BIDE_RETURN(f->result);
    BIDE_END;
}

bide_poll spawn_in_slot(struct run *run, struct line *line)
{
    bide_poll code;
    BIDE_SPAWN_TO(code, run->executor, line_in_slot, NULL, &line->join,
                  (run->slotted, line, &run->place->frames.base));
    return code;
}

/* ---- sessions ----------------------------------------------------------------------------- */

#define RUN(session, self)                                                                         \
    bide_poll code;                                                                                \
    BIDE_RUN_UNTIL_TO(code, run->executor, session, NULL, (self, run));                            \
    return code

bide_poll FastCalculator_run(struct run *run, FastCalculator *self)
{
    RUN(session_FastCalculator, self);
}

bide_poll SlowCalculator_run(struct run *run, SlowCalculator *self)
{
    RUN(session_SlowCalculator, self);
}

bide_poll AuditedCalculator_run(struct run *run, AuditedCalculator *self)
{
    RUN(session_AuditedCalculator, self);
}

bide_poll PlainCalculator_run(struct run *run, PlainCalculator *self)
{
    RUN(session_PlainCalculator, self);
}

bide_poll SharedCalculator_run(struct run *run, SharedCalculator *self)
{
    RUN(session_SharedCalculator, self);
}

bide_poll Calculator_run(struct run *run, Calculator *self)
{
    run->slotted = run->place->kind == PLACE_SLOT ? self : NULL;
    RUN(session, self);
}
