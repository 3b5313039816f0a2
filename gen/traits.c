#include <string.h>

#include "check.h"
#include "flow.h"
#include "passes.h"

/* BIDE_SEND of bide/abi.h */
#define SEND 1

/* Why a future may not change threads: a value that is bound to one, or a child that may not. */
typedef struct reason {
    const var *var;      /* a parameter, or a local that is held across `site` */
    const type *type;    /* of it, or of a temporary; NULL: it is a child */
    const callee *child; /* or what the type was made of */
    place at;            /* of the suspension or the call */
} reason;

static bool is_live(const site *s, uint32_t bit)
{
    return s->live && (s->live[bit / 64] >> (bit % 64) & 1) != 0;
}

/* Where a resident is held: the first suspension behind its declaration, in its scope. */
static const site *first_in_scope(const function *f, const var *v)
{
    for (uint32_t i = 0; i < f->site_count; i++) {
        const site *s = f->sites[i];
        bool is_behind = s->line.line > v->at.line ||
                         (s->line.line == v->at.line && s->line.column >= v->at.column);
        for (const node *n = s->word; is_behind && n; n = n->parent)
            if (n == v->block)
                return s;
    }
    return NULL;
}

static const site *held_at(const function *f, const var *v)
{
    for (uint32_t i = 0; i < f->site_count; i++)
        if (is_live(f->sites[i], v->index))
            return f->sites[i];
    return first_in_scope(f, v);
}

/* Flags of a function in another file are known to the C compiler only, which checks them. */
static bool is_bound_callee(const callee *k)
{
    if (!k)
        return false;
    if (k->definition)
        return !k->definition->is_send;
    return k->flags >= 0 && (k->flags & SEND) == 0;
}

/* A type that a macro makes of functions of this file holds their frames, which no type shows yet.
 */
static const callee *bound_maker(const making *m, uint32_t depth)
{
    const callee *found = NULL;
    for (uint32_t i = 0; m && i < m->part_count; i++)
        if (is_bound_callee(m->parts[i]))
            return m->parts[i];
    for (uint32_t i = 0; m && !found && depth < 32 && i < m->use_count; i++)
        found = bound_maker(m->uses[i], depth + 1);
    return found;
}

static bool find_bound_var(const function *f, reason *why)
{
    for (uint32_t i = 0; i < f->var_count; i++) {
        const var *v = f->vars[i];
        bool is_kept = v->is_param || v->resident || v->saved || v->is_async;
        const callee *maker = is_kept ? bound_maker(v->type->making, 0) : NULL;
        if (!is_kept || v->is_static || (!v->type->bound && !maker))
            continue;
        const site *s = held_at(f, v);
        *why = (reason){v, v->type, v->type->bound ? NULL : maker, s ? s->line : v->at};
        return true;
    }
    return false;
}

static bool find_bound_temp(const function *f, reason *why)
{
    for (uint32_t t = 0; t < f->temp_count; t++) {
        const type *held = f->temps[t].type;
        const callee *maker = held ? bound_maker(held->making, 0) : NULL;
        for (uint32_t i = 0; held && (held->bound || maker) && i < f->site_count; i++) {
            if (!is_live(f->sites[i], f->var_count + t))
                continue;
            *why = (reason){NULL, held, held->bound ? NULL : maker, f->sites[i]->line};
            return true;
        }
    }
    return false;
}

/* What a macro makes of others is bound as they are. */
static const callee *bound_part(const callee *k)
{
    for (uint32_t i = 0; k && i < k->part_count; i++)
        if (is_bound_callee(k->parts[i]))
            return k->parts[i];
    return NULL;
}

static bool found_child(const callee *k, place at, reason *why)
{
    const callee *part = bound_part(k);
    if (!part && !is_bound_callee(k))
        return false;
    *why = (reason){.child = part ? part : k, .at = at};
    return true;
}

static const node *initial_call(const var *v)
{
    const node *n = v->decl && v->decl->count ? v->decl->kids[0] : NULL;
    while (n && (n->kind == N_PAREN || n->kind == N_BOXED) && n->count)
        n = n->kids[0];
    return n && n->kind == N_CALL ? n : NULL;
}

static bool find_bound_child(const function *f, reason *why)
{
    for (uint32_t i = 0; i < f->site_count; i++) {
        const site *s = f->sites[i];
        if (found_child(s->callee, s->line, why) ||
            (s->cleanup && found_child(s->cleanup->cleanup_fn, s->line, why)))
            return true;
    }
    for (uint32_t i = 0; i < f->var_count; i++) {
        const node *call = f->vars[i]->is_async ? initial_call(f->vars[i]) : NULL;
        if (call && found_child(call->callee, call->line, why))
            return true;
    }
    return false;
}

static bool find_reason(const function *f, reason *why)
{
    return find_bound_var(f, why) || find_bound_temp(f, why) || find_bound_child(f, why);
}

/* ---- what the user reads ------------------------------------------------------------------ */

static void note_bound(diagnostics *d, const type *t)
{
    if (t->bound_at.line)
        note_at(d, t->bound_at, "'%s' is declared thread-bound here", t->bound);
}

/* One link of the chain; the next function, or NULL at its end. */
static const function *explain(diagnostics *d, const function *f, const reason *why)
{
    if (!why->type) {
        note_at(d, why->at, "'%s' awaits '%s', whose future is bound to its thread", f->name,
                why->child->name);
        return why->child->definition;
    }
    if (!why->var)
        note_at(d, why->at, "a value of type '%s' is held across the await here",
                why->type->spelling);
    else if (why->var->is_param)
        note_at(d, why->var->at, "parameter '%s' of type '%s' is kept in the future",
                why->var->name, why->type->spelling);
    else
        note_at(d, why->var->at, "variable '%s' of type '%s' is held across the await at %u:%u",
                why->var->name, why->type->spelling, why->at.line, why->at.column);
    if (!why->child) {
        note_bound(d, why->type);
        return NULL;
    }
    note_at(d, why->var ? why->var->at : why->at,
            "'%s' is made of '%s', whose future is bound to its thread", why->type->spelling,
            why->child->name);
    return why->child->definition;
}

static void report(unit *u, const function *f)
{
    reason why;
    error_at(u->diagnostics, f->line,
             "end the use of the value before the await, or declare the function async",
             "future of '%s' cannot be sent to another thread", f->name);
    /* Children of this file may wait for each other: no chain is longer than the file. */
    for (uint32_t i = 0; f && i < u->function_count && find_reason(f, &why); i++)
        f = explain(u->diagnostics, f, &why);
}

/* What combines futures drops whom it does not need any more. */
static void refuse_waiting_parts(unit *u, const making *m)
{
    for (uint32_t i = 0; i < m->part_count; i++)
        if (surely_waits(m->parts[i]) && strcmp(m->macro, "BIDE_FUTURE_BY_ASYNC") != 0)
            error_at(u->diagnostics, m->line, "await it alone, or spawn it",
                     "%s may have to drop '%s', which has a cleanup that waits", m->macro,
                     m->parts[i]->name);
}

void traits_unit(unit *u)
{
    reason why;
    check_kept(u);
    for (uint32_t i = 0; i < u->function_count; i++) {
        u->functions[i]->is_send = true;
        u->functions[i]->is_unpin = u->functions[i]->site_count == 0;
    }
    for (bool is_new = true; is_new;) {
        is_new = false;
        for (uint32_t i = 0; i < u->function_count; i++)
            if (u->functions[i]->is_send && find_reason(u->functions[i], &why)) {
                u->functions[i]->is_send = false;
                is_new = true;
            }
    }
    for (uint32_t i = 0; i < u->making_count; i++)
        refuse_waiting_parts(u, u->makings[i]);
    for (uint32_t i = 0; i < u->function_count; i++)
        if (u->functions[i]->wants_send && !u->functions[i]->is_send)
            report(u, u->functions[i]);
}
