#include "check.h"

#include <string.h>

#include "passes.h"

void walk(check *c, node *n, void (*visit)(check *, node *))
{
    if (!n)
        return;
    visit(c, n);
    for (uint32_t i = 0; i < n->count; i++)
        walk(c, n->kids[i], visit);
}

node *skip_parens(node *n)
{
    while (n && n->kind == N_PAREN && n->count == 1)
        n = n->kids[0];
    return n;
}

node *outer(const node *n)
{
    node *up = n->parent;
    while (up && up->kind == N_PAREN)
        up = up->parent;
    return up;
}

bool starts_with(const char *string, const char *prefix)
{
    return string && strncmp(string, prefix, strlen(prefix)) == 0;
}

/* ---- words -------------------------------------------------------------------------------- */

bool is_word(const node *n)
{
    return n->kind >= N_AWAIT && n->kind <= N_FAIL;
}

const char *word_name(const node *n)
{
    static const char *const names[] = {
        "await",  "await_try", "await_catch", "await_next", "yield", "boxed", "join",
        "select", "race",      "drop",        "spawn",      "owned", "fail",
    };
    return is_word(n) ? names[n->kind - N_AWAIT] : "";
}

static bool is_jump(const node *n)
{
    return n->kind == N_RETURN || n->kind == N_GOTO || n->kind == N_BREAK || n->kind == N_CONTINUE;
}

bool suspends_here(const check *c, const node *n)
{
    switch (n->kind) {
    case N_AWAIT:
    case N_AWAIT_TRY:
    case N_AWAIT_CATCH:
    case N_AWAIT_NEXT:
    case N_YIELD:
    case N_JOIN:
    case N_SELECT:
    case N_RACE:
        return true;
    case N_VAR:
        return n->var && cleanup_waits(n->var);
    case N_DROP:
        return is_suspending(n);
    default:
        return c->async_cleanup && is_jump(n);
    }
}

bool suspends_in(const check *c, const node *n)
{
    if (!n)
        return false;
    if (suspends_here(c, n))
        return true;
    for (uint32_t i = 0; i < n->count; i++)
        if (suspends_in(c, n->kids[i]))
            return true;
    return false;
}

/* Whether something behind `from`, in the order of the text, suspends. An async cleanup before it
 * counts too when it is in the same block: it waits at the end of that. */
static bool suspends_behind(const check *c, const node *n, const node *from, bool *seen)
{
    if (!n)
        return false;
    if (*seen && suspends_here(c, n))
        return true;
    for (uint32_t i = 0; i < n->count; i++)
        if (suspends_behind(c, n->kids[i], from, seen))
            return true;
    if (n == from)
        *seen = true;
    return false;
}

bool has_async_cleanup(const check *c, const node *block)
{
    for (uint32_t i = 0; i < c->f->var_count; i++)
        if (c->f->vars[i]->block == block && cleanup_waits(c->f->vars[i]))
            return true;
    return false;
}

bool suspends_in_scope(const check *c, const var *v)
{
    bool seen = v->decl == NULL;
    if (!v->block)
        return c->suspends;
    return suspends_behind(c, v->block, v->decl, &seen) || has_async_cleanup(c, v->block);
}

bool is_async_callee(const callee *k)
{
    return k && (k->is_async || k->is_generator || k->is_future || k->is_dyn);
}

node *async_call(node *n)
{
    n = skip_parens(n);
    if (n && n->kind == N_BOXED && n->count)
        n = skip_parens(n->kids[0]);
    return n && n->kind == N_CALL && is_async_callee(n->callee) ? n : NULL;
}

callee *find_callee(const unit *u, const char *name)
{
    for (uint32_t i = 0; i < u->callee_count; i++)
        if (strcmp(u->callees[i]->name, name) == 0)
            return u->callees[i];
    return NULL;
}

place place_of(const unit *u, uint32_t offset)
{
    place at = {u->path, 1, 1};
    if (u->place_at)
        return u->place_at(u, offset);
    for (uint32_t i = 0; i < offset && i < u->length; i++) {
        at.column++;
        if (u->text[i] == '\n') {
            at.line++;
            at.column = 1;
        }
    }
    return at;
}

/* ---- the pass ----------------------------------------------------------------------------- */

static check begin(unit *u, function *f, bool is_async)
{
    check c = {.u = u, .f = f, .is_async = is_async};
    for (uint32_t i = 0; i < f->var_count; i++)
        c.async_cleanup = c.async_cleanup || cleanup_waits(f->vars[i]);
    c.suspends = suspends_in(&c, f->body);
    return c;
}

void check_unit(unit *u)
{
    find_cancelled(u);
    check_functions(u);
    for (uint32_t i = 0; i < u->function_count; i++) {
        check c = begin(u, u->functions[i], true);
        check_words(&c);
        check_locals(&c);
        check_jumps(&c);
    }
    for (uint32_t i = 0; i < u->other_count; i++) {
        check c = begin(u, u->others[i], false);
        check_words(&c);
    }
    check_text(u);
}
