#include "check.h"

#include <string.h>

/* ---- where a word may stand --------------------------------------------------------------- */

typedef struct fault {
    const char *text, *help;
} fault;

static const char *macro_around(const node *n)
{
    for (; n; n = n->parent)
        if (n->macro)
            return n->macro;
    return "a macro";
}

/* The operand of p that is evaluated whatever happens: what stands there may be moved before p. */
static bool is_first_operand(const node *p, const node *kid)
{
    return p->count > 0 && p->kids[0] == kid;
}

static bool is_conditional(const node *p, const node *kid)
{
    switch (p->kind) {
    case N_AND:
    case N_OR:
    case N_COND:
    case N_COMMA:
        return !is_first_operand(p, kid);
    case N_WHILE:
    case N_DO:
    case N_FOR:
        return true;
    default:
        return false;
    }
}

static bool is_statement(const node *n)
{
    return n->kind < N_REF;
}

/* A word in a macro's argument is moved before the statement; the text of the macro cannot be
 * changed. That is right only if the macro evaluates the argument first and always. */
static const char *blocking_macro(const node *n)
{
    const node *kid = n;
    for (const node *p = n->parent; p; kid = p, p = p->parent) {
        bool is_body = is_statement(kid) && kid->kind != N_VAR;
        if (is_body && !kid->macro)
            return NULL;
        if (p->macro && is_conditional(p, kid))
            return p->macro;
        if (is_body && p->macro && is_statement(p))
            return p->macro;
    }
    return NULL;
}

static const node *find_around(const node *n, node_kind kind)
{
    for (const node *p = n->parent; p; p = p->parent)
        if (p->kind == kind)
            return p;
    return NULL;
}

static bool is_in_static(const node *n)
{
    for (const node *p = n->parent; p; p = p->parent)
        if (p->kind == N_VAR)
            return p->var && p->var->is_static;
    return false;
}

static bool is_in_unknown(const node *n)
{
    return find_around(n, N_ASM) || find_around(n, N_OTHER) || find_around(n, N_GOTO_COMPUTED);
}

/* A word outside an async function. spawn may stand in any. */
static fault wrong_function(const check *c, const node *n)
{
    fault none = {NULL, NULL};
    arena *a = c->u->arena;
    if (c->is_async && n->kind == N_YIELD && !c->f->is_generator)
        return (fault){
            arena_print(a, "yield in '%s', which is not an async_gen function", c->f->name),
            arena_print(a, "declare it as async_gen, or return the value")};
    if (c->is_async || n->kind == N_SPAWN)
        return none;
    return (fault){
        arena_print(a, "%s in '%s', which is not an async function", word_name(n), c->f->name),
        arena_print(a, "make '%s' async, or spawn an async function from it", c->f->name)};
}

static fault wrong_text(const check *c, const node *n)
{
    arena *a = c->u->arena;
    const char *word = word_name(n), *macro;
    if (n->macro)
        return (fault){arena_print(a, "%s in the body of macro '%s'", word, n->macro),
                       "write it out where the macro is used, or make an async function of it"};
    if (n->is_repeated)
        return (fault){arena_print(a, "%s in an argument that macro '%s' evaluates more than once",
                                   word, macro_around(n)),
                       "keep the value in a variable, and give that to the macro"};
    if ((macro = blocking_macro(n)) != NULL)
        return (fault){arena_print(a,
                                   "%s in an argument of macro '%s', which does not evaluate it "
                                   "first, once and always",
                                   word, macro),
                       "keep the value in a variable, and give that to the macro"};
    return (fault){NULL, NULL};
}

static fault misplaced(const check *c, const node *n)
{
    arena *a = c->u->arena;
    const char *word = word_name(n);
    fault f = wrong_function(c, n);
    if (f.text)
        return f;
    if (n->is_unevaluated)
        return (fault){arena_print(a,
                                   "%s inside sizeof, _Alignof, typeof or _Generic, which do not "
                                   "evaluate it",
                                   word),
                       "name the type of the result there, or use a variable that holds it"};
    if (find_around(n, N_STATEMENT_EXPR))
        return (fault){arena_print(a, "%s inside a statement expression", word),
                       "move it into a statement before, or make an async function of it"};
    f = wrong_text(c, n);
    if (f.text)
        return f;
    if (find_around(n, N_COND_GNU))
        return (fault){arena_print(a, "%s inside '?:' without a middle operand", word),
                       "write the middle operand, or keep the value in a variable"};
    if (is_in_static(n))
        return (fault){arena_print(a, "%s in the initialiser of a static variable", word),
                       "assign it in a statement"};
    if (is_in_unknown(n))
        return (fault){arena_print(a, "%s inside a statement that bidec cannot take apart", word),
                       "move it into a statement before"};
    return (fault){NULL, NULL};
}

/* One error for nested words in one wrong place. */
static bool is_said(const check *c, const node *n)
{
    for (const node *p = n->parent; p; p = p->parent)
        if (is_word(p) && misplaced(c, p).text)
            return true;
    return false;
}

static bool check_place(check *c, node *n)
{
    fault f = misplaced(c, n);
    if (f.text && !is_said(c, n))
        error_at(c->u->diagnostics, n->line, f.help, "%s", f.text);
    return f.text == NULL;
}

/* ---- operands ----------------------------------------------------------------------------- */

static void note_declared(check *c, const char *name, place at)
{
    if (at.line)
        note_at(c->u->diagnostics, at, "'%s' is declared here", name);
}

static callee *generator_of(const var *v)
{
    if (!v->decl || v->decl->count == 0)
        return NULL;
    const node *call = async_call(v->decl->kids[0]);
    return call && call->callee->is_generator ? call->callee : NULL;
}

static void check_variable(check *c, node *n, node *ref)
{
    diagnostics *d = c->u->diagnostics;
    if (!ref->var->is_async) {
        error_at(d, ref->line, SAY(c->u, "declare it as `async T %s = f(...);`", ref->var->name),
                 "%s of '%s', which is not an async variable", word_name(n), ref->var->name);
        note_declared(c, ref->var->name, ref->var->at);
    } else if (generator_of(ref->var) && n->kind != N_DROP) {
        error_at(d, ref->line,
                 SAY(c->u, "take its items with await_next(item, %s)", ref->var->name),
                 "%s of '%s', which is a stream", word_name(n), ref->var->name);
        note_declared(c, ref->var->name, ref->var->at);
    }
}

static void check_call(check *c, node *n, node *call)
{
    diagnostics *d = c->u->diagnostics;
    callee *k = call->callee;
    if (!k)
        error_at(d, call->line,
                 "call the async function by its name; interfaces choose at run time",
                 "%s of a call through a pointer", word_name(n));
    else if (!is_async_callee(k)) {
        error_at(d, call->line,
                 SAY(c->u, "call it without %s, or declare it with bide_async", word_name(n)),
                 "%s of '%s', which is not an async function", word_name(n), k->name);
        note_declared(c, k->name, k->at);
    } else if (k->is_generator) {
        error_at(d, call->line,
                 SAY(c->u, "write `async T x = %s(...);` and await_next(item, x)", k->name),
                 "%s of '%s', which makes a stream", word_name(n), k->name);
        note_declared(c, k->name, k->at);
    }
}

/* await, await_try, await_catch, boxed, spawn: a call, or a variable where `may_name`. */
static void check_operand(check *c, node *n, node *operand, bool may_name)
{
    operand = skip_parens(operand);
    if (!operand)
        return;
    if (operand->kind == N_BOXED && n->kind != N_BOXED)
        return;
    if (operand->kind == N_CALL)
        check_call(c, n, operand);
    else if (operand->kind == N_REF && may_name)
        check_variable(c, n, operand);
    else if (may_name)
        error_at(c->u->diagnostics, operand->line,
                 "its operand is a call of an async function, or an async variable",
                 "%s of something that is no call", word_name(n));
    else
        error_at(c->u->diagnostics, operand->line, "its operand is a call of an async function",
                 "%s of something that is no call", word_name(n));
}

/* Whether a value of type `from` can be returned as one of type `to`, and means the same. */
static bool fits(const type *from, const type *to)
{
    if (strcmp(from->canonical, to->canonical) == 0)
        return true;
    if (from->is_pointer && to->is_pointer)
        return strcmp(from->canonical, "void *") == 0 || strcmp(to->canonical, "void *") == 0;
    if (!from->is_scalar || !to->is_scalar || from->is_pointer || to->is_pointer)
        return false;
    return to->size >= from->size && (to->is_signed || !from->is_signed || !to->is_integer);
}

static void check_try(check *c, node *n)
{
    diagnostics *d = c->u->diagnostics;
    const type *t = n->type;
    bool has_test = n->count > 1 && n->kids[1];
    if (c->f->is_generator) {
        error_at(d, n->line, "use await, and end the stream with `return;` on an error",
                 "await_try in '%s', which is a generator and returns nothing", c->f->name);
    } else if (!t || t->is_void) {
        error_at(d, n->line, "use await", "await_try of a future without a result");
    } else if (!has_test && !(t->is_integer && t->is_signed)) {
        error_at(d, n->line, "say what an error is: await_try(call, is_error)",
                 "await_try of a result of type '%s', which cannot be negative", t->spelling);
    } else if (!fits(t, c->f->result)) {
        error_at(d, n->line, "use await, and return an error of the function's own type",
                 "await_try would return type '%s' from '%s', which returns '%s'", t->spelling,
                 c->f->name, c->f->result->spelling);
        note_declared(c, c->f->name, c->f->line);
    }
}

static void check_catch(check *c, node *n)
{
    node *operand = n->count ? skip_parens(n->kids[0]) : NULL;
    if (n->count > 1 && n->kids[1] && operand && operand->type && operand->type->is_void)
        error_at(c->u->diagnostics, n->kids[1]->line, "leave the second argument out",
                 "await_catch of a future without a result, but with a place for it");
}

static void check_next(check *c, node *n)
{
    diagnostics *d = c->u->diagnostics;
    node *ref = n->count > 1 ? skip_parens(n->kids[1]) : NULL;
    if (!ref)
        return;
    if (ref->kind != N_REF || !ref->var->is_async) {
        error_at(d, ref->line, "write `async T x = generator(...);` and await_next(item, x)",
                 "await_next of something that is no async variable");
        return;
    }
    const node *decl = ref->var->decl;
    const node *call = decl && decl->count ? async_call(decl->kids[0]) : NULL;
    if (call && call->callee->is_async && !call->callee->is_generator) {
        error_at(d, ref->line, SAY(c->u, "await(%s) gives its value", ref->var->name),
                 "await_next of '%s', which is no stream: '%s' is not async_gen", ref->var->name,
                 call->callee->name);
        note_declared(c, ref->var->name, ref->var->at);
    }
}

static void check_yield(check *c, node *n)
{
    const type *item = n->count && n->kids[0] ? n->kids[0]->type : NULL, *wanted = c->f->result;
    if (!item || !c->is_async || !wanted)
        return;
    bool is_other = item->is_void || item->is_record != wanted->is_record ||
                    (item->is_record && strcmp(item->canonical, wanted->canonical) != 0);
    if (is_other)
        error_at(c->u->diagnostics, n->line,
                 SAY(c->u, "yield an item of the type in front of '%s'", c->f->name),
                 "yield of type '%s' in '%s', which gives items of type '%s'", item->spelling,
                 c->f->name, wanted->spelling);
}

static void check_boxed(check *c, node *n)
{
    const node *p = outer(n);
    bool is_awaited =
        p && (p->kind == N_AWAIT || p->kind == N_AWAIT_TRY || p->kind == N_AWAIT_CATCH);
    if (!is_awaited && !(p && p->kind == N_VAR && p->var && p->var->is_async))
        error_at(c->u->diagnostics, n->line,
                 "write await(boxed(f(x))), or async T x = boxed(f(x));",
                 "boxed outside an await and the initialiser of an async variable");
    else
        check_operand(c, n, n->count ? n->kids[0] : NULL, false);
}

static void check_group(check *c, node *n)
{
    for (uint32_t i = 0; i < n->count; i++) {
        node *ref = skip_parens(n->kids[i]);
        if (!ref)
            continue;
        if (ref->kind != N_REF) {
            error_at(c->u->diagnostics, ref->line,
                     "write `async T x = f(...);` before, and name x here",
                     "%s of something that is no async variable", word_name(n));
            continue;
        }
        check_variable(c, n, ref);
        for (uint32_t j = 0; j < i; j++) {
            const node *other = skip_parens(n->kids[j]);
            if (other && other->kind == N_REF && other->var == ref->var) {
                error_at(c->u->diagnostics, ref->line, "name each variable once",
                         "'%s' twice in one %s", ref->var->name, word_name(n));
                break;
            }
        }
    }
}

static void check_word(check *c, node *n)
{
    if (!check_place(c, n))
        return;
    node *first = n->count ? n->kids[0] : NULL;
    switch (n->kind) {
    case N_AWAIT:
        check_operand(c, n, first, true);
        break;
    case N_AWAIT_TRY:
        check_operand(c, n, first, true);
        check_try(c, n);
        break;
    case N_AWAIT_CATCH:
        check_operand(c, n, first, true);
        check_catch(c, n);
        break;
    case N_AWAIT_NEXT:
        check_next(c, n);
        break;
    case N_YIELD:
        check_yield(c, n);
        break;
    case N_BOXED:
        check_boxed(c, n);
        break;
    case N_SPAWN:
        check_operand(c, n, n->count > 1 ? n->kids[1] : NULL, false);
        break;
    case N_JOIN:
    case N_SELECT:
    case N_RACE:
    case N_DROP:
        check_group(c, n);
        break;
    default:
        break;
    }
}

/* ---- async functions and variables outside words ------------------------------------------ */

static bool is_select_call(const node *n)
{
    return n->kind == N_CALL && n->callee && n->count == 6 &&
           strcmp(n->callee->name, "select") == 0;
}

static void check_posix_select(check *c, node *n)
{
    for (uint32_t i = 1; i < n->count; i++) {
        const node *ref = skip_parens(n->kids[i]);
        while (ref && ref->kind == N_CAST && ref->count)
            ref = skip_parens(ref->kids[0]);
        if (!ref || ref->kind != N_REF || !ref->var->is_async)
            continue;
        error_at(c->u->diagnostics, n->line,
                 "use race, or move two of them into an async function that selects between them",
                 "select with five arguments is the POSIX function, but '%s' is an async variable",
                 ref->var->name);
        return;
    }
}

static bool is_used(const node *call)
{
    const node *p = outer(call);
    if (!p)
        return false;
    return is_word(p) || (p->kind == N_VAR && p->var && p->var->is_async);
}

/* A prototype of a function of another file brings no frame; the header there does. */
static void check_defined(check *c, const node *n)
{
    const callee *k = n->callee;
    if (!k || !k->is_async || !k->in_main || k->include >= 0 || k->definition || k->is_future)
        return;
    error_at(c->u->diagnostics, k->at,
             "define it, or declare it in a header that includes its BIDE_GENERATED header",
             "'%s' is declared async in this file, and not defined in it", k->name);
    note_at(c->u->diagnostics, n->line, "it is called here");
}

static void check_plain_call(check *c, node *n)
{
    diagnostics *d = c->u->diagnostics;
    if (is_select_call(n))
        check_posix_select(c, n);
    if (!n->is_unevaluated)
        check_defined(c, n);
    if (!is_async_callee(n->callee) || n->is_unevaluated || is_used(n))
        return;
    if (c->is_async)
        error_at(d, n->line,
                 SAY(c->u,
                     n->callee->is_generator
                         ? "write `async T x = %s(...);` and await_next(item, x)"
                         : "write await(%s(...)), or `async T x = ...`",
                     n->callee->name),
                 "'%s' is async, and is called without await", n->callee->name);
    else
        error_at(d, n->line, SAY(c->u, "spawn it, or make '%s' async and await it", c->f->name),
                 "'%s' is async, and is called in '%s', which is not", n->callee->name, c->f->name);
    note_declared(c, n->callee->name, n->callee->at);
}

static void check_name(check *c, node *n)
{
    if (!is_async_callee(n->callee) || n->is_unevaluated)
        return;
    const node *p = outer(n);
    if (p && p->kind == N_CALL && p->count && skip_parens(p->kids[0]) == n)
        return;
    error_at(c->u->diagnostics, n->line,
             "an interface (BIDE_INTERFACE) chooses among async functions at run time",
             "'%s' is async: it has no address", n->callee->name);
    note_declared(c, n->callee->name, n->callee->at);
}

static void check_reference(check *c, node *n)
{
    if (!n->var || !n->var->is_async)
        return;
    const node *p = outer(n);
    while (p && p->kind == N_CAST)
        p = outer(p);
    if (p && ((is_word(p) && p->kind != N_BOXED && p->kind != N_YIELD && p->kind != N_SPAWN &&
               p->kind != N_OWNED) ||
              is_select_call(p)))
        return;
    error_at(c->u->diagnostics, n->line, SAY(c->u, "await(%s) gives its value", n->var->name),
             "async variable '%s' used outside await, join, select, race and drop", n->var->name);
    note_declared(c, n->var->name, n->var->at);
}

static void visit(check *c, node *n)
{
    if (is_word(n))
        check_word(c, n);
    else if (n->kind == N_CALL)
        check_plain_call(c, n);
    else if (n->kind == N_NAME)
        check_name(c, n);
    else if (n->kind == N_REF)
        check_reference(c, n);
    else if (n->kind == N_RETURN && c->f->is_generator && n->count && n->kids[0])
        error_at(c->u->diagnostics, n->line, "yield the value, then write `return;`",
                 "'%s' is a generator, and returns a value", c->f->name);
}

void check_words(check *c)
{
    walk(c, c->f->body, visit);
}
