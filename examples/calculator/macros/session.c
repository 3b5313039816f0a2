/*
 * session.c: the generic code of generic.h for each implementation and for the handle.
 */
#include "place.h"

/* ---- the static path: generic.h for each type -------------------------------------------- */

#define FastCalculator_line_FRAME(ROW) LINE_FRAME(ROW, FastCalculator)
#define FastCalculator_session_FRAME(ROW) SESSION_FRAME(ROW, FastCalculator)
#define T FastCalculator
#include "generic.h"

#define SlowCalculator_line_FRAME(ROW) LINE_FRAME(ROW, SlowCalculator)
#define SlowCalculator_session_FRAME(ROW) SESSION_FRAME(ROW, SlowCalculator)
#define T SlowCalculator
#include "generic.h"

#define AuditedCalculator_line_FRAME(ROW) LINE_FRAME(ROW, AuditedCalculator)
#define AuditedCalculator_session_FRAME(ROW) SESSION_FRAME(ROW, AuditedCalculator)
#define T AuditedCalculator
#include "generic.h"

#define PlainCalculator_line_FRAME(ROW) LINE_FRAME(ROW, PlainCalculator)
#define PlainCalculator_session_FRAME(ROW) SESSION_FRAME(ROW, PlainCalculator)
#define T PlainCalculator
#include "generic.h"

#define SharedCalculator_line_FRAME(ROW) LINE_FRAME(ROW, SharedCalculator)
#define SharedCalculator_session_FRAME(ROW) SESSION_FRAME(ROW, SharedCalculator)
#define T SharedCalculator
#include "generic.h"

/* ---- the dyn path: generic.h for the handle ---------------------------------------------- */

#define Calculator_line_FRAME(ROW) LINE_FRAME(ROW, Calculator)
#define Calculator_session_FRAME(ROW) SESSION_FRAME(ROW, Calculator)
#define T Calculator
#define T_OWN_SPAWN
#include "generic.h"
#undef T_OWN_SPAWN

/* A line with the slot for its call in its own frame: how a caller gives the callee a place. */
#define slotted_line_FRAME(ROW)                                                                    \
    ROW(PARAM, const Calculator *, self)                                                           \
    ROW(PARAM, const struct line *, line)                                                          \
    ROW(PARAM, bide_allocator *, fallback)                                                         \
    ROW(BUFFER, call_slot, slot)                                                                   \
    ROW(LOCAL, Calculator, near) /* the same object, with the slot as allocator */                 \
    ROW(LOCAL, int32_t, result)                                                                    \
    ROW(CHILD, Calculator_line, call)

/* The frame is in its final place when the arguments of its first await are evaluated. */
static Calculator *in_slot(call_slot *slot, bide_allocator *fallback, Calculator *near,
                           const Calculator *self)
{
    BIDE_SLOT_INIT(slot, fallback);
    *near = *self;
    near->allocator = BIDE_SLOT_ALLOCATOR(slot);
    return near;
}

BIDE_ASYNC(int32_t, slotted_line)
{
    BIDE_BEGIN(slotted_line);
    BIDE_AWAIT_TO(f->result, Calculator_line, call,
                  (in_slot(&f->slot, f->fallback, &f->near, f->self), f->line));
    BIDE_RETURN(f->result);
    BIDE_END;
}

static bide_poll Calculator_spawn(bide_runtime *runtime, Calculator *self, struct run *run,
                                  struct line *line)
{
    bide_poll code;
    if (run->place->kind == PLACE_SLOT)
        BIDE_SPAWN_TO(code, runtime, slotted_line, NULL, &line->join,
                      (self, line, &run->place->frames.base));
    else
        BIDE_SPAWN_TO(code, runtime, Calculator_line, NULL, &line->join, (self, line));
    return code;
}
