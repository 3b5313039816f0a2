/*
 * gen/flow.c: walks a function as lowering will, and writes down what happens.
 *
 * This file and emit_body.c must agree on one order: hoist() here and hoist() there are the same
 * walk, once as steps and once as text.
 */
#include "flow.h"

#include <string.h>

#define NO_STEP UINT32_MAX

/* Where a jump goes before its target is known. */
typedef struct label {
    uint32_t at;     /* index of a step, or NO_STEP */
    uint32_t *jumps; /* steps that go there */
    uint32_t jump_count;
    const char *name; /* of the user's, or NULL */
} label;

typedef struct walk {
    unit *unit;
    function *function;
    flow flow;
    label **named;
    uint32_t named_count;
    label *to_break, *to_continue;
    var **active; /* variables in scope that need an ending, outermost first */
    uint32_t active_count;
} walk;

static void walk_statement(walk *w, node *n);
static void hoist(walk *w, node *n);
static void rest(walk *w, node *n);

static bool mark_awaits(node *n)
{
    bool awaits = is_suspending(n);
    for (uint32_t i = 0; i < n->count; i++)
        if (n->kids[i] && mark_awaits(n->kids[i]))
            awaits = true;
    if (n->kind == N_VAR && cleanup_waits(n->var))
        awaits = true;
    n->awaits = awaits;
    return awaits;
}

/* ---- steps ------------------------------------------------------------------------------- */

static step *add(walk *w, step_kind kind)
{
    arena *a = w->unit->arena;
    step *s = &PUSH(a, step, w->flow.steps, w->flow.count);
    memset(s, 0, sizeof *s);
    s->kind = kind;
    s->target = NO_STEP;
    return s;
}

static void use(walk *w, const var *v)
{
    if (!v->is_static)
        add(w, STEP_USE)->number = v->index;
}

static void define(walk *w, const var *v)
{
    if (!v->is_static)
        add(w, STEP_DEFINE)->number = v->index;
}

static void use_temp(walk *w, uint32_t number)
{
    if (number && number != TEMP_LAST)
        add(w, STEP_USE)->number = w->function->var_count + number - 1;
}

static void define_temp(walk *w, uint32_t number)
{
    if (number && number != TEMP_LAST)
        add(w, STEP_DEFINE)->number = w->function->var_count + number - 1;
}

static uint32_t new_temp(walk *w, node *of, type *of_type)
{
    function *f = w->function;
    temp *t;
    if (!of_type || of_type->is_void)
        return 0;
    t = &PUSH(w->unit->arena, temp, f->temps, f->temp_count);
    t->of = of;
    t->type = of_type;
    return f->temp_count;
}

static label *new_label(walk *w, const char *name)
{
    label *l = NEW(w->unit->arena, label);
    l->at = NO_STEP;
    l->name = name;
    return l;
}

static void jump(walk *w, label *to, step_kind kind)
{
    PUSH(w->unit->arena, uint32_t, to->jumps, to->jump_count) = w->flow.count;
    add(w, kind);
}

static void put(walk *w, label *l)
{
    l->at = w->flow.count;
}

static void resolve(walk *w, const label *l)
{
    for (uint32_t i = 0; i < l->jump_count; i++)
        w->flow.steps[l->jumps[i]].target = l->at == NO_STEP ? w->flow.count : l->at;
}

static label *named(walk *w, const char *name)
{
    for (uint32_t i = 0; i < w->named_count; i++)
        if (strcmp(w->named[i]->name, name) == 0)
            return w->named[i];
    return PUSH(w->unit->arena, label *, w->named, w->named_count) = new_label(w, name);
}

/* Suspends. Whatever must run when the future is dropped here is needed beyond it. */
static site *add_site(walk *w, node *word, place line)
{
    function *f = w->function;
    site *s = NEW(w->unit->arena, site);
    PUSH(w->unit->arena, site *, f->sites, f->site_count) = s;
    s->number = f->site_count;
    s->word = word;
    s->line = line;
    add(w, STEP_SITE)->site = s;
    for (uint32_t i = 0; i < w->active_count; i++)
        if (w->active[i]->cleanup)
            use(w, w->active[i]);
    for (uint32_t i = 0; i < f->param_count; i++)
        if (f->params[i]->owned)
            use(w, f->params[i]);
    return s;
}

/* The end of a scope for one variable, on one way out. */
static void end_var(walk *w, var *v)
{
    if (v->cleanup)
        use(w, v);
    if (cleanup_waits(v)) {
        site *s = add_site(w, NULL, v->at);
        s->cleanup = v;
        s->callee = v->cleanup_fn;
    }
}

/* ---- expressions ------------------------------------------------------------------------- */

/* The variable that an lvalue is all of, or NULL. */
static var *whole(node *n)
{
    n = bare(n);
    return n && n->kind == N_REF && !n->var->is_async ? n->var : NULL;
}

static void word(walk *w, node *n)
{
    node *call = awaited_call(n);
    node *operand = bare(n->kids[0]);
    site *s;
    if (n->kind == N_YIELD) {
        rest(w, n->kids[0]);
    } else if (call) {
        for (uint32_t i = 1; i < call->count; i++)
            rest(w, call->kids[i]);
    }
    n->site = NULL;
    if (!call || operand->kind == N_BOXED || !never_waits(call->callee)) {
        s = add_site(w, n, n->line);
        n->site = s;
        if (call) {
            s->callee = call->callee;
            s->boxed = operand->kind == N_BOXED;
        }
    }
    switch (n->kind) {
    case N_AWAIT_NEXT:
        /* the end of the stream leaves the variable as it was: it is not defined here */
        if (!whole(n->kids[0]))
            rest(w, n->kids[0]);
        n->temp = new_temp(w, n, n->type);
        break;
    case N_AWAIT_CATCH:
        if (n->count > 1 && n->kids[1]) {
            /* so does a failure */
            if (!whole(n->kids[1]))
                rest(w, n->kids[1]);
        }
        n->temp = new_temp(w, n, n->type);
        break;
    case N_AWAIT:
    case N_AWAIT_TRY:
    case N_SELECT:
    case N_RACE:
        /* the value of an async variable lies in the frame */
        if (n->kind != N_AWAIT || call)
            n->temp = new_temp(w, n, n->type);
        break;
    default:
        break;
    }
    define_temp(w, n->temp);
    for (uint32_t i = 0; n->kind == N_RACE && i < n->count; i++) {
        var *v = bare(n->kids[i])->var;
        if (v->is_cancelled)
            add_site(w, n, n->line)->cleanup = v;
    }
}

/* Runs what awaits in an expression. */
static void hoist(walk *w, node *n)
{
    if (!n || !n->awaits)
        return;
    if (n->kind == N_AND || n->kind == N_OR) {
        hoist(w, n->kids[0]);
        if (is_split(n)) {
            label *end = new_label(w, NULL);
            rest(w, n->kids[0]);
            n->temp = new_temp(w, n, n->type);
            define_temp(w, n->temp);
            jump(w, end, STEP_BRANCH);
            hoist(w, n->kids[1]);
            rest(w, n->kids[1]);
            define_temp(w, n->temp);
            put(w, end);
            resolve(w, end);
        }
    } else if (n->kind == N_COND) {
        hoist(w, n->kids[0]);
        if (is_split(n)) {
            label *otherwise = new_label(w, NULL), *end = new_label(w, NULL);
            rest(w, n->kids[0]);
            jump(w, otherwise, STEP_BRANCH);
            hoist(w, n->kids[1]);
            rest(w, n->kids[1]);
            n->temp = new_temp(w, n, n->type);
            define_temp(w, n->temp);
            jump(w, end, STEP_JUMP);
            put(w, otherwise);
            resolve(w, otherwise);
            hoist(w, n->kids[2]);
            rest(w, n->kids[2]);
            define_temp(w, n->temp);
            put(w, end);
            resolve(w, end);
            if (!n->temp)
                n->temp = TEMP_LAST;
        }
    } else if (n->kind == N_COMMA && is_split(n)) {
        hoist(w, n->kids[0]);
        rest(w, n->kids[0]);
        hoist(w, n->kids[1]);
        n->temp = TEMP_LAST;
    } else {
        for (uint32_t i = 0; i < n->count; i++)
            hoist(w, n->kids[i]);
        if (is_suspending(n))
            word(w, n);
    }
}

/* Evaluates what is left of an expression when its awaits have run. */
static void rest(walk *w, node *n)
{
    if (!n || n->kind == N_UNEVALUATED)
        return;
    if (n->temp == TEMP_LAST) {
        if (n->kind == N_COMMA)
            rest(w, n->kids[n->count - 1]);
        return;
    }
    if (n->temp) {
        use_temp(w, n->temp);
        return;
    }
    if (is_suspending(n))
        return;
    switch (n->kind) {
    case N_REF:
        use(w, n->var);
        return;
    case N_ASSIGN:
        rest(w, n->kids[1]);
        if (whole(n->kids[0]))
            define(w, whole(n->kids[0]));
        else
            rest(w, n->kids[0]);
        return;
    case N_AND:
    case N_OR:
    case N_COND:
    case N_COND_GNU: {
        /* what is not always evaluated must not define for good */
        rest(w, n->kids[0]);
        for (uint32_t i = 1; i < n->count; i++) {
            label *end = new_label(w, NULL);
            jump(w, end, STEP_BRANCH);
            rest(w, n->kids[i]);
            put(w, end);
            resolve(w, end);
        }
        return;
    }
    case N_STATEMENT_EXPR:
    case N_BLOCK:
        for (uint32_t i = 0; i < n->count; i++)
            walk_statement(w, n->kids[i]);
        return;
    default:
        for (uint32_t i = 0; i < n->count; i++)
            rest(w, n->kids[i]);
        return;
    }
}

static void evaluate(walk *w, node *n)
{
    hoist(w, n);
    rest(w, n);
}

/* ---- statements -------------------------------------------------------------------------- */

static void declare(walk *w, node *n)
{
    var *v = n->var;
    if (n->count && !v->is_static) {
        if (v->is_async) {
            node *call = bare(n->kids[0]);
            hoist(w, n->kids[0]);
            if (call && call->kind == N_BOXED)
                call = bare(call->kids[0]);
            for (uint32_t i = 1; call && i < call->count; i++)
                rest(w, call->kids[i]);
        } else {
            evaluate(w, n->kids[0]);
            define(w, v);
        }
    }
    if (!n->count && !v->is_async)
        define(w, v); /* what it held in an earlier round is gone */
    if (needs_ending(v))
        PUSH(w->unit->arena, var *, w->active, w->active_count) = v;
}

/* The await of an async cleanup on the way out of the function, by return, failure or cancel. */
static void unwind(walk *w, var *v)
{
    label *skip = new_label(w, NULL);
    site *s;
    jump(w, skip, STEP_JUMP);
    s = add_site(w, NULL, v->at);
    s->cleanup = v;
    s->callee = v->cleanup_fn;
    s->unwinding = true;
    use_temp(w, w->function->code_temp);
    use_temp(w, w->function->result_temp);
    add(w, STEP_END);
    put(w, skip);
    resolve(w, skip);
}

static void end_scope(walk *w, uint32_t down_to)
{
    while (w->active_count > down_to) {
        var *v = w->active[--w->active_count];
        end_var(w, v);
        if (cleanup_waits(v))
            unwind(w, v);
    }
}

/* The endings between here and the scope that a jump goes to, without leaving them for good. */
static void end_for_jump(walk *w, const node *into)
{
    uint32_t count = w->active_count;
    uint32_t i = count;
    while (i > 0) {
        if (!leaves_scope(w->active[i - 1], into))
            break;
        w->active_count = --i;
        end_var(w, w->active[i]);
    }
    w->active_count = count;
}

static void walk_loop(walk *w, node *n)
{
    label *top = new_label(w, NULL), *again = new_label(w, NULL), *out = new_label(w, NULL);
    label *outer_break = w->to_break, *outer_continue = w->to_continue;
    uint32_t active = w->active_count;
    node *cond = n->kind == N_DO ? n->kids[1] : n->kind == N_FOR ? n->kids[1] : n->kids[0];
    node *body = n->kind == N_DO ? n->kids[0] : n->kind == N_FOR ? n->kids[3] : n->kids[1];
    if (n->kind == N_FOR && n->kids[0])
        walk_statement(w, n->kids[0]);
    w->to_break = out;
    w->to_continue = again;
    put(w, top);
    if (n->kind != N_DO && cond) {
        evaluate(w, cond);
        jump(w, out, STEP_BRANCH);
    }
    walk_statement(w, body);
    put(w, again);
    if (n->kind == N_FOR && n->kids[2])
        evaluate(w, n->kids[2]);
    if (n->kind == N_DO) {
        evaluate(w, cond);
        jump(w, out, STEP_BRANCH);
    }
    jump(w, top, STEP_JUMP);
    put(w, out);
    resolve(w, top);
    resolve(w, again);
    resolve(w, out);
    end_scope(w, active);
    w->to_break = outer_break;
    w->to_continue = outer_continue;
}

/* A switch goes to any of its cases; where each is, is found out on the way. */
static void walk_cases(walk *w, node *n, label *cases, bool *has_default)
{
    if (!n || n->kind == N_SWITCH)
        return;
    if (n->kind == N_CASE || n->kind == N_DEFAULT) {
        label *l = named(w, arena_print(w->unit->arena, "case %u", n->at.begin));
        jump(w, l, STEP_BRANCH);
        if (n->kind == N_DEFAULT)
            *has_default = true;
    }
    for (uint32_t i = 0; i < n->count; i++)
        walk_cases(w, n->kids[i], cases, has_default);
}

static void walk_switch(walk *w, node *n)
{
    label *out = new_label(w, NULL), *outer_break = w->to_break;
    bool has_default = false;
    evaluate(w, n->kids[0]);
    w->to_break = out;
    walk_cases(w, n->kids[1], out, &has_default);
    if (!has_default)
        jump(w, out, STEP_JUMP);
    walk_statement(w, n->kids[1]);
    put(w, out);
    resolve(w, out);
    w->to_break = outer_break;
}

static void walk_if(walk *w, node *n)
{
    label *otherwise = new_label(w, NULL), *end = new_label(w, NULL);
    evaluate(w, n->kids[0]);
    jump(w, otherwise, STEP_BRANCH);
    walk_statement(w, n->kids[1]);
    jump(w, end, STEP_JUMP);
    put(w, otherwise);
    resolve(w, otherwise);
    if (n->count > 2 && n->kids[2])
        walk_statement(w, n->kids[2]);
    put(w, end);
    resolve(w, end);
}

/* A return runs all endings; the value is in *out by then. */
static void walk_return(walk *w, node *n)
{
    if (n->count)
        evaluate(w, n->kids[0]);
    for (uint32_t i = w->active_count; i > 0; i--)
        if (w->active[i - 1]->cleanup)
            use(w, w->active[i - 1]);
    for (uint32_t i = 0; i < w->function->param_count; i++)
        if (w->function->params[i]->owned)
            use(w, w->function->params[i]);
    add(w, STEP_END);
}

static void walk_statement(walk *w, node *n)
{
    uint32_t active = w->active_count;
    node *target;
    if (!n)
        return;
    switch (n->kind) {
    case N_BLOCK:
        for (uint32_t i = 0; i < n->count; i++)
            walk_statement(w, n->kids[i]);
        end_scope(w, active);
        break;
    case N_DECLS:
        for (uint32_t i = 0; i < n->count; i++)
            declare(w, n->kids[i]);
        break;
    case N_IF:
        walk_if(w, n);
        break;
    case N_WHILE:
    case N_DO:
    case N_FOR:
        walk_loop(w, n);
        break;
    case N_SWITCH:
        walk_switch(w, n);
        break;
    case N_CASE:
    case N_DEFAULT:
        put(w, named(w, arena_print(w->unit->arena, "case %u", n->at.begin)));
        walk_statement(w, n->kids[0]);
        break;
    case N_LABEL:
        put(w, named(w, n->name));
        walk_statement(w, n->kids[0]);
        break;
    case N_GOTO:
        target = jump_target(w->function, n);
        end_for_jump(w, target);
        jump(w, named(w, n->name), STEP_JUMP);
        break;
    case N_BREAK:
    case N_CONTINUE:
        target = jump_target(w->function, n);
        /* a loop's own scope stays: its step and condition still run */
        end_for_jump(w, target);
        if (target)
            jump(w, n->kind == N_BREAK ? w->to_break : w->to_continue, STEP_JUMP);
        break;
    case N_RETURN:
        walk_return(w, n);
        break;
    case N_EXPR:
        if (bare(n->kids[0])->kind == N_FAIL)
            walk_return(w, bare(n->kids[0]));
        else
            evaluate(w, n->kids[0]);
        break;
    case N_OWNED:
    case N_EMPTY:
        break;
    default:
        evaluate(w, n);
        break;
    }
}

static type *code_type(arena *a)
{
    type *t = NEW(a, type);
    t->before = "bide_poll ";
    t->after = "";
    t->spelling = t->canonical = "bide_poll";
    t->size = t->align = 4;
    t->is_signed = t->is_integer = t->is_scalar = true;
    t->include = -1;
    return t;
}

static void keep_result(walk *w)
{
    function *f = w->function;
    for (uint32_t i = 0; i < f->var_count; i++)
        if (cleanup_waits(f->vars[i])) {
            f->code_temp = new_temp(w, NULL, code_type(w->unit->arena));
            f->result_temp = new_temp(w, NULL, f->result);
            return;
        }
}

flow flow_build(unit *u, function *f)
{
    walk w;
    memset(&w, 0, sizeof w);
    w.unit = u;
    w.function = f;
    f->site_count = f->temp_count = 0;
    f->sites = NULL;
    f->temps = NULL;
    f->code_temp = f->result_temp = 0;
    mark_awaits(f->body);
    keep_result(&w);
    for (uint32_t i = 0; i < f->param_count; i++)
        define(&w, f->params[i]);
    walk_statement(&w, f->body);
    for (uint32_t i = 0; i < f->param_count; i++)
        if (f->params[i]->owned)
            use(&w, f->params[i]);
    add(&w, STEP_END);
    for (uint32_t i = 0; i < w.named_count; i++)
        resolve(&w, w.named[i]);
    return w.flow;
}
