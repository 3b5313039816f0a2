/*
 * gen/analyse.c: what lives across which suspension, and how it is kept.
 *
 * A local is a C local in the output, too. Across a suspension it is kept in one of two ways: saved
 * into the frame before the return and restored after it, or resident, which means that it lives in
 * the frame all the time. Resident is what has its address taken, what is too large to be copied at
 * each suspension, and what a second local of the same name hides.
 */
#include <string.h>

#include "flow.h"
#include "passes.h"

/* Arrays and records up to this size are saved; larger ones are resident. */
#define SAVED_BYTES 64u

/* ---- sets -------------------------------------------------------------------------------- */

static bool has(const uint64_t *set, uint32_t i)
{
    return (set[i / 64] >> (i % 64)) & 1;
}

static void insert(uint64_t *set, uint32_t i)
{
    set[i / 64] |= (uint64_t)1 << (i % 64);
}

static void take_out(uint64_t *set, uint32_t i)
{
    set[i / 64] &= ~((uint64_t)1 << (i % 64));
}

/* ---- addresses --------------------------------------------------------------------------- */

/* The variable whose storage an lvalue designates a part of, or NULL. */
static var *storage(node *n)
{
    for (;;) {
        n = bare(n);
        if (!n)
            return NULL;
        if (n->kind == N_REF)
            return n->var;
        if (n->kind == N_MEMBER && !n->is_arrow)
            n = n->kids[0];
        else if (n->kind == N_INDEX && bare(n->kids[0])->type && bare(n->kids[0])->type->is_array)
            n = n->kids[0];
        else
            return NULL;
    }
}

static bool keeps_place(const node *parent, const node *n)
{
    if (!parent)
        return false;
    switch (parent->kind) {
    case N_INDEX:
    case N_MEMBER:
        return parent->kids[0] == n;
    case N_PAREN:
        return keeps_place(parent->parent, parent);
    case N_UNEVALUATED:
        return true;
    default:
        return false;
    }
}

/* An array that is not subscripted or measured decays into a pointer. */
static void find_escapes(node *n)
{
    var *v = NULL;
    if (!n || n->kind == N_UNEVALUATED)
        return;
    if (n->kind == N_ADDRESS)
        v = storage(n->kids[0]);
    else if (n->type && n->type->is_array && !keeps_place(n->parent, n) &&
             (n->kind == N_REF || n->kind == N_MEMBER || n->kind == N_INDEX))
        v = storage(n);
    if (v)
        v->escapes = true;
    for (uint32_t i = 0; i < n->count; i++)
        find_escapes(n->kids[i]);
}

/* ---- liveness ---------------------------------------------------------------------------- */

static void merge(uint64_t *to, const uint64_t *from, uint32_t words)
{
    for (uint32_t i = 0; i < words; i++)
        to[i] |= from[i];
}

/* Backwards over the steps until nothing changes. in[] holds one set for each step. */
static void liveness(unit *u, function *f, flow steps)
{
    uint32_t words = (f->var_count + f->temp_count + 63) / 64;
    size_t total = (size_t)words * (steps.count + 1);
    uint64_t *in = NEW_ARRAY(u->arena, uint64_t, total);
    uint64_t *now = NEW_ARRAY(u->arena, uint64_t, words);
    bool changed = true;
    while (changed) {
        changed = false;
        for (uint32_t i = steps.count; i-- > 0;) {
            const step *s = &steps.steps[i];
            uint64_t *mine = in + (size_t)i * words;
            memset(now, 0, words * sizeof *now);
            if (s->kind != STEP_JUMP && s->kind != STEP_END)
                merge(now, mine + words, words);
            if (s->kind == STEP_JUMP || s->kind == STEP_BRANCH)
                merge(now, in + (size_t)s->target * words, words);
            if (s->kind == STEP_SITE)
                s->site->live = mine + words;
            if (s->kind == STEP_DEFINE)
                take_out(now, s->number);
            if (s->kind == STEP_USE)
                insert(now, s->number);
            if (memcmp(now, mine, words * sizeof *now) != 0) {
                memcpy(mine, now, words * sizeof *now);
                changed = true;
            }
        }
    }
}

/* ---- how each is kept -------------------------------------------------------------------- */

static bool is_inside(const node *n, const node *block)
{
    while (n && n != block)
        n = n->parent;
    return n != NULL;
}

static bool has_labels(const node *n)
{
    if (!n)
        return false;
    if (n->kind == N_LABEL)
        return true;
    for (uint32_t i = 0; i < n->count; i++)
        if (has_labels(n->kids[i]))
            return true;
    return false;
}

static const node *site_node(const site *s)
{
    return s->word ? s->word : s->cleanup->decl;
}

/* Whether a suspension lies in the scope of a variable, behind its declaration. */
static bool in_scope(const var *v, const site *s, bool labels)
{
    const node *n = site_node(s);
    if (!is_inside(n, v->block))
        return false;
    if (!v->decl || labels || s->cleanup)
        return true;
    /* its own initialiser comes before it */
    return n->at.begin >= v->decl->at.end;
}

/* Whether a suspension lies where a name means this variable: from its declarator on. */
static bool takes_name(const var *v, const site *s)
{
    const node *n = site_node(s);
    uint32_t from =
        v->name_at.begin != UINT32_MAX || !v->decl ? v->name_at.begin : v->decl->at.begin;
    if (!is_inside(n, v->block))
        return false;
    return !v->decl || s->cleanup || n->at.begin >= from;
}

static bool is_hidden(const function *f, const var *v, const site *s)
{
    for (uint32_t i = 0; i < f->var_count; i++) {
        const var *other = f->vars[i];
        if (other != v && strcmp(other->name, v->name) == 0 && other->block != v->block &&
            is_inside(other->block, v->block) && takes_name(other, s))
            return true;
    }
    return false;
}

static void classify(function *f, var *v, bool labels)
{
    v->resident = v->is_async; /* even where nothing waits in its scope, it is built and dropped */
    for (uint32_t i = 0; i < f->site_count; i++) {
        const site *s = f->sites[i];
        if (v->is_static || !in_scope(v, s, labels))
            continue;
        if (v->escapes)
            v->resident = true;
        if (!has(s->live, v->index))
            continue;
        v->saved = true;
        if (is_hidden(f, v, s))
            v->shadowed = v->resident = true;
    }
    if (v->saved && v->type->size > SAVED_BYTES && (v->type->is_array || v->type->is_record))
        v->resident = true;
    if (v->resident)
        v->saved = false;
}

/* ---- what only analysis can see ---------------------------------------------------------- */

static void refuse_unreachable_text(unit *u, const node *n)
{
    if (!n)
        return;
    if (n->kind == N_REF && n->macro && n->var->resident && !n->is_unevaluated) {
        error_at(u->diagnostics, n->line,
                 "pass the variable to the macro as an argument, or keep its scope free of awaits",
                 "'%s' lives in the frame, and the body of macro %s names it", n->var->name,
                 n->macro);
        note_at(u->diagnostics, n->var->at, "'%s' is declared here%s", n->var->name,
                n->var->escapes ? ", and its address is taken" : "");
    }
    for (uint32_t i = 0; i < n->count; i++)
        refuse_unreachable_text(u, n->kids[i]);
}

static void refuse_unwritable(unit *u, const function *f)
{
    for (uint32_t i = 0; i < f->var_count; i++) {
        const var *v = f->vars[i];
        if (!v->resident && !v->saved)
            continue;
        if (v->decl && v->decl->macro && (v->resident || v->type->is_const))
            error_at(u->diagnostics, v->at, "declare it outside of the macro",
                     "'%s' lives across an await, and macro %s declares it%s", v->name,
                     v->decl->macro, v->type->is_const ? " const" : "");
        if (v->is_register && v->resident && v->type->is_array)
            continue;
    }
    for (uint32_t i = 0; i < f->site_count; i++) {
        const site *s = f->sites[i];
        const node *call = s->word ? awaited_call(s->word) : NULL;
        if (call && call->macro)
            error_at(u->diagnostics, call->line, "write the call out where it is awaited",
                     "the call that is awaited here is in the body of macro %s", call->macro);
    }
}

static void find_cancels(unit *u)
{
    bool changed = true;
    while (changed) {
        changed = false;
        for (uint32_t i = 0; i < u->function_count; i++) {
            function *f = u->functions[i];
            bool waits = f->code_temp != 0, cancels = waits;
            for (uint32_t k = 0; k < f->site_count; k++) {
                const callee *c = f->sites[k]->callee;
                waits = waits || (c && child_waits(c));
                cancels = cancels || (c && child_cancels(c));
            }
            changed = changed || waits != f->waits || cancels != f->has_cancel;
            f->waits = waits;
            f->has_cancel = cancels;
        }
    }
}

/* Marks what is written to; a loop header's increments count, too. */
static void find_assignments(node *n)
{
    node *to;
    if (!n)
        return;
    to = n->kind == N_ASSIGN || n->kind == N_UPDATE ? n->kids[0]
         : n->kind == N_AWAIT_NEXT                  ? n->kids[0]
         : n->kind == N_AWAIT_CATCH && n->count > 1 ? n->kids[1]
                                                    : NULL;
    if (to && storage(to))
        storage(to)->is_assigned = true;
    for (uint32_t i = 0; i < n->count; i++)
        find_assignments(n->kids[i]);
}

static bool may_wait(const function *f, const node *n)
{
    const node *call;
    if (!n)
        return false;
    if (n->kind == N_VAR && (n->var->is_async || cleanup_waits(n->var)))
        return true;
    if (is_suspending(n)) {
        call = awaited_call(n);
        if (!call || bare(n->kids[0])->kind == N_BOXED || !never_waits(call->callee))
            return true;
    }
    for (uint32_t i = 0; i < n->count; i++)
        if (may_wait(f, n->kids[i]))
            return true;
    return false;
}

/* Functions of which every await ends at once, from the leaves up. */
static void find_never_pended(unit *u)
{
    bool changed = true;
    while (changed) {
        changed = false;
        for (uint32_t i = 0; i < u->function_count; i++) {
            function *f = u->functions[i];
            if (!f->never_pended && !f->is_generator && !may_wait(f, f->body))
                f->never_pended = changed = true;
        }
    }
}

void analyse_unit(unit *u)
{
    find_never_pended(u);
    for (uint32_t i = 0; i < u->function_count; i++) {
        function *f = u->functions[i];
        bool labels = has_labels(f->body);
        f->has_labels = labels;
        flow steps = flow_build(u, f);
        find_escapes(f->body);
        find_assignments(f->body);
        for (uint32_t k = 0; k < f->var_count; k++)
            if (f->vars[k]->cleanup)
                f->vars[k]->escapes = f->vars[k]->escapes || cleanup_waits(f->vars[k]);
        liveness(u, f, steps);
        for (uint32_t k = 0; k < f->var_count; k++)
            classify(f, f->vars[k], labels);
        refuse_unreachable_text(u, f->body);
        refuse_unwritable(u, f);
    }
    find_cancels(u);
}
