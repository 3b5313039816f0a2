/*
 * gen/cancelled.c: which async variables must be cancelled when they end early, and not dropped.
 */
#include "flow.h"
#include "passes.h"

/* Whether something in a function waits when it is cancelled, as far as this file knows. A spawned
 * future is not in it. */
static bool has_waiting_end(const node *n)
{
    if (!n || n->kind == N_SPAWN)
        return false;
    if (n->kind == N_VAR && cleanup_waits(n->var))
        return true;
    if (n->kind == N_CALL && n->callee && surely_waits(n->callee))
        return true;
    for (uint32_t i = 0; i < n->count; i++)
        if (has_waiting_end(n->kids[i]))
            return true;
    return false;
}

/* Async variables that have to be cancelled are known before the steps are: they are suspensions
 * of their own. */
void find_cancelled(unit *u)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t i = 0; i < u->function_count; i++) {
            function *f = u->functions[i];
            if (!f->surely_waits && has_waiting_end(f->body))
                f->surely_waits = changed = true;
        }
    }
    for (uint32_t i = 0; i < u->function_count; i++)
        for (uint32_t k = 0; k < u->functions[i]->var_count; k++) {
            var *v = u->functions[i]->vars[k];
            const callee *c = v->is_async ? async_callee(v) : NULL;
            v->is_cancelled = c && surely_waits(c);
        }
}
