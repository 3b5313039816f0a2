/*
 * generic.h: code that runs on any type T with the methods of Calculator, included once for each T.
 *
 *     #define FastCalculator_line_FRAME(ROW) LINE_FRAME(ROW, FastCalculator)
 *     #define FastCalculator_session_FRAME(ROW) SESSION_FRAME(ROW, FastCalculator)
 *     #define T FastCalculator
 *     #include "generic.h"
 *
 * With a concrete T all calls are direct, and their frames are parts of the caller's: the static
 * path. With T = Calculator, the handle, the same text makes its calls through a vtable: the dyn
 * path. No inclusion guard, for that reason. Defines, as T_name:
 *
 *     T_line       a future: runs one line and gives its result
 *     T_session    a future: spawns all lines, each a task, and waits where it must
 *     T_run        runs a session to its end
 *     T_spawn      spawns T_line; the includer writes his own if he has defined T_OWN_SPAWN
 */
#ifndef GENERIC_H
#define GENERIC_H

#include "session.h"

#define LINE_FRAME(ROW, T)                                                                         \
    ROW(PARAM, T *, self) ROW(PARAM, const struct line *, line) ROW(LOCAL, int32_t, result)        \
    ROW(CHILD, T##_add, add) ROW(CHILD, T##_sub, sub) ROW(CHILD, T##_reset, reset)

#define SESSION_FRAME(ROW, T)                                                                      \
    ROW(PARAM, T *, self) ROW(PARAM, struct run *, run)                                            \
    ROW(LOCAL, size_t, next)   /* line to be begun */                                              \
    ROW(LOCAL, size_t, waited) /* lines before it have ended */                                    \
    ROW(CHILD, finish_lines, before_last) ROW(CHILD, bide_yield, turn)                             \
    ROW(CHILD, finish_lines, at_end)

/* Names made of T. */
#define GENERIC_PASTE(a, b) GENERIC_PASTE_NOW(a, b)
#define GENERIC_PASTE_NOW(a, b) a##_##b

#define T_add GENERIC_PASTE(T, add)
#define T_sub GENERIC_PASTE(T, sub)
#define T_reset GENERIC_PASTE(T, reset)
#define T_last GENERIC_PASTE(T, last)
#define T_line GENERIC_PASTE(T, line)
#define T_session GENERIC_PASTE(T, session)
#define T_spawn GENERIC_PASTE(T, spawn)
#define T_run GENERIC_PASTE(T, run)

#endif

/* A call that fails ends this future with its code; the session sees it at the join handle. */
BIDE_ASYNC(int32_t, T_line)
{
    BIDE_BEGIN(T_line);
    switch (f->line->op) {
    case OP_ADD:
        BIDE_AWAIT_TO(f->result, T_add, add, (f->self, f->line->a, f->line->b));
        break;
    case OP_SUB:
        BIDE_AWAIT_TO(f->result, T_sub, sub, (f->self, f->line->a, f->line->b));
        break;
    case OP_RESET:
        BIDE_AWAIT(T_reset, reset, (f->self));
        break;
    default:
        BIDE_FAIL(BIDE_ENOSYS); /* `last` is no call to wait for: the session answers it */
    }
    BIDE_RETURN(f->result);
    BIDE_END;
}

#ifdef T_OWN_SPAWN
static bide_poll T_spawn(bide_runtime *runtime, T *self, struct run *run, struct line *line);
#else
static bide_poll T_spawn(bide_runtime *runtime, T *self, struct run *run, struct line *line)
{
    bide_poll code;
    (void)run;
    BIDE_SPAWN_TO(code, runtime, T_line, NULL, &line->join, (self, line));
    return code;
}
#endif

/* `last` waits for all lines before it, and those behind it begin when it has been read. */
BIDE_ASYNC(void, T_session)
{
    BIDE_BEGIN(T_session);
    for (; f->next < f->run->sheet->count; f->next++) {
        if (f->run->sheet->lines[f->next].op == OP_LAST) {
            BIDE_AWAIT(finish_lines, before_last, (f->run->sheet, f->waited, f->next));
            f->waited = f->next;
            *run_answer(f->run, f->next) = (struct answer){BIDE_READY, T_last(f->self)};
        } else {
            run_answer(f->run, f->next)->code =
                T_spawn(bide_context_runtime(bide_cx), f->self, f->run,
                        &f->run->sheet->lines[f->next]);
        }
    }
    /* The tasks that were just spawned have their first turn before this one its next. */
    BIDE_AWAIT(bide_yield, turn, ());
    if (f->run->all_begun)
        f->run->all_begun(f->run);
    BIDE_AWAIT(finish_lines, at_end, (f->run->sheet, f->waited, f->next));
    BIDE_END;
}

bide_poll T_run(struct run *run, T *self)
{
    bide_poll code;
    BIDE_RUN_UNTIL_TO(code, run->executor, T_session, NULL, (self, run));
    return code;
}

#undef T
