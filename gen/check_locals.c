#include "check.h"

#include <string.h>

/* ---- types -------------------------------------------------------------------------------- */

/* A resumed function would enter the scope of such a type by a jump, which C forbids. */
static void check_type(check *c, const var *v)
{
    if (v->type->is_variable && !v->is_static && suspends_in_scope(c, v))
        error_at(c->u->diagnostics, v->at,
                 "use an array of fixed size, or memory from malloc and scoped",
                 "'%s' has the variably modified type '%s', and its scope holds an await", v->name,
                 v->type->spelling);
}

/* ---- cleanups ----------------------------------------------------------------------------- */

/* "T *" for T, as the compiler spells it; NULL where that is not so simple. */
static const char *pointer_to(const unit *u, const char *canonical)
{
    size_t length = strlen(canonical);
    if (length == 0 || strpbrk(canonical, "(["))
        return NULL;
    return SAY(u, canonical[length - 1] == '*' ? "%s*" : "%s *", canonical);
}

static void check_cleanup_type(check *c, const var *v)
{
    diagnostics *d = c->u->diagnostics;
    const callee *k = v->cleanup_fn;
    const char *wanted = pointer_to(c->u, v->type->canonical);
    if (k->param_count != 1 || k->is_variadic) {
        error_at(d, v->at, "it gets the address of the variable, and nothing else",
                 "scoped(%s) of '%s': '%s' takes %u parameters instead of one", v->cleanup, v->name,
                 k->name, k->param_count);
        return;
    }
    const char *given = k->params[0].type->canonical;
    if (starts_with(given, "const "))
        given += strlen("const ");
    if (k->params[0].type->is_pointer &&
        (!wanted || strchr(given, '(') || strcmp(given, wanted) == 0 ||
         strcmp(given, "void *") == 0))
        return;
    error_at(d, v->at, SAY(c->u, "it gets the address of the variable, a '%s'", wanted),
             "scoped(%s) of '%s': '%s' takes '%s'", v->cleanup, v->name, k->name,
             k->params[0].type->spelling);
    if (k->at.line)
        note_at(d, k->at, "'%s' is declared here", k->name);
}

static void check_scoped(check *c, const var *v)
{
    diagnostics *d = c->u->diagnostics;
    if (v->is_static)
        error_at(d, v->at, "leave static out, or scoped",
                 "scoped variable '%s' is static: its scope never ends", v->name);
    else if (v->is_register)
        error_at(d, v->at, "leave register out: the cleanup gets its address",
                 "scoped variable '%s' is register", v->name);
    else if (v->decl && v->decl->count == 0)
        error_at(d, v->at, "give it a value that the cleanup function can take, such as NULL",
                 "scoped variable '%s' has no initialiser", v->name);
    else if (v->is_async)
        error_at(d, v->at, "leave scoped out: an async variable is dropped at the end of its scope",
                 "async variable '%s' cannot be scoped", v->name);
    else if (!v->cleanup_fn)
        error_at(d, v->at, "declare it before: a function that takes the variable's address",
                 "scoped(%s) of '%s' names no function", v->cleanup, v->name);
    else if (v->cleanup_fn->is_generator)
        error_at(d, v->at, "make it an async or an ordinary function",
                 "scoped(%s) of '%s' names a generator", v->cleanup, v->name);
    else
        check_cleanup_type(c, v);
}

/* ---- async variables ---------------------------------------------------------------------- */

static void check_initialiser(check *c, const var *v)
{
    diagnostics *d = c->u->diagnostics;
    node *init = v->decl && v->decl->count ? skip_parens(v->decl->kids[0]) : NULL;
    const char *help = SAY(c->u, "write `async T %s = f(...);` with an async function f", v->name);
    if (!init) {
        error_at(d, v->at, help, "async variable '%s' has no initialiser", v->name);
    } else if (is_word(init) && init->kind != N_BOXED) {
        error_at(d, init->line,
                 SAY(c->u, "leave %s out: await(%s) comes later; or leave async out",
                     word_name(init), v->name),
                 "async variable '%s' is initialised with %s", v->name, word_name(init));
    } else if (!async_call(init) && init->kind != N_BOXED) {
        error_at(d, init->line, help,
                 "async variable '%s' is not initialised with a call of an async function",
                 v->name);
        if (init->kind == N_CALL && init->callee && init->callee->at.line)
            note_at(d, init->callee->at, "'%s' is declared here", init->callee->name);
    }
}

static bool is_for_init(const var *v)
{
    return v->block && v->block->kind == N_FOR;
}

static void check_async_variable(check *c, const var *v)
{
    diagnostics *d = c->u->diagnostics;
    if (v->is_static)
        error_at(d, v->at, "leave static out",
                 "async variable '%s' is static: it would outlive the future", v->name);
    else if (is_for_init(v))
        error_at(d, v->at, "declare it before the loop, or in its body",
                 "async variable '%s' is declared in the head of a for loop", v->name);
    else
        check_initialiser(c, v);
}

static void check_variable(check *c, const var *v)
{
    diagnostics *d = c->u->diagnostics;
    if (v->is_param)
        return;
    if (starts_with(v->name, "bide_"))
        error_at(d, v->at, "rename it",
                 "local '%s': names that begin with bide_ belong to the generated code", v->name);
    if (v->cleanup)
        check_scoped(c, v);
    if (v->raw_cleanup && !v->cleanup && c->suspends)
        error_at(d, v->at, SAY(c->u, "write scoped(%s) instead", v->raw_cleanup),
                 "'%s' has a cleanup attribute, which would run at every suspension", v->name);
    if (v->is_async)
        check_async_variable(c, v);
    check_type(c, v);
}

/* Generated code calls f_poll where the text awaits f. */
static void check_hiding(check *c, const var *v)
{
    for (uint32_t i = 0; v->name && i < c->u->callee_count; i++) {
        const callee *k = c->u->callees[i];
        if (is_async_callee(k) && is_made_name(v->name, k->name))
            error_at(c->u->diagnostics, v->at, "rename it",
                     "'%s' hides a name of the future type '%s'", v->name, k->name);
    }
}

/* ---- owned parameters --------------------------------------------------------------------- */

static node *statement_word(node *n)
{
    while (n && n->kind == N_EXPR && n->count == 1)
        n = skip_parens(n->kids[0]);
    return n;
}

static bool stands_first(const function *f, const node *word)
{
    for (uint32_t i = 0; f->body && i < f->body->count; i++) {
        const node *n = statement_word(f->body->kids[i]);
        if (n == word)
            return true;
        if (!n || n->kind != N_OWNED)
            return false;
    }
    return false;
}

static bool is_owned_before(const function *f, const node *word)
{
    for (uint32_t i = 0; i < f->body->count; i++) {
        const node *n = statement_word(f->body->kids[i]);
        if (n == word)
            return false;
        if (n && n->kind == N_OWNED && n->var == word->var)
            return true;
    }
    return false;
}

static void check_owned(check *c, node *n)
{
    diagnostics *d = c->u->diagnostics;
    const callee *k = n->name ? find_callee(c->u, n->name) : NULL;
    if (!n->var || !n->var->is_param)
        error_at(d, n->line, "use scoped for a local",
                 "owned of something that is no parameter of '%s'", c->f->name);
    else if (!stands_first(c->f, n))
        error_at(d, n->line, "move it to the first line of the body",
                 "owned(%s, %s) is not among the first statements of '%s'", n->name, n->var->name,
                 c->f->name);
    else if (is_owned_before(c->f, n))
        error_at(d, n->line, "leave one of them out", "parameter '%s' is owned twice",
                 n->var->name);
    else if (is_async_callee(k))
        error_at(d, n->line, "release it with an ordinary function, or scope a copy of it",
                 "owned(%s, %s): '%s' is async, and a future that never ran cannot await", n->name,
                 n->var->name, n->name);
}

/* The variable that an lvalue is, or is a part of. */
static const node *changed(node *n)
{
    for (n = skip_parens(n); n; n = skip_parens(n->kids[0])) {
        if (n->kind == N_REF)
            return n;
        if (n->kind != N_MEMBER || n->is_arrow || n->count == 0)
            return NULL;
    }
    return NULL;
}

static void check_owned_use(check *c, node *n)
{
    if ((n->kind != N_ASSIGN && n->kind != N_UPDATE) || n->count == 0 || n->is_unevaluated)
        return;
    const node *ref = changed(n->kids[0]);
    if (ref && ref->var->owned)
        error_at(c->u->diagnostics, n->line, "copy it to a local, and assign to that",
                 "owned parameter '%s' is assigned", ref->var->name);
}

/* ---- compound literals -------------------------------------------------------------------- */

static bool is_array(const node *n)
{
    return n->type && n->type->is_array;
}

/* Whether an address of the literal, or of a part of it, is made: by & or by decay. */
static bool is_pointed_at(const node *literal)
{
    const node *n = literal, *p = outer(n);
    if (literal->is_unevaluated)
        return false;
    while (p && ((p->kind == N_MEMBER && !p->is_arrow) || (p->kind == N_INDEX && is_array(n)))) {
        n = p;
        p = outer(n);
    }
    if (!p || p->kind == N_ADDRESS)
        return p != NULL;
    return is_array(n) && !(p->kind == N_VAR && p->var && p->var->type->is_array);
}

static bool has_label(const node *block)
{
    for (uint32_t i = 0; i < block->count; i++)
        if (block->kids[i] && block->kids[i]->kind == N_LABEL)
            return true;
    return false;
}

/* The object lives until its block ends; in the generated code the block is left at each
 * suspension. What suspends before it does no harm, unless a goto leads back. */
static bool outlives_suspension(check *c, const node *literal)
{
    const node *statement = literal, *block = literal->parent;
    while (block && block->kind != N_BLOCK) {
        statement = block;
        block = block->parent;
    }
    if (!block)
        return c->suspends;
    bool is_behind = has_label(block);
    for (uint32_t i = 0; i < block->count; i++) {
        is_behind = is_behind || block->kids[i] == statement;
        if (is_behind && suspends_in(c, block->kids[i]))
            return true;
    }
    return has_async_cleanup(c, block);
}

static void check_literal(check *c, node *n)
{
    if (is_pointed_at(n) && outlives_suspension(c, n))
        error_at(c->u->diagnostics, n->line, "make it a local variable, and use its address",
                 "pointer to a compound literal, whose block holds an await: it would dangle");
}

static void visit(check *c, node *n)
{
    if (n->kind == N_OWNED)
        check_owned(c, n);
    else if (n->kind == N_LITERAL)
        check_literal(c, n);
    check_owned_use(c, n);
}

void check_locals(check *c)
{
    for (uint32_t i = 0; i < c->f->var_count; i++) {
        check_variable(c, c->f->vars[i]);
        check_hiding(c, c->f->vars[i]);
    }
    walk(c, c->f->body, visit);
}
