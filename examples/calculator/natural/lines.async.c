/*
 * lines.async.c: code that runs on any type with the methods of Calculator.
 *
 * Each instance is a copy in which all calls are direct: the static path. The text itself works on
 * the handle, and makes its calls through a vtable: the dyn path.
 */
#include "lines.h"

#include <bide/async_source.h>

/* A call that fails ends this future with its code; the session sees it at the join handle. `last`
 * is no call to wait for: the session answers it. */
async int32_t line_on(impl(Calculator) * self, const struct line *line)
{
    switch (line->op) {
    case OP_ADD:
        return await(Calculator_add(self, line->a, line->b));
    case OP_SUB:
        return await(Calculator_sub(self, line->a, line->b));
    case OP_RESET:
        await(Calculator_reset(self));
        return 0;
    default:
        return 0;
    }
}
instantiate(line_on, FastCalculator);
instantiate(line_on, SlowCalculator);
instantiate(line_on, AuditedCalculator);
instantiate(line_on, PlainCalculator);
instantiate(line_on, SharedCalculator);

/* `last` waits for all lines before it, and those behind it begin when it has been read. */
async void session(impl(Calculator) * self, struct run *run)
{
    struct sheet *sheet = run->sheet;
    size_t next, waited = 0; /* lines before it have ended */
    for (next = 0; next < sheet->count; next++) {
        struct line *line = &sheet->lines[next];
        if (line->op == OP_LAST) {
            await(finish_lines(sheet, waited, next));
            waited = next;
            *run_answer(run, next) = (struct answer){BIDE_READY, Calculator_last(self)};
        } else if (run->slotted) {
            run_answer(run, next)->code = spawn_in_slot(run, line);
        } else {
            run_answer(run, next)->code = spawn(run->executor, line_on(self, line), &line->join);
        }
    }
    /* The tasks that were just spawned have their first turn before this one its next. */
    await(bide_yield());
    if (run->all_begun)
        run->all_begun(run);
    await(finish_lines(sheet, waited, next));
}
instantiate(session, FastCalculator);
instantiate(session, SlowCalculator);
instantiate(session, AuditedCalculator);
instantiate(session, PlainCalculator);
instantiate(session, SharedCalculator);
