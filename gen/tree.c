/*
 * gen/tree.c: questions about the tree that more than one pass asks.
 */
#include <string.h>

#include "flow.h"

bool is_suspending(const node *n)
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
    case N_DROP:
        return n->count && bare(n->kids[0])->var && bare(n->kids[0])->var->is_cancelled;
    default:
        return false;
    }
}

bool is_split(const node *n)
{
    switch (n->kind) {
    case N_AND:
    case N_OR:
    case N_COMMA:
        return n->kids[1]->awaits;
    case N_COND:
        return n->kids[1]->awaits || n->kids[2]->awaits;
    default:
        return false;
    }
}

node *bare(node *n)
{
    while (n && n->kind == N_PAREN && n->count == 1)
        n = n->kids[0];
    return n;
}

node *awaited_call(const node *word)
{
    node *n = word->count ? bare(word->kids[0]) : NULL;
    if (n && n->kind == N_BOXED)
        n = bare(n->kids[0]);
    return n && n->kind == N_CALL ? n : NULL;
}

node *direct_await(const node *value)
{
    node *n = bare((node *)(uintptr_t)value);
    return n && n->kind == N_AWAIT && awaited_call(n) ? n : NULL;
}

bool never_waits(const callee *c)
{
    return c && c->definition && c->definition->never_pended;
}

bool needs_ending(const var *v)
{
    return v->cleanup || v->is_async;
}

bool cleanup_waits(const var *v)
{
    return v->is_cancelled ||
           (v->cleanup_fn && (v->cleanup_fn->is_async || v->cleanup_fn->is_future));
}

bool leaves_scope(const var *v, const node *into)
{
    const node *t = into;
    while (t && t != v->block)
        t = t->parent;
    return !t || (into->kind == N_LABEL && v->decl && into->at.begin < v->decl->at.begin);
}

/* The loop, or the switch, that a break or continue leaves or repeats. */
static node *enclosing(node *n, bool for_break)
{
    for (n = n->parent; n; n = n->parent) {
        if (n->kind == N_WHILE || n->kind == N_DO || n->kind == N_FOR)
            return n;
        if (for_break && n->kind == N_SWITCH)
            return n;
    }
    return NULL;
}

static node *find_label(node *n, const char *name)
{
    if (!n)
        return NULL;
    if (n->kind == N_LABEL && n->name && strcmp(n->name, name) == 0)
        return n;
    for (uint32_t i = 0; i < n->count; i++) {
        node *found = find_label(n->kids[i], name);
        if (found)
            return found;
    }
    return NULL;
}

node *jump_target(const function *f, node *n)
{
    return n->kind == N_GOTO ? find_label(f->body, n->name) : enclosing(n, n->kind == N_BREAK);
}

bool child_cancels(const callee *c)
{
    if (c->definition)
        return c->definition->has_cancel;
    return c->cancels != 0;
}

bool child_waits(const callee *c)
{
    if (c->definition)
        return c->definition->waits;
    return !c->is_dyn && (c->flags < 0 || (c->flags & 16));
}

bool surely_waits(const callee *c)
{
    enum { NO_DROP = 16 }; /* BIDE_NO_DROP of bide/abi.h */
    if (c->definition)
        return c->definition->surely_waits;
    return c->flags >= 0 && (c->flags & NO_DROP);
}

callee *async_callee(const var *v)
{
    node *call = v->decl && v->decl->count ? bare(v->decl->kids[0]) : NULL;
    if (call && call->kind == N_BOXED)
        call = bare(call->kids[0]);
    return call ? call->callee : NULL;
}
