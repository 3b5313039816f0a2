#include "check.h"

#include <string.h>

/* ---- into scopes -------------------------------------------------------------------------- */

/* A node and the numbers of all below it, in the order of the text: offsets do not order what
 * macros made. */
typedef struct spot {
    const node *n;
    uint32_t end;
} spot;

typedef struct order {
    check *c;
    spot *spots;
    uint32_t count;
} order;

static void number(order *o, const node *n)
{
    if (!n)
        return;
    uint32_t self = o->count;
    PUSH(o->c->u->arena, spot, o->spots, o->count) = (spot){n, 0};
    for (uint32_t i = 0; i < n->count; i++)
        number(o, n->kids[i]);
    o->spots[self].end = o->count;
}

static uint32_t find(const order *o, const node *n)
{
    uint32_t i = 0;
    while (i < o->count && o->spots[i].n != n)
        i++;
    return i;
}

static bool needs_entry(const var *v)
{
    return v->decl && v->block && !v->is_static && (v->cleanup || v->is_async);
}

/* Whether v is declared and in scope at spot i. */
static bool is_alive(const order *o, const var *v, uint32_t i)
{
    uint32_t decl = find(o, v->decl), block = find(o, v->block);
    return decl < o->count && block < o->count && i >= o->spots[decl].end &&
           i < o->spots[block].end;
}

static void check_entry(const order *o, const node *jump, uint32_t from, uint32_t to)
{
    const function *f = o->c->f;
    for (uint32_t i = 0; i < f->var_count; i++) {
        const var *v = f->vars[i];
        if (!needs_entry(v) || !is_alive(o, v, to) || is_alive(o, v, from))
            continue;
        const char *what = jump->kind == N_GOTO   ? SAY(o->c->u, "goto '%s'", jump->name)
                           : jump->kind == N_CASE ? "case label"
                                                  : "default label";
        error_at(o->c->u->diagnostics, jump->line,
                 "declare it before the jump, or put its scope into a block of its own",
                 "%s jumps past the initialiser of %s variable '%s'", what,
                 v->is_async ? "async" : "scoped", v->name);
        note_at(o->c->u->diagnostics, v->at, "'%s' is declared here", v->name);
    }
}

static const node *enclosing(const node *n, node_kind a, node_kind b, node_kind c, node_kind d)
{
    for (const node *p = n->parent; p; p = p->parent)
        if (p->kind == a || p->kind == b || p->kind == c || p->kind == d)
            return p;
    return NULL;
}

static void check_entries(check *c)
{
    order o = {.c = c};
    bool is_needed = false;
    for (uint32_t i = 0; i < c->f->var_count; i++)
        is_needed = is_needed || needs_entry(c->f->vars[i]);
    if (!is_needed)
        return;
    number(&o, c->f->body);
    for (uint32_t i = 0; i < o.count; i++) {
        const node *n = o.spots[i].n;
        if (n->kind == N_CASE || n->kind == N_DEFAULT) {
            const node *head = enclosing(n, N_SWITCH, N_SWITCH, N_SWITCH, N_SWITCH);
            if (head)
                check_entry(&o, n, find(&o, head), i);
        }
        if (n->kind != N_GOTO || !n->name)
            continue;
        for (uint32_t j = 0; j < o.count; j++)
            if (o.spots[j].n->kind == N_LABEL && strcmp(o.spots[j].n->name, n->name) == 0)
                check_entry(&o, n, i, j);
    }
}

/* ---- jumps that the generator must change, in text that it cannot ------------------------- */

static bool has_cleanup(const check *c, const node *block)
{
    for (uint32_t i = 0; i < c->f->var_count; i++)
        if (c->f->vars[i]->block == block && needs_entry(c->f->vars[i]))
            return true;
    return false;
}

/* break and continue are edited when they leave cleanups behind; continue, too, when the loop's
 * condition or step awaits. */
static bool is_edited(check *c, const node *n)
{
    const node *target = n->kind == N_BREAK ? enclosing(n, N_WHILE, N_DO, N_FOR, N_SWITCH)
                                            : enclosing(n, N_WHILE, N_DO, N_FOR, N_FOR);
    if (!target)
        return false;
    for (const node *p = n->parent; p && p != target; p = p->parent)
        if (has_cleanup(c, p))
            return true;
    if (n->kind == N_BREAK)
        return false;
    uint32_t body = target->kind == N_DO ? 0 : target->count - 1;
    for (uint32_t i = target->kind == N_FOR ? 1 : 0; i < target->count; i++)
        if (i != body && suspends_in(c, target->kids[i]))
            return true;
    return false;
}

static bool has_any_cleanup(const check *c)
{
    for (uint32_t i = 0; i < c->f->var_count; i++)
        if (needs_entry(c->f->vars[i]))
            return true;
    return false;
}

static void check_macro_jump(check *c, const node *n)
{
    const char *what = NULL;
    if (!n->macro)
        return;
    if (n->kind == N_RETURN)
        what = "return";
    else if (n->kind == N_GOTO && has_any_cleanup(c))
        what = "goto";
    else if (n->kind == N_BREAK && is_edited(c, n))
        what = "break";
    else if (n->kind == N_CONTINUE && is_edited(c, n))
        what = "continue";
    if (what)
        error_at(c->u->diagnostics, n->line,
                 SAY(c->u,
                     "write the %s in the function; the macro can be an expression that an "
                     "if tests",
                     what),
                 "%s in the body of macro '%s', in async function '%s'", what, n->macro,
                 c->f->name);
}

/* ---- what cannot be left and entered again ------------------------------------------------ */

static bool is_asm_goto(const check *c, const node *n)
{
    for (uint32_t i = n->at.begin; n->at.begin != UINT32_MAX && i + 4 < n->at.end; i++) {
        if (c->u->text[i] == '(')
            return false;
        if (strncmp(c->u->text + i, "goto", 4) == 0)
            return true;
    }
    return false;
}

static void check_computed(check *c, const node *n)
{
    if (n->kind == N_GOTO_COMPUTED && c->suspends)
        error_at(c->u->diagnostics, n->line, "use a switch", "computed goto in '%s', which awaits",
                 c->f->name);
    else if (n->kind == N_ASM && is_asm_goto(c, n))
        error_at(c->u->diagnostics, n->line, "move it into an ordinary function",
                 "asm goto in async function '%s'", c->f->name);
    else if (n->kind == N_LABEL && starts_with(n->name, "bide_"))
        error_at(c->u->diagnostics, n->line, "rename it",
                 "label '%s': names that begin with bide_ belong to the generated code", n->name);
}

/* Names as the compiler sees them, and as users write them. */
static const char *const stack_functions[][2] = {
    {"setjmp", "setjmp"},
    {"_setjmp", "setjmp"},
    {"__sigsetjmp", "sigsetjmp"},
    {"sigsetjmp", "sigsetjmp"},
    {"longjmp", "longjmp"},
    {"_longjmp", "longjmp"},
    {"siglongjmp", "siglongjmp"},
    {"alloca", "alloca"},
    {"__builtin_alloca", "alloca"},
    {"__builtin_setjmp", "setjmp"},
    {"__builtin_longjmp", "longjmp"},
    {"vfork", "vfork"},
    {"__builtin_alloca_with_align", "alloca"},
    {"va_start", "va_start"},
    {"__builtin_va_start", "va_start"},
};

static void check_stack(check *c, const node *n)
{
    const node *named = n->kind == N_CALL && n->count ? skip_parens(n->kids[0]) : NULL;
    const char *name = n->callee                        ? n->callee->name
                       : named && named->kind == N_NAME ? named->name
                                                        : NULL;
    if (n->kind != N_CALL || !name || n->is_unevaluated)
        return;
    for (size_t i = 0; i < sizeof stack_functions / sizeof *stack_functions; i++)
        if (strcmp(stack_functions[i][0], name) == 0) {
            error_at(c->u->diagnostics, n->line, "move it into an ordinary function",
                     "'%s' in async function '%s', whose C stack is gone after an await",
                     stack_functions[i][1], c->f->name);
            return;
        }
}

static void visit(check *c, node *n)
{
    check_macro_jump(c, n);
    check_computed(c, n);
    check_stack(c, n);
}

void check_jumps(check *c)
{
    check_entries(c);
    walk(c, c->f->body, visit);
}
