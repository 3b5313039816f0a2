/*
 * run.c: making calculators, and running sessions on them.
 */
#include "place.h"
#include "session.h"

#include <inttypes.h>
#include <string.h>

enum { DELAY_MS = 10 };

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
