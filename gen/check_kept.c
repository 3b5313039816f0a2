#include "check.h"

static bool is_live_anywhere(const function *f, uint32_t bit)
{
    for (uint32_t i = 0; i < f->site_count; i++)
        if (f->sites[i]->live && (f->sites[i]->live[bit / 64] >> (bit % 64) & 1) != 0)
            return true;
    return false;
}

/* The frame is a structure at file scope: its members have types that are declared there. */
static void check_type(unit *u, const type *t, place at, const char *what)
{
    if (t->constant)
        error_at(u->diagnostics, at,
                 SAY(u, "leave const away from member '%s', or keep the struct behind a pointer",
                     t->constant),
                 "%s has type '%s', which cannot be assigned, and is kept in the future", what,
                 t->spelling);
    else if (t->is_unnamed)
        error_at(u->diagnostics, at, "give the type a name at file scope",
                 "%s has a type without a name, and is kept across an await", what);
    else if (t->needs && t->needs_in_function) {
        error_at(u->diagnostics, at, SAY(u, "declare '%s' at file scope", t->needs),
                 "%s has type '%s', which is declared inside a function, and is kept across an "
                 "await",
                 what, t->spelling);
        if (t->needs_at.line)
            note_at(u->diagnostics, t->needs_at, "'%s' is declared here", t->needs);
    }
}

void check_kept(unit *u)
{
    for (uint32_t i = 0; i < u->function_count; i++) {
        const function *f = u->functions[i];
        for (uint32_t j = 0; j < f->var_count; j++)
            if (f->vars[j]->resident || f->vars[j]->saved || f->vars[j]->is_async ||
                (f->vars[j]->is_param && f->vars[j]->type->constant))
                check_type(u, f->vars[j]->type, f->vars[j]->at, SAY(u, "'%s'", f->vars[j]->name));
        if (f->result->constant)
            check_type(u, f->result, f->line, "the result");
        for (uint32_t j = 0; j < f->temp_count; j++)
            if (f->temps[j].type && f->temps[j].of && is_live_anywhere(f, f->var_count + j))
                check_type(u, f->temps[j].type, f->temps[j].of->line, "this value");
    }
}
