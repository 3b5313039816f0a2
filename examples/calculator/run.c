/*
 * run.c: the generic code for each implementation and for the handle, and making calculators.
 */
#include "run.h"

#include <inttypes.h>
#include <string.h>

#include "fast.h"
#include "plain.h"

enum { DELAY_MS = 10 };

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

/* ---- making calculators ------------------------------------------------------------------ */

static bide_poll run_dyn(struct run *run, Calculator handle)
{
    return Calculator_run(run, &handle);
}

static bide_poll run_fast(struct run *run)
{
    FastCalculator fast = {0};
    if (run->sheet->path == PATH_STATIC)
        return FastCalculator_run(run, &fast);
    return run_dyn(run, FastCalculator_as_Calculator(&fast, place_allocator(run->place)));
}

static bide_poll run_slow(struct run *run)
{
    SlowCalculator slow = {.delay_ms = DELAY_MS};
    if (run->sheet->path == PATH_STATIC)
        return SlowCalculator_run(run, &slow);
    return run_dyn(run, SlowCalculator_as_Calculator(&slow, place_allocator(run->place)));
}

/* The audited one is a SlowCalculator, behind a handle on both paths. Of all calls through that
 * handle, one at a time fits into its slot. */
static bide_poll run_audited(struct run *run)
{
    SlowCalculator slow = {.delay_ms = DELAY_MS};
    bide_allocator *allocator = place_allocator(run->place);
    AuditedCalculator audited = {.begun = 0};
    call_slot slot;
    bide_poll code;
    BIDE_SLOT_INIT(&slot, &run->place->frames.base);
    if (run->place->kind == PLACE_SLOT)
        audited.inner = SlowCalculator_as_Calculator(&slow, BIDE_SLOT_ALLOCATOR(&slot));
    else
        audited.inner = SlowCalculator_as_Calculator(&slow, allocator);
    if (run->sheet->path == PATH_STATIC)
        code = AuditedCalculator_run(run, &audited);
    else
        code = run_dyn(run, AuditedCalculator_as_Calculator(&audited, allocator));
    snprintf(run->note, sizeof run->note, "audited: %" PRIu32 " calls begun, %" PRIu32 " ended",
             audited.begun, audited.ended);
    return code;
}

static bide_poll run_plain(struct run *run)
{
    if (run->sheet->path == PATH_STATIC)
        return PlainCalculator_run(run, NULL);
    return run_dyn(run, PlainCalculator_as_Calculator(NULL, place_allocator(run->place)));
}

/* The program gives its reference up while the calls run: from here on they alone keep the
 * calculator. */
static void drop_shared(struct run *run)
{
    snprintf(run->note, sizeof run->note, "shared: dropped while %" PRIu32 " calls ran",
             run->shared->references - 1);
    SharedCalculator_release(run->shared);
    run->shared = NULL;
}

static bide_poll run_shared(struct run *run)
{
    bide_poll code = SharedCalculator_new(&run->place->tasks.base, DELAY_MS, &run->shared);
    if (code != BIDE_READY)
        return code;
    run->all_begun = drop_shared;
    if (run->sheet->path == PATH_STATIC)
        code = SharedCalculator_run(run, run->shared);
    else
        code =
            run_dyn(run, SharedCalculator_as_Calculator(run->shared, place_allocator(run->place)));
    if (run->shared) /* the session was refused */
        drop_shared(run);
    return code;
}

run_function *run_find(const char *name)
{
    static const struct {
        const char *name;
        run_function *run;
    } all[] = {{"fast", run_fast},
               {"slow", run_slow},
               {"audited", run_audited},
               {"plain", run_plain},
               {"shared", run_shared}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(name, all[i].name) == 0)
            return all[i].run;
    return NULL;
}
